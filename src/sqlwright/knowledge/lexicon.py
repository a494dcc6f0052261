"""Search words in the other language: a Russian question about English comments, and the reverse.

A list of general words (lexicon.txt) and no translation: a word has every meaning that is listed,
and what is not listed is searched for as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from sqlwright.knowledge.words import stem

_LIST = Path(__file__).parent / "lexicon.txt"


def in_the_other_language(words: Iterable[str]) -> list[str]:
    """The search words that mean the same in Russian or in English, in order, once each."""
    known = _by_stem()
    found = [other for word in words for other in known.get(word, ())]
    return list(dict.fromkeys(found))


@lru_cache(maxsize=1)
def _by_stem() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in _LIST.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        sides = [[stem(word) for word in side.split()] for side in line.split(":")]
        for here, there in (sides, sides[::-1]):
            for word in here:
                found.setdefault(word, {}).update(dict.fromkeys(there))
    return {word: tuple(others) for word, others in found.items()}
