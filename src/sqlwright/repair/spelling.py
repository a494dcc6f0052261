"""How far one word is from another, by the slips that fingers make."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_SLIP = 0.7  # letters swapped, doubled, or the neighbor's key hit
_LOST = 0.9  # a letter left out is likelier than one put in
_SHIFT = 0.3  # an underscore too many or too few


@lru_cache(maxsize=4096)
def _is_neighbor(one: str, other: str) -> bool:
    for number, row in enumerate(_ROWS):
        place = row.find(one)
        if place < 0:
            continue
        near = "".join(r[max(place - 1, 0) : place + 2] for r in _ROWS[max(number - 1, 0) :][:3])
        return other in near
    return False


@lru_cache(maxsize=65536)
def distance(one: str, other: str) -> float:
    """Edits from one word to the other, in lower case; slips of the finger count less than one.

    Restricted edit distance with swaps (Damerau 1964; Levenshtein 1966), with weights of our own.
    """
    one, other = one.lower(), other.lower()
    before: list[float] = []
    row = [_LOST * _gap(other, n) for n in range(len(other) + 1)]
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [_gap(one, i)]
        for j, wanted in enumerate(other, 1):
            best = min(
                before[j] + _cost(one, i - 1),
                row[j - 1] + _LOST * _cost(other, j - 1),
                before[j - 1] + _replaced(letter, wanted),
            )
            if i > 1 and j > 1 and letter == other[j - 2] and wanted == one[i - 2]:
                best = min(best, older[j - 2] + (_SLIP if letter != wanted else 0))
            row.append(best)
    return row[-1]


def _gap(word: str, length: int) -> float:
    return sum(_cost(word, n) for n in range(length))


def _cost(word: str, place: int) -> float:
    if word[place] == "_":
        return _SHIFT
    return _SLIP if place and word[place - 1] == word[place] else 1.0


def _replaced(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return _SLIP if _is_neighbor(one, other) else 1.0


def nearest(name: str, known: Iterable[str], most: float = 0.34) -> list[tuple[float, str]]:
    """(distance, word) of the known words that the name may be a slip of, the nearest first.

    Args:
        most: the share of its letters that may be wrong; one letter always may.
    """
    limit = max(1.0, most * len(name))
    found = {}
    for word in known:
        apart = _another_form(name, word)
        if apart > limit and abs(len(word) - len(name)) > limit + 2:
            continue
        if _at_least(name, word) <= limit:
            apart = min(apart, distance(name, word))
        if apart <= limit:
            found[word] = apart
    return sorted((apart, word) for word, apart in found.items())


def _at_least(name: str, word: str) -> float:
    """A bound that is quick to tell: each letter that only one of them has is an edit."""
    one, other = _letters(name), _letters(word)
    only = (one - other).total(), (other - one).total()
    return max(only) * _SLIP * _LOST


@lru_cache(maxsize=8192)
def _letters(word: str) -> Counter[str]:
    return Counter(word.lower().replace("_", ""))


@lru_cache(maxsize=65536)
def _another_form(name: str, word: str) -> float:
    """The distance of forms that people mix up: plurals, camelCase, a prefix left out."""
    one, other = _plain(name), _plain(word)
    if one == other:
        return 0.3
    if _singular(one) == _singular(other):
        return 0.4
    if len(one) > 2 and len(word) <= len(name) + 5 and word.lower().endswith("_" + name.lower()):
        return 0.8  # custkey for c_custkey
    if len(other) > 2 and len(name) <= len(word) + 5 and name.lower().endswith("_" + word.lower()):
        return 0.8
    return 99.0


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace(" ", "")


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return name[:-3] + "y"
    if re.search(r"(s|x|ch|sh)es$", name):
        return name[:-2]
    return name.removesuffix("s")
