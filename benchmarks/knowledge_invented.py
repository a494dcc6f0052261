"""Invented knowledge of any size for knowledge_speed.py: the same for the same seed on any machine.

Tables, past queries over them, documents and standards in English and Russian. Words are those of
the lexicon and made-up ones, as often as Zipf's law has them; vectors lie around random centers, so
a million passages need no embedding of a million texts.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, islice
from typing import Any

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.knowledge.lexicon import _LIST
from sqlwright.knowledge.passages import Kind, Passage
from sqlwright.knowledge.store import Row
from sqlwright.knowledge.structure import MARK, structure_words
from sqlwright.knowledge.words import sql_words, words

WIDTH = 384
CENTERS = 2000
TYPES = ("INT", "BIGINT", "VARCHAR(80)", "DATE", "DECIMAL(12, 2)", "TIMESTAMP", "BOOLEAN", "TEXT")
# of a hundred passages
SHARES: tuple[tuple[Kind, int], ...] = (
    ("query", 59), ("document", 37), ("table", 2), ("standard", 1), ("example", 1),
)  # fmt: skip
_OF_ENGLISH = "ba ko ri me tu la sen dor vi pa nu gel mar to fi shi ran po le ku".split()
_OF_RUSSIAN = "ба ко ри ме ту ла сен дор ви па ну гел мар то фи ши ран по ле ку".split()


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented table: its name, its columns, and the tables that it refers to."""

    name: str
    columns: tuple[str, ...]
    references: tuple[int, ...]


def lexicon() -> tuple[list[str], list[str]]:
    """English and Russian words of business."""
    english, russian = dict[str, None](), dict[str, None]()
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            here, _, there = line.partition(":")
            russian |= dict.fromkeys(here.split())
            english |= dict.fromkeys(there.split())
    return list(english), list(russian)


def _is_name(word: str) -> bool:
    """May it be written without quotes?"""
    try:
        sql.read(f"SELECT t.{word} FROM {word} AS t GROUP BY t.{word}", "mysql")
    except SqlError:
        return False
    return word.isalpha()


class Words:
    """Words of one language to draw from: those of the lexicon among many that are made up."""

    def __init__(self, known: Sequence[str], syllables: Sequence[str], chance: random.Random):
        made = ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(30_000)]
        pool = [*chance.sample(known, len(known)), *made]
        # half of what is written are words that everybody uses
        self._forms = list(dict.fromkeys(pool))
        self._weights = list(accumulate(1 / (rank + 20) for rank in range(1, len(self._forms) + 1)))

    def text(self, chance: random.Random, count: int) -> tuple[str, list[str]]:
        """So many words, and their search words."""
        drawn = chance.choices(self._forms, cum_weights=self._weights, k=count)
        return " ".join(drawn), [word for form in drawn for word in searched(form)]


@cache
def searched(form: str) -> tuple[str, ...]:
    """The search words of one name or word."""
    return tuple(words(form))


class Invention:
    """Everything that is invented of one seed."""

    def __init__(self, tables: int, seed: int = 0) -> None:
        chance = random.Random(seed)
        english, russian = lexicon()
        self.english = Words(english, _OF_ENGLISH, chance)
        self.russian = Words(russian, _OF_RUSSIAN, chance)
        nouns = [word for word in english if len(word) > 3 and _is_name(word)]
        names = dict[str, None]()
        while len(names) < tables:
            names["_".join(chance.sample(nouns, chance.choice((1, 2, 2, 3))))] = None
        columns = ["_".join(chance.sample(nouns, chance.choice((1, 2)))) for _ in range(2500)]
        self.tables = [
            Invented(
                name,
                tuple(dict.fromkeys(("id", *chance.sample(columns, chance.randint(4, 14))))),
                tuple(chance.sample(range(place), min(place, chance.randint(0, 3)))),
            )
            for place, name in enumerate(names)
        ]

    def ddl(self, place: int) -> str:
        """CREATE TABLE of one table, with comments and foreign keys."""
        chance, table = random.Random(f"ddl {place}"), self.tables[place]
        lines = ["    id BIGINT PRIMARY KEY"]
        for column in table.columns[1:]:
            null = chance.choice(("", " NOT NULL"))
            said, _ = (self.english, self.russian)[chance.random() < 0.3].text(chance, 4)
            lines.append(f"    `{column}` {chance.choice(TYPES)}{null} COMMENT '{said}'")
        for other in table.references:
            name = self.tables[other].name
            lines.append(f"    `{name}_id` BIGINT")
            lines.append(f"    FOREIGN KEY (`{name}_id`) REFERENCES `{name}` (id)")
        lines.sort(key=lambda line: line.lstrip().startswith("FOREIGN"))
        return f"CREATE TABLE `{table.name}` (\n" + ",\n".join(lines) + "\n);"

    def query(self, chance: random.Random) -> tuple[str, tuple[str, ...], list[str]]:
        """A query, the tables that it names, and its search words."""
        shape = _shape(chance)
        tables, names = list[str](), dict[str, str]()
        start = self.tables[chance.randrange(len(self.tables))]
        near = [self.tables[place] for place in start.references]
        for number in range(4):
            table = start if number == 0 else chance.choice(near or self.tables[:50])
            names[f"qt{number}q"] = table.name
            for column in range(4):
                names[f"qc{number}x{column}q"] = chance.choice(table.columns)
            if f"qt{number}q" in shape:
                tables.append(table.name)
        text, plain, tree = _taken_apart(shape)
        found = list[str]()
        for part in plain:
            found += searched(names[part]) if part in names else (part,)
        found += [_filled(part, names) for part in tree]
        return _filled(text, names), tuple(dict.fromkeys(tables)), found

    def rows(
        self, count: int, kinds: Sequence[Kind], *, with_vectors: bool = True, seed: int = 1
    ) -> Iterator[Row]:
        """The rows of these kinds among so many of all kinds, mixed."""
        mixed = [kind for kind, share in SHARES for _ in range(share)]
        passages = (
            self.row(number, mixed[number * 37 % 100], random.Random(number + seed * 10**9))
            for number in range(count)
            if mixed[number * 37 % 100] in kinds
        )
        if not with_vectors:
            yield from passages
            return
        for part, vectors in zip(_parts(passages, 4096), _vectors(seed), strict=False):
            for row, vector in zip(part, vectors, strict=False):
                yield Row(row.passage, row.origin, row.words, vector.tobytes())

    def row(self, number: int, kind: Kind, chance: random.Random) -> Row:
        """One row without a vector."""
        day = f"20{chance.randint(20, 26)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        database = f"base{chance.randint(0, 9)}"
        said = self.russian if chance.random() < 0.4 else self.english
        title, title_words = said.text(chance, chance.randint(4, 10))
        if kind in ("query", "example"):
            text, tables, found = self.query(chance)
            print_ = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            passage = Passage(
                *(kind, title, f"-- {title}\n{text}", f"q{number % 997}.sql:{number}", tables),
                *(print_, day, database),
            )
            return Row(passage, f"q{number % 997}.sql", " ".join([*title_words, *found]))
        if kind == "table":
            # one row of fifty is of a table: in an index of fifty times as many each once
            table = self.tables[number // 50 % len(self.tables)]
            lines = [f"table {table.name}: {title}"]
            found = [*searched(table.name), *title_words]
            for column in table.columns:
                comment, more = said.text(chance, 3)
                lines.append(f"- {column} {chance.choice(TYPES)}: {comment}")
                found += [*searched(column), *more]
            for other in table.references:
                lines.append(f"{table.columns[-1]} -> {self.tables[other].name} (id)")
                found += searched(self.tables[other].name)
            passage = Passage(
                *(kind, table.name, "\n".join(lines), f"table {table.name} {number}"),
                *((table.name,), "", day, database),
            )
            return Row(passage, "/schema", " ".join(found))
        text, found = said.text(chance, chance.randint(30, 110))
        named = self.tables[chance.randrange(len(self.tables))].name
        passage = Passage(
            *(kind, title, f"{text} `{named}`", f"page{number % 499}.md:{number}", (named,)),
            *("", day, database),
        )
        return Row(
            passage, f"page{number % 499}.md", " ".join([*title_words, *title_words, *found])
        )


def _shape(chance: random.Random) -> str:
    """SQL with places for names: qt0q is the first table, qc0x1q the second column of it."""
    joined = chance.choice((0, 0, 1, 1, 2, 3))
    grouped = chance.random() < 0.4
    columns = [f"t{n}.qc{n}x{c}q" for n in range(joined + 1) for c in range(2)]
    picked = chance.sample(columns, min(len(columns), chance.randint(1, 3)))
    shown = [*picked, chance.choice(("COUNT(*)", f"SUM({columns[0]})"))] if grouped else picked
    lines = [f"SELECT {', '.join(shown)}", "FROM qt0q AS t0"]
    lines += [
        f"{chance.choice(('JOIN', 'JOIN', 'LEFT JOIN'))} qt{n}q AS t{n}"
        f" ON t{n}.qc{n}x2q = t{chance.randrange(n)}.qc0x3q"
        for n in range(1, joined + 1)
    ]
    tests = ("{} = 5", "{} > 10", "{} IS NOT NULL", "{} LIKE 'a%'", "{} IN (1, 2, 3)",
             "{} BETWEEN 1 AND 9", "UPPER({}) = 'X'")  # fmt: skip
    if where := [chance.choice(tests).format(c) for c in columns[: chance.randint(0, 3)]]:
        lines.append("WHERE " + " AND ".join(where))
    if grouped:
        lines.append(f"GROUP BY {', '.join(picked)}")
    if chance.random() < 0.4:
        lines.append(f"ORDER BY {picked[0]} DESC")
    return "\n".join(lines)


@cache
def _taken_apart(shape: str) -> tuple[str, list[str], list[str]]:
    whole = [word for word in sql_words(shape) if word not in ("q", "qt", "qc", "x")]
    return shape, whole, structure_words(sql.read(shape, "mysql"))


def _filled(text: str, names: dict[str, str]) -> str:
    for place, name in names.items():
        if place in text:
            text = text.replace(place, name)
    if text.startswith(f"{MARK}j:"):
        text = f"{MARK}j:" + "=".join(sorted(text[3:].split("=")))
    return text


def _parts(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while part := list(islice(rows, size)):
        yield part


def _vectors(seed: int) -> Iterator[Any]:
    """Unit vectors around the same centers whatever the seed, 4096 at a time."""
    import numpy as np

    centers = np.random.default_rng(0).standard_normal((CENTERS, WIDTH), dtype=np.float32)
    chance = np.random.default_rng([1, seed])
    centers /= np.linalg.norm(centers, axis=1)[:, None]
    while True:
        noise = chance.standard_normal((4096, WIDTH), dtype=np.float32)
        noise *= np.float32(0.9) / np.linalg.norm(noise, axis=1)[:, None]
        noise += centers[chance.integers(0, CENTERS, 4096)]
        yield noise / np.linalg.norm(noise, axis=1)[:, None]
