"""What a training would do and how much memory it would take, before a weight is loaded."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlwright.bases import (
    Shape,
    adapted,
    adapter_parameters,
    check_settings,
    precision_of,
    read_shape,
)
from sqlwright.config import Config
from sqlwright.data.encode import Encoded, encode, pieces
from sqlwright.data.records import Record, read_records
from sqlwright.errors import ModelError
from sqlwright.model import find_folder, load_tokenizer

if TYPE_CHECKING:
    from rich.table import Table

_GIB = 2**30
_NF4 = 0.516  # bytes a weight: 4 bits, and for 64 of them 8 bits more (double quantization)
_STATES = {"adamw_torch": 8, "adamw_bnb_8bit": 2, "paged_adamw_32bit": 8}  # bytes a parameter
_LOGIT = 10  # bytes: in 16 bits, in 32 for the loss, and their gradient
_WORDS = 32_768  # at once: TRL computes no more logits than of the answers, and of so many words
_OVERHEAD = 1.0 * _GIB  # what torch and CUDA take for themselves


@dataclass(frozen=True, slots=True)
class Memory:
    """An estimate in bytes, by what takes it."""

    weights: int
    adapter: int
    gradients: int
    optimizer: int
    activations: int
    logits: int
    overhead: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a training would do.

    Attributes:
        records: to train on; `too_long` of them do not fit.
        longest: tokens of the longest one that fits; None where the base's tokenizer is not there.
        steps: in all, at most.
        adapted: kinds of layers that get an adapter, and how many layers.
        memory: where it would run here; `available` bytes are free there.
        on_a_gpu: the same on one with bf16, None where it would run on one here.
    """

    base: str
    assumed: bool
    device: str
    precision: str
    records: int
    validation: int
    too_long: int
    longest: int | None
    steps: int
    adapted: tuple[str, ...]
    layers: int
    parameters: int
    trainable: int
    memory: Memory
    on_a_gpu: Memory | None
    available: int

    @property
    def fits(self) -> bool:
        """Is there as much memory as the estimate says?"""
        return self.memory.total <= self.available

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON types."""
        return asdict(self) | {"memory_total": self.memory.total, "fits": self.fits}


def plan(config: Config) -> Plan:
    """What `train` would do with the config; nothing is written, and no weight is read.

    Raises:
        ConfigError, DataError, ModelError: what `train` would refuse.
    """
    check_settings(config)
    shape = read_shape(config)
    records = read_records(config.data.train, config.data.columns)
    path = config.data.validation
    validation = read_records(path, config.data.columns) if path else []
    limit = config.train.max_seq_length
    encoded = _encoded(config, records)
    fitting = [item for item in encoded if len(item.ids) <= limit]
    count = len(fitting) if encoded else len(records)
    every = sum(len(item.ids) for item in fitting)
    rows = math.ceil(every / limit) if config.train.packing and fitting else count
    longest = max((len(item.ids) for item in fitting), default=0) if encoded else None
    layers = adapted(config, shape)
    on_gpu, precision = _device() != "cpu", precision_of(config)
    tokens, answered = at_once(config, fitting)
    return Plan(
        base=config.model.path,
        assumed=shape.assumed,
        device=_device(),
        precision=precision,
        records=len(records),
        validation=len(validation[: config.data.validation_records]),
        too_long=len(encoded) - len(fitting),
        longest=longest,
        steps=_steps(config, rows),
        adapted=tuple(sorted({kind for kind, _, _ in layers})),
        layers=len(layers),
        parameters=shape.parameters,
        trainable=adapter_parameters(config, shape),
        memory=estimate(config, shape, tokens, answered, on_gpu, precision),
        on_a_gpu=None if on_gpu else estimate(config, shape, tokens, answered, True, "bf16"),
        available=available(),
    )


def at_once(config: Config, fitting: Sequence[Encoded]) -> tuple[int, int]:
    """(tokens, those of them that the loss is taken of) that are computed at once, at most.

    Args:
        fitting: the records as tokens that fit; none where the tokenizer is not at hand.
    """
    limit, rows = config.train.max_seq_length, config.train.per_device_train_batch_size
    row = max((len(item.ids) for item in fitting), default=limit)
    answer = max((len(item.ids) - item.prompt_tokens for item in fitting), default=limit // 2)
    if config.train.packing:
        row = limit
        if every := sum(len(item.ids) for item in fitting):
            answer = limit - limit * sum(item.prompt_tokens for item in fitting) // every
    return row * rows, answer * rows


def estimate(
    config: Config, shape: Shape, tokens: int, answered: int, on_gpu: bool, precision: str
) -> Memory:
    """How much memory a training takes, in bytes; the base stands in 16 bits on a GPU alone.

    Args:
        tokens: computed at once: records of a batch times the longest of them.
        answered: of these, the ones that the loss is taken of.
        precision: of the products: bf16, fp16 or fp32.
    """
    trainable = adapter_parameters(config, shape)
    wide = 2 if on_gpu else 4  # bytes a base weight
    linear = sum(inputs * outputs for _, inputs, outputs in shape.linear)
    in_four_bits = config.model.quantization == "nf4"
    held = round(linear * _NF4) if in_four_bits else linear * wide
    # PEFT keeps an adapter in 32 bits beside a base in 16; TRL puts it in 16 beside one in 4
    low = 2 if in_four_bits and on_gpu else 4
    compute = 4 if precision == "fp32" else 2
    kept = _kept(config, shape, compute, low)
    if config.train.gradient_checkpointing:  # what goes into each block, and one block whole
        kept = shape.layers * shape.hidden * compute + kept / shape.layers
    # one layer at a time is read out of its 4 bits
    largest = max(inputs * outputs for _, inputs, outputs in shape.linear) * compute
    return Memory(
        weights=held + (shape.parameters - linear) * wide + largest * in_four_bits,
        adapter=trainable * low,
        gradients=trainable * low,
        optimizer=trainable * _STATES[config.train.optim],
        activations=round(tokens * kept),
        logits=answered * min(shape.words, _WORDS) * _LOGIT,
        overhead=round(_OVERHEAD) if on_gpu else 0,
    )


def _kept(config: Config, shape: Shape, compute: int, low: int) -> float:
    """Bytes a token of what all blocks keep for the way back.

    What a linear layer gives, which the next step of the block reads; what goes into one with an
    adapter once more where the adapter has another precision, and again for dropout; and the two
    norms, the sum of the residuals and the product of the gate.
    """
    given = sum(outputs for _, _, outputs in shape.linear) * compute
    copies = (low != compute) + (config.lora.dropout > 0)
    again = sum(inputs for _, inputs, _ in adapted(config, shape)) * low * copies
    return given + again + shape.layers * shape.hidden * 4 * compute


def _encoded(config: Config, records: Sequence[Record]) -> list[Encoded]:
    """Each record, or each part of it, as tokens; none where the tokenizer is not there."""
    try:
        tokenizer = load_tokenizer(find_folder(config.model.path))
    except ModelError:
        return []
    encoded = [encode(record, tokenizer, config.model.family) for record in records]
    if config.data.too_long == "split":
        limit = config.train.max_seq_length
        encoded = [piece for item in encoded for piece in pieces(item, limit)]
    return encoded


def _steps(config: Config, rows: int) -> int:
    if config.train.max_steps:
        return config.train.max_steps
    batches = math.ceil(rows / config.train.per_device_train_batch_size)
    an_epoch = math.ceil(batches / config.train.gradient_accumulation_steps)
    return math.ceil(config.train.num_train_epochs * an_epoch)


def _device() -> str:
    import torch

    return str(torch.cuda.get_device_name()) if torch.cuda.is_available() else "cpu"


def available() -> int:
    """Bytes that are free where a training would run."""
    import torch

    if torch.cuda.is_available():
        return int(torch.cuda.mem_get_info()[0])
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")


def table(found: Plan) -> Table:
    """The plan for the terminal."""
    from rich.table import Table

    shown = Table(show_header=False, title=f"a training of {found.base}")
    figures = " (figures as published: no config.json at hand)" if found.assumed else ""
    shown.add_row("base", f"{found.parameters:,} parameters{figures}")
    share = 100 * found.trainable / found.parameters
    shown.add_row("adapter", f"{found.trainable:,} parameters ({share:.2f} %)")
    shown.add_row("adapted", f"{found.layers} layers: {', '.join(found.adapted)}")
    longest = "unknown: the tokenizer is not at hand"
    if found.longest is not None:
        longest = f"{found.longest:,} tokens"
    too_long = f", {found.too_long} do not fit" if found.too_long else ""
    shown.add_row("records", f"{found.records:,}{too_long}; {found.validation:,} held out")
    shown.add_row("longest", longest)
    shown.add_row("steps", f"{found.steps:,}")
    shown.add_row("device", f"{found.device}, {found.precision}")
    for name, size in asdict(found.memory).items():
        shown.add_row(f"memory: {name}", f"{size / _GIB:.2f} GiB")
    there = f"of {found.available / _GIB:.1f} GiB that are free"
    shown.add_row("memory: total", f"about {found.memory.total / _GIB:.1f} GiB {there}")
    if found.on_a_gpu is not None:
        shown.add_row("on a GPU, bf16", f"about {found.on_a_gpu.total / _GIB:.1f} GiB")
    return shown
