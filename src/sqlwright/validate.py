"""What a training is measured by while it runs: the loss of held-out answers, and answers judged.

The loss is of a fixed set, unpacked and never cut; the answers are those that the model would give
in use, judged by execution as `evaluate` judges them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlwright.curve import Metrics
from sqlwright.data.encode import IGNORED, Encoded
from sqlwright.data.records import Record
from sqlwright.evaluate import evaluate
from sqlwright.model import LocalModel

_MOST_TOKENS = 8192  # of a batch, with its padding
_SECONDS = 1.0  # for one verdict: a training waits for it


def token_loss(model: Any, encoded: Sequence[Encoded], tokenizer: Any) -> float:
    """Mean loss of the answers' tokens, in nats, every token weighed alike.

    Not transformers' eval_loss: that averages batch means, so it moves with the batch size.
    """
    import torch

    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    pad = _pad_id(tokenizer)
    with torch.no_grad():
        for batch in _batches(encoded):
            longest = len(batch[-1].ids)
            ids = torch.tensor([[*r.ids, *[pad] * (longest - len(r.ids))] for r in batch])
            labels = torch.tensor([r.labels + [IGNORED] * (longest - len(r.ids)) for r in batch])
            ids, labels = ids.to(model.device), labels.to(model.device)[:, 1:]
            wanted = labels != IGNORED
            # the words of every token would take gigabytes: those of answers are enough
            places = wanted.any(dim=0).nonzero()[:, 0]
            # padding stands on the right, where causal attention never looks back from
            found = model(input_ids=ids, use_cache=False, logits_to_keep=places)
            logits, labels = found.logits, labels[:, places]  # [batch, places, words]
            wanted = labels != IGNORED
            losses = torch.nn.functional.cross_entropy(
                logits[wanted].float(), labels[wanted], reduction="sum"
            )
            total, count = total + float(losses), count + int(wanted.sum())
    model.train(was_training)
    return total / max(count, 1)


def _batches(encoded: Sequence[Encoded]) -> Iterator[list[Encoded]]:
    """Records of like length, the longest last: eight at most, and so many tokens at most."""
    batch: list[Encoded] = []
    for item in sorted(encoded, key=lambda item: len(item.ids)):
        if batch and (len(batch) == 8 or (len(batch) + 1) * len(item.ids) > _MOST_TOKENS):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch


def judged_answers(
    model: Any, tokenizer: Any, family: str, records: Sequence[Record], step: int, lines: Metrics
) -> dict[str, float]:
    """Shares of the answers that parse, bind, show no difference and are exact, by their names.

    Args:
        model: as it is being trained; it is left as it was.
        lines: get one for each answer, with what the verdict on it says.
    """
    was_training = model.training
    model.eval()
    held = LocalModel.around(model, copy.copy(tokenizer), family)
    found = evaluate(records, held, name="in training", seconds=_SECONDS, workers=1)
    model.train(was_training)
    for outcome, record in zip(found.outcomes, records, strict=True):
        asked = {"step": step, "instruction": record.instruction, "input": record.input}
        lines.note(asked | asdict(outcome))
    return {name.replace(" ", "_"): r.share for name, r in found.rates().items() if r.of}


def _pad_id(tokenizer: Any) -> int:
    found = tokenizer.pad_token_id
    return int(tokenizer.eos_token_id if found is None else found)
