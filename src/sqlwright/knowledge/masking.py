"""Masks what knowledge must not keep: constants of running systems, passwords, personal data.

It errs on the side of masking. Names of people, and what only a reader would recognize, it does
not find.
"""

from __future__ import annotations

import re

from sqlglot import exp

#: What stands for constants: of their kinds, so that most masked queries still run.
TEXT, NUMBER, DATE, TIMESTAMP = "?", "0", "2000-01-01", "2000-01-01 00:00:00"
LONGEST_LIMIT = 100  # stands for a LIMIT that was a parameter

# Repeats that never give back (++) keep long lines from taking time that grows with their square.
_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]++://)[^\s/@'\":]*+:[^\s/'\"]*@")
# of libpq's and JDBC's settings: only in lines that say where to connect, and no columns of a query
_SETTING = re.compile(r"\b(?:host|dbname|database|user|username|server|uid)=", re.IGNORECASE)
_PASSWORD = re.compile(
    r"(?<![\w.])((?:password|passwd|pwd)=)(?!\w+\.(?:password|passwd|pwd)\b)"
    r"(?:'[^'\n]*+'|[^\s;&,'\"()]++(?!\())",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@(?:[\w-]++\.)+[^\W\d_]{2,}+(?![\w-])")
# Groups must be split or begin with +: a bare run of digits is more often a number than a phone,
# but for Russian mobile numbers, which people write that way.
_PHONE = re.compile(
    r"(?<![\w.+-])(?:"
    r"\+\d{1,3}[ .-]?(?:\(\d{1,5}\)|\d{1,5})(?:[ .-]?\d{1,4}){2,5}"
    r"|(?:\d{1,3}[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-](?:\d{4}|\d{2}[ .-]\d{2})"
    r"|[78] ?\(\d{3,5}\) ?\d{1,3}(?:[ -]?\d{2}){2}"
    r"|[78]9\d{9}"
    r")(?![\w-])"
)
_CARD = re.compile(
    r"(?<![\w.-])[2-6]\d{3}(?:\d{9,15}|(?:[ -]\d{4}){3}(?:[ -]?\d{3})?|[ -]\d{6}[ -]\d{5})(?![\w-])"
)


def personal(text: str) -> str:
    """The text without passwords in addresses, e-mail addresses, phone and card numbers.

    Digits become zeros in their places: a query with such a constant still parses.
    """
    if "@" in text:
        text = _EMAIL.sub("<email>", _ADDRESS.sub(r"\1***@", text))
    if _SETTING.search(text):
        text = "".join(
            _PASSWORD.sub(r"\1***", line) if _SETTING.search(line) else line
            for line in text.splitlines(keepends=True)
        )
    text = _CARD.sub(lambda found: _zeros(found[0]) if _is_card(found[0]) else found[0], text)
    return _PHONE.sub(lambda found: _zeros(found[0]), text)


def _zeros(text: str) -> str:
    return re.sub(r"\d", "0", text)


def _is_card(text: str) -> bool:
    """Do the digits end with the check digit of Luhn (ISO/IEC 7812-1)?"""
    digits = [int(letter) for letter in reversed(text) if letter.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def literals(query: exp.Query) -> exp.Query:
    """A copy with its constants masked; of plain constants its fingerprint stays the same.

    What stays, because it says how the query is made and nothing about a row: the number of LIMIT
    and FETCH, positions in GROUP BY and ORDER BY, lengths of types, short intervals, formats of
    dates, keys of JSON paths, bounds of windows, and 0 and 1 where a query counts or switches.
    """
    copy = query.copy()
    for node in list(copy.find_all(*_CONSTANTS)):
        if not _is_structure(node):
            node.replace(_placeholder(node))
    for group in copy.find_all(exp.In):
        if group.expressions and all(isinstance(e, exp.Literal) for e in group.expressions):
            group.set("expressions", group.expressions[:1])  # how many were asked for is data too
    return copy


def alike(*queries: exp.Query) -> tuple[exp.Query, ...]:
    """Copies with their constants masked alike in all: what was equal, or less, stays so.

    For a query beside what it became, which must go on saying the same of each other. Each text
    becomes `?`, `?2` and so on, with the % that it begins or ends with; numbers of five digits and
    more, which may be somebody's, become 10001 and so on by their size. Dates and shorter numbers
    stay: the sense of a rewrite may hang on them.
    """
    copies = tuple(query.copy() for query in queries)
    nodes = [node for copy in copies for node in copy.find_all(*_CONSTANTS)]
    masked = [node for node in nodes if not _is_structure(node)]
    texts: dict[str, str] = {}
    long = {node.name for node in masked if _is_long_number(node)}
    numbers = {name: 10_000 + n for n, name in enumerate(sorted(long, key=float), 1)}
    for node in masked:
        if node.name in numbers and _is_long_number(node):
            node.replace(exp.Literal.number(numbers[node.name]))
        elif not _is_number(node) and not _DATE.match(node.name):
            bare = node.name.strip("%")
            mark = texts.setdefault(bare, TEXT + (str(len(texts) + 1) if texts else ""))
            before, _, after = node.name.partition(bare) if bare else (node.name, "", "")
            node.replace(exp.Literal.string(f"{before}{mark if bare else ''}{after}"))
    return copies


def _is_number(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and not node.is_string


def _is_long_number(node: exp.Expr) -> bool:
    return _is_number(node) and re.fullmatch(r"\d{5,}(\.\d*)?", node.name) is not None


_DATE = re.compile(r"\d{4}-\d\d?(-\d\d?)?([ T][\d:.]+([+-][\d:]+|Z)?)?$")


_CONSTANTS = (
    exp.Literal, exp.National, exp.RawString, exp.ByteString, exp.UnicodeString, exp.HexString,
    exp.BitString,
)  # fmt: skip


def _is_structure(node: exp.Expr) -> bool:
    parent, place = node.parent, node.arg_key
    if not isinstance(node, exp.Literal) or parent is None:
        return False
    if place == "format":
        return True
    if isinstance(parent, exp.Interval):
        return re.fullmatch(r"\d{1,4}", node.name) is not None and bool(parent.args.get("unit"))
    if node.is_string:
        return False
    if isinstance(
        parent, exp.Limit | exp.Fetch | exp.Group | exp.Ordered | exp.DataTypeParam | exp.WindowSpec
    ):
        return True
    counts = isinstance(parent, exp.Coalesce | exp.Select) or place in ("true", "default")
    return counts and node.name in ("0", "1")


def _placeholder(node: exp.Expr) -> exp.Expr:
    if isinstance(node.parent, exp.Limit):
        return exp.Literal.number(LONGEST_LIMIT)
    if isinstance(node.parent, exp.Offset):
        return exp.Literal.number(NUMBER)
    if isinstance(node, exp.Literal) and not node.is_string:
        return exp.Literal.number(NUMBER)
    if re.fullmatch(r"\d{4}-\d\d?-\d\d?", node.name):
        return exp.Literal.string(DATE)
    if re.match(r"\d{4}-\d\d?-\d\d?[ T]\d", node.name):
        return exp.Literal.string(TIMESTAMP)
    return exp.Literal.string(TEXT)


_PIECES = re.compile(
    r"(?P<string>\be'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)"
    r'|(?P<name>"(?:[^"]|"")*"|`[^`]*`)'
    r"|(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<numbered>\$\d+)"
    # elsewhere ? is an operator of jsonb, and : begins the end of a slice
    r"|(?P<before>(?:[=<>(,+*/|-]|\b(?:and|between|else|in|i?like|limit|not|offset|or|select|then"
    r"|when))\s*)(?P<parameter>\?|%s|%\(\w+\)s|:[A-Za-z_]\w*)"
    r"|(?P<number>(?<![\w.$])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)",
    re.DOTALL | re.IGNORECASE,
)


def without_parameters(text: str) -> str:
    """The SQL with '?' for each parameter ($1, ?, %s, :name): only whole queries can be read."""

    def replaced(found: re.Match[str]) -> str:
        if found["numbered"]:
            return f"'{TEXT}'"
        return f"{found['before']}'{TEXT}'" if found["parameter"] else found[0]

    return _PIECES.sub(replaced, text)


def outline(text: str) -> str:
    """What calls of one query share, by its letters alone: cheap, to parse each query only once."""

    def replaced(found: re.Match[str]) -> str:
        if found["comment"]:
            return " "
        if found["string"] or found["number"] or found["numbered"]:
            return TEXT
        return found[0]

    flat = " ".join(_PIECES.sub(replaced, text).split())
    return re.sub(r" ?([(),;=<>]) ?", r"\1", flat)
