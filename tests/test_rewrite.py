"""Proposals: what rules, passes and a scripted model offer, before anything is checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlglot import exp

from sqlwright import rewrite, sql
from sqlwright.analyze import Finding
from sqlwright.errors import BindError
from sqlwright.prompt import Request
from sqlwright.rewrite import Proposal, Rejected
from sqlwright.rewrite.effect import effect
from sqlwright.rewrite.rules import MOST_STEPS, settled
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


def test_rules_of_style_are_not_tried_alone() -> None:
    query = sql.read("SELECT * FROM customers c, orders AS o WHERE o.customer_id = c.id", "sqlite")
    found = texts(rewrite.by_rules(query, SHOP, "sqlite"))
    assert list(found) == ["rules"]
    assert "JOIN" in found["rules"]
    guess = sql.read(
        "SELECT name FROM customers WHERE id = 3 OR id IN (SELECT customer_id FROM orders)",
        "sqlite",
    )
    assert "rule: or-to-union" in texts(rewrite.by_rules(guess, SHOP, "sqlite"))


def test_rewrites_by_rule_never_come_back_to_where_they_were() -> None:
    there, back = "SELECT name FROM customers", "SELECT name FROM customers WHERE 1 = 1"

    def to_and_fro(query: exp.Query, schema: Schema) -> Iterator[Finding]:
        other = back if query.sql() == there else there
        yield Finding("to-and-fro", "slow", "", offer=sql.read(other, "sqlite"))

    def ever_longer(query: exp.Query, schema: Schema) -> Iterator[Finding]:
        yield Finding("ever-longer", "slow", "", offer=query.where("1 = 1"))  # type: ignore[attr-defined]

    query = sql.read(back, "sqlite")
    ended = settled(query, SHOP, (to_and_fro,))
    assert ended is not None
    assert ended.sql() == there
    longest = settled(query, SHOP, (ever_longer,))
    assert longest is not None
    assert longest.sql().count("1 = 1") == MOST_STEPS + 1
    assert query.sql() == back


@pytest.mark.parametrize("name", SLOW)
def test_proposals_are_few_and_each_asks_for_something_else(name: str) -> None:
    query, schema = sql.read(SLOW[name], "sqlite"), schema_of(name)
    found = rewrite.proposals(query, schema, "sqlite")
    assert 0 < len(found) <= rewrite.MOST_PROPOSALS
    asked = [effect(proposal.query, schema, "sqlite") for proposal in found]
    assert len(set(asked)) == len(asked)
    reworded = [p.source for p, e in zip(found, asked, strict=True)
                if e == effect(query, schema, "sqlite")]  # fmt: skip
    assert reworded in ([], [found[-1].source])  # at most one, and as the last
    fewer = rewrite.proposals(query, schema, "sqlite", most=1)
    assert [p.source for p in fewer] == [found[0].source]


def test_what_is_best_by_hand_is_proposed_whoever_comes_first() -> None:
    """Passes after rules and rules after passes are there where that gives something new."""
    query = sql.read(SLOW["count above zero"], "sqlite")
    found = rewrite.proposals(query, TPCH, "sqlite", most=99)
    sources = [proposal.source for proposal in found]
    assert any(source.startswith("rules, pass: ") for source in sources)
    for proposal in found:
        verdict = judge(query, proposal.query, TPCH, "sqlite", seconds=3)
        assert verdict.outcome != "different", (proposal.source, verdict)


BASE = "SELECT c.name FROM customers c, orders o WHERE o.customer_id = c.id AND o.total > 3"


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (BASE, "SELECT c.name FROM orders o JOIN customers c ON c.id = o.customer_id"
               " WHERE 3 < o.total"),
        (BASE, "SELECT c.name FROM customers c CROSS JOIN orders o"
               " WHERE (o.total > 3) AND c.id = o.customer_id"),
        (BASE, "SELECT name FROM customers c JOIN orders o ON o.customer_id = c.id AND total > 3"),
        ("SELECT name FROM customers WHERE id BETWEEN 1 AND 3 AND city = 'a'",
         "SELECT name FROM customers WHERE 'a' = city AND id <= 3 AND id >= 1"),
        ("SELECT * FROM orders ORDER BY id", "SELECT id, customer_id, status, placed, paid,"
                                             " total, coupon FROM orders ORDER BY id ASC"),
        ("SELECT x.id FROM (SELECT id FROM orders) AS x", "WITH x AS (SELECT id FROM orders)"
                                                          " SELECT x.id FROM x"),
        ("SELECT name FROM customers c WHERE EXISTS (SELECT * FROM orders o"
         " WHERE o.customer_id = c.id)", "SELECT name FROM customers c WHERE EXISTS"
         " (SELECT 1 FROM orders o WHERE c.id = o.customer_id)"),
        ("SELECT id FROM orders WHERE id IN (3)", "SELECT id FROM orders WHERE id = 2 + 1"),
    ],
)  # fmt: skip
def test_rewordings_have_one_effect(text: str, other: str) -> None:
    first, second = (sql.read(each, "sqlite") for each in (text, other))
    before = first.sql()
    assert effect(first, SHOP, "sqlite") == effect(second, SHOP, "sqlite")
    assert first.sql() == before


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("SELECT id FROM orders WHERE id = 1 AND (id = 2 OR id = 3)",
         "SELECT id FROM orders WHERE (id = 1 AND id = 2) OR id = 3"),
        ("SELECT id FROM orders WHERE NOT (id > 1 AND id < 9)",
         "SELECT id FROM orders WHERE NOT id > 1 AND id < 9"),
        ("SELECT id FROM orders WHERE NOT id BETWEEN 1 AND 9",
         "SELECT id FROM orders WHERE NOT 1 <= id AND id <= 9"),
        ("SELECT id FROM orders WHERE id * (id + 2) = 4", "SELECT id FROM orders WHERE id * id + 2 = 4"),
        ("SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.total > 3",
         "SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE o.total > 3"),
        ("SELECT id FROM orders UNION SELECT id FROM customers",
         "SELECT id FROM orders UNION ALL SELECT id FROM customers"),
        ("SELECT id FROM orders ORDER BY id DESC", "SELECT id FROM orders ORDER BY id"),
        ("SELECT DISTINCT id FROM orders", "SELECT id FROM orders"),
        ("SELECT id FROM orders WHERE id IN (1, 2)", "SELECT id FROM orders WHERE id = 1"),
        ("WITH x AS (SELECT id FROM orders) SELECT a.id FROM x AS a, x AS b",
         "SELECT a.id FROM (SELECT id FROM orders) AS a, (SELECT id FROM orders) AS b"),
    ],
)  # fmt: skip
def test_what_asks_for_something_else_has_another_effect(text: str, other: str) -> None:
    first, second = (sql.read(each, "sqlite") for each in (text, other))
    assert effect(first, SHOP, "sqlite") != effect(second, SHOP, "sqlite")


def test_queries_that_nobody_could_confuse_never_share_an_effect() -> None:
    """Queries of one effect return the same rows: invented queries and edits of them."""
    from random import Random

    from query_edits import edited

    from sqlwright.data.invent import invent_query

    alike = 0
    for seed in range(300):
        query = sql.read(invent_query(SHOP, Random(seed), portable=True).sql("sqlite"), "sqlite")
        other = edited(query, Random(seed))
        if effect(query, SHOP, "sqlite") == effect(other, SHOP, "sqlite"):
            if query.sql() != other.sql():
                alike += 1
                verdict = judge(query, other, SHOP, "sqlite", seconds=2)
                assert verdict.outcome != "different", (query.sql(), other.sql())
    assert alike > 5


def test_rules_have_nothing_to_say_about_a_plain_query() -> None:
    query = sql.read("SELECT name FROM customers WHERE id = 3", "sqlite")
    assert rewrite.by_rules(query, SHOP, "sqlite") == []
    assert rewrite.by_passes(query, SHOP, "sqlite") == []
    assert rewrite.proposals(query, SHOP, "sqlite") == []


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
