"""The verbs that look at queries and at knowledge: check, verify, optimize, learn, search."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    File,
    InMemory,
    Knowledge,
    Language,
    SchemaFile,
    appending,
    bar,
    console,
    cores,
    language_of,
    open_index,
    open_model,
    print_json,
    read_text,
    schema_and_dialect,
    server_of,
    status,
)
from sqlwright.errors import UsageError

if TYPE_CHECKING:
    from sqlwright.knowledge.index import Learned
    from sqlwright.verify.judge import Verdict
    from sqlwright.verify.on_data import OnData
    from sqlwright.verify.pairs import Options, ReadPair


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

    text = read_text(file)
    known, spoken = schema_and_dialect(schema, db, dialect, text)
    query = sql.read(text, spoken)
    if known is not None:
        sql.bind(query, known, spoken)
    findings = analyze(query, known or Schema(()))
    if as_json:
        print_json({"query": sql.write(query, spoken), "findings": [f.as_dict() for f in findings]})
    else:
        from sqlwright import show

        show.show_findings(console(), findings, language_of(language))
        if not findings:
            print("no findings")
    raise typer.Exit(1 if findings else 0)


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
) -> None:
    """Try to tell two queries apart. Exit 0 no difference found, 1 different, 3 undecided."""
    from sqlwright.verify.pairs import Options

    server = server_of(db, in_memory)
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
    _show_verdict(verdict, data, as_json)
    if script is not None:
        _write_script(script, verdict)
    outcomes = {verdict.outcome} | ({data.outcome} if data else set())
    raise typer.Exit(1 if "different" in outcomes else 3 if "undecided" in outcomes else 0)


def _show_verdict(verdict: Verdict, data: OnData | None, as_json: bool) -> None:
    from sqlwright import show

    if as_json:
        print_json(verdict.as_dict() | ({"on_data": data.as_dict()} if data else {}))
    else:
        show.show_verdict(console(), verdict)
        if data is not None:
            show.show_on_data(console(), data)


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
