"""Oracle's outer joins, `a.x = b.y (+)`, as LEFT JOIN.

The marked table gives NULLs where nothing matches; every condition that marks it belongs to ON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze.scope import owner
from sqlwright.repair.changes import Option, option
from sqlwright.repair.pieces import Piece
from sqlwright.schema import Schema

_TOLD = ("(+) is Oracle's outer join: LEFT JOIN is written here",
         "(+): так внешнее соединение пишут в Oracle; здесь LEFT JOIN")  # fmt: skip


def has_marks(pieces: Sequence[Piece]) -> bool:
    """Whether the text holds (+)."""
    return any(
        pieces[n].is_mark("(") and pieces[n + 1].is_mark("+") and pieces[n + 2].is_mark(")")
        for n in range(len(pieces) - 2)
    )


def mark_joins(text: str, schema: Schema | None, dialect: str) -> Iterator[Option]:
    """The text with LEFT JOINs in the place of its marks, where each marks one table."""
    found = sql.parsed(text, "oracle")
    if isinstance(found, sql.Stop) or len(found) != 1 or not isinstance(found[0], exp.Query):
        return
    query = found[0]
    marked = [c for c in query.find_all(exp.Column) if c.args.get("join_mark")]
    for select in {id(s): s for c in marked if (s := c.find_ancestor(exp.Select))}.values():
        if not _rewritten(select, schema or Schema(())):
            return
    if any(c.args.get("join_mark") for c in query.find_all(exp.Column)):
        return
    new = query.sql(dialect=dialect, pretty="\n" in text.strip(), comments=False)
    yield option(text, [(0, len(text), new)], "other-dialect", 0.5, _TOLD)


def _rewritten(select: exp.Select, schema: Schema) -> bool:
    """Put LEFT JOINs into the select; False where a mark does not tell its table."""
    where, joins = select.args.get("where"), select.args.get("joins") or []
    if where is None or any(j.args.get("on") or j.args.get("using") or j.side for j in joins):
        return False
    nodes = [select.args["from_"].this, *(join.this for join in joins)]
    items = {node.alias_or_name.lower(): node for node in nodes}
    parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
    on: dict[str, list[exp.Expr]] = {}
    plain: list[exp.Expr] = []
    for part in parts:
        columns = list(part.find_all(exp.Column))
        names = {_table(c, schema) for c in columns if c.args.get("join_mark")}
        if len(names) > 1 or not names <= items.keys():
            return False
        for column in columns:
            column.set("join_mark", None)
        (on.setdefault(names.pop(), []) if names else plain).append(part)
    first, *others = [name for name in items if name not in on] or [""]
    if not first:
        return False  # each outer to another
    made = [*_inner(items, first, others, plain, schema)]
    placed, waiting = {first, *others}, list(on)
    while waiting:
        ready = [n for n in waiting if _names(on[n], schema) - {n} <= placed]
        if not ready:
            return False
        made.append(exp.Join(this=items[ready[0]], side="LEFT", on=exp.and_(*on[ready[0]])))
        placed.add(ready[0])
        waiting.remove(ready[0])
    select.set("from_", exp.From(this=items[first]))
    select.set("joins", made)
    select.set("where", exp.Where(this=exp.and_(*plain)) if plain else None)
    return True


def _inner(
    items: dict[str, exp.Expr],
    first: str,
    others: Sequence[str],
    plain: list[exp.Expr],
    schema: Schema,
) -> Iterator[exp.Join]:
    """The tables without a mark, each with the conditions that tie it to those before it."""
    placed = {first}
    for name in others:
        placed.add(name)
        tied = [
            part
            for part in plain
            if isinstance(part, exp.EQ)
            and len(names := _names([part], schema)) > 1
            and name in names
            and names <= placed
        ]
        for part in tied:
            plain.remove(part)
        if tied:
            yield exp.Join(this=items[name], on=exp.and_(*tied))
        else:
            yield exp.Join(this=items[name], kind="CROSS")


def _names(parts: Sequence[exp.Expr], schema: Schema) -> set[str]:
    return {_table(column, schema) for part in parts for column in part.find_all(exp.Column)}


def _table(column: exp.Column, schema: Schema) -> str:
    """The item of FROM that the column is of, by its name there; "" if that is not clear."""
    if column.table:
        return column.table.lower()
    held = owner(column, schema)
    return held[1].name if held is not None else ""
