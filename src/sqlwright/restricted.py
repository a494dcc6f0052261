"""Answers that name only what is there: while a model writes, words that no table has are left out.

A small model spells `o_shipdate` where a schema has `o_orderdate`. Of the tokens that it finds
likely, only those are kept after which the text can still be SQL over the tables that it was shown:
each word outside quotes is a keyword, a function, a name of the schema or a name given by AS. It
restricts words and no grammar; whether the query binds is seen afterwards, as of any answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_ALIAS = re.compile(r"[a-z]{1,3}\d?")
_LOOKED_AT = 64  # tokens, the likeliest first
_KEPT = 8  # to draw from


@dataclass(frozen=True)
class Names:
    """The names that an answer may use: columns by table, and others such as a query's aliases.

    With `aliases` a short word may stand before a point though AS gives it only later.
    """

    columns: Mapping[str, tuple[str, ...]]
    others: frozenset[str] = frozenset()
    aliases: bool = True

    @cached_property
    def _tables(self) -> dict[str, frozenset[str]]:
        return {
            table.lower(): frozenset(name.lower() for name in names)
            for table, names in self.columns.items()
        }

    @cached_property
    def _all(self) -> frozenset[str]:
        others = frozenset(word.lower() for word in self.others)
        return frozenset(self._tables).union(*self._tables.values()) | others | _keywords()

    def can_go_on(self, text: str) -> bool:
        """Can the text be the beginning of SQL with these names? The last word may be half."""
        bare = _STRING.sub("''", text)
        if bare.count("'") % 2:
            bare = bare[: bare.rindex("'")] + "'"  # a string is open: anything may stand in it
        words = list(_WORD.finditer(bare))
        given, stands_for = self._given(bare)
        for at, word in enumerate(words):
            said, is_open = word.group().lower(), word.end() == len(bare)
            before = bare[: word.start()].rstrip()
            if at and words[at - 1].group().upper() == "AS" and words[at - 1].end() == len(before):
                continue  # a name that is made here
            if before.endswith("."):
                owner = words[at - 1].group().lower() if at else ""
                allowed = self._tables.get(stands_for.get(owner, owner)) or self._all
            else:
                allowed = self._all | given
            if said in allowed or (is_open and _begins(said, allowed)):
                continue
            is_alias = self.aliases and _ALIAS.fullmatch(said) and not before.endswith(".")
            if not is_alias or not (is_open or bare[word.end()] == "."):
                return False
        return True

    def _given(self, bare: str) -> tuple[frozenset[str], dict[str, str]]:
        """Names that AS gave, and which of them stand for a table."""
        found = re.findall(r"(\w+|\))\s+AS\s+(\w+)\b(?=.)", bare, re.IGNORECASE | re.DOTALL)
        tables = {
            name.lower(): what.lower() for what, name in found if what.lower() in self._tables
        }
        return frozenset(name.lower() for _, name in found), tables


@lru_cache(maxsize=512)
def _beginnings(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word[:end] for word in words for end in range(1, len(word)))


def _begins(word: str, allowed: frozenset[str]) -> bool:
    return word in _beginnings(allowed)


@lru_cache(maxsize=1)
def _keywords() -> frozenset[str]:
    """Every word of SQL that sqlglot knows: keywords, types, functions."""
    from sqlglot import exp
    from sqlglot.tokens import Tokenizer

    texts = (*Tokenizer.KEYWORDS, *exp.FUNCTION_BY_NAME)
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def restriction(
    names: Sequence[Names | None], tokenizer: Any, prompt_tokens: int
) -> Callable[[Any, Any], Any]:
    """What `generate` applies to the scores of the next token, for each row of a batch.

    Args:
        names: what the answer of each row may name; None for one that is not restricted.
        tokenizer: that of the model.
        prompt_tokens: how many tokens of each row are not the answer's.
    """
    import torch

    pieces: dict[int, str] = {}
    end = tokenizer.eos_token_id

    def piece(token: int) -> str:
        if token not in pieces:
            # an end must not leave half a word behind it
            pieces[token] = " " if token == end else str(tokenizer.decode([token]))
        return pieces[token]

    def restrict(ids: Any, scores: Any) -> Any:
        kept = torch.full_like(scores, -float("inf"))
        for row, allowed in enumerate(names):
            if allowed is None:
                kept[row] = scores[row]
                continue
            text = str(tokenizer.decode(ids[row, prompt_tokens:], skip_special_tokens=True))
            found = 0
            for token in scores[row].topk(min(_LOOKED_AT, scores.shape[1])).indices.tolist():
                if allowed.can_go_on(text + piece(token)):
                    kept[row, token] = scores[row, token]
                    found += 1
                    if found == _KEPT:
                        break
            if not found:  # nothing likely fits: better a wrong name, which is refused, than none
                kept[row] = scores[row]
        return kept

    return restrict
