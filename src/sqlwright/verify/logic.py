"""Making terms: conditions and comparisons in one form each, as three-valued logic allows.

Kleene's strong logic, SQL's own, is a distributive lattice with De Morgan's laws (Kleene 1952,
section 64), so AND and OR may be flattened, sorted, freed of duplicates and absorbed, and NOT may
be pushed inward. Excluded middle and contradiction (a OR NOT a) do not hold, and are not used.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlwright.verify.algebra import COMPARISONS, FALSE, LITERALS, NULL, TRUE, Term, is_truth

_LARGEST = 2**31 - 1  # beyond it an engine may answer with an overflow, or with a float


def both(parts: Iterable[Term]) -> Term:
    """The conjunction: flat, without duplicates and TRUE, and with a AND (a OR b) as a."""
    return _joined("and", "or", parts, neutral=TRUE, deciding=FALSE)


def either(parts: Iterable[Term]) -> Term:
    """The disjunction, the same way."""
    return _joined("or", "and", parts, neutral=FALSE, deciding=TRUE)


def _joined(head: str, dual: str, parts: Iterable[Term], neutral: Term, deciding: Term) -> Term:
    flat: dict[Term, None] = {}
    for part in parts:
        for inner in part.parts if part.head == head else (part,):
            assert isinstance(inner, Term)
            if inner == deciding:
                return deciding
            if inner != neutral:
                flat[inner] = None
    kept = [
        part
        for part in flat
        # a AND (a OR b) is a; sets, or else (a AND b) OR (a AND b AND c) would keep both
        if part.head != dual
        or not any(other is not part and _absorbs(other, part, dual) for other in flat)
    ]
    if not kept:
        return neutral
    if len(kept) == 1 and is_truth(kept[0]):
        return kept[0]
    # a lone part that is no truth value stays wrapped: 5 AND 5 is 1
    return Term(head, tuple(kept), kind="bool")


def _absorbs(small: Term, large: Term, dual: str) -> bool:
    wanted = set(small.parts) if small.head == dual else {small}
    return wanted < set(large.parts)


def conjuncts(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The parts that have to hold together, of conditions that have to hold together."""
    whole = both(terms)
    if whole == TRUE:
        return ()
    if whole.head == "and":
        return tuple(part for part in whole.parts if isinstance(part, Term))
    return (whole,)


def negate(term: Term) -> Term:
    """NOT, pushed inward: De Morgan's laws, and the opposite comparison, which is NULL as often."""
    if term.head in ("and", "or"):
        opposite = [negate(part) for part in term.parts if isinstance(part, Term)]
        return either(opposite) if term.head == "and" else both(opposite)
    if term in (TRUE, FALSE):
        return FALSE if term == TRUE else TRUE
    if term.head == "null":
        return NULL
    left, right = (*term.parts, None, None)[:2]
    if term.head in COMPARISONS and isinstance(left, Term) and isinstance(right, Term):
        if term.head in ("=", "<>"):
            return compare("<>" if term.head == "=" else "=", left, right)
        return compare("<=" if term.head == "<" else "<", right, left)
    if term.head == "not" and isinstance(left, Term) and is_truth(left):
        return left
    return Term("not", (term,), kind="bool")


def compare(operator: str, left: Term, right: Term) -> Term:
    """`left operator right` for one of = <> < <=; two integers, or a NULL, are decided at once."""
    if left.head == "null" or right.head == "null":
        return NULL
    if left.head == "row" or right.head == "row":
        return _compare_rows(operator, left, right)
    if left.head == right.head == "int":
        assert isinstance(left.value, int)
        assert isinstance(right.value, int)
        holds = {
            "=": left.value == right.value,
            "<>": left.value != right.value,
            "<": left.value < right.value,
            "<=": left.value <= right.value,
        }
        return TRUE if holds[operator] else FALSE
    return Term(operator, (left, right), kind="bool")


def _compare_rows(operator: str, left: Term, right: Term) -> Term:
    """(a, b) = (c, d) is a = c AND b = d (SQL:1999 8.2); the order of rows is left as it is."""
    if left.head == right.head and len(left.parts) == len(right.parts) and operator in ("=", "<>"):
        pairs = [
            compare("=", a, b)
            for a, b in zip(left.parts, right.parts, strict=True)
            if isinstance(a, Term) and isinstance(b, Term)
        ]
        return both(pairs) if operator == "=" else negate(both(pairs))
    return Term(f"node:row {operator}", (left, right), kind="bool")


def is_null(term: Term) -> Term:
    """`term IS NULL`, decided where it is a literal."""
    if term.head == "null":
        return TRUE
    if term.head in LITERALS:
        return FALSE
    return Term("isnull", (term,), kind="bool")


def arithmetic(operator: str, left: Term, right: Term) -> Term:
    """+, - or * of two terms; of two small integers it is their result, with a NULL it is NULL."""
    if left.head == "null" or right.head == "null":
        return NULL
    if left.head == right.head == "int":
        assert isinstance(left.value, int)
        assert isinstance(right.value, int)
        value = {
            "+": left.value + right.value,
            "-": left.value - right.value,
            "*": left.value * right.value,
        }[operator]
        if abs(value) <= _LARGEST:
            return integer(value)
    exact = left.kind == right.kind == "int"
    return Term(operator, (left, right), kind="int" if exact else "")


def integer(value: int) -> Term:
    """An integer literal."""
    return Term("int", value=value, kind="int", shown=str(value))


def truth(term: Term) -> Term:
    """A condition of which only matters whether it is TRUE, in one form.

    NULL counts as FALSE there, and AND and OR keep that (they are monotone), so inside them too.
    """
    if term.head in ("and", "or"):
        parts = [truth(part) for part in term.parts if isinstance(part, Term)]
        return both(parts) if term.head == "and" else either(parts)
    if term.head == "null":
        return FALSE
    if term.head == "int":
        return FALSE if term.value == 0 else TRUE
    if term.head == "case":
        return _truth_of_case(term)
    if term.head == "not" and isinstance(listed := term.parts[0], Term):
        # x NOT IN (..., NULL) is FALSE or NULL
        return FALSE if listed.head == "node:in list" and NULL in listed.parts else term
    if term.head == "node:is true":
        (inner,) = term.parts
        assert isinstance(inner, Term)
        return truth(inner)
    return term


def _truth_of_case(term: Term) -> Term:
    parts = [truth(part) for part in term.parts if isinstance(part, Term)]
    branches, default = parts[:-1], parts[-1]
    results = [*branches[1::2], default]
    if all(result == FALSE for result in results):
        return FALSE
    if len(branches) == 2 and branches[1] == TRUE and default == FALSE:
        return branches[0]
    return Term("case", tuple(parts), kind="bool")


def refold(term: Term) -> Term:
    """The term made anew by the functions of this module, after a part of it was replaced."""
    parts = term.parts
    if term.head in ("and", "or") and all(isinstance(part, Term) for part in parts):
        plain = [part for part in parts if isinstance(part, Term)]
        return both(plain) if term.head == "and" else either(plain)
    left, right = (*parts, None, None)[:2]
    if not isinstance(left, Term):
        return term
    if term.head == "not":
        return negate(left)
    if term.head == "isnull":
        return is_null(left)
    if isinstance(right, Term) and term.head in COMPARISONS:
        return compare(term.head, left, right)
    if isinstance(right, Term) and term.head in ("+", "-", "*"):
        return arithmetic(term.head, left, right)
    return term
