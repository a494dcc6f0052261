"""What is tried around the smallest witnesses keeps every constraint, and tells what chance missed."""

import random
import time
from itertools import islice

import pytest
from comparing import compared

from sqlwright import sql
from sqlwright.schema import read_ddl
from sqlwright.verify import cuts
from sqlwright.verify.around import steps_around
from sqlwright.verify.branches import assignments
from sqlwright.verify.clones import cloned, copies, leveled, merged, multiples, staircase
from sqlwright.verify.differing import columns_apart, names_read
from sqlwright.verify.domain import Domain
from sqlwright.verify.judge import judge
from sqlwright.verify.lineage import Lineage
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.shrink import shrink
from sqlwright.verify.smallest import returns, smallest
from sqlwright.verify.witness import Witness, witnesses

SCHEMA = read_ddl(
    """
    CREATE TABLE shops (id INT PRIMARY KEY, town VARCHAR(9), opened DATE);
    CREATE TABLE goods (id INT PRIMARY KEY, shop INT NOT NULL REFERENCES shops (id),
        color VARCHAR(9), size VARCHAR(9), price INT CHECK (price >= 0));
    """,
    "sqlite",
)
JOINED = "SELECT g.price FROM shops AS s JOIN goods AS g ON g.shop = s.id WHERE s.town = 'Bonn'"


def bound(text: str) -> sql.exp.Query:
    return sql.bind(sql.read(text, "sqlite"), SCHEMA, "sqlite")


def ground(*texts: str) -> tuple[Domain, Neighborhood]:
    queries = [bound(text) for text in texts]
    domain = Domain(SCHEMA.tables, [read_predicates(query, SCHEMA) for query in queries], "sqlite")
    read = frozenset((t.name.lower(), c.name.lower()) for t in SCHEMA.tables for c in t.columns)
    together = assignments(queries, random.Random(0))
    return domain, Neighborhood(SCHEMA.tables, domain, read, [3], together)


def holding(shops: tuple[tuple[object, ...], ...], *goods: tuple[object, ...]) -> Witness:
    return Witness(SCHEMA.tables, (shops, goods))  # type: ignore[arg-type]


BASE = holding(((1, "Bonn", "2020-01-01"),), (1, 1, "red", "large", 3))


@pytest.mark.parametrize("seed", range(6))
def test_every_step_keeps_every_constraint(seed: int) -> None:
    domain, near = ground(JOINED + " AND (g.color = 'red' AND g.size = 'large' OR g.price > 4)")
    generator = random.Random(seed)
    readings = [read_predicates(bound(JOINED), SCHEMA)]
    drawn = next(witnesses(SCHEMA.tables, readings, seed, "sqlite"))
    steps = list(islice(steps_around(near, domain, [BASE, drawn], frozenset(), generator), 900))
    assert len(set(steps)) > 100
    assert all(near.keeps(step) for step in steps)


@pytest.mark.parametrize("count", [2, 11])
def test_copies_keep_every_constraint(count: int) -> None:
    domain, near = ground(JOINED)
    made = list(copies(BASE, count, domain, near, random.Random(1)))
    assert made
    assert all(near.keeps(witness) for witness in made)
    towns = [{row[1] for row in witness.rows[0]} for witness in made]
    assert {"Bonn"} in towns  # a copy may keep what a condition asks for
    assert any(len(found) > 1 for found in towns)
    prices = [[row[4] for row in witness.rows[1]] for witness in made]
    assert any(found != sorted(found) for found in prices)  # orders by several values cross


def test_a_staircase_has_one_row_more_in_each_copy() -> None:
    domain, near = ground(JOINED)
    even = cloned(BASE, 4, domain)
    assert even is not None
    found = staircase(even, BASE, near, random.Random(0))
    assert found is not None
    shops = [row[1] for row in found.rows[1]]
    assert sorted(shops.count(shop) for shop in set(shops)) == [1, 2, 3, 4]


def test_two_witnesses_stand_together_and_tie() -> None:
    domain, near = ground(JOINED)
    other = holding(((1, "Bonn", None),), (1, 1, "blue", "small", 8), (2, 1, None, None, None))
    both = merged(BASE, other, domain)
    assert both is not None
    assert near.keeps(both)
    assert (len(both.rows[0]), len(both.rows[1])) == (2, 3)
    level = leveled(both, domain, ("int", "text"))
    assert near.keeps(level)
    assert {row[2:4] for row in level.rows[1]} == {("a", "a")}
    assert {row[4] for row in level.rows[1]} == {3, 8, None}  # a CHECK does
    assert {row[1] for row in level.rows[0]} == {"Bonn"}  # a condition speaks of it


def test_multiples_are_as_many_as_a_number_of_the_query() -> None:
    domain, near = ground(JOINED)
    found = list(multiples(BASE, [2, 2.5, 1_000_000], domain, near))
    assert [witness.count() for witness in found] == [3 * BASE.count()]


def test_the_smallest_returns_rows_and_none_of_its_rows_can_go() -> None:
    domain, near = ground(JOINED)
    large = cloned(BASE, 9, domain, alike=True)
    assert large is not None
    with compared(JOINED, JOINED + " AND g.price > 1", SCHEMA) as comparison:
        goals: list[tuple[int, str | None]] = [(0, None), (1, None)]
        stop = time.monotonic() + 20
        found = smallest(comparison, [large], goals, near, random.Random(0), stop)
        assert [witness.count() for witness in found] == [2]  # one shop, one of its goods
        assert all(returns(comparison, 0, None, witness) for witness in found)
        empty = holding(())
        assert smallest(comparison, [empty], goals, near, random.Random(0), stop) == []


def test_what_cannot_be_made_small_in_time_comes_back_larger() -> None:
    rows = tuple((n, "Bonn", None) for n in range(20_000))
    start = time.monotonic()
    found = shrink(holding(rows), lambda witness: len(witness.rows[0]) > 15_000, 0.5)
    assert 15_000 < len(found.rows[0]) <= 20_000
    assert time.monotonic() - start < 20


def test_branches_are_satisfied_as_a_whole() -> None:
    one = JOINED + " AND (g.color = 'red' AND g.size IN ('S', 'M') OR g.price BETWEEN 4 AND 5)"
    two = JOINED + " AND (g.color = 'red' AND g.size IN ('S') OR g.price BETWEEN 4 AND 5)"
    made = assignments([bound(one), bound(two)], random.Random(0))
    first = {tuple(sorted(values.items())) for values in made[:2]}
    assert first == {(("color", "red"), ("size", "S")), (("color", "red"), ("size", "M"))}


def test_columns_behind_a_computed_one_are_found() -> None:
    text = (
        "WITH sums AS (SELECT s.town AS t, SUM(g.price) AS total FROM shops AS s JOIN goods AS g"
        " ON g.shop = s.id GROUP BY s.town UNION ALL SELECT color, COUNT(*) FROM goods GROUP BY color)"
        " SELECT x.t FROM sums AS x WHERE x.total > {}"
    )
    query = bound(text.format(5))
    where = query.args["where"]
    assert Lineage(query).names(where) == {"price"}
    assert Lineage(query).names(query.selects[0]) == {"town", "color"}
    assert columns_apart(query, bound(text.format(6))) == {"price"}
    values = bound("SELECT v.n FROM (VALUES (1), (2)) AS v(n)")
    assert Lineage(values).names(values.selects[0]) == frozenset()


def test_what_exists_selects_is_not_read() -> None:
    query = bound("SELECT id FROM shops AS s WHERE EXISTS (SELECT * FROM goods WHERE shop = s.id)")
    assert names_read([query]) == {"id", "shop"}


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("SELECT id FROM goods LIMIT 3", 3),
        ("SELECT DISTINCT t.size FROM (SELECT size FROM goods LIMIT 3) AS t WHERE t.size > 'a'", 3),
        ("SELECT t.size FROM (SELECT size FROM goods LIMIT 3) AS t GROUP BY t.size", 3),
        ("SELECT COUNT(*) FROM (SELECT size FROM goods LIMIT 0) AS t", 1),
        ("(SELECT id FROM goods LIMIT 2) UNION ALL (SELECT id FROM shops LIMIT 2)", 4),
        ("SELECT t.id FROM (SELECT id FROM goods LIMIT 3) AS t, shops", None),
        ("SELECT t.id FROM (SELECT id FROM goods LIMIT 3) AS t GROUP BY ROLLUP (t.id)", None),
        ("SELECT id FROM goods", None),
    ],
)
def test_more_rows_than_these_are_never_returned(text: str, most: int | None) -> None:
    assert cuts.most_rows(sql.read(text, "postgres")) == most


@pytest.mark.parametrize(
    ("original", "wrong"),
    [
        # only a row that satisfies this branch and no other tells
        (
            "SELECT id FROM goods WHERE (color = 'red' AND size = 'S') OR (color = 'blue' AND (size ="
            " 'M' OR size = 'L') AND price > 7)",
            "SELECT id FROM goods WHERE (color = 'red' AND size = 'S') OR (color = 'blue' AND size ="
            " 'M' AND price > 7)",
        ),
        # the second constant of a column with many values around the first
        (
            "SELECT id FROM shops WHERE opened BETWEEN '1995-01-01' AND '1996-12-31'",
            "SELECT id FROM shops WHERE opened >= '1995-01-01' AND opened < '1996-12-31'",
        ),
        # a sum between one twentieth of two averages
        (
            "WITH p AS (SELECT shop, color, SUM(price) AS paid FROM goods GROUP BY shop, color)"
            " SELECT shop FROM p GROUP BY shop"
            " HAVING SUM(paid) > (SELECT 0.05 * AVG(paid) FROM p)",
            "WITH p AS (SELECT shop, color, SUM(price) AS paid FROM goods GROUP BY shop, color)"
            " SELECT shop FROM p GROUP BY shop"
            " HAVING SUM(paid) > (SELECT 0.05 * SUM(paid) / COUNT(*) FROM p)",
        ),
        # eleven groups of different sizes
        (
            "SELECT n, COUNT(*) FROM (SELECT s.id, COUNT(g.id) AS n FROM shops AS s LEFT JOIN goods"
            " AS g ON g.shop = s.id GROUP BY s.id) AS t GROUP BY n",
            "SELECT n, COUNT(*) FROM (SELECT s.id, COUNT(g.id) AS n FROM shops AS s LEFT JOIN goods"
            " AS g ON g.shop = s.id GROUP BY s.id) AS t GROUP BY n LIMIT 10",
        ),
        # a thousand rows
        ("SELECT id FROM shops LIMIT 1000", "SELECT id FROM shops LIMIT 999"),
        # the original returns one row, whichever it is
        (
            "SELECT t.id FROM (SELECT id FROM shops LIMIT 1) AS t GROUP BY t.id",
            "SELECT t.id FROM (SELECT id FROM shops LIMIT 2) AS t GROUP BY t.id",
        ),
        # the original leaves no choice where nothing ties, the rewrite does
        (
            "SELECT t.id FROM (SELECT id FROM shops ORDER BY id DESC LIMIT 1) AS t",
            "SELECT t.id FROM (SELECT id FROM shops LIMIT 1) AS t",
        ),
        # an order under DISTINCT, with two columns of one name
        (
            "SELECT DISTINCT s.id, g.id FROM shops AS s JOIN goods AS g ON g.shop = s.id"
            " ORDER BY s.id",
            "SELECT DISTINCT s.id, g.id FROM shops AS s JOIN goods AS g ON g.shop = s.id",
        ),
    ],
)
def test_what_was_hidden_is_refuted(original: str, wrong: str) -> None:
    verdict = judge(*(sql.read(text, "sqlite") for text in (original, wrong)), SCHEMA, "sqlite")
    assert verdict.outcome == "different", verdict.reason
