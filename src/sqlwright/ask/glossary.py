"""What is known of the tables and columns that a question may mean, line by line.

From comments of the schema and from documents, the lines that share a word with the question, in
either language; where nobody described a column, the dictionary of search words says which of the
question's words its name may stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlwright.ask.formulas import formulas
from sqlwright.data.told import name_words
from sqlwright.knowledge.lexicon import in_the_other_language
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.words import spellings, words
from sqlwright.schema import Schema, Table

_LINE = re.compile(r"^\s*[-*|]?\s*[`*\"]*(\w+)[`*\"]*(?:\s+[\w() ,]+?)?\s*[:|–—]\s*(.+)$")
_LONGEST = 160  # letters of a line
_SHORTEST_ABBREVIATION = 3
_MOST_LINES = 6  # of a table


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of a question: stems as they are, those of the other language, and spellings."""

    stems: frozenset[str]
    others: frozenset[str]
    spelled: dict[str, str] = field(hash=False, default_factory=dict)

    @property
    def all(self) -> frozenset[str]:
        """Stems in both languages."""
        return self.stems | self.others


def read_question(question: str) -> Asked:
    """The words of the question."""
    stems = words(question)
    return Asked(frozenset(stems), frozenset(in_the_other_language(stems)), spellings(question))


@dataclass(frozen=True, slots=True)
class Described:
    """What is said of one table: of itself, and of its columns by their names in lower case.

    Attributes:
        formulas: names of figures of its rows, each with its arithmetic over columns.
    """

    title: str
    columns: dict[str, str] = field(default_factory=dict)
    formulas: dict[str, str] = field(default_factory=dict)


def described(schema: Schema, passages: Iterable[Passage]) -> dict[str, Described]:
    """What comments and documents say, by the table's name in lower case; documents go first."""
    passages = list(passages)
    computed = formulas(schema, passages)
    titles: dict[str, str] = {}
    columns: dict[str, dict[str, str]] = {table.name.lower(): {} for table in schema.tables}
    for passage in passages:
        if passage.kind != "document":
            continue
        head, _, said = passage.title.split(" > ")[-1].partition(":")
        if head.strip("` ").lower() in columns and said.strip():
            titles.setdefault(head.strip("` ").lower(), said.strip())
        for line in passage.text.splitlines():
            _read_line(line, passage, schema, columns)
    for table in schema.tables:
        name = table.name.lower()
        titles.setdefault(name, table.comment)
        for column in table.columns:
            if column.comment:
                columns[name].setdefault(column.name.lower(), column.comment)
    return {
        name: Described(titles.get(name, ""), found, computed.get(name, {}))
        for name, found in columns.items()
    }


def _read_line(
    line: str, passage: Passage, schema: Schema, columns: dict[str, dict[str, str]]
) -> None:  # fmt: skip
    match = _LINE.match(line)
    if match is None:
        return
    name, said = match[1].lower(), " ".join(match[2].split())[:_LONGEST]
    holders = [t.name.lower() for t in schema.tables if t.column(name) is not None]
    named = [holder for holder in holders if holder in passage.tables]
    for holder in named or (holders if len(holders) == 1 else []):
        columns[holder].setdefault(name, said)


def overlap(text: str, asked: Asked) -> int:
    """How many words of the text the question has, in either language."""
    return len(frozenset(words(text)) & asked.all)


def score(table: Table, about: Described, asked: Asked) -> float:
    """How much the question speaks of the table: its name most, then its columns."""
    name = frozenset(words(table.name)) | frozenset(words(about.title))
    points = 3.0 * len(name & asked.all)
    for column in table.columns:
        said = f"{' '.join(name_words(column.name))} {about.columns.get(column.name.lower(), '')}"
        points += min(2, overlap(said, asked))
    return points


def glossary(tables: Sequence[Table], about: dict[str, Described], asked: Asked) -> list[str]:
    """A passage a table: what it is, and its columns of which the question may speak.

    Words that a table shares with the question do not make each of its columns worth a line.
    """
    found = []
    for table in tables:
        known = about.get(table.name.lower(), Described(""))
        title = known.title or _guess(table.name, asked)
        own = frozenset(words(f"{table.name} {title}"))
        left = replace(asked, stems=asked.stems - own, others=asked.others - own)
        lines = []
        for column in table.columns:
            said = known.columns.get(column.name.lower(), "")
            shared = overlap(said, left) if said else 0
            if not said and (guess := _guess(column.name, left)):
                said, shared = guess, 1
            if shared:
                lines.append((-shared, f"- `{column.name}`: {said}"))
        if lines or (title and overlap(title, asked)):
            head = f"{table.name}: {title}" if title else table.name
            found.append("\n".join([head, *(line for _, line in sorted(lines)[:_MOST_LINES])]))
    return found


def _guess(name: str, asked: Asked) -> str:
    """Words of the question that the name may stand for, where the name does not say them."""
    parts = name_words(name)
    stems = frozenset(words(" ".join(parts)))
    found = []
    for stem, spelled in asked.spelled.items():
        if stem not in asked.stems:
            continue
        meant = in_the_other_language([stem])
        hit = next((word for word in meant if word in stems or _shortens(word, parts)), None)
        if hit is not None or (stem not in stems and len(stem) > 4 and _shortens(stem, parts)):
            found.append(spelled.lower())
    return ", ".join(dict.fromkeys(found))


def _shortens(word: str, parts: Sequence[str]) -> bool:
    """Is a part of the name cut from the word, or the word without its vowels, or within a part?"""
    if len(word) < 4 or not word.isascii():
        return False
    skeleton = word[0] + re.sub("[aeiou]", "", word[1:])
    for part in parts:
        if len(part) < _SHORTEST_ABBREVIATION:
            continue
        if word.startswith(part) or (part == skeleton and len(skeleton) > 2):
            return True
        if len(part) > len(word) and (part.startswith(word) or part.endswith(word)):
            return True
        # of two words run together: acctbal ends with the head of balance
        if len(part) > 5 and part.endswith(tuple(word[:n] for n in range(3, len(word)))):
            return True
    return False
