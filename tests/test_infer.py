"""Tables made up from their use: what they hold, what is said of it, and what stays refused."""

import pytest

from conftest import shared
from sqlwright import sql
from sqlwright.errors import BindError
from sqlwright.schema import Schema, kind_of, read_ddl
from sqlwright.verify.infer import infer_schema
from sqlwright.verify.judge import judge

KNOWN = read_ddl(
    """
    CREATE TABLE customers (id int PRIMARY KEY, name varchar(30), since date);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total numeric(10, 2));
    """,
    "postgres",
)


def infer(
    *texts: str, schema: Schema | None = KNOWN, dialect: str = "postgres"
) -> tuple[Schema, tuple[str, ...]]:
    return infer_schema([sql.read(text, dialect) for text in texts], schema, dialect)


def made(schema: Schema) -> dict[str, dict[str, str]]:
    return {
        table.name: {column.name: kind_of(column.type) for column in table.columns}
        for table in schema.tables
        if KNOWN.table(table.name) is None
    }


# queries, and the tables that they make up
MADE = {
    "compared with constants": (
        ["SELECT a FROM t WHERE b > 3 AND c = 'x' AND d >= '2024-01-01' AND e < 1.5 AND f = TRUE"
         " AND g BETWEEN '2024-01-01 00:00:00' AND '2024-01-02 00:00:00' AND h IN (1, 2)"],
        {"t": {"a": "text", "b": "int", "c": "text", "d": "date", "e": "num", "f": "bool",
               "g": "timestamp", "h": "int"}},
    ),
    "used by functions": (
        ["SELECT SUM(a), AVG(b), LOWER(c) FROM t WHERE EXTRACT(YEAR FROM d) = 2024 AND e LIKE 'a%'"
         " AND f || 'x' = 'y' AND DATE_TRUNC('hour', g) = now() AND h + 1 > 2 AND i / 2 > 1"
         " AND j + INTERVAL '1 day' > DATE '2024-01-01'"],
        {"t": {"a": "num", "b": "num", "c": "text", "d": "date", "e": "text", "f": "text",
               "g": "timestamp", "h": "int", "i": "num", "j": "date"}},
    ),
    "joined to what is known": (
        ["SELECT i.sku FROM orders o JOIN order_items i ON i.order_no = o.id AND i.price = o.total"],
        {"order_items": {"sku": "text", "order_no": "int", "price": "num"}},
    ),
    "no prefix, one missing table": (
        ["SELECT name, sku FROM customers JOIN purchases ON customer = customers.id WHERE qty > 3"],
        {"purchases": {"sku": "text", "customer": "int", "qty": "int"}},
    ),
    "conditions and choices": (
        ["SELECT CASE WHEN a THEN b ELSE 0 END, COALESCE(c, '') FROM t WHERE d AND NOT e AND f IS TRUE"],
        {"t": {"a": "bool", "b": "int", "c": "text", "d": "bool", "e": "bool", "f": "bool"}},
    ),
    "subqueries and unions": (
        ["SELECT a FROM t WHERE b IN (SELECT total FROM orders) AND c = (SELECT MAX(since) FROM customers)"
         " UNION SELECT id FROM customers"],
        {"t": {"a": "int", "b": "num", "c": "date"}},
    ),
    "a correlated subquery": (
        ["SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM visits WHERE visits.who = c.id AND day > c.since)"],
        {"visits": {"who": "int", "day": "date"}},
    ),
    "through derived tables, stars and CTEs": (
        ["WITH x AS (SELECT * FROM t), y (n, m) AS (SELECT a, MAX(z) FROM x GROUP BY a)"
         " SELECT q.n FROM (SELECT * FROM y) AS q WHERE q.m > 1.5 AND q.n LIKE 'a%'"],
        {"t": {"a": "text", "z": "num"}},
    ),
    "a recursive CTE": (
        ["WITH RECURSIVE r AS (SELECT id, parent_id FROM tree UNION ALL"
         " SELECT t.id, t.parent_id FROM tree t JOIN r ON t.parent_id = r.id) SELECT id FROM r"],
        {"tree": {"id": "int", "parent_id": "int"}},
    ),
    "the evidence of both queries": (
        ["SELECT a, b FROM t", "SELECT a, b FROM t WHERE b > '2024-01-01' AND a = 1"],
        {"t": {"a": "int", "b": "date"}},
    ),
    "two missing tables, equal columns": (
        ["SELECT s.x FROM s JOIN u ON s.k = u.k WHERE u.k > 7"],
        {"s": {"x": "text", "k": "int"}, "u": {"k": "int"}},
    ),
    "USING": (["SELECT 1 FROM s JOIN u USING (k_id)"], {"s": {"k_id": "int"}, "u": {"k_id": "int"}}),
    "names of outputs are no columns": (
        ["SELECT a AS z, COUNT(*) AS n FROM t GROUP BY z HAVING COUNT(*) > 1 ORDER BY n"],
        {"t": {"a": "text"}},
    ),
    "no column at all": (["SELECT COUNT(*) FROM t"], {"t": {"id": "int"}}),
    "defaults": (["SELECT id, user_id, note FROM t"], {"t": {"id": "int", "user_id": "int", "note": "text"}}),
}  # fmt: skip


@pytest.mark.parametrize("name", MADE)
def test_tables_are_made_up_from_their_use(name: str) -> None:
    texts, wanted = MADE[name]
    schema, notes = infer(*texts)
    assert made(schema) == wanted
    assert schema.tables[:2] == KNOWN.tables
    for table in wanted:
        (note,) = (note for note in notes if note.startswith(f"table {table} is not in the schema"))
        assert note.endswith("no key is assumed")
    assert all(column.nullable for table in schema.tables[2:] for column in table.columns)
    for text in texts:
        sql.bind(sql.read(text, "postgres"), schema, "postgres")


def test_notes_name_columns_and_their_kinds() -> None:
    _, notes = infer("SELECT a, b FROM t WHERE a > 1")
    assert notes == (
        "table t is not in the schema: its columns a (int), b (text) are guessed from the queries;"
        " no key is assumed",
    )
    assert infer("SELECT name FROM customers")[1] == ()


def test_what_may_be_of_several_tables_is_said() -> None:
    schema, notes = infer(
        "SELECT u.k, v FROM s JOIN u ON s.k = u.k WHERE u_size > 1", "SELECT u.v FROM u"
    )
    assert made(schema) == {"s": {"k": "text"}, "u": {"k": "text", "v": "text", "u_size": "int"}}
    assert "column u_size may be of table s or u: u is taken" in notes
    assert not any("column v " in note for note in notes)  # the second query settles it


def test_a_star_over_a_missing_table_is_said() -> None:
    _, notes = infer("SELECT * FROM t WHERE a = 1")
    assert (
        "* over table t stands for the columns that the queries name: others are not known" in notes
    )
    _, notes = infer("SELECT c.* FROM customers c JOIN t ON t.a = c.id")
    assert not any(note.startswith("*") for note in notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT id FROM custmers", r"no table custmers. Did you mean customers\?"),
        ("SELECT o.id FROM orders o JOIN ordres x ON x.id = o.id", r"Did you mean orders\?"),
        ("SELECT c.nmae FROM customers c JOIN t ON t.a = c.id", "nmae"),
        ("SELECT totall FROM orders JOIN t ON t.a = orders.id", r"Did you mean total\?"),
        ("SELECT c.height FROM customers c", "height"),
    ],
)
def test_slips_stay_refused(text: str, message: str) -> None:
    schema, _ = infer(text)
    with pytest.raises(BindError, match=message):
        sql.bind(sql.read(text, "postgres"), schema, "postgres")


def test_what_only_the_proposal_names_is_not_made_up() -> None:
    schema, notes = infer("SELECT name FROM customers", "SELECT name FROM customers, nowhere")
    assert (schema, notes) == (KNOWN, ())


@pytest.mark.parametrize("folder", ["tpch", "tpcds"])
def test_published_queries_bind_without_a_schema(folder: str) -> None:
    real = read_ddl(shared("schemas", f"{folder}.sql").read_text())
    right = wrong = 0
    for path in sorted(shared("queries", folder).glob("*.sql")):
        query = sql.read(path.read_text(), "postgres")
        schema, _ = infer_schema([query], None, "postgres")
        sql.bind(query, schema, "postgres")
        for table in schema.tables:
            known = real.table(table.name)
            assert known is not None
            found = sum(known.column(column.name) is not None for column in table.columns)
            right, wrong = right + found, wrong + len(table.columns) - found
    assert wrong / right < 0.02  # columns in a table that has them, though none has a prefix


def test_a_made_up_schema_tells_queries_apart() -> None:
    first = sql.read("SELECT a FROM t WHERE b > 10 AND c = 'x'", "postgres")
    second = sql.read("SELECT a FROM t WHERE b >= 10 AND c = 'x'", "postgres")
    schema, _ = infer_schema([first, second], None, "postgres")
    assert judge(first, second, schema, "postgres").outcome == "different"
    assert judge(first, first, schema, "postgres").outcome == "no difference found"
