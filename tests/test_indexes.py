"""Index advice: ideas from queries, and what is left of them when a copy has been tried."""

import json
import os
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import shared
from sqlwright import sql
from sqlwright.cli import app
from sqlwright.database import connect
from sqlwright.indexing.advice import advise_indexes, read_asked
from sqlwright.indexing.ideas import Idea, ideas, is_there
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.copies import ddl_of, open_copy

DDL = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL, city VARCHAR(20), born DATE);
CREATE TABLE visits (id INTEGER PRIMARY KEY, person_id INTEGER NOT NULL, place VARCHAR(20) NOT NULL,
                     day DATE NOT NULL, cost INTEGER NOT NULL);
CREATE INDEX visits_by_day ON visits (day, place);
"""
SCHEMA = read_ddl(DDL, "sqlite")


@cache
def schema_of(name: str) -> Schema:
    return read_ddl(shared(*name.split("/")).read_text(encoding="utf-8"))


def columns_for(text: str, table: str = "visits") -> set[tuple[str, ...]]:
    found = ideas(sql.read(text, "sqlite"), SCHEMA)
    return {idea.columns for idea in found if idea.table == table and not idea.carried}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("SELECT id FROM visits WHERE place = 'a'", ("place",)),
        ("SELECT id FROM visits WHERE place = 'a' AND cost > 3", ("place", "cost")),
        ("SELECT id FROM visits WHERE place IN ('a', 'b')", ("place",)),
        ("SELECT id FROM visits WHERE place LIKE 'a%'", ("place",)),
        ("SELECT v.id FROM people p JOIN visits v ON v.person_id = p.id WHERE p.city = 'x'", ("person_id",)),
        ("SELECT name FROM people p WHERE EXISTS (SELECT 1 FROM visits v WHERE v.person_id = p.id)", ("person_id",)),
        ("SELECT name FROM people WHERE id IN (SELECT person_id FROM visits)", ("person_id",)),
        ("SELECT id FROM visits WHERE place = 'a' ORDER BY cost LIMIT 3", ("place", "cost")),
        ("SELECT person_id, SUM(cost) FROM visits GROUP BY person_id", ("person_id",)),
    ],
)  # fmt: skip
def test_a_condition_join_or_order_gives_an_idea(text: str, wanted: tuple[str, ...]) -> None:
    assert wanted in columns_for(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT id FROM visits",
        "SELECT id FROM visits WHERE day = '2024-01-01'",  # there is one that begins with it
        "SELECT id FROM visits WHERE id = 3",  # its key
        "SELECT id FROM visits WHERE place LIKE '%a'",
        "SELECT id FROM visits WHERE upper(place) = 'A'",
        "SELECT id FROM visits WHERE NOT (cost = 3)",
        "SELECT id FROM visits WHERE cost = 3 OR place = 'a'",
        "SELECT a.id FROM visits a WHERE a.cost = a.person_id",
    ],
)
def test_what_no_index_serves_gives_none(text: str) -> None:
    assert not columns_for(text)


def test_no_idea_is_there_already() -> None:
    """Over real applications and their queries: keys, indexes, and prefixes of either."""
    lines = shared("rewrites", "wetune-issues.jsonl").read_text(encoding="utf-8").splitlines()
    many = 0
    for line in lines:
        item = json.loads(line)
        schema = schema_of(item["schema"])
        found = ideas(sql.read(item["before"], "mysql"), schema)
        many += len(found)
        for idea in found:
            table = schema.table(idea.table)
            assert table is not None
            assert not is_there(idea, table)
            assert all(table.column(name) for name in (*idea.columns, *idea.carried))
    assert many > 50


def test_a_longer_index_serves_and_a_shorter_one_does_not() -> None:
    visits = SCHEMA.tables[1]
    assert is_there(Idea("visits", ("day",)), visits)
    assert is_there(Idea("visits", ("day",), ("place",)), visits)
    assert not is_there(Idea("visits", ("place",)), visits)
    assert not is_there(Idea("visits", ("day", "place", "cost")), visits)
    assert not is_there(Idea("visits", ("day",), ("cost",)), visits)


def test_the_statement_is_quoted_where_it_must_be() -> None:
    assert ddl_of("i", "Odd Table", ["a"], ["b"], "postgres") == (
        'CREATE INDEX i ON "Odd Table" (a) INCLUDE (b)'
    )
    assert ddl_of("i", "t", ["a"], ["b"], "sqlite") == "CREATE INDEX i ON t (a, b)"


QUERIES = """
SELECT v.day, v.cost FROM people p JOIN visits v ON v.person_id = p.id WHERE p.name = 'n77';
-- a key is enough for this one
SELECT name FROM people WHERE id = 77;
SELECT nothing FROM nowhere;
"""


def fill(run) -> None:  # type: ignore[no-untyped-def]
    """3,000 people with ten visits each."""
    run(
        "INSERT INTO people (id, name, city) VALUES "
        + ", ".join(f"({i}, 'n{i}', 'c{i % 50}')" for i in range(3000))
    )
    for start in range(0, 30000, 5000):
        run(
            "INSERT INTO visits VALUES "
            + ", ".join(
                f"({i}, {i % 3000}, 'p{i % 7}', '2024-01-0{i % 9 + 1}', {i * 7919 % 100})"
                for i in range(start, start + 5000)
            )
        )  # fmt: skip


@pytest.fixture(params=["sqlite", "postgres"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database on each engine that has a copy, with an index that it lacks."""
    if request.param == "sqlite":
        path = tmp_path / "town.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(DDL)
            fill(connection.execute)
            connection.commit()
        return str(path)
    import psycopg

    url = str(request.getfixturevalue("postgres_server"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute(DDL)
        fill(connection.execute)
        connection.execute("ANALYZE")
    return url


def names_of(where: str) -> set[str]:
    """Every index of the user's database, and of other schemas beside it."""
    if "://" not in where:
        with closing(sqlite3.connect(where)) as connection:
            return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    import psycopg

    with psycopg.connect(where) as connection:
        return {name for (name,) in connection.execute("SELECT indexname FROM pg_indexes")}


def test_what_helps_is_advised_and_nothing_else(town: str, tmp_path: Path) -> None:
    file = tmp_path / "queries.sql"
    file.write_text(QUERIES, encoding="utf-8")
    before = names_of(town)
    with connect(town) as database:
        asked, left = read_asked([(str(file), QUERIES)], database.schema, database.dialect)
        assert [one.name.rpartition(":")[2] for one in asked] == ["2", "3"]
        assert len(left) == 1
        assert "nowhere" in left[0]
        outcome = advise_indexes(asked, database, town, seconds=5, scratch=None)
    by_column = {one.idea.columns[0]: one for one in outcome.advised}
    assert {"person_id"} <= by_column.keys() <= {"person_id", "name"}
    advised = by_column["person_id"]
    assert advised.gain > 0
    assert advised.bytes > 0
    assert advised.queries == (asked[0].name,)
    (effect,) = [effect for effect in outcome.effects if effect.low > 1]
    assert effect.after < effect.before
    assert any(advised.name in line for line in effect.plan)
    assert names_of(town) == before, "the user's database was changed"


def test_a_copy_writes_rows_and_is_as_before(town: str) -> None:
    with connect(town) as database:
        copy = open_copy(town, database, ["people", "visits"])
        with closing(copy):
            count = sql.read("SELECT COUNT(*), SUM(cost) FROM visits", database.dialect)
            was = copy.database.rows(count).rows
            assert was == database.rows(count).rows
            assert copy.insert_seconds("visits", 500) > 0
            assert copy.database.rows(count).rows == was
            copy.create("i", "visits", ["place"], ["cost"])
            narrow = sql.read("SELECT SUM(cost) FROM visits WHERE place = 'none'", database.dialect)
            assert "i" in copy.database.plan(narrow).replace("(", " ").split()
            copy.drop("i")


def test_a_sample_says_that_it_is_one(postgres_server: str, request: pytest.FixtureRequest) -> None:
    import psycopg

    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
        connection.execute(DDL)
        fill(connection.execute)
        connection.execute("ANALYZE")
    with connect(postgres_server) as database:
        copy = open_copy(
            postgres_server, database, ["visits"], scratch=postgres_server, most_rows=3000
        )
        with closing(copy):
            assert "sample: 10.0%" in copy.note
            (found,) = copy.database.rows(sql.read("SELECT COUNT(*) FROM visits", "postgres")).rows
            assert 2000 < found[0] < 4000
    with psycopg.connect(postgres_server) as connection:
        left = connection.execute("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'sqlwright%'")
        assert not left.fetchall()


def test_the_command(town: str, tmp_path: Path) -> None:
    file = tmp_path / "queries.sql"
    file.write_text(QUERIES, encoding="utf-8")
    run = CliRunner().invoke(app, ["indexes", str(file), "--db", town, "--json"])
    assert run.exit_code == 1, run.output
    found = json.loads(run.stdout)
    assert "person_id" in [one["columns"][0] for one in found["indexes"]]
    assert "nowhere" in run.stderr
    russian = CliRunner().invoke(app, ["indexes", str(file), "--db", town, "--language", "ru"])
    assert "без него запросы идут дольше" in russian.stdout
    file.write_text("SELECT name FROM people WHERE id = 3", encoding="utf-8")
    none = CliRunner().invoke(app, ["indexes", str(file), "--db", town])
    assert none.exit_code == 0
    assert "no index is advised" in none.stdout


def test_no_copy_of_a_duckdb_file(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "town.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(DDL)
        fill(connection.execute)
    file = tmp_path / "queries.sql"
    file.write_text("SELECT id FROM visits WHERE place = 'a'", encoding="utf-8")
    run = CliRunner().invoke(app, ["indexes", str(file), "--db", str(path)])
    assert run.exception is not None
    assert "no copy of a duckdb database" in str(run.exception)


@pytest.fixture(scope="module")
def hypopg() -> Iterator[str]:
    """A server of the system's PostgreSQL, with HypoPG: the one that pip carries has it not."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    versions = [
        path
        for path in found
        if list(Path(f"/usr/share/postgresql/{path.parts[-3]}").rglob("hypopg.control"))
    ]
    if not versions:
        pytest.skip(
            "needs HypoPG of the system's PostgreSQL (apt-get install postgresql-15-hypopg)"
        )
    as_user = {"user": "postgres"} if os.geteuid() == 0 else {}  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="sqlwright-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o777)
        data, programs = f"{folder}/data", versions[-1].parent
        quiet = {"check": True, "capture_output": True, "cwd": folder, **as_user}
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"], **quiet
        )
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start"],
            **quiet,
        )
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **quiet)


def test_the_planner_is_asked_where_it_can_imagine(hypopg: str, tmp_path: Path) -> None:
    import psycopg

    with psycopg.connect(hypopg, autocommit=True) as connection:
        connection.execute(DDL)
        fill(connection.execute)
        connection.execute("ANALYZE")
        file = tmp_path / "queries.sql"
        file.write_text(QUERIES, encoding="utf-8")
        refused = CliRunner().invoke(
            app, ["indexes", str(file), "--db", hypopg, "--how", "planner"]
        )
        assert "HypoPG" in str(refused.exception)
        connection.execute("CREATE EXTENSION hypopg")
    before = names_of(hypopg)
    run = CliRunner().invoke(app, ["indexes", str(file), "--db", hypopg, "--json"])
    assert run.exit_code == 1, run.output
    found = json.loads(run.stdout)
    assert found["unit"] == "planner cost"
    assert "person_id" in [one["columns"][0] for one in found["indexes"]]
    (effect,) = found["queries"]
    assert effect["after"] < effect["before"] / 2
    assert any("visits_person_id_idx" in line for line in effect["plan_difference"])
    assert names_of(hypopg) == before
    words = CliRunner().invoke(app, ["indexes", str(file), "--db", hypopg])
    assert "the planner expects" in words.stdout
