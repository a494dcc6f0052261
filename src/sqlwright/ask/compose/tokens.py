"""The words of a question with their places: what later readings point at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlwright.knowledge.words import stem

_TOKEN = re.compile(
    r"(?P<quoted>\"[^\"]{1,80}\"|'[^'\s][^']{0,78}'(?!\w)|«[^»]{1,80}»|“[^”]{1,80}”)"
    r"|(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4})(?![\w-])"
    r"|(?P<number>-?(?:\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+|\d+)(?:[.,]\d+)?)(?![\w#]|-\w)"
    r"|(?P<word>[^\W_](?:[\w#@&]|[-./+’'](?=\w))*)"
    r"|(?P<mark>[^\w\s])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, date, quoted text or mark.

    Attributes:
        plain: in lower case, е for ё, without 's; of a quoted text what stands inside, as it is.
        start: where it begins in the question; `end` is behind its last letter.
    """

    kind: str
    text: str
    plain: str
    stem: str
    start: int
    end: int


def lowered(text: str) -> str:
    """The text in lower case with е for ё, letter by letter: places stay what they are."""
    folded = (letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return "".join(folded).replace("ё", "е").replace("’", "'")


def tokenize(question: str) -> tuple[Token, ...]:
    """The tokens of the question, in order."""
    found = []
    for match in _TOKEN.finditer(question):
        kind, text = match.lastgroup or "mark", match[0]
        plain = lowered(text)
        if kind == "quoted":
            plain = text[1:-1].strip()
        elif kind == "word":
            plain = re.sub(r"'s?$", "", plain)
        found.append(Token(kind, text, plain, stem(plain), match.start(), match.end()))
    return tuple(found)


def covered(tokens: tuple[Token, ...], start: int, end: int) -> tuple[int, int]:
    """The tokens that the letters from start to end touch, as a half-open range."""
    inside = [n for n, token in enumerate(tokens) if token.start < end and token.end > start]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def number_of(token: Token) -> float | int | None:
    """The value of a number, written in figures or as a word; None of other tokens."""
    if token.kind == "number":
        text = re.sub(r"[ \u00a0\u202f]", "", token.text)
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text):
            text = text.replace(",", "")
        text = text.replace(",", ".")
        return float(text) if "." in text else int(text)
    if match := _SHORT.fullmatch(token.plain):
        value = float(match[1].replace(",", ".")) * SCALES[match[2]]
        return int(value) if value.is_integer() else value
    return _WORDS.get(token.plain)


_SHORT = re.compile(r"(\d+(?:[.,]\d+)?)(k|m|mln|к|тыс|млн)")


def value_of(word: str) -> float | int:
    """The number that a word of `number_words` is."""
    return _WORDS[word]


def number_words() -> tuple[str, ...]:
    """The words that are numbers."""
    return tuple(_WORDS)


_WORDS = {
    word: number
    for number, said in enumerate(
        (
            "zero ноль нуля нулю",
            "one один одна одно одного одной одному",
            "two два две двух двумя двум",
            "three три трех тремя трем",
            "four четыре четырех четырьмя",
            "five пять пяти пятью",
            "six шесть шести",
            "seven семь семи",
            "eight восемь восьми",
            "nine девять девяти",
            "ten десять десяти десятка десятку",
            "eleven одиннадцать",
            "twelve двенадцать двенадцати dozen",
        )
    )
    for word in said.split()
} | {
    "fifteen": 15, "пятнадцать": 15, "twenty": 20, "двадцать": 20, "двадцати": 20, "thirty": 30,
    "тридцать": 30, "fifty": 50, "пятьдесят": 50, "hundred": 100, "сто": 100, "ста": 100,
    "сотни": 100, "thousand": 1000, "тысяча": 1000, "тысячи": 1000, "million": 1_000_000,
    "миллион": 1_000_000, "миллиона": 1_000_000,
}  # fmt: skip

SCALES = {"thousand": 1000, "тыс": 1000, "тысяч": 1000, "тысячи": 1000, "тысячам": 1000,
          "million": 1_000_000, "млн": 1_000_000, "миллиона": 1_000_000, "миллионов": 1_000_000,
          "hundred": 100, "k": 1000, "к": 1000, "m": 1_000_000,
          "mln": 1_000_000}  # fmt: skip
