"""Scratch databases on the user's own server: the engine of the truth, beside the user's tables.

A query is run there only if every table that it names is one of those made for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlwright.database import read_url
from sqlwright.errors import UsageError
from sqlwright.schema import Table
from sqlwright.verify.scratch import Scratch
from sqlwright.verify.scratch_mysql import MysqlScratch
from sqlwright.verify.scratch_postgres import PostgresScratch


def open_server_scratch(url: str, tables: Sequence[Table], dialect: str) -> Scratch:
    """A scratch database on the server at the URL with these tables, empty.

    Columns have the types that the server declares for tables of these names, or else the
    schema's own, or else a plain type of their kind.

    Raises:
        UsageError: if the server does not speak the dialect.
        DatabaseError: if it cannot be reached, or no scratch tables may be made on it.
    """
    parts = read_url(url)
    backend = parts.get_backend_name()
    if dialect == "postgres" and backend in ("postgresql", "postgres"):
        return PostgresScratch(parts, tables)
    if dialect == "mysql" and backend in ("mysql", "mariadb"):
        return MysqlScratch(parts, tables)
    raise UsageError(f"a {backend} server cannot run {dialect} queries: give the URL of one")
