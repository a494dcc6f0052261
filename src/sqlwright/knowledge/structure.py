"""What a query is like whatever its names for things, its constants and its layout: search words of
its tree.

They stand in the index beside the words of its text, each begun by a mark that no text has, so the
same BM25 ranks past queries by structure: by the tables and how they are joined, by the columns of
each clause, and by the paths in the tree.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

MARK = "#"

_CLAUSES = (exp.Where, exp.Group, exp.Having, exp.Order, exp.Join)
# nodes that every query has, or that only say how a name is written
_SILENT = (exp.Identifier, exp.Literal, exp.TableAlias, exp.Alias, exp.Paren, exp.From, exp.Tuple)


def structure_words(query: exp.Query) -> list[str]:
    """The words of a query's tree, in its order, with repeats.

    Cost: one walk of the tree; a query of the size of TPC-H's takes less than a millisecond.
    """
    names = _tables_by_alias(query)
    found = [f"{MARK}t:{name}" for name in sorted(set(names.values()))]
    for node in query.walk():
        found += _words_of(node, names)
    return found


def _tables_by_alias(query: exp.Query) -> dict[str, str]:
    made = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    return {
        table.alias_or_name.lower(): table.name.lower()
        for table in query.find_all(exp.Table)
        if table.name and table.name.lower() not in made
    }


def _words_of(node: exp.Expr, names: dict[str, str]) -> Iterator[str]:
    if isinstance(node, exp.Column):
        yield f"{MARK}{_clause(node)}:{_named(node, names)}"
    elif isinstance(node, exp.EQ) and _joins(node):
        sides = sorted(_named(side, names) for side in (node.left, node.right))
        yield f"{MARK}j:{'='.join(sides)}"
    elif isinstance(node, exp.Func) and not isinstance(node, exp.Connector):
        yield f"{MARK}f:{node.key}"
    if not isinstance(node, _SILENT) and not isinstance(node, exp.Column):
        yield f"{MARK}p:{'>'.join(_path(node))}"


def _joins(node: exp.EQ) -> bool:
    left, right = node.left, node.right
    if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
        return False
    return left.table.lower() != right.table.lower()


def _named(column: exp.Expr, names: dict[str, str]) -> str:
    table = str(getattr(column, "table", "")).lower()
    return f"{names.get(table, '')}.{column.name.lower()}"


def _clause(node: exp.Expr) -> str:
    """The clause that a column stands in: where, group, having, order, join or select."""
    parent = node.parent
    while parent is not None and not isinstance(parent, exp.Query):
        if isinstance(parent, _CLAUSES):
            return str(parent.key)
        parent = parent.parent
    return "select"


def _path(node: exp.Expr) -> list[str]:
    """The node and the two above it that say something."""
    found: list[str] = []
    here: exp.Expr | None = node
    while here is not None and len(found) < 3:
        if not isinstance(here, _SILENT):
            found.append(str(here.key))
        here = here.parent
    return found[::-1]
