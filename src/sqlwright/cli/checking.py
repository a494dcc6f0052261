"""The verbs that judge what is there: check, verify."""

from __future__ import annotations

import json
import sys
from functools import partial
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
    appending,
    bar,
    console,
    language_of,
    print_json,
    read_text,
    schema_and_dialect,
    server_of,
)
from sqlwright.cli.untrusted import check_untrusted
from sqlwright.errors import SqlwrightError, UsageError
from sqlwright.machine import cores

if TYPE_CHECKING:
    from sqlwright.check.files import CheckedFile
    from sqlwright.schema import Schema
    from sqlwright.verify.judge import Verdict
    from sqlwright.verify.on_data import OnData
    from sqlwright.verify.pairs import Options, ReadPair


def check(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|-", help="SQL files, folders, - for stdin")
    ],
    schema: SchemaFile = None,
    db: Db = None,
    dialect: Annotated[
        str | None, typer.Option("--dialect", help="any that sqlglot reads; guessed without it")
    ] = None,
    standards: StandardsFile = None,
    knowledge: Knowledge = None,
    severity: Annotated[
        str, typer.Option(help="show what is at least so bad: error, wrong, unsafe, slow, style")
    ] = "style",
    rule: Annotated[list[str] | None, typer.Option(help="show this rule only; repeatable")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="leave this rule out")] = None,
    as_json: AsJson = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="print SARIF 2.1.0")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="processes: all cores if not given")
    ] = None,
    untrusted: Annotated[
        bool,
        typer.Option(
            "--untrusted", help="the files hold text from outside, one a line (.sql: one a file)"
        ),
    ] = False,
    url_encoded: Annotated[
        bool, typer.Option("--url-encoded", help="that text is URL-encoded")
    ] = False,
    whole: Annotated[bool, typer.Option("--whole", help="each such file is one text")] = False,
    language: Language = "en",
) -> None:
    """Say what is wrong, slow or needless in SQL files. Exit 1 if anything is, 2 for an error."""
    from sqlwright.check.files import check_files, sql_files
    from sqlwright.check.shown import Filter
    from sqlwright.check.text import Settings
    from sqlwright.schema import Schema

    if as_json and as_sarif:
        raise UsageError("--json and --sarif both say what to print: give one of them")
    spoken = language_of(language)
    if untrusted or url_encoded or whole:
        refused = bool(as_sarif or schema or db or standards) or not untrusted
        raise typer.Exit(
            check_untrusted(files, refused, url_encoded, whole, as_json=as_json, language=spoken)
        )
    wanted = Filter.of(severity, rule or (), ignore or ())
    names = sql_files(files)
    several = len(names) > 1 or names[0] != files[0]
    texts = [(name, _text_of(name, several=several)) for name in names]
    known, named = _what_is_known(schema, db, dialect)
    settings = Settings(known or Schema(()), named, house_standards(standards, knowledge), db)
    with bar("parts", hidden=not (as_json or as_sarif)) as tell:
        found = list(check_files(texts, settings, workers=workers or cores(), tell=tell))
    results = [wanted.applied(file) for file in found]
    _print_checked(results, several=several, as_json=as_json, as_sarif=as_sarif, language=spoken)
    problems = [file.problem for file in results if file.problem]
    for problem in problems:
        print(f"sqlwright: {problem}", file=sys.stderr)
    any_found = any(file.checked is not None and file.checked.findings for file in results)
    raise typer.Exit(2 if problems else 1 if any_found else 0)


def _text_of(name: str, *, several: bool) -> str | SqlwrightError:
    """The text of one file; among several, one that cannot be read does not stop the others."""
    from sqlwright.check.files import read_file

    try:
        return read_text(name) if name == "-" else read_file(name)
    except SqlwrightError as error:
        if not several:
            raise
        return error


def _what_is_known(
    schema: Path | None, db: str | None, dialect: str | None
) -> tuple[Schema | None, str | None]:
    """The schema, and the dialect where it is named or a database speaks it."""
    from sqlwright.check.statements import any_dialect

    named = any_dialect(dialect) if dialect else None
    if schema is None and db is None:
        return None, named
    known, spoken = schema_and_dialect(schema, db, None)
    return known, named or (spoken if db is not None else None)


def _print_checked(
    results: list[CheckedFile], *, several: bool, as_json: bool, as_sarif: bool, language: str
) -> None:
    from sqlwright.show import findings, sarif

    if as_sarif:
        print_json(sarif.as_sarif(results, language))
    elif as_json:
        print_json(findings.as_json(results, several=several))
    else:
        findings.show_checked(console(), results, several=several, language=language)


def verify(
    first: Annotated[Path | None, typer.Argument(metavar="A.sql")] = None,
    second: Annotated[Path | None, typer.Argument(metavar="B.sql")] = None,
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    seconds: Annotated[float, typer.Option(min=0.1, help="how long to try")] = 10.0,
    witnesses: Annotated[int, typer.Option(min=1, help="databases to try")] = 40,
    seed: Annotated[int, typer.Option(help="another seed tries other databases")] = 0,
    rounds: Annotated[
        int, typer.Option(min=1, help="how often to try, with other databases and as long each")
    ] = 1,
    on_data: Annotated[
        bool, typer.Option("--on-data", help="compare on the rows of --db too, read-only")
    ] = False,
    in_memory: InMemory = False,
    script: Annotated[
        Path | None, typer.Option(help="write the counterexample here, as SQL that runs")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help='JSONL of {"id","before","after","schema","dialect"}')
    ] = None,
    schemas: Annotated[Path, typer.Option(help="folder that `schema` is relative to")] = Path(),
    out: Annotated[
        Path | None, typer.Option(help="where verdicts on pairs go; a stopped run goes on")
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="processes that judge pairs: all cores if not given")
    ] = None,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Try to tell two queries apart. Exit 0 no difference found, 1 different, 3 undecided."""
    from sqlwright.verify.pairs import Options

    spoken, server = language_of(language), server_of(db, in_memory)
    options = Options(schemas, dialect, seconds, witnesses, seed, rounds, server)
    if pairs is not None:
        if first is not None:
            raise UsageError("verify takes two files of SQL or --pairs FILE.jsonl, not both")
        if on_data or script or db or schema:
            raise UsageError(
                "--schema, --db, --on-data and --script go with two files, not --pairs"
            )
        _verify_pairs(pairs, options, out, workers)
        return
    if first is None or second is None:
        raise UsageError("verify takes two files of SQL, or --pairs FILE.jsonl")
    if on_data and db is None:
        raise UsageError("--on-data compares on a database: give --db")
    from sqlwright.verify.workers import judge_apart

    texts = (read_text(str(first)), read_text(str(second)))
    pair = (texts, (str(first), str(second)), schema, db, dialect)
    verdict = judge_apart(partial(_judge_files, *pair, options), seconds=rounds * seconds)
    data = _compare_apart(pair, seconds) if on_data else None
    _show_verdict(verdict, data, as_json, spoken)
    if script is not None:
        _write_script(script, verdict)
    outcomes = {verdict.outcome} | ({data.outcome} if data else set())
    raise typer.Exit(1 if "different" in outcomes else 3 if "undecided" in outcomes else 0)


def _show_verdict(verdict: Verdict, data: OnData | None, as_json: bool, language: str) -> None:
    from sqlwright import show

    if as_json:
        print_json(verdict.as_dict() | ({"on_data": data.as_dict()} if data else {}))
    else:
        show.show_verdict(console(), verdict, language)
        if data is not None:
            show.show_on_data(console(), data, language)


Pair = tuple[tuple[str, str], tuple[str, str], Path | None, str | None, str | None]


def _read_files(
    texts: tuple[str, str],
    names: tuple[str, str],
    schema: Path | None,
    db: str | None,
    dialect: str | None,
) -> ReadPair:
    """Two queries, bound to the schema that --schema or --db gives; an error names the file."""
    from sqlwright import sql
    from sqlwright.verify.pairs import read_pair

    known, spoken = schema_and_dialect(schema, db, dialect, *texts)
    if db is None and not dialect:
        ddl = read_text(str(schema)) if schema else ""
        return read_pair(texts, known, None, ddl=ddl, names=names)
    return read_pair(texts, known, sql.dialect_of(spoken), names=names)


def _judge_files(
    texts: tuple[str, str],
    names: tuple[str, str],
    schema: Path | None,
    db: str | None,
    dialect: str | None,
    options: Options,
) -> Verdict:
    """The verdict on two queries, made in a child process from their texts on."""
    from sqlwright.verify.pairs import judge_read

    return judge_read(_read_files(texts, names, schema, db, dialect), options)


def _compare_apart(pair: Pair, seconds: float) -> OnData:
    """Both queries compared on the database's own data, in a child process."""
    from sqlwright.verify.on_data import OnData
    from sqlwright.verify.workers import Lost, run_apart

    found = run_apart(partial(_compare_files, *pair, seconds), seconds=seconds)
    if isinstance(found, Lost):
        return OnData("undecided", f"comparing on the data: {found.reason}")
    return found


def _compare_files(
    texts: tuple[str, str],
    names: tuple[str, str],
    schema: Path | None,
    db: str | None,
    dialect: str | None,
    seconds: float,
) -> OnData:
    from sqlwright.database import connect
    from sqlwright.verify.on_data import compare_on_data

    pair = _read_files(texts, names, schema, db, dialect)
    assert db is not None
    with connect(db) as database:
        return compare_on_data(database, *pair.queries, seconds=seconds)


def _write_script(path: Path, verdict: Verdict) -> None:
    if verdict.counterexample is None:
        print(f"sqlwright: no counterexample, so {path} is not written", file=sys.stderr)
        return
    try:
        path.write_text(verdict.counterexample.script(), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}): check the path") from None


def _verify_pairs(file: Path, options: Options, out: Path | None, workers: int | None) -> None:
    """Verdicts on a file of pairs, a line each, to stdout or appended to `out`."""
    from sqlwright.verify.pairs import Tally, finished, judge_pairs, read_lines

    total = sum(1 for _ in read_lines(file))
    done = finished(out, file) if out is not None else []
    tally = Tally()
    for verdict in done:
        tally.add(verdict)
    workers = workers or cores()
    try:
        with bar("pairs", hidden=out is None) as tell, appending(out) as target:
            verdicts = judge_pairs(file, options, workers=workers, skip=len(done))
            for count, verdict in enumerate(verdicts, start=len(done) + 1):
                print(json.dumps(verdict, ensure_ascii=False), file=target, flush=True)
                tally.add(verdict)
                tell(count, total, f"{count} of {total}, {tally.brief()}")
    except KeyboardInterrupt:
        again = ": the same command goes on from here" if out is not None else ""
        print(f"sqlwright: stopped after {tally}{again}", file=sys.stderr)
        raise typer.Exit(130) from None
    print(f"sqlwright: {tally}", file=sys.stderr)
