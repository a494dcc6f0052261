"""Random edits of a query's tree, some of which keep its meaning and most of which do not."""

import random
from collections.abc import Callable

from sqlglot import exp

FLIPPED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.EQ, exp.NEQ: exp.NEQ, exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}  # fmt: skip
OPPOSITE: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.NEQ, exp.NEQ: exp.EQ, exp.LT: exp.GTE, exp.GT: exp.LTE, exp.LTE: exp.GT,
    exp.GTE: exp.LT,
}  # fmt: skip


def edited(query: exp.Query, chance: random.Random) -> exp.Query:
    """A copy with one to three edits; what comes out may not bind."""
    copy = query.copy()
    for _ in range(chance.choice((1, 1, 2, 3))):
        node = chance.choice(list(copy.walk()))
        for kinds, edit in EDITS:
            if isinstance(node, kinds):
                edit(node, chance)
                break
        if node is copy and chance.random() < 0.3:
            copy = wrapped(copy)
    return copy


def wrapped(query: exp.Query) -> exp.Query:
    """SELECT all outputs FROM the query; an order would be lost, so a query with one stays."""
    names = [item.alias_or_name for item in query.selects]
    if query.args.get("order") or len(set(names)) < len(names) or not all(names):
        return query
    inner = exp.Subquery(this=query, alias=exp.TableAlias(this=exp.to_identifier("zz")))
    return exp.Select(expressions=[exp.column(name, "zz") for name in names]).from_(inner)


def negated(node: exp.Expr) -> exp.Expr:
    return exp.Not(this=exp.Paren(this=node.copy()))


def edit_connector(node: exp.Expr, chance: random.Random) -> None:
    left, right = node.this.copy(), node.expression.copy()
    kind = type(node)
    other = exp.Or if kind is exp.And else exp.And
    node.replace(
        chance.choice(
            (
                kind(this=right, expression=left),
                left,
                right,
                exp.Paren(this=other(this=left, expression=right)),
                exp.Paren(this=negated(node)),
                exp.Not(this=exp.Paren(this=other(this=negated(left), expression=negated(right)))),
            )
        )
    )


def edit_comparison(node: exp.Expr, chance: random.Random) -> None:
    left, right = node.this.copy(), node.expression.copy()
    null = exp.Is(this=left.copy(), expression=exp.Null())
    more = [exp.Null()] if chance.random() < 0.4 else []
    node.replace(
        chance.choice(
            (
                FLIPPED[type(node)](this=right, expression=left),
                exp.Not(this=exp.Paren(this=OPPOSITE[type(node)](this=left, expression=right))),
                negated(node),
                chance.choice(list(FLIPPED))(this=left, expression=right),
                exp.Paren(this=exp.And(this=node.copy(), expression=exp.Not(this=null.copy()))),
                exp.Paren(this=exp.Or(this=node.copy(), expression=null.copy())),
                exp.Paren(
                    this=exp.And(
                        this=node.copy(),
                        expression=exp.EQ(this=left.copy(), expression=left.copy()),
                    )
                ),
                exp.In(this=left, expressions=[right, *more]),
            )
        )
    )


def edit_literal(node: exp.Expr, chance: random.Random) -> None:
    if not node.args.get("is_string"):
        node.replace(exp.Literal.number(max(0, int(float(node.name)) + chance.choice((-1, 0, 1)))))


def edit_join(node: exp.Expr, chance: random.Random) -> None:
    on, select = node.args.get("on"), node.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None else None
    which = chance.randrange(4)
    if which == 0:  # no RIGHT and FULL: SQLite 3.40 answers them wrongly inside a UNION ALL
        node.set("side", chance.choice(("LEFT", None)))
        node.set("kind", None)
    elif isinstance(select, exp.Select) and on is not None:
        if which == 1 and not node.args.get("side"):
            node.set("on", exp.true())
            select.where(on.copy(), copy=False)
        elif which == 2:
            select.where(on.copy(), copy=False)
        elif where is not None:
            node.set("on", exp.and_(on.copy(), where.this.copy()))
            if chance.random() < 0.5:
                select.set("where", None)


def edit_select(node: exp.Expr, chance: random.Random) -> None:
    which = chance.randrange(5)
    having, group = node.args.get("having"), node.args.get("group")
    if which == 0:
        node.set("distinct", None if node.args.get("distinct") else exp.Distinct())
    elif which == 1:
        node.set("where", None)
    elif which == 2 and having is not None and not having.find(exp.AggFunc):
        node.set("having", None)
        assert isinstance(node, exp.Select)
        node.where(having.this.copy(), copy=False)
    elif which == 3 and len(node.expressions) > 1:
        outputs = list(node.expressions)
        chance.shuffle(outputs)
        node.set("expressions", outputs)
    elif group is not None:
        keys = list(group.expressions)
        chance.shuffle(keys)
        group.set("expressions", keys[1:] if len(keys) > 1 and chance.random() < 0.4 else keys)


def edit_column(node: exp.Expr, chance: random.Random) -> None:
    select = node.find_ancestor(exp.Select)
    columns = [c for c in select.find_all(exp.Column) if c.table] if select is not None else []
    if columns:
        node.replace(chance.choice(columns).copy())


def edit_in(node: exp.Expr, chance: random.Random) -> None:
    query = node.args.get("query")
    inner = query.this.copy() if query is not None else None
    if chance.random() < 0.5 or not isinstance(inner, exp.Select) or len(inner.expressions) != 1:
        node.replace(exp.Not(this=node.copy()))
        return
    value = inner.expressions[0].unalias().copy()
    inner.where(exp.EQ(this=value, expression=node.this.copy()), copy=False)
    node.replace(exp.Exists(this=inner))


def edit_aggregate(node: exp.Expr, chance: random.Random) -> None:
    if isinstance(node.this, exp.Star | exp.Distinct):
        return
    argument = node.this.copy()
    kinds: list[type[exp.Expr]] = [exp.Min, exp.Max, exp.Sum, exp.Count]
    if chance.random() < 0.5:
        argument = exp.Distinct(expressions=[argument])
    node.replace(chance.choice(kinds)(this=argument))


def edit_union(node: exp.Expr, chance: random.Random) -> None:
    node.set("distinct", not node.args.get("distinct"))


def edit_exists(node: exp.Expr, chance: random.Random) -> None:
    node.replace(exp.Not(this=node.copy()))


Edit = Callable[[exp.Expr, random.Random], None]
EDITS: tuple[tuple[tuple[type[exp.Expr], ...], Edit], ...] = (
    ((exp.And, exp.Or), edit_connector),
    (tuple(FLIPPED), edit_comparison),
    ((exp.Literal,), edit_literal),
    ((exp.Join,), edit_join),
    ((exp.Select,), edit_select),
    ((exp.Column,), edit_column),
    ((exp.In,), edit_in),
    ((exp.Exists,), edit_exists),
    ((exp.Union,), edit_union),
    ((exp.Min, exp.Max, exp.Sum, exp.Count), edit_aggregate),
)
