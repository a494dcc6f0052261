"""Steps towards a difference between parts of two queries, and on until it shows further out."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from sqlwright.verify import strides
from sqlwright.verify.aims import Gap, closed, gaps, measured
from sqlwright.verify.apart import Archive, pairs_inside
from sqlwright.verify.compare import Comparison
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.witness import Witness

_AIMED = 0.4  # how often a step closes the gap of a computed value
_FOCUSED = 0.4
_GROWING = 0.4
_MOST_ROWS = 150


@dataclass(frozen=True, slots=True)
class Patience:
    """When to stop.

    Attributes:
        steps: at most so many.
        apart: seconds while no part of the queries differs.
        propagate: seconds once one does.
        stop: the end, in monotonic time.
    """

    steps: int
    apart: float
    propagate: float
    stop: float


def drive_apart(
    comparison: Comparison,
    starts: Sequence[Witness],
    around: Iterable[Witness],
    near: Neighborhood,
    focus: frozenset[str],
    generator: random.Random,
    patience: Patience,
) -> Iterator[Witness]:
    """Witnesses to try, one after the other; each goes on from those on which parts differ.

    Args:
        starts: witnesses to go on from.
        around: others, for those of them on which a part of the queries differs.
        focus: names of columns to change before others.
    """
    pairs = pairs_inside(comparison.trees, comparison.scratch.dialect)
    if not pairs:
        return
    start = time.monotonic()
    archive = Archive(comparison, pairs)
    for least, witnesses in ((0, starts), (1, around)):
        for witness in witnesses:
            archive.add(witness, generator, least=least)
            if time.monotonic() > start + patience.apart / 2:
                break
    known = gaps(comparison.trees, comparison.scratch.dialect)
    for _ in range(patience.steps):  # so that a quick look is the same each time
        share = patience.propagate if archive.top else patience.apart
        chosen = archive.choose(generator)
        if chosen is None or time.monotonic() > min(start + share, patience.stop):
            break
        witness, level = chosen
        aimed = generator.random() < _AIMED
        step = _aimed(comparison, near, known, witness, generator) if aimed else None
        if step is None:
            columns = focus if generator.random() < _FOCUSED else frozenset[str]()
            grow = generator.random() < _GROWING
            step = strides.draw(near, witness, generator, grow, columns)
        if step is not None and step.count() <= _MOST_ROWS:
            yield step
            archive.add(step, generator, least=level)


def _aimed(
    comparison: Comparison,
    near: Neighborhood,
    known: Sequence[Gap],
    witness: Witness,
    generator: random.Random,
) -> Witness | None:
    """A step that brings a computed value to what it is compared with."""
    if not known:
        return None
    gap = generator.choice(known)
    near.look_at(gap.columns)
    return closed(near, witness, partial(measured, comparison, gap.texts), generator)
