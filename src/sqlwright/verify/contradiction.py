"""Conditions that no row passes together: equalities, bounds, NULLs and constants.

It answers only whether a contradiction was found; None found says nothing. Equality is closed under
transitivity and the constants it implies (congruence closure: Nelson and Oppen, JACM 1980) only for
numbers, dates and texts that no conversion lies between: MySQL's 'a' = 0 is none to build on.
Texts differ only where no collation could make them equal: not by case, blanks or punctuation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlwright.verify import logic
from sqlwright.verify.algebra import COMPARISONS, FALSE, LITERALS, NULL, TRUE, Term, change
from sqlwright.verify.bounds import (
    Known,
    are_ordered,
    is_impossible,
    lower_high,
    meet,
    put,
    raise_low,
    valued,
)

_WORLDS = 200  # choices of branches of OR to look at


def is_contradiction(
    facts: Sequence[Term],
    same: Sequence[tuple[Term, Term]],
    padded: frozenset[int],
    dialect: str,
) -> bool:
    """Can no row pass all the facts?

    Args:
        facts: conditions that have to be TRUE.
        same: pairs of which both are NULL, or equal.
        padded: sources whose NOT NULL an outer join may have broken.
    """
    budget = [_WORLDS]
    plain = [_without_known_nulls(fact, padded) for fact in facts]
    return _fails(logic.conjuncts(map(logic.truth, plain)), same, padded, dialect, budget)


def core(
    facts: Sequence[Term],
    same: Sequence[tuple[Term, Term]],
    padded: frozenset[int],
    dialect: str,
) -> list[Term]:
    """The facts of a contradiction that cannot be left out of it."""
    kept = list(dict.fromkeys(facts))
    for fact in list(kept) if len(kept) <= 40 else ():
        fewer = [other for other in kept if other is not fact]
        if is_contradiction(fewer, same, padded, dialect):
            kept = fewer
    return kept


def _without_known_nulls(term: Term, padded: frozenset[int]) -> Term:
    """The term with IS NULL decided for columns that the schema declares NOT NULL."""

    def by(inner: Term) -> Term:
        if inner.head == "isnull" and _is_certain(inner.parts[0], padded):
            return FALSE
        if inner.head == "not" and inner.parts[0] == FALSE:
            return logic.negate(FALSE)
        if inner.head == "node:function" and inner.parts and inner.parts[0] in (FALSE, TRUE):
            # CAST(TRUE AS INTEGER)
            if inner.kind == "int" and isinstance(inner.value, tuple) and inner.value[0] == "cast":
                return logic.integer(int(inner.parts[0] == TRUE))
        if inner.head in COMPARISONS and len(inner.parts) == 2:
            left, right = inner.parts
            if isinstance(left, Term) and isinstance(right, Term):
                return logic.compare(inner.head, left, right)
        return inner

    return change(term, by)


def _is_certain(node: object, padded: frozenset[int]) -> bool:
    return (
        isinstance(node, Term)
        and node.certain
        and isinstance(node.value, tuple)
        and node.value[0] not in padded
    )


def _fails(
    facts: Sequence[Term],
    same: Sequence[tuple[Term, Term]],
    padded: frozenset[int],
    dialect: str,
    budget: list[int],
) -> bool:
    if FALSE in facts or NULL in facts:
        return True
    budget[0] -= 1
    world = _World(padded, dialect)
    if not world.holds([fact for fact in facts if fact.head not in ("or", "case")], same):
        return True
    for choice in (fact for fact in facts if fact.head in ("or", "case")):
        branches = _branches(choice)
        if budget[0] < len(branches):
            return False
        others = [fact for fact in facts if fact is not choice]
        # one choice is enough: the others are chosen inside
        return all(
            _fails(logic.conjuncts((*others, *branch)), same, padded, dialect, budget)
            for branch in branches
        )
    return False


def _branches(choice: Term) -> list[tuple[Term, ...]]:
    """What holds in each case of an OR, or of a CASE that is TRUE."""
    parts = [part for part in choice.parts if isinstance(part, Term)]
    if choice.head == "or":
        return [(logic.truth(part),) for part in parts]
    found = [
        (logic.truth(parts[at]), logic.truth(parts[at + 1])) for at in range(0, len(parts) - 1, 2)
    ]
    return [*found, (logic.truth(parts[-1]),)]


class _World:
    """Conditions that hold together, closed under what they imply."""

    def __init__(self, padded: frozenset[int], dialect: str) -> None:
        self.padded = padded
        self.dialect = dialect
        self.parent: dict[Term, Term] = {}
        self.classes: dict[Term, Known] = {}
        self.clash = False

    def holds(self, facts: Sequence[Term], same: Iterable[tuple[Term, Term]]) -> bool:
        """False if the facts contradict each other."""
        known = set(facts)
        for fact in facts:
            if fact.head == "not" and fact.parts[0] in known:
                return False
            if fact.head == "=" and Term("<>", fact.parts) in known | _turned(known):
                return False
        for left, right in same:
            self._same(left, right)
        for fact in facts:
            self._nulls(fact)
        for _ in range(4):  # what one fact says of a constant another may need
            for fact in facts:
                if fact.head in COMPARISONS and len(fact.parts) == 2:
                    self._compared(fact)
                if self.clash:
                    return False
        return not any(map(is_impossible, self.classes.values()))

    def find(self, term: Term) -> Term:
        while (above := self.parent.get(term, term)) is not term:
            term = above
        return term

    def of(self, term: Term) -> Known:
        root = self.find(term)
        if root not in self.classes:
            self.classes[root] = Known(nonnull=_is_certain(term, self.padded))
        return self.classes[root]

    def _nulls(self, fact: Term) -> None:
        if fact.head == "isnull":
            (term,) = fact.parts
            assert isinstance(term, Term)
            self.of(term).null = True
        elif fact.head == "not" and isinstance(inner := fact.parts[0], Term):
            if inner.head == "isnull" and isinstance(term := inner.parts[0], Term):
                self._exists(term)
        elif fact.head in COMPARISONS:
            for side in fact.parts:
                if isinstance(side, Term):
                    self._exists(side)

    def _exists(self, term: Term) -> None:
        """The term is not NULL, so what it is computed from by + - * is not either."""
        if term.head in LITERALS:
            return
        self.of(term).nonnull = True
        if term.head in ("+", "-", "*"):
            for part in term.parts:
                if isinstance(part, Term):
                    self._exists(part)

    def _same(self, left: Term, right: Term) -> None:
        for one, other in ((left, right), (right, left)):
            if one.head == "null" and other.head not in LITERALS:
                self.of(other).null = True
                return
            if one.head == "null" and other.head != "null":
                self.clash = True
        if left.head in LITERALS and right.head in LITERALS:
            first, second = Known(), Known()
            if left != right and put(first, left, left.kind) and put(second, right, right.kind):
                self._merge(first, second)
                self.clash |= is_impossible(first)
        elif left.head in LITERALS or right.head in LITERALS:
            literal, term = (left, right) if left.head in LITERALS else (right, left)
            put(self.of(term), literal, term.kind)
        elif meet(left.kind, right.kind, self.dialect):
            self._union(left, right)

    def _union(self, left: Term, right: Term) -> None:
        kept, lost = self.of(left), self.of(right)
        if kept is lost:
            return
        root = self.find(right)
        self.parent[root] = self.find(left)
        del self.classes[root]
        self._merge(kept, lost)

    def _merge(self, kept: Known, lost: Known) -> None:
        kept.numbers += lost.numbers
        kept.texts += lost.texts
        kept.dates += lost.dates
        for space, bound in lost.low.items():
            raise_low(kept, space, bound)
        for space, bound in lost.high.items():
            lower_high(kept, space, bound)
        kept.nonnull |= lost.nonnull
        kept.null |= lost.null

    def value(self, term: Term) -> Term:
        """The integer or NULL that the term has to be, or the term itself."""
        if term.head in LITERALS:
            return term
        if term.head in ("+", "-", "*"):
            left, right = (self.value(part) for part in term.parts if isinstance(part, Term))
            folded = logic.arithmetic(term.head, left, right)
            return folded if folded.head == "int" else term
        found = self.of(term)
        exact = (
            [n for n in found.numbers if n == n.to_integral_value()] if term.kind == "int" else []
        )
        return logic.integer(int(exact[0])) if exact else term

    def _compared(self, fact: Term) -> None:
        first, second = fact.parts
        assert isinstance(first, Term)
        assert isinstance(second, Term)
        (left, more), (right, less) = self._shifted(first), self._shifted(second)
        if left.head == right.head == "int":
            assert isinstance(left.value, int)
            assert isinstance(right.value, int)
            pair = logic.integer(left.value + more), logic.integer(right.value + less)
            self.clash |= logic.compare(fact.head, *pair) == FALSE
        elif right.head in LITERALS:
            self._bounded(left, fact.head, _plus(right, less - more))
        elif left.head in LITERALS:
            opposite = {"<": ">", "<=": ">="}.get(fact.head, fact.head)
            self._bounded(right, opposite, _plus(left, more - less))
        elif self._is_same(left, right):
            pair = logic.integer(more), logic.integer(less)
            self.clash |= logic.compare(fact.head, *pair) == FALSE
        elif fact.head == "=" and more == less and meet(left.kind, right.kind, self.dialect):
            self._union(left, right)
        elif fact.head in ("<", "<=") and more == less and are_ordered(left.kind, right.kind):
            self._follow(left, right, fact.head == "<")

    def _is_same(self, left: Term, right: Term) -> bool:
        # of texts only the very same term: a = b may hold under another collation than a <> b
        return left == right or (left.kind != "text" and self.find(left) == self.find(right))

    def _follow(self, left: Term, right: Term, strict: bool) -> None:
        lower, higher = self.of(left), self.of(right)
        for space, (value, excluded) in list(lower.low.items()):
            raise_low(higher, space, (value, excluded or strict))
        for space, (value, excluded) in list(higher.high.items()):
            lower_high(lower, space, (value, excluded or strict))

    def _shifted(self, term: Term) -> tuple[Term, int]:
        """x + 3 as (x, 3), for integers; not in SQLite, whose INTEGER columns may hold floats."""
        term = self.value(term)
        if term.head in ("+", "-") and term.kind == "int" and self.dialect != "sqlite":
            left, right = (self.value(part) for part in term.parts if isinstance(part, Term))
            if right.head == "int" and isinstance(right.value, int):
                inner, more = self._shifted(left)
                return inner, more + (right.value if term.head == "+" else -right.value)
            if left.head == "int" and isinstance(left.value, int) and term.head == "+":
                inner, more = self._shifted(right)
                return inner, more + left.value
        return term, 0

    def _bounded(self, term: Term, operator: str, literal: Term) -> None:
        found = self.of(term)
        if operator == "=":
            put(found, literal, term.kind)
            return
        space, value = valued(literal, term.kind)
        if space == "" or space == "text":
            return
        if operator == "<>":
            values: list[Decimal] | list[str] = found.numbers if space == "number" else found.dates
            self.clash |= value in values
        elif operator in ("<", "<="):
            lower_high(found, space, (value, operator == "<"))
        else:
            raise_low(found, space, (value, operator == ">"))


def _turned(known: set[Term]) -> set[Term]:
    return {Term(fact.head, fact.parts[::-1]) for fact in known if fact.head == "<>"}


def _plus(literal: Term, more: int) -> Term:
    if more == 0:
        return literal
    if literal.head == "int" and isinstance(literal.value, int):
        return logic.integer(literal.value + more)
    return Term("node:unknown")
