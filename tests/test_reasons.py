"""The reasons of verdicts in Russian: each form is one that the checker writes, and none is lost."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from sqlwright import sql
from sqlwright.schema import read_ddl
from sqlwright.show import reasons
from sqlwright.show.reasons import say_outcome, say_reason
from sqlwright.verify import canonical
from sqlwright.verify.judge import judge

SOURCE = Path(__file__).parents[1] / "src" / "sqlwright"
SHOP = read_ddl(
    """
    CREATE TABLE customers (id INT PRIMARY KEY, name TEXT NOT NULL, city TEXT);
    CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT REFERENCES customers (id),
        total INT, day DATE NOT NULL);
    """
)
PAIRS = {
    "the same": ("SELECT id FROM orders", "SELECT orders.id FROM orders"),
    "a step": (
        "SELECT o.id FROM orders AS o JOIN customers AS c ON c.id = o.customer_id",
        "SELECT o.id FROM orders AS o WHERE o.customer_id IS NOT NULL",
    ),
    "tried": (
        "SELECT id FROM orders WHERE total BETWEEN 3 AND 5 AND day > '2024-01-02'",
        "SELECT id FROM orders WHERE (total = 3 OR total = 4 OR total = 5) AND day > '2024-01-02'",
    ),
    "other rows": ("SELECT id FROM orders", "SELECT id FROM orders WHERE total > 3"),
    "one row": ("SELECT count(*) FROM orders", "SELECT count(total) FROM orders"),
    "order": (
        "SELECT id, total FROM orders ORDER BY total, id",
        "SELECT id, total FROM orders ORDER BY id",
    ),
    "cut": (
        "SELECT id FROM orders ORDER BY total DESC, id LIMIT 2",
        "SELECT id FROM orders ORDER BY total, id LIMIT 2",
    ),
    "columns": ("SELECT id FROM orders", "SELECT id, total FROM orders"),
    "chance": ("SELECT random() FROM orders", "SELECT random() + 1 FROM orders"),
    "empty": (
        "SELECT id FROM orders WHERE total > 5 AND total < 3",
        "SELECT id FROM orders WHERE total = 1 AND total = 2",
    ),
    "one empty": (
        "SELECT id FROM orders WHERE total > 5 AND total < 3",
        "SELECT id FROM orders WHERE total > 5 AND total + 0 < 3",
    ),
}
ENGLISH = re.compile(r"\b(the|of|in|is|are|and|rows?|queries|query|with|shown|by|each|same)\b")


@pytest.mark.parametrize("name", PAIRS)
def test_a_real_verdict_is_said_in_russian(name: str) -> None:
    first, second = (sql.read(text, "postgres") for text in PAIRS[name])
    verdict = judge(first, second, SHOP, "postgres", seconds=3)
    for text in (verdict.reason, *verdict.notes):
        assert say_reason(text) == text
        said = say_reason(text, "ru")
        assert not ENGLISH.search(said), said
        assert re.search("[а-я]", said)
    assert re.search("[а-я]", say_outcome(verdict.outcome, "ru"))


def _written() -> str:
    """Every text in the code that writes reasons."""
    files = [*(SOURCE / "verify").glob("*.py"), SOURCE / "sql.py", SOURCE / "cli" / "checking.py"]
    return "\n".join(
        node.value
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_each_form_is_one_that_the_checker_writes() -> None:
    """Whoever changes a reason is reminded of its translation."""
    written = _written()
    text = (SOURCE / "show" / "reasons.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert len(lines) % 2 == 0
    for english, russian in zip(lines[::2], lines[1::2], strict=True):
        pieces = re.split(
            r"\{[^}]*\}|\brows\b|[;:,()]|the (?:original|rewrite|proposed)|shown by| on |more than",
            english,
        )
        longest = max(pieces, key=len).strip()
        assert longest in written, english
        assert re.search("[А-Яа-я]", russian), russian
        places = set(re.findall(r"\{(\w+)", english))
        assert set(re.findall(r"\{(\w+)", russian)) <= places, english
        if "same" not in english:  # a form may leave nothing out
            assert set(re.findall(r"\{(\w+)", russian)) == places, english


def test_each_step_has_its_words() -> None:
    source = Path(str(canonical.__file__)).read_text(encoding="utf-8")
    steps = {words for words, _ in canonical._STEPS}
    steps |= set(re.findall(r'self\.used\["([^"]+)"\]', source))
    for words in steps:
        assert say_reason(words, "ru") != words


def test_steps_with_commas_are_told_apart() -> None:
    said = say_reason(
        "shown by the same query once DISTINCT is a grouping, joins over a declared foreign key,"
        " which is taken to hold, are dropped, filters over groups are HAVING",
        "ru",
    )
    assert not ENGLISH.search(said)
    assert said.count("HAVING") == 1


@pytest.mark.parametrize(
    ("number", "form"),
    [("1", "строка"), ("2", "строки"), ("5", "строк"), ("11", "строк"), ("12", "строк"),
     ("21", "строка"), ("114", "строк"), ("102", "строки"), ("0.5", "строки")],
)  # fmt: skip
def test_a_noun_goes_with_its_number(number: str, form: str) -> None:
    assert reasons._form(number, ["строка", "строки", "строк"]) == form


def test_a_reason_that_is_not_known_stays_as_it_is() -> None:
    assert say_reason("the moon is full", "ru") == "the moon is full"
