"""Where the tables of a query are used: each use of a scope by itself, so that two uses of one WITH
item are two sets of rows.

A set operation is used as one of its branches; which one is a choice, and several are tried.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from sqlwright.schema import Schema
from sqlwright.verify.folding import constant_of
from sqlwright.verify.reading import Place, conjuncts
from sqlwright.verify.values import Value

_DEEPEST = 12  # uses inside uses: a recursive WITH item would never end
_MOST = 60  # uses in one assembly


@dataclass(slots=True, eq=False)
class Use:
    """One use of a scope.

    Attributes:
        number: its own in the assembly.
        names: of its columns, seen from outside.
        parent: the use around it, whose columns it may name.
        inner: uses of derived tables and WITH items by alias.
    """

    scope: Scope
    number: int
    names: tuple[str, ...]
    parent: Use | None
    inner: dict[str, Use] = field(default_factory=dict)
    subqueries: list[Use] = field(default_factory=list)

    def every(self) -> Iterator[Use]:
        """This use and those inside it."""
        yield self
        for use in (*self.inner.values(), *self.subqueries):
            yield from use.every()


@dataclass(frozen=True, slots=True)
class Fixed:
    """A column of a derived table that holds one constant."""

    value: Value


class Uses:
    """Builds uses of scopes, numbered without a gap.

    Args:
        choices: picks the branches of set operations.
        subqueries: also use the subqueries that a row must find something in (IN, EXISTS, =).
    """

    def __init__(self, schema: Schema, choices: random.Random, subqueries: bool) -> None:
        self._schema = schema
        self._choices = choices
        self._subqueries = subqueries
        self.count = 0

    def build(
        self,
        scope: Scope,
        parent: Use | None = None,
        depth: int = 0,
        wanted: dict[str, Value] | None = None,
    ) -> Use | None:
        """The use of the scope, None where no branch of it can be used.

        Args:
            wanted: constants that its columns have to be equal to.
        """
        if not isinstance(scope.expression, exp.Query):
            return None  # VALUES, LATERAL
        names = tuple(_query(scope).named_selects)
        branches = [
            branch
            for branch in _branches(scope)
            if isinstance(branch.expression, exp.Select)
            and _fits(branch.expression, names, wanted or {})
        ]
        if not branches:
            return None
        scope = self._choices.choice(branches)
        if not isinstance(scope.expression, exp.Select) or depth > _DEEPEST or self.count > _MOST:
            return None
        use = Use(scope, self.count, names, parent)
        self.count += 1
        for alias, (_, source) in scope.selected_sources.items():
            if isinstance(source, Scope):
                found = self.build(source, use, depth + 1, _asked(scope.expression, alias))
                if found is not None:
                    use.inner[alias] = found
        if self._subqueries:
            for inner in scope.subquery_scopes:
                if is_wanted(inner) and (found := self.build(inner, use, depth + 1)) is not None:
                    use.subqueries.append(found)
        return use

    def place(self, column: exp.Column, use: Use | None) -> Place | Fixed | None:
        """What the column stands for, through derived tables and WITH items."""
        while use is not None:
            if column.table in use.inner:
                return self._through(column.name, use.inner[column.table])
            source = use.scope.selected_sources.get(column.table)
            if source is not None and isinstance(source[1], exp.Table):
                table = self._schema.table(source[1].name)
                if table is None or table.column(column.name) is None:
                    return None
                return Place(use.number, column.table, table.name.lower(), column.name.lower())
            use = use.parent
        return None

    def _through(self, name: str, use: Use) -> Place | Fixed | None:
        selects = _query(use.scope).selects
        if name not in use.names or use.names.index(name) >= len(selects):
            return None
        node = selects[use.names.index(name)].unalias().unnest()
        while isinstance(node, _SAME_VALUE) and isinstance(node.this, exp.Expr):
            node = node.this.unnest()
        if isinstance(node, exp.Column):
            return self.place(node, use)
        constant = constant_of(node)
        return Fixed(constant) if constant is not None else None


# what a group of one row answers is the row's own value
_SAME_VALUE = (exp.Min, exp.Max, exp.Sum, exp.Avg, exp.AnyValue, exp.Cast, exp.Coalesce, exp.Round)


def _branches(scope: Scope) -> list[Scope]:
    """The selects that a set operation may take rows from; of EXCEPT the left ones."""
    if not isinstance(scope.expression, exp.SetOperation):
        return [scope]
    inner = scope.set_operation_scopes
    if isinstance(scope.expression, exp.Except):
        inner = inner[:1]
    return [leaf for branch in inner for leaf in _branches(branch)]


def _asked(select: exp.Expr, alias: str) -> dict[str, Value]:
    """Columns of the alias that conditions of the select compare with a constant by =."""
    clauses = [join.args.get("on") for join in select.args.get("joins") or ()]
    where = select.args.get("where")
    clauses.append(where.this if where is not None else None)
    found: dict[str, Value] = {}
    for clause in clauses:
        for part in conjuncts(clause):
            node = part.unnest()
            if isinstance(node, exp.EQ):
                for side, other in ((node.left, node.right), (node.right, node.left)):
                    if isinstance(side, exp.Column) and side.table == alias:
                        if (constant := constant_of(other)) is not None:
                            found[side.name] = constant
    return found


def _fits(select: exp.Query, names: tuple[str, ...], wanted: dict[str, Value]) -> bool:
    """Can the branch's constants be what is wanted?"""
    for name, value in wanted.items():
        if name in names and names.index(name) < len(select.selects):
            constant = constant_of(select.selects[names.index(name)].unalias())
            if constant is not None and str(constant) != str(value):
                return False
    return True


def _query(scope: Scope) -> exp.Query:
    assert isinstance(scope.expression, exp.Query)
    return scope.expression


def is_wanted(scope: Scope) -> bool:
    """Does a row around the subquery want it to have rows, by IN, EXISTS or a comparison?"""
    node = scope.expression.parent
    while isinstance(node, exp.Subquery | exp.Paren | exp.Exists | exp.In) or (
        isinstance(node, exp.Predicate) and isinstance(node, exp.Binary)
    ):
        node = node.parent
    return not isinstance(node, exp.Not)
