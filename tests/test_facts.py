"""What a live database tells beside its schema: counts, frequent values, views, routines."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from conftest import make_shop, run_on_mariadb
from sqlwright.database import connect
from sqlwright.engines import sampling
from sqlwright.knowledge.collect import columns_excluded
from sqlwright.schema import Facts

ENGINES = ("sqlite", "duckdb", "postgres", "mariadb")
TICKETS = """
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY, status VARCHAR(20) NOT NULL, priority INTEGER, owner VARCHAR(60),
    note VARCHAR(200), secret VARCHAR(20), customer_id INTEGER REFERENCES customers (id)
)
"""
VIEW = "CREATE VIEW open_tickets AS SELECT id, owner FROM tickets WHERE status <> 'closed'"
STATUSES = ("new", "open", "closed", "it's odd")


def rows(count: int) -> list[tuple[Any, ...]]:
    """Rows with few statuses, half of the priorities NULL, and an owner on each alone."""
    return [
        (
            n,
            STATUSES[n % 3] if n % 50 else STATUSES[3],
            n % 2 or None,
            f"Owner {n}",
            ("call ann@shop.example", "call +1 202 555 0143", "ok")[n % 3],
            "hush" if n % 2 else "hush-hush",
            n % 3 + 1,
        )
        for n in range(1, count + 1)
    ]


def run(address: str, *texts: str, many: tuple[str, list[tuple[Any, ...]]] | None = None) -> None:
    """Run texts past sqlwright, by the engine's own driver."""
    if address.startswith("postgresql"):
        import psycopg

        with psycopg.connect(address, autocommit=True) as server:
            for text in texts:
                server.execute(text.encode())
            if many:
                server.cursor().executemany(many[0].replace("?", "%s").encode(), many[1])
                server.execute("ANALYZE")
    elif address.startswith("mysql"):
        run_on_mariadb(address, "USE shop", *texts)
        if many:
            values = ", ".join(
                "(" + ", ".join("NULL" if v is None else repr(v) for v in row) + ")"
                for row in many[1]
            )
            run_on_mariadb(address, "USE shop", f"INSERT INTO tickets VALUES {values}")
            run_on_mariadb(address, "USE shop", "ANALYZE TABLE tickets")
    elif address.startswith("duckdb"):
        import duckdb

        with duckdb.connect(address.removeprefix("duckdb:///")) as duck:
            for text in texts:
                duck.execute(text)
            if many:
                duck.executemany(many[0], many[1])
    else:
        lite = sqlite3.connect(address)
        for text in texts:
            lite.execute(text)
        if many:
            lite.executemany(many[0], many[1])
        lite.commit()
        lite.close()


def facts_of(address: str, *, exclude: tuple[str, ...] = (), values: bool = True) -> Facts:
    with connect(address) as database:
        schema = columns_excluded(database.schema, exclude)
        return database.facts(schema, values=values)


@pytest.fixture(params=ENGINES)
def tickets(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The shop with 300 tickets and a view over them."""
    address = make_shop(request.param, tmp_path, request)
    run(address, TICKETS, VIEW)
    run(address, many=("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?)", rows(300)))
    return address


def test_counts_and_frequent_values_of_each_engine(tickets: str) -> None:
    facts = facts_of(tickets, exclude=("*.secret",))
    status = facts.of("tickets", "STATUS")
    assert status.distinct == 4
    assert status.null_share == 0
    assert set(status.values) == set(STATUSES)
    assert status.values[-1] == "it's odd"
    priority = facts.of("tickets", "priority")
    assert (priority.distinct, priority.null_share, priority.values) == (1, 0.5, ("1",))
    owner = facts.of("tickets", "owner")
    assert owner.values == (), "what names one row is no frequent value"
    # DuckDB and PostgreSQL keep estimates
    assert owner.distinct == 300 or (not owner.is_exact and abs(owner.distinct - 300) < 60)
    assert facts.of("tickets", "customer_id").values == (), "keys say nothing"
    assert facts.of("tickets", "id").values == ()
    assert facts.of("tickets", "secret").distinct is None, "what was excluded was not read"
    assert facts.of("customers", "name").values == (), "three rows are three people"
    assert facts.unread == ()


def test_without_values_there_are_only_counts(tickets: str) -> None:
    facts = facts_of(tickets, values=False)
    assert facts.of("tickets", "status").distinct == 4
    assert not any(column.values for column in facts.columns.values())


def test_views_are_told_and_not_counted(tickets: str) -> None:
    facts = facts_of(tickets)
    assert set(facts.views) == {"open_tickets"}
    assert "closed" in facts.views["open_tickets"]
    assert "`shop`" not in facts.views["open_tickets"]
    assert not any(table == "open_tickets" for table, _ in facts.columns)


@pytest.mark.parametrize(
    ("engine", "text", "name", "kind"),
    [
        ("postgres", "CREATE FUNCTION net(total numeric) RETURNS numeric LANGUAGE sql AS"
         " 'SELECT total / 1.2'", "net(total numeric)", "function"),
        ("postgres", "CREATE PROCEDURE tidy() LANGUAGE sql AS 'DELETE FROM order_lines'",
         "tidy()", "procedure"),
        ("mariadb", "CREATE FUNCTION net(total INT) RETURNS INT DETERMINISTIC"
         " RETURN total / 1.2", "net", "function"),
        ("duckdb", "CREATE MACRO net(total) AS total / 1.2", "net", "macro"),
    ],
)  # fmt: skip
def test_routines_are_told(
    engine: str, text: str, name: str, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop(engine, tmp_path, request)
    run(address, text)
    (routine,) = facts_of(address).routines
    assert (routine.name, routine.kind) == (name, kind)
    assert "1.2" in routine.definition or "order_lines" in routine.definition


@pytest.mark.parametrize("engine", ENGINES)
def test_large_tables_are_sampled_in_many_places(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last status is only in the last rows: those that come first do not show it."""
    monkeypatch.setattr(sampling, "SAMPLE", 400)
    for name in ("sqlite", "duckdb", "mysql"):
        module = pytest.importorskip(f"sqlwright.engines.{name}")
        monkeypatch.setattr(module, "SAMPLE", 400)
    address = make_shop(engine, tmp_path, request)
    filled = [
        (n, "late" if n > 4000 else "early", None, f"Owner {n}", "", "", 1) for n in range(1, 6001)
    ]
    run(address, TICKETS, many=("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?)", filled))
    facts = facts_of(address)
    status = facts.of("tickets", "status")
    assert status.distinct == 2
    assert set(status.values) == {"early", "late"}
    assert facts.of("tickets", "priority").null_share == 1
    assert facts.of("tickets", "owner").values == ()
    distinct = facts.of("tickets", "owner").distinct
    assert distinct is None or 5000 < distinct < 7000


@pytest.mark.parametrize("engine", ENGINES)
def test_when_the_time_is_over_the_rest_is_named(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop(engine, tmp_path, request)
    if engine == "postgres":  # what was never analyzed must be sampled
        run(address, "CREATE TABLE fresh (a INTEGER)", "INSERT INTO fresh VALUES (1)")
    with connect(address) as database:
        facts = database.facts(seconds=0)
        assert "fresh" in facts.unread if engine == "postgres" else len(facts.unread) == 3
        assert database.facts().unread == ()


def test_postgres_counts_what_was_never_analyzed(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    address = make_shop("postgres", tmp_path, request)
    run(
        address,
        "CREATE TABLE fresh (id INTEGER, kind TEXT, info JSON, list INTEGER[])",
        "INSERT INTO fresh SELECT n, 'k' || n % 2, '{}', NULL FROM generate_series(1, 40) n",
    )
    facts = facts_of(address)
    assert facts.unread == ()
    assert facts.of("fresh", "kind").values == ("k0", "k1")
    assert facts.of("fresh", "info").distinct is None
    assert facts.of("fresh", "list").null_share == 1
