"""What a study has found so far: its best trial, best.yaml, and the one adapter that is kept."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.config import Config, load_config, write_config
from sqlwright.errors import UsageError
from sqlwright.tune.space import with_chosen
from sqlwright.tune.studies import load_study, open_storage
from sqlwright.tune.worker import adapter_folder

if TYPE_CHECKING:
    from optuna import Study
    from optuna.trial import FrozenTrial


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to.

    Attributes:
        first: the held-out loss of the config's own values, None where they were not tried.
    """

    folder: str
    study: str
    complete: int
    pruned: int
    lost: int
    seconds: float
    best: int
    loss: float
    first: float | None
    chosen: dict[str, Any]
    config: str
    adapter: str | None


def best_of(trials: Sequence[FrozenTrial]) -> FrozenTrial | None:
    """The complete trial with the lowest loss, of equals the first."""
    complete = [trial for trial in trials if trial.state.name == "COMPLETE"]
    return min(complete, key=lambda trial: (trial.value, trial.number), default=None)


def keep_best(study: Study, folder: Path, config: Config) -> None:
    """Write best.yaml, and leave no adapter of a trial that ended but the best one's."""
    # one view for both questions: a trial that ends meanwhile may be better than this best
    trials = study.get_trials(deepcopy=False)
    best = best_of(trials)
    if best is None:
        return
    write_config(with_chosen(config, best.params), folder / "best.yaml")
    for trial in trials:
        if trial.state.is_finished() and trial.number != best.number:
            shutil.rmtree(adapter_folder(folder, trial.number), ignore_errors=True)


def summary(study: Study, folder: Path, config: Config, seconds: float) -> Found:
    """What the search came to.

    Raises:
        UsageError: no trial was finished.
    """
    from optuna.trial import TrialState

    trials = study.get_trials(deepcopy=False)
    best = best_of(trials)
    if best is None:
        reasons = [t.user_attrs["reason"] for t in trials if "reason" in t.user_attrs]
        why = f"; the last one was pruned: {reasons[-1]}" if reasons else ""
        raise UsageError(
            f"no trial of {folder.name} was finished, so there is no best one{why}: give more"
            " --trials or more time"
        )
    keep_best(study, folder, config)
    own = [
        t for t in trials if t.user_attrs.get("known") == "own" and t.state == TrialState.COMPLETE
    ]
    adapter = adapter_folder(folder, best.number)
    return Found(
        str(folder),
        study.study_name,
        sum(t.state == TrialState.COMPLETE for t in trials),
        sum(t.state == TrialState.PRUNED for t in trials),
        sum(t.state == TrialState.FAIL for t in trials),
        round(seconds, 1),
        best.number,
        float(best.value or 0.0),
        float(own[0].value or 0.0) if own else None,
        dict(best.params),
        str(folder / "best.yaml"),
        str(adapter) if adapter.exists() else None,
    )


def open_folder(folder: Path, storage: str | None) -> tuple[Study, Config]:
    """The study of a folder and the config it began with.

    Raises:
        UsageError: the folder is of no study.
    """
    try:
        kept = json.loads((folder / "study.json").read_text(encoding="utf-8"))
        where = storage or str(kept["storage"])
    except (OSError, ValueError, KeyError):
        raise UsageError(
            f"{folder} is no study: it is the folder that tune --study named"
        ) from None
    return load_study(open_storage(where), folder.name), load_config(folder / "config.yaml")
