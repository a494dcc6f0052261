"""The pictures of a study: history, importances, parallel coordinates, slices, and prunings.

Optuna's own are unreadable from a dozen settings on, and do not mark what was pruned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlwright.curve import new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from optuna.trial import FrozenTrial

BEST, DONE, CUT = "#c2410c", "#1d4ed8", "#9ca3af"


def split(trials: Sequence[FrozenTrial]) -> tuple[list[FrozenTrial], list[FrozenTrial]]:
    """(complete trials, pruned ones), each by number."""
    found = {name: [t for t in trials if t.state.name == name] for name in ("COMPLETE", "PRUNED")}
    return found["COMPLETE"], found["PRUNED"]


def _loss(trial: FrozenTrial) -> float:
    return float(trial.value if trial.value is not None else math.nan)


def _last(trial: FrozenTrial) -> float:
    """The last held-out loss of a pruned trial, NaN where it was pruned before any."""
    steps = trial.intermediate_values
    return float(steps[max(steps)]) if steps else math.nan


def _best(complete: Sequence[FrozenTrial]) -> FrozenTrial:
    return min(complete, key=_loss)


def history(trials: Sequence[FrozenTrial]) -> Figure:
    """The loss of each trial in its order, and the best so far."""
    complete, pruned = split(trials)
    figure = new_figure(7, 4)
    axes = figure.add_subplot()
    axes.plot([t.number for t in complete], [_loss(t) for t in complete], "o", color=DONE,
              label="complete")  # fmt: skip
    axes.plot([t.number for t in pruned], [_last(t) for t in pruned], "x", color=CUT,
              label="pruned, at its last loss")  # fmt: skip
    lowest, line = math.inf, []
    for trial in complete:
        lowest = min(lowest, _loss(trial))
        line.append(lowest)
    axes.step([t.number for t in complete], line, where="post", color=BEST, label="best so far")
    own = [t for t in complete if t.user_attrs.get("known") == "own"]
    if own:
        axes.plot(own[0].number, _loss(own[0]), "D", color="black", label="the config's own values")
    _scaled(axes, [_loss(t) for t in complete])
    axes.set(xlabel="trial", ylabel="held-out loss, nats a token")
    axes.legend()
    return figure


def _scaled(axes: Axes, losses: Sequence[float]) -> None:
    """A logarithmic scale where a few bad trials would press the good ones together."""
    if min(losses) > 0 and max(losses) > 3 * min(losses):
        from matplotlib.ticker import LogLocator, NullLocator

        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
    axes.grid(alpha=0.3)


def importances(found: Mapping[str, float]) -> Figure:
    """How much of the difference between good and bad trials each setting explains."""
    names = sorted(found, key=found.__getitem__)
    figure = new_figure(7, 0.6 + 0.28 * len(names))
    axes = figure.add_subplot()
    axes.barh(names, [found[name] for name in names], color=DONE)
    for place, name in enumerate(names):
        axes.text(found[name] + 0.01, place, f"{found[name]:.2f}", va="center", fontsize=8)
    axes.set(xlabel="importance (PED-ANOVA), all together 1", xlim=(0, 1.1 * max(found.values())))
    return figure


def prunings(trials: Sequence[FrozenTrial]) -> Figure:
    """Each trial's held-out loss on its way, with a cross where it was pruned."""
    complete, pruned = split(trials)
    figure = new_figure(7, 4)
    axes = figure.add_subplot()
    best = _best(complete)
    for trial in (*pruned, *complete):
        steps = sorted(trial.intermediate_values)
        losses = [trial.intermediate_values[step] for step in steps]
        cut = trial.state.name == "PRUNED"
        if not cut:
            steps, losses = [*steps, 100], [*losses, _loss(trial)]
        color = CUT if cut else BEST if trial is best else DONE
        width = 2.5 if trial is best else 1
        axes.plot(
            steps, losses, "-", color=color, linewidth=width, alpha=1 if color == BEST else 0.6
        )
        if cut and steps:
            axes.plot(steps[-1], losses[-1], "x", color="black", markersize=6)
    axes.plot([], [], color=BEST, linewidth=2.5, label=f"the best, trial {best.number}")
    axes.plot([], [], color=DONE, label="complete")
    axes.plot([], [], "x-", color=CUT, markeredgecolor="black", label="pruned")
    _scaled(axes, [_loss(trial) for trial in complete])
    axes.set(xlabel="% of its training", ylabel="held-out loss, nats a token")
    axes.legend()
    return figure


class Scale:
    """Where the values of one setting stand between 0 and 1, and what is written beside it."""

    def __init__(self, name: str, distribution: Any) -> None:
        self.name = name
        choices = getattr(distribution, "choices", None)
        self.choices = _ordered(choices) if choices is not None else None
        self.log = bool(getattr(distribution, "log", False))
        if self.choices is None:
            self.low, self.high = float(distribution.low), float(distribution.high)

    def place(self, value: Any) -> float:
        """Between 0 and 1."""
        if self.choices is not None:
            return (self.choices.index(value) + 0.5) / len(self.choices)
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return float((value - low) / (high - low))

    def ticks(self) -> list[tuple[float, str]]:
        """(place, text) of what is written."""
        if self.choices is not None:
            return [(self.place(choice), str(choice)) for choice in self.choices]
        return [(0.0, f"{self.low:g}"), (1.0, f"{self.high:g}")]


def _ordered(choices: Sequence[Any]) -> list[Any]:
    numbers = all(isinstance(c, int | float) and not isinstance(c, bool) for c in choices)
    return sorted(choices) if numbers else list(choices)


def scales(trials: Sequence[FrozenTrial]) -> list[Scale]:
    """A scale for each setting that a trial has, those that have one value only left out."""
    found: dict[str, Scale] = {}
    for trial in trials:
        for name, distribution in trial.distributions.items():
            values = [t.params[name] for t in trials if name in t.params]
            if name not in found and len(set(values)) > 1:
                found[name] = Scale(name, distribution)
    return list(found.values())


def _between(low: float, high: float, loss: float) -> float:
    """Where a loss stands from 0 to 1, on a logarithmic scale where it can be."""
    if low > 0:
        low, high, loss = math.log(low), math.log(high), math.log(loss)
    return (loss - low) / (high - low or 1)


def parallel(trials: Sequence[FrozenTrial]) -> Figure:
    """A line for each complete trial through its settings, the better the darker."""
    complete, _ = split(trials)
    every = scales(complete)
    figure = new_figure(1.5 + 1.05 * (len(every) + 1), 5)
    axes = figure.add_subplot()
    order = sorted(complete, key=_loss, reverse=True)
    low, high = _loss(order[-1]), _loss(order[0])
    for rank, trial in enumerate(order):
        spots = [
            (place, scale.place(trial.params[scale.name]))
            for place, scale in enumerate(every)
            if scale.name in trial.params
        ]
        spots.append((len(every), _between(low, high, _loss(trial))))
        share = (rank + 1) / len(order)
        is_best = trial is order[-1]
        axes.plot(
            *zip(*spots, strict=True),
            color=BEST if is_best else DONE,
            alpha=1.0 if is_best else 0.08 + 0.6 * share**3,
            linewidth=2.5 if is_best else 1.0,
        )
    for place, scale in enumerate(every):
        axes.axvline(place, color="black", linewidth=0.5)
        for height, text in scale.ticks():
            axes.text(place + 0.04, height, text, fontsize=7, va="center",
                      bbox={"color": "white", "alpha": 0.7, "pad": 0.5})  # fmt: skip
    axes.axvline(len(every), color="black", linewidth=0.5)
    axes.text(len(every) + 0.04, 0, f"{low:.4f}", fontsize=7, va="center")
    axes.text(len(every) + 0.04, 1, f"{high:.4f}", fontsize=7, va="center")
    names = [scale.name.replace("train.", "").replace("lora.", "") for scale in every]
    axes.set_xticks(range(len(every) + 1), [*names, "loss"], rotation=30, ha="right", fontsize=8)
    axes.set_yticks([])
    axes.set(xlim=(-0.1, len(every) + 0.5), ylim=(-0.05, 1.05))
    return figure


def slices(trials: Sequence[FrozenTrial]) -> Figure:
    """The loss against each setting by itself."""
    complete, pruned = split(trials)
    every = scales([*complete, *pruned])
    wide = 4
    rows = math.ceil(len(every) / wide)
    figure = new_figure(3 * wide, 2.4 * rows)
    best = _best(complete)
    for place, scale in enumerate(every):
        axes = figure.add_subplot(rows, wide, place + 1)
        for some, mark, color in ((pruned, "x", CUT), (complete, "o", DONE), ([best], "o", BEST)):
            shown = [t for t in some if scale.name in t.params]
            axes.plot(
                [scale.place(t.params[scale.name]) for t in shown],
                [_loss(t) if mark == "o" else _last(t) for t in shown],
                mark,
                color=color,
                markersize=5 if mark == "o" else 4,
            )
        axes.set_xticks(*zip(*scale.ticks(), strict=True), fontsize=7)
        axes.set_title(scale.name, fontsize=9)
        axes.tick_params(axis="y", labelsize=7)
        axes.set_xlim(-0.08, 1.08)
        _scaled(axes, [_loss(trial) for trial in complete])
        axes.tick_params(axis="y", which="both", labelsize=7)
    figure.supylabel("held-out loss, nats a token", fontsize=9)
    return figure
