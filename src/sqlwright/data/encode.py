"""A record as the token ids that the trainer sees, and which of them are trained on.

Prompt and answer are turned into tokens apart, so no token spans the border; the answer and the end
token are trained on, the prompt is not. Nothing is cut here or later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from sqlwright.data.records import Record, request
from sqlwright.errors import DataError, ModelError
from sqlwright.model import adds_special, wrapped
from sqlwright.prompt import canonical, render

IGNORED = -100  # what torch's cross entropy leaves out


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids of one record; the first `prompt_tokens` of them are not trained on.

    `number` is the record's place in its file, from 1.
    """

    ids: tuple[int, ...]
    prompt_tokens: int
    number: int = 0

    @property
    def labels(self) -> list[int]:
        """The ids with the prompt's replaced by IGNORED."""
        return [IGNORED] * self.prompt_tokens + list(self.ids[self.prompt_tokens :])


def encode(record: Record, tokenizer: Any, family: str) -> Encoded:
    """The record's prompt, answer and end token as ids.

    Args:
        tokenizer: a transformers tokenizer; it is not read from disk here.

    Raises:
        ModelError: if the tokenizer has no end token, without which a model never stops.
    """
    if tokenizer.eos_token_id is None:
        raise ModelError("the tokenizer has no end token: a model trained with it would never stop")
    prompt = prompt_ids(render(request(record, family), family), tokenizer, family)
    text = answer_text(record, family)
    # an answer may hold a text like </s>, and would end there
    answer = tokenizer(text, add_special_tokens=False, split_special_tokens=True)["input_ids"]
    return Encoded((*prompt, *answer, tokenizer.eos_token_id), len(prompt))


@dataclass(frozen=True, slots=True)
class EncodedSet:
    """What is trained on, in order; `dropped` records are not in it, long ones may be in pieces."""

    items: tuple[Encoded, ...]
    records: int
    dropped: int


def encode_all(
    records: Sequence[Record],
    *,
    tokenizer: Any,
    family: str,
    limit: int,
    too_long: str = "refuse",
    what: str = "training",
    say: Callable[[str], None] = lambda _: None,
) -> EncodedSet:
    """The records as tokens, in order; what does not fit is refused, or else what was asked for.

    Args:
        limit: tokens of prompt and answer together.
        too_long: what becomes of a record with more: "refuse", "drop" or "split" (`pieces`);
            `say` is told how many those are.
        what: which records these are, for the sentences.

    Raises:
        DataError: records that do not fit and are to be refused, or none that is left.
    """
    encoded = [
        replace(encode(record, tokenizer, family), number=number)
        for number, record in enumerate(records, start=1)
    ]
    if any(len(item.ids) - item.prompt_tokens < 2 for item in encoded):
        raise DataError(f"a {what} record has an empty answer: there is nothing to train on in it")
    long = [item.number for item in encoded if len(item.ids) > limit]
    fitting = [item for item in encoded if len(item.ids) <= limit]
    sentence = f"{len(long)} of {len(records)} {what} records do not fit {limit} tokens"
    kept = fitting
    if long and too_long == "refuse":
        first = ", ".join(map(str, long[:5]))
        raise DataError(
            f"{sentence} (the first: {first}): raise train.max_seq_length,"
            " or set data.too_long to drop or split"
        )
    if long and too_long == "split":
        kept = [piece for item in encoded for piece in pieces(item, limit)]
        say(f"{sentence} and were split into {len(kept) - len(fitting)} pieces")
    elif long:
        say(f"{sentence} and were dropped")
    if not kept:
        raise DataError(f"no {what} record is left that fits {limit} tokens: nothing to train on")
    dropped = len(long) if too_long == "drop" else 0
    return EncodedSet(tuple(kept), len(records) - dropped, dropped)


def pieces(item: Encoded, limit: int) -> Iterator[Encoded]:
    """The record itself where it fits, or else parts of it with at most `limit` tokens.

    Each token of the answer is trained on once, in one of the parts, and what goes before it there
    is what goes before it in the record, half of the limit at least: the beginning of a long prompt
    is what gets lost.
    """
    if len(item.ids) <= limit:
        yield item
        return
    longest = limit - limit // 2  # of the answer's tokens in one part
    for start in range(item.prompt_tokens, len(item.ids), longest):
        end = min(start + longest, len(item.ids))
        first = max(0, end - limit)
        yield Encoded(item.ids[first:end], start - first, item.number)


class ByLength:
    """The order of an epoch: records of like length in a batch, the batches in any order.

    Or else half of a batch is padding. transformers' own grouping goes from long to short again and
    again, so a training that a time limit ends would have seen more of the long ones.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self.lengths, self.batch_size, self.seed, self.epoch = lengths, batch_size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """Called before each epoch, after a resume too: the order hangs on nothing else."""
        self.epoch = epoch

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        rng = Random(f"{self.seed}:{self.epoch}")
        order = list(range(len(self.lengths)))
        rng.shuffle(order)
        wide = 16 * self.batch_size
        batches: list[list[int]] = []
        for start in range(0, len(order), wide):
            near = sorted(order[start : start + wide], key=self.lengths.__getitem__)
            batches += [near[i : i + self.batch_size] for i in range(0, len(near), self.batch_size)]
        # a batch that is not full stays at the end, or else all after it would be cut differently
        whole = [batch for batch in batches if len(batch) == self.batch_size]
        rng.shuffle(whole)
        rest = [batch for batch in batches if len(batch) < self.batch_size]
        yield from (place for batch in [*whole, *rest] for place in batch)


def prompt_ids(prompt: str, tokenizer: Any, family: str) -> list[int]:
    """A prompt's ids, with what serving puts around it too: <s>, or the chat template."""
    text = wrapped(prompt, tokenizer, family)
    return list(tokenizer(text, add_special_tokens=adds_special(family))["input_ids"])


def answer_text(record: Record, family: str) -> str:
    """The answer as the model of that family should write it, without its end token."""
    if record.task == "check":
        answer = record.output
    elif family == "mini":
        answer = canonical(record.output, record.dialect)
    else:
        answer = record.output.strip().removesuffix(";")
    return {
        "sqlcoder-7b": f"{answer}\n```",  # the prompt ends in an open fence
        "chat": f"```sql\n{answer}\n```",
    }.get(family, answer)
