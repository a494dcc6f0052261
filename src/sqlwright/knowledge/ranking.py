"""How passages are ranked for a text: several voices, each a ranking, joined by their ranks.

    words       BM25 over the words of the text and, faintly, over those that mean the same in
                the other language (lexicon)
    meaning     the nearest vectors, where there is an embedding and it reads the language
    structure   past queries with a tree like that of the query
    used        tables that the past queries and documents which match are about

A query is ranked by its words and its structure, a question by all but structure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.knowledge.lexicon import in_the_other_language
from sqlwright.knowledge.passages import Hit, Kind, Passage
from sqlwright.knowledge.store import Row, Store
from sqlwright.knowledge.structure import structure_words
from sqlwright.knowledge.words import spellings, sql_words, words

# Reciprocal rank fusion: Cormack et al., SIGIR 2009, who found 60 by trial; little depends on it.
RANK_OFFSET = 60
DEPTH = 40  # how far down each ranking is read
_MOST_USED = 3  # more would push what the words found away

Rankings = Mapping[str, Sequence[Row]]
Meaning = Callable[[str, Sequence[Kind]], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched for.

    Attributes:
        query: its tree, where the text is a query.
        words: its search words, each once.
    """

    text: str
    query: exp.Query | None
    words: tuple[str, ...]


def read_asked(text: str, dialect: str) -> Asked:
    """The text as what it is: a query that parses, or prose."""
    query = None
    if "select" in text.lower():
        with suppress(SqlError):
            query = sql.read(text, dialect or sql.guess_dialect(text))
    found = sql_words(text) if query is not None else words(text)
    return Asked(text, query, tuple(dict.fromkeys(found)))


def rank(asked: Asked, store: Store, meaning: Meaning, kinds: Sequence[Kind]) -> Rankings:
    """The rankings of all voices that have something to say, each the best first."""
    faint: Sequence[str] = ()
    if asked.query is None:
        # measured: a voice of its own ranks what shares nothing else with the question
        faint = tuple(w for w in in_the_other_language(asked.words) if w not in asked.words)
    found = {"words": _by_words(store, asked.words, kinds, faint)}
    if asked.query is not None:
        if "query" in kinds:
            like = dict.fromkeys(structure_words(asked.query))
            found["structure"] = _by_words(store, tuple(like), ("query",))
        return found
    found["meaning"] = meaning(asked.text, kinds)
    if "table" in kinds:
        found["used"] = _by_use(store, asked.words, faint)
    return found


def _by_words(
    store: Store, asked: Sequence[str], kinds: Sequence[Kind], faint: Sequence[str] = ()
) -> Sequence[Row]:
    return store.by_words(asked, kinds, DEPTH, faint) if asked or faint else ()


def _by_use(store: Store, asked: Sequence[str], faint: Sequence[str]) -> list[Row]:
    """Tables by the past queries and documents that match and are about them."""
    votes = Counter[str]()
    for place, row in enumerate(_by_words(store, asked, ("query", "document"), faint)[:10]):
        votes.update(dict.fromkeys(row.passage.tables, RANK_OFFSET - place))
    places = {name: place for place, (name, _) in enumerate(votes.most_common(_MOST_USED))}
    found = store.tables(sorted(places), DEPTH) if places else []
    return sorted(found, key=lambda row: places[row.passage.title])


def fuse(rankings: Rankings, asked: Asked) -> list[Hit]:
    """The rows of all rankings by the sum of 1 / (60 + rank), with the reason for each."""
    scores: dict[Passage, float] = {}
    reasons: dict[Passage, list[str]] = {}
    spelled = spellings(asked.text)
    for voice, rows in rankings.items():
        for place, row in enumerate(rows, 1):
            scores[row.passage] = scores.get(row.passage, 0.0) + 1 / (RANK_OFFSET + place)
            if reason := _reason(voice, place, row, spelled):
                reasons.setdefault(row.passage, []).append(reason)
    order = sorted(scores, key=scores.__getitem__, reverse=True)  # of equals the first one found
    return [Hit(p, scores[p], "; ".join(reasons.get(p, ["meaning"]))) for p in order]


def _reason(voice: str, place: int, row: Row, spelled: Mapping[str, str]) -> str | None:
    if voice == "words":
        held = set(row.words.split())
        shared = [spelled[word] for word in spelled if word in held]
        shared += [word for word in in_the_other_language(spelled) if word in held]
        return "words: " + ", ".join([*dict.fromkeys(shared)][:5])
    if voice == "used":
        return "used by passages that match"
    return voice if place <= 10 else None
