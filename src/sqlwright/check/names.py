"""Names that a schema does not have, each with its place and the nearest ones.

It goes on after the first, works inside DML and templates, and stays silent wherever a name could
come from something that the schema does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.once import reading
from sqlwright.analyze.scope import Source, enclosing, is_within, sources
from sqlwright.errors import did_you_mean
from sqlwright.schema import Schema

RULE = "unknown-name"
# the items of FROM, or None where they are not all known, and the names given to outputs
Level = tuple[tuple[Source, ...] | None, frozenset[str]]
# what engines have in every table, or outside of any schema
_EVERYWHERE = frozenset(
    "rowid _rowid_ oid ctid xmin xmax cmin cmax tableoid rownum rowscn level sysdate systimestamp"
    " user current_user session_user value dual year quarter month week day hour minute second"
    " microsecond millisecond dow doy epoch isodow isoyear decade century dayofweek dayofyear"
    " weekday default".split()
)
_SYSTEM = frozenset(
    "information_schema pg_catalog sys mysql performance_schema sqlite_temp".split()
)
_SYSTEM_TABLES = ("sqlite_", "pg_", "duckdb_", "dual")
_MEANT_ELSEWHERE = frozenset(
    "excluded old new inserted deleted".split()
)  # of ON CONFLICT, triggers


def unknown_names(tree: exp.Expr, schema: Schema, skip: Collection[str] = ()) -> Iterator[Finding]:
    """A finding for each table or column that is not there, or that two tables have.

    Args:
        tree: any statement.
        schema: what is known; nothing is found without tables in it.
        skip: names in lower case that are not looked for: of placeholders, and of what the file
            itself makes; nothing is said of the columns of such a table either.
    """
    if not schema.tables or isinstance(tree, exp.Command):
        return
    unknown = [table for table in _tables(tree) if _is_unknown(table, schema, skip)]
    for table in unknown:
        hint = did_you_mean(table.name, (t.name for t in schema.tables))
        yield _finding(
            table.this,
            f"the schema has no table {table.name}.{hint}",
            f"в схеме нет таблицы {table.name}.{_russian(hint)}",
        )
    levels: dict[int, Level] = {}  # of each SELECT, by id, while nobody changes the tree
    with reading(tree, schema) if isinstance(tree, exp.Query) else nullcontext():
        for column in tree.find_all(exp.Column):
            if not column.is_star and column.name.lower() not in skip:
                yield from _about(column, tree, schema, skip, levels)


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    made = tree.this if isinstance(tree, exp.Create | exp.Drop | exp.Alter) else None
    made = made.this if isinstance(made, exp.Schema) else made
    for table in tree.find_all(exp.Table):
        if table is not made and isinstance(table.this, exp.Identifier):
            yield table


def _is_unknown(table: exp.Table, schema: Schema, skip: Collection[str]) -> bool:
    name = table.name.lower()
    if not name or schema.table(name) is not None or name in skip or name.startswith(("#", "@")):
        return False
    if table.db.lower() in _SYSTEM or name.startswith(_SYSTEM_TABLES):
        return False
    if table.db.lower() in skip or isinstance(table.parent, exp.Use | exp.Describe):
        return False
    return table.db != "" or name not in _visible(table)


def _visible(table: exp.Table) -> set[str]:
    """The CTEs that a table's name may mean."""
    names: set[str] = set()
    node: exp.Expr | None = table
    while node is not None:
        with_ = node.args.get("with_")
        if with_ is not None:
            names |= {cte.alias.lower() for cte in with_.expressions}
        node = node.parent
    return names


def _about(
    column: exp.Column,
    tree: exp.Expr,
    schema: Schema,
    skip: Collection[str],
    levels: dict[int, Level],
) -> Iterator[Finding]:
    name, qualifier = column.name.lower(), column.table.lower()
    if name in _EVERYWHERE or qualifier in _MEANT_ELSEWHERE or qualifier in skip:
        return
    seen: list[str] = []  # the columns that were in reach
    names: list[str] = []  # the sources that were
    for here, outputs in _levels(column, tree, schema, levels):
        if here is None:
            return  # something there is not known
        names += [source.name for source in here]
        if qualifier:
            mine = [source for source in here if source.name == qualifier]
            if mine and (mine[0].columns is None or mine[0].has(name)):
                return
            if mine:
                yield _no_column(column, mine[0].columns or (), f" in {column.table}")
                return
            if any(source.columns is None or source.has(qualifier) for source in here):
                return  # a field of a column
            continue
        holders = [source for source in here if source.has(name)]
        if len(holders) > 1 and not _merges(here) and name not in outputs:
            yield _ambiguous(column, holders)
        if holders or name in outputs or name in names:
            return
        if any(source.columns is None for source in here):
            return
        seen += [each for source in here for each in source.columns or ()]
    if qualifier:
        hint = did_you_mean(column.table, names)
        yield _finding(
            column,
            f"no table of the query is called {column.table}.{hint}",
            f"в запросе нет таблицы с именем {column.table}.{_russian(hint)}",
        )
    elif seen:
        yield _no_column(column, seen, "")


def _level(select: exp.Select, schema: Schema) -> Level:
    """What one SELECT puts in reach; None for its items where something there is not known."""
    here = sources(select, schema)
    odd = select.args.get("laterals") or select.args.get("pivots") or select.args.get("connect")
    if odd or any(source.node.args.get("pivots") for source in here):
        return None, frozenset()
    given = frozenset(p.alias.lower() for p in select.expressions if p.alias)
    return here, given | {w.name.lower() for w in select.args.get("windows") or []}


def _levels(
    column: exp.Column, tree: exp.Expr, schema: Schema, levels: dict[int, Level]
) -> Iterator[Level]:
    """What is in reach of a column, from inside out: items of FROM, and names given to outputs."""
    select = enclosing(column)
    while select is not None:
        if (level := levels.get(id(select))) is None:
            level = levels[id(select)] = _level(select, schema)
        yield level
        select = _around(select)
    if isinstance(tree, exp.Query):
        operation = column.find_ancestor(exp.SetOperation)
        if operation is not None and not column.find_ancestor(exp.Select):
            yield None, frozenset()  # ORDER BY of a union names its outputs
        return
    body = tree.args.get("expression") if isinstance(tree, exp.Create | exp.Insert) else None
    if isinstance(body, exp.Query) and is_within(column, body):
        return  # its query does not see the table that it fills
    if isinstance(tree, exp.Update | exp.Delete | exp.Insert):
        yield _targets(tree, schema), frozenset()
    else:
        yield None, frozenset()


def _around(select: exp.Select) -> exp.Select | None:
    """The next SELECT whose FROM is in reach: not that beside which a derived table or CTE is."""
    node: exp.Expr = select
    while (parent := node.parent) is not None:
        if isinstance(parent, exp.With) and parent.parent is not None:
            node = parent.parent
            continue
        beside = isinstance(parent, exp.From | exp.Join) and node.arg_key == "this"
        beside = beside and not isinstance(node, exp.Lateral)
        if beside and parent.parent is not None:
            node = parent.parent
            continue
        if isinstance(parent, exp.Select):
            return parent
        node = parent
    return None


def _targets(tree: exp.Expr, schema: Schema) -> tuple[Source, ...] | None:
    """The tables that DML names beside its queries; None where one is not a known table."""
    parts: list[exp.Expr] = [tree.this]
    if (start := tree.args.get("from_")) is not None:
        parts.append(start.this)
    using = tree.args.get("using") or []
    parts += [using] if isinstance(using, exp.Expr) else using
    for part in list(parts):
        parts += [join.this for join in part.args.get("joins") or []]
    found = []
    for part in parts:
        node = part.this if isinstance(part, exp.Schema) else part
        table = schema.table(node.name) if isinstance(node, exp.Table) else None
        if table is None or (isinstance(node, exp.Table) and node.name.lower() in _visible(node)):
            return None
        columns = tuple(c.name.lower() for c in table.columns)
        found.append(Source(node.alias_or_name.lower(), node, None, table, None, columns, False))
    return tuple(found)


def _merges(here: Iterable[Source]) -> bool:
    """Whether a join makes one column of two."""
    joins = [source.join for source in here if source.join is not None]
    return any(join.args.get("using") or join.args.get("method") for join in joins)


def _no_column(column: exp.Column, known: Iterable[str], where: str) -> Finding:
    hint = did_you_mean(column.name, known)
    russian = f" в {column.table}" if where else " ни в одной таблице запроса"
    english = where or " in any table of the query"
    return _finding(
        column,
        f"there is no column {column.name}{english}.{hint}",
        f"столбца {column.name} нет{russian}.{_russian(hint)}",
    )


def _ambiguous(column: exp.Column, holders: list[Source]) -> Finding:
    tables = " and ".join(source.name for source in holders[:3])
    return _finding(
        column,
        f"{column.name} is a column of {tables}: put one of them before it",
        f"столбец {column.name} есть в {tables.replace(' and ', ' и ')}: укажите таблицу",
    )


def _finding(node: exp.Expr, english: str, russian: str) -> Finding:
    return found(node, RULE, "error", english, russian)


def _russian(hint: str) -> str:
    return hint.replace("Did you mean", "Может быть,")
