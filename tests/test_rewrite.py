"""Proposals: what rules, passes and a scripted model offer, before anything is checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sqlwright import rewrite, sql
from sqlwright.errors import BindError
from sqlwright.prompt import Request
from sqlwright.rewrite import Proposal, Rejected
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify.judge import judge

SCHEMAS = Path(__file__).parent / "cases" / "schemas"
SHOP = read_ddl((SCHEMAS / "shop.sql").read_text(encoding="utf-8"))
TPCH = read_ddl((SCHEMAS / "tpch.sql").read_text(encoding="utf-8"))

SLOW = {
    "average per part": (
        "SELECT SUM(l_extendedprice) / 7.0 AS yearly FROM lineitem, part"
        " WHERE p_partkey = l_partkey AND p_brand = 'Brand#23' AND l_quantity <"
        " (SELECT 0.2 * AVG(l_quantity) FROM lineitem WHERE l_partkey = p_partkey)"
    ),
    "count above zero": (
        "SELECT c_name FROM customer WHERE (SELECT COUNT(*) FROM orders"
        " WHERE o_custkey = c_custkey AND o_totalprice > 100) > 0 ORDER BY c_custkey"
    ),
    "not exists": (
        "SELECT c_name FROM customer WHERE NOT EXISTS"
        " (SELECT 1 FROM orders WHERE o_custkey = c_custkey)"
    ),
    "sum per output row": (
        "SELECT c.c_name, (SELECT MAX(o.o_totalprice) FROM orders o"
        " WHERE o.o_custkey = c.c_custkey) AS top FROM customer c"
    ),
    "repeated condition": (
        "SELECT SUM(l_extendedprice) FROM lineitem, part"
        " WHERE (p_partkey = l_partkey AND p_brand = 'a' AND l_quantity < 11)"
        " OR (p_partkey = l_partkey AND p_brand = 'b' AND l_quantity < 20)"
    ),
    "derived tables": (
        "SELECT x.city, COUNT(*) AS Orders FROM (SELECT c.id, c.city FROM customers c"
        " WHERE c.name > 'b') AS x JOIN orders o ON o.customer_id = x.id WHERE o.total > 3"
        " GROUP BY x.city"
    ),
    "a star and IN": (
        "SELECT * FROM products WHERE id IN (SELECT DISTINCT product_id FROM order_lines)"
    ),
}


def schema_of(name: str) -> Schema:
    return SHOP if name in ("derived tables", "a star and IN") else TPCH


def texts(proposals: Sequence[Proposal], dialect: str = "sqlite") -> dict[str, str]:
    return {proposal.source: sql.write(proposal.query, dialect) for proposal in proposals}


class Scripted:
    """A model that gives the answers it was made with."""

    family = "mini"

    def __init__(self, *answers: str, context_tokens: int = 4000) -> None:
        self.answers = list(answers)
        self.context_tokens = context_tokens
        self.prompts: list[str] = []

    def complete(
        self,
        prompts: Sequence[str],
        max_new_tokens: int = 400,
        samples: int = 1,
        stop: tuple[str, ...] = (),
    ) -> list[list[str]]:
        self.prompts += prompts
        return [self.answers[:samples] for _ in prompts]

    def count_tokens(self, text: str) -> int:
        return len(text.split())


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres"])
@pytest.mark.parametrize("name", SLOW)
def test_every_proposal_is_a_query_over_the_schema(name: str, dialect: str) -> None:
    query = sql.read(SLOW[name], dialect)
    before = query.sql()
    schema = schema_of(name)
    offered = [
        *rewrite.by_rules(query, schema, dialect),
        *rewrite.by_passes(query, schema, dialect),
    ]
    assert query.sql() == before
    for proposal in rewrite.distinct(offered, query):
        sql.bind(proposal.query, schema, dialect)


@pytest.mark.parametrize("name", SLOW)
def test_no_rewrite_by_rule_is_refuted(name: str) -> None:
    query = sql.read(SLOW[name], "sqlite")
    offered = rewrite.by_rules(query, schema_of(name), "sqlite")
    assert offered or name == "derived tables"
    for proposal in rewrite.distinct(offered, query):
        verdict = judge(query, proposal.query, schema_of(name), "sqlite")
        assert verdict.outcome == "no difference found", (proposal.source, verdict)


def test_rules_go_on_from_each_other() -> None:
    query = sql.read(SLOW["count above zero"], "sqlite")
    found = texts(rewrite.by_rules(query, TPCH, "sqlite"))
    assert "EXISTS" in found["rule: count-above-zero"]
    assert found["rules for speed"] == (
        "SELECT c_name FROM customer WHERE c_custkey IN (SELECT o_custkey FROM orders"
        " WHERE o_totalprice > 100) ORDER BY c_custkey"
    )


def test_rules_have_nothing_to_say_about_a_plain_query() -> None:
    query = sql.read("SELECT name FROM customers WHERE id = 3", "sqlite")
    assert rewrite.by_rules(query, SHOP, "sqlite") == []
    assert rewrite.by_passes(query, SHOP, "sqlite") == []


def test_passes_keep_the_users_names_and_add_no_noise() -> None:
    query = sql.read(
        "SELECT city, COUNT(*) AS HowMany FROM (SELECT city FROM customers WHERE name > 'b') AS x"
        " GROUP BY city",
        "sqlite",
    )
    found = texts(rewrite.by_passes(query, SHOP, "sqlite"))
    assert found["pass: merge_subqueries"] == (
        "SELECT city, COUNT(*) AS HowMany FROM customers WHERE name > 'b' GROUP BY city"
    )


def test_passes_refuse_unknown_names() -> None:
    query = sql.read("SELECT nmae FROM customers", "sqlite")
    with pytest.raises(BindError, match="Did you mean name"):
        rewrite.by_passes(query, SHOP, "sqlite")


def test_a_pass_that_fails_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(query: object, schema: object, dialect: object) -> object:
        raise KeyError("no such scope")

    monkeypatch.setitem(rewrite.PASSES, "merge_subqueries", fail)
    query = sql.read(SLOW["derived tables"], "sqlite")
    found = texts(rewrite.by_passes(query, SHOP, "sqlite"))
    assert found
    assert "pass: merge_subqueries" not in found


REQUEST = Request(
    task="optimize",
    instruction="make it faster",
    query="SELECT name FROM customers WHERE 1 = 1",
    schema_text="customers(id int key, name text)",
    passages=("a passage of a few words", "another passage that says a little more"),
    dialect="sqlite",
)


def test_a_models_answers_come_back_all_of_them() -> None:
    model = Scripted(
        "SELECT name FROM customers",
        "I would rather talk about the weather",
        "SELECT nmae FROM customers",
        "DELETE FROM customers",
        "",
    )
    found = rewrite.by_model(REQUEST, SHOP, model, samples=5)
    assert isinstance(found[0], Proposal)
    assert found[0].source == "model"
    rejected = [answer for answer in found[1:] if isinstance(answer, Rejected)]
    assert [answer.source for answer in rejected] == [f"model: sample {n}" for n in (2, 3, 4, 5)]
    assert "Did you mean name" in rejected[1].reason
    assert "DELETE" in rejected[2].reason
    assert all(answer.reason for answer in rejected)


def test_passages_are_dropped_until_the_prompt_fits() -> None:
    model = Scripted("SELECT name FROM customers", context_tokens=34)
    rewrite.by_model(REQUEST, SHOP, model, max_new_tokens=15)
    assert "a passage of a few words" in model.prompts[0]
    assert "another passage" not in model.prompts[0]
    tiny = Scripted("never asked", context_tokens=10)
    (answer,) = rewrite.by_model(REQUEST, SHOP, tiny, max_new_tokens=15)
    assert isinstance(answer, Rejected)
    assert "10 tokens" in answer.reason
    assert tiny.prompts == []


def test_distinct_drops_the_original_and_names_who_else_proposed_it() -> None:
    original = sql.read("SELECT name FROM customers WHERE 1 = 1", "sqlite")
    same = sql.read("select NAME from Customers where 1=1 -- as it was", "sqlite")
    other = sql.read("SELECT name FROM customers", "sqlite")
    found = rewrite.distinct(
        [
            Proposal(same, "model"),
            Proposal(other, "rule: tautology"),
            Proposal(other.copy(), "model: sample 2"),
        ],
        original,
    )
    assert [(p.source, p.also) for p in found] == [("rule: tautology", ("model: sample 2",))]
