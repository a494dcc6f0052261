"""What an explanation is made of: sentences, each with the part of the query that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp

from sqlwright.sql import place

Kind = Literal[
    "source", "join", "filter", "columns", "grouping", "having", "window", "distinct", "order",
    "limit", "set", "subquery", "rows", "tables", "index", "plan", "time", "finding",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement about a query.

    Attributes:
        evidence: what it rests on: a part of the query, a definition of the schema, a plan's node.
        line: where that stands in the query, from 1; 0 where it stands elsewhere or is not known.
    """

    kind: Kind
    text: str
    evidence: str
    line: int = 0
    column: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The sentence as JSON types."""
        return {
            "kind": self.kind,
            "text": self.text,
            "evidence": self.evidence,
            "line": self.line,
            "column": self.column,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One SELECT or set operation of the query under its name, with what is said of it."""

    title: str
    sentences: tuple[Sentence, ...]

    def as_dict(self) -> dict[str, Any]:
        """The step as JSON types."""
        return {"title": self.title, "sentences": [s.as_dict() for s in self.sentences]}


class Speaker:
    """Says things in one language, with evidence in one dialect."""

    def __init__(self, language: str, dialect: str) -> None:
        self.language, self.dialect = language, dialect

    def pick(self, english: str, russian: str) -> str:
        """The words in the language."""
        return russian if self.language == "ru" else english

    def sql(self, node: exp.Expr) -> str:
        """The node as SQL on one line."""
        return node.sql(dialect=self.dialect, comments=False)

    def quote(self, node: exp.Expr, most: int = 110) -> str:
        """The node as a sentence quotes it: cut where it is long, for its evidence has it whole."""
        text = self.sql(node)
        return f"`{text if len(text) <= most else text[: most - 1] + '…'}`"

    def sentence(self, kind: Kind, english: str, russian: str, node: exp.Expr) -> Sentence:
        """A sentence that rests on the node."""
        line, column = place(node)
        return Sentence(kind, self.pick(english, russian), self.sql(node), line, column)

    def listed(self, parts: list[str]) -> str:
        """The parts as a list in a sentence."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.pick('and', 'и')} {parts[-1]}"
