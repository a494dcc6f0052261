"""How passages are ranked for a text: several voices, each a ranking, joined by their ranks.

    words       BM25 over the words of the text and, less, over those that mean the same in the
                other language (lexicon)
    meaning     the nearest vectors, where there is an embedding and it reads the language
    structure   past queries and examples with a tree like that of the query
    used        tables that the best of the passages found are about
    named       tables that hold a name which a question spells out, as order_date

Tables and all other passages are ranked apart and then woven: of a question both are wanted. A
query is ranked by its words and its structure, a question by all but structure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.knowledge.lexicon import in_the_other_language
from sqlwright.knowledge.passages import SPOKEN_IN_SQL
from sqlwright.knowledge.store import REST, TABLES, Only, Row, Store
from sqlwright.knowledge.structure import structure_words
from sqlwright.knowledge.words import names, spellings, sql_words, words

# Reciprocal rank fusion: Cormack et al., SIGIR 2009, who found 60 by trial; little depends on it.
RANK_OFFSET = 60
DEPTH = 40  # how far down each ranking is read
# The weight of `used` and the two before it were chosen on half of the schemas of
# benchmarks/retrieval and tried on the other; that of `named` outweighs all others.
_TELLING = 5  # passages whose tables are counted
_MOST_USED = 8  # tables
_WEIGHTS = {"used": 4.0, "named": 8.0}  # other voices have 1

#: Each voice with what it found, best first.
Rankings = Mapping[str, Sequence[int]]
#: The nearest of each of several kinds of passage, for a text that is embedded once.
Meaning = Callable[[str, Sequence[Only]], Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for.

    Attributes:
        query: its tree, where the text is a query.
        words: its search words, each once.
        faint: of a question, words that mean the same in the other language.
    """

    text: str
    query: exp.Query | None
    words: tuple[str, ...]
    faint: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lookup:
    """What rankings are looked up with.

    Attributes:
        meaning: where the nearest vectors come from.
        rows: the rows of some numbers.
        begin: calls a function with arguments, at the same time where that is worth it.
    """

    store: Store
    meaning: Meaning
    rows: Callable[[Sequence[int]], Sequence[Row]]
    begin: Callable[..., Future[Any]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found: the rankings of tables and those of the rest."""

    tables: Rankings
    rest: Rankings


@dataclass(frozen=True, slots=True)
class Place:
    """One passage in the whole ranking: its number, and the rank that each voice gave it."""

    number: int
    ranks: tuple[tuple[str, int, float], ...]

    @property
    def score(self) -> float:
        """The sum of what the ranks add: weight / (60 + rank), for all weights together below 1."""
        return sum(added for *_, added in self.ranks)


def read_asked(text: str, dialect: str) -> Asked:
    """The text as what it is: a query that parses, or prose."""
    query = None
    if "select" in text.lower():
        with suppress(SqlError):
            query = sql.read(text, dialect or sql.guess_dialect(text))
    if query is not None:
        return Asked(text, query, tuple(dict.fromkeys(sql_words(text))))
    found = tuple(dict.fromkeys(words(text)))
    # measured: a voice of its own ranks what shares nothing else with the question
    faint = tuple(word for word in in_the_other_language(found) if word not in found)
    return Asked(text, query, found, faint)


def rank(asked: Asked, lookup: Lookup, only: Only, *, is_named: bool = False) -> Ranked:
    """The rankings of all voices that have something to say.

    Args:
        is_named: are tables at hand that a query names?
    """
    tables = replace(only, kinds=TABLES) if "table" in only.kinds else None
    rest = replace(only, kinds=tuple(kind for kind in only.kinds if kind not in TABLES))
    if asked.query is not None:
        # beside the tables that it names, others that share words with it help little
        return _rank_query(asked, lookup, None if is_named else tables, rest)
    # what tells of tables, even where only tables are asked for
    telling = replace(rest, kinds=REST) if tables else rest
    wanted = [one for one in dict.fromkeys((tables, telling, rest)) if one and one.kinds]
    near = lookup.begin(lookup.meaning, asked.text, wanted)
    found: dict[Only, dict[str, Sequence[int]]] = {
        one: {"words": by_words(lookup.store, asked.words, one, asked.faint)} for one in wanted
    }
    for one, numbers in zip(wanted, near.result(), strict=True):
        found[one]["meaning"] = numbers
    if tables:
        best = [place.number for place in fused(found[telling])[:_TELLING]]
        used = _names_used(lookup.rows(best))
        if spelled := names(asked.text):
            found[tables]["named"] = by_words(lookup.store, spelled, tables)
        found[tables]["used"] = lookup.store.tables(used, tables.database, tables.since)
    return Ranked(found[tables] if tables else {}, found.get(rest, {}))


def _rank_query(asked: Asked, lookup: Lookup, tables: Only | None, rest: Only) -> Ranked:
    store = lookup.store
    found: dict[str, Sequence[int]] = {}
    assert asked.query is not None
    if rest.kinds:
        spoken = tuple(kind for kind in SPOKEN_IN_SQL if kind in rest.kinds)
        like = tuple(dict.fromkeys(structure_words(asked.query)))
        by_tree = None
        if spoken:
            # no other kind has words of structure, and a filter costs time
            held = rest if spoken == SPOKEN_IN_SQL else replace(rest, kinds=spoken)
            by_tree = lookup.begin(by_words, store, like, held)
        found["words"] = by_words(store, asked.words, rest)
        if by_tree is not None:
            found["structure"] = by_tree.result()
    return Ranked({"words": by_words(store, asked.words, tables)} if tables else {}, found)


def by_words(
    store: Store, asked: Sequence[str], only: Only, faint: Sequence[str] = ()
) -> Sequence[int]:
    """What the store finds by these words; nothing where there are none."""
    return store.by_words(asked, only, DEPTH, faint) if asked or faint else ()


def _names_used(telling: Sequence[Row]) -> list[str]:
    """The tables that passages are about, those that the first ones are about first."""
    votes = Counter[str]()
    for place, row in enumerate(telling):
        votes.update(dict.fromkeys(row.passage.tables, RANK_OFFSET - place))
    return [name for name, _ in votes.most_common(_MOST_USED)]


def fused(rankings: Rankings) -> list[Place]:
    """What was found by the sum of weight / (60 + rank) over the voices, best first."""
    ranks: dict[int, list[tuple[str, int, float]]] = {}
    for voice, numbers in rankings.items():
        weight = _WEIGHTS.get(voice, 1.0)
        for rank_, number in enumerate(numbers, 1):
            ranks.setdefault(number, []).append((voice, rank_, weight / (RANK_OFFSET + rank_)))
    places = [Place(number, tuple(found)) for number, found in ranks.items()]
    return sorted(places, key=lambda place: -place.score)  # of equals the first one found


def woven(ranked: Ranked, is_question: bool) -> list[Place]:
    """Both rankings in one: of a question two tables, two others and then by turns.

    The tables of a query are named and stand before all this: of the rest, others come first.
    """
    tables, rest = fused(ranked.tables), fused(ranked.rest)
    if is_question:
        first = [*tables[:2], *rest[:2]]
        pairs = zip_longest(tables[2:], rest[2:])
    else:
        first = rest[:3]
        pairs = zip_longest(tables, rest[3:])
    return [*first, *(place for place in chain.from_iterable(pairs) if place)]


def shown(asked: Asked) -> dict[str, str]:
    """The search words of a text, each as a person knows it: as written, or the stem."""
    spelled = spellings(asked.text)
    return spelled | {word: word for word in in_the_other_language(spelled) if word not in spelled}


def reason(place: Place, row: Row, spelled: Mapping[str, str]) -> str:
    """Why the passage was found, for a person; `spelled` is what `shown` gives."""
    return "; ".join(_reasons(place.ranks, row, spelled)) or "meaning"


def _reasons(
    ranks: Iterable[tuple[str, int, float]], row: Row, spelled: Mapping[str, str]
) -> Iterable[str]:
    for voice, rank_, _ in ranks:
        if voice == "words":
            held = set(row.words.split())
            shared = dict.fromkeys(said for word, said in spelled.items() if word in held)
            yield "words: " + ", ".join([*shared][:5])
        elif voice == "used":
            yield "used by passages that match"
        elif voice == "named":
            yield "it holds a name that the text spells out"
        elif rank_ <= 10:
            yield voice
