"""Is the best really better? It and the config's own settings, trained anew with several seeds.

The best of many trials is partly the luckiest, and a lower loss is not always better SQL: so this
takes records that the search did not see, and where asked for judges answers by execution. The
settings that come out first are written to best.yaml. A run that is stopped goes on.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.checkpoints import write_json
from sqlwright.config import Config, replaced, write_config
from sqlwright.curve import Metrics
from sqlwright.data.records import digest, read_records
from sqlwright.data.split import crossing
from sqlwright.errors import DataError, UsageError
from sqlwright.tune.found import open_folder
from sqlwright.tune.space import with_chosen
from sqlwright.tune.trial import Pruned, Resident, Trained, run_trial
from sqlwright.validate import judged_answers

if TYPE_CHECKING:
    from optuna import Study
    from rich.table import Table

    from sqlwright.data.records import Record

_JUDGED = "no_difference"  # the name of the rate in `judged_answers`


@dataclass(frozen=True, slots=True)
class Row:
    """One choice of settings over all seeds.

    Attributes:
        losses: of the held-out answers, nats a token, one a seed.
        rates: shares of the judged answers by what they show, the mean of all seeds.
    """

    name: str
    losses: tuple[float, ...]
    seconds: float
    rates: dict[str, float]

    @property
    def mean(self) -> float:
        """Of the losses."""
        return statistics.fmean(self.losses)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The choices of settings, the best first, and where the best is written."""

    rows: tuple[Row, ...]
    records: int
    seen: bool
    config: str

    def as_dict(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self) | {"means": {row.name: row.mean for row in self.rows}}


def confirm(
    folder: Path,
    *,
    seeds: int = 3,
    best: int = 1,
    records: Path | None = None,
    answers: int = 0,
    storage: str | None = None,
    tell: Callable[..., None] = lambda done, of, words="": None,
) -> Confirmation:
    """Train the config's own settings and the best trials' with several seeds, and compare them.

    Args:
        best: how many of the best trials.
        records: held out from the search too; the search's own held-out records if None.
        answers: so many of the records are answered and judged by execution; then the share of
            answers that no difference was found for decides, and the loss where that is alike.

    Raises:
        UsageError: no study there, or none of its trials was finished.
        DataError: records that the search saw, or that do not fit.
    """
    study, original = open_folder(folder, storage)
    config = original
    if records is not None:
        _refuse_seen(config, records)
        config = replaced(
            config, {"data.validation": str(records), "data.validation_records": None}, "confirm"
        )
    choices = _choices(study, config, best)
    resident = Resident(config, _lengths(choices), lambda sentence: None)
    asked = resident.validation[:answers]
    kept = folder / "confirmed.json"
    about = {"records": digest(resident.validation), "answers": answers}
    done = _kept(kept, about)
    count = 0
    for name, chosen in choices.items():
        for seed in range(seeds):
            tell(count, len(choices) * seeds, f"{name}, seed {seed}")
            count += 1
            key = f"{name}, seed {seed}"
            if key not in done:
                done[key] = _train(resident, chosen, seed, asked, folder / "trials")
                write_json(kept, about | {"done": done})
    tell(count, count, "done")
    rows = [_row(name, [done[f"{name}, seed {seed}"] for seed in range(seeds)]) for name in choices]
    rows.sort(key=_order)
    place = {f"trial {t.number}": t.params for t in study.get_trials(deepcopy=False)}
    write_config(with_chosen(original, place.get(rows[0].name, {})), folder / "best.yaml")
    return Confirmation(
        tuple(rows), len(resident.held_out), records is None, str(folder / "best.yaml")
    )


def _order(row: Row) -> tuple[float, float]:
    """What was judged by execution goes first, then the loss."""
    return -row.rates.get(_JUDGED, 0.0), row.mean


def _refuse_seen(config: Config, path: Path) -> None:
    found = read_records(path, config.data.columns)
    for what, other in (
        ("trained on", config.data.train),
        ("searched with", config.data.validation),
    ):
        if other and crossing(read_records(other, config.data.columns), found):
            raise DataError(
                f"{path} shares query templates with {other}, which was {what}: give other records"
            )


def _choices(study: Study, config: Config, best: int) -> dict[str, Config]:
    complete = [t for t in study.get_trials(deepcopy=False) if t.state.name == "COMPLETE"]
    if not complete:
        raise UsageError(
            f"no trial of {study.study_name} was finished: there is nothing to confirm"
        )
    found = sorted(complete, key=lambda trial: (trial.value, trial.number))
    chosen = {f"trial {trial.number}": with_chosen(config, trial.params) for trial in found[:best]}
    return {"the config's own": config} | chosen


def _lengths(choices: dict[str, Config]) -> list[int]:
    return [config.train.max_seq_length for config in choices.values()]


def _kept(path: Path, about: dict[str, Any]) -> dict[str, Any]:
    """What an earlier run of the same question has trained already."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    same = all(kept.get(name) == value for name, value in about.items())
    return dict(kept.get("done", {})) if same else {}


def _train(
    resident: Resident, config: Config, seed: int, asked: Sequence[Record], folder: Path
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    config = replaced(config, {"train.seed": seed}, "confirm")

    def use(trained: Trained) -> None:
        found.update(loss=trained.loss, seconds=trained.seconds, rates={})
        if asked:
            lines = Metrics(folder / "confirmed_answers.jsonl")
            family = config.model.family
            found["rates"] = judged_answers(
                trained.model, resident.tokenizer, family, asked, trained.steps, lines
            )

    try:
        run_trial(resident, config, folder / "confirmed.jsonl", use=use)
    except Pruned as why:
        raise UsageError(f"a training with seed {seed} did not end well: {why}") from None
    return found


def _row(name: str, done: Sequence[dict[str, Any]]) -> Row:
    rates = {
        rate: statistics.fmean(one["rates"][rate] for one in done)
        for rate in done[0]["rates"]
        if all(rate in one["rates"] for one in done)
    }
    losses = tuple(float(one["loss"]) for one in done)
    return Row(name, losses, sum(float(one["seconds"]) for one in done), rates)


def table(done: Confirmation) -> Table:
    """The comparison for the terminal."""
    from rich.table import Table

    where = (
        "the records of the search itself" if done.seen else "records that the search did not see"
    )
    shown = Table(title=f"{done.records} held-out records: {where}")
    rates = list(done.rows[0].rates)
    for name in ("settings", "loss", "each seed", *(rate.replace("_", " ") for rate in rates)):
        shown.add_column(name, justify="left" if name == "settings" else "right")
    for row in done.rows:
        each = " ".join(f"{loss:.4f}" for loss in row.losses)
        shares = [f"{row.rates[rate]:.0%}" for rate in rates]
        shown.add_row(row.name, f"{row.mean:.4f}", each, *shares)
    return shown
