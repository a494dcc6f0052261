"""The highest, the cheapest, the latest: a figure of a column, or the first few rows by it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlwright.ask.compose.amounts import measure_of, price_of
from sqlwright.ask.compose.conditions import default_date
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import NUMBERS, Mention
from sqlwright.ask.compose.plan import Figure, Place
from sqlwright.ask.compose.scene import Scene, place_of
from sqlwright.ask.compose.shape import Shape, group_of, is_named, lead
from sqlwright.data.told import singular


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
        desc = cue.word in ("max", "any", "expensive", "late")
        if (place, desc) in shape.order:
            scene.use(cue, *([column] if column else []))
            continue
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
            if owner is not None and place.table == owner.table:
                shape.subject = _owned_by(scene, owner) or owner.table
            shape.order.append((place, desc))
            shape.ties = shape.limit is None and _asks_for_several(scene, cue, owner)
        shape.limit = shape.limit or (None if shape.ties else 1)


_IN_TIME = ("late", "early")
_SEVERAL = re.compile(r"(?:сам|наиболее|наи)\w*(?:ые|ых|ими|ими|ие)$|(?:какие|каких|всех?)$")


def _owned_by(scene: Scene, owner: Mention) -> str | None:
    """What is listed of the one that comes first: the loans of the member who joined last."""
    first = next((i for i in scene.items if isinstance(i, Mention) and i.kind == "table"), None)
    if first is None or first.end > owner.first or scene.gap(first, owner) > 0:
        return None
    between = [token.plain for token in scene.tokens[first.end : owner.first]]
    is_of = not between or between[0] in ("of", "by", "from", "у", "от")
    return first.table if is_of and scene.is_above(owner.table, first.table) else None


def _asks_for_several(scene: Scene, cue: Cue, owner: Mention | None) -> bool:
    """The cheapest parts, самые дешёвые детали: all that are alike, not the first of them."""
    said = [token.plain for token in scene.tokens[cue.first : cue.end]]
    if any(_SEVERAL.match(word) for word in (*said[:1], scene.tokens[0].plain)):
        return True
    if owner is None:
        return False
    last = scene.tokens[owner.end - 1].plain
    return last.isascii() and singular(last) != last


def _asks_for_a_day(scene: Scene) -> bool:
    said = {t.plain for t in scene.tokens[:4]}
    later = any(t.plain in _WHEN and scene.is_listed(n) for n, t in enumerate(scene.tokens))
    return bool(_WHEN & said) or later or (
        bool({"which", "what", "какой", "какого", "какую"} & said) and bool(_DAY & said)
    )  # fmt: skip


_WHEN = frozenset({"when", "когда"})
_DAY = frozenset("day date день числа дата дату даты".split())


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
        timed = by_day or (is_day and not _says_a_date(scene, cue, m))
        return m.kind == "column" and is_sorted and not is_key and not (timed and is_day)

    follows = scene.after(cue, lambda m: True, 0)
    column = scene.after(cue, fits, 2)
    if column is None and (meant := _by_adjective(scene, cue, follows, shape.subject)):
        return meant, None
    if cue.word == "any":
        return None  # nobody knows what the adjective is about
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


def _by_adjective(
    scene: Scene, cue: Cue, follows: Mention | None, subject: str
) -> Place | None:  # fmt: skip
    """The measure that the adjective is about: the heaviest by weight."""
    table = follows if follows is not None and follows.kind == "table" else None
    table = table or scene.before(cue, lambda m: m.kind == "table", 3)
    said = scene.tokens[cue.first : cue.end]
    return measure_of(scene, table.table if table is not None else subject, said)


def _says_a_date(scene: Scene, cue: Cue, column: Mention) -> bool:
    """The maximum of a date, not the biggest of what somebody received."""
    said = [
        t.plain
        for t in (*scene.tokens[cue.first : cue.end], *scene.tokens[column.first : column.end])
    ]
    return any(
        word.startswith(("max", "min", "макс", "мин", "date", "day", "дат", "ден")) for word in said
    )


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
