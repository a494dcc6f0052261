"""Russian nouns in their cases, regular ones: a question needs each word in the right form.

A noun is written as `город`, `стоимость*` (feminine with a soft sign), `клиент!` (a living being),
`остаток:остатк` (the stem of the other forms), `адрес/адреса/адресов` (plural forms that are no
rule's). An adjective may stand before it and what stays as it is after it: `общая цена`,
`дата создания`. No dictionary: what is irregular beyond these marks is left out of the lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

_HUSHING = "жшщч"
_VELAR = "гкх"
CASES = ("nom", "gen", "dat", "acc", "ins", "noms", "gens", "dats", "accs", "inss")


@dataclass(frozen=True, slots=True)
class Noun:
    """The forms of a noun phrase: five cases, then the same in the plural."""

    nom: str
    gen: str
    dat: str
    acc: str
    ins: str
    noms: str
    gens: str
    dats: str
    accs: str
    inss: str
    gender: str = "m"


def still(text: str) -> Noun:
    """A phrase that has one form only, such as an English name in a Russian sentence."""
    return Noun(*([text] * 10))


@lru_cache(maxsize=4096)
def decline(spec: str) -> Noun:
    """The forms of the noun phrase that is written as the head of this file says."""
    words = spec.split(" ")
    adjective = ""
    if len(words) > 1 and re.search(r"(ая|ый|ий|ое)$", words[0]):
        adjective, *words = words
    noun = _noun(words[0])
    forms: list[str] = [getattr(noun, case) for case in CASES]
    if adjective:
        forms = [
            f"{_adjective(adjective, case, noun.gender, '!' in words[0])} {form}"
            for case, form in zip(CASES, forms, strict=True)
        ]
    tail = "".join(f" {word}" for word in words[1:])
    return replace(Noun(*(form + tail for form in forms)), gender=noun.gender)


def _noun(spec: str) -> Noun:
    alive, feminine = "!" in spec, "*" in spec
    text, *plurals = spec.replace("!", "").replace("*", "").split("/")
    nom, _, stem = text.partition(":")
    gender, made = _singular(nom, stem, feminine)
    gen, dat, acc, ins, noms, gens, dats, inss = made
    if plurals:
        noms, gens = plurals
        dats = noms[:-1] + ("ям" if noms[-1] in "яи" else "ам")
        inss = dats[:-1] + "ми"
    if gender == "m":
        acc = gen if alive else nom
    return Noun(
        nom, gen, dat, acc, ins, noms, gens, dats, gens if alive else noms, inss, gender
    )  # fmt: skip


def _singular(nom: str, stem: str, feminine: bool) -> tuple[str, tuple[str, ...]]:
    """The gender, and the forms but the first: gen dat acc ins, and noms gens dats inss."""
    if nom.endswith("ия"):
        s = nom[:-1]
        return "f", (s + "и", s + "и", s + "ю", s + "ей", s + "и", s + "й", s + "ям", s + "ями")
    if nom.endswith("а"):
        s = nom[:-1]
        i = "и" if s[-1] in _VELAR + _HUSHING else "ы"
        oy = "ей" if s[-1] in _HUSHING + "ц" else "ой"
        return "f", (s + i, s + "е", s + "у", s + oy, s + i, _bare(s), s + "ам", s + "ами")
    if nom.endswith("мя"):
        s = nom[:-1] + "ен"
        return "n", (s + "и", s + "и", nom, s + "ем", s + "а", s, s + "ам", s + "ами")
    if nom.endswith("я"):
        s = nom[:-1]
        return "f", (s + "и", s + "е", s + "ю", s + "ей", s + "и", s + "ь", s + "ям", s + "ями")
    if nom.endswith("ие"):
        s = nom[:-1]
        return "n", (s + "я", s + "ю", nom, s + "ем", s + "я", s + "й", s + "ям", s + "ями")
    if nom.endswith("о"):
        s = nom[:-1]
        return "n", (s + "а", s + "у", nom, s + "ом", s + "а", s, s + "ам", s + "ами")
    if feminine:
        s = nom[:-1]
        a = "а" if s[-1] in _HUSHING else "я"
        return "f", (s + "и", s + "и", nom, s + "ью", s + "и", s + "ей", s + a + "м", s + a + "ми")
    if nom.endswith("ь"):
        s = stem or nom[:-1]
        return "m", (s + "я", s + "ю", nom, s + "ем", s + "и", s + "ей", s + "ям", s + "ями")
    if nom.endswith("й"):
        s = nom[:-1]
        return "m", (s + "я", s + "ю", nom, s + "ем", s + "и", s + "ев", s + "ям", s + "ями")
    s = stem or nom
    i = "и" if s[-1] in _VELAR + _HUSHING else "ы"
    many = "ей" if s[-1] in _HUSHING else "ев" if s[-1] == "ц" else "ов"
    return "m", (s + "а", s + "у", nom, s + "ом", s + i, s + many, s + "ам", s + "ами")


def _bare(stem: str) -> str:
    """The plural genitive of a noun in -а: with a vowel between the last two consonants."""
    if len(stem) > 2 and stem[-1] == "к" and stem[-2] not in "аеиоуыэюя":
        if stem[-2] in "ьй":
            return stem[:-2] + "ек"
        return stem[:-1] + ("ек" if stem[-2] in _HUSHING else "ок")
    return stem


def _adjective(text: str, case: str, gender: str, alive: bool) -> str:
    stem = text[:-2]
    soft = stem[-1] in _HUSHING
    i = "и" if soft or stem[-1] in _VELAR else "ы"
    if case in ("noms", "accs") and not (case == "accs" and alive):
        return stem + i + "е"
    if case in ("gens", "accs"):
        return stem + i + "х"
    if case in ("dats", "inss"):
        return stem + i + ("м" if case == "dats" else "ми")
    if gender == "f":
        oy = "ей" if soft else "ой"
        return {"nom": stem + "ая", "acc": stem + "ую"}.get(case, stem + oy)
    ogo, omu = ("его", "ему") if soft else ("ого", "ому")
    if case == "nom" or (case == "acc" and not alive):
        return text if gender == "m" else stem + ("ее" if soft else "ое")
    return {"gen": stem + ogo, "acc": stem + ogo, "dat": stem + omu}.get(case, stem + i + "м")


def short_form(stem: str) -> str:
    """The plural short form of an adjective or participle: оплаченн- → оплачены."""
    return (stem[:-1] if stem.endswith("нн") else stem) + "ы"
