"""Figures that documents define: "revenue of a line is `l_extendedprice * (1 - l_discount)`".

Only arithmetic over columns that the schema has, in one table or in those that its rows belong to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqlwright.knowledge.passages import Passage
from sqlwright.schema import Schema, Table

_QUOTED = re.compile(r"`([^`]*[-+*/][^`]*)`")
_IS = re.compile(
    r"\s*(?:\bis\b|\bare\b|\bequals?\b|=|:|\bis (?:counted|computed|calculated) as\b|\bmeans\b"
    r"|\bрав\w+\b|\bэто\b|\b(?:счита|вычисля|определя)\w+ как\b|—|–)\s*$",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\s*(?:minus|plus|less|times|divided|минус|плюс|умнож\w+|дел\w+)\b", re.IGNORECASE
)
_COMPARISONS = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.EQ, exp.NEQ)
_PARTS = (
    *_COMPARISONS,
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Paren,
    exp.Column,
    exp.Identifier,
    exp.Literal,
    exp.Neg,
)
_COMPARED = re.compile(r"`([^`]*[<>=][^`]*)`")
_WHEN = re.compile(
    r"\b(?:is|are|counts as|called) (\w+) (?:when|if|where)\b|(\w+),? (?:если|когда)\b",
    re.IGNORECASE,
)
_MOST_WORDS = 6  # of a name


def formulas(schema: Schema, passages: Iterable[Passage]) -> dict[str, dict[str, str]]:
    """By the name of the table of the finest rows, in lower case: names and their arithmetic."""
    found: dict[str, dict[str, str]] = {}
    for passage in passages:
        if passage.kind != "document":
            continue
        for sentence in _sentences(passage.text):
            for name, text in (*_defined(sentence), *_conditions(sentence)):
                table = _table_of(text, schema)
                if table is not None:
                    found.setdefault(table.name.lower(), {}).setdefault(name, text)
    return found


def is_condition(text: str) -> bool:
    """Is it true or false of a row, not a figure?"""
    return bool(re.search("[<>=]", text))


def _conditions(sentence: str) -> Iterator[tuple[str, str]]:
    """A line is late when ...: `l_commitdate < l_receiptdate`."""
    match = _WHEN.search(sentence)
    if match is not None:
        for text in _COMPARED.findall(sentence[match.end() :])[:1]:
            yield match[1] or match[2], text.strip()


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.;!?])\s+(?=[A-ZА-ЯЁ`])", " ".join(text.split()))


def _defined(sentence: str) -> Iterator[tuple[str, str]]:
    """What stands before an "is" is the name of the formula; in a longer sum the last word."""
    for match in _QUOTED.finditer(sentence):
        before = sentence[: match.start()].rstrip()
        goes_on = _GOES_ON.match(sentence[match.end() :])
        bare = _IS.sub("", before)
        if goes_on:
            names = before.split()[-1:] if bare == before else []
        else:
            names = re.split(r"[,:`]", bare) if bare != before else []
        for name in names:
            said = re.sub(r"(?i)^\s*(?:the|a|an|what)\b", "", name).strip(" *_-")
            if said and len(said.split()) <= _MOST_WORDS:
                yield said, match[1].strip()


def _table_of(text: str, schema: Schema) -> Table | None:
    """The table whose rows the formula is of; None where it is no arithmetic over known columns."""
    try:
        tree = sqlglot.parse_one(text)
    except SqlglotError:
        return None
    if not all(isinstance(node, _PARTS) for node in tree.walk()) or isinstance(tree, exp.Column):
        return None
    owners: list[Table] = []
    for column in tree.find_all(exp.Column):
        holders = [table for table in schema.tables if table.column(column.name) is not None]
        if len(holders) != 1:
            return None
        owners += holders
    apart = list(dict.fromkeys(table.name for table in owners))
    for name in apart:
        table = schema.table(name)
        parents = {key.table.lower() for key in table.foreign_keys} if table else set()
        if table is not None and all(n == name or n.lower() in parents for n in apart):
            return table
    return None
