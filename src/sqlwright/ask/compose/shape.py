"""What a question wants: a count, a sum, the highest, one row for each, the first few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlwright.ask.compose.amounts import in_time, price_of
from sqlwright.ask.compose.conditions import default_date
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Figure, Group, Place
from sqlwright.ask.compose.scene import Scene, place_of

Key = tuple[Place | Figure, bool]
_NUMBERS = ("int", "num", "real")


@dataclass
class Shape:
    """What is shown and how, as far as it is known."""

    figures: list[Figure] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    order: list[Key] = field(default_factory=list)
    limit: int | None = None
    subject: str = ""


def is_measure(mention: Mention) -> bool:
    """Is it a column of numbers that may be summed?"""
    return mention.kind == "column" and mention.type in _NUMBERS and mention.role == "measure"


def _is_named(mention: Mention) -> bool:
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
    for cue in scene.cues("group"):
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
        if target is None or target.kind == "value" or target.first - cue.end > 2:
            continue
        if any(cue.end <= other.first < target.first for other in scene.cues("count")):
            continue
        if cue.soft and (scene.tokens[cue.end].plain in _ALL or scene.cues("sort by")):
            continue
        if cue.soft and not any(scene.cues(kind) for kind in _FIGURES):
            continue  # no figure to group: it is what the list is sorted by
        if not _is_named(target) and target.role not in ("foreign", "date", "key", "measure"):
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


def _take_group(scene: Scene, shape: Shape, cue: Cue, target: Mention) -> None:
    scene.use(cue, target)
    shape.groups.append(group_of(scene, target))
    beside = scene.after(target, lambda m: m.kind == "table", 0)
    if target.kind == "column" and beside is not None and beside.table == target.table:
        if beside.table != shape.subject:
            scene.use(beside)
    following = scene.after(target, _is_named, 0)
    if following is not None and any(
        t.plain in ("and", "и") for t in scene.tokens[target.end : following.first]
    ):
        if following.kind == "column":
            scene.use(following)
            shape.groups.append(group_of(scene, following))


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
            cue, *pairs[0], *scene.cues("average"), *scene.cues("count"), *scene.cues("later")
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


def find_most(scene: Scene, shape: Shape) -> None:
    """What has the most rows of something, or the most of a measure."""
    for cue in [c for c in scene.cues("superlative") if c.word in ("most", "fewest")]:
        if not scene.is_free(cue):
            continue
        what = scene.after(cue, lambda m: m.kind == "table" or is_measure(m), 3)
        owner = scene.before(cue, _is_named, 4)
        if owner is None and what is not None:
            named = scene.after(cue, _is_named, 1)
            owner = named if named is not None and named.kind == "column" else None
            owner = owner or scene.after(what, _is_named, 3)
        if owner is None:
            continue
        if what is owner:
            what = None
        if what is None:
            what = scene.before(owner, _other_table(owner), 2)
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


def _other_table(owner: Mention) -> Callable[[Mention], bool]:
    return lambda mention: mention.kind == "table" and mention.table != owner.table


def _counted(scene: Scene, owner: Mention, what: Mention | None, shape: Shape) -> Figure:
    if what is not None and what.kind == "column":
        return Figure("sum", what.table, place_of(what))
    if what is not None and what.table != owner.table:
        return Figure("count", what.table)
    if owner.kind == "column":
        return Figure("count", owner.table)
    return Figure("count", shape.subject)


def find_extremes(scene: Scene, shape: Shape, options: Sequence[Mention]) -> None:
    """The highest and the lowest: a figure, or the first few rows by a column."""
    when = scene.tokens[0].plain in ("when", "когда")
    for cue in [c for c in scene.cues("superlative") if c.word not in ("most", "fewest")]:
        if not scene.is_free(cue):
            continue
        target = _extreme_column(scene, cue, shape, options)
        if target is None:
            continue
        place, column = target
        desc = cue.word in ("max", "expensive", "late")
        owner = scene.before(cue, lambda m: m.kind == "table", 3)
        follows = scene.after(cue, lambda m: m.kind == "table", 1)
        adjective = column is None and not when
        figure = _inner_figure(scene, cue, column)
        if owner is None and figure is not None:
            owner = scene.before(cue, _is_named, 3)
        if owner is None and shape.limit is not None:
            owner = follows or scene.after(cue, lambda m: m.kind == "table", 4)
        if owner is None and adjective:
            owner = follows
        if (owner is None and not adjective) or when or shape.groups:
            scene.use(cue, *([column] if column else []))
            name = "max" if desc else "min"
            shape.figures.append(Figure(name, place.table, place))
            both = [t.plain for t in scene.tokens[cue.end : cue.end + 2]]
            _extreme_again(scene, cue, place, shape, both)
            shape.subject = place.table
            continue
        scene.use(
            cue, *([column] if column else []), *([owner] if owner else []), *scene.cues("top")
        )
        if figure is not None and owner is not None:
            shape.groups.append(group_of(scene, owner))
            shape.order.append((figure, desc))
            shape.subject = figure.table
        else:
            shape.subject = owner.table if owner is not None else place.table
            shape.order.append((place, desc))
        shape.limit = shape.limit or 1


def _extreme_again(
    scene: Scene, cue: Cue, place: Place, shape: Shape, following: list[str]
) -> None:  # fmt: skip
    """The smallest and the largest price: one column for both words."""
    if following[:1] not in (["and"], ["и"], ["or"], [","]):
        return
    for other in scene.cues("superlative"):
        if other.first - cue.end <= 2 and other.word in ("max", "min", "late", "early"):
            scene.use(other)
            name = "max" if other.word in ("max", "late") else "min"
            shape.figures.append(Figure(name, place.table, place))


def _extreme_column(
    scene: Scene, cue: Cue, shape: Shape, options: Sequence[Mention]
) -> tuple[Place, Mention | None] | None:  # fmt: skip
    if cue.word in ("late", "early"):
        column = scene.after(cue, lambda m: m.role in ("date", "time"), 2)
        if column is None and (before := scene.before(cue, lambda m: True, 1)):
            column = before if before.role in ("date", "time") else None
        if column is not None:
            return place_of(column), column
        table = scene.after(cue, lambda m: m.kind == "table", 1)
        date = default_date(scene, table.table if table else shape.subject, options)
        return (date, None) if date is not None else None

    def fits(m: Mention) -> bool:
        is_key = m.role in ("key", "foreign")
        is_sorted = m.type in _NUMBERS or m.role in ("date", "time")
        return m.kind == "column" and is_sorted and not is_key

    follows = scene.after(cue, lambda m: True, 0)
    column = scene.after(cue, fits, 2) or scene.before(cue, fits, 1)
    if column is not None and cue.word in ("max", "min"):
        return place_of(column), column
    if column is not None and scene.gap(cue, column) == 0:
        return place_of(column), column
    table = follows if follows is not None and follows.kind == "table" else None
    table = table or scene.before(cue, lambda m: m.kind == "table", 3)
    price = price_of(scene, table.table if table is not None else shape.subject)
    return (price, None) if price is not None else None


def _inner_figure(scene: Scene, cue: Cue, column: Mention | None) -> Figure | None:
    """The largest total, the highest average: what is computed before it is compared."""
    if column is None:
        return None
    for kind, name in (("average", "avg"), ("total", "sum")):
        for inner in scene.cues(kind):
            if cue.first <= inner.first < column.end and not (
                kind == "total" and column.first <= inner.first and column.first == cue.end
                and "total" in column.column.lower()
            ):  # fmt: skip
                scene.use(inner)
                return Figure(name, column.table, place_of(column))
    return None


def find_averages(scene: Scene, shape: Shape) -> None:
    """The average of a column, or of how many rows belong to each row of another table."""
    for cue in scene.cues("average"):
        if not scene.is_free(cue):
            continue
        if _is_average_count(scene, shape, cue):
            continue
        column = scene.after(cue, is_measure, 3) or scene.before(cue, is_measure, 3)
        if column is None:
            table = scene.after(cue, lambda m: m.kind == "table", 1)
            place = price_of(scene, table.table if table else shape.subject)
        else:
            place = place_of(column)
        if place is not None:
            scene.use(cue, *([column] if column else []))
            scene.use(*(c for c in scene.cues("count") if 0 <= c.first - cue.end <= 1))
            shape.figures.append(Figure("avg", place.table, place))
            shape.subject = place.table
            for more in _listed_after(scene, column):
                shape.figures.append(Figure("avg", more.table, place_of(more)))


def _is_average_count(scene: Scene, shape: Shape, cue: Cue) -> bool:
    """How many orders a customer has on average: rows of one table for each row of another."""
    for count in scene.cues("count"):
        counted = scene.after(count, lambda m: m.kind == "table", 1)
        if counted is None:
            continue
        over = next((g.table for g in shape.groups if g.place is None), "")
        if not over:
            owner = scene.after(counted, _other_table(counted), 3)
            if owner is None or not scene.is_above(owner.table, counted.table):
                continue
            over = owner.table
            scene.use(owner)
        shape.groups = [g for g in shape.groups if g.table != over]
        scene.use(cue, count, counted)
        shape.figures.append(Figure("per", counted.table, over=over))
        shape.subject = counted.table
        return True
    return False


def find_spread(scene: Scene, shape: Shape) -> None:
    """The difference between the highest and the lowest."""
    both = [f for f in shape.figures if f.name in ("max", "min") and f.place is not None]
    cues = scene.cues("days")
    if cues and len(both) == 2 and both[0].place == both[1].place:
        scene.use(*cues)
        place = both[0].place
        shape.figures = [Figure("spread", both[0].table, place)]


def _listed_after(scene: Scene, column: Mention | None) -> list[Mention]:
    """Further measures of the same table that an "and" adds."""
    found = []
    while column is not None:
        more = scene.after(column, is_measure, 0)
        if more is None or more.table != column.table:
            break
        between = [t.plain for t in scene.tokens[column.end : more.first]]
        if not {"and", "и", ","} & {*between} or len(between) > 3:
            break
        scene.use(more)
        found.append(more)
        column = more
    return found


def find_totals(scene: Scene, shape: Shape) -> None:
    """Sums: where the word stands beside a measure, or within its name."""
    units = scene.cues("units")
    for cue in (*units, *scene.cues("total")):
        if not scene.is_free(cue):
            continue
        inside = [
            m
            for m in scene.mentions("column")
            if m.first < cue.end and cue.first < m.end and is_measure(m)
        ]
        column = inside[0] if inside else scene.after(cue, is_measure, 2)
        added = cue.first and scene.tokens[cue.first - 1].plain in ("and", "и", ",", "the")
        if shape.figures and (column is None or not added):
            continue
        column = column or scene.before(cue, is_measure, 6)
        if column is None and cue in units and (place := _stock(scene)):
            scene.use(cue, *scene.cues("count"))
            shape.figures.append(Figure("sum", place.table, place))
            shape.subject = place.table
            continue
        if column is None or not scene.is_free(column):
            continue
        listed = [m for m in scene.mentions("column") if m is not column and not is_measure(m)]
        if shape.order or (inside and listed and not shape.groups):
            continue
        counts = [
            c for c in scene.cues("count") if c.end <= column.first and scene.gap(c, column) == 0
        ]
        scene.use(cue, column, *counts)
        shape.figures.append(Figure("sum", column.table, place_of(column)))
        for more in _listed_after(scene, column):
            shape.figures.append(Figure("sum", more.table, place_of(more)))
        shape.subject = column.table


def _stock(scene: Scene) -> Place | None:
    """How many pieces: the column of the named tables, the last first, that counts them."""
    for table in reversed(scene.named):
        for place in scene.roles(table, "measure"):
            if any(part in place.column.lower() for part in ("qty", "quant", "avail", "units")):
                return place
    return None


def find_counts(scene: Scene, shape: Shape) -> None:
    """How many rows, or how many values that differ."""
    for cue in scene.cues("count"):
        if not scene.is_free(cue):
            continue
        distinct = [c for c in scene.cues("distinct") if scene.gap(c, cue) <= 1]
        target = scene.after(cue, lambda m: m.kind in ("table", "column"), 2)
        before = [f for f in shape.figures if f.name == "count"]
        if target is None:
            if before or shape.order:
                scene.use(cue)
                continue
            table = shape.subject
            scene.use(cue, *distinct)
            shape.figures.append(Figure("count", table))
            continue
        if target.kind == "table":
            scene.use(cue, target, *distinct)
            if all(figure.table != target.table for figure in before):
                shape.figures.append(Figure("count", target.table))
                shape.subject = target.table
        elif is_measure(target) and not distinct:
            scene.use(cue, target)
            shape.figures.append(Figure("sum", target.table, place_of(target)))
            shape.subject = target.table
        else:
            scene.use(cue, target, *distinct)
            shape.figures.append(Figure("count", target.table, place_of(target), distinct=True))
            shape.subject = target.table
