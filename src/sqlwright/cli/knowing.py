"""The verbs of knowledge: learn, search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    console,
    open_index,
    print_json,
    status,
)
from sqlwright.errors import UsageError

if TYPE_CHECKING:
    from sqlwright.knowledge.index import Learned


def learn(
    knowledge: Annotated[
        str, typer.Option(metavar="FOLDER|URL", help="what to fill: a folder, or postgresql://")
    ],
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="DDL, documents, query files")
    ] = None,
    db: Db = None,
    dialect: DialectName = None,
    embedding: Annotated[
        str | None, typer.Option(help="a sentence model's folder, or none: words only")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FOLDER|URL", help="copy this knowledge over --knowledge"),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="columns of --db to keep out, as '*.password'; repeat it"),
    ] = None,
    practice: Annotated[
        bool, typer.Option("--practice", help="learn the good practice that ships with sqlwright")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill knowledge from a schema, documents, standards and past queries, or copy it whole."""
    from sqlwright import sql
    from sqlwright.knowledge.collect import columns_excluded
    from sqlwright.knowledge.index import copy
    from sqlwright.knowledge.index import learn as fill

    if source is not None:
        if db or paths or dialect or embedding:
            raise UsageError("--from copies knowledge as it is: give nothing but --knowledge too")
        _show_learned(copy(source, knowledge), as_json)
        return
    if exclude and db is None:
        raise UsageError("--exclude keeps columns of a database out: give --db URL too")
    if db is None and not paths and not practice:
        raise UsageError("learn needs something to learn from: give --db URL, or files or folders")
    schema = None
    spoken = sql.dialect_of(dialect) if dialect else None
    if db is not None:
        from sqlwright.database import connect

        with connect(db) as database:
            schema, spoken = database.schema, spoken or database.dialect
        schema = columns_excluded(schema, exclude or ())
    with status() as say:
        learned = fill(
            knowledge,
            schema,
            paths or (),
            say,
            dialect=spoken,
            embedding=embedding,
            with_practice=practice,
        )
    _show_learned(learned, as_json)


def _show_learned(learned: Learned, as_json: bool) -> None:
    if as_json:
        found = {"counts": learned.counts, "unread": list(learned.unread)}
        found |= {"suspicious": list(learned.suspicious), "notes": list(learned.notes)}
        print_json({**found, "embedding": learned.embedding})
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in learned.counts.items())
    print(f"{learned.label} holds passages: {counts}; meaning from: {learned.embedding}")
    for place in learned.unread:
        print(f"  {place}: the query does not parse, it is found by its words only")
    for note in learned.notes:
        print(f"  {note}")
    for place in learned.suspicious:
        print(f"  {place}: found by search, and never given to a model")


def search(
    text: Annotated[str, typer.Argument(help="a question, or a query")],
    knowledge: Annotated[
        str,
        typer.Option(metavar="FOLDER|URL", help="what learn filled: a folder, or postgresql://"),
    ],
    limit: Annotated[int, typer.Option(min=1)] = 8,
    as_json: AsJson = False,
) -> None:
    """Find passages by words and by meaning, with their sources."""
    from sqlwright import show

    index = open_index(knowledge)
    assert index is not None
    hits = index.search(text, limit=limit)
    if as_json:
        print_json([show.hit_as_dict(hit) for hit in hits])
    else:
        show.show_hits(console(), hits)
