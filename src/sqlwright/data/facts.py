"""Pairs whose right answer hangs on a fact that the text of the query does not hold.

A key that makes DISTINCT needless, NOT NULL that allows NOT IN to become NOT EXISTS, an index that
a rule of the house asks about: the same query has one answer where the fact stands in the prompt,
and stays as it is where it does not. That is what retrieval is for; without such pairs a model
learns to answer from the look of a query alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from sqlglot import exp

from sqlwright.data import scopes
from sqlwright.data.invent import invent_query
from sqlwright.data.sources import quote
from sqlwright.data.worsen_subqueries import aggregate_join_to_scalar, gives_keys
from sqlwright.schema import Column, Index, Schema, Table

TRIES = 40


@dataclass(frozen=True, slots=True)
class Fact:
    """A query, its right answer, the passages that the answer needs, and the schema to show.

    Attributes:
        kind: `key`, `not null` or `index`.
        holds: is the fact there? Where not, the query is its own answer.
    """

    kind: str
    query: exp.Query
    answer: exp.Query
    passages: tuple[str, ...]
    schema: Schema
    holds: bool


INDEX_POLICY = (
    "Correlated aggregates\nWhere an index begins with the inner column, leave the correlated "
    "subquery alone. Where none does, group once and join.",
    "A correlated subquery with an aggregate stays if its inner column is indexed; otherwise it "
    "becomes one grouped subquery that is joined.",
    "Do not rewrite a correlated aggregate whose inner column has an index.",
    "Коррелированный подзапрос с агрегатом не трогаем, если по его внутреннему столбцу есть "
    "индекс; если индекса нет, группируем один раз и соединяем.",
    "Если внутренний столбец коррелированного подзапроса проиндексирован, подзапрос остаётся.",
)


def invent_fact(schema: Schema, rng: Random, kind: str | None = None) -> Fact | None:
    """A query over the schema whose answer hangs on a fact; None where the schema allows none.

    Args:
        kind: one of KINDS; drawn if None.
    """
    make = KINDS[kind or rng.choice(tuple(KINDS))]
    for _ in range(TRIES):
        if (found := make(schema, rng)) is not None:
            return found
    return None


def bare(schema: Schema) -> Schema:
    """The schema as one knows it from names and types alone: no key, and all may be NULL."""
    return Schema(tuple(_bare(table) for table in schema.tables))


def _bare(table: Table) -> Table:
    columns = tuple(Column(c.name, c.type) for c in table.columns)
    return Table(table.name, columns)


def with_indexes(schema: Schema, rng: Random) -> Schema:
    """The schema with indexes on some foreign keys and other columns, as often as people do."""
    share = rng.choice([0.0, 0.5, 0.9])

    def indexed(table: Table) -> Table:
        names = [key.columns[0] for key in table.foreign_keys if rng.random() < share]
        names += [c.name for c in table.columns if rng.random() < share * 0.15]
        made = [Index(f"ix_{table.name}_{name}", (name,)) for name in dict.fromkeys(names)]
        return replace(table, indexes=(*table.indexes, *made))

    return Schema(tuple(indexed(table) for table in schema.tables))


def _key(schema: Schema, rng: Random) -> Fact | None:
    """SELECT DISTINCT: needless where a key of each table is among what is selected."""
    query = invent_query(schema, rng)
    if not isinstance(query, exp.Select) or not _is_plain(query):
        return None
    sources = [s for s in scopes.sources(query) if scopes.table_of(s, schema) is not None]
    if len(sources) != len(scopes.sources(query)):
        return None
    if rng.random() < 0.6:
        _select_keys(query, sources, schema)
    holds = gives_keys(query, schema)
    worse = query.copy()
    worse.set("distinct", exp.Distinct())
    return Fact("key", worse, query if holds else worse.copy(), (), schema, holds)


def _is_plain(query: exp.Select) -> bool:
    said = ("distinct", "limit", "group", "having", "order", "with_")
    is_plain = not any(query.args.get(name) for name in said) and not scopes.has_windows(query)
    return is_plain and not scopes.is_grouped(query)


def _select_keys(query: exp.Select, sources: list[exp.Expr], schema: Schema) -> None:
    """Put a key of each source before what is selected, where it has one."""
    missing = []
    given = {(c.table, c.name) for c in query.expressions if isinstance(c, exp.Column)}
    for source in sources:
        table = scopes.table_of(source, schema)
        for name in scopes.firm_key(table) if table else ():
            if (source.alias_or_name, name) not in given:
                missing.append(scopes.refer(source.alias_or_name, name))
    names = {item.alias_or_name.lower() for item in query.expressions}
    query.set(
        "expressions", [*(m for m in missing if m.name.lower() not in names), *query.expressions]
    )


def _not_null(schema: Schema, rng: Random) -> Fact | None:
    """NOT IN: the same as NOT EXISTS where neither column is ever NULL."""
    query = invent_query(schema, rng)
    sources = scopes.sources(query) if isinstance(query, exp.Select) else []
    if not isinstance(query, exp.Select) or not sources or scopes.is_grouped(query):
        return None
    outer = scopes.table_of(sources[0], schema)
    ways = [
        (foreign, table)
        for table in schema.tables
        for foreign in table.foreign_keys
        if outer is not None and foreign.table.lower() == outer.name.lower()
        if len(foreign.columns) == 1 and table is not outer
    ]
    if outer is None or not ways:
        return None
    foreign, table = rng.choice(ways)
    schema = _nullable(schema, table, foreign.columns[0], rng.random() < 0.5)
    alias = scopes.fresh_alias(query, "".join(p[0] for p in table.name.split("_") if p).lower())
    inside = scopes.refer(alias, foreign.columns[0])
    outside = scopes.refer(sources[0].alias_or_name, foreign.references[0])
    inner = exp.select(inside.copy()).from_(
        exp.alias_(exp.to_table(quote(table.name)), alias, table=True)
    )
    worse = _with_part(query, exp.Not(this=exp.In(this=outside, query=exp.Subquery(this=inner))))
    test = next(node for node in worse.find_all(exp.In) if node.args.get("query"))
    sides = (test.this, test.args["query"].this.expressions[0])
    holds = all(isinstance(s, exp.Column) and scopes.is_firm(s, schema) for s in sides)
    if not holds:
        return Fact("not null", worse, worse.copy(), (), schema, False)
    tied = exp.select("1").from_(exp.alias_(exp.to_table(quote(table.name)), alias, table=True))
    scopes.set_where(tied, [exp.EQ(this=inside.copy(), expression=outside.copy())])
    answer = _with_part(query, exp.Not(this=exp.Exists(this=tied)))
    return Fact("not null", worse, answer, (), schema, True)


def _nullable(schema: Schema, table: Table, column: str, nullable: bool) -> Schema:
    """The schema, where that column may be NULL or not; one of the primary key never may."""
    if column.lower() in {name.lower() for name in table.primary_key}:
        return schema
    columns = tuple(
        replace(c, nullable=nullable) if c.name.lower() == column.lower() else c
        for c in table.columns
    )
    return _with_table(schema, table, replace(table, columns=columns))


def _with_table(schema: Schema, old: Table, new: Table) -> Schema:
    return Schema(tuple(new if table is old else table for table in schema.tables))


def _with_part(query: exp.Select, part: exp.Expr) -> exp.Select:
    copy = query.copy()
    scopes.set_where(copy, [*scopes.where_parts(copy), part])
    return copy


def _index(schema: Schema, rng: Random) -> Fact | None:
    """A correlated aggregate, under a rule of the house: it stays where an index helps it."""
    good = invent_query(schema, rng)
    worse = aggregate_join_to_scalar(good, schema, rng)
    if worse is None:
        return None
    scalar = next(
        (n.this for n in worse.find_all(exp.Subquery) if isinstance(n.parent, exp.Binary)), None
    )
    if not isinstance(scalar, exp.Select) or not scopes.where_parts(scalar):
        return None
    local = {source.alias_or_name.lower() for source in scopes.sources(scalar)}
    tie = scopes.where_parts(scalar)[0]
    inside = [c for c in tie.find_all(exp.Column) if c.table.lower() in local]
    source = scopes.source_of(inside[0], schema) if len(inside) == 1 else None
    table = scopes.table_of(source, schema) if source is not None else None
    if table is None:
        return None
    name, holds = inside[0].name, rng.random() < 0.5
    if name.lower() in {key[0].lower() for key in table.keys()}:
        return None
    shown = _reindexed(schema, table, name, holds)
    answer = worse.copy() if holds else good
    return Fact("index", worse, answer, (rng.choice(INDEX_POLICY),), shown, holds)


def _reindexed(schema: Schema, table: Table, column: str, there: bool) -> Schema:
    """The schema with an index that begins with the column, or with none."""
    kept = tuple(i for i in table.indexes if i.columns and i.columns[0].lower() != column.lower())
    made = (*kept, Index(f"ix_{table.name}_{column}", (column,))) if there else kept
    return _with_table(schema, table, replace(table, indexes=made))


KINDS: dict[str, Callable[[Schema, Random], Fact | None]] = {
    "key": _key,
    "not null": _not_null,
    "index": _index,
}
