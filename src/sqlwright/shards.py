"""What mini is trained on: invented pairs as tokens, packed into rows, in shards of many rows.

Many processes write shards into a folder while one reads batches from it. What a pair says is the
business of `data/pairs.py`.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from sqlwright.data.facts import with_indexes
from sqlwright.data.invent_schema import invent_schema
from sqlwright.data.pairs import TOPICAL_SHARE, Pair, invent_pair, invent_topical_pair
from sqlwright.prompt import render

ROW = 2048  # tokens in a packed row
LONGEST = 1408  # tokens of the longest pair that is trained on
HELD_OUT = 10**9  # seeds from here on make the schemas of the tests, and no training data
PAD, END = 0, 1
PROMPT, ANSWER = 1, 2  # what a token of a row belongs to; 0 is padding


def pairs(seed: int) -> Iterator[Pair]:
    """Pairs without end: a few over each invented schema."""
    rng = Random(seed)
    while True:
        schema = with_indexes(invent_schema(rng), rng)
        for _ in range(rng.choice([2, 3, 4, 6])):
            topical = rng.random() < TOPICAL_SHARE
            pair = invent_topical_pair(rng) if topical else invent_pair(schema, rng)
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
