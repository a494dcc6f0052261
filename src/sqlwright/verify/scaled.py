"""A pair with its large counts made small, and small databases grown to what it asks for itself.

`HAVING COUNT(*) > 1000` holds on no small database, and all that a rewrite does behind it stays
unseen. With 2 in the place of 1000, and 3 in that of 1001, the search finds a difference among a
few rows; one of them 998 times over then shows it for the queries as they are. What is found so
counts only where both queries, unchanged, differ on the grown database.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.verify.aims import sides
from sqlwright.verify.crowds import crowd, varied
from sqlwright.verify.edits import Edits
from sqlwright.verify.prepare import Pair
from sqlwright.verify.witness import Witness

_REACHED = 2  # so many rows the search meets by itself
#: Rows that a database may be grown by.
MOST_ROWS = 500_000
_MOST_PLACES = 4  # of one table
_MOST_SORTS = 12
_COUNTS = (exp.Count, exp.RowNumber, exp.Rank, exp.DenseRank)
_COMPUTED = (exp.Div, exp.Mul, exp.Add, exp.Sub)


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows that a condition asks for.

    Attributes:
        number: in the query.
        small: in its place.
        tables: names of the tables whose rows are counted.
        distinct: names of columns of which different values are counted.
    """

    number: int
    small: int
    tables: tuple[str, ...]
    distinct: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scaled:
    """A pair that asks for few rows where another one asks for many.

    Attributes:
        counts: what was made small, first what only one of the queries asks.
    """

    pair: Pair
    counts: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    literal: exp.Literal
    number: int
    value: str  # what it is compared with
    part: str  # what the comparison stands in: a condition or a value
    tables: tuple[str, ...]
    distinct: frozenset[str]


def scale(pair: Pair) -> Scaled | None:
    """The pair with its large counts made small; None where it has none, or one is too large."""
    copies = [query.copy() for query in pair.both()]
    asked = [list(_asked(query)) for query in copies]
    every = [one for side in asked for one in side]
    if not every or not _REACHED < max(one.number for one in every) <= MOST_ROWS:
        return None
    small: dict[tuple[str, int], int] = {}
    for value in {one.value for one in every}:  # another value may have the same small numbers
        numbers = sorted({one.number for one in every if one.value == value})
        small |= {(value, n): few for n, few in zip(numbers, _made_small(numbers), strict=True)}
    parts = [{one.part for one in side} for side in asked]
    counts: dict[Count, bool] = {}
    for side, others in zip(asked, reversed(parts), strict=True):
        for one in side:
            few = small[one.value, one.number]
            if few != one.number:
                count = Count(one.number, few, one.tables, one.distinct)
                counts[count] = counts.get(count, False) or one.part not in others
    told = tuple(count for count, differs in counts.items() if differs)
    for one in every:
        one.literal.replace(exp.Literal.number(small[one.value, one.number]))
    return Scaled(replace(pair, original=copies[0], proposal=copies[1]), told or tuple(counts))


def _made_small(numbers: Sequence[int]) -> list[int]:
    """Small numbers in the same order; what is one apart stays so, what is small as it is."""
    found: list[int] = []
    for before, number in zip((None, *numbers), numbers, strict=False):
        if number <= _REACHED:
            found.append(number)
        else:
            found.append(_REACHED if before is None else found[-1] + min(number - before, 2))
    return found


def _asked(query: exp.Query) -> Iterator[_Asked]:
    for scope in traverse_scope(query):
        for node in scope.find_all(exp.Predicate):
            for left, right in sides(node):
                for literal, other in ((left, right), (right, left)):
                    literal, other = literal.unnest(), _without_parentheses(other)
                    if not isinstance(literal, exp.Literal) or not literal.name.isdigit():
                        continue
                    counting = _counting(other, scope)
                    if counting is not None:
                        select, value = counting
                        yield _Asked(
                            literal,
                            int(literal.name),
                            other.sql(comments=False),
                            _part(node),
                            _tables(select),
                            _distinct(value),
                        )


def _without_parentheses(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _counting(value: exp.Expr, scope: Scope) -> tuple[exp.Select, exp.Expr] | None:
    """The select that counts, and the value that does, where the value is a number of rows."""
    select = scope.expression
    if value.find(*_COMPUTED) is not None or not isinstance(select, exp.Select):
        return None
    if isinstance(value, exp.Subquery):
        inner = value.unnest()
        counted = inner.selects[0] if isinstance(inner, exp.Select) and inner.selects else None
        if isinstance(inner, exp.Select) and counted is not None and counted.find(exp.Count):
            return inner, counted
        return None
    if value.find(*_COUNTS) is not None:
        return select, value
    if isinstance(value, exp.Column):
        source = scope.sources.get(value.table)
        inner = source.expression if isinstance(source, Scope) else select
        if isinstance(inner, exp.Select):
            for item in inner.selects:
                if item.alias_or_name == value.name and item.find(*_COUNTS) is not None:
                    return inner, item
    return None


def _part(node: exp.Expr) -> str:
    """The condition or the value of the select that the comparison stands in, as text."""
    while node.parent is not None and not isinstance(
        node.parent, exp.Query | exp.Where | exp.Having | exp.And
    ):
        node = node.parent
    return node.sql(comments=False)


def _tables(select: exp.Select) -> tuple[str, ...]:
    """Names of the tables and WITH items behind the select."""
    return tuple(dict.fromkeys(table.name.lower() for table in select.find_all(exp.Table)))


def _distinct(value: exp.Expr) -> frozenset[str]:
    return frozenset(
        column.name.lower()
        for distinct in value.find_all(exp.Distinct)
        for column in distinct.find_all(exp.Column)
    )


def grown(near: Edits, witness: Witness, scaled: Scaled, most: int) -> Iterator[Witness]:
    """The witness with as many rows as the pair asks for itself, likelier ones first.

    Args:
        most: rows to add at most.
    """
    for count in scaled.counts:
        more = count.number - count.small
        tables = _places(near, witness, count.tables)
        ways = [places[:1] for places in tables]
        ways += [places[:_MOST_SORTS] for places in tables if len(places) > 1]
        ways += [[place] for places in tables for place in places[1:_MOST_PLACES]]
        for places in ways:
            if more * len(places) <= most:
                found = _crowded(near, witness, places, more, count.distinct)
                if found is not None:
                    yield found
    if len(scaled.counts) > 1:
        together = _together(near, witness, scaled, most)
        if together is not None:
            yield together


def _crowded(
    near: Edits,
    witness: Witness,
    places: Sequence[tuple[int, int]],
    more: int,
    distinct: frozenset[str],
) -> Witness | None:
    """So many rows more like each of these rows of one table."""
    found: Witness | None = witness
    for number, position in places:
        if found is None:
            return None
        shift = len(found.rows[number]) - len(witness.rows[number])  # new rows stand first
        found = crowd(near, found, (number, position + shift), more, distinct)
    return found


def _together(near: Edits, witness: Witness, scaled: Scaled, most: int) -> Witness | None:
    """Grown for every count, the smaller ones first; what was added counts for the larger ones."""
    added = 0
    found: Witness | None = witness
    for count in sorted(scaled.counts, key=lambda count: count.number):
        more = count.number - count.small - added
        if more <= 0 or found is None:
            continue
        tables = _places(near, found, count.tables)
        if not tables or more > most:
            return None
        found = crowd(near, found, tables[0][0], more, count.distinct)
        added += more
    return found


def _places(near: Edits, witness: Witness, tables: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each table (table, row) of one row of each sort, the most frequent ones first.

    Tables that refer to others come first: their rows are what is counted.
    """
    known = {table.name.lower() for table in witness.tables}
    wanted = set(tables) if set(tables) <= known else known  # behind a WITH item may be any
    found: list[tuple[bool, int, list[tuple[int, int]]]] = []
    for number, rows in enumerate(witness.rows):
        if not rows or witness.tables[number].name.lower() not in wanted:
            continue
        other = varied(near, number)
        told = [i for i in near.layouts[number].read if i not in other]
        sorts: dict[tuple[object, ...], list[tuple[int, int]]] = {}
        for position, row in enumerate(rows):
            sorts.setdefault(tuple(row[i] for i in told), []).append((number, position))
        frequent = sorted(sorts.values(), key=len, reverse=True)
        found.append((not near.refers(number), -len(frequent[0]), [f[0] for f in frequent]))
    return [places for _, _, places in sorted(found, key=lambda item: item[:2])]
