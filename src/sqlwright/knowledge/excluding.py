"""Columns that knowledge must not hold: patterns of table.column, kept out of every kind of source.

What names columns one by one (schemas, dictionaries, dbt) loses those lines; a view, a routine or a
past query whose text names such a column goes as a whole. Prose is not searched: a page that speaks
of a column is the team's to edit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase

from sqlwright.errors import UsageError, did_you_mean
from sqlwright.knowledge.passages import SPOKEN_IN_SQL, Passage
from sqlwright.schema import Facts, Schema, Table


@dataclass(frozen=True, slots=True)
class Excluding:
    """The patterns of one run, and what they met in it.

    Attributes:
        patterns: as a shell has them, such as `*.password` or `customers.*`.
        seen: each table.column that a source declared, in lower case.
        gone: those of them that match, and are kept out.
    """

    patterns: tuple[str, ...] = ()
    seen: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)

    def takes(self, table: str, column: str) -> bool:
        """Is the column kept out? The table may stand with its schema before it."""
        if not self.patterns:
            return False
        name = f"{bare(table)}.{bare(column)}"
        self.seen.add(name)
        if any(fnmatchcase(name, pattern.lower()) for pattern in self.patterns):
            self.gone.add(name)
        return name in self.gone

    def is_named_in(self, text: str, tables: Iterable[str] = ()) -> bool:
        """Does the text name a column that is kept out, and its table?

        Args:
            text: SQL; a name counts as a word, in any case.
            tables: those that the text is known to read.
        """
        if not self.gone:
            return False
        words = set(re.findall(r"\w+", text.lower()))
        known = words | {bare(table) for table in tables}
        pairs = (name.rpartition(".") for name in self.gone)
        return any(_is_in(column, words) and _is_in(table, known) for table, _, column in pairs)

    def hides(self, passage: Passage) -> bool:
        """Is it a past query or an example that names a column which is kept out?"""
        if passage.kind not in SPOKEN_IN_SQL:
            return False
        return self.is_named_in(passage.text, passage.tables)

    def check(self) -> None:
        """Refuses a pattern that matched nothing: a slip of the pen must not let a column through.

        Raises:
            UsageError: with the nearest name that was met.
        """
        for pattern in self.patterns:
            if not any(fnmatchcase(name, pattern.lower()) for name in self.seen):
                hint = did_you_mean(pattern, sorted(self.seen))
                hint = hint or " Give table.column, * stands for any letters."
                raise UsageError(f"--exclude {pattern} matches no column of the schema.{hint}")


NOTHING = Excluding()  # without patterns it notes nothing


def _is_in(name: str, words: set[str]) -> bool:
    """A name may be of several words, as "first name" is."""
    return set(re.findall(r"\w+", name)) <= words


def bare(name: str) -> str:
    """A name in lower case, without quotes and what stands before it."""
    return re.sub(r"[\"`\[\]]", "", name).rpartition(".")[2].lower()


def columns_excluded(schema: Schema, patterns: Sequence[str]) -> Schema:
    """The schema without the columns whose `table.column` matches a pattern, in any case.

    Raises:
        UsageError: if a pattern matches no column.
    """
    excluding = Excluding(tuple(patterns))
    left = schema_without(schema, excluding)
    excluding.check()
    return left


def schema_without(schema: Schema, excluding: Excluding) -> Schema:
    """The schema without the columns that are kept out.

    Keys, indexes and checks that name such a column go with it: their text would name it.
    """
    if not excluding.patterns:
        return schema
    for table in schema.tables:  # a foreign key may lead to a later table
        for column in table.columns:
            excluding.takes(table.name, column.name)
    return Schema(tuple(_without(table, excluding) for table in schema.tables))


def _without(table: Table, excluding: Excluding) -> Table:
    gone = excluding.gone

    def stays(columns: Sequence[str], of: str = table.name) -> bool:
        return not any(f"{bare(of)}.{bare(column)}" in gone for column in columns)

    lost = [column.name for column in table.columns if not stays([column.name])]
    return replace(
        table,
        columns=tuple(column for column in table.columns if stays([column.name])),
        primary_key=table.primary_key if stays(table.primary_key) else (),
        unique=tuple(key for key in table.unique if stays(key)),
        foreign_keys=tuple(
            key
            for key in table.foreign_keys
            if stays(key.columns) and stays(key.references, key.table)
        ),
        indexes=tuple(index for index in table.indexes if stays(index.columns)),
        checks=tuple(
            check
            for check in table.checks
            if not any(re.search(rf"\b{re.escape(name)}\b", check, re.I) for name in lost)
        ),
    )


def facts_without(facts: Facts, excluding: Excluding) -> Facts:
    """The facts without the views and routines whose text names a column that is kept out."""
    return replace(
        facts,
        views={
            name: text
            for name, text in facts.views.items()
            if not excluding.is_named_in(text, (name,))
        },
        routines=tuple(one for one in facts.routines if not excluding.is_named_in(one.definition)),
    )
