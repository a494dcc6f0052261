"""The statements of an index in PostgreSQL.

{schema} and {build} stand for their names, {only} and {joined} for which passages may be found,
{of} for tables or the rest, which are ranked apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlwright.knowledge import store
from sqlwright.knowledge.store import Only

COLUMNS = (
    *("kind", "title", "text", "source", "tables", "fingerprint", "time", "database"),
    *("origin", "words"),
)
SELECTED = ", ".join(f"p.{name}" for name in COLUMNS)

# BM25: Robertson & Zaragoza 2009, section 3.4; k1 = 1.2 and b = 0.75 are LanceDB's too. The score
# is rounded to a float4, for the last digits of a sum depend on the order of its terms.
BY_WORDS = f"""
    SELECT held.id, sum(
        CASE WHEN t.term = ANY(%(words)s::text[]) THEN 1 ELSE {store.FAINT}::float END
        * ln(1 + (b.{{of}} - t.frequency + 0.5::float) / (t.frequency + 0.5::float))
        * 2.2::float * held.count
        / (
            held.count
            + 1.2::float * (0.25::float + 0.75::float * held.length / b.{{of}}_length)
        )
    )::real AS score
    FROM {{schema}}.builds AS b
    JOIN {{schema}}.terms_{{build}} AS t
    ON t.term = ANY(%(words)s::text[] || %(faint)s::text[]) AND t.kind = ANY(%(kinds)s)
    CROSS JOIN LATERAL unnest(t.passages, t.counts, t.lengths) AS held (id, count, length)
    {{joined}}
    WHERE b.build = '{{build}}' AND {{only}}
    GROUP BY held.id
    ORDER BY score DESC, held.id
    LIMIT %(limit)s
"""
BY_VECTOR = """
SELECT near.id
FROM (
    SELECT v.id, v.vector OPERATOR({vectors}.<=>) %(vector)s::{vectors}.vector AS distance
    FROM {schema}.vectors_{build} AS v
    {joined}
    WHERE {only}
    ORDER BY distance
    LIMIT %(limit)s
) AS near
ORDER BY near.distance, near.id
"""
CREATE = """
CREATE TABLE {schema}.passages_{build} (
    id integer PRIMARY KEY, kind text NOT NULL, title text NOT NULL, text text NOT NULL,
    source text NOT NULL, tables text[] NOT NULL, fingerprint text NOT NULL,
    time text COLLATE "C" NOT NULL, database text NOT NULL,
    origin text NOT NULL, words text NOT NULL,
    length integer GENERATED ALWAYS AS (cardinality(string_to_array(words, ' '))) STORED
);
CREATE TABLE {schema}.terms_{build} (
    term text COLLATE "C" NOT NULL, kind text NOT NULL, frequency integer NOT NULL,
    passages integer[] NOT NULL, counts integer[] NOT NULL, lengths integer[] NOT NULL
);
"""
# hash indexes: those of other kinds take no word that is longer than 2,700 letters
FILL = """
INSERT INTO {schema}.terms_{build}
SELECT
    word, kind, sum(count(*)) OVER (PARTITION BY word, kind = 'table'),
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
BUILDS = """
CREATE TABLE IF NOT EXISTS {schema}.builds (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, build text NOT NULL UNIQUE,
    about text NOT NULL, tables integer NOT NULL, tables_length double precision NOT NULL,
    rest integer NOT NULL, rest_length double precision NOT NULL
)
"""
COUNTS = """
INSERT INTO {schema}.builds (build, about, tables, tables_length, rest, rest_length)
SELECT
    %(build)s, %(about)s,
    count(*) FILTER (WHERE kind = 'table'),
    greatest(avg(length) FILTER (WHERE kind = 'table'), 1),
    count(*) FILTER (WHERE kind <> 'table'),
    greatest(avg(length) FILTER (WHERE kind <> 'table'), 1)
FROM {schema}.passages_{build}
"""


def written(vector: Sequence[float]) -> str:
    """The vector as pgvector reads it."""
    # nine digits tell every float4
    return "[" + ",".join(f"{number:.9g}" for number in vector) + "]"


def filtered(statement: str, only: Only, searched: str) -> str:
    """The statement for what may be found; kinds stand in `searched`, the rest in passages."""
    passes, joined, of = only_passing(only), "", "tables" if only.is_of_tables else "rest"
    if passes != "true":
        joined = f"JOIN {{schema}}.passages_{{build}} AS p ON p.id = {searched}.id"
    if searched == "v":
        passes += " AND v.kind = ANY(%(kinds)s)"
    return statement.replace("{joined}", joined).replace("{only}", passes).replace("{of}", of)


def only_passing(only: Only) -> str:
    """The condition on passages, beside their kind."""
    parts = ["p.database IN ('', %(database)s)"] if only.database else []
    parts += ["p.time >= %(since)s"] if only.since else []
    return " AND ".join(parts) or "true"


def values_of(only: Only) -> dict[str, Any]:
    """What the conditions compare with."""
    database, since = store.clean(only.database), store.clean(only.since)
    return {"kinds": list(only.kinds), "database": database, "since": since}
