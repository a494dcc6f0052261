"""Whether an adapter fits a base, read from the headers of both: no weight is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlwright.errors import MissingExtra, ModelError

_PREFIX = "base_model.model."


def why_not_fitting(adapter: Path, base: Path) -> str | None:
    """Why the adapter in a folder cannot stand beside the base in another; None where it can.

    The same shape is enough: an adapter made beside one revision of a base fits the next one.

    Raises:
        ModelError: weights that are no safetensors, or that are not there.
    """
    there = dict(_shapes(base))
    for name, shape in _shapes(adapter):
        layer, dot, part = name.removeprefix(_PREFIX).partition(".lora_")
        if not dot or part[:1] not in ("A", "B"):
            continue
        own = there.get(f"{layer}.weight")
        if own is None:
            return f"the adapter changes {layer}, and the base has no such layer"
        # A is [rank, inputs], B is [outputs, rank], the layer [outputs, inputs]
        mine, its = (shape[1], own[1]) if part[0] == "A" else (shape[0], own[0])
        if mine != its:
            side = "inputs" if part[0] == "A" else "outputs"
            return f"{layer} has {its} {side} in the base and {mine} in the adapter"
    return None


def fingerprint(base: Path) -> str:
    """What tells one set of weights from another without reading gigabytes: SHA-256, in hex.

    Of each safetensors file's name and size, its header (names, shapes, types), and of a thousand
    pieces of 4 KiB evenly spread over it. A change of a few weights may go unseen.
    """
    total = hashlib.sha256()
    for file in sorted(base.glob("*.safetensors")):
        size = file.stat().st_size
        total.update(f"{file.name} {size}".encode())
        with file.open("rb") as opened:
            header = int.from_bytes(opened.read(8), "little")
            total.update(opened.read(min(header, size)))
            for place in range(0, size, max(4096, size // 1000)):
                opened.seek(place)
                total.update(opened.read(4096))
    return total.hexdigest()


def _shapes(folder: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError:
        raise MissingExtra("safetensors", "model") from None
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(f"{folder} holds no safetensors: weights of other kinds are not loaded")
    for file in files:
        try:
            with safe_open(file, "numpy") as opened:
                for name in opened.keys():
                    yield name, tuple(opened.get_slice(name).get_shape())
        except (OSError, SafetensorError) as error:
            raise ModelError(f"{file} is no safetensors file: {error}") from None
