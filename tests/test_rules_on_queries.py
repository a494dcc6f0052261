"""Rules over real queries by others: none fails, none changes its query, and rewrites bind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache

import pytest
from sqlglot import exp

from conftest import shared
from sqlwright import sql
from sqlwright.analyze import RULES, analyze
from sqlwright.errors import BindError
from sqlwright.schema import Schema, read_ddl

Item = tuple[exp.Query, Schema, str]


@cache
def schema_of(name: str) -> tuple[str, Schema]:
    ddl = shared("schemas", name).read_text(encoding="utf-8")
    return ddl, read_ddl(ddl)


def tpch() -> Iterator[Item]:
    _, schema = schema_of("tpch.sql")
    for path in sorted(shared("queries", "tpch").glob("*.sql")):
        yield sql.read(path.read_text(encoding="utf-8"), "postgres"), schema, "postgres"


def wetune() -> Iterator[Item]:
    lines = shared("rewrites", "wetune-issues.jsonl").read_text(encoding="utf-8").splitlines()
    for pair in map(json.loads, lines):
        ddl, schema = schema_of(pair["schema"].removeprefix("schemas/"))
        dialect = sql.guess_dialect(pair["before"], pair["after"], ddl=ddl)
        for side in ("before", "after"):
            yield sql.read(pair[side], dialect), schema, dialect


@pytest.mark.parametrize("items", [tpch, wetune], ids=["tpch", "wetune"])
def test_rewrites_bind_and_queries_stay(items: object) -> None:
    for query, schema, dialect in items():  # type: ignore[operator]
        before = query.sql()
        for finding in analyze(query, schema):
            if finding.rewrite is None:
                continue
            text = sql.write(finding.rewrite, dialect)
            try:
                sql.bind(sql.read(text, dialect), schema, dialect)
            except BindError as error:
                pytest.fail(f"{finding.rule} made of {before}: {text}: {error}")
        assert query.sql() == before


def test_a_schema_that_is_not_known_gives_no_error_and_no_rewrite_that_needs_it() -> None:
    trusting = {"foreign-key-join", "in-own-table", "row-proves-itself", "or-to-union"}
    for query, _, _ in wetune():
        found = {finding.rule for finding in analyze(query, Schema(()))}
        assert not found & trusting


def test_findings_do_not_depend_on_what_was_read_before() -> None:
    """Rules answer alike inside `reading`, where what they ask is kept, and outside of it."""
    for query, schema, _ in list(wetune())[:40]:
        alone = [finding for rule in RULES for finding in rule(query, schema)]
        together = analyze(query, schema)
        key = [(f.rule, f.line, f.column, f.message) for f in alone]
        assert sorted(key) == sorted((f.rule, f.line, f.column, f.message) for f in together)
