"""The reasons of verdicts in Russian.

The checker writes them in English, for JSON and logs; `reasons.txt` has each form with its
translation. A reason that is not in the list is shown as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources

_OUTCOMES = {
    "no difference found": "различий не найдено",
    "different": "различаются",
    "undecided": "не решено",
}
_PLACE = re.compile(r"\{(?P<name>\w+)(?P<mark>[*,]?)\}")
_FILLED = re.compile(r"\{(?P<name>\w+)(?:\|(?P<forms>[^}]*))?\}")
_NUMBERS = frozenset("nmk")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A form of a reason.

    Attributes:
        pattern: fits the English sentence, with a group for each part.
        marks: "*" for the parts that are reasons themselves, "," for several of them.
        russian: the translation with its parts in braces.
    """

    pattern: re.Pattern[str]
    marks: dict[str, str]
    russian: str


def say_outcome(outcome: str, language: str = "en") -> str:
    """The outcome of a verdict in the language."""
    return _OUTCOMES.get(outcome, outcome) if language == "ru" else outcome


def say_reason(reason: str, language: str = "en") -> str:
    """The reason of a verdict, or a note on it, in the language; as it is where it is not known."""
    return (_translated(reason) or reason) if language == "ru" else reason


@cache
def _entries() -> tuple[_Entry, ...]:
    text = (resources.files(__package__) / "reasons.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return tuple(map(_entry, lines[::2], lines[1::2]))


def _entry(english: str, russian: str) -> _Entry:
    pattern, end = "", 0
    for place in _PLACE.finditer(english):
        what = r"[\d.,e+]+" if place["name"] in _NUMBERS else ".+?"
        pattern += _literal(english[end : place.start()]) + f"(?P<{place['name']}>{what})"
        end = place.end()
    pattern += _literal(english[end:])
    marks = {place["name"]: place["mark"] for place in _PLACE.finditer(english)}
    return _Entry(re.compile(pattern, re.DOTALL), marks, russian)


def _literal(text: str) -> str:
    """The text as a pattern; "rows" fits one row too."""
    return re.escape(text).replace(r"\ rows", r"\ rows?").replace(r"\ columns", r"\ columns?")


def _translated(text: str) -> str | None:
    for entry in _entries():
        found = entry.pattern.fullmatch(text)
        if found is not None:
            return _FILLED.sub(partial(_part, entry, found), entry.russian)
    return None


def _part(entry: _Entry, found: re.Match[str], place: re.Match[str]) -> str:
    text = found[place["name"]]
    if place["forms"]:
        return f"{text} {_form(text, place['forms'].split('|'))}"
    translate: dict[str, Callable[[str], str]] = {
        "*": lambda part: _translated(part) or part,
        ",": _each_translated,
    }
    mark = entry.marks[place["name"]]
    return translate[mark](text) if mark else text


def _each_translated(text: str) -> str:
    """Reasons with commas between, some of which have commas inside."""
    parts, said = text.split(", "), []
    while parts:
        for count in range(len(parts), 0, -1):
            one = ", ".join(parts[:count])
            known = _translated(one)
            if known is not None or count == 1:
                said.append(known or one)
                parts = parts[count:]
                break
    return ", ".join(said)


def _form(number: str, forms: list[str]) -> str:
    """The form of a noun after a number: one, two to four, many."""
    if not number.isdigit():
        return forms[1]  # after a fraction
    value = int(number)
    if value % 10 == 1 and value % 100 != 11:
        return forms[0]
    return forms[1] if 2 <= value % 10 <= 4 and not 12 <= value % 100 <= 14 else forms[2]
