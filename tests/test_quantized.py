"""A base in 4 bits: it trains, its adapter merges into whole weights, and LoftQ keeps its own base."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from sqlwright.bases import load_base
from sqlwright.config import Config
from sqlwright.export import export
from sqlwright.loftq import write_base
from sqlwright.model import LocalModel, base_folder, load_model
from sqlwright.train import train
from tiny import make_tiny_model, tiny_config, tiny_records

pytest.importorskip("bitsandbytes", reason="4 bits need bitsandbytes")
RECORDS = tiny_records(30)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_tiny_model(tmp_path_factory.mktemp("base"), wide=True)


def config_of(base: Path, output: Path) -> Config:
    return tiny_config(base, output, model={"quantization": "nf4"}, num_train_epochs=4)


def logits(model: Any) -> Any:
    import torch

    ids = torch.tensor([[20 + place % 300 for place in range(0, 800, 7)]])
    with torch.no_grad():
        return model(ids).logits


def test_it_learns_and_merges_into_whole_weights(base: Path, tmp_path: Path) -> None:
    done = train(config_of(base, tmp_path / "out"), records=RECORDS[:24], validation=RECORDS[24:])
    assert done.eval_loss is not None
    assert done.eval_loss_before is not None
    assert done.eval_loss < done.eval_loss_before - 0.2
    exported = export(tmp_path / "out", tmp_path / "merged", dtype="float32")
    assert exported.divergence < 1e-5
    model = load_model(str(tmp_path / "merged"))
    assert isinstance(model, LocalModel)
    assert not hasattr(model.weights.config, "quantization_config")


def test_a_base_changed_by_loftq_stands_beside_its_adapter(base: Path, tmp_path: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model

    config = config_of(base, tmp_path / "out")
    tokenizer, held = load_base(config)
    expected = logits(held)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # by PEFT
        options = LoraConfig(r=4, target_modules="all-linear", task_type="CAUSAL_LM")
        adapted = get_peft_model(held, options)
    adapted.save_pretrained(tmp_path / "out")
    write_base(adapted, tokenizer, config, tmp_path / "out" / "base")
    assert base_folder(tmp_path / "out") == tmp_path / "out" / "base"
    # an adapter that was not trained changes nothing: what is loaded is what 4 bits held
    model = load_model(str(tmp_path / "out"), "cpu")
    assert isinstance(model, LocalModel)
    assert torch.allclose(logits(model.weights), expected, atol=1e-4)
    whole = load_model(str(base), "cpu")
    assert isinstance(whole, LocalModel)
    assert not torch.allclose(logits(whole.weights), expected, atol=1e-2)
    exported = export(tmp_path / "out", tmp_path / "merged", dtype="float32")
    assert exported.base == str(tmp_path / "out" / "base")
