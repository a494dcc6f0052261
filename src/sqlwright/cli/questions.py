"""The verbs about questions: ask writes a query for one, explain says what a query answers."""

from __future__ import annotations

import sys
from typing import Annotated

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

_Seconds = Annotated[float, typer.Option(min=0.1, help="the limit of one query")]


_MINI = {
    "en": "rules could not place every word, and this answer is a small model's, which is seldom"
    " right about people's questions: read the query before you trust it, or name a larger model by"
    " --model",
    "ru": "правила нашли место не каждому слову, а этот ответ дала маленькая модель, которая редко"
    " права в вопросах людей: прочтите запрос, прежде чем верить ему, или укажите модель побольше"
    " через --model",
}


def ask(
    question: Annotated[str, typer.Argument(help="in English or Russian")],
    db: Annotated[str, typer.Option("--db", help="a database file, or a SQLAlchemy URL")],
    knowledge: Knowledge = None,
    model: Annotated[
        str | None,
        typer.Option(help="a model or adapter folder, a server's URL, mini, or none: rules alone"),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, max=32, help="answers of the model")] = 5,
    run: Annotated[
        bool, typer.Option("--run", help="run it, read-only, and show rows; compare by rows")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="the most rows shown")] = 100,
    seconds: _Seconds = 10.0,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Write one read-only query for a question. Exit 3 if none can be offered.

    Rules read the words of the question by the schema, its comments and the knowledge; a model
    proposes too, unless --model is none. Mini, the model that ships, rarely answers a question over
    a schema that it was not adapted to: name a larger one where the rules leave words over.
    """
    from sqlwright.ask import ask as answer_to
    from sqlwright.database import connect
    from sqlwright.explain import explain as put_in_words

    spoken = language_of(language)
    with connect(db) as database, status() as say:
        index = open_index(knowledge)
        found = open_model(model, say)
        answer = answer_to(
            question,
            database=database,
            model=found,
            knowledge=index,
            samples=samples,
            run=run,
            limit=limit,
            seconds=seconds,
            language=spoken,
            say=say,
        )
        by_mini = answer.chosen is not None and not answer.chosen.is_read
        if found is not None and found.family == "mini" and by_mini:
            print(f"sqlwright: {_MINI[spoken]}", file=sys.stderr)
        words = None
        if answer.chosen is not None and answer.chosen.query is not None:
            query = answer.chosen.query
            words = put_in_words(query, database.schema, database.dialect, language=spoken)
    if as_json:
        print_json(answer.as_dict() | {"explanation": words.as_dict() if words else None})
    else:
        from sqlwright.show import questions

        questions.show_answer(console(), answer, words, spoken)
    raise typer.Exit(0 if answer.chosen is not None else 3)


def explain(
    file: File,
    schema: SchemaFile = None,
    db: Db = None,
    dialect: DialectName = None,
    run: Annotated[
        bool, typer.Option("--run", help="run it on --db, read-only, and say how long it takes")
    ] = False,
    seconds: _Seconds = 30.0,
    as_json: AsJson = False,
    language: Language = "en",
) -> None:
    """Say in words what a query does, what it depends on and where its time goes."""
    from sqlwright import sql
    from sqlwright.database import connect
    from sqlwright.explain import explain as put_in_words
    from sqlwright.explain import explain_on
    from sqlwright.schema import Schema

    spoken, text = language_of(language), read_text(file)
    if run and db is None:
        raise UsageError("--run runs the query on a database: give --db")
    if db is not None and schema is None:
        with connect(db) as database:
            query = sql.read(text, database.dialect)
            sql.bind(query, database.schema, database.dialect)
            found = explain_on(database, query, language=spoken, run=run, seconds=seconds)
    else:
        known, used = schema_and_dialect(schema, db, dialect, text)
        query = sql.read(text, used)
        if known is not None:
            sql.bind(query, known, used)
        found = put_in_words(query, known or Schema(()), used, language=spoken)
    if as_json:
        print_json(found.as_dict())
    else:
        from sqlwright.show import questions

        questions.show_explanation(console(), found, spoken)
