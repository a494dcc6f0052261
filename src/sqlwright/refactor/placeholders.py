"""Placeholders of a query that is made plainer: stand-ins that no rule sees through.

A value, a table's name or a whole condition may come from elsewhere. What it will be is not known:
the rules see a parameter there, values are made up for the trial, and a change that takes a
placeholder out of its place, where it may mean something else, is not made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot.dialects.dialect import Dialect

from sqlwright.errors import SqlError

_PATTERN = r"""
      (?P<tag> \{%.*?(?:%\}|\Z) | \{\#.*?(?:\#\}|\Z) )
    | (?P<jinja> \{\{.*?\}\} )
    | (?P<comment> --[^\n]* | /\*(?:.*?\*/|.*) HASH )
    | (?P<text> (?:\b(?:date|timestamp|time|interval)\s*)?
        '(?:\{\{.*?\}\}|[^'\\]|''|\\.)*(?:'|\\?\Z) )
    | (?P<quoted> "[^"]*(?:"|\Z) | `[^`]*(?:`|\Z) )
    | (?P<name> \$\{[^{}\n]*\} | \{[A-Za-z_][\w.]*\} )
    | (?P<bound> \#\{[^{}\n]*\} | %\([\w.]+\)s | %s\b | \$\d+\b | (?<![\w:\])]):[A-Za-z_]\w*
        | \?(?![|&?]) )
"""
_FLAGS = re.S | re.X | re.I
_SCAN = re.compile(_PATTERN.replace("HASH", ""), _FLAGS)
_SCAN_MYSQL = re.compile(_PATTERN.replace("HASH", r"| \#(?!\{)[^\n]*"), _FLAGS)
_INSIDE = re.compile(r"\{\{|\{%|\$\{[^{}\n]*\}|#\{[^{}\n]*\}|\{[A-Za-z_][\w.]*\}|%\([\w.]+\)s")
_BEFORE_VALUE = re.compile(
    r"(?:[=<>(,|*/+-]|\b(?:in|like|ilike|limit|offset|values|and|or|between|then|else|when|select"
    r"|not|by|interval|where|having|on|any|all|top))\s*\Z",
    re.I,
)
_BEFORE_TABLE = re.compile(r"\b(?:from|join)\s*\Z", re.I)
_UNIT = re.compile(r"\s+(?:year|quarter|month|week|day|hour|minute|second)s?\b", re.I)
_NAMED = re.compile(r"\{\{-?\s*(?:ref|source)\s*\((?:[^()]*,)?\s*(['\"])(\w+)\1\s*\)\s*-?\}\}")
_PLAIN = re.compile(r"\{\{-?\s*(?:(?:env_)?var\s*\([^()]*\)|[\w.]+)\s*-?\}\}\Z|[$#]?\{[\w.]+\}\Z")
_STAND_IN = re.compile(r"(?:%\(|[:$@])?\b(_p[0-9]+_*)(?![A-Za-z0-9])(?:\)s)?(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class Slot:
    """One placeholder.

    Attributes:
        name: its stand-in.
        original: what stands in its place in the text.
        kind: `value`, `text` (one in quotes), `table` (the name of one), `schema` (what stands
            before a table's name) or `column` (what stands after one and a dot).
        table: the table that it is known to name, or "".
        is_bound: a driver puts a value there, whatever stands around it.
        is_alone: the table's stand-in does not tell its name.
    """

    name: str
    original: str
    kind: str
    table: str = ""
    is_bound: bool = False
    is_alone: bool = False

    @property
    def type_before(self) -> str:
        """The type that stands before a value in quotes, or ""."""
        found = re.match(r"(date|timestamp|time|interval)\s*'", self.original, re.I)
        word = found[1].upper() if found else ""
        return "interval" if word == "INTERVAL" else word

    @property
    def is_plain(self) -> bool:
        """Whether it is surely a value by itself: no macro that may name columns."""
        return self.is_bound or self.kind == "text" or _PLAIN.match(self.original) is not None


@dataclass(frozen=True, slots=True)
class Opened:
    """A text with stand-ins in the place of its placeholders."""

    text: str
    slots: tuple[Slot, ...]
    dialect: str

    def put_back(self, text: str) -> str:
        """The text with the placeholders in the place of their stand-ins."""
        slots = {slot.name: slot for slot in self.slots}

        def original(found: re.Match[str]) -> str:
            if (slot := slots.get(found[1])) is None:
                return found[0]
            swallowed = not found[2] or (slot.kind == "table" and found[2] == slot.table)
            return slot.original if swallowed else f"{slot.original}.{found[2]}"

        return _STAND_IN.sub(original, text)

    def filled(self, text: str, values: dict[str, str]) -> str:
        """The text with values in the place of stand-ins, and tables by their names."""
        slots = {slot.name: slot for slot in self.slots}

        def value(found: re.Match[str]) -> str:
            slot, rest = slots.get(found[1]), f".{found[2]}" if found[2] else ""
            if slot is None:
                return found[0]
            if slot.kind == "schema" or (slot.kind == "table" and found[2] == slot.table):
                return found[2] or ""
            return values.get(slot.name, slot.name) + rest

        return _STAND_IN.sub(value, text)

    def why_moved(self, text: str) -> str | None:
        """Why the placeholders could mean something else in the new text, or None."""
        before, after = self._neighbors(self.text), self._neighbors(text)
        if sorted(name for name, *_ in before) != sorted(name for name, *_ in after):
            return "a placeholder would be lost or stand twice"
        places = {name: around for name, *around in after}
        order = {slot.name: at for at, slot in enumerate(self.slots)}
        positional = [name for name, *_ in after if self._slot(name).original in ("?", "%s")]
        if positional != sorted(positional, key=order.__getitem__):
            return "placeholders that are told apart by their order would change it"
        for name, *around in before:
            slot = self._slot(name)
            if slot.is_bound or slot.kind != "value" or places[name] == around:
                continue
            if not _is_compared(around) or [_loosely(x) for x in around] != [
                _loosely(x) for x in places[name]
            ]:
                return f"{slot.original} would stand beside other words: put it in parentheses"
        return None

    def _slot(self, name: str) -> Slot:
        return next(slot for slot in self.slots if slot.name == name)

    def _neighbors(self, text: str) -> list[tuple[str, str, str]]:
        """(stand-in, the word before it, the word after it), in the text's order."""
        tokens = [t for t in Dialect.get_or_raise(self.dialect).tokenize(text) if t.text != ""]
        words = [text[t.start : t.end + 1].upper() for t in tokens]
        names = {slot.name for slot in self.slots}
        found = []
        for at, token in enumerate(tokens):
            name = token.text.lstrip(":$@")
            if name not in names:
                continue
            first, last = at, at
            if words[max(at - 1, 0)] in (":", "$", "@"):
                first = at - 1
            elif at > 1 and words[at - 2 : at] == ["%", "("]:
                first, last = at - 2, at + 2
            before = words[first - 1] if first else ""
            found.append(
                (name, _sort(before), _sort(words[last + 1] if last + 1 < len(words) else ""))
            )
        return found


_LOGIC = ("AND", "OR", "NOT")
_COMPARE = ("=", "<", ">", "<=", ">=", "<>", "!=", "LIKE", "ILIKE", "IN", "BETWEEN", "IS")
_OUTSIDE = frozenset(
    "( ) , ; SELECT DISTINCT FROM WHERE ON HAVING BY LIMIT OFFSET WHEN THEN ELSE GROUP ORDER UNION"
    " INTERSECT EXCEPT QUALIFY WINDOW JOIN LEFT RIGHT INNER FULL CROSS CASE".split()
)


def _sort(word: str) -> str:
    """The word, or one for all that bind as little as it does."""
    first = word.split()[0] if word else ""
    if not word or first in _OUTSIDE:
        return ""
    return "=" if first in _COMPARE else word


def _is_compared(around: list[str]) -> bool:
    """Whether it is a side of a comparison: then AND and OR do not reach into it."""
    return "=" in around


def _loosely(word: str) -> str:
    return "" if word in _LOGIC else word


def open_placeholders(text: str, dialect: str) -> Opened | None:
    """The text with stand-ins; None where it has no placeholder.

    Raises:
        SqlError: if a part of the text depends on what a template does, not on what it puts there.
    """
    slots: list[Slot] = []
    parts, at = [], 0
    ctes = {name.lower() for name in re.findall(r"(\w+)\s+as\s+(?:not\s+)?(?:materialized\s+)?\(",
                                                text, re.I)}  # fmt: skip
    for start, end, what in _found(text, dialect):
        original = text[start:end]
        if what == "tag":
            first = original.split("\n")[0][:40]
            raise SqlError(f"{first} stands in the query: what the query becomes is not known")
        name = _name(len(slots) + 1, len(original))
        before = text[max(0, start - 30) : start]
        mark = "$" if dialect == "duckdb" else ":"
        slot, put = _slot(original, name, what, (before, text[end : end + 1]), ctes, mark)
        slots.append(slot)
        parts += [text[at:start], put]
        at = end
    return Opened("".join([*parts, text[at:]]), tuple(slots), dialect) if slots else None


def _found(text: str, dialect: str) -> Iterator[tuple[int, int, str]]:
    for found in (_SCAN_MYSQL if dialect == "mysql" else _SCAN).finditer(text):
        what, (start, end) = str(found.lastgroup), found.span()
        if what == "quoted" and dialect == "mysql" and found[0][0] == '"':
            what = "text"
        if what in ("comment", "quoted"):
            if "{%" in found[0] or (what == "quoted" and re.search(r"\{\{|\$\{", found[0])):
                yield start, end, "tag"
            continue
        if what == "text":
            if _INSIDE.search(found[0]) is None:
                continue
            if (unit := _UNIT.match(text, end)) and found[0][:8].lower() == "interval":
                end = unit.end()
        if found[0] in ("?", "%s") and not _BEFORE_VALUE.search(text[max(0, start - 30) : start]):
            continue
        yield start, end, what


def _slot(
    original: str, name: str, what: str, around: tuple[str, str], ctes: set[str], mark: str
) -> tuple[Slot, str]:
    """The placeholder, and what stands in its place."""
    before, after = around
    named = _NAMED.fullmatch(original)
    if named and after != "." and named[2].lower() not in ctes:
        # the rest of the query may call it by its own name
        return Slot(name, original, "table", named[2]), f"{name}.{named[2]}"
    is_name = what in ("jinja", "name") and (after == "." or _BEFORE_TABLE.search(before))
    if named or is_name:
        kind = "schema" if after == "." else "table"
        return Slot(name, original, kind, named[2] if named else "", is_alone=True), name
    if what in ("jinja", "name") and before.endswith("."):
        return Slot(name, original, "column"), name
    if what == "text":
        return Slot(name, original, "text"), mark + name
    return Slot(name, original, "value", is_bound=what == "bound"), mark + name


def _name(number: int, width: int) -> str:
    return f"_p{number}_".ljust(min(width, 40) - 1, "_")
