"""More questions about one table: shares, years, comparisons, averages, defined figures."""

from __future__ import annotations

from sqlwright.data.asked_conditions import condition
from sqlwright.data.asked_single import (
    columns_in_words,
    draw_thing,
    figure,
    label_of,
    measures,
)
from sqlwright.data.asked_subject import Asked, Asking, Subject, where_clause
from sqlwright.data.asked_words import AGREES, Condition
from sqlwright.data.names import invent_text


def year_of(a: Asking, column: str, unit: str = "year") -> str:
    """The year, or the year with its month, of a date as the dialect has it."""
    if unit == "month":
        return f"SUBSTR(CAST({column} AS TEXT), 1, 7)"
    if a.dialect in ("postgres", "duckdb"):
        return f"EXTRACT(YEAR FROM {column})"
    return f"SUBSTR(CAST({column} AS TEXT), 1, 4)"


_UNITS = {
    "year": {"unit_acc": "год", "unit_dat": "году", "units_dat": "годам"},
    "month": {"unit_acc": "месяц", "unit_dat": "месяцу", "units_dat": "месяцам"},
}


def by_year(a: Asking) -> Asked | None:
    """A count or a figure for each year or month."""
    s = Subject(a, draw_thing(a), False)
    if not (dates := s.thing.having("date", "time")):
        return None
    date, unit = a.rng.choice(dates), a.rng.choice(["year", "year", "month"])
    s.restrict(most=1, without=(date,))
    noun, numbers = a.noun(s.thing, date), measures(s.thing)
    if numbers and a.rng.random() < 0.45:
        trait = a.rng.choice(numbers)
        function = a.rng.choice(("SUM", "AVG"))
        words, alias = figure(a, s.thing, trait, function)
        value = f"{function}({s.column(trait)})"
    else:
        words, alias, value = "", "n", "COUNT(*)"
    verb = date.happened[0 if a.is_english else 1]
    each = a.pick(
        "per time of participle" if verb and a.is_english and a.rng.random() < 0.4 else "per time",
        unit=unit,
        n=noun.nom,
        verb=verb,
        **_UNITS[unit],
    )
    question = a.say(
        "count per time" if not words else "figure per time",
        **s.forms(),
        figure=words,
        each=each,
    )
    key = year_of(a, s.column(date), unit)
    sql = f"SELECT {key} AS {unit}, {value} AS {alias} FROM {s.name}{where_clause(s.where())}"
    return a.done(question, f"{sql} GROUP BY {key}", s.thing)


def share(a: Asking) -> Asked | None:
    """What part of the rows passes a condition?"""
    s = Subject(a, draw_thing(a), False)
    usable = [t for t in s.thing.traits if t.role in ("category", "bool", "measure", "date")]
    if not usable:
        return None
    trait = a.rng.choice(usable)
    made = condition(trait, s.column(trait), a.language, a.rng)
    if made is None:
        return None
    s.restrict(most=1, without=(trait,))
    s.asking.traits.append((s.thing, trait))
    a.meanings += [(s.thing, trait, meaning) for meaning in made.meanings]
    a.linked += [(s.thing, trait, value, made.bare) for value in made.linked]
    percent = a.rng.random() < 0.6
    question = a.say(
        "percent" if percent else "share",
        **s.forms(),
        which=made.words.lstrip(", ").replace("нн" + AGREES, "ны").replace(AGREES, "ы"),
    )
    one = "100.0" if percent else "1.0"
    value = (
        f"AVG(CASE WHEN {made.sql} THEN {one} ELSE 0.0 END) AS {'percent' if percent else 'share'}"
    )
    return a.done(question, f"SELECT {value} FROM {s.name}{where_clause(s.where())}", s.thing)


def compared(a: Asking) -> Asked | None:
    """Those of which one column is larger than another."""
    s = Subject(a, draw_thing(a), False)
    for roles in a.rng.sample([("measure",), ("date",)], 2):
        pair = s.thing.having(*roles)
        if len(pair) > 1:
            break
    else:
        return None
    one, two = a.rng.sample(pair, 2)
    first, second = a.noun(s.thing, one), a.noun(s.thing, two)
    later, counted = roles == ("date",), a.rng.random() < 0.5
    more = a.rng.random() < 0.7
    comparison = {(True, True): "later", (True, False): "earlier", (False, True): "higher"}.get(
        (later, more), "lower"
    )
    if a.is_english:
        over_words = a.pick(comparison)
        words = f"whose {first.nom} is {over_words} the {second.nom}"
        if later and one.happened[0] and a.rng.random() < 0.5:
            words = f"{one.happened[0]} {over_words} the {second.nom}"
    else:
        word = a.pick(comparison)
        words = f"у которых {first.nom} {word} {second.acc if word == 'превышает' else second.gen}"
        if later and a.rng.random() < 0.3:
            words = f"у которых {first.nom} {word}, чем {second.nom}"
    s.add(Condition(f"{s.column(one)} {'>' if more else '<'} {s.column(two)}", words))
    s.restrict(most=1, without=(one, two))
    columns = [label_of(s.thing)]
    question = a.say(
        "count" if counted else "listing of things",
        **s.forms(),
        order="",
    )
    what = "COUNT(*) AS n" if counted else s.column(columns[0])
    return a.done(question, f"SELECT {what} FROM {s.name}{where_clause(s.where())}", s.thing)


def above_average(a: Asking) -> Asked | None:
    """Those above or below the average of all."""
    s = Subject(a, draw_thing(a), False)
    if not (numbers := measures(s.thing)):
        return None
    trait = a.rng.choice(numbers)
    noun, more, counted = a.noun(s.thing, trait), a.rng.random() < 0.75, a.rng.random() < 0.5
    sign = ">" if more else "<"
    words = a.pick(
        "above the average" if more else "below the average",
        n=noun.nom,
        ins=noun.ins,
        that={"f": "средней"}.get(noun.gender, "среднего"),
    )
    inner = f"(SELECT AVG({s.column(trait)}) FROM {s.name})"
    s.add(Condition(f"{s.column(trait)} {sign} {inner}", words))
    s.restrict(most=1, without=(trait,))
    question = a.say(
        "count" if counted else "listing of things",
        **s.forms(),
        order="",
    )
    what = "COUNT(*) AS n" if counted else s.column(label_of(s.thing))
    return a.done(question, f"SELECT {what} FROM {s.name}{where_clause(s.where())}", s.thing)


_FIGURES = (
    ("turnover", "оборот"),
    ("net income", "чистый доход"),
    ("effective price", "итоговая цена"),
    ("index", "показатель"),
    ("adjusted amount", "скорректированная сумма"),
    ("yield", "отдача"),
    ("gross value", "валовая стоимость"),
    ("efficiency", "эффективность"),
    ("load", "загрузка"),
    ("real cost", "настоящая стоимость"),
    ("KPI", "КПЭ"),
    ("margin", "маржа"),
)


def defined(a: Asking) -> Asked | None:
    """A figure that a passage defines by a formula over columns."""
    s = Subject(a, draw_thing(a), False)
    numbers = measures(s.thing)
    if len(numbers) < 2:
        return None
    one, two = a.rng.sample(numbers, 2)
    x, y = s.column(one), s.column(two)
    formula = a.rng.choice(
        [f"{x} * {y}", f"{x} * (1 - {y})", f"{x} - {y}", f"{x} + {y}", f"{x} * (1 + {y})"]
    )
    spelled = a.rng.random() < 0.35 and formula in (f"{x} * {y}", f"{x} - {y}", f"{x} + {y}")
    english, russian = a.rng.choice(_FIGURES)
    if spelled:  # the question itself says the formula in words
        first, second = a.noun(s.thing, one), a.noun(s.thing, two)
        sign = formula.removeprefix(x)[1]
        word_en = {"*": "times", "-": "minus", "+": "plus"}[sign]
        word_ru = {"*": "умножить на", "-": "минус", "+": "плюс"}[sign]
        name = f"{first.nom} {word_en if a.is_english else word_ru} {second.acc}"
    else:
        name = english if a.is_english else russian
        a.metric = a.pick(
            "definition",
            name=name,
            en=english,
            ru=russian,
            formula=formula,
            thing=s.thing.english[0],
        )
    s.restrict(most=2, without=(one, two))
    function = a.rng.choice(("SUM", "SUM", "SUM", "AVG", "MAX"))
    word = {
        "SUM": ("total", "суммарный показатель"),
        "AVG": ("average", "средний показатель"),
        "MAX": ("highest", "наибольший показатель"),
    }[function]
    question = a.say(
        "defined",
        **s.forms(),
        f=word[0 if a.is_english else 1],
        name=name,
    )
    alias = {"SUM": "total", "AVG": "average", "MAX": "highest"}[function]
    sql = f"SELECT {function}({formula}) AS {alias} FROM {s.name}{where_clause(s.where())}"
    return a.done(question, sql, s.thing)


def extreme_date(a: Asking) -> Asked | None:
    """The first and the last day of something."""
    s = Subject(a, draw_thing(a), False)
    if not (dates := s.thing.having("date", "time")):
        return None
    date = a.rng.choice(dates)
    s.restrict(most=1, without=(date,))
    columns = columns_in_words(a, s.thing, [date])
    which = a.rng.choice(["MIN", "MAX", "both"])
    question = a.say(
        "extreme date",
        **s.forms(),
        **columns,
        which=a.pick({"MIN": "earliest", "MAX": "latest"}.get(which, "first and last")),
        which_acc={"MIN": "самую раннюю", "MAX": "самую позднюю", "both": "первую и последнюю"}[
            which
        ],
    )
    column = s.column(date)
    parts = {
        "MIN": f"MIN({column}) AS earliest",
        "MAX": f"MAX({column}) AS latest",
        "both": f"MIN({column}) AS earliest, MAX({column}) AS latest",
    }[which]
    return a.done(question, f"SELECT {parts} FROM {s.name}{where_clause(s.where())}", s.thing)


def most_common(a: Asking) -> Asked | None:
    """The value that most rows have."""
    s = Subject(a, draw_thing(a), False)
    if not (keys := s.thing.having("category")):
        return None
    key = a.rng.choice(keys)
    s.restrict(most=1, without=(key,))
    noun, down = a.noun(s.thing, key), a.rng.random() < 0.8
    counted = a.rng.random() < 0.25
    question = a.say(
        "most common",
        **s.forms(),
        n=noun.nom,
        acc_n=noun.acc,
        most=a.pick("most" if down else "fewest"),
        most_ins="наибольшим" if down else "наименьшим",
        where={"f": "Какая", "n": "Какое"}.get(noun.gender, "Какой") + " это",
        and_n=a.pick("and how many") if counted else "",
    )
    column = s.column(key)
    value = ", COUNT(*) AS n" if counted else ""
    sql = f"SELECT {column}{value} FROM {s.name}{where_clause(s.where())} GROUP BY {column}"
    return a.done(question, f"{sql} ORDER BY COUNT(*){' DESC' * down} LIMIT 1", s.thing)


def distinct(a: Asking) -> Asked | None:
    """The different values of a column, or how many there are."""
    s = Subject(a, draw_thing(a), False)
    if not (keys := s.thing.having("category", "label", "free")):
        return None
    key = a.rng.choice(keys)
    s.restrict(most=1, without=(key,))
    noun, counted = a.noun(s.thing, key), a.rng.random() < 0.5
    column, where = s.column(key), where_clause(s.where())
    sql = f"SELECT DISTINCT {column} FROM {s.name}{where}"
    if counted:
        sql = f"SELECT COUNT(DISTINCT {column}) AS n FROM {s.name}{where}"
    if not s.conditions and a.is_only(s.thing, key) and a.rng.random() < 0.5:
        question = a.say(
            "how many different values" if counted else "different values",
            ns=noun.noms,
            ns_gen=noun.gens,
        )
        return a.done(question, sql, s.thing)
    question = a.say(
        "how many different ones" if counted else "different ones",
        **s.forms(),
        n=noun.nom,
        ns=noun.noms,
        ns_gen=noun.gens,
    )
    return a.done(question, sql, s.thing)


def lookup(a: Asking) -> Asked | None:
    """A column of the one with that key or that name."""
    s = Subject(a, draw_thing(a), False)
    keys = s.thing.having("key", "label")
    if not keys or len(s.thing.traits) < 3:
        return None
    key = a.rng.choice(keys)
    pool = [t for t in s.thing.traits if t is not key and t.role not in ("foreign", "key")]
    if not pool:
        return None
    chosen = a.rng.sample(pool, min(len(pool), a.rng.choice([1, 1, 1, 2, 2])))
    word = a.word(s.thing, key)
    number = key.kind != "text"
    value = (
        str(a.rng.randint(1, a.rng.choice([9, 99, 999, 99999])))
        if number
        else (invent_text(a.rng).replace("''", ""))
    )
    named = value if a.rng.random() < 0.7 else f"'{value}'"
    question = a.say(
        "lookup by number" if number else "lookup by name",
        **s.forms(),
        **columns_in_words(a, s.thing, chosen),
        key=word,
        value=named if not number else value,
    )
    literal = value if number else f"'{value}'"
    if not number:
        a.linked.append((s.thing, key, value, False))
    names = ", ".join(s.column(t) for t in chosen)
    return a.done(
        question, f"SELECT {names} FROM {s.name} WHERE {s.column(key)} = {literal}", s.thing
    )
