"""From and to: which of two keys to one table is meant, as of the origin and the destination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlwright.ask.compose.cues import is_light
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.tokens import Token
from sqlwright.data.told import name_words
from sqlwright.schema import ForeignKey, Schema

_FROM = frozenset("from out off leaving left departing из с со от".split())
_TO = frozenset("to into towards arriving в во на до".split())
_FROM_KEYS = frozenset("origin source src from start departure sender pickup seller".split())
_TO_KEYS = frozenset("destination dest target to arrival receiver end dropoff buyer".split())


def directed(
    way: Sequence[Mention], schema: Schema, tokens: Sequence[Token]
) -> tuple[tuple[Mention, ...], frozenset[int]]:  # fmt: skip
    """The mentions, each by the key that a preposition says; tokens of those where none does."""
    found: list[Mention] = []
    unclear: set[int] = set()
    for mention in way:
        keys = _keys_to(mention.table, way, schema) if mention.via is None else []
        if len(keys) < 2 or all(m.table == mention.table for m in way):
            found.append(mention)
            continue
        key = _meant(mention, way, keys, tokens)
        if key is None:
            unclear |= {*range(mention.first, mention.end)}
        found.append(replace(mention, via=key))
    return tuple(found), frozenset(unclear)


def _keys_to(table: str, way: Sequence[Mention], schema: Schema) -> list[ForeignKey]:
    """The keys to the table of the other one that the question names, where it has several."""
    for name in dict.fromkeys(m.table for m in way if m.table != table):
        other = schema.table(name)
        keys = other.foreign_keys if other is not None else ()
        found = [key for key in keys if key.table.lower() == table.lower()]
        if len(found) > 1:
            return found
    return []


def _meant(
    mention: Mention, way: Sequence[Mention], keys: Sequence[ForeignKey], tokens: Sequence[Token]
) -> ForeignKey | None:  # fmt: skip
    """The key of the side that the words before the mention tell: its own, or a value's before."""
    same = {n for m in way if m.table == mention.table for n in range(m.first, m.end)}
    for n in range(mention.first - 1, -1, -1):
        word = tokens[n].plain
        for said, sides in ((_FROM, _FROM_KEYS), (_TO, _TO_KEYS)):
            if word in said:
                fits = [k for k in keys if sides & {w for c in k.columns for w in name_words(c)}]
                return fits[0] if len(fits) == 1 else None
        if n not in same and not is_light(tokens[n]):
            break
    return None
