"""The search: workers that run trials, looked after until as many as were wanted have ended.

A study is a folder: its config and space, its journal (unless it is kept elsewhere), the metrics of
each trial, the adapter of the best one, and best.yaml, which `train` takes as it is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright import errors
from sqlwright.bases import check_settings, read_shape
from sqlwright.checkpoints import write_json
from sqlwright.config import Config, write_config
from sqlwright.data.records import digest
from sqlwright.errors import ModelError, SqlwrightError, UsageError
from sqlwright.machine import cores
from sqlwright.train import both_records
from sqlwright.tune.found import Found, best_of, keep_best, summary
from sqlwright.tune.space import RATIO, Axis, Tuning, first_choices, resolve
from sqlwright.tune.studies import (
    create_study,
    give_back,
    give_back_lost,
    open_storage,
    without_password,
)
from sqlwright.tune.worker import Job, Word, work

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, slots=True)
class Standing:
    """How a search stands, for who watches it.

    Attributes:
        running: (trial, share of it that is done, loss of its last step) of each.
        ended: the trial that ended just now, if one did.
    """

    wanted: int
    complete: int
    pruned: int
    lost: int
    running: tuple[tuple[int, float, float | None], ...]
    best: FrozenTrial | None
    ended: FrozenTrial | None
    seconds: float


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    asked: bool = False  # it got leave, and has not said which trial it began
    trial: int | None = None
    share: float = 0.0
    loss: float | None = None
    was_ready: bool = False


@dataclass
class _Search:
    job: Job
    study: Study
    trials: int
    until: float
    tell: Callable[[Standing], None]
    say: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)
    workers: list[_Worker] = field(default_factory=list)
    gpus: int = 0
    number: int = 0
    said: set[str] = field(default_factory=set)  # each worker would say the same


def tune(
    config: Config,
    tuning: Tuning,
    folder: Path,
    *,
    trials: int,
    minutes: float | None = None,
    workers: int | None = None,
    storage: str | None = None,
    resume: bool = False,
    tell: Callable[[Standing], None] = lambda standing: None,
    say: Callable[[str], None] = lambda sentence: None,
) -> Found:
    """Search until so many trials of the study have ended, or the time is over.

    Args:
        folder: of the study; its last part is the study's name.
        trials: complete and pruned ones together, those of runs before counted too.
        minutes: after which no trial begins; one that runs is finished.
        workers: processes; one a GPU if None, or one.
        storage: a journal file or an address; a journal in the folder if None.
        resume: go on with the study, or join others that work on it.

    Raises:
        UsageError, ConfigError, DataError: what cannot be searched, before a weight is loaded.
        ModelError: a worker failed in a way that no other trial would mend.
    """
    check_settings(config)
    read_shape(config)
    axes = resolve(tuning, config, say)
    first = first_choices(axes, tuning, config, say)
    gpus = _gpus()
    workers = workers or max(1, gpus)
    if gpus and workers > gpus:
        raise UsageError(f"{workers} workers need {workers} GPUs, and {gpus} are here")
    where = storage or str(folder / "journal.log")
    identity = _identity(config, axes)
    study = create_study(open_storage(where, workers), folder.name, identity, resume=resume)
    _lay_out(folder, config, where)
    for sentence in give_back_lost(study):
        say(sentence)
    if not study.get_trials(deepcopy=False):
        for whose, chosen in first:
            study.enqueue_trial(chosen, user_attrs={"known": whose})
    threads = max(1, cores() // workers) if _has_affinity() else 1
    job = Job(
        config,
        tuning,
        axes,
        where,
        folder.name,
        folder,
        config.train.seed + len(study.get_trials(deepcopy=False)),
        threads,
        None,
    )
    until = time.monotonic() + 60 * minutes if minutes else float("inf")
    search = _Search(job, study, trials, until, tell, say, gpus=gpus)
    try:
        _run(search, workers)
    finally:
        _stop(search)
    return summary(study, folder, config, time.monotonic() - search.started)


def _has_affinity() -> bool:
    return hasattr(os, "sched_getaffinity")


def _gpus() -> int:
    import torch

    return int(torch.cuda.device_count()) if torch.cuda.is_available() else 0


def _identity(config: Config, axes: tuple[Axis, ...]) -> dict[str, Any]:
    """What all trials of a study share."""
    searched = {axis.name for axis in axes} | ({"lora.alpha"} if _has_ratio(axes) else set())
    apart = {*searched, "train.output_dir", "data.train", "data.validation", "train.save_steps"}
    values = config.model_dump(mode="json")
    records, held_out = both_records(config, None, None)
    return {
        "space": {a.name: f"{a}{f' when {dict(a.when)}' if a.when else ''}" for a in axes},
        "settings": {
            name: values[section][key]
            for section in values
            for key in values[section]
            if (name := f"{section}.{key}") not in apart
        },
        "records": {"train": digest(records), "validation": digest(held_out)},
    }


def _has_ratio(axes: tuple[Axis, ...]) -> bool:
    return any(axis.name == RATIO for axis in axes)


def _lay_out(folder: Path, config: Config, where: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_config(config, folder / "config.yaml")
    write_json(folder / "study.json", {"name": folder.name, "storage": without_password(where)})


def _run(search: _Search, workers: int) -> None:
    for _ in range(min(workers, search.trials)):
        if _may_begin(search):
            _hire(search)
    while search.workers:
        pipes: list[Any] = [worker.pipe for worker in search.workers]
        ends = [worker.process.sentinel for worker in search.workers]
        wait([*pipes, *ends], timeout=1.0)
        for worker in list(search.workers):
            _listen(search, worker)
        _tell(search)


def _hire(search: _Search) -> None:
    number = search.number
    search.number += 1
    context = get_context("spawn")  # a child of a fork could not use CUDA
    ours, theirs = context.Pipe()
    job = replace(
        search.job,
        seed=search.job.seed + 7919 * number,  # a sampler with the same seed would draw the same
        gpu=number % search.gpus if search.gpus else None,
    )
    process = context.Process(target=work, args=(job, theirs))
    process.start()
    theirs.close()
    search.workers.append(_Worker(process, ours))


def _listen(search: _Search, worker: _Worker) -> None:
    """Take what a worker has said; one that died gets a successor."""
    gone = not worker.process.is_alive()  # asked first: what it said before it died counts
    try:
        while worker.pipe.poll():
            _take(search, worker, worker.pipe.recv())
    except (EOFError, OSError):
        gone = True
    if not gone or worker not in search.workers:
        return
    worker.process.join()
    search.workers.remove(worker)
    code = worker.process.exitcode
    if not worker.was_ready and code:
        raise ModelError(
            f"a worker ended as it began (exit code {code}): most likely there is no memory for"
            " the base; fewer --workers need less"
        )
    for sentence in give_back_lost(search.study):
        search.say(sentence)
    if code and _may_begin(search):
        _hire(search)


def _take(search: _Search, worker: _Worker, word: Word) -> None:
    if word.kind == "ready":
        worker.was_ready, worker.trial = True, None
        worker.asked = _may_begin(search)
        worker.pipe.send("go" if worker.asked else "end")
    elif word.kind == "began":
        worker.asked, worker.trial, worker.share, worker.loss = False, word.trial, 0.0, None
    elif word.kind == "step":
        worker.share, worker.loss = word.share, word.loss
    elif word.kind == "ended":
        worker.trial = None
        keep_best(search.study, search.job.folder, search.job.config)
        _tell(search, search.study.get_trials(deepcopy=False)[word.trial])
    elif word.kind == "sentence" and word.text not in search.said:
        search.said.add(word.text)
        search.say(word.text)
    elif word.kind == "failed":
        kind, _, sentence = word.text.partition(": ")
        raised: type[SqlwrightError] = getattr(errors, kind, ModelError)
        raise raised(sentence) if raised is not errors.MissingExtra else UsageError(sentence)


def _may_begin(search: _Search) -> bool:
    """Is another trial wanted, with those that run and those that have leave?"""
    from optuna.trial import TrialState

    if time.monotonic() > search.until:
        return False
    counted = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING)
    there = len(search.study.get_trials(deepcopy=False, states=counted))
    return there + sum(worker.asked for worker in search.workers) < search.trials


def _tell(search: _Search, ended: FrozenTrial | None = None) -> None:
    from optuna.trial import TrialState

    trials = search.study.get_trials(deepcopy=False)
    count = {state: sum(t.state == state for t in trials) for state in TrialState}
    running = tuple(
        (worker.trial, worker.share, worker.loss)
        for worker in search.workers
        if worker.trial is not None
    )
    search.tell(
        Standing(
            search.trials,
            count[TrialState.COMPLETE],
            count[TrialState.PRUNED],
            count[TrialState.FAIL],
            running,
            best_of(trials),
            ended,
            time.monotonic() - search.started,
        )
    )


def _stop(search: _Search) -> None:
    """End the workers that are left; their trials are tried again when the search goes on."""
    from optuna.trial import TrialState

    own = {worker.trial for worker in search.workers} - {None}
    for worker in search.workers:
        worker.process.kill()
        worker.process.join()
    for trial in search.study.get_trials(deepcopy=False) if own else ():
        if trial.number in own and trial.state == TrialState.RUNNING:
            give_back(search.study, trial, "the search was stopped", blame=False)
