"""Mini from nothing: a tokenizer, invented pairs in shards, training, a folder for transformers.

`runs/mini.sh` calls the commands in order. Pairs are made by many processes while the GPU trains on
those that are there already.

    python -m sqlwright.pretrain tokenizer FOLDER       trains and saves the tokenizer
    python -m sqlwright.pretrain shards FOLDER OUT      writes shards of packed pairs until stopped
    python -m sqlwright.pretrain train FOLDER OUT       trains on the shards in OUT for some seconds
    python -m sqlwright.pretrain tiny FOLDER            a model with random weights, for tests
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.prompt import render
from sqlwright.shards import END, PAD, Shelf, pairs, write_all_shards

if TYPE_CHECKING:
    from sqlwright.decoder import Decoder, Muon, Shape

PROMPT_WEIGHT = 0.1  # of a prompt's token in the loss, where an answer's counts 1


def rate_at(progress: float) -> float:
    """The share of the full learning rate: a short rise, a long level, then down to nothing."""
    if progress < 0.01:
        return 0.05 + progress / 0.01 * 0.95
    return 1.0 if progress < 0.55 else max(0.0, (1.0 - progress) / 0.45)


def train(folder: Path, out: Path, seconds: float, rows: int, device: str, small: bool) -> None:
    """Train for so many seconds on the shards in `out` and keep the weights in `folder`.

    Weights are written every two minutes and at the end: a machine that goes away costs little.
    """
    import torch

    from sqlwright.decoder import Decoder

    torch.manual_seed(1)
    torch.set_float32_matmul_precision("high")
    shape = tiny_shape() if small else mini_shape()
    model = Decoder(shape).to(device)
    muon, adam = optimizers(model)
    loss_of = loss_on(model, device)
    weight_of = torch.tensor([0.0, PROMPT_WEIGHT, 1.0], device=device)

    shelf, started, step, told, saved = Shelf(out, seed=3), 0.0, 0, time.monotonic(), 0.0
    seen = 0
    log = (folder / "train.jsonl").open("a", encoding="utf-8")
    while True:
        tokens, wanted, weights, mask = prepare(shelf.batch(rows), weight_of, device)
        progress = (time.monotonic() - started) / seconds if started else 0.0
        muon.param_groups[0]["lr"] = 0.02 * rate_at(progress)
        adam.param_groups[0]["lr"] = 3e-3 * rate_at(progress)
        loss, answer_loss = loss_of(tokens, wanted, weights, mask)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        muon.step()
        adam.step()
        model.zero_grad(set_to_none=True)
        step += 1
        seen += tokens.numel()
        if step == 5:
            started = time.monotonic()  # compiling does not count
            seen = 0
        if started and (step % 50 == 0 or progress >= 1.0):
            now = time.monotonic()
            line = {
                "step": step,
                "seconds": round(now - started, 1),
                "loss": round(loss.item(), 4),
                "answer_loss": round(answer_loss.item(), 5),
                "tokens": seen,
                "tokens_a_second": round(seen / (now - started)),
                "shards": len(shelf.uses),
                "passes": round(sum(shelf.uses.values()) / max(1, len(shelf.uses)), 2),
            }
            log.write(json.dumps(line) + "\n")
            log.flush()
            if now - told > 10 or progress >= 1.0:
                told = now
                print(json.dumps(line), flush=True)
            if now - saved > 120 or progress >= 1.0:
                saved = now
                save(model, shape, folder)
        if progress >= 1.0:
            return


def optimizers(model: Decoder) -> tuple[Muon, Any]:
    """Muon for the matrices inside the layers, AdamW for the embedding and the norms."""
    import torch

    from sqlwright.decoder import Muon

    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim == 1 or "embed" in n]
    adam = torch.optim.AdamW(others, lr=3e-3, betas=(0.9, 0.95), weight_decay=0.0)
    return Muon(matrices), adam


def loss_on(model: Decoder, device: str) -> Callable[[Any, Any, Any, Any], tuple[Any, Any]]:
    """A function of (tokens, wanted, weights, mask), compiled on a GPU.

    It gives the weighted loss, and the mean loss of the answers' tokens alone.
    """
    import torch
    import torch.nn.functional as F  # noqa: N812 - its usual name

    def loss_of(tokens: Any, wanted: Any, weights: Any, mask: Any) -> tuple[Any, Any]:
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            logits = model(tokens, mask)
        each = F.cross_entropy(logits.float().flatten(0, 1), wanted.flatten(), reduction="none")
        answers = (weights.flatten() == 1.0).float()
        loss = (each * weights.flatten()).sum() / weights.sum()
        return loss, (each * answers).sum().detach() / answers.sum().clamp(min=1)

    return torch.compile(loss_of) if device == "cuda" else loss_of


def prepare(batch: Any, weight_of: Any, device: str) -> tuple[Any, Any, Any, Any]:
    """(tokens, the next ones, their weights, mask) of a batch [3, rows, ROW] from the shelf."""
    import torch
    import torch.nn.functional as F  # noqa: N812 - its usual name

    raw = torch.from_numpy(batch.astype("int32")).to(device, non_blocking=True).long()
    tokens, kinds, owners = raw
    weights = weight_of[kinds[:, 1:]] * (owners[:, 1:] == owners[:, :-1])
    weights = F.pad(weights, (0, 1))
    wanted = F.pad(tokens[:, 1:], (0, 1))
    mask = document_mask(owners) if device == "cuda" else None
    return tokens, wanted, weights, mask


def document_mask(owners: Any) -> Any:
    """Flex attention's mask: a token sees those before it in its own pair."""
    from torch.nn.attention.flex_attention import create_block_mask

    def sees(b: Any, h: Any, q: Any, k: Any) -> Any:
        return (q >= k) & (owners[b, q] == owners[b, k])

    rows, length = owners.shape
    return create_block_mask(sees, rows, None, length, length, owners.device, _compile=True)


def mini_shape() -> Shape:
    """Mini's sizes."""
    from sqlwright.decoder import Shape

    return Shape()


def tiny_shape() -> Shape:
    """Sizes for tests: the same kind of model, a hundredth of the weights."""
    from sqlwright.decoder import Shape

    return Shape(hidden=64, layers=2, heads=2, kv_heads=1, head_size=32, inner=128)


def save(model: Decoder, shape: Shape, folder: Path) -> None:
    """Weights in bfloat16, config and generation config, as transformers reads them."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = {
        name: value.detach().to("cpu", torch.bfloat16).contiguous()
        for name, value in model.state_dict().items()
    }
    save_file(weights, folder / "part.safetensors", metadata={"format": "pt"})
    (folder / "part.safetensors").rename(folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(shape.config(), indent=2) + "\n")
    generation = {"eos_token_id": END, "pad_token_id": PAD, "do_sample": False}
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=2) + "\n")


def make_tiny(folder: Path) -> Path:
    """A model of mini's kind with random weights and mini's tokenizer, for tests."""
    import shutil

    import torch

    from sqlwright.decoder import Decoder
    from sqlwright.model import find_folder

    torch.manual_seed(0)
    save(Decoder(tiny_shape()), tiny_shape(), folder)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(find_folder("mini") / name, folder / name)
    return folder


def make_tokenizer(folder: Path, number: int) -> None:
    """The tokenizer of that many invented pairs."""
    from sqlwright.tokens import forget_prose, save_tokenizer, train_tokenizer

    texts = (
        text
        for _, pair in zip(range(number), pairs(seed=99), strict=False)
        for text in (render(pair.request, "mini"), pair.answer)
    )
    shape = mini_shape()
    names = (
        text
        for _, pair in zip(range(number // 6), pairs(seed=424242), strict=False)
        for text in (pair.request.query, pair.request.schema_text, pair.answer)
    )
    tokenizer = forget_prose(train_tokenizer(texts, shape.vocab), names)
    save_tokenizer(tokenizer, folder, shape.context)


def main() -> None:
    """The commands at the head of this file."""
    parser = argparse.ArgumentParser(prog="python -m sqlwright.pretrain")
    parser.add_argument("command", choices=("tokenizer", "shards", "train", "tiny"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=Path("shards"))
    parser.add_argument("--seconds", type=float, default=1080)
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--rows", type=int, default=64, help="rows in a batch, or in a shard")
    parser.add_argument("--number", type=int, default=20000, help="pairs for the tokenizer")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--small", action="store_true", help="the sizes of `tiny`")
    said = parser.parse_args()
    match said.command:
        case "tokenizer":
            make_tokenizer(said.folder, said.number)
        case "shards":
            write_all_shards(said.folder, said.out, said.workers, said.rows, said.seconds)
        case "train":
            said.folder.mkdir(parents=True, exist_ok=True)
            train(said.folder, said.out, said.seconds, said.rows, said.device, said.small)
        case "tiny":
            make_tiny(said.folder)


if __name__ == "__main__":
    main()
