"""What `check --untrusted` prints: the texts that would be SQL where a value was meant, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from sqlwright.analyze.untrusted import Judged

#: A text with the file and the line that it stands in.
Placed = tuple[str, int, Judged]
_MOST_SHOWN = 100  # characters of a text


def show_untrusted(console: Console, judged: Sequence[Placed], language: str = "en") -> None:
    """A line for each text that was flagged, its reasons below, and the count at the end."""
    flagged = [placed for placed in judged if placed[2].flagged]
    for name, line, found in flagged:
        console.print(
            f"{escape(name)}:{line}: [red]{escape(_shown(found.text))}[/]", soft_wrap=True
        )
        for reason in found.reasons(language):
            console.print(f"    {escape(reason)}", soft_wrap=True)
    rest = len(judged) - len(flagged)
    if language == "ru":
        said = f"помечено: {len(flagged)} из {len(judged)}"
        note = f"; в остальных ({rest}) ничего не найдено, но это не значит, что они безвредны"
    else:
        said = f"{len(flagged)} of {len(judged)} flagged"
        note = f"; nothing found in the other {rest}, which is no promise that they do no harm"
    console.print(said + (note if rest else ""), soft_wrap=True)


def _shown(text: str) -> str:
    """The text on one line, with what a terminal would obey written out, cut when long."""
    plain = text if text.isprintable() else repr(text)[1:-1]
    return plain if len(plain) <= _MOST_SHOWN else f"{plain[: _MOST_SHOWN - 3]}..."


def untrusted_as_json(judged: Sequence[Placed]) -> dict[str, Any]:
    """Every text with its file, line and reasons, and the counts."""
    return {
        "flagged": sum(found.flagged for _, _, found in judged),
        "of": len(judged),
        "texts": [{"file": name, "line": line, **found.as_dict()} for name, line, found in judged],
    }
