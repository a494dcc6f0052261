"""A merged model answers as its adapter beside the base did, and what does not fit is refused."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sqlwright.adapters import why_not_fitting
from sqlwright.data.records import request
from sqlwright.errors import ModelError, UsageError
from sqlwright.export import export
from sqlwright.model import load_model
from sqlwright.prompt import render
from sqlwright.train import train
from tiny import make_tiny_model, tiny_config, tiny_records

RECORDS = tiny_records(24)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def adapter(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained") / "adapter"
    config = tiny_config(base, folder, lora={"alpha": 16}, learning_rate=2e-2, num_train_epochs=3)
    train(config, records=RECORDS, validation=[])
    return folder


def test_the_merged_model_answers_the_same(adapter: Path, tmp_path: Path) -> None:
    done = export(adapter, tmp_path / "merged", dtype="float32")
    assert done.divergence < 1e-6
    assert done.difference < 1e-3
    assert done.same == 1
    left = {path.name for path in (tmp_path / "merged").iterdir()}
    assert {"model.safetensors", "config.json", "tokenizer.json", "export.json"} <= left
    assert json.loads((tmp_path / "merged" / "export.json").read_text())["dtype"] == "float32"
    prompts = [render(request(record, "mini"), "mini") for record in RECORDS[:20]]
    apart, merged = load_model(str(adapter)), load_model(str(tmp_path / "merged"))
    assert merged.family == "mini"
    answers = merged.complete(prompts, 24)
    assert answers == apart.complete(prompts, 24)
    assert len({answer for (answer,) in answers}) > 1


def test_sixteen_bits_are_close_enough(adapter: Path, tmp_path: Path) -> None:
    done = export(adapter, tmp_path / "merged")
    assert 0 < done.divergence < 0.01
    assert done.same > 0.9


def test_an_adapter_moves_to_another_revision_of_its_base(
    adapter: Path, base: Path, tmp_path: Path
) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    later = AutoModelForCausalLM.from_pretrained(base)
    with torch.no_grad():
        later.model.layers[0].mlp.up_proj.weight.mul_(1.01)
    later.save_pretrained(tmp_path / "later")
    AutoTokenizer.from_pretrained(base).save_pretrained(tmp_path / "later")
    assert why_not_fitting(adapter, tmp_path / "later") is None
    done = export(adapter, tmp_path / "merged", base=str(tmp_path / "later"), dtype="float32")
    assert done.base == str(tmp_path / "later")
    assert done.difference < 1e-4


def test_a_base_of_another_shape_is_named(adapter: Path, tmp_path: Path) -> None:
    from transformers import AutoConfig, LlamaForCausalLM

    config = AutoConfig.for_model(
        "llama", vocab_size=300, hidden_size=64, intermediate_size=96, num_hidden_layers=1,
        num_attention_heads=4, num_key_value_heads=2,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(tmp_path / "wide")
    reason = why_not_fitting(adapter, tmp_path / "wide")
    assert reason is not None
    assert "puts in the base and 48 in the adapter" in reason
    with pytest.raises(ModelError, match=r"does not fit .*wide: "):
        export(adapter, tmp_path / "merged", base=str(tmp_path / "wide"))
    assert not (tmp_path / "merged").exists()
    moved = tmp_path / "moved"
    shutil.copytree(adapter, moved)
    named = json.loads((moved / "adapter_config.json").read_text())
    named["base_model_name_or_path"] = str(tmp_path / "wide")
    (moved / "adapter_config.json").write_text(json.dumps(named))
    with pytest.raises(
        ModelError, match=r"moved does not fit .*wide: .* has 64 (in|out)puts in the base"
    ):
        load_model(str(moved))


def test_what_cannot_be_exported_is_refused(adapter: Path, base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no adapter: it has no adapter_config\.json"):
        export(base, tmp_path / "merged")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="holds files already"):
        export(adapter, tmp_path / "full")
    (tmp_path / "none").mkdir()
    with pytest.raises(ModelError, match="holds no safetensors"):
        why_not_fitting(adapter, tmp_path / "none")
    command = [
        sys.executable,
        "-m",
        "sqlwright",
        "export",
        str(adapter),
        "--out",
        "x",
        "--dtype",
        "int8",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (
        2, "sqlwright: unknown dtype int8: it is one of bfloat16, float16, float32\n",
    )  # fmt: skip
