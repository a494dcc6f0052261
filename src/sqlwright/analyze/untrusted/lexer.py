"""Tokens of text that may be no SQL at all: it never fails, and a quote that nothing closes is one.

Parsers refuse a fragment, and engines disagree about what a token is; the two readings here cover
what matters to whoever puts text into a template: whether a backslash escapes, what begins a
comment, and whether `/*! */` is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sqlwright.analyze.untrusted.words import AFTER_NUMBER

# Kinds of token; brackets and punctuation are their own kind.
NUMBER, STRING, WORD, QUOTED, VARIABLE, OPERATOR, ODD = "n", "s", "w", "q", "v", "o", "?"

Token = tuple[str, str, int]  # kind, text (words in upper case), offset


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: how it begins, what it holds, and how many tokens stand before it."""

    style: str  # "--", "#", "/*", or "/*!" of MySQL, whose content is read as SQL
    body: str
    before: int
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Lexed:
    """The tokens of one reading, and its comments, which are no tokens."""

    tokens: list[Token]
    comments: list[Comment]

    @property
    def tail(self) -> Comment | None:
        """The comment that swallows everything to the end, where there is one."""
        if self.comments and self.comments[-1].before == len(self.tokens):
            last = self.comments[-1]
            return last if last.style != "/*" or not last.closed else None
        return None


_SPACE = r"(?P<space>[\s\x00-\x20\x7f\xa0\u200b\u3000\ufeff\ufffd]+)"
_NUMBER = r"0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_PARTS = (
    _SPACE,
    r"(?P<mixed>\d+[^\W\d]\w*)",
    r"(?P<word>[^\W\d][\w$]*)",
    rf"(?P<number>{_NUMBER})",
    r"(?P<mark>[(),;.{}])",
    r"(?P<variable>@(?!>)@?(?:[\w$.]+|`[^`]*`|\"[^\"]*\"|'[^']*')?)",
    r"(?P<quoted>`[^`]*`|\[[^\[\]\n]{1,128}\])",
    r"(?P<operator><=>|@>|<@|<>|!=|!<|!>|<=|>=|==|:=|\|\||&&|<<|>>|->>|->|::|!~|[-+*/%=<>!~^&|])",
    r"(?P<odd>.)",
)
_ENDS = r"(?P<block>/\*)|(?P<stray>\*/)"
# possessive, so that text without a closing quote costs one look and no more
_PLAIN = r"(?P<string>'[^']*+(?:''[^']*+)*+'|\"[^\"]*+(?:\"\"[^\"]*+)*+\"|\$\$(?s:.*?)\$\$)"
_ESCAPED = (
    r"(?P<null>\\N\b)"
    r"|(?P<string>'[^'\\]*+(?:(?:''|\\(?s:.))[^'\\]*+)*+'"
    r"|\"[^\"\\]*+(?:(?:\"\"|\\(?s:.))[^\"\\]*+)*+\")"
)


@lru_cache
def _pattern(mysql: bool) -> re.Pattern[str]:
    line = r"(?P<line>--(?=[\s\x00-\x20\xa0]|$)|#)" if mysql else r"(?P<line>--)"
    strings = _ESCAPED if mysql else _PLAIN
    parts = (_PARTS[0], _ENDS, line, strings, *_PARTS[1:])
    return re.compile("|".join(parts), re.S)


_IS_NUMBER = re.compile(_NUMBER)
_LINE_END = re.compile(r"[\r\n]")
_VERSION = re.compile(r"!\d*")


def lex(text: str, *, mysql: bool = False) -> Lexed:
    """The tokens of `text`, as MySQL or as most others would see them."""
    tokens: list[Token] = []
    comments: list[Comment] = []
    match = _pattern(mysql).match
    at, end = 0, len(text)
    while at < end:
        found = match(text, at)
        assert found is not None  # `odd` takes any character
        kind, here, at = found.lastgroup, at, found.end()
        if kind == "space" or kind == "stray":
            continue
        if kind == "word":
            tokens.append((WORD, found[0].upper(), here))
        elif kind == "mark":
            tokens.append((found[0], found[0], here))
        elif kind == "line" or kind == "block":
            at = _comment(text, here, at, mysql, len(tokens), comments)
        elif kind == "mixed":
            tokens += _mixed(found[0], here)
        elif kind == "quoted":
            tokens.append((QUOTED, found[0][1:-1].upper(), here))
        else:
            tokens.append((_KINDS[kind or "odd"], found[0], here))
    return Lexed(tokens, comments)


_KINDS = {
    "number": NUMBER, "string": STRING, "variable": VARIABLE, "operator": OPERATOR,
    "odd": ODD, "null": NUMBER,
}  # fmt: skip


def _mixed(text: str, here: int) -> list[Token]:
    """Digits and letters without a gap: 0x41 and 1e5, 1union as two tokens, 3rd as a name."""
    number = _IS_NUMBER.match(text)
    assert number is not None  # it begins with a digit
    rest = text[number.end() :].upper()
    if not rest:
        return [(NUMBER, text, here)]
    if rest in AFTER_NUMBER:
        return [(NUMBER, number[0], here), (WORD, rest, here + number.end())]
    return [(WORD, text.upper(), here)]


def _comment(
    text: str, here: int, at: int, mysql: bool, before: int, comments: list[Comment]
) -> int:
    """Note the comment that begins at `here` and give the offset where reading goes on."""
    if text.startswith("/*", here):
        if version := _VERSION.match(text, at) if mysql else None:
            comments.append(Comment("/*!", version[0][1:], before))
            return version.end()
        close = text.find("*/", at)
        stop = len(text) if close < 0 else close
        comments.append(Comment("/*", text[at:stop], before, close >= 0))
        return len(text) if close < 0 else close + 2
    ending = _LINE_END.search(text, at)
    stop = len(text) if ending is None else ending.start()
    comments.append(Comment(text[here:at], text[at:stop], before))
    return stop
