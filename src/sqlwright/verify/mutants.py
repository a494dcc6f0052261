"""Small changes to a query that witnesses should notice: they measure what was really tried.

A condition was seen both ways when the query without it returned other rows on some witness.
Source: mutation analysis as the adequacy of test data for SQL (Tuya, Suárez-Cabal, de la Riva,
Information and Software Technology 2007; XData, Chandra et al., VLDB Journal 2015).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

_CONDITION = "condition"
_BOUNDS: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.GTE,
    exp.GTE: exp.GT,
    exp.LT: exp.LTE,
    exp.LTE: exp.LT,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed form of a query, as text of a scratch engine.

    Attributes:
        kind: condition (one is left out), bound, join, distinct.
        place: the part that is changed, as SQL.
        columns: names of the columns in it, in lower case.
    """

    kind: str
    place: str
    columns: frozenset[str]
    text: str


def mutants(tree: exp.Query, dialect: str, most: int) -> Iterator[Mutant]:
    """At most `most` mutants of the tree, conditions first; the tree is as before after each.

    Args:
        tree: a bound query in the form in which the engine of `dialect` runs it.
    """
    seen = 0
    for change in (_conditions, _joins, _distincts, _bounds):
        for kind, node, place, stand_in in change(tree):
            if seen >= most:
                return
            seen += 1
            shown = place.sql(dialect=dialect, comments=False)
            columns = frozenset(column.name.lower() for column in place.find_all(exp.Column))
            yield Mutant(kind, shown, columns, _changed(tree, node, stand_in, dialect))


_Change = Callable[[exp.Expr], Callable[[], None]]


def _changed(tree: exp.Query, node: exp.Expr, stand_in: _Change, dialect: str) -> str:
    """The text of the tree with the change made, which is taken back at once."""
    undo = stand_in(node)
    try:
        return tree.sql(dialect=dialect, identify=True, comments=False)
    finally:
        undo()


def _by(make: Callable[[exp.Expr], exp.Expr]) -> _Change:
    """A change that puts another node in the place of one."""

    def change(node: exp.Expr) -> Callable[[], None]:
        other = make(node)
        node.replace(other)
        return lambda: other.replace(node)  # type: ignore[return-value]

    return change


def _set(name: str, value: object) -> _Change:
    """A change of one argument of a node."""

    def change(node: exp.Expr) -> Callable[[], None]:
        before = node.args.get(name)
        node.set(name, value)
        return lambda: node.set(name, before)

    return change


_Found = tuple[str, exp.Expr, exp.Expr, _Change]


def _conditions(tree: exp.Query) -> Iterator[_Found]:
    """Each conjunct taken for true, each disjunct taken for false."""
    true = _by(lambda _: exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(1)))
    false = _by(lambda _: exp.EQ(this=exp.Literal.number(1), expression=exp.Literal.number(0)))
    for condition in list(_clauses(tree)):
        for part in list(_flat(condition, exp.And)):
            if not isinstance(part, exp.Literal | exp.Boolean):
                yield _CONDITION, part, part, true
            if isinstance(part.unnest(), exp.Or):
                for either in list(_flat(part.unnest(), exp.Or)):
                    yield _CONDITION, either, either, false


def _clauses(tree: exp.Query) -> Iterator[exp.Expr]:
    for select in tree.find_all(exp.Select):
        for join in select.args.get("joins") or ():
            if join.args.get("on") is not None:
                yield join.args["on"]
        for name in ("where", "having", "qualify"):
            if (clause := select.args.get(name)) is not None:
                yield clause.this


def _flat(node: exp.Expr, kind: type[exp.And] | type[exp.Or]) -> Iterator[exp.Expr]:
    inner = node.unnest()
    if isinstance(inner, kind):
        for side in (inner.left, inner.right):
            yield from _flat(side, kind)
    else:
        yield inner


def _joins(tree: exp.Query) -> Iterator[_Found]:
    for join in list(tree.find_all(exp.Join)):
        if join.args.get("on") is None or join.args.get("method"):
            continue
        side = join.side.upper()
        if side in ("LEFT", "FULL", "RIGHT"):
            yield "join", join, join, _set("side", None)
        elif join.kind.upper() in ("", "INNER") and not side:
            yield "join", join, join, _as_left


def _as_left(join: exp.Expr) -> Callable[[], None]:
    kind = join.args.get("kind")
    join.set("side", "LEFT")
    join.set("kind", None)

    def undo() -> None:
        join.set("side", None)
        join.set("kind", kind)

    return undo


def _distincts(tree: exp.Query) -> Iterator[_Found]:
    for node in list(tree.find_all(exp.Select, exp.SetOperation)):
        if isinstance(node, exp.Select) and node.args.get("distinct"):
            yield "distinct", node, node, _set("distinct", None)
        elif isinstance(node, exp.Union) and node.args.get("distinct"):
            yield "distinct", node, node, _set("distinct", False)


def _bounds(tree: exp.Query) -> Iterator[_Found]:
    for node in list(tree.find_all(*_BOUNDS)):
        other = _BOUNDS[type(node)]
        yield (
            "bound",
            node,
            node,
            _by(lambda n, other=other: other(this=n.this.copy(), expression=n.expression.copy())),  # type: ignore[misc]
        )
