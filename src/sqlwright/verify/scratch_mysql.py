"""A scratch database on the user's own MySQL or MariaDB server, dropped at the end.

MySQL cannot read a temporary table twice in one query, so the tables are real ones, in a database
of their own. One that a killed process left behind is dropped when the next is made.
"""

from __future__ import annotations

import atexit
import math
import re
import secrets
from collections.abc import Sequence
from typing import Any

from sqlwright.database import label_of
from sqlwright.engines.mysql import Mysql, complaint, dial_mysql
from sqlwright.engines.reading import Row
from sqlwright.errors import DatabaseError
from sqlwright.schema import Table, kind_of
from sqlwright.verify.scratch_beside import (
    PLAIN_TYPE,
    ROW_LIMIT,
    Loaded,
    Types,
    columns_and_keys,
    why_outside,
)  # fmt: skip
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness


class MysqlScratch:
    """Tables in a database of their own: one connection fills them, another one only reads."""

    name = "MySQL"
    dialect = "mysql"

    def __init__(self, url: Any, tables: Sequence[Table]) -> None:
        import pymysql

        self.opaque: list[str] = []
        self._names = frozenset(table.name.lower() for table in tables)
        self._loaded = Loaded(tables)
        label = label_of(url)
        self._loader = dial_mysql(url, label, many=True)
        self.name = "MariaDB" if "mariadb" in self._loader.get_server_info().lower() else "MySQL"
        self._database = f"{_PREFIX}{secrets.token_hex(8)}"
        self._made = False
        atexit.register(self.close)
        try:
            self._create(url.database, tables)
            own = url.set(database=self._database)
            self._engine = Mysql(dial_mysql(own, label), own, label)
        except pymysql.Error as error:
            self.close()
            raise DatabaseError(
                f"{label}: no scratch database can be made ({complaint(error)}): it needs the right"
                f" CREATE and DROP on databases that begin with {_PREFIX}"
            ) from None
        except DatabaseError:
            self.close()
            raise

    def _run(self, text: str, values: Sequence[str] = ()) -> list[Row]:
        with self._loader.cursor() as cursor:
            cursor.execute(text, values or None)
            rows = list(cursor.fetchall())
            while cursor.nextset():
                pass
            return rows

    def _create(self, database: str | None, tables: Sequence[Table]) -> None:
        import pymysql

        types: Types = {}
        for table, column, spelled, collation in self._run(_MYSQL_TYPES, [database or ""]):
            types[(table.lower(), column.lower())] = spelled + (
                f" COLLATE {collation}" if collation else ""
            )
        if not self._run("SELECT GET_LOCK(%s, 0)", [self._database])[0][0]:
            raise DatabaseError("the scratch database's lock is taken: try again")
        for name in self._left_behind():
            self._run(f"DROP DATABASE IF EXISTS `{name}`")
        self._run(f"CREATE DATABASE `{self._database}`")
        self._made = True
        self._run(f"USE `{self._database}`")
        # a value that a column's type does not take is an error, not the nearest one
        self._run("SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')")
        for table in tables:
            columns, keys = columns_and_keys(table, types, _mysql_plain, _backticks)
            create = f"CREATE TABLE {_backticks(table.name.lower())} "
            for body in ((*columns, *keys), (*columns, *keys[:1]), columns):
                try:
                    self._run(f"{create}({', '.join(body)})")
                    break
                except pymysql.Error:  # a key over a whole TEXT, say
                    if body is columns:
                        raise

    def _left_behind(self) -> list[str]:
        """Scratch databases whose maker's connection, and with it the lock, is gone."""
        names = self._run("SELECT schema_name FROM information_schema.schemata")
        return [
            name
            for (name,) in names
            if re.fullmatch(_PREFIX + "[0-9a-f]{16}", name)
            and self._run("SELECT IS_FREE_LOCK(%s)", [name])[0][0] == 1
        ]

    def load(self, witness: Witness) -> None:
        import pymysql

        statements = list(self._loaded.statements(witness, _backticks, self._literal))
        if not statements:
            return
        try:
            self._run("; ".join(("START TRANSACTION", *statements, "COMMIT")))
        except pymysql.Error as error:
            self._loaded.forget()
            self._loader.rollback()
            raise DatabaseError(
                f"{self.name} does not take a witness: {complaint(error)}"
            ) from None

    def _literal(self, value: Value, kind: str) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, int | float) and math.isfinite(value):
            return repr(value)
        return str(self._loader.escape(str(value)))

    def run(self, text: str, seconds: float) -> list[Row]:
        if reason := why_outside(text, self.dialect, self._names):
            raise DatabaseError(f"{reason}: it is not run on the scratch tables")
        return list(self._engine.fetch(text, seconds, ROW_LIMIT).rows)

    def close(self) -> None:
        import pymysql

        atexit.unregister(self.close)
        if hasattr(self, "_engine"):
            self._engine.close()
            del self._engine
        if not self._loader.open:
            return
        try:
            if self._made:
                self._run(f"DROP DATABASE IF EXISTS `{self._database}`")
            self._loader.close()
        except pymysql.Error:
            return  # the server is gone; the next scratch database to be made drops this one


def _backticks(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


_LABELS = re.compile(r"(ENUM|SET)\s*\('[^'\\]*'(\s*,\s*'[^'\\]*')*\)", re.IGNORECASE)

_PREFIX = "sqlwright_scratch_"
_MYSQL_PLAIN = {
    "int": "BIGINT", "num": "DECIMAL(18, 4)", "real": "DOUBLE", "bool": "TINYINT(1)",
    "date": "DATE", "time": "TIME", "timestamp": "DATETIME(6)",
}  # fmt: skip
_MYSQL_TYPES = """
    SELECT table_name, column_name, column_type, collation_name FROM information_schema.columns
    WHERE table_schema = %s
"""
_MYSQL_TYPE = re.compile(
    r"(TINY|SMALL|MEDIUM|BIG)?INT|INTEGER|DECIMAL|NUMERIC|DOUBLE|FLOAT|(VAR)?CHAR(?=\()|DATE|TIME"
    r"|DATETIME|TIMESTAMP|YEAR|BOOLEAN|JSON|(TINY|MEDIUM|LONG)?TEXT",
    re.IGNORECASE,
)


def _mysql_plain(spelled: str) -> str:
    """The schema's own spelling where MySQL has that type, else a plain one of its kind."""
    if _LABELS.fullmatch(spelled):
        return spelled
    word = _MYSQL_TYPE.match(spelled)
    if word and PLAIN_TYPE.fullmatch(spelled) and not spelled[word.end() :][:1].isalpha():
        return spelled
    return _MYSQL_PLAIN.get(kind_of(spelled), "VARCHAR(255)")
