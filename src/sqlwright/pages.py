"""The generated pages of the documentation: `python -m sqlwright.pages` writes them.

With `--check` nothing is written, and the exit code is 1 if a page is not fresh.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from sqlwright.analyze.pages import rules_page
from sqlwright.config import settings
from sqlwright.tune.space import SEARCHABLE, Range, Tuning

DOCS = Path(__file__).parents[2] / "docs"


def pages() -> dict[str, str]:
    """Every generated page by its file name."""
    return {"rules.md": rules_page(), "settings.md": settings_page(), "cli.md": cli_page()}


def settings_page() -> str:
    """Every setting of a training with its default and meaning."""
    lines = [
        "# Settings",
        "",
        "Made from `config.py` by `make docs`. A config is a whole YAML file (see `configs/`); one",
        "setting is replaced on the command line as `section.key=value`.",
        "",
        "| setting | default | what it does |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {default} | {what} |" for name, default, what in settings()]
    lines += [
        "",
        "## A search",
        "",
        "Made from `tune/space.py`. What `sqlwright tune --space` reads (see `configs/tune.yaml`):",
        "",
        *_table(Tuning),
        "",
        "Each setting of `space` has:",
        "",
        *_table(Range),
        "",
        f"Settings that can be searched: {', '.join(f'`{name}`' for name in SEARCHABLE)}.",
    ]
    return "\n".join(lines) + "\n"


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield from ("| setting | default | what it does |", "|---|---|---|")
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "required" if field.is_required() else default
        yield f"| `{name}` | {shown} | {field.description} |"


def cli_page() -> str:
    """What every command says of itself with --help."""
    os.environ["COLUMNS"] = "100"  # or else the page would depend on somebody's terminal
    os.environ["TERMINAL_WIDTH"] = "100"
    parts = ["# Commands\n\nMade from the commands' own help by `make docs`.\n"]
    parts += [f"## {name}\n\n```\n{text.strip()}\n```\n" for name, text in _help()]
    return "\n".join(parts)


def _help() -> Iterator[tuple[str, str]]:
    from typer.main import get_command

    from sqlwright.cli import app

    def walk(command: object, trail: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        context = command.context_class(command, info_name=" ".join(trail))  # type: ignore[attr-defined]
        yield " ".join(trail), command.get_help(context)  # type: ignore[attr-defined]
        for name, inner in getattr(command, "commands", {}).items():
            yield from walk(inner, (*trail, name))

    yield from walk(get_command(app), ("sqlwright",))


def main() -> None:
    """Write the pages, or check them."""
    stale = []
    for name, text in pages().items():
        path = DOCS / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in sys.argv:
                path.write_text(text, encoding="utf-8")
                print(f"wrote docs/{name}")
    if stale and "--check" in sys.argv:
        sys.exit(f"not fresh: {', '.join(stale)}; run make docs")


if __name__ == "__main__":
    main()
