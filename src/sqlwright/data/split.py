"""Train and validation records, split so that no query template stands on both sides.

A query, its worsened forms and its copies with other literals are one group; groups move whole.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from sqlwright.data.records import Record, template_of, template_or_text
from sqlwright.errors import DataError


def split_records(
    records: Sequence[Record], *, validation_share: float = 0.2, seed: int = 0
) -> tuple[list[Record], list[Record]]:
    """(train, validation), each in the order given; validation has about `validation_share`.

    Raises:
        DataError: when all records are of one template, or the share is not between 0 and 1.
    """
    if not 0 < validation_share < 1:
        raise DataError(f"validation share {validation_share} is not between 0 and 1")
    groups = group(records)
    if len(groups) < 2:
        raise DataError(
            f"{len(records)} records are all of one query template: nothing can be held out"
        )
    random.Random(seed).shuffle(groups)
    wanted = max(1, round(len(records) * validation_share))
    held_out: set[int] = set()
    for members in groups[:-1]:  # one group at least stays for training
        # a group that overshoots by more than half of itself is left for training
        if len(held_out) + len(members) / 2 <= wanted:
            held_out.update(members)
    if not held_out:
        smallest = min(groups, key=len)
        held_out.update(smallest)
    train = [record for place, record in enumerate(records) if place not in held_out]
    return train, [record for place, record in enumerate(records) if place in held_out]


def group(records: Sequence[Record]) -> list[list[int]]:
    """Places of the records that share a template, directly or through others, together."""
    parent = list(range(len(records)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    first: dict[str, int] = {}
    for place, record in enumerate(records):
        for template in templates(record):
            parent[root(place)] = root(first.setdefault(template, place))
    members: dict[int, list[int]] = {}
    for place in range(len(records)):
        members.setdefault(root(place), []).append(place)
    return list(members.values())


def templates(record: Record) -> set[str]:
    """Every template that a record shows: its input's, and the one it grew from or its output's.

    A question has no input: its answer's stands for both.
    """
    answer = record.output if record.task != "check" else ""
    found = {
        template_of(record.input, record.dialect),
        record.template or template_of(answer, record.dialect),
    } - {""}
    return found or {template_or_text(record.input or answer, record.dialect)}


def crossing(one: Sequence[Record], other: Sequence[Record]) -> set[str]:
    """The templates that stand in both: should be none between train and validation."""
    left = {template for record in one for template in templates(record)}
    return left & {template for record in other for template in templates(record)}
