"""LoftQ (Li et al. 2023): an adapter that starts by making up for what 4 bits lose of its base.

Such an adapter fits the base as 4 bits hold it, and no other: beside the whole base it would make
up for what was never lost. So that base is kept beside it, in 16 bits, and is what it is loaded,
merged and served with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlwright.bases import load_base, source_of
from sqlwright.config import Config


def start_from_loftq(model: Any, config: Config) -> None:
    """Give the adapter of a base in 4 bits its start, layer by layer."""
    from peft import replace_lora_weights_loftq

    source = source_of(config.model.path)
    replace_lora_weights_loftq(model, source if Path(source).exists() else None)


def write_base(model: Any, tokenizer: Any, config: Config, folder: Path) -> None:
    """Leave the base that the adapter was trained beside in the folder, whole.

    Args:
        model: the trained one; it has no adapter afterwards.
    """
    if config.model.quantization == "none":
        base = model.unload()  # its weights are those that LoftQ put in the place of the base's
    else:
        base = load_base(config)[1].dequantize()  # PEFT cannot take its adapter out of 4 bits
    base.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
