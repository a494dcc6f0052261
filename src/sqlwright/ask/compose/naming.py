"""What people may call each table and column: words of names, of descriptions, of foreign keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from sqlwright.ask.compose import meanings
from sqlwright.ask.formulas import is_condition
from sqlwright.ask.glossary import Described
from sqlwright.data.told import name_words, singular, told_of
from sqlwright.knowledge import lexicon
from sqlwright.knowledge.words import stem, words
from sqlwright.schema import ForeignKey, Schema, Table, kind_of

_GENERIC = frozenset(
    "id key no number name date day time номер имя дата день название code".split()
)
_LONG = 4  # words: a longer description says more than a name
_OF_A_NAME, _SAID, _SAID_LONG, _OF_A_KEY, _OF_A_CODE = 1.0, 0.97, 0.6, 0.9, 0.7


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way to say a thing: pieces of words with their weights, and how much it says.

    Attributes:
        via: the foreign key whose column says it.
        cut: is it a name, whose pieces may be cut from longer words?
        value: the code of the column that the words are the meaning of: R returned.
    """

    pieces: tuple[str, ...]
    weights: tuple[float, ...]
    sure: float
    via: ForeignKey | None = None
    cut: bool = False
    value: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """A table, or one of its columns, or arithmetic over them that a document names.

    Attributes:
        role: key, foreign, label, category, free, measure, date, time, bool or other; of a table
            empty.
    """

    table: Table
    column: str
    kind: str
    role: str
    phrases: tuple[Phrase, ...]


def things(schema: Schema, about: Mapping[str, Described]) -> tuple[Thing, ...]:
    """Every table and column with the ways to say it."""
    told = told_of(schema)
    vocabulary = _vocabulary(schema)
    found = []
    for table in schema.tables:
        known = about.get(table.name.lower(), Described(""))
        phrases = [*_of_name(table.name, "", vocabulary), *_of_title(known.title)]
        phrases += _of_keys(table, schema, vocabulary)
        found.append(Thing(table, "", "", "", tuple(phrases)))
        for name, text in known.formulas.items():
            kind, role = ("bool", "bool") if is_condition(text) else ("real", "measure")
            found.append(Thing(table, text, kind, role, tuple(_of_text(name))))
        prefix = _prefix(table)
        roles = {trait.name: trait.role for trait in told.of(table).traits}
        for column in table.columns:
            said = known.columns.get(column.name.lower(), "")
            ways = [*_of_name(column.name, prefix, vocabulary), *_of_text(said), *_of_codes(said)]
            role = "key" if column.name in table.primary_key else roles[column.name]
            role = "foreign" if roles[column.name] == "foreign" else role
            found.append(Thing(table, column.name, kind_of(column.type), role, tuple(ways)))
    return tuple(found)


def names_of(known: Sequence[Thing]) -> frozenset[str]:
    """The stems of all that they are called."""
    return frozenset(
        stem(piece) for thing in known for phrase in thing.phrases for piece in phrase.pieces
    )


def _prefix(table: Table) -> str:
    heads = {column.name.split("_")[0] + "_" for column in table.columns}
    return heads.pop() if len(heads) == 1 and len(table.columns) > 1 else ""


def _of_name(name: str, prefix: str, vocabulary: frozenset[str]) -> Iterator[Phrase]:
    bare = name[len(prefix) :] if prefix and len(name) > len(prefix) else name
    parts = [singular(part) for part in name_words(bare) if not part.isdigit()]
    parts = [part for part in parts if part not in ("tbl", "tb", "t", "dim", "fact")] or parts
    if not parts:
        return
    pieces = tuple(p for part in parts for p in split_name(part, vocabulary))
    yield replace(_phrase(pieces, _OF_A_NAME, -1), cut=True)


def _of_text(text: str) -> Iterator[Phrase]:
    """The parts of a description: what stands between its commas, its first word the head."""
    for part in re.split(r"[.;,:()!?–—]|\bfor example\b|\bнапример\b", text):
        said = tuple(dict.fromkeys(word for word in words(part) if not word.isdigit()))
        if said and not re.search(r"\d|\b[A-Z]{2,}\b|^\s*[A-Z]\s", part):
            yield _phrase(said, _SAID if len(said) <= _LONG else _SAID_LONG, 0)


def _of_codes(text: str) -> Iterator[Phrase]:
    """What the codes of a column mean, where a description lists them: R returned, A accepted."""
    for code, meaning in re.findall(r"(?:^|[,;:(])\s*([A-Z]|\d{1,2})\s+([a-zа-я][^,;:()]*)", text):
        said = tuple(dict.fromkeys(words(meaning)))
        if 0 < len(said) < _LONG:
            yield replace(_phrase(said, _OF_A_CODE, 0), value=code)


def _of_title(text: str) -> Iterator[Phrase]:
    """As of a column; but what follows the first comma of a sentence tells more than a name."""
    for sentence in re.split(r"[.;()]", text):
        for at, part in enumerate(re.split(r"[,:–—]", sentence)):
            aside = re.match(
                r"\s*(which|what|at|and|how|in|one|each|for|with|и|где|по|для)\b", part
            )
            for way in () if aside else _of_text(part):
                yield replace(way, sure=way.sure * (0.9 if at else 1.0))


def _of_keys(table: Table, schema: Schema, vocabulary: frozenset[str]) -> Iterator[Phrase]:
    """What other tables call this one by the columns of their foreign keys: author_id."""
    for other in schema.tables:
        for key in other.foreign_keys:
            if key.table.lower() != table.name.lower() or len(key.columns) != 1:
                continue
            for way in _of_name(key.columns[0], _prefix(other), vocabulary):
                kept = tuple(p for p in way.pieces if p not in ("id", "key", "no", "fk", "ref"))
                if kept and kept != way.pieces:
                    made = _phrase(kept, _OF_A_KEY, -1)
                    yield replace(made, via=key, cut=True)


def _phrase(pieces: tuple[str, ...], sure: float, head: int) -> Phrase:
    weights = [0.55 if piece in _GENERIC else 0.8 for piece in pieces]
    weights[head] += 0.2
    return Phrase(pieces, tuple(weights), sure)


@lru_cache(maxsize=20_000)
def split_name(part: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The words that a part of a name runs together: totalprice is total, price.

    Abbreviations stand only where words are left beside them: acctbal is acct, bal.
    """
    if len(part) < 6 or part in vocabulary or not part.isascii():
        return (part,)
    best: dict[int, tuple[float, tuple[str, ...]]] = {0: (0.0, ())}
    for end in range(3, len(part) + 1):
        for start in range(max(0, end - 14), end - 2):
            if start not in best:
                continue
            piece = part[start:end]
            cost = 1.0 if piece in vocabulary else _cut_cost(piece, vocabulary)
            made = (best[start][0] + cost, (*best[start][1], piece))
            if cost < 9 and (end not in best or made < best[end]):
                best[end] = made
    cost, pieces = best.get(len(part), (9.0, (part,)))
    return pieces if cost <= 3.4 else (part,)


def _cut_cost(piece: str, vocabulary: frozenset[str]) -> float:
    if piece == "key":
        return 1.0
    if len(piece) > 6:
        return 9.0
    words = _by_letter(vocabulary).get(piece[0], ())
    return 1.6 if any(meanings.stands_for(piece, word) >= 0.8 for word in words) else 9.0


@lru_cache(maxsize=16)
def _by_letter(vocabulary: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in vocabulary:
        found.setdefault(word[0], []).append(word)
    return found


@lru_cache(maxsize=16)
def _vocabulary(schema: Schema) -> frozenset[str]:
    """English words that names may be made of: of the lexicons, and of the schema's own names."""
    found = {
        word
        for file in (Path(lexicon.__file__).parent / "lexicon.txt", meanings.WORDS)
        for word in re.findall(r"[a-z]{3,}", file.read_text(encoding="utf-8"))
    }
    words_known = frozenset(found)
    for table in schema.tables:
        parts = (singular(part) for part in name_words(table.name))
        found |= {part for part in parts if len(split_name(part, words_known)) == 1}
    return frozenset(found)
