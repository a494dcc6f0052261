"""What a word of the question may stand for: its stem, its meanings in the other language, kin.

The lexicon of search words is one source; `words.txt` beside this file adds what people call
common columns and places when they ask.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sqlwright.data.told import singular
from sqlwright.knowledge.lexicon import in_the_other_language
from sqlwright.knowledge.words import stem

WORDS = Path(__file__).parent / "words.txt"
_TRANSLATED, _KIN, _ALIKE, _DERIVED = 0.9, 0.7, 0.75, 0.6
_SHORTEST_PREFIX = 4  # letters that two Russian words of one root share


@lru_cache(maxsize=20_000)
def meanings(word: str) -> Mapping[str, float]:
    """Stems that the word in lower case may stand for, each with how surely."""
    own = stem(word)
    found = {own: 1.0}
    shorter = [own[:n] for n in range(len(own) - 1, _SHORTEST_PREFIX, -1)]
    alone = _without_fleeting(own)
    if alone:
        found[alone] = 1.0
    roots = [own, *([alone] if alone else []), *([] if own.isascii() else shorter)]
    for root in roots:
        less = 1.0 if root in (own, alone) else _DERIVED
        for other in in_the_other_language([root]):
            found.setdefault(other, less * _TRANSLATED)
        for known, sure in _more().get(root, {}).items():
            found[known] = max(found.get(known, 0.0), less * sure)
        if len(found) > 1 + bool(alone):
            break
    return found


def _without_fleeting(own: str) -> str:
    """The stem without the vowel that comes and goes: марок is of марка."""
    match = re.fullmatch(r"([а-я]{2,}[бвгджзклмнпрстфхцчшщ])[ое](к)", own)
    return match[1] + match[2] if match else ""


def other_words(word: str) -> tuple[str, ...]:
    """Other spellings of a value: its singular, and words of the other language in words.txt."""
    found = _written().get(stem(word.lower().replace("ё", "е")), ())
    alone = singular(word)
    return found if alone == word or len(alone) < _SHORTEST_PREFIX else (alone, *found)


@lru_cache(maxsize=1)
def _lines() -> tuple[tuple[str, list[str], list[str]], ...]:
    """The lines of words.txt: the mark and the words on its sides."""
    found = []
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch("([^#]+) ([=~>]) (.+)", line):
            found.append((match[2], match[1].split(), match[3].split()))
    return tuple(found)


@lru_cache(maxsize=1)
def _written() -> Mapping[str, tuple[str, ...]]:
    """By the stem of a word what is written for it in the other language."""
    found: dict[str, tuple[str, ...]] = {}
    for mark, here, there in _lines():
        for word in here if mark == "=" else ():
            for key in _stems(word.lower().replace("ё", "е")):
                found[key] = (*found.get(key, ()), *there)
    return found


def _stems(word: str) -> set[str]:
    """The stem, and those of other cases where they differ: Китай, Китая; прием, приема."""
    cases = [word[:-1] + end for end in "яюе"] if re.search("[аеиоу]й$", word) else []
    cases += [word + end for end in "ау"] if re.search("[еи][мхтн]$", word) else []
    return {stem(form) for form in (word, *cases)}


@lru_cache(maxsize=1)
def _more() -> Mapping[str, Mapping[str, float]]:
    """By a stem what it may stand for: the same in the other language, and kin."""
    found: dict[str, dict[str, float]] = {}
    for mark, *both in _lines():
        if mark == ">":
            continue
        sides = [[one for word in side for one in _stems(word.lower())] for side in both]
        for here, there in (sides, sides[::-1]):
            for word in here:
                sure = _TRANSLATED if mark == "=" else _KIN
                new = dict.fromkeys((t for t in there if t != word), sure)
                kept = found.setdefault(word, {})
                kept.update({one: max(sure, kept.get(one, 0.0)) for one, sure in new.items()})
    return found


@lru_cache(maxsize=1)
def _borne() -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for mark, here, there in _lines():
        for word in here if mark == ">" else ():
            found[stem(word)] = found.get(stem(word), frozenset()) | {*map(stem, there)}
    return found


def bearing(word: str) -> frozenset[str]:
    """Stems of what bears the word out where a query reads it: orders, that somebody bought."""
    meant = meanings(word)
    return frozenset({*meant}.union(*(_borne().get(one, frozenset()) for one in meant)))


@lru_cache(maxsize=200_000)
def alike(one: str, other: str) -> float:
    """How surely two stems are of one word: 1 of the same, less of those with one root."""
    if one == other:
        return 1.0
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    longer, shorter = max(len(one), len(other)), min(len(one), len(other))
    if shared == shorter > _SHORTEST_PREFIX and not one.isascii():
        return _DERIVED
    if shared >= max(_SHORTEST_PREFIX + one.isascii(), (0.75 if one.isascii() else 0.7) * longer):
        return _ALIKE
    return 0.0


@lru_cache(maxsize=200_000)
def stands_for(piece: str, word: str) -> float:
    """How surely a piece of a name is the word, or is cut from it: acct, mkt, qty, bal."""
    if (same := alike(stem(piece), word)) > 0:
        return same
    if not (2 < len(piece) < len(word) + 1) or not word.isascii() or piece[0] != word[0]:
        return 0.0
    whole = word[:-1] + "y" if word.endswith("i") else word  # stems write quantity as quantiti
    if whole.startswith(piece):
        return 0.9
    at = 0
    for letter in piece[1:]:
        at = whole.find(letter, at + 1)
        if at < 0:
            return 0.0
    return 0.8 if not set(piece[1:]) & set("aeiou") else 0.0
