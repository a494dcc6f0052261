"""How a training goes: its learning rate and time limit, metrics.jsonl, and its picture loss.png.

A line is {"step", "loss", "learning_rate", "tokens", "trained_tokens", "tokens_per_second",
"seconds"} of a step, or {"step", "eval_loss", "seconds"} of a validation.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlwright.config import Config
from sqlwright.errors import ModelError


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a training stands, for a progress bar; told after every step."""

    step: int
    steps: int  # planned; a time limit may end the training before
    loss: float
    tokens_per_second: float
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
        self.validate: Callable[[], float] | None = None

    @property
    def seconds(self) -> float:
        """Time spent in steps and validations, over all runs of this training."""
        return self.before + (time.monotonic() - self.started if self.started else 0.0)

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
        if not math.isfinite(loss):
            raise ModelError(
                f"the loss is {loss} at step {step}: lower train.learning_rate, or use"
                " train.precision=fp32; the last checkpoint is kept"
            )
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
                "seconds": round(self.seconds, 3),
            }
        )
        every = self.settings.eval_steps
        if self.validate and every and step % every == 0 and step < self.steps:
            line = {"step": step, "eval_loss": self.validate(), "seconds": round(self.seconds, 3)}
            self.metrics.note(line)
        if self.tell:
            done = self.share(step)
            self.tell(Progress(step, self.steps, loss, speed, self.seconds, done))

    def is_over(self, step: int) -> bool:
        """Would the next step end after the time limit?"""
        return self.seconds + self.seconds / max(step, 1) > self.limit


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


def draw_losses(metrics: Path, picture: Path) -> None:
    """The learning curve: each step's loss, its running mean, and the validation loss."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    lines = read_metrics(metrics)
    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
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
