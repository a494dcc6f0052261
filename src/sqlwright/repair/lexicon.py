"""The words that a broken text may hold: keywords, functions, the schema's names, its own names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlwright.repair.pieces import Piece
from sqlwright.repair.spelling import nearest
from sqlwright.repair.vocabulary import FUNCTIONS, KEYWORD_SET, KEYWORDS, UNITS
from sqlwright.schema import Schema


@dataclass(frozen=True)
class Lexicon:
    """Names in lower case; `own` are those that the text itself gives or uses more than once."""

    tables: frozenset[str]
    columns: frozenset[str]
    own: frozenset[str]

    def is_name(self, word: str) -> bool:
        """Whether the schema or the text knows the word as a name."""
        low = word.lower()
        return low in self.tables or low in self.columns or low in self.own

    def is_known(self, word: str) -> bool:
        """Whether it is a name, a keyword or a function."""
        up = word.upper()
        return self.is_name(word) or up in KEYWORD_SET or up in _FUNCTIONS or up in UNITS

    def names(self) -> frozenset[str]:
        """All names."""
        return self.tables | self.columns | self.own


_FUNCTIONS = frozenset(FUNCTIONS)


def lexicon_of(pieces: Sequence[Piece], schema: Schema | None) -> Lexicon:
    """The words around these pieces; columns are those of tables that the text names or nears."""
    words = Counter(p.text.lower() for p in pieces if p.kind == "word")
    own = {word for word, count in words.items() if count > 1 and word.upper() not in KEYWORD_SET}
    for one, other in pairwise(pieces):
        if one.is_word("AS") and other.kind == "word":
            own.add(other.text.lower())
    known = schema.tables if schema is not None else ()
    named = [table for table in known if table.name.lower() in words]
    far = [w for w in words if len(w) > 3 and w.upper() not in KEYWORD_SET]
    by_name = {table.name.lower(): table for table in known}
    if len(known) < 200:
        for word in far[:200]:
            named += [
                by_name[near] for _, near in nearest(word, by_name)[:2] if word not in by_name
            ]
    columns = {column.name.lower() for table in named for column in table.columns}
    return Lexicon(frozenset(by_name), frozenset(columns), frozenset(own))


@lru_cache(maxsize=8192)
def keywords_near(word: str) -> list[tuple[float, str]]:
    """The keywords that the word may be a slip of."""
    most = 0.3 if len(word) > 3 else 0.25
    found = [item for item in nearest(word, KEYWORDS, most) if item[1] != word.upper()]
    return found[: 3 if len(word) > 2 else 6]
