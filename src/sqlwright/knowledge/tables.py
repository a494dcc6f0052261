"""Tables, views and routines as passages: what a schema says, and what its database tells beside.

Values that read like personal data are masked, and one that reads like an order to a model is left
out: rows are written by strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sqlwright.knowledge.masking import personal
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.sections import parts
from sqlwright.schema import ColumnFacts, Facts, Routine, Schema, Table

_NOTHING = Facts()


def from_schema(schema: Schema, facts: Facts = _NOTHING) -> list[Passage]:
    """One passage a table or view, and one a routine; what is long goes on in documents."""
    found = list[Passage]()
    for table in schema.tables:
        view = facts.views.get(table.name.lower(), "")
        found += _of_table(table.name, _describe(table, facts, bool(view)), view)
    for routine in facts.routines:
        found += _of_routine(routine, [table.name.lower() for table in schema.tables])
    return found


def from_views(views: Mapping[str, str]) -> list[Passage]:
    """Passages of views of which only the text is known, as DDL files have them."""
    return [
        passage for name, text in views.items() for passage in _of_table(name, f"view {name}", text)
    ]


def _of_table(name: str, described: str, view: str) -> Iterator[Passage]:
    kind = "view" if view else "table"
    first, *more = _pieces(view) if view else [""]
    text = f"{described}\n{kind} of:\n{first}" if view else described
    yield Passage("table", name.lower(), personal(text), f"{kind} {name}", (name.lower(),))
    for number, piece in enumerate(more, 2):
        # headed by the name, so that its words lead to the view as well
        yield Passage("document", name, personal(piece), f"view {name}, part {number}")


def _of_routine(routine: Routine, tables: Iterable[str]) -> Iterator[Passage]:
    words = set(re.findall(r"\w+", routine.definition.lower()))
    used = ", ".join(f"`{name}`" for name in tables if name in words)
    head = f"{routine.kind} {routine.name}" + (f": {routine.comment}" if routine.comment else "")
    head += f"\nuses {used}" if used else ""
    for number, piece in enumerate(_pieces(routine.definition), 1):
        source = f"{routine.kind} {routine.name}" + (f", part {number}" if number > 1 else "")
        title = f"{routine.kind} {routine.name.partition('(')[0]}"
        yield Passage("document", title, personal(f"{head}\n{piece}"), source)


def _pieces(definition: str) -> list[str]:
    """The text in parts; its lines stand in, so that none is taken for a column or a key."""
    lines = (f"  {line.rstrip()}" for line in definition.strip().splitlines() if line.strip())
    return [f"  {piece}" for _, piece in parts("\n".join(lines))]


def _describe(table: Table, facts: Facts, is_view: bool) -> str:
    rows = "" if table.rows is None else f", {table.rows:,} rows"
    kind = "view" if is_view else "table"
    lines = [f"{kind} {table.name}{rows}" + (f": {table.comment}" if table.comment else "")]
    for column in table.columns:
        null = "" if column.nullable else " not null"
        comment = f": {column.comment}" if column.comment else ""
        told = in_words(facts.of(table.name, column.name), column.nullable)
        lines.append(f"- {column.name} {column.type}{null}{told}{comment}")
    lines += [f"key: {', '.join(key)}" for key in table.keys()]
    lines += [
        f"{', '.join(key.columns)} -> {key.table} ({', '.join(key.references)})"
        for key in table.foreign_keys
    ]
    lines += [f"index: {', '.join(index.columns)}" for index in table.indexes]
    return "\n".join(lines)


def in_words(facts: ColumnFacts, nullable: bool = True) -> str:
    """What is known of a column's values, in brackets: ` (3 values: new, paid, sent; 2 % NULL)`."""
    told = []
    if facts.distinct is not None:
        about = "" if facts.is_exact else "about "
        listed = ", ".join(_shown(facts.values))
        count = f"{about}{facts.distinct:,} value{'s' * (facts.distinct != 1)}"
        told.append(count + (f": {listed}" if listed else ""))
    if facts.null_share and nullable:
        percent = facts.null_share * 100
        share = f"{percent:.0f}" if 1 <= percent <= 99 or percent == 100 else f"{percent:.1f}"
        told.append("always NULL" if facts.null_share == 1 else f"{share} % NULL")
    return f" ({'; '.join(told)})" if told else ""


def _shown(values: Iterable[str]) -> list[str]:
    masked = dict.fromkeys(personal(value) for value in values)
    return [
        value if re.fullmatch(r"[\w.-]+", value) else f"'{value}'"
        for value in masked
        if why_suspicious(value) is None
    ]
