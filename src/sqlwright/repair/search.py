"""The search for a repair: the smallest edits first, each text tried until one runs.

Best-first over texts: the cost of the edits so far and a guess at what is left. A model's answer is
one more text, tried alike.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from sqlwright.errors import SqlError
from sqlwright.model import Model
from sqlwright.repair.by_model import fewest_edits, model_text
from sqlwright.repair.changes import Change, Option
from sqlwright.repair.expand import options
from sqlwright.repair.faults import LEFT, Fault, find_fault, syntax_fault, why_not_repaired
from sqlwright.repair.ground import Ground
from sqlwright.repair.pieces import pieces_of
from sqlwright.repair.strange import strangeness

_MOST_CHANGES = 9
_MOST_TRIED = 160  # options of one text whose syntax is tried
_MARGIN = 0.35  # repairs that cost so much more than the best are shown beside it
_MOST_SHOWN = 5
_STUCK, _BETTER = 3.0, 0.9  # what is guessed to be left after an edit that leaves a syntax fault
_CLEAR = 0.2  # after one that leaves none
_WEIGHT = 0.5  # of what was spent: below 1 the search follows what gets further, not what is cheap
_MORE = 60  # texts looked at after the first repair, for cheaper ones and alternatives
_PLAIN = 1.2  # a repair that costs no more is not put to the model


@dataclass(frozen=True, slots=True)
class Repair:
    """A text that runs, the changes that made it, and who proposed it."""

    text: str
    changes: tuple[Change, ...]
    cost: float
    source: str = "rules"

    def as_dict(self) -> dict[str, Any]:
        """The repair as JSON types."""
        changes = [change.as_dict() for change in self.changes]
        return {"text": self.text, "source": self.source, "changes": changes}


@dataclass(frozen=True, slots=True)
class Repaired:
    """What came of it.

    Attributes:
        outcome: `runs` (nothing was changed), `repaired` or `not repaired`.
        fault: what was wrong first; "" for a text that runs.
        best: the likeliest repair.
        alternatives: other repairs that cost hardly more: only the author can tell.
        tried_on: the engine that took the repair; "" where there was none, and it only parses.
        reason: why nothing was found.
    """

    original: str
    outcome: str
    fault: str = ""
    best: Repair | None = None
    alternatives: tuple[Repair, ...] = ()
    tried_on: str = ""
    tried_on_ru: str = ""
    reason: str = ""
    tried: int = 0

    @property
    def runs(self) -> bool:
        """Whether the text runs as it stands."""
        return self.outcome == "runs"

    def as_dict(self) -> dict[str, Any]:
        """All of it as JSON types."""
        return {
            "outcome": self.outcome,
            "fault": self.fault,
            "query": self.best.text if self.best else self.original if self.runs else None,
            "repair": self.best.as_dict() if self.best else None,
            "alternatives": [other.as_dict() for other in self.alternatives],
            "tried_on": self.tried_on,
            "reason": self.reason,
            "tried": self.tried,
        }


@dataclass(order=True)
class _State:
    guess: float
    number: int
    cost: float = field(compare=False)
    text: str = field(compare=False)
    changes: tuple[Change, ...] = field(compare=False, default=())
    beyond: int | None = field(compare=False, default=None)  # letters after the fault it was for


def repair(
    text: str,
    ground: Ground,
    *,
    model: Callable[[], Model | None] = lambda: None,
    passages: Sequence[str] = (),
    seconds: float = 10.0,
) -> Repaired:
    """The text as it stands where it runs, or else the smallest edits that make it run.

    Args:
        model: opens the model, or None; it is asked where the rules find nothing plain.
        passages: knowledge for the model's prompt.
        seconds: of the search by rules; the model's answer is not counted.

    Raises:
        SqlError: if the text holds several statements or one that writes: it is not repaired.
    """
    if (reason := why_not_repaired(text, ground.dialect)) is not None:
        raise SqlError(reason)
    fault = find_fault(text, ground)
    if fault is None:
        return Repaired(text, "runs", tried_on=ground.tried_on, tried_on_ru=ground.tried_on_ru)
    found, tried = _search(text, fault, ground, seconds)
    if (not found or found[0].cost > _PLAIN) and (answering := model()) is not None:
        found = _ranked([*found, *_by_model(text, ground, answering, passages)])
    told = Repaired(
        text,
        "not repaired",
        fault.message,
        tried_on=ground.tried_on,
        tried_on_ru=ground.tried_on_ru,
        tried=tried,
    )
    if not found:
        return replace(told, reason=_why_not(fault, seconds))
    near = [f for f in found[1:] if f.cost <= found[0].cost + _MARGIN][: _MOST_SHOWN - 1]
    return replace(told, outcome="repaired", best=found[0], alternatives=tuple(near))


def _why_not(fault: Fault, seconds: float) -> str:
    return f"{fault.message}; no edit that was tried within {seconds:g} s makes it run"


def _search(text: str, fault: Fault, ground: Ground, seconds: float) -> tuple[list[Repair], int]:
    """Repairs by rules, the cheapest first, and how many texts were looked at."""
    start = time.monotonic()
    stop = start + seconds
    more = _MORE
    most = 2.0 + 0.15 * len(pieces_of(text, ground.dialect))  # beyond it, another query is written
    numbers = count()
    queue = [_State(LEFT[fault.stage], next(numbers), 0.0, text)]
    costs = {text: 0.0}
    found: list[Repair] = []
    looked = 0
    while queue and time.monotonic() < stop:
        state = heapq.heappop(queue)
        if state.cost > costs.get(state.text, state.cost):
            continue  # reached for less since
        if found:
            if state.cost > found[0].cost + _MARGIN:
                continue
            more -= 1
            if more < 0 or len(found) > _MOST_SHOWN:
                break
        looked += 1
        if state.beyond is not None and (left := _left(state, ground.dialect)) > _CLEAR:
            state.guess, state.beyond = _WEIGHT * state.cost + left, None
            heapq.heappush(queue, state)
            continue
        here = fault if state.text == text else find_fault(state.text, ground)
        if here is None:
            cost = state.cost + strangeness(state.text, ground)
            found = _ranked([*found, Repair(state.text, state.changes, cost)])
            stop = min(stop, time.monotonic() + max(0.3, time.monotonic() - start))
        elif len(state.changes) < _MOST_CHANGES and state.cost < most:
            for option in _tried(state, here, ground, costs):
                cost = state.cost + option.cost
                if cost > most:
                    continue
                beyond = len(state.text) - here.at if here.stage == "syntax" else None
                changes = (*state.changes, option.change)
                guess = _WEIGHT * cost + _CLEAR
                heapq.heappush(
                    queue, _State(guess, next(numbers), cost, option.text, changes, beyond)
                )
    return found, looked


def _tried(
    state: _State, fault: Fault, ground: Ground, costs: dict[str, float]
) -> Iterator[Option]:
    """Options that lead to a new text or to a known one for less, the cheapest first."""
    best: dict[str, Option] = {}
    for option in options(state.text, fault, ground, is_first=not state.changes):
        known = best.get(option.text)
        if known is None or option.cost < known.cost:
            best[option.text] = option
    for option in sorted(best.values(), key=lambda o: o.cost)[:_MOST_TRIED]:
        cost = state.cost + option.cost
        if cost < costs.get(option.text, 99.0):
            costs[option.text] = cost
            yield option


def _left(state: _State, dialect: str) -> float:
    """A guess at the cost of what is still wrong after an edit for a syntax fault."""
    fault = syntax_fault(state.text, dialect)
    if fault is None:
        return _CLEAR
    gained = (state.beyond or 0) - (len(state.text) - fault.at)
    return _BETTER if gained > 2 else _STUCK


def _ranked(found: Sequence[Repair]) -> list[Repair]:
    """One repair a text, the cheapest first."""
    best: dict[str, Repair] = {}
    for item in found:
        key = " ".join(item.text.split())
        if key not in best or item.cost < best[key].cost:
            best[key] = item
    return sorted(best.values(), key=lambda item: item.cost)


def _by_model(text: str, ground: Ground, model: Model, passages: Sequence[str]) -> Iterator[Repair]:
    """The model's answer, if it runs as it stands."""
    answer = model_text(text, ground, model, passages)
    if not answer or why_not_repaired(answer, ground.dialect) is not None:
        return
    if find_fault(answer, ground) is None:
        kept, changes, cost = fewest_edits(text, answer, ground)
        yield Repair(kept, changes, cost + strangeness(kept, ground), "model")
