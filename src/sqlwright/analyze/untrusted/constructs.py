"""What no value needs wherever it stands: functions that wait or reach out, catalogs, spelled text.

These are looked for token by token, so they show in text that is otherwise no SQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlwright.analyze.untrusted.lexer import (
    NUMBER,
    QUOTED,
    STRING,
    VARIABLE,
    WORD,
    Comment,
    Lexed,
    Token,
)
from sqlwright.analyze.untrusted.words import (
    CATALOG_TABLES,
    CATALOGS,
    FAILING,
    OUTER_OBJECTS,
    PROBING,
    REACHING_OUT,
    RESERVED,
    TELLING,
    WAITING,
    WORD_OPERATORS,
)

_KEYWORDS = frozenset("AND OR UNION SELECT FROM WHERE ORDER GROUP HAVING XOR ALL INTO LIKE".split())
_BEFORE_TABLE = frozenset("FROM JOIN INTO UPDATE TABLE".split())
# time.sleep(5) is a program's; these are databases'
_SLEEPING_PACKAGES = frozenset("DBMS_LOCK DBMS_SESSION USER_LOCK DBMS_PIPE PG_CATALOG".split())
_NAMES = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_@")
_LEAST_RANDOM = 5  # digits of a randomblob that costs seconds

Tokens = Sequence[Token]


def constructs(lexed: Lexed) -> Iterator[tuple[str, int]]:
    """Each construct by its kind, with its offset."""
    tokens = lexed.tokens
    spelled = 0
    for at, (kind, text, offset) in enumerate(tokens):
        if kind == VARIABLE:
            if text.startswith("@@") and _is_system_variable(text):
                yield "system-variable", offset
            continue
        if kind not in (WORD, QUOTED):
            continue
        following = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        if following == "(":
            if text in PROBING and _is_probing(tokens, at):
                yield "probing", offset
            if found := _called(tokens, at, text):
                yield found, offset
            if text in ("CHAR", "CHR", "NCHAR"):
                spelled += 1 + _spelled_list(tokens, at + 2)
                if spelled == 2:
                    yield "spelled", offset
        if text in OUTER_OBJECTS and _is_run(tokens, at):
            yield "outside", offset
        elif (text in CATALOGS or text in CATALOG_TABLES) and _is_read(tokens, at, following):
            yield "catalog", offset
        elif text == "WAITFOR" and at + 2 < len(tokens) and tokens[at + 2][0] == STRING:
            if tokens[at + 1][1] in ("DELAY", "TIME"):
                yield "waiting", offset
    yield from _tricks(lexed)


def _is_system_variable(text: str) -> bool:
    return text[2:].split(".")[0].lower() in _SYSTEM_VARIABLES


_SYSTEM_VARIABLES = frozenset(
    """version version_compile_os version_compile_machine version_comment hostname datadir basedir
    tmpdir global session servername spid language langid microsoftversion dbts max_connections
    identity rowcount trancount secure_file_priv socket port server_id sql_mode lc_messages_dir
    plugin_dir general_log_file slave_load_tmpdir character_set_database collation_database
    innodb_version have_ssl hot_cache new local""".split()
)


def _called(tokens: Tokens, at: int, name: str) -> str | None:
    """The kind of a call that a value never holds."""
    argument = tokens[at + 2] if at + 2 < len(tokens) else ("", "", 0)
    if name in WAITING:
        return "waiting" if _waits(tokens, at, argument) else None
    if name in FAILING and argument[0] != ")":
        return "failing"
    if name in REACHING_OUT and argument[0] != ")":
        # fs.readFile() is a program's, and edit (someone) is prose
        spoken = argument[0] == WORD and "_" not in name
        return None if spoken or (at and tokens[at - 1][0] == ".") else "outside"
    if name in TELLING and (argument[0] == ")" or name in ("SERVERPROPERTY", "SYS_CONTEXT")):
        return "telling"
    return None


def _is_probing(tokens: Tokens, at: int) -> bool:
    """Whether a connector stands before the call, and a call or a bracket opens its content."""
    if not at or tokens[at - 1][1] not in ("AND", "OR", "&&", "||", "XOR") or at + 2 >= len(tokens):
        return False
    kind, text, _ = tokens[at + 2]
    nested = kind == WORD and tokens[at + 3 : at + 4] and tokens[at + 3][0] == "("
    return kind in ("(", VARIABLE) or bool(nested and text in PROBING | TELLING)


def _waits(tokens: Tokens, at: int, argument: Token) -> bool:
    if at >= 2 and tokens[at - 1][0] == "." and tokens[at - 2][1] not in _SLEEPING_PACKAGES:
        return False
    kind, text, _ = argument
    name = tokens[at][1]
    if name in ("RANDOMBLOB", "ZEROBLOB"):
        return kind == NUMBER and len(text) >= _LEAST_RANDOM
    if kind == WORD:
        after = tokens[at + 3][0] if at + 3 < len(tokens) else ""
        return (after in ("(", ",") and name != "SLEEP") or text in ("SELECT", "IF", "CASE")
    if kind == NUMBER:
        behind = tokens[at + 3 : at + 6]
        if name == "BENCHMARK":
            return bool(behind) and behind[0][0] in (",", "o")
        return not behind or (
            behind[0][0] in (")", ",", "o") and not _is_spoken(tokens, at, behind)
        )
    return kind in ("(", STRING, VARIABLE) or (kind == "o" and text in "+-~")


def _is_spoken(tokens: Tokens, at: int, after: Tokens) -> bool:
    """Whether a plain word follows the call, as in "sleep (8) hours", where no SELECT names it."""
    word = after[1][1] if len(after) > 1 and after[1][0] == WORD else ""
    if not word or word in _KEYWORDS | RESERVED | WORD_OPERATORS:
        return False
    return not any(token[1] == "SELECT" for token in tokens[:at])


def _spelled_list(tokens: Tokens, at: int) -> int:
    """How many more numbers CHAR(1, 2, 3) spells; -1 where it is no number at all, as a type."""
    count = -1
    while at < len(tokens) and tokens[at][0] in (NUMBER, ","):
        count += tokens[at][0] == NUMBER
        at += 1
    if count > 0 and at < len(tokens) and tokens[at][0] == ")":
        return count
    return min(count, 0)


def _is_run(tokens: Tokens, at: int) -> bool:
    """Whether the object is called, run, or reached into, rather than spoken of."""
    before = tokens[at - 1][1] if at else ""
    after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
    return before in (".", "EXEC", "EXECUTE", "CALL") or after in (".", "(", STRING, VARIABLE)


def _is_read(tokens: Tokens, at: int, following: str) -> bool:
    """Whether the catalog stands where a table does."""
    if at == 0:
        return False
    place = at - 1
    if tokens[at][1] in CATALOGS and tokens[at][1] not in CATALOG_TABLES and following != ".":
        return False
    while place > 0 and tokens[place][0] == "(":
        place -= 1
    before = tokens[place]
    if before[0] == "." and tokens[at][1] in CATALOG_TABLES:
        return any(token[1] in _BEFORE_TABLE for token in tokens[max(0, at - 6) : at])
    return before[1] in _BEFORE_TABLE or (
        before[0] == "," and any(token[1] == "FROM" for token in tokens[max(0, at - 40) : at])
    )


def _tricks(lexed: Lexed) -> Iterator[tuple[str, int]]:
    """Comments that hide words: MySQL's that are no comments, and those between keywords."""
    tokens = lexed.tokens
    for comment in lexed.comments:
        if comment.style == "/*!":
            if _is_versioned(comment, tokens):
                yield "versioned", _offset(tokens, comment.before)
        elif comment.style == "/*" and comment.closed and not comment.body.strip():
            around = tokens[max(comment.before - 1, 0) : comment.before + 1]
            if any(token[0] == WORD and token[1] in _KEYWORDS for token in around):
                yield "split", _offset(tokens, comment.before)


def _is_versioned(comment: Comment, tokens: Tokens) -> bool:
    """A version's five digits, or a keyword: `/*! jQuery` has neither."""
    word = tokens[comment.before][1] if comment.before < len(tokens) else ""
    return len(comment.body) >= 5 or word in _KEYWORDS


def _offset(tokens: Tokens, at: int) -> int:
    if not tokens:
        return 0
    return tokens[min(at, len(tokens) - 1)][2]
