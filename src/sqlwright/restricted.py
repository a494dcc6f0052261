"""Answers that name only what is there: while a model writes, words that no table has are left out.

A small model spells `o_shipdate` where a schema has `o_orderdate`. Of the tokens that it finds
likely, only those are kept after which the text can still be SQL over the tables that it was shown:
each word outside quotes is a keyword, a function, a name of the schema or a name given by AS. It
restricts words and no grammar; whether the query binds is seen afterwards, as of any answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_WORD = re.compile(r"[^\W\d]\w*")
_STRING = re.compile(r"'(?:[^']|'')*'")
_AS = re.compile(r"(\w+|\))\s+AS\s+(\w+)\b(?=.)", re.IGNORECASE | re.DOTALL)
_ALIAS = re.compile(r"[a-z]{1,3}\d?")
_LOOKED_AT = 64  # tokens, the likeliest first
_KEPT = 8  # to draw from
_LAST = 4  # words that a token may have part in, with those that say what they mean


@dataclass(frozen=True, slots=True)
class _Words:
    """Words, and what they begin with."""

    whole: frozenset[str]
    begun: frozenset[str]

    @classmethod
    def of(cls, words: Iterable[str]) -> _Words:
        whole = frozenset(words)
        return cls(whole, frozenset(word[:end] for word in whole for end in range(1, len(word))))


@dataclass(frozen=True)
class Names:
    """The names that an answer may use: columns by table, and others such as a query's aliases.

    With `aliases` a short word may stand before a point though AS gives it only later.
    """

    columns: Mapping[str, tuple[str, ...]]
    others: frozenset[str] = frozenset()
    aliases: bool = True

    @cached_property
    def _tables(self) -> dict[str, _Words]:
        return {
            table.lower(): _Words.of(name.lower() for name in names)
            for table, names in self.columns.items()
        }

    @cached_property
    def _all(self) -> _Words:
        columns = (name.lower() for names in self.columns.values() for name in names)
        others = (word.lower() for word in self.others)
        return _Words.of((*_keywords(), *self._tables, *columns, *others))

    def can_go_on(self, text: str, last: int | None = None) -> bool:
        """Can the text be the beginning of SQL with these names? The last word may be half.

        Args:
            last: look at so many words alone, those before having been looked at; at all if None.
        """
        bare = _STRING.sub("''", text)
        if bare.count("'") % 2:
            bare = bare[: bare.rindex("'")] + "'"  # a string is open: anything may stand in it
        words = list(_WORD.finditer(bare))
        given, stands_for = self._given(bare)
        for at in range(max(0, len(words) - last) if last else 0, len(words)):
            word = words[at]
            said, is_open = word.group().lower(), word.end() == len(bare)
            before = bare[: word.start()].rstrip()
            if at and words[at - 1].group().upper() == "AS" and words[at - 1].end() == len(before):
                continue  # a name that is made here
            allowed = self._all
            if before.endswith("."):
                owner = words[at - 1].group().lower() if at else ""
                allowed = self._tables.get(stands_for.get(owner, owner)) or self._all
            elif any(said == name or (is_open and name.startswith(said)) for name in given):
                continue
            if said in allowed.whole or (is_open and said in allowed.begun):
                continue
            is_alias = self.aliases and _ALIAS.fullmatch(said) and not before.endswith(".")
            if not is_alias or not (is_open or bare[word.end()] == "."):
                return False
        return True

    def _given(self, bare: str) -> tuple[frozenset[str], dict[str, str]]:
        """Names that AS gave, and which of them stand for a table."""
        found = _AS.findall(bare) if " AS " in bare.upper() else []
        tables = {
            name.lower(): what.lower() for what, name in found if what.lower() in self._tables
        }
        return frozenset(name.lower() for _, name in found), tables


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
                if allowed.can_go_on(text + piece(token), _LAST):
                    kept[row, token] = scores[row, token]
                    found += 1
                    if found == _KEPT:
                        break
            if not found:  # nothing likely fits: better a wrong name, which is refused, than none
                kept[row] = scores[row]
        return kept

    return restrict
