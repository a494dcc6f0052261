"""A study for people who look: five pictures, and one HTML page that needs no other file."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.errors import UsageError
from sqlwright.tune import plots
from sqlwright.tune.found import open_folder
from sqlwright.tune.table import outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from optuna import Study
    from optuna.trial import FrozenTrial

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "img{max-width:100%}table{border-collapse:collapse;font-size:13px;display:block;overflow-x:auto}"
    "td,th{border:1px solid #ddd;padding:2px 6px;text-align:right;white-space:nowrap}"
    "tr.best{background:#ffedd5}tr.pruned,tr.fail{color:#777}th{background:#f6f6f6}"
)
_WORDS = {
    "history": "Each trial's loss, and the best so far",
    "importances": "Which settings made the difference",
    "parallel": "Settings of the complete trials: the darker a line, the lower its loss",
    "slices": "The loss against each setting",
    "prunings": "Losses on the way, and where trials were pruned",
}


def report(folder: Path, out: Path, storage: str | None = None) -> dict[str, Any]:
    """Draw the study of a folder; names what was written.

    Raises:
        UsageError: there is no study there, or no trial was finished.
    """
    study, _ = open_folder(folder, storage)
    trials = study.get_trials(deepcopy=False)
    complete, _ = plots.split(trials)
    if not complete:
        raise UsageError(f"no trial of {folder} was finished: there is nothing to draw yet")
    out.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Figure] = {"history": plots.history(trials)}
    if found := _importances(study):
        figures["importances"] = plots.importances(found)
    figures["prunings"] = plots.prunings(trials)
    if plots.scales(complete):
        figures["parallel"] = plots.parallel(trials)
        figures["slices"] = plots.slices(trials)
    pictures = []
    for name, figure in figures.items():
        figure.savefig(out / f"{name}.png", dpi=110)
        pictures.append(out / f"{name}.png")
    page = out / "report.html"
    page.write_text(_page(study, trials, pictures), encoding="utf-8")
    return {
        "page": str(page),
        "pictures": [str(picture) for picture in pictures],
        "trials": len(trials),
        "importances": found,
    }


def _importances(study: Study) -> Mapping[str, float]:
    """None of them where a single trial, or trials all alike, tell nothing."""
    import optuna

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = optuna.importance.get_param_importances(study)
        except (ValueError, RuntimeError):
            return {}
    return {name: share for name, share in found.items() if share == share}


def _page(study: Study, trials: Sequence[FrozenTrial], pictures: Sequence[Path]) -> str:
    complete, pruned = plots.split(trials)
    best = study.best_trial
    shown = "".join(
        f"<h2>{_WORDS[path.stem]}</h2>"
        f'<img alt="{path.stem}" src="data:image/png;base64,'
        f'{base64.b64encode(path.read_bytes()).decode()}">'
        for path in pictures
    )
    settings = "".join(
        f"<tr><td>{escape(name)}</td><td>{_shown(value)}</td></tr>"
        for name, value in best.params.items()
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<title>{escape(study.study_name)}</title>"
        f"<style>{_STYLE}</style><h1>The study {escape(study.study_name)}</h1>"
        f"<p>{len(complete)} trials complete, {len(pruned)} pruned. The lowest held-out loss is"
        f" {best.value:.4f} nats a token, of trial {best.number}:</p>"
        f"<table>{settings}</table>{shown}<h2>Every trial</h2>{_trials(trials, best.number)}</html>"
    )


def _trials(trials: Sequence[FrozenTrial], best: int) -> str:
    names = list(dict.fromkeys(name for trial in trials for name in trial.params))
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    rows = []
    for trial in trials:
        kind = "best" if trial.number == best else trial.state.name.lower()
        cells = "".join(f"<td>{_shown(trial.params.get(name, ''))}</td>" for name in names)
        loss = "" if trial.value is None else f"{trial.value:.4f}"
        ended = outcome(trial) if trial.state.is_finished() else trial.state.name.lower()
        rows.append(
            f"<tr class={kind}><td>{trial.number}</td><td>{loss}</td>{cells}"
            f"<td>{escape(ended)}</td></tr>"
        )
    return f"<table><tr><th>trial<th>loss{head}<th>what became of it</tr>{''.join(rows)}</table>"


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else escape(str(value))
