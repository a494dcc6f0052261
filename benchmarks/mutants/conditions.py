"""One form for the conjuncts of a SELECT: implied ones go, equalities become classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from sqlglot import exp

from mutants.edits import kind
from mutants.facts import joins_of, may_be_null, text_of, turns_left
from sqlwright.analyze.scope import conjuncts, where
from sqlwright.analyze.tree import set_where
from sqlwright.schema import Schema

Value = Decimal | str
_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {
    exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE, exp.EQ: exp.EQ,
}  # fmt: skip


def merge_conditions(query: exp.Query, schema: Schema) -> None:
    """The conditions of WHERE and inner joins, without those that the others imply."""
    for select in query.find_all(exp.Select):
        if not turns_left(select):
            parts = where(select)
            for join in joins_of(select):
                if not join.side and join.kind not in ("SEMI", "ANTI") and not _reads(join):
                    parts += conjuncts(join.args.get("on"))
                    for name in ("on", "kind", "method"):
                        join.set(name, None)
            set_where(select, _merged([part.copy() for part in parts], select, schema))


def _reads(join: exp.Join) -> bool:
    """Is it a lateral join or one by USING, whose conditions stay?"""
    return bool(join.args.get("using")) or isinstance(join.this, exp.Lateral | exp.Unnest)


def _merged(parts: list[exp.Expr], select: exp.Select, schema: Schema) -> list[exp.Expr]:
    parts = [_plain_in(part) for part in parts]
    holder = exp.Where()
    holder.parent = select
    for part in parts:
        part.parent = holder  # so that its columns are looked up in the SELECT
        if isinstance(part, exp.Is) and isinstance(part.expression, exp.Null):
            if isinstance(part.this, exp.Column) and not may_be_null(part.this, schema):
                return [exp.false()]
    texts = [text_of(part) for part in parts]
    kept = [
        p for p in parts
        if not _is_true(p, schema)
        # a AND (a OR b) is a
        and not (isinstance(p, exp.Or) and any(text_of(b.unnest()) in texts for b in p.flatten()))
    ]  # fmt: skip
    classes = _classes(kept, select, schema)
    result: dict[str, exp.Expr] = {}
    bounds: dict[str, list[tuple[type[exp.Expr], Value, exp.Expr]]] = {}
    for part in kept:
        if _link(part, select, schema) is not None:
            continue
        reading = _bound(part)
        if reading is None:
            result[text_of(part)] = part
            continue
        column, operator, value = reading
        bounds.setdefault(classes.get(text_of(column), text_of(column)), []).append(
            (operator, value, part)
        )
    members: dict[str, list[str]] = {}
    for name, root in classes.items():
        members.setdefault(root, []).append(name)
    for names in members.values():
        for name in sorted(names)[1:]:
            link = exp.EQ(this=column_of(sorted(names)[0]), expression=column_of(name))
            result[text_of(link)] = link
    for root, found in bounds.items():
        least = sorted(members.get(root, [root]))[0]
        for operator, _, part in _tightest(found):
            if operator is exp.false:
                return [exp.false()]
            value = part.right if isinstance(part.left, exp.Column) else part.left
            test = operator(this=column_of(least), expression=value.copy())
            result[text_of(test)] = test
    if any(isinstance(part, exp.Boolean) and not part.this for part in result.values()):
        return [exp.false()]
    return [result[text] for text in sorted(result)]


def _plain_in(part: exp.Expr) -> exp.Expr:
    """IN over a list as a list without repeats, and as an equality where one value is left."""
    if not isinstance(part, exp.In) or not part.expressions:
        return part
    values = {text_of(item): item for item in part.expressions}
    if len(values) == 1:
        return exp.EQ(this=part.this.copy(), expression=part.expressions[0].copy())
    return exp.In(
        this=part.this.copy(), expressions=[values[text].copy() for text in sorted(values)]
    )


def _is_true(part: exp.Expr, schema: Schema) -> bool:
    if isinstance(part, exp.Boolean):
        return bool(part.this)
    if isinstance(part, exp.EQ | exp.GTE | exp.LTE) and part.left == part.right:
        if isinstance(part.left, exp.Literal):
            return True
        return isinstance(part.left, exp.Column) and not may_be_null(part.left, schema)
    return False


def column_of(text: str) -> exp.Column:
    """The column that `text_of` wrote."""
    table, _, name = text.rpartition(".")
    return exp.column(name, table=table or None)


def _link(part: exp.Expr, select: exp.Select, schema: Schema) -> tuple[str, str] | None:
    """The two columns of one kind that the conjunct says are equal."""
    if not isinstance(part, exp.EQ) or part.left == part.right:
        return None
    left, right = part.left, part.right
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return None
    kinds = {kind(left, schema), kind(right, schema)}
    # equality is only passed on where no cast comes between
    return (text_of(left), text_of(right)) if len(kinds) == 1 and None not in kinds else None


def _classes(parts: Sequence[exp.Expr], select: exp.Select, schema: Schema) -> dict[str, str]:
    """For each column of an equality, the name of its class."""
    root: dict[str, str] = {}

    def find(name: str) -> str:
        root.setdefault(name, name)
        while root[name] != name:
            name = root[name]
        return name

    for part in parts:
        if (link := _link(part, select, schema)) is not None:
            root[find(link[0])] = find(link[1])
    return {name: find(name) for name in list(root)}


def _bound(part: exp.Expr) -> tuple[exp.Column, type[exp.Expr], Value] | None:
    """(column, operator, constant) of a comparison with a number or a whole date."""
    if type(part) not in _TURNED:
        return None
    for one, other, operator in (
        (part.left, part.right, type(part)),
        (part.right, part.left, _TURNED[type(part)]),
    ):
        value = _value(other)
        if isinstance(one, exp.Column) and value is not None:
            return one, operator, value
    return None


def _value(node: exp.Expr) -> Value | None:
    bare = node.this if isinstance(node, exp.Cast) else node
    if not isinstance(bare, exp.Literal):
        return None
    if bare.is_string:
        return bare.name if re.fullmatch(r"\d{4}-\d\d-\d\d", bare.name) else None
    return Decimal(bare.name) if re.fullmatch(r"\d+(\.\d+)?", bare.name) else None


def _tightest(
    found: list[tuple[type[exp.Expr], Value, exp.Expr]],
) -> list[tuple[type[exp.Expr], Value, exp.Expr]]:
    """The comparisons of one column that no other one implies; [(false, ...)] if none can hold."""
    if len({type(value) for _, value, _ in found}) != 1:
        return found
    kept = []
    for at, item in enumerate(found):
        implied = any(
            _implies(other, item) and not (_implies(item, other) and n > at)
            for n, other in enumerate(found)
            if n != at
        )
        if not implied:
            kept.append(item)
        if any(_excludes(item, other) for other in found):
            return [(exp.false, item[1], item[2])]  # type: ignore[list-item]
    return kept


def _implies(
    one: tuple[type[exp.Expr], Value, exp.Expr], other: tuple[type[exp.Expr], Value, exp.Expr]
) -> bool:
    (first, low, _), (second, high, _) = one, other
    if first is exp.EQ:
        return _holds(second, low, high)
    if first in (exp.GT, exp.GTE) and second in (exp.GT, exp.GTE):
        return low > high or (low == high and not (first is exp.GTE and second is exp.GT))  # type: ignore[operator]
    if first in (exp.LT, exp.LTE) and second in (exp.LT, exp.LTE):
        return low < high or (low == high and not (first is exp.LTE and second is exp.LT))  # type: ignore[operator]
    return False


def _holds(operator: type[exp.Expr], value: Value, bound: Value) -> bool:
    return {
        exp.EQ: value == bound,
        exp.GT: value > bound,  # type: ignore[operator]
        exp.GTE: value >= bound,  # type: ignore[operator]
        exp.LT: value < bound,  # type: ignore[operator]
        exp.LTE: value <= bound,  # type: ignore[operator]
    }[operator]  # type: ignore[index]


def _excludes(
    one: tuple[type[exp.Expr], Value, exp.Expr], other: tuple[type[exp.Expr], Value, exp.Expr]
) -> bool:
    (first, low, _), (second, high, _) = one, other
    if first is exp.EQ:
        return not _holds(second, low, high)
    if first in (exp.GT, exp.GTE) and second in (exp.LT, exp.LTE):
        both = first is exp.GTE and second is exp.LTE
        return low > high or (low == high and not both)  # type: ignore[operator]
    return False
