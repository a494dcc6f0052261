"""The verbs of instruction records: data build, import, check, preview, split."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    Knowledge,
    SchemaFile,
    bar,
    console,
    open_index,
    print_json,
    schema_and_dialect,
)
from sqlwright.errors import UsageError
from sqlwright.machine import cores

if TYPE_CHECKING:
    from sqlglot import exp

    from sqlwright.knowledge.search import Index
    from sqlwright.schema import Schema

data = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Instruction records: build, check, split."
)

Records = Annotated[
    Path,
    typer.Argument(metavar="RECORDS", help="JSONL, JSON, CSV, Parquet or the folder of a dataset"),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="another name of a column, as output=better_sql; repeated"),
]
Seed = Annotated[int, typer.Option(min=0, help="the same seed makes the same choices")]


@data.command()
def build(
    db: Annotated[str, typer.Option("--db", help="a database file, or a SQLAlchemy URL")],
    out: Annotated[Path, typer.Option(help="the JSONL file to write")],
    knowledge: Knowledge = None,
    queries: Annotated[
        list[Path] | None, typer.Option(help="a file or folder of past queries; may be repeated")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="how many records")] = 1000,
    seed: Seed = 0,
    witnesses: Annotated[int, typer.Option(min=1, help="databases for each check")] = 16,
    no_values: Annotated[
        bool, typer.Option("--no-values", help="ask for no values that --db holds")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make verified instruction records from a schema and past queries."""
    from sqlwright.ask.recording import known_for_records
    from sqlwright.data.build import build as make
    from sqlwright.data.questions import read_values
    from sqlwright.data.records import write_records
    from sqlwright.database import connect

    index = open_index(knowledge)
    past = _past_queries(index, queries or [])
    with connect(db) as database, bar("records") as tell:
        values = {} if no_values else read_values(database)
        built = make(
            database.schema,
            past,
            dialect=database.dialect,
            count=count,
            seed=seed,
            witnesses=witnesses,
            passages_for=_passages_for(index, database.schema, database.dialect) if index else None,
            known_for=known_for_records(database, index, values),
            values=values,
            database=database,
            progress=tell,
        )
    write_records(built.records, out)
    if as_json:
        found = {"records": len(built.records), "tried": built.tried, "rejected": built.rejected}
        print_json({**found, "refuted": built.refuted, "seconds": built.seconds})
        return
    dropped = ", ".join(f"{reason} {n}" for reason, n in sorted(built.rejected.items()))
    print(f"{out}: {len(built.records)} records out of {built.tried} tries, {built.seconds:g} s")
    print(f"  from {len(past)} past queries ({built.unusable_past} not used); dropped: {dropped}")


def _past_queries(index: Index | None, paths: list[Path]) -> list[str]:
    from sqlwright.knowledge.collect import files, read_text, split_queries

    found = []
    if index is not None:
        for passage in index.passages(("query",)):
            found += [query.text for query in split_queries(passage.text)]
    for path in paths:
        for file in files(path):
            if file.suffix == ".sql":
                found += [query.text for query in split_queries(read_text(file))]
    return found


def _passages_for(
    index: Index, schema: Schema, dialect: str
) -> Callable[[exp.Query], tuple[str, ...]]:
    """What search finds for a record's query, but for past queries over just the same tables.

    One of those may be the record's answer itself, and a model with it in its prompt would learn
    to copy and not to rewrite.
    """
    from sqlwright import sql
    from sqlwright.analyze import analyze
    from sqlwright.context import find_passages, quoted

    def passages(query: exp.Query) -> tuple[str, ...]:
        own = {table.name.lower() for table in sql.tables_of(query, schema)}
        findings = analyze(query, schema)
        hits = find_passages(index, query, findings, schema, dialect)
        kept = [h for h in hits if h.passage.kind != "query" or set(h.passage.tables) != own]
        return quoted(kept, "mini")

    return passages


@data.command()
def check(
    records: Records,
    other: Annotated[
        Path | None, typer.Option(help="the other side of a split: no template may be in both")
    ] = None,
    model: Annotated[str | None, typer.Option(help="whose tokens to count: mini, a folder")] = None,
    limit: Annotated[int, typer.Option(min=16, help="tokens that a record may have")] = 1024,
    verify: Annotated[
        str, typer.Option(help="run outputs against inputs: of unchecked records, of all, of none")
    ] = "unchecked",
    schema: SchemaFile = None,
    db: Db = None,
    columns: Columns = None,
    as_json: AsJson = False,
) -> None:
    """Look for malformed lines, duplicates, answers that are wrong. Exit 1 if there are any."""
    from dataclasses import asdict

    from sqlwright.data.check import check_records, table
    from sqlwright.data.formats import word_for
    from sqlwright.data.records import read_records, scan_records
    from sqlwright.model import family_of, find_folder, load_tokenizer

    if verify not in (known := ("unchecked", "all", "none")):
        raise UsageError(f"unknown --verify {verify}: it is one of {', '.join(known)}")
    named = columns_of(columns)
    found, malformed = scan_records(records, named)
    known_schema, _ = schema_and_dialect(schema, db, None)
    folder = find_folder(model) if model else None
    with bar("outputs run") as tell:
        report = check_records(
            found,
            malformed=malformed,
            word=word_for(records),
            other=read_records(other, named) if other else (),
            schema=known_schema,
            tokenizer=load_tokenizer(folder) if folder else None,
            family=family_of(folder) if folder else "mini",
            limit=limit,
            verify=verify,
            workers=cores(),
            progress=tell,
        )
    if as_json:
        print_json(asdict(report) | {"is_clean": report.is_clean})
    else:
        console().print(table(report))
    raise typer.Exit(0 if report.is_clean else 1)


@data.command("import")
def import_(
    records: Records,
    out: Annotated[Path, typer.Option(help="the JSONL file to write")],
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    knowledge: Knowledge = None,
    instruction: Annotated[
        str, typer.Option(help="what is asked, where a row does not say it")
    ] = "Make this query faster",
    task: Annotated[
        str,
        typer.Option(help="optimize, refactor, check, fix or write, where a row does not say it"),
    ] = "optimize",
    columns: Columns = None,
    as_json: AsJson = False,
) -> None:
    """Make whole, checked records of a team's own file. Exit 1 if rows had to be left out."""
    from dataclasses import asdict
    from functools import partial

    from sqlwright.data.check import check_records, table
    from sqlwright.data.formats import word_for
    from sqlwright.data.own import complete, without_faults
    from sqlwright.data.records import scan_records, write_records

    # a question stands in its own row, or there is none
    defaults = {"task": task} | ({} if task == "write" else {"instruction": instruction})
    found, malformed = scan_records(records, columns_of(columns), defaults)
    texts = [text for record in found[:20] for text in (record.input, record.output)]
    tables, spoken = schema_and_dialect(schema, db, dialect, *texts)
    index = open_index(knowledge)
    passages = _passages_for(index, tables, spoken) if index and tables else None
    whole = partial(complete, schema=tables, dialect=spoken, source=records.name)
    # what is found for an answer would tell a question's answer
    made = [whole(r, passages=passages if r.task != "write" else None) for r in found]
    with bar("outputs run") as tell:
        report = check_records(
            made,
            malformed=malformed,
            word=word_for(records),
            schema=tables,
            verify="unchecked",
            workers=cores(),
            progress=tell,
        )
    kept = without_faults(made, report)
    if kept:
        write_records(kept, out)
    if as_json:
        print_json(asdict(report) | {"kept": len(kept), "out": str(out)})
    else:
        console().print(table(report))
        left_out = len(found) + len(malformed) - len(kept)
        print(f"{out if kept else 'nothing'}: {len(kept)} records, {left_out} left out")
    raise typer.Exit(0 if report.is_clean else 1)


@data.command()
def preview(
    records: Records,
    model: Annotated[str, typer.Option(help="whose prompt and tokens: mini, a folder")] = "mini",
    first: Annotated[int, typer.Option(min=1, help="how many records make the batch")] = 3,
    limit: Annotated[int, typer.Option(min=16, help="tokens that a record may have")] = 1024,
    html: Annotated[Path | None, typer.Option(help="write a page of HTML instead")] = None,
    columns: Columns = None,
) -> None:
    """Show the exact tokens of a batch: what is only read, trained on, padding, where it ends."""
    from sqlwright.data.preview import batch, page, panels
    from sqlwright.data.records import read_records
    from sqlwright.model import family_of, find_folder, load_tokenizer

    folder = find_folder(model)
    found = read_records(records, columns_of(columns))[:first]
    rows = batch(found, load_tokenizer(folder), family_of(folder), limit=limit)
    if html is None:
        for panel in panels(rows, limit):
            console().print(panel)
        return
    try:
        html.write_text(page(rows, source=str(records), model=model, limit=limit), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{html}: cannot be written ({error.strerror}): check the path") from None
    print(f"{html}: {len(rows)} records")


@data.command()
def split(
    records: Records,
    out: Annotated[Path, typer.Option(help="folder for train.jsonl and validation.jsonl")],
    share: Annotated[float, typer.Option(min=0.01, max=0.9, help="share held out")] = 0.2,
    seed: Seed = 0,
    columns: Columns = None,
) -> None:
    """Hold records out by query template, so that no near-copy stands on both sides."""
    from sqlwright.data.records import read_records, write_records
    from sqlwright.data.split import split_records

    found = read_records(records, columns_of(columns))
    train, validation = split_records(found, validation_share=share, seed=seed)
    for name, part in (("train", train), ("validation", validation)):
        write_records(part, out / f"{name}.jsonl")
        print(f"{out / name}.jsonl: {len(part)} records")


def columns_of(named: list[str] | None) -> dict[str, str]:
    """What `--column` was given: the name in the file for each name of ours."""
    found = {}
    for pair in named or []:
        ours, equals, there = (part.strip() for part in pair.partition("="))
        if not (ours and equals and there):
            raise UsageError(f"--column {pair}: is written input=NAME or output=NAME")
        found[ours] = there
    return found
