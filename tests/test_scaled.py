"""Conditions on large counts are refuted on databases grown from small ones, constraints kept."""

from __future__ import annotations

import random
from contextlib import closing
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlwright import sql
from sqlwright.schema import read_ddl
from sqlwright.verify.crowds import crowd
from sqlwright.verify.domain import Domain
from sqlwright.verify.judge import judge
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.prepare import prepare_pair
from sqlwright.verify.scaled import grown, scale
from sqlwright.verify.scratch import open_scratch
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness, witnesses

SCHEMA = read_ddl(
    """
    CREATE TABLE people (id INT PRIMARY KEY, name TEXT NOT NULL, born DATE);
    CREATE TABLE clubs (code VARCHAR(8) PRIMARY KEY, city TEXT);
    CREATE TABLE members (person INT NOT NULL REFERENCES people (id),
        club VARCHAR(8) NOT NULL REFERENCES clubs (code), paid INT CHECK (paid >= 0),
        PRIMARY KEY (person, club));
    CREATE TABLE visits (id INT PRIMARY KEY, person INT REFERENCES people (id), day DATE,
        minutes INT, UNIQUE (person, day));
    """,
    "postgres",
)
COUNTED = "SELECT p.name FROM people p JOIN visits v ON v.person = p.id {} GROUP BY p.id, p.name"
DIFFERENT = [
    (COUNTED + " HAVING COUNT(*) > 1000", COUNTED + " HAVING COUNT(*) >= 1000"),
    (COUNTED + " HAVING COUNT(*) > 300", COUNTED + " HAVING COUNT(v.minutes) > 300"),
    (
        COUNTED + " HAVING COUNT(*) BETWEEN 100 AND 2000",
        COUNTED + " HAVING COUNT(*) >= 100 AND COUNT(*) < 2000",
    ),
    (
        "SELECT c.city FROM clubs c JOIN members m ON m.club = c.code"
        " GROUP BY c.city HAVING COUNT(DISTINCT m.person) > 250",
        "SELECT c.city FROM clubs c JOIN members m ON m.club = c.code WHERE m.paid > 0"
        " GROUP BY c.city HAVING COUNT(DISTINCT m.person) > 250",
    ),
    (
        "SELECT name FROM people p WHERE 150 < (SELECT COUNT(*) FROM visits v"
        " WHERE v.person = p.id AND v.minutes > 10)",
        "SELECT name FROM people p WHERE 150 < (SELECT COUNT(*) FROM visits v"
        " WHERE v.person = p.id AND v.minutes >= 10)",
    ),
    (
        "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY person ORDER BY id) AS n"
        " FROM visits) AS t WHERE n <= 500",
        "SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY person ORDER BY id) AS n"
        " FROM visits) AS t WHERE n < 500",
    ),
]


def read(text: str) -> sql.exp.Query:
    return sql.read(text.replace("{}", ""), "postgres")


@pytest.mark.parametrize(("original", "proposal"), DIFFERENT)
def test_large_counts_decide_a_result(original: str, proposal: str) -> None:
    verdict = judge(read(original), read(proposal), SCHEMA, "postgres")
    assert verdict.outcome == "different", verdict.reason
    assert verdict.counterexample is not None
    most = max(len(table.rows) for table in verdict.counterexample.tables)
    assert most >= 100


def test_the_same_under_a_large_count_is_never_called_different() -> None:
    proposal = "SELECT name FROM people p WHERE (SELECT COUNT(*) FROM visits v"
    verdict = judge(
        read(COUNTED + " HAVING COUNT(*) > 1000"),
        read(f"{proposal} WHERE v.person = p.id) > 1000"),
        SCHEMA,
        "postgres",
        seconds=3,
    )
    assert verdict.outcome == "no difference found", verdict.reason
    assert verdict.witnesses  # of 1,001 rows and more


@pytest.mark.parametrize(
    ("conditions", "small"),
    [
        (("COUNT(*) > 1000", "COUNT(*) > 1001"), ("COUNT(*) > 2", "COUNT(*) > 3")),
        (("COUNT(*) > 1000", "COUNT(*) > 2000"), ("COUNT(*) > 2", "COUNT(*) > 4")),
        (
            ("COUNT(*) > 40", "40 < COUNT(*) AND COUNT(*) < 9000"),
            ("COUNT(*) > 2", "2 < COUNT(*) AND COUNT(*) < 4"),
        ),
    ],
)
def test_large_counts_become_small_in_their_order(
    conditions: tuple[str, str], small: tuple[str, str]
) -> None:
    def pair_of(two: tuple[str, str]) -> tuple[str, str]:
        queries = (read(f"{COUNTED} HAVING {condition}") for condition in two)
        _, pair = prepare_pair(*queries, SCHEMA, "postgres")
        scaled = scale(pair)
        shown = pair if two is small or scaled is None else scaled.pair
        return shown.original.sql(), shown.proposal.sql()

    assert pair_of(conditions) == pair_of(small)


@pytest.mark.parametrize(
    "condition", ["COUNT(*) > 2", "SUM(v.minutes) > 1000", "COUNT(*) > 90000000", "MAX(v.id) = 70"]
)
def test_nothing_else_is_scaled(condition: str) -> None:
    query = read(f"{COUNTED} HAVING {condition}")
    _, pair = prepare_pair(query, query.limit(1), SCHEMA, "postgres")
    assert scale(pair) is None


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 60), data=st.data())
def test_a_crowd_keeps_every_constraint(seed: int, count: int, data: st.DataObject) -> None:
    query = sql.bind(read(COUNTED + " HAVING COUNT(*) > 40"), SCHEMA, "postgres")
    readings = [read_predicates(query, SCHEMA)]
    domain = Domain(SCHEMA.tables, readings, "postgres")
    columns = frozenset((t.name, c.name) for t in SCHEMA.tables for c in t.columns)
    near = Neighborhood(SCHEMA.tables, domain, columns, [40])
    made = witnesses(SCHEMA.tables, readings, seed, "postgres")
    witness = next(w for w in islice(made, 1, 40) if any(w.rows) and near.keeps(w))
    number = data.draw(st.sampled_from([n for n, rows in enumerate(witness.rows) if rows]))
    position = data.draw(st.integers(0, len(witness.rows[number]) - 1))
    found = crowd(near, witness, (number, position), count)
    if found is None:  # a text of eight letters has enough values, so has a day
        pytest.fail("no crowd")
    assert near.keeps(found)
    assert len(found.rows[number]) == len(witness.rows[number]) + count
    assert found.rows[number][count:] == witness.rows[number]


def test_a_grown_database_has_as_many_rows_as_the_pair_asks_for() -> None:
    pair = prepare_pair(*map(read, DIFFERENT[0]), SCHEMA, "postgres")[1]
    scaled = scale(pair)
    assert scaled is not None
    readings = [read_predicates(query, SCHEMA) for query in pair.both()]
    domain = Domain(SCHEMA.tables, readings, "postgres")
    near = Neighborhood(SCHEMA.tables, domain, frozenset({("visits", "person")}), [])
    people: tuple[tuple[Value, ...], ...] = ((1, "a", None),)
    visits: tuple[tuple[Value, ...], ...] = tuple((n, 1, None, 5) for n in (1, 2))
    base = Witness(SCHEMA.tables, (people, (), (), visits))
    first = next(grown(near, base, scaled, 5_000))
    assert [len(rows) for rows in first.rows] == [1, 0, 0, 1000]
    assert not list(grown(near, base, scaled, 500))


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
def test_many_rows_are_loaded_as_they_are(engine: str) -> None:
    table = read_ddl(
        "CREATE TABLE t (rowid INT, _rowid_ INT, a NUMERIC(8, 2), b TEXT, c DATE, d TIMESTAMP,"
        " e BOOLEAN, f TIME);",
        "postgres",
    ).tables[0]
    chance = random.Random(3)

    def row(n: int) -> tuple[Value, ...]:
        return (n, 7, chance.choice((None, 1, 2.5)), f"x'{n % 3}", "2020-02-29",
                chance.choice((None, "2020-01-01 10:00:00")), bool(n % 2), "12:30:00")  # fmt: skip

    rows = tuple(map(row, range(1200)))
    variants = [rows, rows[:900], (*rows[:1000], row(5)), (row(1), *rows), rows, (rows[3],) * 700]
    with closing(open_scratch(engine, [table], "postgres")) as scratch:
        for loaded in variants:
            scratch.load(Witness((table,), (loaded,)))
            text = 'SELECT COUNT(*), SUM("rowid"), COUNT(a), SUM(a), COUNT(d), MIN(c) FROM t'
            count, total, known, added, days, day = scratch.run(text, 10)[0]
            assert count == len(loaded)
            assert total == sum(int(str(r[0])) for r in loaded)
            assert known == sum(r[2] is not None for r in loaded)
            assert float(added or 0) == sum(float(str(r[2])) for r in loaded if r[2] is not None)
            assert days == sum(r[5] is not None for r in loaded)
            assert str(day) == "2020-02-29"
