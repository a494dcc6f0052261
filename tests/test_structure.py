"""Structure: queries are alike by their trees, and tables hang together by foreign keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlwright import sql
from sqlwright.knowledge.collect import from_schema
from sqlwright.knowledge.joins import between, graph_of
from sqlwright.knowledge.structure import MARK, structure_words
from sqlwright.schema import read_ddl

ORDERS = "SELECT o.id, SUM(l.price) AS total FROM orders o JOIN lines l ON l.order_id = o.id WHERE o.placed > '2024-01-01' GROUP BY o.id"


@pytest.mark.parametrize(
    "same",
    [
        "select x.id, sum(y.price) as s from orders x join lines y on x.id = y.order_id where x.placed > '1999-09-09' group by x.id",
        "SELECT orders.id, SUM(lines.price) FROM orders JOIN lines ON lines.order_id = orders.id WHERE orders.placed > '1' GROUP BY orders.id",
    ],
)
def test_aliases_constants_and_layout_do_not_matter(same: str) -> None:
    words = [sorted(structure_words(sql.read(text, "sqlite"))) for text in (ORDERS, same)]
    assert words[0] == words[1]


@pytest.mark.parametrize(
    ("change", "to"),
    [
        ("SUM", "MAX"),
        ("o.placed >", "o.paid >"),
        ("JOIN lines l ON l.order_id = o.id", "JOIN lines l ON l.line_id = o.id"),
        ("orders", "offers"),
        (">", "<"),
    ],
)
def test_what_matters_does(change: str, to: str) -> None:
    words = [
        sorted(structure_words(sql.read(text, "sqlite")))
        for text in (ORDERS, ORDERS.replace(change, to))
    ]
    assert words[0] != words[1]


def test_no_word_of_a_text_looks_like_one_of_a_tree() -> None:
    from sqlwright.knowledge.words import sql_words, words

    found = structure_words(sql.read(ORDERS, "sqlite"))
    assert all(word.startswith(MARK) and not word.split()[1:] for word in found)
    assert not any(word.startswith(MARK) for word in (*words("#t:orders"), *sql_words("#t:orders")))
    assert {
        "#t:orders",
        "#t:lines",
        "#j:lines.order_id=orders.id",
        "#where:orders.placed",
        "#f:sum",
    } <= set(found)


CHAIN = """
CREATE TABLE regions (id INTEGER PRIMARY KEY);
CREATE TABLE towns (id INTEGER PRIMARY KEY, region INTEGER REFERENCES regions (id));
CREATE TABLE shops (id INTEGER PRIMARY KEY, town INTEGER REFERENCES towns (id), boss INTEGER REFERENCES shops (id));
CREATE TABLE sales (id INTEGER PRIMARY KEY, shop INTEGER REFERENCES shops (id), item INTEGER REFERENCES items (id));
CREATE TABLE items (id INTEGER PRIMARY KEY);
CREATE TABLE notes (id INTEGER PRIMARY KEY);
"""


@pytest.mark.parametrize(
    ("named", "found"),
    [
        (("sales", "towns"), ["shops"]),
        (("regions", "sales"), ["shops", "towns"]),
        (("Items", "towns"), ["shops", "sales"]),
        (("sales", "shops"), []),
        (("sales",), []),
        (("sales", "notes"), []),
        (("sales", "unknown"), []),
        ((), []),
    ],
)
def test_what_joins_two_tables_stands_between_them(
    named: tuple[str, ...], found: list[str]
) -> None:
    graph = graph_of(from_schema(read_ddl(CHAIN, "sqlite")))
    assert sorted(between(graph, named)) == sorted(found)
    assert graph["shops"] == {"towns", "sales"}, "a key to the table itself leads nowhere"


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=14),
    st.sets(st.integers(0, 9), max_size=4),
)
def test_bridges_lead_from_table_to_table(keys: list[tuple[int, int]], named: set[int]) -> None:
    near: dict[str, set[str]] = {str(n): set() for n in range(10)}
    for a, b in keys:
        if a != b:
            near[str(a)].add(str(b))
            near[str(b)].add(str(a))
    graph = {name: frozenset(others) for name, others in near.items()}
    names = sorted(map(str, named))
    found = between(graph, names)
    assert not set(found) & set(names)
    assert found == between(graph, names)
    # each bridge touches two of what is joined: it is on a way, not at its end
    everything = {*found, *names}
    assert all(len(near[step] & everything) >= 2 for step in found)
    assert len(found) == len(set(found))
    if len(names) == 2 and names[1] in near[names[0]]:
        assert found == []
    assert all(a != b for a, b in pairwise(found))


def test_words_are_known_in_the_other_language() -> None:
    from sqlwright.knowledge.lexicon import in_the_other_language
    from sqlwright.knowledge.words import words

    assert in_the_other_language(words("заказы клиентов")) == words("order customer client buyer")
    assert "сотрудник" in in_the_other_language(words("employees"))
    assert in_the_other_language(["c_custkey", "неттакогослова"]) == []
