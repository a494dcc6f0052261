"""Indexes that a query could use and its tables lack: pure functions of (query, schema).

They are candidates and no advice: `tried` builds each in a copy and looks at plans and times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from sqlwright.analyze.scope import (
    Source,
    is_constant,
    schema_column,
    selects,
    source_of,
    sources,
)
from sqlwright.schema import Schema, Table

FEWEST_ROWS = 1000  # below that an engine reads the whole table as fast
_MOST_COLUMNS = 4  # of a key: further ones hardly narrow a search
_MOST_READ = 6  # columns that are worth being carried so that the table is not read at all
_COMPARED = (exp.GT, exp.GTE, exp.LT, exp.LTE)


@dataclass(frozen=True, slots=True)
class Idea:
    """An index that may help.

    Attributes:
        table: its table, as the schema spells it.
        columns: what it is ordered by.
        carried: columns that stand in it only to be read.
        why: what of the query it serves, such as `l_partkey = p_partkey`.
    """

    table: str
    columns: tuple[str, ...]
    carried: tuple[str, ...] = ()
    why: str = ""

    def key(self) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """What makes two of them the same."""
        return (
            self.table.lower(),
            tuple(name.lower() for name in self.columns),
            tuple(sorted(name.lower() for name in self.carried)),
        )


@dataclass(slots=True)
class _Uses:
    """What one SELECT does with the columns of one table."""

    table: Table
    fixed: dict[str, str] = field(default_factory=dict)  # column → the condition: = a constant
    joined: dict[str, str] = field(default_factory=dict)  # = a column of another table
    bounded: dict[str, str] = field(default_factory=dict)  # <, BETWEEN, LIKE 'a%'
    ordered: list[str] = field(default_factory=list)
    grouped: list[str] = field(default_factory=list)
    read: dict[str, None] = field(default_factory=dict)


def ideas(query: exp.Query, schema: Schema) -> list[Idea]:
    """The indexes that the query could use, without those that there are, likeliest first."""
    found: dict[object, Idea] = {}
    for select in selects(query):
        for source in sources(select, schema):
            if source.table is None or not _is_worth_it(source.table):
                continue
            for idea in _of(_uses(query, select, source, source.table, schema), select):
                if not is_there(idea, source.table):
                    found.setdefault(idea.key(), idea)
    return list(found.values())


def is_there(idea: Idea, table: Table) -> bool:
    """Does an index or key of the table begin with the idea's columns, and carry what it does?"""
    wanted = [name.lower() for name in idea.columns]
    carried = {name.lower() for name in idea.carried}
    for own in (*table.keys(), *(index.columns for index in table.indexes)):
        names = [name.lower() for name in own]
        if names[: len(wanted)] == wanted and carried <= set(names):
            return True
    return False


def _is_worth_it(table: Table) -> bool:
    return table.rows is None or table.rows >= FEWEST_ROWS


def _uses(
    query: exp.Query, select: exp.Select, source: Source, table: Table, schema: Schema
) -> _Uses:
    uses = _Uses(table)
    own = [c for c in query.find_all(exp.Column) if _is_of(c, select, source, schema)]
    for column in own:
        real = table.column(column.name)
        if real is not None:
            uses.read[real.name] = None
            _sort_in(uses, real.name, column, source, schema)
    uses.ordered = _listed(select.args.get("order"), select, source, schema)
    uses.grouped = _listed(select.args.get("group"), select, source, schema)
    return uses


def _is_of(column: exp.Column, select: exp.Select, source: Source, schema: Schema) -> bool:
    held = source_of(column, select, schema)
    if held is None and column.find_ancestor(exp.Select) is not select:
        held = _outer_source(column, select, schema)
    return held is not None and held.node is source.node


def _outer_source(column: exp.Column, select: exp.Select, schema: Schema) -> Source | None:
    """The source of `select` that a column of a subquery inside it means, or None."""
    if not column.table:
        return None
    node = column.find_ancestor(exp.Select)
    while node is not None and node is not select:
        if any(s.name == column.table.lower() for s in sources(node, schema)):
            return None
        node = node.find_ancestor(exp.Select)
    if node is None:
        return None
    return next((s for s in sources(select, schema) if s.name == column.table.lower()), None)


def _sort_in(uses: _Uses, name: str, column: exp.Column, source: Source, schema: Schema) -> None:
    """Note the column where its condition is one that an index can answer."""
    part = column.parent
    while isinstance(part, exp.Paren):
        part = part.parent
    if part is None or not _stands_alone(part):
        return
    text = _brief(part)
    if isinstance(part, exp.EQ):
        other = part.expression if _is_in(column, part.this) else part.this
        if is_constant(other) or isinstance(other.unnest(), exp.Query):
            uses.fixed.setdefault(name, text)
        elif isinstance(other.unnest(), exp.Column) and not _same_source(other, column):
            uses.joined.setdefault(name, text)
    elif isinstance(part, exp.In) and _is_in(column, part.this):
        kind = uses.joined if part.args.get("query") else uses.fixed
        kind.setdefault(name, text)
    elif isinstance(part, exp.Is) and isinstance(part.expression, exp.Null):
        uses.fixed.setdefault(name, text)
    elif _is_bound(part, column):
        uses.bounded.setdefault(name, text)
    elif _is_answer(part, column):
        uses.joined.setdefault(name, f"IN (SELECT {column.sql()} ...)")


def _is_bound(part: exp.Expr, column: exp.Column) -> bool:
    """Does it leave a stretch of the column's values: <, BETWEEN, LIKE 'a%'?"""
    if isinstance(part, exp.Between):
        return _is_in(column, part.this)
    is_prefix = isinstance(part, exp.Like) and _is_prefix(part.expression)
    return is_prefix or isinstance(part, _COMPARED)


def _brief(part: exp.Expr) -> str:
    """The condition as a reason says it: without what its subqueries and lists hold."""
    copy = part.copy()
    for query in list(copy.find_all(exp.Query)):
        if query is not copy and query.parent is not None:
            query.replace(exp.Var(this="..."))
    text = copy.sql(comments=False)
    return text if len(text) <= 70 else f"{text[:67]}..."


def _is_in(column: exp.Column, side: exp.Expr) -> bool:
    return side.unnest() is column


def _same_source(other: exp.Expr, column: exp.Column) -> bool:
    inner = other.unnest()
    return isinstance(inner, exp.Column) and inner.table.lower() == column.table.lower() != ""


def _is_prefix(pattern: exp.Expr) -> bool:
    text = pattern.name if isinstance(pattern, exp.Literal) else ""
    return bool(text) and text[0] not in "%_"


def _is_answer(part: exp.Expr, column: exp.Column) -> bool:
    """Is the column what `x IN (SELECT column ...)` looks for?"""
    if not isinstance(part, exp.Select) or len(part.expressions) != 1:
        return False
    around = part.parent
    if isinstance(around, exp.Subquery):
        around = around.parent
    return isinstance(around, exp.In) and part.expressions[0].unalias() is column


def _stands_alone(part: exp.Expr) -> bool:
    """Must every row pass it? A part of an OR, a NOT or a CASE narrows no search by itself."""
    if isinstance(part, exp.Select):
        return True
    node = part.parent
    while isinstance(node, exp.And | exp.Paren):
        node = node.parent
    return isinstance(node, exp.Where | exp.Join | exp.Having)


def _listed(
    clause: exp.Expr | None, select: exp.Select, source: Source, schema: Schema
) -> list[str]:
    """The columns of ORDER BY or GROUP BY, if all are of this source; else none."""
    names: list[str] = []
    for item in clause.expressions if clause is not None else ():
        node = item.this if isinstance(item, exp.Ordered) else item
        column = node.unnest()
        if not isinstance(column, exp.Column):
            return []
        held = source_of(column, select, schema)
        real = schema_column(column, schema)
        if held is None or held.node is not source.node or real is None:
            return []
        names.append(real[1].name)
    return names


def _of(uses: _Uses, select: exp.Select) -> Iterator[Idea]:
    """The ideas for one table of a SELECT: searches, joins, orders, also with all that it reads."""
    table = uses.table.name
    fixed, bounded = list(uses.fixed), list(uses.bounded)
    said = {**uses.bounded, **uses.joined, **uses.fixed}

    def idea(columns: Sequence[str], carried: Sequence[str] = ()) -> Idea:
        names = tuple(dict.fromkeys(columns))[:_MOST_COLUMNS]
        why = " and ".join(said[name] for name in names if name in said)
        return Idea(table, names, tuple(n for n in carried if n not in names), why)

    bases: list[Sequence[str]] = [list(uses.joined)] if len(uses.joined) > 1 else []
    for name in uses.joined:
        bases += [[name], [name, *fixed, *bounded[:1]], [*fixed, name]]
    bases += [[*fixed, name] for name in bounded]
    bases += [fixed] if fixed else []
    bases += [[name] for name in (*fixed, *bounded)]
    if uses.ordered and select.args.get("limit"):
        bases.append([*fixed, *uses.ordered])
    if uses.grouped:
        bases.append([*fixed, *uses.grouped])
    for base in bases:
        yield idea(base)
    if len(uses.read) <= _MOST_READ and not select.is_star:
        for base in bases:
            if set(uses.read) - set(base):
                yield idea(base, tuple(uses.read))
