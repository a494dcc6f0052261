"""Values for columns: of the right form, within the declared type, around what decides a query."""

import sqlite3

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqlwright.schema import Column, Table
from sqlwright.verify import values
from sqlwright.verify.scratch import open_scratch
from sqlwright.verify.values import Value, around, coerce, form_of, like_texts, matches_like
from sqlwright.verify.widths import closed, coerce_to, fits, fresh, width_of
from sqlwright.verify.witness import Witness

# a column type of each form
TYPES = {
    "int": "BIGINT", "num": "DECIMAL(12, 4)", "real": "DOUBLE PRECISION", "bool": "BOOLEAN",
    "text": "TEXT", "date": "DATE", "timestamp": "TIMESTAMP", "time": "TIME", "other": "BYTEA",
    "timestamptz": "timestamp with time zone", "year": "YEAR", "uuid": "uuid", "json": "jsonb",
    "array": "integer[]", "bare array": "uuid[]", "interval": "interval", "inet": "inet",
    "bit": "bit(4)", "xml": "xml",
}  # fmt: skip

CONSTANTS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.booleans(),
    st.text(max_size=12),
    st.dates().map(str),
    st.datetimes().map(str),
    st.times().map(str),
    st.sampled_from(
        ["9999-12-31", "0001-01-01", "2024-2-9", "2024-01-01 23:59:59.999", "2024-05-05T10:00:00+02:00",
         "1e400", "1E400", "[-1e999]", "nan", "{}", "[1]", "NaN", "10.0.0.300", "1 day", "0101", "<a/>", "١٢"]
    ),
)  # fmt: skip


def test_every_form_is_met() -> None:
    for form, name in TYPES.items():
        assert form_of(name) == form
        assert all(coerce(form, value) == value for value in values.defaults(form)), form


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("character varying(20)[]", "array"), ("date[]", "bare array"), ("TIMESTAMPTZ(3)", "timestamptz"),
        ("TIMESTAMP WITH TIME ZONE", "timestamptz"), ("timestamp without time zone", "timestamp"),
        ("ENUM('a')", "text"), ("INTERVAL DAY TO SECOND", "interval"), ("int8", "int"),
        ("BIT VARYING(3)", "bit"), ("year(4)", "year"), ("bytea", "other"), ("blob", "other"),
        ("money", "num"), ("TINYINT(1)", "bool"), ("INTEGER[][]", "bare array"),
    ],
)  # fmt: skip
def test_forms_of_types(name: str, form: str) -> None:
    assert form_of(name) == form


@given(st.sampled_from(sorted(TYPES)), CONSTANTS)
@settings(max_examples=400, deadline=None)
def test_around_begins_with_the_constant_as_a_value_of_the_form(form: str, constant: Value) -> None:
    value = coerce(form, constant)
    found = around(form, constant)
    assert found[:1] == (() if value is None else (value,))
    assert len(set(found)) == len(found)
    for item in found:
        assert coerce(form, item) == item
        assert type(coerce(form, item)) is type(item)


@given(st.text(alphabet="ab%_\\.", max_size=8), st.sampled_from(["", "\\", "!"]))
@settings(max_examples=400, deadline=None)
def test_like_texts_hold_a_match_and_a_miss(pattern: str, escape: str) -> None:
    found = like_texts(pattern, escape)
    verdicts = [matches_like(text, pattern, escape=escape) for text in found]
    assert verdicts[0]
    assert not all(verdicts) or (pattern and set(pattern) == {"%"})


@given(st.text(alphabet="ab%_", max_size=6), st.text(alphabet="ab%_", max_size=8), st.booleans())
@settings(max_examples=200, deadline=None)
def test_matches_like_agrees_with_engines(pattern: str, text: str, escaped: bool) -> None:
    if escaped:
        pattern = pattern.replace("_", "!_")
    suffix = " ESCAPE '!'" if escaped else ""
    (found,) = LIKE.execute(f"SELECT ? LIKE ?{suffix}", (text, pattern)).fetchone()
    assert matches_like(text, pattern, escape="!" if escaped else "") == bool(found)


LIKE = sqlite3.connect(":memory:")


def test_many_wildcards_take_no_time() -> None:
    assert not matches_like("a" * 60, "%" * 40 + "b")
    assert len(like_texts("%a%b%c%_%")) < 15


@pytest.mark.parametrize("engine", ["sqlite", "duckdb"])
@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "sqlite", "mysql"])
def test_scratch_engines_take_every_value(engine: str, dialect: str) -> None:
    names = dict(enumerate(TYPES.items()))
    table = Table("t", tuple(Column(f"c{n}", name) for n, (_, name) in names.items()))
    seeds: tuple[Value, ...] = (
        "2024-02-29", "9999-12-31", "2024-12-31 23:59:59.5", "x'y", 7, 2.25, True, "[1, 2]", "{1,2}",
        "23:59:59", "10.0.0.9", "2 days", "0110", "6f8a1c00-0000-4000-8000-000000000001", 2**62,
    )  # fmt: skip
    pools = [values.pool(form, seeds, 9) for form, _ in names.values()]
    pools = [
        [fresh(name, 5), *(coerce_to(name, v) for v in pool)]
        for pool, (_, name) in zip(pools, names.values(), strict=True)
    ]
    width = max(map(len, pools))
    rows = tuple(tuple(pool[n % len(pool)] for pool in pools) for n in range(width))
    scratch = open_scratch(engine, (table,), dialect)
    scratch.load(Witness((table,), (rows,)))
    assert scratch.run("SELECT COUNT(*) FROM t", 5.0) == [(width,)]
    scratch.close()


def test_duckdb_takes_the_finer_forms_as_types_of_its_own() -> None:
    own = {"timestamptz": "TIMESTAMPTZ", "uuid": "UUID", "interval": "INTERVAL", "bit": "BIT",
           "other": "BLOB"}  # fmt: skip
    connection = duckdb.connect(":memory:")
    for form, name in own.items():
        for value in (*values.defaults(form), fresh(TYPES[form], 3)):
            assert connection.execute(
                f"SELECT CAST(? AS {name}) IS NOT NULL", [value]
            ).fetchone() == (True,)


def test_edges_of_dates_and_moments() -> None:
    found = around("date", "2023-05-17")
    assert found[0] == "2023-05-17"
    assert {"2023-05-16", "2023-05-18", "2023-05-01", "2023-05-31", "2023-06-01", "2023-06-30",
            "2023-05-15", "2023-05-14", "2022-05-17", "2020-02-29"} <= set(found)  # fmt: skip
    assert around("date", "9999-12-31")[:2] == ("9999-12-31", "9999-12-30")
    moments = around("timestamp", "2023-05-17 10:30:00")
    assert moments[0] == "2023-05-17 10:30:00"
    assert {"2023-05-17 10:29:59", "2023-05-17 10:29:59.999999", "2023-05-17 00:00:00",
            "2023-05-17 23:59:59.999999", "2023-05-01 00:00:00", "2023-04-30 23:59:59"} <= set(moments)  # fmt: skip
    assert coerce("timestamptz", "2023-05-17T10:30:00+02:00") == "2023-05-17 08:30:00"
    assert coerce("timestamp", "2023-05-17T10:30:00+02:00") == "2023-05-17 10:30:00"


def test_neighbors_of_numbers_and_texts() -> None:
    assert around("int", "9007199254740993")[0] == 2**53 + 1  # a float would lose the last digit
    assert {0.049, 0.051} <= set(around("num", 0.05)) or {0.04, 0.06} <= set(around("num", 0.05))
    assert {0.1249, 0.1251} <= set(around("num", 0.125)) or 0.124 in around("num", 0.125)
    assert {"ab", "a", "AB", "ab ", "xab", "abx", ""} == set(around("text", "ab"))
    assert {"10", "9", "11", "010"} <= set(around("text", 10))


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("TINYINT", (-128, 127), (-129, 128)),
        ("TINYINT UNSIGNED", (0, 255), (-1, 256)),
        ("UTINYINT", (0, 255), (-1, 256)),
        ("SMALLINT", (-32768, 32767), (32768,)),
        ("MEDIUMINT", (8388607,), (8388608,)),
        ("int2", (32767,), (32768,)),
        ("INT", (2**31 - 1, -(2**31)), (2**31,)),
        ("INT(10) UNSIGNED", (2**32 - 1,), (-1, 2**32)),
        ("BIGINT", (2**63 - 1,), (2**63,)),
        ("DECIMAL(3, 1)", (99.9, -99.9), (100.0, 99999, 1.25)),
        ("DECIMAL(5)", (99999.0,), (0.5, 100000)),
        ("decimal(5,2) unsigned", (0.01,), (-0.01,)),
        ("VARCHAR(3)", ("abc", "a "), ("abcd", 5)),
        ("CHAR(3)", ("abc", "a"), ("abcd", "a ")),
        ("CHAR", ("a",), ("ab",)),
        ("character varying", ("a" * 300,), ()),
        ("DATETIME", ("2020-01-01 00:00:00",), ("2020-01-01 00:00:00.5",)),
        ("DATETIME(3)", ("2020-01-01 00:00:00.500000",), ("2020-01-01 00:00:00.000001",)),
        ("BIT(3)", ("101",), ("1", "1010", "abc")),
        ("YEAR", (1901, 2155), (1900, 0)),
        ("ENUM('a','b')", ("a",), ("c", "A")),
        ("SET('a','b')", ("", "a,b"), ("b,a", "c")),
        ("BOOLEAN", (True,), ("maybe",)),
        ("jsonb", ('{"a": 1}',), ("{a", "a")),
        ("uuid", ("6f8a1c00-0000-4000-8000-000000000001",), ("x",)),
    ],
)  # fmt: skip
def test_widths(name: str, inside: tuple[Value, ...], outside: tuple[Value, ...]) -> None:
    for value in (*inside, None):
        assert fits(name, value), value
    for value in outside:
        assert not fits(name, value), value
        nearest = coerce_to(name, value)
        assert fits(name, nearest), nearest


def test_sqlite_enforces_no_width() -> None:
    assert fits("VARCHAR(3)", "abcdef", "sqlite")
    assert fits("INT", 2**40, "sqlite")
    assert not fits("INT", 2**40, "postgres")


@given(st.sampled_from([*TYPES.values(), "VARCHAR(2)", "TINYINT", "DECIMAL(4, 2)", "CHAR(2)",
                        "DATETIME", "ENUM('a','b')", "bit(2)"]), CONSTANTS)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_what_was_coerced_fits(name: str, constant: Value) -> None:
    assert fits(name, coerce_to(name, constant))


def test_fresh_values_never_repeat() -> None:
    for name in [
        *TYPES.values(),
        "VARCHAR(2)",
        "CHAR(1)",
        "TINYINT",
        "BIT(2)",
        "ENUM('a','b','c')",
    ]:
        found = [value for n in range(200) if (value := fresh(name, n)) is not None]
        assert len(found) == len(set(found)) > 1 or width_of(name).form == "bare array", name
        assert all(fits(name, value) for value in found)
    assert closed("SET('x','y')") == ("", "x", "y", "x,y")
