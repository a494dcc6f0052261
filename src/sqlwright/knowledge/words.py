"""Words for searching prose and SQL, in English and Russian: `c_custkey` is also `custkey`.

Literals of SQL are left out, so that queries that differ only by a constant look alike, and its
keywords are marked, so that ORDER BY is not an order of a customer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

_RUN = re.compile(r"\w+")
_CAMEL = re.compile(r"(?<=[a-zа-яё0-9])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])")
_PART = re.compile(r"[^\W\d_]+|\d+")
_SQL = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<literal>'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|\b\d+(?:\.\d+)?\b)"
    r"|(?P<word>\w+)",
    re.DOTALL,
)

_KEYWORDS = frozenset(
    """
    all and any as asc between by case cast cross date desc distinct else end except exists extract
    false filter following for from full group having in inner intersect interval is join left
    like limit natural not null nulls offset on or order outer over partition preceding range
    recursive right rows select then true union using values when where with window
    """.split()
)

# Words that say nothing about the matter. Those of questions and instructions count most: passages
# hold them seldom, so they would weigh much.
_STOP = frozenset(
    """
    a an and are as at be been but by can could did do does each every for from give had has have
    how i if in into is it its list many me more most much my no not of on only or our please
    show so than that the their them there these they this those to us was we were what when where
    which who whom whose why will with would you your find get tell
    query queries rewrite sql
    а без бы был была были было в вам вас весь во вот все всех вы где да для до его ее если есть еще
    же за и из или им их к как какая какие какой каких какого когда которая которые который
    которых кто ли либо мне много мы на над надо нам нас не него нет ни них но о об он она они оно
    от по под покажи покажите при про с со сколько так также там те тем то того тоже той только
    том тот у уже чего чем что чтобы эта эти это этот я найди найти дай список
    запрос запроса запросов запросы перепиши перепишите сделай сделайте
    """.split()
)


def words(text: str) -> list[str]:
    """The search words of prose, in order, with repeats."""
    return [word for run in _RUN.findall(text) for word in _words_of_name(run)]


def sql_words(text: str) -> list[str]:
    """The search words of SQL: names and their parts, keywords with @ before, no literals.

    Comments count as prose: they say what a query is for.
    """
    found: list[str] = []
    for match in _SQL.finditer(text):
        if comment := match["comment"]:
            found += words(comment)
        elif (name := match["word"]) is not None:
            if name.lower() in _KEYWORDS:
                found.append("@" + name.lower())
            else:
                found += (word for word in _words_of_name(name) if not word.isdigit())
    return found


def _words_of_name(name: str) -> Iterator[str]:
    parts = [
        part
        for piece in name.split("_")
        for run in _CAMEL.split(piece)
        for part in _PART.findall(run)
    ]
    if len(parts) > 1:
        yield name.lower()
    for part in parts:
        word = part.lower().replace("ё", "е")
        is_stop = word in _STOP and not part.isupper()  # NOT IN matters, not in does not
        if not is_stop and (len(word) > 1 or word.isdigit()):
            yield stem(word)


def names(text: str) -> list[str]:
    """The search words of names of several parts that prose spells out, as order_date."""
    found = (list(_words_of_name(run)) for run in _RUN.findall(text))
    return list(dict.fromkeys(words[0] for words in found if len(words) > 1))


def spellings(text: str) -> dict[str, str]:
    """The search words of the text, each with the word of the text that it came from."""
    found: dict[str, str] = {}
    for run in _RUN.findall(text):
        for word in _words_of_name(run):
            found.setdefault(word, run)
    return found


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one word in lower case, English or Russian by its letters."""
    if re.fullmatch("[a-z]+", word):
        return str(_stemmer("english").stemWord(word))
    if re.fullmatch("[а-я]+", word):
        return str(_stemmer("russian").stemWord(word))
    return word


@lru_cache(maxsize=2)
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(language)


def is_cyrillic(text: str) -> bool:
    """Is a third of the letters Cyrillic? A Russian question may name English tables."""
    letters = [letter for letter in text if letter.isalpha()]
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in letters)
    return 3 * cyrillic > len(letters)
