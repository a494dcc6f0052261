"""Which words of the question mean which table, column or value: a beam of ways to read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlwright.ask.compose.cues import is_light
from sqlwright.ask.compose.graph import path
from sqlwright.ask.compose.meanings import alike, meanings, stands_for
from sqlwright.ask.compose.naming import Phrase, Thing
from sqlwright.ask.compose.tokens import Token
from sqlwright.schema import ForeignKey, Schema

Sure = dict[tuple[str, bool], dict[int, float]]  # of pieces: tokens, and how surely they mean it

NUMBERS = ("int", "num", "real")
_WIDEST = 5  # tokens of a mention
_BEAM = 48
_READINGS = 8
_EACH = 0.25  # what a mention costs: one of two words is better than two of one
_UNPLACED = 0.9  # what a word without a place costs
_CLEARLY = 0.65  # less than so much of another table's score, the words do not mean this one
_DATED = 0.2
_NAME = 0.4  # what makes full_name, not job_title, the name that people ask for
_NAMES = frozenset("name им имен назван зовут".split())
_HEADLESS = 0.7  # what is worth a name of which the main word is missing
_WEAKEST = 0.18
_TWICE = 0.1  # what it costs that two words mean one column


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that mean a table, a column or a value; tokens from `first`, without `end`."""

    kind: str
    table: str
    column: str
    first: int
    end: int
    score: float
    value: str = ""
    role: str = ""
    type: str = ""
    via: ForeignKey | None = None

    @property
    def is_number(self) -> bool:
        """Is it a column of numbers?"""
        return self.kind == "column" and self.type in NUMBERS

    @property
    def place(self) -> tuple[str, str]:
        """The column, in lower case."""
        return self.table.lower(), self.column.lower()


def mentions(
    tokens: Sequence[Token], open_tokens: frozenset[int], known: Sequence[Thing]
) -> list[Mention]:  # fmt: skip
    """Every way to read a few words next to each other as one table or column."""
    meant = {n: meanings(tokens[n].plain) for n in open_tokens if tokens[n].kind == "word"}
    # what joins or asks may be a name as it stands, such as "order", but has no other meanings
    meant = {
        n: {tokens[n].stem: 1.0} if is_light(tokens[n]) else words
        for n, words in meant.items()
        if not is_light(tokens[n]) or tokens[n].plain in NOUNS
    }
    sure: Sure = {}
    pieces = {(p, phrase.cut) for thing in known for phrase in thing.phrases for p in phrase.pieces}
    for piece, cut in pieces:
        test = stands_for if cut else alike
        hits = {
            n: best
            for n, words in meant.items()
            if (best := max((s * test(piece, w) for w, s in words.items()), default=0)) > 0.3
        }
        if hits:
            sure[piece, cut] = hits
    found: dict[tuple[str, str, str, int, int], Mention] = {}
    for thing in known:
        for phrase in thing.phrases:
            for made in _of_phrase(thing, phrase, sure, tokens, open_tokens):
                key = (*made.place, made.value, made.first, made.end)
                if key not in found or found[key].score < made.score:
                    found[key] = made
    _discount_keys(found)
    whole: dict[tuple[int, int], float] = {}
    for one in found.values():
        if one.kind == "table":
            span = one.first, one.end
            whole[span] = max(whole.get(span, 0.0), one.score)
    return [
        one
        for one in found.values()
        if one.kind != "table" or one.score >= _CLEARLY * whole[one.first, one.end]
    ]


def _discount_keys(found: dict[tuple[str, str, str, int, int], Mention]) -> None:
    """Articles are the table, not the article_id of its comments, where the words mean both."""
    tables = {(one.first, one.end) for one in found.values() if one.kind == "table"}
    for key, one in found.items():
        if one.role in ("foreign", "key") and (one.first, one.end) in tables:
            found[key] = replace(one, score=one.score * _KEY_BESIDE)


_KEY_BESIDE = 0.6


def _of_phrase(
    thing: Thing, phrase: Phrase, sure: Sure, tokens: Sequence[Token],
    open_tokens: frozenset[int],
) -> list[Mention]:  # fmt: skip
    touched = sorted({n for piece in phrase.pieces for n in sure.get((piece, phrase.cut), ())})
    found = []
    for at, first in enumerate(touched):
        for last in touched[at : at + 4]:
            if last - first >= _WIDEST or not _hangs_together(first, last, tokens, touched):
                continue
            inside = [n for n in touched if first <= n <= last]
            score = _score(phrase, inside, sure) * _LESS.get(thing.role, 1.0)
            if thing.role == "label" and "name" in phrase.pieces and len(inside) == 1:
                score += _NAME * (tokens[inside[0]].stem in _NAMES)
            if thing.role in _LESS and all(tokens[n].plain in NOUNS for n in inside):
                score *= 0.7
            first = _with_head(thing, first, tokens, open_tokens)
            if score >= _WEAKEST:
                found.append(
                    Mention(
                        "value" if phrase.value else "column" if thing.column else "table",
                        thing.table.name, thing.column, first, last + 1, score, phrase.value,
                        thing.role, thing.kind, phrase.via,
                    )
                )  # fmt: skip
    return found


def _with_head(
    thing: Thing, first: int, tokens: Sequence[Token], open_tokens: frozenset[int]
) -> int:  # fmt: skip
    """Where the name begins with a word for its kind: the size of the discount, вид упаковки."""
    if first - 1 not in open_tokens and tokens[first - 1].plain not in ("of", "the"):
        return first
    at = first - 1
    while at > 0 and tokens[at].plain in ("of", "the"):
        at -= 1
    heads = {"measure": _SIZES, "category": _SORTS}.get(thing.role, frozenset())
    is_apart = at < first - 1 or not tokens[at].plain.isascii()
    return at if at >= 0 and is_apart and tokens[at].stem in heads else first


_SIZES = frozenset("размер величин объ объем уровен size amount level".split())
_SORTS = frozenset("вид тип сорт kind type sort".split())


def _hangs_together(first: int, last: int, tokens: Sequence[Token], touched: list[int]) -> bool:
    gaps = [n for n in range(first, last + 1) if n not in touched]
    return all(tokens[n].plain in _GLUE for n in gaps)


# a key is seldom meant by its own words: they name the table that it leads to
_LESS = {"foreign": 0.5, "key": 0.75}
NOUNS = frozenset(
    """
    name names number amount cost costs value values order title place worth available full figure
    total sum date numbers номер номера
    имени именем общая общее находится значение значения данные record
    """.split()
)
_GLUE = frozenset("( of the a an to на до s".split())


def _score(phrase: Phrase, inside: list[int], sure: Sure) -> float:
    """What the matched pieces weigh, less where pieces are left; each token is used once."""
    free = set(inside)
    got, total = 0.0, sum(phrase.weights)
    pairs = [
        (sure.get((piece, phrase.cut), {}).get(n, 0.0) * weight, k, n)
        for k, (piece, weight) in enumerate(zip(phrase.pieces, phrase.weights, strict=True))
        for n in inside
    ]
    done: dict[int, int] = {}
    for worth, k, n in sorted(pairs, reverse=True):
        if worth > 0 and n in free and k not in done:
            free.discard(n)
            done[k] = n
            got += worth
    if free:
        return 0.0
    if not phrase.cut and [done[k] for k in sorted(done)] != sorted(done.values()):
        return 0.0  # orders of customers are no customers who ordered
    if max(range(len(phrase.weights)), key=phrase.weights.__getitem__) not in done:
        got *= _HEADLESS
    return got * (0.25 + 0.75 * got / total) * phrase.sure


def readings(
    tokens: Sequence[Token],
    options: Sequence[Mention],
    costly: frozenset[int],
    schema: Schema,
    dated: bool = False,
) -> list[tuple[tuple[Mention, ...], float]]:
    """The likeliest sets of mentions that do not overlap, best first.

    Args:
        costly: tokens that need a place.
        dated: the question tells a time, so that a column of dates is likelier.
    """
    strong: dict[str, float] = {}
    for option in options:
        if option.kind == "table":
            name = option.table.lower()
            strong[name] = max(strong.get(name, 0.0), option.score)
    starts: dict[int, list[tuple[float, Mention]]] = {}
    for option in options:
        prior = 0.0
        if option.kind == "column":
            prior = 0.3 * min(1.0, strong.get(option.table.lower(), 0.0)) * min(1.0, option.score)
        prior -= _EACH
        if dated and option.role in ("date", "time"):
            option = replace(option, score=option.score + _DATED)
        starts.setdefault(option.first, []).append((option.score + prior, option))
    # a way is sorted by the first figure, which prefers columns of named tables, and judged by the
    # other: a table that is not named is no worse
    beams: list[list[tuple[float, float, tuple[Mention, ...]]]]
    beams = [[] for _ in range(len(tokens) + 1)]
    beams[0] = [(0.0, 0.0, ())]
    for at in range(len(tokens)):
        beams[at] = sorted(beams[at], key=lambda way: -way[0])[:_BEAM]
        choices = sorted(starts.get(at, ()), key=lambda choice: -choice[0])[:16]
        for hoped, score, way in beams[at]:
            left = _UNPLACED * (at in costly)
            beams[at + 1].append((hoped - left, score - left, way))
            for worth, option in choices:
                made = (hoped + worth, score + option.score - _EACH, (*way, option))
                beams[option.end].append(made)
    ended = [(score + _context(way, schema), way) for _, score, way in beams[-1]]
    ended.sort(key=lambda item: -item[0])
    return [(way, score) for score, way in ended[:_READINGS]]


def _context(way: tuple[Mention, ...], schema: Schema) -> float:
    """Do the mentions fit each other? Columns beside their tables, values beside their columns."""
    tables = {m.table.lower() for m in way if m.kind == "table"}
    points = -0.12 * len({m.table.lower() for m in way})
    subject = next((m.table for m in way if m.kind == "table"), "")
    points += 0.1 * sum(m.kind == "column" and m.table == subject for m in way)
    places = [one.place for one in way if one.kind == "column"]
    points -= _TWICE * (len(places) - len({*places}))
    for at, one in enumerate(way):
        if one.kind == "table":
            continue
        if one.kind == "value" and one.role not in ("value", "part"):
            points -= 0.5 * (one.table.lower() not in tables)  # a code that a word may stand for
        near = [way[n] for n in (at - 1, at + 1) if 0 <= n < len(way)]
        if one.role == "key" and at and way[at - 1].kind == "column":
            points -= (way[at - 1].end == one.first) * 1.0  # the phone number is no key
        beside = [m for m in near if _gap(one, m) <= 2]
        for other in beside:
            if one.kind == "value" and other.kind == "column":
                points += 0.8 if one.place == other.place else 0.0
            if other.kind == "table" and other.table == one.table:
                points += 0.2 * min(1.0, one.score) / (1 + _gap(one, other))
        if tables and one.kind == "column" and one.table.lower() not in tables:
            away = min(
                (len(way_) for name in tables if (way_ := path(name, one.table, schema))),
                default=4,
            )
            points -= 0.3 * away
    return points


def _gap(one: Mention, other: Mention) -> int:
    return max(one.first - other.end, other.first - one.end)
