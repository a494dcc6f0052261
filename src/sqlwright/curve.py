"""How a training goes: its learning rate and time limit, metrics.jsonl, and its picture loss.png.

A line is {"step", "loss", "learning_rate", "tokens", "trained_tokens", "tokens_per_second",
"memory_gib", "seconds"} of a step, or {"step", "eval_loss", "seconds"} of a validation, with the
shares of answers that parse, bind and so on where answers are judged.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.config import Config

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands, for a progress bar; told after every step."""

    step: int
    steps: int  # planned; a time limit may end the training before
    loss: float
    tokens_per_second: float
    memory: float  # GiB that were held at most, on the GPU where there is one
    seconds: float
    share: float  # of the training that is done, by steps or by time


class Metrics:
    """The metrics file of one training, open for its length."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = read_metrics(path) if path.exists() else []

    def rewind(self, step: int) -> None:
        """Forget what came after that step: the training goes on from there."""
        self.lines = [line for line in self.lines if line["step"] <= step]
        text = "".join(json.dumps(line) + "\n" for line in self.lines)
        partial = self.path.with_suffix(".part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(self.path)

    def note(self, line: dict[str, Any]) -> None:
        """Add a line; it is in the file when this returns."""
        self.lines.append(line)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def last(self, name: str) -> float:
        """The newest value of that name, or 0."""
        return float(next((line[name] for line in reversed(self.lines) if name in line), 0.0))

    def recent_loss(self) -> float:
        """The mean loss of the last tenth of the steps."""
        losses = [float(line["loss"]) for line in self.lines if "loss" in line]
        tail = losses[-max(1, len(losses) // 10) :]
        return sum(tail) / len(tail) if tail else 0.0


class Watch:
    """Counts tokens and time, sets the rate, tells the progress, and stops at the time limit."""

    def __init__(
        self, config: Config, metrics: Metrics, tell: Callable[[Progress], None] | None
    ) -> None:
        self.settings = config.train
        self.metrics = metrics
        self.tell = tell
        self.limit = (config.train.max_minutes or math.inf) * 60
        self.steps = 1
        self.done = int(metrics.last("step"))
        self.tokens = int(metrics.last("tokens"))
        self.trained_tokens = int(metrics.last("trained_tokens"))
        self.before = metrics.last("seconds")  # of the runs that were killed
        self.started: float | None = None  # set when the first step begins
        self.ended: float | None = None
        self.validate: Callable[[int], dict[str, float]] | None = None  # of that step: eval_loss …
        self.report: Callable[[dict[str, float]], None] | None = None  # to trackers
        self.keep: Callable[[], None] | None = None  # what is trained, the best so far

    @property
    def seconds(self) -> float:
        """Time spent in steps and validations between them, over all runs of this training."""
        now = self.ended or time.monotonic()
        return self.before + (now - self.started if self.started else 0.0)

    def end(self) -> None:
        """Stop the clock and validate once more."""
        self.ended = time.monotonic()
        self.measure(self.done)

    def share(self, step: float) -> float:
        """How much of the training is over: by steps or by time, whichever is nearer to the end."""
        return min(1.0, max(step / self.steps, self.seconds / self.limit))

    def rate(self, step: int) -> float:
        """The learning rate's share of its highest value; a time limit moves its end forward."""
        warmup = self.settings.warmup_ratio
        if self.settings.warmup_steps is not None:
            warmup = min(0.99, self.settings.warmup_steps / self.steps)
        return schedule(self.settings.lr_scheduler_type, self.share(step + 0.5), warmup)

    def step(self, step: int, logs: dict[str, float]) -> None:
        """Write one step down, and validate when it is time."""
        loss = float(logs["loss"])
        self.done = step
        speed = (self.tokens - self.metrics.last("tokens")) / max(
            1e-9, self.seconds - self.metrics.last("seconds")
        )
        self.metrics.note(
            {
                "step": step,
                "loss": loss,
                "learning_rate": logs.get("learning_rate"),
                "tokens": self.tokens,
                "trained_tokens": self.trained_tokens,
                "tokens_per_second": round(speed, 1),
                "memory_gib": round(memory(), 3),
                "seconds": round(self.seconds, 3),
            }
        )
        every = self.settings.eval_steps
        if every and step % every == 0 and step < self.steps:
            self.measure(step)
        if self.tell:
            done = self.share(step)
            self.tell(Progress(step, self.steps, loss, speed, memory(), self.seconds, done))

    def measure(self, step: int) -> None:
        """Validate, unless that was done at this step."""
        if self.validate is None or step in dict(self.validations()):
            return
        found = self.validate(step)
        self.metrics.note({"step": step, **found, "seconds": round(self.seconds, 3)})
        if step and self.report:
            self.report(found)
        if step and self.keep and self.best_step() == step:
            self.keep()

    def validations(self) -> list[tuple[int, float]]:
        """(step, loss) of each validation; the first one may be of step 0."""
        lines = self.metrics.lines
        return [(int(line["step"]), line["eval_loss"]) for line in lines if "eval_loss" in line]

    def best_step(self) -> int:
        """The step whose held-out loss is the lowest, 0 where there was none yet."""
        return min(((loss, step) for step, loss in self.validations() if step), default=(0.0, 0))[1]

    def is_over(self, step: int) -> bool:
        """Would the next step end after the time limit?"""
        return self.seconds + self.seconds / max(step, 1) > self.limit

    def is_stale(self) -> bool:
        """Were so many validations no better than one before them that it is time to stop?"""
        patience = self.settings.early_stopping_patience
        later = [step for step, _ in self.validations() if step > self.best_step() > 0]
        return patience is not None and len(later) >= patience


def memory() -> float:
    """GiB that this process held at most: on the GPU where there is one, else in all."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 2**30
    # kilobytes, but for macOS
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**30


def schedule(kind: str, done: float, warmup: float) -> float:
    """The learning rate's share of its highest when `done` (0 to 1) of the training is over."""
    if done < warmup:
        return done / warmup
    left = min(1.0, max(0.0, (1 - done) / (1 - warmup)))
    if kind == "linear":
        return left
    return 0.5 * (1 - math.cos(math.pi * left)) if kind == "cosine" else 1.0


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The lines of a metrics file, without the half line that a killed training may leave."""
    found: list[dict[str, Any]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def new_figure(width: float, height: float) -> Figure:
    """An empty picture of so many inches, made without a screen."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def draw_losses(metrics: Path, picture: Path) -> None:
    """The learning curve: each step's loss, its running mean, and the validation loss."""
    lines = read_metrics(metrics)
    figure = new_figure(7, 4)
    axes = figure.add_subplot()
    steps = [(line["step"], line["loss"]) for line in lines if "loss" in line]
    held_out = [(line["step"], line["eval_loss"]) for line in lines if "eval_loss" in line]
    if steps:
        mean, means = steps[0][1], []
        for _, loss in steps:
            mean += (loss - mean) * 0.1
            means.append(mean)
        axes.plot(*zip(*steps, strict=True), linewidth=0.5, alpha=0.5, label="each step")
        axes.plot([step for step, _ in steps], means, label="training, running mean")
    if held_out:
        axes.plot(*zip(*held_out, strict=True), "o-", label="validation")
    axes.set(xlabel="step", ylabel="loss of the answer, nats a token")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    if steps or held_out:
        axes.legend()
    figure.savefig(picture, dpi=120)
