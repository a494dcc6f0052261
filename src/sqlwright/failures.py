"""What a training that failed says: one sentence that names what to change."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlwright.config import Config
from sqlwright.curve import Watch
from sqlwright.errors import ModelError, SettingsFailed


@contextmanager
def said_plainly(config: Config, watch: Watch) -> Iterator[None]:
    """A full memory or disk as one sentence that says what to change."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError:
        raise SettingsFailed(_full("the GPU's memory", config, watch)) from None
    except (OSError, RuntimeError) as error:
        # torch's own writer and its CPU allocator know no errno
        if getattr(error, "errno", None) == errno.ENOSPC or "failed writing file" in str(error):
            raise ModelError(
                f"the disk of {config.train.output_dir} is full after step {watch.done}: make room,"
                " and the same command goes on from the last checkpoint"
            ) from None
        if "can't allocate memory" in str(error):
            raise SettingsFailed(_full("the memory", config, watch)) from None
        raise


def _full(what: str, config: Config, watch: Watch) -> str:
    ours = config.train
    wishes = [
        f"train.per_device_train_batch_size={max(1, ours.per_device_train_batch_size // 2)}"
        f" train.gradient_accumulation_steps={ours.gradient_accumulation_steps * 2}",
        "train.gradient_checkpointing=true" if not ours.gradient_checkpointing else "",
        "model.quantization=nf4" if config.model.quantization == "none" else "",
    ]
    return (
        f"{what} is full after step {watch.done}: try {', or '.join(filter(None, wishes))};"
        " train --dry-run estimates what they save"
    )


def why_lost(loss: float, step: int, inputs: Any, numbers: Mapping[tuple[int, ...], int]) -> str:
    """The sentence for a loss that is no number: which records it came from, and what to change.

    Args:
        inputs: the batch, padded on the right, or packed with `position_ids`.
        numbers: of each record by its token ids.
    """
    found = set[int]()
    for row, ids in enumerate(inputs["input_ids"].tolist()):
        if (mask := inputs.get("attention_mask")) is not None:
            found.add(numbers.get(tuple(ids[: int(mask[row].sum())]), 0))
            continue
        places = inputs["position_ids"][row].tolist()  # packed: each record's begin with 0
        starts = [place for place, position in enumerate(places) if position == 0]
        for start, end in zip(starts, [*starts[1:], len(ids)], strict=True):
            found.add(numbers.get(tuple(ids[start:end]), 0))
    which = ", ".join(str(number) for number in sorted(found - {0}))
    return (
        f"the loss is {loss} at step {step}, with the records {which}: lower train.learning_rate,"
        " or use train.precision=fp32, or look at them with data preview; the last checkpoint is"
        " kept"
    )
