"""Writes TPC-DS data as Parquet; it needs an environment of its own, beside the project's.

python3 -m venv /tmp/tpcds && /tmp/tpcds/bin/pip install duckdb==1.5.5 duckdb-extension-tpcds
/tmp/tpcds/bin/python benchmarks/make_tpcds.py build/tpcds --scale 0.1
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
import duckdb_extension_tpcds


def main() -> None:
    """The command at the head of this file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scale", type=float, default=0.1)
    said = parser.parse_args()
    said.folder.mkdir(parents=True, exist_ok=True)
    here = Path(next(iter(duckdb_extension_tpcds.__path__)))
    (extension,) = here.rglob("tpcds.duckdb_extension")
    connection = duckdb.connect()
    connection.load_extension(str(extension))
    connection.execute(f"CALL dsdgen(sf={said.scale})")
    tables = connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    for (table,) in tables:
        connection.execute(f"COPY {table} TO '{said.folder}/{table}.parquet' (FORMAT parquet)")
    print(f"{said.folder}: {len(tables)} tables")


if __name__ == "__main__":
    main()
