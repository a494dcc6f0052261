"""Index ideas tried in a copy: built, looked for in the plans, timed, and left out where needless.

Only what a plan uses and what makes a query faster beyond noise is advised.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlwright.errors import DatabaseError, QueryTimeout
from sqlwright.indexing.ideas import Idea
from sqlwright.indexing.outcome import Advised, Asked, Effect, Outcome
from sqlwright.verify.copies import Copy, ddl_of
from sqlwright.verify.cost import measured
from sqlwright.verify.explain import plan_cost, plan_difference, plan_text

_RUNS = 3  # after a warm-up; twice as many of a query that is over in no time
_BRIEF = 0.2  # seconds
_MOST_IDEAS = 48  # built at once: a planner looks at each of them
_WRITTEN, _WRITINGS = 5000, 4  # rows that are written to see what an index costs, and how often
_WORTH = 1.05  # an index without which the queries take less than so many times as long goes
_LEAST_GAIN = 0.05  # of the time of the queries that use it
_WORTH_CARRYING = 1.2  # and one that also carries columns, beside one that does not


@dataclass(slots=True)
class _State:
    """What stands in the copy, and the times that were measured with it."""

    built: dict[str, Idea] = field(default_factory=dict)
    sizes: dict[str, tuple[float, int]] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=dict)  # of a query, with what stands
    uses: dict[str, set[str]] = field(default_factory=dict)


def try_out(
    copy: Copy,
    asked: Sequence[Asked],
    found: Mapping[str, Sequence[Idea]],
    *,
    seconds: float = 10.0,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Which of the ideas to follow, measured in the copy.

    All are built at once; what no plan uses goes. Then one after the other is taken away, the least
    useful first, and stays away where the queries are not slower without it.

    Args:
        found: the ideas for each query, by its name.
        seconds: limit of one run; a query that takes longer counts as so long.
        say: told in a few words what is being done.
    """
    failures: list[str] = []
    before, plans = {}, {}
    for number, one in enumerate(asked, 1):
        say(f"timing query {number} of {len(asked)} without new indexes")
        if times := _times(copy, one, seconds, failures):
            before[one.name], plans[one.name] = times, plan_text(copy.database, one.query)
    rest = [one for one in asked if one.name in before]
    wanted = _most_wanted(rest, found)
    state, dialect = _State(), copy.database.dialect
    tried = 0
    for carrying in (False, True):  # what is needed beside those that carry nothing
        kept = frozenset(state.built)
        for number, idea in enumerate(wanted, 1):
            if bool(idea.carried) is carrying:
                say(f"building index {number} of {len(wanted)}")
                tried += _build(copy, state, f"sqlwright_try_{number}", idea, failures)
        _drop_unused(copy, state, rest, kept)
    unused = tried - len(state.built)
    say("timing with the indexes that plans use")
    for one in rest:
        state.times[one.name] = _again(copy, state, one, before, seconds, failures)
    _thin_out(copy, state, rest, seconds, failures, say)
    gains = _gains(copy, state, rest, seconds, say)
    effects = _effects(copy, state, rest, before, plans, seconds)
    helped = {name for effect in effects if effect.low > 1.0 for name in effect.used}
    say("measuring what the indexes cost")
    advised = [
        _advised(copy, state, name, gains[name], wanted, rest, dialect)
        for name in state.built
        if name in helped
    ]
    advised.sort(key=lambda one: -(one.rows_paid if copy.timed else one.gain))
    names = {one.idea.key(): one.name for one in advised}
    called = {name: names.get(idea.key(), name) for name, idea in state.built.items()}
    shown = tuple(_named(effect, called) for effect in effects)
    return Outcome(
        tuple(advised), shown, tried, unused, copy.note, failures=tuple(failures), timed=copy.timed
    )


def _most_wanted(asked: Sequence[Asked], found: Mapping[str, Sequence[Idea]]) -> list[Idea]:
    """The ideas that most queries have, in turn from each: no query takes all the places."""
    order: dict[object, Idea] = {}
    deepest = max((len(found.get(one.name, ())) for one in asked), default=0)
    for at in range(deepest):
        for one in asked:
            own = found.get(one.name, ())
            if at < len(own):
                order.setdefault(own[at].key(), own[at])
    return list(order.values())[:_MOST_IDEAS]


def _build(copy: Copy, state: _State, name: str, idea: Idea, failures: list[str]) -> bool:
    try:
        built = copy.create(name, idea.table, idea.columns, idea.carried)
    except DatabaseError as error:
        failures.append(str(error))
        return False
    state.built[name] = idea
    state.sizes[name] = (built.seconds, built.bytes)
    return True


def _drop_unused(
    copy: Copy, state: _State, asked: Sequence[Asked], kept: frozenset[str] = frozenset()
) -> None:
    """Take away what no plan uses, again and again: then another may be used instead."""
    while True:
        state.uses = {one.name: _used(copy, state, one) for one in asked}
        used = set().union(*state.uses.values()) if state.uses else set()
        gone = [name for name in state.built if name not in used | kept]
        for name in gone:
            copy.drop(name)
            del state.built[name]
        if not gone:
            return


def _used(copy: Copy, state: _State, one: Asked) -> set[str]:
    plan = plan_text(copy.database, one.query)
    return {name for name in state.built if re.search(rf"\b{name}\b", plan)}


def _times(copy: Copy, one: Asked, seconds: float, failures: list[str]) -> list[float]:
    """Seconds of a few runs after a warm-up; one alone where a run is stopped.

    Where nothing can be timed, the planner's cost, twice: it has no spread.
    """
    if not copy.timed:
        cost = plan_cost(copy.database, one.query)
        if cost is None:
            failures.append(f"{one.name}: the engine gives no plan")
        return [cost, cost] if cost is not None else []
    try:
        first = copy.database.time(one.query, seconds=seconds)
        runs = 2 * _RUNS if first < _BRIEF else _RUNS if first < seconds / 2 else 1
        return [copy.database.time(one.query, seconds=seconds * 2) for _ in range(runs)]
    except QueryTimeout:
        return [seconds]
    except DatabaseError as error:
        failures.append(f"{one.name}: {error}")
        return []


def _again(
    copy: Copy,
    state: _State,
    one: Asked,
    before: Mapping[str, list[float]],
    seconds: float,
    failures: list[str],
) -> list[float]:
    """The times of a query with what stands; those from before where it uses none of it."""
    if not state.uses.get(one.name):
        return before[one.name]
    return _times(copy, one, seconds, failures) or before[one.name]


def _total(asked: Sequence[Asked], times: Mapping[str, list[float]]) -> float:
    # the fastest run: what else the machine does only ever adds
    return sum(one.weight * min(times[one.name]) for one in asked)


def _thin_out(
    copy: Copy,
    state: _State,
    asked: Sequence[Asked],
    seconds: float,
    failures: list[str],
    say: Callable[[str], None],
) -> None:
    """Take away, for good, what the queries do not miss."""
    # wide and large ones first: what does the same with less is to stay
    for name in sorted(state.built, key=lambda name: -state.sizes[name][1]):
        users = [one for one in asked if name in state.uses[one.name]]
        if not users:
            continue
        idea = state.built.pop(name)
        say(f"seeing what is lost without {idea.table} ({', '.join(idea.columns)})")
        copy.drop(name)
        uses = {one.name: _used(copy, state, one) for one in users}
        times = {one.name: _times(copy, one, seconds, failures) or [seconds] for one in users}
        now, without = _total(users, state.times), _total(users, times)
        if without <= now * (_WORTH_CARRYING if idea.carried else _WORTH):
            state.times |= times
            state.uses |= uses
        else:
            _build(copy, state, name, idea, failures)
    _drop_unused(copy, state, asked)


def _effects(
    copy: Copy,
    state: _State,
    asked: Sequence[Asked],
    before: Mapping[str, list[float]],
    plans: Mapping[str, str],
    seconds: float,
) -> list[Effect]:
    """Each query that uses what stayed, with and without it: with, without, without, with.

    So a machine that gets slower meanwhile does no harm to either side.
    """
    users = [one for one in asked if state.uses[one.name]]
    stopped = {
        one.name
        for one in users
        if copy.timed and len(before[one.name]) == 1 and before[one.name][0] >= seconds
    }
    new = {one.name: _times(copy, one, seconds, []) for one in users}
    changed = {one.name: plan_text(copy.database, one.query) for one in users}
    for name in state.built:
        copy.drop(name)
    old = {one.name: list(before[one.name]) for one in users}
    for one in users:
        if one.name not in stopped:
            old[one.name] = [t for _ in range(2) for t in _times(copy, one, seconds, [])]
    for name, idea in state.built.items():
        copy.create(name, idea.table, idea.columns, idea.carried)
    for one in users:
        if one.name not in stopped:
            new[one.name] += _times(copy, one, seconds, [])
    return [
        _effect(one, old[one.name], new[one.name], one.name in stopped, state, plans, changed)
        for one in users
        if new[one.name] and old[one.name]
    ]


def _effect(
    one: Asked,
    old: Sequence[float],
    new: Sequence[float],
    stopped: bool,
    state: _State,
    plans: Mapping[str, str],
    changed: Mapping[str, str],
) -> Effect:
    number = min(len(old), len(new), 10)
    if stopped:
        low = old[0] / max(new)
    else:  # one run has no spread
        low = measured(old[:number], new[:number]).low if number > 1 else 0.0
    return Effect(
        one.name,
        statistics.median(old),
        statistics.median(new),
        low,
        stopped,
        tuple(sorted(state.uses[one.name])),
        plan_difference(plans[one.name], changed[one.name]),
    )


def _advised(
    copy: Copy,
    state: _State,
    name: str,
    gain: float,
    ideas: Sequence[Idea],
    asked: Sequence[Asked],
    dialect: str,
) -> Advised:
    idea = state.built[name]
    called = "_".join((idea.table, *idea.columns, "idx")).lower()[:60]
    sql = ddl_of(called, idea.table, idea.columns, idea.carried, dialect)
    seconds, size = state.sizes[name]
    users = tuple(one.name for one in asked if name in state.uses[one.name])
    why = tuple(dict.fromkeys(i.why for i in ideas if i.key() == idea.key() and i.why))
    cost = _row_seconds(copy, state, name)
    return Advised(called, sql, idea, why, gain, size, seconds, cost, users)


def _gains(
    copy: Copy,
    state: _State,
    asked: Sequence[Asked],
    seconds: float,
    say: Callable[[str], None],
) -> dict[str, float]:
    """Seconds that the queries take longer without each index, all others staying.

    One that gives next to nothing goes.
    """
    gains = {}
    for name in list(state.built):
        idea = state.built[name]
        users = [one for one in asked if name in state.uses[one.name]]
        say(f"measuring what {idea.table} ({', '.join(idea.columns)}) gives")
        there = {one.name: _times(copy, one, seconds, []) or [seconds] for one in users}
        copy.drop(name)
        gone = {one.name: _times(copy, one, seconds, []) or [seconds] for one in users}
        now, without = _total(users, there), _total(users, gone)
        if without - now > _LEAST_GAIN * now:
            copy.create(name, idea.table, idea.columns, idea.carried)
            gains[name] = without - now
        else:
            del state.built[name]
            state.uses |= {one.name: _used(copy, state, one) for one in users}
    return gains


def _row_seconds(copy: Copy, state: _State, name: str) -> float:
    """What the index adds to the writing of a row, from writing rows with it and without."""
    idea = state.built[name]
    table = copy.database.schema.table(idea.table)
    rows = (table.rows if table else None) or _WRITTEN
    share = max(state.sizes[name][0], 1e-6) / max(rows, 1)
    try:
        there = min(copy.insert_seconds(idea.table, _WRITTEN) for _ in range(_WRITINGS))
        copy.drop(name)
        gone = min(copy.insert_seconds(idea.table, _WRITTEN) for _ in range(_WRITINGS))
        copy.create(name, idea.table, idea.columns, idea.carried)
    except DatabaseError:
        return share
    return max((there - gone) / _WRITTEN, share)


def _named(effect: Effect, called: Mapping[str, str]) -> Effect:
    """The effect with the names that a user will give the indexes."""

    def rename(line: str) -> str:
        return re.sub(r"sqlwright_try_\d+", lambda m: called.get(m.group(), m.group()), line)

    used = tuple(called.get(name, name) for name in effect.used)
    return replace(effect, used=used, plan=tuple(map(rename, effect.plan)))
