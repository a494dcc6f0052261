"""What a row of the result stands for, as far as the query and the keys of the schema tell."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.explain.clauses import name_of, sources_of
from sqlwright.explain.sentence import Sentence, Speaker
from sqlwright.explain.words import conjuncts
from sqlwright.schema import Schema


def of_rows(query: exp.Query, schema: Schema, speaker: Speaker) -> Iterator[Sentence]:
    """One sentence on the rows of the whole query."""
    inner = query
    while isinstance(inner, exp.Subquery):
        inner = inner.this
    if isinstance(inner, exp.SetOperation):
        yield speaker.sentence(
            "rows", "A row of the result comes from one of the combined parts.",
            "Строка результата приходит из одной из объединённых частей.", inner,
        )  # fmt: skip
    elif isinstance(inner, exp.Select):
        yield _of_select(inner, schema, speaker)


def _of_select(select: exp.Select, schema: Schema, speaker: Speaker) -> Sentence:
    group = select.args.get("group")
    if group is not None and group.expressions:
        keys = [speaker.quote(key) for key in group.expressions]
        listed = speaker.listed(keys)
        return speaker.sentence(
            "rows", f"The result has one row for each combination of {listed}." if len(keys) > 1
            else f"The result has one row for each {listed}.",
            f"В результате одна строка на каждое сочетание {listed}." if len(keys) > 1
            else f"В результате одна строка на каждое значение {listed}.", group,
        )  # fmt: skip
    aggregate = next((n for item in select.expressions for n in _aggregates(item, select)), None)
    if aggregate is not None and group is None:
        return speaker.sentence(
            "rows", "The result has exactly one row: it aggregates all of them.",
            "В результате ровно одна строка: агрегат по всем строкам.", aggregate,
        )  # fmt: skip
    if select.args.get("distinct") is not None:
        return speaker.sentence(
            "rows", "The result has one row for each different combination of its columns.",
            "В результате одна строка на каждое сочетание значений столбцов.", select,
        )  # fmt: skip
    return _of_sources(select, schema, speaker)


def _aggregates(item: exp.Expr, select: exp.Select) -> Iterator[exp.Expr]:
    for node in item.find_all(exp.AggFunc):
        if node.find_ancestor(exp.Select) is select and node.find_ancestor(exp.Window) is None:
            yield node


def _of_sources(select: exp.Select, schema: Schema, speaker: Speaker) -> Sentence:
    """A row a row of those sources that no join finds by a whole key."""
    sources = sources_of(select)
    if not sources:
        return speaker.sentence(
            "rows", "The result has one row.", "В результате одна строка.", select
        )
    several = [sources[0][0]]
    for source, join in sources[1:]:
        if join is None or not _by_key(source, join, schema):
            several.append(source)
    names = speaker.listed([name_of(source, speaker) for source in several])
    opening = select.args["from_"]
    if len(several) == 1:
        return speaker.sentence(
            "rows", f"A row of the result stands for one row of {names}.",
            f"Строка результата соответствует одной строке {names}.", opening,
        )  # fmt: skip
    return speaker.sentence(
        "rows", f"A row of the result stands for a combination of rows of {names} that match.",
        f"Строка результата — подходящее сочетание строк {names}.", opening,
    )  # fmt: skip


def _by_key(source: exp.Expr, join: exp.Join, schema: Schema) -> bool:
    """Does the join equate a whole key of the source with something else: at most one match?"""
    table = schema.table(source.name) if isinstance(source, exp.Table) else None
    if table is None:
        return False
    alias = source.alias_or_name.lower()
    equal: set[str] = {column.name.lower() for column in join.args.get("using") or []}
    for part in conjuncts(join.args.get("on")):
        if isinstance(part, exp.EQ):
            for side, other in ((part.this, part.expression), (part.expression, part.this)):
                own = isinstance(side, exp.Column) and side.table.lower() == alias
                if own and all(c.table.lower() != alias for c in other.find_all(exp.Column)):
                    equal.add(side.name.lower())
    return any({name.lower() for name in key} <= equal for key in table.keys())
