"""Which statement begins at a token: not the verb alone, which prose has too, but its shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlwright.analyze.untrusted.lexer import (
    NUMBER,
    OPERATOR,
    QUOTED,
    STRING,
    VARIABLE,
    WORD,
    Token,
)
from sqlwright.analyze.untrusted.words import OUTER_OBJECTS, RESERVED, WAITING

_OBJECTS = frozenset(
    """TABLE DATABASE SCHEMA VIEW INDEX USER ROLE LOGIN FUNCTION PROCEDURE TRIGGER SEQUENCE
    EXTENSION SERVER PROC ASSEMBLY CERTIFICATE LANGUAGE TABLESPACE TYPE""".split()
)
_BEFORE_OBJECT = frozenset(
    """OR REPLACE TEMPORARY TEMP UNIQUE IF NOT EXISTS MATERIALIZED EXTERNAL GLOBAL LOCAL ONLY
    LOW_PRIORITY IGNORE DELAYED QUICK HIGH_PRIORITY CONCURRENT FULLTEXT CLUSTERED SESSION""".split()
)
_IN_BLOCK = frozenset(
    """DECLARE TRY SELECT EXEC EXECUTE INSERT UPDATE DELETE DROP SET IF WHILE GOTO WAITFOR TRAN
    TRANSACTION SHUTDOWN DBMS_LOCK DBMS_PIPE USER_LOCK END CREATE""".split()
)
_AFTER_CONDITION = frozenset(
    """SELECT WAITFOR DROP DELETE INSERT UPDATE EXEC SHUTDOWN BEGIN SET DECLARE CREATE
    ALTER""".split()
)
# what may stand after a statement's object; another plain word there is prose
_MAY_FOLLOW = frozenset(
    """WHERE SET VALUES SELECT CASCADE RESTRICT ADD DROP ALTER MODIFY CHANGE RENAME ON TO AS FROM
    WITH IDENTIFIED USING RETURNING ORDER LIMIT DEFAULT OWNER OPEN READ RETURN IS BEGIN RETURNS
    DECLARE EXEC UNION SHUTDOWN COLUMN OUTPUT PASSWORD SUPERUSER LANGUAGE PARTITION END GO
    DISABLE ENABLE IF PURGE CONVERT""".split()
)

Tokens = Sequence[Token]


def statement_at(tokens: Tokens, at: int) -> str | None:
    """The verb of the statement that begins at token `at`, or None where its shape is another's."""
    if at >= len(tokens) or tokens[at][0] != WORD:
        return None
    verb = tokens[at][1]
    fits = _SHAPES.get(verb)
    return verb if fits is not None and fits(tokens, at + 1) else None


def _word(tokens: Tokens, at: int) -> str:
    return tokens[at][1] if at < len(tokens) and tokens[at][0] == WORD else ""


def _kind(tokens: Tokens, at: int) -> str:
    return tokens[at][0] if at < len(tokens) else ""


def _after_words(tokens: Tokens, at: int, words: frozenset[str]) -> int:
    while _word(tokens, at) in words:
        at += 1
    return at


def _name(tokens: Tokens, at: int) -> int:
    """The place after a dotted name, or 0 where none stands."""
    if _kind(tokens, at) not in (WORD, QUOTED, STRING) or _word(tokens, at) in RESERVED:
        return 0
    at += 1
    while _kind(tokens, at) == ".":
        at += 1
        if _kind(tokens, at) in (WORD, QUOTED, STRING):
            at += 1
    return at


def _object(tokens: Tokens, at: int) -> bool:
    """A kind of object and its name, and no further plain word that would make it prose."""
    at = _after_words(tokens, at, _BEFORE_OBJECT)
    if _word(tokens, at) not in _OBJECTS:
        return False
    return _named(tokens, _after_words(tokens, at + 1, _BEFORE_OBJECT))


def _named(tokens: Tokens, at: int) -> bool:
    after = _name(tokens, at)
    return bool(after) and (_kind(tokens, after) != WORD or _word(tokens, after) in _MAY_FOLLOW)


def _delete(tokens: Tokens, at: int) -> bool:
    at = _after_words(tokens, at, _BEFORE_OBJECT)
    return _word(tokens, at) == "FROM" and _named(tokens, at + 1)


def _insert(tokens: Tokens, at: int) -> bool:
    at = _after_words(tokens, at, _BEFORE_OBJECT)
    after = _name(tokens, at + 1) if _word(tokens, at) == "INTO" else 0
    follows = _kind(tokens, after) == "(" or _word(tokens, after) in ("VALUES", "SELECT", "SET",
                                                                     "EXEC", "DEFAULT")  # fmt: skip
    return bool(after) and follows


def _update(tokens: Tokens, at: int) -> bool:
    after = _name(tokens, _after_words(tokens, at, _BEFORE_OBJECT))
    if not after or _word(tokens, after) != "SET":
        return False
    column = _name(tokens, after + 1)
    return bool(column) and column < len(tokens) and tokens[column][1] == "="


def _truncate(tokens: Tokens, at: int) -> bool:
    return _word(tokens, at) == "TABLE" and _named(tokens, at + 1)


def _execute(tokens: Tokens, at: int) -> bool:
    kind, word = _kind(tokens, at), _word(tokens, at)
    if kind == "(":  # of text, where a program's exec() has a name
        text = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        return text.startswith(("@", "'")) or text in ("CHAR", "N", "CAST", "CONCAT")
    if kind == VARIABLE or word == "IMMEDIATE":
        return True
    procedure = word.startswith(("SP_", "XP_")) or word in OUTER_OBJECTS
    return procedure or (kind in (WORD, QUOTED) and _kind(tokens, at + 1) == ".")


def _declare(tokens: Tokens, at: int) -> bool:
    return _kind(tokens, at) == VARIABLE


def _assign(tokens: Tokens, at: int) -> bool:
    return _kind(tokens, at) == VARIABLE and at + 1 < len(tokens) and tokens[at + 1][1] in "=:="


def _waitfor(tokens: Tokens, at: int) -> bool:
    return _word(tokens, at) in ("DELAY", "TIME") and _kind(tokens, at + 1) in (
        STRING,
        VARIABLE,
        "(",
        NUMBER,
    )


def _shutdown(tokens: Tokens, at: int) -> bool:
    return at >= len(tokens) or _kind(tokens, at) == ";" or _word(tokens, at) == "WITH"


def _block(tokens: Tokens, at: int) -> bool:
    word, following = _word(tokens, at), _kind(tokens, at + 1)
    if word == "DECLARE":
        return following == VARIABLE or _kind(tokens, at + 2) == WORD
    if word in ("TRY", "GOTO", "TRAN", "TRANSACTION"):
        return statement_at(tokens, at + 1) is not None or _word(tokens, at + 2) in _IN_BLOCK
    return following == "." if word in OUTER_OBJECTS else statement_at(tokens, at) is not None


def _condition(tokens: Tokens, at: int) -> bool:
    """IF or WHILE, a condition, and then another statement."""
    at += _word(tokens, at) == "NOT"
    if _word(tokens, at) == "EXISTS" and _kind(tokens, at + 1) == "(":
        return True
    if _kind(tokens, at) not in ("(", NUMBER, VARIABLE):
        return False
    near = range(at + 1, min(at + 24, len(tokens)))
    return any(_word(tokens, n) in _AFTER_CONDITION and statement_at(tokens, n) for n in near)


def _goto(tokens: Tokens, at: int) -> bool:
    return bool(_word(tokens, at)) and (
        _word(tokens, at + 1) in _IN_BLOCK or _kind(tokens, at + 1) == VARIABLE
    )


def _load(tokens: Tokens, at: int) -> bool:
    at = _after_words(tokens, at + 1, _BEFORE_OBJECT) if _word(tokens, at) in (
        "DATA", "XML") else len(tokens)  # fmt: skip
    return _word(tokens, _after_words(tokens, at, frozenset({"LOCAL"}))) == "INFILE"


def _copy(tokens: Tokens, at: int) -> bool:
    after = at + 1 if _kind(tokens, at) == "(" else _name(tokens, at)
    while after and after < len(tokens) and _kind(tokens, after) != ";":
        if _word(tokens, after) in ("FROM", "TO"):
            return _kind(tokens, after + 1) == STRING or _word(tokens, after + 1) in (
                "PROGRAM", "STDIN", "STDOUT")  # fmt: skip
        after += 1
    return False


def _grant(tokens: Tokens, at: int) -> bool:
    words = [t[1] for t in tokens[at : at + 14] if t[0] == WORD]
    rights = {"ALL", "SELECT", "INSERT", "UPDATE", "DELETE", "EXECUTE", "USAGE", "DBA", "CONNECT",
              "RESOURCE", "CREATE"}  # fmt: skip
    return bool(words) and words[0] in rights and bool({"ON", "TO", "FROM"} & set(words))


def _bulk(tokens: Tokens, at: int) -> bool:
    return _word(tokens, at) == "INSERT"


def _attach(tokens: Tokens, at: int) -> bool:
    at = _after_words(tokens, at, frozenset({"DATABASE"}))
    return _kind(tokens, at) == STRING


def _prepare(tokens: Tokens, at: int) -> bool:
    after = _name(tokens, at)
    return bool(after) and (
        (_word(tokens, after) == "FROM" and _kind(tokens, after + 1) in (STRING, VARIABLE, NUMBER))
        or _word(tokens, after) == "AS"
    )


def _select(tokens: Tokens, at: int) -> bool:
    """A select list that is no prose: it begins with a value, a call, a star or `name FROM`."""
    at = _after_words(tokens, at, frozenset({"ALL", "DISTINCT", "TOP", "FIRST"}))
    kind = _kind(tokens, at)
    if kind in (NUMBER, STRING, VARIABLE, QUOTED, "("):
        return True
    if kind == OPERATOR:
        signed = _kind(tokens, at + 1) in (NUMBER, STRING, VARIABLE, "(")
        return tokens[at][1] == "*" or signed
    following = _kind(tokens, at + 1)
    return bool(_word(tokens, at)) and (
        following in ("(", ",")
        or (following == "." and _kind(tokens, at + 2) in (WORD, QUOTED, OPERATOR))
        or (_word(tokens, at + 1) == "FROM" and at + 2 < len(tokens))
    )


def _do(tokens: Tokens, at: int) -> bool:
    return _word(tokens, at) in WAITING or _kind(tokens, at) == STRING


def _call(tokens: Tokens, at: int) -> bool:
    after = _name(tokens, at)
    if not after or _kind(tokens, after) != "(":
        return False
    argument = _kind(tokens, after + 1)
    one = argument == WORD and _kind(tokens, after + 2) in (",", ")", "(")
    return one or argument in (NUMBER, STRING, VARIABLE, ")")


def _handler(tokens: Tokens, at: int) -> bool:
    after = _name(tokens, at)
    return bool(after) and _word(tokens, after) in ("OPEN", "READ")


_SHAPES: dict[str, Callable[[Tokens, int], bool]] = {
    "DROP": _object, "CREATE": _object, "ALTER": _object, "TRUNCATE": _truncate,
    "DELETE": _delete, "INSERT": _insert, "REPLACE": _insert, "MERGE": _insert, "UPDATE": _update,
    "EXEC": _execute, "EXECUTE": _execute, "DECLARE": _declare, "SET": _assign,
    "WAITFOR": _waitfor, "SHUTDOWN": _shutdown, "BEGIN": _block, "IF": _condition,
    "WHILE": _condition, "GOTO": _goto, "LOAD": _load, "COPY": _copy, "GRANT": _grant,
    "REVOKE": _grant, "BULK": _bulk, "ATTACH": _attach, "PREPARE": _prepare, "SELECT": _select,
    "DO": _do, "CALL": _call, "HANDLER": _handler, "RENAME": _object, "BACKUP": _object,
    "RESTORE": _object,
}  # fmt: skip
