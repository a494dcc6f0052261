"""A process that runs trials one after the other on a base that it loads once.

It asks the search for leave before each trial, so that no more trials run than were wanted, and
tells it how each one goes. If the search is gone, it ends at its next word.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.config import Config
from sqlwright.curve import Progress
from sqlwright.errors import SqlwrightError

if TYPE_CHECKING:
    from sqlwright.tune.space import Axis, Tuning
    from sqlwright.tune.trial import Resident, Trained


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker has to know.

    Attributes:
        config: of every trial, but for what is searched.
        storage: where the study is; it may hold a password, so it goes through a pipe alone.
        seed: of the worker's own draws.
        threads: that torch may use on a CPU.
        gpu: the number of its GPU, or None for the CPU or whichever there is.
    """

    config: Config
    tuning: Tuning
    axes: tuple[Axis, ...]
    storage: str
    study: str
    folder: Path
    seed: int
    threads: int
    gpu: int | None


@dataclass(frozen=True, slots=True)
class Word:
    """What a worker tells the search.

    `kind`: "ready" for a trial, "began" one, a "step" of it, "ended" it, a "sentence" to be said,
    "failed" for good.
    """

    kind: str
    trial: int = -1
    share: float = 0.0
    loss: float | None = None  # "step": of the step; "ended": the held-out loss
    text: str = ""


def work(job: Job, pipe: Connection) -> None:
    """Run trials while the search gives leave."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the search is told, and ends its workers
    if job.gpu is not None:  # before torch is imported
        os.environ["CUDA_VISIBLE_DEVICES"] = str(job.gpu)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        _work(job, pipe)
    except SqlwrightError as error:
        with suppress(OSError):
            pipe.send(Word("failed", text=f"{type(error).__name__}: {error}"))
    except (BrokenPipeError, EOFError):
        os._exit(1)  # the search is gone: its next run finds the trial and gives it back


def _work(job: Job, pipe: Connection) -> None:
    import torch

    from sqlwright.tune.studies import load_study, open_storage
    from sqlwright.tune.trial import Resident

    if not torch.cuda.is_available():
        torch.set_num_threads(job.threads)

    def say(sentence: str) -> None:
        pipe.send(Word("sentence", text=sentence))

    resident = Resident(job.config, _lengths(job), say)
    study = load_study(open_storage(job.storage), job.study, job.tuning, job.seed)
    while True:
        pipe.send(Word("ready"))
        if pipe.recv() != "go":
            return
        _one_trial(job, resident, study, pipe)


def _lengths(job: Job) -> list[int]:
    axis = next((axis for axis in job.axes if axis.name == "train.max_seq_length"), None)
    own = job.config.train.max_seq_length
    if axis is None:
        return [own]
    return list(axis.values) or [int(axis.low), int(axis.high)]


def _one_trial(job: Job, resident: Resident, study: Any, pipe: Connection) -> None:
    from optuna.trial import TrialState

    from sqlwright.tune.space import propose
    from sqlwright.tune.studies import Signature
    from sqlwright.tune.trial import Pruned, run_trial

    trial = study.ask()
    pipe.send(Word("began", trial.number))
    signature = Signature(trial)
    config, _ = propose(job.axes, job.config, lambda axis: suggest(trial, axis))

    def tell(progress: Progress) -> None:
        signature.beat()
        pipe.send(Word("step", trial.number, progress.share, progress.loss))

    def reached(share: float, loss: float) -> None:
        step = round(100 * share)
        trial.report(loss, step)
        if trial.should_prune():
            raise Pruned(f"worse than others at {step} %: {loss:.4f}")

    losses: list[float] = []

    def use(trained: Trained) -> None:
        losses.append(trained.loss)
        trial.set_user_attr(
            "figures",
            {"steps": trained.steps, "tokens": trained.tokens, "seconds": trained.seconds},
        )
        if trained.loss <= _best(study):
            trained.keep(str(adapter_folder(job.folder, trial.number)))

    try:
        run_trial(
            resident,
            config,
            job.folder / "trials" / f"{trial.number:04}.jsonl",
            at=job.tuning.prune_at,
            reached=reached,
            tell=tell,
            minutes=job.tuning.trial_minutes,
            use=use,
        )
    except Pruned as why:
        trial.set_user_attr("reason", str(why))
        study.tell(trial, state=TrialState.PRUNED)
        pipe.send(Word("ended", trial.number, text=str(why)))
        return
    study.tell(trial, losses[0])
    pipe.send(Word("ended", trial.number, loss=losses[0]))


def adapter_folder(folder: Path, trial: int) -> Path:
    """Where the adapter of a trial is left, if it is the best so far."""
    return folder / "adapters" / f"{trial:04}"


def _best(study: Any) -> float:
    try:
        return float(study.best_value)
    except ValueError:  # none has ended yet
        return float("inf")


def suggest(trial: Any, axis: Axis) -> Any:
    """Optuna's draw for that axis."""
    if axis.values:
        return trial.suggest_categorical(axis.name, list(axis.values))
    if axis.whole:
        step = round(axis.step or 1)
        return trial.suggest_int(axis.name, int(axis.low), int(axis.high), step=step, log=axis.log)
    return trial.suggest_float(axis.name, axis.low, axis.high, step=axis.step, log=axis.log)
