"""What mini is pretrained on: a request over an invented schema, and the answer wanted.

Unlike the records of `build.py` these are not executed one by one: the worsenings are sound, and
`tests/test_invent.py` holds them to it on a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import analyze
from sqlwright.data.asking import invent_question
from sqlwright.data.facts import Fact, bare, invent_fact
from sqlwright.data.instructions import instruction
from sqlwright.data.invent import invent_query
from sqlwright.data.names import NOUNS
from sqlwright.data.notes import NOTES, Change, Note, alias_note
from sqlwright.data.worsen import BREAKINGS, worsen
from sqlwright.errors import SqlError
from sqlwright.prompt import Request, canonical, compact_schema
from sqlwright.schema import Schema, Table

SHARES = {"optimize": 0.43, "refactor": 0.2, "fix": 0.19, "check": 0.11, "write": 0.07}
TOPICAL_SHARE = 0.17  # of all pairs, by `invent_topical_pair`: with `write` above about 0.23
NO_FINDINGS = "no findings"
FACT_SHARE = 0.2  # of the optimize pairs: their answer hangs on a key, NOT NULL or an index
_DIALECTS = ("", "", "sqlite", "sqlite", "sqlite", "postgres", "postgres", "duckdb")


@dataclass(frozen=True, slots=True)
class Pair:
    """A request, its answer, and what was done to the good query to make the request."""

    request: Request
    answer: str
    steps: tuple[str, ...]


def invent_pair(schema: Schema, rng: Random, task: str | None = None) -> Pair | None:
    """A pair over the schema, or None where the drawn breakage left the query as it was.

    Args:
        task: one of the tasks; drawn by SHARES if None.
    """
    task = task or rng.choices(tuple(SHARES), weights=tuple(SHARES.values()))[0]
    if task == "write":
        return _asked(schema, rng)
    dialect = rng.choice(_DIALECTS)
    if task == "optimize" and rng.random() < FACT_SHARE and (fact := invent_fact(schema, rng)):
        return _fact_pair(fact, rng, dialect)
    portable = dialect in ("", "sqlite") or rng.random() < 0.5
    good = invent_query(schema, rng, portable=portable)
    notes, passages = _passages(schema, rng)
    if task in ("optimize", "refactor", "check"):
        count = rng.choices((0, 1, 2, 3, 4), weights=(10, 34, 30, 18, 8))[0]
        worse, steps = worsen(good, schema, rng, count)
        if task == "check":
            answer = None
        else:
            for note in notes:
                good = note(good, schema, rng) or good
            answer = good
        shown, answer = _unqualify(worse, answer, schema, rng)
        return _pair(
            task, shown.sql(comments=False), shown, answer, schema, rng, passages, dialect, steps
        )
    shown, _ = _unqualify(good, None, schema, rng)
    text, steps = shown.sql(comments=False), ()
    breaking = rng.choice(BREAKINGS)
    broken = breaking(text, shown, schema, rng)
    if broken == text:
        return None
    if rng.random() < 0.15:
        again = rng.choice(BREAKINGS[:8])
        broken, steps = again(broken, shown, schema, rng), (again.__name__,)
    return _pair(
        task, broken, shown, shown, schema, rng, passages, dialect, (breaking.__name__, *steps)
    )


def invent_topical_pair(rng: Random) -> Pair | None:
    """A pair of the task `write` over a schema of its own, with words in two languages."""
    return _asked(None, rng)


def _asked(schema: Schema | None, rng: Random) -> Pair | None:
    made = invent_question(rng, schema)
    return Pair(*made, ()) if made else None


def _pair(
    task: str, text: str, shown: exp.Query, answer: exp.Query | None, schema: Schema, rng: Random,
    passages: Sequence[str], dialect: str, steps: tuple[str, ...],
) -> Pair | None:  # fmt: skip
    query = canonical(text, dialect)
    if answer is None:
        try:
            wanted = findings_text(sql.read(query, dialect), schema)
        except SqlError:
            return None
    else:
        wanted = answer.sql(comments=False)
        wanted = canonical(wanted, dialect) if dialect else wanted
    tables = _shown_tables(answer or shown, schema, rng)
    asked = _instruction(task, rng)
    request = Request(task, asked, query, compact_schema(tables), tuple(passages), dialect)
    return Pair(request, wanted, steps)


def _fact_pair(fact: Fact, rng: Random, dialect: str) -> Pair | None:
    """The fact's pair: now and then its schema is shown bare, and then the query stays."""
    passages = list(fact.passages)
    if rng.random() < 0.4:
        passages += [_document(fact.schema, rng), rng.choice(_NEUTRAL)]
        rng.shuffle(passages)
    schema, answer = fact.schema, fact.answer
    if fact.kind != "index" and rng.random() < 0.1:
        schema, answer = bare(schema), fact.query
    shown, wanted = _unqualify(fact.query, answer, schema, rng)
    text = shown.sql(comments=False)
    steps = (f"fact: {fact.kind}",)
    return _pair("optimize", text, shown, wanted, schema, rng, passages, dialect, steps)


def findings_text(query: exp.Query, schema: Schema) -> str:
    """The answer of the task `check`: the names of the rules that find a fault, one a line.

    What is only a matter of style is left out: nearly every query has something of that.
    """
    found = analyze(query, schema)
    rules = sorted({finding.rule for finding in found if finding.severity != "style"})
    return "\n".join(rules) or NO_FINDINGS


def _shown_tables(query: exp.Query, schema: Schema, rng: Random) -> list[Table]:
    """The tables of the prompt: those that the query reads, sometimes others with them."""
    tables = list(sql.tables_of(query, schema))
    if rng.random() < 0.3:
        others = [table for table in schema.tables if table not in tables]
        tables += rng.sample(others, min(len(others), rng.choice([1, 1, 2, 8])))
        if rng.random() < 0.5:
            rng.shuffle(tables)
    return tables


def _unqualify(
    worse: exp.Query, answer: exp.Query | None, schema: Schema, rng: Random
) -> tuple[exp.Query, exp.Query | None]:
    """Both without the alias before columns that only one source has; as often as people do it."""
    if rng.random() > 0.4:
        return worse, answer
    free = _unambiguous(worse, schema)
    if answer is not None:
        free &= _unambiguous(answer, schema)
    made: list[exp.Query | None] = []
    for query in (worse, answer):
        copy = query.copy() if query is not None else None
        for column in copy.find_all(exp.Column) if copy is not None else ():
            if column.name.lower() in free:
                column.set("table", None)
        made.append(copy)
    assert made[0] is not None
    return made[0], made[1]


def _unambiguous(query: exp.Query, schema: Schema) -> set[str]:
    """Column names that exactly one source in the whole query has."""
    counts: dict[str, int] = {}
    for table in query.find_all(exp.Table):
        known = schema.table(table.name)
        for column in known.columns if known else ():
            counts[column.name.lower()] = counts.get(column.name.lower(), 0) + 1
    for select in query.find_all(exp.Select):
        if select is not query:
            for item in select.expressions:
                name = item.alias_or_name.lower()
                counts[name] = counts.get(name, 0) + 2
    for alias in query.find_all(exp.Alias):  # the name of a result must not hide a column
        counts[alias.alias.lower()] = counts.get(alias.alias.lower(), 0) + 2
    return {name for name, number in counts.items() if number == 1}


# --- passages and words ------------------------------------------------------------------------


def _passages(schema: Schema, rng: Random) -> tuple[list[Change], list[str]]:
    """The changes that the notes among the passages ask for, and the passages, shuffled."""
    if rng.random() < 0.42:
        return [], []
    notes: list[Note] = []
    if rng.random() < 0.75:
        notes = rng.sample(NOTES, rng.choice([1, 1, 1, 2, 2, 3]))
        changes = {note.change.__name__ for note in notes}
        if any(changes >= pair for pair in _OPPOSED):
            notes = notes[:1]
    aliased = [alias_note(schema, rng)] if rng.random() < 0.3 else []
    passages = [rng.choice(note.texts) for note in (*notes, *aliased)]
    passages += [rng.choice(_NEUTRAL) for _ in range(rng.choice([0, 0, 1, 2]))]
    passages += [_past_query(schema, rng, aliased) for _ in range(rng.choice([0, 0, 0, 1, 1, 2]))]
    passages += [_document(schema, rng) for _ in range(rng.choice([0, 0, 1, 1, 2]))]
    passages = list(dict.fromkeys(passages))
    rng.shuffle(passages)
    # aliases come last: a CTE made of a derived table has no alias of its own
    return [note.change for note in (*notes, *aliased)], passages


_OPPOSED = (
    {"exists_for_in", "in_for_exists"},
    {"cte_for_derived", "derived_for_cte"},
    {"new_table_first", "old_table_first"},
)


def _past_query(schema: Schema, rng: Random, aliased: list[Note]) -> str:
    """A query of somebody else, under the house's aliases if it has them, with its comment."""
    query = invent_query(schema, rng)
    for note in aliased:
        query = note.change(query, schema, rng) or query
    text = query.sql(comments=False, pretty=rng.random() < 0.5)
    link = ["by", "per", "with", "of", "по"]
    comment = f"-- {rng.choice(NOUNS)} {rng.choice(link)} {rng.choice(NOUNS)}"
    text = text if len(text) < 500 else text[:500].rsplit(" ", 1)[0]
    return f"{comment}\n{text}" if rng.random() < 0.7 else text


def _document(schema: Schema, rng: Random) -> str:
    table = rng.choice(schema.tables)
    column = rng.choice(table.columns).name
    return rng.choice(_SENTENCES).format(
        table=table.name, column=column, a=rng.choice(NOUNS), b=rng.choice(NOUNS),
        number=rng.choice([3, 10, 500, 2000, 40000, 1000000]),
    )  # fmt: skip


_SENTENCES = (
    "{table} holds one row for each {a} of a {b}.",
    "The table {table} has about {number} rows; it is filled every night.",
    "{table}.{column} is the {a} as it was when the {b} was made.",
    "{column} in {table} may be corrected later by the {a} team.",
    "A {a} belongs to one {b}. See {table}.",
    "Reports about the {a} read {table} and never change it.",
    "{table}: {a} and {b}. The column {column} is taken from the old system.",
    "В таблице {table} одна строка на каждую запись «{a}».",
    "Столбец {column} таблицы {table} заполняет отдел «{b}».",
    "Таблица {table} обновляется ночью, в ней около {number} строк.",
    "{table} | {column} | {a}\nKept for {number} days.",
    "Since the migration {table} has an index on {column}.",
)
_NEUTRAL = (
    "Explicit joins\nWrite JOIN ... ON for every table after the first.",
    "No SELECT *\nName the columns.",
    "A limit needs an order\nLIMIT stands only after ORDER BY.",
    "Existence is not counted\nNever compare a COUNT(*) subquery with zero.",
    "DISTINCT is not a repair.",
    "No NOT IN with a subquery: one NULL makes it empty.",
    "Keywords are written in capitals.",
    "Явные соединения: каждая таблица присоединяется через JOIN ... ON.",
    "Не пишите SELECT *: перечисляйте нужные столбцы.",
    "LIMIT допустим только после ORDER BY.",
    "Не считайте строки, чтобы узнать, есть ли хоть одна.",
    "Every report names its owner in the first line.",
    "Queries that run longer than a minute are reviewed.",
    "Money is stored in the currency of the contract.",
)
_EXTRA = {
    "en": ("Keep the column names.", "The table is large.", "It runs every hour.", "Thanks!",
           "See our notes.", "The result must not change.", "It is used by the {} report."),
    "ru": ("Имена столбцов сохрани.", "Таблица большая.", "Спасибо!", "Результат менять нельзя.",
           "Смотри наши правила.", "Нужно для отчёта «{}»."),
}  # fmt: skip


def _instruction(task: str, rng: Random) -> str:
    language = "en" if rng.random() < 0.6 else "ru"
    text = instruction(task, language, rng)
    draw = rng.random()
    if draw < 0.12:
        text = f"{text} {rng.choice(_EXTRA[language]).format(rng.choice(NOUNS))}"
    elif draw < 0.2:
        text = text.rstrip(".").lower()
    elif draw < 0.25:
        text = task
    return "" if rng.random() < 0.05 else text
