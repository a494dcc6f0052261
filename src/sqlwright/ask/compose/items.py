"""What stands in a question beside names: cues, times, numbers, values of the data."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlwright.ask.compose.cues import Cue, find_cues, is_light
from sqlwright.ask.compose.linking import NOUNS, Mention
from sqlwright.ask.compose.scene import Number
from sqlwright.ask.compose.times import Period, periods
from sqlwright.ask.compose.tokens import SCALES, Token, covered, lowered, number_of, tokenize
from sqlwright.ask.values import Link
from sqlwright.data.told import Told, name_words, told_of
from sqlwright.schema import Schema, kind_of

_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """The question in its parts, before its words are linked.

    Attributes:
        free: tokens that may name something.
        taken: tokens that are of times, numbers or values that are sure.
        costly: tokens that need a place.
        is_dated: does it tell a time?
    """

    tokens: tuple[Token, ...]
    cues: list[Cue]
    times: list[Period]
    numbers: list[Number]
    valued: list[Mention]
    free: frozenset[int]
    taken: frozenset[int]
    costly: frozenset[int]
    is_dated: bool


def read_items(question: str, schema: Schema, links: Sequence[Link]) -> Asked | None:
    """The parts of the question; None of one that is empty or longer than questions are."""
    tokens = tokenize(question)
    if not tokens or len(tokens) > _MOST_WORDS:
        return None
    plain = lowered(question)
    times = list(periods(plain, tokens))
    timed = frozenset(n for time in times for n in range(time.first_token, time.end_token))
    valued = values(question, tokens, links, schema, told_of(schema))
    sure = frozenset(n for v in valued if v.score > 1.5 for n in range(v.first, v.end)) - timed
    names = {w for table in schema.tables for c in table.columns for w in name_words(c.name)}
    cues = [
        Cue("total", "", cue.first, cue.first + 1, True) if is_noun(cue, tokens, names) else cue
        for cue in find_cues(plain, tokens, timed | sure)
        if not is_noun(cue, tokens, names) or (cue.end - cue.first > 1 and cue.first + 1 < cue.end)
    ]
    hard = frozenset(n for cue in cues if not cue.soft for n in range(cue.first, cue.end))
    soft = frozenset(n for cue in cues if cue.soft for n in range(cue.first, cue.end))
    counts = numbers(tokens, timed | sure, hard)
    counted = frozenset(n for number in counts for n in range(number.first, number.end))
    free = frozenset(
        n
        for n, token in enumerate(tokens)
        if token.kind == "word" and n not in timed | hard | counted and not is_verb(n, tokens)
    )
    costly = frozenset(
        n for n, token in enumerate(tokens)
        if n not in timed | hard | counted | soft and not is_light(token)
        and not (n - 1 in counted and token.stem in ("percent", "процент"))
    ) | _named_by_cues(cues, tokens, free)  # fmt: skip
    is_dated = bool(times) or any(cue.kind in ("later", "days") for cue in cues)
    valued = [
        v for v in valued if not timed & {*(span := range(v.first, v.end))}
        and (v.score > _INSIDE or not hard & {*span})
    ]  # fmt: skip
    return Asked(
        tokens, cues, times, counts, valued, free, timed | counted | sure, costly, is_dated
    )  # fmt: skip


def _named_by_cues(
    cues: Sequence[Cue], tokens: tuple[Token, ...], free: frozenset[int]
) -> frozenset[int]:  # fmt: skip
    """Words that join elsewhere but name something where a cue stands before: by name."""
    sorts = any(cue.kind == "sort" for cue in cues)
    by = {c.end for c in cues if c.kind == "sort by" or (sorts and c.word == "by")}
    of = {c.end for c in cues if c.kind in ("average", "superlative")}
    return frozenset(
        (by & free) | {n for n in of & free if tokens[n].plain in NOUNS}
    )  # fmt: skip


def numbers(
    tokens: tuple[Token, ...], taken: frozenset[int], hard: frozenset[int]
) -> list[Number]:  # fmt: skip
    """The numbers that stand in no time, value or cue."""
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


def is_noun(cue: Cue, tokens: tuple[Token, ...], names: Collection[str]) -> bool:
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
        and tokens[cue.end - 1].plain not in ("them", "it", "only")
        and (tokens[cue.first].plain != "count" or "count" in names)
    )  # fmt: skip


_COMPARES = frozenset("больше меньше более менее выше ниже не от свыше".split())
_OF_COUNTS = frozenset("averag total largest highest smallest lowest maximum minimum mean".split())


def is_verb(n: int, tokens: tuple[Token, ...]) -> bool:
    """Is it the verb that a question opens with, as in "name the five suppliers"?"""
    if n or tokens[n].plain not in ("name", "list", "count", "show", "order", "rank"):
        return False
    following = tokens[n + 1].plain if len(tokens) > 1 else ""
    return following not in (",", "and", "of", "&")


def values(
    question: str, tokens: tuple[Token, ...], links: Sequence[Link], schema: Schema, told: Told
) -> list[Mention]:  # fmt: skip
    """The links as mentions; one that the question spells as the data do is surest."""
    found = []
    plain = lowered(question)
    for link in links:
        said, column = lowered(link.said), _column_type(schema, link)
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
            if link.is_part or (
                link.value.lower() != said and link.said.lower() in link.value.lower()
            ):
                made = Mention("value", link.table, link.column, first, last, _INSIDE, link.value,
                               "part" if link.is_part else "value", column)  # fmt: skip
                found.append(made)
                continue
            text = question[tokens[first].start : tokens[last - 1].end].strip("'\"«»“”")
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


_INSIDE = 0.5  # how surely a word inside values means them


def _column_type(schema: Schema, link: Link) -> str:
    table = schema.table(link.table)
    column = table.column(link.column) if table is not None else None
    return kind_of(column.type) if column is not None else "text"
