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
from sqlwright.verify.freedom import attach, context_of
from sqlwright.verify.results import same_bag
from sqlwright.verify.witness import Witness

_MOST_PAIRS = 24
_KEPT = 6  # witnesses of a level
_FURTHEST = 0.6  # how often to go on from what got furthest


def pairs_inside(trees: Sequence[exp.Query], dialect: str) -> list[tuple[str, str]]:
    """Texts of parts that stand at the same place and differ, the innermost first."""
    found: dict[tuple[str, str], None] = {}
    for left, right in _aligned(*(list(traverse_scope(tree)) for tree in trees)):
        for pair in zip(_forms(left, dialect), _forms(right, dialect), strict=True):
            if pair[0] != pair[1]:
                found[pair] = None
    return list(found)[-_MOST_PAIRS:]


def _aligned(left: list[Scope], right: list[Scope]) -> Iterator[tuple[exp.Select, exp.Select]]:
    if len(left) != len(right):  # the WITH items of one name, and the whole
        named = [
            {name: scope for scope in scopes if (name := _name(scope)) is not None}
            for scopes in (left, right)
        ]
        shared = [name for name in named[0] if name in named[1]]
        left, right = ([scopes[name] for name in shared] for scopes in named)
    for first, second in zip(left, right, strict=True):
        ours, theirs = first.expression, second.expression
        if isinstance(ours, exp.Select) and isinstance(theirs, exp.Select):
            if not first.external_columns and not second.external_columns:
                yield ours, theirs


def _name(scope: Scope) -> str | None:
    if scope.is_root:
        return ""
    parent = scope.expression.parent
    return parent.alias if isinstance(parent, exp.CTE) else None


def _forms(select: exp.Select, dialect: str) -> list[str]:
    """The number of rows read, the select before HAVING, before LIMIT, and with it."""
    context = context_of(select)
    forms = [attach(select.copy(), context) for _ in range(4)]
    for form in forms[:3]:
        for name in ("order", "limit", "offset", "fetch"):
            form.set(name, None)
    for form in forms[:2]:
        form.set("having", None)
        form.set("distinct", None)
    forms[0].set("group", None)
    forms[0].set("expressions", [exp.Count(this=exp.Star())])
    return [form.sql(dialect=dialect, identify=True, comments=False) for form in forms]


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
        """Keep the witness, which is loaded, unless its level is below `least`."""
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
