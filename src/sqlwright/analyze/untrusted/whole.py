"""A text that is a query from its first word: complete and plain, an attack, or a piece of one."""

from __future__ import annotations

from itertools import pairwise

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqlwright.analyze.untrusted.constructs import constructs
from sqlwright.analyze.untrusted.contexts import FIRM, Seen
from sqlwright.analyze.untrusted.lexer import lex
from sqlwright.analyze.untrusted.reader import read
from sqlwright.sql import place

_DIALECTS = ("postgres", "mysql", "sqlite", "duckdb", "tsql", "oracle")
_OF_QUERIES = FIRM | {"telling", "system-variable"}
_MANY_STEPS = 2
_MORE_THAN_READING = (exp.Into, exp.Lock, exp.DML, exp.DDL, exp.Command)


def look_at_query(text: str) -> Seen | None:
    """Constructs that no plain query has, wherever they stand in it."""
    for mysql in (False, True):
        evidence: dict[str, int] = {}
        for kind, at in constructs(lex(text, mysql=mysql)):
            if kind in _OF_QUERIES:
                evidence.setdefault(kind, at)
        if evidence:
            return Seen("a statement", evidence)
    return None


def read_query(text: str) -> exp.Query | None:
    """The one query that some dialect reads in the text, or None: it need not only read."""
    for dialect in _DIALECTS:
        try:
            trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
        except (SqlglotError, ValueError, RecursionError):
            continue
        statements = [tree for tree in trees if not isinstance(tree, exp.Semicolon)]
        if len(statements) == 1 and isinstance(statements[0], exp.Query):
            return statements[0]
    return None


def look_at_tree(query: exp.Query) -> Seen | None:
    """What the tree of a whole query shows: writing, locking, a condition that holds for all."""
    for node in query.walk():
        if isinstance(node, _MORE_THAN_READING):
            return Seen("a statement", {"statement": _offset(node)})
        if isinstance(node, exp.Select) and _counts_columns(node):
            return Seen("a statement", {"counting": _offset(node)})
        if isinstance(node, exp.Or) and _is_constant(node.this, node.expression):
            return Seen("a statement", {"constant-condition": _offset(node)})
    return None


def _counts_columns(select: exp.Select) -> bool:
    """Whether numbers that go up by one stand in the places of columns, to guess how many."""
    numbers = [int(s.name) if s.is_int and len(s.name) < 4 else -1 for s in select.selects]
    steps = sum(b == a + 1 and a > 0 for a, b in pairwise(numbers))
    return steps >= _MANY_STEPS and select.args.get("from_") is not None


def _is_constant(*sides: exp.Expr) -> bool:
    return any(
        isinstance(side.unnest(), exp.Predicate | exp.Literal | exp.Boolean)
        and side.find(exp.Column, exp.Query, exp.Placeholder, exp.Parameter) is None
        for side in sides
    )


def _offset(node: exp.Expr) -> int:
    """Where the node begins in its text, 0 where no token of it kept its place."""
    if place(node) == (0, 0):
        return 0
    return min(int(inner.meta["start"]) for inner in node.walk() if "start" in inner.meta)


def look_at_piece(text: str) -> Seen | None:
    """A SELECT that is no complete query, and no sentence that begins with the word."""
    lexed = lex(text)
    # a reading takes SELECT where brackets open
    reading = read([("(", "(", 0), *lexed.tokens])
    if "subquery" not in reading.evidence:
        return None
    reads = any(token[1] == "FROM" for token in lexed.tokens)
    if not reads and lexed.tail is None:
        return None
    return Seen("a statement", {"piece": lexed.tokens[0][2]})
