"""The documentation says what the code does."""

import re
from pathlib import Path

import pytest

from sqlwright import pages

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["rules.md", "settings.md", "cli.md"])
def test_generated_pages_are_fresh(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == pages.pages()[name]


@pytest.mark.parametrize("page", sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("*.md"))
                         + sorted(str(p.relative_to(ROOT)) for p in ROOT.glob("docs/**/*.md")))  # fmt: skip
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_readme_names_every_command() -> None:
    for name in ("README.md", "README.ru.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for command in (
            "check",
            "verify",
            "optimize",
            "learn",
            "search",
            "data",
            "train",
            "evaluate",
        ):
            assert f"sqlwright {command}" in text, (name, command)
        assert "make demo" in text
        assert "make test" in text


def test_the_words_promise_no_more_than_is_shown() -> None:
    """A verdict is never called a proof, anywhere a user reads."""
    promises = re.compile(r"\b(is|are|be) (equivalent|proved|proven)\b", re.IGNORECASE)
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert "not" in line or not promises.search(line), f"{path.name}: {line}"
