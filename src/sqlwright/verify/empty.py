"""Whether a query returns no row on any database that keeps the schema, and why.

A query is read as alternatives: conditions that every row it returns has passed, with its outputs
as terms over the tables. Where all alternatives contradict themselves, no row is left. Outer joins
keep only the conditions of their preserved side; an aggregate without GROUP BY answers with a row.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace

from sqlglot import exp

from sqlwright.schema import Schema
from sqlwright.verify import logic
from sqlwright.verify.algebra import (
    FALSE,
    Node,
    Outer,
    Product,
    Query,
    Rows,
    Select,
    SetQuery,
    Source,
    Term,
    change,
    folds,
    output_kinds,
    own_terms,
    padded,
    replacing,
    width,
)
from sqlwright.verify.algebra_reader import read
from sqlwright.verify.algebra_terms import Unreadable
from sqlwright.verify.contradiction import core, is_contradiction

_LIMIT_OF_ALTERNATIVES = 32


def why_empty(query: exp.Query, schema: Schema, dialect: str) -> str | None:
    """Why the query returns no row on any database that keeps the schema, or None.

    Args:
        query: as `sql.bind` returns it.
    """
    try:
        found = read(query, schema, dialect)
        return why_no_row(found, dialect)
    except (Unreadable, RecursionError):
        return None


def why_no_row(query: Query, dialect: str) -> str | None:
    """`why_empty` for a query of the algebra."""
    search = _Search(padded(query), dialect)
    if search.query(query):
        return None
    return search.reason or "no row passes its conditions"


@dataclass(frozen=True, slots=True)
class _Alternative:
    """What is known of the rows that one way through the query returns."""

    facts: tuple[Term, ...] = ()
    outputs: tuple[Term, ...] = ()
    same: tuple[tuple[Term, Term], ...] = ()


@dataclass(frozen=True, slots=True)
class _Joined:
    """What is known of the rows of a product; `columns` are those of derived tables."""

    facts: tuple[Term, ...] = ()
    columns: tuple[tuple[Hashable, Term], ...] = ()
    same: tuple[tuple[Term, Term], ...] = ()


class _Search:
    """Follows the alternatives of one query and keeps the first reason found."""

    def __init__(self, nulled: frozenset[int], dialect: str) -> None:
        self.padded = nulled
        self.dialect = dialect
        self.reason = ""
        self.fresh = 0

    def query(self, query: Query) -> list[_Alternative]:
        """The alternatives that do not contradict themselves."""
        if not isinstance(query, Rows) and query.limit is not None:
            if query.limit.head == "int" and query.limit.value == 0:
                return self._none("its limit of 0 lets no row through")
        if isinstance(query, Rows):
            return [_Alternative(outputs=row) for row in query.rows[:_LIMIT_OF_ALTERNATIVES]] if (
                len(query.rows) <= _LIMIT_OF_ALTERNATIVES
            ) else [self._unknown(query)]  # fmt: skip
        found = self._set(query) if isinstance(query, SetQuery) else self._select(query)
        return found if len(found) <= _LIMIT_OF_ALTERNATIVES else [self._unknown(query)]

    def _none(self, reason: str) -> list[_Alternative]:
        self.reason = self.reason or reason
        return []

    def _unknown(self, query: Query) -> _Alternative:
        kinds = output_kinds(query) if width(query) else ()
        return _Alternative(outputs=tuple(map(self._new, kinds)))

    def _new(self, kind: str) -> Term:
        """A value of which nothing is known."""
        self.fresh += 1
        return Term("node:value", value=self.fresh, kind=kind, shown="a value")

    def _set(self, query: SetQuery) -> list[_Alternative]:
        if query.operator == "union":
            kinds = output_kinds(query)
            found = [one for branch in query.branches for one in self.query(branch)]
            # a union converts its branches to one type: then a value is not the branch's any more
            return [
                replace(
                    one,
                    outputs=tuple(
                        term if kind else self._new("")
                        for term, kind in zip(one.outputs, kinds, strict=True)
                    ),
                )
                for one in found
            ]
        first = self.query(query.branches[0])
        if query.operator != "intersect":
            return first
        for branch in query.branches[1:]:
            pairs = [(one, two) for one in first for two in self.query(branch)]
            if len(pairs) > _LIMIT_OF_ALTERNATIVES:
                return first
            met = [
                _Alternative(
                    (*one.facts, *two.facts),
                    one.outputs,
                    (*one.same, *two.same, *_alike(one.outputs, two.outputs)),
                )
                for one, two in pairs
            ]
            first = [one for one in met if self._lives(one.facts, one.same, "rows in common")]
        return first

    def _select(self, query: Select) -> list[_Alternative]:
        having = tuple(_owned(term, query.number) for term in query.having)
        if query.group == ():
            if not self._lives(having, (), "groups"):
                return []
            return [self._unknown(query)]
        tops = (*query.outputs, *query.order)
        if any(inner.head == "node:strange" for term in tops for inner in own_terms(term)):
            return [self._unknown(query)]  # it may be an aggregate
        found = []
        for joined in self._product(query.product):
            by = replacing(dict(joined.columns))
            facts = (*joined.facts, *(change(term, by) for term in having))
            if having and not self._lives(facts, joined.same, "groups"):
                continue
            outputs = tuple(
                self._new(term.kind) if folds(term) else change(term, by) for term in query.outputs
            )
            found.append(_Alternative(facts, outputs, joined.same))
        return found

    def _product(self, product: Product) -> list[_Joined]:
        found = [_Joined()]
        for item in product.items:
            more = self._outer(item) if isinstance(item, Outer) else self._source(item)
            if len(found) * len(more) > _LIMIT_OF_ALTERNATIVES:
                continue  # nothing is known of it then
            found = [
                _Joined(
                    (*one.facts, *two.facts),
                    (*one.columns, *two.columns),
                    (*one.same, *two.same),
                )
                for one in found
                for two in more
            ]
        where = self._facts(product.where)
        alive = []
        for one in found:
            by = replacing(dict(one.columns))
            # a lateral derived table may read the columns of another
            facts = tuple(change(change(term, by), by) for term in (*one.facts, *where))
            if self._lives(facts, one.same, "rows"):
                alive.append(replace(one, facts=facts))
        return alive

    def _source(self, source: Source) -> list[_Joined]:
        if isinstance(source.body, str):
            return [_Joined()]
        return [
            _Joined(
                one.facts,
                tuple(
                    ((source.number, name), term)
                    for name, term in zip(source.names, one.outputs, strict=True)
                ),
                one.same,
            )
            for one in self.query(source.body)
        ]

    def _outer(self, outer: Outer) -> list[_Joined]:
        left = self._product(outer.left)
        if outer.kind == "left":
            return left
        return [_Joined()] if left or self._product(outer.right) else []

    def _facts(self, conditions: tuple[Term, ...]) -> tuple[Term, ...]:
        """The conditions, and what they say of the rows that a subquery in them has to return."""
        found: list[Term] = []
        for term in logic.conjuncts(map(logic.truth, conditions)):
            found += self._in_subquery(term)
        return tuple(found)

    def _in_subquery(self, term: Term) -> list[Term]:
        if term.head == "or":
            parts = [
                logic.both(self._in_subquery(part)) for part in term.parts if isinstance(part, Term)
            ]
            return [logic.either(parts)]
        if term.head not in ("in", "exists"):
            return [term]
        query: Node = term.parts[-1]
        assert not isinstance(query, Term)
        if isinstance(query, Select) and query.order and query.limit is None:
            query = replace(query, order=())
        found = self.query(query)
        if not found:
            return [FALSE]
        if len(found) > 1 or found[0].same:
            return [term]
        (one,) = found
        left = term.parts[0]
        if term.head == "exists" or not isinstance(left, Term) or left.head == "row":
            return [term, *one.facts]
        return [term, *one.facts, logic.compare("=", left, one.outputs[0])]

    def _lives(
        self, facts: tuple[Term, ...], same: tuple[tuple[Term, Term], ...], what: str
    ) -> bool:
        if not is_contradiction(facts, same, self.padded, self.dialect):
            return True
        if not self.reason:
            clashing = core(facts, same, self.padded, self.dialect)
            self.reason = _sentence(clashing, what)
        return False


def _alike(left: tuple[Term, ...], right: tuple[Term, ...]) -> list[tuple[Term, Term]]:
    return list(zip(left, right, strict=True))


def _owned(term: Term, number: int) -> Term:
    """The condition with its aggregates marked as this SELECT's: another's COUNT(*) is another."""

    def by(inner: Term) -> Term:
        if inner.head in ("node:aggregate", "node:window", "node:windowed", "node:strange"):
            return replace(inner, value=(number, inner.value))
        return inner

    return change(term, by)


def _sentence(facts: list[Term], what: str) -> str:
    shown = [text(fact) for fact in facts]
    if not shown:
        return f"there are no {what} that could pass"
    if shown in (["false"], ["null"]):
        return "a condition in it is never true, whatever the row"
    if len(shown) == 1:
        return f"{shown[0]} is never true"
    together = "cannot both hold" if len(shown) == 2 else "cannot hold together"
    return f"{', '.join(shown[:-1])} and {shown[-1]} {together}"


def text(node: Node) -> str:
    """A term as SQL-like text for a reason."""
    if not isinstance(node, Term):
        return "(SELECT ...)"
    parts = [text(part) for part in node.parts]
    if node.head == "column":
        return node.shown
    if node.head == "text":
        return "'" + str(node.value).replace("'", "''") + "'"
    if node.head in ("int", "decimal"):
        return str(node.value)
    if node.head in ("=", "<>", "<", "<=", "+", "-", "*"):
        return f"{parts[0]} {node.head} {parts[1]}"
    if node.head in ("and", "or"):
        return "(" + f" {node.head} ".join(parts) + ")"
    if node.head == "isnull":
        return f"{parts[0]} is null"
    if node.head in ("not", "exists"):
        return f"{node.head} {parts[0]}"
    if node.head == "in":
        return f"{parts[0]} in {parts[1]}"
    if node.head.startswith("node:"):
        name = node.head.removeprefix("node:")
        if isinstance(node.value, tuple):
            inner = node.value[-1] if isinstance(node.value[-1], tuple) else node.value
            name = str(inner[0]) if inner and isinstance(inner[0], str) else str(node.value[0])
        return f"{name}({', '.join(parts)})"
    return f"{node.head}({', '.join(parts)})" if parts else node.head
