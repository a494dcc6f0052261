"""Letters that only look like SQL's: smart quotes, full-width marks, Cyrillic letters in a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlwright.repair.changes import Option, option
from sqlwright.repair.pieces import Splice

_MARKS = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "“": '"', "”": '"', "„": '"',
    "«": "'", "»": "'", "，": ",", "；": ";", "（": "(", "）": ")", "＝": "=", "＜": "<", "＞": ">",
    "。": ".", "．": ".", "、": ",", "＊": "*", "＋": "+", "－": "-", "–": "-", "—": "-", "−": "-",
    "\u00a0": " ", "\u3000": " ", "\u200b": "", "\ufeff": "", "\u2009": " ", "\u202f": " ",
    "\u200c": "", "\u200d": "", "％": "%", "！": "!", "：": ":", "＂": '"', "＇": "'", "／": "/",
    "≤": "<=", "≥": ">=", "≠": "<>", "×": "*", "【": "(", "】": ")", "｜": "|", "\u00ad": "",
}  # fmt: skip
_CYRILLIC = str.maketrans("АВЕКМНОРСТХУІЈЅаеорсухіјѕ", "ABEKMHOPCTXYIJSaeopcyxijs")
_FULL_WIDTH = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B),
                                                *range(0xFF41, 0xFF5B))}  # fmt: skip
_SKIP = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


def character_options(text: str, dialect: str) -> Iterator[Option]:
    """All such letters outside texts and comments replaced in one step."""
    marks = "".join(mark for mark in _MARKS if mark != "`")
    bare = _SKIP.sub(lambda match: " " * len(match.group()), text)  # texts and comments blanked
    outside = [match.start() for match in re.finditer(f"[{re.escape(marks)}]", bare)]
    if outside:
        splices: list[Splice] = [(s, s + 1, _MARKS[text[s]]) for s in outside]
        shown = " ".join(dict.fromkeys(text[s] for s in outside))
        told = (f"{shown} only look like the marks of SQL", f"{shown} лишь похожи на знаки SQL")
        yield option(text, splices, "look-alike", 0.3, told)
        single = [(s, e, "'" if n == '"' else n) for s, e, n in splices]
        if single != splices:
            yield option(text, single, "look-alike", 0.45, told)
    words = []
    for match in re.finditer(r"\w*[^\W\x00-\x7f]\w*", bare):
        new = match.group().translate(_FULL_WIDTH)
        if re.search("[A-Za-z]", new) or new.translate(_CYRILLIC).isascii():
            new = new.translate(_CYRILLIC)
        if new != match.group() and new.isascii():
            words.append((match.start(), match.end(), new))
    if words:
        shown = ", ".join(new for _, _, new in words)
        told = (f"letters of another alphabet in {shown}", f"буквы другого алфавита в {shown}")
        yield option(text, words, "look-alike", 0.3, told)
