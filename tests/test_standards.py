"""House standards: read strictly, checked, and quoted with their place in both languages."""

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import DDL
from sqlwright.analyze.house import Checks
from sqlwright.analyze.house.constructs import CONSTRUCTS
from sqlwright.analyze.house.reading import from_markdown, from_passages, load_standards
from sqlwright.check import Settings, check_text
from sqlwright.errors import ConfigError
from sqlwright.schema import read_ddl

EXAMPLES = Path(__file__).parents[1] / "examples" / "tpch"


def standards(tmp_path: Path, checks: str, *, severity: str = "style") -> Settings:
    """Settings with one standard that has these checks, a YAML line each."""
    lines = "\n".join(f"    {line}" for line in checks.splitlines())
    file = tmp_path / "team.yaml"
    file.write_text(
        "standards:\n"
        "  - name: ours\n"
        "    text: We do it so.\n"
        "    text_ru: У нас так.\n"
        f"    severity: {severity}\n{lines}\n",
        encoding="utf-8",
    )
    return Settings(read_ddl(DDL), None, load_standards(file))


# checks, a statement that breaks them (and where), one that keeps them
CASES = [
    ("join_style: explicit", "SELECT c.id FROM customers c, orders o WHERE o.id = c.id", (1, 31),
     "SELECT c.id FROM customers c JOIN orders o ON o.id = c.id"),
    ("join_style: on", "SELECT a.line FROM order_lines a JOIN order_lines b USING (line)", (1, 39),
     "SELECT a.line FROM order_lines a JOIN order_lines b ON a.line = b.line"),
    ("join_style: using", "SELECT 1 AS n FROM order_lines a JOIN order_lines b ON a.line = b.line", (1, 39),
     "SELECT 1 AS n FROM order_lines a JOIN order_lines b USING (line)"),
    ("explicit_columns: true", "INSERT INTO orders SELECT id FROM customers", (1, 13),
     "INSERT INTO orders (id) SELECT id FROM customers"),
    ("forbid: [distinct]", "SELECT DISTINCT city FROM customers", (1, 17), "SELECT city FROM customers"),
    ("forbid: [union]", "SELECT id FROM orders UNION SELECT id FROM customers", (1, 36),
     "SELECT id FROM orders UNION ALL SELECT id FROM customers"),
    ("forbid: [not-in-subquery]", "SELECT id FROM orders WHERE id NOT IN (SELECT id FROM customers)", (1, 29),
     "SELECT id FROM orders WHERE id IN (SELECT id FROM customers)"),
    ("forbid: [derived-table]", "SELECT d.id FROM (SELECT id FROM orders) d", (1, 26),
     "WITH d AS (SELECT id FROM orders) SELECT d.id FROM d"),
    ("forbid: [scalar-subquery]", "SELECT id, (SELECT 1) AS n FROM orders", (1, 20),
     "SELECT id FROM orders WHERE EXISTS (SELECT 1)"),
    ("forbid: [between-dates]", "SELECT id FROM orders WHERE placed BETWEEN '2020-01-01' AND '2020-02-01'", (1, 29),
     "SELECT id FROM orders WHERE id BETWEEN 1 AND 2"),
    ("forbid: [group-by-position]", "SELECT city FROM customers GROUP BY 1", (1, 37),
     "SELECT city FROM customers GROUP BY city"),
    ("forbid: [delete]", "DELETE FROM orders WHERE id = 1", (1, 13), "UPDATE orders SET total = 1 WHERE id = 1"),
    ("forbid_functions: [date_trunc, my_old]", "SELECT my_old(id) AS n FROM orders", (1, 8),
     "SELECT my_new(id) AS n FROM orders"),
    ("forbid_functions: [upper]", "SELECT UPPER(city) AS n FROM customers", (1, 8),
     "SELECT LOWER(city) AS n FROM customers"),
    ("forbid_tables: [orders]", "SELECT id FROM orders", (1, 16),
     "WITH orders AS (SELECT id FROM customers) SELECT id FROM orders"),
    ("require_filter: {orders: [placed, id]}", "SELECT id FROM orders WHERE total > 5", (1, 16),
     "SELECT o.id FROM customers c JOIN orders o ON o.customer_id = c.id AND o.placed > '2024-01-01'"),
    ("table_alias: '[a-z]{1,2}'", "SELECT ord.id FROM orders ord", (1, 27), "SELECT o.id FROM orders o"),
    ("column_alias: '[a-z_]+'", "SELECT id AS N FROM orders", (1, 14), "SELECT id AS n FROM orders"),
    ("cte_name: 'cte_.*'", "WITH a AS (SELECT 1 AS n) SELECT n FROM a", (1, 6),
     "WITH cte_a AS (SELECT 1 AS n) SELECT n FROM cte_a"),
    ("aliases: {orders: o, customers: c}", "SELECT x.id FROM orders x", (1, 18),
     "SELECT o2.id FROM orders o2 JOIN customers vc ON vc.id = o2.id"),
    ("require_limit: true", "SELECT id FROM orders", (1, 8), "SELECT COUNT(*) AS n FROM orders"),
    ("max_joins: 1", "SELECT 1 AS n FROM orders a JOIN orders b ON a.id = b.id JOIN orders c ON a.id = c.id", (1, 63),
     "SELECT 1 AS n FROM orders a JOIN orders b ON a.id = b.id"),
    ("max_depth: 1", "SELECT id FROM orders WHERE id IN (SELECT 5)", (1, 43), "SELECT id FROM orders"),
    ("rules: [null-comparison]", "SELECT id FROM orders WHERE total = NULL", (1, 29),
     "SELECT id FROM orders WHERE total IS NULL"),
    ("keyword_case: upper", "SELECT id\nfrom orders", (2, 1), "SELECT id FROM orders"),
    ("keyword_case: lower", "select id from orders where x Is Null", (1, 31), "select id from orders"),
    ("function_case: upper", "SELECT sum(total) AS n FROM orders", (1, 8), "SELECT SUM(total) AS n FROM orders"),
    ("table_as: never", "SELECT o.id FROM orders AS o", (1, 28), "SELECT o.id AS n FROM orders o"),
    ("column_as: always", "SELECT id n FROM orders", (1, 11), "SELECT id AS n FROM orders o"),
    ("outer_word: never", "SELECT 1 AS n FROM orders a LEFT OUTER JOIN orders b ON a.id = b.id", (1, 40),
     "SELECT 1 AS n FROM orders a LEFT JOIN orders b ON a.id = b.id"),
    ("inner_word: always", "SELECT 1 AS n FROM orders a JOIN orders b ON a.id = b.id", (1, 29),
     "SELECT 1 AS n FROM orders a INNER JOIN orders b ON a.id = b.id"),
    ("union_word: always", "SELECT 1 AS n UNION SELECT 2", (1, 15), "SELECT 1 AS n UNION DISTINCT SELECT 2"),
    ("not_equal: <>", "SELECT id FROM orders WHERE id != 1", (1, 32), "SELECT id FROM orders WHERE id <> 1"),
    ("casts: cast", "SELECT id::text AS n FROM orders", (1, 10), "SELECT CAST(id AS text) AS n FROM orders"),
    ("casts: '::'", "SELECT CAST(id AS text) AS n FROM orders", (1, 8), "SELECT id::text AS n FROM orders"),
    ("commas: trailing", "SELECT id\n, total\nFROM orders", (2, 1), "SELECT id,\n total\nFROM orders"),
    ("commas: leading", "SELECT id,\n total\nFROM orders", (1, 10), "SELECT id\n, total\nFROM orders"),
    ("semicolon: always", "SELECT id FROM orders", (1, 1), "SELECT id FROM orders;"),
    ("semicolon: never", "SELECT id FROM orders;", (1, 1), "SELECT id FROM orders"),
    ("opening_comment: true", "SELECT id FROM orders", (1, 1), "-- all of them\nSELECT id FROM orders"),
    ("max_line_length: 30", "SELECT id,\n  total, customer_id, placed, id FROM orders", (2, 31),
     "SELECT id,\n  total\nFROM orders"),
    ("no_tabs: true", "SELECT\tid FROM orders", (1, 7), "SELECT id FROM orders"),
    ("no_trailing_blanks: true", "SELECT id  \r\nFROM orders", (1, 10), "SELECT id\r\nFROM orders"),
]  # fmt: skip


@pytest.mark.parametrize(("checks", "bad", "place", "good"), CASES, ids=[c[0] for c in CASES])
def test_what_breaks_a_standard_is_quoted(
    tmp_path: Path, checks: str, bad: str, place: tuple[int, int], good: str
) -> None:
    settings = standards(tmp_path, checks, severity="slow")
    found = [f for f in check_text(bad, settings).findings if f.rule == "standard"]
    assert found
    assert (found[0].line, found[0].column) == place
    assert found[0].severity == "slow"
    assert "“We do it so.”" in found[0].message
    assert "«У нас так.»" in found[0].message_ru
    for message in (found[0].message, found[0].message_ru):
        assert f"{tmp_path / 'team.yaml'}:2" in message
    assert not [f for f in check_text(good, settings).findings if f.rule == "standard"]


def test_every_check_has_a_case() -> None:
    tried = {case[0].partition(":")[0] for case in CASES}
    assert tried == set(Checks.model_fields)


def test_every_construct_finds_itself() -> None:
    from sqlwright.analyze.house.entry import Construct

    assert set(CONSTRUCTS) == set(Construct.__args__)
    text = {
        "comma-join": "SELECT 1 FROM a, b",
        "cross-join": "SELECT 1 FROM a CROSS JOIN b",
        "natural-join": "SELECT 1 FROM a NATURAL JOIN b",
        "right-join": "SELECT 1 FROM a RIGHT JOIN b ON 1 = 1",
        "full-join": "SELECT 1 FROM a FULL JOIN b ON 1 = 1",
        "using": "SELECT 1 FROM a JOIN b USING (x)",
        "select-star": "SELECT * FROM a",
        "in-subquery": "SELECT 1 FROM a WHERE x IN (SELECT 1)",
        "order-by-position": "SELECT x FROM a ORDER BY 1",
        "offset": "SELECT x FROM a ORDER BY x LIMIT 1 OFFSET 2",
        "having": "SELECT x FROM a GROUP BY x HAVING x > 1",
        "nested-case": "SELECT CASE WHEN x THEN CASE WHEN y THEN 1 END END FROM a",
        "window": "SELECT SUM(x) OVER () FROM a",
        "cte": "WITH b AS (SELECT 1) SELECT 1 FROM b",
        "recursion": "WITH RECURSIVE b AS (SELECT 1) SELECT 1 FROM b",
        "between": "SELECT 1 FROM a WHERE x BETWEEN 1 AND 2",
        "or": "SELECT 1 FROM a WHERE x = 1 OR y = 2",
        "not-null-test": "SELECT 1 FROM a WHERE x IS NOT NULL",
        "update": "UPDATE a SET x = 1",
        "insert": "INSERT INTO a VALUES (1)",
        "ddl": "DROP TABLE a",
    }
    import sqlglot

    for name, query in text.items():
        assert list(CONSTRUCTS[name][0](sqlglot.parse_one(query, read="postgres"))), name
        assert not list(CONSTRUCTS[name][0](sqlglot.parse_one("SELECT x FROM a", read="postgres")))


MISTAKES = [
    ("standards:\n  - name: a\n    join_stile: explicit", r"team.yaml:2: unknown key join_stile. Did you mean join_style\?"),
    ("standards:\n  - name: a\n\n  - name: b\n    forbid: [comma-joins]", r"team.yaml:4: forbid .*Did you mean comma-join\?"),
    ("standards:\n  - name: a\n    rules: [select-sta]", r"unknown rule select-sta. Did you mean select-star\?"),
    ("standards:\n  - name: a\n    severity: bad", "severity is one of"),
    ("standards:\n  - name: a\n    table_alias: '['", "no regular expression"),
    ("standards:\n  - name: a\n    max_line_length: 3", "max_line_length"),
    ("standards:\n  - join_style: on", "needs a name"),
    ("standard: []", r"holds no standards"),
    ("standards: []\nmore: 1", "unknown key more"),
    ("standards:\n  - [", "is not YAML"),
    ("standards:\n  - text", "`key: value` lines"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), MISTAKES)
def test_mistakes_are_one_sentence_with_a_place(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "team.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words) as error:
        load_standards(file)
    assert "\n" not in str(error.value)


MARKDOWN = """# Ours

Not a standard.

## Explicit joins

Write JOIN ... ON.

Пишите JOIN ... ON.

```standard
join_style: explicit
severity: slow
```

## Other YAML

```yaml
models: {a: b}
```

## Limits

```yaml
require_limit: true
```
"""


def test_a_document_says_and_checks(tmp_path: Path) -> None:
    found = list(from_markdown(MARKDOWN, "house.md"))
    assert [s.name for s in found] == ["Explicit joins", "Limits"]
    first = found[0]
    assert (first.text, first.text_ru) == ("Write JOIN ... ON.", "Пишите JOIN ... ON.")
    assert (first.source, first.severity) == ("house.md:5", "slow")
    with pytest.raises(ConfigError, match=r"house.md:12: unknown key join_stile. Did you mean"):
        list(from_markdown(MARKDOWN.replace("join_style", "join_stile"), "house.md"))
    (tmp_path / "plain.md").write_text("# Title\n\nNothing to check.\n")
    with pytest.raises(ConfigError, match="nothing in it can be checked"):
        load_standards(tmp_path / "plain.md")


def test_standards_come_from_the_knowledge_too(tmp_path: Path) -> None:
    pytest.importorskip("lancedb")
    house = tmp_path / "standards.md"
    house.write_text(MARKDOWN, encoding="utf-8")
    arguments = [sys.executable, "-m", "sqlwright"]
    place = str(tmp_path / "kb")
    learned = subprocess.run(
        [*arguments, "learn", "--knowledge", place, str(house), "--embedding", "none"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert learned.returncode == 0, learned.stderr
    done = subprocess.run(
        [*arguments, "check", "-", "--knowledge", place, "--rule", "standard"],
        input="SELECT a.x FROM a, b WHERE a.y = b.y LIMIT 3", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "“Write JOIN ... ON.”" in done.stdout
    assert "standards.md:" in done.stdout


def test_passages_are_read_as_sections() -> None:
    text = "Name the columns.\n\n```standard\nforbid: [select-star]\n```"
    (found,) = from_passages([("No star", text, "a.md:7")])
    assert (found.name, found.source, found.text) == ("No star", "a.md:7", "Name the columns.")


def test_the_example_house_is_kept_by_its_own_queries() -> None:
    settings = Settings(standards=load_standards(EXAMPLES / "standards.md"))
    assert len(settings.standards) > 8
    for path in sorted((EXAMPLES / "queries").glob("*.sql")):
        found = check_text(path.read_text(encoding="utf-8"), settings).findings
        broken = [f for f in found if f.rule == "standard" and "cannot serve" not in f.message]
        assert not broken, (path.name, broken)
    legacy = EXAMPLES / "queries" / "legacy" / "old_reports.sql"
    found = check_text(legacy.read_text(encoding="utf-8"), settings).findings
    assert len([f for f in found if f.rule == "standard"]) > 8
