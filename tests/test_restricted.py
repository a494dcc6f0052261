"""Answers that name only what is there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlwright.model import load_model
from sqlwright.prompt import Request, compact_schema
from sqlwright.restricted import Names
from sqlwright.rewrite import Rejected, by_model
from sqlwright.schema import read_ddl

NAMES = Names(
    {"orders": ("id", "customer_id", "order_date"), "customers": ("id", "name")},
    frozenset({"c2"}),
)
GOOD = (
    "SELECT COUNT(*) AS n FROM orders WHERE order_date >= '2024-01-01 o_x'",
    "SELECT c.name, COUNT(*) AS n FROM customers AS c JOIN orders ON orders.customer_id = c.id GROUP BY c.name ORDER BY n DESC",
    "SELECT name FROM customers WHERE name LIKE '%it''s odd_name%' AND id IN (SELECT customer_id FROM orders)",
    "SELECT c2.name FROM customers AS c2",
)


@pytest.mark.parametrize("text", GOOD)
def test_every_beginning_of_a_good_query_can_go_on(text: str) -> None:
    for end in range(len(text) + 1):
        assert NAMES.can_go_on(text[:end]), text[:end]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ship_date FROM orders",
        "SELECT order_dates ",
        "SELECT orders.name",  # another table's column
        "SELECT ordx.name FROM x",
        "SELECT cz FROM customers",
        "SELECT c.nam FROM customers AS c",
        "SELECT id FROM customers WHERE nme = 'a'",
    ],
)
def test_a_name_that_is_nowhere_cannot(text: str) -> None:
    assert not NAMES.can_go_on(text)


@given(st.text(max_size=40))
def test_it_never_fails_and_quotes_hide(text: str) -> None:
    NAMES.can_go_on(text)
    if "'" not in text:
        assert NAMES.can_go_on(f"SELECT id FROM orders WHERE id = '{text}")


def test_mini_names_only_what_it_was_shown(tmp_path) -> None:  # type: ignore[no-untyped-def]
    """Over a schema whose columns say nothing: each answer parses and binds as to its names."""
    schema = read_ddl(
        "CREATE TABLE zq (zq_a1 INTEGER PRIMARY KEY, zq_b2 DATE NOT NULL, zq_c3 TEXT);"
        "CREATE TABLE wv (wv_d4 INTEGER PRIMARY KEY, wv_e5 INTEGER NOT NULL REFERENCES zq (zq_a1))",
        "sqlite",
    )
    request = Request(
        "write",
        "How many orders were placed in 1995?",
        "",
        compact_schema(schema.tables),
        (),
        "sqlite",
    )
    answers = by_model(request, schema, load_model("mini"), samples=3, max_new_tokens=60)
    named = [
        a
        for a in answers
        if isinstance(a, Rejected) and "no table of the query has a column" in a.reason
    ]
    unknown = [a for a in named if not any(name in a.text for name in ("zq_", "wv_"))]
    assert not unknown
