"""Steps about joins and NULL that never change what a query answers; see `normal`."""

from __future__ import annotations

from sqlglot import exp

from mutants.edits import drop, is_link
from mutants.facts import (
    always,
    finds_parent,
    joins_of,
    keys_of,
    may_be_null,
    refused_nulls,
    text_of,
    turns_left,
)
from sqlwright.analyze.scope import conjuncts, sources, where
from sqlwright.analyze.tree import set_where
from sqlwright.schema import Schema


def outer_join_is_inner(query: exp.Query, schema: Schema) -> None:
    """An outer join is inner where a later condition refuses its NULLs, or a foreign key finds."""
    for select in query.find_all(exp.Select):
        for join in joins_of(select):
            if join.side:
                join.set("kind", None)  # OUTER says nothing more
        _narrow_full_joins(select, schema)
        changed = not turns_left(select)
        while changed:
            changed = False
            for at, join in enumerate(joins_of(select)):
                if join.side != "LEFT":
                    continue
                later = where(select)
                for other in joins_of(select)[at + 1 :]:
                    if not other.side:
                        later += conjuncts(other.args.get("on"))
                name = join.alias_or_name
                refused = {c.split(".")[0] for part in later for c in refused_nulls(part)}
                if name in refused or finds_parent(select, join, schema):
                    join.set("side", None)
                    join.set("kind", None)
                    changed = True


def _narrow_full_joins(select: exp.Select, schema: Schema) -> None:
    """RIGHT and FULL keep rows without a left side in vain where WHERE refuses these."""
    names = [source.name for source in sources(select, schema)]
    refused = {c.split(".")[0] for part in where(select) for c in refused_nulls(part)}
    for join in joins_of(select):
        if join.side not in ("RIGHT", "FULL") or join.alias_or_name not in names:
            continue
        left = set(names[: names.index(join.alias_or_name)])
        if left & refused or (join.side == "RIGHT" and _child_finds(select, join, schema)):
            join.set("side", "LEFT" if join.side == "FULL" else None)
            join.set("kind", None)


def _child_finds(select: exp.Select, join: exp.Join, schema: Schema) -> bool:
    """Does `parent RIGHT JOIN child` find a parent for every child?"""
    if joins_of(select) != [join] or not isinstance(join.this, exp.Table):
        return False
    turned = exp.select("1")
    parent = exp.Join(this=select.args["from_"].this.copy(), side="LEFT", on=join.args["on"].copy())
    turned.set("from_", exp.From(this=join.this.copy()))
    turned.set("joins", [parent])
    return finds_parent(turned, parent, schema)


def never_null(query: exp.Query, schema: Schema) -> None:
    """What is never NULL needs no test for it, no COALESCE, and COUNT of it counts rows."""
    for node in list(query.find_all(exp.Coalesce)):
        if not may_be_null(node.this, schema):
            node.replace(node.this.copy())
    for node in list(query.find_all(exp.Count)):
        inner = node.this
        if isinstance(inner, exp.Column | exp.Literal) and not may_be_null(inner, schema):
            node.set("this", exp.Star())
            node.set("expressions", [])
    for select in query.find_all(exp.Select):
        while (idle := _idle_test(select, schema)) is not None:
            set_where(select, [part for part in where(select) if part is not idle])


def _idle_test(select: exp.Select, schema: Schema) -> exp.Expr | None:
    """A conjunct of WHERE that asks for NOT NULL what cannot be NULL there, or None."""
    for part in where(select):
        tested = _not_null_test(part)
        if tested is not None:
            others = {c for p in always(select) if p is not part for c in refused_nulls(p)}
            if not may_be_null(tested, schema) or text_of(tested) in others:
                return part
    return None


def _not_null_test(part: exp.Expr) -> exp.Column | None:
    if isinstance(part, exp.Not):
        inner = part.this.unnest()
        if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
            return inner.this if isinstance(inner.this, exp.Column) else None
    return None


def null_cannot_meet(query: exp.Query, schema: Schema) -> None:
    """a = b OR both NULL is a = b where one is never NULL."""
    for node in list(query.find_all(exp.Or)):
        equal, both = node.left.unnest(), node.right.unnest()
        if not isinstance(equal, exp.EQ) or not isinstance(both, exp.And):
            continue
        tests = [both.left.unnest(), both.right.unnest()]
        if not all(isinstance(t, exp.Is) and isinstance(t.expression, exp.Null) for t in tests):
            continue
        if {text_of(t.this) for t in tests} != {text_of(equal.left), text_of(equal.right)}:
            continue
        # so the second part is false, which OR leaves out whatever stands around it
        if not all(may_be_null(side, schema) for side in (equal.left, equal.right)):
            place = node.parent if isinstance(node.parent, exp.Paren) else node
            place.replace(equal.copy())


def join_for_nothing(query: exp.Query, schema: Schema) -> None:
    """A table that is only joined by its key to a row that is sure to be there adds nothing."""
    for select in query.find_all(exp.Select):
        if turns_left(select):
            continue
        for join in joins_of(select):
            if join.side == "LEFT":
                _drop_idle_left_join(select, join, schema)
            elif not join.side and not join.args.get("on") and isinstance(join.this, exp.Table):
                _drop_idle_join(select, join, schema)


def _drop_idle_left_join(select: exp.Select, join: exp.Join, schema: Schema) -> None:
    """A LEFT JOIN that finds at most one partner, of which nothing is read, changes no row."""
    own = next((s for s in sources(select, schema) if s.join is join), None)
    on = join.args.get("on")
    if own is None or on is None:
        return
    inside = {id(column) for column in on.find_all(exp.Column)}
    if any(c.table == own.name and id(c) not in inside for c in select.find_all(exp.Column)):
        return
    bound = set()
    for part in conjuncts(on):
        if isinstance(part, exp.EQ):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                if isinstance(one, exp.Column) and one.table == own.name:
                    if own.name not in {c.table for c in other.find_all(exp.Column)}:
                        bound.add(one.name)
    if any(key <= bound for key in keys_of(own, select, schema)):
        join.pop()


def _drop_idle_join(select: exp.Select, join: exp.Join, schema: Schema) -> None:
    here = {source.name: source for source in sources(select, schema)}
    own = here.get(join.alias_or_name)
    if own is None or own.table is None:
        return
    links = [p for p in where(select) if is_link(p) and own.name in (p.left.table, p.right.table)]
    inside = {id(column) for link in links for column in link.find_all(exp.Column)}
    if any(c.table == own.name and id(c) not in inside for c in select.find_all(exp.Column)):
        return
    pairs = set()
    for link in links:
        mine, other = link.left, link.right
        if mine.table != own.name:
            mine, other = other, mine
        held = here.get(other.table)
        if held is None or held.optional or held.table is None or may_be_null(other, schema):
            return
        pairs.add((held.name, other.name, mine.name))
    if len({name for name, _, _ in pairs}) != 1:
        return
    child = here[next(iter(pairs))[0]]
    assert child.table is not None
    wanted = {(theirs, mine) for _, theirs, mine in pairs}
    if not any(key == {mine for _, mine in wanted} for key in keys_of(own, select, schema)):
        return
    same_row = child.table is own.table and all(a == b for a, b in wanted)
    refers = any(
        key.table.lower() == own.table.name.lower()
        and wanted
        == {(a.lower(), b.lower()) for a, b in zip(key.columns, key.references, strict=True)}
        for key in child.table.foreign_keys
    )
    if same_row or refers:
        for link in links:
            drop(link)
        join.pop()


def in_says_it_already(query: exp.Query, schema: Schema) -> None:
    """x IN (SELECT y ... WHERE y = x), as a conjunct, asks the same without its last condition."""
    for select in query.find_all(exp.Select):
        for part in where(select):
            inner = part.args.get("query") if isinstance(part, exp.In) else None
            while isinstance(inner, exp.Subquery):
                inner = inner.this
            if not isinstance(inner, exp.Select) or len(inner.selects) != 1 or turns_left(inner):
                continue
            if any(inner.args.get(name) for name in ("limit", "offset")):
                continue
            wanted = {text_of(inner.selects[0].unalias()), text_of(part.this)}
            plain = isinstance(inner.selects[0].unalias(), exp.Column)
            group = inner.args.get("group")
            if group is not None:
                plain = plain and inner.selects[0].unalias() in group.expressions
            elif any(isinstance(i.unalias(), exp.AggFunc | exp.Window) for i in inner.selects):
                plain = False
            for link in where(inner) if plain else ():
                if is_link(link) and {text_of(link.left), text_of(link.right)} == wanted:
                    drop(link)
                    break
