"""Configs: every shipped one loads, and every mistake in one gets a sentence that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sqlwright.config import SECTIONS, changed, load_config, settings, write_config
from sqlwright.errors import ConfigError

CONFIGS = sorted(
    path
    for path in (Path(__file__).parent.parent / "configs").glob("*.yaml")
    if path.stem != "tune"  # a space, which tests/test_tune.py loads for each of these
)
MINI = Path(__file__).parent.parent / "configs" / "mini.yaml"


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_loads_and_is_written_back_equal(path: Path, tmp_path: Path) -> None:
    config = load_config(path)
    write_config(config, tmp_path / "copy.yaml")
    assert load_config(tmp_path / "copy.yaml") == config


def test_every_setting_says_what_it_does() -> None:
    assert all(doc for _, _, doc in settings())


def test_an_override_replaces_one_setting() -> None:
    config = load_config(MINI, ["train.learning_rate=1e-3", "lora.target_modules=[q_proj, v_proj]"])
    assert config.train.learning_rate == 1e-3
    assert config.lora.target_modules == ("q_proj", "v_proj")
    assert [difference.split()[0] for difference in changed(load_config(MINI), config)] == [
        "lora.target_modules",
        "train.learning_rate",
    ]


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("train.lora_rnk=8", "unknown setting train.lora_rnk. Did you mean lora.r?"),
        ("train.learning_rat=1", "Did you mean train.learning_rate?"),
        ("lora.seed=1", "unknown setting lora.seed. Did you mean train.seed?"),
        ("lora.zzz=1", "lora has r, alpha, dropout, target_modules, use_dora, use_rslora, init."),
        ("train.lora_rr=8", "unknown setting train.lora_rr. Did you mean lora.r?"),
        (
            "train.fp16=true",
            "unknown setting train.fp16. Here it is train.precision: bf16, fp16, fp32",
        ),
        ("model.load_in_4bit=true", "Here it is model.quantization: nf4 or none."),
        ("trian.seed=1", "unknown section trian. Did you mean train?"),
        ("lora.alpha=0", "lora.alpha should be greater than 0 (it is 0)"),
        ("train.optim=adam", "train.optim should be 'adamw_torch'"),
        ("train.learning_rate=fast", "train.learning_rate should be a valid number"),
        ("train.learning_rate", "an override is written section.key=value"),
        ("train.seed=[1", "[1 is not a YAML value"),
        ("data.train=null", "data.train should be a valid string"),
    ],
)
def test_a_wrong_override_is_named(override: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(MINI, [override])
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no sections"),
        ("- 1", "holds no sections"),
        ("model: [", "is not YAML"),
        ("model: 3", "section model holds no settings"),
        ("modle: {}", "Did you mean model?"),
        (
            "model: {path: x}\ndata: {train: y}\ntrain: {output_dir: z, fp16: true, bf16: true}",
            "unknown setting train.fp16. Here it is train.precision: bf16, fp16, fp32 or auto, one of them.",
        ),
        ("model: {path: x}\ntrain: {output_dir: y}", "data is missing"),
        ("model: {path: x}\ndata: {}\ntrain: {output_dir: y}", "data.train is missing"),
        ("model: !!python/object:os.system {}", "is not YAML"),
    ],
)
def test_a_wrong_file_is_named(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert sentence in str(caught.value)
    assert "wrong.yaml" in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: cannot be read"):
        load_config(tmp_path / "none.yaml")


def test_sections_are_the_fields_of_a_config() -> None:
    assert set(load_config(MINI).model_dump()) == set(SECTIONS)
