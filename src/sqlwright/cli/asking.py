"""The verbs that propose SQL: optimize."""

from __future__ import annotations

from typing import Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    File,
    InMemory,
    Knowledge,
    Language,
    console,
    language_of,
    open_index,
    open_model,
    print_json,
    read_text,
    server_of,
    status,
)


def optimize(
    file: File,
    db: Annotated[str, typer.Option("--db", help="a database file, or a SQLAlchemy URL")],
    knowledge: Knowledge = None,
    model: Annotated[
        str | None,
        typer.Option(help="a model or adapter folder, a server's URL, mini, or none"),
    ] = None,
    instruction: Annotated[str, typer.Option(help="what to ask the model, in words")] = "",
    samples: Annotated[int, typer.Option(min=1, max=32, help="answers of the model")] = 1,
    seconds: Annotated[float, typer.Option(min=0.1, help="about how long to time")] = 10.0,
    in_memory: InMemory = False,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Propose faster rewrites, try to refute each, time what survives on the database."""
    from sqlwright.advise import advise
    from sqlwright.database import connect

    text = read_text(file)
    with connect(db) as database, status() as say:
        index = open_index(knowledge)
        advice = advise(
            text,
            database=database,
            knowledge=index,
            model=open_model(model, say),
            instruction=instruction,
            samples=samples,
            seconds=seconds,
            server=server_of(db, in_memory),
            say=say,
        )
    if as_json:
        print_json(advice.as_dict())
    else:
        from sqlwright import show

        show.show_advice(console(), advice, language_of(language))
