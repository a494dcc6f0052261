"""What the trainer will see of a batch, token by token: what is only read, trained on, or padding.

A wrong mask or a missing end token is seen here before it costs a training; on the terminal, or as
a page of HTML.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlwright.data.encode import encode
from sqlwright.data.records import Record

if TYPE_CHECKING:
    from rich.console import RenderableType

Kind = Literal["prompt", "answer", "end"]
_MOST_BYTES = 4  # of one letter in UTF-8


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a batch: each token's text with its kind, and how many of padding follow."""

    number: int
    tokens: tuple[tuple[str, Kind], ...]
    padding: int
    too_long: bool

    @property
    def title(self) -> str:
        """How many tokens of each kind."""
        trained = sum(kind != "prompt" for _, kind in self.tokens)
        counts = f"{len(self.tokens) - trained} prompt tokens, {trained} trained on"
        padding = f", {self.padding} of padding" if self.padding else ""
        return f"record {self.number}: {counts}{padding}"


def batch(
    records: Sequence[Record], tokenizer: Any, family: str, *, limit: int | None = None
) -> list[Row]:
    """The records as the rows of one batch: padded on the right to the longest of them.

    Args:
        limit: tokens that a record may have; one with more would be refused, and is not padded to.
    """
    rows = [tokens(record, tokenizer, family) for record in records]
    fitting = [len(row) for row in rows if limit is None or len(row) <= limit]
    longest = max(fitting, default=0)
    return [
        Row(
            number,
            tuple(row),
            max(0, longest - len(row)),
            limit is not None and len(row) > limit,
        )
        for number, row in enumerate(rows, start=1)
    ]


def tokens(record: Record, tokenizer: Any, family: str) -> list[tuple[str, Kind]]:
    """Each token's text, and whether it is read, trained on, or the trained end."""
    encoded = encode(record, tokenizer, family)
    found: list[tuple[str, Kind]] = []
    pending: list[int] = []
    for place, token in enumerate(encoded.ids):
        pending.append(token)
        text = _text(pending, tokenizer)
        whole = not text.endswith("\ufffd") or len(pending) > _MOST_BYTES
        kind: Kind = "prompt" if place < encoded.prompt_tokens else "answer"
        kind = "end" if place == len(encoded.ids) - 1 else kind
        # the first tokens of a letter that several share show nothing, the last one the letter
        found.append((text if whole else "", kind))
        pending = [] if whole else pending
    return found


def panels(rows: Sequence[Row], limit: int) -> Iterator[RenderableType]:
    """One panel a record for the terminal: prompt dim, answer on green, its end on red."""
    from rich.panel import Panel
    from rich.text import Text

    for row in rows:
        body = Text()
        for place, (text, kind) in enumerate(row.tokens):
            color = "black on green" if place % 2 else "black on bright_green"
            color = "white on red" if kind == "end" else color
            body.append(text, style="dim" if kind == "prompt" else color)
        if row.padding:
            body.append(f"\n+ {row.padding} tokens of padding, not read", style="blue")
        title = row.title + (f", does not fit {limit}" if row.too_long else "")
        yield Panel(body, title=title, title_align="left")


_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #8886; border-radius: 6px;
  padding: .8rem; font: 13px/1.7 ui-monospace, monospace; }
.prompt { opacity: .65; }
.prompt:nth-child(even) { background: #8881; }
.answer { background: #2a9d4a44; }
.answer:nth-child(even) { background: #2a9d4a77; }
.end { background: #c62828; color: #fff; padding: 0 .3em; border-radius: 3px; }
.padding { background: repeating-linear-gradient(45deg, #88a4 0 6px, transparent 6px 12px);
  padding: 0 .6em; border-radius: 3px; }
.wrong { color: #c62828; font-weight: 600; }
"""


def page(rows: Sequence[Row], *, source: str, model: str, limit: int) -> str:
    """The batch as a page of HTML that needs nothing else: every token is a box of its own."""
    blocks = []
    for row in rows:
        boxes = "".join(
            f'<span class="{kind}">{html.escape(text)}</span>' for text, kind in row.tokens
        )
        if row.padding:
            boxes += f'\n<span class="padding">{row.padding} tokens of padding</span>'
        wrong = f' <span class="wrong">does not fit {limit}</span>' if row.too_long else ""
        blocks.append(f"<h2>{html.escape(row.title)}{wrong}</h2>\n<pre>{boxes}</pre>")
    legend = (
        '<span class="prompt">prompt, only read</span> · <span class="answer">answer, trained on'
        '</span> · <span class="end">its end, trained on</span> · <span class="padding">padding, '
        "not read</span>"
    )
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>{html.escape(source)}'
        f"</title>\n<style>{_STYLE}</style>\n<h1>{html.escape(source)} as {html.escape(model)}"
        f" reads it</h1>\n<p>{legend}</p>\n" + "\n".join(blocks) + "\n</html>\n"
    )


def _text(tokens: list[int], tokenizer: Any) -> str:
    if tokens[-1] == tokenizer.eos_token_id:
        return str(tokenizer.convert_ids_to_tokens(tokens[-1]))  # decode() may drop it
    return str(tokenizer.decode(tokens, skip_special_tokens=False))
