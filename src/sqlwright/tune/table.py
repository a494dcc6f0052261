"""How a search is watched: a live table in a terminal, or a line for each trial that ends."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlwright.tune.search import Standing

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial
    from rich.table import Table

_SHOWN = 12  # trials that ended, the newest

Teller = tuple[Callable[[Standing], None], Callable[[str], None]]


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Teller]:
    """(told how the search stands, told a sentence): shown in the terminal, or as lines.

    Args:
        quiet: what is shown goes to stderr, for stdout is read by a program.
    """
    from rich.console import Console

    console = Console(stderr=quiet, highlight=False)
    if not console.is_terminal:
        stream = sys.stderr if quiet else sys.stdout

        def line(standing: Standing) -> None:
            if standing.ended is not None:
                print(_line(standing, standing.ended), file=stream, flush=True)

        yield line, lambda sentence: print(sentence, file=stream, flush=True)
        return
    from rich.live import Live

    ended: list[FrozenTrial] = []
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def show(standing: Standing) -> None:
            if standing.ended is not None:
                ended.append(standing.ended)
            live.update(table(standing, ended[-_SHOWN:]), refresh=True)

        yield show, lambda sentence: live.console.print(sentence, markup=False)


def _line(standing: Standing, trial: FrozenTrial) -> str:
    done = standing.complete + standing.pruned
    best = standing.best
    so_far = f"; best {best.value:.4f}, trial {best.number}" if best else ""
    return f"[{done}/{standing.wanted}] trial {trial.number}: {outcome(trial)}{so_far}"


def outcome(trial: FrozenTrial) -> str:
    """What became of a trial that ended, in words."""
    state = trial.state.name.lower()
    if state == "complete":
        figures: dict[str, Any] = trial.user_attrs.get("figures", {})
        return f"{trial.value:.4f} after {figures.get('steps', '?')} steps"
    if state == "pruned":
        return f"pruned: {trial.user_attrs.get('reason', 'no reason is kept')}"
    return f"lost: {trial.user_attrs.get('lost', 'no reason is kept')}"


def left(standing: Standing) -> float | None:
    """Seconds that the search will still take, if its trials go on as they did."""
    ended = standing.complete + standing.pruned
    running = sum(share for _, share, _ in standing.running)
    if not ended:
        return None
    return standing.seconds / (ended + running) * max(0.0, standing.wanted - ended - running)


def table(standing: Standing, ended: list[FrozenTrial]) -> Table:
    """The search as it stands: trials that ended, those that run, the best so far."""
    from rich.table import Table

    seconds = left(standing)
    time_left = f", about {seconds / 60:.0f} min left" if seconds is not None else ""
    shown = Table(
        title=f"{standing.complete} complete, {standing.pruned} pruned of {standing.wanted}"
        f"{time_left}"
    )
    shown.add_column("trial", justify="right")
    shown.add_column("held-out loss", justify="right")
    shown.add_column("what became of it")
    best = standing.best
    for trial in ended:
        loss = f"{trial.value:.4f}" if trial.value is not None else ""
        is_best = best is not None and trial.number == best.number
        shown.add_row(
            str(trial.number), loss, outcome(trial), style="bold green" if is_best else None
        )
    for number, share, of_step in standing.running:
        bar = f"{'█' * round(20 * share):20} {share:4.0%}"
        bar += f"  loss of a step {of_step:.3f}" if of_step is not None else ""
        shown.add_row(str(number), "", bar)
    if best is not None and best.number not in {trial.number for trial in ended}:
        shown.add_row(str(best.number), f"{best.value:.4f}", "the best so far", style="bold green")
    return shown
