"""What index advice is made of: the queries asked about, the indexes, and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from sqlwright.indexing.ideas import Idea


@dataclass(frozen=True, slots=True)
class Asked:
    """A query to be made faster: its name for a person, and how often it runs."""

    name: str
    query: exp.Query
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Effect:
    """What the advised indexes together do to one query, in the copy.

    Attributes:
        before: seconds without them; a lower bound where `stopped`.
        after: seconds with all of them.
        low: lower end of the 95 % interval of before / after.
        used: names of those that its plan uses.
        plan: lines that only one of the two plans has.
    """

    name: str
    before: float
    after: float
    low: float
    stopped: bool
    used: tuple[str, ...]
    plan: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The effect as JSON types."""
        return {
            "query": self.name,
            "before": self.before,
            "after": self.after,
            "ratio_low": self.low,
            "before_was_stopped": self.stopped,
            "indexes": list(self.used),
            "plan_difference": list(self.plan),
        }


@dataclass(frozen=True, slots=True)
class Advised:
    """An index that is worth building.

    Attributes:
        sql: the statement that builds it.
        why: the conditions that it serves.
        gain: seconds that all queries, as often as they run, take longer without it.
        bytes: its size in the copy.
        build_seconds: how long building took there.
        row_seconds: what it adds to the writing of one row there, as measured; where that is lost
            in noise, the building's share of a row.
        queries: names of the queries whose plans use it.
    """

    name: str
    sql: str
    idea: Idea
    why: tuple[str, ...]
    gain: float
    bytes: int
    build_seconds: float
    row_seconds: float
    queries: tuple[str, ...]

    @property
    def rows_paid(self) -> float:
        """Rows that may be written for a run of the queries before it costs more than it gives."""
        return self.gain / self.row_seconds

    def as_dict(self) -> dict[str, Any]:
        """The index as JSON types."""
        return {
            "sql": self.sql,
            "table": self.idea.table,
            "columns": list(self.idea.columns),
            "carried": list(self.idea.carried),
            "why": list(self.why),
            "gain": self.gain,
            "bytes": self.bytes,
            "build_seconds": self.build_seconds,
            "seconds_a_written_row": self.row_seconds,
            "rows_paid": self.rows_paid,
            "queries": list(self.queries),
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of trying: indexes, best first, their effects, and what came to nothing.

    Where it is not `timed`, every number of seconds is a cost in the planner's unit instead, and
    what an index adds to writing is not known.
    """

    advised: tuple[Advised, ...]
    effects: tuple[Effect, ...]
    tried: int
    unused: int
    note: str = ""
    failures: tuple[str, ...] = ()
    timed: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The outcome as JSON types."""
        return {
            "indexes": [one.as_dict() for one in self.advised],
            "queries": [one.as_dict() for one in self.effects],
            "unit": "seconds" if self.timed else "planner cost",
            "tried": self.tried,
            "unused": self.unused,
            "note": self.note,
            "failures": list(self.failures),
        }
