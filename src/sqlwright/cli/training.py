"""The verbs that make a model one's own: data build, check, preview, split; train; evaluate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    SchemaFile,
    console,
    cores,
    open_index,
    open_model,
    print_json,
    schema_and_dialect,
)
from sqlwright.errors import UsageError

if TYPE_CHECKING:
    from sqlglot import exp

    from sqlwright.config import Config
    from sqlwright.database import Database
    from sqlwright.knowledge.index import Index

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
    knowledge: Annotated[
        Path | None, typer.Option(help="a folder that learn filled: past queries and standards")
    ] = None,
    queries: Annotated[
        list[Path] | None, typer.Option(help="a file or folder of past queries; may be repeated")
    ] = None,
    count: Annotated[int, typer.Option(min=1, help="how many records")] = 1000,
    seed: Seed = 0,
    witnesses: Annotated[int, typer.Option(min=1, help="databases for each check")] = 16,
    as_json: AsJson = False,
) -> None:
    """Make verified instruction records from a schema and past queries."""
    from sqlwright.data.build import build as make
    from sqlwright.data.records import write_records
    from sqlwright.database import connect

    index = open_index(knowledge)
    past = _past_queries(index, queries or [])
    with connect(db) as database, _progress("records") as tell:
        built = make(
            database.schema,
            past,
            dialect=database.dialect,
            count=count,
            seed=seed,
            witnesses=witnesses,
            passages_for=_passages_for(index, database) if index else None,
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


def _passages_for(index: Index, database: Database) -> Callable[[exp.Query], tuple[str, ...]]:
    """What search finds for a record's query, but for past queries over just the same tables.

    One of those may be the record's answer itself, and a model with it in its prompt would learn
    to copy and not to rewrite.
    """
    from sqlwright import sql
    from sqlwright.advise import find_passages, quoted
    from sqlwright.analyze import analyze

    def passages(query: exp.Query) -> tuple[str, ...]:
        own = {table.name.lower() for table in sql.tables_of(query, database.schema)}
        findings = analyze(query, database.schema)
        hits = find_passages(index, query, findings, database.schema, database.dialect)
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
    named = _columns(columns)
    found, malformed = scan_records(records, named)
    known_schema, _ = schema_and_dialect(schema, db, None)
    with _progress("outputs run") as tell:
        report = check_records(
            found,
            malformed=malformed,
            word=word_for(records),
            other=read_records(other, named) if other else (),
            schema=known_schema,
            tokenizer=load_tokenizer(find_folder(model)) if model else None,
            family=family_of(find_folder(model)) if model else "mini",
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
    found = read_records(records, _columns(columns))[:first]
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

    found = read_records(records, _columns(columns))
    train, validation = split_records(found, validation_share=share, seed=seed)
    for name, part in (("train", train), ("validation", validation)):
        write_records(part, out / f"{name}.jsonl")
        print(f"{out / name}.jsonl: {len(part)} records")


def _columns(named: list[str] | None) -> dict[str, str]:
    """What `--column` was given: the name in the file for each name of ours."""
    found = {}
    for pair in named or []:
        ours, equals, there = (part.strip() for part in pair.partition("="))
        if not (ours and equals and there):
            raise UsageError(f"--column {pair}: is written input=NAME or output=NAME")
        found[ours] = there
    return found


def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="a YAML file of settings")],
    overrides: Annotated[list[str] | None, typer.Argument(metavar="[section.key=value]...")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="only say what it would do and take; exit 1: no room")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Train a LoRA adapter on records; a training that was killed goes on from its checkpoint."""
    from dataclasses import asdict

    from sqlwright.config import load_config
    from sqlwright.curve import Progress
    from sqlwright.train import train as run

    settings = load_config(config, overrides or ())
    if dry_run:
        _show_plan(settings, as_json)
        return
    with _progress("steps") as tell:

        def step(progress: Progress) -> None:
            what = f"loss {progress.loss:.3f}, {progress.tokens_per_second:,.0f} tokens/s"
            what += f", {progress.memory:.1f} GiB"
            tell(round(progress.share * 1000), 1000, what)

        done = run(settings, progress=step, say=print)
    if as_json:
        print_json(asdict(done))
        return
    print(f"{done.folder}: adapter of {done.trainable:,} parameters beside {done.parameters:,}")
    print(
        f"  {done.steps} steps, {done.tokens:,} tokens ({done.trained_tokens:,} trained on)", end=""
    )
    print(f" of {done.records} records in {done.seconds:g} s, {done.precision}")
    if done.eval_loss is not None and done.eval_loss_before is not None:
        print(f"  loss per token on {done.validation} held-out records:", end=" ")
        print(f"{done.eval_loss_before:.4f} before, {done.eval_loss:.4f} after")
    print(f"  curve: {done.folder}/loss.png; figures: {done.folder}/metrics.jsonl")


def export(
    adapter: Annotated[Path, typer.Argument(metavar="ADAPTER", help="a folder that train left")],
    out: Annotated[Path, typer.Option(help="the folder to write")],
    base: Annotated[
        str | None, typer.Option(help="another base of the same shape than the adapter's own")
    ] = None,
    dtype: Annotated[str, typer.Option(help="bfloat16, float16 or float32")] = "bfloat16",
    as_json: AsJson = False,
) -> None:
    """Merge an adapter into its base as safetensors, which transformers and vLLM load."""
    from dataclasses import asdict

    from sqlwright.export import export as run

    if dtype not in (known := ("bfloat16", "float16", "float32")):
        raise UsageError(f"unknown dtype {dtype}: it is one of {', '.join(known)}")
    done = run(
        adapter, out, base=base, dtype=dtype, say=lambda text: None if as_json else print(text)
    )
    if as_json:
        print_json(asdict(done))
        return
    print(f"{done.folder}: {done.parameters:,} parameters, {done.dtype}")
    print(
        f"  it differs from adapter and base apart by {done.divergence:.2g} nats a token;"
        f" the likeliest next token is the same after {done.same:.1%} of {done.tokens} tokens"
    )


def _show_plan(settings: Config, as_json: bool) -> None:
    from sqlwright.plan import plan, table

    found = plan(settings)
    if as_json:
        print_json(found.as_dict())
    else:
        console().print(table(found))
    raise typer.Exit(0 if found.fits else 1)


def evaluate(
    records: Records,
    model: Annotated[
        list[str] | None, typer.Option(help="mini, a folder, a URL; repeat it to compare two")
    ] = None,
    db: Db = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only the first so many records")] = None,
    timed: Annotated[int, typer.Option(min=0, help="so many rewrites are timed on --db")] = 40,
    out: Annotated[Path | None, typer.Option(help="folder for evaluation.json and .png")] = None,
    columns: Columns = None,
    as_json: AsJson = False,
) -> None:
    """Let models answer held-out records and judge each answer by execution."""
    from sqlwright import evaluate as evaluation
    from sqlwright.data.records import read_records
    from sqlwright.database import connect

    names = model or ["mini"]
    if len(names) > 2:
        raise UsageError("evaluate compares two models at most: name --model once or twice")
    found = read_records(records, _columns(columns))[:limit]
    database = connect(db) if db else None
    done = []
    for name in names:
        loaded = open_model(name, lambda text: None)
        if loaded is None:
            raise UsageError("evaluate needs a model: name --model mini, a folder or a URL")
        with _progress(Path(name).name) as tell:
            done.append(
                evaluation.evaluate(
                    found,
                    loaded,
                    name=Path(name).name,
                    database=database,
                    most_timed=timed,
                    progress=_worded(tell),
                )
            )
    if database:
        database.close()
    differences = evaluation.compare(*done) if len(done) == 2 else []
    if out:
        out.mkdir(parents=True, exist_ok=True)
        text = evaluation.as_json(done, differences)
        (out / "evaluation.json").write_text(text, encoding="utf-8")
        evaluation.draw_rates(done, out / "evaluation.png")
    if as_json:
        print(evaluation.as_json(done, differences))
        return
    console().print(evaluation.table(done))
    if differences:
        console().print(evaluation.difference_table(differences))


def _worded(tell: Callable[..., Any]) -> Callable[[str, int, int], None]:
    return lambda what, done, of: tell(done, of, f"{what} {done} of {of}")


@contextmanager
def _progress(what: str) -> Iterator[Callable[..., Any]]:
    """A progress bar on stderr, where somebody watches: call it with (done, of, words)."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    watched = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"))
    bar = Progress(
        *columns, TimeRemainingColumn(), console=watched, disable=not watched.is_terminal
    )
    with bar:
        task = bar.add_task(what, total=None, words="")

        def tell(done: int, of: int, words: str = "") -> None:
            shown = words or f"{done} of {of}"
            bar.update(task, completed=done, total=of, words=shown)

        yield tell
