"""Settings of a training: frozen models read from YAML, refused with a hint when a name is unknown.

A config file is whole: nothing is inherited from another file. `section.key=value` on the command
line replaces one setting. Every field says what it does and in which range it may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, NoReturn

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sqlwright.errors import ConfigError, did_you_mean


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False, allow_inf_nan=False)


class ModelSection(_Section):
    """The base model."""

    path: str = Field(description="`mini`, a local folder, or a name on the hub")
    family: Literal["mini", "sqlcoder-7b", "sqlcoder-7b-2", "chat"] = Field(
        default="mini", description="which prompt the model reads and writes"
    )
    revision: str | None = Field(
        default=None, description="commit of the hub's repository; a local folder has none"
    )
    quantization: Literal["none", "nf4"] = Field(
        default="none",
        description="nf4: hold the base in 4 bits (QLoRA: Dettmers et al. 2023); bitsandbytes",
    )


class DataSection(_Section):
    """The records."""

    train: str = Field(
        description="records to train on: JSONL, JSON, CSV, Parquet or the folder of a dataset"
    )
    validation: str | None = Field(
        default=None, description="held-out records, of which `eval_loss` is taken"
    )
    columns: dict[str, str] = Field(
        default_factory=dict,
        description="other names that columns have in these files, as `output: better_sql`",
    )
    validation_records: int | None = Field(
        default=None, ge=1, description="so many of them, from the first; all if it is empty"
    )
    too_long: Literal["refuse", "drop", "split"] = Field(
        default="refuse",
        description="what happens to records that do not fit `train.max_seq_length`; split: parts"
        " in which each token of the answer is trained on once, after what goes before it",
    )


class LoraSection(_Section):
    """The adapter (LoRA: Hu et al. 2021)."""

    r: int = Field(default=16, ge=1, le=1024, description="rank of the two adapter matrices")
    alpha: float = Field(
        default=16, gt=0, le=4096, description="the adapter is scaled by alpha / r"
    )
    dropout: float = Field(default=0.0, ge=0, lt=1, description="dropout on the adapter's input")
    target_modules: Literal["all-linear", "attention", "mlp"] | tuple[str, ...] = Field(
        default="all-linear", description="layers that get an adapter; a list gives their names"
    )
    use_dora: bool = Field(
        default=False,
        description="train magnitude and direction apart (DoRA: Liu et al. 2024); slower",
    )
    use_rslora: bool = Field(
        default=False, description="scale by alpha / sqrt(r) (rsLoRA: Kalajdzievski 2023)"
    )
    init: Literal["zero", "loftq"] = Field(
        default="zero",
        description="how the adapter starts: it changes nothing (zero), or it makes up for what"
        " 4 bits lose (loftq: Li et al. 2023; needs CUDA)",
    )


class TrainSection(_Section):
    """The training itself."""

    output_dir: str = Field(description="folder of the adapter, its checkpoints and its figures")
    learning_rate: float = Field(default=2e-4, gt=0, le=1, description="highest learning rate")
    weight_decay: float = Field(default=0.0, ge=0, le=1, description="decoupled weight decay")
    num_train_epochs: float = Field(default=1.0, gt=0, le=1000, description="passes over the data")
    max_steps: int | None = Field(
        default=None, ge=1, description="stop after so many steps; before `num_train_epochs`"
    )
    max_minutes: float | None = Field(
        default=None, gt=0, description="stop after so many minutes; the schedule ends there too"
    )
    lr_scheduler_type: Literal["linear", "cosine", "constant"] = Field(
        default="cosine", description="how the learning rate falls after the warm-up"
    )
    warmup_ratio: float = Field(
        default=0.03, ge=0, lt=1, description="share of the training in which the rate rises"
    )
    warmup_steps: int | None = Field(
        default=None, ge=0, description="steps in which the rate rises; instead of `warmup_ratio`"
    )
    optim: Literal["adamw_torch", "adamw_bnb_8bit", "paged_adamw_32bit"] = Field(
        default="adamw_torch", description="optimizer; the last two need bitsandbytes"
    )
    per_device_train_batch_size: int = Field(
        default=4, ge=1, le=4096, description="records computed at once"
    )
    gradient_accumulation_steps: int = Field(
        default=1, ge=1, le=4096, description="batches whose gradients make one step"
    )
    precision: Literal["auto", "bf16", "fp16", "fp32"] = Field(
        default="auto", description="auto: bf16 where the device computes it fast, else fp32"
    )
    gradient_checkpointing: bool = Field(
        default=False, description="compute activations twice to save memory"
    )
    max_grad_norm: float = Field(default=1.0, ge=0, description="clip gradients; 0 never clips")
    max_seq_length: int = Field(
        default=1024, ge=16, le=1_048_576, description="tokens of prompt and answer together"
    )
    packing: bool = Field(
        default=False, description="put several records into one row; they do not see each other"
    )
    seed: int = Field(default=0, ge=0, lt=2**32, description="of order and initial adapter")
    dataloader_num_workers: int = Field(
        default=0, ge=0, le=256, description="processes that prepare batches"
    )
    save_steps: int = Field(default=100, ge=1, description="steps between two checkpoints")
    eval_steps: int = Field(
        default=0, ge=0, description="steps between two validations; 0: only at the end"
    )
    eval_answers: int = Field(
        default=0,
        ge=0,
        description="held-out records that are answered and judged at each validation",
    )
    early_stopping_patience: int | None = Field(
        default=None,
        ge=1,
        description="stop after so many validations without a lower loss; the best adapter is kept",
    )
    report_to: tuple[Literal["tensorboard", "trackio", "mlflow", "wandb"], ...] = Field(
        default=(),
        description="trackers that get each figure too; wandb sends them to its servers",
    )


class Config(_Section):
    """One training: base model, records, adapter, and how it is trained."""

    model: ModelSection
    data: DataSection
    lora: LoraSection = Field(default_factory=LoraSection)
    train: TrainSection


SECTIONS: dict[str, type[_Section]] = {
    "model": ModelSection,
    "data": DataSection,
    "lora": LoraSection,
    "train": TrainSection,
}


def load_config(path: str | Path, overrides: Sequence[str] = ()) -> Config:
    """The config in a YAML file, with each `section.key=value` of `overrides` in its place.

    Raises:
        ConfigError: names the file or the override, the key, and what it may be.
    """
    try:
        values = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8 text") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: holds no sections; it needs {', '.join(SECTIONS)}")
    _check_names(values, str(path))
    sections = {name: dict(section or {}) for name, section in values.items()}
    for override in overrides:
        section, key, value = _read_override(override)
        sections.setdefault(section, {})[key] = value
    return _build(sections, str(path))


def replaced(config: Config, values: Mapping[str, Any], where: str) -> Config:
    """The config with other values for some settings, by `section.key`.

    Raises:
        ConfigError: a value that a setting cannot have; `where` names its place.
    """
    sections = config.model_dump()
    for name, value in values.items():
        section, _, key = name.partition(".")
        sections[section][key] = value
    return _build(sections, where)


def value_of(config: Config, name: str) -> Any:
    """The value of the setting `section.key`."""
    section, _, key = name.partition(".")
    return getattr(getattr(config, section), key)


def write_config(config: Config, path: str | Path) -> None:
    """Write the whole config as YAML; `load_config` reads it back equal."""
    values = config.model_dump(mode="json")
    Path(path).write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")


def settings() -> Iterator[tuple[str, str, str]]:
    """Every setting as (section.key, default or 'required', what it does), for the docs."""
    for section, model in SECTIONS.items():
        for key, field in model.model_fields.items():
            value = field.get_default(call_default_factory=True)
            default = "required" if field.is_required() else str(value)
            yield f"{section}.{key}", default, field.description or ""


def changed(one: Config, other: Config) -> list[str]:
    """The settings in which two configs differ, as `section.key (this, that)`."""
    left, right = one.model_dump(), other.model_dump()
    return [
        f"{section}.{key} ({left[section][key]}, {right[section][key]})"
        for section in SECTIONS
        for key in left[section]
        if left[section][key] != right[section][key]
    ]


def check_setting(name: str, where: str) -> None:
    """Refuse what is no `section.key`.

    Raises:
        ConfigError: names the nearest setting.
    """
    section, dot, key = name.partition(".")
    if dot and section in SECTIONS:
        _check_key(section, key, where)
    else:
        _unknown(name, key if dot else name, "every setting is in docs/settings.md", where)


def _check_names(values: Mapping[Any, Any], where: str) -> None:
    for section, content in values.items():
        if section not in SECTIONS:
            hint = did_you_mean(str(section), SECTIONS)
            raise ConfigError(f"{where}: unknown section {section}.{hint}")
        if content is not None and not isinstance(content, dict):
            raise ConfigError(f"{where}: section {section} holds no settings")
        for key in content or {}:
            _check_key(section, str(key), where)


# what other trainers' settings are here, where their names alone would not tell
_ELSEWHERE = {
    "fp16": "train.precision: bf16, fp16, fp32 or auto, one of them",
    "bf16": "train.precision: bf16, fp16, fp32 or auto, one of them",
    "load_in_4bit": "model.quantization: nf4 or none",
    "load_in_8bit": "model.quantization: nf4 or none",
    "max_length": "train.max_seq_length",
    "max_seq_len": "train.max_seq_length",
    "epochs": "train.num_train_epochs",
    "lr": "train.learning_rate",
    "batch_size": "train.per_device_train_batch_size",
    "scheduler": "train.lr_scheduler_type",
    "optimizer": "train.optim",
    "init_lora_weights": "lora.init: zero or loftq",
    "activation_checkpointing": "train.gradient_checkpointing",
    "rank": "lora.r",
    "base_model": "model.path",
    "model_name": "model.path",
    "dataset": "data.train",
}


def _check_key(section: str, key: str, where: str) -> None:
    if key in SECTIONS[section].model_fields:
        return
    others = ", ".join(SECTIONS[section].model_fields)
    _unknown(f"{section}.{key}", key, f"{section} has {others}", where)


def _unknown(name: str, key: str, others: str, where: str) -> NoReturn:
    if here := _ELSEWHERE.get(key.lower()):
        raise ConfigError(f"{where}: unknown setting {name}. Here it is {here}.")
    # known by its key alone (it may stand in another section), and as others spell it: `lora_r`
    every = [name for name, _, _ in settings()]
    known = {name.replace(".", "_"): name for name in every}
    known |= {name.partition(".")[2]: name for name in reversed(every)}
    near = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
    hint = f"Did you mean {known[near[0]]}?" if near else f"{others}."
    raise ConfigError(f"{where}: unknown setting {name}. {hint}")


def _read_override(override: str) -> tuple[str, str, Any]:
    name, equals, text = override.partition("=")
    section, dot, key = name.strip().partition(".")
    if not equals or not dot:
        raise ConfigError(f"{override}: an override is written section.key=value")
    if section not in SECTIONS:
        hint = did_you_mean(section, SECTIONS)
        raise ConfigError(f"{override}: unknown section {section}.{hint}")
    _check_key(section, key, override)
    try:
        return section, key, yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{override}: {text} is not a YAML value") from error


def _build(sections: Mapping[str, Any], where: str) -> Config:
    try:
        return Config.model_validate(sections)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][:2])
        what = "is missing" if first["type"] == "missing" else _reason(first)
        raise ConfigError(f"{where}: {name} {what}") from error


def _reason(error: Mapping[str, Any]) -> str:
    message = str(error["msg"]).removeprefix("Input ").removeprefix("Value error, ")
    return f"{message} (it is {error['input']!r})"
