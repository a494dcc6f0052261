"""Which mutants are measured: a sample over sets and kinds, frozen by its seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from mutants.edits import Mutator, numbered
from mutants.kinds import KINDS
from mutants.same import why_aside
from mutants.sources import SETS, Engine, Source, schema_of
from sqlwright import sql
from sqlwright.errors import SqlwrightError

SEED = 3
_MOST = 3  # of one query by one kind


@dataclass(frozen=True, slots=True)
class Mutant:
    """A wrong rewrite of a source by one kind at one place, as texts that a worker reads."""

    set: str
    source: str
    kind: str
    place: str
    original: str
    mutated: str
    schema: str
    dialect: str
    aside: str | None = None  # why it is not wrong

    @property
    def key(self) -> str:
        """What names the mutant."""
        return f"{self.source} | {self.kind} | {self.place}"


def draw(
    sources: Sequence[Source], seed: int = SEED, kinds: dict[str, Mutator] = KINDS
) -> Iterator[Mutant]:
    """Mutants in turn from every set and kind, at most three of a query by a kind; see `aside`.

    The order depends on the seed and the queries alone, so the first so many are a sample too.
    """
    cells = [
        _cell([s for s in sources if s.set == name], kind, mutator, seed)
        for kind, mutator in kinds.items()
        for name in SETS
    ]
    seen: set[tuple[str, str]] = set()
    while cells:
        for cell in list(cells):
            for mutant in cell:
                if (mutant.schema, mutant.mutated) not in seen:
                    seen.add((mutant.schema, mutant.mutated))
                    yield mutant
                    break
            else:
                cells.remove(cell)


def _cell(sources: Sequence[Source], kind: str, mutator: Mutator, seed: int) -> Iterator[Mutant]:
    """Mutants of one set by one kind: one of each query, then a second, then a third."""
    order = list(sources)
    random.Random(f"{seed}/{kind}").shuffle(order)
    held: dict[str, Iterator[Mutant]] = {}
    for _ in range(_MOST):
        for source in order:
            if source.name not in held:
                held[source.name] = _of_source(source, kind, mutator, seed)
            mutant = next(held[source.name], None)
            if mutant is not None:
                yield mutant


def _of_source(source: Source, kind: str, mutator: Mutator, seed: int) -> Iterator[Mutant]:
    """At most three mutants of a query by a kind, which bind, run and differ in their text."""
    schema = schema_of(source.schema)
    found = [
        (place, sql.write(tree, source.dialect))
        for place, tree in numbered(mutator(source.query, schema))
    ]
    random.Random(f"{seed}/{kind}/{source.name}").shuffle(found)
    original = _original(source)
    count = 0
    for place, text in found:
        if count == _MOST:
            return
        bound = _bound(text, source)
        if bound is None or bound == original:
            continue
        count += 1
        yield Mutant(
            source.set,
            source.name,
            kind,
            place,
            sql.write(source.query, source.dialect),
            sql.write(bound, source.dialect),
            source.schema,
            source.dialect,
            why_aside(original, bound, kind, place, schema, source.name),
        )


@lru_cache(maxsize=600)
def _bind(text: str, schema: str, dialect: str) -> exp.Query:
    return sql.bind(sql.read(text, dialect), schema_of(schema), dialect)


def _original(source: Source) -> exp.Query:
    """The source as a worker will bind it."""
    return _bind(sql.write(source.query, source.dialect), source.schema, source.dialect)


def _bound(text: str, source: Source) -> exp.Query | None:
    """The mutant as a worker will read it, or None where it does not bind or run."""
    try:
        tree = sql.read(text, source.dialect)
        bound = sql.bind(tree, schema_of(source.schema), source.dialect)
    except SqlwrightError:
        return None
    return bound if Engine.of(source.schema).runs(bound) else None
