"""The verbs that look at queries and at knowledge: check, verify, optimize, learn, search."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    File,
    Language,
    SchemaFile,
    console,
    language_of,
    named,
    open_index,
    open_model,
    print_json,
    read_text,
    schema_and_dialect,
    status,
)
from sqlwright.errors import UsageError


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

    texts = [read_text(str(path)) for path in (first, second)]
    known, spoken = schema_and_dialect(schema, db, dialect, *texts)
    if known is None:
        raise UsageError("verify needs to know the tables: give --schema DDL.sql or --db URL")
    queries = [
        named(path, lambda text=text: sql.read(text, spoken))
        for path, text in zip((first, second), texts, strict=True)
    ]
    for path, query in zip((first, second), queries, strict=True):
        named(path, lambda query=query: sql.bind(query, known, spoken))
    verdict = judge(queries[0], queries[1], known, spoken, seconds=seconds)
    if as_json:
        print_json(verdict.as_dict())
    else:
        from sqlwright import show

        show.show_verdict(console(), verdict)
    raise typer.Exit({"no difference found": 0, "different": 1, "undecided": 3}[verdict.outcome])


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
            say=say,
        )
    if as_json:
        print_json(advice.as_dict())
    else:
        from sqlwright import show

        show.show_advice(console(), advice, language_of(language))


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
    with status() as say:
        learned = fill(knowledge, schema, paths or (), say, dialect=spoken, embedding=embedding)
    if as_json:
        found = {"counts": learned.counts, "unread": list(learned.unread)}
        print_json({**found, "embedding": learned.embedding})
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in learned.counts.items())
    print(f"{knowledge} holds passages: {counts}; meaning from: {learned.embedding}")
    for place in learned.unread:
        print(f"  {place}: the query does not parse, it is found by its words only")


def search(
    text: Annotated[str, typer.Argument(help="a question, or a query")],
    knowledge: Annotated[Path, typer.Option(help="a folder that learn filled")],
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
