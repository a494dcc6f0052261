"""Two queries made ready to be compared: bound, their clocks standing still, their freedom named.

What an engine may answer in several ways is settled in both queries alike where that changes
nothing that they determine: the order inside an aggregated text, a position of GROUP BY that no
column has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types

from sqlwright import sql
from sqlwright.schema import Schema


@dataclass(frozen=True, slots=True)
class Pair:
    """Two bound and typed queries of one dialect, and what a reader should know of them."""

    original: exp.Query
    proposal: exp.Query
    dialect: str
    notes: tuple[str, ...] = ()

    def both(self) -> tuple[exp.Query, exp.Query]:
        """The original, then the proposal."""
        return self.original, self.proposal


def prepare_pair(
    original: exp.Query, proposal: exp.Query, schema: Schema, dialect: str
) -> tuple[Pair, Pair]:
    """The pair as it was bound, and the pair to run.

    Raises:
        BindError: if either query names what the schema does not have.
    """
    notes: list[str] = []
    plain = [
        sql.bind(without_constant_groups(query, notes), schema, dialect)
        for query in (original, proposal)
    ]
    notes += _shapes(*plain)
    notes = list(dict.fromkeys(notes))
    ready = [_settled(query, schema, dialect) for query in plain]
    return (
        Pair(plain[0], plain[1], dialect, tuple(notes)),
        Pair(ready[0], ready[1], dialect, tuple(notes)),
    )


def without_constant_groups(query: exp.Query, notes: list[str]) -> exp.Query:
    """GROUP BY 4 where no fourth column is: engines that take it group by the number itself.

    Each gets a note.
    """
    copy = query.copy()
    for group in copy.find_all(exp.Group):
        select = group.parent
        if not isinstance(select, exp.Select) or select.is_star:
            continue
        for key in list(group.expressions):
            if isinstance(key, exp.Literal) and not key.is_string and key.name.isdigit():
                if not 1 <= int(key.name) <= len(select.selects):
                    key.replace(exp.cast(key.copy(), "INT"))
                    notes.append(
                        f"GROUP BY {key.name} names no column of the select list: it is read as a"
                        " constant, where most engines refuse it"
                    )
    return copy


def _shapes(original: exp.Query, proposal: exp.Query) -> list[str]:
    """Notes on names of columns that differ."""
    left, right = original.named_selects, proposal.named_selects
    if len(left) != len(right):
        return []
    changed = [
        f"{i} is {b or 'nameless'}, not {a or 'nameless'}"
        for i, (a, b) in enumerate(zip(left, right, strict=True), start=1)
        if a != b and not (_is_made_up(a) and _is_made_up(b))
    ]
    if not changed:
        return []
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    return ["the columns have other names: column " + ", ".join(changed[:3]) + more]


def _is_made_up(name: str) -> bool:
    return not name or name.startswith("_col_")


def renames(notes: tuple[str, ...]) -> bool:
    """Does a note say that the rewrite names its columns otherwise?"""
    return any(note.startswith("the columns have other names") for note in notes)


def _read_texts_as_numbers(query: exp.Query) -> None:
    """MySQL compares a number with a text by the number that the text begins with, or 0.

    Source: MySQL 8.4 Reference Manual, 14.3 Type Conversion in Expression Evaluation.
    """
    for node in list(query.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In)):
        sides = list(node.iter_expressions())
        columns = [side for side in sides if isinstance(side, exp.Column)]
        if not any(
            side.type and side.type.is_type(*exp.DataType.NUMERIC_TYPES) for side in columns
        ):
            continue
        for side in sides:
            if isinstance(side, exp.Literal) and side.is_string:
                found = re.match(r"\s*([+-]?)(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)", side.name, re.ASCII)
                number = exp.Literal.number(found[2] if found else "0")
                side.replace(exp.Neg(this=number) if found and found[1] == "-" else number)


def _settled(query: exp.Query, schema: Schema, dialect: str) -> exp.Query:
    bound = query.copy()
    _stop_clock(bound, dialect)
    for call in list(bound.find_all(exp.Anonymous)):
        if call.name.lower() == "positive" and len(call.expressions) == 1:  # Spark's unary plus
            call.replace(exp.Paren(this=call.expressions[0].copy()))
    _split_intervals(bound)
    _count_pairs(bound)
    _order_joined_texts(bound)
    try:
        annotate_types(bound, schema=sql.mapping(schema), dialect=dialect)
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError):
        return bound  # types only help to translate
    if dialect == "mysql":
        _read_texts_as_numbers(bound)
    for division in list(bound.find_all(exp.Div)):
        sides = (division.left.type, division.right.type)
        if division.args.get("typed") and all(t and t.is_type(*_INTEGERS) for t in sides):
            division.replace(exp.IntDiv(this=division.left, expression=division.right))
    return bound


_INTEGERS = (*exp.DataType.SIGNED_INTEGER_TYPES, *exp.DataType.UNSIGNED_INTEGER_TYPES)


def _stop_clock(bound: exp.Query, dialect: str) -> None:
    for node in list(bound.find_all(exp.CurrentTimestamp, exp.CurrentDatetime, exp.CurrentDate)):
        kind = "DATE" if isinstance(node, exp.CurrentDate) else "TIMESTAMP"
        moment = "2026-01-15" if kind == "DATE" else "2026-01-15 12:00:00"
        literal = exp.Literal.string(moment)
        # SQLite keeps moments as text
        node.replace(literal if dialect == "sqlite" else exp.cast(literal, kind))


def _split_intervals(bound: exp.Query) -> None:
    """INTERVAL '30 days' as INTERVAL '30' DAY: every engine knows it, and constants fold."""
    for node in list(bound.find_all(exp.Interval)):
        unit = node.args.get("unit")
        words = node.this.name.split() if isinstance(node.this, exp.Literal) else []
        if unit is None and len(words) == 2:
            node.set("this", exp.Literal.string(words[0]))
            node.set("unit", exp.Var(this=words[1].upper().rstrip("S")))
        elif isinstance(unit, exp.Var):
            node.set("unit", exp.Var(this=unit.name.upper().rstrip("S")))


def _count_pairs(bound: exp.Query) -> None:
    """MySQL's COUNT([DISTINCT] a, b) counts rows in which neither is NULL."""
    for count in list(bound.find_all(exp.Count)):
        distinct = isinstance(count.this, exp.Distinct)
        columns = count.this.expressions if distinct else [count.this, *count.expressions]
        if len(columns) < 2:
            continue
        known = exp.and_(*(column.copy().is_(exp.null()).not_() for column in columns))
        if distinct:
            # one text of all values: lengths go first, or else 'a', 'bc' would be 'ab', 'c'
            parts: list[exp.Expr] = []
            for column in columns:
                text = exp.cast(column.copy(), "TEXT")
                parts += [exp.cast(exp.Length(this=text), "TEXT"), exp.Literal.string(":"), text]
            value: exp.Expr = parts[0].copy()
            for part in parts[1:]:
                value = exp.DPipe(this=value, expression=part.copy(), safe=True)
            case = exp.Case(ifs=[exp.If(this=known, true=value)])
            count.replace(exp.Count(this=exp.Distinct(expressions=[case])))
        else:
            case = exp.Case(ifs=[exp.If(this=known, true=exp.Literal.number(1))])
            count.replace(exp.Count(this=case))


def _order_joined_texts(bound: exp.Query) -> None:
    """string_agg(x) without an order joins in any: by x itself, in both queries alike."""
    for node in list(bound.find_all(exp.GroupConcat, exp.ArrayAgg)):
        if node.find(exp.Order) or isinstance(node.parent, exp.WithinGroup):
            continue
        inner = node.this
        if isinstance(inner, exp.Distinct):
            if len(inner.expressions) == 1:
                key = inner.expressions[0]
                node.set("this", exp.Order(this=inner.copy(), expressions=[_ordered(key)]))
        elif inner is not None:
            node.set("this", exp.Order(this=inner.copy(), expressions=[_ordered(inner)]))


def _ordered(key: exp.Expr) -> exp.Ordered:
    return exp.Ordered(this=key.copy(), nulls_first=False)
