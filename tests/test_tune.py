"""The search: its space, its trials on a resident base, its workers, and what becomes of a crash."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("trl")
pytest.importorskip("optuna")


from sqlwright.config import Config, load_config, replaced, write_config
from sqlwright.curve import read_metrics
from sqlwright.data.records import write_records
from sqlwright.errors import ConfigError, DataError
from sqlwright.tune.space import RATIO, Axis, first_choices, propose, read_tuning, resolve
from sqlwright.tune.trial import Pruned, Resident, run_trial
from tiny import make_tiny_model, tiny_config, tiny_records

ROOT = Path(__file__).parents[1]
RECORDS = tiny_records(30)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny base, records and config.yaml."""
    home = tmp_path_factory.mktemp("tune")
    make_tiny_model(home / "base")
    write_records(RECORDS[:24], home / "train.jsonl")
    write_records(RECORDS[24:], home / "validation.jsonl")
    config = tiny_config(home / "base", home / "adapter", num_train_epochs=1.0, max_seq_length=512)
    data = {"data.train": str(home / "train.jsonl")}
    data["data.validation"] = str(home / "validation.jsonl")
    write_config(replaced(config, data, "test"), home / "config.yaml")
    return home


@pytest.fixture
def config(home: Path) -> Config:
    return load_config(home / "config.yaml")


def written(path: Path, space: Any, **more: Any) -> Path:
    path.write_text(yaml.safe_dump({**more, "space": space}, sort_keys=False), encoding="utf-8")
    return path


def resolved(path: Path, config: Config) -> tuple[tuple[Axis, ...], list[str]]:
    said: list[str] = []
    return resolve(read_tuning(path), config, said.append), said


# --- the space


@pytest.mark.parametrize("name", sorted(path.stem for path in ROOT.glob("configs/*.yaml")))
def test_the_shipped_space_fits_every_shipped_config(name: str) -> None:
    if name == "tune":
        return
    config = load_config(ROOT / "configs" / f"{name}.yaml", ["train.precision=auto"])
    axes, said = resolved(ROOT / "configs" / "tune.yaml", config)
    assert {"lora.r", RATIO, "train.learning_rate", "train.warmup_ratio"} <= {a.name for a in axes}
    assert len(axes) + len(said) == len(read_tuning(None).space)
    own, _ = first_choices(axes, read_tuning(None), config, said.append)[0]
    assert own == "own", "a search begins with what the config has"


BAD_SPACES: dict[str, tuple[Any, str]] = {
    "unknown": ({"train.lerning_rate": {"low": 1, "high": 2}}, "Did you mean train.learning_rate"),
    "by another name": ({"lora_r": {"values": [4]}}, r"unknown setting lora_r\. Did you mean lora"),
    "not searched": ({"train.output_dir": {"values": ["a"]}}, "train.output_dir is not searched"),
    "an unknown key": ({"lora.r": {"valeus": [4]}}, "unknown key valeus. Did you mean values"),
    "nothing": ({"lora.r": {}}, "lora.r needs values, or low and high"),
    "no values": ({"lora.r": {"values": []}}, "lora.r has no values"),
    "both": ({"lora.r": {"values": [4], "low": 1, "high": 2}}, "values and a range"),
    "reversed": ({"lora.r": {"low": 8, "high": 4}}, "from 8 to 4 is reversed"),
    "empty": ({"lora.r": {"low": 8, "high": 8}}, "from 8 to 8 is empty"),
    "log of zero": ({"lora.dropout": {"low": 0, "high": 0.1, "log": True}}, "begins above 0"),
    "out of range": ({"lora.r": {"values": [0]}}, "lora.r should be greater than or equal to 1"),
    "no number": ({"train.packing": {"low": 0, "high": 1}}, "is no number: give its values"),
    "not a value": ({"train.optim": {"values": ["sgd"]}}, "train.optim should be 'adamw_torch'"),
    "no layer": ({"lora.target_modules": {"values": [["q_porj"]]}}, "no layer q_porj; it has down"),
    "too long": ({"train.max_seq_length": {"values": [9999]}}, "more than the 1024 tokens"),
    "never": (
        {"lora.r": {"values": [4, 8]},
         "lora.dropout": {"values": [0.1], "when": {"lora.r": 16}}},
        "when lora.r is 16, and it can only be 4, 8: that condition never holds",
    ),
    "above": (
        {"lora.dropout": {"values": [0.1], "when": {"lora.r": 8}}, "lora.r": {"values": [4, 8]}},
        "lora.dropout hangs on lora.r, which must stand above it",
    ),
    "an unknown condition": (
        {"lora.dropout": {"values": [0.1], "when": {"lora.rr": 8}}}, "unknown setting lora.rr",
    ),
    "alpha twice": ({"lora.alpha": {"values": [8]}, RATIO: {"values": [1]}}, "keep one of them"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_SPACES)
def test_a_bad_space_is_refused_in_a_sentence(case: str, config: Config, tmp_path: Path) -> None:
    space, sentence = BAD_SPACES[case]
    with pytest.raises(ConfigError, match=sentence) as caught:
        resolved(written(tmp_path / "space.yaml", space), config)
    assert "\n" not in str(caught.value)


def test_a_setting_that_would_change_nothing_is_refused(config: Config, tmp_path: Path) -> None:
    path = written(tmp_path / "s.yaml", {"train.num_train_epochs": {"values": [1, 2]}})
    stepped = replaced(config, {"train.max_steps": 3}, "test")
    with pytest.raises(ConfigError, match=r"changes nothing while train\.max_steps is 3"):
        resolved(path, stepped)


def test_what_the_device_cannot_do_is_left_out_and_said(config: Config, tmp_path: Path) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("a GPU can do it all")
    space = {
        "train.precision": {"values": ["fp32", "fp16"]},
        "lora.init": {"values": ["zero", "loftq"]},
        "train.packing": {"values": [True], "when": {"device": "cuda"}},
    }
    axes, said = resolved(written(tmp_path / "s.yaml", space), config)
    assert [(axis.name, axis.values) for axis in axes] == [
        ("train.precision", ("fp32",)),
        ("lora.init", ("zero",)),
    ]
    assert [sentence.partition(":")[0] for sentence in said] == [
        "train.precision fp16 is left out",
        "lora.init loftq is left out",
        "train.packing is not searched",
    ]


def test_conditions_decide_what_is_asked_for(config: Config, tmp_path: Path) -> None:
    space = {
        "lora.r": {"values": [4, 8]},
        RATIO: {"values": [1, 2]},
        "train.warmup_steps": {"values": [None, 5]},
        "train.warmup_ratio": {"low": 0, "high": 0.1, "when": {"train.warmup_steps": None}},
        "lora.target_modules": {"values": ["mlp", ["q_proj", "v_proj"]]},
    }
    axes, _ = resolved(written(tmp_path / "s.yaml", space), config)

    def last(axis: Axis) -> Any:
        return axis.values[-1] if axis.values else axis.high

    trial, chosen = propose(axes, config, last)
    assert "train.warmup_ratio" not in chosen
    assert (trial.lora.r, trial.lora.alpha, trial.train.warmup_steps) == (8, 16, 5)
    assert trial.lora.target_modules == ("q_proj", "v_proj")
    trial, chosen = propose(axes, config, lambda a: a.values[0] if a.values else a.high)
    assert trial.train.warmup_ratio == chosen["train.warmup_ratio"] == 0.1
    assert trial.lora.alpha == 4


def test_values_known_to_be_good_come_first(config: Config, tmp_path: Path) -> None:
    space = {"lora.r": {"values": [4, 8]}, "train.learning_rate": {"low": 1e-4, "high": 0.1}}
    path = written(tmp_path / "s.yaml", space, first=[{"lora.r": 8}])
    axes, _ = resolved(path, config)
    found = first_choices(axes, read_tuning(path), config, print)
    own = {"lora.r": 4, "train.learning_rate": 0.01}
    assert found == [("own", own), ("first", own | {"lora.r": 8})]
    wrong = written(tmp_path / "w.yaml", space, first=[{"lora.r": 16}])
    with pytest.raises(ConfigError, match=r"first, no\. 1: its lora\.r 16 is not in the space"):
        first_choices(axes, read_tuning(wrong), config, print)


# --- a trial on a resident base

KINDS: dict[str, dict[str, Any]] = {
    "checkpointing": {"train.gradient_checkpointing": True, "lora.target_modules": "mlp"},
    "packing": {"train.packing": True, "lora.r": 8, "lora.use_rslora": True},
    "dora": {"lora.use_dora": True, "train.weight_decay": 0.1},
    "dropout": {"lora.dropout": 0.3, "train.per_device_train_batch_size": 2},
    "bf16": {"train.precision": "bf16", "train.optim": "adamw_bnb_8bit"},
}


def one(resident: Resident, config: Config, path: Path, **more: Any) -> list[float]:
    """Every loss of a trial."""
    run_trial(resident, config, path, use=lambda trained: None, **more)
    lines = read_metrics(path)
    return [line.get("loss", line.get("eval_loss")) for line in lines]


def test_a_trial_on_a_resident_base_is_that_of_a_new_process(
    config: Config, home: Path, tmp_path: Path
) -> None:
    resident = Resident(config, [512], print)
    trials = [replaced(config, kind, "test") for kind in (*KINDS.values(), {})]
    found = [one(resident, trial, tmp_path / "a.jsonl") for trial in trials]
    again = [one(resident, trial, tmp_path / "a.jsonl") for trial in trials]
    assert again == found, "what an earlier trial did changes nothing"
    write_config(trials[-1], tmp_path / "trial.yaml")
    code = (
        "import sys; sys.path.insert(0, sys.argv[2])\n"
        "from pathlib import Path; import json; import test_tune as t\n"
        "c = t.load_config(sys.argv[1])\n"
        "r = t.Resident(c, [512], print)\n"
        "print(json.dumps(t.one(r, c, Path(sys.argv[1] + '.jsonl'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "trial.yaml"), str(ROOT / "tests")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout.splitlines()[-1]) == pytest.approx(found[-1], rel=1e-6)
    assert found[-1] not in found[:-1]


def test_the_held_out_loss_hangs_on_no_setting_of_a_trial(config: Config, tmp_path: Path) -> None:
    resident = Resident(config, [256, 512], lambda sentence: None)
    still = {"train.learning_rate": 1e-12}
    kinds = ({"train.per_device_train_batch_size": 1}, {"train.packing": True},
             {"train.max_seq_length": 400})  # fmt: skip
    losses = {
        round(one(resident, replaced(config, still | kind, "test"), tmp_path / "a.jsonl")[-1], 6)
        for kind in kinds
    }
    assert len(losses) == 1


def test_a_hopeless_trial_is_pruned_with_its_reason_and_the_next_one_is_as_ever(
    config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = Resident(config, [512], print)
    path = tmp_path / "a.jsonl"
    before = one(resident, config, path)

    def pruned(reason: str, trial: Config = config, **more: Any) -> None:
        with pytest.raises(Pruned, match=reason):
            one(resident, trial, path, **more)
        assert one(resident, config, path) == before, "memory and base are as before"

    mad = {"train.learning_rate": 1.0, "train.max_grad_norm": 0.0, "train.num_train_epochs": 30.0,
           "lora.alpha": 4096.0, "train.lr_scheduler_type": "constant"}  # fmt: skip
    pruned("loss is (nan|inf)", replaced(config, mad, "test"))
    pruned(r"it takes longer than 1e-09 minutes", minutes=1e-9)

    def too_bad(share: float, loss: float) -> None:
        raise Pruned(f"{share} {loss > 0}")

    pruned("0.5 True", at=[0.5], reached=too_bad)
    monkeypatch.setattr(resident, "room", 10_000)
    with pytest.raises(Pruned, match=r"it needs about 0\.0 GiB, and 0\.0 are free"):
        one(resident, config, path)
    monkeypatch.undo()
    import torch

    for error in (torch.OutOfMemoryError("x"), RuntimeError("can't allocate memory: 9 bytes")):
        with monkeypatch.context() as patch, pytest.raises(Pruned, match="memory is full after"):
            patch.setattr("transformers.Trainer.train", _raiser(error))
            one(resident, config, path)
        assert one(resident, config, path) == before


def _raiser(error: BaseException) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


def test_losses_are_taken_at_the_same_shares_whatever_the_batch(
    config: Config, tmp_path: Path
) -> None:
    resident = Resident(config, [512], print)
    # of three steps the last is at the end: the loss there is no loss on the way
    for batch, steps, shares in ((1, 24, [0.25, 0.5, 0.75]), (8, 3, [0.25, 0.5])):
        trial = replaced(config, {"train.per_device_train_batch_size": batch}, "test")
        found: list[float] = []
        one(resident, trial, tmp_path / "a.jsonl", at=[0.25, 0.5, 0.75],
            reached=lambda share, loss, found=found: found.append(share))  # fmt: skip
        assert found == shares
        lines = read_metrics(tmp_path / "a.jsonl")
        assert max(line["step"] for line in lines) == steps


def test_records_that_do_not_fit_the_smallest_length_are_refused_first(config: Config) -> None:
    with pytest.raises(DataError, match=r"training records do not fit 64 tokens"):
        Resident(config, [64, 512], print)
    unheld = replaced(config, {"data.validation": None}, "test")
    with pytest.raises(DataError, match="a search needs held-out records"):
        Resident(unheld, [512], print)
