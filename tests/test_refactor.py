"""`refactor`: plainer, the same rows, comments kept, and a file rewritten only where that holds."""

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from conftest import DDL, ROWS, shared
from sqlwright import sql
from sqlwright.analyze.house.reading import from_markdown
from sqlwright.database import connect
from sqlwright.errors import SqlError
from sqlwright.refactor import refactor
from sqlwright.refactor.files import pieces, spliced
from sqlwright.refactor.formatter import Layout, formatted, layout_of
from sqlwright.refactor.page import _is_slower
from sqlwright.refactor.repeated import one_of_equal_ctes, repeated_to_cte
from sqlwright.refactor.steps import Change, changes_of, steps_for
from sqlwright.schema import read_ddl
from sqlwright.verify.cost import Cost

SHOP = read_ddl(DDL)

NESTED = """SELECT c.name, /* what they spent */ d.spent
FROM customers c, (SELECT customer_id, SUM(total) AS spent
    FROM (SELECT * FROM orders WHERE total > 5) o GROUP BY customer_id) d
WHERE d.customer_id = c.id -- their own
"""


def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sqlwright", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_nested_and_implicit_becomes_plain_and_is_checked() -> None:
    found = refactor(NESTED, schema=SHOP, dialect="sqlite", seconds=5)
    assert found.best is not None
    assert found.best.verdict.outcome == "no difference found"
    tree = sql.read(found.text, "sqlite")
    assert tree.args["with_"].expressions
    assert not list(tree.find_all(exp.Subquery))
    assert all(join.args.get("on") for join in tree.find_all(exp.Join))
    for comment in ("what they spent", "their own"):
        assert found.text.count(comment) == 1
    assert found.changes
    assert all(change.reason and change.reason_ru for change in found.changes)


def test_it_is_done_when_it_is_done() -> None:
    first = refactor(NESTED, schema=SHOP, dialect="sqlite", seconds=5)
    again = refactor(first.text, schema=SHOP, dialect="sqlite", seconds=5)
    assert not again.changes
    assert again.text == first.text


def test_equal_subqueries_are_said_once() -> None:
    part = (
        "(SELECT customer_id, SUM(total) AS spent FROM orders WHERE total > 5 GROUP BY customer_id)"
    )
    text = f"SELECT a.spent FROM {part} a JOIN {part} b ON a.customer_id = b.customer_id"
    query = sql.read(text, "sqlite")
    made = repeated_to_cte(query, SHOP)
    assert made is not None
    changed, name, times = made
    assert (name, times) == ("a", 2)
    assert changed.sql().count("SUM") == 1
    assert query.sql() == sql.read(text, "sqlite").sql()
    scalar = "(SELECT AVG(total) AS t FROM orders WHERE total > 5 AND placed > '2024-01-01')"
    two = sql.read(
        f"SELECT id FROM orders WHERE total > {scalar} OR total < {scalar} / 2", "sqlite"
    )
    made = repeated_to_cte(two, SHOP)
    assert made is not None
    assert made[0].sql().count("AVG") == 1


@pytest.mark.parametrize(
    "part",
    [
        "(SELECT o.total AS t FROM orders o WHERE o.customer_id = c.id AND o.total > 5)",
        "(SELECT id AS t FROM orders ORDER BY placed, total, customer_id LIMIT 1)",
        "(SELECT RANDOM() + id + total + 5 AS t FROM orders WHERE id > 5 AND total > 5)",
        "(SELECT 1 AS t)",
    ],
)
def test_what_may_differ_is_not_said_once(part: str) -> None:
    text = f"SELECT {part} AS a, {part} AS b FROM customers c"
    assert repeated_to_cte(sqlglot.parse_one(text, read="sqlite"), SHOP) is None  # type: ignore[arg-type]


def test_one_of_two_equal_ctes_serves_for_both() -> None:
    text = "WITH a AS (SELECT id FROM orders), b AS (SELECT id FROM orders) SELECT a.id FROM a JOIN b ON a.id = b.id"
    made = one_of_equal_ctes(sql.read(text, "sqlite"))
    assert made is not None
    assert made[0].sql() == (
        "WITH a AS (SELECT id FROM orders) SELECT a.id FROM a JOIN a AS b ON a.id = b.id"
    )


def _wrong(query: exp.Query, schema: object) -> tuple[exp.Query, Change] | None:
    """A step that loses duplicates: what checking is for."""
    if not isinstance(query, exp.Select) or query.args.get("distinct"):
        return None
    copy = query.copy()
    copy.set("distinct", exp.Distinct())
    return copy, Change("wrong", "plainer", "проще")


def test_a_refuted_change_is_given_up_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sqlwright.refactor.page.steps_for", lambda standards: (_wrong, *steps_for(standards))
    )
    text = "SELECT c.city FROM customers c, orders o WHERE o.customer_id = c.id"
    found = refactor(text, schema=SHOP, dialect="sqlite", seconds=5)
    assert found.best is not None
    assert "DISTINCT" not in found.text
    assert [change.name for change in found.changes] == ["implicit-join"]
    assert [change.name for change, _ in found.given_up] == ["wrong"]
    assert found.given_up[0][1].startswith("different")


def test_slower_beyond_noise_is_not_proposed() -> None:
    assert _is_slower(Cost(1.0, 2.0, 0.5, 0.4, 0.6, 8))
    assert not _is_slower(Cost(1.0, 1.05, 0.95, 0.8, 1.1, 8))
    assert not _is_slower(None)


def test_it_is_timed_on_a_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(DDL + ROWS)
    connection.close()
    with connect(str(path)) as database:
        found = refactor(
            NESTED, schema=database.schema, dialect="sqlite", database=database, seconds=2
        )
    assert found.candidates[0].cost is not None
    assert found.candidates[0].cost.rounds >= 1


class Scripted:
    """Stands in for a model: says what it was told to."""

    family = "mini"
    context_tokens = 4096

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    def complete(
        self, prompts: Sequence[str], max_new_tokens: int = 400, samples: int = 1,
        stop: tuple[str, ...] = (),
    ) -> list[list[str]]:  # fmt: skip
        return [self.answers for _ in prompts]

    def count_tokens(self, text: str) -> int:
        return len(text) // 3


def test_a_model_is_judged_like_a_rule() -> None:
    text = "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)"
    good = "SELECT name FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE orders.customer_id = customers.id)"
    bad = "SELECT name FROM customers JOIN orders ON customer_id = customers.id"
    model = Scripted(bad, good, "no SQL at all (")
    found = refactor(text, schema=SHOP, dialect="sqlite", model=model, seconds=5)  # type: ignore[arg-type]
    outcomes = {c.source: c.verdict.outcome for c in found.candidates}
    assert outcomes["model"] == "different"
    assert outcomes["model: sample 2"] == "no difference found"
    assert outcomes["model: sample 3"] == "undecided"
    assert found.best is not None
    assert found.best.source == "model: sample 2"
    assert "EXISTS" in found.text


HOUSE = """## Layout

Ours.

```standard
keyword_case: lower
function_case: lower
commas: leading
table_as: never
max_line_length: 60
aliases: {orders: o, customers: c}
```
"""


def test_the_house_says_how_it_is_written() -> None:
    standards = tuple(from_markdown(HOUSE, "house.md"))
    assert layout_of(standards) == Layout(4, 60, "lower", "lower", True, False)
    text = "SELECT x.name, COUNT(*) AS n FROM customers AS x JOIN orders AS y ON y.customer_id = x.id GROUP BY x.name"
    found = refactor(text, schema=SHOP, dialect="sqlite", standards=standards, seconds=5)
    assert found.text == (
        "select\n    c.name\n    , count(*) as n\nfrom customers c\njoin orders o\n"
        "    on o.customer_id = c.id\ngroup by c.name"
    )


LAYOUTS = [Layout(), Layout(2, 40, "lower", "lower", True, False), Layout(leading_commas=True)]


@pytest.mark.parametrize("folder", ["tpch", "tpcds"])
def test_layout_changes_no_tree(folder: str) -> None:
    for path in sorted(shared("queries", folder).glob("*.sql"))[::4]:
        query = sql.read(path.read_text(), "postgres")
        for layout in LAYOUTS:
            text = formatted(query, "postgres", layout)
            again = sql.read(text, "postgres")
            assert again.sql(comments=False) == query.sql(comments=False), path.name
            assert not any(line != line.rstrip() for line in text.split("\n"))


NAMES = st.sampled_from(["a", "b", "total", "AS it is", "select"])
COMMENTS = st.sampled_from(["", "/* one */", "-- two\n", "/* it's -- odd */", "/* a\nb */"])


@given(st.lists(st.tuples(NAMES, COMMENTS), min_size=1, max_size=4), st.sampled_from(LAYOUTS))
def test_comments_and_texts_survive_any_layout(
    parts: list[tuple[str, str]], layout: Layout
) -> None:
    columns = ", ".join(f"'{name} as' AS \"{name}{n}\" {c}" for n, (name, c) in enumerate(parts))
    query = sqlglot.parse_one(f"SELECT {columns} FROM t AS u WHERE u.x = 'FROM'", read="sqlite")
    text = formatted(query, "sqlite", layout)
    again = sqlglot.parse_one(text, read="sqlite")
    assert again.sql(comments=False) == query.sql(comments=False)
    before = sorted(c.strip() for node in query.walk() for c in node.comments or ())
    assert sorted(c.strip() for node in again.walk() for c in node.comments or ()) == before


def test_each_change_is_one_step_from_the_last() -> None:
    query = sql.read(NESTED, "sqlite")
    made = list(changes_of(query, SHOP, steps_for(())))
    texts = [query.sql(), *(changed.sql() for changed, _ in made)]
    assert len(set(texts)) == len(texts)


FILE = "\ufeff-- first\r\nSELECT c.name FROM customers c, orders o\r\nWHERE o.customer_id = c.id;\r\n\r\n-- second\r\nUPDATE orders SET total = 1;\r\nSELECT id FROM orders {{ t }};\r\n"


def test_a_file_is_rewritten_only_where_nothing_differs(tmp_path: Path) -> None:
    (tmp_path / "ddl.sql").write_text(DDL)
    file = tmp_path / "q.sql"
    file.write_bytes(FILE.encode())
    arguments = ("refactor", file, "--schema", tmp_path / "ddl.sql", "--dialect", "sqlite")
    shown = run(*arguments)
    assert shown.returncode == 0, shown.stderr
    assert "no difference found" in shown.stdout
    assert "UPDATE, not a query" in shown.stdout
    assert "no query by itself" in shown.stdout
    assert file.read_bytes() == FILE.encode()
    done = run(*arguments, "--write")
    assert done.returncode == 0, done.stderr
    assert "wrote 1 of 3" in done.stderr
    new = file.read_bytes().decode()
    assert new.startswith(
        "\ufeff-- first\r\nSELECT c.name\r\nFROM customers AS c\r\nJOIN orders AS o"
    )
    assert new.endswith(
        ";\r\n\r\n-- second\r\nUPDATE orders SET total = 1;\r\nSELECT id FROM orders {{ t }};\r\n"
    )
    assert "\n" not in new.replace("\r\n", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ddl.sql", "q.sql"]
    again = run(*arguments, "--write")
    assert "nothing to write" in again.stderr
    assert file.read_bytes().decode() == new


def test_json_and_mistakes(tmp_path: Path) -> None:
    (tmp_path / "ddl.sql").write_text(DDL)
    schema = ("--schema", tmp_path / "ddl.sql")
    done = run("refactor", "-", *schema, "--json", stdin="SELECT name AS name FROM customers")
    (found,) = json.loads(done.stdout)["statements"]
    assert found["changed"] is True
    assert found["sql"] == "SELECT name\nFROM customers"
    assert found["changes"][0]["name"] == "alias-equals-name"
    for arguments, words in (
        (("refactor", "-"), "give --schema or --db"),
        (("refactor", "-", *schema, "--write"), "--write needs a file"),
        (("refactor", tmp_path / "no.sql", *schema), "cannot be read"),
    ):
        bad = run(*arguments, stdin="SELECT 1 AS one")
        assert bad.returncode == 2
        assert words in bad.stderr
    typo = run("refactor", "-", *schema, stdin="SELECT nam FROM customers")
    assert typo.returncode == 2
    assert "Did you mean name?" in typo.stderr


JOINED = "FROM customers AS c\nJOIN orders AS o\n    ON o.customer_id = c.id"

# a templated query, and a part of it after the change, or None where it is only laid out
TEMPLATED = (
    ("SELECT c.name FROM customers c, orders o WHERE o.customer_id = c.id AND o.total > {{ low }}",
     f"{JOINED}\nWHERE o.total > {{{{ low }}}}"),
    ("SELECT c.name FROM {{ ref('customers') }} c, {{ ref('orders') }} o"
     " WHERE o.customer_id = c.id AND o.placed >= '{{ var(\"day\") }}' AND o.total > %(low)s",
     "FROM {{ ref('customers') }} AS c\nJOIN {{ ref('orders') }} AS o\n    ON o.customer_id = c.id\n"
     "WHERE o.placed >= '{{ var(\"day\") }}' AND o.total > %(low)s"),
    ("SELECT customers.name FROM {{ source('raw', 'customers') }}, ${db}.orders"
     " WHERE orders.customer_id = customers.id",
     "FROM {{ source('raw', 'customers') }}\nJOIN ${db}.orders\n    ON orders.customer_id = customers.id"),
    ("WITH orders AS (SELECT id FROM {{ ref('orders') }}) SELECT o.id AS id FROM orders o",
     "    FROM {{ ref('orders') }}\n)\nSELECT o.id\n"),
    ("SELECT c.name AS name FROM {table} c WHERE NOT c.id = ? AND c.since >= DATE '{{ ds }}'",
     "SELECT c.name\nFROM {table} AS c\nWHERE c.id <> ? AND c.since >= DATE '{{ ds }}'"),
    ("SELECT c.{{ key }} AS k FROM customers c, orders o WHERE o.customer_id = c.id", JOINED),
    ("SELECT c.name FROM customers c, orders o WHERE ({{ filter }}) AND o.customer_id = c.id", JOINED),
    ("SELECT c.name FROM customers c, orders o WHERE o.customer_id = c.id AND {{ filter }}", None),
    ("SELECT name FROM customers WHERE id IN (:ids)", None),
    ("SELECT {{ keys }}, city, COUNT(*) AS n FROM customers GROUP BY 1, 2", None),
    ("SELECT name FROM customers WHERE city = '${a}' AND city = '${b}'", None),
    ("SELECT name FROM customers WHERE name LIKE '{{ pattern }}' -- {{ why }}", "-- {{ why }}"),
)  # fmt: skip


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
@pytest.mark.parametrize(("text", "part"), TEMPLATED)
def test_placeholders_are_put_back(text: str, part: str | None, dialect: str) -> None:
    found = refactor(text, schema=SHOP, dialect=dialect, seconds=4)
    assert found.best is not None
    assert found.best.verdict.outcome == "no difference found"
    assert any("made up" in note for note in found.best.verdict.notes)
    placeholders = re.compile(r"\{\{.*?\}\}|[$]?\{\w+\}|%\(\w+\)s|\?|:\w+")
    assert sorted(placeholders.findall(found.text)) == sorted(placeholders.findall(text))
    assert "_p" not in found.text
    if part is None:
        assert "".join(found.text.lower().split()).replace("as", "") == (
            "".join(text.lower().split()).replace("as", "")
        )
    else:
        assert part in found.text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT name FROM customers {% if x %}WHERE id = 5{% endif %}",
        "SELECT name {# a note #} FROM customers",
        "SELECT name FROM customers WHERE id = 5 {{ rest }}",
        "SELECT {{ c }}.name FROM customers {{ c }}",
        'SELECT name FROM "{{ schema }}".customers',
    ],
)
def test_what_a_template_decides_is_left_alone(text: str) -> None:
    with pytest.raises(SqlError, match=r"stands|no query by itself"):
        refactor(text, schema=SHOP, dialect="postgres", seconds=4)


def test_a_tag_beside_a_query_leaves_it_alone() -> None:
    around = "{% if x %}SELECT 1{% endif %};\nSELECT 2 {% if y %} {% else %} + 1 {% endif %}"
    first, second = pieces(around, "postgres")
    assert first.query() == "SELECT 1"
    with pytest.raises(SqlError, match="may go on"):
        second.query()


def test_a_condition_that_may_bind_less_is_not_moved() -> None:
    text = "SELECT c.name FROM customers c, orders o WHERE o.customer_id = c.id AND {{ filter }}"
    found = refactor(text, schema=SHOP, dialect="sqlite", seconds=4)
    assert [(c.name, "parentheses" in why) for c, why in found.given_up] == [
        ("implicit-join", True)
    ]


def test_pieces_lie_where_they_say() -> None:
    found = pieces("SELECT 1;\n-- c\nSELECT 2", "sqlite")
    assert [(p.text, p.line) for p in found] == [("SELECT 1", 1), ("SELECT 2", 3)]
    assert spliced("SELECT 1;\n-- c\nSELECT 2", [(found[1], "SELECT\n    2")]) == (
        "SELECT 1;\n-- c\nSELECT\n    2"
    )
    with pytest.raises(SqlError, match="no SQL"):
        pieces("-- nothing", "sqlite")
