"""The verdict: does an honest attempt to tell two queries apart succeed?

`no difference found` is not a proof. It says that both queries returned the same rows on a number
of small databases made to tell them apart; the reason says on how many, and on which engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types

from sqlwright import sql
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.schema import Schema, Table
from sqlwright.verify import results
from sqlwright.verify.counterexample import Counterexample, describe
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.scratch import ENGINES, Row, Scratch, open_scratch
from sqlwright.verify.shrink import shrink
from sqlwright.verify.witness import Witness, witnesses

Outcome = Literal["different", "no difference found", "undecided"]

_NAMES = {"sqlite": "SQLite", "duckdb": "DuckDB", "postgres": "PostgreSQL", "mysql": "MySQL"}
_QUERY_SECONDS = (
    2.0  # on a witness of a few rows a query takes milliseconds; more is a runaway join
)
_SHRINK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What trying to refute a rewrite showed.

    Attributes:
        outcome: `different`, `no difference found` (never a proof) or `undecided`.
        reason: one sentence that says on what the outcome rests.
        witnesses: databases on which the original returned rows.
        counterexample: the smallest witness found on which they differ.
        shown_by: the named, sound step that shows more than running can, or None: then
            `no difference found` means only that nothing was found.
        notes: what a reader should know besides: other names of columns, an engine in another's
            place, a constraint that was not kept.
    """

    outcome: Outcome
    reason: str
    witnesses: int = 0
    counterexample: Counterexample | None = None
    shown_by: str | None = None
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON types."""
        example = self.counterexample.as_dict() if self.counterexample else None
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "witnesses": self.witnesses,
            "counterexample": example,
            "shown_by": self.shown_by,
            "notes": list(self.notes),
        }


def judge(
    original: exp.Query,
    proposal: exp.Query,
    schema: Schema,
    dialect: str,
    *,
    seconds: float = 10.0,
    witnesses: int = 40,
    seed: int = 0,
) -> Verdict:
    """Try to refute that both queries mean the same, by running both on generated databases.

    Args:
        seconds: stop looking after so many seconds of wall time.
        witnesses: how many databases to try.
        seed: the same seed tries the same databases.

    Raises:
        BindError: if either query names what the schema does not have.
    """
    stop = time.monotonic() + seconds
    pair = _Pair(_prepare(original, schema, dialect), _prepare(proposal, schema, dialect))
    if pair.original == pair.proposal:
        return Verdict("no difference found", "the queries are the same once names are bound")
    found = (*sql.tables_of(pair.original, schema), *sql.tables_of(pair.proposal, schema))
    tables = tuple(dict.fromkeys(found))
    refusals = []
    for engine in ENGINES[dialect]:
        with _scratch(engine, tables, dialect) as scratch:
            refusal = _why_not_run(pair, scratch, tables)
            if refusal is not None:
                refusals.append(refusal)
                continue
            unstable = _why_unstable(pair, schema)
            try:
                return _search(
                    pair, scratch, tables, schema, dialect, unstable, (witnesses, seed, stop)
                )
            except DatabaseError as error:
                refusals.append(f"a query fails on {scratch.name} on a witness: {error}")
    return Verdict("undecided", refusals[0])  # of the truest engine


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two bound queries of one dialect, and how their results compare."""

    original: exp.Query
    proposal: exp.Query

    def texts(self, dialect: str) -> tuple[str, str]:
        return _write(self.original, dialect), _write(self.proposal, dialect)


def _write(query: exp.Query, dialect: str) -> str:
    return query.sql(dialect=dialect, identify=True, comments=False)


@contextmanager
def _scratch(engine: str, tables: Sequence[Table], dialect: str) -> Iterator[Scratch]:
    scratch = open_scratch(engine, tables, dialect)
    try:
        yield scratch
    finally:
        scratch.close()


def _prepare(query: exp.Query, schema: Schema, dialect: str) -> exp.Query:
    """The query bound and typed, with the clock standing still, so that two runs see one moment."""
    bound = sql.bind(query, schema, dialect)
    for node in list(bound.find_all(exp.CurrentTimestamp, exp.CurrentDatetime, exp.CurrentDate)):
        kind = "DATE" if isinstance(node, exp.CurrentDate) else "TIMESTAMP"
        moment = "2026-01-15" if kind == "DATE" else "2026-01-15 12:00:00"
        literal = exp.Literal.string(moment)
        # SQLite keeps moments as text
        node.replace(literal if dialect == "sqlite" else exp.cast(literal, kind))
    try:
        annotate_types(bound, schema=sql.mapping(schema), dialect=dialect)
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError):
        return bound  # types only help to translate a division
    for division in list(bound.find_all(exp.Div)):
        sides = (division.left.type, division.right.type)
        if division.args.get("typed") and all(t and t.is_type(*_INTEGERS) for t in sides):
            division.replace(exp.IntDiv(this=division.left, expression=division.right))
    return bound


_INTEGERS = (*exp.DataType.SIGNED_INTEGER_TYPES, *exp.DataType.UNSIGNED_INTEGER_TYPES)


def _why_not_run(pair: _Pair, scratch: Scratch, tables: Sequence[Table]) -> str | None:
    """Why the pair cannot be run on the engine at all, or None."""
    scratch.load(Witness(tuple(tables), ((),) * len(tables)))
    for name, text in zip(("original", "proposed"), pair.texts(scratch.dialect), strict=True):
        try:
            scratch.run(text, _QUERY_SECONDS)
        except (DatabaseError, QueryTimeout) as error:
            return f"the {name} query does not run on {scratch.name}: {error}"
    return None


def _why_unstable(pair: _Pair, schema: Schema) -> str | None:
    """Why a difference may be chance, but for an outermost LIMIT: `_Compared` allows for it."""
    for query in (pair.original, pair.proposal):
        if reason := sql.why_unstable(_without_limit(query), schema):
            return reason
    return None


def _without_limit(query: exp.Query) -> exp.Query:
    copy = query.copy()
    for name in ("limit", "offset", "fetch"):
        copy.set(name, None)
    return copy


def _search(
    pair: _Pair,
    scratch: Scratch,
    tables: Sequence[Table],
    schema: Schema,
    dialect: str,
    unstable: str | None,
    limits: tuple[int, int, float],
) -> Verdict:
    """Run both queries on one witness after the other until they differ or the limits are met."""
    count, seed, stop = limits
    compare = _Compared(pair, scratch)
    readings = [read_predicates(query, schema) for query in (pair.original, pair.proposal)]
    tried = answered = slow = failed = 0
    chance = False
    for witness in witnesses(tables, readings, seed):
        if tried >= count or (tried and time.monotonic() > stop):
            break
        tried += 1
        scratch.load(witness)
        try:
            difference = compare(stop)
        except QueryTimeout:
            slow += 1
            continue
        except DatabaseError:
            # a value that an implicit cast cannot take, say: the engine's own business
            failed += 1
            if failed * 2 > count:
                raise
            continue
        answered += bool(compare.answered)
        if difference is None:
            continue
        if unstable is not None:
            chance = True
            continue
        differs = partial(_differs, compare, scratch)
        small = shrink(witness, differs, _SHRINK_SECONDS, (pair.original, pair.proposal))
        scratch.load(small)
        difference = compare(time.monotonic() + _QUERY_SECONDS) or difference
        example = describe(
            small, pair.original, pair.proposal, compare.outputs(), scratch.name, dialect
        )
        reason = f"{difference}, on a database of {small.count()} rows"
        return Verdict("different", reason, answered, example)
    where = f" on {_where(scratch, dialect)}"
    if chance:
        return Verdict("undecided", f"the results differ{where}, but {unstable}", answered)
    if slow and slow + failed == tried:
        return Verdict("undecided", f"neither query finishes in {_QUERY_SECONDS:g} s{where}", 0)
    databases = f"{tried - slow - failed} generated databases"
    if not answered:
        return Verdict("undecided", f"the original returned no row in {databases}{where}", 0)
    counts = f"the original returned rows in {answered} of them"
    return Verdict("no difference found", f"same rows in {databases}{where}; {counts}", answered)


def _where(scratch: Scratch, dialect: str) -> str:
    own = scratch.dialect == dialect
    return scratch.name if own else f"{scratch.name} in place of {_NAMES[dialect]}"


def _differs(compare: _Compared, scratch: Scratch, witness: Witness) -> bool:
    scratch.load(witness)
    try:
        return compare(time.monotonic() + _QUERY_SECONDS) is not None
    except (QueryTimeout, DatabaseError):
        return False


class _Compared:
    """Runs both queries on the rows that are loaded and says how their results differ."""

    def __init__(self, pair: _Pair, scratch: Scratch) -> None:
        self._scratch = scratch
        self._texts = pair.texts(scratch.dialect)
        self._open = None
        if any(pair.original.args.get(name) for name in ("limit", "offset", "fetch")):
            self._open = _write(_without_limit(pair.original), scratch.dialect)
        self._keys = _order_positions(pair.original)
        self._widths = (len(pair.original.selects), len(pair.proposal.selects))
        self._rows: tuple[list[Row], list[Row]] = ([], [])
        self.answered = False

    def outputs(self) -> tuple[list[Row], list[Row]]:
        """The rows of the last comparison."""
        return self._rows

    def __call__(self, stop: float) -> str | None:
        """How the results differ, or None."""
        seconds = min(_QUERY_SECONDS, max(0.2, stop - time.monotonic()))
        run: Callable[[str], list[Row]] = partial(self._scratch.run, seconds=seconds)
        first = run(self._texts[0])
        self.answered = bool(first)
        try:
            second = run(self._texts[1])
        except DatabaseError as error:
            if "ore than one row" not in str(error):
                raise
            self._rows = (first, [])
            return f"the first query returns {_count(first)} and the second one fails ({error})"
        self._rows = (first, second)
        if self._widths[0] != self._widths[1] and (first or second):
            return f"the queries return {self._widths[0]} and {self._widths[1]} columns"
        same = results.same_bag(first, second)
        if same or self._open is None:
            if not same:
                return (
                    f"the queries return {_count(first)} and {_count(second)} that are not the same"
                )
            return self._why_order(first, second)
        # with LIMIT the rows may be chosen among ties: is the second result one of those allowed?
        if len(first) != len(second):
            return f"the queries return {_count(first)} and {_count(second)}"
        if not results.is_part_of(second, run(self._open)):
            return (
                "the second query returns a row that the first would not return without its LIMIT"
            )
        return self._why_order(first, second)

    def _why_order(self, first: list[Row], second: list[Row]) -> str | None:
        if not self._keys:
            return None
        left, right = (
            [tuple(row[i] for i in self._keys) for row in rows] for rows in (first, second)
        )
        if results.same_sequence(left, right):
            return None
        return "the second query returns its rows in another order than ORDER BY asks for"


def _count(rows: list[Row]) -> str:
    return f"{len(rows)} row" + ("" if len(rows) == 1 else "s")


def _order_positions(query: exp.Query) -> tuple[int, ...]:
    """Positions in the output of the leading ORDER BY keys that are in it."""
    order = query.args.get("order")
    if order is None:
        return ()
    selects = query.selects
    names = [item.alias_or_name for item in selects]
    found = []
    for ordered in order.expressions:
        key = ordered.this
        if isinstance(key, exp.Column) and not key.table and key.name in names:
            found.append(names.index(key.name))
        elif (same := [i for i, item in enumerate(selects) if item.unalias() == key]) != []:
            found.append(same[0])
        else:
            break  # a key that is not shown: what follows it may be in any order
    return tuple(found)
