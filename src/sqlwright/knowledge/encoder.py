"""Encoders of the BERT and RoBERTa kind, in numpy: each text becomes one vector a token.

Within 1e-5 of transformers; a search starts five seconds sooner than with torch, which need not be
installed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.errors import ModelError
from sqlwright.machine import cores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

_PARTS = {"Transformer", "Pooling", "Normalize"}


@dataclass(frozen=True, slots=True)
class _Share:
    """What one thread does of a layer: some of its heads, and some of its wide units."""

    heads: int
    reading: Array  # [query, key and value of its heads, width]
    reading_bias: Array
    joining: Array  # [width, value of its heads]
    widening: Array  # [its wide units, width]
    widening_bias: Array
    narrowing: Array  # [width, its wide units]

    def attend(self, hidden: Array, mask: Array) -> Array:
        """Its part of the sum that attention is, [text, token, width]."""
        import numpy as np

        texts, tokens, width = hidden.shape
        query, key, value = (
            (hidden.reshape(-1, width) @ self.reading.T + self.reading_bias)
            .reshape(texts, tokens, 3, self.heads, -1)
            .transpose(2, 0, 3, 1, 4)  # [which of the three, text, head, token, part of the width]
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(query.shape[-1] ** 0.5)
        if texts > 1:  # where there is one, none is padded
            scores += (1 - mask[:, None, None, :]) * np.float32(-1e9)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        mixed = (scores @ value).transpose(0, 2, 1, 3).reshape(texts * tokens, -1)
        joined: Array = (mixed @ self.joining.T).reshape(hidden.shape)
        return joined

    def feed(self, hidden: Array) -> Array:
        """Its part of the sum that the wide units come to, [text, token, width]."""
        flat = hidden.reshape(-1, hidden.shape[-1])  # one product is faster than one a text
        wide = _gelu(flat @ self.widening.T + self.widening_bias)
        narrow: Array = (wide @ self.narrowing.T).reshape(hidden.shape)
        return narrow


class Encoder:
    """The layers of a BERT (Devlin et al. 2019) or RoBERTa encoder, from a folder of weights.

    As in Megatron-LM (Shoeybi et al. 2019, section 3), each layer is cut by heads and by wide units
    into two parts that need nothing of each other until their sums are added: two threads take two
    thirds of the time for a single text, which is what a question is. They wait asleep, so that
    on a busy machine nothing is lost; the threads of a BLAS product spin, which there took 11 times
    as long.
    """

    def __init__(self, folder: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config = read_json(folder / "config.json")
        _check(folder, config)
        try:
            weights = load_file(folder / "model.safetensors")
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # tokenizers raises nothing narrower
            if not isinstance(error, (SafetensorError, OSError)) and type(error) is not Exception:
                raise
            raise ModelError(f"the embedding in {folder} cannot be read: {error}") from None
        # some files keep the name of the whole model before that of the layer
        self._weights: dict[str, Array] = {
            name.removeprefix("bert.").removeprefix("roberta."): value.astype("float32", copy=False)
            for name, value in weights.items()
            if value.dtype.kind == "f"
        }
        self._layers = [
            self._shares(f"encoder.layer.{number}", int(config["num_attention_heads"]))
            for number in range(int(config["num_hidden_layers"]))
        ]
        self._epsilon = float(config.get("layer_norm_eps", 1e-12))
        pad = int(config.get("pad_token_id") or 0)
        # RoBERTa counts places from the one after its padding token
        self._first_place = 0 if config["model_type"] == "bert" else pad + 1
        longest = int(config["max_position_embeddings"]) - self._first_place
        limit = read_json(folder / "sentence_bert_config.json").get("max_seq_length", 256)
        self._tokenizer.enable_truncation(min(int(limit), longest))
        self._tokenizer.enable_padding(pad_id=pad)

    def __call__(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """The last hidden states, [text, token, width], and which tokens are there, [text, token].

        A single text is shared between two threads; of many texts a caller has other threads.
        """
        import numpy as np

        read = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in read])  # [text, token]
        mask = np.array([one.attention_mask for one in read], dtype=np.float32)
        weights = self._weights
        places = weights["embeddings.position_embeddings.weight"][self._first_place :]
        hidden = weights["embeddings.word_embeddings.weight"][ids] + places[: ids.shape[1]]
        hidden = hidden + weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        summed = self._at_once if len(texts) == 1 and cores() > 1 else _one_by_one
        for number, shares in enumerate(self._layers):
            name = f"encoder.layer.{number}"
            mixed = summed([share.attend for share in shares], hidden, mask)
            mixed += hidden + weights[f"{name}.attention.output.dense.bias"]
            hidden = self._norm(mixed, f"{name}.attention.output.LayerNorm")
            narrow = summed([share.feed for share in shares], hidden)
            narrow += hidden + weights[f"{name}.output.dense.bias"]
            hidden = self._norm(narrow, f"{name}.output.LayerNorm")
        return hidden, mask

    def _shares(self, name: str, heads: int) -> list[_Share]:
        """The weights of a layer in two parts, or in one where there is a single head."""
        import numpy as np

        take = self._weights.pop
        three = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
        weights = [take(f"{part}.weight") for part in three]
        biases = [take(f"{part}.bias") for part in three]
        joining = take(f"{name}.attention.output.dense.weight")
        widening = take(f"{name}.intermediate.dense.weight")
        widening_bias = take(f"{name}.intermediate.dense.bias")
        narrowing = take(f"{name}.output.dense.weight")
        shares = []
        size = len(weights[0]) // heads
        middle = heads // 2
        for first, last in ((0, middle), (middle, heads)):
            if first == last:
                continue
            mine = slice(first * size, last * size)
            units = slice(first * len(widening) // heads, last * len(widening) // heads)
            shares.append(
                _Share(
                    last - first,
                    np.concatenate([weight[mine] for weight in weights]),
                    np.concatenate([bias[mine] for bias in biases]),
                    np.ascontiguousarray(joining[:, mine]),
                    widening[units],
                    widening_bias[units],
                    np.ascontiguousarray(narrowing[:, units]),
                )
            )
        return shares

    def _at_once(self, parts: Sequence[Callable[..., Array]], *given: Array) -> Array:
        """The sum of the parts, each but the last by another thread."""
        begun = [self._thread.submit(part, *given) for part in parts[:-1]]
        found = parts[-1](*given)
        for one in begun:
            found += one.result()
        return found

    @cached_property
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, thread_name_prefix="sqlwright-embedding")

    def _norm(self, hidden: Array, name: str) -> Array:
        import numpy as np

        width = np.float32(hidden.shape[-1])
        # by sum(), for mean() takes as long to begin as a question's numbers take to add
        centered = hidden - hidden.sum(-1, keepdims=True) / width
        spread = (centered * centered).sum(-1, keepdims=True) / width
        spread = np.sqrt(spread + np.float32(self._epsilon))
        scale, shift = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        normed: Array = centered / spread * scale + shift
        return normed


def _one_by_one(parts: Sequence[Callable[..., Array]], *given: Array) -> Array:
    found = parts[0](*given)
    for part in parts[1:]:
        found += part(*given)
    return found


def _gelu(values: Array) -> Array:
    """x · Φ(x); the error function by Abramowitz and Stegun 7.1.26, right to 1.5e-7."""
    import numpy as np

    size = np.abs(values) * np.float32(0.5**0.5)
    part = 1 / (1 + np.float32(0.3275911) * size)
    tail = np.zeros_like(part)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail += np.float32(factor)
        tail *= part
    tail *= np.exp(-size * size)
    erf = np.copysign(1 - tail, values)
    result: Array = np.float32(0.5) * values * (1 + erf)
    return result


def _check(folder: Path, config: dict[str, Any]) -> None:
    kind, act = config.get("model_type"), config.get("hidden_act", "gelu")
    parts = {part.get("type", "").split(".")[-1] for part in read_json(folder / "modules.json", [])}
    if kind not in ("bert", "roberta", "xlm-roberta") or act != "gelu" or parts - _PARTS:
        raise ModelError(
            f"the embedding in {folder} is not of a kind that runs here: name a folder of"
            " sentence-transformers of the BERT or RoBERTa kind, without layers after the pooling"
        )


def read_json(path: Path, default: Any = None) -> Any:
    """What a file of JSON says; the default (or nothing) where it is not there or is no JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {} if default is None else default
