"""Evaluation: every kind of answer is counted as what it is, and two models differ or do not."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from rich.console import Console

from sqlwright.data.records import Record
from sqlwright.database import connect
from sqlwright.evaluate import (
    Evaluation,
    as_json,
    compare,
    difference_table,
    draw_rates,
    evaluate,
    table,
)
from sqlwright.rates import difference, mcnemar, rate
from tiny import DDL


class Scripted:
    """A model that says what it is told to, in order of the records."""

    family = "mini"
    context_tokens = 4096

    def __init__(self, answers: Sequence[str], records: Sequence[Record]) -> None:
        self.answers = {
            record.input or record.instruction: answer
            for record, answer in zip(records, answers, strict=True)
        }
        self.asked: list[int] = []
        self.rooms: list[int] = []

    def complete(
        self,
        prompts: Sequence[str],
        max_new_tokens: int = 400,
        samples: int = 1,
        stop: tuple[str, ...] = (),
    ) -> list[list[str]]:
        self.asked.append(len(prompts))
        self.rooms.append(max_new_tokens)
        queries = [p.split("<|query|>")[1].removesuffix("<|answer|>") for p in prompts]
        questions = [p.split("<|dialect|>")[0].removeprefix("<|write|>") for p in prompts]
        asked = [query or question for query, question in zip(queries, questions, strict=True)]
        return [[self.answers[text]] for text in asked]

    def count_tokens(self, text: str) -> int:
        return len(text)


SLOW = "SELECT c.name FROM customers AS c WHERE (SELECT COUNT(*) FROM orders AS o WHERE o.customer_id = c.id) > 0"
FAST = "SELECT c.name FROM customers AS c WHERE EXISTS(SELECT 1 FROM orders AS o WHERE o.customer_id = c.id)"
WRONG = "SELECT c.name FROM customers AS c JOIN orders AS o ON o.customer_id = c.id"


def record(task: str, asked: str = SLOW, wanted: str = FAST, number: int = 0) -> Record:
    return Record(
        instruction="Сделай быстрее" if number % 2 else "Make it faster",
        input=asked + f" AND c.id > {number}" * (task == "optimize"),
        output=wanted + f" AND c.id > {number}" * (task == "optimize"),
        task=task,
        dialect="sqlite",
        schema=DDL,
    )


def judged(records: Sequence[Record], answers: Sequence[str], name: str = "model") -> Evaluation:
    return evaluate(records, Scripted(answers, records), name=name, workers=1)


@pytest.mark.parametrize(
    ("answer", "rates"),
    [
        # parses, binds, no difference, rewritten, exact
        (FAST, (True, True, True, True, True)),
        (FAST.replace("AS c", "AS k").replace("c.", "k."), (True, True, True, True, False)),
        ("select name from customers c where exists (select 2 from orders where customer_id=c.id)",
         (True, True, True, True, False)),
        (SLOW, (True, True, True, False, False)),
        (WRONG, (True, True, False, False, False)),
        ("SELECT nmae FROM customers", (True, False, False, False, False)),
        ("SELECT name FROM", (False, False, False, False, False)),
        ("DELETE FROM customers", (False, False, False, False, False)),
        ("", (False, False, False, False, False)),
        ("SELECT 1; SELECT 2", (False, False, False, False, False)),
    ],
)  # fmt: skip
def test_an_answer_counts_as_what_it_is(answer: str, rates: tuple[bool, ...]) -> None:
    outcome = judged([record("refactor")], [answer]).outcomes[0]
    names = ("parses", "binds", "no difference", "rewritten", "exact")
    assert tuple(outcome.rate(name) for name in names) == rates
    assert outcome.faster is None
    assert outcome.reason


def test_a_repair_is_judged_against_what_was_meant() -> None:
    broken = record("fix", asked=FAST.replace("SELECT c", "SELCT c"))
    for answer, same, exact in ((FAST, True, True), (SLOW, True, False), (WRONG, False, False)):
        outcome = judged([broken], [answer]).outcomes[0]
        assert (outcome.no_difference, outcome.exact, outcome.rewritten) == (same, exact, None)


ORDERED = "SELECT name, COUNT(*) AS n FROM customers GROUP BY name ORDER BY n DESC LIMIT 3"


@pytest.mark.parametrize(
    ("wanted", "answer", "rates"),
    [
        # parses, binds, no difference, exact
        (FAST, FAST, (True, True, True, True)),
        (FAST, FAST.replace(" FROM", "\n  from").lower(), (True, True, True, True)),
        (FAST, SLOW, (True, True, True, False)),
        (FAST, f"{FAST} ORDER BY c.name", (True, True, True, False)),
        (FAST, WRONG, (True, True, False, False)),
        (FAST, FAST.replace("c.name", "c.name, c.id"), (True, True, False, False)),
        (
            ORDERED,
            ORDERED.replace("AS n", "AS m").replace("BY n D", "BY m D"),
            (True, True, True, False),
        ),
        (ORDERED, ORDERED.replace("n DESC", "n"), (True, True, False, False)),
        (FAST, "SELECT nmae FROM customers", (True, False, False, False)),
        (FAST, "DELETE FROM customers", (False, False, False, False)),
        (FAST, "", (False, False, False, False)),
    ],
)
def test_an_answer_to_a_question_is_judged_against_the_records_answer(
    wanted: str, answer: str, rates: tuple[bool, ...]
) -> None:
    question = replace(record("write", asked="", wanted=wanted), instruction="Кто купил?")
    outcome = judged([question], [answer]).outcomes[0]
    names = ("parses", "binds", "no difference", "exact")
    assert tuple(outcome.rate(name) for name in names) == rates
    assert (outcome.rewritten, outcome.faster, outcome.language) == (None, None, "ru")


def test_a_question_has_room_for_its_answer_and_rates_of_its_own() -> None:
    questions = [replace(record("write", asked=""), instruction=f"Who? {n}") for n in range(3)]
    records = [*questions, record("refactor")]
    model = Scripted([FAST, FAST, WRONG, SLOW], records)
    groups = evaluate(records, model, name="m", workers=1).groups()
    assert max(model.rooms) >= 300
    assert list(groups) == ["all", "refactor", "write", "en"]
    assert (groups["write"]["no difference"].hits, groups["write"]["no difference"].of) == (2, 3)
    assert groups["write"]["rewritten"].of == 0
    assert (groups["all"]["rewritten"].of, groups["all"]["no difference"].of) == (1, 4)


def test_findings_are_compared_as_a_set_of_rules() -> None:
    review = record("check", wanted="count-above-zero\nselect-star")
    for answer, parses, exact in (
        ("select-star\ncount-above-zero", True, True),
        ("count-above-zero", True, False),
        ("no findings", True, False),
        ("made-up-rule", False, False),
        ("", False, False),
    ):
        outcome = judged([review], [answer]).outcomes[0]
        assert (outcome.parses, outcome.exact, outcome.binds) == (parses, exact, None)


def test_rates_are_by_task_and_language_and_survive_many_processes() -> None:
    records = [record("optimize", number=number) for number in range(12)]
    records += [record("check", wanted="no findings")]
    answers = [item.output if place % 3 else "no" for place, item in enumerate(records)]
    one = judged(records, answers)
    many = evaluate(records, Scripted(answers, records), name="model", workers=2)
    # how many databases were tried hangs on the time that there was
    assert [replace(o, reason="") for o in many.outcomes] == [
        replace(o, reason="") for o in one.outcomes
    ]
    groups = one.groups()
    assert list(groups) == ["all", "check", "optimize", "en", "ru"]
    assert (groups["optimize"]["exact"].hits, groups["optimize"]["exact"].of) == (8, 12)
    assert groups["en"]["parses"].of + groups["ru"]["parses"].of == groups["all"]["parses"].of == 13
    assert groups["check"]["binds"].of == 0


def test_a_surviving_rewrite_is_timed_on_the_database(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    rng = Random(0)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DDL)
        rows = [(n, f"c{n}", None) for n in range(400)]
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?)", rows)
        orders = [(n, rng.randrange(400), n) for n in range(4000)]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", orders)
        connection.commit()
    records = [record("optimize", number=number) for number in range(3)]
    answers = [records[0].output, records[1].input, WRONG]
    with connect(str(path)) as database:
        model = Scripted(answers, records)
        found = evaluate(records, model, name="m", database=database, workers=1)
    first, again, wrong = found.outcomes
    assert first.faster is True
    assert first.ratio is not None
    assert first.ratio > 2
    assert (again.faster, again.ratio, wrong.faster, wrong.ratio) == (False, None, False, None)


def test_two_models_are_told_apart_only_beyond_chance(tmp_path: Path) -> None:
    records = [record("optimize", number=number) for number in range(10)]
    right = [item.output for item in records]
    bad = judged(records, ["no"] * 10, "base")
    good = judged(records, right, "adapted")
    close = judged(records, [*right[:8], "no", "no"], "close")
    verdicts = {item.rate: item.verdict for item in compare(bad, good)}
    assert verdicts["exact"] == "better"
    assert {item.rate: item.verdict for item in compare(good, bad)}["parses"] == "worse"
    assert {item.verdict for item in compare(good, close)} == {"no clear difference"}
    assert "faster" not in verdicts

    found = json.loads(as_json([bad, good], compare(bad, good)))
    assert found["evaluations"][1]["groups"]["all"]["exact"]["share"] == 1
    assert len(found["evaluations"][0]["outcomes"]) == 10
    assert {"commit", "machine", "seed", "records_digest"} <= set(found["evaluations"][0])
    screen = Console(file=io.StringIO(), width=160)
    screen.print(table([bad, good], by=True), difference_table(compare(bad, good)))
    assert "better" in screen.file.getvalue()  # type: ignore[attr-defined]
    draw_rates([bad, good], tmp_path / "rates.png")
    assert (tmp_path / "rates.png").read_bytes()[:4] == b"\x89PNG"


def test_a_prompt_that_does_not_fit_counts_as_no_answer() -> None:
    long = replace(record("refactor"), instruction="please " * 1000)
    outcome = judged([long], [FAST]).outcomes[0]
    assert (outcome.parses, outcome.answer) == (False, "")


def test_intervals_are_the_published_ones() -> None:
    # Wilson intervals of 0 and 5 of 10, as in Newcombe 1998
    none, half = rate([False] * 10), rate([True, False] * 5)
    assert (none.low, none.high) == (0, pytest.approx(0.2775, abs=1e-4))
    assert (half.low, half.high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, 1e-3))
    assert rate([None, None]).of == 0
    assert str(rate([None])) == "–"
    assert mcnemar(1, 9) == pytest.approx(22 / 1024)
    assert mcnemar(0, 0) == mcnemar(3, 3) == 1
    same = difference("x", [(True, True), (False, False)] * 20)
    assert (same.low, same.high, same.verdict) == (0, 0, "no clear difference")
