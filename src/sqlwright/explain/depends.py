"""What a query depends on: tables with the columns that it reads, and indexes that may serve it."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright import sql
from sqlwright.errors import SqlError
from sqlwright.explain.sentence import Sentence, Speaker
from sqlwright.prompt import compact_schema
from sqlwright.schema import Schema, Table


def of_dependence(query: exp.Query, schema: Schema, speaker: Speaker) -> Iterator[Sentence]:
    """A sentence a table with its columns, then one an index whose first column is compared."""
    used = columns_used(query, schema, speaker.dialect)
    for node in _first_tables(query):
        table = schema.table(node.name)
        columns = used.get(node.name.lower(), ())
        listed = ", ".join(f"`{name}`" for name in columns)
        english = f"It depends on the table `{node.name}`" + (f": {listed}." if listed else ".")
        russian = f"Зависит от таблицы `{node.name}`" + (f": {listed}." if listed else ".")
        found = speaker.sentence("tables", english, russian, node)
        if table is not None:
            evidence = compact_schema([table])
            found = Sentence("tables", found.text, evidence, found.line, found.column)
        yield found
    yield from _indexes(query, schema, speaker)


def _first_tables(query: exp.Query) -> list[exp.Table]:
    ctes = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    found: dict[str, exp.Table] = {}
    for node in query.find_all(exp.Table):
        if isinstance(node.this, exp.Identifier) and node.name.lower() not in ctes:
            found.setdefault(node.name.lower(), node)
    return list(found.values())


def columns_used(query: exp.Query, schema: Schema, dialect: str) -> dict[str, tuple[str, ...]]:
    """The columns read of each table, by its name in lower case; {} where that is not known."""
    try:
        bound = sql.bind(query, schema, dialect)
    except SqlError:
        return {}
    aliases = {
        node.alias_or_name.lower(): node.name.lower()
        for node in bound.find_all(exp.Table)
        if schema.table(node.name) is not None
    }
    found: dict[str, dict[str, None]] = {}
    for column in bound.find_all(exp.Column):
        table = aliases.get(column.table.lower())
        known = schema.table(table) if table else None
        if known is not None and known.column(column.name) is not None:
            found.setdefault(known.name.lower(), {})[column.name] = None
    return {name: tuple(columns) for name, columns in found.items()}


def _indexes(query: exp.Query, schema: Schema, speaker: Speaker) -> Iterator[Sentence]:
    said: set[str] = set()
    for node in query.find_all(exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In):
        for column in (node.this, node.args.get("expression")):
            if not isinstance(column, exp.Column):
                continue
            for table in schema.tables:
                if table.column(column.name) is None or not _reads(query, table):
                    continue
                for name, columns in _ways(table):
                    if columns[0].lower() == column.name.lower() and name not in said:
                        said.add(name)
                        yield _index(name, table, columns, node, speaker)


def _ways(table: Table) -> list[tuple[str, tuple[str, ...]]]:
    found = [(index.name, index.columns) for index in table.indexes if index.columns]
    if table.primary_key:
        found.append((f"{table.name}'s primary key", table.primary_key))
    return found


def _reads(query: exp.Query, table: Table) -> bool:
    return any(node.name.lower() == table.name.lower() for node in query.find_all(exp.Table))


def _index(
    name: str, table: Table, columns: tuple[str, ...], node: exp.Expr, speaker: Speaker
) -> Sentence:  # fmt: skip
    listed, what = ", ".join(columns), speaker.quote(node)
    text = speaker.pick(
        f"The index `{name}` on `{table.name}` ({listed}) may serve {what}.",
        f"Индекс `{name}` таблицы `{table.name}` ({listed}) может помочь условию {what}.",
    )
    line, column = sql.place(node)
    return Sentence("index", text, f"{table.name} ({listed})", line, column)
