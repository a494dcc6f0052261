"""Kinds of mutation that change conditions and constants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from sqlglot import exp

from mutants.edits import (
    change,
    columns_in,
    in_predicate,
    is_link,
    kind,
    parts,
    require,
    selects,
    shown,
    without,
)
from mutants.facts import may_be_null
from sqlwright.analyze.scope import is_constant, is_nullable_column
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema, kind_of

Found = Iterator[tuple[str, exp.Query]]


def predicate_dropped(query: exp.Query, schema: Schema) -> Found:
    """A conjunct of WHERE that joins nothing is lost."""
    for select in selects(query):
        for part in parts(select, "where"):
            if not is_link(part):
                yield shown(part), without(query, part)


def predicate_added(query: exp.Query, schema: Schema) -> Found:
    """A column that may be NULL is asked not to be; a number is asked to be above 0."""
    for select in selects(query):
        read = {column.sql() for column in select.find_all(exp.Column)}
        for source, column in columns_in(select, schema):
            assert source.table is not None
            real = source.table.column(column.name)
            if real is None or column.sql() not in read:
                continue
            added: exp.Expr
            if is_nullable_column(source.table, real):
                added = exp.Not(this=exp.Is(this=column, expression=exp.null()))
            elif kind_of(real.type) in ("int", "num"):
                added = exp.GT(this=column, expression=exp.Literal.number(0))
            else:
                continue
            copy, (twin,) = copy_with(query, select)
            assert isinstance(twin, exp.Select)
            require(twin, added)
            yield shown(added), copy


_BOUNDS: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT
}  # fmt: skip
_OTHERS: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.EQ: exp.GTE, exp.NEQ: exp.EQ,
    exp.LT: exp.GT, exp.LTE: exp.GTE, exp.GT: exp.LT, exp.GTE: exp.LTE,
}  # fmt: skip


def _operators(
    query: exp.Query, turned: dict[type[exp.Expr], type[exp.Expr]], links: bool
) -> Found:
    for node in query.find_all(*turned):
        if links or not is_link(node):
            new = turned[type(node)](this=node.this.copy(), expression=node.expression.copy())
            yield shown(node), change(query, node, lambda _, new=new: new)


def bound_moved(query: exp.Query, schema: Schema) -> Found:
    """< becomes <=, >= becomes >, and so on."""
    yield from _operators(query, _BOUNDS, links=True)


def operator_changed(query: exp.Query, schema: Schema) -> Found:
    """A comparison is turned round, = becomes >=, <> becomes =."""
    yield from _operators(query, _OTHERS, links=False)


def equality_lets_null_meet(query: exp.Query, schema: Schema) -> Found:
    """a = b becomes a = b OR both are NULL."""
    for node in query.find_all(exp.EQ):
        if not is_link(node) or not in_predicate(node):
            continue
        both = exp.and_(
            *(exp.Is(this=side.copy(), expression=exp.null()) for side in (node.left, node.right))
        )
        new = exp.Paren(this=exp.Or(this=node.copy(), expression=both))
        yield shown(node), change(query, node, lambda _, new=new: new)


def _literals(query: exp.Query) -> Iterator[exp.Literal]:
    for node in query.find_all(exp.Literal):
        if in_predicate(node) and not isinstance(node.parent, exp.Like | exp.ILike | exp.Escape):
            yield node


_DATE = re.compile(r"^\d{4}-\d\d-\d\d")


def number_shifted(query: exp.Query, schema: Schema) -> Found:
    """A number in a condition is one more, or one less."""
    for node in _literals(query):
        if not node.is_string:
            for step in (1, -1):
                new = _stepped(node, step)
                parent = node.parent or node
                yield (
                    f"{node.name} by {step:+} in {shown(parent)}",
                    change(query, node, lambda _, new=new: new),
                )


def _stepped(node: exp.Literal, step: int) -> exp.Expr:
    text = node.name
    if re.fullmatch(r"\d+", text):
        number = int(text) + step
        new = exp.Literal.number(abs(number))
        return exp.Neg(this=new) if number < 0 else new
    if re.fullmatch(r"\d*\.\d+", text):  # the last digit shown
        digits = len(text.split(".")[1])
        return exp.Literal.number(f"{abs(float(text) + step * 10**-digits):.{digits}f}")
    return exp.Literal.number(f"({text}) + 1")


def date_shifted(query: exp.Query, schema: Schema) -> Found:
    """A date in a condition is a day later, or a day sooner."""
    for node in _literals(query):
        if node.is_string and _DATE.match(node.name):
            try:
                day = date.fromisoformat(node.name[:10])
            except ValueError:
                continue
            for step in (1, -1):
                text = (day + timedelta(days=step)).isoformat() + node.name[10:]
                new = exp.Literal.string(text)
                yield f"{node.name} by {step:+}", change(query, node, lambda _, new=new: new)


def text_changed(query: exp.Query, schema: Schema) -> Found:
    """One letter of a text in a condition is another."""
    for node in _literals(query):
        text = node.name
        if not node.is_string or not _is_of_text(node.parent, schema):
            continue
        if text and text[-1].isalnum() and not _DATE.match(text):
            last = {"z": "a", "Z": "A", "9": "0"}.get(text[-1], chr(ord(text[-1]) + 1))
            new = exp.Literal.string(text[:-1] + last)
            yield (
                f"{text!r} in {shown(node.parent or node)}",
                change(query, node, lambda _, new=new: new),
            )


def _is_of_text(condition: exp.Expr | None, schema: Schema) -> bool:
    """May the condition compare texts? Other types refuse most of them."""
    columns = condition.find_all(exp.Column) if condition is not None else ()
    return all(kind(column, schema) in ("text", None) for column in columns)


def wildcard_lost(query: exp.Query, schema: Schema) -> Found:
    """LIKE loses a % at an end, or gets one there."""
    for node in query.find_all(exp.Like, exp.ILike):
        pattern = node.expression
        if not isinstance(pattern, exp.Literal) or not pattern.is_string:
            continue
        text = pattern.name
        options = [text[1:] if text.startswith("%") else f"%{text}"]
        options.append(text[:-1] if text.endswith("%") else f"{text}%")
        for option in options:
            new = exp.Literal.string(option)
            yield f"{text!r} to {option!r}", change(query, pattern, lambda _, new=new: new)


def between_end_lost(query: exp.Query, schema: Schema) -> Found:
    """BETWEEN excludes one of its ends."""
    for node in query.find_all(exp.Between):
        low, high, this = node.args["low"], node.args["high"], node.this
        for first, second in ((exp.GTE, exp.LT), (exp.GT, exp.LTE)):
            new = exp.Paren(
                this=exp.And(
                    this=first(this=this.copy(), expression=low.copy()),
                    expression=second(this=this.copy(), expression=high.copy()),
                )
            )
            yield (
                f"{'high' if second is exp.LT else 'low'} end of {shown(node)}",
                change(query, node, lambda _, new=new: new),
            )


def and_to_or(query: exp.Query, schema: Schema) -> Found:
    """An AND becomes OR."""
    for node in query.find_all(exp.And):
        if node.left == node.right or any(map(is_link, (node.left, node.right))):
            continue
        if in_predicate(node):
            new = exp.Paren(this=exp.Or(this=node.left.copy(), expression=node.right.copy()))
            yield shown(node), change(query, node, lambda _, new=new: new)


def or_to_and(query: exp.Query, schema: Schema) -> Found:
    """An OR becomes AND."""
    for node in query.find_all(exp.Or):
        new = exp.Paren(
            this=exp.And(
                this=exp.Paren(this=node.left.copy()), expression=exp.Paren(this=node.right.copy())
            )
        )
        yield shown(node), change(query, node, lambda _, new=new: new)


def or_branch_dropped(query: exp.Query, schema: Schema) -> Found:
    """An OR loses its last alternative, or its first."""
    for node in query.find_all(exp.Or):
        for side in (node.left, node.right):
            kept = exp.Paren(this=side.copy()) if isinstance(side, exp.And) else side.copy()
            yield (
                f"only {shown(side)}",
                change(query, node, lambda _, kept=kept: kept),
            )


def not_dropped(query: exp.Query, schema: Schema) -> Found:
    """A NOT is lost."""
    for node in query.find_all(exp.Not):
        new = node.this.copy()
        yield shown(node), change(query, node, lambda _, new=new: new)


def not_added(query: exp.Query, schema: Schema) -> Found:
    """IN, EXISTS, LIKE or BETWEEN is negated."""
    for node in query.find_all(exp.In, exp.Exists, exp.Like, exp.Between):
        if not isinstance(node.parent, exp.Not):
            new = exp.Not(this=node.copy())
            yield shown(node), change(query, node, lambda _, new=new: new)


def in_element_dropped(query: exp.Query, schema: Schema) -> Found:
    """A list after IN loses its first value, or its last."""
    for node in query.find_all(exp.In):
        if len(node.expressions) > 1:
            every = [e.sql() for e in node.expressions]
            for at in (0, len(node.expressions) - 1):
                if every.count(every[at]) > 1:
                    continue

                def edit(twin: exp.Expr, at: int = at) -> None:
                    kept = [e for n, e in enumerate(twin.expressions) if n != at]
                    twin.set("expressions", kept)

                yield f"{node.expressions[at].sql()} of {shown(node)}", change(query, node, edit)


def null_test_turned(query: exp.Query, schema: Schema) -> Found:
    """IS NULL becomes IS NOT NULL, or a comparison with an empty text."""
    for node in query.find_all(exp.Is):
        if not isinstance(node.expression, exp.Null):
            continue
        if isinstance(node.parent, exp.Not):
            new: exp.Expr = node.copy()
            yield f"NOT {shown(node)}", change(query, node.parent, lambda _, new=new: new)
        else:
            new = exp.Not(this=node.copy())
            yield shown(node), change(query, node, lambda _, new=new: new)
        if isinstance(node.this, exp.Column) and kind(node.this, schema) == "text":
            empty = exp.EQ(this=node.this.copy(), expression=exp.Literal.string(""))
            yield f"{shown(node)} to = ''", change(query, node, lambda _, new=empty: new)


def coalesce_dropped(query: exp.Query, schema: Schema) -> Found:
    """COALESCE is lost: NULL stays NULL."""
    for node in query.find_all(exp.Coalesce):
        new = node.this.copy()
        yield shown(node), change(query, node, lambda _, new=new: new)


def coalesce_added(query: exp.Query, schema: Schema) -> Found:
    """A comparison with a constant takes NULL for 0, or for an empty text."""
    for node in query.find_all(exp.NEQ, exp.LT, exp.LTE):
        if not isinstance(node.left, exp.Column) or not is_constant(node.right):
            continue
        if may_be_null(node.left, schema) and isinstance(node.right, exp.Literal):
            zero = exp.Literal.string("") if node.right.is_string else exp.Literal.number(0)
            if zero == node.right or kind(node.left, schema) not in ("text", "int", "num", "real"):
                continue  # what stands for NULL would not pass either
            new = exp.Coalesce(this=node.left.copy(), expressions=[zero])
            yield shown(node), change(query, node.left, lambda _, new=new: new)


_ARITHMETIC: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Add, exp.Div: exp.Mul
}  # fmt: skip


def arithmetic_changed(query: exp.Query, schema: Schema) -> Found:
    """+ becomes -, * becomes +, / becomes *."""
    for node in query.find_all(*_ARITHMETIC):
        if not node.find(exp.Interval):
            new = exp.Paren(
                this=_ARITHMETIC[type(node)](
                    this=node.this.copy(), expression=node.expression.copy()
                )
            )
            yield shown(node), change(query, node, lambda _, new=new: new)


def factor_changed(query: exp.Query, schema: Schema) -> Found:
    """A number in arithmetic is another."""
    for node in query.find_all(exp.Literal):
        if not node.is_string and isinstance(node.parent, exp.Add | exp.Sub | exp.Mul | exp.Div):
            if not in_predicate(node):
                new = _stepped(node, 1)
                yield (
                    f"{node.name} in {shown(node.parent)}",
                    change(query, node, lambda _, new=new: new),
                )


def interval_changed(query: exp.Query, schema: Schema) -> Found:
    """A span of time is one unit longer."""
    for node in query.find_all(exp.Interval):
        if isinstance(node.this, exp.Literal) and node.this.name.isdigit():
            new = exp.Literal.string(str(int(node.this.name) + 1))
            yield (
                f"{node.sql()} in {shown(node.parent or node)}",
                change(query, node.this, lambda _, new=new: new),
            )


def case_turned(query: exp.Query, schema: Schema) -> Found:
    """The first branch of a CASE comes last, or its result changes places with ELSE."""
    for node in query.find_all(exp.Case):
        branches = node.args["ifs"]
        if len(branches) > 1:
            turned = node.copy()
            turned.set("ifs", [b.copy() for b in (*branches[1:], branches[0])])
            yield f"first last in {shown(node)}", change(query, node, lambda _, new=turned: new)
        default = node.args.get("default")
        if default is not None:
            swapped = node.copy()
            swapped.set("default", branches[0].args["true"].copy())
            swapped.args["ifs"][0].set("true", default.copy())
            yield f"ELSE first in {shown(node)}", change(query, node, lambda _, new=swapped: new)
