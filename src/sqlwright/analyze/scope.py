"""What the names in a query mean: where a column comes from, what is never NULL, what is a key.

It works on a tree as the user wrote it, unqualified names and all. It never guesses: where a name
could come from two places, or from a source whose columns are unknown, the answer is None, and the
rule that asked stays silent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from sqlwright.analyze.once import every, once
from sqlwright.schema import Column, Schema, Table

STRICT = (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Cast)  # NULL in, NULL out
COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


@dataclass(frozen=True, slots=True)
class Source:
    """One item of FROM: a table of the schema, a derived table, a CTE, or something unknown."""

    name: str  # the alias, in lower case
    node: exp.Expr
    join: exp.Join | None  # None for the first item
    table: Table | None  # a table of the schema
    body: exp.Query | None  # the query of a derived table or CTE
    columns: tuple[str, ...] | None  # in lower case; None when unknown
    optional: bool  # an outer join may fill it with NULLs

    def has(self, name: str) -> bool:
        """Whether a column of that name is known to be here."""
        return self.columns is not None and name.lower() in self.columns


def selects(query: exp.Query) -> Iterator[exp.Select]:
    """Every SELECT of the query, outermost first."""
    yield from every(query, exp.Select)


def enclosing(node: exp.Expr) -> exp.Select | None:
    """The SELECT whose clause holds `node`."""
    return node.find_ancestor(exp.Select)


def sources(select: exp.Select, schema: Schema) -> tuple[Source, ...]:
    """The items of FROM in order, with what is known of each."""
    return once("sources", select, schema, lambda: _sources(select, schema))


def _sources(select: exp.Select, schema: Schema) -> tuple[Source, ...]:
    start = select.args.get("from_")
    if start is None:
        return ()
    items: list[tuple[exp.Expr, exp.Join | None]] = [(start.this, None)]
    joins: list[exp.Join] = select.args.get("joins") or []
    items += [(join.this, join) for join in joins]
    found = []
    # a RIGHT or FULL join nulls everything before it
    last = max((n for n, j in enumerate(joins) if j.side in ("RIGHT", "FULL")), default=-1)
    for at, (node, join) in enumerate(items):
        optional = bool(join and join.side in ("LEFT", "FULL")) or at <= last
        found.append(_source(node, join, optional, schema))
    return tuple(found)


def _source(node: exp.Expr, join: exp.Join | None, optional: bool, schema: Schema) -> Source:
    name = node.alias_or_name.lower()
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        if (cte := _cte(node)) is not None:
            return Source(name, node, join, None, cte.this, _outputs_of(cte, schema), optional)
        table = schema.table(node.name)
        columns = tuple(c.name.lower() for c in table.columns) if table else None
        return Source(name, node, join, table, None, columns, optional)
    in_parentheses = isinstance(node.this, exp.Subquery) and node.this.args.get("joins")
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query) and not in_parentheses:
        return Source(name, node, join, None, node.this, _outputs_of(node, schema), optional)
    return Source(name, node, join, None, None, None, optional)


def _cte(table: exp.Table) -> exp.CTE | None:
    if table.args.get("db"):
        return None
    wanted = table.name.lower()
    node: exp.Expr | None = table
    while node is not None:
        for cte in getattr(node, "ctes", ()):
            if cte.alias.lower() == wanted and not is_within(table, cte):
                return cte  # type: ignore[no-any-return]
        node = node.parent
    return None


def is_within(node: exp.Expr, ancestor: exp.Expr) -> bool:
    """Whether `ancestor` is the node itself or above it."""
    parent: exp.Expr | None = node
    while parent is not None and parent is not ancestor:
        parent = parent.parent
    return parent is ancestor


def _outputs_of(derived: exp.Expr, schema: Schema) -> tuple[str, ...] | None:
    alias = derived.args.get("alias")
    if isinstance(alias, exp.TableAlias) and alias.args.get("columns"):
        return tuple(column.name.lower() for column in alias.columns)
    return outputs(derived.this, schema)


def outputs(query: exp.Expr, schema: Schema) -> tuple[str, ...] | None:
    """The names of the columns that a query returns, in lower case; None when unknown."""
    first = query
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    if not isinstance(first, exp.Select):
        return None
    names: list[str] = []
    for projection in first.expressions:
        if not projection.is_star:
            names.append(projection.alias_or_name.lower())
            continue
        for source in sources(first, schema):
            if isinstance(projection, exp.Column) and projection.table.lower() != source.name:
                continue
            if source.columns is None:
                return None
            names.extend(source.columns)
    return tuple(names)


def owner(column: exp.Column, schema: Schema) -> tuple[exp.Select, Source] | None:
    """The SELECT and the item of its FROM that a column comes from; None when not certain."""
    return once("owner", column, schema, lambda: _owner(column, schema))


def _owner(column: exp.Column, schema: Schema) -> tuple[exp.Select, Source] | None:
    select = enclosing(column)
    while select is not None:
        here = sources(select, schema)
        if column.table:
            qualifier = column.table.lower()
            for source in here:
                if source.name == qualifier:
                    return select, source
        else:
            holders = [source for source in here if source.has(column.name)]
            if len(holders) == 1 and all(s.columns is not None for s in here):
                return select, holders[0]
            if holders or any(source.columns is None for source in here):
                return None
            if any(p.alias.lower() == column.name.lower() for p in select.expressions):
                return None  # ORDER BY and friends may mean the output column
        select = enclosing(select)
    return None


def source_of(column: exp.Column, select: exp.Select, schema: Schema) -> Source | None:
    """The item of this SELECT's own FROM that a column comes from, or None."""
    held = owner(column, schema)
    return held[1] if held is not None and held[0] is select else None


def schema_column(column: exp.Column, schema: Schema) -> tuple[Table, Column] | None:
    """The column of the schema that a name stands for, also through plain derived tables."""
    held = owner(column, schema)
    if held is None:
        return None
    source = held[1]
    if source.table is not None:
        real = source.table.column(column.name)
        return (source.table, real) if real is not None else None
    inner = _projection(source, column.name, schema)
    return schema_column(inner, schema) if isinstance(inner, exp.Column) else None


def _projection(source: Source, name: str, schema: Schema) -> exp.Expr | None:
    """The expression under an output name of a derived table; None for set operations and stars."""
    body = source.body
    if not isinstance(body, exp.Select) or source.columns is None or body.is_star:
        return None
    names = list(source.columns)
    if name.lower() not in names or len(names) != len(body.expressions):
        return None
    projection = body.expressions[names.index(name.lower())]
    assert isinstance(projection, exp.Expr)
    return projection.unalias()


def is_nullable(node: exp.Expr, schema: Schema) -> bool:
    """Whether an expression may be NULL, as far as the schema tells; True when not certain."""
    if isinstance(node, exp.Literal | exp.Boolean | exp.Count | exp.Exists | exp.Star):
        return False
    if isinstance(node, exp.Column):
        return _column_is_nullable(node, schema)
    if isinstance(node, exp.TryCast):
        return True  # it gives NULL for what it cannot read
    if isinstance(node, STRICT):
        parts = (node.args.get("this"), node.args.get("expression"))
        return any(is_nullable(part, schema) for part in parts if part is not None)
    if isinstance(node, exp.Coalesce):
        return all(is_nullable(part, schema) for part in (node.this, *node.expressions))
    return True


def _column_is_nullable(column: exp.Column, schema: Schema) -> bool:
    held = owner(column, schema)
    if held is None or held[1].optional or _repeats_groups(held[0]):
        return True
    source = held[1]
    if source.table is not None:
        real = source.table.column(column.name)
        return real is None or is_nullable_column(source.table, real)
    inner = _projection(source, column.name, schema)
    return inner is None or is_nullable(inner, schema)


def _repeats_groups(select: exp.Select) -> bool:
    """Whether ROLLUP, CUBE or GROUPING SETS put NULL where a key is left out."""
    group = select.args.get("group")
    if group is None:
        return False
    kinds = ("rollup", "cube", "grouping_sets", "totals")
    return any(group.args.get(kind) for kind in kinds) or any(
        isinstance(key, exp.Rollup | exp.Cube | exp.GroupingSets) for key in group.expressions
    )


def is_nullable_column(table: Table, column: Column) -> bool:
    """Whether the table lets that column be NULL; a primary key never is."""
    in_key = column.name.lower() in (name.lower() for name in table.primary_key)
    return column.nullable and not in_key


def keys(source: Source, schema: Schema) -> list[frozenset[str]]:
    """The sets of columns, in lower case, that are NOT NULL and name one row of the source."""
    if source.table is not None:
        return [
            frozenset(name.lower() for name in key)
            for key in source.table.keys()
            if not any(
                (column := source.table.column(name)) is None
                or is_nullable_column(source.table, column)
                for name in key
            )
        ]
    return _keys_of_body(source, schema)


def _keys_of_body(source: Source, schema: Schema) -> list[frozenset[str]]:
    body, names = source.body, source.columns
    if not isinstance(body, exp.Select) or names is None or len(names) != len(body.expressions):
        return []
    found = [frozenset(names)] if is_plainly_distinct(body) else []
    group = group_keys(body, schema)
    if group:
        by_text = {p.unalias().sql(): name for p, name in zip(body.expressions, names, strict=True)}
        if all(key.sql() in by_text for key in group):
            found.append(frozenset(by_text[key.sql()] for key in group))
    return found


def is_plainly_distinct(select: exp.Expr) -> bool:
    """Whether it says DISTINCT without ON."""
    distinct = select.args.get("distinct")
    return distinct is not None and (distinct is True or not distinct.args.get("on"))


def group_keys(select: exp.Select, schema: Schema) -> list[exp.Expr] | None:
    """The expressions of GROUP BY with positions and output names resolved.

    None without GROUP BY, for ROLLUP, CUBE and GROUPING SETS, which repeat groups, and where a name
    may be an output or an input: engines differ.
    """
    group = select.args.get("group")
    if group is None or not group.expressions:
        return None
    named = {p.alias.lower(): p.unalias() for p in select.expressions if p.alias}
    found: list[exp.Expr] = []
    for key in group.expressions:
        if isinstance(key, exp.Rollup | exp.Cube | exp.GroupingSets):
            return None
        if isinstance(key, exp.Literal) and key.is_int:
            at = int(key.this) - 1
            if not 0 <= at < len(select.expressions):
                return None
            found.append(select.expressions[at].unalias())
        elif isinstance(key, exp.Column) and not key.table and key.name.lower() in named:
            output = named[key.name.lower()]
            inputs = sources(select, schema)
            if output != key and any(s.columns is None or s.has(key.name) for s in inputs):
                return None
            found.append(output)
        else:
            found.append(key)
    if any(group.args.get(kind) for kind in ("rollup", "cube", "grouping_sets", "totals")):
        return None
    return found


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """The parts of a condition joined by AND, in order, parentheses removed."""
    waiting = [condition] if condition is not None else []
    found: list[exp.Expr] = []
    while waiting:  # a generated query has thousands: too deep to call for each
        bare = waiting.pop().unnest()
        if isinstance(bare, exp.And):
            waiting += [bare.expression, bare.this]
        else:
            found.append(bare)
    return found


def where(select: exp.Select) -> list[exp.Expr]:
    """The conjuncts of WHERE."""
    clause = select.args.get("where")
    return conjuncts(clause.this) if clause is not None else []


def conditions(select: exp.Select) -> list[exp.Expr]:
    """What every row must pass: the conjuncts of WHERE and of the inner joins' ON."""
    found = where(select)
    for join in select.args.get("joins") or []:
        if join.side not in ("LEFT", "RIGHT", "FULL"):
            found += conjuncts(join.args.get("on"))
    return found


def has_aggregate(node: exp.Expr) -> bool:
    """Whether an aggregate of this level is in it; those of subqueries and windows do not count."""
    if isinstance(node, exp.Query):
        return False
    if isinstance(node, exp.AggFunc) and not _is_windowed(node):
        return True
    return any(has_aggregate(child) for child in node.iter_expressions())


def _is_windowed(node: exp.Expr) -> bool:
    around = node.parent
    while isinstance(around, exp.Filter | exp.IgnoreNulls | exp.RespectNulls | exp.WithinGroup):
        around = around.parent
    return isinstance(around, exp.Window)


def is_grouped(select: exp.Select) -> bool:
    """Whether rows are folded: GROUP BY, HAVING, or an aggregate among the outputs."""
    return bool(
        select.args.get("group")
        or select.args.get("having")
        or any(has_aggregate(projection) for projection in select.expressions)
    )


def columns_of(node: exp.Expr) -> list[exp.Column]:
    """Every column named in it, those of subqueries included."""
    return list(node.find_all(exp.Column))


def has_subquery(node: exp.Expr) -> bool:
    """Whether a query is inside."""
    return node.find(exp.Query) is not None


def is_constant(node: exp.Expr) -> bool:
    """A value that no row changes: a literal, a parameter, arithmetic and casts of them."""
    return node.find(exp.Column, exp.Query, exp.AggFunc, exp.Window, exp.Star) is None and not (
        node.find(exp.Anonymous) or node.find(exp.Rand)
    )


def equalities(parts: list[exp.Expr]) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """The two sides of every `a = b` among the conjuncts."""
    for part in parts:
        if isinstance(part, exp.EQ):
            yield part.this.unnest(), part.expression.unnest()


_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT,
    exp.LT: exp.GT,
    exp.GTE: exp.LTE,
    exp.LTE: exp.GTE,
}


def sides(comparison: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr, type[exp.Expr]]]:
    """A comparison read from the left and, turned round, from the right."""
    kind = type(comparison)
    yield comparison.this.unnest(), comparison.expression.unnest(), kind
    yield comparison.expression.unnest(), comparison.this.unnest(), _TURNED.get(kind, kind)
