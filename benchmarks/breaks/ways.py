"""Ways to break a text: slips of fingers, lost and doubled tokens, names and words of elsewhere.

Each takes the text and a source of chance and returns a broken text, or None where it does not fit.
They look at letters and tokens alone; whether the result is broken, an engine says.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Way = Callable[[str, Random, "Names"], str | None]
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|[A-Za-z_][\w$]*|\d+(?:\.\d+)?|<=|>=|<>|!=|\|\||\S")
_LETTERS = "abcdefghijklmnopqrstuvwxyz_0123456789"
_WORDS = (
    "select from where group by order having join on and or between like in not case when then "
    "else end as distinct exists union all is null limit left inner with"
).split()


class Names:
    """What the schema calls tables and columns, in lower case."""

    def __init__(self, tables: set[str], columns: set[str]) -> None:
        self.tables, self.columns = tables, columns


def _tokens(text: str) -> list[re.Match[str]]:
    return list(_TOKEN.finditer(text))


def _pick(rng: Random, found: list[re.Match[str]]) -> re.Match[str] | None:
    return rng.choice(found) if found else None


def _put(text: str, match: re.Match[str], new: str) -> str:
    return text[: match.start()] + new + text[match.end() :]


def _slip(word: str, rng: Random) -> str:
    """The word with one letter lost, doubled, swapped, replaced or put in."""
    place = rng.randrange(len(word))
    kind = rng.randrange(5)
    if kind == 0 and len(word) > 2:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2 and len(word) > 2:
        place = min(place, len(word) - 2)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    letter = rng.choice(_LETTERS)
    if kind == 3 and place:
        return word[:place] + letter + word[place + 1 :]
    return word[: place + 1] + letter + word[place + 1 :]


def character_lost(text: str, rng: Random, names: Names) -> str | None:
    """Any one character of the text is lost."""
    place = rng.choice([n for n, letter in enumerate(text) if not letter.isspace()])
    return text[:place] + text[place + 1 :]


def character_put_in(text: str, rng: Random, names: Names) -> str | None:
    """A letter or mark is put in anywhere."""
    place = rng.randrange(len(text))
    return text[:place] + rng.choice(_LETTERS + ",.();'=") + text[place:]


def characters_swapped(text: str, rng: Random, names: Names) -> str | None:
    """Two neighboring characters change places."""
    found = [n for n in range(len(text) - 1) if text[n] != text[n + 1]]
    place = rng.choice(found)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def token_lost(text: str, rng: Random, names: Names) -> str | None:
    """A keyword or mark is lost; values and names are not, for nobody could guess them."""
    found = [
        m
        for m in _tokens(text)
        if m.group().lower() in _WORDS or not re.match(r"[\w'\"]", m.group())
    ]
    match = _pick(rng, found)
    return _put(text, match, "") if match else None


def token_doubled(text: str, rng: Random, names: Names) -> str | None:
    """A token stands twice."""
    match = _pick(rng, _tokens(text))
    return _put(text, match, f"{match.group()} {match.group()}") if match else None


def tokens_swapped(text: str, rng: Random, names: Names) -> str | None:
    """Two neighboring tokens change places."""
    found = _tokens(text)
    number = rng.randrange(len(found) - 1)
    one, other = found[number], found[number + 1]
    return (
        text[: one.start()]
        + other.group()
        + text[one.end() : other.start()]
        + one.group()
        + text[other.end() :]
    )


def keyword_misspelled(text: str, rng: Random, names: Names) -> str | None:
    """A keyword of three letters or more has a slip."""
    match = _pick(
        rng, [m for m in _tokens(text) if m.group().lower() in _WORDS and len(m.group()) > 2]
    )
    return _put(text, match, _slip(match.group(), rng)) if match else None


def column_misspelled(text: str, rng: Random, names: Names) -> str | None:
    """A column has a slip in its name."""
    match = _pick(rng, [m for m in _tokens(text) if m.group().lower() in names.columns])
    return _put(text, match, _slip(match.group(), rng)) if match else None


def column_in_other_form(text: str, rng: Random, names: Names) -> str | None:
    """A column without its underscores or prefix, in camelCase, or with a plural."""
    match = _pick(rng, [m for m in _tokens(text) if m.group().lower() in names.columns])
    if match is None:
        return None
    name = match.group()
    camel = re.sub(r"_(\w)", lambda m: m[1].upper(), name)
    forms = [name.replace("_", ""), name + "s", camel, re.sub(r"^[a-z]{1,2}_", "", name)]
    return _put(text, match, rng.choice(forms))


def table_misspelled(text: str, rng: Random, names: Names) -> str | None:
    """A table has a slip in its name, or a plural too many or too few."""
    match = _pick(rng, [m for m in _tokens(text) if m.group().lower() in names.tables])
    if match is None:
        return None
    name = match.group()
    new = name.removesuffix("s") if name.endswith("s") else name + "s"
    return _put(text, match, new if rng.random() < 0.3 else _slip(name, rng))


def qualifier_wrong(text: str, rng: Random, names: Names) -> str | None:
    """What stands before a dot has a slip, or is another one of the text's."""
    found = list(re.finditer(r"\b([A-Za-z_]\w*)\.(?=\w)", text))
    match = _pick(rng, found)
    if match is None:
        return None
    others = sorted({m[1] for m in found} - {match[1]})
    wrong = rng.choice(others) if others and rng.random() < 0.5 else _slip(match[1], rng)
    return text[: match.start(1)] + wrong + text[match.end(1) :]


def qualifier_lost(text: str, rng: Random, names: Names) -> str | None:
    """A column loses what stands before its dot."""
    match = _pick(rng, list(re.finditer(r"\b[A-Za-z_]\w*\.(?=\w)", text)))
    return _put(text, match, "") if match else None


def comma_lost(text: str, rng: Random, names: Names) -> str | None:
    """A list lacks a comma."""
    match = _pick(rng, [m for m in _tokens(text) if m.group() == ","])
    return _put(text, match, " ") if match else None


def comma_too_many(text: str, rng: Random, names: Names) -> str | None:
    """A comma before a clause or a closing parenthesis."""
    match = _pick(
        rng, list(re.finditer(r"\s*(\)|\bfrom\b|\bwhere\b|\border\b)", text, re.IGNORECASE))
    )
    return text[: match.start()] + "," + text[match.start() :] if match else None


def parenthesis_lost(text: str, rng: Random, names: Names) -> str | None:
    """A parenthesis is lost."""
    match = _pick(rng, [m for m in _tokens(text) if m.group() in "()"])
    return _put(text, match, "") if match else None


def parenthesis_too_many(text: str, rng: Random, names: Names) -> str | None:
    """A parenthesis stands twice."""
    match = _pick(rng, [m for m in _tokens(text) if m.group() in "()"])
    return _put(text, match, match.group() * 2) if match else None


def quote_lost(text: str, rng: Random, names: Names) -> str | None:
    """A quote is lost."""
    match = _pick(rng, list(re.finditer("'", text)))
    return _put(text, match, "") if match else None


def quotes_smart(text: str, rng: Random, names: Names) -> str | None:
    """A text stands in typographic quotes."""
    match = _pick(rng, list(re.finditer(r"'([^'\n]*)'", text)))
    return _put(text, match, f"‘{match[1]}’") if match else None


def letters_alike(text: str, rng: Random, names: Names) -> str | None:
    """A name holds a Cyrillic letter, or a mark is a full-width one."""
    if rng.random() < 0.5:
        match = _pick(rng, [m for m in _tokens(text) if m.group() in ",()="])
        wide = {",": "，", "(": "（", ")": "）", "=": "＝"}
        return _put(text, match, wide[match.group()]) if match else None
    match = _pick(rng, [m for m in _tokens(text) if re.fullmatch(r"\w*[aeoc]\w*", m.group())])
    if match is None:
        return None
    letter = re.search("[aeoc]", match.group())
    assert letter is not None
    alike = {"a": "а", "e": "е", "o": "о", "c": "с"}[letter.group()]
    return _put(text, match, match.group().replace(letter.group(), alike, 1))


def clauses_swapped(text: str, rng: Random, names: Names) -> str | None:
    """Two clauses of the outer query change places."""
    starts, depth = [], 0
    for match in _tokens(text):
        depth += (match.group() == "(") - (match.group() == ")")
        if depth == 0 and match.group().lower() in ("where", "group", "having", "order", "limit"):
            starts.append(match.start())
    if len(starts) < 2:
        return None
    number = rng.randrange(len(starts) - 1)
    ends = [*starts[1:], len(text)]
    one, other = text[starts[number] : ends[number]], text[starts[number + 1] : ends[number + 1]]
    return (
        text[: starts[number]]
        + other.rstrip()
        + "\n"
        + one.rstrip()
        + "\n"
        + text[ends[number + 1] :]
    )


def group_key_lost(text: str, rng: Random, names: Names) -> str | None:
    """GROUP BY lacks a key, or is lost whole."""
    match = _pick(
        rng, list(re.finditer(r"\bgroup\s+by\s+((?:[\w.]+\s*,\s*)*[\w.]+)", text, re.IGNORECASE))
    )
    if match is None:
        return None
    keys = re.findall(r"[\w.]+", match[1])
    if len(keys) == 1:
        return _put(text, match, "")
    lost = rng.randrange(len(keys))
    return (
        text[: match.start(1)]
        + ", ".join(k for n, k in enumerate(keys) if n != lost)
        + text[match.end(1) :]
    )


def aggregate_in_where(text: str, rng: Random, names: Names) -> str | None:
    """HAVING written as WHERE, or as one more condition before GROUP BY."""
    one = r"\bgroup\s+by\s+[\w.,\s]+?\bhaving\b\s+([^()]*\([^()]*\)[^()]*?)"
    match = re.search(one + r"(?=\)|order|limit|;|$)", text, re.IGNORECASE)
    if match is None:
        return None
    group = text[match.start() : text.lower().index("having", match.start())]
    word = "and" if re.search(r"\bwhere\b", text[: match.start()], re.IGNORECASE) else "where"
    return text[: match.start()] + f"{word} {match[1].strip()} {group}" + text[match.end() :]


_ELSEWHERE = (
    (r"\bcoalesce\(", ("nvl(", "isnull(", "ifnull(")),
    (r"\bsubstring\(", ("substrb(", "mid(", "substr(")),
    (r"\blimit\s+(\d+)\s*;?\s*$", ("fetch first \\1 rows", "limit 0, \\1")),
    (r"\bcurrent_timestamp\b", ("getdate()", "sysdate()")),
    (r"\blength\(", ("len(",)),
    (r"\bexcept\b", ("minus",)),
)


def words_of_elsewhere(text: str, rng: Random, names: Names) -> str | None:
    """A function or clause as another engine writes it."""
    found = [(p, new) for p, new in _ELSEWHERE if re.search(p, text, re.IGNORECASE)]
    if re.search(r"\blimit\s+\d+\s*;?\s*$", text, re.IGNORECASE) and rng.random() < 0.4:
        amount = re.findall(r"\blimit\s+(\d+)", text, re.IGNORECASE)[-1]
        head = re.sub(r"\blimit\s+\d+\s*;?\s*$", "", text, flags=re.IGNORECASE)
        if re.match(r"\s*select\b", head, re.IGNORECASE):
            return re.sub(r"\bselect\b", f"select top {amount}", head, count=1, flags=re.IGNORECASE)
    if not found:
        return None
    pattern, new = rng.choice(found)
    return re.sub(pattern, rng.choice(new), text, count=1, flags=re.IGNORECASE)


def operator_wrong(text: str, rng: Random, names: Names) -> str | None:
    """An operator of programming languages, or one torn apart."""
    wrong = {"=": ["= =", "=== "], "<=": ["=<", "< ="], ">=": ["=>", "> ="], "<>": ["< >", "><"]}
    match = _pick(rng, [m for m in _tokens(text) if m.group() in wrong])
    return _put(text, match, rng.choice(wrong[match.group()])) if match else None


def name_in_mysql_quotes(text: str, rng: Random, names: Names) -> str | None:
    """A name in backticks or brackets."""
    match = _pick(
        rng, [m for m in _tokens(text) if m.group().lower() in names.columns | names.tables]
    )
    if match is None:
        return None
    return _put(text, match, rng.choice((f"`{match.group()}`", f"[{match.group()}]")))


WAYS: tuple[Way, ...] = (
    character_lost,
    character_put_in,
    characters_swapped,
    token_lost,
    token_doubled,
    tokens_swapped,
    keyword_misspelled,
    column_misspelled,
    column_in_other_form,
    table_misspelled,
    qualifier_wrong,
    qualifier_lost,
    comma_lost,
    comma_too_many,
    parenthesis_lost,
    parenthesis_too_many,
    quote_lost,
    quotes_smart,
    letters_alike,
    clauses_swapped,
    group_key_lost,
    aggregate_in_where,
    words_of_elsewhere,
    operator_wrong,
    name_in_mysql_quotes,
)
