"""One command a verb; each reads its arguments, calls one function, prints what came of it.

Exit codes: 0 nothing to say, 1 something found (findings, a difference), 3 undecided, 2 an error,
which is one sentence on stderr that begins with `sqlwright:`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sqlwright.errors import SqlError, SqlwrightError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from sqlwright.advise import Advice
    from sqlwright.knowledge.index import Index
    from sqlwright.model import Model
    from sqlwright.schema import Schema

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Findings, rewrites that survived checking, and a model that learns your database.",
)

# typer carries a click of its own, older ones use the installed one: the base error of either
_ClickError: Any = next(c for c in typer.BadParameter.__mro__ if c.__name__ == "ClickException")

File = Annotated[str, typer.Argument(metavar="FILE|-", help="a file with one query, - for stdin")]
SchemaFile = Annotated[Path | None, typer.Option("--schema", help="a file of DDL")]
Db = Annotated[str | None, typer.Option("--db", help="a database file, or a SQLAlchemy URL")]
DialectName = Annotated[
    str | None, typer.Option("--dialect", help="sqlite, duckdb, postgres or mysql")
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
Language = Annotated[str, typer.Option("--language", help="of the messages: en or ru")]


def main() -> None:
    """Run the command line; an error meant for users becomes one sentence and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except SqlwrightError as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        print("sqlwright: stopped", file=sys.stderr)
        sys.exit(130)
    except _ClickError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            print(error.format_message())
            sys.exit(2)
        _fail(f"{error.format_message().rstrip('.')}: see sqlwright --help")
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone: nobody is left to tell
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(sentence: str) -> None:
    print(f"sqlwright: {sentence}", file=sys.stderr)
    sys.exit(2)


@app.command()
def check(
    file: File,
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Say what is wrong, slow or needless in a query. Exit 1 if anything is."""
    from sqlwright import sql
    from sqlwright.analyze import analyze
    from sqlwright.schema import Schema

    text = _read_text(file)
    known, spoken = _schema_and_dialect(schema, db, dialect, text)
    query = sql.read(text, spoken)
    if known is not None:
        sql.bind(query, known, spoken)
    findings = analyze(query, known or Schema(()))
    if as_json:
        _print_json(
            {"query": sql.write(query, spoken), "findings": [f.as_dict() for f in findings]}
        )
    else:
        from sqlwright import show

        show.show_findings(_console(), findings, _language(language))
        if not findings:
            print("no findings")
    raise typer.Exit(1 if findings else 0)


@app.command()
def verify(
    first: Annotated[Path | None, typer.Argument(metavar="A.sql")] = None,
    second: Annotated[Path | None, typer.Argument(metavar="B.sql")] = None,
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="how long to try")] = 10.0,
    pairs: Annotated[
        Path | None, typer.Option(help='JSONL of {"id","before","after","schema","dialect"}')
    ] = None,
    schemas: Annotated[Path, typer.Option(help="folder that `schema` is relative to")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Try to tell two queries apart. Exit 0 no difference found, 1 different, 3 undecided."""
    if pairs is not None:
        from sqlwright.verify.pairs import judge_pairs

        for line in judge_pairs(pairs, schemas, dialect, seconds):
            print(json.dumps(line, ensure_ascii=False), flush=True)
        return
    if first is None or second is None:
        raise UsageError("verify takes two files of SQL, or --pairs FILE.jsonl")
    from sqlwright import sql
    from sqlwright.verify.judge import judge

    texts = [_read_text(str(path)) for path in (first, second)]
    known, spoken = _schema_and_dialect(schema, db, dialect, *texts)
    if known is None:
        raise UsageError("verify needs to know the tables: give --schema DDL.sql or --db URL")
    queries = [
        _named(path, lambda text=text: sql.read(text, spoken))
        for path, text in zip((first, second), texts, strict=True)
    ]
    for path, query in zip((first, second), queries, strict=True):
        _named(path, lambda query=query: sql.bind(query, known, spoken))
    verdict = judge(queries[0], queries[1], known, spoken, seconds=seconds)
    if as_json:
        _print_json(verdict.as_dict())
    else:
        from sqlwright import show

        show.show_verdict(_console(), verdict)
    raise typer.Exit({"no difference found": 0, "different": 1, "undecided": 3}[verdict.outcome])


@app.command()
def optimize(
    file: File,
    db: Annotated[str, typer.Option("--db", help="a database file, or a SQLAlchemy URL")],
    knowledge: Annotated[Path | None, typer.Option(help="a folder that learn filled")] = None,
    model: Annotated[
        str | None,
        typer.Option(help="a model or adapter folder, a server's URL, mini, or none"),
    ] = None,
    instruction: Annotated[str, typer.Option(help="what to ask the model, in words")] = "",
    samples: Annotated[int, typer.Option(min=1, max=32, help="answers of the model")] = 1,
    seconds: Annotated[float, typer.Option(min=0.1, help="about how long to time")] = 10.0,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Propose faster rewrites, try to refute each, time what survives on the database."""
    from sqlwright.advise import advise
    from sqlwright.database import connect

    text = _read_text(file)
    with connect(db) as database, _status() as say:
        index = _open_index(knowledge)
        advice = advise(
            text,
            database=database,
            knowledge=index,
            model=_open_model(model, say),
            instruction=instruction,
            samples=samples,
            seconds=seconds,
            say=say,
        )
    if as_json:
        _print_json(advice.as_dict())
    else:
        _show_advice(advice, _language(language))


def _show_advice(advice: Advice, language: str) -> None:
    from sqlwright import show

    show.show_advice(_console(), advice, language)


@app.command()
def learn(
    knowledge: Annotated[Path, typer.Option(help="the folder to fill")],
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="DDL, documents, query files")
    ] = None,
    db: Db = None,
    dialect: DialectName = None,
    embedding: Annotated[
        str | None, typer.Option(help="a sentence model's folder, or none: words only")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fill a knowledge folder from a schema, documents, standards and past queries."""
    from sqlwright import sql
    from sqlwright.knowledge.index import learn as fill

    if db is None and not paths:
        raise UsageError("learn needs something to learn from: give --db URL, or files or folders")
    schema = None
    spoken = sql.dialect_of(dialect) if dialect else None
    if db is not None:
        from sqlwright.database import connect

        with connect(db) as database:
            schema, spoken = database.schema, spoken or database.dialect
    with _status() as say:
        learned = fill(knowledge, schema, paths or (), say, dialect=spoken, embedding=embedding)
    if as_json:
        found = {"counts": learned.counts, "unread": list(learned.unread)}
        _print_json({**found, "embedding": learned.embedding})
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in learned.counts.items())
    print(f"{knowledge} holds passages: {counts}; meaning from: {learned.embedding}")
    for place in learned.unread:
        print(f"  {place}: the query does not parse, it is found by its words only")


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="a question, or a query")],
    knowledge: Annotated[Path, typer.Option(help="a folder that learn filled")],
    limit: Annotated[int, typer.Option(min=1)] = 8,
    as_json: AsJson = False,
) -> None:
    """Find passages by words and by meaning, with their sources."""
    from sqlwright import show

    index = _open_index(knowledge)
    assert index is not None
    hits = index.search(text, limit=limit)
    if as_json:
        _print_json([show.hit_as_dict(hit) for hit in hits])
    else:
        show.show_hits(_console(), hits)


# what the commands share


def _read_text(file: str) -> str:
    """The text of the file, or of stdin for `-`."""
    try:
        if file == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file}: not UTF-8 text: convert it first") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read ({error.strerror}): check the path") from None


def _schema_and_dialect(
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
    ddl = _read_text(str(schema))
    try:
        return read_ddl(ddl, named), named or sql.guess_dialect(*texts, ddl=ddl)
    except SqlError as error:
        raise SqlError(f"{schema}: {error}") from None


def _named(path: Path, act: Any) -> Any:
    """What `act` returns; an error of it names the file."""
    try:
        return act()
    except SqlError as error:
        raise SqlError(f"{path}: {error}") from None


def _open_index(folder: Path | None) -> Index | None:
    if folder is None:
        return None
    from sqlwright.knowledge.index import open_index

    index = open_index(folder)
    if index.note:
        print(f"sqlwright: {index.note}", file=sys.stderr)
    return index


def _open_model(where: str | None, say: Any) -> Model | None:
    """The model that is named; the shipped one by default, where what it needs is installed."""
    from importlib.util import find_spec

    if where == "none":
        return None
    if where is None and find_spec("torch") is None:
        return None
    from sqlwright.model import load_model

    say("loading the model")
    return load_model(where or "mini")


def _language(name: str) -> str:
    if name not in ("en", "ru"):
        raise UsageError(f"no messages in {name}: use en or ru")
    return name


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


@contextmanager
def _status() -> Iterator[Any]:
    """A line on stderr that says what is being done, where somebody watches."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status("starting") as status:
        yield lambda text: status.update(text)
