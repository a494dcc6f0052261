"""GGUF: the real converter where a checkout of llama.cpp is at hand, and what is said where it fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sqlwright.errors import ModelError, UsageError
from sqlwright.export import asked_prompts
from sqlwright.gguf import convert, ollama_file
from tiny import DDL, make_tiny_model, tiny_records


def test_a_converter_that_fails_says_why(tmp_path: Path) -> None:
    merged = make_tiny_model(tmp_path / "merged")
    with pytest.raises(UsageError, match=r"none\.py is no file: give convert_hf_to_gguf\.py"):
        convert(merged, tmp_path / "none.py", outtype="f32", prompts=())
    script = tmp_path / "convert_hf_to_gguf.py"
    script.write_text("raise NotImplementedError('pre-tokenizer was not recognized')")
    with pytest.raises(
        ModelError, match=r"could not convert .*: NotImplementedError: pre-tokenizer"
    ):
        convert(merged, script, outtype="f32", prompts=())
    with pytest.raises(UsageError, match="unknown GGUF type q2: it is one of f32, f16"):
        convert(merged, script, outtype="q2", prompts=())
    assert not list(merged.glob("*.gguf"))


def test_ollama_is_told_where_an_answer_ends() -> None:
    assert ollama_file("model-q8_0.gguf", "sqlcoder-7b").splitlines() == [
        "FROM ./model-q8_0.gguf",
        "PARAMETER temperature 0",
        'TEMPLATE """{{ .Prompt }}"""',
        'PARAMETER stop "```"',
        'PARAMETER stop "###"',
    ]
    assert "TEMPLATE" not in ollama_file("m.gguf", "chat")


@pytest.mark.skipif(
    "LLAMA_CPP" not in os.environ, reason="LLAMA_CPP names no checkout of llama.cpp"
)
def test_the_file_answers_as_the_model(tmp_path: Path) -> None:
    pytest.importorskip("llama_cpp")
    merged = make_tiny_model(tmp_path / "merged")
    with_sentencepiece(merged)
    converter = Path(os.environ["LLAMA_CPP"]) / "convert_hf_to_gguf.py"
    done = convert(merged, converter, outtype="f32", prompts=asked_prompts("sqlcoder-7b"))
    assert (done.compared, done.same_tokens) == (20, 20)
    assert done.same_answers == 20


def with_sentencepiece(folder: Path) -> None:
    """Give the tiny model a tokenizer of SQLCoder's kind, which llama.cpp knows."""
    sentencepiece = pytest.importorskip("sentencepiece")
    texts = [DDL, *asked_prompts("sqlcoder-7b"), *(r.output for r in tiny_records())]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(" ".join(texts).split("\n")),
        model_prefix=str(folder / "tokenizer"),
        vocab_size=400, model_type="bpe", byte_fallback=True, character_coverage=0.99,
        normalization_rule_name="identity", remove_extra_whitespaces=False,
        allow_whitespace_only_pieces=True, split_digits=True, minloglevel=2,
    )  # fmt: skip
    (folder / "tokenizer.json").unlink()
    values = {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(values | {"unk_token": "<unk>"}))
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config |= {"sqlwright_family": "sqlcoder-7b", "bos_token_id": 1, "eos_token_id": 2}
    path.write_text(json.dumps(config))
