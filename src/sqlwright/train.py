"""Adapt a base model to records: supervised fine-tuning of a LoRA adapter, top to bottom.

Records become token ids and labels here (`data/encode.py`), so what is trained on is seen before a
weight moves; TRL's SFTTrainer does the steps. A killed training goes on from its last checkpoint.
"""

from __future__ import annotations

import os
import shutil
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from sqlwright.adapters import fingerprint
from sqlwright.arguments import lora_config, sft_arguments
from sqlwright.bases import check_settings, load_base, read_shape, source_of
from sqlwright.card import Training, adapter_figures, card
from sqlwright.checkpoints import claim, step_of, write_json
from sqlwright.config import Config
from sqlwright.curve import Metrics, Progress, Watch, draw_losses, memory
from sqlwright.data.encode import IGNORED, ByLength, Encoded, EncodedSet, encode_all
from sqlwright.data.records import Record, digest, read_records
from sqlwright.data.split import crossing
from sqlwright.errors import DataError, MissingExtra, SettingsFailed
from sqlwright.failures import said_plainly, why_lost
from sqlwright.loftq import start_from_loftq, write_base
from sqlwright.model import hush
from sqlwright.validate import judged_answers, token_loss


def train(
    config: Config,
    *,
    records: Sequence[Record] | None = None,
    validation: Sequence[Record] | None = None,
    progress: Callable[[Progress], None] | None = None,
    say: Callable[[str], None] | None = None,
) -> Training:
    """Train a LoRA adapter and leave it in `train.output_dir`, with its config and figures.

    Args:
        records: what to train on; read from `data.train` if None.
        validation: held-out records for `eval_loss`; read from `data.validation` if None.
        progress: told after every step.
        say: told in one sentence what was dropped or resumed.

    Raises:
        DataError: records that do not fit and may not be dropped, or a template on both sides.
        ConfigError: the folder holds checkpoints of a training with other settings or records.
        UsageError: the folder holds a finished adapter.
        ModelError: the base cannot be loaded, the loss stopped being a number, or memory or disk
            are full.
    """
    set_environment()
    say = say or (lambda sentence: None)
    check_settings(config)
    read_shape(config)  # what cannot be trained is refused before anything is read or claimed
    records, validation = both_records(config, records, validation)
    folder = Path(config.train.output_dir)
    checkpoint = claim(folder, config, {"train": digest(records), "validation": digest(validation)})
    tokenizer, weights = load_base(config)
    encoded, held_out = encode_both(config, tokenizer, records, validation, say)

    metrics, answers = (Metrics(folder / name) for name in ("metrics.jsonl", "answers.jsonl"))
    for lines in (metrics, answers):
        lines.rewind(step_of(checkpoint) if checkpoint else -1)
    watch = Watch(config, metrics, progress)
    trainer = trainer_of(config, weights, tokenizer, encoded.items, watch)
    if held_out:
        watch.validate = partial(
            _measure, config, trainer.model, tokenizer, held_out, validation, answers
        )
    if config.train.early_stopping_patience:
        watch.keep = partial(trainer.model.save_pretrained, folder / "best")
    if checkpoint:
        say(f"resumed from step {step_of(checkpoint)} of {folder}")
    else:
        watch.measure(0)
    with said_plainly(config, watch):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    best = _take_best(trainer.model, folder, watch, say) if watch.keep else None
    return leave(
        config,
        trainer,
        tokenizer,
        watch,
        encoded,
        len(held_out),
        resumed_from=step_of(checkpoint),
        best=best,
    )


def encode_both(
    config: Config,
    tokenizer: Any,
    records: Sequence[Record],
    validation: Sequence[Record],
    say: Callable[[str], None],
) -> tuple[EncodedSet, tuple[Encoded, ...]]:
    """What is trained on and what is held out, as tokens that fit `train.max_seq_length`.

    Raises:
        DataError: records that do not fit and may not be dropped.
    """
    encode = partial(
        encode_all,
        tokenizer=tokenizer,
        family=config.model.family,
        limit=config.train.max_seq_length,
        too_long=config.data.too_long,
        say=say,
    )
    some = validation[: config.data.validation_records]
    held_out = encode(some, what="validation").items if some else ()
    return encode(records, what="training"), held_out


def _measure(
    config: Config,
    model: Any,
    tokenizer: Any,
    held_out: Sequence[Encoded],
    validation: Sequence[Record],
    answers: Metrics,
    step: int,
) -> dict[str, float]:
    """The loss of held-out answers, and where asked for what becomes of some of them."""
    found = {"eval_loss": token_loss(model, held_out, tokenizer)}
    if count := config.train.eval_answers:
        some = [
            validation[number - 1] for number in dict.fromkeys(item.number for item in held_out)
        ][:count]
        found |= judged_answers(model, tokenizer, config.model.family, some, step, answers)
    return found


def _take_best(model: Any, folder: Path, watch: Watch, say: Callable[[str], None]) -> int | None:
    """The step whose adapter had the lowest held-out loss: the model has it again."""
    from peft import load_peft_weights, set_peft_model_state_dict

    best = watch.best_step()
    if best and best < watch.done:
        set_peft_model_state_dict(model, load_peft_weights(str(folder / "best"), device="cpu"))
        say(f"the adapter of step {best} is kept: its loss on held-out records is the lowest")
    shutil.rmtree(folder / "best", ignore_errors=True)
    return best or None


def leave(
    config: Config,
    trainer: Any,
    tokenizer: Any,
    watch: Watch,
    encoded: EncodedSet,
    held_out: int,
    *,
    resumed_from: int = 0,
    best: int | None = None,
) -> Training:
    """Leave the adapter, its tokenizer, its curve and its figures in `train.output_dir`.

    Args:
        held_out: how many records `eval_loss` is of.
        best: the step whose adapter this is, where it is not the last one's.
    """
    losses = dict(watch.validations())
    base = Path(source_of(config.model.path))
    model, folder = trainer.model, Path(config.train.output_dir)
    done = Training(
        folder=str(folder),
        records=encoded.records,
        dropped=encoded.dropped,
        validation=held_out,
        steps=watch.done,
        tokens=watch.tokens,
        trained_tokens=watch.trained_tokens,
        seconds=round(watch.seconds, 2),
        resumed_from=resumed_from,
        loss=watch.metrics.recent_loss(),
        eval_loss_before=losses.get(0),
        eval_loss=losses.get(best or watch.done),
        **adapter_figures(model),
        precision="bf16" if trainer.args.bf16 else "fp16" if trainer.args.fp16 else "fp32",
        memory=round(memory(), 3),
        best_step=best,
        base_revision=getattr(model.config, "_commit_hash", None),
        base_fingerprint=fingerprint(base) if base.is_dir() else None,
    )
    model.save_pretrained(folder, safe_serialization=True)
    tokenizer.save_pretrained(folder)
    if config.lora.init == "loftq":
        write_base(model, tokenizer, config, folder / "base")
    (folder / "README.md").write_text(card(done), encoding="utf-8")
    draw_losses(watch.metrics.path, folder / "loss.png")
    write_json(folder / "training.json", asdict(done))  # last: it marks the folder as finished
    return done


def set_environment() -> None:
    """Make the packages that train ready, and quiet.

    Raises:
        MissingExtra: names the one that is not installed.
    """
    # read when torch is imported: spinning threads cost five times the speed on a busy machine
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        hush()
        import datasets
        import peft  # noqa: F401
        import trl  # noqa: F401
    except ImportError as error:
        package = str(error.name).partition(".")[0]
        raise MissingExtra(f"{package}, which training needs,", "train") from None
    from transformers.utils import logging

    datasets.disable_progress_bars()
    logging.set_verbosity_error()


def both_records(
    config: Config, records: Sequence[Record] | None, validation: Sequence[Record] | None
) -> tuple[Sequence[Record], Sequence[Record]]:
    """(training, validation) records, from the config's files where none are given.

    Raises:
        DataError: a file that cannot be read, or a query template on both sides.
    """
    columns = config.data.columns
    records = read_records(config.data.train, columns) if records is None else records
    if validation is None:
        path = config.data.validation
        validation = read_records(path, columns) if path else []
    if shared := crossing(records, validation):
        raise DataError(
            f"{len(shared)} query templates stand in both training and validation records:"
            " split them with sqlwright data split"
        )
    return records, validation


def trainer_of(
    config: Config,
    weights: Any,
    tokenizer: Any,
    encoded: Sequence[Encoded],
    watch: Watch,
    *,
    saves: bool = True,
) -> Any:
    """TRL's trainer over ready token ids and labels, with our schedule and our counts.

    Args:
        weights: of the base; the adapter is put into them.
        saves: leave checkpoints in `train.output_dir`.
    """
    from datasets import Dataset
    from transformers import PrinterCallback, set_seed

    trainer_class, follow = _watched(watch, {item.ids: item.number for item in encoded})
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token  # labels are ours, so the end is still trained on
    weights.config.use_cache = False
    set_seed(config.train.seed)
    rows = [{"input_ids": list(item.ids), "labels": item.labels} for item in encoded]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # by PEFT
        trainer = trainer_class(
            model=weights,
            args=sft_arguments(config, saves),
            train_dataset=Dataset.from_list(rows),
            processing_class=tokenizer,
            peft_config=lora_config(config),
        )
    trainer.remove_callback(PrinterCallback)
    trainer.callback_handler.callbacks.insert(0, follow())  # at the end before trackers close
    if config.train.report_to:
        watch.report = lambda found: trainer.callback_handler.on_log(
            trainer.args, trainer.state, trainer.control, found
        )
    if config.lora.init == "loftq" and config.model.quantization != "none":
        start_from_loftq(trainer.model, config)
    return trainer


def _watched(watch: Watch, numbers: Mapping[tuple[int, ...], int]) -> tuple[Any, Any]:
    """(trainer, callback): TRL's classes, with each step told to the watch.

    Args:
        numbers: of each record by its token ids.
    """
    from transformers import TrainerCallback
    from trl import SFTTrainer

    class Trainer(SFTTrainer):  # type: ignore[misc]
        def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
            from torch.optim.lr_scheduler import LambdaLR

            watch.steps = num_training_steps
            self.lr_scheduler = LambdaLR(optimizer or self.optimizer, watch.rate)
            return self.lr_scheduler

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            lengths = [len(row) for row in (train_dataset or self.train_dataset)["input_ids"]]
            return ByLength(lengths, self.args.per_device_train_batch_size, self.args.seed)

        def training_step(self, model: Any, inputs: Any, *rest: Any) -> Any:
            mask = inputs.get("attention_mask")  # packed rows have none, and no padding either
            watch.tokens += inputs["input_ids"].numel() if mask is None else int(mask.sum())
            watch.trained_tokens += int((inputs["labels"] != IGNORED).sum())
            loss = super().training_step(model, inputs, *rest)
            if not loss.isfinite():
                raise SettingsFailed(why_lost(float(loss), watch.done + 1, inputs, numbers))
            return loss

        def create_model_card(self, *_: Any, **__: Any) -> None:
            """None at each checkpoint: the adapter gets one at the end."""

    class Follow(TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, *_: Any, **__: Any) -> None:
            watch.started = time.monotonic()

        def on_log(self, _: Any, state: Any, control: Any, logs: Any = None, **__: Any) -> None:
            if logs and "loss" in logs:
                watch.step(state.global_step, logs)
                control.should_training_stop |= watch.is_stale()

        def on_step_end(self, _: Any, state: Any, control: Any, **__: Any) -> None:
            control.should_training_stop |= watch.is_over(state.global_step)

        def on_train_end(self, *_: Any, **__: Any) -> None:
            watch.end()

    return Trainer, Follow
