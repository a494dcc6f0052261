"""Where inside two queries a difference shows, long before it reaches their results.

Selects that stand at the same place in both queries are compared by themselves: first the rows that
they read, then their groups, then what they return. A witness on which an inner select differs is
half way to a counterexample: it is kept, and steps around it look for one on which the difference
gets further out. Source: infection and propagation, weak before strong mutation (Howden, IEEE TSE
8(4), 1982; Voas, IEEE TSE 18(8), 1992).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.errors import DatabaseError
from sqlwright.verify.compare import Comparison
from sqlwright.verify.cuts import attach, bare, context_of
from sqlwright.verify.reading import conjuncts
from sqlwright.verify.results import same_bag
from sqlwright.verify.witness import Witness

_MOST_PAIRS = 24
_KEPT = 6  # witnesses of a level
_FURTHEST = 0.6  # how often to go on from what got furthest


def pairs_inside(trees: Sequence[exp.Query], dialect: str) -> list[tuple[str, str]]:
    """Texts of parts that stand at the same place and differ, the innermost first."""
    found: dict[tuple[str, str], None] = {}
    for left, right in _aligned(*(list(traverse_scope(tree)) for tree in trees)):
        for pair in zip(_forms(left, dialect), _forms(right, dialect), strict=False):
            if pair[0] != pair[1]:
                found[pair] = None
    return list(found)[-_MOST_PAIRS:]


def read_inside(trees: Sequence[exp.Query], dialect: str) -> list[str | None]:
    """Texts that return a row where the innermost select that differs reads one, of each query.

    None where no select of the two stands at the same place.
    """
    for pair in _aligned(*(list(traverse_scope(tree)) for tree in trees)):
        left, right = (scope.expression.sql() for scope in pair)
        if left != right:
            forms = [_rows_read(scope, exp.Literal.number(1)) for scope in pair]
            return [
                None if f is None else f.limit(1).sql(dialect=dialect, identify=True) for f in forms
            ]
    return [None, None]


def _aligned(left: list[Scope], right: list[Scope]) -> Iterator[tuple[Scope, Scope]]:
    if len(left) != len(right):  # those that stand where one of the other's does
        named = [
            {name: scope for scope in scopes if (name := _name(scope)) is not None}
            for scopes in (left, right)
        ]
        shared = [name for name in named[0] if name in named[1]]
        left, right = ([scopes[name] for name in shared] for scopes in named)
    for pair in zip(left, right, strict=True):
        if all(isinstance(scope.expression, exp.Select) for scope in pair):
            yield pair


def _name(scope: Scope) -> str | None:
    """Where the scope stands: the WITH item, the derived tables and the sides of set operations.

    None where it stands in a condition or a value.
    """
    path = []
    node: exp.Expr | None = scope.expression
    while node is not None and node.parent is not None:
        if isinstance(node.parent, exp.SetOperation):
            path.append(node.arg_key or "")
        elif isinstance(node, exp.CTE | exp.Subquery):
            path.append(node.alias)
            if isinstance(node, exp.CTE):
                break
        elif not isinstance(node, exp.Query | exp.From | exp.Join):
            return None
        node = node.parent
    return " of ".join(path)


def _forms(scope: Scope, dialect: str) -> list[str]:
    """The number of rows read, the select before HAVING, before LIMIT, and with it.

    Of a select that depends on the row around it only the first.
    """
    assert isinstance(scope.expression, exp.Select)
    context = context_of(scope.expression)
    counted = _rows_read(scope, exp.Count(this=exp.Star()))
    forms = [counted] if counted is not None else []
    if not scope.external_columns:
        select = scope.expression
        forms += [bare(select, "having", "distinct"), bare(select), select.copy()]
        for form in forms[1:]:
            attach(form, context)
    return [form.sql(dialect=dialect, identify=True, comments=False) for form in forms]


def _rows_read(scope: Scope, shown: exp.Expr) -> exp.Select | None:
    """A select over the rows that the scope's reads, without conditions on the row around it."""
    assert isinstance(scope.expression, exp.Select)
    form = bare(scope.expression, "having", "distinct", "group")
    attach(form, context_of(scope.expression))
    form.set("expressions", [shown])
    around = {column.table for column in scope.external_columns}
    if around:
        clause = form.args.get("where")
        parts = [p for p in conjuncts(clause and clause.this) if not _mentions(p, around)]
        form.set("where", exp.Where(this=exp.and_(*parts)) if parts else None)
    return None if _mentions(form, around) else form


def _mentions(node: exp.Expr, names: set[str]) -> bool:
    return any(column.table in names for column in node.find_all(exp.Column))


class Archive:
    """Witnesses by how far out the difference of two queries shows on them.

    Attributes:
        top: the highest level reached; 0 where no part differs.
    """

    def __init__(self, comparison: Comparison, pairs: Sequence[tuple[str, str]]) -> None:
        self._comparison = comparison
        self._pairs = pairs
        self._kept: dict[int, list[Witness]] = {}

    @property
    def top(self) -> int:
        return max(self._kept, default=0)

    def choose(self, generator: random.Random) -> tuple[Witness, int] | None:
        """A witness to go on from, and its level."""
        if not self._kept:
            return None
        furthest = generator.random() < _FURTHEST
        level = self.top if furthest else generator.choice(list(self._kept))
        return generator.choice(self._kept[level]), level

    def add(self, witness: Witness, generator: random.Random, least: int = 0) -> None:
        """Keep the witness unless its level is below `least`."""
        self._comparison.scratch.load(witness)
        level = self._level()
        if level < least:
            return
        kept = self._kept.setdefault(level, [])
        if len(kept) < _KEPT:
            kept.append(witness)
        else:
            kept[generator.randrange(_KEPT)] = witness

    def _level(self) -> int:
        for number in range(len(self._pairs), 0, -1):
            if _differs(self._comparison.run, *self._pairs[number - 1]):
                return number
        return 0


def _differs(run: Callable[[str], list[tuple[object, ...]]], left: str, right: str) -> bool:
    try:
        first, second = run(left), run(right)
    except DatabaseError:
        return False
    return first != second and not same_bag(first, second)
