"""What holds of the style rules together, and of the page on which all rules stand."""

from collections import Counter

import pytest

from conftest import shared
from sqlwright import sql
from sqlwright.analyze import RULES, Rule, name_of
from sqlwright.analyze.hoisting import hoisted, why_not_hoisted
from sqlwright.analyze.pages import EVERY_RULE, SUBJECTS, rules_page, subject_of
from sqlwright.analyze.style_names import MOST_REWRITES, alias_equals_name
from sqlwright.schema import Schema, read_ddl

STYLE = [rule for rule in RULES if ".style_" in rule.__module__]
EMPTY = Schema(())


def test_there_are_many_and_they_say_style() -> None:
    assert len(STYLE) >= 14
    text = """WITH u AS (SELECT 1 AS x) SELECT a."name", O.id AS id, total, UPPER(A.city)
        FROM customers a RIGHT JOIN orders o ON o.customer_id = a.id NATURAL JOIN payments p
        JOIN (SELECT customer_id FROM orders) d ON ((d.customer_id = a.id))
        WHERE (CASE WHEN total > 5 THEN 1 ELSE NULL END = 1) ORDER BY total, id DESC"""
    query = sql.read(text, "sqlite")
    found = [finding for rule in STYLE for finding in rule(query, EMPTY)]
    assert {finding.severity for finding in found} == {"style"}
    assert len({finding.rule for finding in found}) >= 10


@pytest.mark.parametrize("rule", STYLE, ids=name_of)
def test_good_queries_are_mostly_silent(rule: Rule) -> None:
    """No rule of style speaks of more than half of the queries that others hold for good ones."""
    counts: Counter[bool] = Counter()
    for folder in ("tpch", "tpcds"):
        schema = read_ddl(shared("schemas", f"{folder}.sql").read_text())
        for path in sorted(shared("queries", folder).glob("*.sql")):
            query = sql.read(path.read_text(), "postgres")
            counts[bool(list(rule(query, schema)))] += 1
    assert counts[True] * 2 < counts.total()


def test_a_wide_query_gets_a_few_rewrites_only() -> None:
    columns = ", ".join(f"o.c{n} AS c{n}" for n in range(200))
    query = sql.read(f"SELECT {columns} FROM orders o", "sqlite")
    found = list(alias_equals_name(query, EMPTY))
    assert len(found) == 200
    assert sum(finding.rewrite is not None for finding in found) == MOST_REWRITES


STAY = [
    ("SELECT 1 FROM a CROSS JOIN LATERAL (SELECT a.x FROM b) d", "lateral"),
    ("SELECT (SELECT 1 FROM (SELECT b.x FROM b WHERE b.y = a.y) d) AS n FROM a", "outside"),
    ("SELECT 1 FROM a WHERE EXISTS (WITH w AS (SELECT 1 AS x) SELECT 1 FROM (SELECT x FROM w) d)", "WITH"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), STAY)
def test_what_reads_its_surroundings_is_not_hoisted(text: str, why: str) -> None:
    query = sql.read(text, "postgres")
    subquery = next(node for node in query.walk() if node.args.get("alias") and node.alias == "d")
    subquery = subquery if subquery.key == "subquery" else subquery.this
    assert why in (why_not_hoisted(query, subquery, EMPTY) or "")
    assert hoisted(query, subquery, EMPTY) is None


def test_every_rule_has_a_subject_and_both_languages() -> None:
    page = rules_page()
    for rule in EVERY_RULE:
        assert subject_of(rule) in {subject for subject, _, _ in SUBJECTS}, rule.__module__
        assert page.count(f"\n### {name_of(rule)}\n") == 1
    assert page.count("По-русски:") <= len(EVERY_RULE)
    for rule in STYLE:
        section = page.split(f"\n### {name_of(rule)}\n")[1].split("\n### ")[0]
        for part in ("**Bad**", "**Good**", "Silent", "По-русски:"):
            assert part in section
