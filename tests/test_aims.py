"""Computed values meet their bounds exactly: the gap is measured and closed."""

import random
from functools import partial

import pytest
from comparing import compared

from sqlwright import sql
from sqlwright.schema import read_ddl
from sqlwright.verify import aims
from sqlwright.verify.domain import Domain
from sqlwright.verify.judge import judge
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.witness import Witness

SCHEMA = read_ddl(
    """
    CREATE TABLE days (id INT PRIMARY KEY, month INT NOT NULL, year INT NOT NULL);
    CREATE TABLE stock (day INT NOT NULL REFERENCES days (id), item INT NOT NULL, n INT,
        PRIMARY KEY (day, item));
    """,
    "sqlite",
)
SUMS = "SELECT item FROM stock WHERE day > 0 GROUP BY item HAVING SUM(n * 3) > {}"


def bound(text: str) -> sql.exp.Query:
    return sql.bind(sql.read(text, "sqlite"), SCHEMA, "sqlite")


def test_a_gap_is_measured_and_closed() -> None:
    query = bound(SUMS.format(1_000))
    witness = Witness(SCHEMA.tables, (((1, 1, 1),), ((1, 7, 300), (1, 8, 301))))
    gaps = aims.gaps([query, bound(SUMS.format(900))], "sqlite")
    assert {gap.columns for gap in gaps} == {frozenset({"n"})}
    with compared(SUMS.format(1_000), SUMS.format(900), SCHEMA) as comparison:
        found = [n for gap in gaps for n in aims.measured(comparison, gap.texts, witness)]
        assert sorted(found) == [-50, -47]  # in the middle between both bounds
        domain = Domain(SCHEMA.tables, [read_predicates(query, SCHEMA)], "sqlite")
        read = frozenset({("stock", "n"), ("stock", "item"), ("stock", "day")})
        near = Neighborhood(SCHEMA.tables, domain, read, [])
        generator = random.Random(1)
        measure = partial(aims.measured, comparison, gaps[0].texts)
        steps = [aims.closed(near, witness, measure, generator) for _ in range(300)]
        moved = {step.rows[1] for step in steps if step is not None}
        # of 316 * 3 one condition holds and the other does not
        assert {rows[0][2] for rows in moved} & {316, 317}
        # keys and references stay as they are
        assert {tuple(row[:2] for row in rows) for rows in moved} == {((1, 7), (1, 8))}


def test_only_what_one_query_alone_compares_is_measured() -> None:
    one = bound(SUMS.format(5) + " AND MAX(n) - MIN(n) < 9")
    two = bound(SUMS.format(5) + " AND MAX(n) - MIN(n) < 10")
    assert all("MAX" in gap.texts[0] for gap in aims.gaps([one, two], "sqlite"))
    assert any("SUM" in gap.texts[0] for gap in aims.gaps([one, one], "sqlite"))
    plain = bound("SELECT n FROM stock WHERE n > 5")
    assert aims.gaps([plain, plain], "sqlite") == []


@pytest.mark.parametrize(
    ("original", "wrong"),
    [
        (
            "SELECT item FROM stock GROUP BY item HAVING SUM(n) > (SELECT AVG(n) * 3 FROM stock)",
            "SELECT item FROM stock GROUP BY item HAVING SUM(n) >= (SELECT AVG(n) * 3 FROM stock)",
        ),
        (
            "SELECT item FROM (SELECT item, COUNT(*) AS c, SUM(n) AS s FROM stock JOIN days"
            " ON day = id WHERE year = 1999 GROUP BY item) AS t WHERE s < 12345 AND c > 1",
            "SELECT item FROM (SELECT item, COUNT(*) AS c, SUM(n) AS s FROM stock JOIN days"
            " ON day = id WHERE year = 1999 GROUP BY item) AS t WHERE s <= 12345 AND c > 1",
        ),
    ],
)
def test_a_bound_on_a_computed_value_is_met_exactly(original: str, wrong: str) -> None:
    verdict = judge(*(sql.read(text, "sqlite") for text in (original, wrong)), SCHEMA, "sqlite")
    assert verdict.outcome == "different", verdict.reason
