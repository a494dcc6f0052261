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
import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from sqlwright.data.invent_schema import invent_schema
from sqlwright.data.pairs import Pair, invent_pair
from sqlwright.prompt import render

if TYPE_CHECKING:
    from sqlwright.decoder import Decoder, Shape

ROW = 2048  # tokens in a packed row
LONGEST = 1408  # tokens of the longest pair that is trained on
HELD_OUT = 10**9  # seeds from here on make the schemas of the tests, and no training data
PAD, END = 0, 1
PROMPT, ANSWER = 1, 2  # what a token of a row belongs to; 0 is padding
PROMPT_WEIGHT = 0.1  # of a prompt's token in the loss, where an answer's counts 1


# --- pairs -------------------------------------------------------------------------------------


def pairs(seed: int) -> Iterator[Pair]:
    """Pairs without end: a few over each invented schema."""
    rng = Random(seed)
    while True:
        schema = invent_schema(rng)
        for _ in range(rng.choice([2, 3, 4, 6])):
            pair = invent_pair(schema, rng)
            if pair is not None:
                yield pair


def encode_pair(pair: Pair, tokenizer: Any) -> tuple[list[int], list[int]]:
    """(prompt ids, answer ids with the end token): apart, so that no token spans the border."""
    prompt = tokenizer.encode(render(pair.request, "mini"), add_special_tokens=False).ids
    answer = tokenizer.encode(pair.answer, add_special_tokens=False).ids
    return prompt, [*answer, END]


class Rows:
    """Packed rows in the making: tokens, what each belongs to, and which pair it is of."""

    def __init__(self) -> None:
        self.done: list[tuple[list[int], list[int], list[int]]] = []
        self.open: list[tuple[list[int], list[int], list[int]]] = []

    def add(self, prompt: list[int], answer: list[int]) -> None:
        """Put a pair into the fullest row that has room for it."""
        length = len(prompt) + len(answer)
        fitting = [row for row in self.open if len(row[0]) + length <= ROW]
        if fitting:
            row = max(fitting, key=lambda row: len(row[0]))
        else:
            if len(self.open) == 12:
                fullest = max(self.open, key=lambda row: len(row[0]))
                self.open.remove(fullest)
                self.done.append(fullest)
            row = ([], [], [])
            self.open.append(row)
        number = row[2][-1] + 1 if row[2] else 1
        row[0].extend(prompt + answer)
        row[1].extend([PROMPT] * len(prompt) + [ANSWER] * len(answer))
        row[2].extend([number] * length)

    def take(self, number: int) -> Any:
        """The first `number` finished rows as one array [3, number, ROW], padded."""
        import numpy as np

        made = np.zeros((3, number, ROW), dtype=np.uint16)
        for at, row in enumerate(self.done[:number]):
            for part in range(3):
                made[part, at, : len(row[part])] = row[part]
        self.done = self.done[number:]
        return made


def write_shards(tokenizer_file: Path, out: Path, worker: int, rows: int, seconds: float) -> None:
    """One worker's shards of `rows` rows each, until the time is over."""
    import numpy as np
    from tokenizers import Tokenizer

    os.nice(5)  # the training process goes first
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    packed, written, until = Rows(), 0, time.monotonic() + seconds
    for pair in pairs(seed=worker * 1_000_003 + 17):
        prompt, answer = encode_pair(pair, tokenizer)
        if len(prompt) + len(answer) <= LONGEST:
            packed.add(prompt, answer)
        if len(packed.done) >= rows:
            name = out / f"{written:05d}-{worker:03d}"
            np.save(name.with_suffix(".tmp.npy"), packed.take(rows))
            name.with_suffix(".tmp.npy").rename(name.with_suffix(".npy"))
            written += 1
            if time.monotonic() > until:
                return


def write_all_shards(folder: Path, out: Path, workers: int, rows: int, seconds: float) -> None:
    """Shards by so many processes at once."""
    out.mkdir(parents=True, exist_ok=True)
    run = multiprocessing.get_context("spawn").Process
    jobs = [
        run(target=write_shards, args=(folder / "tokenizer.json", out, number, rows, seconds))
        for number in range(workers)
    ]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()


class Shelf:
    """The shards in a folder that grows: batches come from those used least."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.rng = folder, Random(seed)
        self.uses: dict[Path, int] = {}
        self.ready: list[Any] = []
        self.looked = 0.0

    def look(self) -> None:
        """Take notice of new shards."""
        if time.monotonic() - self.looked > 2.0:
            self.looked = time.monotonic()
            for path in self.folder.glob("*.npy"):
                if not path.name.endswith(".tmp.npy"):
                    self.uses.setdefault(path, 0)

    def batch(self, rows: int) -> Any:
        """An array [3, rows, ROW] of rows drawn from several shards."""
        import numpy as np

        while sum(part.shape[1] for part in self.ready) < rows:
            self.look()
            if not self.uses:
                time.sleep(0.5)
                self.looked = 0.0
                continue
            order = sorted(self.uses, key=lambda path: (self.uses[path], self.rng.random()))
            chosen = order[:24]
            for path in chosen:
                self.uses[path] += 1
            mixed = np.concatenate([*self.ready, *(np.load(path) for path in chosen)], axis=1)
            shuffled = np.random.default_rng(self.rng.randrange(2**32)).permutation(mixed.shape[1])
            self.ready = [mixed[:, shuffled]]
        whole = self.ready[0]
        self.ready = [whole[:, rows:]]
        return whole[:, :rows]


# --- training ----------------------------------------------------------------------------------


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
    import torch.nn.functional as F  # noqa: N812 - its usual name

    from sqlwright.decoder import Decoder, Muon

    torch.manual_seed(1)
    torch.set_float32_matmul_precision("high")
    shape = tiny_shape() if small else mini_shape()
    model = Decoder(shape).to(device)
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if p.ndim == 1 or "embed" in n]
    muon = Muon(matrices)
    adam = torch.optim.AdamW(others, lr=3e-3, betas=(0.9, 0.95), weight_decay=0.0)
    weight_of = torch.tensor([0.0, PROMPT_WEIGHT, 1.0], device=device)

    def loss_of(tokens: Any, wanted: Any, weights: Any, mask: Any) -> tuple[Any, Any]:
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            logits = model(tokens, mask)
        each = F.cross_entropy(logits.float().flatten(0, 1), wanted.flatten(), reduction="none")
        answers = (weights.flatten() == 1.0).float()
        loss = (each * weights.flatten()).sum() / weights.sum()
        return loss, (each * answers).sum().detach() / answers.sum().clamp(min=1)

    compiled = torch.compile(loss_of) if device == "cuda" else loss_of
    shelf, started, step, told, saved = Shelf(out, seed=3), 0.0, 0, time.monotonic(), 0.0
    seen = 0
    log = (folder / "train.jsonl").open("a", encoding="utf-8")
    while True:
        raw = (
            torch.from_numpy(shelf.batch(rows).astype("int32")).to(device, non_blocking=True).long()
        )
        tokens, kinds, owners = raw
        weights = weight_of[kinds[:, 1:]] * (owners[:, 1:] == owners[:, :-1])
        weights = F.pad(weights, (0, 1))
        wanted = F.pad(tokens[:, 1:], (0, 1))
        mask = document_mask(owners) if device == "cuda" else None
        progress = (time.monotonic() - started) / seconds if started else 0.0
        muon.param_groups[0]["lr"] = 0.02 * rate_at(progress)
        adam.param_groups[0]["lr"] = 3e-3 * rate_at(progress)
        loss, answer_loss = compiled(tokens, wanted, weights, mask)
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
    from sqlwright.tokens import save_tokenizer, train_tokenizer

    texts = (
        text
        for _, pair in zip(range(number), pairs(seed=99), strict=False)
        for text in (render(pair.request, "mini"), pair.answer)
    )
    shape = mini_shape()
    save_tokenizer(train_tokenizer(texts, shape.vocab), folder, shape.context)


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
