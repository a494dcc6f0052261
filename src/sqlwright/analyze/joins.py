"""Joins: how tables are put together, and which of them need not be."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, rows_held
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    conditions,
    conjuncts,
    has_subquery,
    owner,
    selects,
    sources,
    where,
)
from sqlwright.analyze.tree import all_of, copy_with, set_where
from sqlwright.schema import Schema


def implicit_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Tables joined by commas hide which condition joins them, and a forgotten one goes unseen.

    Bad:
        SELECT c.name, o.total FROM customers c, orders o WHERE o.customer_id = c.id
    Good:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id

    The rewrite spells out the joins of the whole query. Silent when every join is written with
    JOIN, and when no condition relates the tables: `cross-join-without-condition` speaks then.

    По-русски: запятая между таблицами прячет условие их соединения, и забытое не бросается в глаза.
    Переписывается весь запрос. Молчит, когда все соединения написаны через JOIN и когда таблицы не
    связаны условием: об этом говорит `cross-join-without-condition`.
    """
    listed = []
    for select in selects(query):
        commas = [join for join in select.args.get("joins") or [] if is_comma(join)]
        read = [names_read(part, select, schema) for part in where(select)] if commas else []
        joined = {join.this.alias_or_name.lower() for join in commas}
        if not any(names and len(names) > 1 and names & joined for names in read):
            continue
        listed.append((select, commas, read))
    if not listed:
        return
    copy, twins = copy_with(query, *(select for select, _, _ in listed))
    done = False
    for twin, (_, _, read) in reversed(list(zip(twins, listed, strict=True))):  # inner ones first
        assert isinstance(twin, exp.Select)
        done = make_joins_explicit(twin, schema, read) or done
    for _, commas, _ in listed:
        yield found(
            commas[0],
            "implicit-join",
            "style",
            f"{len(commas) + 1} tables are joined by commas: write JOIN ... ON",
            f"таблиц через запятую: {len(commas) + 1}; пишите JOIN ... ON",
            rewrite=copy if done else None,
        )


def is_comma(join: exp.Join) -> bool:
    """Whether the join is a comma of FROM (or a JOIN that says nothing more)."""
    said = ("side", "kind", "method", "on", "using")
    plain = isinstance(join.this, exp.Table | exp.Subquery)
    return plain and not any(join.args.get(word) for word in said)


def names_read(part: exp.Expr, select: exp.Select, schema: Schema) -> set[str] | None:
    """The sources of this SELECT that a condition reads; None when a name is uncertain."""
    names = set()
    for column in columns_of(part):
        held = owner(column, schema)
        if held is None:
            return None
        if held[0] is select:
            names.add(held[1].name)
    return names


def make_joins_explicit(
    select: exp.Select, schema: Schema, read: list[set[str] | None] | None = None
) -> bool:
    """Turn the commas of FROM into JOIN ... ON, in place; False when the tree is better left alone.

    Tables of a pure comma list are put in an order in which each has a condition with those before
    it, where there is one: in SQLite, CROSS JOIN forbids the planner to reorder. RIGHT and FULL
    joins bind differently beside commas and are left alone. `read` has the names that each conjunct
    of WHERE reads, where they are known already.
    """
    joins: list[exp.Join] = select.args.get("joins") or []
    if not any(is_comma(join) for join in joins):
        return True
    if any(j.side in ("RIGHT", "FULL") or isinstance(j.this, exp.Lateral) for j in joins):
        return False
    if any(join.args.get("using") or join.args.get("method") for join in joins):
        return False  # they would match the columns of the comma's table too
    parts = where(select)
    if read is None:
        read = [names_read(part, select, schema) for part in parts]
    pool = [
        (part, names if not has_subquery(part) else None)
        for part, names in zip(parts, read, strict=True)
    ]
    may_reorder = all(is_comma(join) for join in joins) and not select.is_star
    placed = {select.args["from_"].this.alias_or_name.lower()}
    rest, ordered = list(joins), []
    while rest:
        ready = [join for join in rest if _ready(join, placed, pool)] if may_reorder else []
        join = ready[0] if ready else rest[0]
        rest.remove(join)
        name = join.this.alias_or_name.lower()
        placed.add(name)
        ordered.append(join)
        if not is_comma(join):
            continue
        mine = [p for p in pool if p[1] and len(p[1]) > 1 and name in p[1] and p[1] <= placed]
        pool = [p for p in pool if not any(p is taken for taken in mine)]
        if mine:
            join.set("on", all_of([part for part, _ in mine]))
        else:
            join.set("kind", "CROSS")
    select.set("joins", ordered)
    set_where(select, [part for part, _ in pool])
    return True


def _ready(join: exp.Join, placed: set[str], pool: list[tuple[exp.Expr, set[str] | None]]) -> bool:
    name = join.this.alias_or_name.lower()
    return any(n and len(n) > 1 and name in n and n <= placed | {name} for _, n in pool)


def cross_join_without_condition(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A table that no condition relates to the others pairs each of its rows with every other row.

    Bad:
        SELECT c.name, o.total FROM customers c, orders o WHERE o.total > 100
    Good:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id
        WHERE o.total > 100

    No rewrite is offered: only the author knows the condition that was meant. Silent when CROSS
    JOIN is written out, and when the joined table is certain to hold a single row.

    По-русски: таблица, не связанная условием с другими, соединяет каждую свою строку с каждой
    чужой. Переписанного запроса нет: какое условие имелось в виду, знает только автор. Молчит,
    когда написано CROSS JOIN и когда в присоединяемой таблице заведомо одна строка.
    """
    for select in selects(query):
        here = sources(select, schema)
        if len(here) < 2:
            continue
        tied = linked(select, here, schema)
        if tied is None:
            continue
        for source in here[1:]:
            join = source.join
            if join is None or not is_comma(join) or source.name in tied or _is_one_row(source):
                continue
            yield found(
                source.node,
                "cross-join-without-condition",
                "wrong",
                f"no condition relates {source.name} to the other tables:"
                " every row is paired with every row",
                f"{source.name} не связана условием с другими таблицами:"
                " каждая строка соединяется с каждой",
                evidence=sizes(here),
            )


def linked(select: exp.Select, here: tuple[Source, ...], schema: Schema) -> set[str] | None:
    """The sources that conditions tie, directly or not, to the first; None when uncertain."""
    groups = [{source.name} for source in here]
    parts = conditions(select)
    for join in select.args.get("joins") or []:
        if join.side:
            parts += conjuncts(join.args.get("on"))
        if not is_comma(join) and not join.args.get("on"):  # CROSS, USING, NATURAL: said on purpose
            groups[0].add(join.this.alias_or_name.lower())
    for part in parts:
        names = names_read(part, select, schema)
        if names is None:
            return None
        touched = [group for group in groups if group & names]
        if len(touched) > 1:
            groups = [g for g in groups if g not in touched] + [set[str]().union(*touched)]
    return next((group for group in groups if here[0].name in group), set())


def _is_one_row(source: Source) -> bool:
    body = source.body
    if not isinstance(body, exp.Select):
        return False
    limit = body.args.get("limit")
    if isinstance(limit, exp.Limit) and limit.expression and limit.expression.sql() == "1":
        return True
    no_rows_read = body.args.get("from_") is None
    folded = not body.args.get("group") and any(p.find(exp.AggFunc) for p in body.expressions)
    return no_rows_read or folded


def sizes(here: tuple[Source, ...]) -> tuple[str, str]:
    """How many rows each table has, where that is known, in English and in Russian."""
    known = [(s.name, rows_held(s.table)) for s in here if s.table and s.table.rows]
    english, russian = (", ".join(f"{name}: {n[i]}" for name, n in known) for i in (0, 1))
    return english, russian
