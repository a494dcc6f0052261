"""What a question wants: a count, a sum, the highest, one row for each, the first few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlwright.ask.compose.amounts import in_time
from sqlwright.ask.compose.conditions import default_date
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Figure, Group, Place
from sqlwright.ask.compose.scene import Scene, place_of
from sqlwright.data.told import name_words

Key = tuple[Place | Figure, bool]


@dataclass
class Shape:
    """What is shown and how, as far as it is known."""

    figures: list[Figure] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    order: list[Key] = field(default_factory=list)
    limit: int | None = None
    subject: str = ""
    columns: list[Place] = field(default_factory=list)
    having: str = ""
    ties: bool = False


def is_measure(mention: Mention) -> bool:
    """Is it a column of numbers that may be summed?"""
    return mention.is_number and mention.role == "measure"


def is_summable(mention: Mention) -> bool:
    """Is it a measure of which people mean the sum when they say no figure: revenue by year?"""
    words = {part for name in name_words(mention.column) for part in (name, name[-3:])}
    return is_measure(mention) and (" " in mention.column or bool(words & _SUMMED))


_SUMMED = frozenset(
    """
    qty quantity amount total revenue sales sum hours units turnover proceeds spent paid weight
    views
    """.split()
)


def is_named(mention: Mention) -> bool:
    """Is it something of which there may be one row each: a table, a category?"""
    return mention.kind == "table" or (
        mention.kind == "column" and mention.role in ("category", "label", "bool", "free")
    )


def group_of(scene: Scene, mention: Mention) -> Group:
    """One row for each of what the mention names."""
    if mention.kind == "table":
        return Group(mention.table, None, (scene.label(mention.table),))
    return Group(mention.table, place_of(mention))


def find_groups(scene: Scene, shape: Shape, options: Sequence[Mention]) -> None:
    """For each, per, by: of tables that have a name, of columns that do not measure."""
    figures = any(scene.cues(kind) for kind in ("count", "average", "total"))
    sorts = scene.cues("sort by") if figures and not scene.cues("group") else []
    for cue in (*scene.cues("group"), *sorts):  # one figure has no order: ordered by is by
        if not scene.is_free(cue):
            continue
        unit = scene.tokens[cue.end].stem if cue.end < len(scene.tokens) else ""
        if unit in _UNITS:
            date = default_date(scene, shape.subject, options)
            if date is not None:
                scene.use(cue)
                scene.covered.add(cue.end)
                shape.groups.append(
                    Group(date.table, Place(date.table, date.column, None, _UNITS[unit]))
                )
            continue
        target = scene.after(cue, lambda m: True, 0)
        target = _named_by_column(scene, target)
        if target is None or target.kind == "value" or target.first - cue.end > 2:
            continue
        if any(cue.end <= other.first < target.first for other in scene.cues("count")):
            continue
        if cue.soft and (scene.tokens[cue.end].plain in _ALL or scene.cues("sort by")):
            continue
        if cue.soft and _is_by_somebody(scene, cue, target):
            continue
        summed = scene.before(cue, is_summable, 3)
        if cue.soft and not (any(scene.cues(kind) for kind in _FIGURES) or summed):
            continue  # no figure to group: it is what the list is sorted by
        if not is_named(target) and target.role not in ("foreign", "date", "key", "measure"):
            continue
        whole = target.type == "int" and bool(scene.cues("count"))
        if cue.soft and (
            target.role == "key"
            or (target.role == "measure" and not whole)
            or not _may_group(scene, target)
        ):
            continue
        if not cue.soft and target.role in ("key", "date", "time"):
            continue
        _take_group(scene, shape, cue, target)


def column_behind(scene: Scene, target: Mention | None) -> Mention | None:
    """The column of the table that is named right behind it."""
    if target is None or target.kind != "table":
        return None
    column = scene.after(target, lambda m: m.kind == "column", 0)
    if column is None or column.first != target.end or column.table != target.table:
        return None
    return column


def _named_by_column(scene: Scene, target: Mention | None) -> Mention | None:
    """Of "each order priority" the priority."""
    column = column_behind(scene, target)
    if target is None or column is None:
        return target
    if column.role not in ("category", "bool"):
        return target
    scene.use(target)
    return column


def _take_group(scene: Scene, shape: Shape, cue: Cue, target: Mention) -> None:
    scene.use(cue, target)
    shape.groups.append(group_of(scene, target))
    beside = scene.after(target, lambda m: m.kind == "table", 0)
    if target.kind == "column" and beside is not None and beside.table == target.table:
        if beside.table != shape.subject:
            scene.use(beside)
    following = scene.after(target, is_named, 0)
    if following is not None and any(
        t.plain in ("and", "и") for t in scene.tokens[target.end : following.first]
    ):
        if following.kind == "column":
            scene.use(following)
            shape.groups.append(group_of(scene, following))


def _is_by_somebody(scene: Scene, cue: Cue, target: Mention) -> bool:
    """Is it "placed by customers", or by one that is named?"""
    before = scene.tokens[cue.first - 1].plain if cue.first else ""
    value = scene.after(target, lambda m: m.kind == "value", 0)
    return (
        before.endswith("ed")
        or before in ("made", "sold", "bought", "sent", "given")
        or (value is not None and value.table == target.table)
    )


def _may_group(scene: Scene, target: Mention) -> bool:
    return target.kind != "table" or scene.has_label(target.table)


_FIGURES = ("count", "average", "total", "superlative", "units", "share", "days")
_ALL = ("all", "всем", "всех", "the")
_UNITS = {"year": "%Y", "year-month": "%Y-%m", "month": "%Y-%m", "год": "%Y", "годам": "%Y",
          "месяц": "%Y-%m", "annual": "%Y"}  # fmt: skip


def find_days(scene: Scene, shape: Shape) -> None:
    """The days between two dates: their average, or the most or the fewest."""
    for cue in scene.cues("days"):
        if not scene.is_free(cue):
            continue
        dates = [m for m in scene.mentions("column") if m.role in ("date", "time")]
        pairs = [(a, b) for a in dates for b in dates if a.first < b.first and a.table == b.table
                 and a.column != b.column]  # fmt: skip
        if not pairs:
            continue
        early, late = in_time(*pairs[0], scene, None)
        inner = "avg"
        for extreme in scene.cues("superlative"):
            if extreme.word in ("max", "min"):
                inner = extreme.word
                scene.use(extreme)
        scene.use(
            *scene.cues("days"),
            *pairs[0],
            *scene.cues("average"),
            *scene.cues("count"),
            *scene.cues("later"),
        )
        shape.figures.append(Figure("days", late.table, late, other=early, inner=inner))
        shape.subject = late.table


def find_share(scene: Scene, shape: Shape) -> None:
    """The part of all rows that meets the conditions."""
    cues = scene.cues("share")
    if cues:
        name = "percent" if any(cue.word == "percent" for cue in cues) else "share"
        scene.use(*cues, *scene.cues("count"))
        shape.figures.append(Figure(name, shape.subject))


def find_most(scene: Scene, shape: Shape, options: Sequence[Mention]) -> None:
    """What has the most rows of something, or the most of a measure."""
    for cue in [c for c in scene.cues("superlative") if c.word in ("most", "fewest")]:
        if not scene.is_free(cue):
            continue
        what = scene.after(cue, lambda m: m.kind == "table" or is_measure(m), 3)
        if any(t.stem in _UNITS for t in scene.tokens[:4]):
            rows = what or scene.before(cue, lambda m: m.kind == "table")
            _most_of_a_year(scene, shape, cue, rows, options)
            continue
        owner = lead(scene, cue) or scene.before(cue, is_named, 4)
        if owner is None and what is not None:
            named = scene.after(cue, is_named, 1)
            owner = named if named is not None and named.kind == "column" else None
            owner = owner or scene.after(what, is_named, 3)
        if owner is None:
            _most_of_a_year(scene, shape, cue, what, options)
            continue
        if what is owner:
            what = None
        if what is None:
            what = scene.before(cue, lambda m, o=owner: m.first >= o.end and (
                is_measure(m) or other_table(o)(m)), 2)  # type: ignore[misc]  # fmt: skip
        if what is None:
            what = scene.before(owner, other_table(owner), 2)
        figure = _counted(scene, owner, what, shape)
        scene.use(cue, owner, *([what] if what is not None else []))
        also = [m for m in scene.mentions("table") if what is not None and m.table == what.table]
        scene.use(*also)
        if figure.place is not None and figure.place.table == owner.table and owner.kind == "table":
            shape.order.append((figure.place, cue.word == "most"))
            shape.subject = owner.table
        else:
            shape.groups.append(group_of(scene, owner))
            shape.order.append((figure, cue.word == "most"))
            shape.subject = figure.table
        shape.limit = shape.limit or 1
        scene.use(*scene.cues("count"), *scene.cues("top"))


def lead(scene: Scene, cue: Cue) -> Mention | None:
    """What a "which" at the beginning asks for, where it stands before the cue."""
    for item in scene.items:
        if isinstance(item, Mention) and item.end <= cue.first:
            before = [t.plain for t in scene.tokens[: item.first]]
            asks = bool(_WHICH & {*before}) and len(before) < 4
            return item if asks and scene.is_free(item) and is_named(item) else None
    return None


_WHICH = frozenset("which what whose какой какая какое какие каком какого какому каких".split())


def _most_of_a_year(
    scene: Scene, shape: Shape, cue: Cue, what: Mention | None, options: Sequence[Mention]
) -> None:  # fmt: skip
    """In which year, or month, there were most rows of a table."""
    units = [n for n, t in enumerate(scene.tokens) if t.stem in _UNITS]
    if what is None or what.kind != "table" or not units:
        return
    date = default_date(scene, what.table, options)
    if date is not None:
        scene.use(cue, what)
        scene.covered.add(units[0])
        part = _UNITS[scene.tokens[units[0]].stem]
        shape.groups.append(Group(date.table, Place(date.table, date.column, None, part)))
        shape.order.append((Figure("count", what.table), cue.word == "most"))
        shape.limit = shape.limit or 1
        shape.subject = what.table


def other_table(owner: Mention) -> Callable[[Mention], bool]:
    """Is a mention another table than the owner's?"""
    return lambda mention: mention.kind == "table" and mention.table != owner.table


def _counted(scene: Scene, owner: Mention, what: Mention | None, shape: Shape) -> Figure:
    if what is not None and what.kind == "column":
        return Figure("sum", what.table, place_of(what))
    if what is not None and what.table != owner.table:
        return Figure("count", what.table)
    if owner.kind == "column":
        return Figure("count", owner.table)
    return Figure("count", shape.subject)
