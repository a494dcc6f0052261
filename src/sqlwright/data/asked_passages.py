"""What stands beside a question in the prompt: what columns mean, which values they hold, examples.

What a question's words cannot be read from the schema for is always explained; much else is too, so
that explanations are read and not merely obeyed. `ask` writes value lines by `value_line` as well.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sqlwright.data.asked_subject import Asked
from sqlwright.data.told import Thing, Told, Trait

ROOM = 900  # letters of passages beside a question


def value_line(table: str, column: str, value: str) -> str:
    """The passage that says where a value of the question stands in the database."""
    return f"`{table}.{column}` holds '{value}'"


def passages_for(asked: Asked, told: Told, language: str, rng: Random) -> list[str]:
    """Passages for the question: those that it needs, and some that it does not."""
    traits = list(dict.fromkeys((id(t), th, t) for th, t in asked.traits))
    needed: dict[str, tuple[Thing, list[Trait], bool]] = {}
    for thing in asked.things:
        mine = [t for _, th, t in traits if th.table.name == thing.table.name]
        explained = [t for t in mine if not t.plain or rng.random() < _share(language)]
        coded = [t for th, t, _ in asked.meanings if th.table.name == thing.table.name]
        explained += [t for t in coded if t not in explained]
        heading = not thing.plain or rng.random() < (0.6 if explained else _share(language) / 2)
        if explained or heading:
            needed[thing.table.name] = (thing, explained, heading)
    found = [_glossary(thing, ts, head, language, rng) for thing, ts, head in needed.values()]
    for thing in told.things:  # what is found for a question is not all about its tables
        if thing.table.name not in needed and rng.random() < 0.2:
            found.append(_glossary(thing, [], True, language, rng))
    if asked.metric:
        found.append(asked.metric)
    linked = rng.random() < 0.4
    for thing, trait, value, bare in asked.linked[:4]:
        if linked or bare:
            found.append(value_line(thing.table.name, trait.name, value))
    rng.shuffle(found)
    return found


def _share(language: str) -> float:
    return 0.25 if language == "en" else 0.55


def _glossary(
    thing: Thing, explained: list[Trait], heading: bool, language: str, rng: Random
) -> str:  # fmt: skip
    """What a document, a dictionary or a schema's comments say of a table and its columns."""
    others = [t for t in thing.traits if t not in explained]
    lines = explained + rng.sample(others, min(len(others), rng.choice([0, 0, 1, 2, 4, 6])))
    rng.shuffle(lines)
    # what a pseudo noun or a strange name means must be said in the language of the question
    said_in = ("both", "both", "both", language) if explained else ("both", "both", "en", "ru")
    form = rng.choice(_FORMS)
    return form(thing, lines, heading, rng.choice(said_in), rng)


def said(trait: Trait, languages: str, rng: Random) -> str:
    """What is said of a column: its words, and its codes with their meanings."""
    english = ", ".join(trait.english[: 1 if rng.random() < 0.5 and trait.plain else 3])
    nouns = ", ".join(noun.nom for noun in trait.russian)
    if trait.role == "bool":
        english = f"is it {trait.happened[0]}?"
        nouns = f"{trait.happened[1]}ый ли" if trait.happened[1] else ""
    if trait.role == "foreign" and rng.random() < 0.5:
        english = f"the {english}"
    parts = [english] * (languages != "ru") + [nouns] * (languages != "en" and bool(nouns))
    text = rng.choice(["; ", "; ", " / ", ", "]).join(parts) or english
    if trait.meanings:
        codes = [", ".join(f"{m.value} {m.english}" for m in trait.meanings)]
        codes.append(", ".join(f"{m.value} {m.russian}ые" for m in trait.meanings))
        text += ": " + "; ".join(codes)
    elif trait.values and rng.random() < 0.3:
        text += rng.choice([" ({})", ": {}", ", for example {}"]).format(
            ", ".join(trait.values[: rng.choice([1, 3, 6])])
        )
    elif rng.random() < 0.15:
        text += rng.choice(_TAILS)
    return text


# People say more of a column than what it is called.
_TAILS = (
    ", filled in every night", ", negative when it was corrected", "; kept for the old system",
    ", in the currency of the contract", ", see the handbook", ", from 1 to 50", ", as a share",
    ", may change later", ", free text", ", always in capitals", ", больше не используется",
    "; заполняется ночью", ", в валюте договора", ", отрицательное при ошибке", ", может меняться",
)  # fmt: skip


def _title(thing: Thing, languages: str, rng: Random) -> str:
    english = ", ".join(thing.english)
    nouns = ", ".join(noun.noms for noun in thing.russian)
    if rng.random() < 0.3:
        english = rng.choice(("{} of the company", "one row for each {}", "the {} that we know",
                              "{}, kept since 2001")).format(english)  # fmt: skip
    if languages == "en" or not nouns:
        return english
    return nouns if languages == "ru" and thing.plain else f"{english}. {nouns}"


def _markdown(thing: Thing, lines: list[Trait], heading: bool, languages: str, rng: Random) -> str:
    mark = rng.choice(["## ", "", "### "])
    quoted = rng.choice(["`{}`", "`{}`", "{}", "**{}**"])
    head = f"{mark}{thing.table.name}" + (f": {_title(thing, languages, rng)}" if heading else "")
    rows = [f"- {quoted.format(t.name)}: {said(t, languages, rng)}" for t in lines]
    return "\n".join([head, *rows])


def _comments(thing: Thing, lines: list[Trait], heading: bool, languages: str, rng: Random) -> str:
    types = {column.name: column.type for column in thing.table.columns}
    head = f"table {thing.table.name}" + (f": {_title(thing, languages, rng)}" if heading else "")
    rows = [f"- {t.name} {types[t.name]}: {said(t, languages, rng)}" for t in lines]
    return "\n".join([head, *rows])


def _dictionary(
    thing: Thing, lines: list[Trait], heading: bool, languages: str, rng: Random
) -> str:
    mark = rng.choice([" | ", ", ", "\t", "; "])
    rows = [mark.join((thing.table.name, t.name, said(t, languages, rng))) for t in lines]
    if heading:
        rows.insert(0, f"{thing.table.name}: {_title(thing, languages, rng)}")
    return "\n".join(rows)


def _prose(thing: Thing, lines: list[Trait], heading: bool, languages: str, rng: Random) -> str:
    name = thing.table.name
    rows = []
    if heading:
        rows.append(
            rng.choice(["The table {} holds {}.", "{}: {}.", "Таблица {} — {}."]).format(
                name, _title(thing, languages, rng)
            )
        )
    wordings = (
        "{c} of {t} is {s}.",
        "The column {c} in {t}: {s}.",
        "Столбец {c} таблицы {t}: {s}.",
        "{t}.{c} — {s}.",
    )
    rows += [
        rng.choice(wordings).format(c=t.name, t=name, s=said(t, languages, rng)) for t in lines
    ]
    return " ".join(rows)


def _reversed(thing: Thing, lines: list[Trait], heading: bool, languages: str, rng: Random) -> str:
    mark = rng.choice([" = ", " → ", ": "])
    rows = [f"{said(t, languages, rng)}{mark}{thing.table.name}.{t.name}" for t in lines]
    if heading:
        rows.insert(0, f"{_title(thing, languages, rng)}{mark}{thing.table.name}")
    return "\n".join(rows)


_FORMS: tuple[Callable[[Thing, list[Trait], bool, str, Random], str], ...] = (
    _markdown,
    _markdown,
    _markdown,
    _comments,
    _dictionary,
    _prose,
    _reversed,
)
