"""The steps of refactoring: each makes one thing plainer, and says which and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from sqlwright.analyze import RULES, name_of
from sqlwright.analyze.hoisting import hoisted
from sqlwright.analyze.house import Standard
from sqlwright.analyze.once import reading
from sqlwright.analyze.scope import enclosing, owner
from sqlwright.data.style import Style, apply_style
from sqlwright.refactor.repeated import one_of_equal_ctes, repeated_to_cte
from sqlwright.schema import Schema

MOST_STEPS = 80


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was made plainer, and why, in English and Russian.

    `adds_cte` says that an engine may plan it differently: it goes first where time was lost.
    """

    name: str
    reason: str
    reason_ru: str
    adds_cte: bool = False

    def as_dict(self) -> dict[str, str]:
        """The change as JSON types."""
        return {"name": self.name, "reason": self.reason, "reason_ru": self.reason_ru}


Step = Callable[[exp.Query, Schema], "tuple[exp.Query, Change] | None"]


def steps_for(standards: Sequence[Standard]) -> tuple[Step, ...]:
    """The steps in the order in which they are tried, the house's own names of tables last."""
    aliases = {
        table.lower(): alias
        for standard in standards
        for table, alias in standard.checks.aliases.items()
    }
    own: tuple[Step, ...] = (lambda query, schema: _house_aliases(query, schema, aliases),)
    return (_by_style_rules, _equal_ctes, _repeated, _nested, *(own if aliases else ()))


def changes_of(
    query: exp.Query,
    schema: Schema,
    steps: Sequence[Step],
    left_out: frozenset[str] = frozenset(),
    seconds: float = 60.0,
) -> Iterator[tuple[exp.Query, Change]]:
    """The query after each change in turn, until no step has anything left, within bounds.

    Args:
        seconds: begin no other step after so many: of 300 tables joined, each step takes seconds.
    """
    current, seen = query, {query.sql()}
    stop = time.monotonic() + seconds
    for _ in range(MOST_STEPS):
        if time.monotonic() > stop:
            return
        with reading(current, schema):
            made = next(_made(current, schema, steps, left_out, seen), None)
        if made is None:
            return
        current = made[0]
        seen.add(current.sql())
        yield made


def _made(
    query: exp.Query,
    schema: Schema,
    steps: Sequence[Step],
    left_out: frozenset[str],
    seen: set[str],
) -> Iterator[tuple[exp.Query, Change]]:
    for step in steps:
        if step is _by_style_rules:
            found: Iterator[tuple[exp.Query, Change]] = _style_rewrites(query, schema)
        else:
            made = step(query, schema)
            found = iter([made] if made is not None else [])
        for changed, change in found:
            if change.name not in left_out and changed.sql() not in seen:
                yield changed, change


def _by_style_rules(query: exp.Query, schema: Schema) -> tuple[exp.Query, Change] | None:
    return next(_style_rewrites(query, schema), None)


def _style_rewrites(query: exp.Query, schema: Schema) -> Iterator[tuple[exp.Query, Change]]:
    """What the rules of style offer: they are for readers, and leave the plan alone."""
    for rule in RULES:
        for finding in rule(query, schema):
            if finding.severity == "style" and finding.rewrite is not None:
                name = name_of(rule)
                adds = name == "subquery-in-join"
                yield finding.rewrite, Change(name, finding.message, finding.message_ru, adds)


def _nested(query: exp.Query, schema: Schema) -> tuple[exp.Query, Change] | None:
    """A derived table that holds, or is held by, another one, or is all of FROM: into WITH."""
    derived = [
        subquery
        for subquery in query.find_all(exp.Subquery)
        if isinstance(subquery.parent, exp.From | exp.Join) and isinstance(subquery.this, exp.Query)
    ]
    for subquery in reversed(derived):  # the innermost first: it is read first as well
        changed = hoisted(query, subquery, schema)
        if changed is None:
            continue
        name = subquery.alias or "the subquery"
        return changed, Change(
            "nested-to-cte",
            f"{name} is a step of its own: in WITH it is read before what uses it",
            f"{name} это отдельный шаг: в WITH его читают раньше того, где он нужен",
            adds_cte=True,
        )
    return None


def _repeated(query: exp.Query, schema: Schema) -> tuple[exp.Query, Change] | None:
    made = repeated_to_cte(query, schema)
    if made is None:
        return None
    changed, name, times = made
    return changed, Change(
        "repeated-to-cte",
        f"the same subquery stands here {times} times: once in WITH, as {name}",
        f"один и тот же подзапрос написан {times} раза: один раз в WITH, как {name}",
        adds_cte=True,
    )


def _equal_ctes(query: exp.Query, schema: Schema) -> tuple[exp.Query, Change] | None:
    made = one_of_equal_ctes(query)
    if made is None:
        return None
    changed, kept, dropped = made
    return changed, Change(
        "equal-ctes",
        f"{dropped} is the same query as {kept}",
        f"{dropped} и {kept} это один и тот же запрос",
        adds_cte=True,
    )


def _house_aliases(
    query: exp.Query, schema: Schema, aliases: dict[str, str]
) -> tuple[exp.Query, Change] | None:
    """Tables under the names that the house gives them, and every column with its table."""
    full = _with_tables(query, schema)
    if full is None:
        return None
    style = Style(aliases=tuple(sorted(aliases.items())))
    changed = apply_style(full, style, schema)
    if changed.sql() == query.sql():
        return None
    return changed, Change(
        "house-aliases",
        "tables have the aliases that the house gives them",
        "у таблиц псевдонимы, принятые в команде",
    )


def _with_tables(query: exp.Query, schema: Schema) -> exp.Query | None:
    """A copy in which every column of a query of several tables names its own; None if unclear."""
    copy = query.copy()
    for column in list(copy.find_all(exp.Column)):
        select = enclosing(column)
        if column.table or column.is_star or select is None:
            continue
        given = {p.alias.lower() for p in select.expressions if p.alias}
        held = owner(column, schema)
        if held is not None:
            column.set("table", exp.to_identifier(held[1].node.alias_or_name))
        elif column.name.lower() not in given:
            return None
    return copy
