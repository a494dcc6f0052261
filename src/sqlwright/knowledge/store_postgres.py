"""An index in PostgreSQL, for people and machines that share one.

    sqlwright_knowledge      the schema; ?index=sales in the URL adds _sales to its name
    ├── builds               what each build was made of and with; the newest one counts
    ├── passages_XXXXXXXX    the passages of a build
    ├── terms_XXXXXXXX       each word with the passages that hold it, how often, of what length:
    │                        a row for tables, and one for each other kind
    └── vectors_XXXXXXXX     vectors of pgvector, where there is an embedding

A build is written in one transaction, so one that is killed leaves nothing. Nothing outside the
schema is written, and searching happens in read-only transactions with a time limit.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
import uuid
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from sqlwright.database import label_of, read_url
from sqlwright.engines.postgres import dial_postgres
from sqlwright.engines.reading import first_line
from sqlwright.errors import DataError, UsageError
from sqlwright.knowledge import store
from sqlwright.knowledge.passages import KINDS, Kind
from sqlwright.knowledge.statements_postgres import (
    BUILDS,
    BY_VECTOR,
    BY_WORDS,
    COLUMNS,
    COUNTS,
    CREATE,
    FILL,
    SELECTED,
    filtered,
    only_passing,
    values_of,
    written,
)
from sqlwright.knowledge.store import REST, TABLES, About, Only, Row

SCHEMA = "sqlwright_knowledge"
EXACT = 10_000  # up to so many passages vectors are compared one by one: about 10 ms
WIDEST = 2000  # numbers in a vector that an HNSW index of pgvector takes
SECONDS = 30  # for one statement of a search
# nobody's functions are called by accident; compiling a statement takes longer than running it
_SESSION = "-c search_path=pg_catalog -c client_encoding=UTF8 -c jit=off"
_READING = (
    f"{_SESSION} -c default_transaction_read_only=on -c statement_timeout={SECONDS}s"
    " -c hnsw.iterative_scan=strict_order -c hnsw.ef_search=200"
)
_WRITING = (
    f"{_SESSION} -c default_transaction_read_only=off -c statement_timeout=0 -c lock_timeout=2s"
)
_PARTS = ("passages", "terms", "vectors")


class PostgresStore:
    """A schema of a PostgreSQL database."""

    def __init__(self, where: str) -> None:
        self._url = read_url(where)
        name = self._url.query.get("index", "")
        if not isinstance(name, str) or not re.fullmatch("[a-z0-9_]{0,40}", name):
            raise UsageError("index= in the URL of the knowledge takes a-z, 0-9 and _: change it")
        self._schema = f"{SCHEMA}_{name}" if name else SCHEMA
        self._build = ""
        self._is_made = False
        self._vectors = ""
        self._about: About | None = None
        self._asking = threading.RLock()  # a statement may need to ask first
        self._reading: Any = None
        self._writing: Any = None
        self.label = label_of(self._url) + (f", index {name}" if name else "")
        # each member of a team calls learn from a copy of the same project
        self.home = Path.cwd()
        key = hashlib.sha256(f"{self.label} {self._schema}".encode()).hexdigest()[:16]
        caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        self.journal = Path(caches) / "sqlwright" / f"learn-{key}"

    def is_index(self) -> bool:
        return bool(self._newest())

    def about(self) -> About:
        newest = self._newest()
        if not newest:
            raise store.missing(self.label)
        if self._about is not None and newest[0]["build"] == self._about.build == self._build:
            return self._about
        try:
            statement = "SELECT about FROM {schema}.builds ORDER BY number DESC LIMIT 1"
            values = json.loads(self._ask(statement)[0]["about"])
            about = store.read_about(values, self.label, f"the schema {self._schema}")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._damaged("builds") from None
        if not re.fullmatch("[0-9a-f]{8}", about.build):
            raise self._damaged("builds")
        self._build, self._about = about.build, about
        return about

    def _newest(self) -> list[dict[str, Any]]:
        if not self._is_made:
            made = "SELECT to_regclass('{schema}.builds') IS NOT NULL AS made"
            self._is_made = self._ask(made)[0]["made"]
        statement = "SELECT build FROM {schema}.builds ORDER BY number DESC LIMIT 1"
        return self._ask(statement) if self._is_made else []

    def tables(self, names: Sequence[str], database: str = "", since: str = "") -> list[int]:
        only = Only(TABLES, database, since)
        return self._numbers(
            "SELECT p.id FROM {schema}.passages_{build} AS p WHERE p.kind = 'table'"
            f" AND p.title = ANY(%(names)s) AND {only_passing(only)}"
            " ORDER BY array_position(%(names)s, p.title), p.id",
            names=[store.clean(name) for name in names],
            **values_of(only),
        )

    def by_words(
        self, words: Sequence[str], only: Only, limit: int, faint: Sequence[str] = ()
    ) -> list[int]:
        asked, faintly = ([store.clean(word) for word in some] for some in (words, faint))
        statement = filtered(BY_WORDS, only, "held")
        return self._numbers(statement, words=asked, faint=faintly, limit=limit, **values_of(only))

    def by_vector(self, vector: Sequence[float], only: Only, limit: int) -> list[int]:
        if self._about is None or not self._about.width:
            return []
        statement = filtered(BY_VECTOR, only, "v")
        return self._numbers(statement, vector=written(vector), limit=limit, **values_of(only))

    def rows(self, numbers: Sequence[int]) -> list[Row]:
        statement = f"SELECT p.id, {SELECTED} FROM {{schema}}.passages_{{build}} AS p"
        found = self._ask(f"{statement} WHERE p.id = ANY(%(numbers)s)", numbers=list(numbers))
        rows = {values["id"]: store.row_of(values) for values in found}
        return [rows[number] for number in numbers]

    def all_rows(self, kinds: Sequence[Kind] = KINDS, *, whole: bool = True) -> Iterator[Row]:
        columns, joined = SELECTED if whole else SELECTED.replace(", p.words", ""), ""
        if whole and self._about is not None and self._about.width:
            columns += ", v.vector::real[] AS vector"
            joined = " LEFT JOIN {schema}.vectors_{build} AS v ON v.id = p.id"
        statement = (
            f"SELECT p.id, {columns} FROM {{schema}}.passages_{{build}} AS p{joined}"
            " WHERE p.id > %(last)s AND p.kind = ANY(%(kinds)s) ORDER BY p.id LIMIT 5000"
        )
        last = -1
        # in parts: all of a large index may not come over a slow line within the time limit
        while part := self._ask(statement, last=last, kinds=list(kinds)):
            last = part[-1]["id"]
            for values in part:
                vector = array("f", values.get("vector") or ()).tobytes()
                yield store.row_of(values | {"vector": vector})

    def check_vectors(self) -> None:
        self._pgvector()

    def _pgvector(self) -> str:
        """The schema that pgvector is in, quoted."""
        if self._vectors:
            return self._vectors
        found = self._ask(
            "SELECT quote_ident(n.nspname) AS name FROM pg_extension AS e"
            " JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'vector'"
        )
        if not found:
            raise UsageError(
                f"{self.label} has no pgvector to keep vectors with: run CREATE EXTENSION vector"
                " there, or keep the knowledge in a folder, or learn with --embedding none"
            )
        self._vectors = str(found[0]["name"])
        return self._vectors

    def close(self) -> None:
        if self._reading is not None:
            self._reading.close()

    def _numbers(self, statement: str, **values: Any) -> list[int]:
        return [found["id"] for found in self._ask(statement, **values)]

    def _ask(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of one statement in a read-only transaction of its own; of threads in turn."""
        with self._asking:
            return self._answer(statement, values)

    def _answer(self, statement: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        if "{vectors}" in statement:
            statement = statement.replace("{vectors}", self._pgvector())
        text = self._named(statement, self._build)
        for is_last in (False, True):
            connection = self._connect()  # before psycopg, for it says what is missing
            import psycopg
            from psycopg.rows import dict_row

            with self._refusals():
                try:
                    # binary: the text of a float4 would come back as another number
                    with connection.cursor(binary=True, row_factory=dict_row) as cursor:
                        found: list[dict[str, Any]] = cursor.execute(text, values).fetchall()
                        return found
                except psycopg.OperationalError:
                    # a server that was started again, or a firewall that forgot us
                    if is_last or not connection.closed:
                        raise
        raise AssertionError("the second try returns or raises")

    def _connect(self) -> Any:
        if self._reading is None or self._reading.closed:
            self._reading = dial_postgres(self._url, self.label, options=_READING)
            self._reading.autocommit = True
            self._reading.prepare_threshold = None  # a pooler may hand us another session
        return self._reading

    def _named(self, statement: str, build: str) -> str:
        # neither can be anything but letters, digits and _
        return statement.replace("{schema}", self._schema).replace("{build}", build)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Turns what the server refuses into one sentence."""
        import psycopg
        from psycopg import errors

        try:
            yield
        except (errors.UndefinedTable, errors.UndefinedColumn) as error:
            raise self._damaged(first_line(error)) from None
        except errors.QueryCanceled:
            raise DataError(f"{self.label} gave no answer in {SECONDS} s: try again") from None
        except errors.DiskFull as error:
            raise store.unwritten(self.label, error) from None
        except psycopg.Error as error:
            raise DataError(
                f"{self.label} refused what the knowledge needs ({first_line(error)}): ask its"
                " owner"
            ) from None

    def _damaged(self, what: str) -> DataError:
        return store.damaged(self.label, what, f"the schema {self._schema}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        connection = dial_postgres(self._url, self.label, options=_WRITING)
        from psycopg.errors import LockNotAvailable

        try:
            with self._refusals():
                connection.autocommit = True
                try:
                    # the server lets go soon after the connection ends, and so if we are killed
                    statement = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
                    connection.execute(statement, [self._schema])
                except LockNotAvailable:
                    raise store.busy(self.label) from None
            self._writing = connection
            yield
        finally:
            self._writing = None
            connection.close()

    def write(self, rows: Callable[[Sequence[Kind]], Iterable[Row]], about: About) -> About:
        def cleaned() -> Iterator[tuple[int, Row]]:
            return enumerate(store.cleaned(row) for kinds in (TABLES, REST) for row in rows(kinds))

        about = replace(about, build=uuid.uuid4().hex[:8])
        before = self.about().build if self.is_index() else ""
        with self._refusals():
            self._make_schema()
            self._drop_all_but(before)
            with self._writing.transaction(), self._writing.cursor() as cursor:
                cursor.execute(self._named(CREATE, about.build))
                self._copy(cursor, about.build, cleaned())
                cursor.execute(self._named(FILL, about.build))
                if about.width:
                    self._copy_vectors(cursor, about, cleaned())
                kept = json.dumps(asdict(about))
                values = {"build": about.build, "about": kept}
                cursor.execute(self._named(COUNTS, about.build), values)
        return about

    def _make_schema(self) -> None:
        # IF NOT EXISTS would ask for the right to create one even where there is one
        statement = "SELECT to_regnamespace(%s) IS NULL"
        if self._writing.execute(statement, [self._schema]).fetchone()[0]:
            self._writing.execute(f"CREATE SCHEMA {self._schema}")
        statement = "SELECT to_regclass(%s) IS NULL"
        if self._writing.execute(statement, [f"{self._schema}.builds"]).fetchone()[0]:
            self._writing.execute(self._named(BUILDS, ""))

    def _drop_all_but(self, build: str) -> None:
        """Drops older builds; where somebody reads one for long, the next learn will drop it."""
        from psycopg.errors import LockNotAvailable

        statement = (
            "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind ="
            f" 'r' AND relname ~ '^({'|'.join(_PARTS)})_[0-9a-f]{{8}}$' AND right(relname, 8) <> %s"
        )
        names = [name for (name,) in self._writing.execute(statement, [self._schema, build])]
        try:
            with self._writing.transaction():
                for name in names:
                    self._writing.execute(f"DROP TABLE {self._schema}.{name}")
                statement = f"DELETE FROM {self._schema}.builds WHERE build <> %s"
                self._writing.execute(statement, [build])
        except LockNotAvailable:
            pass

    def _copy(self, cursor: Any, build: str, rows: Iterable[tuple[int, Row]]) -> None:
        columns = ", ".join(("id", *COLUMNS))
        with cursor.copy(f"COPY {self._schema}.passages_{build} ({columns}) FROM STDIN") as target:
            for number, row in rows:
                values = asdict(row.passage) | {"origin": row.origin, "words": row.words}
                values["tables"] = list(row.passage.tables)
                target.write_row((number, *(values[name] for name in COLUMNS)))

    def _copy_vectors(self, cursor: Any, about: About, rows: Iterable[tuple[int, Row]]) -> None:
        table, vectors = f"{self._schema}.vectors_{about.build}", self._pgvector()
        width, count = about.width, 0
        cursor.execute(
            f"CREATE TABLE {table} (id integer PRIMARY KEY, kind text NOT NULL,"
            f" vector {vectors}.vector({width}) NOT NULL)"
        )
        with cursor.copy(f"COPY {table} FROM STDIN") as target:
            for number, row in rows:
                if row.vector:
                    count += 1
                    vector = written(array("f", row.vector))
                    target.write_row((number, row.passage.kind, vector))
        if count > EXACT and width <= WIDEST:
            # HNSW: Malkov & Yashunin 2018
            cursor.execute(
                f"CREATE INDEX ON {table} USING hnsw (vector {vectors}.vector_cosine_ops)"
            )
        cursor.execute(f"ANALYZE {table}")
