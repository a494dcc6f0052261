"""From one way to read the words to a plan of the query: conditions first, then what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlwright.ask.compose import amounts, conditions, shape
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
    tests += conditions.of_times(scene, subject, options)
    tests += conditions.of_signs(scene, subject)
    found = amounts.of_numbers(scene, subject)
    tests += found.tests
    related, nulls = _absent(scene, subject, tests)
    tests = [t for t in tests if not any(t in r.tests for r in related)] + nulls
    made = Shape(subject=subject, limit=found.limit)
    shape.find_groups(scene, made, options)
    shape.find_days(scene, made)
    shape.find_share(scene, made)
    shape.find_most(scene, made)
    shape.find_extremes(scene, made, options)
    shape.find_spread(scene, made)
    shape.find_averages(scene, made)
    shape.find_totals(scene, made)
    shape.find_counts(scene, made)
    tests += conditions.of_flags(scene, frozenset())
    _implied_group(scene, made)
    _groups_of_having(scene, made, found)
    columns = _columns(scene, made)
    _sorted(scene, made, columns, options)
    named = scene.mentions("table")
    related += _present(scene, made, tests, related, found)
    tested = {(test.place.table, test.place.column) for test in tests}
    columns = [c for c in columns if (c.table, c.column) not in tested] or columns[:1]
    figured = {(f.place.table, f.place.column) for f in made.figures if f.place is not None}
    scene.use(*(m for m in scene.mentions("column") if (m.table, m.column) in tested | figured))
    distinct = _is_distinct(scene, made, columns)
    if not made.figures and not made.groups:
        columns = _with_label(scene, made, columns) + _labels_beside(scene, made, named)
    return Plan(
        made.subject, tuple(columns), tuple(made.figures), tuple(tests), tuple(related),
        tuple(made.groups), tuple(found.having), tuple(made.order), made.limit, distinct,
        scene.named,
    )  # fmt: skip


def _with_label(scene: Scene, made: Shape, columns: list[Place]) -> list[Place]:
    """The label where nothing else is shown, or where the rest comes with it: parts with prices."""
    label = scene.label(made.subject)
    if not columns:
        return [label]
    subject = [i for i in scene.items if isinstance(i, Mention) and i.kind == "table"
               and i.table == made.subject]  # fmt: skip
    first = [i for i in scene.items if isinstance(i, Mention) and i.kind == "column"
             and place_of(i) == columns[0]]  # fmt: skip
    if not subject or not first or subject[0].end > first[0].first or label in columns:
        return columns
    between = " ".join(t.plain for t in scene.tokens[subject[0].end : first[0].first])
    return [label, *columns] if _ALONG.search(f" {between} ") else columns


def _labels_beside(scene: Scene, made: Shape, named: Sequence[Mention]) -> list[Place]:
    """The names of what each row belongs to, where an "and" asks for them: and their nation."""
    found = []
    for mention in named:
        if not scene.is_above(mention.table, made.subject):
            continue
        before = [t.plain for t in scene.tokens[max(0, mention.first - 2) : mention.first]]
        if before[-1:] in (["and"], ["и"], ["plus"]) or tuple(before) in _AND_THEIRS:
            found.append(scene.label(mention.table))
    return found


_AND_THEIRS = {
    (link, owner)
    for link in ("and", "with", "plus", "и", "с")
    for owner in ("their", "its", "the", "his", "her", "его", "ее", "их")
}
_ALONG = re.compile(r" (with|and|with their|along|together|plus|including|и|с|вместе|а|также) ")


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
    return value is not None and value.table == mention.table and value.first - mention.end <= 1


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
    if any(figure.name == "count" for figure in made.figures):
        return
    counted = found.having[0].figure.table
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


def _columns(scene: Scene, made: Shape) -> list[Place]:
    """Columns that have no other place; those of a group's table say what it shows."""
    shown: list[Place] = []
    mentions = [m for m in scene.mentions("column") if not _sorts(scene, m, made.limit)]
    for mention in mentions:
        place = place_of(mention)
        for at, group in enumerate(made.groups):
            if group.place is None and group.table == mention.table:
                scene.use(mention)
                default = (scene.label(group.table),)
                kept = () if group.shown == default else group.shown
                if place not in kept:
                    made.groups[at] = replace(group, shown=(*kept, place))
                break
        else:
            if made.figures or made.groups:
                if any(group.place == place for group in made.groups):
                    scene.use(mention)
                continue
            scene.use(mention)
            if place not in shown:
                shown.append(place)
    return shown


def _sorts(scene: Scene, mention: Mention, limit: int | None) -> bool:
    return any(0 <= mention.first - cue.end <= 2 for cue in scene.cues("sort by")) or (
        (limit is not None or bool(scene.cues("sort")))
        and any(0 <= mention.first - cue.end <= 1 for cue in scene.cues("group", "by"))
    )  # fmt: skip


def _sorted(
    scene: Scene, made: Shape, columns: list[Place], options: Sequence[Mention]
) -> None:  # fmt: skip
    """Newest first, by price in descending order, the top five by balance."""
    ways = scene.cues("sort")
    desc = any(cue.word.endswith("desc") for cue in ways)
    by = [(m, c) for c in (*scene.cues("sort by"), *scene.cues("group", "by"))
          if (m := scene.after(c, lambda m: m.kind == "column", 1))]  # fmt: skip
    plain = not made.figures and not made.groups
    if by and (scene.cues("sort by") or made.limit or plain):
        mention, cue = by[0]
        scene.use(mention, cue, *ways, *scene.cues("top"))
        down = desc or (made.limit is not None and not ways)
        made.order.append((place_of(mention), down))
        return
    if made.figures and made.groups and (ways or (made.limit and not made.order)):
        scene.use(*ways, *scene.cues("sort by"), *scene.cues("top"), *scene.cues("group", "by"))
        made.order.append((made.figures[0], desc or not ways))
        if made.limit and not ways:
            made.figures.pop(0)
        return
    for cue in ways:
        key = _sort_key(scene, made, columns, options, by_date=cue.word.startswith("date"))
        if key is not None:
            scene.use(cue, *scene.cues("sort by"))
            made.order.append((key, cue.word.endswith("desc")))


def _sort_key(
    scene: Scene, made: Shape, columns: list[Place], options: Sequence[Mention], by_date: bool
) -> Place | Figure | None:  # fmt: skip
    dated = [p for p in columns if p in scene.roles(p.table, "date", "time")]
    if by_date:
        return dated[0] if dated else conditions.default_date(scene, made.subject, options)
    measured = [p for p in columns if p in scene.roles(p.table, "measure")]
    if measured:
        return measured[0]
    price = amounts.price_of(scene, made.subject)
    return price or (columns[0] if columns else scene.label(made.subject))


def _is_distinct(scene: Scene, made: Shape, columns: Sequence[Place]) -> bool:
    """Are the values of a column wanted, not one for each row?"""
    if made.figures or made.groups or made.order or made.limit or not columns:
        return False
    if cues := scene.cues("distinct"):
        scene.use(*cues)
        return True
    if len(columns) != 1 or columns[0] not in scene.roles(columns[0].table, "category"):
        return False
    asks = {t.plain for t in scene.tokens[:4]} & _WHICH
    return bool(asks)


_WHICH = frozenset(
    "which what all какие каких какими каким какой какая какое каковы все every list".split()
)
