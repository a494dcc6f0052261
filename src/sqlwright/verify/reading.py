"""What a query says of its columns, as values: places, tests, links, and what has to meet."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlglot import exp

from sqlwright.verify import values
from sqlwright.verify.values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """A column of one instance (one alias in one scope) of a table; names in lower case."""

    scope: int
    alias: str
    table: str
    column: str


@dataclass(frozen=True, slots=True)
class Test:
    """`place operator value`; operator is one of = <> < <= > >= like ilike in null, or negated."""

    place: Place
    operator: str
    value: Value | tuple[Value, ...] = None
    negated: bool = False

    def constants(self) -> tuple[Value, ...]:
        """The values that decide the test; of a very long list both ends."""
        if self.operator in ("like", "ilike") and isinstance(self.value, str):
            return values.like_texts(self.value)
        if not isinstance(self.value, tuple):
            return (self.value,)
        return self.value if len(self.value) <= 12 else (*self.value[:6], *self.value[-3:])

    def holds(self, value: Value) -> bool:
        """Does the value pass? NULL passes only a test for NULL."""
        if self.operator == "null":
            return (value is None) != self.negated
        if value is None:
            return False
        return _compare(self.operator, value, self.value) != self.negated


def _compare(operator: str, left: Value, right: Value | tuple[Value, ...]) -> bool:
    if operator == "in" and isinstance(right, tuple):
        return left in right or any(_compare("=", left, item) for item in right[:12])
    if operator in ("like", "ilike"):
        return values.matches_like(str(left), str(right), ignore_case=operator == "ilike")
    if isinstance(right, tuple) or right is None or left is None:
        return False
    if isinstance(left, str) != isinstance(right, str):
        left, right = str(left), str(right)
    try:
        return {
            "=": left == right,
            "<>": left != right,
            "<": left < right,  # type: ignore[operator]
            "<=": left <= right,  # type: ignore[operator]
            ">": left > right,  # type: ignore[operator]
            ">=": left >= right,  # type: ignore[operator]
        }[operator]
    except TypeError:
        return False


@dataclass(frozen=True, slots=True)
class Link:
    """`left operator right + shift` between two places; = without a shift joins them."""

    left: Place
    operator: str
    right: Place
    shift: float = 0


Clause = Test | Link
#: Alternatives: a disjunction of conjunctions of clauses.
Clauses = tuple[tuple[Clause, ...], ...]


@dataclass(frozen=True, slots=True)
class Assembly:
    """Instances that have to meet for a scope to see a row, and the clauses they must pass."""

    instances: tuple[tuple[int, str, str], ...]  # (scope, alias, table)
    clauses: tuple[Clauses, ...]


@dataclass(slots=True)
class Reading:
    """What one query says: assemblies to build, equal columns, and constants for each column."""

    assemblies: list[Assembly] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    constants: dict[tuple[str, str], list[Value]] = field(default_factory=dict)
    as_numbers: set[tuple[str, str]] = field(default_factory=set)  # columns of texts
    loose: list[Value] = field(default_factory=list)
    trims: bool = False  # are blanks around texts cut off?
    folds: bool = False  # are small and capital letters taken for the same?


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """The parts of a condition joined by AND, in order; parentheses around it are removed."""
    if condition is None:
        return []
    bare = condition.unnest()
    return list(bare.flatten()) if isinstance(bare, exp.And) else [bare]
