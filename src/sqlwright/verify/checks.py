"""CHECK constraints: which rows they allow, values that decide them, and whether any row passes.

Each is evaluated by a private SQLite in memory, which never sees data of the user's. One that
SQLite has no words for is named in `Checks.unkept`: rows may break it, and a verdict should say so.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sqlwright.engines.sampling import quoted
from sqlwright.schema import Table, kind_of
from sqlwright.verify import check_functions
from sqlwright.verify.folding import constant_of
from sqlwright.verify.grouping_sets import Untranslatable
from sqlwright.verify.patterns import compiled, examples, similar
from sqlwright.verify.to_sqlite import to_sqlite
from sqlwright.verify.values import Value, around, defaults, form_of, like_texts, year_dates
from sqlwright.verify.widths import closed, coerce_to

_AFFINITIES = {"int": "INTEGER", "bool": "INTEGER", "num": "NUMERIC", "real": "REAL"}


@dataclass(frozen=True, slots=True)
class _Check:
    text: str  # as the schema spells it
    tree: exp.Expr  # in the table's own dialect
    condition: str  # in SQLite's
    columns: tuple[str, ...]


class Checks:
    """The CHECK constraints of one table, compiled; keeps a SQLite connection open.

    Attributes:
        columns: the columns that a CHECK speaks of, in lower case.
        unkept: the CHECKs, as the schema spells them, that cannot be evaluated.
    """

    def __init__(self, table: Table, dialect: str) -> None:
        self._table = table
        self._dialect = dialect
        self._types = {column.name.lower(): column.type for column in table.columns}
        self._checks: list[_Check] = []
        unkept = []
        self._connection: sqlite3.Connection | None = None
        if table.checks:
            self._connection = sqlite3.connect(":memory:", check_same_thread=False)
            self._connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1_000_000)
            if dialect in ("postgres", "duckdb"):
                self._connection.execute("PRAGMA case_sensitive_like = ON")
            check_functions.add_to(self._connection)
        for text in dict.fromkeys(table.checks):
            if (check := self._compile(text)) is not None:
                self._checks.append(check)
            else:
                unkept.append(text)
        self.unkept = tuple(unkept)
        self.columns = tuple(dict.fromkeys(c for check in self._checks for c in check.columns))
        self._statement = self._select(self._checks)
        self._single = {column: self._about(column) for column in self.columns}
        self._constants: dict[str, tuple[Value, ...]] = {}

    def _compile(self, text: str) -> _Check | None:
        """The check in SQLite's words, or None where it has none."""
        assert self._connection is not None
        for dialect in dict.fromkeys((self._dialect, "postgres", "mysql", "duckdb", "sqlite")):
            try:
                tree = sqlglot.parse_one(text, read=dialect)
            except SqlglotError:
                continue  # DDL mixes the habits of several engines
            try:
                tree = _plain(tree, self._types, dialect)
                query = exp.Select(expressions=[exp.Paren(this=tree.copy())])
                condition = to_sqlite(query).selects[0].sql(dialect="sqlite", identify=True)
                names = dict.fromkeys(node.name for node in tree.find_all(exp.Column))
                check = _Check(text, tree, condition, tuple(names))
                self._connection.execute(self._select([check]), [None] * len(names)).fetchall()
            except (SqlglotError, Untranslatable, sqlite3.Error, ValueError, RecursionError):
                return None
            return check
        return None

    def _select(self, checks: Sequence[_Check]) -> str:
        names = dict.fromkeys(column for check in checks for column in check.columns)
        marks = ", ".join(
            f"CAST(? AS {_AFFINITIES.get(kind_of(self._types[n]), 'TEXT')}) AS {quoted(n)}"
            for n in names
        )
        # NULL passes, as SQL says
        tests = ", ".join(f"{check.condition} IS NOT 0" for check in checks)
        return f"SELECT {tests or 1} FROM (SELECT {marks or 1})"

    def _about(self, column: str) -> str | None:
        own = [check for check in self._checks if check.columns == (column,)]
        return self._select(own) if own else None

    def broken(self, row: Mapping[str, Value]) -> tuple[tuple[str, ...], ...]:
        """The columns of each CHECK that the row breaks; columns missing from it count as NULL."""
        if self._connection is None or not self._checks:
            return ()
        found = self._run(self._statement, [row.get(column) for column in self.columns])
        return tuple(
            check.columns for check, passed in zip(self._checks, found, strict=True) if not passed
        )

    def _run(self, statement: str, items: list[Value]) -> tuple[int, ...]:
        assert self._connection is not None
        try:
            found: tuple[int, ...] = self._connection.execute(statement, items).fetchone()
        except (sqlite3.Error, OverflowError):
            # a value that a function refuses: the engine would refuse the row
            return (0,) * statement.count(" IS NOT 0")
        return found

    def allows(self, row: Mapping[str, Value]) -> bool:
        """Does every CHECK that is understood hold for the row (lower-case column to value)?"""
        return not self.broken(row)

    def allows_value(self, column: str, value: Value) -> bool:
        """Do the CHECKs that speak of this column alone take the value?"""
        statement = self._single.get(column)
        return statement is None or all(self._run(statement, [value]))

    def constants(self, column: str) -> tuple[Value, ...]:
        """Values of the column that decide its CHECKs: bounds, lists, neighbors; all allowed."""
        if column not in self._constants:
            kind = self._types.get(column, "")
            made = (
                coerce_to(kind, value, self._dialect)
                for check in self._checks
                if column in check.columns
                for value in _deciding(check.tree, column, form_of(kind))
            )
            distinct = dict.fromkeys(value for value in made if value is not None)
            self._constants[column] = tuple(v for v in distinct if self.allows_value(column, v))
        return self._constants[column]

    def mend(
        self,
        row: Mapping[str, Value],
        pools: Mapping[str, Sequence[Value]],
        generator: random.Random,
        steps: int = 40,
    ) -> dict[str, Value] | None:
        """The row with other values in the columns of `pools`, so that it is allowed, or None.

        A local search: of a broken CHECK one column takes the value that breaks the fewest, or, one
        time in four, any (as WalkSAT does: Selman, Kautz and Cohen 1994).
        """
        found = dict(row)
        for _ in range(steps):
            broken = self.broken(found)
            if not broken:
                return found
            free = [c for c in generator.choice(broken) if pools.get(c)]
            if not free:
                return None
            column = generator.choice(free)
            tried = generator.sample(pools[column], min(len(pools[column]), 24))
            if generator.random() < 0.75:
                tried.sort(key=lambda value: len(self.broken({**found, column: value})))
            found[column] = tried[0]
        return found if self.allows(found) else None

    def why_contradictory(self) -> str | None:
        """Why the table can hold no row, as far as a small search finds, or None."""
        if not self._checks:
            return None
        pools = {column: self._pool(column) for column in self.columns}
        generator = random.Random(0)
        for _ in range(8 if all(pools.values()) else 0):
            start = {column: generator.choice(pool) for column, pool in pools.items()}
            if self.mend(start, pools, generator) is not None:
                return None
        return f"no row found that the CHECK constraints of table {self._table.name} allow"

    def _pool(self, column: str) -> tuple[Value, ...]:
        declared = self._table.column(column)
        kind = self._types[column]
        plain = (coerce_to(kind, value, self._dialect) for value in defaults(form_of(kind)))
        made = [*self.constants(column), *(closed(kind) or plain)]
        found = [v for v in made if v is not None and self.allows_value(column, v)]
        is_open = (declared is None or declared.nullable) and self.allows_value(column, None)
        return tuple(dict.fromkeys([*found, None] if is_open else found))


@lru_cache(maxsize=256)
def read_checks(table: Table, dialect: str) -> Checks:
    """The compiled CHECKs of the table, whose texts are of the dialect."""
    return Checks(table, dialect)


def _plain(tree: exp.Expr, types: Mapping[str, str], dialect: str) -> exp.Expr:
    """The check with bare lower-case columns and without what SQLite does not know.

    Raises:
        Untranslatable: if it asks a subquery, or names a column that the table lacks.
    """
    if tree.find(exp.Query):
        raise Untranslatable("a subquery")
    holder = exp.Paren(this=tree)
    for node in reversed(list(tree.walk())):
        made: exp.Expr | None = None
        if isinstance(node, exp.DateTrunc | exp.TimestampTrunc):
            inner = node.this.unnest()
            if isinstance(inner, exp.Column) and kind_of(types[inner.name]) == "date":
                made = exp.cast(node.copy(), "date", copy=False)  # a day compares with days
        elif isinstance(node, exp.Column):
            if node.name.lower() not in types:
                raise Untranslatable(f"the column {node.name}")
            made = exp.column(node.name.lower(), quoted=True)
        elif (isinstance(node, exp.Cast) and _needs_no_cast(node, types)) or isinstance(
            node, exp.Collate
        ):
            made = node.this
        elif isinstance(node, exp.Introducer):
            made = node.expression  # the character set of a text
        elif isinstance(node, exp.EQ | exp.NEQ):
            made = _membership(node)
        elif isinstance(node, exp.Like | exp.ILike) and dialect in ("postgres", "mysql"):
            made = _escaped(node)
        elif isinstance(node, exp.RegexpLike | exp.RegexpILike | exp.SimilarTo):
            made = _matching(node, dialect)
        elif isinstance(node, exp.Xor):
            sides = [exp.paren(exp.not_(side.copy())) for side in (node.left, node.right)]
            made = exp.paren(exp.NEQ(this=sides[0], expression=sides[1]))
        elif isinstance(node, exp.CurrentDate):
            made = exp.Literal.string(CLOCK[:10])
        elif isinstance(node, exp.CurrentTimestamp | exp.CurrentDatetime):
            made = exp.Literal.string(CLOCK)
        elif isinstance(node, exp.ArraySize):
            made = exp.Anonymous(this="sw_cardinality", expressions=[node.this.copy()])
        elif isinstance(node, exp.Left):
            ends = (exp.Literal.number(1), node.expression.copy())
            made = exp.Substring(this=node.this.copy(), start=ends[0], length=ends[1])
        if made is not None and made is not node:
            node.replace(made)
    found = holder.this
    assert isinstance(found, exp.Expr)
    return found


#: The moment at which `prepare` lets the clock stand while queries are compared.
CLOCK = "2026-01-15 12:00:00"


def _needs_no_cast(node: exp.Cast, types: Mapping[str, str]) -> bool:
    """Would SQLite only be misled by the cast: text as text, or as an enum it does not know?"""
    inner = node.this.unnest()
    if node.to.is_type(*exp.DataType.NUMERIC_TYPES, *exp.DataType.TEMPORAL_TYPES, "boolean"):
        return False
    if node.to.is_type(*exp.DataType.TEXT_TYPES) and isinstance(inner, exp.Column):
        return kind_of(types[inner.name]) in ("text", "other")
    return not isinstance(inner, exp.Literal) or inner.is_string


def _membership(node: exp.EQ | exp.NEQ) -> exp.Expr | None:
    """x = ANY (ARRAY[...]) as IN, x <> ALL (ARRAY[...]) as NOT IN; None for other comparisons."""
    side = node.expression
    is_any = isinstance(side, exp.Any)
    is_all = isinstance(side, exp.All)
    if isinstance(side, exp.Anonymous) and side.name.upper() == "ALL":
        is_all, array = True, side.expressions[0]
    else:
        array = side.this
    if not is_any and not is_all:
        return None
    while isinstance(array, exp.Paren | exp.Cast):
        array = array.this
    is_in = isinstance(node, exp.EQ)
    if not isinstance(array, exp.Array) or is_in != is_any:
        raise Untranslatable("ANY or ALL of what is no list")
    member = exp.In(this=node.this.copy(), expressions=[item.copy() for item in array.expressions])
    return member if is_in else exp.paren(exp.not_(member))


def _escaped(node: exp.Like | exp.ILike) -> exp.Expr | None:
    """The LIKE with the backslash as its escape, which these engines take it for unasked."""
    if "\\" not in node.expression.sql() or isinstance(node.parent, exp.Escape):
        return None
    return exp.Escape(this=node.copy(), expression=exp.Literal.string("\\"))


def _matching(node: exp.Expr, dialect: str) -> exp.Expr:
    pattern = node.expression.unnest()
    while isinstance(pattern, exp.Cast):
        pattern = pattern.this.unnest()
    if not isinstance(pattern, exp.Literal):
        raise Untranslatable("a pattern that is no constant")
    text = pattern.name
    if isinstance(node, exp.SimilarTo):
        # DuckDB takes a regular expression of the whole text here
        text = f"^(?:{text})$" if dialect == "duckdb" else similar(text)
    ignore_case = isinstance(node, exp.RegexpILike) or dialect == "mysql"
    if compiled(text, ignore_case) is None:
        raise Untranslatable("a pattern of another kind")
    case = exp.Literal.number(int(ignore_case))
    items = [node.this.copy(), exp.Literal.string(text), case]
    return exp.Anonymous(this="sw_matches", expressions=items)


def _deciding(tree: exp.Expr, column: str, form: str) -> Iterator[Value]:
    """Values that the check's constants put forward for a column of the form."""
    for node in tree.walk():
        if isinstance(node, exp.Like | exp.ILike):
            pattern = constant_of(node.expression)
            yield from like_texts(pattern) if isinstance(pattern, str) else ()
        elif isinstance(node, exp.Anonymous) and node.name == "sw_matches":
            yield from examples(node.expressions[1].name, node.expressions[2].name == "1")
        elif isinstance(node, exp.Binary) and form == "text" and _measures(node):
            yield from _of_length(node)
        elif isinstance(node, exp.Literal | exp.Binary | exp.Neg | exp.Func):
            if not isinstance(node, exp.Connector | exp.Predicate):
                constant = constant_of(node)
                if form in ("date", "timestamp", "timestamptz") and isinstance(constant, int):
                    yield from year_dates(constant)
                elif constant is not None and not _is_measure(node, form):
                    yield from around(form, constant)


def _measures(node: exp.Expr) -> bool:
    return any(isinstance(side.unnest(), exp.Length) for side in node.iter_expressions())


def _is_measure(node: exp.Expr, form: str) -> bool:
    """Is the constant a number that a text column is not compared with itself?"""
    return form == "text" and isinstance(node, exp.Literal) and not node.is_string


def _of_length(node: exp.Expr) -> Iterable[Value]:
    numbers = (constant_of(side) for side in node.iter_expressions())
    for number in numbers:
        if isinstance(number, int) and 0 <= number <= 2000:
            yield from ("a" * length for length in (number, number - 1, number + 1) if length >= 0)
