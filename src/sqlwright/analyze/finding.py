"""What a rule has to say about a query: which rule, how bad, where, in words, and a better tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from sqlglot import exp
from sqlglot.errors import ErrorLevel

from sqlwright.schema import Table
from sqlwright.sql import place

Severity = Literal["error", "wrong", "slow", "unsafe", "style"]
SEVERITIES: tuple[Severity, ...] = ("error", "wrong", "unsafe", "slow", "style")  # worst first


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about a query.

    `rewrite` is a whole new query, or None where only the author can choose. It is a proposal:
    nothing is shown to a user before `verify` has tried to refute it. It is made of the query when
    it is first asked for, which must not change before: a generated query gives a thousand
    findings, and a copy of it for each would take minutes.
    """

    rule: str
    severity: Severity
    message: str
    line: int = 0  # from 1; 0 when the tree does not tell
    column: int = 0
    evidence: str = ""  # what in the schema makes it so
    offer: exp.Query | Callable[[], exp.Query | None] | None = field(default=None, compare=False)
    message_ru: str = ""
    evidence_ru: str = ""  # "" where it reads the same in Russian

    @property
    def rewrite(self) -> exp.Query | None:
        """The whole new query that it offers, or None."""
        return self.offer() if callable(self.offer) else self.offer

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON types; its rewrite only comes out checked, as a candidate."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "message_ru": self.message_ru,
            "evidence": self.evidence,
            "evidence_ru": self.evidence_ru or self.evidence,
            "line": self.line,
            "column": self.column,
        }

    def say(self, language: str = "en") -> str:
        """The message in `language` ("en" or "ru"), with its evidence."""
        is_russian = language == "ru"
        message = self.message_ru if is_russian and self.message_ru else self.message
        evidence = self.evidence_ru if is_russian and self.evidence_ru else self.evidence
        return f"{message} ({evidence})" if evidence else message


def found(
    node: exp.Expr,
    rule: str,
    severity: Severity,
    english: str,
    russian: str,
    *,
    evidence: str | tuple[str, str] = "",
    rewrite: exp.Query | Callable[[], exp.Query | None] | None = None,
) -> Finding:
    """A finding placed at the first part of `node` whose line and column the parser kept.

    Args:
        evidence: in English and in Russian, or one text that reads the same in both.
        rewrite: a function is called once, when the finding is first asked for it.
    """
    line, column = place(node)
    offer = cache(rewrite) if callable(rewrite) else rewrite
    why, why_ru = (evidence, "") if isinstance(evidence, str) else evidence
    return Finding(rule, severity, english, line, column, why, offer, russian, why_ru)


def rows_held(table: Table | None) -> tuple[str, str]:
    """How many rows a table has, in English and in Russian; empty where that is not known."""
    if table is None or not table.rows:
        return "", ""
    return f"{table.rows:,} rows", f"строк: {table.rows:,}"


_SPOKEN: ContextVar[str] = ContextVar("spoken", default="")


@contextmanager
def in_words_of(dialect: str) -> Iterator[None]:
    """While it lasts messages quote the query as the dialect writes it, NVL as NVL."""
    token = _SPOKEN.set(dialect)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def shown(node: exp.Expr, most: int = 70) -> str:
    """A part of the query as a message quotes it: on one line, without comments, cut when long."""
    if (division := node.find(exp.Div)) is not None and division.args.get("safe"):
        node = node.copy()
        for each in node.find_all(exp.Div):  # or else MySQL's is shown with a NULLIF of sqlglot's
            each.set("safe", False)
    try:
        text = node.sql(_SPOKEN.get(), comments=False, unsupported_level=ErrorLevel.IGNORE)
    except (ValueError, AttributeError):  # what a dialect reads, it cannot always write
        text = node.sql(comments=False)
    return text if len(text) <= most else f"{text[: most - 3]}..."
