"""One row many times over, under keys of its own: as many as a condition on a count asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import repeat

from sqlwright.verify.edits import Edits, Row
from sqlwright.verify.layout import Layout, Reference
from sqlwright.verify.values import Value
from sqlwright.verify.witness import Witness

_DEEPEST = 3  # new parents of new parents


def crowd(
    near: Edits,
    witness: Witness,
    place: tuple[int, int],
    count: int,
    distinct: frozenset[str] = frozenset(),
    depth: int = 0,
) -> Witness | None:
    """The witness with `count` rows more that are like the one at the place but for their keys.

    The new rows stand first, so that a later change of another one leaves them where they are.

    Args:
        place: (table, row).
        distinct: names of columns that differ in each of them as well.

    Returns:
        None where a constraint does not allow it, or a column has not so many values.
    """
    number, position = place
    layout = near.layouts[number]
    row = witness.rows[number][position]
    names = [column.name.lower() for column in layout.table.columns]
    bound = {i: reference for reference in layout.references for i in reference[0]}
    cells: dict[int, Sequence[Value]] = {}
    for key in (*layout.keys, *((i,) for i, name in enumerate(names) if name in distinct)):
        if any(i in cells or row[i] is None for i in key):
            continue
        made = None
        for column in _free(layout, key):
            if (made := _others(near, witness, number, column, count)) is not None:
                cells[column] = made
                break
        if made is None:
            if key[0] not in bound or depth == _DEEPEST:
                return None
            grown = _with_parents(near, witness, row, bound[key[0]], count, depth)
            if grown is None:
                return None
            witness, own = grown
            cells |= own
    columns = [cells.get(i, repeat(value, count)) for i, value in enumerate(row)]
    rows = tuple(zip(*columns, strict=False))
    if not rows or not (near.allows(number, rows[0]) and near.allows(number, rows[-1])):
        return None
    return near.replace(witness, number, (*rows, *witness.rows[number]))


def varied(near: Edits, number: int) -> set[int]:
    """The columns of the table in which the rows of a crowd differ, as a rule."""
    layout = near.layouts[number]
    return {i for key in layout.keys for i in _free(layout, key)[:1] or key}


def _free(layout: Layout, key: Sequence[int]) -> list[int]:
    """The key's columns that refer to nothing, in the order in which to change them.

    What no query reads groups nothing; a key names the parent first, then the detail.
    """
    bound = {i for own, _, _ in layout.references for i in own}
    return sorted((i for i in key if i not in bound), key=lambda i: (i in layout.read, -i))


def _with_parents(
    near: Edits, witness: Witness, row: Row, reference: Reference, count: int, depth: int
) -> tuple[Witness, dict[int, Sequence[Value]]] | None:
    """The witness with so many parents more, like that of the row, and the cells that refer."""
    own, parent, there = reference
    wanted = tuple(row[i] for i in own)
    rows = witness.rows[parent]
    at = next((n for n, r in enumerate(rows) if tuple(r[i] for i in there) == wanted), None)
    if at is None:
        return None
    grown = crowd(near, witness, (parent, at), count, depth=depth + 1)
    if grown is None:
        return None
    parents = grown.rows[parent][:count]
    return grown, {i: [r[j] for r in parents] for i, j in zip(own, there, strict=True)}


def _others(
    near: Edits, witness: Witness, number: int, column: int, count: int
) -> Sequence[Value] | None:
    """So many values that the column does not hold yet, or None where it has not so many."""
    used = {row[column] for row in witness.rows[number]}
    value = next((v for v in used if v is not None), None)
    made: Sequence[Value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        most = max(v for v in used if isinstance(v, int | float))
        made = [most + n for n in range(1, count + 1)]
    elif isinstance(value, str) and _day(value) is not None:
        last = max(found for v in used if (found := _day(str(v))) is not None)
        if last.toordinal() + count > date.max.toordinal():
            return None
        made = [(last + timedelta(days=n)).isoformat() + value[10:] for n in range(1, count + 1)]
    elif isinstance(value, str):
        texts = [f"{n:x}" for n in range(1, count + len(used) + 1)]
        made = [text for text in texts if text not in used][:count]
    else:
        return None
    fits = all(near.fit(number, column, end) == end for end in (made[0], made[-1]))
    return made if fits else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
