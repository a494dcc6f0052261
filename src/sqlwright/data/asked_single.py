"""Questions about one table, each with its query.

One wording stands for one query, always the same: what a question leaves open is decided alike
everywhere (a thing is named by its label, or else by its key; a period is half open; no order is
made where none is asked for).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlwright.data.asked_subject import Asked, Asking, Subject, where_clause
from sqlwright.data.russian import Noun
from sqlwright.data.told import Thing, Trait

NUMBERS = {
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "ru": (
        "ноль",
        "один",
        "два",
        "три",
        "четыре",
        "пять",
        "шесть",
        "семь",
        "восемь",
        "девять",
        "десять",
    ),
}
Shape = Callable[[Asking], Asked | None]


def draw_thing(a: Asking) -> Thing:
    """One of the tables."""
    return a.rng.choice(a.told.things)


def label_of(thing: Thing) -> Trait:
    """What a thing is called by: its label, or else its key, or else its first column."""
    found = thing.having("label") or thing.having("key")
    return found[0] if found else thing.traits[0]


def measures(thing: Thing) -> list[Trait]:
    """Its columns of numbers that can be added."""
    return thing.having("measure")


def spoken_number(a: Asking, number: int) -> str:
    """A small number in figures, or in a word."""
    if 2 <= number <= 10 and a.rng.random() < 0.4:
        return NUMBERS[a.language][number]
    return str(number)


def count(a: Asking) -> Asked:
    """How many are there?"""
    s = Subject(a, draw_thing(a), False).restrict()
    forms = s.forms()
    if forms["pred"] and a.rng.random() < 0.45:
        question = a.say("count of those that do", **forms)
        return a.done(
            question, f"SELECT COUNT(*) AS n FROM {s.name}{where_clause(s.where())}", s.thing
        )
    question = a.say(
        "count",
        **s.forms(),
    )
    sql = f"SELECT COUNT(*) AS n FROM {s.name}{where_clause(s.where())}"
    return a.done(question, sql, s.thing)


def columns_in_words(a: Asking, thing: Thing, chosen: list[Trait]) -> dict[str, str]:
    """The selected columns as a list in words: in English once, in Russian in two cases."""
    nouns = [a.noun(thing, trait) for trait in chosen]
    several = a.rng.random() < 0.35

    def listed(case: str) -> str:
        words: list[str] = [getattr(noun, case + "s" * several) for noun in nouns]
        link = " and " if a.is_english else " и "
        return ", ".join(words[:-1]) + link + words[-1] if len(words) > 1 else words[0]

    return {"cols": listed("nom"), "cols_acc": listed("acc"), "cols_gen": listed("gen")}


def ordering(a: Asking, s: Subject) -> tuple[str, str]:
    """An order in words and in SQL; mostly none."""
    usable = s.thing.having("measure", "date", "label", "time")
    if not usable or a.rng.random() > 0.22:
        return "", ""
    trait, down = a.rng.choice(usable), a.rng.random() < 0.5
    noun = a.noun(s.thing, trait)
    words = a.pick("order down" if down else "order up", n=noun.nom, gen=noun.gen, dat=noun.dat)
    return words, f" ORDER BY {s.column(trait)}{' DESC' * down}"


def listing(a: Asking) -> Asked:
    """Some columns of those that pass the conditions."""
    s = Subject(a, draw_thing(a), False).restrict(least=0 if a.rng.random() < 0.2 else 1)
    named = a.rng.random() < 0.7
    pool = [t for t in s.thing.traits if t.role != "foreign"]
    chosen = a.rng.sample(pool, min(len(pool), a.rng.choice([1, 1, 2, 2, 3, 4])))
    if not named:
        chosen = [label_of(s.thing)]
    order_words, order = ordering(a, s)
    columns = columns_in_words(a, s.thing, chosen) if named else {}
    forms = s.forms()
    names = ", ".join(s.column(trait) for trait in chosen)
    sql = f"SELECT {names} FROM {s.name}{where_clause(s.where())}{order}"
    if not named and forms["pred"] and a.rng.random() < 0.5:
        question = a.say("listing of those that do", **forms, order=order_words)
        return a.done(question, sql, s.thing)
    wording = "listing of columns" if named else "listing of things"
    question = a.say(wording, **forms, **columns, order=order_words)
    return a.done(question, sql, s.thing)


_FUNCTIONS = {
    "SUM": (
        "total",
        ("total {n}", "sum of the {n}", "total of the {n}", "overall {n}"),
        ("сумма {gen}", "общая сумма {gen}", "суммарное значение {gen}", "итог по {dat}"),
    ),
    "AVG": (
        "average",
        ("average {n}", "mean {n}", "average of the {n}"),
        ("среднее значение {gen}", "среднее {gen}", "среднее по {dat}"),
    ),
    "MIN": (
        "lowest",
        ("lowest {n}", "minimum {n}", "smallest {n}", "minimal {n}"),
        ("минимальное значение {gen}", "минимум {gen}", "наименьшее значение {gen}"),
    ),
    "MAX": (
        "highest",
        ("highest {n}", "maximum {n}", "largest {n}", "biggest {n}"),
        ("максимальное значение {gen}", "максимум {gen}", "наибольшее значение {gen}"),
    ),
}
_ADJECTIVES = {
    "SUM": ("общ", "суммарн"),
    "AVG": ("средн",),
    "MIN": ("минимальн", "наименьш"),
    "MAX": ("максимальн", "наибольш"),
}
_ADJECTIVE_ENDS = {
    "общ": ("ий", "ая", "ее"),
    "суммарн": ("ый", "ая", "ое"),
    "средн": ("ий", "яя", "ее"),
    "минимальн": ("ый", "ая", "ое"),
    "наименьш": ("ий", "ая", "ее"),
    "максимальн": ("ый", "ая", "ое"),
    "наибольш": ("ий", "ая", "ее"),
}


def figure(a: Asking, thing: Thing, trait: Trait, function: str) -> tuple[str, str]:
    """An aggregate of a column in words, and the name that its result gets."""
    alias, english, russian = _FUNCTIONS[function]
    noun = a.noun(thing, trait)
    if a.is_english:
        return a.rng.choice(english).format(n=noun.nom), alias
    if a.rng.random() < 0.6 and " " not in noun.nom.split(" ")[0]:
        stem = a.rng.choice(_ADJECTIVES[function])
        end = _ADJECTIVE_ENDS[stem]["mfn".index(noun.gender)]
        return f"{stem}{end} {noun.nom}", alias
    return a.rng.choice(russian).format(gen=noun.gen, dat=noun.dat), alias


def aggregate(a: Asking) -> Asked | None:
    """A sum, an average, an extreme of a column; sometimes two of them."""
    s = Subject(a, draw_thing(a), False)
    if not (numbers := measures(s.thing)):
        return None
    trait = a.rng.choice(numbers)
    s.restrict(without=(trait,))
    functions = a.rng.sample(("SUM", "AVG", "MIN", "MAX"), 1 if a.rng.random() < 0.8 else 2)
    said, parts = [], []
    for function in functions:
        words, alias = figure(a, s.thing, trait, function)
        said.append(words)
        parts.append(f"{function}({s.column(trait)}) AS {alias}")
    sql = f"SELECT {', '.join(parts)} FROM {s.name}{where_clause(s.where())}"
    both = (" and " if a.is_english else " и ").join(said)
    if not s.conditions and a.is_only(s.thing, trait) and a.rng.random() < 0.5:
        question = a.say("figure of everything", f=both)
        return a.done(question, sql, s.thing)
    question = a.say(
        "figure of things",
        **s.forms(),
        figure=both,
    )
    return a.done(question, sql, s.thing)


_SUPERLATIVES = {
    "price": ("most expensive", "cheapest", "самых дорогих", "самых дешевых"),
    "unit price": ("most expensive", "cheapest", "самых дорогих", "самых дешевых"),
    "cost": ("costliest", "cheapest", "самых дорогих", "самых дешевых"),
    "weight": ("heaviest", "lightest", "самых тяжелых", "самых легких"),
    "height": ("tallest", "lowest", "самых высоких", "самых низких"),
    "length": ("longest", "shortest", "самых длинных", "самых коротких"),
    "speed": ("fastest", "slowest", "самых быстрых", "самых медленных"),
    "age": ("oldest", "youngest", "самых старых", "самых молодых"),
    "duration": ("longest", "shortest", "самых долгих", "самых коротких"),
    "salary": ("best paid", "worst paid", "самых высокооплачиваемых", "самых низкооплачиваемых"),
    "area": ("largest", "smallest", "самых больших", "самых маленьких"),
    "width": ("widest", "narrowest", "самых широких", "самых узких"),
    "depth": ("deepest", "shallowest", "самых глубоких", "самых мелких"),
    "likes": ("most liked", "least liked", "самых популярных", "самых непопулярных"),
    "profit": ("most profitable", "least profitable", "самых прибыльных", "самых убыточных"),
    "date": ("newest", "oldest", "самых новых", "самых старых"),
}


def top(a: Asking) -> Asked | None:
    """The few with the highest or lowest of something."""
    s = Subject(a, draw_thing(a), False)
    if not (usable := s.thing.having("measure", "date", "time")):
        return None
    trait, down = a.rng.choice(usable), a.rng.random() < 0.65
    s.restrict(most=1, without=(trait,))
    number = 1 if a.rng.random() < 0.4 else a.rng.choice([2, 3, 3, 4, 5, 5, 7, 10, 10, 20, 50])
    columns, also = [label_of(s.thing)], ""
    noun = a.noun(s.thing, trait)
    if a.rng.random() < 0.35 and trait not in columns:
        columns.append(trait)
        also = a.pick("top also", its="its" if number == 1 else "their", n=noun.nom, acc=noun.acc)
    lone = trait.role == "measure" or len(s.thing.having("date", "time")) == 1
    words = _SUPERLATIVES.get(trait.english[0] if trait.role == "measure" else "date")
    forms = s.forms() | {"k": spoken_number(a, number), "also": also}
    if words and lone and a.rng.random() < 0.4:
        most = words[(0 if a.is_english else 2) + (not down)]
        question = a.say(
            "superlative" if number == 1 else "superlatives",
            **forms,
            most=most,
        )
    else:
        question = _with_the_most(a, forms, trait.role == "measure", down, noun, number)
    names = ", ".join(s.column(t) for t in columns)
    sql = f"SELECT {names} FROM {s.name}{where_clause(s.where())}"
    return a.done(
        question, f"{sql} ORDER BY {s.column(trait)}{' DESC' * down} LIMIT {number}", s.thing
    )


def _with_the_most(
    a: Asking, forms: dict[str, str], by_size: bool, down: bool, noun: Noun, number: int
) -> str:
    most = a.pick(("highest of" if down else "lowest of") if by_size else
                  ("latest of" if down else "earliest of"))  # fmt: skip
    if not a.is_english and noun.gender != "f":
        most = _masculine(most)
    up = "" if down else a.rng.choice([", lowest first", " ascending"])
    up_ru = "" if down else a.rng.choice([", начиная с меньшего", " по возрастанию"])
    return a.say(
        "with the most" if number == 1 else "with the most, several",
        **forms,
        most=most,
        n=noun.nom,
        ins_n=noun.ins,
        dat_n=noun.dat,
        most_nom="больше всего" if down else "меньше всего",
        up=up if a.is_english else up_ru,
    )


def _masculine(feminine: str) -> str:
    """самой большой → самым большим."""
    ends = {
        "самой": "самым",
        "последней": "последним",
        "поздней": "поздним",
        "ранней": "ранним",
        "первой": "первым",
        "большой": "большим",
        "маленькой": "маленьким",
    }
    words = []
    for word in feminine.split():
        if word in ends:
            words.append(ends[word])
        else:
            words.append(word[:-2] + ("им" if word.endswith("ей") else "ым"))
    return " ".join(words)


def group_words(a: Asking, thing: Thing, trait: Trait) -> str:
    """ "per city", "по городам"."""
    noun = a.noun(thing, trait)
    each = {"f": "каждой", "n": "каждого"}.get(noun.gender, "каждого")
    return a.pick(
        "per value",
        n=noun.nom,
        gen=noun.gen,
        dat=noun.dat,
        gens=noun.gens,
        dats=noun.dats,
        each=each,
    )


def grouped(a: Asking) -> Asked | None:
    """A count or an aggregate for each value of a column; sometimes only of large groups."""
    s = Subject(a, draw_thing(a), False)
    keys = s.thing.having("category", "bool")
    if not keys:
        return None
    key = a.rng.choice(keys)
    numbers = measures(s.thing)
    s.restrict(most=1, without=(key,))
    each = group_words(a, s.thing, key)
    if numbers and a.rng.random() < 0.55:
        function = a.rng.choice(("SUM", "SUM", "AVG", "AVG", "MIN", "MAX"))
        trait = a.rng.choice(numbers)
        words, alias = figure(a, s.thing, trait, function)
        value = f"{function}({s.column(trait)})"
    else:
        words, alias, value = "", "n", "COUNT(*)"
    having, more = _having(a, value, alias)
    order, order_words = _largest_first(a, alias)
    question = a.say(
        "count per value" if not words else "figure per value",
        **s.forms(),
        figure=words,
        each=each,
        more=more,
        order=order_words,
    )
    column = s.column(key)
    sql = (
        f"SELECT {column}, {value} AS {alias} FROM {s.name}{where_clause(s.where())}"
        f" GROUP BY {column}{having}{order}"
    )
    return a.done(question, sql, s.thing)


def _having(a: Asking, value: str, alias: str) -> tuple[str, str]:
    """HAVING and its words; mostly none."""
    if a.rng.random() > 0.2:
        return "", ""
    number = str(a.rng.choice([1, 2, 3, 5, 10, 20, 50, 100, 500, 1000, 2500]))
    sign, english, russian = a.rng.choice(
        [
            (">", ("more than", "over"), ("больше", "более")),
            (">=", ("at least",), ("не меньше", "не менее")),
            ("<", ("less than", "fewer than"), ("меньше", "менее")),
        ]
    )
    over = a.rng.choice(english if a.is_english else russian)
    wording = "having count" if value == "COUNT(*)" else "having figure"
    words = a.pick(wording, over=over, k=number)
    return f" HAVING {value} {sign} {number}", words


def _largest_first(a: Asking, alias: str) -> tuple[str, str]:
    """An order of the groups by their figure, with its words; sometimes only the first few."""
    draw = a.rng.random()
    if draw > 0.3:
        return "", ""
    if draw > 0.14:
        words = a.pick(
            "largest first",
        )
        return f" ORDER BY {alias} DESC", words
    number = a.rng.choice([1, 3, 5, 10])
    said = spoken_number(a, number)
    return f" ORDER BY {alias} DESC LIMIT {number}", a.pick("first few", k=said)
