"""A tiny model of mini's kind with random weights, and records for it: real, and fast."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from sqlwright.data.records import Record
from sqlwright.prompt import MINI_SPECIAL

DDL = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    total NUMERIC NOT NULL
);
"""


def tiny_records(count: int = 24) -> list[Record]:
    """Records of `count` templates; every second one asks in Russian."""
    columns = ["id", "name", "city"]
    return [
        Record(
            instruction="Сделай запрос быстрее" if number % 2 else "Make this query faster",
            input=f"SELECT * FROM customers WHERE {columns[number % 3]} = '{number}'"
            + f" AND id > {number}" * (number // 3),
            output=f"SELECT id, name, city FROM customers WHERE {columns[number % 3]} = '{number}'"
            + f" AND id > {number}" * (number // 3),
            task="refactor" if number % 2 else "optimize",
            dialect="sqlite",
            schema=DDL,
            source="tiny",
        )
        for number in range(count)
    ]


def make_tiny_model(folder: Path) -> Path:
    """A Llama of 60,000 random weights and a byte-level tokenizer with mini's special tokens."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=list(MINI_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [record.input + record.output for record in tiny_records()]
    tokenizer.train_from_iterator([*texts, DDL], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<|pad|>", eos_token="<|end|>"
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=48,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
        sqlwright_family="mini",
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
