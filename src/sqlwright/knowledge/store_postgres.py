"""An index in PostgreSQL, for people and machines that share one.

    sqlwright_knowledge      the schema; ?index=sales in the URL adds _sales to its name
    ├── builds               what each build was made of and with; the newest one counts
    ├── passages_XXXXXXXX    the passages of a build
    ├── terms_XXXXXXXX       each word with the passages that hold it, how often, of what length
    └── vectors_XXXXXXXX     vectors of pgvector, where there is an embedding

A build is written in one transaction, so one that is killed leaves nothing. Nothing outside the
schema is written, and searching happens in read-only transactions with a time limit.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
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
from sqlwright.knowledge.store import About, Row

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
_COLUMNS = ("kind", "title", "text", "source", "tables", "fingerprint", "origin", "words")
_SELECTED = ", ".join(f"p.{name}" for name in _COLUMNS)
_PARTS = ("passages", "terms", "vectors")

# BM25: Robertson & Zaragoza 2009, section 3.4; k1 = 1.2 and b = 0.75 are LanceDB's too. The score
# is rounded to a float4, for the last digits of a sum depend on the order of its terms.
_BY_WORDS = f"""
SELECT {_SELECTED}
FROM (
    SELECT held.id, sum(
        CASE WHEN t.term = ANY(%(words)s::text[]) THEN 1 ELSE {store.FAINT}::float END
        * ln(1 + (b.passages - t.frequency + 0.5::float) / (t.frequency + 0.5::float))
        * 2.2::float * held.count
        / (held.count + 1.2::float * (0.25::float + 0.75::float * held.length / b.average_length))
    )::real AS score
    FROM {{schema}}.builds AS b
    JOIN {{schema}}.terms_{{build}} AS t
    ON t.term = ANY(%(words)s::text[] || %(faint)s::text[]) AND t.kind = ANY(%(kinds)s)
    CROSS JOIN LATERAL unnest(t.passages, t.counts, t.lengths) AS held (id, count, length)
    WHERE b.build = '{{build}}'
    GROUP BY held.id
    ORDER BY score DESC, held.id
    LIMIT %(limit)s
) AS best
JOIN {{schema}}.passages_{{build}} AS p ON p.id = best.id
ORDER BY best.score DESC, best.id
"""
_BY_VECTOR = f"""
SELECT {_SELECTED}
FROM (
    SELECT v.id, v.vector OPERATOR({{vectors}}.<=>) %(vector)s::{{vectors}}.vector AS distance
    FROM {{schema}}.vectors_{{build}} AS v
    WHERE {{only}}
    ORDER BY distance
    LIMIT %(limit)s
) AS near
JOIN {{schema}}.passages_{{build}} AS p ON p.id = near.id
ORDER BY near.distance, near.id
"""
_CREATE = """
CREATE TABLE {schema}.passages_{build} (
    id integer PRIMARY KEY, kind text NOT NULL, title text NOT NULL, text text NOT NULL,
    source text NOT NULL, tables text[] NOT NULL, fingerprint text NOT NULL,
    origin text NOT NULL, words text NOT NULL,
    length integer GENERATED ALWAYS AS (cardinality(string_to_array(words, ' '))) STORED
);
CREATE TABLE {schema}.terms_{build} (
    term text COLLATE "C" NOT NULL, kind text NOT NULL, frequency integer NOT NULL,
    passages integer[] NOT NULL, counts integer[] NOT NULL, lengths integer[] NOT NULL
);
"""
# hash indexes: those of other kinds take no word that is longer than 2,700 letters
_FILL = """
INSERT INTO {schema}.terms_{build}
SELECT
    word, kind, sum(count(*)) OVER (PARTITION BY word),
    array_agg(id ORDER BY id), array_agg(count ORDER BY id), array_agg(length ORDER BY id)
FROM (
    SELECT w.word COLLATE "C" AS word, p.kind, p.id, count(*)::integer AS count, p.length
    FROM {schema}.passages_{build} AS p
    CROSS JOIN LATERAL unnest(string_to_array(p.words, ' ')) AS w (word)
    GROUP BY w.word COLLATE "C", p.id
) AS counted
GROUP BY word, kind;
CREATE INDEX ON {schema}.terms_{build} USING hash (term);
CREATE INDEX ON {schema}.passages_{build} USING hash (title) WHERE kind = 'table';
ANALYZE {schema}.passages_{build}, {schema}.terms_{build};
"""
_BUILDS = """
CREATE TABLE IF NOT EXISTS {schema}.builds (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, build text NOT NULL UNIQUE,
    about text NOT NULL, passages integer NOT NULL, average_length double precision NOT NULL
)
"""
_COUNTS = """
INSERT INTO {schema}.builds (build, about, passages, average_length)
SELECT %(build)s, %(about)s, count(*), greatest(avg(length), 1)
FROM {schema}.passages_{build}
"""


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
        self._reading: Any = None
        self._writing: Any = None
        self.label = label_of(self._url) + (f", index {name}" if name else "")
        # each member of a team calls learn from a copy of the same project
        self.home = Path.cwd()

    def is_index(self) -> bool:
        return bool(self._newest())

    def about(self) -> About:
        newest = self._newest()
        if not newest:
            raise store.missing(self.label)
        try:
            values = json.loads(newest[0]["about"])
            about = store.read_about(values, self.label, f"the schema {self._schema}")
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._damaged("builds") from None
        if not re.fullmatch("[0-9a-f]{8}", about.build):
            raise self._damaged("builds")
        self._build = about.build
        return about

    def _newest(self) -> list[dict[str, Any]]:
        if not self._is_made:
            made = "SELECT to_regclass('{schema}.builds') IS NOT NULL AS made"
            self._is_made = self._ask(made)[0]["made"]
        statement = "SELECT about FROM {schema}.builds ORDER BY number DESC LIMIT 1"
        return self._ask(statement) if self._is_made else []

    def tables(self, names: Sequence[str], limit: int) -> list[Row]:
        return self._rows(
            f"SELECT {_SELECTED} FROM {{schema}}.passages_{{build}} AS p"
            " WHERE p.kind = 'table' AND p.title = ANY(%(names)s) ORDER BY p.id LIMIT %(limit)s",
            names=[store.clean(name) for name in names],
            limit=limit,
        )

    def by_words(
        self,
        words: Sequence[str],
        kinds: Sequence[Kind],
        limit: int,
        faint: Sequence[str] = (),
    ) -> list[Row]:
        asked, faintly = ([store.clean(word) for word in some] for some in (words, faint))
        return self._rows(_BY_WORDS, words=asked, faint=faintly, kinds=list(kinds), limit=limit)

    def by_vector(self, vector: Sequence[float], kinds: Sequence[Kind], limit: int) -> list[Row]:
        only = "true" if set(kinds) == set(KINDS) else "v.kind = ANY(%(kinds)s)"
        statement = _BY_VECTOR.replace("{only}", only)
        return self._rows(statement, vector=_written(vector), kinds=list(kinds), limit=limit)

    def all_rows(self) -> list[Row]:
        columns, joined = _SELECTED, ""
        if self._ask("SELECT to_regclass('{schema}.vectors_{build}') AS found")[0]["found"]:
            columns += ", v.vector::real[] AS vector"
            joined = " JOIN {schema}.vectors_{build} AS v ON v.id = p.id"
        statement = (
            f"SELECT {columns} FROM {{schema}}.passages_{{build}} AS p{joined}"
            " WHERE p.id >= %(first)s ORDER BY p.id LIMIT %(limit)s"
        )
        rows: list[Row] = []
        # in parts: all of a large index may not come over a slow line within the time limit
        while part := self._rows(statement, first=len(rows), limit=5000):
            rows += part
        return rows

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

    def _rows(self, statement: str, **values: Any) -> list[Row]:
        return [store.row_of(found) for found in self._ask(statement, **values)]

    def _ask(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """The rows of one statement in a read-only transaction of its own."""
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

    def write(self, rows: Sequence[Row], about: About) -> About:
        rows = [store.cleaned(row) for row in rows]
        about = replace(about, build=uuid.uuid4().hex[:8])
        before = self.about().build if self.is_index() else ""
        with self._refusals():
            self._make_schema()
            self._drop_all_but(before)
            with self._writing.transaction(), self._writing.cursor() as cursor:
                cursor.execute(self._named(_CREATE, about.build))
                self._copy(cursor, about.build, rows)
                cursor.execute(self._named(_FILL, about.build))
                if about.digest:
                    self._copy_vectors(cursor, about.build, rows)
                kept = json.dumps(asdict(about))
                values = {"build": about.build, "about": kept}
                cursor.execute(self._named(_COUNTS, about.build), values)
        return about

    def _make_schema(self) -> None:
        # IF NOT EXISTS would ask for the right to create one even where there is one
        statement = "SELECT to_regnamespace(%s) IS NULL"
        if self._writing.execute(statement, [self._schema]).fetchone()[0]:
            self._writing.execute(f"CREATE SCHEMA {self._schema}")
        statement = "SELECT to_regclass(%s) IS NULL"
        if self._writing.execute(statement, [f"{self._schema}.builds"]).fetchone()[0]:
            self._writing.execute(self._named(_BUILDS, ""))

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

    def _copy(self, cursor: Any, build: str, rows: Sequence[Row]) -> None:
        columns = ", ".join(("id", *_COLUMNS))
        with cursor.copy(f"COPY {self._schema}.passages_{build} ({columns}) FROM STDIN") as target:
            for number, row in enumerate(rows):
                values = asdict(row.passage) | {"origin": row.origin, "words": row.words}
                values["tables"] = list(row.passage.tables)
                target.write_row((number, *(values[name] for name in _COLUMNS)))

    def _copy_vectors(self, cursor: Any, build: str, rows: Sequence[Row]) -> None:
        table, vectors = f"{self._schema}.vectors_{build}", self._pgvector()
        width = len(rows[0].vector)
        cursor.execute(
            f"CREATE TABLE {table} (id integer PRIMARY KEY, kind text NOT NULL,"
            f" vector {vectors}.vector({width}) NOT NULL)"
        )
        with cursor.copy(f"COPY {table} FROM STDIN") as target:
            for number, row in enumerate(rows):
                target.write_row((number, row.passage.kind, _written(row.vector)))
        if len(rows) > EXACT and width <= WIDEST:
            # HNSW: Malkov & Yashunin 2018
            cursor.execute(
                f"CREATE INDEX ON {table} USING hnsw (vector {vectors}.vector_cosine_ops)"
            )
        cursor.execute(f"ANALYZE {table}")


def _written(vector: Sequence[float]) -> str:
    # nine digits tell every float4
    return "[" + ",".join(f"{number:.9g}" for number in vector) + "]"
