"""The mutation study's own teeth: every kind makes a wrong rewrite, and no argument excuses one."""

import sys
from pathlib import Path

import pytest

from sqlwright import sql
from sqlwright.schema import read_ddl
from sqlwright.verify.judge import judge

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from mutants.edits import numbered
from mutants.kinds import KINDS
from mutants.normal import STEPS, why_same
from mutants.same import ARGUMENTS, by_hand, why_aside
from mutants.sample import draw
from mutants.sources import Source, schema_of

SCHEMA = read_ddl(
    """
    CREATE TABLE region (id INT PRIMARY KEY, name VARCHAR(10) NOT NULL);
    CREATE TABLE customer (id INT PRIMARY KEY, region_id INT NOT NULL REFERENCES region (id),
                           sponsor_id INT REFERENCES customer (id), name VARCHAR(20) NOT NULL,
                           city VARCHAR(20), points INT, spent INT NOT NULL);
    CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT REFERENCES customer (id),
                         total INT NOT NULL, tax INT, placed DATE NOT NULL,
                         status VARCHAR(10) NOT NULL, number INT, UNIQUE (customer_id, number));
    """
)

# kind: a query in which it makes a wrong rewrite
WRONG = {
    "predicate-dropped": "SELECT id FROM orders WHERE total > 100 AND status = 'open'",
    "predicate-added": "SELECT id, tax FROM orders",
    "bound-moved": "SELECT id FROM orders WHERE total > 100",
    "operator-changed": "SELECT id FROM orders WHERE total = 100",
    "equality-lets-null-meet": "SELECT o.id FROM orders o JOIN customer c ON o.tax = c.points",
    "number-shifted": "SELECT id FROM orders WHERE total > 100",
    "date-shifted": "SELECT id FROM orders WHERE placed < '2024-03-01'",
    "text-changed": "SELECT id FROM orders WHERE status = 'open'",
    "wildcard-lost": "SELECT id FROM orders WHERE status LIKE '%pen%'",
    "between-end-lost": "SELECT id FROM orders WHERE total BETWEEN 5 AND 9",
    "and-to-or": "SELECT id FROM orders WHERE total > 100 AND status = 'open'",
    "or-to-and": "SELECT id FROM orders WHERE total > 100 OR status = 'open'",
    "or-branch-dropped": "SELECT id FROM orders WHERE total > 100 OR status = 'open'",
    "not-dropped": "SELECT id FROM orders WHERE NOT status LIKE 'o%'",
    "not-added": "SELECT id FROM orders WHERE status IN ('open', 'paid')",
    "in-element-dropped": "SELECT id FROM orders WHERE status IN ('open', 'paid', 'sent')",
    "null-test-turned": "SELECT id FROM customer WHERE city IS NULL",
    "coalesce-dropped": "SELECT id FROM customer WHERE COALESCE(points, 0) < 5",
    "coalesce-added": "SELECT id FROM customer WHERE points < 5",
    "arithmetic-changed": "SELECT id, total - tax FROM orders",
    "factor-changed": "SELECT id, total * 3 FROM orders",
    "interval-changed": "SELECT id FROM orders WHERE placed < DATE '2024-03-01' + INTERVAL '1' MONTH",
    "case-turned": "SELECT id, CASE WHEN total > 5 THEN 1 WHEN total > 3 THEN 2 ELSE 3 END FROM orders",
    "inner-to-left": "SELECT o.id, c.name FROM orders o JOIN customer c ON c.id = o.customer_id",
    "left-to-inner": "SELECT o.id, c.name FROM orders o LEFT JOIN customer c ON c.id = o.customer_id",
    "left-to-full": "SELECT o.id, c.name FROM orders o LEFT JOIN customer c ON c.id = o.customer_id",
    "link-dropped": "SELECT o.id, c.name FROM orders o JOIN customer c ON c.id = o.customer_id",
    "joined-on-another-column": "SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id",
    "condition-leaves-on": "SELECT c.id, o.id FROM customer c"
    " LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'open'",
    "condition-enters-on": "SELECT c.id, o.id FROM customer c"
    " LEFT JOIN orders o ON o.customer_id = c.id WHERE o.status = 'open'",
    "join-multiplies": "SELECT name FROM customer",
    "join-removed": "SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id",
    "in-to-join": "SELECT name FROM customer WHERE id IN (SELECT customer_id FROM orders WHERE total > 5)",
    "exists-to-join": "SELECT name FROM customer c"
    " WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    "not-in-to-not-exists": "SELECT name FROM customer WHERE NOT id IN (SELECT customer_id FROM orders)",
    "not-exists-to-not-in": "SELECT name FROM customer c"
    " WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    "correlation-dropped": "SELECT name FROM customer c"
    " WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.total > 5)",
    "distinct-dropped": "SELECT DISTINCT city FROM customer",
    "distinct-added": "SELECT city FROM customer",
    "union-kept-or-folded": "SELECT city FROM customer UNION SELECT status FROM orders",
    "set-operation-changed": "SELECT city FROM customer INTERSECT SELECT status FROM orders",
    "branch-dropped": "SELECT city FROM customer UNION ALL SELECT status FROM orders",
    "count-star-to-column": "SELECT COUNT(*) FROM customer",
    "count-column-to-star": "SELECT COUNT(city) FROM customer",
    "distinct-leaves-aggregate": "SELECT COUNT(DISTINCT city) FROM customer",
    "distinct-enters-aggregate": "SELECT SUM(total) FROM orders",
    "aggregate-changed": "SELECT MIN(total) FROM orders GROUP BY status",
    "average-over-all": "SELECT AVG(tax) FROM orders",
    "else-dropped": "SELECT SUM(CASE WHEN status = 'open' THEN total ELSE 0 END) FROM orders",
    "else-added": "SELECT AVG(CASE WHEN status = 'open' THEN total END) FROM orders",
    "group-key-dropped": "SELECT city, spent, COUNT(*) FROM customer GROUP BY city, spent",
    "group-key-added": "SELECT status, SUM(total) FROM orders GROUP BY status",
    "rollup-dropped": "SELECT status, SUM(total) FROM orders GROUP BY ROLLUP (status)",
    "having-dropped": "SELECT status FROM orders GROUP BY status HAVING SUM(total) > 50",
    "having-moved": "SELECT status FROM orders GROUP BY status HAVING SUM(total) > 50",
    "partition-dropped": "SELECT id, RANK() OVER (PARTITION BY status ORDER BY total) FROM orders",
    "window-changed": "SELECT id, RANK() OVER (PARTITION BY status ORDER BY total) FROM orders",
    "order-turned": "SELECT id, total FROM orders ORDER BY total",
    "order-dropped": "SELECT id, total FROM orders ORDER BY total DESC, id",
    "limit-changed": "SELECT id FROM orders ORDER BY id LIMIT 2",
    "limit-added": "SELECT r.id, s.id, t.id FROM region r, region s, region t",
    "values-swapped": "SELECT id, total AS t, tax AS x FROM orders",
    "column-changed": "SELECT total FROM orders",
}


def read(text: str):  # type: ignore[no-untyped-def]
    return sql.bind(sql.read(text, "postgres"), SCHEMA, "postgres")


def test_every_kind_has_its_case() -> None:
    assert WRONG.keys() == KINDS.keys()
    assert len(KINDS) >= 25


@pytest.mark.parametrize("kind", WRONG)
def test_every_kind_makes_a_wrong_rewrite_that_is_refuted(kind: str) -> None:
    query = read(WRONG[kind])
    before = query.sql()
    made = list(numbered(KINDS[kind](query, SCHEMA)))
    assert query.sql() == before, "a kind changes copies only"
    assert made
    assert len({place for place, _ in made}) == len(made)
    for place, mutant in made:
        bound = sql.bind(sql.read(sql.write(mutant, "postgres"), "postgres"), SCHEMA, "postgres")
        if why_aside(query, bound, kind, place, SCHEMA) is None:
            if judge(query, bound, SCHEMA, "postgres").outcome == "different":
                return
    raise AssertionError(f"no mutant of {[place for place, _ in made]} was refuted")


# the step that ends it: (a query, the same in other words, a near miss that is not the same)
SAME = {
    "null cannot meet": (
        "SELECT o.total FROM orders o, customer c WHERE o.customer_id = c.id",
        "SELECT o.total FROM orders o, customer c WHERE (o.customer_id = c.id OR (o.customer_id IS NULL AND c.id IS NULL))",
        "SELECT o.total FROM orders o, customer c WHERE (o.customer_id = c.id OR (o.customer_id IS NULL AND c.points IS NULL))",
    ),
    "never null": (
        "SELECT COUNT(*) FROM customer",
        "SELECT COUNT(name) FROM customer",
        "SELECT COUNT(city) FROM customer",
    ),
    "never null after WHERE": (
        "SELECT COUNT(*) FROM customer WHERE points > 3",
        "SELECT COUNT(points) FROM customer WHERE points > 3",
        "SELECT COUNT(city) FROM customer WHERE points > 3",
    ),
    "never null, but for an outer join": (
        "SELECT COUNT(*) FROM orders o LEFT JOIN customer c ON c.id = o.customer_id",
        "SELECT COUNT(o.total) FROM orders o LEFT JOIN customer c ON c.id = o.customer_id",
        "SELECT COUNT(c.name) FROM orders o LEFT JOIN customer c ON c.id = o.customer_id",
    ),
    "outer join is inner": (
        "SELECT c.id FROM customer c JOIN orders o ON o.customer_id = c.id WHERE o.total > 5",
        "SELECT c.id FROM customer c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 5",
        "SELECT c.id FROM customer c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 5 OR c.spent > 5",
    ),
    "outer join is inner by a reference": (
        "SELECT c.id, r.name FROM customer c JOIN region r ON r.id = c.region_id",
        "SELECT c.id, r.name FROM customer c LEFT JOIN region r ON r.id = c.region_id",
        "SELECT c.id, r.name FROM customer c LEFT JOIN region r ON r.id = c.region_id AND r.name = 'x'",
    ),
    "outer join is inner by no reference that may be NULL": (
        "SELECT c.id, r.name FROM customer c JOIN region r ON r.id = c.region_id",
        "SELECT c.id, r.name FROM customer c LEFT JOIN region r ON c.region_id = r.id",
        "SELECT c.id, r.name FROM customer c LEFT JOIN region r ON r.id = c.points",
    ),
    "outer join is inner from the right": (
        "SELECT r.name, c.id FROM region r JOIN customer c ON r.id = c.region_id",
        "SELECT r.name, c.id FROM region r RIGHT JOIN customer c ON r.id = c.region_id",
        "SELECT r.name, c.id FROM region r RIGHT JOIN customer c ON r.id = c.points",
    ),
    "merge conditions": (
        "SELECT id FROM orders WHERE total > 5 AND total > 3 AND status = 'open'",
        "SELECT id FROM orders WHERE status = 'open' AND total > 5",
        "SELECT id FROM orders WHERE status = 'open' AND total >= 5",
    ),
    "merge conditions of equal columns": (
        "SELECT a.id FROM orders a, orders b, orders c WHERE a.total = b.total AND b.total = c.total",
        "SELECT a.id FROM orders a, orders b, orders c WHERE a.total = b.total AND a.total = c.total",
        "SELECT a.id FROM orders a, orders b, orders c WHERE a.total = b.total AND a.tax = c.total",
    ),
    "merge conditions that absorb": (
        "SELECT id FROM orders WHERE tax IS NULL AND (tax IS NULL OR total > 5)",
        "SELECT id FROM orders WHERE tax IS NULL",
        "SELECT id FROM orders WHERE tax IS NULL OR total > 5",
    ),
    "in says it already": (
        "SELECT name FROM customer c WHERE id IN (SELECT o.customer_id FROM orders o WHERE o.customer_id = c.id AND o.total > 3)",
        "SELECT name FROM customer c WHERE id IN (SELECT o.customer_id FROM orders o WHERE o.total > 3)",
        "SELECT name FROM customer c WHERE id IN (SELECT o.customer_id FROM orders o WHERE o.number = c.id AND o.total > 3)",
    ),
    "in says it already, not NOT IN": (
        "SELECT name FROM customer c WHERE id IN (SELECT o.customer_id FROM orders o WHERE o.customer_id = c.id)",
        "SELECT name FROM customer c WHERE id IN (SELECT o.customer_id FROM orders o)",
        "SELECT name FROM customer c WHERE NOT id IN (SELECT o.customer_id FROM orders o)",
    ),
    "join for nothing": (
        "SELECT c.name FROM customer c, region r WHERE c.region_id = r.id",
        "SELECT c.name FROM customer c",
        "SELECT c.name FROM customer c, customer s WHERE c.sponsor_id = s.id",
    ),
    "join for nothing, from the left": (
        "SELECT o.total FROM orders o LEFT JOIN customer c ON c.id = o.customer_id",
        "SELECT o.total FROM orders o",
        "SELECT o.total FROM orders o LEFT JOIN customer c ON c.spent = o.customer_id",
    ),
    "merge conditions, but not a test for NULL": (
        "SELECT total FROM orders WHERE total = total",
        "SELECT total FROM orders",
        "SELECT total FROM orders WHERE tax = tax",
    ),
    "no row passes": (
        "SELECT name AS x FROM customer WHERE spent > 5 AND spent < 3",
        "SELECT city AS x FROM customer WHERE spent > 5 AND spent < 3",
        "SELECT city AS x FROM customer WHERE spent > 5 AND points < 3",
    ),
    "group holds a row": (
        "SELECT city FROM customer GROUP BY city HAVING COUNT(*) > 0",
        "SELECT city FROM customer GROUP BY city",
        "SELECT city FROM customer GROUP BY city HAVING COUNT(*) > 1",
    ),
    "group holds a row, not ROLLUP's": (
        "SELECT SUM(spent) FROM customer GROUP BY city HAVING COUNT(*) > 0",
        "SELECT SUM(spent) FROM customer GROUP BY city",
        "SELECT SUM(spent) FROM customer GROUP BY ROLLUP (city)",
    ),
    "never null, but for ROLLUP": (
        "SELECT t.name FROM (SELECT name FROM customer GROUP BY name) AS t",
        "SELECT COALESCE(t.name, 'all') AS name FROM (SELECT name FROM customer GROUP BY name) AS t",
        "SELECT COALESCE(t.name, 'all') AS name FROM (SELECT name FROM customer GROUP BY ROLLUP (name)) AS t",
    ),
    "group key is settled": (
        "SELECT c.id, c.name, SUM(o.total) FROM customer c, orders o WHERE o.customer_id = c.id GROUP BY c.id, c.name",
        "SELECT c.id, MAX(c.name) AS name, SUM(o.total) FROM customer c, orders o WHERE o.customer_id = c.id GROUP BY c.id",
        "SELECT MAX(c.id) AS id, c.name, SUM(o.total) FROM customer c, orders o WHERE o.customer_id = c.id GROUP BY c.name",
    ),
    "aggregate of distinct values": (
        "SELECT COUNT(DISTINCT id) FROM orders",
        "SELECT COUNT(id) FROM orders",
        "SELECT COUNT(DISTINCT total) FROM orders",
    ),
    "aggregate of distinct values of a join": (
        "SELECT COUNT(DISTINCT o.id) FROM orders o, customer c WHERE c.id = o.customer_id",
        "SELECT COUNT(o.id) FROM orders o, customer c WHERE c.id = o.customer_id",
        "SELECT COUNT(o.id) FROM orders o, customer c WHERE c.points = o.customer_id",
    ),
    "window of one row": (
        "SELECT id, FIRST_VALUE(total) OVER (PARTITION BY id ORDER BY tax) FROM orders",
        "SELECT id, FIRST_VALUE(total) OVER (PARTITION BY id ORDER BY tax DESC) FROM orders",
        "SELECT id, FIRST_VALUE(total) OVER (PARTITION BY customer_id ORDER BY tax DESC) FROM orders",
    ),
    "exists reads no column": (
        "SELECT name FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
        "SELECT name FROM customer c WHERE EXISTS (SELECT DISTINCT o.total FROM orders o WHERE o.customer_id = c.id)",
        "SELECT name FROM customer c WHERE EXISTS (SELECT MAX(o.total) FROM orders o WHERE o.customer_id = c.id)",
    ),
    "order inside says nothing": (
        "SELECT MAX(t.total) FROM (SELECT total FROM orders ORDER BY id) AS t",
        "SELECT MAX(t.total) FROM (SELECT total FROM orders) AS t",
        "SELECT MAX(t.total) FROM (SELECT total FROM orders ORDER BY id LIMIT 3) AS t",
    ),
    "order is settled": (
        "SELECT id, total FROM orders ORDER BY id, total",
        "SELECT id, total FROM orders ORDER BY id, total DESC",
        "SELECT id, total FROM orders ORDER BY total, id",
    ),
    "order is settled, not of groups": (
        "SELECT id, total FROM orders WHERE status = 'open' ORDER BY status, id",
        "SELECT id, total FROM orders WHERE status = 'open' ORDER BY id",
        "SELECT id, total FROM orders ORDER BY status, id",
    ),
    "limit is idle": (
        "SELECT MAX(total) FROM orders",
        "SELECT MAX(total) FROM orders LIMIT 1",
        "SELECT MAX(total) FROM orders GROUP BY status LIMIT 1",
    ),
    "limit is idle over one row of a unique key": (
        "SELECT total FROM orders WHERE customer_id = 3 AND number = 4",
        "SELECT total FROM orders WHERE customer_id = 3 AND number = 4 LIMIT 1",
        "SELECT total FROM orders WHERE customer_id = 3 LIMIT 1",
    ),
    "distinct is needless": (
        "SELECT DISTINCT id, city FROM customer",
        "SELECT id, city FROM customer",
        "SELECT DISTINCT city FROM customer",
    ),
    "distinct is needless over groups": (
        "SELECT DISTINCT city, COUNT(*) FROM customer GROUP BY city",
        "SELECT city, COUNT(*) FROM customer GROUP BY city",
        "SELECT DISTINCT city, COUNT(*) FROM customer GROUP BY city, spent",
    ),
    "distinct is needless where repeats do not matter": (
        "SELECT id FROM orders WHERE total IN (SELECT DISTINCT points FROM customer)",
        "SELECT id FROM orders WHERE total IN (SELECT points FROM customer)",
        "SELECT id FROM orders WHERE total IN (SELECT DISTINCT points FROM customer ORDER BY points LIMIT 2)",
    ),
    "distinct is needless, not under a unique key with NULL": (
        "SELECT DISTINCT customer_id, number FROM orders WHERE customer_id > 1 AND number > 1",
        "SELECT customer_id, number FROM orders WHERE customer_id > 1 AND number > 1",
        "SELECT customer_id, number FROM orders WHERE customer_id > 1",
    ),
    "union is needless": (
        "SELECT id, 'a' AS k FROM orders UNION SELECT id, 'b' AS k FROM orders",
        "SELECT id, 'a' AS k FROM orders UNION ALL SELECT id, 'b' AS k FROM orders",
        "SELECT id, 'a' AS k FROM orders UNION ALL SELECT id, 'a' AS k FROM orders",
    ),
    "union is needless over other rows": (
        "SELECT id FROM orders WHERE status = 'a' UNION SELECT id FROM orders WHERE status = 'b'",
        "SELECT id FROM orders WHERE status = 'a' UNION ALL SELECT id FROM orders WHERE status = 'b'",
        "SELECT total FROM orders WHERE status = 'a' UNION ALL SELECT total FROM orders WHERE status = 'b'",
    ),
    "all of a set": (
        "SELECT id FROM orders EXCEPT ALL SELECT total FROM orders",
        "SELECT id FROM orders EXCEPT SELECT total FROM orders",
        "SELECT total FROM orders EXCEPT SELECT id FROM orders",
    ),
    "unread columns": (
        "SELECT t.a FROM (SELECT total AS a, tax AS b FROM orders) AS t",
        "SELECT t.a FROM (SELECT total AS a, number AS b FROM orders) AS t",
        "SELECT t.a FROM (SELECT tax AS a, total AS b FROM orders) AS t",
    ),
}  # fmt: skip


def test_every_step_has_its_case() -> None:
    tested = set(SAME)
    for step in STEPS:
        name = step.__name__.replace("_", " ")
        assert any(case.startswith(name) for case in tested), name
        assert step.__doc__


@pytest.mark.parametrize("case", SAME)
def test_a_step_holds_and_its_near_miss_does_not(case: str) -> None:
    original, same, near = map(read, SAME[case])
    before = original.sql(), same.sql()
    reason = why_same(original, same, SCHEMA)
    step = next(s for s in sorted(_names(), key=len, reverse=True) if case.startswith(s))
    assert reason is not None
    assert step in reason
    assert (original.sql(), same.sql()) == before
    assert why_same(original, near, SCHEMA) is None
    assert why_same(same, near, SCHEMA) is None
    # what the argument says of the two the checker does not deny, and the near miss it refutes
    assert judge(original, same, SCHEMA, "postgres").outcome != "different"
    assert judge(original, near, SCHEMA, "postgres").outcome == "different"


def _names() -> list[str]:
    return [step.__name__.replace("_", " ") for step in STEPS]


# (kind, a query where the kind makes nothing wrong, one where it does)
BY_KIND = [
    ("in-to-join", "SELECT total FROM orders WHERE customer_id IN (SELECT id FROM customer)",
     "SELECT name FROM customer WHERE id IN (SELECT customer_id FROM orders)"),
    ("in-to-join", "SELECT total FROM orders WHERE tax IN (SELECT points FROM customer GROUP BY points)",
     "SELECT total FROM orders WHERE tax IN (SELECT points FROM customer GROUP BY points, city)"),
    ("in-to-join", "SELECT total FROM orders WHERE id IN (SELECT MAX(id) FROM customer GROUP BY city)",
     "SELECT total FROM orders WHERE id IN (SELECT MAX(spent) FROM customer GROUP BY city)"),
    ("exists-to-join", "SELECT o.total FROM orders o WHERE EXISTS (SELECT 1 FROM customer c WHERE c.id = o.customer_id)",
     "SELECT c.name FROM customer c WHERE EXISTS (SELECT 1 FROM orders o WHERE c.id = o.customer_id)"),
    ("not-in-to-not-exists", "SELECT total FROM orders WHERE NOT id IN (SELECT spent FROM customer)",
     "SELECT total FROM orders WHERE NOT id IN (SELECT points FROM customer)"),
    ("not-exists-to-not-in", "SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.spent = o.total)",
     "SELECT o.id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM customer c WHERE c.spent = o.tax)"),
    ("average-over-all", "SELECT AVG(total) FROM orders", "SELECT AVG(tax) FROM orders"),
    ("case-turned", "SELECT CASE WHEN total = 1 THEN 5 WHEN total = 2 THEN 6 END FROM orders",
     "SELECT CASE WHEN total = 1 THEN 5 WHEN tax = 2 THEN 6 END FROM orders"),
]  # fmt: skip


def test_every_kind_with_an_argument_has_its_case() -> None:
    assert {kind for kinds, _ in ARGUMENTS for kind in kinds} == {kind for kind, _, _ in BY_KIND}


@pytest.mark.parametrize(("kind", "idle", "wrong"), BY_KIND)
def test_an_argument_by_kind_holds_and_its_near_miss_does_not(
    kind: str, idle: str, wrong: str
) -> None:
    for text, is_same in ((idle, True), (wrong, False)):
        query = read(text)
        (place, mutant), *_ = numbered(KINDS[kind](query, SCHEMA))
        bound = sql.bind(sql.read(sql.write(mutant, "postgres"), "postgres"), SCHEMA, "postgres")
        assert (why_aside(query, bound, kind, place, SCHEMA) is not None) == is_same
        assert (judge(query, bound, SCHEMA, "postgres").outcome != "different") == is_same


def test_arguments_by_hand_are_whole() -> None:
    assert all(why and kind in KINDS for (_, kind, _), why in by_hand().items())


def test_the_sample_is_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seed alone decides what is drawn, and no text comes twice."""
    (tmp_path / "shop.sql").write_text(
        "CREATE TABLE orders (id INT PRIMARY KEY, total INT NOT NULL, tax INT, status VARCHAR(9))"
    )
    monkeypatch.setattr("mutants.sources.DATA", tmp_path)
    schema_of.cache_clear()
    texts = [
        "SELECT id FROM orders WHERE total > 5 AND status = 'open'",
        "SELECT status, COUNT(tax) AS n FROM orders GROUP BY status",
    ]
    sources = [
        Source(name, f"{name}-{at}", read_as(text), "shop.sql", "postgres")
        for name in ("tpch", "calcite")
        for at, text in enumerate(texts)
    ]
    drawn = list(draw(sources, 1))
    assert drawn == list(draw(sources, 1))
    assert {m.key for m in drawn} != {m.key for m in draw(sources, 2)} or drawn != list(
        draw(sources, 2)
    )
    assert len({m.mutated for m in drawn}) == len(drawn)
    assert all(m.mutated != m.original for m in drawn)
    schema_of.cache_clear()


def read_as(text: str):  # type: ignore[no-untyped-def]
    schema = schema_of("shop.sql")
    return sql.bind(sql.read(text, "postgres"), schema, "postgres")
