"""What the commands share: their common arguments, reading files, printing."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from sqlwright.errors import SqlError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from sqlwright.knowledge.search import Index
    from sqlwright.model import Model
    from sqlwright.schema import Schema

File = Annotated[str, typer.Argument(metavar="FILE|-", help="a file with one query, - for stdin")]
SchemaFile = Annotated[Path | None, typer.Option("--schema", help="a file of DDL")]
Db = Annotated[str | None, typer.Option("--db", help="a database file, or a SQLAlchemy URL")]
DialectName = Annotated[
    str | None, typer.Option("--dialect", help="sqlite, duckdb, postgres or mysql")
]
Knowledge = Annotated[
    str | None,
    typer.Option(
        "--knowledge",
        metavar="FOLDER|URL",
        help="knowledge that learn filled: a folder, or a postgresql:// URL",
    ),
]
InMemory = Annotated[
    bool, typer.Option("--in-memory", help="make no temporary tables on the server of --db")
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Language = Annotated[str, typer.Option("--language", help="of the messages: en or ru")]


def read_text(file: str) -> str:
    """The text of the file, or of stdin for `-`."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not UTF-8 text: convert it first") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}): check the path") from None
    if "\0" in text:
        raise UsageError(
            f"{file}: it holds NUL characters, so it is no UTF-8 text: convert it first"
        )
    return text


def schema_and_dialect(
    schema: Path | None, db: str | None, dialect: str | None, *texts: str
) -> tuple[Schema | None, str]:
    """The schema that --schema or --db gives, and the dialect that is named or guessed."""
    from sqlwright import sql
    from sqlwright.schema import read_ddl

    if schema is not None and db is not None:
        raise UsageError("--schema and --db both say what the tables are: give one of them")
    named = sql.dialect_of(dialect) if dialect else None
    if db is not None:
        from sqlwright.database import connect

        with connect(db) as database:
            return database.schema, named or database.dialect
    if schema is None:
        return None, named or sql.guess_dialect(*texts)
    ddl = read_text(str(schema))
    try:
        return read_ddl(ddl, named), named or sql.guess_dialect(*texts, ddl=ddl)
    except SqlError as error:
        raise SqlError(f"{schema}: {error}") from None


def server_of(db: str | None, in_memory: bool) -> str | None:
    """The URL of --db where it is a server that may judge in temporary tables of its own."""
    is_server = db is not None and db.startswith(("postgres", "mysql", "mariadb")) and "://" in db
    return db if is_server and not in_memory else None


def named(path: Path, act: Any) -> Any:
    """What `act` returns; an error of it names the file."""
    try:
        return act()
    except SqlError as error:
        raise SqlError(f"{path}: {error}") from None


def open_index(where: str | None) -> Index | None:
    """The knowledge in the folder or at the URL, with a word on stderr where it lacks meaning."""
    if where is None:
        return None
    from sqlwright.knowledge import search as knowledge

    index = knowledge.open_index(where)
    if index.note:
        print(f"sqlwright: {index.note}", file=sys.stderr)
    return index


def open_model(where: str | None, say: Any) -> Model | None:
    """The model that is named; the shipped one by default, where what it needs is installed."""
    from importlib.util import find_spec

    if where == "none":
        return None
    if where is None and find_spec("torch") is None:
        return None
    from sqlwright.model import load_model

    say("loading the model")
    return load_model(where or "mini")


def language_of(name: str) -> str:
    """The language of messages that is named.

    Raises:
        UsageError: if there are none in it.
    """
    if name not in ("en", "ru"):
        raise UsageError(f"no messages in {name}: use en or ru")
    return name


def print_json(value: Any) -> None:
    """Print as JSON, letters of every alphabet as they are."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def console() -> Console:
    """The terminal, for rich."""
    from rich.console import Console

    terminal = Console(highlight=False)
    # a pipe or a file has no width: tables need more than the 80 columns that rich would take
    return terminal if terminal.is_terminal else Console(highlight=False, width=110)


@contextmanager
def status() -> Iterator[Any]:
    """A line on stderr that says what is being done, where somebody watches."""
    from rich.console import Console

    watched = Console(stderr=True)
    if not watched.is_terminal:
        yield lambda text: None
        return
    with watched.status("starting") as status:
        yield lambda text: status.update(text)


@contextmanager
def bar(what: str, *, hidden: bool = False) -> Iterator[Callable[..., None]]:
    """A progress bar on stderr, where somebody watches: call it with (done, of, words).

    Args:
        what: what is counted.
        hidden: no bar where stdout is watched too, for lines there would be written through it.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    watched = Console(stderr=True)
    if not watched.is_terminal or (hidden and sys.stdout.isatty()):
        yield lambda done, of, words="": None
        return
    columns = (
        TextColumn(what),
        BarColumn(24),
        TextColumn("{task.fields[words]}, left"),
        TimeRemainingColumn(),
    )
    # no thread of its own: where threads run, children cannot be forked
    shown = Progress(
        *columns, console=watched, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
    )
    with shown:
        task = shown.add_task(what, total=None, words="")

        def tell(done: int, of: int, words: str = "") -> None:
            words = words or f"{done} of {of}"
            shown.update(task, completed=done, total=of, words=words, refresh=True)

        yield tell


@contextmanager
def appending(path: Path | None) -> Iterator[TextIO]:
    """The file, open to be added to, or stdout for None."""
    if path is None:
        yield sys.stdout
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}): check the path") from None
    with file:
        yield file
