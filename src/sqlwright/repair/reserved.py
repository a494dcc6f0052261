"""Names that are words of SQL: put into quotes where they stand as a table, column or alias."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlwright.repair.changes import Option, option
from sqlwright.repair.pieces import Piece
from sqlwright.repair.vocabulary import KEYWORD_SET
from sqlwright.schema import Schema


def reserved_options(
    text: str, pieces: Sequence[Piece], at: int, schema: Schema | None, dialect: str
) -> Iterator[Option]:
    """Each keyword near the fault that the schema has as a name, or that follows a dot or AS."""
    mark = "`" if dialect == "mysql" else '"'
    known = {t.name.lower() for t in schema.tables} if schema is not None else set()
    if schema is not None:
        known |= {column.name.lower() for table in schema.tables for column in table.columns}
    for number in range(max(at - 4, 0), min(at + 3, len(pieces))):
        piece = pieces[number]
        before = pieces[number - 1] if number else None
        if piece.kind != "word" or piece.upper not in KEYWORD_SET | _OTHERS:
            continue
        after_dot = before is not None and (before.is_mark(".") or before.is_word("AS"))
        if not after_dot and piece.text.lower() not in known:
            continue
        told = (f"{piece.text} is a word of SQL: as a name it needs quotes",
                f"{piece.text}: слово SQL, как имя его берут в кавычки")  # fmt: skip
        quoted = f"{mark}{piece.text}{mark}"
        yield option(text, [(piece.start, piece.end, quoted)], "reserved-word", 0.7, told)


_OTHERS = frozenset(
    ("USER", "TABLE", "COLUMN", "CHECK", "REFERENCES", "PRIMARY", "DEFAULT", "TO", "DO", "FOR",
     "INTO", "UNIQUE", "ANALYZE", "CONSTRAINT", "FOREIGN", "GRANT", "END", "COLLATE", "KEY",
     "INDEX", "CREATE", "SESSION_USER")
)  # fmt: skip
