"""What a rule has to say about a query: which rule, how bad, where, in words, and a better tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlglot import exp

from sqlwright.sql import place

Severity = Literal["error", "wrong", "slow", "unsafe", "style"]
SEVERITIES: tuple[Severity, ...] = ("error", "wrong", "unsafe", "slow", "style")  # worst first


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a query.

    `rewrite` is a whole new query, or None where only the author can choose. It is a proposal:
    nothing is shown to a user before `verify` has tried to refute it.
    """

    rule: str
    severity: Severity
    message: str
    line: int = 0  # from 1; 0 when the tree does not tell
    column: int = 0
    evidence: str = ""  # what in the schema makes it so
    rewrite: exp.Query | None = None
    message_ru: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON types; its rewrite only comes out checked, as a candidate."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "message_ru": self.message_ru,
            "evidence": self.evidence,
            "line": self.line,
            "column": self.column,
        }

    def say(self, language: str = "en") -> str:
        """The message in `language` ("en" or "ru"), with its evidence."""
        message = self.message_ru if language == "ru" and self.message_ru else self.message
        return f"{message} ({self.evidence})" if self.evidence else message


def found(
    node: exp.Expr,
    rule: str,
    severity: Severity,
    english: str,
    russian: str,
    *,
    evidence: str = "",
    rewrite: exp.Query | None = None,
) -> Finding:
    """A finding placed at the first part of `node` whose line and column the parser kept."""
    line, column = place(node)
    return Finding(rule, severity, english, line, column, evidence, rewrite, russian)


def shown(node: exp.Expr, most: int = 70) -> str:
    """A part of the query as a message quotes it: on one line, without comments, cut when long."""
    text = node.sql(comments=False)
    return text if len(text) <= most else f"{text[: most - 3]}..."
