"""A SQLite file copied to a temporary folder."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlwright.database import Database, connect, read_url
from sqlwright.engines.reading import first_line
from sqlwright.engines.sampling import quoted
from sqlwright.errors import DatabaseError
from sqlwright.verify.copies import Built, ddl_of


class SqliteCopy:
    """The whole file, copied through SQLite's backup: a writer beside it does no harm."""

    note = ""
    timed = True

    def __init__(self, where: str, say: Callable[[str], None]) -> None:
        path = Path(read_url(where).database or "") if "://" in where else Path(where)
        self._folder = tempfile.TemporaryDirectory(prefix="sqlwright-copy-")
        own = Path(self._folder.name) / "copy.sqlite"
        say(f"copying {path.name}")
        try:
            source = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
            self._connection = sqlite3.connect(own, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = OFF")
            self._connection.execute("PRAGMA synchronous = OFF")
            source.backup(self._connection, pages=4096)
            source.close()
        except sqlite3.Error as error:
            self._folder.cleanup()
            raise DatabaseError(f"{path}: cannot be copied ({first_line(error)})") from None
        self._path = own
        self.database: Database = connect(str(own))

    def create(
        self, name: str, table: str, columns: Sequence[str], carried: Sequence[str]
    ) -> Built:
        before, start = self._pages(), time.perf_counter()
        self._run(ddl_of(name, table, columns, carried, "sqlite"))
        seconds = time.perf_counter() - start
        self._reopen()
        return Built(seconds, self._pages() - before)

    def drop(self, name: str) -> None:
        self._run(f"DROP INDEX {quoted(name)}")
        self._reopen()

    def insert_seconds(self, table: str, rows: int) -> float:
        name = quoted(table)
        # from all over the table: rows of one page would touch few pages of an index
        take = f"CREATE TEMP TABLE moved AS SELECT * FROM {name} ORDER BY random() LIMIT {rows}"
        key = self._key(table)
        self._run("PRAGMA journal_mode = MEMORY")  # without a journal nothing is rolled back
        try:
            self._run("BEGIN")
            self._run(take)
            self._run(f"DELETE FROM {name} WHERE ({key}) IN (SELECT {key} FROM moved)")
            start = time.perf_counter()
            self._run(f"INSERT INTO {name} SELECT * FROM moved")
            return time.perf_counter() - start
        finally:
            if self._connection.in_transaction:
                self._run("ROLLBACK")
            self._run("PRAGMA journal_mode = OFF")

    def _key(self, table: str) -> str:
        """The columns that name a row; all of them where none is declared."""
        named = self.database.schema.table(table)
        columns = named.primary_key or tuple(c.name for c in named.columns) if named else ()
        return ", ".join(map(quoted, columns))

    def close(self) -> None:
        self.database.close()
        self._connection.close()
        self._folder.cleanup()

    def _pages(self) -> int:
        """Bytes of the pages in use."""
        count, free, size = (
            self._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((count - free) * size)

    def _run(self, text: str) -> None:
        try:
            self._connection.execute(text).fetchall()
        except sqlite3.Error as error:
            raise DatabaseError(f"the copy refused {text}: {first_line(error)}") from None

    def _reopen(self) -> None:
        """A reader that was open keeps the schema that it knew; a new one sees the index."""
        self.database.close()
        self.database = connect(str(self._path))
