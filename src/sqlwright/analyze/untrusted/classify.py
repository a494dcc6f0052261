"""Text that came from outside: is it a value, or would it be SQL where a value was meant?

Nothing found is all that can be said of a text: it is no promise that the text does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlwright.analyze.untrusted.contexts import Seen, contexts
from sqlwright.analyze.untrusted.decode import readings
from sqlwright.analyze.untrusted.reasons import CONTEXTS_RU, DECODINGS_RU, REASONS
from sqlwright.analyze.untrusted.whole import look_at_piece, look_at_query, look_at_tree, read_query

# possessive: many comments cost one look
_BEGINS_QUERY = re.compile(
    r"\s*+(?:(?>--[^\n]*\n|/\*(?!!)[\s\S]*?\*/)\s*+)*+(?:select|with)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in one text: kinds of evidence with their offsets, and where they count.

    `seen` is empty where nothing was found. `decoded` says what had to be undone first, and
    offsets are then those of the decoded text.
    """

    text: str
    seen: tuple[Seen, ...] = ()
    decoded: str = ""

    @property
    def flagged(self) -> bool:
        """Whether anything was found."""
        return bool(self.seen)

    def kinds(self) -> dict[str, tuple[int, str]]:
        """By kind of evidence: the first offset, and the place of a template that showed it."""
        found: dict[str, tuple[int, str]] = {}
        for seen in self.seen:
            for kind, offset in seen.evidence.items():
                found.setdefault(kind, (offset, seen.context))
        return found

    def reasons(self, language: str = "en") -> list[str]:
        """A sentence for each kind of evidence, with the place it counts in."""
        russian = language == "ru"
        said = []
        for kind, (_, context) in self.kinds().items():
            where = CONTEXTS_RU[context] if russian else context
            said.append(f"{REASONS[kind][russian]} ({where})")
        if self.decoded:
            how = DECODINGS_RU[self.decoded] if russian else self.decoded
            said.append(f"скрыто: {how}" if russian else f"hidden by {how}")
        return said

    def as_dict(self) -> dict[str, Any]:
        """The judgement as JSON types."""
        return {
            "text": self.text,
            "flagged": self.flagged,
            "decoded": self.decoded,
            "reasons": [
                {
                    "kind": kind,
                    "context": context,
                    "offset": offset,
                    "message": REASONS[kind][0],
                    "message_ru": REASONS[kind][1],
                }
                for kind, (offset, context) in self.kinds().items()
            ],
        }


def classify(text: str, *, url_encoded: bool = False) -> Judged:
    """Judge one text as a whole statement and as a fragment in every place of a template."""
    for how, reading in readings(text, url_encoded=url_encoded):
        seen = tuple(_look(reading))
        if seen:
            return Judged(text, seen, how)
    return Judged(text)


def classify_lines(lines: Iterable[str], *, url_encoded: bool = False) -> Iterator[Judged]:
    """Judge each line that holds anything, in order."""
    for line in lines:
        text = line.rstrip("\r\n")
        if text.strip():
            yield classify(text, url_encoded=url_encoded)


def _look(text: str) -> Iterator[Seen]:
    if _BEGINS_QUERY.match(text) is None:
        yield from contexts(text)
        return
    # put where a value was, a whole query is a syntax error: only what it asks for can be bad
    seen = look_at_query(text)
    if seen is None:
        query = read_query(text)
        if query is None:
            yield from contexts(text)
            seen = look_at_piece(text)
        else:
            seen = look_at_tree(query)
    if seen is not None:
        yield seen
