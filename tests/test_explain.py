"""explain: every table, condition and grouping key is spoken of, and no sentence lacks its evidence."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlglot import exp
from typer.testing import CliRunner

from conftest import shared
from sqlwright import sql
from sqlwright.cli import app
from sqlwright.database import connect
from sqlwright.engines.plans import read_plan
from sqlwright.errors import SqlError
from sqlwright.explain import Explanation, explain, explain_on
from sqlwright.explain.plans import of_plan
from sqlwright.explain.sentence import Speaker
from sqlwright.explain.words import conjuncts
from sqlwright.schema import Schema, read_ddl

EMPTY = Schema(())
SHOP = read_ddl(
    """CREATE TABLE shop (id INT PRIMARY KEY, city TEXT NOT NULL, size INT, opened DATE NOT NULL);
    CREATE TABLE sale (no INT PRIMARY KEY, shop_id INT NOT NULL REFERENCES shop (id), amount INT);
    CREATE INDEX sale_shop ON sale (shop_id)""",
    "postgres",
)


def said_of(text: str, language: str = "en", schema: Schema = SHOP) -> Explanation:
    return explain(sql.read(text, "postgres"), schema, "postgres", language=language)


def texts(found: Explanation, kind: str) -> list[str]:
    return [sentence.text for sentence in found.sentences() if sentence.kind == kind]


def check_law(query: exp.Query, found: Explanation) -> None:
    """What must hold of every explanation."""
    every = found.sentences()
    assert all(s.text.strip() and s.evidence.strip() for s in every)
    of_tree = [s for s in every if s.kind not in ("tables", "index", "plan", "time", "finding")]
    whole = "".join(found.query.split())
    for sentence in of_tree:
        assert "".join(sentence.evidence.split()) in whole, sentence
    said = " ".join(s.text for s in every).lower()
    for table in query.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier):
            assert f"`{table.name.lower()}`" in said, table.name
    evidence = {s.evidence for s in every}
    speaker = Speaker("en", "postgres")
    for select in query.find_all(exp.Select):
        for part in _conditions(select):
            assert speaker.sql(part) in evidence, speaker.sql(part)
        group = select.args.get("group")
        for key in group.expressions if group is not None else ():
            assert speaker.sql(key) in evidence, speaker.sql(key)


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    for clause in ("where", "having"):
        if (found := select.args.get(clause)) is not None:
            yield from conjuncts(found.this)
    for join in select.args.get("joins") or []:
        yield from conjuncts(join.args.get("on"))


@pytest.mark.parametrize("family", ["tpch", "tpcds"])
def test_each_table_condition_and_key_is_spoken_of(family: str) -> None:
    files = sorted(shared("queries", family).glob("*.sql"))
    assert len(files) > 20
    for file in files:
        query = sql.read(file.read_text(encoding="utf-8"), "postgres")
        found = explain(query, EMPTY, "postgres")
        check_law(query, found)
        russian = explain(query, EMPTY, "postgres", language="ru")
        assert [s.evidence for s in russian.sentences() if s.kind != "finding"] == [
            s.evidence for s in found.sentences() if s.kind != "finding"
        ]


def test_no_real_query_is_too_strange() -> None:
    path = shared("rewrites", "calcite-spark.jsonl")
    read = 0
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        for text in json.loads(line).values():
            if at % 3 or not (isinstance(text, str) and text.strip().upper().startswith("SELECT")):
                continue
            try:
                query = sql.read(text, "postgres")
            except SqlError:
                continue
            read += 1
            check_law(query, explain(query, EMPTY, "postgres"))
    assert read > 150


@pytest.mark.parametrize(
    ("text", "wanted", "russian"),
    [
        ("SELECT city FROM shop WHERE size IS NULL", "`size` is missing (NULL)",
         "`size` отсутствует (NULL)"),
        ("SELECT city FROM shop WHERE NOT size IS NULL", "`size` is known (not NULL)", "известно"),
        ("SELECT city FROM shop WHERE city LIKE 'Os%'", "`city` begins with 'Os'", "начинается с 'Os'"),
        ("SELECT city FROM shop WHERE city LIKE '%o_o%'", "fits the pattern", "подходит под шаблон"),
        ("SELECT city FROM shop WHERE size BETWEEN 1 AND 3", "from 1 to 3, both included",
         "от 1 до 3 включительно"),
        ("SELECT city FROM shop WHERE size IN (1, 2)", "`size` is one of 1, 2", "одно из 1, 2"),
        ("SELECT city FROM shop WHERE size > 3 OR city = 'A'", "either `size` is over 3; or",
         "либо `size` больше, чем 3; либо"),
        ("SELECT city FROM shop WHERE NOT EXISTS (SELECT 1 FROM sale WHERE shop_id = id)",
         "a subquery finds no row", "не находит ни одной строки"),
    ],
)  # fmt: skip
def test_conditions_have_words(text: str, wanted: str, russian: str) -> None:
    assert wanted in " ".join(texts(said_of(text), "filter"))
    assert russian in " ".join(texts(said_of(text, "ru"), "filter"))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT city, COUNT(*) FROM shop GROUP BY city", "one row for each `city`"),
        ("SELECT COUNT(*) FROM shop", "exactly one row"),
        ("SELECT DISTINCT city FROM shop", "each different combination"),
        ("SELECT a.no FROM sale AS a JOIN shop AS s ON s.id = a.shop_id", "one row of `sale` (as `a`)"),
        ("SELECT s.id FROM shop AS s JOIN sale AS a ON s.id = a.shop_id", "a combination of rows"),
        ("SELECT 1 AS x", "one row"),
        ("SELECT id FROM shop UNION SELECT no FROM sale", "one of the combined parts"),
    ],
)  # fmt: skip
def test_it_says_what_a_row_is(text: str, wanted: str) -> None:
    assert wanted in " ".join(texts(said_of(text), "rows"))


def test_one_row_is_no_rows() -> None:
    found = said_of("SELECT id FROM shop ORDER BY id LIMIT 1 OFFSET 1")
    assert texts(found, "limit") == ["It skips the first row.", "It returns at most 1 row."]


def test_steps_come_before_what_needs_them() -> None:
    text = """WITH big AS (SELECT id FROM shop WHERE size > 5)
    SELECT b.id, (SELECT SUM(amount) FROM sale WHERE sale.shop_id = b.id) AS total
    FROM big AS b ORDER BY total DESC LIMIT 3"""
    found = said_of(text)
    titles = [step.title for step in found.steps]
    assert titles == [
        "The step `big` (WITH)",
        "The subquery `total` of: The query",
        "The query",
    ] or (titles == ["The step `big` (WITH)", "The subquery 1 of: The query", "The query"])
    assert "again for each row around it, of which it reads `b.id`" in texts(found, "subquery")[0]
    assert texts(found, "limit") == ["It returns at most 3 rows."]
    assert texts(found, "order") == ["It sorts by `total`, largest first."]


def test_set_operations_windows_and_outer_joins_are_told() -> None:
    found = said_of("SELECT id FROM shop UNION ALL SELECT no FROM sale EXCEPT SELECT 1")
    assert any("repeats included" in text for text in texts(found, "set"))
    assert any("second has not" in text for text in texts(found, "set"))
    ranked = said_of(
        "SELECT city, RANK() OVER (PARTITION BY city ORDER BY size DESC) AS r FROM shop"
    )
    assert "rows that share `city`, in the order of `size DESC" in texts(ranked, "window")[0]
    outer = said_of("SELECT s.id FROM shop s LEFT JOIN sale a ON a.shop_id = s.id")
    assert texts(outer, "join")[0].startswith("It keeps every row so far and adds")


def test_it_names_columns_and_indexes_that_it_depends_on() -> None:
    found = said_of("SELECT amount FROM sale WHERE shop_id = 3")
    assert texts(found, "tables") == ["It depends on the table `sale`: `shop_id`, `amount`."] or (
        texts(found, "tables") == ["It depends on the table `sale`: `amount`, `shop_id`."]
    )
    assert "`sale_shop` on `sale` (shop_id) may serve `shop_id = 3`" in texts(found, "index")[0]
    none = said_of("SELECT amount FROM sale WHERE amount = 3")
    assert texts(none, "index") == []


def test_caveats_are_what_the_rules_find() -> None:
    found = said_of("SELECT id FROM shop WHERE size = NULL")
    assert any(text.startswith("null-comparison: ") for text in texts(found, "finding"))
    assert any(
        "NULL" in s.text for s in said_of("SELECT id FROM shop WHERE size = NULL", "ru").caveats
    )


def test_a_plan_of_postgres_is_read_by_its_own_costs() -> None:
    plan = """Sort  (cost=110.00..112.00 rows=40 width=8)
  Sort Key: size
  ->  Hash Join  (cost=10.00..100.00 rows=40 width=8)
        ->  Seq Scan on sale  (cost=0.00..70.00 rows=9000 width=8)
        ->  Hash  (cost=5.00..5.00 rows=10 width=4)"""
    found = list(of_plan(read_plan(plan, "postgres"), Speaker("en", "postgres")))
    assert found[0].text == (
        "The engine expects 62% of the work in Seq Scan on sale: about 9,000 rows."
    )
    assert found[0].evidence.startswith("->  Seq Scan on sale")
    assert all(sentence.evidence for sentence in found)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE shop (id INTEGER PRIMARY KEY, city TEXT NOT NULL);"
            "INSERT INTO shop VALUES (1, 'A'), (2, 'B')"
        )
    return path


def test_on_a_database_it_tells_the_plan_and_the_time_only_if_asked(made: Path) -> None:
    with connect(str(made)) as database:
        query = sql.read("SELECT s.city FROM shop AS s ORDER BY s.city", "sqlite")
        found = explain_on(database, query)
        assert found.plan[0].text == "It goes through all of `s`, 2 rows."
        assert found.plan[0].evidence.startswith("SCAN s")
        assert not [s for s in found.plan if s.kind == "time"]
        timed = explain_on(database, query, run=True, language="ru")
        assert timed.plan[-1].text.startswith("Выполнялся")


def test_a_plan_of_duckdb_is_read(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute("CREATE TABLE shop AS SELECT range AS id, 'A' AS city FROM range(500)")
    with connect(str(path)) as database:
        query = sql.read("SELECT city, COUNT(*) AS n FROM shop GROUP BY city", "duckdb")
        found = explain_on(database, query)
    assert any("500" in sentence.text for sentence in found.plan)


def test_the_command_prints_words_or_json(made: Path, tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text("SELECT city FROM shop WHERE id = 1", encoding="utf-8")
    shown = CliRunner().invoke(app, ["explain", str(file), "--db", str(made), "--language", "ru"])
    assert "Оставляет только строки, где `id` равно 1." in shown.stdout
    printed = CliRunner().invoke(app, ["explain", str(file), "--json"])
    assert json.loads(printed.stdout)["steps"][0]["sentences"][0]["evidence"] == "shop"
    assert CliRunner().invoke(app, ["explain", str(file), "--run"]).exit_code != 0
