"""A schema with words for its things: what people call a table and a column when they ask.

`topical_schema` invents both at once, so that the words are known; `told_of` reads the words of a
team's schema from its names and comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from sqlwright.data.facts import with_indexes
from sqlwright.data.names import (
    RESERVED,
    TYPES,
    VALUES,
    Naming,
    invent_naming,
    invent_word,
    join_words,
    pluralize,
    shorten,
)
from sqlwright.data.russian import Noun, decline, still
from sqlwright.data.sources import fields_of
from sqlwright.data.topics import TRAITS, draw_thing, draw_trait, invent_noun, split_line
from sqlwright.schema import Column, ForeignKey, Schema, Table


@dataclass(frozen=True, slots=True)
class Meaning:
    """A value of a column and what people say for it: `O` and "open", "открыт" (a stem)."""

    value: str
    english: str
    russian: str


@dataclass(frozen=True, slots=True)
class Trait:
    """A column and its words.

    Attributes:
        role: key, foreign, label, category, free, measure, date, time, bool or other.
        english: words for it, the first is what its name was made of.
        russian: nouns for it; none where only a name is known.
        happened: of a date the participles, "created" and "созданн"; of a bool adjectives.
        meanings: of coded values.
        values: known values.
        plain: can its words be told from its name? Else a passage must say them.
    """

    name: str
    kind: str
    role: str
    english: tuple[str, ...]
    russian: tuple[Noun, ...] = ()
    happened: tuple[str, str] = ("", "")
    meanings: tuple[Meaning, ...] = ()
    values: tuple[str, ...] = ()
    plain: bool = True
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """A table and its words."""

    table: Table
    english: tuple[str, ...]
    russian: tuple[Noun, ...]
    traits: tuple[Trait, ...]
    plain: bool = True

    def having(self, *roles: str) -> list[Trait]:
        """Its traits of these roles."""
        return [trait for trait in self.traits if trait.role in roles]

    def trait(self, name: str) -> Trait:
        """The trait of that column."""
        return next(t for t in self.traits if t.name.lower() == name.lower())


@dataclass(frozen=True)
class Told:
    """A schema whose tables have words."""

    schema: Schema
    things: tuple[Thing, ...]

    def of(self, table: Table) -> Thing:
        """The thing that the table holds."""
        return next(thing for thing in self.things if thing.table.name == table.name)


_ROLES = {"measure": 34, "category": 24, "date": 13, "free": 9, "label": 9, "bool": 6, "time": 5}
_KINDS = {"category": "text", "free": "text", "label": "text", "date": "date", "time": "time",
          "bool": "bool"}  # fmt: skip


def topical_schema(rng: Random) -> Told:
    """One to eight tables about drawn topics, keyed and named in many ways, with their words."""
    naming = invent_naming(rng)
    nullable = rng.choice([0.0, 0.1, 0.3])
    things: list[Thing] = []
    for _ in range(rng.choices(range(1, 9), weights=(6, 16, 20, 18, 15, 12, 8, 5))[0]):
        english, russian = draw_thing(rng)
        if all(english[0] != thing.english[0] for thing in things):
            made = _thing(rng, naming, english, russian, things, nullable)
            if made.table.name.lower() not in {t.table.name.lower() for t in things}:
                things.append(made)
    if rng.random() < 0.3:
        rng.shuffle(things)
    schema = with_indexes(Schema(tuple(thing.table for thing in things)), rng)
    known = zip(things, schema.tables, strict=True)
    return Told(schema, tuple(replace(thing, table=table) for thing, table in known))


class _Names:
    """Column names of one table; each tells whether its words can be read from it."""

    def __init__(self, rng: Random, naming: Naming, word: str) -> None:
        self.rng, self.naming = rng, naming
        self.used: set[str] = set()
        flat = word.replace(" ", "_").split("_")
        initials = "".join(part[0] for part in flat)
        self.prefix = {"initial": initials if rng.random() < 0.85 else word[:2], "short": word[:3],
                       "table": "_".join(flat)}.get(naming.prefix, "")  # fmt: skip

    def make(self, phrase: str, strange: float = 0.0) -> tuple[str, bool]:
        rng = self.rng
        plain = rng.random() >= strange
        words = _spelled(phrase, rng, self.naming) if plain else [invent_word(rng, "syllables")]
        plain = plain and all(len(word) > 2 for word in words)
        name = self._form(words)
        while name.lower() in self.used or name.lower() in RESERVED or name[0].isdigit():
            words = [*words, invent_word(rng, rng.choice(["syllables", "short"]))]
            name = self._form(words)
        self.used.add(name.lower())
        return name, plain

    def _form(self, words: list[str]) -> str:
        case = self.naming.case
        if not self.prefix:
            return join_words(words, case)
        if case in ("camel", "pascal"):
            return join_words([self.prefix, *words], case)
        prefix = self.prefix.upper() if case == "upper" else self.prefix
        return f"{prefix}_{join_words(words, case)}"


def _spelled(phrase: str, rng: Random, naming: Naming) -> list[str]:
    """The words of a name for the phrase: little words dropped, long ones cut in some styles."""
    words = [w for w in phrase.split() if w not in ("of", "in", "per", "last")] or phrase.split()
    cut = {"plain": 0.04, "syllables": 0.1, "short": 0.7, "mixed": 0.3}[naming.words]
    return [shorten(w, rng) if len(w) > 4 and rng.random() < cut else w for w in words]


def _thing(
    rng: Random, naming: Naming, english: list[str], russian: list[str], others: list[Thing],
    nullable: float,
) -> Thing:  # fmt: skip
    strange = 0.5 if naming.words == "syllables" else 0.08
    plain = rng.random() >= strange
    base = "_".join(_spelled(english[0], rng, naming)) if plain else invent_word(rng, "syllables")
    name = naming.table_prefix + join_words(
        [pluralize(base) if naming.plural and plain else base], naming.case
    )
    if name.lower() in RESERVED:
        name = f"{name}_{rng.choice(['list', 'data', 'tab'])}"
    names = _Names(rng, naming, base)
    traits: list[Trait] = []
    foreign: list[ForeignKey] = []
    targets = [thing for thing in others if len(thing.table.primary_key) == 1]
    wanted = rng.choices((0, 1, 2, 3), weights=(15, 45, 28, 12))[0] if targets else 0
    chosen = rng.sample(targets, min(wanted, len(targets)))
    if wanted > len(chosen) and rng.random() < 0.3:
        chosen.append(rng.choice(targets))  # a second way to the same table
    joint = bool(chosen) and rng.random() < 0.15
    primary: tuple[str, ...] = ()
    if not joint:
        trait = _key(rng, naming, names, base, english[0])
        traits.append(trait)
        primary = (trait.name,)
    for target in chosen:
        trait = _reference(rng, naming, names, target, nullable if not joint else 0.0)
        traits.append(trait)
        foreign.append(ForeignKey((trait.name,), target.table.name, target.table.primary_key))
    if joint:
        line, _ = names.make(rng.choice(["row number", "position", "entry no", "nr", "seq"]))
        words = (decline("номер строки"), decline("позиция"))
        traits.append(Trait(line, "int", "other", ("row number", "position"), words))
        second = line if len(foreign) < 2 or rng.random() < 0.5 else foreign[1].columns[0]
        primary = (foreign[0].columns[0], second)
    _to_two_columns(rng, names, others, traits, foreign)
    traits += _plain_traits(rng, names, nullable, strange)
    if rng.random() < 0.2:
        rng.shuffle(traits)
    columns = tuple(Column(t.name, _type(t, rng), t.nullable) for t in traits)
    table = Table(name, columns, primary, (), tuple(foreign))
    nouns = tuple(map(decline, russian))
    if rng.random() < 0.12:
        nouns, plain = (decline(invent_noun(rng)),), False
    return Thing(table, tuple(english), nouns, tuple(traits), plain)


def _to_two_columns(
    rng: Random, names: _Names, others: Sequence[Thing], traits: list[Trait],
    foreign: list[ForeignKey],
) -> None:  # fmt: skip
    """Now and then a foreign key to a table that is known by two columns."""
    pairs = [thing for thing in others if len(thing.table.primary_key) == 2]
    if not pairs or rng.random() > 0.2:
        return
    target = rng.choice(pairs)
    ends = [target.trait(name) for name in target.table.primary_key]
    made = [names.make(end.english[0])[0] for end in ends]
    traits += [
        Trait(n, end.kind, "other", end.english, end.russian)
        for n, end in zip(made, ends, strict=True)
    ]
    foreign.append(ForeignKey(tuple(made), target.table.name, target.table.primary_key))


def _type(trait: Trait, rng: Random) -> str:
    return rng.choice(TYPES[trait.kind])


def _key(rng: Random, naming: Naming, names: _Names, base: str, english: str) -> Trait:
    form = naming.key if rng.random() < 0.9 else "id"
    stem = base if len(base) < 5 or rng.random() < 0.5 else base[:4]
    phrase = {"id": "id", "table_id": f"{base} id", "stemkey": f"{stem}key", "no": f"{base} no",
              "code": f"{base} code", "pk": "pk", "word": f"{base} number"}[form]  # fmt: skip
    name, _ = names.make(phrase)
    words = ("code", "key", "id") if form == "code" else ("number", "id", "key")
    russian = ("код",) if form == "code" else ("номер/номера/номеров", "идентификатор")
    kind = "int" if rng.random() < 0.9 else "text"
    said = (f"{english} {words[0]}", *words)
    return Trait(name, kind, "key", said, tuple(map(decline, russian)))


def _reference(rng: Random, naming: Naming, names: _Names, target: Thing, nullable: float) -> Trait:
    key = target.trait(target.table.primary_key[0])
    bare = re.sub(r"^[A-Za-z]{1,3}_", "", key.name) if naming.prefix else key.name
    base = target.english[0].replace(" ", "_")
    draw, plain = rng.random(), True
    if draw < 0.5:
        says_nothing = bare.lower() in ("id", "no", "pk", "code", "number")
        phrase = f"{base} {bare}" if says_nothing else bare
    elif draw < 0.8:
        phrase = f"{base} {rng.choice(['id', 'id', 'no', 'key'])}"
    else:
        phrase, plain = f"{invent_word(rng, naming.words)} {rng.choice(['id', 'ref'])}", False
    name, _ = names.make(phrase.lower())
    may_be_null = rng.random() < nullable
    return Trait(
        name, key.kind, "foreign", target.english, target.russian, plain=plain, nullable=may_be_null
    )


def _plain_traits(rng: Random, names: _Names, nullable: float, strange: float) -> list[Trait]:
    found: list[Trait] = []
    taken: set[str] = set()
    weights = (8, 13, 16, 16, 13, 10, 8, 6, 4, 3, 2, 1, 1)
    for _ in range(rng.choices(range(2, 15), weights=weights)[0]):
        role = rng.choices(tuple(_ROLES), weights=tuple(_ROLES.values()))[0]
        kind = _KINDS.get(role) or rng.choices(("int", "num", "real"), weights=(40, 45, 15))[0]
        parts = draw_trait(kind if role == "measure" else role, rng)
        words = parts[0]
        if taken & {*words}:
            continue
        taken |= {*words}
        name, plain = names.make(words[0] if rng.random() < 0.75 else rng.choice(words), strange)
        nouns: tuple[Noun, ...] = ()
        if role == "bool":
            happened = (words[0], parts[1][0])
        else:
            nouns = tuple(map(decline, parts[1]))
            happened = (parts[2][0], parts[3][0]) if len(parts) > 2 else ("", "")
        if nouns and rng.random() < 0.12:
            nouns, plain = (decline(invent_noun(rng)),), False
        trait = Trait(
            name, kind, role, tuple(words), nouns, happened, plain=plain,
            nullable=rng.random() < nullable,
        )  # fmt: skip
        found.append(_with_values(trait, rng) if role == "category" else trait)
    return found


_CODED = tuple((en[0], ru[0]) for en, ru in map(split_line, TRAITS["bool"].strip().splitlines()))


def _with_values(trait: Trait, rng: Random) -> Trait:
    """The trait with values; sometimes they are codes whose meaning a passage must tell."""
    if rng.random() < 0.35:
        chosen = rng.sample(_CODED, rng.choice([2, 2, 3, 4]))
        form = rng.choice(["letter", "number", "word", "upper"])
        made = [
            Meaning({"letter": en[0].upper(), "number": str(n), "word": en}.get(form, en.upper()),
                    en, ru)
            for n, (en, ru) in enumerate(chosen, start=rng.choice([0, 1]))
        ]  # fmt: skip
        if len({m.value for m in made}) == len(made):
            return replace(trait, meanings=tuple(made), values=tuple(m.value for m in made))
    values = rng.sample(VALUES, rng.choice([2, 3, 4, 5, 6]))
    if rng.random() < 0.3:
        values = [value.upper() for value in values]
    return replace(trait, values=tuple(values))


# --- a team's own schema ------------------------------------------------------------------------


def told_of(schema: Schema, values: Mapping[str, Sequence[str]] | None = None) -> Told:
    """The schema with the words that its names and comments give.

    Args:
        values: known values of text columns, by `table.column` in lower case.
    """
    return Told(schema, tuple(_read_thing(table, schema, values or {}) for table in schema.tables))


def _read_thing(table: Table, schema: Schema, values: Mapping[str, Sequence[str]]) -> Thing:
    prefix = _shared_prefix([column.name for column in table.columns])
    kinds = {field.name: field for field in fields_of(table)}
    foreign = {c.lower() for key in table.foreign_keys for c in key.columns}
    traits = []
    for column in table.columns:
        words = name_words(column.name.removeprefix(prefix))
        english, russian = _from_comment(column.comment, words)
        role = "foreign" if column.name.lower() in foreign else ""
        if column.name in table.primary_key and len(table.primary_key) == 1:
            role = "key"
        role = role or _role(kinds[column.name].kind, words)
        known = tuple(values.get(f"{table.name}.{column.name}".lower(), ()))
        traits.append(
            Trait(column.name, kinds[column.name].kind, role, english, russian,
                  happened=(english[0], "") if role == "bool" else ("", ""), values=known,
                  nullable=kinds[column.name].nullable)
        )  # fmt: skip
    words = name_words(re.sub(r"^(tbl|t|dim|fact|app|x)_", "", table.name, flags=re.IGNORECASE))
    english, russian = _from_comment(table.comment, [*words[:-1], singular(words[-1])])
    return Thing(table, english, russian, tuple(traits))


def name_words(name: str) -> list[str]:
    """The parts of a name, in lower case: `unitPrice` and `unit_price` are unit, price."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+", name)
    return [part.lower() for part in parts] or [name.lower()]


def singular(word: str) -> str:
    """The word without a plural's ending, as well as a rule can tell."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _shared_prefix(names: Sequence[str]) -> str:
    heads = {name.split("_")[0] + "_" for name in names}
    return heads.pop() if len(heads) == 1 and len(names) > 1 else ""


def _from_comment(comment: str, words: list[str]) -> tuple[tuple[str, ...], tuple[Noun, ...]]:
    """English words and Russian forms: of the name, and of a short comment's first part."""
    name = " ".join(words)
    first = re.split(r"[;:.,(\n]", comment.strip())[0].strip()
    if not first or len(first.split()) > 4:
        return (name,), (still(name),)
    if re.search("[А-Яа-яё]", first):
        return (name,), (still(first[0].lower() + first[1:]), still(name))
    return (first[0].lower() + first[1:], name), (still(name),)


_LABELS = frozenset("name title label surname caption".split())
_FREE = frozenset("comment description notes note address phone email url text remark".split())


def _role(kind: str, words: list[str]) -> str:
    match kind:
        case "int" | "num" | "real":
            return "measure"
        case "date" | "time" | "bool":
            return kind
        case "text":
            if _LABELS & {*words}:
                return "label"
            return "free" if _FREE & {*words} else "category"
    return "other"
