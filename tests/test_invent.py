"""Invented queries bind and run; worsenings keep their result on random databases; breakings break."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from random import Random

import pytest

from sqlwright import sql
from sqlwright.data.invent import invent_query
from sqlwright.data.invent_schema import invent_schema
from sqlwright.data.notes import NOTES, alias_note
from sqlwright.data.pairs import invent_pair
from sqlwright.data.scopes import Worsening
from sqlwright.data.worsen import BREAKINGS, WORSENINGS, worsen
from sqlwright.errors import SqlError
from sqlwright.prompt import canonical
from sqlwright.schema import Schema, read_ddl

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import mini

SHOP = read_ddl(
    """CREATE TABLE shop (id INT PRIMARY KEY, city TEXT NOT NULL, size INT, opened DATE NOT NULL);
    CREATE TABLE sale (no INT PRIMARY KEY, shop_id INT NOT NULL REFERENCES shop (id), day DATE NOT NULL,
      amount DECIMAL(9, 2) NOT NULL, note TEXT, buyer INT REFERENCES buyer (b_id));
    CREATE TABLE buyer (b_id INT PRIMARY KEY, name TEXT NOT NULL, boss INT REFERENCES buyer (b_id))""",
    "postgres",
)

# A query that each worsening fits: its own invented ones may take long to come.
FITTING = {
    "in_list_to_or": "SELECT s.id FROM shop AS s WHERE s.size IN (1, 2, 3)",
    "between_to_negation": "SELECT s.id FROM shop AS s WHERE s.size BETWEEN 2 AND 9",
    "between_to_bounds": "SELECT s.id FROM shop AS s WHERE s.size BETWEEN 2 AND 9",
    "range_to_year": "SELECT s.id FROM shop AS s "
    "WHERE s.opened >= '1995-01-01' AND s.opened < '1996-01-01'",
    "coalesce_to_case": "SELECT COALESCE(s.size, 0) AS n FROM shop AS s",
    "common_factor": "SELECT s.id FROM shop AS s WHERE s.size > 3 AND (s.city = 'A' OR s.city = 'B')",
    "exists_to_count": "SELECT s.id FROM shop AS s "
    "WHERE EXISTS (SELECT 1 FROM sale AS x WHERE x.shop_id = s.id)",
    "exists_select_more": "SELECT s.id FROM shop AS s "
    "WHERE EXISTS (SELECT 1 FROM sale AS x WHERE x.shop_id = s.id)",
    "exists_to_distinct_join": "SELECT s.id, s.city FROM shop AS s "
    "WHERE EXISTS (SELECT 1 FROM sale AS x WHERE x.shop_id = s.id AND x.amount > 3)",
    "not_exists_to_not_in": "SELECT s.id FROM shop AS s "
    "WHERE NOT EXISTS (SELECT 1 FROM sale AS x WHERE x.shop_id = s.id AND x.amount > 3)",
    "distinct_in_subquery": "SELECT s.id FROM shop AS s WHERE s.id IN (SELECT x.shop_id FROM sale AS x)",
    "order_in_subquery": "SELECT s.id FROM shop AS s WHERE s.id IN (SELECT x.shop_id FROM sale AS x)",
    "aggregate_join_to_scalar": "SELECT s.id, s.size FROM shop AS s JOIN (SELECT x.shop_id, "
    "AVG(x.amount) AS a FROM sale AS x GROUP BY x.shop_id) AS g ON g.shop_id = s.id AND s.size < g.a",
    "left_aggregate_to_scalar": "SELECT s.id, g.a FROM shop AS s LEFT JOIN (SELECT x.shop_id, "
    "SUM(x.amount) AS a FROM sale AS x GROUP BY x.shop_id) AS g ON g.shop_id = s.id",
    "left_join_to_scalar": "SELECT x.no, b.name FROM sale AS x LEFT JOIN buyer AS b ON b.b_id = x.buyer",
    "extreme_to_limit": "SELECT x.no FROM sale AS x "
    "WHERE x.amount = (SELECT MAX(y.amount) FROM sale AS y)",
    "distinct_to_group": "SELECT DISTINCT s.city FROM shop AS s",
    "where_to_having": "SELECT s.city, COUNT(*) AS n FROM shop AS s WHERE s.city = 'A' GROUP BY s.city",
    "union_all_to_union": "SELECT s.id, 'a' AS k FROM shop AS s UNION ALL SELECT x.no, 'b' AS k "
    "FROM sale AS x",
    "undone_left_join": "SELECT x.no FROM sale AS x JOIN shop AS s ON s.id = x.shop_id WHERE s.size > 3",
    "filter_in_on": "SELECT x.no FROM sale AS x JOIN shop AS s ON s.id = x.shop_id WHERE s.size > 3",
    "repeated_cte": "WITH t AS (SELECT x.shop_id, SUM(x.amount) AS a FROM sale AS x GROUP BY x.shop_id) "
    "SELECT t.shop_id FROM t WHERE t.a > (SELECT AVG(t.a) FROM t)",
    "count_distinct_key": "SELECT COUNT(*) AS n FROM sale AS x",
}


def database_free(schema: Schema, first: str, second: str) -> bool | None:
    """Do both texts return the same rows on random databases that keep the schema's keys?"""
    return mini.same_result(schema, first, second)


@pytest.mark.parametrize("worsening", WORSENINGS, ids=lambda w: w.__name__)
def test_a_worsening_keeps_the_result(worsening: Worsening) -> None:
    assert worsening.__doc__
    text = FITTING.get(worsening.__name__)
    cases = [(SHOP, sql.read(text, ""))] * 3 if text else []
    for seed in range(14):
        rng = Random(seed)
        schema = invent_schema(rng)
        cases.append((schema, invent_query(schema, rng)))
    applied = 0
    for seed, (schema, query) in enumerate(cases):
        before = query.sql()
        worse = worsening(query, schema, Random(seed))
        assert query.sql() == before, "the query given must not change"
        if worse is None or worsening.__name__ == "range_to_year":  # SQLite has no EXTRACT
            applied += worse is not None
            continue
        assert worse.sql() != before or worsening.__name__ == "distinct_in_subquery"
        applied += 1
        assert database_free(schema, before, worse.sql()) is True, worse.sql()
    assert applied


@pytest.mark.parametrize("seed", range(12))
def test_invented_queries_bind_and_run(seed: int) -> None:
    rng = Random(1000 + seed)
    schema = invent_schema(rng)
    for _ in range(8):
        query = invent_query(schema, rng)
        sql.bind(query, schema, "sqlite")
        assert sql.read(query.sql(), "").sql() == query.sql()
        database = mini.fill(schema, query, rng)
        try:
            database.execute(sql.write(query, "sqlite")).fetchall()
        except sqlite3.Error as error:
            pytest.fail(f"{error}: {query.sql()}")
        finally:
            database.close()


def test_a_seed_gives_one_query() -> None:
    texts = [invent_query(SHOP, Random(5)).sql() for _ in range(2)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("seed", range(10))
def test_pairs_keep_the_result_under_notes(seed: int) -> None:
    for schema in (SHOP, invent_schema(Random(seed)), mini.tpch()):
        pair = invent_pair(schema, Random(50 + seed), "refactor")
        assert pair is not None
        same = mini.same_result(schema, pair.request.query, pair.answer)
        assert same is not False, (pair.request.query, pair.answer)


def test_a_note_changes_the_answer_and_not_the_result() -> None:
    waiting = {note.change.__name__ for note in NOTES} | {"<lambda>"}  # the note about aliases
    for seed in range(200):
        rng = Random(seed)
        schema = invent_schema(rng)
        query = invent_query(schema, rng)
        for note in (*NOTES, alias_note(schema, rng)):
            if note.change.__name__ not in waiting:
                continue
            other = note.change(query, schema, rng)
            if other is not None and other.sql() != query.sql():
                waiting.discard(note.change.__name__)
                assert mini.same_result(schema, query.sql(), other.sql()) is not False
        if not waiting:
            break
    assert not waiting


def refuses(database: sqlite3.Connection, text: str) -> bool:
    """Does SQLite not run that text?"""
    try:
        database.execute(text)
    except sqlite3.Error:
        return True
    finally:
        database.close()
    return False


@pytest.mark.parametrize("breaking", BREAKINGS, ids=lambda b: b.__name__)
def test_a_breaking_breaks(breaking: object) -> None:
    assert callable(breaking)
    broken = 0
    for seed in range(40):
        rng = Random(seed)
        query = invent_query(SHOP, rng)
        text = query.sql()
        found = breaking(text, query, SHOP, rng)
        try:
            sql.bind(sql.read(found, "sqlite"), SHOP, "sqlite")
        except SqlError:
            broken += 1
        else:  # sqlglot forgives some of it; an engine does not
            broken += canonical(found, "sqlite") != canonical(text, "sqlite")
            broken += refuses(mini.fill(SHOP, query, rng), found)
    assert broken >= 3


def test_worsen_names_what_it_did() -> None:
    query = sql.read(FITTING["exists_to_count"], "")
    worse, names = worsen(query, SHOP, Random(1), 3)
    assert len(names) == 3
    assert worse.sql() != query.sql()
