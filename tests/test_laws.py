"""Laws that every verdict must keep, on random queries over one small schema with NULLs and keys.

Each query is drawn as text; a mutant of it has one node of its tree changed, and may or may not
mean the same. The laws say nothing about which verdict is right, but for one: a counterexample must
be real on an SQLite that the checker has not touched.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from sqlwright import sql
from sqlwright.schema import Schema, read_ddl
from sqlwright.verify import strides
from sqlwright.verify.domain import Domain
from sqlwright.verify.judge import Verdict, judge
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.witness import Witness, witnesses

# no column's name is in two tables, so that renaming one needs no resolving
DDL = """
CREATE TABLE people (
    person_id INT NOT NULL PRIMARY KEY,
    nick VARCHAR(8) NOT NULL UNIQUE,
    city VARCHAR(8),
    age INT CHECK (age BETWEEN 0 AND 9),
    boss INT REFERENCES people (person_id)
);
CREATE TABLE orders (
    order_id INT NOT NULL PRIMARY KEY,
    buyer INT REFERENCES people (person_id),
    total INT NOT NULL,
    tax INT,
    state VARCHAR(5) NOT NULL CHECK (state IN ('open', 'paid', 'void'))
);
CREATE TABLE parts (
    of_order INT NOT NULL REFERENCES orders (order_id),
    line_no INT NOT NULL,
    quantity INT,
    PRIMARY KEY (of_order, line_no)
);
"""
SCHEMA = read_ddl(DDL)
NUMBERS = {
    "people": ("person_id", "age", "boss"),
    "orders": ("order_id", "buyer", "total", "tax"),
    "parts": ("of_order", "line_no", "quantity"),
}
TEXTS = {"people": ("nick", "city"), "orders": ("state",), "parts": ()}
LINKS = {
    ("people", "orders"): "{a}.person_id = {b}.buyer",
    ("orders", "parts"): "{a}.order_id = {b}.of_order",
    ("orders", "people"): "{a}.buyer = {b}.person_id",
    ("people", "people"): "{a}.boss = {b}.person_id",
    ("parts", "orders"): "{a}.of_order = {b}.order_id",
}
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
WORDS = ("'a'", "'open'", "'paid'", "''")

few = settings(
    max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
Draw = Callable[[st.SearchStrategy[Any]], Any]
Sources = tuple[tuple[str, str], ...]  # (alias, table)


def number(draw: Draw, sources: Sources) -> str:
    alias, table = draw(st.sampled_from(sources))
    return f"{alias}.{draw(st.sampled_from(NUMBERS[table]))}"


def comparison(draw: Draw, sources: Sources) -> str:
    """A condition on one or two columns."""
    left, constant = number(draw, sources), draw(st.integers(0, 4))
    texts = [f"{alias}.{name}" for alias, table in sources for name in TEXTS[table]]
    kind = draw(st.sampled_from(("number", "number", "columns", "null", "list", "range", "text")))
    if kind == "text" and texts:
        text = draw(st.sampled_from(texts))
        if draw(st.booleans()):
            return f"{text} LIKE {draw(st.sampled_from(('%a', 'o%', 'a_', '%')))!r}"
        return f"{text} {draw(st.sampled_from(COMPARISONS))} {draw(st.sampled_from(WORDS))}"
    if kind == "columns":
        return f"{left} {draw(st.sampled_from(COMPARISONS))} {number(draw, sources)}"
    if kind == "null":
        return f"{left} IS {draw(st.sampled_from(('', 'NOT ')))}NULL"
    if kind == "list":
        return f"{left} {draw(st.sampled_from(('', 'NOT ')))}IN ({constant}, {constant + 2})"
    if kind == "range":
        return f"{left} BETWEEN {constant} AND {constant + draw(st.integers(0, 2))}"
    return f"{left} {draw(st.sampled_from(COMPARISONS))} {constant}"


def condition(draw: Draw, sources: Sources, depth: int = 0) -> str:
    """A condition, maybe with AND, OR, NOT or a subquery in it."""
    kind = draw(st.sampled_from(("plain", "plain", "and", "or", "not", "exists", "in", "scalar")))
    if depth > 1 or kind == "plain":
        return comparison(draw, sources)
    if kind in ("and", "or"):
        sides = (condition(draw, sources, depth + 1) for _ in range(2))
        return f"({f' {kind.upper()} '.join(sides)})"
    if kind == "not":
        return f"NOT ({condition(draw, sources, depth + 1)})"
    outer, table = draw(st.sampled_from(sources))
    (_, inner), link = draw(
        st.sampled_from([item for item in LINKS.items() if item[0][0] == table])
    )
    alias = f"s{depth}"
    own = ((alias, inner),)
    if kind == "exists":
        link = link.format(a=outer, b=alias)
        found = f"SELECT 1 FROM {inner} AS {alias} WHERE {link} AND {comparison(draw, own)}"
        return f"{draw(st.sampled_from(('', 'NOT ')))}EXISTS ({found})"
    if kind == "in":
        found = f"SELECT {number(draw, own)} FROM {inner} AS {alias} WHERE {comparison(draw, own)}"
        return f"{number(draw, sources)} {draw(st.sampled_from(('', 'NOT ')))}IN ({found})"
    function = draw(st.sampled_from(("MAX", "MIN", "COUNT", "SUM")))
    found = f"SELECT {function}({number(draw, own)}) FROM {inner} AS {alias} WHERE {link.format(a=outer, b=alias)}"
    return f"{number(draw, sources)} {draw(st.sampled_from(COMPARISONS))} ({found})"


def source(draw: Draw) -> tuple[str, Sources]:
    """FROM and WHERE over one table or two that are joined."""
    if draw(st.booleans()):
        table = draw(st.sampled_from(sorted(NUMBERS)))
        text, sources = f"{table} AS t", ((("t", table)),)
    else:
        (left, right), link = draw(st.sampled_from(sorted(LINKS.items())))
        kind = draw(st.sampled_from(("JOIN", "LEFT JOIN")))
        sources = (("t", left), ("u", right))
        text = f"{left} AS t {kind} {right} AS u ON {link.format(a='t', b='u')}"
        if draw(st.booleans()):
            text += f" AND {comparison(draw, sources)}"
    if draw(st.integers(0, 3)):
        text += f" WHERE {condition(draw, sources)}"
    return text, sources


@st.composite
def queries(draw: Draw) -> str:
    """A query's text: plain, grouped, or of two branches; its columns are c0 to c2."""
    text, sources = source(draw)
    shape = draw(st.sampled_from(("plain", "plain", "group", "set")))
    names = ["c0"]
    if shape == "set":
        other, others = source(draw)
        word = draw(st.sampled_from(("UNION", "UNION ALL", "EXCEPT", "INTERSECT")))
        query = f"SELECT {number(draw, sources)} AS c0 FROM {text} {word} SELECT {number(draw, others)} AS c0 FROM {other}"
    elif shape == "group":
        key, names = number(draw, sources), ["c0", "c1"]
        function = draw(st.sampled_from(("COUNT", "SUM", "MIN", "MAX")))
        argument = draw(st.sampled_from(("", "DISTINCT "))) + number(draw, sources)
        query = f"SELECT {key} AS c0, {function}({argument}) AS c1 FROM {text} GROUP BY {key}"
        if draw(st.booleans()):
            query += (
                f" HAVING COUNT(*) {draw(st.sampled_from(COMPARISONS))} {draw(st.integers(1, 2))}"
            )
    else:
        chosen = [number(draw, sources) for _ in range(draw(st.integers(1, 3)))]
        names = [f"c{place}" for place in range(len(chosen))]
        selected = ", ".join(f"{item} AS {name}" for item, name in zip(chosen, names, strict=True))
        query = f"SELECT {draw(st.sampled_from(('', 'DISTINCT ')))}{selected} FROM {text}"
    if shape != "set" and draw(st.integers(0, 3)) == 0:
        # every column is a key of the order, so that rows which tie are alike
        query += f" ORDER BY {', '.join(names)}"
        if draw(st.booleans()):
            query += f" LIMIT {draw(st.integers(1, 2))}"
    return query


OTHER_NODES: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.And: exp.Or, exp.Or: exp.And, exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.LTE,
    exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT, exp.Union: exp.Intersect,
    exp.Intersect: exp.Except, exp.Except: exp.Union, exp.Min: exp.Max, exp.Max: exp.Min,
}  # fmt: skip


def changes(node: exp.Expr) -> list[str]:
    """Names of the ways in which this one node can be changed."""
    found = []
    if type(node) in OTHER_NODES:
        found.append("other node")
    if isinstance(node, exp.Literal) and not node.is_string and not node.find_ancestor(exp.Limit):
        found.append("one more")
    if isinstance(node, exp.Select):
        found += ["drop where"] * bool(node.args.get("where"))
        found += ["distinct"] * (node.find_ancestor(exp.Subquery, exp.In, exp.Exists) is None)
    if isinstance(node, exp.Join):
        found.append("join kind")
    if isinstance(node, exp.Connector):
        found.append("drop side")
    if isinstance(node, exp.Not):
        found.append("drop not")
    return found


def change(node: exp.Expr, how: str) -> None:
    """Change the node where it stands."""
    if how == "other node":
        node.replace(OTHER_NODES[type(node)](**node.args))
    elif how == "one more":
        node.replace(exp.Literal.number(int(node.name) + 1))
    elif how == "drop where":
        node.set("where", None)
    elif how == "distinct":
        node.set("distinct", None if node.args.get("distinct") else exp.Distinct())
    elif how == "join kind":
        node.set("side", None if node.side else "LEFT")
    else:
        node.replace(node.this)


@st.composite
def pairs(draw: Draw) -> tuple[str, str]:
    """A query and a mutant of it."""
    text = draw(queries())
    tree = sql.read(text, "sqlite")
    found = [
        (place, how) for place, node in enumerate(tree.walk()) for how in sorted(set(changes(node)))
    ]
    assume(found)
    place, how = draw(st.sampled_from(found))
    change(list(tree.walk())[place], how)
    mutant = sql.write(tree, "sqlite")
    assume(mutant != text)
    return text, mutant


def verdict_of(
    one: str, two: str, schema: Schema = SCHEMA, dialect: str = "sqlite", witnesses: int = 20
) -> Verdict:
    first, second = (sql.read(text, dialect) for text in (one, two))
    return judge(first, second, schema, dialect, witnesses=witnesses, seconds=4)


def assert_agree(*asked: tuple[str, str, Schema]) -> None:
    """One outcome for all; where few databases leave it to chance, many more settle it."""
    for count in (20, 300):
        outcomes = [verdict_of(*item, witnesses=count).outcome for item in asked]
        if len(set(outcomes)) == 1:
            return
    raise AssertionError(outcomes)


def wrapped(text: str) -> str:
    """The same query as a derived table, in the same order."""
    _, by, order = text.partition(" ORDER BY ")
    return f"SELECT * FROM ({text}) AS w" + (
        f" ORDER BY {order.partition(' LIMIT')[0]}" if by else ""
    )


@given(queries())
@few
def test_a_query_is_never_different_from_itself(text: str) -> None:
    assert verdict_of(text, text).outcome != "different"
    verdict = verdict_of(text, wrapped(text))
    assert verdict.outcome != "different", verdict.reason
    verdict = verdict_of(wrapped(text), text)
    assert verdict.outcome != "different", verdict.reason


@given(queries())
@settings(few, max_examples=10)
def test_nor_on_another_engine(text: str) -> None:
    for dialect in ("postgres", "duckdb"):
        verdict = verdict_of(text, wrapped(text), dialect=dialect)
        assert verdict.outcome != "different", verdict.reason


@given(pairs())
@few
def test_verdicts_are_symmetric(pair: tuple[str, str]) -> None:
    one, two = pair
    assert_agree((one, two, SCHEMA), (two, one, SCHEMA))


@given(pairs())
@few
def test_a_counterexample_is_real(pair: tuple[str, str]) -> None:
    verdict = verdict_of(*pair)
    assume(verdict.outcome == "different")
    assert verdict.counterexample is not None
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in verdict.counterexample.tables:
        rows[table.name.lower()] = [
            {name.lower(): cell for name, cell in zip(table.columns, row, strict=True)}
            for row in table.rows
        ]
    with database(rows, keys=False) as fresh:
        first, second = (fresh.execute(text).fetchall() for text in pair)
    if " ORDER BY " in pair[0]:
        assert first != second
    else:
        assert Counter(first) != Counter(second)


def database(rows: dict[str, list[dict[str, Any]]], *, keys: bool) -> sqlite3.Connection:
    """A fresh SQLite with these rows; with `keys` it sees to every constraint itself."""
    fresh = sqlite3.connect(":memory:")
    if keys:
        fresh.executescript(f"PRAGMA foreign_keys = ON; {DDL}")
    else:
        for table in SCHEMA.tables:
            columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
            fresh.execute(f"CREATE TABLE {table.name} ({columns})")
    fresh.execute("PRAGMA defer_foreign_keys = ON")
    for name, found in rows.items():
        for row in found:
            marks = ", ".join("?" * len(row))
            fresh.execute(
                f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
            )
    fresh.commit()  # where a reference has no row, this fails
    return fresh


@given(queries(), st.integers(0, 1000))
@few
def test_witnesses_keep_every_constraint(text: str, seed: int) -> None:
    bound = sql.bind(sql.read(text, "sqlite"), SCHEMA, "sqlite")
    made = witnesses(SCHEMA.tables, [read_predicates(bound, SCHEMA)], seed, "sqlite")
    for _ in range(12):
        accept(next(made))


@given(queries(), st.integers(0, 1000), st.booleans())
@few
def test_steps_from_witnesses_keep_every_constraint(text: str, seed: int, grow: bool) -> None:
    bound = sql.bind(sql.read(text, "sqlite"), SCHEMA, "sqlite")
    readings = [read_predicates(bound, SCHEMA)]
    domain = Domain(SCHEMA.tables, readings, "sqlite")
    every = frozenset((t.name.lower(), c.name.lower()) for t in SCHEMA.tables for c in t.columns)
    near = Neighborhood(SCHEMA.tables, domain, every, [3, 4.5])
    generator = random.Random(seed)
    witness = next(witnesses(SCHEMA.tables, readings, seed, "sqlite"))
    for _ in range(40):
        focus = frozenset(generator.sample(["city", "age", "total", "state", "buyer"], 2))
        step = strides.draw(near, witness, generator, grow, focus)
        if step is not None:
            accept(step)
            witness = step if step.count() < 60 else witness


def accept(witness: Witness) -> None:
    """Load the witness into an SQLite that sees to every constraint: it fails where one is broken."""
    rows = {
        table.name: [dict(zip((c.name for c in table.columns), row, strict=True)) for row in found]
        for table, found in zip(witness.tables, witness.rows, strict=True)
    }
    database(rows, keys=True).close()


def recased(text: str) -> str:
    """Keywords and names in the other case, texts as they are."""
    return re.sub(r"'[^']*'|[^']+", lambda m: m[0] if m[0][0] == "'" else m[0].swapcase(), text)


def reformatted(text: str) -> str:
    spread = re.sub(r"'[^']*'|[ ]", lambda m: m[0] if m[0][0] == "'" else "\n\t ", text)
    return f"/* moved about */ {spread} -- to the end"


def aliased(text: str) -> str:
    names = {"t": "orders_1", "u": "x", "s0": "t", "s1": "u"}
    return re.sub(r"\b(t|u|s0|s1)\b", lambda m: names[m[1]], text)


@given(pairs(), st.sampled_from((recased, reformatted, aliased)))
@few
def test_the_way_of_writing_changes_no_verdict(
    pair: tuple[str, str], rewritten: Callable[[str], str]
) -> None:
    one, two = pair
    new_one, new_two = rewritten(one), rewritten(two)
    assert_agree((one, two, SCHEMA), (new_one, new_two, SCHEMA), (new_one, two, SCHEMA))


NEW_NAMES = {
    "people": "zz_staff", "orders": "A1", "parts": "m", "person_id": "k", "nick": "total_x",
    "city": "b_2", "age": "Z", "boss": "a_parent", "order_id": "person", "buyer": "q9",
    "total": "city_2", "tax": "line", "state": "kk", "of_order": "y", "line_no": "aa", "quantity": "w0",
}  # fmt: skip


def renamed(text: str) -> str:
    return re.sub(r"\b[a-z_]+\b", lambda m: NEW_NAMES.get(m[0], m[0]), text)


@given(pairs())
@few
def test_names_in_the_schema_change_no_verdict(pair: tuple[str, str]) -> None:
    one, two = pair
    assert_agree((one, two, SCHEMA), (renamed(one), renamed(two), read_ddl(renamed(DDL))))
