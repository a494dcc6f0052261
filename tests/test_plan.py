"""What a training would do is said before a weight is loaded, and what it cannot do refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sqlwright.bases import read_shape
from sqlwright.config import Config, load_config
from sqlwright.data.records import write_records
from sqlwright.errors import ConfigError, ModelError
from sqlwright.plan import estimate, plan
from sqlwright.train import train
from tiny import make_tiny_model, tiny_records

ROOT = Path(__file__).parents[1]
GIB = 2**30


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("base"))


def config_of(base: Path, folder: Path, **sections: dict[str, Any]) -> Config:
    write_records(tiny_records(24), folder / "train.jsonl")
    settings: dict[str, dict[str, Any]] = {
        "model": {"path": str(base)},
        "data": {"train": str(folder / "train.jsonl")},
        "lora": {"r": 4},
        "train": {
            "output_dir": str(folder / "out"),
            "precision": "fp32",
            "gradient_accumulation_steps": 2,
        },
    }
    for name, section in sections.items():
        settings[name] |= section
    return Config.model_validate(settings)


@pytest.mark.parametrize("targets", ["all-linear", "attention", ("up_proj",)])
def test_the_plan_is_what_the_training_does(base: Path, tmp_path: Path, targets: Any) -> None:
    config = config_of(base, tmp_path, lora={"target_modules": targets})
    found = plan(config)
    assert not (tmp_path / "out").exists()
    done = train(config)
    assert found.trainable == done.trainable
    assert found.parameters == done.parameters
    assert found.adapted == done.adapted
    assert found.steps == done.steps == 3
    assert (found.records, found.too_long) == (done.records, 0)
    assert found.precision == done.precision
    assert found.fits


@pytest.mark.parametrize(
    ("name", "parameters", "adapter"),
    [
        ("sqlcoder-7b", 7_241_732_096, 41_943_040),
        ("sqlcoder-7b-2", 6_738_546_688, 39_976_960),
        ("qwen2.5-coder-1.5b", 1_543_714_304, 18_464_768),
        ("qwen2.5-coder-14b", 14_770_033_664, 68_812_800),
    ],
)
def test_a_shipped_base_is_planned_without_its_weights(
    name: str, parameters: int, adapter: int, tmp_path: Path
) -> None:
    write_records(tiny_records(8), tmp_path / "train.jsonl")
    overrides = [
        f"data.train={tmp_path / 'train.jsonl'}",
        "data.validation=",
        "model.quantization=none",
    ]
    found = plan(load_config(ROOT / "configs" / f"{name}.yaml", overrides))
    assert found.assumed
    assert (found.parameters, found.trainable) == (parameters, adapter)
    assert found.longest is None
    gpu = found.on_a_gpu or found.memory
    assert gpu.weights == 2 * parameters
    assert 2.2 * parameters < gpu.total < 4 * parameters + 8 * GIB


def test_each_saving_saves(base: Path, tmp_path: Path) -> None:
    def total(**sections: dict[str, Any]) -> int:
        sections.setdefault("model", {"path": "defog/sqlcoder-7b-2"})
        config = config_of(base, tmp_path, **sections)
        return estimate(config, read_shape(config), 4096, 1024, True, "bf16").total

    plain = total()
    assert total(train={"gradient_checkpointing": True}) < 0.7 * plain
    assert total(model={"path": "defog/sqlcoder-7b-2", "quantization": "nf4"}) < plain - 8 * GIB
    assert total(train={"optim": "adamw_bnb_8bit"}) < plain
    assert total(lora={"dropout": 0.1}) > plain


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        ({"lora": {"target_modules": ("q_porj",)}}, "the model has no layer q_porj; it has down_proj, gate_proj"),
        ({"lora": {"init": "loftq"}}, "lora.init loftq needs CUDA: set it to zero on a CPU"),
        ({"model": {"quantization": "nf4"}}, "nf4 needs layers of a multiple of 64, and model.layers.0"),
        ({"train": {"max_seq_length": 2048}}, "max_seq_length 2048 is more than the 1024 tokens that"),
        ({"train": {"precision": "fp16"}}, "fp16 does nothing on a CPU: use bf16, fp32 or auto"),
    ],
)  # fmt: skip
def test_what_cannot_be_trained_is_refused_before_any_weight(
    base: Path, tmp_path: Path, sections: dict[str, dict[str, Any]], sentence: str
) -> None:
    bare = tmp_path / "bare"  # no weights: to read them would be another error
    bare.mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (bare / name).write_bytes((base / name).read_bytes())
    config = config_of(bare, tmp_path, **sections)
    with pytest.raises(ConfigError, match=sentence):
        plan(config)
    with pytest.raises(ConfigError, match=sentence):
        train(config)
    assert not (tmp_path / "out").exists()


def test_a_base_that_is_quantized_already_is_named(base: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    values = json.loads((base / "config.json").read_text())
    (bare / "config.json").write_text(
        json.dumps(values | {"quantization_config": {"quant_method": "gptq", "bits": 4}})
    )
    with pytest.raises(ConfigError, match=r"is quantized already: set model\.quantization to none"):
        read_shape(config_of(bare, tmp_path, model={"quantization": "nf4"}))
    with pytest.raises(
        ConfigError, match="is quantized already, and LoftQ starts from whole weights"
    ):
        read_shape(config_of(bare, tmp_path, lora={"init": "loftq"}))


def test_a_base_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is no model"):
        read_shape(config_of(tmp_path, tmp_path))


def test_the_command_says_it(base: Path, tmp_path: Path) -> None:
    config = config_of(base, tmp_path)
    text = json.dumps(config.model_dump(mode="json"))  # JSON is YAML
    (tmp_path / "config.yaml").write_text(text)
    command = [
        sys.executable,
        "-m",
        "sqlwright",
        "train",
        str(tmp_path / "config.yaml"),
        "--dry-run",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "memory: total" in done.stdout
    done = subprocess.run(
        [*command, "--json"], capture_output=True, text=True, check=False, timeout=120
    )
    assert json.loads(done.stdout)["steps"] == 3
    assert not (tmp_path / "out").exists()
