"""The only door to sqlglot for text: read one read-only query, bind it to a schema, write it.

Engines only ever get text that `write` made from a tree that `read` let through, so what the parser
saw and what the engine runs cannot differ by a comment or an encoding trick.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, SqlglotError, TokenError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.parsers.sqlite import SQLiteParser
from sqlglot.schema import MappingSchema

from sqlwright.allowed import why_forbidden
from sqlwright.errors import BindError, SqlError, UsageError, did_you_mean
from sqlwright.schema import Schema, Table, kind_of

# or else a comma of FROM is written back as CROSS JOIN, which forbids SQLite's planner to reorder
SQLiteParser.JOINS_HAVE_EQUAL_PRECEDENCE = False

Tree = TypeVar("Tree", bound=exp.Expr)

#: Dialects by the names that users give them.
DIALECTS = {
    "sqlite": "sqlite",
    "duckdb": "duckdb",
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
}


def dialect_of(name: str) -> str:
    """sqlglot's name for a dialect that a user named.

    Raises:
        UsageError: if the dialect is not one that sqlwright knows, with the nearest name.
    """
    try:
        return DIALECTS[name.lower()]
    except KeyError:
        hint = did_you_mean(name, DIALECTS) or f" Use one of {', '.join(DIALECTS)}."
        raise UsageError(f"unknown dialect {name}.{hint}") from None


def guess_dialect(*texts: str, ddl: str = "") -> str:
    """The first dialect in which every text is one read-only query, for texts without one.

    Backticks, in the queries or in their DDL, mean MySQL; but it is elsewhere that double quotes
    hold a name and || joins texts. When no dialect takes them all, postgres: its errors read best.
    """
    if any("`" in text for text in texts):
        order: Sequence[str] = ("mysql", "sqlite")
    elif "`" in ddl and not any(mark in text for text in texts for mark in ('"', "||", "::")):
        order = ("mysql", "postgres", "sqlite")
    else:
        order = ("postgres", "sqlite", "mysql")
    for dialect in order:
        try:
            for text in texts:
                read(text, dialect)
        except SqlError:
            continue
        return dialect
    return order[0]


def read(text: str, dialect: str) -> exp.Query:
    """The one read-only query that the text holds.

    Raises:
        SqlError: if the text is empty, does not parse, holds more than one statement, or is not a
            query that only reads; with line and column where they are known.
    """
    statements = _parse(text, dialect)
    if not statements:
        raise SqlError("the text holds no SQL: give one SELECT query")
    if len(statements) > 1:
        raise SqlError(
            f"the text holds {len(statements)} statements and only one read-only query is taken:"
            " give each query by itself"
        )
    tree = statements[0]
    reason = why_not_read_only(tree)
    if reason is not None:
        raise SqlError(f"{reason}: only one read-only query is taken")
    assert isinstance(tree, exp.Query)
    return with_plain_not(tree)


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the parser could not go on: the offset of the token, the text's length at its end."""

    at: int
    message: str


def parsed(text: str, dialect: str) -> tuple[exp.Expr, ...] | Stop:
    """The statements of a text that may be broken, none of them allowed yet, or what stops it."""
    try:
        found = sqlglot.parse(text, read=dialect)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        message = str(first.get("description") or error).splitlines()[0].rstrip(".")
        lines = text.splitlines(keepends=True)
        line, column = first.get("line") or 0, first.get("col") or 0
        at = sum(map(len, lines[: line - 1])) + column - len(str(first.get("highlight") or ""))
        return Stop(min(max(at, 0), len(text)) if line else len(text), message)
    except RecursionError:
        return Stop(len(text), "nested too deeply")
    except (SqlglotError, ValueError) as error:
        return Stop(len(text), (str(error).splitlines() or ["not readable"])[0])
    return tuple(t for t in found if t is not None and not isinstance(t, exp.Semicolon))


def with_plain_not(tree: Tree) -> Tree:
    """Negation in one form: NOT around a test, where the parser makes one that says it is negated.

    That is IS NOT NULL of PostgreSQL's and NOT LIKE of most; a rule about LIKE must not take it for
    one. NOT LIKE ANY is left: it is not the negation of LIKE ANY.
    """
    for node in list(tree.find_all(exp.Is, exp.Like, exp.ILike)):
        if not node.args.get("negate") or isinstance(node.expression, exp.Any | exp.All):
            continue
        held = node.parent if isinstance(node.parent, exp.Escape) else node
        if held.parent is None:
            continue
        node.set("negate", None)
        held.replace(exp.Not(this=held.copy()))
    return tree


def plain_reason(message: str) -> str:
    """The parser's complaint as one phrase."""
    message = re.sub(r"<Token .*?text: SENTINEL.*?>", "the end of the text", message)
    message = re.sub(r"<Token .*?text: (.+?), line: .*?>", r"\1", message)
    # as sqlglot says that AND has nothing on its right
    return re.sub(
        r"Required keyword: '\w+' missing for <class '[\w.]*?(\w+)'>",
        lambda found: f"{found[1].upper()} lacks a part",
        message.splitlines()[0].rstrip("."),
    )


def _parse(text: str, dialect: str) -> list[exp.Expr]:
    try:
        found = sqlglot.parse(text, read=dialect)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        message = plain_reason(str(first.get("description") or error))
        near = str(first.get("highlight") or "").strip()
        near = f" near {near!r}" if near else ""
        where = f"line {first.get('line')}, column {first.get('col')}: " if first else ""
        raise SqlError(f"{where}not valid {dialect} SQL{near} ({message}): correct it") from None
    except TokenError as error:
        message = str(error).splitlines()[0]
        raise SqlError(f"not valid {dialect} SQL ({message}): check quotes and brackets") from None
    except (SqlglotError, ValueError) as error:
        message = str(error).splitlines()[0]
        raise SqlError(f"not valid {dialect} SQL ({message}): correct it") from None
    except RecursionError:
        raise SqlError("the query is nested too deeply to be read: simplify it") from None
    return [tree for tree in found if tree is not None and not isinstance(tree, exp.Semicolon)]


def why_not_read_only(tree: exp.Expr) -> str | None:
    """Why the tree is not one read-only query, or None.

    It is an allow-list of nodes and functions: what is not known to only compute is refused.
    """
    if isinstance(tree, exp.Condition | exp.Alias | exp.Identifier):
        return "the text is no SQL query"  # a bare expression
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        kind = tree.name.upper() if isinstance(tree, exp.Command) else tree.key.upper()
        return f"the statement is {kind}, not a query"
    for node in tree.walk():
        if reason := why_forbidden(node):
            line, column = place(node)
            return f"line {line}, column {column}: {reason}" if line else reason
    return None


def write(query: exp.Expr, dialect: str, pretty: bool = False) -> str:
    """The query as text of the dialect, without comments."""
    return query.sql(dialect=dialect, pretty=pretty, comments=False)


def place(node: exp.Expr) -> tuple[int, int]:
    """(line, column) where the node begins, from 1; (0, 0) where no token of it kept its place."""
    places = [
        (inner.meta["start"], inner.meta["line"], inner.meta["col"] - _width(inner))
        for inner in node.walk()
        if "start" in inner.meta
    ]
    if not places:
        return (0, 0)
    _, line, column = min(places)
    return (line, max(column, 1))


def _width(node: exp.Expr) -> int:
    # the parser keeps the column of a token's last character
    return int(node.meta["end"]) - int(node.meta["start"])


def template(query: exp.Expr) -> str:
    """The query with every literal replaced by ?, names in lower case: what near copies share."""
    copy = query.copy()
    for literal in list(copy.find_all(exp.Literal)):
        literal.replace(exp.Placeholder())
    for group in list(copy.find_all(exp.In)):
        if group.expressions and all(isinstance(e, exp.Placeholder) for e in group.expressions):
            group.set("expressions", [exp.Placeholder()])
    return copy.sql(comments=False, normalize=True)


def fingerprint(query: exp.Expr) -> str:
    """A hex digest that queries of one template share."""
    return hashlib.sha256(template(query).encode()).hexdigest()[:16]


def tables_of(query: exp.Query, schema: Schema) -> tuple[Table, ...]:
    """The tables of the schema that the query reads, in the schema's order; CTEs are none."""
    names = {
        source.name.lower()
        for scope in traverse_scope(query)
        for source in scope.sources.values()
        if isinstance(source, exp.Table)
    }
    return tuple(t for t in schema.tables if t.name.lower() in names)


def why_unstable(query: exp.Query, schema: Schema) -> str | None:
    """Why two runs of the query over the same rows may answer differently, or None.

    It errs on the side of a reason: ties are assumed unless the order holds a key.
    """
    for node in query.walk():
        if isinstance(node, exp.Rand | exp.Randn | exp.Uuid):
            return f"{node.sql_name().lower()}() answers differently each time"
        if isinstance(node, exp.Anonymous) and node.name.lower() in _RANDOM:
            return f"{node.name.lower()}() answers differently each time"
        if isinstance(node, exp.Select | exp.SetOperation) and _is_cut(node):
            if not _is_in_exists(node) and not _is_total(node.args.get("order"), node, schema):
                return "LIMIT without an order that settles every tie picks its rows freely"
        elif isinstance(node, exp.GroupConcat | exp.ArrayAgg) and not node.find(exp.Order):
            if not isinstance(node.parent, exp.WithinGroup):
                return f"{node.sql_name().lower()} without an order joins its values in any order"
        elif isinstance(node, exp.Window) and isinstance(node.this, _ORDER_DEPENDENT):
            select = node.find_ancestor(exp.Select)
            if not _is_total(node.args.get("order"), select, schema):
                return f"{node.this.sql_name().lower()}() over rows that tie numbers them freely"
    return None


_RANDOM = ("random", "rand", "uuid", "gen_random_uuid")
_ORDER_DEPENDENT = (
    exp.RowNumber, exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.Ntile,
)  # fmt: skip


def _is_cut(node: exp.Expr) -> bool:
    return bool(node.args.get("limit") or node.args.get("offset") or node.args.get("fetch"))


def _is_in_exists(node: exp.Expr) -> bool:
    parent = node.parent
    while isinstance(parent, exp.Subquery | exp.Paren):
        parent = parent.parent
    return isinstance(parent, exp.Exists)


def _is_total(order: exp.Expr | None, select: exp.Expr | None, schema: Schema) -> bool:
    """Does the order settle every tie? Where it holds a key of the one table, or the groups."""
    if order is None or not isinstance(select, exp.Select):
        return False
    names = {item.this.name.lower() for item in order.expressions if item.this.name}
    aliases = {s.alias.lower(): s.unalias().name.lower() for s in select.selects if s.alias}
    names |= {aliases[name] for name in names if name in aliases}
    group = select.args.get("group")
    if group is not None:
        return all(key.name and key.name.lower() in names for key in group.expressions)
    if select.args.get("distinct") is not None:
        return all(s.alias_or_name.lower() in names for s in select.selects)
    source = select.args.get("from_")
    table = schema.table(source.this.name) if source is not None else None
    if table is None or select.args.get("joins"):
        return False
    keys = [{column.lower() for column in key} for key in table.keys()]
    return any(key <= names and _is_never_null(table, key) for key in keys)


def _is_never_null(table: Table, names: set[str]) -> bool:
    return all((column := table.column(name)) and not column.nullable for name in names)


def bind(query: exp.Query, schema: Schema, dialect: str) -> exp.Query:
    """A copy in which every column names its table, stars are listed and names are in lower case.

    Raises:
        BindError: if a table or column is not in the schema, or a column is ambiguous.
    """
    copy = query.copy()
    for identifier in copy.find_all(exp.Identifier):
        identifier.set("this", identifier.name.lower())
        identifier.set("quoted", False)
    _check_tables(copy, schema)
    try:
        bound = qualify(
            copy,
            dialect=dialect,
            schema=mapping(schema),
            quote_identifiers=False,
            identify=False,
            validate_qualify_columns=True,
        )
    except OptimizeError as error:
        raise BindError(_explain(str(error), query, schema)) from None
    except (SqlglotError, ValueError, KeyError, AttributeError) as error:
        raise BindError(f"the query cannot be bound to the schema: {error}") from None
    except RecursionError:
        raise BindError("the query is nested too deeply to be bound: simplify it") from None
    assert isinstance(bound, exp.Query)
    for identifier in bound.find_all(exp.Identifier):  # "foreign table" is two words without them
        if not exp.SAFE_IDENTIFIER_RE.match(identifier.name):
            identifier.set("quoted", True)
    return bound


@lru_cache(maxsize=64)
def mapping(schema: Schema) -> MappingSchema:
    """The schema for sqlglot, each type as the plainest of its kind: it would refuse odd ones."""
    tables: dict[str, object] = {
        table.name.lower(): {c.name.lower(): _TYPES[kind_of(c.type)] for c in table.columns}
        for table in schema.tables
    }
    return MappingSchema(tables, normalize=False)


_TYPES = {
    "int": "bigint", "num": "decimal", "real": "double", "bool": "boolean", "date": "date",
    "time": "time", "timestamp": "timestamp", "text": "text", "other": "text",
}  # fmt: skip


def _visible_ctes(table: exp.Table) -> Iterator[str]:
    node = table.parent
    while node is not None:
        with_ = node.args.get("with_")
        if with_ is not None:
            yield from (cte.alias for cte in with_.expressions)
        node = node.parent


def _check_tables(query: exp.Query, schema: Schema) -> None:
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue  # a table function
        if table.name in _visible_ctes(table):
            continue
        if schema.table(table.name) is None:
            line, column = place(table.this)
            where = f"line {line}, column {column}: " if line else ""
            hint = did_you_mean(table.name, (t.name for t in schema.tables))
            raise BindError(f"{where}the schema has no table {table.name}.{hint}")
        # one namespace: the tables that the connection sees without a prefix
        table.set("db", None)
        table.set("catalog", None)


def _explain(message: str, query: exp.Query, schema: Schema) -> str:
    """The optimizer's complaint as one sentence with a place and the nearest name."""
    found = re.search(
        r"[Cc]olumn:? '?\"?([\w.$ ]+?)\"?'? (?:could not be|in)", message
    ) or re.search(r"[Aa]mbiguous column[^\w]*([\w.$]+)", message)
    if found is None:
        return f"the query cannot be bound to the schema: {message.splitlines()[0].rstrip('.')}"
    name = found.group(1).replace('"', "").split(".")[-1].strip()
    columns = [c for c in query.find_all(exp.Column) if c.name.lower() == name.lower()]
    line, column = place(columns[0].this) if columns else (0, 0)
    where = f"line {line}, column {column}: " if line else ""
    holders = [t for t in map(_named(schema), query.find_all(exp.Table)) if t and t.column(name)]
    if "mbiguous" in message or (len(holders) > 1 and columns and not columns[0].table):
        return f"{where}the column {name} is ambiguous: put its table before it"
    known = [c.name for t in tables_of(query, schema) for c in t.columns]
    named = columns[0].sql() if columns else name
    return f"{where}no table of the query has a column {named}.{did_you_mean(name, known)}"


def _named(schema: Schema) -> Callable[[exp.Table], Table | None]:
    return lambda node: schema.table(node.name)
