"""Each computation of a training beside a plain reference in float64, at tiny sizes.

    python benchmarks/numerics.py

Prints the relative error of each: |found - wanted| / |wanted|, both as vectors. The references are
written out from the papers: a product of matrices, a sum over tokens, one record at a time. What is
compared is what a training runs: PEFT's layers, TRL's step over our batches, our merge.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from sqlwright.bases import load_base
from sqlwright.config import Config
from sqlwright.data.encode import encode
from sqlwright.data.records import Record
from sqlwright.train import train
from tiny import make_tiny_model, tiny_config, tiny_records

Row = tuple[str, str, float]  # what, against what, relative error
RECORDS = tiny_records(12)
#: The 16 values that NF4 knows: QLoRA (Dettmers et al. 2023), appendix E
_NF4 = (
    -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
    -0.18477343022823334, -0.09105003625154495, 0.0, 0.07958029955625534, 0.16093020141124725,
    0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
    0.7229568362236023, 1.0,
)  # fmt: skip


def main() -> None:
    print(f"{'what':44} {'reference':44} relative error")
    for what, reference, error in rows():
        print(f"{what:44} {reference:44} {error:.1e}")


def rows() -> Iterator[Row]:
    """Every comparison."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # PEFT's and bitsandbytes' own
        yield from layer_rows()
        base = make_tiny_model(Path(folder) / "base")
        yield from loss_rows(base)
        yield from step_rows(base, Path(folder))
        yield from merge_rows(base, Path(folder))
        if find_spec("bitsandbytes"):
            yield from quantized_rows()
            yield from quantized_step_rows(Path(folder))


def error(found: Any, wanted: Any) -> float:
    """|found - wanted| / |wanted| of two tensors."""
    difference = found.detach().double() - wanted.detach().double()
    return float(difference.norm() / wanted.detach().double().norm())


def layer_rows() -> Iterator[Row]:
    """A LoRA layer's output and gradients (Hu et al. 2021, section 4.1), rsLoRA's and DoRA's."""
    import torch

    kinds: tuple[tuple[str, dict[str, Any], float], ...] = (
        ("LoRA", {}, 8 / 4),
        ("rsLoRA", {"use_rslora": True}, 8 / 4**0.5),
        ("DoRA", {"use_dora": True}, 8 / 4),
    )
    for name, options, scale in kinds:
        layer = _layer(options)
        x = torch.randn(7, 24, generator=torch.Generator().manual_seed(1))
        upstream = torch.randn(7, 40, generator=torch.Generator().manual_seed(2))
        found = layer(x)
        (found * upstream).sum().backward()
        a, b = (layer.lora_A["default"].weight, layer.lora_B["default"].weight)
        w, x64, g64 = layer.base_layer.weight.double(), x.double(), upstream.double()
        a64, b64 = (p.detach().double().requires_grad_() for p in (a, b))
        changed = w + scale * b64 @ a64
        if name == "DoRA":  # Liu et al. 2024, equation 5, the norm held fixed (section 4.3)
            magnitude = layer.lora_magnitude_vector["default"].weight.double()
            changed = magnitude[:, None] * changed / changed.detach().norm(dim=1, keepdim=True)
        wanted = x64 @ changed.T + layer.base_layer.bias.double()
        yield f"{name}: output of a layer", "(W + s B A) x + bias in float64", error(found, wanted)
        (wanted * g64).sum().backward()
        if name == "DoRA":
            yield (
                f"{name}: gradient of A",
                "autograd of the formula in float64",
                error(a.grad, a64.grad),
            )
            yield (
                f"{name}: gradient of B",
                "autograd of the formula in float64",
                error(b.grad, b64.grad),
            )
            continue
        # by hand: dL/dB = s G^T X A^T, dL/dA = s B^T G^T X
        yield (
            f"{name}: gradient of B",
            "s G' X A' by hand",
            error(b.grad, scale * g64.T @ x64 @ a64.T),
        )
        yield (
            f"{name}: gradient of A",
            "s B' G' X by hand",
            error(a.grad, scale * b64.T @ g64.T @ x64),
        )


def _layer(options: dict[str, Any]) -> Any:
    """One linear layer of random weights with a LoRA adapter of random weights, rank 4."""
    import torch
    from peft import LoraConfig, inject_adapter_in_model

    torch.manual_seed(0)
    holder = torch.nn.ModuleDict({"linear": torch.nn.Linear(24, 40)})
    inject_adapter_in_model(
        LoraConfig(r=4, lora_alpha=8, target_modules=["linear"], **options), holder
    )
    layer: Any = holder["linear"]
    torch.nn.init.normal_(layer.lora_B["default"].weight, std=0.3)
    return layer


def loss_rows(base: Path) -> Iterator[Row]:
    """The loss of the answers' tokens, over batches with padding."""
    import torch

    from sqlwright.validate import token_loss

    model, tokenizer = _model(base)
    encoded = [encode(record, tokenizer, "mini") for record in RECORDS]
    found = token_loss(model, encoded, tokenizer)
    with torch.no_grad():
        wanted = _loss(model.double(), encoded) / _answers(encoded)
    yield (
        "masked loss over padded batches",
        "one record at a time, float64",
        error(torch.tensor(found), wanted),
    )


def step_rows(base: Path, folder: Path) -> Iterator[Row]:
    """Loss and adapter gradients of one step: batches, accumulation, packing, checkpointing."""
    _, tokenizer = _model(base)
    encoded = [encode(record, tokenizer, "mini") for record in RECORDS]
    wanted, gradients = _reference_step(base, encoded)
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        ("12 records at once", {"per_device_train_batch_size": 12}),
        ("4 batches of 3", {"per_device_train_batch_size": 3, "gradient_accumulation_steps": 4}),
        ("packed rows", {"per_device_train_batch_size": 12, "packing": True}),
        (
            "gradient checkpointing",
            {"per_device_train_batch_size": 12, "gradient_checkpointing": True},
        ),
    )
    for number, (name, options) in enumerate(ways):
        loss, found = _step(base, folder / str(number), options)
        yield f"loss of a step: {name}", "one record at a time, float64", error(loss, wanted)
        yield (
            f"gradients of a step: {name}",
            "one record at a time, float64",
            error(found, gradients),
        )


def _step(
    base: Path, folder: Path, options: dict[str, Any], validation: Sequence[Record] = ()
) -> tuple[Any, Any]:
    """(loss, all gradients as one vector) of the first step of a training."""
    import torch
    from transformers import TrainerCallback

    caught: list[Any] = []

    class Catch(TrainerCallback):  # type: ignore[misc]
        def on_pre_optimizer_step(self, *_: Any, model: Any = None, **__: Any) -> None:
            named = sorted((n, p.grad) for n, p in model.named_parameters() if p.requires_grad)
            caught.append(torch.cat([grad.flatten() for _, grad in named]).clone())

    config = _config(base, folder, max_steps=1, max_grad_norm=0, **options)
    with _callback(Catch()):
        done = train(config, records=RECORDS, validation=validation)
    return torch.tensor(done.loss), caught[0]


def _callback(callback: Any) -> Any:
    """While it is entered, each new trainer gets the callback too."""
    from unittest.mock import patch

    from trl import SFTTrainer

    first = SFTTrainer.__init__

    def init(self: Any, *given: Any, **named: Any) -> None:
        first(self, *given, **named)
        self.add_callback(callback)

    return patch.object(SFTTrainer, "__init__", init)


def _reference_step(base: Path, encoded: list[Any]) -> tuple[Any, Any]:
    """The same in float64, one record at a time and with nothing but a plain model and autograd."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import set_seed

    model, _ = _model(base)
    set_seed(0)
    config = LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
    # PEFT draws A in float32, as in a training; then all becomes float64
    adapted = get_peft_model(model, config).double()
    loss = _loss(adapted, encoded) / _answers(encoded)
    loss.backward()
    named = sorted((n, p.grad) for n, p in adapted.named_parameters() if p.requires_grad)
    return loss, torch.cat([grad.flatten() for _, grad in named])


def merge_rows(base: Path, folder: Path) -> Iterator[Row]:
    """A trained adapter merged as `export` and `load_model` do, against W + s B A."""
    import torch
    from safetensors.torch import load_file

    from sqlwright.model import LocalModel, load_model

    out = folder / "merged"
    train(_config(base, out, max_steps=8), records=RECORDS, validation=[])
    model = load_model(str(out), "cpu")
    assert isinstance(model, LocalModel)
    adapter = load_file(out / "adapter_model.safetensors")
    before = load_file(base / "model.safetensors")
    found, wanted = [], []
    for name, weight in model.weights.named_parameters():
        if (
            a := adapter.get(f"base_model.model.{name.removesuffix('.weight')}.lora_A.weight")
        ) is None:
            continue
        b = adapter[f"base_model.model.{name.removesuffix('.weight')}.lora_B.weight"]
        found.append((weight.double() - before[name].double()).flatten())
        wanted.append((8 / 4 * b.double() @ a.double()).flatten())
    yield (
        "what merging adds to the weights",
        "s B A in float64",
        error(torch.cat(found), torch.cat(wanted)),
    )


def quantized_rows() -> Iterator[Row]:
    """A layer in NF4 with an adapter: its weights, output and gradients."""
    import bitsandbytes
    import torch
    from peft import LoraConfig, inject_adapter_in_model

    torch.manual_seed(0)
    whole = torch.nn.Linear(128, 64, bias=False)
    held = bitsandbytes.nn.Linear4bit(
        128, 64, bias=False, compute_dtype=torch.float32, compress_statistics=False,
        quant_type="nf4",
    )  # fmt: skip
    held.weight = bitsandbytes.nn.Params4bit(
        whole.weight.detach(), requires_grad=False, compress_statistics=False, quant_type="nf4"
    )
    held = held.to("cpu")
    read = bitsandbytes.functional.dequantize_4bit(held.weight.data, held.weight.quant_state)
    wanted = _nf4(whole.weight.detach().double())
    yield "weights held in NF4", "the nearest of 16 values, by blocks of 64", error(read, wanted)
    holder = torch.nn.ModuleDict({"linear": held})
    options = LoraConfig(r=4, lora_alpha=8, target_modules=["linear"])
    inject_adapter_in_model(options, holder)
    layer: Any = holder["linear"]
    torch.nn.init.normal_(layer.lora_B["default"].weight, std=0.3)
    x = torch.randn(7, 128, requires_grad=True)
    upstream = torch.randn(7, 64)
    found = layer(x)
    (found * upstream).sum().backward()
    a, b = layer.lora_A["default"].weight, layer.lora_B["default"].weight
    x64, g64, a64, b64 = (t.detach().double() for t in (x, upstream, a, b))
    changed = wanted + 2 * b64 @ a64
    yield "NF4 with LoRA: output", "(Q(W) + s B A) x in float64", error(found, x64 @ changed.T)
    yield (
        "NF4 with LoRA: gradient of B",
        "s G' X A' by hand",
        error(b.grad, 2 * g64.T @ x64 @ a64.T),
    )
    yield (
        "NF4 with LoRA: gradient of the input",
        "G (Q(W) + s B A) by hand",
        error(x.grad, g64 @ changed),
    )


def quantized_step_rows(folder: Path) -> Iterator[Row]:
    """A step over a base in NF4, after a validation too; TRL keeps its adapter in bf16."""
    base = make_tiny_model(folder / "wide", wide=True)
    tokenizer, weights = load_base(_config(base, folder, quantization="nf4"))
    weights.dequantize().save_pretrained(folder / "read")
    tokenizer.save_pretrained(folder / "read")
    encoded = [encode(record, tokenizer, "mini") for record in RECORDS]
    wanted, gradients = _reference_step(folder / "read", encoded)
    for name, validation in (("NF4", []), ("NF4, after a validation", tiny_records(14)[12:])):
        options = {"per_device_train_batch_size": 12, "quantization": "nf4"}
        loss, found = _step(base, folder / name, options, validation)
        yield f"loss of a step: {name}", "one record at a time, float64", error(loss, wanted)
        yield (
            f"gradients of a step: {name}",
            "the same, and rounding to bf16",
            error(found, gradients),
        )


def _nf4(weight: Any) -> Any:
    """What NF4 keeps of a matrix: each block of 64 over its largest value, the nearest of 16."""
    import torch

    values = torch.tensor(_NF4, dtype=torch.float64)
    blocks = weight.reshape(-1, 64)
    largest = blocks.abs().amax(dim=1, keepdim=True)
    nearest = ((blocks / largest)[..., None] - values).abs().argmin(dim=-1)
    return (values[nearest] * largest).reshape(weight.shape)


def _loss(model: Any, encoded: list[Any]) -> Any:
    """Sum over the answers' tokens of -log p, one record at a time."""
    import torch

    total = torch.zeros((), dtype=torch.float64)
    for item in encoded:
        chances = (
            model(input_ids=torch.tensor([item.ids]), use_cache=False).logits[0].log_softmax(-1)
        )
        places = range(item.prompt_tokens, len(item.ids))
        total = total - sum(chances[place - 1, item.ids[place]] for place in places)
    return total


def _answers(encoded: list[Any]) -> int:
    return sum(len(item.ids) - item.prompt_tokens for item in encoded)


def _model(base: Path) -> tuple[Any, Any]:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return AutoModelForCausalLM.from_pretrained(base), AutoTokenizer.from_pretrained(base)


def _config(base: Path, folder: Path, quantization: str = "none", **options: Any) -> Config:
    return tiny_config(
        base, folder, model={"quantization": quantization}, max_seq_length=1024, **options
    )


if __name__ == "__main__":
    main()
