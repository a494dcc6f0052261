"""The search for a database on which two queries differ.

It begins with witnesses drawn from the schema and both queries, and goes on around those on which
the original returns rows, a small step at a time, until every condition has been seen to decide a
result or the limits are met. A fast engine goes first where there is one; what it finds, and the
witnesses that told most, are put to the engine of the dialect.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice

from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.schema import Schema, Table
from sqlwright.verify import strides
from sqlwright.verify.apart import read_inside
from sqlwright.verify.around import steps_around
from sqlwright.verify.branches import assignments
from sqlwright.verify.climb import climb
from sqlwright.verify.clones import copies, counts_that_matter, multiples
from sqlwright.verify.compare import Comparison
from sqlwright.verify.differing import columns_apart, names_read
from sqlwright.verify.domain import Domain
from sqlwright.verify.driving import Patience, drive_apart
from sqlwright.verify.mutants import Mutant, mutants
from sqlwright.verify.neighbors import Neighborhood
from sqlwright.verify.predicates import read_predicates
from sqlwright.verify.results import same_bag
from sqlwright.verify.smallest import returns, smallest
from sqlwright.verify.survey import Difference, Limits, Survey
from sqlwright.verify.witness import Witness, witnesses

_MOST_MUTANTS = 40  # of each query
_MUTANT_SECONDS = 0.5
_MUTANTS_A_STEP = 4
# parts of the time that is given, for each way of looking further
_GIVEN_SHARE = 0.7
_STEP_SHARE = 0.1
_CLIMB_SHARE = 0.6
_APART_SHARE = 0.1  # while no part of the queries differs
_PROPAGATE_SHARE = 0.3  # once one does
_STEPS_A_WITNESS = 10  # neighbors to look at for each generated witness, in ten seconds
_PLACE_SHARE = 0.1  # for rows where the queries differ
_SMALL_SHARE = 0.1
#: Witnesses of a check that takes its time.
WHOLE = 40
_WANDERERS = 8  # starting points that move on
_WANDERER_ROWS = 40
_STARTS_APART = 12
_CLONED = 4  # witnesses that are multiplied
_MOST_ROWS_CLONED = 30_000
_LARGE = 5_000  # rows, beyond which a step takes too long
_CONFIRMED = 14  # witnesses that are shown to the engine of the dialect
_DISTRUST = 4  # differences that the engine of the dialect does not see


class Search:
    """One pair's search, its engines open.

    Args:
        truth: compares on the engine that is nearest to the dialect's own.
        fast: compares on a faster one, None where there is none.

    Attributes:
        survey: what was tried.
        near: steps from one witness to another.
        plain: some witnesses on which the original returns rows.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        schema: Schema,
        truth: Comparison,
        fast: Comparison | None,
        limits: Limits,
    ) -> None:
        self.survey = Survey()
        self._tables = tables
        self._truth = truth
        self._main = fast or truth
        self._limits = limits
        # one order for both directions: a pair and its mirror image meet the same witnesses
        self._order = sorted((0, 1), key=lambda side: truth.texts[side])
        self._readings = [read_predicates(truth.pair.both()[n], schema) for n in self._order]
        self._care = min(1.0, limits.witnesses / WHOLE) ** 2
        self._random = random.Random(f"{limits.seed}/steps")
        self._domain = domain = Domain(tables, self._readings, truth.pair.dialect)
        named = names_read(truth.pair.both())
        columns = frozenset(
            (table.name.lower(), column.name.lower())
            for table in tables
            for column in table.columns
            if column.name.lower() in named
        )
        numbers = [v for r in self._readings for v in r.loose if isinstance(v, int | float)]
        self._numbers = numbers
        together = assignments([truth.pair.both()[n] for n in self._order], self._random)
        self.near = Neighborhood(tables, domain, columns, numbers, together)
        self._apart = columns_apart(*truth.pair.both())
        self._alive: list[tuple[int, Mutant]] = []
        self._telling: list[Witness] = []
        self._smallest: list[Witness] = []
        self._places: list[str | None] = [None, None]  # where each query reads what differs
        self.plain: list[Witness] = []  # the first ones on which the original returns rows

    def run(self, given: Iterable[Witness] = ()) -> Difference | None:
        """The first difference that counts, or None; `survey` says what was tried.

        Args:
            given: witnesses to begin with.
        """
        return self.look(given) or self._confirm_telling()

    def look(self, given: Iterable[Witness] = ()) -> Difference | None:
        """As `run`, but what the fast engine does not tell is not shown to the other one."""
        end = min(self._limits.stop, time.monotonic() + self._share(_GIVEN_SHARE))
        for witness in given:
            if found := self._try(witness):
                return found
            if self._main.answered and (witness.count() <= _LARGE or not self.plain):
                self.plain.append(witness)
            if time.monotonic() > end:
                break
        dialect = self._truth.pair.dialect
        made = witnesses(self._tables, self._readings, self._limits.seed, dialect)
        drawn: list[Witness] = []
        for witness in islice(made, self._limits.witnesses):
            if self.survey.tried and time.monotonic() > self._limits.stop:
                break
            drawn.append(witness)
            if found := self._try(witness):
                return found
            if len(drawn) == 6:
                self._make_mutants()
            self._watch(witness, len(self._alive))
            if self._main.answered and len(self.plain) < _CONFIRMED:
                self.plain.append(witness)
        if self._limits.reach:
            self._places = read_inside(self._main.trees, self._main.scratch.dialect)
        if self._limits.reach and (reached := self._reach(drawn)) is not None:
            if found := self._try(reached):
                return found
            self._keep(reached)
            self.plain.append(reached)
        if found := self._step_around():
            return found
        if self._limits.reach:
            self._smallest = self._make_small()
        if found := self._multiply():
            return found
        if self._limits.reach and (found := self._try_around() or self._drive_apart()):
            return found
        self._note_conditions()
        return None

    def _share(self, part: float) -> float:
        return part * max(10.0, self._limits.seconds)

    def _many_steps(self, factor: int) -> int:
        """Steps, not seconds, bound a check of few witnesses: it is the same each time."""
        return round(factor * self._steps() * self._care)

    def _steps(self) -> int:
        return round(self._limits.witnesses * _STEPS_A_WITNESS * self._share(0.1))

    def _try(self, witness: Witness) -> Difference | None:
        survey, main = self.survey, self._main
        survey.tried += 1
        try:
            main.scratch.load(witness)
            how = main(self._limits.stop)
            if how is None:
                survey.answered += main.answered
                return None
            if reason := main.why_chance():
                survey.chance = reason
                return None
        except QueryTimeout:
            survey.slow += 1
            main.answered = False
            return None
        except DatabaseError as error:
            # a value that an implicit cast cannot take, say: the engine's own business
            survey.failed += 1
            survey.error = str(error)
            main.answered = False
            return None
        if main is self._truth:
            return Difference(witness, how, main)
        return self._ask_truth(witness)

    def _ask_truth(self, witness: Witness) -> Difference | None:
        """The difference on the dialect's engine, or None: then the fast one is trusted less."""
        truth = self._truth
        try:
            truth.scratch.load(witness)
            how = truth(self._limits.stop)
            if how is not None and (reason := truth.why_chance()):
                self.survey.chance = reason
                return None
        except DatabaseError as error:
            self.survey.error = str(error)
            how = None
        if how is not None:
            return Difference(witness, how, truth)
        self.survey.disagreed += 1
        if self.survey.disagreed >= _DISTRUST:
            self._main = truth
            self._alive = []
        return None

    def _make_mutants(self) -> None:
        main = self._main
        seen = set(main.texts)
        stop = time.monotonic() + _MUTANT_SECONDS
        for side in self._order:
            for mutant in mutants(main.trees[side], main.scratch.dialect, _MOST_MUTANTS):
                if mutant.text not in seen:
                    seen.add(mutant.text)
                    self._alive.append((side, mutant))
                if time.monotonic() > stop:
                    break
        self.survey.conditions = sum(m.kind == "condition" for s, m in self._alive if not s)

    def _watch(self, witness: Witness, most: int) -> None:
        """Strike out the mutants that the witness, which is loaded, tells from their query."""
        killed = False
        for entry in self._alive[:most]:
            side, mutant = entry
            try:
                rows = self._main.run(mutant.text)
            except DatabaseError:
                self._alive.remove(entry)
                continue
            own = self._main.rows[side]
            if rows != own and not same_bag(rows, own):
                self._alive.remove(entry)
                killed = True
            else:  # the next one first, the next time
                self._alive.remove(entry)
                self._alive.append(entry)
        if killed or (any(self._main.rows) and len(self._telling) < 4):
            self._keep(witness)

    def _keep(self, witness: Witness) -> None:
        self._telling.append(witness)

    def _reach(self, drawn: Sequence[Witness]) -> Witness | None:
        """A witness on which the original returns rows and reads some where the queries differ.

        None where one of those that were drawn is such, or where there is no way.
        """
        share = _CLIMB_SHARE
        if self.survey.answered:
            if any(returns(self._main, 0, self._places[0], witness) for witness in self.plain):
                return None
            share = _PLACE_SHARE
        lacking = {}
        for side in self._order:  # one may have no way up
            found, lacking[side] = self._climb(side, drawn, share / 4)
            if not lacking[side]:
                return found
            if found is not None:
                drawn = [found, *drawn]
        found, lacks = self._climb(min(self._order, key=lacking.__getitem__), drawn, share / 2)
        return None if lacks else found

    def _climb(
        self, side: int, drawn: Sequence[Witness], share: float
    ) -> tuple[Witness | None, int]:
        stop = min(self._limits.stop, time.monotonic() + self._share(share))
        place = self._places[side] if self.survey.answered else None
        near, draw = self.near, self._random
        more = partial(multiples, numbers=self._numbers, domain=self._domain, near=self.near)
        most: int | None = None  # the time alone bounds a whole check of what returns no rows
        if self.survey.answered or self._care < 1:
            most = self._many_steps(1 if self.survey.answered else 20)
        return climb(self._main, side, drawn, near, draw, more, stop, place, most)

    def _step_around(self) -> Difference | None:
        """Neighbors of the witnesses that told most, and of those neighbors that tell more."""
        seeds = self._telling or []
        wanderers = list(seeds[:_WANDERERS])
        steps = self._steps()
        stop = min(self._limits.stop, time.monotonic() + self._share(_STEP_SHARE))
        for _ in range(steps if seeds else 0):
            if time.monotonic() > stop:
                break
            seed = self._random.choice(wanderers if self._random.random() < 0.3 else seeds)
            witness = strides.draw(self.near, seed, self._random, focus=self._look_at())
            if witness is None:
                continue
            if found := self._try(witness):
                return found
            self._watch(witness, _MUTANTS_A_STEP)
            if any(self._main.rows) and witness.count() < _WANDERER_ROWS:
                wanderers[self._random.randrange(len(wanderers))] = witness
        return None

    def _make_small(self) -> list[Witness]:
        """The smallest witnesses that return rows, and read some where the queries differ."""
        goals = [(n, self._places[n]) for n in self._order] + [(n, None) for n in self._order]
        seeds = list(dict.fromkeys([*self.plain, *self._telling[-4:]]))
        end = min(self._limits.stop, time.monotonic() + self._share(_SMALL_SHARE))
        return smallest(self._main, seeds, goals, self.near, self._random, end)

    def _try_around(self) -> Difference | None:
        """All that lies a step away from the smallest witnesses."""
        stop = min(self._limits.stop, time.monotonic() + self._share(_SMALL_SHARE))
        for witness in islice(self._steps_around(), self._many_steps(5)):
            if time.monotonic() > stop:
                break
            if found := self._try(witness):
                return found
        return None

    def _drive_apart(self) -> Difference | None:
        """Towards a difference between parts of the queries, then further out."""
        main = self._main
        starts = [*self._smallest, *self._telling[-_STARTS_APART:], *self.plain[:4]]
        shares = self._share(_APART_SHARE), self._share(_PROPAGATE_SHARE)
        patience = Patience(self._many_steps(6), *shares, self._limits.stop)
        around = islice(self._steps_around(), self._many_steps(2))
        steps = drive_apart(main, starts, around, self.near, self._apart, self._random, patience)
        for step in steps:
            if found := self._try(step):
                return found
            if main is not self._main:  # it is no longer trusted
                break
        return None

    def _steps_around(self) -> Iterator[Witness]:
        return steps_around(self.near, self._domain, self._smallest, self._apart, self._random)

    def _multiply(self) -> Difference | None:
        """Witnesses many times over, where only that shows what a LIMIT or a rank does."""
        stop = min(self._limits.stop, time.monotonic() + self._share(_STEP_SHARE))
        # those that surely return rows first
        seeds = [
            w
            for kept in (self._smallest, self.plain, self._telling)
            for w in _small(kept)[:_CLONED]
        ]
        for seed in seeds:
            for count in counts_that_matter(self._truth.pair):
                if time.monotonic() > stop:
                    return None
                if count * seed.count() > _MOST_ROWS_CLONED * self._care:
                    continue
                for witness in copies(seed, count, self._domain, self.near, self._random):
                    if found := self._try(witness):
                        return found
        return None

    def _look_at(self) -> frozenset[str]:
        """Columns to change: where the queries differ, where a mutant lives on, or all."""
        draw = self._random.random()
        if draw < 0.35:
            return self._apart
        if draw < 0.7 and self._alive:
            return self._random.choice(self._alive)[1].columns
        return frozenset()

    def _note_conditions(self) -> None:
        left = [m.place for side, m in self._alive if side == 0 and m.kind == "condition"]
        self.survey.undecisive = left

    def _confirm_telling(self) -> Difference | None:
        """Show the witnesses that told most to the engine of the dialect."""
        if self._main is self._truth:
            self.survey.confirmed = self.survey.tried
            return None
        self._main = self._truth
        empty = Witness(tuple(self._tables), ((),) * len(self._tables))
        own = Survey()
        self.survey, before = own, self.survey
        try:
            for witness in [empty, *[*self._telling, *self.plain][:_CONFIRMED]]:
                if own.tried and time.monotonic() > self._limits.stop:
                    break
                if found := self._try(witness):
                    return found
        finally:
            before.confirmed = own.tried - own.slow - own.failed
            before.chance = before.chance or own.chance
            before.error = before.error or own.error
            if own.tried > 1 and not before.confirmed:
                before.failed, before.slow = before.failed + own.failed, before.slow + own.slow
            self.survey = before
        return None


def _small(found: Sequence[Witness]) -> list[Witness]:
    return sorted((w for w in found if w.count()), key=lambda w: w.count())
