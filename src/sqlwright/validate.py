"""What a training is measured by while it runs: the loss of held-out answers, and answers judged.

The loss is of a fixed set, unpacked and never cut; the answers are those that the model would give
in use, judged by execution as `evaluate` judges them.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlwright.curve import Metrics
from sqlwright.data.encode import IGNORED, Encoded
from sqlwright.data.records import Record
from sqlwright.evaluate import evaluate
from sqlwright.model import LocalModel

_SECONDS = 1.0  # for one verdict: a training waits for it


def token_loss(model: Any, encoded: Sequence[Encoded], tokenizer: Any) -> float:
    """Mean loss of the answers' tokens, in nats, every token weighed alike.

    Not transformers' eval_loss: that averages batch means, so it moves with the batch size.
    """
    import torch

    was_training = model.training
    model.eval()
    total, count = 0.0, 0
    order = sorted(encoded, key=lambda item: len(item.ids))
    with torch.no_grad():
        for start in range(0, len(order), 8):
            batch = order[start : start + 8]
            longest = len(batch[-1].ids)
            pad = _pad_id(tokenizer)
            ids = torch.tensor([[*r.ids, *[pad] * (longest - len(r.ids))] for r in batch])
            labels = torch.tensor([r.labels + [IGNORED] * (longest - len(r.ids)) for r in batch])
            ids, labels = ids.to(model.device), labels.to(model.device)[:, 1:]
            # padding stands on the right, where causal attention never looks back from
            logits = model(input_ids=ids, use_cache=False).logits[:, :-1]  # [batch, length, words]
            wanted = labels != IGNORED
            losses = torch.nn.functional.cross_entropy(
                logits[wanted].float(), labels[wanted], reduction="sum"
            )
            total, count = total + float(losses), count + int(wanted.sum())
    model.train(was_training)
    return total / max(count, 1)


def judged_answers(
    model: Any, tokenizer: Any, family: str, records: Sequence[Record], step: int, file: Path
) -> dict[str, float]:
    """Shares of the answers that parse, bind, show no difference and are exact, by their names.

    Args:
        model: as it is being trained; it is left as it was.
        file: gets a line for each answer, with what the verdict on it says.
    """
    was_training = model.training
    model.eval()
    held = LocalModel.around(model, copy.copy(tokenizer), family)
    found = evaluate(records, held, name="in training", seconds=_SECONDS, workers=1)
    model.train(was_training)
    lines = Metrics(file)
    for outcome, record in zip(found.outcomes, records, strict=True):
        asked = {"step": step, "instruction": record.instruction, "input": record.input}
        lines.note(asked | asdict(outcome))
    return {name.replace(" ", "_"): r.share for name, r in found.rates().items() if r.of}


def _pad_id(tokenizer: Any) -> int:
    found = tokenizer.pad_token_id
    return int(tokenizer.eos_token_id if found is None else found)
