"""The page on learning does what it says, in English and in Russian."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sqlwright.cli import app
from sqlwright.knowledge import open_index

ROOT = Path(__file__).parents[1]


def commands(page: str) -> list[str]:
    """Every sqlwright command in the code blocks of a page."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith(".venv/bin/sqlwright ")]


def test_the_commands_are_the_same_in_russian() -> None:
    assert len(commands("learn.md")) == 8
    english = [re.sub(r'search "[^"]*"', "search", line) for line in commands("learn.md")]
    russian = [re.sub(r'search "[^"]*"', "search", line) for line in commands("learn.ru.md")]
    assert english == russian


def test_the_pages_are_a_page() -> None:
    for name in ("learn.md", "learn.ru.md"):
        lines = (ROOT / "docs" / name).read_text(encoding="utf-8").splitlines()
        assert len(lines) < 110, name


@pytest.mark.slow
def test_each_command_runs_word_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In another folder, on a smaller database, with words alone where no embedding is there."""
    pytest.importorskip("lancedb")
    monkeypatch.chdir(ROOT)
    made = tmp_path / "demo" / "tpch.sqlite"
    made.parent.mkdir()
    script = ROOT / "examples" / "tpch" / "make_database.py"
    subprocess.run([sys.executable, script, made, "--scale", "0.01"], check=True)
    shown = []
    # those of the Russian page are the same, but for what is searched for
    for command in dict.fromkeys([*commands("learn.md"), *commands("learn.ru.md")]):
        line, _, target = command.replace("build/", f"{tmp_path}/").partition(" > ")
        done = CliRunner().invoke(app, shlex.split(line)[1:])
        assert done.exit_code == 0, f"{command}\n{done.output}\n{done.exception!r}"
        shown.append(done.stdout)
        if target:
            Path(target).write_text(done.stdout, encoding="utf-8")
    found = shown[2:]  # after the learn of files and of the practice
    assert "words: rank" in found[1]
    kinds = {line.split()[0] for line in found[2].splitlines() if line.strip()}
    assert kinds <= {"query", "standard", "kept"}, "only those were asked for"
    index = open_index(tmp_path / "learn" / "knowledge")
    (orders,) = (
        p for p in index.passages(("table",)) if p.title == "orders" and p.source == "table orders"
    )
    assert re.search(r"o_orderstatus \S+ not null \(about 3 values: F, O, P\)|: O, F, P\)|: F, O, P\)",
                     orders.text)  # fmt: skip
    everything = "".join(p.text for p in index.passages(("table", "query")))
    assert not re.search(r"\b[cs]_phone\b", everything)
    kept = (tmp_path / "learn" / "accepted.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = [json.loads(line)["verdict"] for line in kept]
    assert verdicts == ["no difference found"] * 2
    assert len(index.passages(("example",))) == 2
