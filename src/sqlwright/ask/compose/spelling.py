"""Slips of the keyboard in a question: one letter too many, too few, wrong, or two changed over.

Only a word that nothing else explains is mended, and only to a word that asks something or that the
schema knows; what was read differently is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from sqlwright.ask.compose.cues import CUES, light_words
from sqlwright.ask.compose.meanings import WORDS, meanings
from sqlwright.ask.compose.tokens import SCALES, Token, number_words
from sqlwright.data.asked_dates import MONTHS_EN, MONTHS_RU
from sqlwright.knowledge import lexicon
from sqlwright.knowledge.words import stem

_VOWELS = frozenset("aeiouyаеиоуыэюя")
_LONG = 6  # letters from which any one slip is mended; of shorter words only the commonest ones
_SHORTEST = 4


def mend(
    question: str, tokens: tuple[Token, ...], known: frozenset[str], taken: frozenset[int]
) -> tuple[str, tuple[tuple[str, str], ...]]:  # fmt: skip
    """The question with slips mended, and the words that were read as others.

    Args:
        known: stems that the schema's things are called by.
        taken: tokens that are values, times or the like.
    """
    changed: list[tuple[str, str]] = []
    made, at = [], 0
    for n, token in enumerate(tokens):
        if token.kind != "word" or n in taken or not _may_be_slip(token, n):
            continue
        if token.stem in known or _is_known(token.plain):
            continue
        found = _meant(token.plain, known)
        if found:
            changed.append((token.text, found))
            made += [question[at : token.start], found]
            at = token.end
    return "".join([*made, question[at:]]), tuple(changed)


def _may_be_slip(token: Token, at: int) -> bool:
    is_name = token.text[0].isupper() and at > 0
    return len(token.plain) >= _SHORTEST and token.plain.isalpha() and not is_name


@lru_cache(maxsize=4)
def _cue_words() -> frozenset[str]:
    return frozenset(re.findall(r"[a-zа-я]{4,}", CUES.read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def _asking() -> frozenset[str]:
    """Words that ask, join, count or name a time."""
    months = {name.lower() for name in (*MONTHS_EN, *MONTHS_RU)}
    found = {*_cue_words(), *light_words(), *number_words(), *SCALES, *months}
    return frozenset(word for word in found if len(word) >= _SHORTEST)


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    """Words of the lexicons."""
    found: set[str] = set()
    for file in (Path(lexicon.__file__).parent / "lexicon.txt", WORDS):
        found |= {*re.findall(r"[a-zа-я]{4,}", file.read_text(encoding="utf-8").lower())}
    return frozenset(found)


@lru_cache(maxsize=1)
def _stems() -> frozenset[str]:
    return frozenset(map(stem, (*_asking(), *_listed())))


@lru_cache(maxsize=20_000)
def _is_known(word: str) -> bool:
    if stem(word) in _stems() or word in _asking() or len(meanings(word)) > 1:
        return True
    return any(word.startswith(start) for start in _cue_words())


@lru_cache(maxsize=16)
def _of_schema(known: frozenset[str]) -> frozenset[str]:
    """The words of the lexicons that mean a thing of the schema, and its own names."""
    return known | {word for word in _listed() if known & meanings(word).keys()}


@lru_cache(maxsize=2_000)
def _meant(word: str, known: frozenset[str]) -> str:
    """The one word that the slip was made in; empty where there is none, or more."""
    for words in (_asking(), _of_schema(known)):
        found = dict.fromkeys(_near(word, words))
        if len({stem(one) for one in found}) == 1:
            return max(found, key=len)  # a word, not its stem
    return ""


def _near(word: str, words: Iterable[str]) -> list[str]:
    own = stem(word)
    ending = word[len(own) :] if word.startswith(own) else ""
    found = []
    for other in sorted(words):
        if other[0] != word[0] or abs(len(other) - len(word)) > 3:
            continue
        if is_slip(word, other):
            found.append(other)
        elif ending and is_slip(own, stem(other)):
            found.append((other if other.isascii() else stem(other)) + ending)
    return found


def is_slip(word: str, other: str) -> bool:
    """Are the words one slip apart? Of short ones only a vowel, a double or a change of places."""
    if word == other or abs(len(word) - len(other)) > 1 or min(len(word), len(other)) < _SHORTEST:
        return False
    at = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), None)
    if at is None:
        return min(len(word), len(other)) >= _LONG
    one, two = word[at:], other[at:]
    if len(one) == len(two):
        swapped = one[:2] == two[1::-1] and one[2:] == two[2:]
        vowel = {one[0], two[0]} <= _VOWELS
        return swapped or (one[1:] == two[1:] and (vowel or len(word) >= _LONG))
    longer, shorter = (word, other) if len(one) > len(two) else (other, word)
    same = longer[:at] + longer[at + 1 :] == shorter
    double = 0 < at < len(longer) and longer[at] == longer[at - 1]
    return same and (double or len(shorter) >= _LONG - 1)
