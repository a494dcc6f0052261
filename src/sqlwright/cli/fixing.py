"""The verb that repairs a query that does not run: fix."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    File,
    Knowledge,
    Language,
    SchemaFile,
    console,
    language_of,
    open_index,
    open_model,
    print_json,
    read_text,
    schema_and_dialect,
    status,
)
from sqlwright.errors import UsageError

if TYPE_CHECKING:
    from sqlwright.repair import Repaired
    from sqlwright.schema import Schema


def fix(
    file: File,
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="a model or adapter folder, a server's URL, mini, or none; asked where the rules"
            " find nothing plain"
        ),
    ] = None,
    knowledge: Knowledge = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="how long to search")] = 10.0,
    write: Annotated[
        bool, typer.Option("--write", help="put the repaired query into FILE")
    ] = False,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Repair a query that does not run. Exit 0 it runs, 1 repaired, 3 could not be repaired."""
    if write and file == "-":
        raise UsageError("--write needs a file: stdin cannot be written")
    spoken = language_of(language)
    found = _repaired(read_text(file), schema, db, dialect, model, knowledge, seconds)
    if as_json:
        print_json(found.as_dict())
    else:
        from sqlwright import show

        show.show_repair(console(), found, spoken)
    if write and found.best is not None:
        _write(Path(file), found.best.text)
    raise typer.Exit({"runs": 0, "repaired": 1}.get(found.outcome, 3))


def _repaired(
    text: str,
    schema: Path | None,
    db: str | None,
    dialect: str | None,
    model: str | None,
    knowledge: str | None,
    seconds: float,
) -> Repaired:
    from contextlib import ExitStack, closing

    from sqlwright.database import connect
    from sqlwright.repair import open_ground, repair

    with ExitStack() as held, status() as say:
        if db is not None:
            if schema is not None:
                raise UsageError("--schema and --db both say what the tables are: give one of them")
            database = held.enter_context(connect(db))
            known: Schema | None = database.schema
            ground = open_ground(known, database.dialect, database)
        else:
            known, spoken = schema_and_dialect(schema, None, dialect, text)
            ground = open_ground(known, spoken)
        held.enter_context(closing(ground))
        say("searching")
        return repair(
            text,
            ground,
            model=partial(open_model, model, say),
            passages=_passages(text, knowledge),
            seconds=seconds,
        )


def _passages(text: str, knowledge: str | None) -> tuple[str, ...]:
    """The best passages of the knowledge, for the model's prompt."""
    index = open_index(knowledge)
    if index is None:
        return ()
    from sqlwright.context import quoted

    return quoted(index.search(text), "mini")


def _write(path: Path, text: str) -> None:
    """Put the text into the file with the line ends that it had."""
    try:
        raw = path.read_bytes()
        mark = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8"
        text = text.rstrip() + "\n" if raw.endswith(b"\n") else text
        ends = text.replace("\n", "\r\n") if b"\r\n" in raw else text
        path.write_bytes(ends.encode(mark))
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be written ({error.strerror}): check its rights"
        ) from None
