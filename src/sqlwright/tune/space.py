"""What a search may try: a YAML file that names the settings of a training, with their ranges.

The file is resolved against one config on one machine: what the device cannot do, and what stands
under a condition that cannot hold there, is left out and said; what is wrong is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sqlwright.bases import check_settings, read_shape
from sqlwright.config import Config, check_setting, replaced, value_of
from sqlwright.errors import ConfigError, MissingExtra, did_you_mean

SHIPPED = (
    Path(__file__).parent / "tune.yaml",
    Path(__file__).parents[3] / "configs" / "tune.yaml",
)
RATIO = "lora.alpha / lora.r"
SEARCHABLE = (
    "lora.r", "lora.alpha", RATIO, "lora.dropout", "lora.target_modules", "lora.use_rslora",
    "lora.use_dora", "lora.init", "train.learning_rate", "train.weight_decay",
    "train.num_train_epochs", "train.lr_scheduler_type", "train.warmup_ratio",
    "train.warmup_steps", "train.optim", "train.per_device_train_batch_size",
    "train.gradient_accumulation_steps", "train.precision", "train.gradient_checkpointing",
    "train.max_grad_norm", "train.max_seq_length", "train.packing", "train.seed",
    "train.dataloader_num_workers",
)  # fmt: skip
# a setting that another one makes idle, and the value of the other under which it counts
_IDLE = {
    "train.warmup_ratio": ("train.warmup_steps", None),
    "train.num_train_epochs": ("train.max_steps", None),
}


class Range(BaseModel):
    """One setting of the file: its values, or its range, and when it is searched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    values: tuple[Any, ...] | None = Field(default=None, description="each one that may be")
    low: float | None = Field(default=None, description="the least value")
    high: float | None = Field(default=None, description="the greatest value")
    log: bool = Field(default=False, description="draw it on a logarithmic scale")
    step: float | None = Field(default=None, gt=0, description="only values so far apart")
    when: dict[str, Any] = Field(
        default_factory=dict,
        description="search it only where these settings, or `device`, have these values",
    )


class Tuning(BaseModel):
    """A search: how it draws and prunes, and the space."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    sampler: Literal["tpe", "random"] = Field(default="tpe", description="how a trial is drawn")
    pruner: Literal["median", "percentile", "successive-halving", "hyperband", "none"] = Field(
        default="median", description="when a trial is stopped before its end"
    )
    startup_trials: int = Field(
        default=8, ge=1, description="so many are drawn at random, and none of them is pruned"
    )
    prune_at: tuple[float, ...] = Field(
        default=(0.25, 0.5, 0.75), description="shares of a training at which it is compared"
    )
    trial_minutes: float | None = Field(
        default=None, gt=0, description="a trial that takes longer is pruned"
    )
    first: tuple[dict[str, Any], ...] = Field(
        default=(),
        description="values that are known to be good: tried first, after the config's own",
    )
    space: dict[str, Range] = Field(description="the settings that are searched")


@dataclass(frozen=True, slots=True)
class Axis:
    """One setting as it is searched here.

    Attributes:
        values: of a choice; a list of layers is a text with commas (Optuna takes plain values).
        low, high: of a range, both included; `whole` where only whole numbers count.
        when: settings, axes above this one or "device", and the values they must have.
    """

    name: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    step: float | None = None
    whole: bool = False
    when: tuple[tuple[str, tuple[Any, ...]], ...] = ()

    def __str__(self) -> str:
        if self.values:
            return ", ".join(str(value) for value in self.values)
        return f"{self.low:g} to {self.high:g}" + (" (log)" if self.log else "")

    def holds(self, value: Any) -> bool:
        """Is that a value of this axis?"""
        if self.values:
            return value in self.values
        return isinstance(value, int | float) and self.low <= value <= self.high


def read_tuning(path: Path | None) -> Tuning:
    """The search that a file describes; the shipped one for None.

    Raises:
        ConfigError: names the file, the setting, and what it may be.
    """
    path = path or next(found for found in SHIPPED if found.exists())
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: is not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(values, dict) or not isinstance(values.get("space"), dict):
        raise ConfigError(f"{path}: holds no space: it names settings and their values there")
    for name in values:
        if name not in Tuning.model_fields:
            hint = did_you_mean(str(name), Tuning.model_fields)
            raise ConfigError(f"{path}: unknown setting {name}.{hint}")
    for name, content in values["space"].items():
        _check_axis_names(str(name), content, path)
    try:
        found = Tuning.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {name}: {first['msg']} (it is {first['input']!r})") from None
    shares = found.prune_at
    if list(shares) != sorted({*shares}) or any(not 0 < share < 1 for share in shares):
        raise ConfigError(f"{path}: prune_at takes rising shares between 0 and 1, as 0.25, 0.5")
    return found


def _check_axis_names(name: str, content: Any, path: Path) -> None:
    if name not in SEARCHABLE:
        check_setting(name, str(path))
        raise ConfigError(
            f"{path}: {name} is not searched: it stays as the config has it. Searched are"
            f" {', '.join(SEARCHABLE)}"
        )
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: {name} needs values, or low and high")
    for key in content:
        if key not in Range.model_fields:
            hint = did_you_mean(str(key), Range.model_fields)
            raise ConfigError(f"{path}: {name} has an unknown key {key}.{hint}")


def resolve(tuning: Tuning, config: Config, say: Callable[[str], None]) -> tuple[Axis, ...]:
    """The axes of the space for this config on this machine, in the file's order.

    Args:
        say: told in one sentence each what was left out, and why.

    Raises:
        ConfigError: an empty or reversed range, a value that a setting cannot have, a condition
            that can never hold, an axis that would change nothing.
    """
    axes: dict[str, Axis] = {}
    for name, found in tuning.space.items():
        if not _may_count(name, found, config, tuning, axes):
            say(f"{name} is not searched: its condition does not hold for this config here")
            continue
        axis = _axis(name, found, config, axes)
        if axis.values:
            kept = tuple(v for v in axis.values if _can_be(name, v, config, say))
            if not kept:
                continue
            axis = _with_values(axis, kept)
        axes[name] = axis
    if RATIO in axes and "lora.alpha" in axes:
        raise ConfigError(f"the space has both lora.alpha and {RATIO}: keep one of them")
    if not axes:
        raise ConfigError("the space is empty here: nothing in it can be searched")
    _check_with_base(axes, config)
    return tuple(axes.values())


def _with_values(axis: Axis, values: tuple[Any, ...]) -> Axis:
    return Axis(axis.name, values=values, when=axis.when)


def _axis(name: str, found: Range, config: Config, above: Mapping[str, Axis]) -> Axis:
    when = tuple((key, _wanted(key, value, config)) for key, value in found.when.items())
    if found.values is not None:
        if found.low is not None or found.high is not None:
            raise ConfigError(f"{name} has values and a range: keep one of them")
        if not found.values:
            raise ConfigError(f"{name} has no values: name one at least, or delete it")
        values = [_plain(_checked(name, value, config)) for value in found.values]
        return Axis(name, values=tuple(dict.fromkeys(values)), when=when)
    if found.low is None or found.high is None:
        raise ConfigError(f"{name} needs values, or low and high")
    if found.low >= found.high:
        what = "reversed" if found.low > found.high else "empty"
        raise ConfigError(
            f"{name}: the range from {found.low:g} to {found.high:g} is {what}: low must be below"
            " high; a single value belongs into the config"
        )
    if found.log and found.low <= 0:
        raise ConfigError(f"{name}: a logarithmic range begins above 0, and low is {found.low:g}")
    if found.log and found.step:
        raise ConfigError(f"{name}: a logarithmic range has no step: keep one of them")
    ends = [_checked(name, end, config) for end in (found.low, found.high)]
    if not all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends):
        raise ConfigError(f"{name} is no number: give its values")
    whole = all(isinstance(end, int) for end in ends)
    low, high = ends
    return Axis(name, low=low, high=high, log=found.log, step=found.step, whole=whole, when=when)


def _checked(name: str, value: Any, config: Config) -> Any:
    """The value as the setting holds it, refused where it cannot."""
    if name == RATIO:
        alpha = _number(value) * config.lora.r
        replaced(config, {"lora.alpha": alpha}, f"space: {RATIO}")
        return _number(value)
    whole = isinstance(value, float) and value.is_integer()
    held = replaced(config, {name: int(value) if whole else value}, f"space: {name}")
    return value_of(held, name)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ConfigError(f"space: {RATIO} takes numbers, and {value!r} is none") from None


def _plain(value: Any) -> Any:
    """As Optuna keeps it: layers by their names with commas."""
    return ",".join(value) if isinstance(value, tuple) else value


def _held(name: str, value: Any) -> Any:
    """As the config keeps it."""
    layers = name == "lora.target_modules" and value not in ("all-linear", "attention", "mlp")
    return tuple(value.split(",")) if layers else value


def _wanted(key: str, value: Any, config: Config) -> tuple[Any, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    return tuple(v if key == "device" else _plain(_checked(key, v, config)) for v in values)


def _may_count(
    name: str, found: Range, config: Config, tuning: Tuning, above: Mapping[str, Axis]
) -> bool:
    """Can the axis' condition hold for this config here?"""
    for key, value in found.when.items():
        if key in tuning.space and key not in above:
            after = list(tuning.space).index(key) >= list(tuning.space).index(name)
            if after:
                raise ConfigError(f"{name} hangs on {key}, which must stand above it in the space")
        if key not in (*SEARCHABLE, "device"):
            check_setting(key, f"space: {name}: when")
        wanted = _wanted(key, value, config)
        if key in above:
            if not any(above[key].holds(v) for v in wanted):
                shown = ", ".join(str(v) for v in wanted)
                raise ConfigError(
                    f"{name} is searched when {key} is {shown}, and it can only be {above[key]}:"
                    " that condition never holds"
                )
        elif _now(key, config) not in wanted:
            return False
    idle = _IDLE.get(name)
    if idle and idle[0] not in tuning.space and value_of(config, idle[0]) != idle[1]:
        raise ConfigError(
            f"{name} changes nothing while {idle[0]} is {value_of(config, idle[0])}: delete one of"
            " them"
        )
    return True


def _now(key: str, config: Config) -> Any:
    """What the config, or this machine, has for a key of a condition."""
    if key == "device":
        import torch

        return "cuda" if torch.cuda.is_available() else "cpu"
    if key == RATIO:
        return config.lora.alpha / config.lora.r
    return _plain(value_of(config, key))


def _can_be(name: str, value: Any, config: Config, say: Callable[[str], None]) -> bool:
    """Can this machine train with that value?"""
    if name == RATIO:
        return True
    try:
        check_settings(replaced(config, {name: _held(name, value)}, f"space: {name}"))
    except (ConfigError, MissingExtra) as error:
        say(f"{name} {value} is left out: {error}")
        return False
    return True


def _check_with_base(axes: Mapping[str, Axis], config: Config) -> None:
    """Refuse layers that the base does not have, and more tokens than it reads."""
    for name in ("lora.target_modules", "train.max_seq_length"):
        axis = axes.get(name)
        for value in axis.values or (axis.high,) if axis else ():
            read_shape(replaced(config, {name: _held(name, value)}, f"space: {name}"))


def propose(
    axes: tuple[Axis, ...], config: Config, choose: Callable[[Axis], Any]
) -> tuple[Config, dict[str, Any]]:
    """The config of one trial, and the values chosen, by axis.

    Args:
        choose: gives a value of an axis; asked in order, only for axes whose condition holds.
    """
    chosen: dict[str, Any] = {}
    for axis in axes:
        if all(chosen.get(key, _now(key, config)) in wanted for key, wanted in axis.when):
            chosen[axis.name] = choose(axis)
    return with_chosen(config, chosen), chosen


def with_chosen(config: Config, chosen: Mapping[str, Any]) -> Config:
    """The config with the chosen values, by axis, in their places."""
    values = {name: _held(name, value) for name, value in chosen.items() if name != RATIO}
    if RATIO in chosen:
        values["lora.alpha"] = chosen[RATIO] * values.get("lora.r", config.lora.r)
    return replaced(config, values, "a trial")


def first_choices(
    axes: tuple[Axis, ...], tuning: Tuning, config: Config, say: Callable[[str], None]
) -> list[tuple[str, dict[str, Any]]]:
    """What is tried before anything is drawn, with whose it is.

    That is ("own", the config's values) and ("first", ...) for each that the file names.

    Args:
        say: told where the config's own values are not in the space.

    Raises:
        ConfigError: a value of `first` that is not in the space.
    """
    own, outside = _chosen_as(axes, config, {})
    if outside:
        say(f"the config itself is not tried: its {outside} is not in the space")
    choices = [] if outside else [("own", own)]
    for number, known in enumerate(tuning.first, start=1):
        for name in known:
            if name not in {axis.name for axis in axes}:
                check_setting(name, f"first, no. {number}")
                raise ConfigError(f"first, no. {number}: {name} is not in the space")
        wanted = {name: _plain(_checked(name, value, config)) for name, value in known.items()}
        chosen, outside = _chosen_as(axes, config, wanted)
        if outside:
            raise ConfigError(f"first, no. {number}: its {outside} is not in the space")
        choices.append(("first", chosen))
    return choices


def _chosen_as(
    axes: tuple[Axis, ...], config: Config, wanted: Mapping[str, Any]
) -> tuple[dict[str, Any], str | None]:
    """(values by axis, those wanted or the config's own; the first axis that does not hold its)."""
    outside: list[str] = []

    def choose(axis: Axis) -> Any:
        value = wanted.get(axis.name, _now(axis.name, config))
        if not axis.holds(value):
            outside.append(f"{axis.name} {value}")
        return value

    return propose(axes, config, choose)[1], outside[0] if outside else None
