"""The verbs of knowledge: learn, search."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sqlwright.cli.shared import (
    AsJson,
    Db,
    DialectName,
    console,
    open_index,
    print_json,
    read_text,
    status,
)
from sqlwright.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from sqlwright.knowledge.examples import Example
    from sqlwright.knowledge.excluding import Excluding
    from sqlwright.knowledge.index import Learned
    from sqlwright.knowledge.passages import Kind
    from sqlwright.schema import Facts, Schema


Embedding = Annotated[
    str | None,
    typer.Option(
        "--embedding",
        help="use-multilingual (reads Russian), a sentence model's folder, or none: words only",
    ),
]
Source = Annotated[
    str | None,
    typer.Option("--from", metavar="FOLDER|URL", help="copy this knowledge over --knowledge"),
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", help="columns to keep out, as '*.password'; repeat it"),
]
Practice = Annotated[
    bool, typer.Option("--practice", help="learn the good practice that ships with sqlwright")
]
NoValues = Annotated[
    bool, typer.Option("--no-values", help="keep no values of --db, only how many there are")
]
Whose = Annotated[
    str | None,
    typer.Option("--database", help="what the files speak of; the name of --db if not given"),
]
Accept = Annotated[
    Path | None,
    typer.Option(
        "--accept", help="advice to keep as an example: what optimize --json printed, or a query"
    ),
]
Better = Annotated[
    Path | None,
    typer.Option("--better", help="what the query of --accept became; judged on --db's schema"),
]
Into = Annotated[
    Path | None, typer.Option("--into", help="the file of accepted examples: ./accepted.jsonl")
]


def learn(
    knowledge: Annotated[
        str, typer.Option(metavar="FOLDER|URL", help="what to fill: a folder, or postgresql://")
    ],
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="DDL, documents, query files")
    ] = None,
    db: Db = None,
    dialect: DialectName = None,
    embedding: Embedding = None,
    source: Source = None,
    exclude: Exclude = None,
    practice: Practice = False,
    no_values: NoValues = False,
    database: Whose = None,
    accept: Accept = None,
    better: Better = None,
    into: Into = None,
    as_json: AsJson = False,
) -> None:
    """Fill knowledge from a schema, documents, standards and past queries, or copy it whole."""
    from sqlwright import sql
    from sqlwright.knowledge.excluding import Excluding
    from sqlwright.knowledge.index import copy
    from sqlwright.knowledge.index import learn as fill

    if source is not None:
        if db or paths or dialect or embedding or accept:
            raise UsageError("--from copies knowledge as it is: give nothing but --knowledge too")
        _show_learned(copy(source, knowledge), as_json)
        return
    if (better or into) and accept is None:
        raise UsageError("--better and --into say more of --accept: give it too")
    if db is None and not paths and not practice and not accept:
        raise UsageError("learn needs something to learn from: give --db URL, or files or folders")
    excluding = Excluding(tuple(exclude or ()))
    spoken = sql.dialect_of(dialect) if dialect else None
    with status() as say:
        live = _read_database(db, excluding, values=not no_values, say=say)
        spoken = spoken or live.dialect or None
        if accept is not None:
            say("keeping the example")
            paths = [*(paths or ()), _accepted(accept, better, into, live.schema, spoken)]
        learned = fill(
            knowledge,
            None if better is not None else live.schema,  # there it is read to judge by
            paths or (),
            say,
            dialect=spoken,
            embedding=embedding,
            with_practice=practice,
            facts=live.facts,
            database=database or live.name,
            excluding=excluding,
        )
    _show_learned(learned, as_json, live.notes)


@dataclass(frozen=True, slots=True)
class _Live:
    """What was read of the database of --db; nothing where none was given."""

    schema: Schema | None
    facts: Facts
    dialect: str = ""
    name: str = ""
    notes: tuple[str, ...] = ()


def _read_database(db: str | None, excluding: Excluding, *, values: bool, say: Any) -> _Live:
    from sqlwright.knowledge.excluding import facts_without, schema_without
    from sqlwright.schema import Facts

    if db is None:
        return _Live(None, Facts())
    from sqlwright.database import connect

    with connect(db) as database:
        schema = schema_without(database.schema, excluding)
        say("reading what the columns hold")
        found = database.facts(schema, values=values)
        facts = facts_without(found, excluding)
        dialect, name = database.dialect, database.name
    hidden = len(found.views) + len(found.routines) - len(facts.views) - len(facts.routines)
    notes = []
    if hidden:
        notes.append(f"left out because they name columns that are kept out: {hidden} definitions")
    if found.unread:
        shown = ", ".join(found.unread[:5]) + (" ..." if len(found.unread) > 5 else "")
        notes.append(f"what the columns hold could not be read of {len(found.unread)}: {shown}")
    return _Live(schema, facts, dialect, name, tuple(notes))


def _accepted(
    accept: Path, better: Path | None, into: Path | None, schema: Schema | None, dialect: str | None
) -> Path:
    """The file of examples, with what is accepted added to it."""
    from sqlwright.knowledge import examples

    if better is not None:
        example = _judged(accept, better, schema, dialect)
    else:
        try:
            advice = json.loads(read_text(str(accept)))
        except ValueError:
            raise UsageError(
                f"{accept} is no JSON: give what sqlwright optimize --json printed, or a query with"
                " --better FILE for what it became"
            ) from None
        example = examples.of_advice(advice, str(accept), dialect)
    file = into or Path(examples.NAME)
    is_new = examples.accept(example, file)
    said = "keeps" if is_new else "kept already"
    print(f"{file} {said} the example, its constants masked: commit it", file=sys.stderr)
    return file


def _judged(before: Path, after: Path, schema: Schema | None, dialect: str | None) -> Example:
    """Two files of one query each as an example, with a verdict on them."""
    from sqlwright.knowledge.examples import Example
    from sqlwright.verify.pairs import Options, judge_read, read_pair
    from sqlwright.verify.workers import judge_apart

    if schema is None:
        raise UsageError("an example is kept with a verdict: give --db URL, whose tables it reads")
    texts = (read_text(str(before)), read_text(str(after)))
    pair = read_pair(texts, schema, dialect, names=(str(before), str(after)))
    options = Options(Path(), dialect)
    verdict = judge_apart(partial(judge_read, pair, options), seconds=options.seconds)
    said = verdict.outcome, verdict.reason, "a person"
    return Example(texts[0], texts[1], pair.dialect, *said)


def _show_learned(learned: Learned, as_json: bool, more: Sequence[str] = ()) -> None:
    notes = [*more, *learned.notes]
    if as_json:
        found = {"counts": learned.counts, "unread": list(learned.unread)}
        found |= {"suspicious": list(learned.suspicious), "notes": notes}
        print_json({**found, "embedding": learned.embedding})
        return
    counts = ", ".join(f"{count} {kind}" for kind, count in learned.counts.items())
    print(f"{learned.label} holds passages: {counts}; meaning from: {learned.embedding}")
    for place in learned.unread:
        print(f"  {place}: the query does not parse, it is found by its words only")
    for note in notes:
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
    kind: Annotated[
        list[str] | None,
        typer.Option(help="only table, document, query, standard or example; repeat it"),
    ] = None,
    database: Annotated[
        str, typer.Option(help="only what speaks of this database, or of none")
    ] = "",
    since: Annotated[str, typer.Option(help="only what is of this date or later: 2026-05-31")] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="say for each the rank in each way of searching")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find passages by words and by meaning, with their sources."""
    from sqlwright import show

    kinds = _kinds(kind or ())
    index = open_index(knowledge)
    assert index is not None
    hits = index.search(text, limit=limit, kinds=kinds, database=database, since=since)
    if as_json:
        print_json([show.hit_as_dict(hit, explain=explain) for hit in hits])
    else:
        show.show_hits(console(), hits, explain=explain)


def _kinds(names: Sequence[str]) -> tuple[Kind, ...]:
    from sqlwright.knowledge.passages import KINDS

    for name in names:
        if name not in KINDS:
            hint = did_you_mean(name, KINDS) or f" Use {', '.join(KINDS)}."
            raise UsageError(f"there are no passages of the kind {name}.{hint}")
    return tuple(kind for kind in KINDS if kind in names)
