"""Two tables of a query joined first, in a WITH item that the engine may not open.

Proposed where a measured plan shows that the engine joined them last and carried many rows for
nothing (`join_advice`). Whether it helps, timing says.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from sqlwright.analyze.scope import conditions, has_subquery
from sqlwright.join_advice import JoinAdvice
from sqlwright.rewrite.proposal import Proposal, read_back

_NAME = "joined_first"
_ENGINES = ("postgres", "duckdb", "sqlite")  # that know AS MATERIALIZED


def by_plan(bound: exp.Query, joins: Sequence[JoinAdvice], dialect: str) -> list[Proposal]:
    """The bound query with the tables joined first that the advice names, where it can be."""
    if dialect not in _ENGINES:
        return []
    made = (
        (f"plan: {' and '.join(advice.first)} first", joined_first(bound, advice.first))
        for advice in joins
        if advice.first is not None
    )
    return list(read_back([(by, found) for by, found in made if found is not None], dialect))


def joined_first(query: exp.Query, first: tuple[str, str]) -> exp.Query | None:
    """A copy of the bound query, or None where its joins are not all inner joins of tables.

    Args:
        first: aliases of two tables of one SELECT.
    """
    query = query.copy()
    select = _select(query, first)
    if select is None or _NAME in _ctes(query):
        return None
    sources = [select.args["from_"].this, *(j.this for j in select.args.get("joins") or ())]
    parts = conditions(select)
    inner = [part for part in parts if _tables(part) <= set(first) and not has_subquery(part)]
    outer = [part for part in parts if not any(part is other for other in inner)]
    within = exp.Select()
    pair = [source for source in sources if source.alias_or_name.lower() in first]
    rest = [source for source in sources if source.alias_or_name.lower() not in first]
    _put(within, pair, inner)
    _put(select, [exp.to_table(_NAME), *rest], outer)
    for item in select.expressions:  # its name would change with the column's
        if isinstance(item, exp.Column):
            item.replace(exp.alias_(item.copy(), item.name, quoted=item.this.quoted))
    _drop_made_up_names(select)
    for name, column in _renamed(select, first).items():
        within.select(exp.alias_(column, name), copy=False)
    cte = exp.CTE(this=within, alias=exp.TableAlias(this=exp.to_identifier(_NAME)))
    cte.set("materialized", True)
    known = query.args.get("with_")
    query.set("with_", exp.With(expressions=[*(known.expressions if known else ()), cte]))
    return query


def _select(query: exp.Query, first: tuple[str, str]) -> exp.Select | None:
    """The query itself, where it joins plain tables by inner joins alone, the two among them."""
    if not isinstance(query, exp.Select) or query.args.get("from_") is None:
        return None
    joins = query.args.get("joins") or []
    sources = [query.args["from_"].this, *(join.this for join in joins)]
    if not all(isinstance(source, exp.Table) for source in sources):
        return None
    if any(j.side or j.args.get("using") or j.args.get("method") for j in joins):
        return None
    if any(join.kind not in ("", "INNER", "CROSS") for join in joins):
        return None
    names = [source.alias_or_name.lower() for source in sources]
    every = [table.alias_or_name.lower() for table in query.find_all(exp.Table)]
    # an alias that a subquery has too would be taken for the outer one
    if any(names.count(name) != 1 or every.count(name) != 1 for name in first):
        return None
    return query if len(names) > 2 else None


def _tables(part: exp.Expr) -> set[str]:
    return {column.table.lower() for column in part.find_all(exp.Column)}


def _put(select: exp.Select, sources: Sequence[exp.Expr], parts: Sequence[exp.Expr]) -> None:
    select.set("from_", exp.From(this=sources[0].copy()))
    select.set("joins", [exp.Join(this=s.copy(), kind="CROSS") for s in sources[1:]])
    copies = [part.copy() for part in parts]
    select.set("where", exp.Where(this=exp.and_(*copies)) if copies else None)


def _renamed(select: exp.Select, first: tuple[str, str]) -> dict[str, exp.Column]:
    """The columns of the two that are read outside, which are of the WITH item now."""
    moved: dict[str, exp.Column] = {}
    for column in list(select.find_all(exp.Column)):
        if column.table.lower() in first:
            name = f"{column.table}_{column.name}".lower()
            moved.setdefault(name, column.copy())
            column.replace(exp.column(name, table=_NAME))
    return moved


def _drop_made_up_names(select: exp.Select) -> None:
    """Binding names what has no name; the engine has its own names for that."""
    read = {column.name for column in select.find_all(exp.Column) if not column.table}
    for item in list(select.expressions):
        if isinstance(item, exp.Alias) and item.alias.startswith("_col_"):
            if item.alias not in read:
                item.replace(item.this.copy())


def _ctes(query: exp.Query) -> set[str]:
    return {cte.alias.lower() for cte in query.find_all(exp.CTE)}
