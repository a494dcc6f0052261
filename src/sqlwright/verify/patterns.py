"""Regular expressions of CHECK constraints: in Python's spelling, and texts that match them."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r"\s", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9a-fA-F", "word": r"\w",
}  # fmt: skip


@lru_cache(maxsize=256)
def compiled(pattern: str, ignore_case: bool = False) -> re.Pattern[str] | None:
    """The POSIX pattern for Python, or None where Python does not take it."""
    text = re.sub(r"\[:(\w+):\]", lambda found: _CLASSES.get(found.group(1), ""), pattern)
    text = re.sub(r"\\[mMy]", r"\\b", text)
    text = re.sub(r"(?<!\\)\$$", r"\\Z", text)  # Python's $ passes a line break at the end
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of [[, which POSIX takes as it is
            return re.compile(text, re.IGNORECASE if ignore_case else 0)
    except (re.error, OverflowError, RecursionError):
        return None


@lru_cache(maxsize=256)
def similar(pattern: str) -> str:
    """SIMILAR TO's pattern as a regular expression of the whole text."""
    parts = {"%": ".*", "_": ".", ".": r"\.", "^": r"\^", "$": r"\$"}
    text = re.sub(r"\\.|[%_.^$]", lambda found: parts.get(found.group(), found.group()), pattern)
    return f"^(?:{text})$"


def examples(pattern: str, ignore_case: bool = False) -> tuple[str, ...]:
    """Texts that the pattern finds a match in, where it is simple enough to make some."""
    if (wanted := compiled(pattern, ignore_case)) is None:
        return ()
    made = []
    for more in (0, 1, 3):
        try:
            made.append(_Writer(pattern, more).alternatives())
        except (IndexError, ValueError):
            return ()
    return tuple(text for text in dict.fromkeys(made) if len(text) < 500 and wanted.search(text))


class _Writer:
    """Reads a pattern from left to right and writes one text that it describes."""

    def __init__(self, pattern: str, more: int) -> None:
        self.pattern = pattern
        self.more = more  # how many repetitions above the least, and which alternative
        self.at = 0

    def _next(self) -> str:
        return self.pattern[self.at] if self.at < len(self.pattern) else ""

    def _take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]

    def alternatives(self) -> str:
        found = [self._sequence()]
        while self._next() == "|":
            self._take()
            found.append(self._sequence())
        return found[self.more % len(found)]

    def _sequence(self) -> str:
        text = ""
        while self._next() not in ("", "|", ")"):
            text += self._repeated(self._atom())
        return text

    def _atom(self) -> str:
        char = self._take()
        if char == "(":
            if self._next() == "?":
                if self.pattern[self.at : self.at + 2] != "?:":
                    raise ValueError("a group that looks around")
                self.at += 2
            text = self.alternatives()
            self._take()
            return text
        if char == "[":
            return self._class()
        if char == "\\":
            return {"d": "1", "w": "a", "s": " ", "n": "\n", "t": "\t", "S": "a", "D": "a"}.get(
                escaped := self._take(), "" if escaped in "AbBmMyZ" else escaped
            )
        return "" if char in "^$" else "a" if char == "." else char

    def _class(self) -> str:
        negated = self._next() == "^"
        start = self.at = self.at + negated
        while self._next() != "]" or self.at == start:
            if self.pattern[self.at : self.at + 2] == "[:":
                self.at = self.pattern.index(":]", self.at) + 1
            self.at += 2 if self._next() == "\\" else 1
        body = self.pattern[start : self.at]
        self._take()
        members = compiled(f"[{'^' if negated else ''}{body}]")
        likely = "a1A b_-.@x/" if self.more == 0 else "b2B_-.@ a/"
        every = (*likely, *map(chr, range(33, 127)))
        return next((char for char in every if members and members.match(char)), "")

    def _repeated(self, text: str) -> str:
        sign = self._next()
        if sign not in ("*", "+", "?", "{") or not sign:
            return text
        least, most = {"*": (0, 9), "+": (1, 9), "?": (0, 1), "{": (0, 0)}[sign]
        self._take()
        if sign == "{":
            end = self.pattern.index("}", self.at)
            low, comma, high = self.pattern[self.at : end].partition(",")
            least = int(low or 0)
            most = int(high) if high else least + 9 if comma else least
            self.at = end + 1
        if self._next() in ("?", "+"):  # lazy or possessive: the same texts
            self._take()
        return text * min(least + self.more, most)
