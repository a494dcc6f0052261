"""Trials of a search on a base that stays loaded, against a new process for each.

    python benchmarks/resident.py [--folder /tmp/resident] [--out FILE.json] [--base sqlcoder-7b]
                                  [--trials 4] [--steps 10] [--kind 16 ...]

Random weights of the published shape on one GPU. The same trials twice: one `sqlwright tune` of
them all, and one `sqlwright tune` for each alone, whole commands both times. Prints seconds a trial
both ways, their ratio, and how far the losses of the two ways are apart.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from full_size import BASES, KINDS, ROOT, made, make_base

from sqlwright.data.records import write_records

RATES = (1e-4, 2e-4, 4e-4, 8e-4, 3e-4, 6e-4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, default=Path("/tmp/resident"))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--base", choices=BASES, default="sqlcoder-7b")
    parser.add_argument("--trials", type=int, default=4, choices=range(2, len(RATES) + 1))
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--kind", choices=KINDS, action="append")
    options = parser.parse_args()
    folder = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    write_records(made(200), folder / "train.jsonl")
    write_records(made(16, " AND column_0 = 7"), folder / "validation.jsonl")
    base = folder / options.base
    if not base.exists():
        make_base(BASES[options.base], base)
    rates = RATES[: options.trials]
    rows = []
    for kind in options.kind or ("16", "4"):
        settings = [
            f"model.path={base}", *KINDS[kind], f"data.train={folder}/train.jsonl",
            f"data.validation={folder}/validation.jsonl", f"train.output_dir={folder}/adapter",
            f"train.max_steps={options.steps}", "train.max_seq_length=2048",
        ]  # fmt: skip
        command = [sys.executable, "-m", "sqlwright", "tune",
                   str(ROOT / "configs" / f"{options.base}.yaml"), *settings]  # fmt: skip
        seconds, losses = searched(command, folder, rates)
        alone = [searched(command, folder, [rate]) for rate in rates]
        apart = [took for took, _ in alone]
        differences = [
            abs(losses[rate] - found[rate]) for (_, found), rate in zip(alone, rates, strict=True)
        ]
        rows.append(
            {
                "base": options.base,
                "kind": kind,
                "trials": len(rates),
                "steps": options.steps,
                "resident": round(seconds / len(rates), 1),
                "new_process": round(sum(apart) / len(rates), 1),
                "ratio": round(sum(apart) / seconds, 2),
                "largest_difference": max(differences),
                "losses": losses,
            }
        )
        print(json.dumps(rows[-1]), flush=True)
        if options.out:
            options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print("base            bits  seconds a trial: resident  new process  ratio  losses apart")
    for row in rows:
        print(
            f"{row['base']:14} {row['kind']:>5}  {row['resident']:>25} {row['new_process']:>12}"
            f" {row['ratio']:>6}  {row['largest_difference']:.1g}"
        )


def searched(command: list[str], folder: Path, rates: Any) -> tuple[float, dict[float, float]]:
    """(seconds of the whole command, the held-out loss by learning rate)."""
    study = folder / "study"
    shutil.rmtree(study, ignore_errors=True)
    space = folder / "space.yaml"
    # the config's own is the first, and then those that are named
    text = {"pruner": "none", "first": [{"train.learning_rate": rate} for rate in rates[1:]],
            "space": {"train.learning_rate": {"values": list(rates)}}}  # fmt: skip
    space.write_text(json.dumps(text), encoding="utf-8")
    start = time.perf_counter()
    subprocess.run(
        [*command, f"train.learning_rate={rates[0]}", "--trials", str(len(rates)), "--study",
         str(study), "--space", str(space)],
        check=True,
    )  # fmt: skip
    seconds = time.perf_counter() - start
    from sqlwright.tune.found import open_folder

    trials = open_folder(study, None)[0].get_trials()
    return seconds, {t.params["train.learning_rate"]: float(t.value or "nan") for t in trials}


if __name__ == "__main__":
    main()
