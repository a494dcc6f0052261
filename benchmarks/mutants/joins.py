"""Kinds of mutation that change joins."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from mutants.edits import (
    change,
    demand,
    drop,
    is_link,
    kind,
    names_of,
    parts,
    require,
    selects,
    shown,
    without,
)
from sqlwright.analyze.scope import conjuncts, has_aggregate, schema_column, sources
from sqlwright.analyze.tree import copy_with, fresh, names_in
from sqlwright.schema import Schema, kind_of

Found = Iterator[tuple[str, exp.Query]]


def _joins(query: exp.Query) -> Iterator[tuple[exp.Select, exp.Join, str]]:
    for select in selects(query):
        for join in select.args.get("joins") or ():
            side = join.side or "INNER"
            if not join.args.get("using") and join.kind not in ("SEMI", "ANTI"):
                yield select, join, side


def _with_side(query: exp.Query, join: exp.Join, side: str | None) -> exp.Query:
    def edit(twin: exp.Expr) -> None:
        twin.set("side", side)
        twin.set("kind", None)
        twin.set("method", None)
        if not twin.args.get("on"):
            twin.set("on", exp.true())

    return change(query, join, edit)


def inner_to_left(query: exp.Query, schema: Schema) -> Found:
    """An inner join keeps rows without a partner; for a comma, WHERE's equalities become its ON."""
    for select, join, side in _joins(query):
        if side != "INNER":
            continue
        if join.args.get("on"):
            yield shown(join), _with_side(query, join, "LEFT")
            continue
        held = [s.name for s in sources(select, schema)]
        name = join.alias_or_name
        before = {*held[: held.index(name)], name} if name in held else {name}
        links = [
            p
            for p in parts(select, "where")
            if is_link(p) and name in names_of(p) and names_of(p) <= before
        ]
        if links:
            copy, twins = copy_with(query, join, *links)
            moved = [twin.copy() for twin in twins[1:]]
            for twin in twins[1:]:
                drop(twin)
            outer = twins[0]
            outer.set("side", "LEFT")
            outer.set("kind", None)
            outer.set("on", exp.and_(*moved))
            yield shown(join), copy


def left_to_inner(query: exp.Query, schema: Schema) -> Found:
    """An outer join loses the rows without a partner."""
    for _, join, side in _joins(query):
        if side in ("LEFT", "RIGHT", "FULL"):
            yield shown(join), _with_side(query, join, None)


def left_to_full(query: exp.Query, schema: Schema) -> Found:
    """An outer join keeps the rows of both sides, or of the other one."""
    for _, join, side in _joins(query):
        if side == "LEFT":
            yield f"FULL {shown(join)}", _with_side(query, join, "FULL")
            yield f"RIGHT {shown(join)}", _with_side(query, join, "RIGHT")
        elif side in ("RIGHT", "FULL"):
            yield f"LEFT {shown(join)}", _with_side(query, join, "LEFT")


def link_dropped(query: exp.Query, schema: Schema) -> Found:
    """An equality that joins two sources is lost."""
    for select in selects(query):
        for part in parts(select, "where", "on"):
            if is_link(part):
                yield shown(part), without(query, part)


def joined_on_another_column(query: exp.Query, schema: Schema) -> Found:
    """One side of a join is another column of the same table and type."""
    for select in selects(query):
        for part in parts(select, "where", "on"):
            if is_link(part):
                for column in (part.left, part.right):
                    if (other := _neighbor(column, schema)) is not None:
                        yield (
                            f"{column.sql()} as {other.name} in {shown(part)}",
                            change(query, column, lambda _, new=other: new),
                        )


def _neighbor(column: exp.Column, schema: Schema) -> exp.Column | None:
    """The next column of the table that holds the same kind of value."""
    held = schema_column(column, schema)
    if held is None or kind(column, schema) is None:
        return None
    table, real = held
    names = [c.name.lower() for c in table.columns if kind_of(c.type) == kind_of(real.type)]
    at = names.index(real.name.lower())
    if len(names) < 2 or column.name != real.name.lower():
        return None
    return exp.column(names[(at + 1) % len(names)], table=column.table)


def condition_leaves_on(query: exp.Query, schema: Schema) -> Found:
    """A condition of an outer join's ON moves to WHERE."""
    for select, join, side in _joins(query):
        found = conjuncts(join.args.get("on"))
        if side == "INNER" or len(found) < 2:
            continue
        for part in found:
            copy, (twin, home) = copy_with(query, part, select)
            moved = twin.copy()
            drop(twin)
            assert isinstance(home, exp.Select)
            require(home, moved)
            yield shown(part), copy


def condition_enters_on(query: exp.Query, schema: Schema) -> Found:
    """A condition of WHERE on the outer side moves to the join's ON."""
    for select, join, side in _joins(query):
        if side != "LEFT":
            continue
        at = [id(j) for j in select.args["joins"]].index(id(join))
        for part in parts(select, "where"):
            later = {j.alias_or_name for j in select.args["joins"][at + 1 :]}
            if join.alias_or_name in names_of(part) and not later & names_of(part):
                if part.find(exp.Query):
                    continue
                copy, (twin, outer) = copy_with(query, part, join)
                moved = twin.copy()
                drop(twin)
                assert isinstance(outer, exp.Join)
                demand(outer, moved)
                yield shown(part), copy


def join_multiplies(query: exp.Query, schema: Schema) -> Found:
    """A table that refers to one of the query's is joined besides."""
    for select in selects(query):
        if isinstance(select.parent, exp.Exists):
            continue
        for source in sources(select, schema):
            if source.table is None or source.optional:
                continue
            for child in schema.tables:
                keys = [
                    k for k in child.foreign_keys if k.table.lower() == source.table.name.lower()
                ]
                if not keys:
                    continue
                copy, (twin,) = copy_with(query, select)
                alias = fresh(f"{child.name.lower()[:12]}_x", names_in(query))
                on = exp.and_(
                    *(
                        exp.EQ(
                            this=exp.column(own.lower(), table=alias),
                            expression=exp.column(target.lower(), table=source.name),
                        )
                        for own, target in zip(keys[0].columns, keys[0].references, strict=True)
                    )
                )
                table = exp.alias_(exp.to_table(child.name.lower()), alias, table=True)
                twin.append("joins", exp.Join(this=table, kind="INNER", on=on))
                yield f"{child.name.lower()} to {source.name}", copy
                break


def join_removed(query: exp.Query, schema: Schema) -> Found:
    """A joined table goes whose columns only join."""
    for select, join, side in _joins(query):
        name = join.alias_or_name
        if side in ("RIGHT", "FULL"):
            continue
        links = [p for p in parts(select, "where", "on") if is_link(p) and name in names_of(p)]
        inside = {id(column) for part in links for column in part.find_all(exp.Column)}
        every = [c for c in select.find_all(exp.Column) if c.table == name]
        if not links or any(id(column) not in inside for column in every):
            continue
        if side == "INNER" and len(links) > 1 and has_aggregate(select):
            continue
        own = {id(part) for part in conjuncts(join.args.get("on"))}
        copy, twins = copy_with(query, join, *(p for p in links if id(p) not in own))
        for twin in twins[1:]:
            drop(twin)
        twins[0].pop()
        yield shown(join), copy
