"""Whose folder is it: a new training's, one's that was killed and goes on, or a finished one's?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlwright.config import Config, changed, load_config, write_config
from sqlwright.errors import ConfigError, UsageError


def claim(folder: Path, config: Config, digests: Mapping[str, str]) -> Path | None:
    """The checkpoint to go on from, or None; the folder is this training's from here on.

    Args:
        digests: of the records, by what they are for; other records are another training.

    Raises:
        UsageError: the folder holds a finished adapter.
        ConfigError: it holds checkpoints of a training with other settings or records.
    """
    if (folder / "training.json").exists():
        raise UsageError(
            f"{folder} holds a finished adapter: give another train.output_dir, or delete it"
        )
    checkpoint = last_checkpoint(folder)
    if checkpoint:
        try:
            same_data = json.loads((folder / "data.json").read_text()) == digests
            differences = changed(load_config(folder / "config.yaml"), config)
        except (OSError, ValueError) as error:
            raise ConfigError(f"{folder} has checkpoints and no settings: delete it") from error
        differences = [item for item in differences if not item.startswith("train.output_dir")]
        if differences or not same_data:
            what = ", ".join(differences) or "other records"
            raise ConfigError(
                f"{folder} holds checkpoints of another training ({what}):"
                " give another train.output_dir, or delete it"
            )
        return checkpoint
    folder.mkdir(parents=True, exist_ok=True)
    write_config(config, folder / "config.yaml")
    write_json(folder / "data.json", digests)
    return None


def last_checkpoint(folder: Path) -> Path | None:
    """The newest whole checkpoint: trainer_state.json is written last, a killed save lacks it."""
    for path in sorted(folder.glob("checkpoint-*"), key=step_of, reverse=True):
        try:
            json.loads((path / "trainer_state.json").read_text())
        except (OSError, ValueError):
            continue
        return path
    return None


def step_of(checkpoint: Path | None) -> int:
    """The step after which a checkpoint was written; 0 where there is none."""
    number = checkpoint.name.rpartition("-")[2] if checkpoint else "0"
    return int(number) if number.isdigit() else -1


def write_json(path: Path, value: Any) -> None:
    """Write a JSON file; a reader sees the old file or the new one, never a part."""
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)
