"""The verb that makes queries plainer: refactor."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sqlwright.cli.house import StandardsFile, house_standards
from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    InMemory,
    Knowledge,
    Language,
    SchemaFile,
    console,
    language_of,
    open_model,
    print_json,
    read_text,
    schema_and_dialect,
    server_of,
    status,
)
from sqlwright.errors import SqlError, UsageError

if TYPE_CHECKING:
    from sqlwright.refactor import Refactored
    from sqlwright.refactor.files import Piece

    Results = list[tuple[Piece, Refactored | SqlError]]


def refactor(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="a file of queries, - for stdin")],
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    standards: StandardsFile = None,
    knowledge: Knowledge = None,
    model: Annotated[
        str, typer.Option(help="a model to ask too: a folder, a server's URL, mini, or none")
    ] = "none",
    instruction: Annotated[str, typer.Option(help="what to ask the model, in words")] = "",
    samples: Annotated[int, typer.Option(min=1, max=32, help="answers of the model")] = 1,
    seconds: Annotated[float, typer.Option(min=0.1, help="for a verdict, and for timing")] = 10.0,
    write: Annotated[
        bool, typer.Option("--write", help="rewrite FILE where no difference was found")
    ] = False,
    in_memory: InMemory = False,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Make queries easier to read, and try to refute that they return the same rows.

    Nested queries become WITH, commas joins, and the layout the house's.
    """
    from contextlib import nullcontext
    from functools import partial

    from sqlwright.check.files import read_file
    from sqlwright.database import connect
    from sqlwright.refactor import refactor as make_plainer

    spoken_to = language_of(language)
    if write and file == "-":
        raise UsageError("--write needs a file: stdin cannot be rewritten")
    if schema is None and db is None:
        raise UsageError("refactor checks what it changes: give --schema or --db")
    text = read_text(file) if file == "-" else read_file(file)
    house = house_standards(standards, knowledge)
    known, spoken = schema_and_dialect(schema, db, dialect, text)
    assert known is not None
    with status() as say, connect(db) if db is not None else nullcontext() as database:
        act = partial(
            make_plainer,
            schema=known,
            dialect=spoken,
            standards=house,
            database=database,
            model=open_model(model, say),
            instruction=instruction,
            samples=samples,
            seconds=seconds,
            server=server_of(db, in_memory),
            say=say,
        )
        results = _each(text, spoken, act)
    _tell(results, as_json=as_json, language=spoken_to)
    if write:
        _write(Path(file), text, results)


def _each(text: str, dialect: str, act: Callable[[str], Refactored]) -> Results:
    """What comes of each statement; one that cannot be changed is left as it is."""
    from sqlwright.refactor.files import pieces

    results: list[tuple[Piece, Refactored | SqlError]] = []
    for piece in pieces(text, dialect):
        try:
            results.append((piece, act(piece.query())))
        except SqlError as error:
            results.append((piece, error))
    return results


def _tell(results: Results, *, as_json: bool, language: str) -> None:
    if len(results) == 1 and isinstance(results[0][1], SqlError):
        raise results[0][1]
    if as_json:
        print_json(
            {
                "statements": [
                    {"line": piece.line}
                    | ({"error": str(r)} if isinstance(r, SqlError) else r.as_dict())
                    for piece, r in results
                ]
            }
        )
        return
    from sqlwright.show.refactoring import show_refactored

    for piece, result in results:
        show_refactored(console(), piece.line, result, language)


def _write(path: Path, text: str, results: Results) -> None:
    """Put what survived in the place of what it was made from; all else stays, line ends too."""
    from sqlwright.refactor.files import spliced

    changed = [
        (piece, result.text)
        for piece, result in results
        if not isinstance(result, SqlError) and result.best is not None
    ]
    if not changed:
        print("sqlwright: nothing to write", file=sys.stderr)
        return
    content = path.read_bytes()
    if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise UsageError(f"{path}: not written, it is no UTF-8 text: convert it first")
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    new = mark + spliced(text, changed).encode("utf-8")
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_bytes(new)
        beside.chmod(path.stat().st_mode)
        os.replace(beside, path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}): check the path") from None
    print(f"sqlwright: wrote {len(changed)} of {len(results)} statements", file=sys.stderr)
