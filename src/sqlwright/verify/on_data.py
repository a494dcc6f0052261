"""Two queries compared on the user's own data, by hashes that the engine computes.

Read-only and with limits; what comes back are two counts and two hashes, and a few rows where they
differ. It shows what is true of the data of this moment and nothing of other data: it adds to the
witnesses and does not replace them.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from sqlglot import exp

from sqlwright import sql
from sqlwright.database import Database
from sqlwright.engines.reading import Row
from sqlwright.engines.row_keys import is_float, is_soft
from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.verify.bags import Bags, Excess, Total
from sqlwright.verify.results import same_row

Outcome = Literal["different", "no difference found", "undecided"]
Decision = tuple[Outcome, str]

_SHOWN = 5  # differing rows of each side that a person sees
_MOST = 1000  # differing rows of each side that are fetched to see by how much they differ
_NEAR = 1e-7  # nine digits are hashed: what differs by less may be rounding
_NAMES = ("original", "proposed")
_SPELLING = (
    "only in floats beyond the seventh digit, or in how texts are spelled that their collation"
    " counts as one"
)


@dataclass(frozen=True, slots=True)
class OnData:
    """What comparing two queries on a database's own rows showed.

    Attributes:
        outcome: `no difference found` speaks of these rows alone.
        reason: one sentence that says on what the outcome rests.
        rows: how many each query returned; None where that is not known.
        columns: the original's output columns.
        only_original: a few rows that the original returns more often; floats to nine digits.
        only_proposal: a few that the proposal returns more often.
        seconds: wall time that the comparison took.
    """

    outcome: Outcome
    reason: str
    rows: tuple[int | None, int | None] = (None, None)
    columns: tuple[str, ...] = ()
    only_original: tuple[Row, ...] = ()
    only_proposal: tuple[Row, ...] = ()
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """The comparison as JSON types."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "rows": list(self.rows),
            "columns": list(self.columns),
            "only_original": [list(row) for row in self.only_original],
            "only_proposal": [list(row) for row in self.only_proposal],
            "seconds": round(self.seconds, 3),
        }


def compare_on_data(
    database: Database,
    original: exp.Query,
    proposal: exp.Query,
    *,
    seconds: float,
    max_rows: int = 5_000_000,
) -> OnData:
    """Compare both queries' results on the database as bags of rows; ORDER BY is not compared.

    Args:
        seconds: wall time for all of it.
        max_rows: results of more rows than that are not compared.

    Raises:
        SqlError: if either tree is not one read-only query.
    """
    start = time.monotonic()
    pair = (original, proposal)
    comparison = _Comparison(database, pair, Bags(database, pair, start + seconds, max_rows))
    try:
        outcome, reason = comparison.decide(max_rows)
    except QueryTimeout:
        outcome = "undecided"
        reason = f"comparing on the data did not finish within {seconds:g} s: allow more"
    except DatabaseError as error:
        outcome, reason = "undecided", f"the results cannot be compared on the data: {error}"
    if outcome == "no difference found":
        comparison.found = ([], [])  # what differed by rounding is no difference
    only_original, only_proposal = (
        tuple(item.values() for item in found[:_SHOWN]) for found in comparison.found
    )
    return OnData(
        outcome,
        reason,
        comparison.rows,
        comparison.bags.names[0] if comparison.bags.names else (),
        only_original,
        only_proposal,
        time.monotonic() - start,
    )


class _Comparison:
    """Two results, and what is known of them so far."""

    def __init__(self, database: Database, pair: tuple[exp.Query, exp.Query], bags: Bags) -> None:
        self._database = database
        self._pair = pair
        self.bags = bags
        self.rows: tuple[int | None, int | None] = (None, None)
        self.found: tuple[list[Excess], list[Excess]] = ([], [])

    def decide(self, max_rows: int) -> Decision:
        """The outcome and its reason, unless a difference may be chance."""
        outcome, reason = self._compare(max_rows)
        if outcome == "different":
            for query in self._pair:
                if chance := sql.why_unstable(query, self._database.schema):
                    return "undecided", f"{reason}, but {chance}"
        elif outcome == "no difference found" and any(q.args.get("order") for q in self._pair):
            return outcome, f"{reason}; their order is not compared"
        return outcome, reason

    def _compare(self, max_rows: int) -> Decision:
        bags = self.bags
        for side, name in enumerate(_NAMES):
            if error := _failure(partial(bags.describe, side)):
                return "undecided", f"the {name} query does not run on the data: {error}"
        widths = [len(names) for names in bags.names]
        if widths[0] != widths[1]:
            return "different", f"the queries return {widths[0]} and {widths[1]} columns"
        bags.settle_kinds()
        try:
            one, other = bags.totals(0, 1)
        except QueryTimeout:
            raise
        except DatabaseError as error:
            return self._why_failed(error)
        over = one.rows > max_rows, other.rows > max_rows
        self.rows = (None if over[0] else one.rows, None if over[1] else other.rows)
        if all(over):
            return "undecided", f"both queries return more than {max_rows} rows, the limit"
        if one.hashed < one.rows or other.hashed < other.rows:
            return "undecided", "some rows are too long for the engine to hash"
        if _is_same(one, other):
            return self._no_difference(one.rows)
        if one.rows != other.rows:
            if not any(over):
                self.found = bags.excesses(_SHOWN)
            counts = [f"more than {max_rows}" if n is None else str(n) for n in self.rows]
            return "different", f"the queries return {counts[0]} and {counts[1]} rows"
        if bags.learn_floats():
            one, other = bags.totals(0, 1)
            if _is_same(one, other):
                return self._no_difference(one.rows)
        return self._explain(one.rows, bags.are_soft() and _is_same(*bags.totals(0, 1, loose=True)))

    def _no_difference(self, count: int) -> Decision:
        digits = ", floats to nine digits" if self.bags.floats() else ""
        return "no difference found", f"the same {_count(count)} on the data{digits}"

    def _explain(self, count: int, is_loosely_same: bool) -> Decision:
        """The outcome for as many rows on both sides whose strict hashes differ."""
        self.found = self.bags.excesses(_MOST + 1 if is_loosely_same else _SHOWN)
        if not any(self.found):
            return "undecided", "the data changed while the results were compared"
        apart: Decision = ("different", f"{_count(count)} each, but not the same ones")
        if not is_loosely_same:
            return apart
        number = max(map(len, self.found))
        if number > _MOST:
            near = f"more than {_MOST} rows differ, {_SPELLING}"
            return apart if self.bags.are_floats_apart() else ("undecided", near)
        close = _Closeness(self.bags.kinds[0])
        if close.pairs_off(*self.found, same_row):
            return "no difference found", (
                f"the same {_count(count)} on the data, floats within 1e-9 of each other"
            )
        if close.pairs_off(*self.found, close.is_near):
            return "undecided", f"{_count(number)} differ, {_SPELLING}"
        return apart

    def _why_failed(self, error: DatabaseError) -> Decision:
        """Which of the two fails by itself, and how."""
        failures = [_failure(partial(self.bags.totals, side)) for side in (0, 1)]
        if all(failures) or not any(failures):
            raise error  # the engine may be gone, or short of memory
        for name, own in zip(_NAMES, failures, strict=True):
            if own is not None:
                reason = f"the {name} query fails on the data: {own}"
        # any other failure may be the engine's choice of what to compute first
        if failures[1] and re.search(r"ore than (one|1) row", str(failures[1])):
            return "different", f"the original query runs, and {reason}"
        return "undecided", reason


def _is_same(one: Total, other: Total) -> bool:
    return one.rows == other.rows and one.hashes == other.hashes


def _failure(run: Callable[[], object]) -> DatabaseError | None:
    try:
        run()
    except QueryTimeout:
        raise
    except DatabaseError as error:
        return error
    return None


class _Closeness:
    """Pairs off rows of two results that differ in floats or in the spelling of texts."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self._kinds = kinds

    def pairs_off(
        self,
        left: Sequence[Excess],
        right: Sequence[Excess],
        is_same: Callable[[Row, Row], bool],
    ) -> bool:
        """Can each row of one side be paired with its own row of the other?"""
        groups: dict[Row, list[tuple[Row, int]]] = {}
        for item in right:
            groups.setdefault(self._hard(item), []).append((self._row(item), item.count))
        for item in left:
            row, wanted = self._row(item), item.count
            candidates = groups.get(self._hard(item), [])
            for number, (other, count) in enumerate(candidates):
                taken = min(wanted, count) if wanted and is_same(row, other) else 0
                wanted -= taken
                candidates[number] = (other, count - taken)
            if wanted:
                return False
        return not any(count for group in groups.values() for _, count in group)

    def _hard(self, item: Excess) -> Row:
        pairs = zip(item.values(), self._kinds, strict=True)
        return tuple(value is None if is_soft(kind) else value for value, kind in pairs)

    def _row(self, item: Excess) -> Row:
        """The row with all the digits of its floats."""
        whole = iter(item.floats)
        pairs = zip(item.values(), self._kinds, strict=True)
        return tuple(_plain(next(whole)) if is_float(kind) else value for value, kind in pairs)

    def is_near(self, left: Row, right: Row) -> bool:
        """Do the rows differ by nothing but rounding and spelling?"""
        return all(map(_is_near, left, right, self._kinds))


def _is_near(left: Any, right: Any, kind: str) -> bool:
    if isinstance(left, int | float) and isinstance(right, int | float):
        nan = left != left and right != right
        return nan or math.isclose(left, right, rel_tol=_NEAR, abs_tol=1e-9)
    # the loose hashes agree, so the collation counts these texts as one
    return bool(left == right) or (is_soft(kind) and type(left) is type(right) is str)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _count(rows: int) -> str:
    return f"{rows} row" + ("" if rows == 1 else "s")
