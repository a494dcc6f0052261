"""What a training made, in figures: training.json and the card in the adapter's folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Training:
    """What a training made, as `training.json` in the adapter's folder keeps it."""

    folder: str
    records: int
    dropped: int  # records that did not fit max_seq_length
    validation: int
    steps: int
    tokens: int
    trained_tokens: int  # of which the loss was taken
    seconds: float
    resumed_from: int  # step, 0 for a training in one go
    loss: float  # mean of the last tenth of the steps
    eval_loss_before: float | None  # nats a token of the answers
    eval_loss: float | None
    adapted: tuple[str, ...]  # kinds of layers that carry an adapter
    layers: int  # that do
    parameters: int
    trainable: int
    precision: str
    memory: float  # GiB held at most, on the GPU where there is one
    best_step: int | None  # whose adapter was kept, where the training was to stop early
    base_revision: str | None  # commit of the hub's repository that was read
    base_fingerprint: str | None  # of the weights of a local folder (`adapters.fingerprint`)


def card(done: Training) -> str:
    """The README.md of an adapter."""
    figures = "".join(f"| {name} | {value} |\n" for name, value in asdict(done).items())
    return (
        "# A LoRA adapter made by sqlwright\n\n"
        "Settings: config.yaml. Digests of the records: data.json. Each step: metrics.jsonl.\n"
        "Losses are nats a token of the answers.\n\n"
        f"![loss](loss.png)\n\n| | |\n|---|---|\n{figures}"
    )


def adapter_figures(model: Any) -> dict[str, Any]:
    """The fields of `Training` that say which layers carry an adapter, and how many weights."""
    names = [
        name.rpartition(".")[2]
        for name, module in model.named_modules()
        if hasattr(module, "lora_A")
    ]
    sizes = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return {
        "adapted": tuple(sorted(set(names))),
        "layers": len(names),
        "parameters": sum(size for size, trained in sizes if not trained),
        "trainable": sum(size for size, trained in sizes if trained),
    }
