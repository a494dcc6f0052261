"""What the trainer will see of a record, token by token: prompt dim, answer bright, end shown.

A wrong mask or a missing end token is seen here before it costs a training.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlwright.data.encode import encode
from sqlwright.data.records import Record

if TYPE_CHECKING:
    from rich.console import RenderableType


def tokens(record: Record, tokenizer: Any, family: str) -> list[tuple[str, bool]]:
    """Each token's text, and whether it is trained on."""
    encoded = encode(record, tokenizer, family)
    found, pending = [], list[int]()
    for place, token in enumerate(encoded.ids):
        pending.append(token)
        text = _text(pending, tokenizer)
        whole = not text.endswith("\ufffd") or len(pending) > _MOST_BYTES
        # the first tokens of a letter that several share show nothing, the last one the letter
        found.append((text if whole else "", place >= encoded.prompt_tokens))
        pending = [] if whole else pending
    return found


_MOST_BYTES = 4  # of one letter in UTF-8


def preview(
    records: Sequence[Record], tokenizer: Any, family: str, *, limit: int | None = None
) -> Iterator[RenderableType]:
    """One panel a record for the terminal; its title counts tokens, and says what would not fit."""
    from rich.panel import Panel
    from rich.text import Text

    for number, record in enumerate(records, start=1):
        body = Text()
        shown = tokens(record, tokenizer, family)
        for place, (text, trained) in enumerate(shown):
            color = "black on green" if place % 2 else "black on bright_green"
            body.append(text, style=color if trained else "dim")
        answer = sum(trained for _, trained in shown)
        title = f"record {number}: {len(shown) - answer} prompt tokens, {answer} trained on"
        if limit is not None and len(shown) > limit:
            title += f", does not fit {limit}"
        yield Panel(body, title=title, title_align="left")


def _text(tokens: list[int], tokenizer: Any) -> str:
    if tokens[-1] == tokenizer.eos_token_id:
        return str(tokenizer.convert_ids_to_tokens(tokens[-1]))  # decode() may drop it
    return str(tokenizer.decode(tokens, skip_special_tokens=False))
