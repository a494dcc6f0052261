"""Repair: a query that runs is left alone, a broken one is mended by the smallest edit, on engines."""

import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from conftest import DDL
from sqlwright import sql
from sqlwright.database import connect
from sqlwright.errors import SqlError
from sqlwright.repair import Ground, Repaired, open_ground, repair
from sqlwright.repair.by_model import fewest_edits
from sqlwright.repair.characters import character_options
from sqlwright.repair.faults import find_fault
from sqlwright.repair.layout import blocks, conjuncts
from sqlwright.repair.pieces import pieces_of
from sqlwright.repair.spelling import distance, nearest
from sqlwright.repair.strict import loose
from sqlwright.schema import read_ddl
from sqlwright.verify.judge import judge

DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")
GOOD = (
    "SELECT name FROM customers WHERE city = 'Oslo' AND id > 1",
    "SELECT city, COUNT(*) AS n FROM customers GROUP BY city HAVING COUNT(*) > 1 ORDER BY n DESC",
    "SELECT c.name, SUM(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id"
    " WHERE o.placed BETWEEN '2024-01-01' AND '2024-12-31' GROUP BY c.name",
    "WITH big AS (SELECT id, customer_id FROM orders WHERE total > 5)"
    " SELECT name FROM customers WHERE id IN (SELECT customer_id FROM big) LIMIT 3",
    "SELECT CASE WHEN total > 6 THEN 'big' ELSE 'small' END AS size FROM orders",
    "SELECT name FROM customers WHERE EXISTS"
    " (SELECT 1 FROM orders WHERE orders.customer_id = customers.id) AND city IS NOT NULL",
    "SELECT id FROM customers UNION ALL SELECT id FROM orders",
)


@pytest.fixture(scope="module", params=DIALECTS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    held = open_ground(read_ddl(DDL, request.param), request.param)
    yield held
    held.close()


@pytest.fixture(scope="module")
def duck() -> Iterator[Ground]:
    held = open_ground(read_ddl(DDL, "duckdb"), "duckdb")
    yield held
    held.close()


def plain(text: str, dialect: str) -> str:
    return sql.read(text, dialect).sql(comments=False, normalize=True)


@pytest.mark.parametrize("text", GOOD)
def test_a_query_that_runs_is_left_alone(text: str, ground: Ground) -> None:
    found = repair(text, ground)
    assert found.outcome == "runs"
    assert found.best is None


# broken text, the query that was meant, the kind of the last change
PLAIN = (
    ("SELCT name FROM customers", "SELECT name FROM customers", "misspelled-keyword"),
    ("SELCT name FORM customers WERE id = 1", "SELECT name FROM customers WHERE id = 1",
     "misspelled-keyword"),
    ("SELECT name,, city FROM customers", "SELECT name, city FROM customers", "repeated"),
    ("SELECT name city id FROM customers", "SELECT name, city, id FROM customers", "missing-comma"),
    ("SELECT name FROM customers GROUPBY name", "SELECT name FROM customers GROUP BY name",
     "glued-words"),
    ("SELECT name FROM customers GROPU BY name", "SELECT name FROM customers GROUP BY name",
     "misspelled-keyword"),
    ("SELECT name FROM FROM customers", "SELECT name FROM customers", "repeated"),
    ("SELECT name FROM customers WHERE city = 'Oslo",
     "SELECT name FROM customers WHERE city = 'Oslo'", "missing-quote"),
    ("SELECT name FROM customers WHERE city = Oslo' AND id > 1",
     "SELECT name FROM customers WHERE city = 'Oslo' AND id > 1", "missing-quote"),
    ("SELECT name FROM customers WHERE city = ‘Oslo’",
     "SELECT name FROM customers WHERE city = 'Oslo'", "look-alike"),
    ("SELECT name， id FROM customers", "SELECT name, id FROM customers", "look-alike"),
    ("SELECT nаme FROM customers", "SELECT name FROM customers", "look-alike"),
    ("SELECT name FROM customers WHERE id IN (1, 2",
     "SELECT name FROM customers WHERE id IN (1, 2)", "missing-parenthesis"),
    ("SELECT COUNT(* FROM customers", "SELECT COUNT(*) FROM customers", "missing-parenthesis"),
    ("SELECT COUNT(*)) FROM customers", "SELECT COUNT(*) FROM customers", "needless-parenthesis"),
    ("SELECT name FROM customers WHERE id IN 1, 2",
     "SELECT name FROM customers WHERE id IN (1, 2)", "missing-parenthesis"),
    ("SELECT name FROM customers WHERE id > 1 city = 'Oslo'",
     "SELECT name FROM customers WHERE id > 1 AND city = 'Oslo'", "missing-word"),
    ("SELECT name FROM customers WHERE id BETWEEN 1 5",
     "SELECT name FROM customers WHERE id BETWEEN 1 AND 5", "missing-word"),
    ("SELECT name FROM customers ORDER name", "SELECT name FROM customers ORDER BY name",
     "missing-word"),
    ("SELECT c.name FROM customers c JOIN orders o o.customer_id = c.id",
     "SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id", "missing-word"),
    ("SELECT CASE WHEN id > 1 'a' ELSE 'b' END FROM customers",
     "SELECT CASE WHEN id > 1 THEN 'a' ELSE 'b' END FROM customers", "missing-word"),
    ("SELECT CASE WHEN id > 1 THEN 'a' ELSE 'b' FROM customers",
     "SELECT CASE WHEN id > 1 THEN 'a' ELSE 'b' END FROM customers", "missing-word"),
    ("SELECT name FROM customers WHERE id =< 1", "SELECT name FROM customers WHERE id <= 1",
     "operator"),
    ("SELECT name FROM customers GROUP BY name WHERE id > 3",
     "SELECT name FROM customers WHERE id > 3 GROUP BY name", "clause-order"),
    ("SELECT name FROM customers ORDER BY name WHERE id > 3",
     "SELECT name FROM customers WHERE id > 3 ORDER BY name", "clause-order"),
    ("SELECT name FROM customers WHERE id > 1; AND city = 'Oslo'",
     "SELECT name FROM customers WHERE id > 1 AND city = 'Oslo'", "semicolon"),
    ("SELECT name FROM custmers", "SELECT name FROM customers", "unknown-table"),
    ("SELECT name FROM customer", "SELECT name FROM customers", "unknown-table"),
    ("SELECT nmae FROM customers", "SELECT name FROM customers", "unknown-column"),
    ("SELECT customerId FROM orders", "SELECT customer_id FROM orders", "unknown-column"),
    ("SELECT orders.total FROM orders o", "SELECT o.total FROM orders o", "unknown-alias"),
    ("SELECT c.total FROM customers c JOIN orders o ON o.customer_id = c.id",
     "SELECT o.total FROM customers c JOIN orders o ON o.customer_id = c.id", "unknown-alias"),
    ("SELECT name, quantity FROM customers, order_lines WHERE order_id = orders.id",
     "SELECT name, quantity FROM customers, order_lines JOIN orders"
     " ON order_lines.order_id = orders.id WHERE order_id = orders.id", None),
    ("SELECT COUNTT(*) FROM customers", "SELECT COUNT(*) FROM customers", "misspelled-function"),
    ("SELECT TOP 5 name FROM customers", "SELECT name FROM customers LIMIT 5", "other-dialect"),
    ("SELECT name FROM customers WHERE ROWNUM <= 5", "SELECT name FROM customers LIMIT 5",
     "other-dialect"),
    ("SELECT name FROM customers LEFFT JOIN orders ON orders.customer_id = customers.id",
     "SELECT name FROM customers LEFT JOIN orders ON orders.customer_id = customers.id",
     "misspelled-keyword"),
    ("SELECT name FROM customers WHERE city IS NUL",
     "SELECT name FROM customers WHERE city IS NULL", "misspelled-keyword"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "meant", "kind"), [case for case in PLAIN if case[2]])
def test_plain_slips(text: str, meant: str, kind: str, ground: Ground) -> None:
    found = repair(text, ground)
    assert found.outcome == "repaired", found.reason
    assert found.best is not None
    assert plain(found.best.text, ground.dialect) == plain(meant, ground.dialect)
    assert found.best.changes[-1].kind == kind
    assert find_fault(found.best.text, ground) is None


# engines that group strictly
STRICT = (
    ("SELECT city, COUNT(*) FROM customers", "SELECT city, COUNT(*) FROM customers GROUP BY city"),
    ("SELECT city, name, COUNT(*) FROM customers GROUP BY city",
     "SELECT city, name, COUNT(*) FROM customers GROUP BY city, name"),
    ("SELECT city FROM customers WHERE COUNT(*) > 1 AND id > 2 GROUP BY city",
     "SELECT city FROM customers WHERE id > 2 GROUP BY city HAVING COUNT(*) > 1"),
    ("SELECT name FROM customers HAVING city = 'Oslo'",
     "SELECT name FROM customers WHERE city = 'Oslo'"),
    ("SELECT SUM(COUNT(*)) FROM orders GROUP BY customer_id",
     "SELECT SUM(value_1) FROM (SELECT COUNT(*) AS value_1 FROM orders GROUP BY customer_id)"
     " AS grouped"),
    ("SELECT name FROM customers WHERE ROW_NUMBER() OVER (ORDER BY id) = 1",
     "SELECT name FROM (SELECT name, ROW_NUMBER() OVER (ORDER BY id) AS window_1 FROM customers)"
     " AS numbered WHERE window_1 = 1"),
    ("SELECT id FROM customers UNION SELECT id, total FROM orders",
     "SELECT id FROM customers UNION SELECT id FROM orders"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), STRICT)
@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
def test_grouping_windows_and_unions(text: str, meant: str, dialect: str) -> None:
    ground = open_ground(read_ddl(DDL, dialect), dialect)
    found = repair(text, ground)
    ground.close()
    assert found.best is not None, found.reason
    assert plain(found.best.text, dialect) == plain(meant, dialect)


# words of other engines, and what the dialect says instead
ELSEWHERE = (
    ("postgres", "SELECT IFNULL(city, 'x') FROM customers", "COALESCE(city, 'x')"),
    ("postgres", "SELECT NVL(city, 'x') FROM customers", "COALESCE(city, 'x')"),
    ("postgres", "SELECT name FROM customers WHERE since > GETDATE()", "CURRENT_TIMESTAMP"),
    ("postgres", "SELECT LEN(name) FROM customers", "LENGTH("),
    ("postgres", "SELECT name FROM customers LIMIT 5, 10", "LIMIT 10 OFFSET 5"),
    ("postgres", "SELECT `name` FROM `customers`", "SELECT name FROM customers"),
    ("postgres", "SELECT [name] FROM [customers]", "SELECT name FROM customers"),
    ("postgres", 'SELECT name FROM customers WHERE city = "Oslo"', "city = 'Oslo'"),
    ("postgres", "SELECT name FROM customers WHERE id == 1", "id = 1"),
    ("postgres", "SELECT GROUP_CONCAT(name) FROM customers", "STRING_AGG(name, ','"),
    ("postgres", "SELECT id FROM customers MINUS SELECT id FROM orders", "EXCEPT"),
    ("postgres", "SELECT name FROM customers FETCH FIRST 3 ROWS", "FETCH FIRST 3 ROWS ONLY"),
    ("sqlite", "SELECT NOW()", "CURRENT_TIMESTAMP"),
    ("sqlite", "SELECT NVL(city, 'x') FROM customers", "COALESCE(city, 'x')"),
    ("sqlite", "SELECT name::text FROM customers", "CAST(name AS TEXT)"),
    ("duckdb", "SELECT DATEADD(day, 1, since) FROM customers", "INTERVAL"),
    ("duckdb", "SELECT name || ' ' + city FROM customers", "name || ' ' || city"),
    ("mysql", "SELECT name FROM customers WHERE name ILIKE 'a%'", "name LIKE 'a%'"),
    ("mysql", "SELECT TO_CHAR(since, 'YYYY') FROM customers", "DATE_FORMAT("),
    ("mysql", "SELECT name FROM customers WHERE city = 'a' AND id::int = 1", "CAST("),
)


@pytest.mark.parametrize(("dialect", "text", "part"), ELSEWHERE)
def test_words_of_other_engines(dialect: str, text: str, part: str) -> None:
    ground = open_ground(read_ddl(DDL, dialect), dialect)
    found = repair(text, ground)
    ground.close()
    assert found.best is not None, found.reason
    assert part in found.best.text


def test_the_rest_of_the_text_stays_as_it_was_written(duck: Ground) -> None:
    text = "SELECT  name -- who\n  , cty\nFROM customers   /* all */\n WERE id > 1\n"
    found = repair(text, duck)
    assert found.best is not None
    assert found.best.text == text.replace("cty", "city").replace("WERE", "WHERE")
    assert [change.line for change in found.best.changes] == [4, 2]


def test_an_ambiguous_column_is_a_choice(duck: Ground) -> None:
    found = repair("SELECT id FROM customers JOIN orders ON customer_id = customers.id", duck)
    assert found.best is not None
    assert found.best.changes[0].is_choice
    assert found.best.text.startswith("SELECT customers.id")
    assert any(other.text.startswith("SELECT orders.id") for other in found.alternatives)


def test_a_table_is_joined_where_one_foreign_key_leads_to_it(duck: Ground) -> None:
    found = repair("SELECT name, total FROM customers", duck)
    assert found.best is not None
    assert found.best.text == (
        "SELECT name, total FROM customers JOIN orders ON orders.customer_id = customers.id"
    )


@pytest.mark.parametrize(
    "text",
    [
        "DELETE FROM customers",
        "UPDAT customers SET name = 'x'",
        "SELECT 1; DROP TABLE customers",
        "SELECT name FORM customers; DELETE FROM orders",
        "INSRT INTO customers VALUES (1)",
        "",
    ],
)
def test_nothing_but_one_query_is_repaired(text: str, ground: Ground) -> None:
    with pytest.raises(SqlError):
        repair(text, ground)


@pytest.mark.parametrize(
    "text", ["SELECT pg_sleep(10)", "SELECT 1 FROM nothing_like_it WHERE zzz = 1"]
)
def test_what_cannot_be_repaired_is_said(text: str, duck: Ground) -> None:
    found = repair(text, duck, seconds=2)
    assert found.outcome == "not repaired"
    assert found.best is None
    assert found.reason


def test_without_a_schema_a_text_is_repaired_until_it_parses() -> None:
    ground = open_ground(None, "postgres")
    found = repair("SELECT a, b FORM t WHERE a = 'x", ground)
    assert found.best is not None
    assert found.best.text == "SELECT a, b FROM t WHERE a = 'x'"
    assert found.tried_on == ""


def test_on_the_users_own_engine(shop: str) -> None:
    with connect(shop) as database:
        ground = open_ground(None, database.dialect, database)
        found = repair("SELECT nmae FROM custmers WHERE cty = 'Oslo' GROUP name", ground)
        ground.close()
        assert found.best is not None, found.reason
        query = sql.read(found.best.text, database.dialect)
        assert database.rows(query).rows == (("Ann",),)
        assert found.tried_on == database.label


def test_a_users_table_that_the_schema_alone_would_refuse(tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "odd.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute('CREATE TABLE "group" ("order" INTEGER, name TEXT)')
    connection.close()
    with connect(str(path)) as database:
        ground = open_ground(None, "sqlite", database)
        found = repair("SELECT order, name FROM group", ground)
        ground.close()
    assert found.best is not None, found.reason
    assert found.best.text == 'SELECT "order", name FROM "group"'


class Scripted:
    """A model that always answers the same."""

    family = "chat"
    context_tokens = 4096

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.asked = 0

    def complete(
        self,
        prompts: list[str],
        max_new_tokens: int = 400,
        samples: int = 1,
        stop: tuple[str, ...] = (),
    ) -> list[list[str]]:
        self.asked += 1
        return [[self.answer] for _ in prompts]

    def count_tokens(self, text: str) -> int:
        return len(text) // 3


HOPELESS = "SELECT name FROM customers WHERE the city is Oslo"


def ask(answer: str, text: str, ground: Ground) -> tuple[Repaired, Scripted]:
    model = Scripted(answer)
    return repair(text, ground, model=lambda: model, seconds=0.3), model


def test_a_models_answer_is_judged_like_any_other(duck: Ground) -> None:
    good = "SELECT customers.name AS nom FROM customers WHERE city = 'Oslo'"
    found, model = ask(good, "SELECT name FROM customers WHERE within 'Oslo' of city", duck)
    assert model.asked == 1
    assert found.best is not None
    assert find_fault(found.best.text, duck) is None


@pytest.mark.parametrize(
    "answer",
    ["DROP TABLE customers", "SELECT nothing FROM nowhere_at_all", "I am sorry", "", "SELECT 1; SELECT 2"],
)  # fmt: skip
def test_a_model_that_talks_nonsense_changes_nothing(answer: str, duck: Ground) -> None:
    found, _ = ask(answer, "SELECT pg_sleep(1)", duck)
    assert found.best is None


def test_a_plain_slip_is_not_put_to_the_model(duck: Ground) -> None:
    found, model = ask("SELECT 1", "SELECT nmae FROM customers", duck)
    assert model.asked == 0
    assert found.best is not None
    assert found.best.source == "rules"


def test_needless_edits_of_a_model_are_taken_back(duck: Ground) -> None:
    text = "SELECT nmae AS who,\n  city\nFROM customers"
    answer = "SELECT name AS person, city FROM customers AS c"
    kept, changes, _ = fewest_edits(text, answer, duck)
    assert kept == text.replace("nmae", "name")
    assert [(change.old, change.new) for change in changes] == [("nmae", "name")]


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_any_text_is_cut_into_pieces_that_keep_their_places(text: str) -> None:
    pieces = pieces_of(text)
    assert all(text[piece.start : piece.end] == piece.text for piece in pieces)
    assert all(one.end <= other.start for one, other in itertools.pairwise(pieces))
    between = re.sub(r"--[^\n]*|/\*.*?(\*/|\Z)", "", text, flags=re.DOTALL)
    if between == text:
        joined = "".join(piece.text for piece in pieces)
        assert "".join(joined.split()) == "".join(text.split())


@settings(max_examples=30)
@given(st.sampled_from(GOOD), st.data())
def test_one_lost_letter_never_makes_it_fail(text: str, data: st.DataObject) -> None:
    """Whatever is lost: a text that runs comes out, or none, and never an error of ours."""
    place = data.draw(st.integers(0, len(text) - 1))
    ground = open_ground(read_ddl(DDL, "sqlite"), "sqlite")
    found = repair(text[:place] + text[place + 1 :], ground, seconds=1)
    if found.best is not None:
        assert find_fault(found.best.text, ground) is None
    ground.close()


@given(st.text("abcd_", min_size=1, max_size=8), st.text("abcd_", min_size=1, max_size=8))
def test_distance_is_a_distance(one: str, other: str) -> None:
    assert distance(one, one) == 0
    assert distance(one, other) == pytest.approx(
        distance(other, one), abs=0.11 * max(len(one), len(other))
    )
    assert (distance(one, other) == 0) == (one.lower() == other.lower())


def test_slips_of_the_finger_are_near() -> None:
    assert distance("nmae", "name") < distance("nkme", "name")
    assert nearest("custkey", ["c_custkey", "c_name"])[0][1] == "c_custkey"
    assert nearest("customerId", ["customer_id", "customers"])[0][1] == "customer_id"
    assert nearest("zzz", ["name"]) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT a,, b FROM t", "needless-comma"),
        ("SELECT a, FROM t", "needless-comma"),
        ("SELECT a FROM t GROUP BY a WHERE b = 1", "clause-order"),
        ("SELECT a FROM t WHERE a BETWEEN 1 OR 2", "between-without-and"),
        ("SELECT a FROM t WHERE a IN (1 2)", "side-by-side"),
        ("SELECT a FROM t WHERE a == 1", "operator"),
        ("SELECT a FROM FROM t", "repeated-word"),
    ],
)
def test_what_the_parser_forgives_is_found(text: str, kind: str) -> None:
    found = loose(pieces_of(text, "postgres"), "postgres")
    assert found is not None
    assert found.kind == kind


def test_clauses_and_conditions_are_found_by_their_places() -> None:
    text = "SELECT a FROM t WHERE a BETWEEN 1 AND 2 AND (b = 1 OR c = 2) AND CASE WHEN a AND b THEN 1 END = 1 ORDER BY a"
    pieces = pieces_of(text)
    (block,) = blocks(pieces)
    assert [clause.word for clause in block.clauses] == ["SELECT", "FROM", "WHERE", "ORDER"]
    where = block.clause("WHERE")
    assert where is not None
    assert len(conjuncts(pieces, where)) == 3


def test_letters_inside_texts_stay() -> None:
    text = "SELECT name FROM customers WHERE city = 'Осло，’'"
    assert list(character_options(text, "duckdb")) == []


def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sqlwright", "fix", *arguments, "--model", "none"],
        input=text, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command(tmp_path: Path) -> None:
    schema = tmp_path / "shop.sql"
    schema.write_text(DDL, encoding="utf-8")
    query = tmp_path / "q.sql"
    query.write_bytes(b"\xef\xbb\xbfSELCT name\r\nFROM customers\r\n")
    given = (str(query), "--schema", str(schema), "--dialect", "duckdb")
    done = run(*given, "--json")
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["outcome"] == "repaired"
    assert told["query"].split() == ["SELECT", "name", "FROM", "customers"]
    assert told["repair"]["changes"][0]["kind"] == "misspelled-keyword"
    assert run(*given, "--write").returncode == 1
    assert query.read_bytes() == b"\xef\xbb\xbfSELECT name\r\nFROM customers\r\n"
    again = run(*given, "--language", "ru")
    assert again.returncode == 0
    assert "выполняется" in again.stdout
    hopeless = run("-", *given[1:], "--seconds", "1", text="SELECT pg_sleep(1)")
    assert hopeless.returncode == 3
    assert "could not repair" in hopeless.stdout
    refused = run("-", *given[1:], text="DROP TABLE customers")
    assert refused.returncode == 2
    assert refused.stderr.startswith("sqlwright: ")


def test_a_join_without_its_condition_takes_the_one_foreign_key() -> None:
    ground = open_ground(read_ddl(DDL, "postgres"), "postgres")
    found = repair("SELECT name FROM customers c JOIN orders", ground)
    assert found.best is not None
    assert found.best.text == (
        "SELECT name FROM customers c JOIN orders ON orders.customer_id = c.id"
    )
    moved = repair(
        "SELECT * FROM customers c LEFT JOIN orders o WHERE c.id = o.customer_id", ground
    )
    ground.close()
    assert moved.best is not None
    assert moved.best.text.endswith("LEFT JOIN orders o ON c.id = o.customer_id")


def test_a_column_that_nothing_is_near_is_not_made_up() -> None:
    ground = open_ground(read_ddl(DDL, "postgres"), "postgres")
    found = repair("SELECT name FROM customers WHERE active = TRUE", ground, seconds=2)
    ground.close()
    assert found.outcome == "not repaired"
    assert "active" in found.reason


def test_a_fault_inside_a_subquery_is_found_there(duck: Ground) -> None:
    text = (
        "SELECT * FROM (SELECT COUNT(*) AS n FROM customers WHERE id = 1) a,\n"
        " (SELECT COUNT(*) AS m FROM orders WHERE id betwheen 1 AND 9) b"
    )
    fault = find_fault(text, duck)
    assert fault is not None
    assert text[fault.at :].startswith("betwheen")
    found = repair(text, duck)
    assert found.best is not None
    assert found.best.text == text.replace("betwheen", "between")


FULL = "FROM customers c FULL JOIN orders o ON o.customer_id = c.id"
IN_TWO_PARTS = (
    f"SELECT c.name, o.total {FULL}",
    "SELECT * FROM customers FULL OUTER JOIN orders ON customer_id = customers.id",
    f"SELECT c.name {FULL} AND o.total > 5 WHERE c.city = 'Oslo' OR o.total < 3",
    f"SELECT c.city, COUNT(o.id) AS n {FULL} GROUP BY c.city HAVING COUNT(*) > 1 ORDER BY n DESC LIMIT 3",
    f"SELECT DISTINCT city {FULL}",
    f"SELECT c.name {FULL} JOIN order_lines l ON l.order_id = o.id",
    f"SELECT d.name FROM (SELECT c.name, o.total {FULL}) d WHERE d.total > 5",
    f"SELECT c.name {FULL} UNION SELECT product FROM order_lines",
    f"SELECT c.name, ROW_NUMBER() OVER (ORDER BY o.id, c.id) AS r {FULL}",
    f"WITH x AS (SELECT c.id, o.total {FULL}) SELECT id FROM x WHERE total > 5",
    "SELECT c.city, COUNT(*) AS n FROM customers c FULL JOIN orders o ON o.total > c.id GROUP BY c.city",
    "SELECT id, name, total FROM customers c FULL JOIN orders o USING (id) WHERE id > 5",
)


@pytest.mark.parametrize("text", IN_TWO_PARTS)
def test_mysql_gets_a_full_join_in_two_parts(text: str) -> None:
    schema = read_ddl(DDL, "mysql")
    with closing(open_ground(schema, "mysql")) as ground:
        found = repair(text, ground, seconds=5)
    assert found.best is not None
    assert [change.kind for change in found.best.changes] == ["full-join"]
    before, after = sql.read(text, "mysql"), sql.read(found.best.text, "mysql")
    assert all(join.side != "FULL" for join in after.find_all(exp.Join))
    verdict = judge(before, after, schema, "mysql", seconds=3)
    assert verdict.outcome == "no difference found", found.best.text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"SELECT c.name {FULL} FULL JOIN order_lines l ON l.order_id = o.id", "another FULL"),
        (f"SELECT c.name {FULL} RIGHT JOIN order_lines l ON l.order_id = o.id", "another FULL"),
        ("SELECT * FROM customers c FULL JOIN orders o USING (id)", "a star has other columns"),
        (f"SELECT * {FULL} ORDER BY 1", "cannot be told"),
    ],
)
def test_a_full_join_that_has_no_two_parts_is_said(text: str, why: str) -> None:
    with closing(open_ground(read_ddl(DDL, "mysql"), "mysql")) as ground:
        found = repair(text, ground, seconds=5)
    assert found.outcome == "not repaired"
    assert "MySQL has no FULL JOIN" in found.reason
    assert why in found.reason
