"""A question in, one read-only query out: retrieve, read, write, check, compare, choose.

Two authors propose: rules that read the words of the question (`compose`), and a model, if there is
one. What either proposes is examined alike.

Nothing of the user's database is run but EXPLAIN and small look-ups of values, until rows are asked
for; and no query is shown that does not bind and that the engine does not plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlwright import rewrite
from sqlwright.analyze import Finding, analyze
from sqlwright.ask import by_rules
from sqlwright.ask.candidates import (
    Written,
    choose,
    distinct,
    examine,
    grouped,
    same_by_rows,
    same_by_witnesses,
    why_chosen,
)
from sqlwright.ask.knowing import Known, find_known
from sqlwright.ask.refusal import changing_verb, say_refusal
from sqlwright.database import Database
from sqlwright.engines.reading import Rows
from sqlwright.errors import ModelError, UsageError
from sqlwright.knowledge.search import Index
from sqlwright.model import Model
from sqlwright.prompt import Request, compact_schema
from sqlwright.schema import Schema
from sqlwright.verify.results import plain

_MOST_NEW_TOKENS = 300
_WITNESS_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that a user is told about one question.

    Attributes:
        chosen: the query that is offered; None where none can be.
        why: the reason for the choice, or for offering nothing.
        rows: what the chosen query returned, where rows were asked for.
    """

    question: str
    dialect: str
    known: Known | None
    candidates: tuple[Written, ...]
    chosen: Written | None
    why: str
    findings: tuple[Finding, ...] = ()
    rows: Rows | None = None

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON types."""
        known = self.known
        return {
            "question": self.question,
            "sql": self.chosen.text if self.chosen else None,
            "why": self.why,
            "mended": list(self.chosen.mended) if self.chosen else [],
            "findings": [finding.as_dict() for finding in self.findings],
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "tables": [table.name for table in known.tables] if known else [],
            "passages": list(known.lines) if known else [],
            "columns": list(self.rows.columns) if self.rows else None,
            "rows": [[plain(v) for v in row] for row in self.rows.rows] if self.rows else None,
            "truncated": self.rows.truncated if self.rows else None,
        }


def ask(
    question: str,
    *,
    database: Database,
    model: Model | None,
    knowledge: Index | None = None,
    samples: int = 5,
    run: bool = False,
    limit: int = 100,
    seconds: float = 10.0,
    language: str = "en",
    rules: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> Answer:
    """Retrieve, read, write, check, compare, choose; rows only where `run` asks for them.

    Args:
        question: in English or Russian.
        model: None leaves the question to the rules alone.
        samples: how many answers the model gives; the first is its surest.
        run: run the candidates on the database, read-only, to compare them and to show rows.
        limit: the most rows shown.
        seconds: for one query.
        language: of the reasons, "en" or "ru".
        rules: read the question by rules too; without, a model's answers are measured alone.
        say: told in a few words what is being done.

    Raises:
        UsageError: if the question is empty.
        ModelError: if the model cannot answer, or was never taught to write queries.
    """
    question = " ".join(question.split())
    if not question:
        raise UsageError("the question is empty: ask what should be shown")
    if (verb := changing_verb(question)) is not None:
        return Answer(question, database.dialect, None, (), None, say_refusal(verb, language))
    if model is not None:
        check_can_write(model)
    say("looking for tables, passages and values")
    values = by_rules.linked(question, database) if rules else None
    known = find_known(
        question, database, knowledge, model.family if model else "chat", linked=values
    )  # fmt: skip
    vote = by_rules.vote_of(model.family) if model else 1.0
    proposed = []
    if values is not None:
        say("reading the question")
        readings = by_rules.read(question, database, knowledge, values)
        proposed = by_rules.written(readings, database, seconds, vote)
    if model is not None:
        proposed += _answers(question, known, database, model, samples, seconds, vote, say)
    written = distinct(proposed)
    written = _without_odd(written, database.schema)
    same = same_by_rows(database, seconds) if run else same_by_witnesses(database, _WITNESS_SECONDS)
    written = grouped(written, same)
    chosen = choose(written)
    if chosen is None or chosen.query is None:
        return Answer(
            question, database.dialect, known, tuple(written), None, _why_none(written, language)
        )
    findings = tuple(analyze(chosen.query, database.schema))
    rows = None
    if run:
        say("running the query")
        rows = database.rows(chosen.query, seconds=seconds, max_rows=limit)
    why = why_chosen(written, chosen, run, language)
    return Answer(
        question, database.dialect, known, tuple(written), chosen, why, findings, rows
    )  # fmt: skip


def _answers(
    question: str, known: Known, database: Database, model: Model, samples: int, seconds: float,
    vote: float, say: Callable[[str], None],
) -> list[Written]:  # fmt: skip
    """What the model answers, planned by the engine, each answer with its vote."""
    say("asking the model")
    request = Request(
        "write", question, "", compact_schema(known.tables), known.lines, database.dialect
    )
    answers = rewrite.by_model(
        request, database.schema, model, samples=samples, max_new_tokens=_MOST_NEW_TOKENS
    )
    say("checking the answers")
    examined = (examine(answer, database, seconds) for answer in answers)
    return [replace(each, weight=vote, each=vote) for each in examined]


def _without_odd(written: list[Written], schema: Schema) -> list[Written]:
    """The candidates; those in which a rule finds a mistake are refused, if there are others.

    A number compared with a date binds and runs in many an engine, and answers no question.
    """
    faults = [
        next((f.message for f in analyze(w.query, schema) if f.severity in ("error", "wrong")), "")
        if w.query is not None
        else "refused"
        for w in written
    ]
    if all(faults):
        return written
    return [
        replace(w, query=None, reason=fault) if fault and w.query is not None else w
        for w, fault in zip(written, faults, strict=True)
    ]


def check_can_write(model: Model) -> None:
    """Refuses a mini that was trained before the task.

    Raises:
        ModelError: says so, and what to do.
    """
    if model.family == "mini" and model.count_tokens("<|write|>") > 1:
        raise ModelError(
            "this mini was trained before it could write queries (its tokenizer lacks <|write|>):"
            " name another model with --model"
        )


def _why_none(written: list[Written], language: str) -> str:
    if not written:
        if language == "ru":
            return "слова вопроса не названия таблиц и столбцов этой базы: спросите её словами"
        return "the question's words name no table or column of this database: ask in its words"
    first = written[0].reason
    if language == "ru":
        return f"ни один из ответов не подходит к этой базе: {first}"
    return f"none of the answers is a query of this database: {first}"


__all__ = ["Answer", "Written", "ask", "check_can_write"]
