"""The verb that says which indexes a database lacks: indexes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    Language,
    console,
    language_of,
    print_json,
    read_text,
    status,
)
from sqlwright.errors import UsageError


def indexes(
    paths: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|-...", help="queries; - for stdin")
    ],
    db: Annotated[str, typer.Option("--db", help="a SQLite file, or a PostgreSQL URL")],
    scratch: Annotated[
        str | None,
        typer.Option(metavar="URL", help="a PostgreSQL server for the copy, not of our own"),
    ] = None,
    how: Annotated[
        str, typer.Option(help="auto, planner (HypoPG on the server), or copy (built and timed)")
    ] = "auto",
    seconds: Annotated[float, typer.Option(min=0.1, help="limit of one run of a query")] = 10.0,
    most_rows: Annotated[
        int, typer.Option(min=1000, help="rows to copy; beyond it a sample is copied")
    ] = 3_000_000,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Say which indexes the queries lack, by the planner or measured in a copy. Exit 1 if any."""
    from sqlwright.check.files import sql_files
    from sqlwright.database import connect
    from sqlwright.indexing.advice import advise_indexes, read_asked

    spoken = language_of(language)
    if how not in ("auto", "planner", "copy"):
        raise UsageError(f"no way to try indexes called {how}: use auto, planner or copy")
    texts = [(name, read_text(name)) for name in sql_files(paths)]
    with connect(db) as database, status() as say:
        asked, left = read_asked(texts, database.schema, database.dialect)
        for line in left:
            print(f"sqlwright: left out: {line}", file=sys.stderr)
        if not asked:
            raise UsageError("none of the files holds a query over this database: see above")
        outcome = advise_indexes(
            asked,
            database,
            db,
            scratch=scratch,
            how=how,  # type: ignore[arg-type]
            seconds=seconds,
            most_rows=most_rows,
            say=say,
        )
    if as_json:
        print_json(outcome.as_dict())
    else:
        from sqlwright.show.indexes import show_indexes

        show_indexes(console(), outcome, spoken)
    raise typer.Exit(1 if outcome.advised else 0)
