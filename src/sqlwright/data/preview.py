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
    return [
        (_text(token, tokenizer), place >= encoded.prompt_tokens)
        for place, token in enumerate(encoded.ids)
    ]


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


def _text(token: int, tokenizer: Any) -> str:
    if token == tokenizer.eos_token_id:
        return str(tokenizer.convert_ids_to_tokens(token))  # decode() may drop it
    return str(tokenizer.decode([token], skip_special_tokens=False))
