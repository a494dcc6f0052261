"""How two queries' results differ on the rows that a scratch engine holds.

Rows compare as bags, in order only as far as ORDER BY of the original asks for it; where LIMIT cuts
through ties, any choice among them is allowed. The original's freedom is the measure: a rewrite may
settle what the original leaves open, not the other way round.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from sqlwright.errors import DatabaseError
from sqlwright.schema import Schema
from sqlwright.verify import cuts, freedom, results
from sqlwright.verify.grouping_sets import Untranslatable
from sqlwright.verify.prepare import Pair
from sqlwright.verify.scratch import Scratch
from sqlwright.verify.to_sqlite import to_sqlite, with_named_values

Row = tuple[Any, ...]

#: Seconds for one query on a witness: it takes milliseconds, more is a runaway join.
QUERY_SECONDS = 2.0


def write_for(scratch: Scratch, query: exp.Query, dialect: str) -> str:
    """The query as text for the scratch engine.

    Raises:
        DatabaseError: if the engine has no words for it.
    """
    tree = tree_for(scratch, query, dialect)
    return tree.sql(dialect=scratch.dialect, identify=True, comments=False)


def tree_for(scratch: Scratch, query: exp.Query, dialect: str) -> exp.Query:
    """The query as the scratch engine runs it.

    Raises:
        DatabaseError: if the engine has no words for it.
    """
    if scratch.dialect != "sqlite":
        return query
    if dialect == "sqlite":
        return with_named_values(query)
    try:
        return to_sqlite(query)
    except Untranslatable as error:
        raise DatabaseError(f"SQLite cannot say {error}") from None


class Comparison:
    """Runs both queries on the rows that are loaded and says how their results differ.

    Attributes:
        answered: did the original return rows the last time?
        rows: what both returned the last time.
    """

    def __init__(self, pair: Pair, scratch: Scratch, schema: Schema) -> None:
        self.scratch = scratch
        self.pair = pair
        self.trees = tuple(tree_for(scratch, query, pair.dialect) for query in pair.both())
        self.texts = tuple(
            tree.sql(dialect=scratch.dialect, identify=True, comments=False) for tree in self.trees
        )
        self.answered = False
        self.rows: tuple[list[Row], list[Row]] = ([], [])
        self._stop = 0.0
        self._widths = tuple(map(_width, pair.both()))
        self._limits = cuts.limits(pair.original) if cuts.is_cut(pair.original) else None
        self._is_cut = cuts.is_cut(pair.original)
        self._most_rows = cuts.most_rows(pair.original)
        self._ordered = pair.original.args.get("order") is not None
        # the rewrite asks for another order: what it leaves open may come in any
        self._is_looser = self._ordered and cuts.asks_less(pair.original, pair.proposal)
        self._loose: tuple[str, int] | None = None
        self._ranked: tuple[str, int] | None = None
        self._probes: list[freedom.Probe] | None = None
        #: why the queries may differ by chance whatever the rows are
        self.why_never = next(
            filter(None, (freedom.why_never_determined(q, schema) for q in pair.both())), None
        )

    def run(self, text: str) -> list[Row]:
        """All rows of a text, within the time that is left."""
        seconds = min(QUERY_SECONDS, max(0.2, self._stop - time.monotonic()))
        return self.scratch.run(text, seconds)

    def __call__(self, stop: float) -> str | None:
        """How the results differ, or None.

        Raises:
            DatabaseError: if a query fails, but for a scalar subquery of several rows in the second
                query alone, which is a difference.
            QueryTimeout: if one does not finish.
        """
        self._stop = stop
        first = self.run(self.texts[0])
        self.answered = bool(first)
        try:
            second = self.run(self.texts[1])
        except DatabaseError as error:
            if "ore than one row" not in str(error):
                raise
            self.rows = (first, [])
            return f"the first query returns {_count(first)} and the second one fails ({error})"
        self.rows = (first, second)
        return self._difference(first, second)

    def _difference(self, first: list[Row], second: list[Row]) -> str | None:
        if first == second and not (self._is_looser and second):
            return None
        left, right = (
            len(rows[0]) if rows else width
            for rows, width in zip((first, second), self._widths, strict=True)
        )
        if left and right and left != right:
            return f"the queries return {left} and {right} columns"
        same = results.same_bag(first, second)
        if same and not self._ordered:
            return None
        if same and self._is_looser and (other := self._in_another_order(second)) is not None:
            self.rows = (first, other)
            if how := self._why_not_allowed(other, True):
                return how
            self.rows = (first, second)
        if not same and not self._is_cut:
            return f"the queries return {_count(first)} and {_count(second)} that are not the same"
        if len(first) != len(second):
            return f"the queries return {_count(first)} and {_count(second)}"
        return self._why_not_allowed(second, same)

    def _why_not_allowed(self, second: list[Row], same: bool) -> str | None:
        """Why the second result is none that the original's ORDER BY and LIMIT allow, or None."""
        shown = self._shown()
        if shown is None or (self._is_cut and self._limits is None):
            return None if same else self._reason_for_cut()
        offset, limit = self._limits or (0, None)
        text, keys = shown
        rows = self.run(text)
        fold = self.pair.dialect == "mysql"  # its text compares without case
        position = 0
        end = len(rows) if limit is None else min(len(rows), offset + limit)
        for begin, finish in _ties(rows, keys, fold):
            low, high = max(begin, offset), min(finish, end)
            if low >= high:
                continue
            group = [row[: len(row) - keys] for row in rows[begin:finish]]
            part = second[position : position + high - low]
            position += high - low
            whole = high - low == finish - begin
            if whole and not results.same_bag(group, part):
                if same:
                    return (
                        "the second query returns its rows in another order than ORDER BY asks for"
                    )
                return self._reason_for_cut()
            if not whole and not results.is_part_of(part, group):
                return self._reason_for_cut()
        return None

    def _in_another_order(self, second: list[Row]) -> list[Row] | None:
        """The second query's rows as it may as well return them: those that tie turned round."""
        proposal = self.pair.proposal
        if self._loose is None:
            found = cuts.ranked(proposal)
            if found is None:
                self._is_looser = False
                return None
            self._loose = (write_for(self.scratch, found[0], self.pair.dialect), found[1])
        text, keys = self._loose
        window = cuts.limits(proposal) if cuts.is_cut(proposal) else (0, None)
        if window is None:
            return None
        rows = self.run(text)
        turned: list[Row] = []
        for begin, end in _ties(rows, keys, self.pair.dialect == "mysql"):
            turned += [row[: len(row) - keys] for row in reversed(rows[begin:end])]
        offset, limit = window
        return turned[offset:] if limit is None else turned[offset : offset + limit]

    def _shown(self) -> tuple[str, int] | None:
        if self._ranked is None:
            found = cuts.ranked(self.pair.original)
            if found is None:
                return None
            self._ranked = (write_for(self.scratch, found[0], self.pair.dialect), found[1])
        return self._ranked

    def _reason_for_cut(self) -> str:
        return "the second query returns rows that LIMIT and ORDER BY of the first do not allow"

    def why_chance(self) -> str | None:
        """Why a difference on the rows loaded now may be chance, or None where it counts."""
        if self.why_never is not None:
            return self.why_never
        if self._most_rows is not None and len(self.rows[1]) > self._most_rows:
            return None  # whatever the first query picks, it returns fewer
        if self._probes is None:  # what the second one picks has to be allowed by the first
            self._probes, reason = freedom.read_probes(self.pair.original)
            if reason is not None:
                self.why_never = reason
                return reason
        for probe in self._probes:
            try:
                determined = freedom.is_determined(probe, self._run_tree)
            except DatabaseError:
                determined = False
            if not determined:
                return probe.reason
        return None

    def _run_tree(self, query: exp.Query) -> list[Row]:
        return self.run(write_for(self.scratch, query, self.pair.dialect))


def _width(query: exp.Query) -> int:
    """How many columns the query returns, 0 where a star hides it."""
    return 0 if query.is_star else len(query.selects)


def _count(rows: Sequence[Row]) -> str:
    return f"{len(rows)} row" + ("" if len(rows) == 1 else "s")


def _ties(rows: Sequence[Row], keys: int, fold: bool) -> list[tuple[int, int]]:
    """(begin, end) of the runs of rows whose last `keys` columns are equal."""
    found: list[tuple[int, int]] = []
    begin = 0
    for position in range(1, len(rows) + 1):
        if position == len(rows) or not _same_key(rows[begin], rows[position], keys, fold):
            found.append((begin, position))
            begin = position
    return found


def _same_key(left: Row, right: Row, keys: int, fold: bool) -> bool:
    pair = [tuple(map(results.plain, row[len(row) - keys :])) for row in (left, right)]
    if fold:
        pair = [tuple(v.casefold() if isinstance(v, str) else v for v in key) for key in pair]
    return results.same_row(*pair)
