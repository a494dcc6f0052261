"""A query for a question by rules: words become tables, columns, values and figures of one SELECT.

No model, and no name of any schema: what people may call things comes from names, comments,
documents and the lexicon. A reading says what became of each word, and which words it left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from sqlwright import sql
from sqlwright.ask.compose.borne import borne_out
from sqlwright.ask.compose.cues import is_light, is_telling
from sqlwright.ask.compose.directions import directed
from sqlwright.ask.compose.items import Asked, read_items
from sqlwright.ask.compose.keys import with_implied_keys
from sqlwright.ask.compose.linking import Mention, mentions, readings
from sqlwright.ask.compose.naming import Thing, names_of, things
from sqlwright.ask.compose.plan import Plan
from sqlwright.ask.compose.planning import plan_of
from sqlwright.ask.compose.scene import Item, Number, Scene, end_of, first_of, in_order
from sqlwright.ask.compose.sources import NoWayError
from sqlwright.ask.compose.spelling import mend
from sqlwright.ask.compose.writing import write
from sqlwright.ask.glossary import Described
from sqlwright.ask.values import Link
from sqlwright.data.told import told_of
from sqlwright.errors import SqlError
from sqlwright.schema import Schema

_MOST = 3  # readings that are offered
_UNSAID = 0.3  # that rows of another table must be there, for no more than its name
_LEFT_OUT = 1.0  # what a word without a place costs a reading


@dataclass(frozen=True, slots=True)
class Reading:
    """One query for the question, and what it rests on.

    Attributes:
        placed: words of the question, each with what it became.
        unplaced: words that found no place.
        score: how surely the words were linked, less what was left out.
        slips: words that were read as others, for a slip of the keyboard.
    """

    query: exp.Select
    placed: tuple[tuple[str, str], ...]
    unplaced: tuple[str, ...]
    score: float
    slips: tuple[tuple[str, str], ...] = ()


def compose(
    question: str, schema: Schema, dialect: str, about: Mapping[str, Described],
    links: Sequence[Link] = (),
) -> list[Reading]:  # fmt: skip
    """The likeliest readings, best first; none where the words name nothing of the schema.

    Args:
        about: what is said of the tables, by their names in lower case.
        links: values of the question that the data hold.
    """
    if not schema.tables:
        return []
    schema = with_implied_keys(schema)
    known = things(schema, about)
    question = re.sub(r"(?i)\b(top|топ)-(?=\d)", r"\1 ", question)
    asked = read_items(question, schema, links)
    if asked is None:
        return []
    mended, slips = mend(question, asked.tokens, names_of(known), asked.taken)
    if slips:
        again = read_items(mended, schema, links)
        asked = again or asked
    found = dict[str, Reading]()
    options = mentions(asked.tokens, asked.free, known) + asked.valued
    for way, score in readings(asked.tokens, options, asked.costly, schema, asked.is_dated):
        way, unclear = directed(way, schema, asked.tokens)
        items: list[Item] = [*asked.cues, *asked.times, *asked.numbers, *way]
        scene = Scene(schema, told_of(schema), asked.tokens, in_order(items))
        reading = _read(scene, score, options, asked, known, dialect)
        if reading is None:
            continue
        which = tuple(asked.tokens[n].text for n in sorted(unclear))
        unplaced = tuple(dict.fromkeys((*reading.unplaced, *which)))
        reading = replace(reading, slips=slips, unplaced=unplaced)
        key = reading.query.sql()
        if key not in found or found[key].score < reading.score:
            found[key] = reading
    return sorted(found.values(), key=lambda r: -r.score)[:_MOST]


def _read(
    scene: Scene, score: float, options: Sequence[Mention], asked: Asked, known: Sequence[Thing],
    dialect: str,
) -> Reading | None:  # fmt: skip
    if not any(isinstance(item, Mention) for item in scene.items):
        return None
    plan = plan_of(scene, options)
    if plan is None:
        return None
    try:
        query = write(plan, scene.schema, dialect)
        sql.bind(query, scene.schema, dialect)
    except (NoWayError, SqlError):
        return None
    if sql.why_not_read_only(query) is not None:
        return None
    placed = _placed(scene)
    if not placed:
        return None
    left, lost = _left(scene, asked)
    without = {n for item in lost for n in range(first_of(item), end_of(item))}
    shown = {n for n in left if not is_light(scene.tokens[n]) or is_telling(scene.tokens[n])}
    shown -= borne_out(query, scene.tokens, sorted(shown - without), known)
    unplaced = tuple(scene.tokens[n].text for n in sorted(shown | without))
    already = [
        n
        for n in left & (asked.costly | asked.taken)
        if not any(isinstance(i, Mention) and i.first <= n < i.end for i in scene.items)
    ]
    total = score - _LEFT_OUT * (len(lost) + 0.1 * len(already)) - 0.05 * _size(plan)
    total -= _UNSAID * sum(not one.absent and not one.tests for one in plan.related)
    return Reading(query, placed, unplaced, round(total, 3))


def _left(scene: Scene, asked: Asked) -> tuple[set[int], list[Item]]:
    """Tokens, and items, that have no place in the plan."""
    placed = scene.covered | {
        n
        for item in scene.items
        if not scene.is_free(item)
        for n in range(first_of(item), end_of(item))
    }
    telling = {n for n, token in enumerate(scene.tokens) if is_telling(token)}
    wanted = asked.costly | asked.taken | telling
    lost = [item for item in scene.items if _needs_place(item) and scene.is_free(item)]
    return {n for n in wanted if n not in placed}, lost


def _needs_place(item: Item) -> bool:
    """Would a query that leaves the item out answer something else?"""
    if isinstance(item, Mention | Number):
        return True
    kind = getattr(item, "kind", "time")
    return kind in _MATTER or (kind == "group" and not getattr(item, "soft", True))


_MATTER = frozenset("time compare superlative average share absent sign days count zero".split())


def _size(plan: Plan) -> int:
    return len(plan.related) + len(plan.tests) + len(plan.groups)


def _placed(scene: Scene) -> tuple[tuple[str, str], ...]:
    found = []
    for item in scene.items:
        if isinstance(item, Mention) and not scene.is_free(item):
            words = " ".join(token.text for token in scene.tokens[item.first : item.end])
            became = item.table if item.kind == "table" else f"{item.table}.{item.column}"
            if item.kind == "value":
                became = f"{became} = '{item.value}'"
            found.append((words, became))
    return tuple(dict.fromkeys(found))


__all__ = ["Reading", "compose"]
