"""One change of a broken text, and what it says to a person in English and Russian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlwright.repair.pieces import Splice, spliced


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was wrong and what was done.

    Attributes:
        kind: what was wrong, in words joined by hyphens.
        old: what stood there; "" where something was missing.
        new: what stands there now; "" where something was taken out.
        line: where it stood, from 1, in the text before this change.
        is_choice: other ways are as good, and only the author knows which one was meant.
    """

    kind: str
    old: str
    new: str
    line: int
    reason: str
    reason_ru: str
    is_choice: bool = False

    def say(self, language: str) -> str:
        """The reason in that language."""
        return self.reason_ru if language == "ru" else self.reason

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON types."""
        return {
            "kind": self.kind,
            "line": self.line,
            "old": self.old,
            "new": self.new,
            "reason": self.reason,
            "reason_ru": self.reason_ru,
            "choice": self.is_choice,
        }


@dataclass(frozen=True, slots=True)
class Option:
    """A text that may be right, the change that makes it, and how far-fetched it is.

    A cost of 0.5 is a plain slip of the finger; 3 is a part of the query that had to be guessed.
    """

    text: str
    change: Change
    cost: float


def option(
    text: str,
    splices: Sequence[Splice],
    kind: str,
    cost: float,
    reasons: tuple[str, str],
    *,
    is_choice: bool = False,
) -> Option:
    """The option that puts the splices in, its change named after the first of them."""
    start, end, new = min(splices)
    line = text.count("\n", 0, start) + 1
    change = Change(kind, text[start:end].strip(), new.strip(), line, *reasons, is_choice)
    return Option(spliced(text, splices), change, cost)
