"""FULL JOIN where the engine has none: the left join, and the right rows that no left row matches.

A left row that matches makes a column that ON compares not NULL; so the right rows without one are
those of the RIGHT JOIN where that column is NULL. Where ON compares none, NOT EXISTS says it. What
is computed over all rows (groups, orders, windows, DISTINCT) is computed over both parts together.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.repair.changes import Option, option
from sqlwright.schema import Schema

_TOLD = (
    "MySQL has no FULL JOIN: a LEFT JOIN, and the rows of the right that match nothing",
    "в MySQL нет FULL JOIN: LEFT JOIN и строки справа, которым нет пары",
)


def full_join(query: exp.Query) -> exp.Join | None:
    """The first FULL JOIN of the query."""
    return next((join for join in query.find_all(exp.Join) if join.side == "FULL"), None)


def why_not_apart(query: exp.Query, schema: Schema | None) -> str:
    """What the engine says of a FULL JOIN, and where it cannot be written otherwise, why."""
    said = "MySQL has no FULL JOIN"
    join = full_join(query)
    if join is None or _apart(join, schema) is not None:
        return said
    return f"{said}, and this one cannot be written in two parts: {_why(join)}"


def full_join_options(
    text: str, query: exp.Query | None, schema: Schema | None, dialect: str
) -> Iterator[Option]:
    """The query with its first FULL JOIN in two parts."""
    join = full_join(query.copy()) if query is not None else None
    if join is None or (made := _apart(join, schema)) is None:
        return
    select = join.parent
    assert isinstance(select, exp.Select)
    root = select.root()
    if select is root:
        root = made
    else:
        select.replace(made)
    new = root.sql(dialect=dialect, pretty="\n" in text, comments=False)
    yield option(text, [(0, len(text), new)], "full-join", 1.0, _TOLD)


def _apart(join: exp.Join, schema: Schema | None) -> exp.Query | None:
    select = join.parent
    if not isinstance(select, exp.Select) or _why_not(join, select):
        return None
    if _is_plain(select):
        return _branches(select, join)
    return _over_both(select, join, schema)


def _why(join: exp.Join) -> str:
    select = join.parent
    if not isinstance(select, exp.Select):
        return "it stands in parentheses"
    return _why_not(join, select) or "what it selects cannot be told from the schema"


def _why_not(join: exp.Join, select: exp.Select) -> str | None:
    joins = select.args.get("joins") or []
    if join.args.get("using") and any(item.is_star for item in select.expressions):
        return "with USING a star has other columns"
    if not join.args.get("using") and join.args.get("on") is None:
        return "it has no ON"
    if _unmatched(join, select) is None:
        return "its ON compares no column of the left by ="
    if sum(other.side in ("FULL", "RIGHT") for other in joins) > 1:
        return "another FULL or RIGHT JOIN stands beside it"
    if select.args.get("laterals") or any(isinstance(j.this, exp.Lateral) for j in joins):
        return "a LATERAL stands beside it"
    return None


def _is_plain(select: exp.Select) -> bool:
    """Whether each row is made from one joined row: then one part can follow the other."""
    clauses = (
        "distinct",
        "group",
        "having",
        "order",
        "limit",
        "offset",
        "qualify",
        "windows",
        "with_",
    )
    if any(select.args.get(name) for name in clauses):
        return False
    inside_union = isinstance(select.parent, exp.SetOperation)
    return not inside_union and not any(
        node.find_ancestor(exp.Select) is select
        for item in select.expressions
        for node in item.find_all(exp.AggFunc, exp.Window)
    )


def _names_left(join: exp.Join, select: exp.Select) -> set[str]:
    joins = select.args.get("joins") or []
    before = joins[: joins.index(join)]
    return {
        node.alias_or_name.lower()
        for node in (select.args["from_"].this, *(j.this for j in before))
    }


def _unmatched(join: exp.Join, select: exp.Select) -> exp.Expr | None:
    """The condition of the right rows that match nothing, after a RIGHT JOIN."""
    if (key := _key(join, select)) is not None:
        return exp.Is(this=key, expression=exp.Null())
    start, on = select.args["from_"].this, join.args.get("on")
    if on is None or len(_names_left(join, select)) > 1 or not isinstance(start, exp.Table):
        return None
    inner = exp.select("1").from_(start.copy()).where(on.copy())
    return exp.Not(this=exp.Exists(this=inner))


def _key(join: exp.Join, select: exp.Select) -> exp.Column | None:
    """A column of the left that ON compares by =: a row that matches has it not NULL."""
    left = _names_left(join, select)
    if using := join.args.get("using"):
        return exp.column(using[0].name, table=next(iter(left))) if len(left) == 1 else None
    on = join.args.get("on")
    parts = list(on.flatten()) if isinstance(on, exp.And) else [on]
    for part in parts:
        if isinstance(part, exp.Paren):
            part = part.unnest()
        if not isinstance(part, exp.EQ):
            continue
        for side in (part.this, part.expression):
            if isinstance(side, exp.Column) and side.table.lower() in left:
                return side.copy()
    return None


def _branches(select: exp.Select, join: exp.Join) -> exp.Query:
    """The select with a LEFT JOIN, and with a RIGHT JOIN where nothing matched."""
    number = select.args["joins"].index(join)
    first, second = select.copy(), select.copy()
    first.args["joins"][number].set("side", "LEFT")
    second.args["joins"][number].set("side", "RIGHT")
    for branch in (first, second):
        branch.args["joins"][number].set("kind", None)
    where = second.args.get("where")
    unmatched = _unmatched(join, select)
    if where is not None:
        held = where.this
        held = exp.Paren(this=held) if isinstance(held, exp.Or) else held
        second.set("where", exp.Where(this=exp.And(this=unmatched, expression=held.copy())))
    else:
        second.set("where", exp.Where(this=unmatched))
    return exp.union(first, second, distinct=False, copy=False)


def _over_both(select: exp.Select, join: exp.Join, schema: Schema | None) -> exp.Query | None:
    """The select over a derived table of the columns that it uses, from both parts."""
    names: dict[tuple[str, str], str] = {}
    outer = select.copy()
    sources = _names_left(join, select) | {
        other.this.alias_or_name.lower() for other in select.args["joins"]
    }
    aliases = {item.alias.lower() for item in outer.expressions if item.alias}
    if any(item.is_star for item in outer.expressions):
        return None
    inside = (outer.args["from_"], *outer.args["joins"], outer.args.get("with_"))
    for column in list(outer.find_all(exp.Column)):
        if any(part is not None and any(column is n for n in part.walk()) for part in inside):
            continue
        table = column.table.lower()
        if not table and column.name.lower() in aliases and column.find_ancestor(exp.Order):
            continue
        if not table:
            table = _only_owner(column.name, select, schema)
        if table not in sources:
            if column.find_ancestor(exp.Select) is not outer and table:
                continue  # of a subquery's own table
            return None
        name = names.setdefault((table, column.name.lower()), f"{table}_{column.name.lower()}")
        parent = column.parent
        new: exp.Expr = exp.column(name, table="joined")
        if isinstance(parent, exp.Select) and parent is outer and column.arg_key == "expressions":
            new = exp.alias_(new, column.name)
        column.replace(new)
    if not names or len(set(names.values())) < len(names):
        return None
    base = exp.Select(
        expressions=[exp.alias_(exp.column(c, table=t), name) for (t, c), name in names.items()],
        from_=select.args["from_"].copy(),
        joins=[other.copy() for other in select.args["joins"]],
    )
    at = select.args["joins"].index(join)
    both = _branches(base, base.args["joins"][at])
    outer.set("joins", None)
    outer.set("from_", exp.From(this=both.subquery("joined")))
    return outer


def _only_owner(name: str, select: exp.Select, schema: Schema | None) -> str:
    """The one table of FROM that has the column, by its alias, or ""."""
    found = []
    for node in (select.args["from_"].this, *(j.this for j in select.args["joins"])):
        table = (
            schema.table(node.name) if schema is not None and isinstance(node, exp.Table) else None
        )
        if table is None:
            return ""
        if table.column(name) is not None:
            found.append(node.alias_or_name.lower())
    return found[0] if len(found) == 1 else ""
