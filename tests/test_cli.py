"""The command contract: exit codes, JSON shapes, one sentence for every error."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import DDL, make_shop, shared


def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """The program as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "sqlwright", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A schema and a few queries."""
    (tmp_path / "ddl.sql").write_text(DDL)
    texts = {
        "exists": "SELECT name FROM customers c WHERE EXISTS"
        " (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
        "in": "SELECT name FROM customers WHERE id IN (SELECT customer_id FROM orders)",
        "join": "SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id",
        "random": "SELECT RANDOM() FROM orders",
        "random2": "SELECT RANDOM() + 1 FROM orders",
        "bad": "SELEC name FROM customers",
        "typo": "SELECT nam FROM customers",
        "two": "SELECT 1; SELECT 2",
        "empty": "",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.sql").write_text(text)
    return tmp_path


def test_verify_exit_codes(files: Path) -> None:
    ddl = files / "ddl.sql"

    def verify(one: str, two: str) -> subprocess.CompletedProcess[str]:
        return run("verify", files / f"{one}.sql", files / f"{two}.sql", "--schema", ddl, "--json")

    for one, two, code, outcome in (
        ("exists", "in", 0, "no difference found"),
        ("exists", "join", 1, "different"),
        ("random", "random2", 3, "undecided"),
    ):
        done = verify(one, two)
        assert done.returncode == code, done.stderr
        found = json.loads(done.stdout)
        assert list(found) == ["outcome", "reason", "witnesses", "counterexample"]
        assert found["outcome"] == outcome
        assert (found["counterexample"] is not None) == (outcome == "different")


ERRORS = {
    "bad": "not valid|no SQL",
    "typo": "Did you mean name",
    "two": "2 statements",
    "empty": "holds no SQL",
}


@pytest.mark.parametrize("name", ERRORS)
def test_bad_queries_are_one_sentence(files: Path, name: str) -> None:
    import re

    ddl = files / "ddl.sql"
    for command in (
        ("verify", files / "in.sql", files / f"{name}.sql", "--schema", ddl),
        ("check", files / f"{name}.sql", "--schema", ddl),
    ):
        done = run(*command)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith("sqlwright: ")
        assert done.stderr.count("\n") == 1
        assert re.search(ERRORS[name], done.stderr), done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "nowhere.sql"), "nowhere.sql: cannot be read"),
        (("check", "-", "--dialect", "sqllite"), "Did you mean sqlite"),
        (("check", "-", "--db", "nowhere.db"), "no such database file"),
        (("optimize", "-", "--db", "mysql://h/x"), "no engine for mysql"),
        (("verify", "a.sql"), "two files"),
        (("verify", "--pairs", "nowhere.jsonl"), "nowhere.jsonl: cannot be read"),
        (("search", "x", "--knowledge", "nowhere"), "holds no knowledge"),
        (("learn", "--knowledge", "x"), "something to learn from"),
        (("data", "check", "nowhere.jsonl"), "nowhere.jsonl: cannot be read"),
        (("data", "split", "nowhere.jsonl", "--out", "x"), "nowhere.jsonl: cannot be read"),
        (("train", "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        (("evaluate", "nowhere.jsonl"), "nowhere.jsonl: cannot be read"),
        (("chek", "x"), "No such command"),
        (("check",), "Missing argument"),
    ],
)
def test_other_mistakes_are_one_sentence(arguments: tuple[str, ...], words: str) -> None:
    done = run(*arguments, stdin="SELECT 1 AS one")
    assert done.returncode == 2
    assert done.stderr.startswith("sqlwright: ")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_exit_codes(files: Path) -> None:
    clean = run(
        "check", "-", "--schema", files / "ddl.sql", stdin="SELECT id FROM orders WHERE id = 5"
    )
    assert (clean.returncode, clean.stdout) == (0, "no findings\n")
    found = run("check", "-", "--json", stdin="SELECT * FROM a, b WHERE a.x = NULL")
    assert found.returncode == 1
    findings = json.loads(found.stdout)["findings"]
    assert {"rule", "severity", "message", "line", "column"} <= findings[0].keys()
    russian = run("check", "-", "--language", "ru", stdin="SELECT x FROM a WHERE x = NULL")
    assert any("\u0400" <= letter <= "\u04ff" for letter in russian.stdout)


def test_pairs_never_stop_at_a_bad_line(files: Path) -> None:
    lines = [
        {"id": "same", "before": "SELECT id FROM orders", "after": "SELECT orders.id FROM orders"},
        {"id": "worse", "before": "SELECT id FROM orders", "after": "SELECT total FROM orders"},
        {"id": "typo", "before": "SELECT idd FROM orders", "after": "SELECT id FROM orders"},
        {"id": "mysql", "before": "SELECT `id` FROM orders", "after": "SELECT id FROM orders"},
    ]
    pairs = files / "pairs.jsonl"
    texts = [json.dumps(line | {"schema": "ddl.sql"}) for line in lines]
    texts[2:2] = ["not json", '{"id": 7}', json.dumps(lines[0] | {"schema": "no.sql"})]
    pairs.write_text("\n".join(texts) + "\n\n")
    done = run("verify", "--pairs", pairs, "--schemas", files)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item["id"] for item in found] == ["same", "worse", 3, 7, "same", "typo", "mysql"]
    outcomes = [item["outcome"] for item in found]
    assert outcomes[:2] == ["no difference found", "different"]
    assert outcomes[2:6] == ["undecided"] * 4
    assert outcomes[6] == "no difference found"
    assert all(item["reason"] for item in found)


def test_wetune_pairs_all_get_a_verdict() -> None:
    pairs = shared("rewrites", "wetune-issues.jsonl")
    done = run("verify", "--pairs", pairs, "--schemas", pairs.parents[1], "--seconds", "5")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == 50
    assert all(item["reason"] for item in found)
    assert sum(item["outcome"] == "undecided" for item in found) <= 2
    different = {item["id"] for item in found if item["outcome"] == "different"}
    assert {"wetune-13", "wetune-37", "wetune-65"} <= different  # shown by hand to be wrong


def test_optimize_and_learn(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    address = make_shop("sqlite", tmp_path, request)
    page = tmp_path / "notes.md"
    page.write_text("# Заказы\n\nЗаказ без клиента бывает.\n", encoding="utf-8")
    knowledge = tmp_path / "knowledge"
    learned = run("learn", "--db", address, page, "--knowledge", knowledge, "--embedding", "none")
    assert learned.returncode == 0, learned.stderr
    hits = json.loads(run("search", "заказ клиента", "--knowledge", knowledge, "--json").stdout)
    assert any(
        hit["source"].startswith(str(page.name)) or "notes.md" in hit["source"] for hit in hits
    )
    slow = "SELECT DISTINCT id, total FROM orders"
    done = run("optimize", "-", "--db", address, "--knowledge", knowledge, "--model", "none",
               "--seconds", "1", "--json", stdin=slow)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert list(found) == ["query", "findings", "passages", "candidates", "best"]
    assert found["findings"][0]["rule"] == "needless-distinct"
    assert all({"sql", "source", "verdict", "cost"} <= c.keys() for c in found["candidates"])
    shown = run("optimize", "-", "--db", address, "--model", "none", "--seconds", "1", stdin=slow)
    assert "needless-distinct" in shown.stdout


def test_a_password_is_nowhere_in_what_is_printed() -> None:
    done = run("check", "-", "--db", "postgresql://me:hush-hush@127.0.0.1:1/x", stdin="SELECT 1")
    assert done.returncode == 2
    assert "hush-hush" not in done.stdout + done.stderr


def test_every_command_has_help() -> None:
    for command in ("check", "verify", "optimize", "learn", "search", "data", "train", "evaluate"):
        done = run(command, "--help")
        assert done.returncode == 0
        assert "Usage" in done.stdout
