"""Pairs whose right answer hangs on a fact: by execution, with the fact and without it."""

from collections import Counter
from random import Random

import pytest

from sqlwright.data.facts import KINDS, Fact, bare, invent_fact, with_indexes
from sqlwright.data.invent_schema import invent_schema
from sqlwright.prompt import compact_schema
from sqlwright.verify.judge import judge


def drawn(kind: str, holds: bool, number: int) -> list[Fact]:
    """That many facts of one kind, over schemas of their own."""
    found: list[Fact] = []
    seed = 0
    while len(found) < number:
        rng = Random(seed)
        fact = invent_fact(with_indexes(invent_schema(rng), rng), rng, kind)
        seed += 1
        if fact is not None and fact.holds is holds:
            found.append(fact)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("holds", [True, False])
def test_the_answer_returns_the_same_rows(kind: str, holds: bool) -> None:
    for fact in drawn(kind, holds, 5):
        if fact.query.sql() == fact.answer.sql():
            continue
        verdict = judge(fact.query, fact.answer, fact.schema, "sqlite", witnesses=16)
        assert verdict.outcome != "different", (fact.query.sql(), fact.answer.sql())


@pytest.mark.parametrize("kind", ["key", "not null"])
def test_the_answer_hangs_on_the_fact(kind: str) -> None:
    """Over the same schema without the fact, the tempting answer is refuted; else it is kept."""
    refuted = 0
    for fact in drawn(kind, True, 8):
        verdict = judge(fact.query, fact.answer, bare(fact.schema), "sqlite", witnesses=40)
        refuted += verdict.outcome == "different"
    assert refuted >= 5
    for fact in drawn(kind, False, 8):
        assert fact.query.sql() == fact.answer.sql()


def test_an_index_decides_where_the_house_says_so() -> None:
    for holds in (True, False):
        for fact in drawn("index", holds, 5):
            assert fact.passages
            assert (fact.query.sql() == fact.answer.sql()) is holds
            assert (" index" in compact_schema(fact.schema.tables)) >= holds


def test_both_answers_are_frequent() -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    for seed in range(120):
        rng = Random(seed)
        fact = invent_fact(with_indexes(invent_schema(rng), rng), rng)
        if fact is not None:
            counts[fact.kind, fact.holds] += 1
    for kind in KINDS:
        there, gone = counts[kind, True], counts[kind, False]
        assert 0.2 < there / (there + gone) < 0.8, counts
