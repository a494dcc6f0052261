"""Conditions by the thousand: what excludes or implies another is found without trying each pair.

Work is counted, not timed: calls, and copies of the whole query.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import Finding, analyze, bounds, nulls, or_branches
from sqlwright.analyze.bounds import bound_of, cannot_both, clash, furthest, implies, is_implied
from sqlwright.analyze.finding import found
from sqlwright.analyze.or_branches import dead_branch
from sqlwright.analyze.scope import where
from sqlwright.analyze.truth import contradiction, weaker_condition
from sqlwright.schema import read_ddl

SHOP = read_ddl(
    (Path(__file__).parent / "cases" / "schemas" / "shop.sql").read_text(encoding="utf-8"),
    "postgres",
)
COLUMNS = st.sampled_from(["id", "c.id", "referrer_id"])
VALUES = st.sampled_from(["-1", "0", "1", "1.0", "2", "'1'", "'a'", "'A '", "'b'", "city", "(2)"])
SIGNS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
COMPARISON = st.builds("{} {} {}".format, COLUMNS, SIGNS, VALUES) | st.builds(
    "{} {} {}".format, VALUES, SIGNS, COLUMNS
)
OTHERS = st.sampled_from(["id IS NULL", "id IN (1)", "NOT id = 1", "id BETWEEN 1 AND 2", "1 < 2"])
CONDITIONS = st.lists(COMPARISON | COMPARISON | COMPARISON | OTHERS, min_size=1, max_size=9)


def parse(text: str) -> exp.Select:
    query = sql.read(text, "postgres")
    assert isinstance(query, exp.Select)
    return query


def conditions_of(texts: list[str], by: str = " AND ") -> exp.Select:
    joined = "customers c JOIN orders o ON o.customer_id = c.id"
    return parse(f"SELECT c.name FROM {joined} WHERE {by.join(texts)}")


def pairs(parts: list[exp.Expr]) -> tuple[exp.Expr, exp.Expr] | None:
    """The first clash, found by trying each with each."""
    for at, first in enumerate(parts):
        for second in parts[at + 1 :]:
            if cannot_both(first, second):
                return first, second
    return None


def follows(at: int, parts: list[exp.Expr]) -> bool:
    """Whether a stricter bound is there, found by trying each."""
    bound = bound_of(parts[at])
    for n, part in enumerate(parts):
        other = bound_of(part)
        if bound is None or other is None or n == at or other[0] != bound[0]:
            continue
        if implies(other, bound) and (n < at or not implies(bound, other)):
            return True
    return False


@example(["id = 1", "id <> 1"])
@example(["id <> 1", "id = 1"])
@example(["id = 'a'", "id = 'a'", "id = 'b'"])
@example(["id > 1", "id = 0", "id = 2"])
@example(["id < 1", "id = 0", "id = 2"])
@example(["id <> 1", "id = 1", "id = 0", "id = 2"])
@example(["id >= 1", "id >= 1", "id > 0", "id > 1"])
@example(["id = 1", "1 = id", "id = 1.0"])
@given(CONDITIONS)
def test_nothing_is_missed_that_trying_each_pair_finds(texts: list[str]) -> None:
    parts = where(conditions_of(texts))
    quick, slow = clash(parts), pairs(parts)
    assert (quick is None) == (slow is None)
    if quick is not None and slow is not None:
        assert (quick[0] is slow[0], quick[1] is slow[1]) == (True, True)
    kept = furthest(parts)
    assert [is_implied(n, parts, kept) for n in range(len(parts))] == [
        follows(n, parts) for n in range(len(parts))
    ]


@given(CONDITIONS, CONDITIONS)
def test_no_dead_branch_is_missed(beside: list[str], branches: list[str]) -> None:
    chain = " OR ".join([*branches, "c.email IS NULL"])
    query = conditions_of([*beside, f"({chain})"])
    either = where(query)[-1]
    others = where(query)[:-1]
    expected = any(
        cannot_both(branch, other) or or_branches._denies(branch, other)
        for branch in either.flatten()
        for other in others
    )
    assert bool(list(dead_branch(query, SHOP))) == expected


def counted(monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> list[int]:
    """A list that holds how often the function has been called."""
    calls, real = [0], getattr(place, name)

    def count(*given: object) -> object:
        calls[0] += 1
        return real(*given)

    monkeypatch.setattr(place, name, count)
    return calls


def mixed(size: int) -> list[str]:
    """Conditions of which no two clash."""
    kinds = ("referrer_id > {0}", "referrer_id <> -{0}", "c.city <> 'x{0}'", "o.id < 1{0:09}")
    return [kinds[n % 4].format(n) for n in range(size)]


def test_each_condition_is_tried_with_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 400
    query = conditions_of(mixed(size))
    for rule, place, name in (
        (contradiction, bounds, "cannot_both"),
        (weaker_condition, bounds, "implies"),
        (nulls.inequality_of_nullable, nulls, "_named"),
    ):
        calls = counted(monkeypatch, place, name)
        list(rule(query, SHOP))
        assert size / 4 <= calls[0] <= 12 * size, name
    chains = conditions_of([f"(c.city = 'x{n}' OR c.id > {n})" for n in range(size)])
    calls = counted(monkeypatch, or_branches, "cannot_both")
    list(dead_branch(chains, SHOP))
    assert calls[0] <= 12 * size


MANY = {
    "negated-comparison": "NOT (c.city = 'x{}')",
    "arithmetic-on-column": "c.id + {} > 5",
    "function-on-column": "COALESCE(c.city, 'x') = 'q{}'",
    "single-item-list": "c.id IN ({})",
    "correlated-exists": "EXISTS (SELECT 1 FROM orders x WHERE x.customer_id = c.id AND x.id = {})",
    "correlated-aggregate":
        "c.id > (SELECT AVG(x.id) FROM orders x WHERE x.customer_id = c.id AND x.id > {})",
    "or-chain": "(c.city = 'a{0}' OR c.city = 'b{0}' OR c.city = 'c{0}')",
    "any-for-in": "c.id = ANY (SELECT x.customer_id FROM orders x WHERE x.id = {})",
}  # fmt: skip


@pytest.mark.parametrize(("rule", "text"), MANY.items(), ids=MANY)
def test_more_findings_cost_no_more_copies(
    rule: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = []
    for size in (15, 30):
        query = conditions_of([text.format(n) for n in range(size)])
        copies = [0]
        real = exp.Select.copy

        def copy(
            node: exp.Select,
            query: exp.Select = query,
            copies: list[int] = copies,
            real: Callable[[exp.Select], exp.Select] = real,
        ) -> exp.Select:
            copies[0] += node is query
            return real(node)

        with monkeypatch.context() as patch:
            patch.setattr(exp.Select, "copy", copy)
            findings = [f for f in analyze(query, SHOP) if f.rule == rule]
        assert len(findings) == size
        spent.append(copies[0])
        assert findings[-1].rewrite is not None
    assert spent[0] == spent[1]


def test_a_rewrite_is_made_once_when_asked_for() -> None:
    query = parse("SELECT 1")
    made: list[exp.Query] = []

    def make() -> exp.Query:
        made.append(query.copy())
        return made[-1]

    finding = found(query, "rule", "style", "words", "слова", rewrite=make)
    assert not made
    assert finding.rewrite is finding.rewrite is made[0]
    assert len(made) == 1
    assert Finding("rule", "style", "words", offer=query).rewrite is query
    assert Finding("rule", "style", "words").rewrite is None
