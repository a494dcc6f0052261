"""Which columns matter: those that two queries read, those behind what only one of them says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright.verify.lineage import Lineage


def columns_apart(original: exp.Query, proposal: exp.Query) -> frozenset[str]:
    """Names of the columns behind the parts that only one of the queries has, without tables."""
    parts = [_parts(original), _parts(proposal)]
    alone = parts[0].keys() ^ parts[1].keys()
    return frozenset(name for part in parts for text in alone for name in part.get(text, ()))


def _parts(query: exp.Query) -> dict[str, frozenset[str]]:
    """Conditions and computed values, without the names of tables, and the columns behind each."""
    lineage = Lineage(query)
    found: dict[str, frozenset[str]] = {}
    for kind, node in _telling_parts(query):
        if node.find(exp.Query) is not None:
            continue
        copy = node.copy()
        for column in copy.find_all(exp.Column):
            column.set("table", None)
        found[f"{kind} {copy.sql(comments=False)}"] = lineage.names(node)
    return found


def _telling_parts(query: exp.Query) -> Iterator[tuple[str, exp.Expr]]:
    for node in query.find_all(exp.Predicate, exp.Func, exp.Binary, exp.Ordered):
        if not isinstance(node, exp.Connector):
            yield "", node
    for join in query.find_all(exp.Join):
        if join.args.get("on") is not None:
            yield f"{join.side} {join.kind}", join.args["on"]
    for select in query.find_all(exp.Select):
        kind = "distinct" if select.args.get("distinct") else ""
        group = select.args.get("group")
        for item in (*select.selects, *(group.expressions if group is not None else ())):
            yield kind, item


def names_read(queries: Sequence[exp.Query]) -> set[str]:
    """Names of the columns whose values matter: what EXISTS selects does not."""
    unread = {
        id(item)
        for query in queries
        for node in query.find_all(exp.Exists)
        if isinstance(node.this, exp.Select)
        for item in node.this.selects
    }
    return {
        column.name.lower()
        for query in queries
        for column in query.walk(prune=lambda node: id(node) in unread)
        if isinstance(column, exp.Column) and id(column) not in unread
    }
