"""Random schemas to learn from: one to eight tables with keys to each other, named in many ways."""

from __future__ import annotations

from random import Random

from sqlwright.data.names import (
    BY_KIND,
    RESERVED,
    TYPES,
    Naming,
    invent_naming,
    invent_word,
    join_words,
    pluralize,
    shorten,
)
from sqlwright.schema import Column, ForeignKey, Schema, Table

_KIND_WEIGHTS = {"int": 24, "num": 18, "real": 7, "text": 30, "date": 12, "time": 5, "bool": 4}


def invent_schema(rng: Random) -> Schema:
    """A schema; the same generator state gives the same schema."""
    naming = invent_naming(rng)
    nullable = rng.choice([0.0, 0.15, 0.4, 0.8])  # share of plain columns that may hold NULL
    tables: list[Table] = []
    taken: set[str] = set()
    for _ in range(rng.choices(range(1, 9), weights=(6, 16, 22, 20, 14, 10, 7, 5))[0]):
        word = _table_word(rng, naming, taken)
        taken.add(word)
        tables.append(_invent_table(rng, naming, word, tables, nullable))
    if rng.random() < 0.3:
        rng.shuffle(tables)
    return Schema(tuple(tables))


def _table_word(rng: Random, naming: Naming, taken: set[str]) -> str:
    while True:
        word = invent_word(rng, naming.words)
        if rng.random() < 0.18:
            word += "_" + invent_word(rng, naming.words)
        if (
            word not in taken
            and len(word) > 1
            and _table_name(word, naming).lower() not in RESERVED
        ):
            return word


def _table_name(word: str, naming: Naming) -> str:
    name = join_words([pluralize(word) if naming.plural else word], naming.case)
    return naming.table_prefix + name


def _column_prefix(rng: Random, word: str, naming: Naming) -> str:
    match naming.prefix:
        case "initial":
            parts = word.split("_")
            return (
                "".join(part[0] for part in parts)
                if len(parts) > 1 or rng.random() < 0.8
                else word[:2]
            )
        case "short":
            return word[:3]
        case "table":
            return word
    return ""


class _Names:
    """The column names of one table, kept distinct and out of the reserved words."""

    def __init__(self, rng: Random, naming: Naming, prefix: str) -> None:
        self.rng, self.naming, self.prefix = rng, naming, prefix
        self.used: set[str] = set()

    def make(self, words: list[str]) -> str:
        name = self._form(words)
        while name.lower() in self.used or name.lower() in RESERVED or name[0].isdigit():
            words = [*words, invent_word(self.rng, self.naming.words)]
            name = self._form(words)
        self.used.add(name.lower())
        return name

    def _form(self, words: list[str]) -> str:
        if self.naming.digits and self.rng.random() < self.naming.digits:
            words = [*words[:-1], f"{words[-1]}{self.rng.randint(1, 30)}"]
        name = join_words(words, self.naming.case)
        if self.prefix and self.naming.case in ("camel", "pascal"):
            return join_words([self.prefix, *words], self.naming.case)
        separator = "" if not self.prefix or self.rng.random() < 0.02 else "_"
        prefix = self.prefix.upper() if self.naming.case == "upper" else self.prefix
        return f"{prefix}{separator}{name}" if self.prefix else name


def _key_words(rng: Random, word: str, naming: Naming) -> list[str]:
    """The words of a key column; a schema mostly keeps to one form."""
    form = naming.key if rng.random() < 0.9 else rng.choice(["id", "table_id", "no", "word"])
    match form:
        case "id":
            return ["id"]
        case "table_id":
            return [word, "id"]
        case "stemkey":
            stem = word if len(word) < 5 or rng.random() < 0.5 else word[:4]
            return [stem.replace("_", "") + rng.choice(["key", "key", "key", "id", "nr"])]
        case "no":
            return rng.choice([[word, "no"], ["no"], [shorten(word, rng), "num"]])
        case "code":
            return rng.choice([[word, "code"], ["code"], ["uid"]])
        case "pk":
            return rng.choice([["pk"], ["pk", word], [word, "pk"]])
    return [invent_word(rng, "syllables")]


def _foreign_words(rng: Random, target: Table, naming: Naming) -> list[str]:
    """The words of a column that refers to the target's key."""
    key = target.primary_key[0]
    bare = target.name.removeprefix(naming.table_prefix).lower()
    stem = key.lower().split("_", 1)[-1] if naming.prefix and "_" in key else key.lower()
    draw = rng.random()
    if draw < 0.4:  # the same name as the key, unless that says nothing
        return [bare, stem] if stem in ("id", "no", "pk", "code", "uid") else [stem]
    if draw < 0.65:
        return [bare.removesuffix("s"), naming.key if naming.key in ("id", "no", "code") else "id"]
    if draw < 0.8:  # a role: buyer_id, parent_id
        return [invent_word(rng, naming.words), rng.choice(["id", "id", "no", "ref", "key"])]
    if draw < 0.9:
        return [rng.choice(["fk", "ref", "id"]), bare]
    return [invent_word(rng, "syllables" if rng.random() < 0.5 else naming.words)]


def _invent_table(
    rng: Random, naming: Naming, word: str, others: list[Table], nullable: float
) -> Table:
    names = _Names(rng, naming, _column_prefix(rng, word, naming))
    columns: list[Column] = []
    foreign: list[ForeignKey] = []
    keyed = [table for table in others if len(table.primary_key) == 1]
    wanted = rng.choices((0, 1, 2, 3), weights=(25, 40, 25, 10))[0] if keyed else 0
    joint = wanted >= 1 and rng.random() < 0.15  # a table known by what it joins
    if not joint:
        kind = "int" if rng.random() < 0.85 else "text"
        key = names.make(_key_words(rng, word, naming))
        columns.append(Column(key, rng.choice(TYPES[kind]), nullable=False))
        primary: tuple[str, ...] = (key,) if rng.random() < 0.97 else ()
    for target in (rng.choice(keyed) for _ in range(wanted)):
        name = names.make(_foreign_words(rng, target, naming))
        kind_text = target.column(target.primary_key[0])
        assert kind_text is not None
        may_be_null = not joint and rng.random() < nullable
        columns.append(Column(name, kind_text.type, nullable=may_be_null))
        foreign.append(ForeignKey((name,), target.name, target.primary_key))
    pairs = [table for table in others if len(table.primary_key) == 2]
    if pairs and rng.random() < 0.12:  # refers to a table known by two columns
        target = rng.choice(pairs)
        ends = [target.column(name) for name in target.primary_key]
        named = tuple(names.make([name.lower().split("_")[-1]]) for name in target.primary_key)
        columns += [
            Column(name, end.type if end else "INT", nullable=False)
            for name, end in zip(named, ends, strict=True)
        ]
        foreign.append(ForeignKey(named, target.name, target.primary_key))
    if joint:
        if len(foreign) < 2 or rng.random() < 0.4:
            line = names.make([rng.choice(["line", "seq", "pos", "line_no", "nr", "day"])])
            columns.insert(rng.randrange(len(columns) + 1), Column(line, "INT", nullable=False))
            primary = (foreign[0].columns[0], line)
        else:
            primary = (foreign[0].columns[0], foreign[1].columns[0])
    elif rng.random() < 0.12 and primary:  # a tree
        parent = names.make([rng.choice(["parent", "boss", "root", "previous", word]), "id"])
        columns.append(Column(parent, columns[0].type))
        foreign.append(ForeignKey((parent,), _table_name(word, naming), primary))
    plain = _plain_columns(rng, naming, names, nullable)
    unique = tuple(
        (column.name,) for column in plain if not column.nullable and rng.random() < 0.03
    )
    ordered = [*columns, *plain]
    if rng.random() < 0.2:
        rng.shuffle(ordered)
    return Table(_table_name(word, naming), tuple(ordered), primary, unique, tuple(foreign))


def _plain_columns(rng: Random, naming: Naming, names: _Names, nullable: float) -> list[Column]:
    columns = []
    for _ in range(rng.choices(range(1, 11), weights=(4, 10, 16, 18, 16, 12, 9, 7, 5, 3))[0]):
        kind = rng.choices(tuple(_KIND_WEIGHTS), weights=tuple(_KIND_WEIGHTS.values()))[0]
        if naming.words in ("plain", "short") and rng.random() < 0.6:
            words = [rng.choice(BY_KIND[kind])]
        else:
            words = [invent_word(rng, naming.words)]
        if rng.random() < 0.2:
            words = [invent_word(rng, naming.words), *words]
        name = names.make(words)
        columns.append(Column(name, rng.choice(TYPES[kind]), rng.random() < nullable))
    return columns
