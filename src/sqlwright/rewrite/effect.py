"""What a query asks an engine to do, however it is worded: of rewrites alike in it, one is tried.

It compares words, not meaning: which of two is right, or whether any is, `verify` judges.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.simplify import simplify

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.schema import Schema

_EITHER_WAY = (exp.EQ, exp.NEQ)
_TURNED: dict[type[exp.Expr], type[exp.Binary]] = {exp.GT: exp.LT, exp.GTE: exp.LTE}
_CLAUSES = (exp.Where, exp.Having, exp.Join)
_PLAIN_AROUND = (*_CLAUSES, exp.And, exp.Or, exp.Paren)  # there a comparison needs no parentheses


def effect(query: exp.Query, schema: Schema, dialect: str) -> str:
    """A text that queries share which differ only in what planners make little of.

    The order of tables in inner joins and where their conditions stand; the order of conditions and
    of their sides, BETWEEN or two comparisons, constants to be worked out; ASC and parentheses;
    names spelled in full or not, a star or its columns, what EXISTS selects; a derived table or a
    CTE that is read once. Where two ways cost alike, a planner may take either by such things: that
    is luck, and no reason to try them all.
    """
    try:
        tree = sql.bind(query, schema, dialect)
    except SqlError:
        return query.sql(comments=False, normalize=True)
    tree = _with_plain_ctes(tree)
    for node in reversed(list(tree.walk())):  # what is inside first
        if isinstance(node, exp.Select):
            _flatten(node)
        elif isinstance(node, exp.And | exp.Or):
            if not isinstance(node.parent, type(node)):
                _sort(node)
        elif isinstance(node, exp.Binary):
            _compare(node, dialect)
        elif isinstance(node, exp.Between):
            _open(node)
        elif isinstance(node, exp.In):
            items = node.expressions
            if len(items) == 1 and not node.args.get("query") and not node.args.get("unnest"):
                _compare(_replaced(node, exp.EQ(this=node.this, expression=items[0])), dialect)
        elif isinstance(node, exp.Ordered):
            if not node.args.get("desc"):
                node.set("desc", None)
        elif isinstance(node, exp.Paren):
            _unwrap(node)
    return tree.sql(comments=False, normalize=True)


def _replaced(node: exp.Expr, by: exp.Expr) -> exp.Expr:
    if node.parent is not None:
        node.replace(by)
    return by


def _with_plain_ctes(tree: exp.Query) -> exp.Query:
    """The tree with CTEs that are read once in the place where they are read."""
    for with_ in list(tree.find_all(exp.With)):
        if with_.args.get("recursive"):
            continue
        for cte in list(with_.expressions):
            name = cte.alias.lower()
            read = [
                table
                for table in tree.find_all(exp.Table)
                if table.name.lower() == name and not table.args.get("db")
            ]
            if len(read) != 1 or cte.args.get("materialized") is not None:
                continue
            table = read[0]
            alias = exp.TableAlias(
                this=exp.to_identifier(table.alias_or_name),
                columns=cte.args["alias"].args.get("columns"),
            )
            joins = table.args.get("joins")
            table.replace(exp.Subquery(this=cte.this, alias=alias, joins=joins))
            cte.pop()
        if not with_.expressions:
            with_.pop()
    return tree


def _sort(node: exp.And | exp.Or) -> None:
    parts = sorted(node.flatten(unnest=False), key=lambda part: part.sql())
    together = exp.and_ if isinstance(node, exp.And) else exp.or_
    _replaced(node, together(*parts, copy=False, wrap=False))


def _compare(node: exp.Expr, dialect: str) -> None:
    """One spelling of a comparison, and constants worked out."""
    if type(node) in _TURNED:
        turned = _TURNED[type(node)](this=node.expression, expression=node.this)
        _replaced(node, turned)
    elif isinstance(node, _EITHER_WAY):
        if node.this.sql() > node.expression.sql():
            left, right = node.this, node.expression
            node.set("this", right)
            node.set("expression", left)
    elif isinstance(node, exp.Add | exp.Sub | exp.Mul):
        plain = (exp.Literal, exp.Cast, exp.DataType, exp.DataTypeParam, exp.Interval, exp.Var,
                 exp.Neg, exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.Date)  # fmt: skip
        if all(isinstance(inner, plain) for inner in node.walk()):
            try:
                _replaced(node, simplify(node.copy(), dialect=dialect))
            except (SqlglotError, ValueError, OverflowError):
                return


def _open(node: exp.Between) -> None:
    low = exp.LTE(this=node.args["low"], expression=node.this.copy())
    high = exp.LTE(this=node.this, expression=node.args["high"])
    if node.args.get("symmetric"):
        return
    both: exp.Expr = exp.And(this=low, expression=high)
    if isinstance(node.parent, _PLAIN_AROUND):
        _replaced(node, both)
    else:
        _replaced(node, exp.Paren(this=both))


def _unwrap(node: exp.Paren) -> None:
    """Take away parentheses without which the tree is written as the same words."""
    inner, around = node.this, node.parent
    if isinstance(inner, exp.Query) or around is None:
        return
    if isinstance(inner, exp.And | exp.Or):
        if isinstance(around, (type(inner), exp.Paren, *_CLAUSES)):
            node.replace(inner)
    elif not isinstance(inner, exp.Binary) or isinstance(around, _PLAIN_AROUND):
        node.replace(inner)


def _flatten(select: exp.Select) -> None:
    """One list of tables and one of conditions, both in order, where all joins are inner ones."""
    if isinstance(select.parent, exp.Exists) and not select.args.get("group"):
        select.set("expressions", [exp.Literal.number(1)])
    _spell_keys(select)
    first = select.args.get("from_")
    joins: list[exp.Join] = select.args.get("joins") or []
    plain = ("this", "on", "kind")
    if first is None or any(
        join.kind not in ("", "INNER", "CROSS")
        or any(value and name not in plain for name, value in join.args.items())
        or isinstance(join.this, exp.Lateral | exp.Unnest)
        for join in joins
    ):
        return
    held = [select.args["where"].this] if select.args.get("where") else []
    held += [join.args["on"] for join in joins if join.args.get("on")]
    conditions = [
        part
        for each in held
        for part in (each.flatten(unnest=False) if isinstance(each, exp.And) else (each,))
        if not (isinstance(part, exp.Boolean) and part.this)
    ]
    tables = sorted([first.this, *(join.this for join in joins)], key=lambda node: node.sql())
    select.set("from_", exp.From(this=tables[0]))
    select.set("joins", [exp.Join(this=table) for table in tables[1:]])
    ordered = sorted(dict.fromkeys(conditions), key=lambda part: part.sql())
    where = exp.Where(this=exp.and_(*ordered, copy=False, wrap=False)) if ordered else None
    select.set("where", where)


def _spell_keys(select: exp.Select) -> None:
    """In ORDER BY a column, where an output column is only its name."""
    order = select.args.get("order")
    named = {e.alias: e.this for e in select.expressions if isinstance(e, exp.Alias)}
    for key in order.expressions if order is not None else ():
        known = named.get(key.this.name) if isinstance(key.this, exp.Column) else None
        if isinstance(known, exp.Column) and not key.this.table:
            key.this.replace(known.copy())
