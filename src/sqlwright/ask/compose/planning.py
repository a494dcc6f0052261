"""From one way to read the words to a plan of the query: conditions first, then what is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlwright.ask.compose import amounts, conditions, extremes, figures, listing, shape
from sqlwright.ask.compose.absence import find_absent
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Figure, Group, Place, Plan, Related, Test
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
    tests += conditions.of_signs(scene, subject)
    found = amounts.of_numbers(scene, subject)
    tests += found.tests
    tests = _owed(tests)
    related, nulls = find_absent(scene, subject, tests)
    missing = {r.table for r in related if r.absent}
    timed = conditions.of_times(scene, subject, options, sorted(missing))
    related = [_dated(one, timed) for one in related]
    tests += timed
    tests = [t for t in tests if not any(t in r.tests for r in related)] + nulls
    counted = found.having[0].figure.table if found.having else ""
    made = Shape(subject=subject, limit=found.limit, having=counted)
    _find_shape(scene, made, options)
    tests += conditions.of_flags(scene, frozenset())
    _implied_group(scene, made)
    _groups_of_having(scene, made, found)
    if made.groups and not (made.figures or made.order or found.having):
        group = made.groups.pop(0)  # every one of them is but listed
        made.subject, made.groups = group.table, []
        made.columns += [group.place] if group.place is not None and not group.place.part else []
    _drop_own_groups(made)
    columns = [*made.columns, *listing.shown_columns(scene, made)]
    listing.find_order(scene, made, columns, options)
    zeros = bool(scene.cues("zero")) and any(g.place is None for g in made.groups)
    if zeros:
        scene.use(*scene.cues("zero"))
    named = scene.mentions("table")
    related += _present(scene, made, tests, related, found)
    tested = {(test.place.table, test.place.column) for test in tests}
    rest = [c for c in columns if (c.table, c.column) not in tested or _is_wanted(scene, c)]
    columns = rest if rest or made.subject in scene.named else columns[:1]
    ordered = [by for by, _ in made.order]
    computed = [f for f in (*made.figures, *ordered) if isinstance(f, Figure)]
    figured = {(f.place.table, f.place.column) for f in computed if f.place is not None}
    figured |= {(by.table, by.column) for by in ordered if isinstance(by, Place)}
    scene.use(*(m for m in scene.mentions("column") if (m.table, m.column) in tested | figured))
    if found.limit is None and made.limit == 1 and _is_of_the_first(scene, made):
        made.limit, made.ties = None, True
    distinct = listing.is_distinct(scene, made, columns)
    if not made.figures and not made.groups:
        columns = listing.with_label(scene, made, columns) + listing.labels_beside(
            scene, made, named
        )
    return Plan(
        made.subject, tuple(dict.fromkeys(columns)), tuple(made.figures), tuple(tests),
        tuple(related), tuple(dict.fromkeys(made.groups)), tuple(found.having), tuple(made.order),
        made.limit, distinct, scene.named, made.ties, zeros,
    )  # fmt: skip


def _find_shape(scene: Scene, made: Shape, options: Sequence[Mention]) -> None:
    """Groups, extremes and figures, each where the words of those before are taken."""
    shape.find_groups(scene, made, options)
    shape.find_days(scene, made)
    shape.find_share(scene, made)
    shape.find_most(scene, made, options)
    extremes.find_extremes(scene, made, options)
    figures.find_spread(scene, made)
    figures.find_averages(scene, made)
    figures.find_totals(scene, made)
    figures.find_counts(scene, made)
    figures.find_implied(scene, made)


def _is_of_the_first(scene: Scene, made: Shape) -> bool:
    """Is what comes first an owner of the rows, as in the orders of the richest customer?"""
    if made.figures or made.groups or len(made.order) != 1:
        return False
    by = made.order[0][0]
    return isinstance(by, Place) and scene.is_above(by.table, made.subject)


def _owed(tests: list[Test]) -> list[Test]:
    """Who owes more than 900 has less than -900: a sign turns the bound beside it round."""
    below = {t.place for t in tests if t.op == "<" and t.values == (0,)}
    made: list[Test] = []
    for test in tests:
        value = test.values[0] if test.values else None
        if test.place in below and test.op in (">", ">=") and isinstance(value, int | float):
            made = [t for t in made if t.place != test.place or t.values != (0,)]
            test = replace(test, op=test.op.replace(">", "<"), values=(-value,))
        made.append(test)
    return made


def _dated(related: Related, timed: Sequence[Test]) -> Related:
    """Nothing in 1997: the times are of the rows that must not be there."""
    inside = tuple(t for t in timed if related.absent and t.place.table == related.table)
    return replace(related, tests=(*related.tests, *inside))


def _is_wanted(scene: Scene, place: Place) -> bool:
    """Is the column asked for, though a condition names it too: which modes other than RAIL?"""
    return any(
        isinstance(item, Mention) and item.kind == "column" and place_of(item) == place
        and (scene.is_listed(item.first) or scene.is_asked(item))
        for item in scene.items
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
        and not any(isinstance(i, Mention) and i.kind == "value" and i.place == m.place
                    for i in scene.items)
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


def _drop_own_groups(made: Shape) -> None:
    """The average per line, of lines: a group of one row each says nothing, and is none."""
    tables = {figure.table for figure in made.figures}
    made.groups = [
        g for g in made.groups if g.place is not None or tables != {g.table} or made.order
    ]


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
