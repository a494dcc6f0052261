"""Values as people and programs write them, by kind, with many words that SQL has too."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random

_NAMES = """O'Brien|D'Angelo|O’Neill|Jean-Luc|Anne Marie|Мария|Пётр Иванович|Łukasz|Müller|d'Artagnan
Union Street|Order of Malta|Select Comfort|Null|Drop|Table Mountain|Алиса|Jürgen|N'Golo|Rock 'n' Roll
Smith & Sons|AT&T|C++|C#|Toys "R" Us|Ben & Jerry's|Where Inc.|Group SA|And Co|Or Ltd|Like|Case Logic
"""
_WORDS = """the a of to in on for with your our please select from where order by group union all table
drop update delete insert into values like or and not is null having limit set create alter index join
left right between when then else end case case-by-case best red blue shoes 5 10 2 3 size price under
over sale new used it's don't we'll rock'n'roll club members committee meeting friends list cards if
execute begin grant access table-top in-order count sum max min left-handed shutdown sleep wait
replace copy load file char version user database schema password name city London Oslo -- - / & +
""".split()
_RUSSIAN = """и или не из где по для все заказ таблица выбрать обновить удалить вставить значение
объединение группа порядок нравится когда тогда иначе конец случай лучший красный синий туфли 5 10
размер цена новый «скидка» д'Артаньян файл пользователь пароль город Осло — - / + select where
""".split()
_MARKS = [".", "!", "?", "...", ";", ":", "", "", "", ")", " :)", " (see below)", ", thanks"]


def _name(rng: Random) -> str:
    return rng.choice([name for line in _NAMES.split("\n") for name in line.split("|") if name])


def _escaped_name(rng: Random) -> str:
    return _name(rng).replace("'", "''")


def _number(rng: Random) -> str:
    number = rng.randint(-10_000, 10_000_000)
    forms = (f"{number}", f"{number / 7:.2f}", f"{number:,}", f"{number}%", f"${number}", f"#{number}",
             f"{number}e3", f"№ {number}", f"{number} - {number + 5}", f"0x{abs(number):x}",
             f"+7 (495) {number % 900 + 100}-12-34", f"{number}/12", f"{number % 90}'{number % 11}\"",
             f"{number % 90}\" x {number % 60}\"", f"v{number % 9}.{number % 7}.1")  # fmt: skip
    return rng.choice(forms)


def _date(rng: Random) -> str:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), rng.randint(1950, 2030)
    forms = (f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}", f"{month}/{day}/{year}",
             f"{year}-{month:02}-{day:02} 12:30:05", f"{year}-{month:02}-{day:02}T12:30:05+03:00",
             f"{day} March {year}", f"{day} марта {year} г.", f"Mar '{year % 100:02}",
             f"the {year}'s", f"{day}-{month}-{year}")  # fmt: skip
    return rng.choice(forms)


def _sentence(rng: Random, words: list[str]) -> str:
    said = [rng.choice(words) for _ in range(rng.randint(2, 14))]
    if rng.random() < 0.2:
        place = rng.randrange(len(said))
        mark = rng.choice("'\"")
        said[place] = f"{mark}{said[place]}{mark}"
    if rng.random() < 0.15:
        place = rng.randrange(len(said))
        said[place] = f"({said[place]})"
    if rng.random() < 0.2:
        said[rng.randrange(len(said))] += ","
    text = " ".join(said) + rng.choice(_MARKS)
    return rng.choice((text, text.capitalize(), text.upper(), text.title()))


def _prose(rng: Random) -> str:
    return _sentence(rng, _WORDS)


def _russian(rng: Random) -> str:
    return _sentence(rng, _RUSSIAN)


def _address(rng: Random) -> str:
    word = rng.choice(["ann", "o'brien", "order", "select", "union.all", "a+b", "drop_table"])
    host = rng.choice(["example.org", "union-square.com", "from.where.co.uk"])
    forms = (f"{word}@{host}", f"https://{host}/{word}?q=a+or+b&page=2#top", f"/{word}/list;v=1",
             f"http://{host}/search?order=price&union=1&select=all", f"C:\\Users\\{word}\\file.txt",
             f"{word}={word}&x=1&y=2", f"<a href=\"http://{host}/\">{word}</a>", f"@{word} #sale")  # fmt: skip
    return rng.choice(forms)


def _json(rng: Random) -> str:
    value = {"name": _name(rng), "n": rng.randint(0, 99), "tags": [_name(rng), "and", "or"],
             "where": {"order": "by", "ok": rng.random() < 0.5, "none": None}}  # fmt: skip
    return json.dumps(value, ensure_ascii=rng.random() < 0.5)


def _markdown(rng: Random) -> str:
    word = rng.choice(_WORDS)
    forms = (f"# {_prose(rng)}", f"- **{word}** and *{_name(rng)}*", f"| {word} | {_number(rng)} |",
             "|---|:--:|", f"> {_prose(rng)}", f"1. {_prose(rng)}", f"[{word}](http://example.org)",
             f"call `{word}` first", "---", f"* {word} -- {_prose(rng)}", "```python", f"a {word} b")  # fmt: skip
    return rng.choice(forms)


def _token(rng: Random) -> str:
    signs = "ABCDEFabcdefghijkxyz0123456789"
    forms = ("".join(rng.choices(signs + "+/", k=40)) + "==", "-".join("".join(rng.choices(signs, k=6))
             for _ in range(4)), "".join(rng.choices(signs + "-_.", k=24)))  # fmt: skip
    return rng.choice(forms)


#: By kind: what makes one such value.
KINDS: dict[str, Callable[[Random], str]] = {
    "names": _name, "escaped names": _escaped_name, "numbers": _number, "dates": _date,
    "prose": _prose, "Russian prose": _russian, "addresses": _address, "JSON": _json,
    "Markdown": _markdown, "tokens": _token,
}  # fmt: skip
