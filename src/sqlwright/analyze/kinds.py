"""What kind of value an expression holds, as far as the schema and the text tell."""

from __future__ import annotations

from sqlglot import exp

from sqlwright.analyze.scope import schema_column
from sqlwright.schema import Schema, kind_of

NUMBERS = ("int", "num", "real")
_EXACT = ("int", "num")
_TEXTS = (exp.Concat, exp.DPipe, exp.Upper, exp.Lower, exp.Trim, exp.Substring)
_SAME = (exp.Min, exp.Max, exp.Paren, exp.Neg, exp.Abs, exp.Distinct)


def kind(node: exp.Expr | None, schema: Schema) -> str:
    """A kind of `schema.kind_of`; "" where it is not certain."""
    if node is None:
        return ""
    if isinstance(node, exp.Column):
        held = schema_column(node, schema)
        return kind_of(held[1].type) if held is not None else ""
    if isinstance(node, exp.Literal):
        return "text" if node.is_string else "int" if node.is_int else "num"
    if isinstance(node, exp.Cast):
        return kind_of(node.to.sql())
    if isinstance(node, exp.Boolean):
        return "bool"
    if isinstance(node, _TEXTS):
        return "text"
    if isinstance(node, exp.Count | exp.RowNumber | exp.Length):
        return "int"
    if isinstance(node, _SAME):
        inner = node.expressions[0] if isinstance(node, exp.Distinct) else node.this
        return kind(inner, schema)
    if isinstance(node, exp.Window | exp.Filter):
        return kind(node.this, schema)
    if isinstance(node, exp.Sum):
        inner = kind(node.this, schema)
        return inner if inner in NUMBERS else ""
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _of_both(kind(node.this, schema), kind(node.expression, schema))
    return _of_branches(node, schema)


def _of_both(left: str, right: str) -> str:
    if left not in NUMBERS or right not in NUMBERS:
        return ""
    return max(left, right, key=NUMBERS.index)


def _of_branches(node: exp.Expr, schema: Schema) -> str:
    """The kind that all values of a CASE or COALESCE share; NULL fits any."""
    if isinstance(node, exp.Coalesce):
        values = [node.this, *node.expressions]
    elif isinstance(node, exp.Case):
        values = [branch.args.get("true") for branch in node.args["ifs"]]
        values.append(node.args.get("default"))
    else:
        return ""
    kinds = {kind(v, schema) for v in values if v is not None and not isinstance(v, exp.Null)}
    if len(kinds) == 1:
        return kinds.pop()
    return "num" if kinds == set(_EXACT) else ""


def type_name(column: exp.Column, schema: Schema) -> str:
    """The type of a column as its DDL spells it, in upper case; "" where it is not certain."""
    held = schema_column(column, schema)
    return held[1].type.upper() if held is not None else ""
