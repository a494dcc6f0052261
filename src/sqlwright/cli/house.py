"""The house's standards, as the options --standards and --knowledge name them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sqlwright.cli.shared import open_index

if TYPE_CHECKING:
    from sqlwright.analyze.house import Standard

StandardsFile = Annotated[
    Path | None, typer.Option("--standards", help="the house's standards: a .yaml or .md file")
]


def house_standards(file: Path | None, knowledge: str | None) -> tuple[Standard, ...]:
    """The standards that can be checked, from a file and from what was learned."""
    from sqlwright.analyze.house.reading import from_passages, load_standards

    found = load_standards(file) if file is not None else ()
    index = open_index(knowledge)
    if index is not None:
        passages = index.passages(("standard",))
        found += from_passages((p.title, p.text, p.source) for p in passages)
    return found
