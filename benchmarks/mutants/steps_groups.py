"""Steps about groups and aggregates that never change what a query answers; see `normal`."""

from __future__ import annotations

from sqlglot import exp

from mutants.conditions import column_of
from mutants.edits import drop
from mutants.facts import is_unique, settled, text_of
from sqlwright.analyze.scope import conjuncts, group_keys, is_grouped
from sqlwright.schema import Schema


def group_key_is_settled(query: exp.Query, schema: Schema) -> None:
    """Keys of GROUP BY that settle the same columns make the same groups; MIN of such one is it."""
    for select in query.find_all(exp.Select):
        found = group_keys(select, schema)
        if not found:
            continue
        known = settled(select, schema, (text_of(key) for key in found))
        texts = {text_of(key): key for key in found}
        texts |= {name: column_of(name) for name in known if name not in texts}
        for node in list(select.find_all(exp.Min, exp.Max)):
            own = node.find_ancestor(exp.Select) is select and not isinstance(
                node.parent, exp.Window | exp.Filter
            )
            if own and isinstance(node.this, exp.Column) and text_of(node.this) in known:
                node.replace(node.this.copy())
        keys = [texts[name].copy() for name in sorted(texts)]
        select.set("group", exp.Group(expressions=keys))


def aggregate_of_distinct_values(query: exp.Query, schema: Schema) -> None:
    """DISTINCT inside an aggregate folds nothing where each value is a row's own, or for MIN."""
    for distinct in list(query.find_all(exp.Distinct)):
        node = distinct.parent
        select = node.find_ancestor(exp.Select) if node is not None else None
        if not isinstance(node, exp.AggFunc) or len(distinct.expressions) != 1 or select is None:
            continue
        inner = distinct.expressions[0]
        groups = group_keys(select, schema) if select.args.get("group") else []
        known = [text_of(key) for key in groups or ()]
        own = isinstance(inner, exp.Column) and groups is not None
        if isinstance(node, exp.Min | exp.Max) or (
            own and _names_each_row(select, schema, [*known, text_of(inner)])
        ):
            distinct.replace(inner.copy())


def _names_each_row(select: exp.Select, schema: Schema, given: list[str]) -> bool:
    bare = select.copy()
    # the same FROM and WHERE without groups: is every row told apart by what is given?
    bare.set("group", None)
    bare.set("having", None)
    bare.set("order", None)
    bare.set("expressions", [exp.Literal.number(1)])
    bare.parent = select.parent
    return is_unique(bare, schema, given)


def group_holds_a_row(query: exp.Query, schema: Schema) -> None:
    """A group has at least one row, so HAVING COUNT(*) > 0 refuses none."""
    for select in query.find_all(exp.Select):
        having = select.args.get("having")
        if having is None or not group_keys(select, schema):
            continue  # ROLLUP makes a group of no row
        for part in conjuncts(having.this):
            if text_of(part) in ("COUNT(*) > 0", "COUNT(*) >= 1", "COUNT(*) >= 0", "COUNT(*) > -1"):
                drop(part)


def window_of_one_row(query: exp.Query, schema: Schema) -> None:
    """The order and the frame of a window whose partitions have one row each decide nothing."""
    for window in query.find_all(exp.Window):
        select = window.find_ancestor(exp.Select)
        keys = window.args.get("partition_by") or []
        if select is None or is_grouped(select) or not isinstance(window.this, _ONE_ROW):
            continue
        if keys and _names_each_row(select, schema, [text_of(key) for key in keys]):
            window.set("order", None)
            window.set("spec", None)


_ONE_ROW = (exp.Rank, exp.DenseRank, exp.RowNumber, exp.FirstValue, exp.LastValue)
