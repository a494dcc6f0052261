"""What the engines share: rows, time limits, and how an engine's refusal becomes one sentence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlwright.errors import QueryTimeout
from sqlwright.schema import Facts, Schema

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returned; `truncated` says that the row limit cut it."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One output column. `kind` says how its values compare.

    exact (numbers), float, bool, text, folded (text whose collation may count two spellings as
    one), date, timestamp, zoned (a moment with its zone), time, interval, json, bits, bytes, other;
    `any` and `folding` where each value has a type of its own (SQLite).
    """

    name: str
    kind: str


class Engine(Protocol):
    """What an engine's connection does; texts come from `Database` alone."""

    dialect: str

    def fetch(self, text: str, seconds: float, max_rows: int) -> Rows:
        """Run the text, fetch at most `max_rows` rows, stop after `seconds`."""

    def explain(self, text: str, seconds: float) -> str:
        """The engine's plan of the text, without running it."""

    def measure(self, text: str, seconds: float) -> str:
        """The plan with what each step really took: the text runs, and its rows are dropped.

        Where the engine cannot measure (SQLite), the plan alone.
        """

    def describe(self, text: str, seconds: float) -> tuple[Field, ...]:
        """The output columns of the text, which returns no rows."""

    def read_schema(self) -> Schema:
        """The tables that the connection sees without a prefix."""

    def read_facts(self, schema: Schema, values: bool, seconds: float) -> Facts:
        """What the database tells of these columns, its views and routines, beside the schema.

        Without `values` no value is read, only how many there are.
        """

    def close(self) -> None:
        """Give the connection back."""


@contextmanager
def deadline(seconds: float, interrupt: Callable[[], object]) -> Iterator[threading.Event]:
    """Call `interrupt` from another thread after `seconds`; the event says that it happened."""
    fired = threading.Event()

    def stop() -> None:
        fired.set()
        interrupt()

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield fired
    finally:
        timer.cancel()


def timeout(seconds: float) -> QueryTimeout:
    """The error for a query that was stopped."""
    return QueryTimeout(
        f"the query did not finish within {seconds:g} s: allow more, or ask for less"
    )


def first_line(error: Exception) -> str:
    """An engine's complaint in one line, without its last stop."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__


def drain(fetch: Callable[[int], Sequence[Any]], max_rows: int) -> tuple[tuple[Row, ...], bool]:
    """At most `max_rows` rows and whether more came; 0 keeps none and fetches all (for timing)."""
    if max_rows == 0:
        while fetch(10_000):
            pass
        return (), False
    kept = [tuple(row) for row in fetch(max_rows + 1)]
    return tuple(kept[:max_rows]), len(kept) > max_rows
