"""What a list shows, once each or not, and in which order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sqlwright.ask.compose import amounts, conditions
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Figure, Group, Place
from sqlwright.ask.compose.scene import Number, Scene, end_of, first_of, place_of
from sqlwright.ask.compose.shape import Shape, is_measure


def shown_columns(scene: Scene, made: Shape) -> list[Place]:
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
    return shown + _listed_keys(scene, made, shown)


def _listed_keys(scene: Scene, made: Shape, shown: Sequence[Place]) -> list[Place]:
    """The key of the rows, where a list asks for their number: number and date."""
    keys = scene.table(made.subject).primary_key
    if made.figures or made.groups or len(keys) != 1:
        return []
    for n, token in enumerate(scene.tokens):
        place = Place(made.subject, keys[0])
        if token.plain in _NUMBERS and scene.is_listed(n) and place not in shown:
            if not any(first_of(i) <= n < end_of(i) for i in scene.items):
                scene.covered.add(n)
                return [place]
    return []


_NUMBERS = ("number", "numbers", "id", "ids", "номер", "номера", "ид")


def _sorts(scene: Scene, mention: Mention, limit: int | None) -> bool:
    return any(0 <= mention.first - cue.end <= 2 for cue in scene.cues("sort by")) or (
        (limit is not None or bool(scene.cues("sort")))
        and any(0 <= mention.first - cue.end <= 1 for cue in scene.cues("group", "by"))
    )  # fmt: skip


def find_order(
    scene: Scene, made: Shape, columns: list[Place], options: Sequence[Mention]
) -> None:  # fmt: skip
    """Newest first, by price in descending order, the top five by balance."""
    ways = scene.cues("sort")
    desc = any(cue.word.endswith("desc") for cue in ways)
    by = [(m, c) for c in (*scene.cues("sort by"), *scene.cues("group", "by"))
          if (m := scene.after(c, lambda m: m.kind == "column", 1))]  # fmt: skip
    by += [(m, c) for c in ways if (m := scene.after(c, lambda m: m.kind == "column", 0))
           and m.first - c.end < 2 and m.is_number]  # fmt: skip
    plain = not made.figures and not made.groups
    if by and (scene.cues("sort by") or made.limit or plain):
        mention, cue = by[0]
        if plain and is_measure(mention) and scene.is_above(made.subject, mention.table):
            scene.use(mention, cue, *ways, *scene.cues("top"), *scene.cues("total"))
            made.groups.append(Group(made.subject, None, (scene.label(made.subject),)))
            made.order.append((Figure("sum", mention.table, place_of(mention)), desc or not ways))
            return
        scene.use(mention, cue, *ways, *scene.cues("top"))
        down = desc or (made.limit is not None and not ways)
        made.order.append((place_of(mention), down))
        return
    if made.figures and made.groups and (ways or (made.limit and not made.order)):
        scene.use(*ways, *scene.cues("sort by"), *scene.cues("top"), *scene.cues("group", "by"))
        made.order.append((made.figures[0], desc or not ways))
        if made.limit and not ways and not _is_shown(scene):
            made.figures.pop(0)
        return
    for cue in ways:
        key = _sort_key(scene, made, columns, options, by_date=cue.word.startswith("date"))
        if key is not None:
            scene.use(cue, *scene.cues("sort by"))
            made.order.append((key, cue.word.endswith("desc")))


def _is_shown(scene: Scene) -> bool:
    """Is the figure asked for before it is cut: number of orders per customer, top 10?"""
    figures = [i for i in scene.items if isinstance(i, Cue) and i.kind in _COMPUTES]
    numbers = [i for i in scene.items if isinstance(i, Number)]
    by = [i for i in scene.items if isinstance(i, Cue) and i.kind in ("group", "sort by")]
    return bool(figures and numbers) and figures[0].end <= numbers[0].first and any(
        figures[0].end <= one.first for one in by
    )  # fmt: skip


_COMPUTES = ("count", "average", "total")


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


def is_distinct(scene: Scene, made: Shape, columns: Sequence[Place]) -> bool:
    """Are the values of a column wanted, not one for each row?"""
    if made.figures or made.groups or made.order or made.limit or not columns:
        return False
    if cues := scene.cues("distinct"):
        scene.use(*cues)
        return True
    if len(columns) != 1 or columns[0] not in scene.roles(columns[0].table, "category"):
        return False
    asks = {t.plain for t in scene.tokens[:4]} & _WHICH
    return bool(asks) or bool({t.plain for t in scene.tokens} & {"which", "какие", "каких"})


_WHICH = frozenset(
    "which what all какие каких какими каким какой какая какое каковы все every list".split()
)


def with_label(scene: Scene, made: Shape, columns: list[Place]) -> list[Place]:
    """The label where nothing else is shown, or where the rest comes with it: parts with prices."""
    label = scene.label(made.subject)
    if not columns:
        said = {t.plain for t in scene.tokens}
        price = amounts.price_of(scene, made.subject)
        asks = {"сколько", "стоит"} <= said or {"how", "much", "cost"} <= said
        return [price if price is not None and asks else label]
    subject = [i for i in scene.items if isinstance(i, Mention) and i.kind == "table"
               and i.table == made.subject]  # fmt: skip
    first = [i for i in scene.items if isinstance(i, Mention) and i.kind == "column"
             and place_of(i) == columns[0]]  # fmt: skip
    if not subject or not first or subject[0].end > first[-1].first or label in columns:
        return columns
    if scene.is_listed(first[-1].first):
        return columns
    between = " ".join(t.plain for t in scene.tokens[subject[0].end : first[-1].first])
    return [label, *columns] if _ALONG.search(f" {between} ") else columns


def labels_beside(scene: Scene, made: Shape, named: Sequence[Mention]) -> list[Place]:
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
