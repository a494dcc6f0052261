"""The highest, the cheapest, the latest: a figure of a column, or the first few rows by it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlwright.ask.compose.amounts import price_of
from sqlwright.ask.compose.conditions import default_date
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import NUMBERS, Mention
from sqlwright.ask.compose.plan import Figure, Place
from sqlwright.ask.compose.scene import Scene, place_of
from sqlwright.ask.compose.shape import Shape, group_of, is_named, lead


def find_extremes(scene: Scene, shape: Shape, options: Sequence[Mention]) -> None:
    """The highest and the lowest: a figure, or the first few rows by a column."""
    when = _asks_for_a_day(scene)
    for cue in [c for c in scene.cues("superlative") if c.word not in ("most", "fewest")]:
        if not scene.is_free(cue):
            continue
        target = _extreme_column(scene, cue, shape, options)
        if target is None:
            continue
        place, column = target
        desc = cue.word in ("max", "expensive", "late")
        first = lead(scene, cue)
        owner = first if first is not None and first.kind == "table" else None
        owner = owner or scene.before(cue, lambda m: m.kind == "table", 3)
        follows = scene.after(cue, lambda m: m.kind == "table", 1)
        adjective = column is None and not when
        figure = _inner_figure(scene, cue, column)
        if owner is None and figure is not None:
            owner = scene.before(cue, is_named, 3)
        if owner is None and shape.limit is not None:
            owner = follows or scene.after(cue, lambda m: m.kind == "table", 4)
        if owner is None and adjective:
            owner = follows
        if when and column is None and follows is not None and cue.word not in _IN_TIME:
            date = default_date(scene, follows.table, options)
            if date is not None:
                scene.use(cue, follows)
                shape.columns.append(date)
                shape.order.append((place, desc))
                shape.limit, shape.subject = shape.limit or 1, follows.table
                continue
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


_IN_TIME = ("late", "early")


def _asks_for_a_day(scene: Scene) -> bool:
    said = {t.plain for t in scene.tokens[:4]}
    return bool({"when", "когда"} & said) or (
        bool({"which", "what", "какой", "какого"} & said) and bool({"day", "день", "числа"} & said)
    )


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

    by_day = _asks_for_a_day(scene)

    def fits(m: Mention) -> bool:
        is_key = m.role in ("key", "foreign")
        is_sorted = m.type in NUMBERS or m.role in ("date", "time")
        is_day = m.role in ("date", "time")
        return m.kind == "column" and is_sorted and not is_key and not (by_day and is_day)

    follows = scene.after(cue, lambda m: True, 0)
    column = scene.after(cue, fits, 2)
    if column is not None and follows is not None and follows.kind == "table":
        between = {t.plain for t in scene.tokens[follows.end : column.first]}
        column = None if between & {"with", "and", "с", "и", "вместе"} else column
    column = column or scene.before(cue, fits, 1)
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
