"""Differences inside of queries, and steps of many rows: what a cell at a time does not reach."""

import random
import time

import pytest
from comparing import compared

from sqlwright import sql
from sqlwright.schema import read_ddl
from sqlwright.verify.apart import Archive, pairs_inside
from sqlwright.verify.judge import judge
from sqlwright.verify.witness import Witness

SCHEMA = read_ddl(
    """
    CREATE TABLE days (id INT PRIMARY KEY, month INT NOT NULL, year INT NOT NULL);
    CREATE TABLE stock (day INT NOT NULL REFERENCES days (id), item INT NOT NULL, n INT,
        PRIMARY KEY (day, item));
    """,
    "sqlite",
)

MOVES = """
WITH moves AS (
    SELECT item, month, MAX(n) - MIN(n) AS gap FROM stock JOIN days ON day = id
    WHERE year = 2001 GROUP BY item, month HAVING MAX(n) - MIN(n) > 500
)
SELECT a.item FROM moves AS a JOIN moves AS b ON a.item = b.item
WHERE a.month = 4 AND b.month = 4 + 1 AND a.gap > {gap}
"""


def holding(*days: tuple[int, int, int], stock: tuple[tuple[int, int, int], ...]) -> Witness:
    return Witness(SCHEMA.tables, (days, stock))


def test_a_difference_shows_inside_before_it_shows_outside() -> None:
    text = "SELECT item FROM (SELECT item, COUNT(*) AS c FROM stock WHERE n {} 5 GROUP BY item) AS t WHERE c > 3"
    with compared(text.format(">"), text.format(">="), SCHEMA) as comparison:
        archive = Archive(comparison, pairs_inside(comparison.trees, "sqlite"))
        generator = random.Random(0)
        same = holding((1, 1, 1), stock=((1, 1, 6),))
        comparison.scratch.load(same)
        archive.add(same, generator)
        assert archive.top == 0
        inside = holding((1, 1, 1), stock=((1, 1, 5),))
        comparison.scratch.load(inside)
        assert comparison(time.monotonic() + 9) is None  # the results are the same
        archive.add(inside, generator)
        assert archive.top > 0
        assert (inside, archive.top) in {archive.choose(generator) for _ in range(20)}


def test_parts_that_are_the_same_are_no_pairs_and_correlated_ones_count_what_they_read() -> None:
    with compared("SELECT n FROM stock", "SELECT n FROM stock", SCHEMA) as comparison:
        assert pairs_inside(comparison.trees, "sqlite") == []
    text = "SELECT id FROM days WHERE EXISTS (SELECT 1 FROM stock WHERE day = id AND n > {})"
    with compared(text.format(1), text.format(2), SCHEMA) as comparison:
        pairs = pairs_inside(comparison.trees, "sqlite")
        assert pairs
        inner = [pair for pair in pairs if '"days"' not in pair[0]]
        assert len(inner) == 1
        assert inner[0][0].startswith("SELECT COUNT(*)")
        assert '"id"' not in inner[0][0]  # without the condition on the row around it
        assert '"days"' in pairs[-1][0]


@pytest.mark.parametrize(("old", "new"), [("4 + 1", "4 + 2"), ("= 2001", ">= 2001")])
def test_groups_that_have_to_move_together_are_reached(old: str, new: str) -> None:
    original = MOVES.format(gap=700)
    texts = (original, original.replace(old, new))
    verdict = judge(*(sql.read(text, "sqlite") for text in texts), SCHEMA, "sqlite")
    assert verdict.outcome == "different", verdict.reason
