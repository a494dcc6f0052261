"""What sqlglot's optimizer makes of a query, in the user's own names and without its noise."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer import optimizer
from sqlglot.optimizer.eliminate_joins import eliminate_joins
from sqlglot.optimizer.eliminate_subqueries import eliminate_subqueries
from sqlglot.optimizer.merge_subqueries import merge_subqueries
from sqlglot.optimizer.optimize_joins import optimize_joins
from sqlglot.optimizer.pushdown_predicates import pushdown_predicates
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.simplify import simplify
from sqlglot.optimizer.unnest_subqueries import unnest_subqueries
from sqlglot.schema import MappingSchema

from sqlwright import sql
from sqlwright.analyze.scope import owner, where
from sqlwright.analyze.tree import set_where
from sqlwright.rewrite.proposal import Proposal, read_back
from sqlwright.schema import Schema

# What the passes raise on trees that they were not made for, besides their own errors.
_FAILURES = (SqlglotError, ValueError, KeyError, AttributeError, RecursionError)

Pass = Callable[[exp.Query, Schema, str], exp.Expr]


def _all_rules(query: exp.Query, schema: Schema, dialect: str) -> exp.Expr:
    done_by_bind = ("qualify", "quote_identifiers")
    rules = tuple(
        rule for rule in optimizer.RULES if getattr(rule, "__name__", "") not in done_by_bind
    )
    return optimizer.optimize(query, schema=_typed(schema, dialect), dialect=dialect, rules=rules)


#: sqlglot's passes, each over a bound query, by the names that proposals carry.
PASSES: dict[str, Pass] = {
    "unnest_subqueries": lambda query, schema, dialect: unnest_subqueries(query),
    "pushdown_predicates": lambda query, schema, dialect: pushdown_predicates(
        query, dialect=dialect
    ),
    "merge_subqueries": lambda query, schema, dialect: merge_subqueries(query),
    "eliminate_subqueries": lambda query, schema, dialect: eliminate_subqueries(query),
    "eliminate_joins": lambda query, schema, dialect: eliminate_joins(query),
    "optimize_joins": lambda query, schema, dialect: optimize_joins(query),
    "pushdown_projections": lambda query, schema, dialect: pushdown_projections(query),
    "simplify": lambda query, schema, dialect: simplify(query, dialect=dialect),
    "optimize": _all_rules,
}


def by_passes(query: exp.Query, schema: Schema, dialect: str) -> list[Proposal]:
    """What sqlglot's optimizer makes of the query, by single passes and as a whole.

    A pass that fails on the query is left out. So is one that only qualified names or that needs
    array functions which the query did not have.

    Raises:
        BindError: if the query does not fit the schema.
    """
    bound = sql.bind(query, schema, dialect)
    untouched = tidied(bound.copy(), query, schema, dialect).sql()
    proposals = []
    for name, change in PASSES.items():
        try:
            changed = change(bound.copy(), schema, dialect)
            if not isinstance(changed, exp.Query) or _is_foreign(changed, query):
                continue
            changed = tidied(changed, query, schema, dialect)
        except _FAILURES:
            continue
        text = changed.sql()
        if text != untouched and not (name == "simplify" and _is_shuffled(text, untouched)):
            proposals.append((f"pass: {name}", changed))
    return list(read_back(proposals, dialect))


@lru_cache(maxsize=16)
def _typed(schema: Schema, dialect: str) -> MappingSchema:
    """The schema with the types that sqlglot knows; others are left unknown."""
    return MappingSchema(
        {
            table: {name: _known_type(kind, dialect) for name, kind in columns.items()}
            for table, columns in schema.mapping().items()
        },
        normalize=False,
    )


def _known_type(kind: str, dialect: str) -> str:
    try:
        exp.DataType.build(kind, dialect=dialect)
    except _FAILURES:
        return "unknown"
    return kind


def _is_foreign(changed: exp.Expr, query: exp.Query) -> bool:
    arrays = (exp.ArrayAny, exp.ArrayAgg)
    return changed.find(*arrays) is not None and query.find(*arrays) is None


def _is_shuffled(text: str, other: str) -> bool:
    """Whether both hold the same words: then only the order of conditions differs."""
    return sorted(re.findall(r"\w+|\S", text)) == sorted(re.findall(r"\w+|\S", other))


def tidied(changed: exp.Query, query: exp.Query, schema: Schema, dialect: str) -> exp.Query:
    """The tree, in place, without what binding added: aliases and tables that nobody needs."""
    for table in changed.find_all(exp.Table):
        alias = table.args.get("alias")
        if alias is not None and not alias.args.get("columns") and table.alias == table.name:
            table.set("alias", None)
    for alias in list(changed.find_all(exp.Alias)):
        is_output = isinstance(alias.parent, exp.Select) and alias.arg_key == "expressions"
        if is_output and isinstance(alias.this, exp.Column) and alias.alias == alias.this.name:
            alias.replace(alias.this)
    for select in changed.find_all(exp.Select):
        _trim(select)
    if not any(column.table for column in query.find_all(exp.Column)):
        _drop_tables(changed, schema)
    if dialect == "sqlite":
        _free_order(changed)
    _spell_as(changed, query)
    return changed


def _trim(select: exp.Select) -> None:
    """Take out of one SELECT, in place, the names and conditions that say nothing."""
    around = select.parent
    outside = around.parent if isinstance(around, exp.Subquery) else around
    if not isinstance(outside, exp.From | exp.Join | exp.CTE | exp.SetOperation):
        for alias in list(select.expressions):  # nobody can read a scalar subquery's output name
            if isinstance(alias, exp.Alias) and re.fullmatch(r"_col_\d+", alias.alias):
                alias.replace(alias.this)
    if isinstance(around, exp.Exists) and not select.args.get("limit"):
        listed = all(isinstance(p, exp.Column) for p in select.expressions)
        if listed and len(select.expressions) > 1:
            select.set("expressions", [exp.Literal.number(1)])
    parts = where(select)
    kept = [part for part in parts if not (isinstance(part, exp.Boolean) and part.this)]
    if len(kept) < len(parts):
        set_where(select, kept)


def _drop_tables(changed: exp.Query, schema: Schema) -> None:
    """Take the table from a column where the name alone still means the same."""
    for column in changed.find_all(exp.Column):
        before = owner(column, schema)
        if not column.table or before is None:
            continue
        table = column.args["table"]
        column.set("table", None)
        after = owner(column, schema)
        if after is None or after[0] is not before[0] or after[1].name != before[1].name:
            column.set("table", table)


def _free_order(changed: exp.Query) -> None:
    # in SQLite CROSS JOIN forbids the planner to reorder, and a comma does not
    for join in changed.find_all(exp.Join):
        if join.kind == "CROSS" and not join.side and not isinstance(join.this, exp.Lateral):
            join.set("kind", None)


def _spell_as(changed: exp.Query, query: exp.Query) -> None:
    """Give names the case and quotes that the user wrote."""
    spelled: dict[str, set[tuple[str, bool]]] = {}
    for identifier in query.find_all(exp.Identifier):
        spelling = (identifier.name, bool(identifier.args.get("quoted")))
        spelled.setdefault(identifier.name.lower(), set()).add(spelling)
    for identifier in changed.find_all(exp.Identifier):
        found = spelled.get(identifier.name.lower(), set())
        if len(found) == 1:
            name, quoted = next(iter(found))
            identifier.set("this", name)
            identifier.set("quoted", quoted)
