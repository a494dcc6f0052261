"""Takes a file apart into its statements, each with its place, and reads one of them.

Everything is done once for each letter: a file of a megabyte takes ten times one of a tenth.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.tokenizer_core import Token, TokenType

from sqlwright import sql
from sqlwright.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file: its text from its first word to its last, and where it begins.

    `is_block` tells a procedure, trigger or anonymous block, whose inside is not read.
    """

    text: str
    offset: int
    line: int
    column: int
    is_block: bool = False

    def place(self, line: int, column: int) -> tuple[int, int]:
        """A place in the statement as one in its file; (0, 0) stays so."""
        if not line:
            return line, column
        return line + self.line - 1, column + self.column - 1 if line == 1 else column


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a statement cannot be read, and where in it."""

    line: int
    column: int
    reason: str
    near: str = ""


def any_dialect(name: str) -> str:
    """sqlglot's name for any dialect that it reads.

    Raises:
        UsageError: if it reads none of that name, with the nearest one.
    """
    if (known := sql.DIALECTS.get(name.lower())) is not None:
        return known
    names = sorted(n for n in Dialect.classes if n not in ("", "dax", "prql"))
    if name.lower() in names:
        return name.lower()
    hint = did_you_mean(name, [*sql.DIALECTS, *names]) or f" Use one of {', '.join(names)}."
    raise UsageError(f"unknown dialect {name}.{hint}")


def split(text: str, dialect: str) -> list[Statement]:
    """The statements of the text, in order; comments between them belong to none."""
    lines = line_starts(text)
    readable = _with_plain_ends(text, dialect)
    try:
        return list(_statements(readable, 0, lines, dialect))
    except TokenError:
        # a quote that nothing closes would swallow the rest: look for ends of statements without it
        found: list[Statement] = []
        for start, end in _pieces(readable):
            try:
                found += _statements(readable[start:end], start, lines, dialect)
            except TokenError:
                piece = readable[start:end]
                start += len(piece) - len(piece.lstrip())
                found.append(_statement(piece.strip().rstrip(";"), start, lines))
        return found


def line_starts(text: str) -> list[int]:
    """The offset at which each line begins; \\n, \\r\\n and a lone \\r end lines."""
    return [0, *(found.end() for found in re.finditer(r"\r\n?|\n", text))]


def _statement(text: str, offset: int, lines: list[int], is_block: bool = False) -> Statement:
    line = bisect_right(lines, offset)
    return Statement(text, offset, line, offset - lines[line - 1] + 1, is_block)


def _statements(text: str, offset: int, lines: list[int], dialect: str) -> Iterator[Statement]:
    group: list[Token] = []
    depth, is_block = 0, False

    def done() -> Statement:
        start, end = group[0].start, group[-1].end + 1
        return _statement(text[start:end], offset + start, lines, is_block)

    tokens = Dialect.get_or_raise(dialect).tokenize(text)
    for at, token in enumerate(tokens):
        if token.token_type == TokenType.SEMICOLON and depth <= 0:
            if group:
                yield done()
            group, depth, is_block = [], 0, False
            continue
        group.append(token)
        if len(group) <= 6 and not is_block:
            is_block = _begins_block(group, tokens[at + 1 : at + 2])
            depth = int(is_block and token.text.upper() == "BEGIN")
        elif is_block:
            depth += _deeper(token, tokens[at + 1 : at + 2])
    if group:
        yield done()


_BLOCKS = ("PROCEDURE", "FUNCTION", "TRIGGER", "PACKAGE", "PROC")


def _begins_block(group: list[Token], after: list[Token]) -> bool:
    """Whether these first words open what holds statements of its own."""
    words = [token.text.upper() for token in group]
    if words == ["BEGIN"]:
        following = after[0].text.upper() if after else ";"
        return following not in (";", "TRANSACTION", "WORK", "TRAN", "DEFERRED", "IMMEDIATE")
    return words[0] in ("CREATE", "ALTER") and words[-1] in _BLOCKS


def _deeper(token: Token, after: list[Token]) -> int:
    word = token.text.upper() if token.token_type != TokenType.STRING else ""
    if word in ("BEGIN", "CASE"):
        return 1
    following = after[0].text.upper() if after else ""
    return -1 if word == "END" and following not in ("IF", "LOOP", "WHILE", "REPEAT") else 0


def _with_plain_ends(text: str, dialect: str) -> str:
    """The text, as long as it was, with a semicolon where a client's own word ends a statement."""
    if dialect in ("tsql", "fabric"):
        text = re.sub(r"^([ \t]*)GO\b([ \t]*\d*[ \t]*)$", _as_semicolon, text, flags=re.M | re.I)
    elif dialect in ("oracle", "exasol"):
        text = re.sub(r"^([ \t]*)/([ \t]*)$", _as_semicolon, text, flags=re.M)
    elif dialect in ("mysql", "singlestore", "doris", "starrocks"):
        text = _without_delimiters(text)
    elif dialect in ("postgres", "redshift", "materialize", "risingwave"):
        text = re.sub(r"^\\[a-z!?].*$", lambda found: " " * len(found[0]), text, flags=re.M)
    return text


def _as_semicolon(found: re.Match[str]) -> str:
    return ";".ljust(len(found[0]))


_DELIMITER = re.compile(r"^[ \t]*DELIMITER[ \t]+(\S+)[^\r\n]*", re.M | re.I)


def _without_delimiters(text: str) -> str:
    parts, at, mark = [], 0, ";"
    for found in [*_DELIMITER.finditer(text), None]:
        end = found.start() if found else len(text)
        parts.append(text[at:end].replace(mark, ";".ljust(len(mark))))
        if found:
            parts.append(" " * len(found[0]))
            at, mark = found.end(), found[1]
    return "".join(parts)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The text cut after every semicolon that ends a line."""
    start = 0
    for found in re.finditer(r";[ \t]*(?:--[^\r\n]*)?(?=\r|\n|\Z)", text):
        yield start, found.end()
        start = found.end()
    if text[start:].strip():
        yield start, len(text)


def read(statement: Statement, dialect: str) -> exp.Expr | Unreadable:
    """The statement's tree, whatever kind it is; reading is not running.

    What sqlglot has no tree for comes as a Command that keeps its words.
    """
    try:
        trees = [tree for tree in sqlglot.parse(statement.text, read=dialect) if tree is not None]
    except ParseError as error:
        return _command(statement) if statement.is_block else _why(error, statement.text)
    except TokenError as error:
        return _unclosed(statement.text, str(error))
    except RecursionError:
        return Unreadable(1, 1, "nested too deeply to be read")
    except (SqlglotError, ValueError, AttributeError, TypeError) as error:
        return Unreadable(1, 1, str(error).splitlines()[0] if str(error) else "cannot be read")
    if len(trees) != 1 or statement.is_block:
        return trees[0] if len(trees) == 1 else _command(statement)
    tree = trees[0]
    bare = tree.this if isinstance(tree, exp.Alias) else tree
    if isinstance(bare, exp.Condition | exp.Identifier) and not isinstance(bare, exp.Query):
        return Unreadable(1, 1, "no SQL statement", statement.text[:30].splitlines()[0])
    return sql.with_plain_not(tree)


def _command(statement: Statement) -> exp.Expr:
    first, _, rest = statement.text.partition(" ")
    return exp.Command(this=first.upper(), expression=exp.Literal.string(rest))


def _why(error: ParseError, text: str) -> Unreadable:
    first = error.errors[0] if error.errors else {}
    reason = sql.plain_reason(str(first.get("description") or error))
    near = str(first.get("highlight") or "").strip()
    line, end = int(first.get("line") or 1), int(first.get("col") or 1)
    return Unreadable(line, max(end - len(near) + 1, 1), reason, near)


_QUOTES = re.compile(
    r"--[^\n]*|/\*(?:.*?\*/|(?P<comment>.*))|'(?:[^'\\]|''|\\.)*(?:'|(?P<text>\\?\Z))"
    r'|"[^"]*(?:"|(?P<name>\Z))|`[^`]*(?:`|(?P<tick>\Z))',
    re.S,
)


def _unclosed(text: str, reason: str) -> Unreadable:
    """Where the quote or comment opens that nothing closes."""
    for found in _QUOTES.finditer(text):
        if (kind := found.lastgroup) is not None:
            lines = line_starts(text)
            line = bisect_right(lines, found.start())
            what = "comment" if kind == "comment" else "quote"
            opens = found[0][:2] if kind == "comment" else found[0][0]
            column = found.start() - lines[line - 1] + 1
            return Unreadable(line, column, f"nothing closes this {what}", opens)
    return Unreadable(1, 1, reason.splitlines()[0])
