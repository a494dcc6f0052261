"""Writes a query in a house's layout: what it says stays the same, and its comments stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token

from sqlwright.analyze.house import Standard
from sqlwright.analyze.house.words import KEYWORDS

Case = Literal["upper", "lower"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a house writes SQL."""

    indent: int = 4
    width: int = 88
    keywords: Case = "upper"
    functions: Case = "upper"
    leading_commas: bool = False
    table_as: bool = True


def layout_of(standards: Sequence[Standard]) -> Layout:
    """The layout that the standards ask for; what none of them says is as most houses have it."""
    asked: dict[str, object] = {}
    for standard in standards:
        said = standard.checks.model_dump(exclude_defaults=True)
        asked = {**said, **asked}
    width = asked.get("max_line_length")
    return Layout(
        width=width if isinstance(width, int) else Layout().width,
        keywords="lower" if asked.get("keyword_case") == "lower" else "upper",
        functions="lower" if asked.get("function_case") == "lower" else "upper",
        leading_commas=asked.get("commas") == "leading",
        table_as=asked.get("table_as") != "never",
    )


def without_new_comments(query: exp.Query, original: exp.Query) -> exp.Query:
    """A copy in which no comment stands more often than in the original: copies have them too."""
    left = Counter(text for node in original.walk() for text in node.comments or ())
    copy = query.copy()
    for node in copy.walk(bfs=False):
        kept = []
        for text in node.comments or ():
            left[text] -= 1
            if left[text] >= 0:
                kept.append(text)
        if node.comments:
            node.comments = kept
    return copy


def lost_comments(original: exp.Query, query: exp.Query) -> list[str]:
    """The comments that the query does not have any more: what they stood at was replaced."""
    there = Counter(text for node in query.walk() for text in node.comments or ())
    lost = []
    for node in original.walk(bfs=False):
        for text in node.comments or ():
            there[text] -= 1
            if there[text] < 0:
                lost.append(text.strip())
    return lost


def formatted(query: exp.Expr, dialect: str, layout: Layout) -> str:
    """The query as text in that layout; a text that would read as another tree is not returned."""
    text = query.sql(
        dialect=dialect,
        pretty=True,
        indent=layout.indent,
        pad=layout.indent,
        max_text_width=layout.width - 8,
        leading_comma=layout.leading_commas,
        normalize_functions=layout.functions,
        comments=True,
    )
    for step in (_without_table_as, _in_case, _with_line_comments):
        changed = step(text, dialect, layout)
        if changed != text and _reads_as(changed, query, dialect):
            text = changed
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    joined = _with_short_clauses(text, layout)
    return joined if _reads_as(joined, query, dialect) else text


def _reads_as(text: str, query: exp.Expr, dialect: str) -> bool:
    try:
        trees = sqlglot.parse(text, read=dialect)
    except (SqlglotError, ValueError):
        return False
    same = query.sql(dialect=dialect, comments=False, normalize_functions="upper")
    return (
        len(trees) == 1
        and trees[0] is not None
        and same == trees[0].sql(dialect=dialect, comments=False, normalize_functions="upper")
    )


def _without_table_as(text: str, dialect: str, layout: Layout) -> str:
    if layout.table_as:
        return text
    tree = sqlglot.parse_one(text, read=dialect)
    cuts = []
    for alias in tree.find_all(exp.TableAlias):
        start = alias.this.meta.get("start") if alias.this is not None else None
        if start is None or isinstance(alias.parent, exp.CTE):
            continue
        before = re.search(r"\bAS\s+\Z", text[max(0, start - 20) : start], re.I)
        if before is not None:
            cuts.append((start - len(before[0]), start))
    return _cut(text, [(first, last, "") for first, last in cuts])


def _in_case(text: str, dialect: str, layout: Layout) -> str:
    """Keywords in small letters where the house writes them so; sqlglot writes capitals."""
    if layout.keywords == "upper":
        return text
    found = []
    for token in _tokens(text, dialect):
        said = text[token.start : token.end + 1]
        words = said.upper().split()
        if words and all(word in KEYWORDS for word in words):
            found.append((token.start, token.end + 1, said.lower()))
    return _cut(text, found)


def _with_line_comments(text: str, dialect: str, layout: Layout) -> str:
    """A comment that ends its line as `-- ...`, which is how most people write one."""
    spans = [(token.start, token.end) for token in _tokens(text, dialect)]
    found = []
    for comment in re.finditer(r"/\* ?([^\n*]*?) ?\*/(?=[ \t]*(?:\n|\Z))", text):
        inside = any(first <= comment.start() <= last for first, last in spans)
        if not inside and comment[1].strip():
            found.append((comment.start(), comment.end(), f"-- {comment[1].strip()}"))
    return _cut(text, found)


_CLAUSES = ("SELECT", "SELECT DISTINCT", "WHERE", "HAVING", "GROUP BY", "ORDER BY", "QUALIFY")


def _with_short_clauses(text: str, layout: Layout) -> str:
    """A clause that has one short line is written in the line of its word."""
    lines = text.split("\n")
    depths = [len(line) - len(line.lstrip()) for line in lines]
    found: list[str] = []
    at = 0
    while at < len(lines):
        line, depth = lines[at], depths[at]
        if line.strip().upper() in _CLAUSES and at + 1 < len(lines):
            body = lines[at + 1].strip()
            is_last = at + 2 >= len(lines) or depths[at + 2] <= depth
            short = len(line) + 1 + len(body) <= layout.width and not body.endswith("(")
            if is_last and short and depths[at + 1] > depth:
                found.append(f"{line} {body}")
                at += 2
                continue
        found.append(line)
        at += 1
    return "\n".join(found)


def _tokens(text: str, dialect: str) -> list[Token]:
    return Dialect.get_or_raise(dialect).tokenize(text)


def _cut(text: str, changes: Sequence[tuple[int, int, str]]) -> str:
    """The text with other words in some places."""
    parts, at = [], 0
    for first, last, new in sorted(changes):
        parts += [text[at:first], new]
        at = last
    return "".join([*parts, text[at:]])
