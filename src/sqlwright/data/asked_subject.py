"""What a question is about: a table under its words, with the conditions that the question names.

A template has places such as {things} or {gens}: the subject fills them with its nouns in the right
case, its adjectives before them and its other conditions behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from random import Random

from sqlwright.data.asked_conditions import condition
from sqlwright.data.asked_words import AGREES, Condition, english, russian
from sqlwright.data.names import pluralize
from sqlwright.data.russian import Noun, still
from sqlwright.data.sources import quote
from sqlwright.data.told import Meaning, Thing, Told, Trait

_ENDINGS = {"noms": "ые", "gens": "ых", "dats": "ым", "accs": "ые", "inss": "ыми"}


@lru_cache(maxsize=1)
def wordings() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """The lines of wordings.txt by name and language."""
    found: dict[tuple[str, str], list[str]] = {}
    name = ""
    for line in (Path(__file__).parent / "wordings.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            name = line[1:-1]
        elif line[:3] in ("en ", "ru "):
            found.setdefault((name, line[:2]), []).append(line[3:])
    return {key: tuple(lines) for key, lines in found.items()}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and its query, with what a passage may have to explain."""

    question: str
    sql: str
    things: tuple[Thing, ...]
    traits: tuple[tuple[Thing, Trait], ...]
    meanings: tuple[tuple[Thing, Trait, Meaning], ...] = ()
    linked: tuple[tuple[Thing, Trait, str, bool], ...] = ()
    metric: str = ""  # a passage that defines a figure by a formula


@dataclass
class Asking:
    """One question in the making: the schema with its words, the language, the dialect."""

    told: Told
    language: str
    dialect: str
    rng: Random
    traits: list[tuple[Thing, Trait]] = field(default_factory=list)
    meanings: list[tuple[Thing, Trait, Meaning]] = field(default_factory=list)
    linked: list[tuple[Thing, Trait, str, bool]] = field(default_factory=list)
    metric: str = ""

    @property
    def is_english(self) -> bool:
        """Is the question in English?"""
        return self.language == "en"

    def pick(self, name: str, /, **parts: str) -> str:
        """One of the wordings of that name in the language of the question, its places filled."""
        text = self.rng.choice(wordings()[name, self.language])
        return text.format_map(parts) if parts else text

    def say(self, name: str, /, **parts: str) -> str:
        """A wording as a sentence, sometimes with people's politeness around it."""
        text = _no_blank(self.pick(name, **parts))
        return _finish(text[0].upper() + text[1:], self.language, self.rng)

    def is_only(self, thing: Thing, trait: Trait) -> bool:
        """Can the trait be named without its table, for no other table has one of its words?"""
        words = {*trait.english} | {noun.nom for noun in trait.russian}
        return not any(
            words & ({*other.english} | {noun.nom for noun in other.russian})
            for table in self.told.things
            for other in table.traits
            if (table.table.name, other.name) != (thing.table.name, trait.name)
        )

    def word(self, thing: Thing, trait: Trait) -> str:
        """The trait in words, in Russian in the nominative; it is remembered as used."""
        self.traits.append((thing, trait))
        return english(trait, self.rng) if self.is_english else russian(trait, self.rng).nom

    def noun(self, thing: Thing, trait: Trait) -> Noun:
        """The trait as a noun; in English all forms but the plural are one."""
        self.traits.append((thing, trait))
        if not self.is_english:
            return russian(trait, self.rng)
        return _english_noun(english(trait, self.rng))

    def done(self, question: str, text: str, *things: Thing) -> Asked:
        """The finished question."""
        return Asked(
            question,
            text,
            things,
            tuple(self.traits),
            tuple(self.meanings),
            tuple(self.linked),
            self.metric,
        )


def _english_noun(word: str) -> Noun:
    many = word if " of " in word or word.endswith(("s", " at")) else pluralize(word)
    return Noun(word, word, word, word, word, many, many, many, many, many)


def _no_blank(text: str) -> str:
    return " ".join(text.replace(" ,", ",").replace(" ?", "?").replace(" .", ".").split())


_BEFORE = {
    "en": ("Please ", "Can you ", "Could you ", "I need you to "),
    "ru": ("Пожалуйста, ", "Будь добр, ", "Можешь? "),
}
_GREETINGS = {"en": ("Hi! ", "Question: "), "ru": ("Привет! ", "Вопрос: ")}
_ORDERS = tuple(
    "Show List Find Count Give Calculate Compute Покажи Найди Посчитай Выведи Перечисли".split()
)


def _finish(text: str, language: str, rng: Random) -> str:
    draw = rng.random()
    if draw < 0.05 and text.startswith(_ORDERS):
        text = rng.choice(_BEFORE[language]) + text[0].lower() + text[1:]
    elif draw < 0.07:
        text = rng.choice(_GREETINGS[language]) + text
    elif draw < 0.2:
        text = text.rstrip(".?")
        text = text.lower() if draw < 0.12 and "'" not in text and _is_plain(text) else text
    return text


def _is_plain(text: str) -> bool:
    """No capital letter after the first: no name or value would be changed."""
    return text[1:] == text[1:].lower()


class Subject:
    """A table in a question: its SQL name before columns, its conditions, its forms in words."""

    def __init__(self, asking: Asking, thing: Thing, qualified: bool) -> None:
        self.asking, self.thing = asking, thing
        self.qualifier = f"{quote(thing.table.name)}." if qualified else ""
        self.conditions: list[Condition] = []
        self.joined_by_or = False

    @property
    def name(self) -> str:
        """The table's name as SQL takes it."""
        return quote(self.thing.table.name)

    def column(self, trait: Trait | str) -> str:
        """That column in SQL."""
        return self.qualifier + quote(trait if isinstance(trait, str) else trait.name)

    def restrict(self, most: int = 2, least: int = 0, without: Sequence[Trait] = ()) -> Subject:
        """Draw conditions on other columns than those."""
        rng = self.asking.rng
        number = rng.choices((0, 1, 2, 3), weights=(28, 50, 19, 3))[0]
        usable = [
            trait
            for trait in self.thing.traits
            if trait not in without and trait.role not in ("key", "foreign", "other")
        ]
        rng.shuffle(usable)
        for trait in usable[: max(least, min(most, number))]:
            alone = sum(t.role in ("date", "time") for t in self.thing.traits) == 1
            made = condition(trait, self.column(trait), self.asking.language, rng, alone)
            if made is not None:
                self.add(made)
        self.joined_by_or = len(self.conditions) == 2 and rng.random() < 0.1
        return self

    def add(self, made: Condition) -> None:
        """Ask for that condition too."""
        self.conditions.append(made)
        if made.trait is not None:
            self.asking.traits.append((self.thing, made.trait))
            for meaning in made.meanings:
                self.asking.meanings.append((self.thing, made.trait, meaning))
            for value in made.linked:
                self.asking.linked.append((self.thing, made.trait, value, made.bare))

    def where(self) -> list[str]:
        """The conditions in SQL."""
        if self.joined_by_or:
            return ["(" + " OR ".join(_grouped(c.sql) for c in self.conditions) + ")"]
        return [c.sql for c in self.conditions]

    def forms(self, mark: str = "") -> dict[str, str]:
        """What fills a wording's places; `mark` ends their names where there are two subjects."""
        asking, thing, rng = self.asking, self.thing, self.asking.rng
        before: list[str] = []
        behind: list[str] = []
        for made in self.conditions:
            use_adjective = made.before and not self.joined_by_or and rng.random() < 0.65
            (before if use_adjective else behind).append(
                made.before if use_adjective else made.words
            )
        if asking.is_english:
            word = thing.english[0] if rng.random() < 0.8 else rng.choice(thing.english)
            bare = pluralize(word) if rng.random() < 0.97 else thing.table.name
            link = " or " if self.joined_by_or else rng.choice([" and ", " and ", ", "])
            front = "".join(f"{adjective} " for adjective in before)
            things = f"{front}{bare} {link.join(behind)}".strip()
            found = {"thing": word, "bare": bare, "things": things}
            found |= {"front": front + bare, "pred": _predicate(behind, self.joined_by_or)}
        else:
            noun = rng.choice(thing.russian) if thing.russian else still(thing.english[0])
            if rng.random() < 0.03:
                noun = still(thing.table.name)
            found = {case: getattr(noun, case) for case in ("nom", "gen", "dat", "acc", "ins")}
            found |= {"bare": noun.gens, "bares": noun.noms, "every": _each(noun)}
            found |= _plural_forms(noun, before, behind, self.joined_by_or)
            found |= {"front": _plural_forms(noun, before, [], False)["gens"]}
            found |= {"pred": _predicate_ru(behind, self.joined_by_or)}
        return {name + mark: text for name, text in found.items()}


def _predicate(behind: list[str], joined_by_or: bool) -> str:
    """The conditions as what the things do: "have a balance over 100", "were paid in 1995"."""
    if not behind:
        return ""
    first = behind[0]
    verbs = (
        ("with no ", "have no "),
        ("without a ", "have no "),
        ("with ", "have "),
        ("that ", ""),
        ("which ", ""),
        ("having ", "have "),
        ("of ", "are of "),
        ("in ", "are in "),
        ("from ", "are from "),
    )
    for start, verb in verbs:
        if first.startswith(start):
            said = verb + first.removeprefix(start)
            break
    else:
        if first.split(" ")[0].endswith(("ed", "born", "bought", "sent", "hired")):
            said = f"were {first}"
        else:
            return ""
    return (" or " if joined_by_or else " and ").join([said, *behind[1:]])


def _predicate_ru(behind: list[str], joined_by_or: bool) -> str:
    """What follows "у скольких клиентов": the condition that began with "у которых"."""
    first = behind[0].removeprefix(", ") if behind else ""
    if not first.startswith("у которых ") or any("которых" in text for text in behind[1:]):
        return ""
    text = first.removeprefix("у которых ")
    for more in behind[1:]:
        if AGREES in more or more.startswith(","):
            return ""
        text += (" или " if joined_by_or else " и ") + more
    return text


def _each(noun: Noun) -> str:
    return {"f": "каждой", "n": "каждого"}.get(noun.gender, "каждого")


def _plural_forms(
    noun: Noun, before: list[str], behind: list[str], joined_by_or: bool
) -> dict[str, str]:
    link = " или " if joined_by_or else " и "
    found = {}
    for case, ending in _ENDINGS.items():
        if case == "accs" and noun.accs == noun.gens:
            ending = "ых"
        front = "".join(stem + ending + " " for stem in before)
        words = [text.replace(AGREES, ending) for text in behind]
        tail = words[0] if words else ""
        for text in words[1:]:
            tail += text if text.startswith(",") else link + text
        comma = "" if tail.startswith(",") else " "
        found[case] = f"{front}{getattr(noun, case)}{comma}{tail}".strip()
    return found


def _grouped(text: str) -> str:
    return f"({text})" if " AND " in text and " BETWEEN " not in text else text


def where_clause(*parts: Sequence[str]) -> str:
    """WHERE with all of the parts, or nothing."""
    every = [text for each in parts for text in each]
    return f" WHERE {' AND '.join(every)}" if every else ""
