"""Joins that a query lacks: a table that its columns need, a condition that JOIN needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright.repair.changes import Option, option
from sqlwright.repair.names import Unknown, around
from sqlwright.repair.pieces import Piece
from sqlwright.repair.vocabulary import CLAUSES, KEYWORD_SET, SET_WORDS
from sqlwright.schema import Schema, Table


def joined_options(text: str, unknown: Sequence[Unknown], schema: Schema) -> Iterator[Option]:
    """A table that has the column and that one foreign key leads to, joined to what is there."""
    first = unknown[0]
    select = next(iter(around(first.node)), None)
    if first.trouble == "table" or first.trouble == "ambiguous" or select is None:
        return
    names = {i.name.lower() for i in unknown if i.qualifier.lower() == first.qualifier.lower()}
    wanted = first.qualifier.lower()
    present = {s.table.name.lower(): s for s in first.visible if s.table is not None}
    ways = []
    for table in schema.tables:
        if wanted and wanted != table.name.lower() and first.trouble != "qualifier":
            continue
        if table.name.lower() in present or not all(map(table.column, names)):
            continue
        for own, key in ((t, k) for t in schema.tables for k in t.foreign_keys):
            if own is table and key.table.lower() in present:
                source = present[key.table.lower()].node.alias_or_name
                ways.append(
                    (
                        table.name,
                        [
                            (c, f"{source}.{r}")
                            for c, r in zip(key.columns, key.references, strict=True)
                        ],
                    )
                )
            elif key.table.lower() == table.name.lower() and own.name.lower() in present:
                source = present[own.name.lower()].node.alias_or_name
                ways.append(
                    (
                        table.name,
                        [
                            (r, f"{source}.{c}")
                            for c, r in zip(key.columns, key.references, strict=True)
                        ],
                    )
                )
    place = _end_of_from(select)
    if len(ways) != 1 or place is None:
        return
    table_name, keys = ways[0]
    alias = first.qualifier if wanted and wanted != table_name.lower() else ""
    own_name = alias or table_name
    on = " AND ".join(f"{own_name}.{column} = {other}" for column, other in keys)
    new = f" JOIN {table_name}{' ' + alias if alias else ''} ON {on}"
    told = (f"{first.name} is a column of {table_name}, which one foreign key joins",
            f"{first.name}: столбец {table_name}, к которой ведёт один внешний ключ")  # fmt: skip
    yield option(text, [(place, place, new)], "missing-join", 1.9, told)


def _end_of_from(select: exp.Select) -> int | None:
    """Where the last item of FROM ends in the text."""
    joins = select.args.get("joins") or []
    last = joins[-1] if joins else select.args.get("from_")
    if last is None:
        return None
    ends = [int(node.meta["end"]) + 1 for node in last.walk() if "end" in node.meta]
    return max(ends, default=None)


def condition_options(
    text: str, pieces: Sequence[Piece], schema: Schema | None
) -> Iterator[Option]:
    """ON for a JOIN that has none: from WHERE, from the one foreign key, or CROSS JOIN."""
    for number, piece in enumerate(pieces):
        if not piece.is_word("JOIN") or number + 1 >= len(pieces):
            continue
        last = number + 1
        while last + 1 < len(pieces) and not (
            pieces[last + 1].is_mark(",", ")", "(", ";")
            or (pieces[last + 1].kind == "word" and pieces[last + 1].upper in _AFTER_TABLE)
        ):
            last += 1
        after = pieces[last + 1] if last + 1 < len(pieces) else None
        if after is not None and after.is_word("ON", "USING"):
            continue
        if after is not None and after.is_word("WHERE"):
            told = ("JOIN lacks its ON: the condition stands in WHERE",
                    "у JOIN нет ON: условие стоит в WHERE")  # fmt: skip
            new = "on" if after.text.islower() else "ON"
            yield option(text, [(after.start, after.end, new)], "missing-on", 0.7, told)
        place = pieces[last].end
        for on in _keys_between(pieces[number - 12 if number > 12 else 0 : last + 1], schema):
            told = ("JOIN lacks its ON: one foreign key joins the tables",
                    "у JOIN нет ON: таблицы связывает один внешний ключ")  # fmt: skip
            yield option(text, [(place, place, f" ON {on}")], "missing-on", 0.8, told)
        told = ("JOIN without ON is CROSS JOIN", "JOIN без ON: это CROSS JOIN")
        yield option(text, [(piece.start, piece.start, "CROSS ")], "missing-on", 1.4, told,
                     is_choice=True)  # fmt: skip


_AFTER_TABLE = (
    *CLAUSES, *SET_WORDS, "ON", "USING", "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS",
    "NATURAL",
)  # fmt: skip


def _keys_between(pieces: Sequence[Piece], schema: Schema | None) -> Iterator[str]:
    """The one foreign key between the last table of the pieces and those before it, as SQL."""
    named: list[tuple[str, Table]] = []
    for number, piece in enumerate(pieces):
        before = pieces[number - 1] if number else None
        table = schema.table(piece.text) if schema is not None else None
        if table is None or before is None or not before.is_word("FROM", "JOIN"):
            continue
        follows = pieces[number + 1 : number + 3]
        alias = next((p.text for p in follows if p.kind == "word" and not p.is_word("AS")), "")
        named.append((alias if alias and alias.upper() not in KEYWORD_SET else piece.text, table))
    if len(named) < 2:
        return
    name, last = named[-1]
    found = []
    for other, table in named[:-1]:
        for mine, one, yours, two in ((name, last, other, table), (other, table, name, last)):
            for key in one.foreign_keys:
                if key.table.lower() == two.name.lower():
                    pairs = zip(key.columns, key.references, strict=True)
                    found.append(" AND ".join(f"{mine}.{c} = {yours}.{r}" for c, r in pairs))
    if len(set(found)) == 1:
        yield found[0]
