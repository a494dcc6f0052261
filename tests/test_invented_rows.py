"""The rows that a benchmark invents for WeTune's applications keep the schemas that it judges by."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

pytestmark = pytest.mark.skipif(
    not (ROOT.parent / "shared" / "data" / "rewrites").exists(),
    reason="shared data is not here",
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from make_wetune import Writer, applications

    folder = tmp_path_factory.mktemp("wetune")
    for application in applications():
        (folder / application.name).mkdir()
        Writer(application, 500).write(folder / application.name)
    return folder


def test_keys_and_references_hold(written: Path) -> None:
    from make_wetune import applications

    connection = duckdb.connect()

    def count(text: str) -> int:
        row = connection.execute(f"SELECT count(*) FROM {text}").fetchone()
        assert row is not None
        return int(row[0])

    keys = references = 0
    for application in applications():
        schema = application.plain()
        for table in schema.tables:
            file = f"'{written / f'{application.name}/{table.name}.parquet'}'"
            assert count(file) > 20, table.name
            for column in table.columns:
                if not column.nullable:
                    assert not count(f'{file} WHERE "{column.name}" IS NULL'), column
            for key in table.keys():
                names = ", ".join(f'"{name}"' for name in key)
                known = " AND ".join(f'"{name}" IS NOT NULL' for name in key)
                groups = (
                    f"(SELECT 1 FROM {file} WHERE {known} GROUP BY {names} HAVING count(*) > 1)"
                )
                assert not count(groups), (table.name, key)
                keys += 1
            for foreign in table.foreign_keys:
                parent = schema.table(foreign.table)
                if parent is None or len(foreign.columns) > 1:
                    continue
                other = f"'{written / f'{application.name}/{parent.name}.parquet'}'"
                lost = f'(SELECT "{foreign.references[0]}" FROM {other})'
                column_name = foreign.columns[0]
                assert not count(f'{file} WHERE "{column_name}" NOT IN {lost}'), foreign
                references += 1
    assert keys > 60
    assert references > 30


def test_each_query_finds_rows_in_the_tables_it_filters(written: Path) -> None:
    """A constant that a query asks for stands in its column, or its time would mean nothing."""
    from make_wetune import applications, constants

    connection = duckdb.connect()
    found = wanted = 0
    for application in applications():
        for (table, column), values in constants(application).items():
            file = written / application.name / f"{table}.parquet"
            text = f"SELECT DISTINCT CAST(\"{column}\" AS VARCHAR) FROM '{file}'"
            held = {row[0] for row in connection.execute(text).fetchall()}
            wanted += len(values)
            found += sum(value.strip("'") in held for value in values)
    assert wanted > 60
    assert found >= 0.6 * wanted  # a rare id needs more rows than here
