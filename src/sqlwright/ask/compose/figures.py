"""Averages, sums and counts, in the order in which their words are taken."""

from __future__ import annotations

from sqlwright.ask.compose.amounts import COSTS, price_of
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Figure, Place
from sqlwright.ask.compose.scene import Scene, place_of
from sqlwright.ask.compose.shape import Shape, column_behind, is_measure, is_summable, other_table


def find_averages(scene: Scene, shape: Shape) -> None:
    """The average of a column, or of how many rows belong to each row of another table."""
    for cue in scene.cues("average"):
        if not scene.is_free(cue):
            continue
        if _is_average_count(scene, shape, cue):
            continue
        column = scene.after(cue, is_measure, 3) or scene.before(cue, is_measure, 3)
        table = scene.after(cue, lambda m: m.kind == "table", 0)
        if column is not None and table is not None and column.table != table.table:
            if scene.tokens[column.first].plain in COSTS:
                column = None
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
            owner = scene.after(counted, other_table(counted), 3)
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


def find_implied(scene: Scene, shape: Shape) -> None:
    """Revenue by year, revenue of Asia: a measure that is summed though no word says so."""
    if shape.figures or shape.order or shape.limit or scene.cues("sort by"):
        return
    measures = [m for m in scene.mentions("column") if is_summable(m)]
    others = [m for m in scene.mentions("column") if not is_measure(m)]
    computed = [m for m in measures if " " in m.column]
    for column in (measures if shape.groups else computed)[:1]:
        if others and not shape.groups:
            return
        scene.use(column)
        shape.figures.append(Figure("sum", column.table, place_of(column)))
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
        beside = scene.before(cue, lambda m: m.kind == "table", 0)
        if (
            beside is not None
            and beside.end == cue.first
            and scene.tokens[cue.first].plain == "count"
        ):
            target = beside  # supplier count
        target = _of_table(scene, _without_adjective(scene, target))
        before = [f for f in shape.figures if f.name == "count"]
        if target is None:
            if before or shape.order:
                scene.use(cue)
                continue
            table = shape.having or shape.subject
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


def _of_table(scene: Scene, target: Mention | None) -> Mention | None:
    """Of "part types" the types, that differ."""
    column = column_behind(scene, target)
    if target is None or column is None:
        return target
    valued = any(isinstance(i, Mention) and i.kind == "value" and i.place == column.place
                 for i in scene.items)  # fmt: skip
    if column.role != "category" or valued:
        return target
    scene.use(target)
    return column


def _without_adjective(scene: Scene, target: Mention | None) -> Mention | None:
    """Of "urgent orders (1-URGENT)" the orders: a value says already which."""
    if target is None or target.kind != "column" or target.role not in ("category", "bool"):
        return target
    table = scene.after(target, lambda m: m.kind == "table", 0)
    values = [i for i in scene.items if isinstance(i, Mention) and i.kind == "value"
              and i.place == target.place]  # fmt: skip
    if table is None or table.first != target.end or table.table != target.table:
        return target
    if target.role == "bool":
        return table  # premium articles: the flag is a condition
    if not values:
        return target
    scene.use(target)
    return table
