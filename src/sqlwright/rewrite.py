"""Proposals: other ways to write a query, from the rules, from sqlglot's passes, and from a model.

None of them is trusted, whoever made it: `verify` judges all alike, and only then are they
candidates. Each is read back from its own text, so that what is judged is what would be shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer import optimizer
from sqlglot.optimizer.eliminate_joins import eliminate_joins
from sqlglot.optimizer.eliminate_subqueries import eliminate_subqueries
from sqlglot.optimizer.merge_subqueries import merge_subqueries
from sqlglot.optimizer.optimize_joins import optimize_joins
from sqlglot.optimizer.pushdown_predicates import pushdown_predicates
from sqlglot.optimizer.pushdown_projections import pushdown_projections
from sqlglot.optimizer.simplify import simplify
from sqlglot.optimizer.unnest_subqueries import unnest_subqueries
from sqlglot.schema import MappingSchema

from sqlwright import sql
from sqlwright.analyze import RULES, Rule, name_of
from sqlwright.analyze.scope import owner, where
from sqlwright.analyze.tree import set_where
from sqlwright.errors import SqlError
from sqlwright.model import Model
from sqlwright.prompt import Request, answer_of, render
from sqlwright.schema import Schema

MOST_STEPS = 30  # rewrites by rule after each other; real queries need fewer than ten

# What the passes raise on trees that they were not made for, besides their own errors.
_FAILURES = (SqlglotError, ValueError, KeyError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A query that somebody thinks is better, not checked yet.

    `source` says who: `rule: count-above-zero`, `rules`, `pass: unnest_subqueries`, `model`; `also`
    names the others that proposed the same.
    """

    query: exp.Query
    source: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A text that was meant as a proposal and is no query over this schema; kept to be shown."""

    text: str
    source: str
    reason: str


def by_rules(query: exp.Query, schema: Schema, dialect: str) -> list[Proposal]:
    """What each rule makes of the query by itself, and all of them together.

    `rules for speed` leaves the wording alone; `rules` applies everything. Each goes on until
    nothing changes, with a bound.
    """
    proposals = []
    for rule in RULES:
        if (changed := _settled(query, schema, (rule,))) is not None:
            proposals.append((f"rule: {name_of(rule)}", changed))
    if proposals:
        for source, severities in (("rules for speed", ("slow",)), ("rules", None)):
            if (changed := _settled(query, schema, RULES, severities)) is not None:
                proposals.append((source, changed))
    return list(_read_back(proposals, dialect))


def _settled(
    query: exp.Query,
    schema: Schema,
    rules: tuple[Rule, ...],
    severities: tuple[str, ...] | None = None,
) -> exp.Query | None:
    """The query after the rules have nothing more to offer; None when they had nothing at all."""
    current, seen = query, {query.sql()}
    for _ in range(MOST_STEPS):
        offered = (
            finding.rewrite
            for rule in rules
            for finding in rule(current, schema)
            if finding.rewrite is not None
            and (severities is None or finding.severity in severities)
        )
        new = next((rewrite for rewrite in offered if rewrite.sql() not in seen), None)
        if new is None:
            break
        current = new
        seen.add(current.sql())
    return current if current is not query else None


Pass = Callable[[exp.Query, Schema, str], exp.Expr]


def _all_rules(query: exp.Query, schema: Schema, dialect: str) -> exp.Expr:
    done_by_bind = ("qualify", "quote_identifiers")
    rules = tuple(
        rule for rule in optimizer.RULES if getattr(rule, "__name__", "") not in done_by_bind
    )
    return optimizer.optimize(query, schema=_typed(schema, dialect), dialect=dialect, rules=rules)


#: sqlglot's passes, each over a bound query, by the names that proposals carry.
PASSES: dict[str, Pass] = {
    "unnest_subqueries": lambda query, schema, dialect: unnest_subqueries(query),
    "pushdown_predicates": lambda query, schema, dialect: pushdown_predicates(
        query, dialect=dialect
    ),
    "merge_subqueries": lambda query, schema, dialect: merge_subqueries(query),
    "eliminate_subqueries": lambda query, schema, dialect: eliminate_subqueries(query),
    "eliminate_joins": lambda query, schema, dialect: eliminate_joins(query),
    "optimize_joins": lambda query, schema, dialect: optimize_joins(query),
    "pushdown_projections": lambda query, schema, dialect: pushdown_projections(query),
    "simplify": lambda query, schema, dialect: simplify(query, dialect=dialect),
    "optimize": _all_rules,
}


def by_passes(query: exp.Query, schema: Schema, dialect: str) -> list[Proposal]:
    """What sqlglot's optimizer makes of the query, by single passes and as a whole.

    A pass that fails on the query is left out. So is one that only qualified names or that needs
    array functions which the query did not have.

    Raises:
        BindError: if the query does not fit the schema.
    """
    bound = sql.bind(query, schema, dialect)
    untouched = tidied(bound.copy(), query, schema, dialect).sql()
    proposals = []
    for name, change in PASSES.items():
        try:
            changed = change(bound.copy(), schema, dialect)
            if not isinstance(changed, exp.Query) or _is_foreign(changed, query):
                continue
            changed = tidied(changed, query, schema, dialect)
        except _FAILURES:
            continue
        text = changed.sql()
        if text != untouched and not (name == "simplify" and _is_shuffled(text, untouched)):
            proposals.append((f"pass: {name}", changed))
    return list(_read_back(proposals, dialect))


@lru_cache(maxsize=16)
def _typed(schema: Schema, dialect: str) -> MappingSchema:
    """The schema with the types that sqlglot knows; others are left unknown."""
    return MappingSchema(
        {
            table: {name: _known_type(kind, dialect) for name, kind in columns.items()}
            for table, columns in schema.mapping().items()
        },
        normalize=False,
    )


def _known_type(kind: str, dialect: str) -> str:
    try:
        exp.DataType.build(kind, dialect=dialect)
    except _FAILURES:
        return "unknown"
    return kind


def _is_foreign(changed: exp.Expr, query: exp.Query) -> bool:
    arrays = (exp.ArrayAny, exp.ArrayAgg)
    return changed.find(*arrays) is not None and query.find(*arrays) is None


def _is_shuffled(text: str, other: str) -> bool:
    """Whether both hold the same words: then only the order of conditions differs."""
    return sorted(re.findall(r"\w+|\S", text)) == sorted(re.findall(r"\w+|\S", other))


def tidied(changed: exp.Query, query: exp.Query, schema: Schema, dialect: str) -> exp.Query:
    """The tree, in place, without what binding added: aliases and tables that nobody needs."""
    for table in changed.find_all(exp.Table):
        alias = table.args.get("alias")
        if alias is not None and not alias.args.get("columns") and table.alias == table.name:
            table.set("alias", None)
    for alias in list(changed.find_all(exp.Alias)):
        is_output = isinstance(alias.parent, exp.Select) and alias.arg_key == "expressions"
        if is_output and isinstance(alias.this, exp.Column) and alias.alias == alias.this.name:
            alias.replace(alias.this)
    for select in changed.find_all(exp.Select):
        _trim(select)
    if not any(column.table for column in query.find_all(exp.Column)):
        _drop_tables(changed, schema)
    if dialect == "sqlite":
        _free_order(changed)
    _spell_as(changed, query)
    return changed


def _trim(select: exp.Select) -> None:
    """Take out of one SELECT, in place, the names and conditions that say nothing."""
    around = select.parent
    outside = around.parent if isinstance(around, exp.Subquery) else around
    if not isinstance(outside, exp.From | exp.Join | exp.CTE | exp.SetOperation):
        for alias in list(select.expressions):  # nobody can read a scalar subquery's output name
            if isinstance(alias, exp.Alias) and re.fullmatch(r"_col_\d+", alias.alias):
                alias.replace(alias.this)
    if isinstance(around, exp.Exists) and not select.args.get("limit"):
        listed = all(isinstance(p, exp.Column) for p in select.expressions)
        if listed and len(select.expressions) > 1:
            select.set("expressions", [exp.Literal.number(1)])
    parts = where(select)
    kept = [part for part in parts if not (isinstance(part, exp.Boolean) and part.this)]
    if len(kept) < len(parts):
        set_where(select, kept)


def _drop_tables(changed: exp.Query, schema: Schema) -> None:
    """Take the table from a column where the name alone still means the same."""
    for column in changed.find_all(exp.Column):
        before = owner(column, schema)
        if not column.table or before is None:
            continue
        table = column.args["table"]
        column.set("table", None)
        after = owner(column, schema)
        if after is None or after[0] is not before[0] or after[1].name != before[1].name:
            column.set("table", table)


def _free_order(changed: exp.Query) -> None:
    # in SQLite CROSS JOIN forbids the planner to reorder, and a comma does not
    for join in changed.find_all(exp.Join):
        if join.kind == "CROSS" and not join.side and not isinstance(join.this, exp.Lateral):
            join.set("kind", None)


def _spell_as(changed: exp.Query, query: exp.Query) -> None:
    """Give names the case and quotes that the user wrote."""
    spelled: dict[str, set[tuple[str, bool]]] = {}
    for identifier in query.find_all(exp.Identifier):
        spelling = (identifier.name, bool(identifier.args.get("quoted")))
        spelled.setdefault(identifier.name.lower(), set()).add(spelling)
    for identifier in changed.find_all(exp.Identifier):
        found = spelled.get(identifier.name.lower(), set())
        if len(found) == 1:
            name, quoted = next(iter(found))
            identifier.set("this", name)
            identifier.set("quoted", quoted)


def by_model(
    request: Request,
    schema: Schema,
    model: Model,
    *,
    samples: int = 1,
    max_new_tokens: int = 400,
) -> list[Proposal | Rejected]:
    """What a model answers to the request: the greedy answer first, then sampled ones.

    Passages are dropped from the last on until the prompt leaves room for the answer. An answer
    that is no query over this schema comes back as Rejected, with the reason.

    Raises:
        ModelError: if the model cannot answer.
    """
    prompt = fitting_prompt(request, model, max_new_tokens)
    if prompt is None:
        reason = f"the prompt leaves no room in the model's {model.context_tokens} tokens"
        return [Rejected("", "model", reason)]
    found: list[Proposal | Rejected] = []
    answers = model.complete([prompt], max_new_tokens=max_new_tokens, samples=samples)[0]
    for at, completion in enumerate(answers):
        text = answer_of(completion, model.family)
        source = "model" if at == 0 else f"model: sample {at + 1}"
        found.append(read_answer(text, source, schema, request.dialect))
    return found


def fitting_prompt(request: Request, model: Model, max_new_tokens: int) -> str | None:
    """The prompt with as many passages, from the first, as leave room; None if it never fits."""
    for kept in range(len(request.passages), -1, -1):
        prompt = render(replace(request, passages=request.passages[:kept]), model.family)
        if model.count_tokens(prompt) + max_new_tokens <= model.context_tokens:
            return prompt
    return None


def read_answer(text: str, source: str, schema: Schema, dialect: str) -> Proposal | Rejected:
    """The text as a proposal, if it is one read-only query over this schema."""
    try:
        query = sql.read(text, dialect)
        sql.bind(query, schema, dialect)
    except SqlError as error:
        return Rejected(text, source, str(error))
    return Proposal(query, source)


def distinct(proposals: Iterable[Proposal], original: exp.Query) -> list[Proposal]:
    """The proposals that differ from the original and from each other, in order.

    One that was made twice keeps its first source, and names the others.
    """
    found: dict[str, Proposal] = {}
    same = _normal(original)
    for proposal in proposals:
        key = _normal(proposal.query)
        if key == same:
            continue
        if key in found:
            first = found[key]
            found[key] = replace(first, also=(*first.also, proposal.source))
        else:
            found[key] = proposal
    return list(found.values())


def _normal(query: exp.Query) -> str:
    return query.sql(comments=False, normalize=True)


def _read_back(proposals: Sequence[tuple[str, exp.Query]], dialect: str) -> Iterator[Proposal]:
    for source, query in proposals:
        try:
            yield Proposal(sql.read(sql.write(query, dialect), dialect), source)
        except (SqlError, SqlglotError):
            continue  # a pass made something that the dialect cannot say


__all__ = [
    "PASSES",
    "Proposal",
    "Rejected",
    "by_model",
    "by_passes",
    "by_rules",
    "distinct",
    "fitting_prompt",
    "read_answer",
    "tidied",
]
