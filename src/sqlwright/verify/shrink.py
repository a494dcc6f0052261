"""Making a witness small: as few rows as can be, with values as plain as can be.

Rows go in halves, quarters and so on, then one by one (delta debugging, ddmin: Zeller and
Hildebrandt 2002); then each value that a query reads is tried as a plainer one, equal values kept
equal. Keys, foreign keys, NOT NULL and CHECK that held before hold after. A NULL is replaced where
the queries still differ, so that every NULL that is left has something to do with the difference.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlglot import exp

from sqlwright.schema import Column, Table
from sqlwright.verify.values import Value, form_of
from sqlwright.verify.witness import Witness

Place = tuple[int, int]  # (table, column) by their positions in the witness
Row = tuple[Value, ...]
Rows = tuple[Row, ...]
Sort = tuple[object, ...]  # a table's number, then values
Still = Callable[[Witness], bool]

_PLAIN: dict[str, tuple[Value, ...]] = {
    "int": (1, 2, 3, 0),
    "num": (1.0, 2.0, 3.0, 0.0),
    "real": (1.0, 2.0, 3.0, 0.0),
    "bool": (True, False),
    "text": ("a", "b", "c", ""),
    "date": ("2020-01-01", "2020-01-02", "2020-01-03"),
    "timestamp": ("2020-01-01 00:00:00", "2020-01-02 00:00:00", "2020-01-03 00:00:00"),
    "time": ("00:00:00", "12:00:00"),
}
_PLAIN["timestamptz"] = _PLAIN["timestamp"]
# or else 'a' would have to be a member of an ENUM
_ANY_TEXT = re.compile(r"\w*(CHAR|TEXT|CLOB|STRING)", re.IGNORECASE)
_MANY = 50  # rows of a sort
_TRIES = 3  # plainer values to try in the place of one


def shrink(
    witness: Witness,
    differs: Callable[[Witness], bool],
    seconds: float,
    queries: Sequence[exp.Query] = (),
) -> Witness:
    """The witness with fewer rows and plainer values on which the queries still differ.

    Args:
        witness: one on which they differ.
        differs: do the queries differ on this one?
        seconds: when to stop; what is found by then is returned.
        queries: both, bound; without them the values stay as they are.
    """
    stop = time.monotonic() + seconds
    rules = _rules(witness)
    smallest = witness  # so far: every candidate that is taken is the next to go on from

    def still(candidate: Witness) -> bool:
        nonlocal smallest
        if time.monotonic() > stop:
            raise _OutOfTime
        if not _keeps(candidate, rules) or not differs(candidate):
            return False
        smallest = candidate
        return True

    try:
        current = _fewer_rows(witness, rules, still)
        if queries:
            read = columns_read(queries, current.tables)
            free = [place for place in read if _is_free(current, place)]
            plainer = _plainer(current, still, free)
            if plainer != current:
                _fewer_rows(plainer, rules, still)
    except _OutOfTime:
        pass
    return smallest


class _OutOfTime(Exception):
    """The time is up."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The keys that the first witness keeps, by positions."""

    unique: tuple[tuple[int, tuple[int, ...]], ...]
    foreign: tuple[tuple[int, tuple[int, ...], int, tuple[int, ...]], ...]


def _rules(witness: Witness) -> _Rules:
    numbers = {table.name.lower(): number for number, table in enumerate(witness.tables)}
    unique, foreign = [], []
    for number, table in enumerate(witness.tables):
        unique += [(number, found) for key in table.keys() if (found := _positions(table, key))]
        for key in table.foreign_keys:
            target = numbers.get(key.table.lower())
            if target is not None:
                there = _positions(witness.tables[target], key.references)
                own = _positions(table, key.columns)
                if own and len(own) == len(there):
                    foreign.append((number, own, target, there))
    return _Rules(
        tuple(rule for rule in unique if _is_unique(witness, *rule)),
        tuple(rule for rule in foreign if not any(_dangling(witness, rule))),
    )


def _positions(table: Table, names: Sequence[str]) -> tuple[int, ...]:
    columns = [column.name.lower() for column in table.columns]
    found = tuple(columns.index(name.lower()) for name in names if name.lower() in columns)
    return found if len(found) == len(names) else ()


def _is_unique(witness: Witness, number: int, key: tuple[int, ...]) -> bool:
    found = [tuple(row[i] for i in key) for row in witness.rows[number]]
    whole = [values for values in found if None not in values]
    return len(whole) == len(set(whole))


def _dangling(
    witness: Witness, rule: tuple[int, tuple[int, ...], int, tuple[int, ...]]
) -> Iterator[bool]:
    """For each row, whether its foreign key finds no row."""
    number, own, target, there = rule
    found = {tuple(row[i] for i in there) for row in witness.rows[target]}
    for row in witness.rows[number]:
        values = tuple(row[i] for i in own)
        yield None not in values and values not in found


def _keeps(witness: Witness, rules: _Rules) -> bool:
    return all(_is_unique(witness, *rule) for rule in rules.unique) and not any(
        any(_dangling(witness, rule)) for rule in rules.foreign
    )


def _closed(witness: Witness, rules: _Rules) -> Witness:
    """The witness without the rows whose foreign key finds no row any more."""
    rows = list(witness.rows)
    count = -1
    while count != sum(map(len, rows)):
        count = sum(map(len, rows))
        for rule in rules.foreign:
            dangling = list(_dangling(Witness(witness.tables, tuple(rows)), rule))
            kept = zip(rows[rule[0]], dangling, strict=True)
            rows[rule[0]] = tuple(row for row, lost in kept if not lost)
    return Witness(witness.tables, tuple(rows))


def _fewer_rows(current: Witness, rules: _Rules, still: Still) -> Witness:
    """The witness without rows that are not needed; what refers to a row goes with it.

    Where one of many rows of a sort is needed, so are the others: a thousand rows that a count asks
    for are not tried one by one.
    """
    size, changed = max(1, current.count() // 2), True
    sorts, needed = _sorts(current, rules), set[Sort]()
    while changed or size > 1:
        size = size if changed else max(1, size // 2)
        if changed:
            needed = _needed(current, sorts, rules, still)
        changed = False
        start = 0
        while start < current.count():
            if needed.issuperset(sorts[start : start + size]):
                start += size
                continue
            smaller = _closed(_without(current, start, size), rules)
            if still(smaller):
                current, changed = smaller, True
                sorts = _sorts(current, rules)
            else:
                start += size
    return current


def _needed(current: Witness, sorts: Sequence[Sort], rules: _Rules, still: Still) -> set[Sort]:
    """The sorts of many rows of which not one can go."""
    firsts = {sort: start for start, sort in reversed(list(enumerate(sorts)))}
    many = [sort for sort, count in Counter(sorts).items() if count >= _MANY]
    return {sort for sort in many if not still(_closed(_without(current, firsts[sort], 1), rules))}


def _sorts(witness: Witness, rules: _Rules) -> list[Sort]:
    """For each row, counted through all tables, its table and its values that are in no key."""
    found: list[Sort] = []
    for number, rows in enumerate(witness.rows):
        keys = {i for table, key in rules.unique if table == number for i in key}
        kept = [i for i in range(len(witness.tables[number].columns)) if i not in keys]
        found += [(number, *(row[i] for i in kept)) for row in rows]
    return found


def _without(witness: Witness, start: int, size: int) -> Witness:
    """The witness without `size` rows from the one at `start`, counted through all tables."""
    rows, passed = [], 0
    for found in witness.rows:
        low, high = max(0, start - passed), max(0, start + size - passed)
        rows.append((*found[:low], *found[high:]))
        passed += len(found)
    return Witness(witness.tables, tuple(rows))


def _is_free(witness: Witness, place: Place) -> bool:
    """May the column hold any value of its kind?"""
    table, column = _column(witness, place)
    kind = form_of(column.type)
    if kind not in _PLAIN or (kind == "text" and not _ANY_TEXT.match(column.type)):
        return False
    named = re.compile(rf"\b{re.escape(column.name)}\b", re.IGNORECASE)
    return not any(map(named.search, table.checks))


def _column(witness: Witness, place: Place) -> tuple[Table, Column]:
    table = witness.tables[place[0]]
    return table, table.columns[place[1]]


def _plainer(current: Witness, still: Still, places: Sequence[Place]) -> Witness:
    """The witness with plainer values in these columns: whole columns, then values, then cells."""
    kinds = {place: form_of(_column(current, place)[1].type) for place in places}
    for place in places:
        plain = _PLAIN[kinds[place]][0]
        if any(row[place[1]] != plain for row in current.rows[place[0]]):
            everywhere = _replaced(current, [place], partial(_constant, plain))
            current = everywhere if still(everywhere) else current
    # equal values stay equal: in all columns of a kind at once, or else in one column
    groups = [[p for p in places if kinds[p] == kind] for kind in dict.fromkeys(kinds.values())]
    for group in (*groups, *([place] for place in places)):
        kind = kinds[group[0]]
        for old in _values(current, group):
            if old is not None and old not in _PLAIN[kind]:
                current = _try(current, still, group, kind, old)
    for place in places:
        for row in range(len(current.rows[place[0]])):
            old = current.rows[place[0]][row][place[1]]
            if old is None or old not in _PLAIN[kinds[place]]:
                current = _try(current, still, [place], kinds[place], old, row)
    return current


def _constant(value: Value, _: Value) -> Value:
    return value


def _try(
    current: Witness, still: Still, group: Sequence[Place], kind: str, old: Value, row: int = -1
) -> Witness:
    """The witness with the first plain value that works in the place of `old`, new ones first."""
    used = _values(current, group)
    for new in sorted(_PLAIN[kind], key=lambda value: value in used)[:_TRIES]:

        def change(value: Value, new: Value = new) -> Value:
            return new if type(value) is type(old) and value == old else value

        changed = _replaced(current, group, change, row)
        if still(changed):
            return changed
    return current


def _values(witness: Witness, group: Iterable[Place]) -> list[Value]:
    found = (row[column] for number, column in group for row in witness.rows[number])
    return list(dict.fromkeys(found))


def _replaced(
    witness: Witness, places: Sequence[Place], change: Callable[[Value], Value], only: int = -1
) -> Witness:
    """The witness with the cells of these columns changed, in the row `only` where it is given."""
    rows = list(witness.rows)
    for number, column in places:
        rows[number] = tuple(
            (*row[:column], change(row[column]), *row[column + 1 :]) if only in (-1, i) else row
            for i, row in enumerate(rows[number])
        )
    return Witness(witness.tables, tuple(rows))


def columns_read(queries: Sequence[exp.Query], tables: Sequence[Table]) -> list[Place]:
    """The columns that bound queries read, in the order of the tables; rather too many."""
    positions = {
        (table.name.lower(), column.name.lower()): (number, position)
        for number, table in enumerate(tables)
        for position, column in enumerate(table.columns)
    }
    found: set[Place] = set()
    for query in queries:
        aliases: dict[str, set[str]] = {}
        for node in query.find_all(exp.Table):
            aliases.setdefault(node.alias_or_name.lower(), set()).add(node.name.lower())
        for column in query.find_all(exp.Column):
            name, qualifier = column.name.lower(), column.table.lower()
            named = aliases.get(qualifier, set()) if qualifier else {t for t, _ in positions}
            found |= {positions[(t, name)] for t in named if (t, name) in positions}
            if name in aliases and not any((t, name) in positions for t in named):
                whole = aliases[name]  # a row as a value
                found |= {place for (table, _), place in positions.items() if table in whole}
        for join in query.find_all(exp.Join):
            using = {item.name.lower() for item in join.args.get("using") or ()}
            natural = join.method == "NATURAL"
            found |= {place for (_, c), place in positions.items() if natural or c in using}
        if any(
            isinstance(star.parent, exp.Select | exp.Column) for star in query.find_all(exp.Star)
        ):
            found |= set(positions.values())
    return sorted(found)
