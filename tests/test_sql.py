"""Reading, binding and writing queries; what is refused, and in which words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from conftest import DDL, shared
from sqlwright import sql
from sqlwright.errors import BindError, SqlError, UsageError
from sqlwright.schema import ForeignKey, Index, enum_values, kind_of, read_ddl, write_ddl

SHOP = read_ddl(DDL)

REFUSED = {
    "": "holds no SQL",
    "-- only a comment": "holds no SQL",
    "SELECT 1; DROP TABLE orders": "2 statements",
    "DELETE FROM orders": "DELETE",
    "INSERT INTO orders VALUES (1)": "INSERT",
    "CREATE TABLE t AS SELECT 1": "CREATE",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone": "DELETE",
    "SELECT * INTO copy FROM orders": "writes a table",
    "SELECT * FROM orders FOR UPDATE": "locks rows",
    "COPY orders TO '/tmp/x'": "COPY",
    "SELECT pg_sleep(10)": "pg_sleep",
    "SELECT pg_read_file('/etc/passwd')": "pg_read_file",
    "SELECT nextval('s')": "nextval",
    "SELECT lo_import('/etc/passwd')": "lo_import",
    "SELECT * FROM dblink('x', 'SELECT 1') AS t(a int)": "dblink",
    "SELECT set_config('a', 'b', false)": "set_config",
    "SELECT pg_catalog.pg_terminate_backend(1)": "pg_terminate_backend",
    "SELECT * FROM orders WHERE id = $1": "parameter",
    "SET search_path = x": "SET",
    "DO $$ BEGIN END $$": "DO",
    "EXPLAIN ANALYZE DELETE FROM orders": "EXPLAIN",
    "hello world": "no SQL query",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refuses_what_is_not_one_read_only_query(text: str) -> None:
    with pytest.raises(SqlError, match=REFUSED[text]):
        sql.read(text, "postgres")


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("PRAGMA writable_schema = 1", "sqlite"),
        ("ATTACH 'x.db' AS y", "sqlite"),
        ("SELECT load_extension('x')", "sqlite"),
        ("SELECT writefile('x', 'y')", "sqlite"),
        ("VACUUM INTO 'x'", "sqlite"),
        ("SELECT * FROM read_csv('/etc/passwd')", "duckdb"),
        ("INSTALL httpfs", "duckdb"),
        ("SELECT getenv('HOME')", "duckdb"),
        ("SELECT SLEEP(5)", "mysql"),
        ("SELECT LOAD_FILE('/etc/passwd')", "mysql"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", "mysql"),
        ("SELECT @a := 1", "mysql"),
    ],
)
def test_refuses_what_one_engine_alone_knows(text: str, dialect: str) -> None:
    with pytest.raises(SqlError):
        sql.read(text, dialect)


def test_errors_say_where() -> None:
    with pytest.raises(SqlError, match=r"line 2, column 11.*near 'orders'"):
        sql.read("SELECT id\nFORM orders WHERE", "postgres")
    with pytest.raises(BindError, match=r"line 1, column 8.*o_total.*Did you mean total\?"):
        sql.bind(sql.read("SELECT o_total FROM orders", "sqlite"), SHOP, "sqlite")
    with pytest.raises(BindError, match=r"no table ordes\. Did you mean orders\?"):
        sql.bind(sql.read("SELECT 1 FROM ordes", "sqlite"), SHOP, "sqlite")
    with pytest.raises(BindError, match="id is ambiguous"):
        sql.bind(sql.read("SELECT id FROM orders, customers", "sqlite"), SHOP, "sqlite")


def test_binding_lists_stars_and_names_tables() -> None:
    bound = sql.bind(
        sql.read('SELECT * FROM Orders o WHERE "TOTAL" > 1', "postgres"), SHOP, "postgres"
    )
    assert bound.named_selects == ["id", "customer_id", "total", "placed"]
    assert sql.write(bound, "postgres").endswith("WHERE o.total > 1")


def test_a_cte_shadows_no_table_that_it_reads() -> None:
    query = sql.read("WITH orders AS (SELECT * FROM orders) SELECT * FROM orders", "postgres")
    assert [t.name for t in sql.tables_of(query, SHOP)] == ["orders"]
    only = sql.read("WITH x AS (SELECT 1 AS a) SELECT a FROM x", "postgres")
    assert sql.tables_of(only, SHOP) == ()


def test_template_drops_literals_and_list_lengths() -> None:
    one = sql.read("SELECT id FROM orders WHERE total > 5 AND id IN (1, 2, 3)", "sqlite")
    two = sql.read("select ID from orders where total > 77.5 and id in (9)", "sqlite")
    assert sql.template(one) == sql.template(two)
    assert sql.fingerprint(one) == sql.fingerprint(two)


@pytest.mark.parametrize(
    ("text", "unstable"),
    [
        ("SELECT id FROM orders LIMIT 2", True),
        ("SELECT id FROM orders ORDER BY total LIMIT 2", True),
        ("SELECT id FROM orders ORDER BY total, id LIMIT 2", False),
        ("SELECT id AS n FROM orders ORDER BY n LIMIT 2", False),
        ("SELECT id FROM orders", False),
        ("SELECT RANDOM() FROM orders", True),
        ("SELECT ROW_NUMBER() OVER (ORDER BY total) FROM orders", True),
        ("SELECT ROW_NUMBER() OVER (ORDER BY id) FROM orders", False),
        ("SELECT RANK() OVER (ORDER BY total) FROM orders", False),
        ("SELECT GROUP_CONCAT(city) FROM customers", True),
        ("SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM customers LIMIT 1)", False),
        ("SELECT city, COUNT(*) FROM customers GROUP BY city ORDER BY city LIMIT 3", False),
    ],
)
def test_says_why_two_runs_may_differ(text: str, unstable: bool) -> None:
    assert (sql.why_unstable(sql.read(text, "sqlite"), SHOP) is not None) == unstable


def test_unknown_dialect_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean postgres"):
        sql.dialect_of("postgress")
    assert sql.dialect_of("PostgreSQL") == "postgres"


def test_guesses_dialects_from_quoting() -> None:
    assert sql.guess_dialect("SELECT `a` FROM t") == "mysql"
    assert sql.guess_dialect('SELECT "a" FROM t') == "postgres"
    assert sql.guess_dialect("SELECT a FROM t", ddl="CREATE TABLE `t` (a INT)") == "mysql"
    assert sql.guess_dialect('SELECT "t".a FROM "t"', ddl="CREATE TABLE `t` (a INT)") == "postgres"
    # || joins texts everywhere but in MySQL, where it means OR
    assert sql.guess_dialect("SELECT a || b FROM t", ddl="CREATE TABLE `t` (a INT)") == "postgres"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    for dialect in ("sqlite", "postgres", "mysql", "duckdb"):
        found = ""
        try:
            sql.read(text, dialect)
        except SqlError as error:
            found = str(error)
        assert "\n" not in found.strip()


def test_ddl_keys_comments_and_references() -> None:
    schema = read_ddl(
        """
        CREATE TABLE a (x INT NOT NULL, y INT UNIQUE, note TEXT COMMENT 'why', PRIMARY KEY (x));
        CREATE TABLE b (x INT REFERENCES a, z INT, CHECK (z > 0), UNIQUE KEY u (x, z), KEY k (z));
        CREATE UNIQUE INDEX i ON b (z);
        """,
        "mysql",
    )
    a, b = schema.tables
    assert a.primary_key == ("x",)
    assert a.unique == (("y",),)
    assert [c.nullable for c in a.columns] == [False, True, True]
    assert a.columns[2].comment == "why"
    assert b.foreign_keys == (ForeignKey(("x",), "a", ("x",)),)
    assert b.unique == (("x", "z"),)
    assert b.indexes == (Index("k", ("z",)), Index("i", ("z",), unique=True))
    assert b.checks == ("z > 0",)


def test_ddl_of_a_dump_with_alter_table() -> None:
    schema = read_ddl(
        """
        SET search_path = public;
        CREATE TABLE public.a (id integer NOT NULL, b_id integer,);
        CREATE TABLE public.b (id serial);
        ALTER TABLE ONLY public.a ADD CONSTRAINT a_key PRIMARY KEY (id);
        ALTER TABLE ONLY public.b ADD CONSTRAINT b_key PRIMARY KEY (id);
        ALTER TABLE ONLY public.a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES public.b(id);
        COMMENT ON TABLE public.a IS 'first';
        CREATE UNIQUE INDEX part ON public.a (b_id) WHERE b_id > 0;
        """
    )
    a = schema.table("A")
    assert a is not None
    assert (a.primary_key, a.comment) == (("id",), "first")
    assert a.foreign_keys == (ForeignKey(("b_id",), "b", ("id",)),)
    assert a.keys() == (("id",),)  # a partial index makes nothing unique


def test_ddl_that_cannot_be_read_names_its_line() -> None:
    with pytest.raises(SqlError, match="line 2"):
        read_ddl("\nCREATE TABLE x (id INT, ((")
    with pytest.raises(SqlError, match="no CREATE TABLE"):
        read_ddl("SELECT 1")


def test_enums_and_domains_stand_behind_their_names() -> None:
    schema = read_ddl(
        """
        CREATE TYPE public.mood AS ENUM ('sad', 'it''s ok');
        CREATE DOMAIN pos AS integer NOT NULL CONSTRAINT c CHECK (VALUE > 0) CHECK (value < 100);
        CREATE DOMAIN odd AS public.pos CHECK (VALUE % 2 = 1);
        CREATE TABLE t (a mood, b odd, c int CHECK (c > 0) CHECK (c < 5), d "mood" NOT NULL);
        """,
        "postgres",
    )
    a, b, c, d = schema.tables[0].columns
    assert a.type == d.type == "ENUM('sad', 'it''s ok')"
    assert enum_values(a.type) == ("sad", "it's ok")
    assert (a.nullable, b.type, b.nullable, c.nullable) == (True, "INT", False, True)
    assert schema.tables[0].checks == ("c > 0", "c < 5", "b % 2 = 1", "b > 0", "b < 100")
    assert enum_values("SET('x','y')") == ("x", "y")
    assert enum_values("VARCHAR(3)") == ()


def test_items_that_no_dialect_reads_cost_only_themselves() -> None:
    schema = read_ddl(
        """
        CREATE TABLE t (a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED, c int WEIRD (1),
          CONSTRAINT x CHECK (a > 0) NOT VALID, EXCLUDE USING gist (a WITH =), d text DEFAULT 'x'
        ) PARTITION BY RANGE (a) WEIRD STUFF;
        """
    )
    (table,) = schema.tables
    assert [column.name for column in table.columns] == ["a", "b", "c", "d"]
    assert table.checks == ("a > 0",)
    assert not table.columns[0].nullable


def test_a_mysql_key_is_no_column_of_that_name() -> None:
    (table,) = read_ddl(
        "CREATE TABLE t (a int, name varchar(9), KEY by_name (name), UNIQUE KEY u (name(3), a),"
        " UNIQUE KEY e ((lower(name))))"
    ).tables
    assert [column.name for column in table.columns] == ["a", "name"]
    assert table.unique == (("name", "a"),)  # one over an expression says nothing of columns
    assert read_ddl("CREATE TABLE t (key int, `index` text)").tables[0].column("index")


def test_alter_table_adds_columns_and_not_null() -> None:
    (table,) = read_ddl(
        """
        CREATE TABLE t (a int);
        ALTER TABLE t ADD COLUMN b int NOT NULL CHECK (b > 1);
        ALTER TABLE t ALTER COLUMN a SET NOT NULL;
        ALTER TABLE gone ADD COLUMN c int;
        """
    ).tables
    assert [(c.name, c.nullable) for c in table.columns] == [("a", False), ("b", False)]
    assert table.checks == ("b > 1",)


def test_ddl_that_no_engine_takes_is_refused_in_one_sentence() -> None:
    with pytest.raises(SqlError, match="has the column A twice"):
        read_ddl("CREATE TABLE t (A int, b int, a text)")
    with pytest.raises(SqlError, match=r"names the column nme, .*Did you mean name\?"):
        read_ddl("CREATE TABLE t (id int, name text, UNIQUE (nme))")


def test_foreign_keys_that_lead_nowhere_are_left_out() -> None:
    schema = read_ddl(
        """
        CREATE TABLE a (id int PRIMARY KEY, up int REFERENCES a, b_id int REFERENCES b (id),
                        x int REFERENCES missing (id), y int REFERENCES b (zzz));
        CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a, FOREIGN KEY (zzz) REFERENCES a);
        """
    )
    a, b = schema.tables
    assert [(key.columns, key.table) for key in a.foreign_keys] == [
        (("up",), "a"),
        (("b_id",), "b"),
    ]
    assert b.foreign_keys == (ForeignKey(("a_id",), "a", ("id",)),)


def test_written_ddl_reads_back() -> None:
    for dialect in ("sqlite", "postgres", "duckdb", "mysql"):
        again = read_ddl(write_ddl(SHOP, dialect), dialect)
        assert [t.primary_key for t in again.tables] == [t.primary_key for t in SHOP.tables]
        assert [t.foreign_keys for t in again.tables] == [t.foreign_keys for t in SHOP.tables]
        indexes = [[(i.columns, i.unique) for i in t.indexes] for t in again.tables]
        assert indexes == [[(i.columns, i.unique) for i in t.indexes] for t in SHOP.tables]
        assert any(indexes)


def test_tpch_ddl() -> None:
    schema = read_ddl(shared("schemas", "tpch.sql").read_text())
    assert len(schema.tables) == 8
    assert sum(len(table.foreign_keys) for table in schema.tables) == 8


def test_every_shared_schema_is_read() -> None:
    folder = shared("schemas")
    for path in sorted(folder.glob("*.sql")):
        assert read_ddl(path.read_text()).tables, path.name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("BIGINT(20) UNSIGNED", "int"), ("TINYINT(1)", "bool"), ("character varying(3)", "text"),
        ("DECIMAL(15, 2)", "num"), ("double precision", "real"), ("DATE", "date"),
        ("timestamp without time zone", "timestamp"), ("time", "time"), ("bytea", "other"),
        ("UINTEGER", "int"), ("boolean", "bool"), ("int4", "int"), ("DATETIME", "timestamp"),
    ],
)  # fmt: skip
def test_kinds_of_types(name: str, kind: str) -> None:
    assert kind_of(name) == kind


def test_is_not_null_has_one_form() -> None:
    """The parser makes two of it, and rules that knew one took IS NOT NULL for IS NULL."""
    for dialect in ("postgres", "sqlite", "duckdb", "mysql"):
        condition = sql.read("SELECT 1 FROM t WHERE a IS NOT NULL", dialect).args["where"].this
        assert isinstance(condition, exp.Not), dialect
        assert not condition.this.args.get("negate")


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
def test_not_like_has_one_form(dialect: str) -> None:
    text = "SELECT id FROM t WHERE a NOT LIKE 'x%' AND b NOT LIKE 'x!_' ESCAPE '!'"
    query = sql.read(text, dialect)
    assert not any(node.args.get("negate") for node in query.walk())
    assert len(list(query.find_all(exp.Not))) == 2
    assert query.sql() == ("SELECT id FROM t WHERE NOT a LIKE 'x%' AND NOT b LIKE 'x!_' ESCAPE '!'")
    assert sql.read(sql.write(query, dialect), dialect) == query


def test_a_bound_name_of_two_words_keeps_its_quotes() -> None:
    query = sql.read('SELECT 1 AS "Foreign Table", 2 AS plain', "postgres")
    bound = sql.bind(query, read_ddl("CREATE TABLE t (a INT)", "postgres"), "postgres")
    text = sql.write(bound, "postgres")
    assert text == 'SELECT 1 AS "foreign table", 2 AS plain'
    assert sql.write(sql.read(text, "postgres"), "postgres") == text
