"""What a model is told beside a query: the passages that search finds, those that fit, in order.

The tables that a query names stand in the schema of its prompt, always. Of passages, what describes
those tables comes first, then the tables that join them over foreign keys, then the rest by rank;
each is quoted whole or not at all, and one that reads like an order to a model never.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import RULES, SEVERITIES, Finding, analyze, name_of
from sqlwright.errors import SqlError
from sqlwright.knowledge.passages import Hit, Passage
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.queries import split_queries
from sqlwright.knowledge.search import Index
from sqlwright.model import Model
from sqlwright.prompt import Request, compact_schema, render
from sqlwright.schema import Schema

INSTRUCTIONS = {
    "optimize": "Rewrite this query so that it runs faster and returns the same rows.",
    "refactor": "Rewrite this query so that it is easier to read and returns the same rows.",
}
ANSWER_TOKENS = 400  # kept free in a model's context
# A model that reads less is told of its tables by the lines of the schema alone.
READS_TABLES_FROM = 2048
_MOST_PASSAGES = 9  # beside tables
_MOST_FINDINGS = 3
_MOST_STANDARDS = 3  # on what a query is built of, beside those on its findings
# letters of passages in a record for training, where no model counts tokens
_ROOM = {"mini": 500, "chat": 6000}


@dataclass(frozen=True, slots=True)
class Told:
    """A request that fits a model, and what became of each passage that was found for it.

    Attributes:
        request: with the passages that are quoted in it.
        used: those passages, in their order.
        left_out: the others, each with the reason.
    """

    request: Request
    used: tuple[Hit, ...]
    left_out: tuple[tuple[Hit, str], ...]


def find_passages(
    knowledge: Index | None,
    query: exp.Query,
    findings: Sequence[Finding],
    schema: Schema,
    dialect: str,
    instruction: str = "",
    database: str = "",
) -> list[Hit]:
    """The passages for a prompt, those first that must find room first.

    The tables that the query names, those that join them, then the rest: standards that speak of
    the worst findings, then of what the query is built of, accepted examples and past queries like
    this one, but for those in which the rules find fault, and documents.

    Args:
        database: the name of the query's; where the knowledge speaks of it, what it says of other
            databases is left out.
    """
    if knowledge is None:
        return []
    search = partial(
        knowledge.search, database=database if database in knowledge.about.databases else ""
    )
    tables = [table.name for table in sql.tables_of(query, schema)]
    text = sql.write(query, dialect)
    described = search(text, tables=tables, kinds=("table",), limit=1)
    found: list[Hit] = []
    worst = sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
    for rule in list(dict.fromkeys(finding.rule for finding in worst))[:_MOST_FINDINGS]:
        found += _standards_on(knowledge, rule)
    if words := _constructs(query):
        found += search(words, kinds=("standard",), limit=_MOST_STANDARDS)
    found += search(text, tables=tables, kinds=("example",), limit=2)
    found += [
        hit
        for hit in search(text, tables=tables, kinds=("query",), limit=6)
        if _is_good_example(hit.passage, schema, dialect)
    ]
    found += search(text, tables=tables, kinds=("document",), limit=1)
    if instruction:  # last: most instructions say nothing about the matter
        found += search(instruction, kinds=("standard", "document"), limit=1)
    ranked = list({hit.passage.source: hit for hit in found}.values())[:_MOST_PASSAGES]
    return [*(hit for hit in described if _is_certain(hit)), *ranked]


def _is_certain(hit: Hit) -> bool:
    """Is it there by name or by a foreign key, and not by a ranking, whose scores are below 1?"""
    return hit.score >= 1


def _constructs(query: exp.Query) -> str:
    """What the query is built of, in the words of people who write standards."""
    nodes = list(query.walk())
    has: dict[str, bool] = {
        "EXISTS subquery, подзапрос EXISTS": any(isinstance(n, exp.Exists) for n in nodes),
        "IN (SELECT ...) subquery, подзапрос в IN": any(
            isinstance(n, exp.In) and n.args.get("query") is not None for n in nodes
        ),
        "WITH clause, CTE, предложение WITH": any(isinstance(n, exp.CTE) for n in nodes),
        "derived table, subquery in FROM, подзапрос в FROM": any(
            isinstance(n, exp.Subquery) and isinstance(n.parent, exp.From | exp.Join) for n in nodes
        ),
        "BETWEEN range, промежуток BETWEEN": any(isinstance(n, exp.Between) for n in nodes),
        "COUNT, подсчёт строк": any(isinstance(n, exp.Count) for n in nodes),
        "JOIN ... ON, соединение таблиц": any(isinstance(n, exp.Join) for n in nodes),
        "table alias, псевдоним таблицы": any(isinstance(n, exp.TableAlias) for n in nodes),
        "LIMIT, ограничение числа строк": any(isinstance(n, exp.Limit | exp.Fetch) for n in nodes),
        "ORDER BY, сортировка": any(isinstance(n, exp.Order) for n in nodes),
    }
    return "; ".join(words for words, is_there in has.items() if is_there)


@lru_cache(maxsize=256)
def _standards_on(knowledge: Index, rule: str) -> tuple[Hit, ...]:
    """The house's standard that speaks of what the rule speaks of, if search finds one."""
    fact = next((inspect.getdoc(each) or rule for each in RULES if name_of(each) == rule), rule)
    return tuple(knowledge.search(fact.partition("\n")[0], kinds=("standard",), limit=1))


@lru_cache(maxsize=4096)
def _is_good_example(passage: Passage, schema: Schema, dialect: str) -> bool:
    """Is the past query one to follow: readable, and without a fault that costs time or rows?"""
    try:
        query = sql.read(passage.text, dialect)
    except SqlError:
        return False
    return all(finding.severity == "style" for finding in analyze(query, schema))


def request(
    query: exp.Query,
    task: str,
    instruction: str,
    hits: Sequence[Hit],
    schema: Schema,
    dialect: str,
    family: str,
) -> Request:
    """What a model is asked about a query; records are built in the same form."""
    return Request(
        task=task,
        instruction=instruction or INSTRUCTIONS[task],
        query=sql.write(query, dialect),
        schema_text=compact_schema(sql.tables_of(query, schema)),
        passages=quoted(hits, family),
        dialect=dialect,
    )


def fitted(asked: Request, hits: Sequence[Hit], model: Model) -> Told:
    """The request with the passages for which the model's context has room, none of them cut.

    Room is counted in the model's own tokens, with an answer's left free. What describes a table
    that the query names takes at most half of it: the schema's line on that table stands anyway.
    """

    def tokens(passages: Sequence[str]) -> int:
        return model.count_tokens(render(replace(asked, passages=tuple(passages)), model.family))

    in_schema = {line.partition("(")[0].lower() for line in asked.schema_text.splitlines()}
    taken = first = tokens(())
    most = model.context_tokens - ANSWER_TOKENS
    texts: list[str] = []
    used: list[Hit] = []
    left_out: list[tuple[Hit, str]] = []
    for hit in hits:
        text = quote(hit.passage, model.family)
        with_it = tokens([*texts, text])
        is_told = hit.passage.kind == "table" and hit.passage.title in in_schema
        limit = first + (most - first) // 2 if is_told else most
        if reason := why_suspicious(f"{hit.passage.title}\n{hit.passage.text}"):
            left_out.append((hit, f"kept from the model: {reason}"))
        elif hit.passage.kind == "table" and model.context_tokens < READS_TABLES_FROM:
            left_out.append((hit, "the model reads too little for more than the schema's lines"))
        elif with_it > limit:
            room = max(limit - taken, 0)
            left_out.append((hit, f"no room: it takes {with_it - taken} tokens of {room} left"))
        else:
            texts.append(text)
            used.append(hit)
            taken = with_it
    return Told(replace(asked, passages=tuple(texts)), tuple(used), tuple(left_out))


_ENTRIES = re.compile(r"^[ \t]*```standard\b.*?(^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)


def quote(passage: Passage, family: str) -> str:
    """The passage as a prompt has it: on one line; an example as before → after; with its source.

    A standard's entries for `check` are left out: its words say the same. For mini without the
    source: no record that it learned from had one.
    """
    text = _ENTRIES.sub("", passage.text).strip() or passage.text
    if passage.kind == "example":
        before, after = split_queries(passage.text)
        text = f"{before.comment} {before.text} → {after.text} ({after.comment})"
    flat = " ".join(text.split())
    # the folder says nothing, and may say too much to a server
    source = passage.source.replace("\\", "/").rpartition("/")[2]
    return flat if family == "mini" else f"[{source}] {flat}"


def quoted(hits: Sequence[Hit], family: str) -> tuple[str, ...]:
    """Texts of the best passages for a record, where no model is there to count tokens, none cut.

    As many letters as a family of models has room for; no tables, which the schema describes, and
    nothing that reads like an order to a model.
    """
    room = _ROOM.get(family, _ROOM["chat"])
    chosen = []
    for hit in hits:
        text = quote(hit.passage, family)
        is_told = hit.passage.kind == "table" or why_suspicious(hit.passage.text) is not None
        if len(text) <= room and not is_told:
            room -= len(text)
            chosen.append(text)
    return tuple(chosen)
