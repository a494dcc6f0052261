"""Which columns of tables a computed one comes from: where to change what it depends on."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

_DEEPEST = 12  # a recursive WITH item comes from itself


class Lineage:
    """The columns of tables behind the parts of one bound query."""

    def __init__(self, tree: exp.Query) -> None:
        self._scopes = {id(scope.expression): scope for scope in traverse_scope(tree)}

    def names(self, node: exp.Expr) -> frozenset[str]:
        """Names, in lower case, of the columns behind a part of the query, subqueries included."""
        return frozenset(self._behind(node, _DEEPEST))

    def _behind(self, node: exp.Expr, depth: int) -> Iterator[str]:
        for column in node.find_all(exp.Column):
            source = self._source(column)
            if isinstance(source, Scope) and depth:
                for item in _items(source, column.name):
                    yield from self._behind(item, depth - 1)
            else:
                yield column.name.lower()

    def _source(self, column: exp.Column) -> object:
        scope = self._scopes.get(id(column.find_ancestor(exp.Select)))
        while scope is not None and column.table not in scope.sources:
            scope = scope.parent
        return None if scope is None else scope.sources[column.table]


def _items(scope: Scope, name: str) -> Iterator[exp.Expr]:
    """What a column of a derived table is, in each branch of a set operation."""
    if not isinstance(scope.expression, exp.Query):
        return  # VALUES, a function
    names = [found.lower() for found in scope.expression.named_selects]
    if name.lower() in names:
        yield from _at(scope, names.index(name.lower()))


def _at(scope: Scope, position: int) -> Iterator[exp.Expr]:
    if isinstance(scope.expression, exp.SetOperation):
        for branch in scope.set_operation_scopes:
            yield from _at(branch, position)
    elif isinstance(scope.expression, exp.Select) and position < len(scope.expression.selects):
        yield scope.expression.selects[position]
