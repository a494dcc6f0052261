"""What many rules ask of one tree, answered once while nobody changes the tree.

Inside `reading` the nodes of the query are listed once, and what a FROM means is worked out once
for each SELECT. Outside of it, and for trees that a rule makes, everything is asked anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from sqlglot import exp

from sqlwright.schema import Schema

Node = TypeVar("Node", bound=exp.Expr)
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Reading:
    query: exp.Query
    schema: Schema
    nodes: list[exp.Expr]
    here: set[int]  # by id: a copy's nodes may be freed, and their ids given to others
    answers: dict[tuple[str, int], object] = field(default_factory=dict)


_NOW: ContextVar[_Reading | None] = ContextVar("reading", default=None)


@contextmanager
def reading(query: exp.Query, schema: Schema) -> Iterator[None]:
    """While it lasts nobody may change the query."""
    nodes = list(query.walk())
    token = _NOW.set(_Reading(query, schema, nodes, {id(node) for node in nodes}))
    try:
        yield
    finally:
        _NOW.reset(token)


def every(query: exp.Query, *kinds: type[Node]) -> list[Node]:
    """The nodes of those kinds, the outermost first."""
    now = _NOW.get()
    if now is None or now.query is not query:
        return list(query.find_all(*kinds))
    return [node for node in now.nodes if isinstance(node, kinds)]


def once(what: str, node: exp.Expr, schema: Schema, answer: Callable[[], Answer]) -> Answer:
    """`answer()`, kept under `what` and the node while the node's query is being read."""
    now = _NOW.get()
    if now is None or now.schema is not schema or id(node) not in now.here:
        return answer()
    key = (what, id(node))
    if key not in now.answers:
        now.answers[key] = answer()
    return now.answers[key]  # type: ignore[return-value]
