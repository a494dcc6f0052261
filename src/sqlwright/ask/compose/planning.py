"""From one way to read the words to a plan of the query: conditions first, then what is asked."""

from __future__ import annotations

from collections.abc import Sequence

from sqlwright.ask.compose import amounts, conditions, extremes, figures, listing, shape
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Group, Plan, Related, Test
from sqlwright.ask.compose.scene import Scene, place_of
from sqlwright.ask.compose.shape import Shape


def plan_of(scene: Scene, options: Sequence[Mention]) -> Plan | None:
    """The plan for a scene; None where nothing says what is asked of which table.

    Args:
        options: every mention that was possible, for hints about dates.
    """
    subject = _subject(scene)
    if subject is None:
        return None
    tests = conditions.of_values(scene)
    tests += conditions.of_texts(scene, subject)
    tests += conditions.of_order_in_time(scene, subject, options)
    tests += conditions.of_times(scene, subject, options)
    tests += conditions.of_signs(scene, subject)
    found = amounts.of_numbers(scene, subject)
    tests += found.tests
    related, nulls = _absent(scene, subject, tests)
    tests = [t for t in tests if not any(t in r.tests for r in related)] + nulls
    counted = found.having[0].figure.table if found.having else ""
    made = Shape(subject=subject, limit=found.limit, having=counted)
    shape.find_groups(scene, made, options)
    shape.find_days(scene, made)
    shape.find_share(scene, made)
    shape.find_most(scene, made, options)
    extremes.find_extremes(scene, made, options)
    figures.find_spread(scene, made)
    figures.find_averages(scene, made)
    figures.find_totals(scene, made)
    figures.find_counts(scene, made)
    tests += conditions.of_flags(scene, frozenset())
    _implied_group(scene, made)
    _groups_of_having(scene, made, found)
    if made.groups and not (made.figures or made.order or found.having):
        made.subject, made.groups = made.groups[0].table, []  # every one of them is but listed
    columns = [*made.columns, *listing.shown_columns(scene, made)]
    listing.find_order(scene, made, columns, options)
    named = scene.mentions("table")
    related += _present(scene, made, tests, related, found)
    tested = {(test.place.table, test.place.column) for test in tests}
    rest = [c for c in columns if (c.table, c.column) not in tested]
    columns = rest if rest or made.subject in scene.named else columns[:1]
    figured = {(f.place.table, f.place.column) for f in made.figures if f.place is not None}
    scene.use(*(m for m in scene.mentions("column") if (m.table, m.column) in tested | figured))
    distinct = listing.is_distinct(scene, made, columns)
    if not made.figures and not made.groups:
        columns = listing.with_label(scene, made, columns) + listing.labels_beside(
            scene, made, named
        )
    return Plan(
        made.subject, tuple(dict.fromkeys(columns)), tuple(made.figures), tuple(tests),
        tuple(related), tuple(dict.fromkeys(made.groups)), tuple(found.having), tuple(made.order),
        made.limit, distinct, scene.named,
    )  # fmt: skip


def _subject(scene: Scene) -> str | None:
    """The table whose rows are counted or listed: what the count names, or what comes first."""
    for kind in ("count", "share"):
        for cue in scene.cues(kind)[:1]:
            counted = scene.after(cue, lambda m: m.kind in ("table", "column"), 2)
            if counted is not None:
                if counted.kind == "column" and (of := scene.after(counted, _is_table, 1)):
                    return of.table
                return counted.table
    tables = scene.mentions("table")
    grouped = [m for c in scene.cues("group") if not c.soft and (m := scene.after(c, _is_any, 0))]
    others = [m for m in tables if m not in grouped and not _names_a_value(scene, m)] or tables
    if others:
        return others[0].table
    rest = scene.mentions("column", "value")
    return rest[0].table if rest else None


def _is_table(mention: Mention) -> bool:
    return mention.kind == "table"


def _is_any(mention: Mention) -> bool:
    return True


def _names_a_value(scene: Scene, mention: Mention) -> bool:
    value = scene.after(mention, lambda m: m.kind == "value", 0)
    return value is not None and value.table == mention.table and value.first == mention.end


def _absent(
    scene: Scene, subject: str, tests: Sequence[Test]
) -> tuple[list[Related], list[Test]]:  # fmt: skip
    """Never, without, none: rows that are not there, or a column without a value."""
    related, nulls = [], []
    for cue in scene.cues("absent"):
        target = scene.after(cue, lambda m: m.kind != "value", 2)
        if target is not None and target.kind == "column" and target.role != "bool":
            other = scene.after(cue, lambda m: m.kind == "table" and m.table != subject, 3)
            same = target.table.lower() == subject.lower()
            if same and (other is None or scene.gap(cue, target) == 0):
                scene.use(cue, target)
                nulls.append(Test(place_of(target), "null", at=cue.first))
                continue
            target = other
        if target is None or target.kind != "table" or target.table == subject:
            target = scene.after(cue, lambda m: m.kind == "table" and m.table != subject, 4)
        if target is None:
            target = scene.before(cue, lambda m: m.kind == "table" and m.table != subject, 3)
        if target is None:
            continue
        scene.use(cue, target)
        again = [m for m in scene.mentions("table") if m.table == target.table]
        more = [c for c in scene.cues("absent") if c.first > cue.first]
        scene.use(*again, *more)
        inside = tuple(
            test
            for test in tests
            if test.at > cue.first and test.place.table.lower() != subject.lower()
            and not scene.is_above(test.place.table, subject)
        )  # fmt: skip
        related.append(Related(target.table, True, inside, target.via))
    return related, nulls


def _present(
    scene: Scene, made: Shape, tests: Sequence[Test], related: Sequence[Related],
    found: amounts.Amounts,
) -> list[Related]:  # fmt: skip
    """Tables that have no place yet: rows of those below the subject must be there."""
    made_of = []
    busy = {test.place.table for test in tests} | {r.table for r in related}
    busy |= {figure.table for figure in made.figures} | {group.table for group in made.groups}
    busy |= {have.figure.table for have in found.having} | {made.subject}
    busy |= {by.table for by, _ in made.order}
    if made.groups:
        scene.use(*scene.cues("group"))
    for mention in scene.mentions("table"):
        scene.use(mention)
        if mention.table in busy or scene.is_above(mention.table, made.subject):
            continue
        between = [t for t in busy if scene.is_above(mention.table, t) and t != made.subject]
        if made.groups or (made.figures and between):
            continue
        made_of.append(Related(mention.table, False, (), mention.via))
        busy.add(mention.table)
    return made_of


def _implied_group(scene: Scene, made: Shape) -> None:
    """Countries and the number of their customers: what is named before a figure is its group."""
    if made.groups or made.order or not made.figures:
        return
    figure = made.figures[0]
    if figure.name in ("share", "percent", "days", "per"):
        return
    starts = [
        c.first
        for c in scene.items
        if isinstance(c, Cue) and c.kind in _COMPUTES and not scene.is_free(c)
    ]
    if not starts:
        return
    named = [
        m
        for m in scene.mentions("table", "column")
        if m.end <= min(starts)
        and (m.kind == "table" or m.role in ("category", "label"))
        and (m.table != figure.table or m.kind == "column")
        and (made.limit or _LINKS & {t.plain for t in scene.tokens[m.end : min(starts) + 1]})
        and (m.table == figure.table or scene.is_above(m.table, figure.table)
             or scene.is_above(figure.table, m.table))
    ]  # fmt: skip
    tables = [m for m in named if m.kind == "table"]
    columns = [m for m in named if m.kind == "column"]
    if tables and columns and all(c.table == tables[0].table for c in columns):
        scene.use(tables[0], *columns)
        made.groups.append(Group(tables[0].table, None, tuple(map(place_of, columns))))
        return
    for mention in (columns or tables)[:2]:
        scene.use(mention)
        made.groups.append(shape.group_of(scene, mention))


_LINKS = frozenset("and with along , : — – - и с со а вместе".split())
_COMPUTES = ("count", "average", "total", "superlative")


def _groups_of_having(scene: Scene, made: Shape, found: amounts.Amounts) -> None:
    """Those with more than so many: a group for each row of the subject, or for each value."""
    if not found.having or made.groups:
        return
    counted = found.having[0].figure.table
    if any(figure.name == "count" and figure.table != counted for figure in made.figures):
        return
    owner = next((m for m in scene.mentions("table") if m.table != counted), None)
    column = next((m for m in scene.mentions("column") if m.role == "category"), None)
    if owner is not None:
        scene.use(owner)
        made.groups.append(shape.group_of(scene, owner))
    elif column is not None:
        scene.use(column)
        made.groups.append(shape.group_of(scene, column))
    elif made.subject != counted:
        made.groups.append(Group(made.subject, None, (scene.label(made.subject),)))
