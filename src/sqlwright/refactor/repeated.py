"""Subqueries that a query says more than once: said once, in WITH."""

from __future__ import annotations

from collections import defaultdict

from sqlglot import exp

from sqlwright.analyze.hoisting import add_cte, why_not_hoisted
from sqlwright.analyze.scope import is_within
from sqlwright.analyze.tree import copy_with, fresh, names_in
from sqlwright.schema import Schema

_SMALLEST = 12  # nodes: less is as short as its name in WITH


def repeated_to_cte(query: exp.Query, schema: Schema) -> tuple[exp.Query, str, int] | None:
    """A copy with a repeated subquery in WITH, its name there, and how often it stood; or None."""
    groups: dict[str, list[exp.Subquery]] = defaultdict(list)
    for subquery in query.find_all(exp.Subquery):
        body = subquery.this
        if not isinstance(body, exp.Select) or subquery.args.get("pivots"):
            continue
        if sum(1 for _ in body.walk()) >= _SMALLEST and body.args.get("from_") is not None:
            groups[body.sql(comments=False)].append(subquery)
    for same in groups.values():
        if len(same) < 2 or any(why_not_hoisted(query, s, schema) for s in same):
            continue
        outputs = _outputs(same[0].this)
        if outputs is None or _changes_each_time(same[0]):
            continue
        return _said_once(query, same, outputs)
    return None


def _outputs(body: exp.Select) -> list[str] | None:
    """The names of the columns, all of them known and different."""
    names = [p.alias_or_name for p in body.expressions]
    plain = not body.is_star and all(names) and len(set(names)) == len(names)
    return names if plain else None


def _changes_each_time(subquery: exp.Subquery) -> bool:
    limit = subquery.this.args.get("limit") or subquery.this.args.get("offset")
    return limit is not None or subquery.find(exp.Rand, exp.Uuid, exp.Anonymous) is not None


def _said_once(
    query: exp.Query, same: list[exp.Subquery], outputs: list[str]
) -> tuple[exp.Query, str, int]:
    copy, twins = copy_with(query, *same)
    wanted = next((s.alias for s in same if s.alias), "") or _word_for(same[0])
    taken = {*names_in(query), *(t.name.lower() for t in query.find_all(exp.Table))}
    name = fresh(wanted, taken - {wanted.lower()} if _is_free(wanted, query, same) else taken)
    body = twins[0].this.copy()
    place = min((at for twin in twins if (at := _holder(copy, twin)) is not None), default=None)
    for twin in twins:
        table = exp.Table(this=exp.to_identifier(name))
        if isinstance(twin.parent, exp.From | exp.Join):
            if twin.alias and twin.alias != name:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(twin.alias)))
            twin.replace(table)
        else:
            columns = [exp.column(output) for output in outputs]
            twin.set("this", exp.Select(expressions=columns, from_=exp.From(this=table)))
    cte = exp.CTE(this=body, alias=exp.TableAlias(this=exp.to_identifier(name)))
    add_cte(copy, cte, place)
    return copy, name, len(same)


def _is_free(name: str, query: exp.Query, same: list[exp.Subquery]) -> bool:
    """Whether only these subqueries are called so."""
    own = {id(s.args.get("alias")) for s in same}
    tables = (t.name.lower() == name.lower() for t in query.find_all(exp.Table))
    aliases = (
        alias.name.lower() == name.lower() and id(alias) not in own
        for alias in query.find_all(exp.TableAlias)
    )
    return not any(tables) and not any(aliases)


def _word_for(subquery: exp.Subquery) -> str:
    table = subquery.this.args["from_"].this
    return f"{table.name.lower()}_part" if isinstance(table, exp.Table) else "part"


def _holder(query: exp.Query, node: exp.Expr) -> int | None:
    """The place of the CTE that holds the node."""
    with_ = query.args.get("with_")
    for at, cte in enumerate(with_.expressions if with_ is not None else ()):
        if is_within(node, cte):
            return at
    return None


def one_of_equal_ctes(query: exp.Query) -> tuple[exp.Query, str, str] | None:
    """A copy in which one of two equal queries of WITH serves for both; the names of both."""
    with_ = query.args.get("with_")
    if with_ is None or with_.args.get("recursive"):
        return None
    first: dict[str, exp.CTE] = {}
    for cte in with_.expressions:
        columns = cte.args["alias"].args.get("columns")
        text = cte.this.sql(comments=False)
        kept = first.setdefault(text, cte)
        if kept is cte or columns or kept.args["alias"].args.get("columns"):
            continue
        if cte.find(exp.Rand, exp.Uuid, exp.Anonymous, exp.Limit) is not None:
            continue
        copy, (twin,) = copy_with(query, cte)
        twin.pop()
        for table in copy.find_all(exp.Table):
            if table.name.lower() == cte.alias.lower() and not table.db:
                if not table.alias:
                    table.set("alias", exp.TableAlias(this=table.this.copy()))
                table.set("this", exp.to_identifier(kept.alias))
        return copy, kept.alias, cte.alias
    return None
