"""The tokenizer of mini: names are cut alike wherever they stand, so that they can be copied.

A blank belongs to the keyword or operator beside it, never to a name: `c_custkey` is the same
tokens after a comma, a dot or a parenthesis. Digits stand alone; other letters fall back to bytes.
"""

from __future__ import annotations

import json
from collections import Counter
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
        r" (?:(?:int|num|real|text|date|time|bool|other)\??|key|index)(?=[ ,)])",
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


def forget_prose(tokenizer: Any, names: Iterable[str]) -> Any:
    """The tokenizer without merges of letters that hardly ever make part of a name in `names`.

    "return" is one token in a sentence, but the model never learned to copy it inside
    `l_returnflag`: there it now falls into smaller tokens. A whole word of prose keeps its
    token (`ignore_merges`).
    """
    from tokenizers import Tokenizer

    counts: Counter[str] = Counter()
    for text in names:
        counts.update(tokenizer.encode(text, add_special_tokens=False).tokens)
    state = json.loads(tokenizer.to_str())
    merges: list[tuple[str, str]] = [tuple(pair) for pair in state["model"]["merges"]]
    parts = {left + right: (left, right) for left, right in merges}
    rare = {text for text in parts if text.isascii() and text.isalpha() and counts[text] <= 2}
    needed: set[str] = set()
    waiting = [text for text in parts if text not in rare]
    while waiting:
        text = waiting.pop()
        if text in parts and text not in needed:
            needed.add(text)
            waiting.extend(parts[text])
    kept = [pair for pair in merges if pair[0] + pair[1] not in rare - needed]
    state["model"] |= {"merges": [list(pair) for pair in kept], "ignore_merges": True}
    return Tokenizer.from_str(json.dumps(state))


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
