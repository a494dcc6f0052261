"""CHECK constraints: the rows that they allow, compared with PostgreSQL and DuckDB themselves."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlwright.schema import read_ddl
from sqlwright.verify.checks import Checks, read_checks
from sqlwright.verify.patterns import compiled, examples
from sqlwright.verify.values import Value

COLUMNS = (
    "a int, b int, c numeric(10, 2), x text, s varchar(10), d date, e date, m timestamp, f boolean"
)
(TABLE,) = read_ddl(f"CREATE TABLE t ({COLUMNS})", "postgres").tables
NAMES = [column.name for column in TABLE.columns]


def checks(*texts: str, dialect: str = "postgres") -> Checks:
    return read_checks(replace(TABLE, checks=texts), dialect)


# every value of a column with every value of the one other column that a CHECK speaks of
POOLS: dict[str, tuple[Value, ...]] = {
    "a": (None, 0, 1, 2, 3, 5, 8, -1), "b": (None, 0, 1, 2), "c": (None, 0.0, 1.5, 4.99, -5.0, 0.25),
    "x": (None, "", "a", "b", "A", "ab12", "x@y.com", "@", "a_b", "AB", "111-1111", "foo", " "),
    "s": (None, "a", "b", "open", "OPEN", "c"), "d": (None, "2019-12-31", "2020-01-01", "2020-02-29"),
    "e": (None, "2020-01-01", "2020-01-02", "2020-03-01"),
    "m": (None, "2020-01-01 00:00:00", "2020-01-01 00:00:01", "2019-05-05 10:00:00"),
    "f": (None, True, False),
}  # fmt: skip

EVERYWHERE = [
    "a > 0", "a % 2 = 0", "a BETWEEN 1 AND 3", "a IN (1, 2)", "a NOT IN (1, 2)", "a IS NOT NULL",
    "a <> 5 AND (a > 1 OR a IS NULL)", "a IS DISTINCT FROM b", "a > b", "a + b = 3", "a / 2 > 1",
    "(a IS NULL) <> (b IS NULL)", "CASE WHEN a > 1 THEN b IS NULL ELSE true END", "coalesce(a, 0) >= 0",
    "c >= 0.00", "c > -5 AND c < 5", "a <= c * 1.5", "c = round(c, 1)", "abs(a) < 5", "a > 5 + 3",
    "s IN ('a', 'b')", "s <> 'open' OR d IS NULL", "x LIKE '%@%'", "x LIKE 'a%'", "x LIKE '_'",
    "length(x) > 1", "length(x) <= 2", "x = upper(x)", "lower(x) = x", "trim(x) <> ''",
    "left(x, 1) = 'a'", "substring(x, 1, 1) = 'a'", "d >= DATE '2020-01-01'", "e > d", "e >= d + INTERVAL '1 day'",
    "extract(year FROM d) = 2020", "m > TIMESTAMP '2020-01-01 00:00:00'", "f", "NOT f", "f OR a > 0",
    "(a > 0) IS TRUE", "a IS NULL OR b IS NULL", "x ~ '^[a-z]+[0-9]{2,}$'", "x ~ 'b'", "NOT (x ~ 'a')",
    "d < CURRENT_DATE", "CAST(a AS text) <> '5'", "starts_with(x, 'a')", "greatest(a, b) > 1",
]  # fmt: skip
POSTGRES = [
    "(s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])",
    "x <> ALL (ARRAY['a'::text, 'b'::text])", "x ~* '^A'", "x !~ 'a'", "x !~* 'A'",
    "x ~ '^\\d{3}-\\d{4}$'::text", "x ~ '^[[:alpha:]]+$'", "x SIMILAR TO '(a|b)%'", "x LIKE 'a\\_%'",
    "num_nonnulls(a, b) = 1", "num_nulls(a, b, c) < 2", "char_length((x)::text) <= 3",
    "(d)::timestamp without time zone <= '2020-01-01 00:00:00'::timestamp without time zone",
    "position('@' in x) > 1", "strpos(x, '@') > 1", "btrim(x) <> ''::text", "date_part('year', d) > 2019",
    "date_trunc('month', d) = d", "m < now()", "(x COLLATE \"C\") ~ '^a'", "x IS NOT DISTINCT FROM 'a'",
    "x ILIKE 'AB%'",
]  # fmt: skip


@pytest.fixture(scope="module")
def postgres(postgres_server: str) -> Iterator[Any]:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        yield connection


def rows_of(columns: tuple[str, ...]) -> list[dict[str, Value]]:
    return [
        dict(zip(columns, values, strict=True))
        for values in itertools.product(*(POOLS[column] for column in columns))
    ]


def literal(value: Value, kind: str) -> str:
    text = "NULL" if value is None else str(value) if not isinstance(value, str) else f"'{value}'"
    return f"CAST({text} AS {kind})"


def truth(run: Any, text: str, columns: tuple[str, ...], rows: list[dict[str, Value]]) -> list[Any]:
    """What the engine says of the check for each row; NULL passes."""
    kinds = {column.name: column.type for column in TABLE.columns}
    lines = ", ".join(
        f"({n}, {', '.join(literal(row[c], kinds[c]) for c in columns)})"
        for n, row in enumerate(rows)
    )
    query = f"SELECT ({text}) IS NOT FALSE FROM (VALUES {lines}) AS t (n, {', '.join(columns)}) ORDER BY n"
    return [found for (found,) in run(query).fetchall()]


@pytest.mark.parametrize("text", [*EVERYWHERE, *POSTGRES])
def test_postgres_allows_the_same_rows(text: str, postgres: Any) -> None:
    found = checks(text)
    assert found.unkept == ()
    rows = rows_of(found.columns)
    verdicts = [found.allows(row) for row in rows]
    assert verdicts == truth(postgres.execute, text, found.columns, rows)
    assert True in verdicts


@pytest.mark.parametrize("text", EVERYWHERE)
def test_duckdb_allows_the_same_rows(text: str) -> None:
    found = checks(text, dialect="duckdb")
    assert found.unkept == ()
    rows = rows_of(found.columns)
    with duckdb.connect(":memory:") as connection:
        wanted = truth(connection.execute, text, found.columns, rows)
    assert [found.allows(row) for row in rows] == wanted


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("`x` REGEXP '^A'", {"x": "ab"}, {"x": "b"}),
        ("YEAR(d) > 2019", {"d": "2020-01-01"}, {"d": "2019-12-31"}),
        ("e > d + interval 1 day", {"d": "2020-01-01", "e": "2020-01-03"}, {"d": "2020-01-01", "e": "2020-01-02"}),
        ("datediff(e, d) > 1", {"d": "2020-01-01", "e": "2020-01-03"}, {"d": "2020-01-01", "e": "2020-01-02"}),
        ("s IN (_utf8mb4'a', _latin1'b')", {"s": "b"}, {"s": "c"}),
        ("a XOR b", {"a": 1, "b": 0}, {"a": 2, "b": 1}),
        ("json_valid(x)", {"x": "{}"}, {"x": "{"}),
        ("a / 2 > 1", {"a": 3}, {"a": 2}),
        ("char_length(x) = 3", {"x": "abc"}, {"x": "ab"}),
        ("a <=> b", {"a": None, "b": None}, {"a": None, "b": 1}),
    ],
)  # fmt: skip
def test_checks_of_mysql(text: str, inside: dict[str, Value], outside: dict[str, Value]) -> None:
    found = checks(text, dialect="mysql")
    assert found.unkept == ()
    assert found.allows(inside)
    assert not found.allows(outside)


@pytest.mark.parametrize(
    "text", ["secret(a) > 3", "zzz > 0", "a > (SELECT 1)", "x ~ '(?<!a)(?P<n'", "((", "a # b = 0"]
)
def test_what_cannot_be_evaluated_is_named(text: str) -> None:
    found = checks("a > 0", text)
    assert found.unkept == (text,)
    assert found.allows({"a": 1})
    assert not found.allows({"a": 0})


def test_a_table_without_checks_allows_everything() -> None:
    found = checks()
    assert found.allows({"a": None})
    assert (found.columns, found.unkept, found.constants("a")) == ((), (), ())
    assert found.why_contradictory() is None


def test_values_that_pass_are_found_for_every_check() -> None:
    for text in (*EVERYWHERE, *POSTGRES):
        found = checks(text)
        assert found.why_contradictory() is None, text
        for column in found.columns:
            assert all(found.allows_value(column, value) for value in found.constants(column))


def test_constants_are_bounds_lists_and_neighbors() -> None:
    found = checks(
        "a BETWEEN 3 AND 9", "s IN ('open', 'done')", "x ~ '^[A-Z]{2}-[0-9]+$'", "char_length(x) < 9",
        "d >= '2024-03-01'", "c > 0.5",
    )  # fmt: skip
    assert {3, 4, 8, 9} <= set(found.constants("a"))
    assert not {2, 10} & set(found.constants("a"))
    assert found.constants("s") == ("open", "done")
    assert all(compiled("^[A-Z]{2}-[0-9]+$").search(str(v)) for v in found.constants("x"))  # type: ignore[union-attr]
    assert found.constants("x")
    assert {"2024-03-01", "2024-03-31"} <= set(found.constants("d"))
    assert {0.51, 1.5} <= set(found.constants("c"))


@pytest.mark.parametrize(
    "texts",
    [
        ("a > 5", "a < 3", "a IS NOT NULL"),
        ("a > 5 AND a < 5 AND a IS NOT NULL",),
        ("s IN ('a')", "s IN ('b')", "s IS NOT NULL"),
        ("a > b", "b > a", "a IS NOT NULL", "b IS NOT NULL"),
        ("false",),
    ],
)
def test_contradictions_are_found(texts: tuple[str, ...]) -> None:
    assert checks(*texts).why_contradictory() == (
        "no row found that the CHECK constraints of table t allow"
    )


def test_null_passes_where_it_may_stand() -> None:
    assert checks("a > 5", "a < 3").why_contradictory() is None
    columns = tuple(replace(c, nullable=False) for c in TABLE.columns)
    strict = replace(TABLE, columns=columns, checks=("a > 5", "a < 3"))
    assert read_checks(strict, "postgres").why_contradictory() is not None


def test_mend_changes_only_what_it_may() -> None:
    found = checks("num_nonnulls(a, b) = 1", "e > d", "s IN ('open', 'done')", "s <> 'done' OR f")
    pools: dict[str, tuple[Value, ...]] = {
        "a": (None, 1), "b": (None, 2), "d": ("2019-01-01", "2020-05-01"), "f": (None, True, False),
        "e": ("2020-01-01", "2020-02-01"), "s": ("open", "x", "done"),
    }  # fmt: skip
    for seed in range(50):
        generator = random.Random(seed)
        row = {"a": 7, "b": 9, "d": "2020-05-01", "e": "2020-01-01", "s": "x", "f": None, "z": seed}
        mended = found.mend(row, {k: v for k, v in pools.items() if k != "e"}, generator)
        assert mended is not None
        assert found.allows(mended)
        assert (mended["e"], mended["d"], mended["z"]) == ("2020-01-01", "2019-01-01", seed)
    assert found.mend({"a": 1, "b": 1}, {"s": ("open",)}, random.Random(0)) is None


PATTERNS = [
    "^[a-z]+[0-9]{2,}$", "a|b|cd", "^(foo|bar)(-[0-9]+)?$", r"^\d{3}-\d{4}$", "^[^@ ]+@[a-z.]+$",
    "[[:upper:]]{2}", r"^\w+\.\w+$", "^.{3,5}$", "x*y+z?", r"^https?://[a-z]+\.[a-z]{2,3}/$", "",
    r"^\+?[0-9 ()-]{5,}$", "^[]a]$", r"\mfoo\M",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_examples_match_their_pattern(pattern: str) -> None:
    found = examples(pattern)
    wanted = compiled(pattern)
    assert found
    assert wanted is not None
    assert all(wanted.search(text) for text in found)


@given(st.text(alphabet="ab[](){}*+?|^$\\.-:09,", max_size=12))
@settings(max_examples=500, deadline=None)
def test_no_pattern_breaks_the_writer_of_examples(pattern: str) -> None:
    wanted = compiled(pattern)
    assert all(wanted is not None and wanted.search(text) for text in examples(pattern))


def test_checks_over_enums_and_domains_are_kept() -> None:
    (table,) = read_ddl(
        """
            CREATE TYPE state AS ENUM ('new', 'done');
            CREATE DOMAIN email AS text CHECK (VALUE ~ '^[^@]+@[^@]+$'::text);
            CREATE TABLE u (id int PRIMARY KEY, mail email NOT NULL, "select" state, low int, high int,
              CONSTRAINT r CHECK (low <= high), CONSTRAINT s CHECK ("select" <> 'done'::state OR high > 0));
            """,
        "postgres",
    ).tables
    found = read_checks(table, "postgres")
    assert found.unkept == ()
    assert found.columns == ("low", "high", "select", "mail")
    assert found.allows({"mail": "a@b", "select": "done", "low": 1, "high": 1})
    assert not found.allows({"mail": "ab", "select": "new", "low": 1, "high": 1})
    assert not found.allows({"mail": "a@b", "select": "done", "low": -1, "high": 0})
    assert found.constants("mail")
    assert found.why_contradictory() is None
