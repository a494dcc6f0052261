"""What `ask` would tell a model beside a question, for a record: the same at every build.

Values are those that were read once, and not looked up in the time that a question has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlwright.ask.knowing import find_known
from sqlwright.ask.values import MOST_FOUND, spans
from sqlwright.data.asked_passages import value_line
from sqlwright.data.questions import Known, values_in
from sqlwright.database import Database
from sqlwright.knowledge.search import Index


def known_for_records(
    database: Database, knowledge: Index | None, values: Mapping[str, Sequence[str]]
) -> Callable[[str], Known]:
    """The tables and passages for a question, as mini is told them.

    Args:
        values: as `data.questions.read_values` found them.
    """

    def known(question: str) -> Known:
        found = find_known(question, database, knowledge, "mini", seconds=0.0)
        named = values_in(spans(question), values, found.tables)[:MOST_FOUND]
        lines = [value_line(*place) for place in named]
        return Known(found.tables, (*lines, *found.lines))

    return known
