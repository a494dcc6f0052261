"""`check` as a tool: files of statements, templates, places, comments that ignore, SARIF, folders."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlglot import exp

from conftest import DDL, shared
from sqlwright import sql
from sqlwright.analyze.statements import analyze_statement
from sqlwright.check import Checked, Settings, check_text
from sqlwright.check.files import check_files, decoded, sql_files
from sqlwright.check.names import unknown_names
from sqlwright.check.shown import Filter
from sqlwright.check.statements import Unreadable, any_dialect, read, split
from sqlwright.check.templates import masked
from sqlwright.errors import SqlwrightError, UsageError
from sqlwright.schema import Schema, read_ddl

SHOP = read_ddl(DDL)
OVER_SHOP = Settings(SHOP)


def run(*arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """The program as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "sqlwright", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
    )


def seen(checked: Checked) -> list[tuple[int, int, str]]:
    return [(f.line, f.column, f.rule) for f in checked.findings]


FILE = """-- two reports and a mistake
SELECT * FROM customers;
SELECT name
FROM customers
\tWHERE city = NULL;
SELECT id frm orders WHERE;
SELECT total FROM orders ORDER BY placed LIMIT 3; SELECT nam FROM customers
"""


def test_each_statement_is_checked_at_its_place() -> None:
    checked = check_text(FILE, OVER_SHOP)
    assert checked.statements == 5
    assert seen(checked) == [
        (2, 8, "select-star"),
        (5, 8, "null-comparison"),
        (6, 15, "syntax"),
        (7, 58, "unknown-name"),
    ]
    assert "Did you mean name?" in checked.findings[-1].message
    for finding in checked.findings:
        assert finding.message_ru != finding.message


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_marks_move_nothing(start: str, end: str) -> None:
    text = start + FILE.replace("\n", end)
    assert seen(check_text(text, OVER_SHOP)) == seen(check_text(FILE, OVER_SHOP))


def test_a_quote_that_nothing_closes_is_one_finding() -> None:
    text = "SELECT 'a FROM orders;\nSELECT * FROM orders;\nSELECT 'it''s' AS x FROM orders"
    found = seen(check_text(text, OVER_SHOP))
    assert found == [(1, 8, "syntax"), (2, 8, "select-star")]


def test_several_names_of_one_statement_are_found() -> None:
    text = "SELECT c.naem, o.id FROM customers c JOIN ordes o ON o.id = c.id"
    checked = check_text(text, OVER_SHOP)
    names = [f for f in checked.findings if f.rule == "unknown-name"]
    assert [(f.line, f.column) for f in names] == [(1, 8), (1, 43)]
    assert all(f.severity == "error" for f in names)


SILENT = [
    "SELECT o.rowid FROM orders o",
    "WITH x AS (SELECT id AS n FROM orders) SELECT n FROM x ORDER BY n",
    "SELECT COUNT(*) AS n FROM orders GROUP BY customer_id HAVING n > 3 ORDER BY n",
    "SELECT * FROM information_schema.tables",
    "SELECT u.anything FROM somewhere_else AS u",
    "CREATE TABLE fresh (a INT); SELECT a, b FROM fresh",
    "SELECT id INTO TEMP copies FROM orders; SELECT id FROM copies",
    "INSERT INTO orders (id) SELECT id FROM orders ON CONFLICT (id) DO UPDATE SET id = excluded.id",
    "SELECT d.n FROM customers c CROSS JOIN LATERAL (SELECT c.name AS n) d",
    "WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT n FROM t",
    "SELECT id FROM orders UNION SELECT id FROM customers ORDER BY id",
    "UPDATE orders SET total = 1 WHERE customer_id IN (SELECT c.id FROM customers c)",
    "DELETE FROM orders o WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = o.customer_id)",
]


@pytest.mark.parametrize("text", SILENT)
def test_names_that_may_be_there_are_no_findings(text: str) -> None:
    found = [
        f for f in check_text(text, OVER_SHOP).findings if f.rule in ("unknown-name", "syntax")
    ]
    assert not [f for f in found if "somewhere_else" not in f.message]


LOUD = [
    ("UPDATE orders SET totl = 1", "totl"),
    ("DELETE FROM orders WHERE idd = 5", "idd"),
    ("INSERT INTO orders SELECT idd FROM orders", "idd"),
    ("CREATE VIEW v AS SELECT idd FROM orders", "idd"),
    ("INSERT INTO orders (id) SELECT total FROM customers", "total"),
    ("SELECT id FROM orders WHERE id IN (SELECT order_idd FROM order_lines)", "order_idd"),
    ("SELECT id FROM orders JOIN customers ON customer_id = customers.id", "id"),
    ("WITH a AS (SELECT idd FROM orders) SELECT idd FROM a", "idd"),
    ("SELECT d.x FROM (SELECT name AS n FROM customers) d", "x"),
]


@pytest.mark.parametrize(("text", "name"), LOUD)
def test_names_that_are_not_there_are_found(text: str, name: str) -> None:
    found = [f for f in check_text(text, OVER_SHOP).findings if f.rule == "unknown-name"]
    assert found
    assert name in found[0].message


def test_real_queries_bind_as_the_binder_says() -> None:
    schema = read_ddl(shared("schemas", "tpcds.sql").read_text())
    for path in sorted(shared("queries", "tpcds").glob("*.sql")):
        query = sql.read(path.read_text(), "postgres")
        try:
            sql.bind(query, schema, "postgres")
            binds = True
        except SqlwrightError:
            binds = False
        assert binds == (not list(unknown_names(query, schema))), path.name


def test_dml_and_ddl_are_checked_inside() -> None:
    for text in (
        "INSERT INTO customers (id) SELECT id FROM orders WHERE coupon = NULL",
        "CREATE VIEW v AS SELECT id FROM orders WHERE coupon = NULL",
        "DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE coupon = NULL)",
    ):
        tree = read(split(text, "postgres")[0], "postgres")
        assert not isinstance(tree, Unreadable)
        rules = {f.rule for f in analyze_statement(tree, Schema(()))}
        assert "null-comparison" in rules, text


TEMPLATES = [
    "{{ config(materialized='table') }}\nSELECT id FROM {{ ref('orders') }} WHERE coupon = NULL",
    "SELECT {% for c in columns %}{{ c }}{% if not loop.last %}, {% endif %}{% endfor %}\n"
    "FROM {{ source('raw', 'orders') }} WHERE coupon = NULL",
    "{% set x = 1 %}SELECT id FROM orders\n"
    "WHERE coupon = NULL {% if is_incremental() %} AND id > (SELECT MAX(id) FROM {{ this }})"
    "{% else %} AND no more {% endif %}",
    "{# a note #}SELECT id FROM ${schema}.orders\nWHERE coupon = NULL AND id = ${id}",
    "SELECT id FROM orders WHERE id IN (:ids) AND total > %s\nAND coupon = NULL AND id = $1",
    "SELECT id FROM orders WHERE id = ? AND name = %(name)s\nAND coupon = NULL",
    "SELECT '{{ var(\"x\") }}' AS x FROM {table}\nWHERE coupon = NULL",
    "{% macro broken(x) %} WHERE {{ x }} AND ( {% endmacro %}\nSELECT id FROM t WHERE coupon = NULL",
    "SELECT id FROM orders\nWHERE coupon = NULL {{ group_by(2) }}",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_templates_are_read_where_they_stand(text: str) -> None:
    checked = check_text(text, Settings())
    found = [f for f in checked.findings if f.rule in ("null-comparison", "syntax")]
    assert [f.rule for f in found] == ["null-comparison"], checked.findings
    line, column = found[0].line, found[0].column
    assert text.split("\n")[line - 1][column - 1 :].startswith("coupon = NULL")


def test_messages_quote_the_template_itself() -> None:
    checked = check_text("SELECT id FROM {{ table }} WHERE {{ column }} = NULL", Settings())
    assert "`{{ column }} = NULL`" in checked.findings[0].message


def test_an_unknown_name_of_a_template_is_no_finding() -> None:
    text = "SELECT {{ x }}, o.{{ y }} FROM {{ ref('orders') }} o JOIN {{ z }} ON z = o.id"
    assert not [f for f in check_text(text, OVER_SHOP).findings if f.rule == "unknown-name"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT c.id FROM ((SELECT id FROM orders) AS o LEFT JOIN customers AS c ON o.id = c.id)",
        "SELECT o.id FROM (orders AS o JOIN customers AS c ON o.id = c.id) WHERE c.id > 5",
    ],
)
def test_a_join_in_parentheses_hides_no_names(text: str) -> None:
    found = check_text(text, OVER_SHOP).findings
    assert not [f for f in found if f.rule in ("unknown-name", "unnamed-subquery")]


def test_a_message_quotes_the_division_as_it_is_written() -> None:
    text = "SELECT id FROM orders WHERE id + 10 / 2 = 13"
    said = [f.message for f in check_text(text, Settings(dialect="mysql")).findings]
    assert any("id + 10 / 2" in message for message in said)
    assert not any("NULLIF" in message for message in said)


@pytest.mark.parametrize(
    ("dialect", "text", "silent"),
    [
        ("snowflake", "SELECT f.value:a::int AS a FROM t, LATERAL FLATTEN(input => v) f",
         "mixed-name-case"),
        ("bigquery", "SELECT p.key FROM `p.d.ga` AS g, UNNEST(params) AS p WHERE g.id = 5",
         "mixed-qualification"),
        ("bigquery", "SELECT a FROM `p.d.t`", "needless-quotes"),
        ("spark", "SELECT a FROM t LEFT ANTI JOIN u ON t.id = u.id", "mixed-qualification"),
        ("trino", "SELECT a FROM t WHERE date(ts) = DATE '2024-01-01'", "function-on-column"),
        ("clickhouse", "CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id",
         "table-without-key"),
        ("tsql", "UPDATE c SET c.name = 'x' FROM customers c JOIN orders o ON o.cid = c.id"
         " WHERE o.total > 5", "reused-alias"),
        ("redshift", "CREATE TABLE t (id INT) DISTKEY(id) SORTKEY(id)", "syntax"),
    ],
)  # fmt: skip
def test_what_a_dialect_has_otherwise_is_no_finding(dialect: str, text: str, silent: str) -> None:
    found = check_text(text, Settings(dialect=dialect)).findings
    assert silent not in {finding.rule for finding in found}


@pytest.mark.parametrize(
    ("dialect", "text", "quoted"),
    [
        ("oracle", "SELECT NVL(a, 0), b + 1 FROM t", "`NVL(a, 0)` and 1 more have no names"),
        ("tsql", "SELECT id FROM t WHERE CONVERT(DATE, made) = '2024-01-01'",
         "`CONVERT(DATE, made)`"),
    ],
)  # fmt: skip
def test_a_message_is_in_words_of_the_dialect(dialect: str, text: str, quoted: str) -> None:
    found = check_text(text, Settings(dialect=dialect)).findings
    assert any(quoted in finding.message for finding in found)


def test_clients_own_words_end_statements() -> None:
    go = check_text("SELECT TOP 3 a FROM t\nGO\nSELECT * FROM u\nGO 2\n", Settings(dialect="tsql"))
    assert go.statements == 2
    assert (3, 8, "select-star") in seen(go)
    delimiter = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; IF x THEN SELECT 2; END IF; END//\nDELIMITER ;\nSELECT * FROM t"
    found = check_text(delimiter, Settings(dialect="mysql"))
    assert found.statements == 2
    assert seen(found) == [(4, 8, "select-star")]
    psql = check_text("\\set x 1\nBEGIN;\nSELECT * FROM t;\nCOMMIT;", Settings(dialect="postgres"))
    assert seen(psql) == [(3, 8, "select-star")]


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("SELECT TOP 5 [a] FROM [dbo].[t]", None),
        ("SELECT a FROM `p.d.t` WHERE a > 1", None),
        ("SELECT a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1", None),
        ("SELECT a FROM t WHERE ROWNUM < 5 CONNECT BY PRIOR a = b", "oracle"),
    ],
)
def test_dialects_are_told_or_named(text: str, dialect: str | None) -> None:
    named = any_dialect(dialect) if dialect else None
    assert not [f for f in check_text(text, Settings(dialect=named)).findings if f.rule == "syntax"]


def test_an_unknown_dialect_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean snowflake"):
        any_dialect("snowflak")
    assert any_dialect("PostgreSQL") == "postgres"


IGNORES = [
    ("SELECT * FROM t -- sqlwright: ignore select-star: the export needs all", [], 1),
    ("-- sqlwright: ignore select-star: all of it\nSELECT a.*, b.x\nFROM t a, (SELECT *\nFROM u) b", [], 2),
    ("/* sqlwright: ignore-file select-star: generated */\nSELECT * FROM t;\nSELECT * FROM u", [], 2),
    ("SELECT a,\n-- sqlwright: ignore null-comparison: on purpose\nb = NULL AS n FROM t", [], 1),
    ("SELECT * FROM t -- sqlwright: ignore select-star", ["ignore-without-reason", "select-star"], 0),
    ("SELECT a FROM t -- sqlwright: ignore select-star: gone", ["unused-ignore"], 0),
    ("SELECT a FROM t -- sqlwright: ignore selct-star: typo", ["unused-ignore"], 0),
    ("SELECT a FROM t -- sqlwright: skip select-star: word", ["ignore-without-reason"], 0),
    ("SELECT '-- sqlwright: ignore select-star: no' AS x FROM t", [], 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left", "ignored"), IGNORES)
def test_comments_ignore_with_a_reason(text: str, left: list[str], ignored: int) -> None:
    checked = check_text(text, Settings())
    relevant = ("select-star", "null-comparison", "unused-ignore", "ignore-without-reason")
    assert sorted(f.rule for f in checked.findings if f.rule in relevant) == left
    assert len(checked.ignored) == ignored
    assert all(each.reason for each in checked.ignored)


def test_an_unknown_rule_in_a_comment_gets_the_nearest() -> None:
    checked = check_text("SELECT a FROM t -- sqlwright: ignore selct-star: x", Settings())
    assert "Did you mean select-star?" in checked.findings[0].message


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with SQL in several encodings, a hidden one, and what is no SQL."""
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "a.sql").write_bytes(b"\xef\xbb\xbfSELECT *\r\nFROM orders;\r\n")
    (tmp_path / "sub" / "b.SQL").write_text("SELECT id FROM orders WHERE id = 3;")
    (tmp_path / "sub" / "c.sql").write_bytes("SELECT * FROM orders".encode("utf-16"))
    (tmp_path / ".hidden" / "d.sql").write_text("SELECT * FROM orders")
    (tmp_path / ".e.sql").write_text("SELECT * FROM orders")
    (tmp_path / "f.txt").write_text("no SQL")
    return tmp_path


def test_folders_stand_for_what_is_below(folder: Path) -> None:
    names = sql_files([str(folder)])
    assert [Path(name).name for name in names] == ["a.sql", "b.SQL", "c.sql"]
    with pytest.raises(UsageError, match=r"no \*\.sql"):
        sql_files(
            [str(folder / ".hidden" / ".."), str((folder / "empty").mkdir() or folder / "empty")]
        )


def test_exit_codes_and_json(folder: Path) -> None:
    done = run("check", folder, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)["files"]
    assert [len(file["findings"]) for file in found] == [1, 0, 1]
    assert found[0]["findings"][0]["line"] == 1
    one = run("check", folder / "sub" / "b.SQL", "--json")
    assert one.returncode == 0
    assert json.loads(one.stdout)["query"] == "SELECT id FROM orders WHERE id = 3"
    (folder / "broken.sql").write_bytes(b"SELECT \xff\xfe\xfa FROM t")
    broken = run("check", folder)
    assert broken.returncode == 2
    assert broken.stderr.decode().count("\n") == 1
    assert b"select-star" in broken.stdout
    assert b"\x1b[" not in broken.stdout
    assert run("check", folder / "broken.sql").returncode == 2
    assert run("check", folder / "nowhere.sql").returncode == 2
    assert run("check", folder, "--json", "--sarif").returncode == 2
    assert run("check", folder, "--rule", "selct-star").returncode == 2


def test_filters(folder: Path) -> None:
    text = "SELECT * FROM orders WHERE coupon = NULL"
    for arguments, rules in (
        (("--severity", "wrong"), {"null-comparison"}),
        (("--rule", "select-star"), {"select-star"}),
        (("--ignore", "select-star"), {"null-comparison"}),
    ):
        done = run("check", "-", "--json", *arguments, stdin=text.encode())
        assert {f["rule"] for f in json.loads(done.stdout)["findings"]} == rules
    with pytest.raises(UsageError, match="Did you mean wrong"):
        Filter.of("wron", (), ())


def test_sarif_has_the_form_that_tools_read(folder: Path) -> None:
    text = "SELECT * FROM orders -- sqlwright: ignore select-star: export\n;SELECT nam, COUNT(*) FROM customers WHERE city = NULL GROUP BY 1;\nSELEC"
    (folder / "g h.sql").write_text(text)
    (folder / "ddl").mkdir()
    (folder / "ddl" / "shop.sql").write_text(DDL)
    done = run("check", folder, "--sarif", "--schema", folder / "ddl" / "shop.sql")
    found = json.loads(done.stdout)
    assert found["version"] == "2.1.0"
    assert found["$schema"].endswith("sarif-2.1.0.json")
    (made,) = found["runs"]
    driver = made["tool"]["driver"]
    assert driver["name"] == "sqlwright"
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["shortDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    results = made["results"]
    assert {r["ruleId"] for r in results} >= {
        "select-star",
        "null-comparison",
        "syntax",
        "unknown-name",
    }
    for result in results:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
        assert re.fullmatch(r"[\w.%/:+~-]+", place["physicalLocation"]["artifactLocation"]["uri"])
    suppressed = [r for r in results if r.get("suppressions")]
    assert [s["justification"] for r in suppressed for s in r["suppressions"]] == ["export"]
    assert made["invocations"][0]["executionSuccessful"] is True
    _assert_form(found, "log")


# SARIF 2.1.0, section 3: what an object must have, and what else it may have that we write
FORM: dict[str, tuple[str, str]] = {
    "log": ("version runs", "$schema"),
    "runs": ("tool", "columnKind invocations results"),
    "tool": ("driver", ""),
    "driver": ("name", "version rules"),
    "rules": ("id", "defaultConfiguration shortDescription help"),
    "defaultConfiguration": ("", "level"),
    "shortDescription": ("text", ""),
    "help": ("text", "markdown"),
    "invocations": ("executionSuccessful", "toolExecutionNotifications"),
    "toolExecutionNotifications": ("message", "level"),
    "message": ("text", ""),
    "results": ("message", "ruleId ruleIndex level locations properties suppressions"),
    "locations": ("", "physicalLocation"),
    "physicalLocation": ("artifactLocation", "region"),
    "artifactLocation": ("uri", "uriBaseId"),
    "region": ("startLine", "startColumn"),
    "suppressions": ("kind", "justification"),
}
ENUMS = {
    "level": {"none", "note", "warning", "error"},
    "columnKind": {"utf16CodeUnits", "unicodeCodePoints"},
    "kind": {"inSource", "external"},
}


def _assert_form(value: object, name: str) -> None:
    """Holds the value to the standard's tables: required properties, no unknown ones, enums."""
    if name == "properties":
        return  # a bag of anything
    if isinstance(value, list):
        for item in value:
            _assert_form(item, name)
    elif isinstance(value, dict):
        required, more = (words.split() for words in FORM[name])
        assert set(required) <= value.keys() <= {*required, *more}, (name, value)
        for key, inner in value.items():
            _assert_form(inner, key)
    elif name in ENUMS:
        assert value in ENUMS[name], (name, value)
    elif name in ("startLine", "startColumn", "ruleIndex"):
        assert isinstance(value, int)
        assert value >= (name != "ruleIndex")
    elif name == "executionSuccessful":
        assert isinstance(value, bool)
    else:
        assert isinstance(value, str), (name, value)
        assert value or name == "justification", name


def test_sarif_tells_of_a_file_that_cannot_be_read(folder: Path) -> None:
    (folder / "broken.sql").write_bytes(b"SELECT \xff\xfe\xfa FROM t")
    (folder / "Имя #1%20.sql").write_text("SELECT * FROM t")
    found = json.loads(run("check", folder, "--sarif").stdout)
    _assert_form(found, "log")
    (invocation,) = found["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert "broken.sql" in told["message"]["text"]
    places = [r["locations"][0]["physicalLocation"] for r in found["runs"][0]["results"]]
    assert any(place["artifactLocation"]["uri"].endswith("%20%231%2520.sql") for place in places), (
        "RFC 3986: what a URI may not hold is escaped, once"
    )


def test_processes_find_what_one_finds() -> None:
    one = "SELECT a.*, b.x FROM t a, u b WHERE a.y = NULL AND b.z NOT IN (1, NULL);\n"
    text = one * 1500
    named: list[tuple[str, str | SqlwrightError]] = [
        ("big.sql", text), ("none.sql", UsageError("gone")), ("small.sql", one)
    ]  # fmt: skip
    alone = list(check_files(named, Settings(), workers=1))
    shared_out = list(check_files(named, Settings(), workers=2))
    assert [f.name for f in alone] == ["big.sql", "none.sql", "small.sql"]
    assert alone[1].problem == "gone"
    assert alone == shared_out
    assert alone[0].checked is not None
    assert alone[0].checked.findings[-1].line == 1500


def test_a_megabyte_without_an_end_is_one_finding() -> None:
    checked = check_text("SELECT '" + "a b;c " * 170_000, Settings())
    assert [f.rule for f in checked.findings] == ["syntax"]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 3000 + "1" + ")" * 3000,
        "SELECT id FROM orders WHERE " + " AND ".join(f"total <> {n}" for n in range(1500)),
        "SELECT " + " + ".join(["total"] * 3000) + " AS n FROM orders",
        "SELECT id FROM orders WHERE id IN (" + "SELECT id FROM orders WHERE id IN (" * 150,
    ],
)
def test_what_is_generated_is_checked_or_says_why_not(text: str) -> None:
    # of the statement after it everything is found
    checked = check_text(text + ";\nSELECT * FROM orders", OVER_SHOP)
    assert (2, 8, "select-star") in seen(checked)
    for finding in checked.findings:
        assert finding.line in (1, 2)


WORDS = st.sampled_from(
    ["SELECT 1 AS a", "SELECT 'a;b' AS x FROM t", "INSERT INTO t VALUES (1)", "DELETE FROM t",
     "SELECT a /* ; */ FROM t", "SELECT \"a;\" FROM t"]
)  # fmt: skip
BETWEEN = st.sampled_from([";", ";\n", " ;\r\n\r\n", ";\n-- a; comment\n", "; /* ; */ "])


@given(st.lists(st.tuples(WORDS, BETWEEN), min_size=1, max_size=6))
def test_statements_lie_where_they_say(pieces: list[tuple[str, str]]) -> None:
    text = "".join(word + between for word, between in pieces)
    found = split(text, "postgres")
    assert [statement.text for statement in found] == [word for word, _ in pieces]
    for statement in found:
        assert text[statement.offset :].startswith(statement.text)
        before = text[: statement.offset]
        assert statement.line == before.count("\n") + 1
        assert statement.column == len(before) - (before.rfind("\n") + 1) + 1


PARTS = st.sampled_from(
    ["{{ x }}", "{% if a %}", "{% else %}", "{% endif %}", "{% for x in y %}", "{% endfor %}",
     "{% set z %}", "{% endset %}", "{# c #}", "{{", "}}", "{%", "${a}", "%s", "%(b)s", "'", '"',
     "--", "/*", "*/", "\n", "\r\n", " = ", "a", "{b}", "#{c}", ";", "{% raw %}", "{% endraw %}",
     "SELECT", " FROM t ", "(", ")", ",", "{{ ref('m') }}", "ё"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=30).map("".join))
@example("{{\r\n{{ x }}")
@example("{{ a\rb }}")
@example("{{\n}}" * 50)  # more names than fit in two letters
def test_masking_moves_no_letter(text: str) -> None:
    mask = masked(text)
    assert len(mask.text) == len(text)
    ends = [m.start() for m in re.finditer(r"[\r\n]", text)]
    assert ends == [m.start() for m in re.finditer(r"[\r\n]", mask.text)]


@given(st.lists(PARTS, max_size=25).map("".join))
def test_no_text_makes_check_fail(text: str) -> None:
    checked = check_text(text, OVER_SHOP)
    lines = re.split(r"\r\n|\r|\n", text)
    for finding in checked.findings:
        assert 1 <= finding.line <= len(lines)
        assert finding.column >= 1


def test_utf16_is_read_and_other_encodings_are_refused() -> None:
    assert decoded("SELECT 'ё'".encode("utf-16"), "x") == "SELECT 'ё'"
    with pytest.raises(UsageError, match="not UTF-8"):
        decoded("SELECT 'ё'".encode("cp1251"), "x")


def test_a_tree_is_kept_whole() -> None:
    text = "SELECT a IS NOT NULL AS b FROM t WHERE NOT (c IS NULL)"
    tree = read(split(text, "postgres")[0], "postgres")
    assert isinstance(tree, exp.Select)
    assert tree.sql() == sql.read(text, "postgres").sql()
