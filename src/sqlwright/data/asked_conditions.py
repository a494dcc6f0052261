"""A condition and the words with which people ask for it, in English and in Russian.

Each wording follows a plural: "clients" + "with a balance over 100". Literals stand in the question
as people write them, and in the SQL as SQL has them.
"""

from __future__ import annotations

from random import Random

from sqlwright.data.asked_dates import a_time
from sqlwright.data.asked_texts import (
    like_condition,
    missing_condition,
    text_condition,
    truth_condition,
)
from sqlwright.data.asked_words import AGREES, Condition, an, english, russian, with_words
from sqlwright.data.told import Trait


def condition(
    trait: Trait, column: str, language: str, rng: Random, alone: bool = False
) -> Condition | None:
    """A condition on that column; None where people hardly ever ask for one on such a column.

    Args:
        alone: is it the only date of its table, which then need not be named?
    """
    if trait.nullable and rng.random() < 0.2:
        return missing_condition(trait, column, language, rng)
    match trait.role:
        case "measure":
            return _number(trait, column, language, rng)
        case "category" | "label":
            return text_condition(trait, column, language, rng)
        case "free":
            return like_condition(trait, column, language, rng)
        case "date" | "time":
            return _date(trait, column, language, rng, alone)
        case "bool":
            return truth_condition(trait, column, language, rng)
    return None


_SIGNS_EN = {
    ">": ("over", "above", "more than", "greater than", "higher than", "exceeding"),
    ">=": ("of at least", "at least", "not less than", "no lower than"),
    "<": ("under", "below", "less than", "lower than"),
    "<=": ("of at most", "at most", "not more than", "up to"),
    "=": ("of exactly", "equal to", "of"),
    "<>": ("other than", "different from", "not equal to"),
}


_SIGNS_RU = {
    ">": ("больше", "выше", "более", "свыше"),
    ">=": ("не меньше", "не менее", "от", "не ниже", "как минимум"),
    "<": ("меньше", "ниже", "менее"),
    "<=": ("не больше", "не более", "до", "не выше", "максимум"),
    "=": ("ровно", "равно", "="),
    "<>": ("не равно", "не равной", "отличной от"),
}


def _value(kind: str, rng: Random) -> str:
    scale = rng.choice([5, 10, 20, 50, 100, 100, 500, 1000, 1000, 10000, 100000])
    if kind == "int" or rng.random() < 0.7:
        whole = rng.randint(0, scale)
        return str(round(whole, -2) if whole > 300 and rng.random() < 0.7 else whole)
    part = rng.choice([5, 25, 75, 1, 9, 50, rng.randint(1, 99)])
    return f"{rng.randint(0, min(scale, 100))}.{part}"


def spoken(number: str, language: str, rng: Random) -> str:
    """The number as people write it: with marks between thousands, in thousands, with a comma."""
    if "." in number:
        return number.replace(".", ",") if language == "ru" and rng.random() < 0.4 else number
    value, draw = int(number), rng.random()
    if value >= 1000 and value % 1000 == 0 and draw < 0.2:
        small = str(value // 1000)
        return f"{small} {rng.choice(['тысяч', 'тыс.'] if language == 'ru' else ['thousand'])}"
    if value >= 1000 and draw < 0.4:
        mark = " " if language == "ru" else ","
        return f"{value:,}".replace(",", mark)
    return number


def _number(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    if rng.random() < 0.14:
        return _between(trait, column, language, rng)
    if trait.kind in ("num", "real") and _SHARES & {*trait.english} and rng.random() < 0.4:
        return _percent(trait, column, language, rng)
    sign = rng.choices(("> ", ">=", "< ", "<=", "= ", "<>"), weights=(34, 14, 26, 10, 14, 2))[0]
    sign, value = sign.strip(), _value(trait.kind, rng)
    if trait.kind == "num" and rng.random() < 0.06 and sign in "<>":
        return _negative(trait, column, language, rng)
    said = spoken(value, language, rng)
    text = f"{column} {sign} {value}"
    if language == "en":
        word = english(trait, rng)
        over = rng.choice(_SIGNS_EN[sign])
        bare = over.removeprefix("of ")
        words = rng.choice(
            [
                f"with {an(word, rng)} {over} {said}",
                f"with {word} {over} {said}",
                f"whose {word} is {bare} {said}",
                f"where the {word} is {bare} {said}",
                f"that have {an(word, rng)} {over} {said}",
                f"having {word} {bare} {said}",
            ]
        )
    else:
        noun, over = russian(trait, rng), rng.choice(_SIGNS_RU[sign])
        words = rng.choice(
            [
                f"{with_words(noun.ins)} {over} {said}",
                f"{with_words(noun.ins)} {over} {said}",
                f"у которых {noun.nom} {over} {said}",
                f", у которых {noun.nom} {over} {said}",
                f"где {noun.nom} {over} {said}",
                f", {noun.nom} которых {over} {said}",
            ]
        )
    return Condition(text, words, trait=trait)


_SHARES = frozenset(("tax", "rebate", "rate", "share", "margin", "ratio", "commission"))


def _percent(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    """A share that is kept as a fraction and asked for in percent."""
    number, sign = rng.randint(1, 30), rng.choice((">", ">=", "<", "<=", "=", "="))
    if language == "en":
        said = f"{number}{rng.choice(['%', ' percent', ' %'])}"
        over = rng.choice(_SIGNS_EN[sign])
        words = f"with {an(english(trait, rng), rng)} {over} {said}"
    else:
        said = f"{number}{rng.choice(['%', ' процентов', ' %'])}"
        noun, over = russian(trait, rng), rng.choice(_SIGNS_RU[sign])
        words = f"{with_words(noun.ins)} {over} {said}"
    return Condition(f"{column} {sign} {number / 100:.2f}", words, trait=trait)


def _negative(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    if language == "en":
        words = f"with {an('negative ' + english(trait, rng), rng)}"
    else:
        noun = russian(trait, rng)
        words = rng.choice(
            [f"у которых {noun.nom} меньше нуля", f"{with_words(noun.ins)} ниже нуля"]
        )
    return Condition(f"{column} < 0", words, trait=trait)


def _between(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    low = rng.randint(0, rng.choice([10, 100, 1000]))
    high = low + rng.randint(1, rng.choice([10, 100, 1000]))
    one, two = spoken(str(low), language, rng), spoken(str(high), language, rng)
    if language == "en":
        word = english(trait, rng)
        words = rng.choice(
            [
                f"with {an(word, rng)} between {one} and {two}",
                f"whose {word} is between {one} and {two}",
                f"with {word} from {one} to {two}",
            ]
        )
    else:
        noun = russian(trait, rng)
        words = rng.choice(
            [
                f"{with_words(noun.ins)} от {one} до {two}",
                f"у которых {noun.nom} от {one} до {two}",
                f"где {noun.nom} между {one} и {two}",
            ]
        )
    return Condition(f"{column} BETWEEN {low} AND {high}", words, trait=trait)


def _date(trait: Trait, column: str, language: str, rng: Random, alone: bool) -> Condition:
    """A time after the trait's participle, after its noun, or by itself."""
    text, words = a_time(column, trait.kind, language, rng)
    if alone and rng.random() < 0.35:
        return Condition(text, words, trait=trait)
    participle = trait.happened[0 if language == "en" else 1]
    if participle and rng.random() < 0.55:
        said = f"{participle} {words}" if language == "en" else f", {participle}{AGREES} {words}"
    elif language == "en":
        word = english(trait, rng)
        said = rng.choice(
            [
                f"with {an(word, rng)} {words}",
                f"whose {word} is {words}",
                f"where the {word} is {words}",
            ]
        )
    else:
        noun = russian(trait, rng)
        said = rng.choice(
            [
                f"{with_words(noun.ins)} {words}",
                f"у которых {noun.nom} {words}",
                f"({noun.nom} {words})",
            ]
        )
    return Condition(text, said, trait=trait)
