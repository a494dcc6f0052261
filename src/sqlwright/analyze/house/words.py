"""Checks of a house's standards that only the text can answer: case, AS, commas, lines."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import Token, TokenType

from sqlwright.analyze.finding import Finding
from sqlwright.analyze.house.entry import Checks, Standard

KEYWORDS = frozenset(
    "SELECT FROM WHERE GROUP ORDER BY HAVING LIMIT OFFSET UNION ALL EXCEPT INTERSECT DISTINCT AS ON"
    " USING JOIN INNER LEFT RIGHT FULL OUTER CROSS NATURAL LATERAL AND OR NOT IN EXISTS BETWEEN"
    " LIKE ILIKE IS NULL CASE WHEN THEN ELSE END WITH RECURSIVE INSERT INTO VALUES UPDATE SET"
    " DELETE CREATE TABLE VIEW INDEX DROP ALTER OVER PARTITION ROWS RANGE PRECEDING FOLLOWING"
    " UNBOUNDED ASC DESC NULLS FETCH QUALIFY WINDOW MERGE MATCHED RETURNING TRUE FALSE INTERVAL"
    " CAST".split()
)
_LAYOUT = ("max_line_length", "no_tabs", "no_trailing_blanks")
_WORDS = (
    "keyword_case", "function_case", "table_as", "column_as", "outer_word", "inner_word",
    "union_word", "not_equal", "commas", "casts", "semicolon", "opening_comment",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Around:
    """What stands beside a statement in its file: whether a comment opens it, a semicolon ends it.

    A statement that stands alone, as a query in a request, has neither.
    """

    has_comment: bool = False
    has_semicolon: bool = False


# (offset, in English, in Russian)
Seen = tuple[int, str, str]


def check_layout(text: str, standards: Sequence[Standard]) -> Iterator[Finding]:
    """What standards say of the lines of a file; without such standards nothing is looked at."""
    asked = [s for s in standards if any(getattr(s.checks, name) for name in _LAYOUT)]
    if not asked:
        return
    for number, line in enumerate(re.split(r"\r\n?|\n", text), 1):
        for standard in asked:
            checks = standard.checks
            most = checks.max_line_length
            if most is not None and len(line) > most:
                yield standard.broken(
                    f"the line has {len(line)} letters, {most} are allowed",
                    f"в строке {len(line)} знаков, допустимо {most}",
                    at=(number, most + 1),
                )
            if checks.no_tabs and "\t" in line:
                yield standard.broken(
                    "a tab in the line", "в строке табуляция", at=(number, line.index("\t") + 1)
                )
            if checks.no_trailing_blanks and line[-1:] in (" ", "\t"):
                at = len(line.rstrip()) + 1
                yield standard.broken(
                    "blanks at the end of the line", "пробелы в конце строки", at=(number, at)
                )


def check_words(
    tree: exp.Expr, text: str, dialect: str, standards: Sequence[Standard], around: Around
) -> Iterator[Finding]:
    """What standards say of how a statement is written; each kind is reported once a statement.

    Args:
        tree: read from the text: places in it are the text's.
        text: of the statement alone.
        dialect: of it.
        standards: of the house.
        around: what stands beside it in its file.
    """
    asked = [s for s in standards if any(getattr(s.checks, name) for name in _WORDS)]
    if not asked:
        return
    tokens = Dialect.get_or_raise(dialect).tokenize(text)
    lines = [0, *(found.end() for found in re.finditer(r"\r\n?|\n", text))]
    for standard in asked:
        for check in _CHECKS:
            seen = list(check(tokens, tree, text, standard.checks))
            if seen:
                offset, english, russian = seen[0]
                line = bisect_right(lines, offset)
                more = f" ({len(seen)} times)" if len(seen) > 1 else ""
                also = f" (всего {len(seen)})" if len(seen) > 1 else ""
                at = (line, offset - lines[line - 1] + 1)
                yield standard.broken(english + more, russian + also, at=at)
        yield from _beside(standard, around)


def _beside(standard: Standard, around: Around) -> Iterator[Finding]:
    if standard.checks.opening_comment and not around.has_comment:
        yield standard.broken(
            "no comment before the statement says what it is for",
            "перед командой нет комментария о том, зачем она",
            at=(1, 1),
        )
    wanted = standard.checks.semicolon
    if wanted is not None and around.has_semicolon != (wanted == "always"):
        yield standard.broken(
            f"a semicolon {'must' if wanted == 'always' else 'must not'} end the statement",
            f"точка с запятой в конце {'нужна' if wanted == 'always' else 'не нужна'}",
            at=(1, 1),
        )


def _is_in_case(word: str, case: str) -> bool:
    return word == (word.upper() if case == "upper" else word.lower())


def _keywords(tokens: list[Token], tree: exp.Expr, text: str, checks: Checks) -> Iterator[Seen]:
    if (case := checks.keyword_case) is None:
        return
    russian = "заглавными" if case == "upper" else "строчными"
    before = TokenType.SEMICOLON
    for token in tokens:
        for word in re.finditer(r"\w+", text[token.start : token.end + 1]):
            is_word = word[0].upper() in KEYWORDS and token.token_type not in _QUOTED
            if is_word and before != TokenType.DOT and not _is_in_case(word[0], case):
                yield (
                    token.start + word.start(),
                    f"the keyword {word[0]} is not in {case} case",
                    f"ключевое слово {word[0]} должно быть {russian} буквами",
                )
        before = token.token_type


_QUOTED = (TokenType.STRING, TokenType.IDENTIFIER, TokenType.HEREDOC_STRING, TokenType.NUMBER)


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    return frozenset(exp.FUNCTION_BY_NAME)


def _calls(tokens: list[Token], tree: exp.Expr, text: str, checks: Checks) -> Iterator[Seen]:
    if (case := checks.function_case) is None:
        return
    russian = "заглавными" if case == "upper" else "строчными"
    for token, after in pairwise(tokens):
        word = text[token.start : token.end + 1]
        if after.token_type != TokenType.L_PAREN or word.upper() in KEYWORDS - {"CAST"}:
            continue
        if word.upper() in _functions() and not _is_in_case(word, case):
            yield (
                token.start,
                f"the function {word} is not in {case} case",
                f"функция {word} должна быть {russian} буквами",
            )


def _aliases(tokens: list[Token], tree: exp.Expr, text: str, checks: Checks) -> Iterator[Seen]:
    if checks.table_as is not None:
        for alias in tree.find_all(exp.TableAlias):
            if not isinstance(alias.parent, exp.CTE) and alias.this is not None:
                yield from _as(alias.this, text, checks.table_as, "table", "таблицы")
    if checks.column_as is not None:
        for output in tree.find_all(exp.Alias):
            if isinstance(output.parent, exp.Select) and output.args.get("alias") is not None:
                name = output.args["alias"]
                yield from _as(name, text, checks.column_as, "column", "столбца")


def _as(name: exp.Expr, text: str, wanted: str, english: str, russian: str) -> Iterator[Seen]:
    start = name.meta.get("start")
    if start is None:
        return
    before = re.search(r"\bAS\s*\Z", text[max(0, start - 60) : start], re.I)
    if (before is not None) != (wanted == "always"):
        says = "no AS stands" if wanted == "always" else "AS stands"
        means = "нет AS" if wanted == "always" else "стоит AS"
        yield (
            start,
            f"{says} before the {english}'s alias {name.name}",
            f"перед псевдонимом {russian} {name.name} {means}",
        )


def _joins(tokens: list[Token], tree: exp.Expr, text: str, checks: Checks) -> Iterator[Seen]:
    words = [token.text.upper() for token in tokens]
    for at, token in enumerate(tokens):
        if words[at] == "JOIN":
            before = words[at - 1] if at else ""
            if before in ("LEFT", "RIGHT", "FULL", "OUTER") and checks.outer_word is not None:
                yield from _word(token, "OUTER", before == "OUTER", checks.outer_word)
            elif before not in _JOIN_WORDS and checks.inner_word is not None:
                yield from _word(token, "INNER", before == "INNER", checks.inner_word)
        elif words[at] == "UNION" and checks.union_word is not None and at + 1 < len(words):
            said = words[at + 1] in ("ALL", "DISTINCT")
            yield from _word(token, "ALL or DISTINCT", said, checks.union_word)


_JOIN_WORDS = ("CROSS", "NATURAL", "LEFT", "RIGHT", "FULL", "OUTER", "SEMI", "ANTI", "ASOF",
               "STRAIGHT", "GLOBAL", "ANY", "ARRAY")  # fmt: skip


def _word(token: Token, word: str, is_said: bool, wanted: str) -> Iterator[Seen]:
    if is_said != (wanted == "always"):
        russian = word.replace(" or ", " или ")
        where = token.text.upper()
        yield (
            token.start,
            f"{word} is {'missing' if wanted == 'always' else 'needless'} at {where}",
            f"{russian} при {where} {'нужно' if wanted == 'always' else 'лишнее'}",
        )


def _signs(tokens: list[Token], tree: exp.Expr, text: str, checks: Checks) -> Iterator[Seen]:
    for token in tokens:
        sign = text[token.start : token.end + 1]
        if token.token_type == TokenType.NEQ and checks.not_equal not in (None, sign):
            yield (
                token.start,
                f"{sign} stands for {checks.not_equal}",
                f"написано {sign} вместо {checks.not_equal}",
            )
        if checks.casts == "cast" and token.token_type == TokenType.DCOLON:
            yield token.start, ":: stands for CAST", "написано :: вместо CAST"
        if checks.casts == "::" and sign.upper() in ("CAST", "CONVERT"):
            yield token.start, f"{sign} stands for ::", f"написано {sign} вместо ::"


def _commas(tokens: list[Token], tree: exp.Expr, text: str, checks: Checks) -> Iterator[Seen]:
    if checks.commas is None:
        return
    for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if token.token_type != TokenType.COMMA:
            continue
        is_first = "\n" in text[before.end + 1 : token.start]
        is_last = "\n" in text[token.end + 1 : after.start]
        if checks.commas == "trailing" and is_first and not is_last:
            yield token.start, "a comma begins the line", "строка начинается с запятой"
        elif checks.commas == "leading" and is_last and not is_first:
            yield token.start, "a comma ends the line", "строка кончается запятой"


_CHECKS: tuple[Callable[[list[Token], exp.Expr, str, Checks], Iterator[Seen]], ...] = (
    _keywords, _calls, _aliases, _joins, _signs, _commas,
)  # fmt: skip
