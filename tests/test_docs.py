"""The documentation says what the code does."""

import re
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sqlwright import pages
from sqlwright.cli import app

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
            "fix",
            "refactor",
            "optimize",
            "indexes",
            "ask",
            "explain",
            "learn",
            "search",
            "data",
            "train",
            "tune",
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


def commands(page: str) -> list[str]:
    """Every sqlwright command in the code blocks of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(".venv/bin/sqlwright ")]


def test_the_page_on_training_has_the_same_commands_in_russian() -> None:
    assert commands("train.md") == commands("train.ru.md")


@pytest.mark.slow
def test_the_page_on_training_runs_word_for_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command as it stands, in another folder, and shorter where it takes minutes."""
    pytest.importorskip("trl")
    monkeypatch.chdir(ROOT)
    shorter = {
        "train": "train.max_steps=1 data.validation_records=1",
        "evaluate": "--limit 1",
        "optimize": "--seconds 0.2",
    }
    table = (ROOT / "examples" / "team" / "queries.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "queries.csv").write_text("\n".join(table[:12] + table[40:44]), encoding="utf-8")
    (tmp_path / "demo").mkdir()
    with sqlite3.connect(tmp_path / "demo" / "tpch.sqlite") as database:
        schema = (ROOT / "examples" / "team" / "schema.sql").read_text(encoding="utf-8")
        database.executescript(schema)
    database.close()
    for command in commands("train.md"):
        command = command.replace("examples/team/queries.csv", f"{tmp_path}/queries.csv")
        words = command.replace("build/", f"{tmp_path}/").split()
        words = words[1:] + (shorter.get(words[1], "").split() if "--dry-run" not in words else [])
        done = CliRunner().invoke(app, words)  # packages are imported once for all of them
        wanted = 1 if words[:2] == ["data", "import"] else 0
        assert done.exit_code == wanted, f"{command}\n{done.output}\n{done.exception!r}"
    left = {path.name for path in (tmp_path / "team").iterdir()}
    assert {"records.jsonl", "preview.html", "adapter", "evaluation.png", "merged"} <= left
