"""A schema out of DDL text, and DDL text out of a schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqlwright.errors import SqlError, did_you_mean
from sqlwright.schema.salvage import read_type, readable, resolve_types
from sqlwright.schema.tables import Column, ForeignKey, Index, Schema, Table


def read_ddl(text: str, dialect: str | None = None) -> Schema:
    """The schema that DDL text declares.

    CREATE TABLE, ALTER TABLE, CREATE INDEX, COMMENT ON, and enums and domains by CREATE TYPE and
    CREATE DOMAIN count; everything else in a dump (SET, INSERT, triggers) is passed over. A table
    that is declared twice keeps its last form. Of a CREATE TABLE with items that no dialect reads
    (EXCLUDE, say) the rest is kept.

    Args:
        text: DDL statements separated by semicolons.
        dialect: a dialect of `sql.DIALECTS`; guessed from the quoting where None.

    Raises:
        SqlError: if a CREATE TABLE cannot be read, with its line, or if there is none; if a table
            has a column twice, or a key names a column that its table lacks.
    """
    dialects = _dialects(text, dialect)
    tables: dict[str, Table] = {}
    types: dict[str, Table] = {}
    for line, statement in _statements(text, dialects):
        if (named := read_type(statement)) is not None:
            name, made = named
            tree, spelled = _parse(made, dialects, line)
            if isinstance(tree, exp.Create):
                types[name.lower()] = _read_table(tree, spelled)
            continue
        tree, spelled = _parse(statement, dialects, line)
        if (
            isinstance(tree, exp.Create)
            and tree.kind == "TABLE"
            and isinstance(tree.this, exp.Schema)
        ):
            table = _read_table(tree, spelled)
            tables[table.name.lower()] = table
        elif isinstance(tree, exp.Create) and isinstance(tree.this, exp.Index):
            _update(tables, tree.this.args.get("table"), indexes=[_read_index(tree)])
        elif isinstance(tree, exp.Alter):
            for action in tree.args.get("actions") or ():
                _alter(tables, tree.this, action, spelled)
        elif isinstance(tree, exp.Comment):
            _comment(tables, tree)
    if not tables:
        raise SqlError("the schema has no CREATE TABLE that can be read: give a file of DDL")
    for name, table in tables.items():
        tables[name] = resolve_types(table, types, dialects[0])
        _check_names(tables[name])
    return Schema(tuple(_point_keys(table, tables) for table in tables.values()))


def write_ddl(schema: Schema, dialect: str, tables: Iterable[Table] | None = None) -> str:
    """DDL text of the schema, or of some of its tables, with their indexes; no comments."""
    chosen = schema.tables if tables is None else tables
    return "\n\n".join(_write_table(table, dialect) for table in chosen)


def _write_table(table: Table, dialect: str) -> str:
    def name(text: str) -> str:
        return exp.to_identifier(text).sql(dialect=dialect)

    def names(texts: Sequence[str]) -> str:
        return ", ".join(map(name, texts))

    lines = [
        f"{name(column.name)} {column.type}{'' if column.nullable else ' NOT NULL'}"
        for column in table.columns
    ]
    if table.primary_key:
        lines.append(f"PRIMARY KEY ({names(table.primary_key)})")
    lines += [f"UNIQUE ({names(key)})" for key in table.unique]
    for key in table.foreign_keys:
        target = f"{name(key.table)} ({names(key.references)})"
        lines.append(f"FOREIGN KEY ({names(key.columns)}) REFERENCES {target}")
    lines += [f"CHECK ({check})" for check in table.checks]
    text = f"CREATE TABLE {name(table.name)} (\n  " + ",\n  ".join(lines) + "\n);"
    for index in table.indexes:
        if index.columns:  # of an expression alone, nothing is known
            kind = "UNIQUE INDEX" if index.unique else "INDEX"
            on = f"{name(table.name)} ({names(index.columns)})"
            text += f"\nCREATE {kind} {name(index.name)} ON {on};"
    return text


def _dialects(text: str, dialect: str | None) -> tuple[str, ...]:
    """Dialects to try, the likeliest first: dumps mix the habits of several engines."""
    is_mysql = re.search(r"`|\bAUTO_INCREMENT\b|\bENGINE\s*=", text, re.IGNORECASE)
    first = dialect or ("mysql" if is_mysql else "postgres")
    return (
        first,
        *(other for other in ("mysql", "postgres", "sqlite", "duckdb") if other != first),
    )


_DECLARES = re.compile(
    r"CREATE\s+((OR\s+REPLACE|TEMP|TEMPORARY|UNLOGGED|UNIQUE)\s+)*(TABLE|INDEX|TYPE|DOMAIN)\b"
    r"|ALTER\s+TABLE\b|COMMENT\s+ON\b",
    re.IGNORECASE,
)


def read_views(text: str, dialect: str | None = None) -> dict[str, str]:
    """The text of each CREATE VIEW by the view's name in lower case, the last form of each.

    The text is not parsed: a view that no dialect reads is told as it stands.

    Raises:
        SqlError: if the text cannot be split into statements.
    """
    views = {}
    for _, statement in _statements(text, _dialects(text, dialect), _VIEW):
        if named := _VIEW.match(statement):
            views[named["name"].strip('"`[]').lower()] = statement
    return views


_VIEW = re.compile(
    r"(CREATE|ALTER)\b[^;()]{0,200}?\bVIEW\s+(IF\s+NOT\s+EXISTS\s+)?"
    r"""((?:"[^"]+"|`[^`]+`|\w+)\.)*(?P<name>"[^"]+"|`[^`]+`|\w+)""",
    re.IGNORECASE,
)


def _statements(
    text: str, dialects: Sequence[str], wanted: re.Pattern[str] = _DECLARES
) -> Iterator[tuple[int, str]]:
    """(line, text) of the statements that may declare something, found by a dialect's tokens."""
    first: Any = None
    end = 0
    for token in _tokenize(text, dialects):
        if token.token_type.name == "SEMICOLON":
            if first is not None and wanted.match(statement := text[first.start : token.start]):
                yield first.line, statement
            first = None
        elif first is None:
            first = token
        end = token.end + 1
    if first is not None and wanted.match(statement := text[first.start : end]):
        yield first.line, statement


def _tokenize(text: str, dialects: Sequence[str]) -> list[Any]:
    for dialect in dialects:
        try:
            return sqlglot.tokenize(text, read=dialect)
        except SqlglotError:
            continue
    raise SqlError("the schema cannot be split into statements: is it a file of DDL?")


def _parse(statement: str, dialects: Sequence[str], line: int) -> tuple[exp.Expr | None, str]:
    """The statement's tree and the dialect that read it; None for what can be passed over."""
    is_table = re.match(r"CREATE\b.{0,40}?\bTABLE\b", statement, re.IGNORECASE | re.DOTALL)
    for text in readable(statement, dialects) if is_table else (statement,):
        for dialect in dialects:
            try:
                tree: exp.Expr = sqlglot.parse_one(text, read=dialect)
            except SqlglotError:
                continue
            if not isinstance(tree, exp.Command) and not _is_misread(tree):
                return tree, dialect
    if is_table:
        name = " ".join(statement.split("(")[0].split()[:6])
        raise SqlError(f"line {line} of the schema: {name} cannot be read: check its syntax")
    return None, dialects[0]


def _is_misread(tree: exp.Expr) -> bool:
    """Did a dialect without KEY k (a) take an index for a column named KEY?"""
    if not isinstance(tree, exp.Create) or not isinstance(tree.this, exp.Schema):
        return False
    columns = (item for item in tree.this.expressions if isinstance(item, exp.ColumnDef))
    return any(
        column.name.upper() in ("KEY", "INDEX", "FULLTEXT", "SPATIAL")
        and not column.this.args.get("quoted")
        and column.kind is not None
        and column.kind.is_type(exp.DataType.Type.USERDEFINED)
        for column in columns
    )


def _names(nodes: Iterable[exp.Expr]) -> tuple[str, ...]:
    """Column names out of identifiers, columns and ordered columns; expressions are left out."""
    found = []
    for node in nodes:
        inner = node.this if isinstance(node, exp.Ordered) else node
        if isinstance(inner, exp.Column | exp.Identifier | exp.ColumnDef):
            found.append(inner.name)
        elif isinstance(inner, exp.ColumnPrefix):
            found.append(inner.this.name)  # distinct beginnings are distinct values
    return tuple(found)


def _read_table(tree: exp.Create, dialect: str) -> Table:
    name = tree.this.this.name
    columns: list[Column] = []
    keys: dict[str, list[Any]] = {}
    for item in tree.this.expressions:
        if isinstance(item, exp.ColumnDef):
            column, more = _read_column(item, dialect)
            columns.append(column)
        else:
            more = _read_constraints([item], dialect)
        for kind, found in more.items():
            keys.setdefault(kind, []).extend(found)
    comment = tree.find(exp.SchemaCommentProperty)
    text = comment.this.name if comment is not None else ""
    return _add(Table(name, tuple(columns), comment=text), **keys)


def _read_column(node: exp.ColumnDef, dialect: str) -> tuple[Column, dict[str, list[Any]]]:
    nullable, comment = True, ""
    keys: dict[str, list[Any]] = {}
    for constraint in node.constraints:
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            keys["primary_key"] = [node.name]
        elif isinstance(kind, exp.NotNullColumnConstraint):
            nullable = bool(kind.args.get("allow_null"))
        elif isinstance(kind, exp.UniqueColumnConstraint):
            keys["unique"] = [(node.name,)]
        elif isinstance(kind, exp.CommentColumnConstraint):
            comment = kind.this.name
        elif isinstance(kind, exp.Reference):
            keys["foreign_keys"] = [_read_reference((node.name,), kind)]
        elif isinstance(kind, exp.CheckColumnConstraint):
            keys.setdefault("checks", []).append(kind.this.sql(dialect=dialect))
    type_name = node.kind.sql(dialect=dialect) if node.kind is not None else "TEXT"
    if type_name.upper() in ("SERIAL", "BIGSERIAL", "SMALLSERIAL"):
        nullable = False
        type_name = {"SERIAL": "INT", "BIGSERIAL": "BIGINT"}.get(type_name.upper(), "SMALLINT")
    return Column(node.name, type_name, nullable, comment), keys


def _read_reference(columns: tuple[str, ...], node: exp.Expr) -> ForeignKey:
    target = node.this
    if isinstance(target, exp.Schema):
        return ForeignKey(columns, target.this.name, _names(target.expressions))
    return ForeignKey(columns, target.name, ())  # its primary key: filled in by _point_keys


def _read_constraints(nodes: Iterable[exp.Expr], dialect: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for node in nodes:
        if isinstance(node, exp.Constraint):
            for kind, values in _read_constraints(node.expressions, dialect).items():
                found.setdefault(kind, []).extend(values)
        elif isinstance(node, exp.PrimaryKey):
            found.setdefault("primary_key", []).extend(_names(node.expressions))
        elif isinstance(node, exp.UniqueColumnConstraint) and isinstance(node.this, exp.Schema):
            key = _names(node.this.expressions)
            if len(key) == len(node.this.expressions):  # one over an expression says less
                found.setdefault("unique", []).append(key)
        elif isinstance(node, exp.ForeignKey) and node.args.get("reference"):
            foreign = _read_reference(_names(node.expressions), node.args["reference"])
            found.setdefault("foreign_keys", []).append(foreign)
        elif isinstance(node, exp.CheckColumnConstraint):
            found.setdefault("checks", []).append(node.this.sql(dialect=dialect))
        elif isinstance(node, exp.IndexColumnConstraint):
            found.setdefault("indexes", []).append(Index(node.name, _names(node.expressions)))
    return found


def _read_index(tree: exp.Create) -> Index:
    parameters = tree.this.args.get("params")
    nodes = (parameters.args.get("columns") if parameters else None) or ()
    columns = _names(nodes)
    # an index over an expression, or a partial one, makes no column unique
    whole = len(columns) == len(nodes) and not (parameters and parameters.args.get("where"))
    return Index(tree.this.name, columns, unique=bool(tree.args.get("unique")) and whole)


def _add(table: Table, **keys: list[Any]) -> Table:
    """The table with more keys; what is in the primary key is NOT NULL."""
    primary = tuple(dict.fromkeys((*table.primary_key, *keys.get("primary_key", ()))))
    inside = {name.lower() for name in primary}
    return replace(
        table,
        primary_key=primary,
        columns=tuple(
            replace(c, nullable=False) if c.name.lower() in inside else c for c in table.columns
        ),
        unique=(*table.unique, *keys.get("unique", ())),
        foreign_keys=(*table.foreign_keys, *keys.get("foreign_keys", ())),
        indexes=(*table.indexes, *keys.get("indexes", ())),
        checks=(*table.checks, *keys.get("checks", ())),
    )


def _update(tables: dict[str, Table], node: exp.Expr | None, **keys: list[Any]) -> None:
    name = node.name.lower() if node is not None else ""
    if name in tables:
        tables[name] = _add(tables[name], **keys)


def _alter(tables: dict[str, Table], node: exp.Expr | None, action: exp.Expr, dialect: str) -> None:
    """What one action of ALTER TABLE adds: a constraint, a column, NOT NULL."""
    table = tables.get(node.name.lower()) if node is not None else None
    if table is None:
        return
    if isinstance(action, exp.AddConstraint):
        changed = _add(table, **_read_constraints(action.expressions, dialect))
    elif isinstance(action, exp.ColumnDef):
        column, keys = _read_column(action, dialect)
        changed = _add(replace(table, columns=(*table.columns, column)), **keys)
    elif isinstance(action, exp.AlterColumn) and action.args.get("allow_null") is not None:
        wanted, nullable = action.name.lower(), bool(action.args["allow_null"])
        columns = (
            replace(c, nullable=nullable) if c.name.lower() == wanted else c for c in table.columns
        )
        changed = replace(table, columns=tuple(columns))
    else:
        return
    tables[table.name.lower()] = changed


def _check_names(table: Table) -> None:
    """Refuse a table that no engine would make: a column twice, a key over a column it lacks."""
    names = [column.name.lower() for column in table.columns]
    if len(set(names)) < len(names):
        twice = next(c.name for c in table.columns if names.count(c.name.lower()) > 1)
        raise SqlError(f"table {table.name} of the schema has the column {twice} twice: rename one")
    known = set(names)
    for key in table.keys():
        for name in key:
            if name.lower() not in known:
                hint = did_you_mean(name, names)
                raise SqlError(
                    f"a key of table {table.name} of the schema names the column {name}, which the"
                    f" table does not have.{hint}"
                )


def _comment(tables: dict[str, Table], tree: exp.Comment) -> None:
    text = tree.expression.name
    if isinstance(tree.this, exp.Table) and tree.this.name.lower() in tables:
        name = tree.this.name.lower()
        tables[name] = replace(tables[name], comment=text)
    elif isinstance(tree.this, exp.Column) and tree.this.table.lower() in tables:
        name, column = tree.this.table.lower(), tree.this.name.lower()
        columns = tables[name].columns
        changed = (replace(c, comment=text) if c.name.lower() == column else c for c in columns)
        tables[name] = replace(tables[name], columns=tuple(changed))


def _point_keys(table: Table, tables: dict[str, Table]) -> Table:
    """The table with foreign keys that name no columns pointed at the primary key they mean.

    Those that lead out of the schema, or name a column that is not there, are left out.
    """
    keys = []
    for key in table.foreign_keys:
        target = tables.get(key.table.lower())
        references = key.references or (target.primary_key if target else ())
        is_there = target is not None and all(map(target.column, references))
        is_there = is_there and all(map(table.column, key.columns))
        if is_there and references and len(references) == len(key.columns):
            keys.append(replace(key, references=references))
    return replace(table, foreign_keys=tuple(keys))
