"""Every rule, by its case file and by its own docstring.

A file of `tests/cases/` is named for its rule and holds cases:

    -- case: what is special about it
    SELECT ...                  the query
    -- schema: shop             a file of tests/cases/schemas (default: shop)
    -- dialect: sqlite          (default: sqlite)
    -- becomes:
    SELECT ...                  found, and this rewrite is offered; it must survive checking
    -- found                    found, and no rewrite is offered
    -- never: why it is wrong
    SELECT ...                  a tempting rewrite: it is not offered, and checking must refute it

A case with neither `becomes` nor `found` is one where the rule must be silent. A rule has at least
two cases where it finds something, one where it is silent, and one `never`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from sqlglot import exp

from conftest import shared
from sqlwright import sql
from sqlwright.analyze import RULES, SEVERITIES, Finding, Rule, analyze, name_of
from sqlwright.analyze.pages import Explanation, explain, rules_page
from sqlwright.errors import BindError
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.judge import judge

CASES = Path(__file__).parent / "cases"
WITNESSES = 40
FEWER = 20  # for rewrites that hold: each database costs time, and none may tell them apart


@dataclass
class Case:
    rule: str
    title: str
    query: str = ""
    schema: str = "shop"
    dialect: str = "sqlite"
    found: bool = False
    becomes: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.rule}: {self.title}"


def read_cases(path: Path) -> list[Case]:
    """The cases of one file; an unknown word after `--` is a mistake in the file."""
    cases: list[Case] = []
    for block in re.split(r"^-- case: ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, _, rest = block.partition("\n")
        case = Case(path.stem, title.strip())
        case.query, *parts = re.split(r"^-- ", rest, flags=re.M)
        for part in parts:
            said, _, text = part.partition("\n")
            word, _, value = said.partition(":")
            if word in ("schema", "dialect"):
                setattr(case, word, value.strip())
            elif word == "found":
                case.found = True
            elif word in ("becomes", "never"):
                getattr(case, word).append(text)
            else:
                raise ValueError(f"{path.name}, case {title}: unknown word {word}")
        case.found = case.found or bool(case.becomes)
        cases.append(case)
    return cases


FILES = sorted(CASES.glob("*.sql"))
ALL = [case for path in FILES for case in read_cases(path)]
JUDGED = [(case, text) for case in ALL for text in case.becomes]
TRAPS = [(case, text) for case in ALL for text in case.never]
BY_NAME = {name_of(rule): rule for rule in RULES}


@cache
def schema_of(name: str) -> Schema:
    return read_ddl((CASES / "schemas" / f"{name}.sql").read_text(encoding="utf-8"))


def findings_of(case: Case) -> list[Finding]:
    query = sql.read(case.query, case.dialect)
    before = query.sql()
    findings = list(BY_NAME[case.rule](query, schema_of(case.schema)))
    assert query.sql() == before, "the rule changed the query that it was given"
    return findings


def normal(text: str, dialect: str) -> str:
    return sql.write(sql.read(text, dialect), dialect)


def offered(case: Case) -> list[str]:
    rewrites = [f.rewrite for f in findings_of(case) if f.rewrite is not None]
    texts = [sql.write(rewrite, case.dialect) for rewrite in rewrites]
    for text in texts:
        sql.bind(sql.read(text, case.dialect), schema_of(case.schema), case.dialect)
    return [normal(text, case.dialect) for text in texts]


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case) -> None:
    findings = findings_of(case)
    if not case.found:
        assert not findings
        return
    assert findings
    for finding in findings:
        assert finding.rule == case.rule
        assert finding.severity in SEVERITIES
        assert finding.line > 0
        assert finding.column > 0
        assert finding.say("ru") != finding.say("en")
    rewrites = offered(case)
    assert rewrites == [normal(text, case.dialect) for text in case.becomes]
    for text in case.never:
        assert normal(text, case.dialect) not in rewrites


@pytest.mark.parametrize(("case", "text"), JUDGED, ids=lambda part: str(part)[:60])
def test_rewrite_survives_checking(case: Case, text: str) -> None:
    original, proposal = sql.read(case.query, case.dialect), sql.read(text, case.dialect)
    verdict = judge(original, proposal, schema_of(case.schema), case.dialect, witnesses=FEWER)
    assert verdict.outcome == "no difference found", verdict


@pytest.mark.parametrize(("case", "text"), TRAPS, ids=lambda part: str(part)[:60])
def test_trap_is_refuted(case: Case, text: str) -> None:
    original, proposal = sql.read(case.query, case.dialect), sql.read(text, case.dialect)
    verdict = judge(original, proposal, schema_of(case.schema), case.dialect, witnesses=WITNESSES)
    assert verdict.outcome == "different", verdict


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_docstring_is_true(rule: Rule) -> None:
    explanation: Explanation = explain(rule)
    assert explanation.fact
    assert "Silent" in explanation.notes
    bad, good = (sql.read(text, "postgres") for text in (explanation.bad, explanation.good))
    assert list(rule(bad, schema_of("shop")))
    assert not list(rule(good, schema_of("shop")))


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_rule_is_explained_in_russian(rule: Rule) -> None:
    russian = explain(rule).russian
    assert re.search("[а-я]{3}", russian)
    assert re.search("молч", russian, re.IGNORECASE), "when is it silent?"
    assert "По-русски" not in russian
    assert "\n\n" not in russian


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_rule_is_finished(rule: Rule) -> None:
    mine = [case for case in ALL if case.rule == name_of(rule)]
    assert sum(case.found for case in mine) >= 2
    assert any(not case.found for case in mine)
    assert any(case.never for case in mine)


def test_every_case_file_has_a_rule() -> None:
    assert {path.stem for path in FILES} == set(BY_NAME)


@pytest.mark.parametrize("case", ALL[::2], ids=str)
def test_what_is_asked_once_is_answered_the_same(case: Case) -> None:
    query, schema = sql.read(case.query, case.dialect), schema_of(case.schema)
    alone = {repr_of(finding) for rule in RULES for finding in rule(query, schema)}
    assert {repr_of(finding) for finding in analyze(query, schema)} == alone


def repr_of(finding: Finding) -> str:
    rewrite = finding.rewrite.sql() if finding.rewrite is not None else None
    return repr((finding.as_dict(), rewrite))


def binds(query: exp.Query, schema: Schema) -> bool:
    try:
        sql.bind(query, schema, "postgres")
    except BindError:
        return False  # the DDL at hand spells a column in another way
    return True


def test_every_rule_reads_the_catalogue_of_real_queries() -> None:
    read = 0
    for name in ("tpch", "tpcds"):
        schema = read_ddl(shared("schemas", f"{name}.sql").read_text(encoding="utf-8"))
        for path in shared("queries", name).glob("*.sql"):
            query = sql.read(path.read_text(encoding="utf-8"), "postgres")
            before, found = query.sql(), analyze(query, schema)
            rewritten = any(finding.rewrite is not None for finding in found)
            is_bound = rewritten and binds(query, schema)
            for finding in found:
                assert finding.severity in SEVERITIES
                if finding.rewrite is not None and is_bound:
                    text = sql.write(finding.rewrite, "postgres")
                    sql.bind(sql.read(text, "postgres"), schema, "postgres")
            assert query.sql() == before
            read += 1
    assert read == 75


def test_findings_come_in_the_order_of_the_text() -> None:
    query = sql.read("SELECT *\nFROM customers\nWHERE city = NULL\nLIMIT 3", "sqlite")
    findings = analyze(query, schema_of("shop"))
    assert [(f.rule, f.line, f.column) for f in findings] == [
        ("select-star", 1, 8),
        ("null-comparison", 3, 7),
        ("limit-without-order", 4, 7),
    ]


def test_unknown_tables_and_names_are_no_reason_to_fail() -> None:
    text = "SELECT DISTINCT a.x, y FROM nowhere a, b WHERE z = 3 OR (SELECT COUNT(*) FROM q) > 0"
    for finding in analyze(sql.read(text, "duckdb"), Schema(())):
        assert finding.rule in BY_NAME


def test_page_is_fresh() -> None:
    page = Path(__file__).parents[1] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == rules_page(), "run make docs"
