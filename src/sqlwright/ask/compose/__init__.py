"""A query for a question by rules: words become tables, columns, values and figures of one SELECT.

No model, and no name of any schema: what people may call things comes from names, comments,
documents and the lexicon. A reading says what became of each word, and which words it left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from sqlwright import sql
from sqlwright.ask.compose.cues import Cue, find_cues, is_light
from sqlwright.ask.compose.linking import NOUNS, Mention, mentions, readings
from sqlwright.ask.compose.naming import things
from sqlwright.ask.compose.plan import Plan
from sqlwright.ask.compose.planning import plan_of
from sqlwright.ask.compose.scene import Item, Number, Scene, end_of, first_of, in_order
from sqlwright.ask.compose.times import periods
from sqlwright.ask.compose.tokens import SCALES, Token, covered, lowered, number_of, tokenize
from sqlwright.ask.compose.writing import NoWayError, write
from sqlwright.ask.glossary import Described
from sqlwright.ask.values import Link
from sqlwright.data.told import Told, told_of
from sqlwright.errors import SqlError
from sqlwright.schema import Schema, kind_of

_MOST = 3  # readings that are offered
_LEFT_OUT = 1.0  # what a word without a place costs a reading
_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Reading:
    """One query for the question, and what it rests on.

    Attributes:
        placed: words of the question, each with what it became.
        unplaced: words that found no place.
        score: how surely the words were linked, less what was left out.
    """

    query: exp.Select
    placed: tuple[tuple[str, str], ...]
    unplaced: tuple[str, ...]
    score: float

    @property
    def is_whole(self) -> bool:
        """Has every word that means something a place?"""
        return not self.unplaced


def compose(
    question: str, schema: Schema, dialect: str, about: Mapping[str, Described],
    links: Sequence[Link] = (),
) -> list[Reading]:  # fmt: skip
    """The likeliest readings, best first; none where the words name nothing of the schema.

    Args:
        about: what is said of the tables, by their names in lower case.
        links: values of the question that the data hold.
    """
    question = re.sub(r"(?i)\b(top|топ)-(?=\d)", r"\1 ", question)
    tokens = tokenize(question)
    if not tokens or len(tokens) > _MOST_WORDS or not schema.tables:
        return []
    plain, told = lowered(question), told_of(schema)
    times = list(periods(plain, tokens))
    timed = frozenset(n for time in times for n in range(time.first_token, time.end_token))
    valued = _values(question, tokens, links, schema, told)
    sure = frozenset(n for v in valued if v.score > 1.5 for n in range(v.first, v.end)) - timed
    asked = [
        Cue("total", "", cue.first, cue.first + 1, True) if _is_noun(cue, tokens) else cue
        for cue in find_cues(plain, tokens, timed | sure)
        if not _is_noun(cue, tokens) or (cue.end - cue.first > 1 and cue.first + 1 < cue.end)
    ]
    hard = frozenset(n for cue in asked if not cue.soft for n in range(cue.first, cue.end))
    numbers = _numbers(tokens, timed | sure, hard)
    counted = frozenset(n for number in numbers for n in range(number.first, number.end))
    free = frozenset(
        n
        for n, token in enumerate(tokens)
        if token.kind == "word" and n not in timed | hard | counted and not _is_verb(n, tokens)
    )
    options = mentions(tokens, free, things(schema, about))
    options += [v for v in valued if not timed & {*range(v.first, v.end)}]
    soft = frozenset(n for cue in asked if cue.soft for n in range(cue.first, cue.end))
    costly = frozenset(
        n for n, token in enumerate(tokens)
        if n not in timed | hard | counted | soft and not is_light(token)
        and not (n - 1 in counted and token.stem in ("percent", "процент"))
    )  # fmt: skip
    found = dict[str, Reading]()
    sorts = any(cue.kind == "sort" for cue in asked)
    by = [cue for cue in asked if cue.kind == "sort by" or (sorts and cue.word == "by")]
    costly |= {cue.end for cue in by if cue.end in free}
    costly |= {
        cue.end
        for cue in asked
        if cue.kind in ("average", "superlative") and cue.end in free
        and tokens[cue.end].plain in NOUNS
    }  # fmt: skip
    dated = bool(times) or any(cue.kind in ("later", "days") for cue in asked)
    for way, score in readings(tokens, options, costly, schema, dated):
        scene = Scene(schema, told, tokens, in_order([*asked, *times, *numbers, *way]))
        reading = _read(scene, score, options, costly | counted | timed, dialect)
        if reading is None:
            continue
        key = reading.query.sql()
        if key not in found or found[key].score < reading.score:
            found[key] = reading
    return sorted(found.values(), key=lambda r: -r.score)[:_MOST]


def _read(
    scene: Scene, score: float, options: Sequence[Mention], costly: frozenset[int], dialect: str
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
    placed_tokens = scene.covered | {
        n
        for item in scene.items
        if not scene.is_free(item)
        for n in range(first_of(item), end_of(item))
    }
    left = sorted(n for n in costly if n not in placed_tokens)
    lost = [item for item in scene.items if _needs_place(item) and scene.is_free(item)]
    mentioned = {n for item in lost for n in range(first_of(item), end_of(item))}
    every = sorted({*left, *mentioned})
    unplaced = tuple(
        scene.tokens[n].text for n in every if not is_light(scene.tokens[n]) or n in mentioned
    )
    already = [
        n
        for n in left
        if not any(isinstance(i, Mention) and i.first <= n < i.end for i in scene.items)
    ]
    placed = _placed(scene)
    if not placed:
        return None
    total = score - _LEFT_OUT * (len(lost) + 0.1 * len(already)) - 0.05 * _size(plan)
    return Reading(query, placed, unplaced, round(total, 3))


def _needs_place(item: Item) -> bool:
    """Would a query that leaves the item out answer something else?"""
    if isinstance(item, Mention | Number):
        return True
    kind = getattr(item, "kind", "time")
    return kind in _MATTER or (kind == "group" and not getattr(item, "soft", True))


_MATTER = frozenset("time compare superlative average share absent sign days count".split())


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


def _numbers(
    tokens: tuple[Token, ...], taken: frozenset[int], hard: frozenset[int]
) -> list[Number]:  # fmt: skip
    found: list[Number] = []
    for n, token in enumerate(tokens):
        value = number_of(token)
        if value is None or n in taken or n in hard:
            continue
        if token.plain in _ONE and not (n and tokens[n - 1].plain in _BEFORE_ONE):
            continue
        end = n + 1
        if end < len(tokens) and tokens[end].plain in SCALES:
            value, end = value * SCALES[tokens[end].plain], end + 1
        if found and found[-1].end > n:
            continue
        found.append(Number(value, n, end))
    return found


# "one" is seldom a number: it stands for what was named, or means any
_ONE = frozenset("one один одна одно одни одного одной одному".split())
_BEFORE_ONE = frozenset("than least exactly бы чем менее ровно более больше меньше".split())


def _is_noun(cue: Cue, tokens: tuple[Token, ...]) -> bool:
    """Is it a name, or its end: the phone number of, average quantity by, above 5 percent?"""
    before = tokens[cue.first - 1] if cue.first else None
    if cue.kind == "share":
        return before is not None and before.kind == "number"
    said = (before.plain if before else "", tokens[cue.first].plain)
    following = tokens[cue.end].plain if cue.end < len(tokens) else ""
    if cue.kind == "count" and tokens[cue.end - 1].plain.startswith("количеств"):
        is_figure = any(word.startswith(("средн", "общ", "суммарн")) for word in said)
        if following in _COMPARES or (is_figure and following in ("по", "во", "в", "на", "для")):
            return True
    return (
        cue.kind == "count" and tokens[cue.first].plain in ("number", "count")
        and before is not None and not is_light(before) and before.stem not in _OF_COUNTS
    )  # fmt: skip


_COMPARES = frozenset("больше меньше более менее выше ниже не от свыше".split())
_OF_COUNTS = frozenset("averag total largest highest smallest lowest maximum minimum mean".split())


def _is_verb(n: int, tokens: tuple[Token, ...]) -> bool:
    """Is it the verb that a question opens with, as in "name the five suppliers"?"""
    return n == 0 and tokens[n].plain in ("name", "list", "count", "show", "order", "rank")


def _values(
    question: str, tokens: tuple[Token, ...], links: Sequence[Link], schema: Schema, told: Told
) -> list[Mention]:  # fmt: skip
    """The links as mentions; one that the question spells as the data do is surest."""
    found = []
    plain = lowered(question)
    for link in links:
        said = lowered(link.said)
        if all(is_light(token) for token in tokenize(link.said)) and not link.said.isupper():
            continue
        table = schema.table(link.table)
        if table is None or (
            link.said.islower() and told.of(table).trait(link.column).role == "free"
        ):
            continue  # a comment that is but a common word
        at = plain.find(said)
        while at >= 0:
            end = at + len(said)
            inside = (at == 0 or not plain[at - 1].isalnum()) and not plain[end : end + 1].isalnum()
            first, last = covered(tokens, at, end)
            at = plain.find(said, at + 1)
            if not inside or first == last:
                continue
            text = question[tokens[first].start : tokens[last - 1].end].strip("'\"«»“”")
            column = _column_type(schema, link)
            found.append(
                Mention("value", link.table, link.column, first, last, _sure(text, link, first),
                        link.value, "value", column)
            )  # fmt: skip
    return found


def _sure(text: str, link: Link, first: int) -> float:
    exact = text == link.value
    marked = any(letter.isdigit() or letter in "#_-" for letter in link.value) or text.isupper()
    if exact and (marked or " " in text):
        return 2.0 + 0.2 * text.count(" ")
    capital = text[:1].isupper() and first > 0
    return (1.6 if exact or capital else 0.35) + 0.3 * text.count(" ")


def _column_type(schema: Schema, link: Link) -> str:
    table = schema.table(link.table)
    column = table.column(link.column) if table is not None else None
    return kind_of(column.type) if column is not None else "text"


__all__ = ["Reading", "compose"]
