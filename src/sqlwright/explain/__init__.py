"""What a query does, in words: step by step from its tree, what it depends on, where time goes.

Every sentence comes from a node of the tree, a definition of the schema, a node of the plan or a
finding of a rule, and carries it as evidence. No model writes here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import Finding, analyze
from sqlwright.database import Database
from sqlwright.engines.plans import Plan
from sqlwright.evidence import facts_of, plan_of, with_evidence
from sqlwright.explain.clauses import of_ending, of_select
from sqlwright.explain.depends import of_dependence
from sqlwright.explain.plans import of_plan
from sqlwright.explain.rows import of_rows
from sqlwright.explain.sentence import Sentence, Speaker, Step
from sqlwright.join_advice import join_advice
from sqlwright.schema import Facts, Schema

__all__ = ["Explanation", "Sentence", "Step", "explain", "explain_on"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A query in words.

    Attributes:
        steps: one for each SELECT or set operation, in the order in which they are needed.
        rows: what a row of the result stands for.
        depends: tables, columns, indexes.
        plan: where the engine expects the work; empty without a database.
        caveats: what the rules find.
    """

    query: str
    steps: tuple[Step, ...]
    rows: tuple[Sentence, ...]
    depends: tuple[Sentence, ...]
    plan: tuple[Sentence, ...] = ()
    caveats: tuple[Sentence, ...] = ()

    def sentences(self) -> list[Sentence]:
        """Every sentence, in order."""
        steps = [sentence for step in self.steps for sentence in step.sentences]
        return [*steps, *self.rows, *self.depends, *self.plan, *self.caveats]

    def as_dict(self) -> dict[str, Any]:
        """The explanation as JSON types."""

        def listed(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
            return [sentence.as_dict() for sentence in sentences]

        return {
            "query": self.query,
            "steps": [step.as_dict() for step in self.steps],
            "rows": listed(self.rows),
            "depends": listed(self.depends),
            "plan": listed(self.plan),
            "caveats": listed(self.caveats),
        }


def explain(
    query: exp.Query,
    schema: Schema,
    dialect: str,
    *,
    language: str = "en",
    plan: Plan | None = None,
    facts: Facts | None = None,
) -> Explanation:
    """The query in words, from its tree and the schema, which may be empty.

    Args:
        plan: of the query, where a database gave one.
        facts: of the values of its columns, where a database told.
    """
    speaker = Speaker(language, dialect)
    findings = with_evidence(analyze(query, schema), query, schema, plan, facts)
    return Explanation(
        query=sql.write(query, dialect),
        steps=tuple(_steps(query, speaker)),
        rows=tuple(of_rows(query, schema, speaker)),
        depends=tuple(of_dependence(query, schema, speaker)),
        plan=tuple(of_plan(plan, speaker)) if plan is not None else (),
        caveats=tuple(_caveats(findings, query, speaker)),
    )


def explain_on(
    database: Database,
    query: exp.Query,
    *,
    language: str = "en",
    run: bool = False,
    seconds: float = 30.0,
) -> Explanation:
    """The query in words, with the plan of the database; run, measured and timed if `run` says so.

    Raises:
        DatabaseError: if the engine refuses the query.
    """
    schema, dialect = database.schema, database.dialect
    plan = plan_of(database, query, schema, run_seconds=seconds if run else None)
    facts = facts_of(database, query, analyze(query, schema), schema)
    found = explain(query, schema, dialect, language=language, plan=plan, facts=facts)
    if not run:
        return found
    speaker = Speaker(language, dialect)
    joins = join_advice(plan, sql.bind(query, schema, dialect), schema, dialect)
    shown = (Sentence("plan", f"{_capital(one.say(language))}.", one.evidence) for one in joins)
    took = database.time(query, seconds=seconds)
    said = speaker.pick(f"It took {took:.3g} s, all its rows fetched.",
                        f"Выполнялся {took:.3g} с, со всеми строками.")  # fmt: skip
    timed = Sentence("time", said, sql.write(query, dialect))
    return replace(found, plan=(*found.plan, *shown, timed))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _caveats(
    findings: Sequence[Finding], query: exp.Query, speaker: Speaker
) -> Iterator[Sentence]:  # fmt: skip
    whole = speaker.sql(query)
    for finding in findings:
        evidence = finding.evidence or whole
        said = f"{finding.rule}: {finding.say(speaker.language)}"
        yield Sentence("finding", said, evidence, finding.line, finding.column)


# --- steps --------------------------------------------------------------------------------------


def _steps(query: exp.Query, speaker: Speaker) -> Iterator[Step]:
    """The steps of a query: those that it needs first, then its own."""
    yield from _nested(query, speaker, speaker.pick("The query", "Запрос"))


def _nested(query: exp.Expr, speaker: Speaker, title: str) -> Iterator[Step]:
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ is not None else ():
        repeats = speaker.pick(", which may read itself", ", может читать саму себя") * bool(
            with_ is not None and with_.args.get("recursive")
        )
        name = speaker.pick(f"The step `{cte.alias}` (WITH)", f"Шаг `{cte.alias}` (WITH)") + repeats
        yield from _nested(cte.this, speaker, name)
    if isinstance(query, exp.Subquery):
        yield from _nested(query.this, speaker, title)
        if ending := tuple(of_ending(query, speaker)):
            yield Step(title, ending)
    elif isinstance(query, exp.SetOperation):
        yield from _of_set(query, speaker, title)
    elif isinstance(query, exp.Select):
        yield from _inner(query, speaker, title)
        yield Step(title, tuple(of_select(query, speaker)))
    else:
        what = speaker.quote(query)
        said = f"It lists rows: {what}.", f"Перечисляет строки: {what}."
        yield Step(title, (speaker.sentence("source", *said, query),))


_SETS: dict[type[exp.Expr], tuple[str, str, str, str]] = {
    exp.Union: ("puts the rows of both parts together and drops repeats",
                "puts the rows of both parts together, repeats included",
                "складывает строки обеих частей и отбрасывает повторы",
                "складывает строки обеих частей вместе с повторами"),
    exp.Intersect: ("keeps rows that both parts have",
                    "keeps rows that both parts have, with repeats",
                    "оставляет строки, общие для обеих частей",
                    "оставляет общие строки вместе с повторами"),
    exp.Except: ("keeps rows of the first part that the second has not",
                 "keeps rows of the first part that the second has not, with repeats",
                 "оставляет строки первой части, которых нет во второй",
                 "оставляет строки первой части, которых нет во второй, с повторами"),
}  # fmt: skip


def _of_set(query: exp.SetOperation, speaker: Speaker, title: str) -> Iterator[Step]:
    for number, side in enumerate((query.this, query.expression), start=1):
        part = speaker.pick(f"{title}, part {number}", f"{title}, часть {number}")
        yield from _nested(side, speaker, part)
    kind = next(kind for kind in _SETS if isinstance(query, kind))
    words = _SETS[kind]
    with_repeats = query.args.get("distinct") is False
    english, russian = words[with_repeats], words[2 + with_repeats]
    said = speaker.sentence("set", f"It {english}.", f"{russian[0].upper()}{russian[1:]}.", query)
    yield Step(title, (said, *of_ending(query, speaker)))


def _inner(select: exp.Select, speaker: Speaker, title: str) -> Iterator[Step]:
    """The steps of the subqueries right inside a SELECT, in the order of its text."""
    for number, query in enumerate(_subqueries(select), start=1):
        holder = query.parent
        alias = holder.alias if isinstance(holder, exp.Subquery) else ""
        correlated = _reads_outside(query, select)
        name = speaker.pick("The subquery", "Подзапрос") + (
            f" `{alias}`" if alias else f" {number}"
        )
        name += speaker.pick(f" of: {title}", f" в: {title}")
        steps = list(_nested(query, speaker, name))
        if correlated is not None:
            what = speaker.quote(correlated)
            again = speaker.sentence(
                "subquery",
                f"It is asked again for each row around it, of which it reads {what}.",
                f"Выполняется для каждой внешней строки и читает из неё {what}.",
                correlated,
            )
            steps[-1] = Step(name, (again, *steps[-1].sentences))
        yield from steps


def _subqueries(select: exp.Select) -> list[exp.Expr]:
    found: list[exp.Expr] = []

    def look(node: exp.Expr) -> None:
        for child in node.iter_expressions():
            if isinstance(child, exp.With):
                continue
            if isinstance(child, exp.Select | exp.SetOperation):
                found.append(child)
            else:
                look(child)

    look(select)
    return found


def _reads_outside(query: exp.Expr, around: exp.Select) -> exp.Column | None:
    """A column of the subquery that names a source outside it and not one inside."""
    inside = {
        source.alias_or_name.lower()
        for source in query.find_all(exp.Table, exp.Subquery, exp.CTE)
        if source.alias_or_name
    }
    outside = {source.alias_or_name.lower() for source, _ in _all_sources(around)}
    for column in query.find_all(exp.Column):
        name = column.table.lower()
        if name and name in outside and name not in inside:
            return column
    return None


def _all_sources(select: exp.Select) -> list[tuple[exp.Expr, exp.Join | None]]:
    from sqlwright.explain.clauses import sources_of

    found, node = [], select
    while node is not None:
        found += sources_of(node)
        node = node.find_ancestor(exp.Select)  # type: ignore[assignment]
    return found
