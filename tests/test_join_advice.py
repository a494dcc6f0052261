"""What measured plans show of joins, on real engines, and nothing where they show nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from conftest import run_on_mariadb
from sqlwright import sql
from sqlwright.advise import advise
from sqlwright.database import Database, connect
from sqlwright.evidence import plan_of
from sqlwright.explain import explain_on
from sqlwright.join_advice import JoinAdvice, join_advice
from sqlwright.rewrite.joined_first import joined_first
from sqlwright.schema import read_ddl
from sqlwright.show import show_advice
from sqlwright.verify.judge import judge

MADE = """
CREATE TABLE item (id INTEGER NOT NULL PRIMARY KEY, x INTEGER, y INTEGER, z INTEGER);
CREATE TABLE sale (id INTEGER NOT NULL PRIMARY KEY, item_id INTEGER, shop_id INTEGER);
CREATE TABLE shop (id INTEGER NOT NULL PRIMARY KEY, size INTEGER)
"""
# x, y and z are one number in three columns: together they keep a tenth, not a thousandth
TOO_FEW = (
    "SELECT count(*) FROM item AS i JOIN sale AS s ON s.item_id = i.id"
    " WHERE i.x = 1 AND i.y = 1 AND i.z = 1"
)
LATE = (
    "SELECT count(*) FROM item AS i JOIN sale AS s ON s.item_id = i.id"
    " JOIN shop AS h ON h.id = s.shop_id"
    " WHERE i.x = 1 AND i.y = 1 AND i.z = 1 AND h.size < 1 + 0 * h.id"
)
AGAIN = "SELECT i.id FROM item AS i WHERE (SELECT count(*) FROM shop AS h WHERE h.size = i.x) > 3"
PLAIN = "SELECT count(*) FROM item AS i JOIN sale AS s ON s.item_id = i.id WHERE i.x = 1"


@pytest.fixture(autouse=True)
def told_however_brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlwright.join_advice.BRIEF", 0.0)


@pytest.fixture(scope="module")
def postgres(postgres_server: str) -> Iterator[Database]:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")
        server.execute(MADE)
        server.execute(
            "INSERT INTO item SELECT i, i % 10, i % 10, i % 10 FROM generate_series(1, 20000) i"
        )
        server.execute(
            "INSERT INTO sale SELECT i, 1 + i % 20000, (i * 7919) % 1000"
            " FROM generate_series(1, 120000) i"
        )
        server.execute("INSERT INTO shop SELECT i, i FROM generate_series(0, 999) i")
        server.execute("ANALYZE")
    with connect(postgres_server) as database:
        yield database


def advised(database: Database, text: str) -> tuple[JoinAdvice, ...]:
    query = sql.bind(sql.read(text, database.dialect), database.schema, database.dialect)
    plan = plan_of(database, query, database.schema, run_seconds=30)
    assert plan.is_measured
    return join_advice(plan, query, database.schema, database.dialect)


def test_an_expectation_that_is_too_low_is_told_where_it_begins(postgres: Database) -> None:
    (said,) = advised(postgres, TOO_FEW)
    assert said.kind == "expected-few"
    assert "got 2,000" in said.english
    assert "Seq Scan on item i" in said.english
    assert "Seq Scan on item i" in said.evidence
    assert "ON x, y, z FROM item; ANALYZE item" in said.remedy
    assert "2,000" in said.say("ru")
    assert "Попробуйте: CREATE STATISTICS" in said.say("ru")


def test_the_remedy_of_a_low_expectation_works(postgres: Database, postgres_server: str) -> None:
    import psycopg

    (said,) = advised(postgres, TOO_FEW)
    with psycopg.connect(postgres_server, autocommit=True) as server:
        for statement in said.remedy.partition(" (")[0].split("; "):
            server.execute(statement.encode())
        try:
            assert advised(postgres, TOO_FEW) == ()
        finally:
            server.execute("DROP STATISTICS item_x_y_z")
            server.execute("ANALYZE")


def test_a_join_that_leaves_few_rows_late_is_told(postgres: Database) -> None:
    by_kind = {said.kind: said for said in advised(postgres, LATE)}
    said = by_kind["thinned-late"]
    assert "12,000 rows" in said.english
    assert "the join with h leaves 120" in said.english
    assert "join h with s in a WITH item AS MATERIALIZED" in said.remedy
    assert said.first == ("h", "s")


def test_a_table_that_is_read_for_each_row_is_told(postgres: Database) -> None:
    (said,) = advised(postgres, AGAIN)
    assert said.kind == "read-again"
    assert "shop is read in full 20,000 times, 20,000,000 rows" in said.english


def test_a_plan_that_went_as_expected_shows_nothing(postgres: Database) -> None:
    assert advised(postgres, PLAIN) == ()
    query = sql.bind(sql.read(TOO_FEW, "postgres"), postgres.schema, "postgres")
    expected = plan_of(postgres, query, postgres.schema)
    assert join_advice(expected, query, postgres.schema, "postgres") == ()


def test_duckdb_shows_low_expectations_too(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "shop.duckdb")) as made:
        made.execute(MADE)
        made.execute("INSERT INTO item SELECT i, i, 0, 0 FROM range(50000) t(i)")
        made.execute("INSERT INTO shop SELECT i, i FROM range(1000) t(i)")
        made.execute(
            "INSERT INTO sale SELECT i, CASE WHEN i % 2 = 0 THEN 7 ELSE i % 50000 END, 0"
            " FROM range(100000) t(i)"
        )
    text = (
        "SELECT sum(s.id) FROM item AS i JOIN sale AS s ON s.item_id = i.id"
        " LEFT JOIN shop AS h ON h.id = s.shop_id AND h.size = i.y WHERE i.x = 7"
    )
    with connect(str(tmp_path / "shop.duckdb")) as database:
        (said,) = advised(database, text)
    assert said.kind == "expected-few"
    assert "and got 50,00" in said.english
    assert "ANALYZE" not in said.remedy  # DuckDB keeps its own


def test_mariadb_shows_low_expectations_without_a_tree(mariadb_server: str) -> None:
    """Its plan is a list of tables. Half of the sales are of one item, where one in ten is usual."""
    run_on_mariadb(
        mariadb_server,
        *("DROP DATABASE shop", "CREATE DATABASE shop CHARACTER SET utf8mb4", "USE shop"),
        *MADE.split(";"),
        "CREATE INDEX sale_item ON sale (item_id)",
        "INSERT INTO item SELECT seq, seq, 0, 0 FROM seq_1_to_2000",
        "INSERT INTO sale SELECT seq, IF(seq % 2, 7, 1 + seq % 2000), 0 FROM seq_1_to_20000",
        "ANALYZE TABLE item, sale",
    )
    text = "SELECT sum(s.shop_id) FROM item AS i JOIN sale AS s ON s.item_id = i.id WHERE i.x = 7"
    with connect(mariadb_server) as database:
        (said,) = advised(database, text)
    assert said.kind == "expected-few"
    assert "s (ref)" in said.english
    assert "and got 10,0" in said.english
    assert "ANALYZE TABLE sale" in said.remedy


def test_what_is_joined_first_is_proposed_and_returns_the_same(postgres: Database) -> None:
    advice = advise(LATE, database=postgres, seconds=2, witnesses=5)
    (candidate,) = [c for c in advice.candidates if c.source == "plan: h and s first"]
    assert candidate.survives
    assert candidate.verdict.shown_by
    assert "AS MATERIALIZED" in candidate.text
    assert candidate.query is not None
    assert postgres.rows(candidate.query).rows == postgres.rows(advice.query).rows


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        (LATE, True),
        (LATE.replace(" JOIN shop", " LEFT JOIN shop"), False),
        ("SELECT h.id AS a, s.id FROM shop h, sale s, item i WHERE h.id = s.shop_id", True),
        ("SELECT i.id FROM shop h, sale s, item i GROUP BY i.id HAVING max(h.size) > 3", True),
        (
            "SELECT h.id FROM shop h, sale s, item i"
            " WHERE EXISTS (SELECT 1 FROM item j WHERE j.x = h.size AND j.y = s.id)",
            True,
        ),
        ("SELECT h.id FROM shop h, sale s WHERE h.id = s.shop_id", False),  # nothing else to join
        ("SELECT h.id FROM shop h, sale s, item i, (SELECT 1 AS x) AS d", False),
        ("SELECT h.id FROM shop h, sale s, item i WHERE i.id IN (SELECT h.id FROM shop h)", False),
        (
            "WITH joined_first AS (SELECT 1 AS x) SELECT h.id FROM shop h, sale s, item i",
            False,
        ),
        ("SELECT h.id FROM shop h, sale s, item i UNION SELECT 1", False),
    ],
)
def test_two_tables_are_joined_first_where_all_joins_are_inner(text: str, moved: bool) -> None:
    schema = read_ddl(MADE, "postgres")
    query = sql.read(text, "postgres")
    changed = joined_first(sql.bind(query, schema, "postgres"), ("h", "s"))
    assert (changed is not None) == moved
    if changed is not None:
        again = sql.read(sql.write(changed, "postgres"), "postgres")
        verdict = judge(query, again, schema, "postgres", seconds=3)
        assert verdict.outcome == "no difference found", verdict.reason
        names = [item.alias_or_name for item in changed.selects]
        assert names == [item.alias_or_name for item in query.selects]


def test_optimize_and_explain_show_it(postgres: Database) -> None:
    advice = advise(TOO_FEW, database=postgres, seconds=2, witnesses=5)
    assert [said.kind for said in advice.joins] == ["expected-few"]
    assert advice.as_dict()["plan"]["joins"][0]["kind"] == "expected-few"
    for language, words in (("en", "To try: CREATE STATISTICS"), ("ru", "Попробуйте: CREATE")):
        console = Console(record=True, width=100)
        show_advice(console, advice, language)
        assert words in console.export_text()
    told = explain_on(postgres, sql.read(TOO_FEW, "postgres"), run=True)
    assert any("To try: CREATE STATISTICS" in sentence.text for sentence in told.plan)
    assert not any(
        "To try" in sentence.text
        for sentence in explain_on(postgres, sql.read(TOO_FEW, "postgres")).plan
    )
