"""Words for columns in a question, and what a condition of a question is."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sqlwright.data.russian import Noun, still
from sqlwright.data.told import Meaning, Trait

AGREES = "~"  # the ending of a Russian participle, which takes the case of its noun


@dataclass(frozen=True, slots=True)
class Condition:
    """SQL and its words in the language of the question.

    Attributes:
        words: follow the plural noun, with a blank or a comma before them.
        before: an adjective that may stand before the noun instead; of Russian ones the stem.
        meanings: coded values whose meaning a passage must tell, with their column.
        linked: text values that the question names.
        bare: is the value named without its column? Then a passage must say where it stands.
    """

    sql: str
    words: str
    before: str = ""
    trait: Trait | None = None
    meanings: tuple[Meaning, ...] = ()
    linked: tuple[str, ...] = ()
    bare: bool = False


def english(trait: Trait, rng: Random) -> str:
    """A word for the trait: mostly the first, sometimes a synonym, seldom the column's own name."""
    draw = rng.random()
    if draw < 0.06:
        return trait.name
    return trait.english[0] if draw < 0.75 else rng.choice(trait.english)


def russian(trait: Trait, rng: Random) -> Noun:
    """The same in Russian; the English word or the name where there is none."""
    draw = rng.random()
    if draw < 0.06 or not trait.russian:
        return still(trait.name if draw < 0.5 else trait.english[0])
    return trait.russian[0] if draw < 0.75 else rng.choice(trait.russian)


def an(phrase: str, rng: Random) -> str:
    """The phrase after its article, which some people leave out."""
    if rng.random() < 0.15:
        return phrase
    return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}"


def with_words(instrumental: str) -> str:
    """с ценой, со статусом."""
    two = instrumental[:2].lower()
    hard = two[0] in "сзшжщ" and len(two) > 1 and two[1] not in "аеёиоуыэюя"
    return f"{'со' if hard else 'с'} {instrumental}"
