"""What makes a passage findable: its search words, and of a document the tables that it names.

A section headed by a table's name describes it: its words lead to the table as well, which is how a
Russian question finds a table with an English name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.knowledge.passages import SPOKEN_IN_SQL, Kind, Passage
from sqlwright.knowledge.queries import split_queries
from sqlwright.knowledge.store import Row
from sqlwright.knowledge.structure import structure_words
from sqlwright.knowledge.words import sql_words, words

WRITTEN: tuple[Kind, ...] = ("document", "standard")


@dataclass(frozen=True, slots=True)
class Known:
    """What a whole index knows of its tables, all names in lower case.

    Attributes:
        tables: their names.
        owners: of each column, the tables that have one of its name.
        described: of a table, the search words of what documents say under its name.
    """

    tables: set[str] = field(default_factory=set)
    owners: dict[str, set[str]] = field(default_factory=dict)
    described: dict[str, list[str]] = field(default_factory=dict)

    def add_table(self, passage: Passage) -> None:
        """Notes a table and its columns."""
        self.tables.add(passage.title)
        for line in passage.text.splitlines():
            if line.startswith("- "):
                self.owners.setdefault(line[2:].split()[0].lower(), set()).add(passage.title)

    def add_document(self, passage: Passage) -> None:
        """Notes what a document or a standard says of a table, after all tables were noted."""
        if (head := _headed_by(passage.title)) in self.tables:
            found = words(f"{passage.title}\n{passage.text}")
            self.described.setdefault(head, []).extend(found)


def finished(row: Row, known: Known, dialect: str) -> Row:
    """The row with its search words, and with the tables that it names where it is a document.

    Words that it has are kept but for those of a table, which hang on what documents say.
    """
    passage = row.passage
    if passage.kind in WRITTEN:
        passage = replace(passage, tables=_tables_in(passage, known.tables, known.owners))
    kept = "" if passage.kind == "table" else row.words
    found = kept or " ".join(_words_of(passage, known.described, dialect))
    return replace(row, passage=passage, words=found)


def _headed_by(title: str) -> str:
    return title.split(" > ")[-1].split(":")[0].strip().strip("`").lower()


def _tables_in(
    passage: Passage, known: set[str], owners: Mapping[str, set[str]]
) -> tuple[str, ...]:
    """Tables that a document names in code quotes or heads a section with, or a column of theirs.

    A bare word does not count: orders are also what customers make.
    """
    named = {_headed_by(passage.title)} & known
    for word in _quoted(passage.text):
        named |= {word} & known
        owner = owners.get(word, set())
        named |= owner if len(owner) == 1 else set()
    return tuple(sorted(named))


def _quoted(text: str) -> Iterator[str]:
    for quoted in text.split("`")[1::2]:
        yield from quoted.lower().replace("(", " ").replace(".", " ").replace(",", " ").split()


def _words_of(passage: Passage, described: Mapping[str, Iterable[str]], dialect: str) -> list[str]:
    if passage.kind in SPOKEN_IN_SQL:
        query, said = passage.text, list[str]()
        if passage.kind == "example" and (first := next(split_queries(query), None)):
            # what it became is not what is asked about
            query, said = first.text, words(passage.title)
        return [*said, *sql_words(query), *_words_of_tree(query, dialect)]
    title, text = words(passage.title), words(passage.text)
    if passage.kind == "table":
        return [*title, *text, *described.get(passage.title, ())]
    return [*title, *title, *text]


def _words_of_tree(text: str, dialect: str) -> list[str]:
    """The structure of a past query, where it parses."""
    try:
        return structure_words(sql.read(text, dialect or sql.guess_dialect(text)))
    except SqlError:
        return []
