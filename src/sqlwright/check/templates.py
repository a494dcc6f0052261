"""Keeps templates out of the parser's way: each placeholder becomes SQL of the same length.

Jinja as dbt uses it, `${name}`, `#{name}`, `{name}`, `%s` and `%(name)s`. Nothing is rendered: of
`{% if %}` the first branch is read, of a loop one round, and what a macro's body says is not read
at all. As every letter and line end keeps its place, so does what is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAGS = re.compile(r"\{\{|\{%|\{#")
_ENDS = {"{{": "}}", "{%": "%}", "{#": "#}"}
# every alternative goes on to the end of the text where nothing closes it: never quadratic
_OTHERS = re.compile(
    r"""
      (?P<skip> --[^\n]* | /\*(?:.*?\*/|.*) | '(?:[^'\\]|''|\\.)*(?:'|\\?\Z) | "[^"]*(?:"|\Z) )
    | (?P<name> \$\{[^{}\n]*\} | \{[A-Za-z_][\w.]*\} )
    | (?P<value> \#\{[^{}\n]*\} | %\([\w.]+\)s | %s\b )
    """,
    re.S | re.X,
)
_BEFORE_VALUE = re.compile(
    r"(?:[=<>(,|*/+-]|\b(?:in|like|ilike|limit|offset|values|and|or|between|then|else|when|select"
    r"|not|by|interval|where|set|any|all))\s*\Z",
    re.I,
)
_NAMED = re.compile(r"\s*(?:ref|source)\s*\((?:[^()]*,)?\s*(['\"])(\w+)\1\s*\)\s*")
_SAYS_NOTHING = re.compile(r"\s*(?:config|log|print|set_sql_header)\s*\(")
# their bodies are no statements by themselves
_HIDDEN_BODIES = frozenset("set macro test materialization docs".split())


@dataclass(frozen=True, slots=True)
class Masked:
    """A text in which placeholders have become SQL, and what each of them was.

    Attributes:
        text: as long as the original, with its line ends.
        names: the invented names and what stands in their place in the original.
        is_template: whether Jinja was in it: then a part that cannot be read may be no mistake.
    """

    text: str
    names: dict[str, str] = field(default_factory=dict)
    is_template: bool = False

    def restored(self, words: str) -> str:
        """Words about the masked text, in those of the original."""
        for name in _INVENTED.findall(words) if self.names else ():
            words = words.replace(name, self.names.get(name, name), 1)
        return words


_INVENTED = re.compile(r"\b_[0-9a-z]+_*\b")


def masked(text: str) -> Masked:
    """The text with its placeholders replaced."""
    names: dict[str, str] = {}
    is_template = _TAGS.search(text) is not None
    if is_template:
        text = "".join(_without_jinja(text, names))
    if "{" in text or "%" in text:
        text = _OTHERS.sub(lambda found: _other(found, names), text)
    return Masked(text, names, is_template)


def without_names(text: str, names: dict[str, str]) -> str:
    """The masked text with blanks for what stood in `{{ }}`: a whole clause may come from there."""
    return _INVENTED.sub(
        lambda found: " " * len(found[0]) if names.get(found[0], "")[:2] == "{{" else found[0], text
    )


def _other(found: re.Match[str], names: dict[str, str]) -> str:
    if found["name"]:
        return _invented(found["name"], names)
    if found["value"]:
        before = found.string[max(0, found.start() - 30) : found.start()]
        if found["value"] != "%s" or _BEFORE_VALUE.search(before):
            return "?".ljust(len(found["value"]))
    return found[0]


def _invented(original: str, names: dict[str, str]) -> str:
    """A name that nobody has, as long as the original's longest line; the others are blank."""
    lines = re.split(r"([\r\n])", original)
    place = max(range(0, len(lines), 2), key=lambda number: len(lines[number]))
    digits, number = "", len(names) + 1
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    width = len(lines[place])
    # without a letter in front a name of digits alone would be a number in some dialects
    name = ("_" + digits).ljust(width, "_")[:width]
    names.setdefault(name, original)
    return "".join(name if number == place else _blank(line) for number, line in enumerate(lines))


def _blank(text: str) -> str:
    return re.sub(r"[^\r\n]", " ", text)


def _without_jinja(text: str, names: dict[str, str]) -> Iterator[str]:
    """The text in pieces, tags blank, expressions as names, and of branches the first."""
    at = 0
    hidden = 0  # how deep in what is not read
    branches: list[bool] = []  # of each open `if` or `for`: is its first branch over?
    for kind, start, end in _tags(text):
        if start < at:
            continue
        yield _blank(text[at:start]) if hidden else text[at:start]
        tag, at = text[start:end], end
        if kind == "{%":
            word, rest = _word(tag)
            if word == "raw":
                close = re.compile(r"\{%[-+]?\s*endraw\s*[-+]?%\}").search(text, end)
                at = close.start() if close else len(text)
                yield _blank(tag) + text[end:at]
                continue
            hidden = _step(word, rest, branches, hidden)
            yield _blank(tag)
        elif kind == "{#" or hidden:
            yield _blank(tag)
        else:
            yield _expression(tag, names)
    yield _blank(text[at:]) if hidden else text[at:]


def _step(word: str, rest: str, branches: list[bool], hidden: int) -> int:
    """How deep in hidden text one is after a tag; `branches` is brought up to date."""
    if word in ("if", "for"):
        # one round of a loop is its first and its last
        over = word == "if" and re.search(r"\bnot\s+loop\.(?:last|first)\b", rest) is not None
        branches.append(over)
        return hidden + over
    if word in ("elif", "else") and branches:
        was, branches[-1] = branches[-1], not (branches[-1] and word == "else" and hidden == 1)
        return hidden + branches[-1] - was
    if word in ("endif", "endfor") and branches:
        return hidden - branches.pop()
    if word in _HIDDEN_BODIES and not (word == "set" and "=" in rest):
        return hidden + 1
    if word.removeprefix("end") in _HIDDEN_BODIES and word.startswith("end"):
        return max(hidden - 1, 0)
    return hidden


def _tags(text: str) -> Iterator[tuple[str, int, int]]:
    """(opening, start, end) of each tag in order; one that nothing closes ends the search."""
    at = 0
    while found := _TAGS.search(text, at):
        close = text.find(_ENDS[found[0]], found.end())
        if close < 0:
            return
        at = close + 2
        yield found[0], found.start(), at


def _word(tag: str) -> tuple[str, str]:
    found = re.match(r"\{%[-+]?\s*(\w*)(.*?)[-+]?%\}\Z", tag, re.S)
    return (found[1].lower(), found[2]) if found else ("", "")


def _expression(tag: str, names: dict[str, str]) -> str:
    inner = tag[2:-2].strip("-")
    if _SAYS_NOTHING.match(inner):
        return _blank(tag)
    if (named := _NAMED.fullmatch(inner)) and "\n" not in tag:
        return named[2].ljust(len(tag))
    return _invented(tag, names)
