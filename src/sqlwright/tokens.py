"""The tokenizer of mini: names are cut alike wherever they stand, so that they can be copied.

A blank belongs to the keyword or operator beside it, never to a name: `c_custkey` is the same
tokens after a comma, a dot or a parenthesis. Digits stand alone; other letters fall back to bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlwright.prompt import MINI_SPECIAL

_KEYWORDS = (
    "GROUP BY|ORDER BY|PARTITION BY|LEFT JOIN|UNION ALL|NOT EXISTS|IS NULL|CASE WHEN|"
    "SELECT DISTINCT|SELECT|FROM|WHERE|HAVING|JOIN|ON|AS|AND|OR|NOT|IN|IS|NULL|BETWEEN|LIKE|EXISTS|"
    "CASE|WHEN|THEN|ELSE|END|LIMIT|OFFSET|DESC|ASC|WITH|UNION|ALL|EXCEPT|INTERSECT|DISTINCT|OVER|"
    "INNER|LEFT|RIGHT|FULL|OUTER|CROSS|USING|INTERVAL|TRUE|FALSE|ANY|FILTER|ROWS|RANGE"
)
_PATTERN = "|".join(
    (
        rf" ?(?<![A-Za-z0-9_])(?:{_KEYWORDS})(?![A-Za-z0-9_])(?:\((?=SELECT)| \((?=SELECT)| ?)",
        r" ?(?:<>|<=|>=|!=|\|\||->|[=<>+*/%-]) ?",
        r" (?:(?:int|num|real|text|date|time|bool|other)\??|key)(?=[ ,)])",
        r",\s?",
        r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[A-Z]",
        r" ?[\u0400-\u04FF]+",
        r"[0-9]",
        r"\s+",
        r"\(\*\)|\)+|'[,)]?|[^\s\w]",
        r".",
    )
)


def train_tokenizer(texts: Iterable[str], size: int) -> Any:
    """A byte-level BPE tokenizer (Sennrich et al. 2016) of that many tokens, special ones too."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=list(MINI_SPECIAL),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def save_tokenizer(tokenizer: Any, folder: Path, context: int) -> None:
    """tokenizer.json and the settings with which transformers loads it."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": "<|pad|>",
        "eos_token": "<|end|>",
        "model_max_length": context,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
