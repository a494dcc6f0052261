"""Numbers for findings: plans of real engines are read, and what has no number is told a guess."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import run_on_mariadb
from sqlwright import sql
from sqlwright.advise import advise
from sqlwright.analyze import analyze
from sqlwright.check.text import Settings, check_text
from sqlwright.cli import app
from sqlwright.database import Database, connect
from sqlwright.engines.plans import PlanStep, read_plan
from sqlwright.errors import QueryTimeout, SqlError
from sqlwright.evidence import GUESS, GUESS_RU, about, ask, say_step, with_evidence
from sqlwright.explain import explain_on
from sqlwright.schema import Schema, read_ddl

MANY, FEW = 4000, 40
TABLES = (
    "CREATE TABLE part (id INTEGER NOT NULL PRIMARY KEY, kind INTEGER NOT NULL)",
    "CREATE TABLE sale (id INTEGER NOT NULL PRIMARY KEY, part_id INTEGER NOT NULL,"
    " amount INTEGER NOT NULL, note VARCHAR(200))",
)
# each part's average is asked for again for every sale of it
SLOW = (
    "SELECT SUM(s.amount) AS total FROM sale AS s JOIN part AS p ON p.id = s.part_id"
    " WHERE p.kind = 1 AND s.amount < (SELECT AVG(o.amount) FROM sale AS o WHERE o.part_id = p.id)"
)
SORTED = "SELECT s.note, s.amount FROM sale AS s ORDER BY s.note, s.amount"


@pytest.fixture(params=["sqlite", "duckdb", "postgres", "mariadb"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of 4,000 sales of 40 parts on each engine."""
    parts = ", ".join(f"({i}, {i % 2})" for i in range(FEW))
    sales = ", ".join(f"({i}, {i % FEW}, {i % 97}, '{'n' * 150}{i}')" for i in range(MANY))
    texts = (*TABLES, f"INSERT INTO part VALUES {parts}", f"INSERT INTO sale VALUES {sales}")
    if request.param == "sqlite":
        where = str(tmp_path / "shop.sqlite")
        with sqlite3.connect(where) as connection:
            connection.executescript(";".join(texts))
        connection.close()
    elif request.param == "duckdb":
        import duckdb

        where = str(tmp_path / "shop.duckdb")
        with duckdb.connect(where) as made:
            made.execute(";".join(texts))
    elif request.param == "mariadb":
        where = request.getfixturevalue("mariadb_server")
        again = ("DROP DATABASE shop", "CREATE DATABASE shop CHARACTER SET utf8mb4", "USE shop")
        run_on_mariadb(where, *again, *texts, "ANALYZE TABLE part, sale")
    else:
        import psycopg

        where = request.getfixturevalue("postgres_server")
        with psycopg.connect(where, autocommit=True) as server:
            server.execute("DROP SCHEMA public CASCADE")
            server.execute("CREATE SCHEMA public")
            server.execute(";".join(texts).encode())
            server.execute("ANALYZE")
    with connect(where) as database:
        yield database


def steps_of(database: Database, text: str, *, measured: bool) -> tuple[PlanStep, ...]:
    query = sql.read(text, database.dialect)
    plan = database.measured_plan(query, seconds=30) if measured else database.plan(query)
    read = {"s": "sale", "o": "sale", "p": "part"}
    return read_plan(plan, database.dialect, database.schema, read).steps


def counted(shop: Database) -> str:
    """How many sales the engine says there are: MariaDB's number is near."""
    table = shop.schema.table("sale")
    assert table is not None
    assert table.rows is not None
    assert abs(table.rows - MANY) < MANY // 5
    return f"{table.rows:,}"


def test_a_measured_plan_tells_what_was_read(shop: Database) -> None:
    steps = steps_of(shop, SLOW, measured=True)
    of_sale = [step for step in steps if step.table in ("sale", "s", "o")]
    assert of_sale
    assert max(step.read or 0 for step in of_sale) >= MANY // 2  # DuckDB filters as it scans
    if shop.dialect == "sqlite":  # it measures nothing
        assert all(step.seconds is None for step in steps)
        return
    shares = [step.share for step in steps if step.share is not None]
    assert shares
    assert abs(sum(shares) - 1) < 0.01
    assert all(step.seconds is not None and step.seconds >= 0 for step in steps)
    assert any(step.expected for step in of_sale)
    if shop.dialect in ("postgres", "mysql"):  # a loop for each sale or each part of it
        assert max(step.loops or 0 for step in steps) >= FEW // 2


def test_an_expected_plan_tells_what_the_engine_expects(shop: Database) -> None:
    steps = steps_of(shop, SLOW, measured=False)
    assert steps
    assert all(step.seconds is None and step.given is None for step in steps)
    if shop.dialect != "sqlite":
        assert max(step.expected or 0 for step in steps) >= MANY // 2


def test_a_measured_plan_is_as_careful_as_a_query(shop: Database) -> None:
    from sqlglot import parse_one

    with pytest.raises(SqlError, match="only one read-only query"):
        shop.measured_plan(parse_one("DELETE FROM sale"))  # type: ignore[arg-type]
    still = shop.rows(sql.read("SELECT COUNT(*) AS n FROM sale", shop.dialect)).rows
    assert still == ((MANY,),)


def test_a_measured_plan_is_stopped(shop: Database) -> None:
    if shop.dialect == "sqlite":
        pytest.skip("SQLite does not run the query for its plan")
    endless = "SELECT COUNT(*) FROM sale AS a, sale AS b, sale AS c WHERE a.amount + b.id > c.id"
    start = time.monotonic()
    with pytest.raises(QueryTimeout):
        shop.measured_plan(sql.read(endless, shop.dialect), seconds=0.5)
    assert time.monotonic() - start < 60  # not the minutes that it would take
    again = shop.rows(sql.read("SELECT COUNT(*) AS n FROM part", shop.dialect)).rows
    assert again == ((FEW,),)


def test_a_slow_finding_names_its_numbers(shop: Database) -> None:
    query = sql.read(SLOW, shop.dialect)
    schema = shop.schema
    findings = [f for f in analyze(query, schema) if f.severity == "slow"]
    assert "correlated-aggregate" in [finding.rule for finding in findings]
    for run_seconds in (None, 30.0):
        plan, facts = ask(shop, query, findings, schema, run_seconds=run_seconds)
        assert plan is not None
        told = with_evidence(findings, query, schema, plan, facts)
        said = next(f for f in told if f.rule == "correlated-aggregate")
        assert f"{counted(shop)} rows" in said.say("en"), said.say("en")
        assert f"{counted(shop)}" in said.say("ru"), said.say("ru")
        assert "sale.part_id" in said.evidence
        assert "no index on part_id" in said.evidence
        assert "индекса нет: part_id" in said.evidence_ru
        assert GUESS not in said.evidence
        distinct = facts.of("sale", "part_id").distinct
        assert abs((distinct or 0) - FEW) < 4  # DuckDB's number is near
        about_so_many = "" if facts.of("sale", "part_id").is_exact else "about "
        assert f"sale.part_id has {about_so_many}{distinct} different values" in said.evidence


def test_an_index_is_named(tmp_path: Path) -> None:
    where = tmp_path / "shop.sqlite"
    with sqlite3.connect(where) as connection:
        connection.executescript(
            f"{TABLES[1]}; CREATE INDEX sale_part ON sale (part_id);"
            "INSERT INTO sale VALUES (1, 1, 1, ''), (2, 2, 1, '')"
        )
    connection.close()
    with connect(str(where)) as database:
        query = sql.read("SELECT id FROM sale WHERE part_id + 1 = 3", "sqlite")
        findings = analyze(query, database.schema)
        assert [f.rule for f in findings if f.severity == "slow"] == ["arithmetic-on-column"]
        plan, facts = ask(database, query, findings, database.schema)
        (said,) = with_evidence(findings, query, database.schema, plan, facts)
    assert "the index sale_part begins with it" in said.evidence
    assert "с него начинается индекс sale_part" in said.evidence_ru


def test_without_numbers_it_is_a_guess_said_once() -> None:
    schema = read_ddl(";".join(TABLES), "postgres")
    query = sql.read(SLOW, "postgres")
    before = analyze(query, schema)
    told = with_evidence(before, query, schema)
    for finding, said in zip(before, told, strict=True):
        if finding.severity == "slow":
            assert said.say() == finding.say()[:-1] + f"; {GUESS})"
            assert said.say("ru") == finding.say("ru")[:-1] + f"; {GUESS_RU})"
            assert said.rewrite is finding.rewrite
        else:
            assert said is finding
    assert any(finding.severity == "slow" for finding in before)
    assert with_evidence(before, query, Schema(())) == told


def test_a_finding_is_about_its_own_condition() -> None:
    schema = read_ddl(";".join(TABLES), "postgres")
    text = (
        "SELECT p.id FROM part AS p JOIN sale AS s ON s.part_id = p.id\n"
        "WHERE s.amount + 1 > 3\n  AND p.kind = 2"
    )
    query = sql.read(text, "postgres")
    (finding,) = (f for f in analyze(query, schema) if f.rule == "arithmetic-on-column")
    assert finding.line == 2
    what = about(finding, query, schema)
    assert [table.name for table in what.tables] == ["sale"]
    assert [column.name for _, column in what.columns] == ["amount"]
    assert what.names == {"sale", "s"}
    assert not what.is_sorted


def test_a_sort_that_spills_is_seen(postgres_server: str) -> None:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as server:
        server.execute("DROP SCHEMA public CASCADE")
        server.execute("CREATE SCHEMA public")
        server.execute(";".join(TABLES).encode())
        server.execute(
            "INSERT INTO sale SELECT i, i % 40, i, repeat('n', 150) || i"
            " FROM generate_series(1, 20000) AS i"
        )
        server.execute("ANALYZE")
    with connect(f"{postgres_server}") as database:
        query = sql.read(SORTED, "postgres")
        database._engine._connection.execute("SET work_mem = '64kB'")  # type: ignore[attr-defined]
        database._engine._connection.commit()  # type: ignore[attr-defined]
        plan = read_plan(database.measured_plan(query, seconds=30), "postgres")
        spilled = [step for step in plan.steps if step.spilled]
        assert [step.name for step in spilled] == ["Sort"]
        assert "written to disk" in say_step(spilled[0], "en")
        assert "на диск записано" in say_step(spilled[0], "ru")


# --- plans of engines that are not here: as their manuals print them --------------------------------


def test_a_tree_of_mysql_is_read() -> None:
    plan = """-> Nested loop inner join  (cost=4.95 rows=9) (actual time=0.153..0.200 rows=9 loops=1)
    -> Filter: (t3.i > 8)  (cost=1.75 rows=5) (actual time=0.090..0.100 rows=5 loops=1)
        -> Table scan on t3  (cost=1.75 rows=15) (actual time=0.085..0.090 rows=15 loops=1)
    -> Index lookup on t1 using k (a=t3.a)  (cost=0.5 rows=2) (actual time=0.010..0.016 rows=2 loops=5)
"""
    steps = read_plan(plan, "mysql").steps
    assert [step.loops for step in steps] == [1, 1, 1, 5]
    assert [step.given for step in steps] == [9, 5, 15, 10]
    assert steps[2].table == "t3"
    seconds = [round((step.seconds or 0) * 1000, 3) for step in steps]
    assert seconds == [0.02, 0.01, 0.09, 0.08]


def test_duckdb_of_two_versions_is_read() -> None:
    info = {"Table": "d.main.a", "Estimated Cardinality": "10"}
    old = {"children": [{"operator_name": "SEQ_SCAN ", "operator_timing": 0.5,
                         "operator_cardinality": 7, "operator_rows_scanned": 70,
                         "extra_info": info, "children": []}]}  # fmt: skip
    new = {"operator": [{"name": "SEQ_SCAN", "timing": 0.5, "intermediate_rows": 7,
                         "extra_info": info, "children": []}]}  # fmt: skip
    for tree, read in ((old, 70), (new, 7)):
        (step,) = read_plan(json.dumps(tree), "duckdb").steps
        assert (step.name, step.table) == ("SEQ_SCAN a", "a")
        assert (step.expected, step.given, step.read) == (10, 7, read)
        assert (step.seconds, step.share) == (0.5, 1.0)


@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "mysql", "sqlite"])
@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "no plan at all", "->", "a\tb\n1\t2"])
def test_what_is_no_plan_has_no_numbers(text: str, dialect: str) -> None:
    plan = read_plan(text, dialect)
    assert not plan.is_measured
    assert plan.heaviest(3) == []


def test_a_cte_is_counted_once() -> None:
    plan = """Sort  (cost=5400.56..5400.58 rows=7 width=212) (actual time=33.0..34.0 rows=2.00 loops=1)
  CTE w
    ->  Seq Scan on a a_1  (cost=0.00..2456.00 rows=6 width=4) (actual time=0.0..20.0 rows=6.00 loops=1)
  ->  Hash Join  (cost=30.73..2644.39 rows=7 width=212) (actual time=21.0..33.0 rows=2.00 loops=1)
        ->  CTE Scan on w  (cost=0.00..0.14 rows=7 width=8) (actual time=20.1..21.0 rows=7.00 loops=1)
        ->  Seq Scan on b  (cost=0.00..18.00 rows=1 width=4) (never executed)"""
    steps = {step.name: step for step in read_plan(plan, "postgres").steps}
    taken = {name: round((step.seconds or 0) * 1000, 1) for name, step in steps.items()}
    assert taken == {"Sort": 1.0, "Seq Scan on a a_1": 20.0, "Hash Join": 12.0, "CTE Scan on w": 1.0,
                     "Seq Scan on b": 0.0}  # fmt: skip
    assert steps["Seq Scan on b"].loops == 0


# --- where it is shown ------------------------------------------------------------------------------


def test_check_names_numbers_with_a_database_and_guesses_without(
    shop: Database, request: pytest.FixtureRequest
) -> None:
    address = shop.label
    if shop.dialect in ("postgres", "mysql"):
        fixture = "postgres_server" if shop.dialect == "postgres" else "mariadb_server"
        address = request.getfixturevalue(fixture)
    settings = Settings(shop.schema, shop.dialect, db=address)
    text = f"SELECT 1;\n{SLOW};\nUPDATE part SET kind = 2 WHERE kind + 1 = 3;"
    rows = counted(shop)
    if shop.dialect == "duckdb":  # a file of it is opened once in a process
        shop.close()
    known = [f for f in check_text(text, settings).findings if f.severity == "slow"]
    said = next(f for f in known if f.rule == "correlated-aggregate")
    assert f"{rows} rows" in said.say()
    assert "no index on part_id" in said.evidence
    bare = check_text(text, Settings(dialect=shop.dialect)).findings
    guesses = [finding for finding in bare if finding.severity == "slow"]
    assert guesses
    assert all(finding.say().count("guess") == 1 for finding in guesses)
    assert all("предположение" in finding.say("ru") for finding in guesses)


def test_advice_shows_where_the_time_goes(shop: Database) -> None:
    found = advise(SLOW, database=shop, seconds=1, witnesses=10)
    assert found.plan is not None
    assert 0 < len(found.heaviest) <= 3
    told = found.as_dict()["plan"]
    assert told["measured"] == (shop.dialect != "sqlite")
    assert len(told["heaviest"]) == len(found.heaviest)
    slow = [finding for finding in found.findings if finding.severity == "slow"]
    assert slow
    assert all(GUESS not in finding.say() for finding in slow)


def test_optimize_prints_it_in_both_languages(tmp_path: Path) -> None:
    where = tmp_path / "shop.sqlite"
    with sqlite3.connect(where) as connection:
        connection.executescript(
            f"{TABLES[0]}; INSERT INTO part VALUES (1, 1), (2, 2), (3, 3), (4, 4)"
        )
    connection.close()
    file = tmp_path / "q.sql"
    file.write_text("SELECT id FROM part WHERE kind + 1 = 3", encoding="utf-8")
    words = ["optimize", str(file), "--db", str(where), "--seconds", "0.3", "--model", "none"]
    english = CliRunner().invoke(app, words)
    assert english.exit_code == 0, english.output
    assert "where the time goes" in english.output
    assert "SCAN part reads 4 rows" in english.output
    russian = CliRunner().invoke(app, [*words, "--language", "ru"])
    assert "куда уходит время" in russian.output
    assert "SCAN part: прочитано строк: 4" in russian.output


def test_explain_runs_for_measured_steps_only_if_asked(shop: Database) -> None:
    query = sql.read(SLOW, shop.dialect)
    expected = explain_on(shop, query)
    assert expected.plan
    assert not any("of the time goes into" in sentence.text for sentence in expected.plan)
    assert any(f"{counted(shop)} rows" in sentence.text for sentence in expected.caveats)
    measured = explain_on(shop, query, run=True)
    assert measured.plan[-1].kind == "time"
    if shop.dialect != "sqlite":
        assert any("of the time goes into" in sentence.text for sentence in measured.plan)
        russian = explain_on(shop, query, run=True, language="ru")
        assert any("времени уходит на" in sentence.text for sentence in russian.plan)
