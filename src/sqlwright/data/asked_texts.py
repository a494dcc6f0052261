"""Conditions on texts, on missing values and on truth, with the words that ask for them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sqlwright.data.asked_words import AGREES, Condition, an, english, russian, with_words
from sqlwright.data.names import VALUES, invent_text
from sqlwright.data.russian import short_form
from sqlwright.data.told import Trait


def _quoted(value: str, language: str, rng: Random) -> str:
    marks = ["{}", "{}", "{}", "'{}'", '"{}"', "«{}»" if language == "ru" else "{}"]
    return rng.choice(marks).format(value)


def text_condition(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    """One value or some of a text column, or a code by its meaning."""
    if trait.meanings and rng.random() < 0.75:
        return _meant(trait, column, language, rng)
    draw = rng.random()
    known = trait.values if trait.role == "category" and trait.values else None
    if trait.role == "label" and draw < 0.25:
        return like_condition(trait, column, language, rng)
    if draw < 0.16:
        pool = known if known and len(known) > 2 else VALUES
        chosen = rng.sample(pool, rng.choice([2, 2, 3]))
        return _in(trait, column, chosen, language, rng)
    value = rng.choice(known) if known else invent_text(rng).replace("''", "'")
    said = _quoted(value, language, rng)
    sign = "<>" if draw > 0.93 else "="
    text = f"{column} {sign} '{value.replace(chr(39), chr(39) * 2)}'"
    if sign == "=" and rng.random() < 0.2:
        words = rng.choice(bare_wordings(language)) + said
        return Condition(text, words, "", trait, (), (value,), True)
    if language == "en":
        word = english(trait, rng)
        words = rng.choice(
            [
                f"with {word} other than {said}",
                f"whose {word} is not {said}",
                f"not in {word} {said}",
            ]
            if sign == "<>"
            else [
                f"with {word} {said}",
                f"with the {word} {said}",
                f"whose {word} is {said}",
                f"where the {word} is {said}",
                f"of {word} {said}",
                f"in {word} {said}",
                f"from the {said} {word}",
                f"in the {said} {word}",
                f"of the {said} {word}",
            ]
        )
    else:
        noun = russian(trait, rng)
        words = rng.choice(
            [
                f"у которых {noun.nom} не {said}",
                f"кроме {noun.gen} {said}",
                f"где {noun.nom} не равно {said}",
            ]
            if sign == "<>"
            else [
                f"{with_words(noun.ins)} {said}",
                f"у которых {noun.nom} {said}",
                f"где {noun.nom} {said}",
                f", у которых {noun.nom} — {said}",
                f"из {noun.gen} {said}",
                f"{noun.gen} {said}",
                f"({noun.nom} {said})",
            ]
        )
    return Condition(text, words, trait=trait, linked=(value,))


def bare_wordings(language: str) -> tuple[str, ...]:
    """What may stand before a value that is named without its column."""
    if language == "en":
        return ("in ", "from ", "of ", "for ", "with ", "at ", "of type ", "marked ")
    return ("из ", "в ", "", "для ", "с пометкой ", "типа ")


def _in(trait: Trait, column: str, values: Sequence[str], language: str, rng: Random) -> Condition:
    text = f"{column} IN ({', '.join(_literal(v) for v in values)})"
    said = [_quoted(value, language, rng) for value in values]
    head, last = ", ".join(said[:-1]), said[-1]
    if language == "en":
        every, word = f"{head} or {last}", english(trait, rng)
        words = rng.choice(
            [
                f"with {word} {every}",
                f"whose {word} is {every}",
                f"where {word} is one of {head}, {last}",
            ]
        )
    else:
        every, noun = f"{head} или {last}", russian(trait, rng)
        words = rng.choice(
            [
                f"{with_words(noun.ins)} {every}",
                f"у которых {noun.nom} {every}",
                f"где {noun.nom} {every}",
            ]
        )
    return Condition(text, words, trait=trait, linked=tuple(values))


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _meant(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    """A coded value by its meaning, which a passage tells."""
    meaning = rng.choice(trait.meanings)
    text = f"{column} = {_literal(meaning.value)}"
    if language == "en":
        words = rng.choice([f"that are {meaning.english}", f"which are {meaning.english}"])
        return Condition(text, words, meaning.english, trait, (meaning,))
    words = f", которые {short_form(meaning.russian)}" if rng.random() < 0.3 else ""
    return Condition(
        text, words or f", {meaning.russian}{AGREES}", meaning.russian, trait, (meaning,)
    )


def like_condition(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    """A part of a text column."""
    part = invent_text(rng).replace("''", "").replace("%", "")
    where = rng.choice(["begin", "begin", "inside", "inside", "inside", "end"])
    pattern = {"begin": f"{part}%", "inside": f"%{part}%", "end": f"%{part}"}[where]
    said = _quoted(part, language, rng)
    negated = rng.random() < 0.1
    if language == "en":
        verbs: dict[str, tuple[str, ...]] = {
            "begin": ("starts with", "begins with"),
            "inside": ("contains", "includes"),
            "end": ("ends with", "ends in"),
        }
        to = {"begin": "start with", "inside": "contain", "end": "end with"}[where]
        action = f"does not {to}" if negated else rng.choice(verbs[where])
        words = f"whose {english(trait, rng)} {action} {said}"
        if where == "inside" and not negated and rng.random() < 0.4:
            words = f"with {said} in the {english(trait, rng)}"
    else:
        verbs = {
            "begin": ("начинается с", "начинается на"),
            "inside": ("содержит",),
            "end": ("заканчивается на",),
        }
        noun = russian(trait, rng)
        words = f"у которых {noun.nom} {'не ' * negated}{rng.choice(verbs[where])} {said}"
        if where == "inside" and not negated and rng.random() < 0.3:
            words = f", у которых в {noun.ins} есть {said}" if noun.nom == noun.ins else words
    return Condition(f"{column} {'NOT ' * negated}LIKE '{pattern}'", words, trait=trait)


def missing_condition(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    """Rows where the column holds nothing, or anything."""
    absent = rng.random() < 0.65
    if language == "en":
        word = english(trait, rng)
        words = rng.choice(
            [
                f"without {an(word, rng)}",
                f"that have no {word}",
                f"with no {word}",
                f"whose {word} is missing",
                f"where {word} is empty",
                f"whose {word} is not known",
            ]
            if absent
            else [
                f"that have {an(word, rng)}",
                f"whose {word} is known",
                f"with {an(word, rng)} given",
                f"where {word} is filled in",
            ]
        )
    else:
        noun = russian(trait, rng)
        words = rng.choice(
            [
                f"без {noun.gen}",
                f"у которых нет {noun.gen}",
                f"с неуказанным полем {noun.nom}",
                f"где {noun.nom} не указано",
                f"у которых {noun.nom} неизвестно",
            ]
            if absent
            else [
                f"у которых есть {noun.nom}",
                f"где {noun.nom} указано",
                f"с заполненным полем {noun.nom}",
            ]
        )
    return Condition(f"{column} IS {'NOT ' * (not absent)}NULL", words, trait=trait)


def truth_condition(trait: Trait, column: str, language: str, rng: Random) -> Condition:
    """What a column of truth values says."""
    yes = rng.random() < 0.75
    adjective, stem = trait.happened
    text = column if yes else f"NOT {column}"
    if language == "en":
        words = f"that are {'not ' * (not yes)}{adjective}"
        return Condition(text, words, adjective if yes else f"not {adjective}", trait)
    if not stem:
        words = f"у которых {trait.name} {'истинно' if yes else 'ложно'}"
        return Condition(text, words, trait=trait)
    words = f", которые {'не ' * (not yes)}{short_form(stem)}"
    return Condition(text, words, stem if yes else f"не{stem}", trait)
