"""The places of a template that a value may be put into, and what it does to the statement there.

A text is a fragment of SQL in a place when a statement with it has another structure than with a
plain value: in quotes, when it closes them and what follows joins on; bare, when it is more than
one number or name. That is judged on the tokens, because most fragments are no SQL by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlwright.analyze.untrusted.constructs import constructs
from sqlwright.analyze.untrusted.lexer import STRING, WORD, Lexed, Token, lex
from sqlwright.analyze.untrusted.reader import is_complete, read
from sqlwright.analyze.untrusted.shapes import statement_at
from sqlwright.analyze.untrusted.state import Reading
from sqlwright.analyze.untrusted.words import CONNECTORS, PROBING, SPELLING, TELLING

#: Evidence that counts by itself, wherever it stands.
FIRM = frozenset(
    """union stacked waiting outside catalog failing constant-condition subquery spelled versioned
    probing""".split()
)
_MOST_WORDS = 2  # of a comment that is there to cut, not to say something
# a value as somebody types it before a quote: one word
_PLAIN = re.compile(r"\s*[\w.@%+:/\\-]{0,40}\s*")


@dataclass(frozen=True, slots=True)
class Seen:
    """What one place showed: kinds of evidence with their offsets in the text."""

    context: str
    evidence: dict[str, int]


def contexts(text: str) -> Iterator[Seen]:
    """Every place in which the text is more than a value, in every way of reading it."""
    quotes = [quote for quote in ("'", '"', "`") if quote in text]
    for mysql in (False, True) if _is_ambiguous(text) else (False,):
        for quote in quotes:
            if seen := _in_quotes(text, quote, mysql):
                yield seen
        if seen := _bare(text, mysql):
            yield seen


def _is_ambiguous(text: str) -> bool:
    """Whether MySQL reads the text in another way than the rest."""
    return "#" in text or "\\" in text or "--" in text or "/*!" in text


_NAMES = {"'": "single quotes", '"': "double quotes", "`": "backticks"}


def _in_quotes(text: str, quote: str, mysql: bool) -> Seen | None:
    lexed = lex(f"{quote}{text}{quote}", mysql=mysql)
    tokens = lexed.tokens
    if not tokens or tokens[0][0] not in (STRING, "q") or len(tokens) + len(lexed.comments) == 1:
        return None
    reading = read(tokens[1:], quoted=True)
    evidence = _firm(lexed, reading)
    if "stacked" in evidence and _is_quoted_query(lexed, evidence["stacked"]):
        del evidence["stacked"]
    if not evidence and (kind := _why_escaped(lexed, reading, quote)):
        evidence = {kind: _end_of(tokens[0])}
    # the quote of the template is no character of the text
    return Seen(_NAMES[quote], _shifted(evidence, -1)) if evidence else None


def _is_quoted_query(lexed: Lexed, offset: int) -> bool:
    """Whether a query stands in quotes behind several words, as people quote one they ask about."""
    verb = next((text for _, text, at in lexed.tokens if at == offset), "")
    return verb == "SELECT" and not _is_plain(lexed.tokens[0])


def _end_of(token: Token) -> int:
    return token[2] + len(token[1]) - 1


def _firm(lexed: Lexed, reading: Reading) -> dict[str, int]:
    evidence = {k: at for k, at in reading.evidence.items() if k in FIRM}
    for kind, at in constructs(lexed):
        if kind in FIRM:
            evidence.setdefault(kind, at)
    return evidence


def _shifted(evidence: dict[str, int], by: int) -> dict[str, int]:
    return {kind: max(at + by, 0) for kind, at in evidence.items()}


def _why_escaped(lexed: Lexed, reading: Reading, quote: str) -> str | None:
    """How the text closes the quotes and goes on, or None where what follows is no SQL."""
    evidence, tail = reading.evidence, lexed.tail
    # prose quotes words, signs and code too: there more than one word stands around the quotes
    plain = _is_plain(lexed.tokens[0]) and (tail is not None or _is_plain(lexed.tokens[-1]))
    if not plain and (tail is None or len(tail.body.split()) > _MOST_WORDS):
        return None
    if tail is None and quote == "`":
        return None
    if reading.broken is None or reading.broken > 0:
        for kind in ("order", "having"):
            if kind in evidence:
                return kind
        if "added-condition" in evidence:
            return "added-condition"
    if not is_complete(reading, cut_off=tail is not None) or _is_markup(lexed.tokens):
        return None
    called = any(name in PROBING or name in TELLING for name in reading.calls)
    if reading.signs or called or "case" in evidence or "union-cut" in evidence:
        return "escape"
    if tail is None:
        return None
    if reading.words or reading.closers or reading.commas or len(lexed.tokens) > 1:
        return "cut"
    return "cut" if plain and not tail.body.strip("-+ \t'\"`#") else None


def _is_plain(token: Token) -> bool:
    """Whether the token, where it is a string, holds one word at most."""
    kind, text, _ = token
    return kind != STRING or _PLAIN.fullmatch(text[1:-1]) is not None


def _is_markup(tokens: list[Token]) -> bool:
    """<name> between quotes."""
    return len(tokens) > 3 and tokens[1][1] == "<" and tokens[2][0] == WORD and tokens[3][1] == ">"


def _bare(text: str, mysql: bool) -> Seen | None:
    lexed = lex(text, mysql=mysql)
    if not lexed.tokens:
        return None
    if (verb := statement_at(lexed.tokens, 0)) and verb != "SELECT":
        return Seen("a statement", {"statement": lexed.tokens[0][2]})
    reading = read(lexed.tokens)
    evidence = _firm(lexed, reading)
    if not evidence and (kind := _why_more(lexed, reading)):
        evidence = {kind: lexed.tokens[0][2]}
    return Seen("a bare value", evidence) if evidence else None


def _why_more(lexed: Lexed, reading: Reading) -> str | None:
    """How the text is more than a number or a name where one stands bare, or None."""
    evidence, tail = reading.evidence, lexed.tail
    if "union-cut" in evidence and reading.solid and reading.broken is None:
        return "union-cut"
    if not is_complete(reading, cut_off=tail is not None):
        return None
    for kind in ("order", "having", "case"):
        if kind in evidence:
            return kind
    found = {kind for kind, _ in constructs(lexed)}
    for kind in ("telling", "system-variable"):
        if kind in found:
            return kind
    if "added-condition" in evidence and _begins_as_value(lexed.tokens[0]) and reading.solid:
        return "added-condition"
    if sum(call in SPELLING for call in reading.calls) > 1:
        return "calls"
    if tail is not None and reading.solid and _is_cut(lexed, reading):
        return "cut"
    return None


def _begins_as_value(token: Token) -> bool:
    """A name that is compared is a formula's or a program's; a value goes before what is added."""
    return token[0] != WORD or token[1] in CONNECTORS


def _is_cut(lexed: Lexed, reading: Reading) -> bool:
    """Whether the comment at the end of a bare value takes the rest of a statement."""
    tail = lexed.tail
    assert tail is not None
    named = any(kind == WORD and text not in CONNECTORS for kind, text, _ in reading.tokens)
    if len(tail.body.split()) >= _MOST_WORDS and named and not reading.calls:
        return False  # 50% off -- today only!
    if tail.style == "#":
        return bool(reading.signs + len(reading.calls)) and not tail.body.strip()
    return not tail.body.strip() or bool(reading.signs + reading.words + len(reading.calls))
