"""Rules over statements that are no queries: INSERT, DELETE, ALTER, GRANT; none is ever run.

A file of `tests/cases/statements/` is named for its rule and holds cases as those of
test_analyze.py do, with `dialect` (default: postgres) and `found`; statements have no rewrites.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from sqlwright.analyze import RULES, SEVERITIES, name_of
from sqlwright.analyze.pages import explain
from sqlwright.analyze.statements import STATEMENT_RULES, StatementRule, analyze_statement
from sqlwright.schema import Schema, read_ddl

CASES = Path(__file__).parent / "cases" / "statements"
SHOP = read_ddl((CASES.parent / "schemas" / "shop.sql").read_text(encoding="utf-8"))
BY_NAME = {rule.__name__.replace("_", "-"): rule for rule in STATEMENT_RULES}


@dataclass
class Case:
    rule: str
    title: str
    text: str
    dialect: str = "postgres"
    found: bool = False

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def read_cases(path: Path) -> list[Case]:
    cases = []
    for block in re.split(r"^-- case: ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, _, rest = block.partition("\n")
        text, *parts = re.split(r"^-- ", rest, flags=re.M)
        case = Case(path.stem, title.strip(), text.strip())
        for part in parts:
            word, _, value = part.strip().partition(":")
            if word == "dialect":
                case.dialect = value.strip()
            elif word == "found":
                case.found = True
            else:
                raise ValueError(f"{path.name}, case {title}: unknown word {word}")
        cases.append(case)
    return cases


FILES = sorted(CASES.glob("*.sql"))
ALL = [case for path in FILES for case in read_cases(path)]


def read(text: str, dialect: str) -> exp.Expr:
    (tree,) = (tree for tree in sqlglot.parse(text, read=dialect) if tree is not None)
    return tree


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case) -> None:
    tree = read(case.text, case.dialect)
    before = tree.sql()
    findings = list(BY_NAME[case.rule](tree, SHOP))
    assert tree.sql() == before, "the rule changed the statement that it was given"
    assert bool(findings) == case.found
    for finding in findings:
        assert finding.rule == case.rule
        assert finding.severity in SEVERITIES
        assert finding.rewrite is None
        assert finding.message_ru
        assert finding.say("ru") != finding.say("en")
    assert {finding.rule for finding in analyze_statement(tree, SHOP)} >= {
        finding.rule for finding in findings
    }


@pytest.mark.parametrize("rule", STATEMENT_RULES, ids=lambda rule: rule.__name__)
def test_docstring_is_true(rule: StatementRule) -> None:
    explanation = explain(rule)
    assert "Silent" in explanation.notes
    assert explanation.russian
    bad, good = (
        read(text, "mysql" if "REPLACE" in text or "/*!" in text else "postgres")
        for text in (explanation.bad, explanation.good)
    )
    assert list(rule(bad, SHOP))
    assert not list(rule(good, SHOP))


@pytest.mark.parametrize("rule", STATEMENT_RULES, ids=lambda rule: rule.__name__)
def test_rule_is_finished(rule: StatementRule) -> None:
    mine = [case for case in ALL if case.rule == rule.__name__.replace("_", "-")]
    assert sum(case.found for case in mine) >= 2
    assert any(not case.found for case in mine)


def test_names_are_used_once() -> None:
    assert {path.stem for path in FILES} == set(BY_NAME)
    assert not set(BY_NAME) & set(map(name_of, RULES))


def test_the_rows_that_a_change_chooses_are_looked_at_as_a_query() -> None:
    text = "DELETE FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers)"
    rules = [finding.rule for finding in analyze_statement(read(text, "postgres"), SHOP)]
    assert rules.count("not-in-nullable") == 1
    text = "UPDATE orders SET total = 5 WHERE coupon = NULL"
    (finding,) = analyze_statement(read(text, "postgres"), SHOP)
    assert (finding.rule, finding.line, finding.column) == ("null-comparison", 1, 35)


def test_queries_inside_a_statement_are_looked_at() -> None:
    text = "CREATE VIEW v AS SELECT id FROM customers WHERE city = NULL"
    assert [f.rule for f in analyze_statement(read(text, "postgres"), SHOP)] == ["null-comparison"]


WORDS = st.lists(
    st.sampled_from(
        """UPDATE DELETE FROM INSERT INTO SET WHERE orders o customers id total = 1 , ( ) AND OR
        SELECT * DROP TABLE ALTER COLUMN CASCADE GRANT ALL ON TO VALUES USING 'x' || EXECUTE COPY
        LIMIT NULL IN REPLACE CREATE PRIMARY KEY INT TRUNCATE RETURNING WITH AS""".split()
    ),
    min_size=1,
    max_size=14,
)


@given(WORDS, st.sampled_from(["postgres", "mysql", "sqlite", "tsql", "oracle", "duckdb"]))
def test_whatever_parses_is_no_reason_to_fail(words: list[str], dialect: str) -> None:
    try:
        trees = sqlglot.parse(" ".join(words), read=dialect)
    except (sqlglot.errors.SqlglotError, ValueError, AttributeError, TypeError):
        return
    for tree in trees:
        if tree is not None:
            for schema in (SHOP, Schema(())):
                for rule in STATEMENT_RULES:
                    assert all(finding.message_ru for finding in rule(tree, schema))
