"""Other readings of a text: what it becomes when something on its way decodes it once more."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

_PERCENT = re.compile(r"%[0-9a-fA-F]{2}|%u[0-9a-fA-F]{4}")
_U_PERCENT = re.compile(r"%u([0-9a-fA-F]{4})")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#[xX][0-9a-fA-F]{1,5}|apos|quot|lt|gt|amp|lpar|rpar);")
# what some converters make a plain quote of
_QUOTES = str.maketrans(
    dict.fromkeys("\u02b9\u02bc\u02c8\u2018\u2019\u201b\u2032\u0301\uff07", "'")
    | dict.fromkeys("\u02ba\u201c\u201d\u2033\uff02", '"')
)


def decode_url(text: str, *, plus: bool = True) -> str:
    """The text without its URL encoding; bytes that are no UTF-8 are Latin-1."""
    if plus:
        text = text.replace("+", " ")
    text = _U_PERCENT.sub(lambda found: chr(int(found[1], 16)), text)
    if "%" not in text:
        return text
    raw = unquote_to_bytes(text)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def readings(text: str, *, url_encoded: bool = False) -> Iterator[tuple[str, str]]:
    """The text and what it may become, each with how: "" for as it stands. Never twice the same."""
    seen = set()
    for how, reading in _readings(text, url_encoded):
        if reading not in seen:
            seen.add(reading)
            yield how, reading


def _readings(text: str, url_encoded: bool) -> Iterator[tuple[str, str]]:
    if url_encoded:
        encoded, text = text, decode_url(text)
        yield "", text
        if "+" in encoded:  # was it encoded as a form, or as a path?
            yield "", decode_url(encoded, plus=False)
    else:
        yield "", text
    once = "double URL encoding" if url_encoded else "URL encoding"
    inner = text
    for how in (once, "double URL encoding"):
        if not _PERCENT.search(inner):
            break
        inner = decode_url(inner)
        yield how, inner
    if _ENTITY.search(inner):
        yield "HTML entities", html.unescape(inner)
    if _ESCAPE.search(inner):
        yield "escaped characters", _ESCAPE.sub(lambda f: chr(int(f[1] or f[2], 16)), inner)
    if not inner.isascii():
        folded = unicodedata.normalize("NFKC", inner.translate(_QUOTES))
        yield "unusual quotes or letters", folded
