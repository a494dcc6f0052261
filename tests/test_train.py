"""Training: what is trained on, that it learns, that a killed one goes on, and its refusals."""

from __future__ import annotations

import errno
import json
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlwright.adapters import fingerprint
from sqlwright.config import Config, write_config
from sqlwright.curve import Metrics, Progress, Watch, read_metrics, schedule
from sqlwright.data.encode import IGNORED, ByLength, Encoded, encode, pieces
from sqlwright.data.records import Record, write_records
from sqlwright.errors import ConfigError, DataError, MissingExtra, ModelError, UsageError
from sqlwright.failures import said_plainly, why_lost
from sqlwright.train import train
from sqlwright.validate import token_loss
from tiny import make_tiny_model, tiny_records

RECORDS = tiny_records(30)
# The losses of four steps, with the special tokens that there were when they were recorded: one more
# would move every id, and a change of what is trained could not be told from it.
RECORDED = (5.97997, 5.92255, 5.87565, 5.87101)
MARKERS = tuple(
    f"<|{name}|>"
    for name in "pad end optimize refactor check fix dialect schema passage query answer".split()
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def tokenizer(base: Path) -> Any:
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(base)


def config_of(base: Path, output: Path, **train: Any) -> Config:
    settings = {"learning_rate": 1e-2, "max_seq_length": 512, "precision": "fp32"} | train
    return Config.model_validate(
        {
            "model": {"path": str(base)},
            "data": {"train": str(output.with_suffix(".jsonl"))},
            "lora": {"r": 4, "alpha": 8},
            "train": {"output_dir": str(output), **settings},
        }
    )


def losses(folder: Path) -> list[tuple[int, float]]:
    lines = read_metrics(folder / "metrics.jsonl")
    return [(line["step"], line["loss"]) for line in lines if "loss" in line]


def test_the_answer_and_its_end_are_trained_on_and_nothing_else(tokenizer: Any) -> None:
    for record in RECORDS:
        encoded = encode(record, tokenizer, "mini")
        kept = [token for token in encoded.labels if token != IGNORED]
        assert len(encoded.labels) == len(encoded.ids)
        assert kept[-1] == tokenizer.eos_token_id
        assert tokenizer.decode(kept[:-1]) == record.output
        assert tokenizer.decode(encoded.ids[: encoded.prompt_tokens]).endswith("<|answer|>")


def test_the_loss_is_that_of_a_plain_reference(base: Path, tokenizer: Any) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base).double()
    encoded = [encode(record, tokenizer, "mini") for record in RECORDS]
    total, count = 0.0, 0
    for item in encoded:  # one record at a time, one token at a time: no padding, no batch
        with torch.no_grad():
            chances = model(input_ids=torch.tensor([item.ids])).logits[0].log_softmax(-1)
        for place in range(item.prompt_tokens, len(item.ids)):
            total -= float(chances[place - 1, item.ids[place]])
            count += 1
    assert token_loss(model, encoded, tokenizer) == pytest.approx(total / count, rel=1e-6)


@pytest.mark.parametrize("packing", [False, True])
def test_a_step_weighs_every_token_alike_and_packed_records_stay_apart(
    base: Path, tokenizer: Any, tmp_path: Path, packing: bool
) -> None:
    from transformers import AutoModelForCausalLM

    config = config_of(
        base,
        tmp_path / "out",
        max_steps=1,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=4,
        packing=packing,
        max_seq_length=1024,
    )
    train(config, records=RECORDS[:12], validation=[])
    encoded = [encode(record, tokenizer, "mini") for record in RECORDS[:12]]
    expected = token_loss(AutoModelForCausalLM.from_pretrained(base), encoded, tokenizer)
    assert losses(tmp_path / "out")[0][1] == pytest.approx(expected, rel=1e-4)


def test_it_learns_and_leaves_what_it_did(base: Path, tmp_path: Path) -> None:
    from sqlwright.model import load_model

    told: list[Progress] = []
    config = config_of(base, tmp_path / "out", num_train_epochs=4, precision="auto")
    done = train(config, records=RECORDS[:24], validation=RECORDS[24:], progress=told.append)
    assert done.steps == 24
    assert [progress.step for progress in told] == list(range(1, 25))
    assert told[-1].share == 1.0
    assert done.eval_loss is not None
    assert done.eval_loss_before is not None
    assert done.eval_loss < done.eval_loss_before - 0.2
    assert done.adapted == (
        "down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj",
    )  # fmt: skip
    assert done.layers == 14
    assert done.base_fingerprint == fingerprint(base)
    assert (
        f"| base_fingerprint | {done.base_fingerprint} |"
        in (tmp_path / "out" / "README.md").read_text()
    )
    left = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"adapter_model.safetensors", "config.yaml", "data.json", "loss.png"} <= left
    assert json.loads((tmp_path / "out" / "training.json").read_text())["steps"] == 24
    assert (tmp_path / "out" / "loss.png").read_bytes()[:4] == b"\x89PNG"
    assert load_model(str(tmp_path / "out")).family == "mini"
    with pytest.raises(UsageError, match="holds a finished adapter"):
        train(config, records=RECORDS[:24], validation=RECORDS[24:])


def test_a_killed_training_goes_on_with_the_same_losses(base: Path, tmp_path: Path) -> None:
    whole = config_of(base, tmp_path / "whole", num_train_epochs=2, save_steps=3)
    train(whole, records=RECORDS[:24], validation=[])

    killed = config_of(base, tmp_path / "killed", num_train_epochs=2, save_steps=3)
    write_records(RECORDS[:24], tmp_path / "killed.jsonl")
    write_config(killed, tmp_path / "killed.yaml")
    script = (
        "import os, signal, sys; from sqlwright.config import load_config;"
        "from sqlwright.train import train\n"
        "def tell(progress):\n"
        "    if progress.step == 8: os.kill(os.getpid(), signal.SIGKILL)\n"
        "train(load_config(sys.argv[1]), progress=tell)"
    )
    run = subprocess.run([sys.executable, "-c", script, str(tmp_path / "killed.yaml")])
    assert run.returncode == -signal.SIGKILL
    # as a kill in the middle of a save would leave it
    (tmp_path / "killed" / "checkpoint-9").mkdir()

    said: list[str] = []
    done = train(killed, say=said.append)
    assert done.resumed_from == 6
    assert said == [f"resumed from step 6 of {tmp_path / 'killed'}"]
    assert losses(tmp_path / "killed") == losses(tmp_path / "whole")


def test_checkpoints_of_another_training_are_not_gone_on_from(base: Path, tmp_path: Path) -> None:
    def stop(progress: Progress) -> None:
        if progress.step == 3:
            raise KeyboardInterrupt

    config = config_of(base, tmp_path / "out", save_steps=2)
    with pytest.raises(KeyboardInterrupt):
        train(config, records=RECORDS[:24], validation=[], progress=stop)
    with pytest.raises(ConfigError, match=r"of another training \(train.seed \(0, 1\)\)"):
        train(config_of(base, tmp_path / "out", save_steps=2, seed=1), records=RECORDS[:24])
    with pytest.raises(ConfigError, match="another training \\(other records\\)"):
        train(config, records=RECORDS[:20], validation=[])


def test_a_time_limit_ends_a_training_with_its_schedule(base: Path, tmp_path: Path) -> None:
    started = time.monotonic()
    config = config_of(base, tmp_path / "out", num_train_epochs=1000, max_minutes=2 / 60)
    done = train(config, records=RECORDS[:24], validation=[])
    assert 3 < done.steps < 6000
    assert done.seconds < 4
    assert time.monotonic() - started < 20
    rates = [line["learning_rate"] for line in read_metrics(tmp_path / "out" / "metrics.jsonl")]
    assert rates[-1] < 0.1 * max(rates)


def test_what_does_not_fit_is_refused_or_dropped_and_never_cut(base: Path, tmp_path: Path) -> None:
    long = Record(**{**as_dict(RECORDS[0]), "instruction": "please " * 200})
    config = config_of(base, tmp_path / "out", max_steps=1)
    with pytest.raises(
        DataError, match=r"1 of 9 training records do not fit 512 tokens .*first: 9"
    ):
        train(config, records=[*RECORDS[:8], long], validation=[])
    dropping = config.model_copy(
        update={"data": config.data.model_copy(update={"too_long": "drop"})}
    )
    said: list[str] = []
    done = train(dropping, records=[*RECORDS[:8], long], validation=[], say=said.append)
    assert (done.records, done.dropped) == (8, 1)
    assert said == ["1 of 9 training records do not fit 512 tokens and were dropped"]
    splitting = config_of(base, tmp_path / "split", max_steps=1)
    splitting = splitting.model_copy(
        update={"data": splitting.data.model_copy(update={"too_long": "split"})}
    )
    done = train(splitting, records=[*RECORDS[:8], long], validation=[], say=said.append)
    assert (done.records, done.dropped) == (9, 0)
    assert said[1] == "1 of 9 training records do not fit 512 tokens and were split into 1 pieces"


@given(st.integers(0, 60), st.integers(1, 60), st.integers(4, 40))
def test_a_split_record_is_trained_on_whole_and_once(prompt: int, answer: int, limit: int) -> None:
    whole = Encoded(tuple(range(prompt + answer)), prompt)
    parts = list(pieces(whole, limit))
    trained = [token for part in parts for token in part.labels if token != IGNORED]
    assert trained == list(range(prompt, prompt + answer))
    for part in parts:
        assert len(part.ids) <= limit
        assert list(part.ids) == list(range(part.ids[0], part.ids[-1] + 1)), "no token is missing"
        assert part.prompt_tokens >= min(limit // 2, prompt)


@pytest.mark.parametrize(
    ("setting", "error", "sentence"),
    [
        ({"precision": "fp16"}, ConfigError, "fp16 does nothing on a CPU"),
        ({"max_seq_length": 16}, DataError, "do not fit 16 tokens"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    base: Path, tmp_path: Path, setting: dict[str, Any], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        train(config_of(base, tmp_path / "out", **setting), records=RECORDS[:8], validation=[])


def test_training_on_nothing_is_refused(base: Path, tmp_path: Path) -> None:
    empty = Record(**{**as_dict(RECORDS[0]), "output": " "})
    with pytest.raises(DataError, match="empty answer"):
        train(config_of(base, tmp_path / "out"), records=[empty], validation=[])
    with pytest.raises(DataError, match="templates stand in both"):
        train(config_of(base, tmp_path / "two"), records=RECORDS, validation=RECORDS[:2])
    with pytest.raises(DataError, match=r"none\.jsonl: cannot be read"):
        train(config_of(base, tmp_path / "none"))


def test_a_lost_training_stops_by_itself(base: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    broken = tmp_path / "broken"
    model = AutoModelForCausalLM.from_pretrained(base)
    torch.nn.init.constant_(model.model.norm.weight, float("nan"))
    model.save_pretrained(broken)
    AutoTokenizer.from_pretrained(base).save_pretrained(broken)
    with pytest.raises(
        ModelError,
        match=r"nan at step 1, with the records \d, \d, \d, \d: lower train\.learning_rate",
    ):
        train(config_of(broken, tmp_path / "out"), records=RECORDS[:8], validation=[])


@pytest.mark.parametrize("packing", [False, True])
def test_a_loss_that_is_no_number_names_its_records(packing: bool) -> None:
    import torch

    numbers = {(5, 6, 7): 12, (5, 8): 3, (9,): 40}
    padded = {
        "input_ids": torch.tensor([[5, 6, 7], [5, 8, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
    }
    packed = {
        "input_ids": torch.tensor([[5, 8, 5, 6, 7]]),
        "position_ids": torch.tensor([[0, 1, 0, 1, 2]]),
    }
    sentence = why_lost(float("inf"), 7, packed if packing else padded, numbers)
    assert sentence.startswith("the loss is inf at step 7, with the records 3, 12: lower train.")


def test_a_full_memory_and_a_full_disk_say_what_to_change(base: Path, tmp_path: Path) -> None:
    import torch

    config = config_of(base, tmp_path / "out", per_device_train_batch_size=4)
    watch = Watch(config, Metrics(tmp_path / "metrics.jsonl"), None)
    watch.done = 5
    with pytest.raises(ModelError) as caught, said_plainly(config, watch):
        raise torch.OutOfMemoryError("CUDA out of memory")
    assert str(caught.value) == (
        "the GPU's memory is full after step 5: try train.per_device_train_batch_size=2"
        " train.gradient_accumulation_steps=2, or train.gradient_checkpointing=true,"
        " or model.quantization=nf4; train --dry-run estimates what they save"
    )
    for error in (OSError(errno.ENOSPC, "No space left"), RuntimeError("failed writing file x")):
        with (
            pytest.raises(ModelError, match=r"the disk of .*out is full after step 5: make room"),
            said_plainly(config, watch),
        ):
            raise error
    with pytest.raises(RuntimeError, match="another one"), said_plainly(config, watch):
        raise RuntimeError("another one")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
def test_a_training_on_a_full_disk_says_so(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import safetensors.torch

    real = safetensors.torch.save_file

    def full(tensors: Any, path: Any, **rest: Any) -> None:
        real(tensors, path, **rest)
        with open("/dev/full", "wb") as file:
            file.write(b"x")

    monkeypatch.setattr("peft.peft_model.safe_save_file", full)
    config = config_of(base, tmp_path / "out", save_steps=1)
    with pytest.raises(ModelError, match=r"out is full after step 1: make room"):
        train(config, records=RECORDS[:8], validation=[])


def test_it_stops_early_and_keeps_the_best(base: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    # a rate that is far too high: the loss falls and rises again
    def config(name: str, **more: Any) -> Config:
        found = config_of(
            base, tmp_path / name, learning_rate=0.3, num_train_epochs=20, eval_steps=2, **more
        )
        values = found.model_dump()
        return Config.model_validate(values | {"data": values["data"] | {"validation": "given"}})

    said: list[str] = []
    done = train(
        config("early", early_stopping_patience=2),
        records=RECORDS[:24], validation=RECORDS[24:], say=said.append,
    )  # fmt: skip
    losses = {
        line["step"]: line["eval_loss"]
        for line in read_metrics(tmp_path / "early" / "metrics.jsonl")
        if "eval_loss" in line
    }
    best = min((step for step in losses if step), key=losses.__getitem__)
    assert done.best_step == best == done.steps - 4
    assert done.steps < 120
    assert done.eval_loss == losses[best]
    assert said == [
        f"the adapter of step {best} is kept: its loss on held-out records is the lowest"
    ]
    assert not (tmp_path / "early" / "best").exists()
    # and it is that adapter: the same training, ended there, leaves the same weights
    train(
        config("there", max_steps=best, lr_scheduler_type="constant"),
        records=RECORDS[:24], validation=RECORDS[24:],
    )  # fmt: skip
    early = load_file(tmp_path / "early" / "adapter_model.safetensors")
    assert early.keys() == load_file(tmp_path / "there" / "adapter_model.safetensors").keys()
    with pytest.raises(ConfigError, match=r"counts validations: set train\.eval_steps and"):
        train(config_of(base, tmp_path / "no", early_stopping_patience=1), records=RECORDS)


def test_answers_are_judged_while_it_trains(base: Path, tmp_path: Path) -> None:
    told: list[Progress] = []
    config = config_of(base, tmp_path / "out", eval_steps=2, max_steps=4, eval_answers=2)
    train(config, records=RECORDS[:24], validation=RECORDS[24:], progress=told.append)
    lines = read_metrics(tmp_path / "out" / "metrics.jsonl")
    judged = [line for line in lines if "eval_loss" in line]
    assert [line["step"] for line in judged] == [0, 2, 4]
    assert all({"parses", "binds", "no_difference", "exact"} <= line.keys() for line in judged)
    answers = read_metrics(tmp_path / "out" / "answers.jsonl")
    assert [answer["step"] for answer in answers] == [0, 0, 2, 2, 4, 4]
    assert {"input", "answer", "parses", "reason"} <= answers[0].keys()
    assert all(line["memory_gib"] > 0 for line in lines if "loss" in line)
    assert told[-1].memory > 0
    plain = config_of(base, tmp_path / "plain", max_steps=4)
    train(plain, records=RECORDS[:24], validation=RECORDS[24:])
    assert losses(tmp_path / "plain") == losses(tmp_path / "out"), "answering changes nothing"


def test_trackers_get_every_figure(base: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="mlflow is not installed: run pip install mlflow"):
        train(config_of(base, tmp_path / "none", report_to=("mlflow",)), records=RECORDS)
    pytest.importorskip("tensorboardX", reason="no tracker is installed")
    config = config_of(
        base, tmp_path / "out", max_steps=3, eval_steps=1, report_to=("tensorboard",)
    )
    train(config, records=RECORDS[:24], validation=RECORDS[24:])
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("events.out*"))
    assert b"train/loss" in written
    assert b"eval/loss" in written


@pytest.mark.parametrize("setting", ["use_dora", "use_rslora"])
def test_an_adapter_answers_alike_beside_its_base_and_merged(
    base: Path, tmp_path: Path, setting: str
) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from sqlwright.model import LocalModel, load_model

    config = config_of(base, tmp_path / "out", max_steps=6)
    config = config.model_copy(update={"lora": config.lora.model_copy(update={setting: True})})
    train(config, records=RECORDS[:24], validation=[])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # by PEFT
        apart = PeftModel.from_pretrained(
            AutoModelForCausalLM.from_pretrained(base), str(tmp_path / "out")
        )
    merged = load_model(str(tmp_path / "out"), "cpu")
    assert isinstance(merged, LocalModel)
    ids = torch.tensor([[20 + place % 300 for place in range(0, 800, 7)]])
    with torch.no_grad():
        assert torch.allclose(apart(ids).logits, merged.weights(ids).logits, atol=1e-4)
        plain = AutoModelForCausalLM.from_pretrained(base)(ids).logits
    assert not torch.allclose(plain, merged.weights(ids).logits, atol=1e-2)


def test_four_steps_give_the_recorded_losses(tmp_path: Path) -> None:
    base = make_tiny_model(tmp_path / "base", markers=MARKERS)
    config = config_of(base, tmp_path / "out", max_steps=4)
    train(config, records=RECORDS[:24], validation=[])
    found = [loss for _, loss in losses(tmp_path / "out")]
    assert found == pytest.approx(RECORDED, rel=1e-3), "what is trained, or how, has changed"


@pytest.mark.parametrize("package", ["transformers", "trl"])
def test_a_package_that_is_not_there_is_named(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=f"^{package}, which training needs, is not installed"):
        train(config_of(base, tmp_path / "out"), records=RECORDS)


def test_a_layer_that_is_not_there_is_named(base: Path, tmp_path: Path) -> None:
    config = config_of(base, tmp_path / "out")
    wrong = config.model_copy(
        update={"lora": config.lora.model_copy(update={"target_modules": ("q_porj",)})}
    )
    with pytest.raises(ConfigError, match="no layer q_porj; it has down_proj, gate_proj, k_proj"):
        train(wrong, records=RECORDS[:8], validation=[])
    missing = config.model_copy(
        update={"model": config.model.model_copy(update={"path": str(tmp_path)})}
    )
    with pytest.raises(ModelError, match="is no model"):
        train(missing, records=RECORDS[:8], validation=[])


def test_batches_hold_records_of_like_length_and_every_record_once() -> None:
    lengths = [(37 * place) % 101 for place in range(203)]
    order = ByLength(lengths, 4, seed=0)
    first = list(order)
    assert sorted(first) == list(range(203))
    assert first == list(ByLength(lengths, 4, seed=0)) != list(ByLength(lengths, 4, seed=1))
    spread = [[lengths[place] for place in first[i : i + 4]] for i in range(0, 200, 4)]
    assert sum(max(batch) - min(batch) for batch in spread) / len(spread) < 10
    order.set_epoch(1)
    assert list(order) != first


def test_the_schedule_rises_then_falls_to_nothing() -> None:
    for kind in ("linear", "cosine"):
        assert schedule(kind, 0.05, 0.1) == pytest.approx(0.5)
        assert schedule(kind, 0.1, 0.1) == pytest.approx(1)
        assert schedule(kind, 1.0, 0.1) == pytest.approx(0)
    assert schedule("cosine", 0.55, 0.1) == pytest.approx(0.5)
    assert schedule("constant", 1.0, 0.1) == 1


def as_dict(record: Record) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(record)
