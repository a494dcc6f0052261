"""One trial: fresh adapters on a base that stays loaded, trained as `train` trains them.

The loss that counts is that of `validate.token_loss` on held-out records that are the same for all
trials, whatever their batch size, packing or length.
"""

from __future__ import annotations

import gc
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlwright.bases import load_base, precision_of, read_shape
from sqlwright.config import Config, replaced, write_config
from sqlwright.curve import Metrics, Progress, Watch
from sqlwright.data.encode import Encoded, EncodedSet
from sqlwright.data.records import Record
from sqlwright.errors import DataError, SettingsFailed
from sqlwright.failures import said_plainly
from sqlwright.plan import at_once, available, estimate
from sqlwright.train import both_records, encode_both, leave, set_environment, trainer_of
from sqlwright.validate import token_loss

_GIB = 2**30
# what a search does itself, or what would only take time in a trial
_IN_A_TRIAL: dict[str, Any] = {
    "train.eval_steps": 0,
    "train.eval_answers": 0,
    "train.early_stopping_patience": None,
    "train.report_to": (),
}


class Pruned(Exception):
    """A trial that was stopped before its end, with the reason."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a trial came to, before its adapter is let go.

    Attributes:
        loss: of the held-out answers, in nats a token.
        keep: leaves the adapter in that folder, as `train` would.
        model: the base with the adapter.
    """

    loss: float
    steps: int
    tokens: int
    seconds: float
    keep: Callable[[str], object]
    model: Any


class Resident:
    """A base that stays on its device, with the records as its tokens."""

    def __init__(self, config: Config, lengths: Sequence[int], say: Callable[[str], None]) -> None:
        """Load the base and read the records.

        Args:
            config: of all trials, but for what they search.
            lengths: every `train.max_seq_length` that a trial may have, or its two ends.

        Raises:
            DataError: records that do not fit the smallest of them, or none is held out.
        """
        set_environment()
        self.config = replaced(config, _IN_A_TRIAL, "a trial")
        self.say = say
        self.records, self.validation = both_records(config, None, None)
        if not self.validation:
            raise DataError("a search needs held-out records: set data.validation")
        self.room = available()
        self.tokenizer, self.weights = load_base(config)
        self.shape = read_shape(config)
        # the longest decides, for all trials alike: or else their losses would not compare
        longest = max(lengths)
        found, self.held_out = self._encode(longest, self.validation)
        self._sets = {longest: found}
        self.encoded(min(lengths))

    def encoded(self, length: int) -> EncodedSet:
        """The records to train on that fit so many tokens."""
        if length not in self._sets:
            self._sets[length] = self._encode(length, ())[0]
        return self._sets[length]

    def _encode(
        self, length: int, validation: Sequence[Record]
    ) -> tuple[EncodedSet, tuple[Encoded, ...]]:
        config = replaced(self.config, {"train.max_seq_length": length}, "a trial")
        return encode_both(config, self.tokenizer, self.records, validation, self.say)

    def release(self, config: Config, trainer: Any) -> None:
        """Take the adapter out of the base again, and give its memory back."""
        import torch

        model, trainer.model, trainer.model_wrapped = trainer.model, None, None
        trainer.optimizer = trainer.lr_scheduler = None
        if config.lora.init == "loftq" and config.model.quantization == "none":
            self.weights = None  # LoftQ wrote into it
            del model
            _collect()
            self.weights = load_base(self.config)[1]
            return
        self.weights = model.unload()
        if config.train.gradient_checkpointing:
            newer = hasattr(self.weights, "activation_checkpointing_disable")  # from 5.20 or so
            kind = "activation" if newer else "gradient"
            getattr(self.weights, f"{kind}_checkpointing_disable")()
            self.weights.disable_input_require_grads()
        del model
        _collect()
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()


def _collect() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def run_trial(
    resident: Resident,
    config: Config,
    figures: Path,
    *,
    at: Sequence[float] = (),
    reached: Callable[[float, float], None] = lambda share, loss: None,
    tell: Callable[[Progress], None] = lambda progress: None,
    minutes: float | None = None,
    use: Callable[[Trained], None],
) -> None:
    """Train one adapter on the resident base; the base is as before when this returns or raises.

    Args:
        config: of this trial.
        figures: the file of its metrics, written anew.
        at: shares of its training at which the held-out loss is taken.
        reached: told that share and loss; it raises `Pruned` to end the trial.
        tell: told after every step.
        minutes: after which it is pruned.
        use: given what was trained, while the adapter is still there.

    Raises:
        Pruned: with the reason, also where memory would not do or the loss is no number.
    """
    config = replaced(config, _IN_A_TRIAL, "a trial")
    encoded = resident.encoded(config.train.max_seq_length)
    if why := _why_too_big(resident, config, encoded.items):
        raise Pruned(why)
    figures.parent.mkdir(parents=True, exist_ok=True)
    figures.unlink(missing_ok=True)
    metrics = Metrics(figures)
    left = list(at)

    def follow(progress: Progress) -> None:
        tell(progress)
        if minutes is not None and watch.seconds > 60 * minutes:
            raise Pruned(f"it takes longer than {minutes:g} minutes")
        if left and progress.share >= left[0] and progress.step < progress.steps:
            passed = [share for share in left if share <= progress.share]
            del left[: len(passed)]
            watch.measure(progress.step)
            loss = _number(watch.validations()[-1][1])
            for share in passed:  # a trial of few steps passes several at once
                reached(share, loss)

    watch = Watch(config, metrics, follow)
    trainer = trainer_of(
        config, resident.weights, resident.tokenizer, encoded.items, watch, saves=False
    )
    watch.validate = partial(_measure, trainer.model, resident)
    try:
        with said_plainly(config, watch):
            trainer.train()
        loss = _number(dict(watch.validations())[watch.done])
        keep = partial(_keep, resident, config, trainer, watch, encoded)
        use(Trained(loss, watch.done, watch.tokens, round(watch.seconds, 2), keep, trainer.model))
    except SettingsFailed as error:
        raise Pruned(str(error)) from None
    finally:
        resident.release(config, trainer)


def _measure(model: Any, resident: Resident, step: int) -> dict[str, float]:
    return {"eval_loss": token_loss(model, resident.held_out, resident.tokenizer)}


def _keep(
    resident: Resident,
    config: Config,
    trainer: Any,
    watch: Watch,
    encoded: EncodedSet,
    folder: str,
) -> None:
    there = replaced(config, {"train.output_dir": folder}, "a trial")
    Path(folder).mkdir(parents=True, exist_ok=True)
    write_config(there, Path(folder) / "config.yaml")
    shutil.copyfile(watch.metrics.path, Path(folder) / "metrics.jsonl")
    leave(there, trainer, resident.tokenizer, watch, encoded, len(resident.held_out))


def _number(loss: float) -> float:
    if not math.isfinite(loss):
        raise Pruned(f"the held-out loss is {loss}")
    return loss


def _why_too_big(resident: Resident, config: Config, items: Sequence[Encoded]) -> str | None:
    """Why the training would not fit into memory, by the estimate of `train --dry-run`."""
    import torch

    on_gpu = torch.cuda.is_available()
    tokens, answered = at_once(config, items)
    needed = estimate(config, resident.shape, tokens, answered, on_gpu, precision_of(config)).total
    if needed <= resident.room:
        return None
    return f"it needs about {needed / _GIB:.1f} GiB, and {resident.room / _GIB:.1f} are free"
