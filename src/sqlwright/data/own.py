"""Records of a team's own file, made whole: what a table of queries does not say is filled in.

A team keeps pairs of queries, the old and the better one; a training wants with each the tables
that it reads, its dialect, and what was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from sqlwright import sql
from sqlwright.data.check import Report
from sqlwright.data.records import Record
from sqlwright.errors import SqlError
from sqlwright.schema import Schema, write_ddl

Passages = Callable[[exp.Query], tuple[str, ...]]


def complete(
    record: Record, *, schema: Schema | None, dialect: str, source: str, passages: Passages | None
) -> Record:
    """The record with dialect, tables, passages and source where it has none.

    The tables are those that its query names; a query to be fixed may not parse, then those of its
    answer. Where neither parses, or no schema is given, there are none: `check_records` says so.

    Args:
        source: such as the file's name.
        passages: finds what stands in the prompt beside the query.
    """
    spoken = record.dialect or dialect
    query = next((q for q in map(_reader(spoken), (record.input, record.output)) if q), None)
    ddl, context = record.schema, record.context
    if query is not None and schema is not None and not ddl.strip():
        ddl = write_ddl(schema, spoken, sql.tables_of(query, schema))
    if query is not None and passages is not None and not context:
        context = passages(query)
    return replace(
        record, dialect=spoken, schema=ddl, context=context, source=record.source or source
    )


def without_faults(records: Sequence[Record], report: Report) -> list[Record]:
    """The records that have no fault, each with what checking it showed.

    Args:
        report: on these records.
    """
    faulty = {fault.number for fault in report.faults} | set(report.too_long)
    shown: Mapping[int, str] = {item.number: item.reason for item in report.judged}
    return [
        replace(record, checked=record.checked or shown.get(number, ""))
        for number, record in enumerate(records, start=1)
        if number not in faulty
    ]


def _reader(dialect: str) -> Callable[[str], exp.Query | None]:
    def read(text: str) -> exp.Query | None:
        try:
            return sql.read(text, dialect)
        except SqlError:
            return None

    return read
