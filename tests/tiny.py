"""A tiny model of mini's kind with random weights, and records for it: real, and fast."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from sqlwright.config import Config
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


def tiny_config(
    base: Path,
    output: Path,
    model: Mapping[str, Any] | None = None,
    lora: Mapping[str, Any] | None = None,
    **train: Any,
) -> Config:
    """The settings of a short training in fp32 whose records are given, with some in other places."""
    return Config.model_validate(
        {
            "model": {"path": str(base), **(model or {})},
            "data": {"train": "none"},
            "lora": {"r": 4, "alpha": 8, **(lora or {})},
            "train": {
                "output_dir": str(output),
                "learning_rate": 1e-2,
                "precision": "fp32",
                **train,
            },
        }
    )


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


#: How chats are written down: (template, the special tokens in it, the one that ends a turn)
CHATS = {
    "chatml": (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}",
        ("<|im_start|>", "<|im_end|>"),
        "<|im_end|>",
    ),
    "llama": (
        "{{ bos_token }}{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
        "{{ m.content }}<|eot_id|>{% endfor %}{% if add_generation_prompt %}"
        "<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}",
        ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "<|eot_id|>",
    ),
    "inst": (
        "{{ bos_token }}{% for m in messages %}[INST] {{ m.content }} [/INST]{% endfor %}",
        ("<s>", "</s>", "[INST]", "[/INST]"),
        "</s>",
    ),
}


def make_tiny_model(
    folder: Path,
    chat: str | None = None,
    *,
    wide: bool = False,
    spread: float = 0.02,
    markers: tuple[str, ...] = MINI_SPECIAL,
) -> Path:
    """A Llama of 60,000 random weights and a byte-level tokenizer, with mini's special tokens.

    Args:
        chat: a name of `CHATS`: its special tokens and template in the place of mini's.
        wide: layers of multiples of 64, which 4 bits need.
        spread: of the weights; the words' own are its only output layer, so with small ones no
            training makes it sure of a token.
        markers: the special tokens, in the order of their ids.
    """
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    template, tokens, end = CHATS[chat] if chat else (None, (), "<|end|>")
    special = ("<|pad|>", *tokens) if chat else markers
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    texts = [record.input + record.output for record in tiny_records()]
    tokenizer.train_from_iterator([*texts, DDL], trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<|pad|>",
        eos_token=end,
        bos_token=tokens[0] if chat else None,
        chat_template=template,
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(fast),
        hidden_size=64 if wide else 48,
        intermediate_size=128 if wide else 96,
        num_hidden_layers=2,
        initializer_range=spread,
        num_attention_heads=4,
        num_key_value_heads=4 if wide else 2,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=fast.eos_token_id,
        pad_token_id=fast.pad_token_id,
        sqlwright_family="chat" if chat else "mini",
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
