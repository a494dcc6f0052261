"""What a row must hold for one branch of an OR, or for one of several selects, all at once.

A row that satisfies another branch, or all but one condition of this one, is no step on the way:
the values have to come together.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from sqlwright.verify.folding import constant_of
from sqlwright.verify.values import Value, like_texts

_MOST = 24
_WAYS = 10  # to satisfy a branch that has ORs of its own

Assignment = Mapping[str, Value]  # by the name of the column, in lower case


def assignments(queries: Sequence[exp.Query], generator: random.Random) -> list[Assignment]:
    """Values for the branches of ORs and the conditions of selects.

    Those that only one of the queries has come first, the innermost before those around them.
    """
    found = [dict(_branches(query)) for query in queries]
    alone = found[0].keys() ^ found[-1].keys()
    every = {text: branch for part in found for text, branch in part.items()}
    order = sorted(every, key=lambda text: (text not in alone, len(text)))
    made: dict[frozenset[tuple[str, Value]], Assignment] = {}
    for text in order:
        for _ in range(_WAYS if text in alone else 1):
            values = _satisfied(every[text], generator)
            if len(values) > 1:
                made.setdefault(frozenset(values.items()), values)
    return list(made.values())[:_MOST]


def _branches(query: exp.Query) -> Iterator[tuple[str, exp.Expr]]:
    for node in query.find_all(exp.Or):
        if not isinstance(node.parent, exp.Or):
            for branch in node.flatten():
                yield branch.sql(comments=False), branch
    for select in query.find_all(exp.Select):
        where = select.args.get("where")
        if where is not None:
            yield where.this.sql(comments=False), where.this


def _satisfied(node: exp.Expr, generator: random.Random) -> dict[str, Value]:
    node = node.unnest()
    if isinstance(node, exp.And):
        parts = [_satisfied(part, generator) for part in node.flatten()]
        return {name: value for part in parts for name, value in part.items()}
    if isinstance(node, exp.Or):
        return _satisfied(generator.choice(list(node.flatten())), generator)
    column = node.this
    if not isinstance(column, exp.Column) or node.args.get("query") is not None:
        return {}
    options = _options(node)
    return {column.name.lower(): generator.choice(options)} if options else {}


def _options(node: exp.Expr) -> list[Value]:
    """Values for which the condition on the column holds, or may."""
    if isinstance(node, exp.In):
        found = [constant_of(item) for item in node.expressions]
    elif isinstance(node, exp.Between):
        found = [constant_of(node.args[end]) for end in ("low", "high")]
    elif isinstance(node, exp.Like | exp.ILike):
        pattern = constant_of(node.expression)
        found = list(like_texts(pattern)[:1]) if isinstance(pattern, str) else []
    elif isinstance(node, exp.EQ | exp.GTE | exp.LTE):
        found = [constant_of(node.expression)]
    elif isinstance(node, exp.GT | exp.LT):
        value = constant_of(node.expression)
        step = 1 if isinstance(node, exp.GT) else -1
        found = [value + step] if isinstance(value, int | float) else []
    else:
        found = []
    return [value for value in found if value is not None]
