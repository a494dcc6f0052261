"""What holds in every result of a SELECT: which columns settle which, what repeats, what is NULL.

Each answer errs on the side of not knowing, since it may set a mutant aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from sqlwright.analyze.scope import (
    COMPARISONS,
    Source,
    conditions,
    conjuncts,
    group_keys,
    is_constant,
    is_grouped,
    is_nullable,
    keys,
    sources,
    where,
)
from sqlwright.schema import Schema

_STRICT = (exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Cast)  # NULL in, NULL out


def text_of(node: exp.Expr) -> str:
    """The node as text; a column as "alias.column"."""
    return f"{node.table}.{node.name}" if isinstance(node, exp.Column) else node.sql()


def joins_of(select: exp.Select) -> list[exp.Join]:
    """The joins of the SELECT in order."""
    return list(select.args.get("joins") or ())


def turns_left(select: exp.Select) -> bool:
    """May a join fill the sources before it with NULL?"""
    return any(join.side in ("RIGHT", "FULL") for join in joins_of(select))


def always(select: exp.Select) -> list[exp.Expr]:
    """The conjuncts that every row passed."""
    return where(select) if turns_left(select) else conditions(select)


def keys_of(source: Source, select: exp.Select, schema: Schema) -> list[frozenset[str]]:
    """Sets of columns that name one row of the source among the rows that pass the conditions.

    Besides the keys that are NOT NULL: unique keys whose NULLs the conditions refuse, and what the
    query of a derived table shows to be unique.
    """
    found = keys(source, schema)
    if source.table is not None:
        refused = {c for part in always(select) for c in refused_nulls(part)}
        for key in source.table.keys():
            names = frozenset(name.lower() for name in key)
            held = [source.table.column(name) for name in names]
            if all(
                c is not None and (not c.nullable or f"{source.name}.{c.name.lower()}" in refused)
                for c in held
            ):
                found.append(names)
    body, names_out = source.body, source.columns
    if body is not None and names_out is not None and not _is_recursive(body):
        distinct = body.args.get("distinct")
        folded = bool(distinct) and not (
            isinstance(distinct, exp.Distinct) and distinct.args.get("on")
        )
        if folded or is_unique(body, schema):
            found.append(frozenset(names_out))
        flat = isinstance(body, exp.Select) and all(s.table for s in sources(body, schema))
        if flat and isinstance(body, exp.Select) and len(names_out) == len(body.selects):
            for name, item in zip(names_out, body.selects, strict=True):
                inner = item.unalias()
                if isinstance(inner, exp.Column) and is_unique(body, schema, {text_of(inner)}):
                    found.append(frozenset((name,)))
    return found


def _is_recursive(body: exp.Query) -> bool:
    with_ = body.find_ancestor(exp.With)
    return with_ is not None and bool(with_.args.get("recursive"))


def settled(select: exp.Select, schema: Schema, given: Iterable[str]) -> set[str]:
    """The columns, as "alias.column", that have one value wherever the given ones have one.

    By constants, by equalities of WHERE and inner joins, by keys that are NOT NULL.
    """
    found = set(given)
    here = sources(select, schema)
    names = {source.name for source in here}
    links: list[tuple[str, str]] = []
    for part in always(select):
        if (
            isinstance(part, exp.In)
            and len(part.expressions) == 1
            and is_constant(part.expressions[0])
        ):
            found |= {
                text_of(c) for c in [part.this] if isinstance(c, exp.Column) and c.table in names
            }
        if isinstance(part, exp.EQ):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if not isinstance(one, exp.Column) or one.table not in names:
                    continue
                outside = isinstance(other, exp.Column) and other.table not in names
                if is_constant(other) or outside:
                    found.add(text_of(one))
                elif isinstance(other, exp.Column):
                    links.append((text_of(one), text_of(other)))
    keys_here = {source.name: keys_of(source, select, schema) for source in here}
    size = -1
    while size != len(found):
        size = len(found)
        found |= {other for one, other in links if one in found}
        for source in here:
            if any({f"{source.name}.{c}" for c in key} <= found for key in keys_here[source.name]):
                found |= {f"{source.name}.{c}" for c in source.columns or ()}
            elif source.join is not None and source.join.side == "LEFT":
                if _finds_one(source, found, schema):
                    found |= {f"{source.name}.{c}" for c in source.columns or ()}
    return found


def _finds_one(source: Source, found: set[str], schema: Schema) -> bool:
    """Does the LEFT JOIN find the same partner, or none, wherever the columns in `found` agree?"""
    assert source.join is not None
    bound = set()
    for part in conjuncts(source.join.args.get("on")):
        if part.find(exp.Query):
            return False
        others = {text_of(c) for c in part.find_all(exp.Column) if c.table != source.name}
        if not others <= found:
            return False
        if isinstance(part, exp.EQ):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                own = isinstance(one, exp.Column) and one.table == source.name
                if own and source.name not in {c.table for c in other.find_all(exp.Column)}:
                    bound.add(one.name)
    return any(key <= bound for key in keys(source, schema))


def outputs(select: exp.Select) -> set[str]:
    """The plain columns that the SELECT returns, as "alias.column"."""
    return {text_of(s.unalias()) for s in select.selects if isinstance(s.unalias(), exp.Column)}


def is_unique(query: exp.Expr, schema: Schema, given: Iterable[str] | None = None) -> bool:
    """Is every row returned once, DISTINCT apart? `given`: columns known instead of the outputs."""
    if isinstance(query, exp.SetOperation):
        return bool(query.args.get("distinct"))
    if not isinstance(query, exp.Select):
        return False
    here = sources(query, schema)
    if is_grouped(query):
        if not query.args.get("group"):
            return True  # one row
        if (groups := group_keys(query, schema)) is None:
            return False
        returned = {text_of(s.unalias()) for s in query.selects} if given is None else set()
        known = settled(query, schema, outputs(query) if given is None else given)
        return all(text_of(key) in known or text_of(key) in returned for key in groups)
    if any(isinstance(item.unalias(), exp.Explode | exp.Unnest) for item in query.selects):
        return False
    known = settled(query, schema, outputs(query) if given is None else given)
    return bool(here) and all(
        any({f"{source.name}.{c}" for c in key} <= known for key in keys_of(source, query, schema))
        for source in here
    )


def at_most_one_row(query: exp.Expr, schema: Schema) -> bool:
    """Can the query return no second row?"""
    if not isinstance(query, exp.Select):
        return False
    if is_grouped(query) and not query.args.get("group"):
        return True
    if not query.args.get("from_"):
        return True
    return is_unique(query, schema, ())


def repeats_do_not_matter(query: exp.Expr) -> bool:
    """Would the whole query answer the same, were rows of this part of it repeated?"""
    if any(query.args.get(name) for name in ("limit", "offset", "fetch")):
        return False
    parent = query.parent
    if isinstance(parent, exp.Subquery):
        if any(parent.args.get(name) for name in ("limit", "offset")):
            return False
        holder = parent.parent
        if isinstance(holder, exp.From | exp.Join) and isinstance(holder.parent, exp.Select):
            if isinstance(holder, exp.Join) and holder.kind in ("SEMI", "ANTI"):
                return False
            return _folds_repeats(holder.parent)
        query, parent = parent, holder
    if isinstance(parent, exp.In):
        return parent.args.get("query") is query
    if isinstance(parent, exp.Exists):
        return True
    if isinstance(parent, exp.SetOperation):
        return bool(parent.args.get("distinct")) or (
            isinstance(parent, exp.Union) and repeats_do_not_matter(parent)
        )
    return False


def _folds_repeats(select: exp.Select) -> bool:
    if any(True for _ in select.find_all(exp.Window)):
        return False
    if is_grouped(select):
        own = [a for a in select.find_all(exp.AggFunc) if a.find_ancestor(exp.Select) is select]
        return all(
            isinstance(a, exp.Min | exp.Max) or isinstance(a.this, exp.Distinct) for a in own
        )
    return bool(select.args.get("distinct")) or repeats_do_not_matter(select)


def strict_columns(node: exp.Expr) -> Iterator[exp.Column]:
    """The columns that make the expression NULL when they are."""
    if isinstance(node, exp.Column):
        yield node
    elif isinstance(node, _STRICT):
        for child in (node.args.get("this"), node.args.get("expression")):
            if isinstance(child, exp.Expr):
                yield from strict_columns(child)


def refused_nulls(part: exp.Expr) -> set[str]:
    """The columns, as "alias.column", whose NULL makes the condition not true."""
    part = part.unnest()
    if isinstance(part, exp.And):
        return refused_nulls(part.left) | refused_nulls(part.right)
    if isinstance(part, exp.Or):
        return refused_nulls(part.left) & refused_nulls(part.right)
    if isinstance(part, exp.Not):
        inner = part.this.unnest()
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return {text_of(c) for c in strict_columns(inner.this)}
        if isinstance(inner, exp.In) and inner.args.get("query"):
            return set()  # x NOT IN (nothing) is true
        plain = (*COMPARISONS, exp.Like, exp.ILike, exp.Between, exp.In)
        return refused_nulls(inner) if isinstance(inner, plain) else set()
    found: list[exp.Column] = []
    if isinstance(part, (*COMPARISONS, exp.Like, exp.ILike)):
        found = [*strict_columns(part.left), *strict_columns(part.right)]
    elif isinstance(part, exp.Between | exp.In):
        found = list(strict_columns(part.this))
    return {text_of(c) for c in found}


_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.Ntile, exp.Count)


def may_be_null(node: exp.Expr, schema: Schema) -> bool:
    """Whether an expression may be NULL where it stands; True when not certain.

    Besides what the schema says: ranks and counts, through derived tables; conditions that refuse
    NULL, for what is read after WHERE; and in ON a column is not yet filled by its own join.
    """
    if _is_rolled_up(node):
        return True
    if not is_nullable(node, schema):
        return False
    if isinstance(node, exp.Window):
        return not isinstance(node.this, _RANKS)
    if isinstance(node, exp.Neg | exp.Paren | exp.Cast):
        return may_be_null(node.this, schema)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return may_be_null(node.left, schema) or may_be_null(node.right, schema)
    if not isinstance(node, exp.Column):
        return True
    select = node.find_ancestor(exp.Select)
    if select is None:
        return True
    if _is_after_where(node, select):
        if any(text_of(node) in refused_nulls(part) for part in always(select)):
            return False
    held = next((s for s in sources(select, schema) if s.name == node.table), None)
    if held is None:
        return True
    join = node.find_ancestor(exp.Join, exp.Select)
    optional = held.optional
    if isinstance(join, exp.Join) and join.parent is select:
        at = [id(j) for j in joins_of(select)].index(id(join))
        before = joins_of(select)[:at]
        own = held.join is not None and held.join is not join and held.join.side in ("LEFT", "FULL")
        optional = own or any(j.side in ("RIGHT", "FULL") for j in before)
    if optional:
        return True
    if held.table is not None:
        real = held.table.column(node.name)
        return real is None or real.nullable
    if isinstance(held.body, exp.Select) and held.columns and node.name in held.columns:
        if len(held.columns) == len(held.body.selects):
            inner = held.body.selects[held.columns.index(node.name)].unalias()
            return may_be_null(inner, schema)
    if isinstance(held.body, exp.SetOperation) and held.columns and node.name in held.columns:
        at = held.columns.index(node.name)
        branches = list(_branches(held.body))
        return any(
            not isinstance(branch, exp.Select)
            or len(branch.selects) != len(held.columns)
            or may_be_null(branch.selects[at].unalias(), schema)
            for branch in branches
        )
    return True


def _branches(query: exp.Expr) -> Iterator[exp.Expr]:
    """The queries that a set operation is made of."""
    if isinstance(query, exp.SetOperation):
        yield from _branches(query.left)
        yield from _branches(query.right)
    elif isinstance(query, exp.Subquery):
        yield from _branches(query.this)
    else:
        yield query


def _is_rolled_up(node: exp.Expr) -> bool:
    """Does a ROLLUP or the like anywhere in the query fill keys with NULL?"""
    return node.root().find(exp.Rollup, exp.Cube, exp.GroupingSets) is not None


def _is_after_where(node: exp.Expr, select: exp.Select) -> bool:
    """Is it in the select list, GROUP BY, HAVING or ORDER BY of a SELECT?"""
    child, parent = node, node.parent
    while parent is not None and parent is not select:
        child, parent = parent, parent.parent
    return parent is select and not isinstance(child, exp.Where | exp.Join | exp.From)


def finds_parent(select: exp.Select, join: exp.Join, schema: Schema) -> bool:
    """Does the join find a row for every row before it, by a foreign key that is NOT NULL?"""
    here = {source.name: source for source in sources(select, schema)}
    own = here.get(join.alias_or_name)
    if own is None or own.table is None or turns_left(select):
        return False
    pairs: dict[str, set[tuple[str, str]]] = {}
    for part in conjuncts(join.args.get("on")):
        if not isinstance(part, exp.EQ):
            return False
        sides = [part.left, part.right]
        if not all(isinstance(side, exp.Column) for side in sides):
            return False
        if sides[0].table == own.name:
            sides.reverse()
        if sides[1].table != own.name or is_nullable(sides[0], schema):
            return False
        pairs.setdefault(sides[0].table, set()).add((sides[0].name, sides[1].name))
    if len(pairs) != 1:
        return False
    child, wanted = pairs.popitem()
    table = here[child].table if child in here else None
    return table is not None and any(
        key.table.lower() == own.table.name.lower()
        and wanted
        <= {(a.lower(), b.lower()) for a, b in zip(key.columns, key.references, strict=True)}
        for key in table.foreign_keys
    )
