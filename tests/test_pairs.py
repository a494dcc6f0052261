"""Many pairs: whatever a pair does to its process, the others get their verdicts."""

import faulthandler
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from conftest import DDL
from sqlwright.errors import BindError, DataError, MissingExtra
from sqlwright.schema import read_ddl
from sqlwright.verify import workers
from sqlwright.verify.judge import Verdict
from sqlwright.verify.pairs import (
    Line,
    Options,
    Tally,
    digest,
    finished,
    judge_line,
    judge_pairs,
    judge_read,
    read_pair,
)
from sqlwright.verify.workers import Done, Lost, judge_apart, run_all, run_apart

pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@pytest.fixture(autouse=True)
def _forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children start in milliseconds, though whoever runs the tests may have threads."""
    if hasattr(os, "fork"):
        monkeypatch.setattr(workers, "_start_method", lambda: "fork")


def square(n: int) -> int:
    """What a child does: some numbers stand for what may befall it."""
    if n == 13:
        os._exit(3)
    if n == 14:
        faulthandler.disable()  # what pytest would print
        os.kill(os.getpid(), signal.SIGSEGV)
    if n == 15:
        time.sleep(60)
    if n == 16:
        raise KeyError("sixteen")
    if n == 17:
        raise BindError("no column seventeen")
    return n * n


def test_answers_come_in_order_whatever_befalls_a_child() -> None:
    found = list(run_all(range(40), square, workers=3, seconds=1.0))
    assert [done.task for done in found] == list(range(40))
    for done in found:
        if done.task not in (13, 14, 15, 16, 17):
            assert done.answer == done.task**2
    reasons = {done.task: done.answer.reason for done in found if isinstance(done.answer, Lost)}
    assert reasons == {
        13: "the process that judged it ended with code 3",
        14: "the process that judged it was ended by SIGSEGV",
        15: "no verdict within 1 s: stopped",
        16: "the process that judged it ended with code 1 (KeyError: 'sixteen')",
    }
    assert isinstance(found[17].answer, BindError)
    assert str(found[17].answer) == "no column seventeen"
    assert 0.9 < found[15].seconds < 3


def children() -> set[str]:
    """Processes whose parent is this one."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, parent = path.parent.name, path.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == os.getpid():
            found.add(name)
    return found


def test_leaving_early_leaves_no_process_behind() -> None:
    before = children()
    answers = run_all(iter(range(1000)), square, workers=2, seconds=5.0)
    assert next(answers).answer == 0
    answers.close()  # type: ignore[attr-defined]
    assert children() == before


def start_another(_: int) -> int:
    import subprocess

    return subprocess.Popen(["sleep", "60"]).pid


def test_what_a_child_started_ends_with_it() -> None:
    (done,) = run_all([1], start_another, workers=1, seconds=5.0)
    assert isinstance(done.answer, int)
    for _ in range(50):
        state = Path(f"/proc/{done.answer}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.02)
    pytest.fail("it still runs")


def test_tasks_are_taken_as_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_WINDOW", 10)
    taken = []

    def tasks() -> Iterator[int]:
        for n in range(1000):
            taken.append(n)
            yield 15 if n == 3 else 100 + n  # the fourth takes all its second

    answers = run_all(tasks(), square, workers=2, seconds=1.0)
    for _ in range(4):
        next(answers)
    assert len(taken) <= 4 + 10 + 2
    answers.close()  # type: ignore[attr-defined]


def pid(_: int) -> int:
    return os.getpid()


def test_children_are_replaced_after_a_while() -> None:
    found = list(run_all(range(10), pid, workers=1, seconds=5.0, recycle=3))
    pids = [done.answer for done in found]
    assert len(set(pids)) == 4
    assert pids[0] == pids[2] != pids[3]


def verdict_of(kind: str) -> Verdict:
    if kind == "asleep":
        time.sleep(60)
    if kind == "missing":
        raise MissingExtra("the moon", "space")
    if kind == "deep":
        return verdict_of(kind)
    return Verdict("no difference found", "seen")


def test_one_verdict_apart() -> None:
    assert judge_apart(partial(verdict_of, "good"), seconds=5).outcome == "no difference found"
    stopped = judge_apart(partial(verdict_of, "asleep"), seconds=0.2, grace=0.1)
    assert stopped == Verdict("undecided", "no verdict within 0.3 s: stopped")
    with pytest.raises(MissingExtra, match=r"the moon is not installed: .*\[space\]"):
        judge_apart(partial(verdict_of, "missing"), seconds=5)
    deep = judge_apart(partial(verdict_of, "deep"), seconds=5)
    assert deep.outcome == "undecided"
    assert "RecursionError" in deep.reason


def test_a_spawned_child_answers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_start_method", lambda: "spawn")
    assert run_apart(partial(os.path.basename, "a/b"), seconds=60) == "b"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="spawned children take longer to start")
@pytest.mark.skipif(sys.platform != "linux", reason="children are forked on Linux alone")
def test_a_child_is_forked_where_no_thread_could_hold_a_lock() -> None:
    code = (
        "import threading, time; from sqlwright.verify.workers import _start_method as how\n"
        "alone = how(); threading.Thread(target=time.sleep, args=(1,), daemon=True).start()\n"
        "print(alone, how())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["fork", "spawn"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A schema, and a file of pairs that are the same but for one."""
    (tmp_path / "ddl.sql").write_text(DDL)
    (tmp_path / "pairs.jsonl").write_text(
        "".join(
            json.dumps(
                {
                    "id": f"p{n}",
                    "before": f"SELECT id FROM orders WHERE id > {n}",
                    "after": f"SELECT orders.id FROM orders WHERE {n} < {'id' if n != 3 else 'total'}",
                    "schema": "ddl.sql",
                }
            )
            + "\n"
            for n in range(6)
        )
    )
    return tmp_path


def unlucky(options: Options, line: Line) -> dict[str, Any]:
    """Judges as ever, but dies of one pair and never ends with another."""
    if '"p1"' in line[1]:
        os.kill(os.getpid(), signal.SIGKILL)  # as a system does that is out of memory
    if '"p4"' in line[1]:
        time.sleep(60)
    return judge_line(options, line)


def test_a_pair_that_kills_its_process_is_undecided(files: Path) -> None:
    options = Options(files, seconds=2)
    act = partial(unlucky, options)
    found = list(judge_pairs(files / "pairs.jsonl", options, workers=2, act=act, grace=0.5))
    assert [item["id"] for item in found] == [f"p{n}" for n in range(6)]
    assert [item["outcome"] for item in found] == [
        "no difference found",
        "undecided",
        "no difference found",
        "different",
        "undecided",
        "no difference found",
    ]
    assert found[1]["reason"] == "the process that judged it was ended by SIGKILL"
    assert found[4]["reason"] == "no verdict within 2.5 s: stopped"
    assert found[0].keys() == found[1].keys() == found[4].keys()


def test_a_torn_line_is_cut_off_and_judged_again(files: Path) -> None:
    pairs, out = files / "pairs.jsonl", files / "out.jsonl"
    assert finished(out, pairs) == []
    whole = [json.dumps({"pair": digest(line), "outcome": "different", "seconds": 1.0, "id": n})
             for n, line in enumerate(pairs.read_text().splitlines())]  # fmt: skip
    out.write_text("\n".join(whole[:3]) + "\n" + whole[3][:20])
    assert [verdict["id"] for verdict in finished(out, pairs)] == [0, 1, 2]
    assert out.read_text() == "\n".join(whole[:3]) + "\n"
    rest = judge_pairs(pairs, Options(files, seconds=2), skip=3)
    assert [verdict["id"] for verdict in rest] == ["p3", "p4", "p5"]


@pytest.mark.parametrize("written", ["{}\n", "not json\n", "[1]\n", '{"pair": "0123456789ab"}\n'])
def test_an_output_of_other_pairs_is_refused(files: Path, written: str) -> None:
    out = files / "out.jsonl"
    out.write_text(written)
    with pytest.raises(DataError, match=r"line 1 is no verdict on pair 1 of .*another --out"):
        finished(out, files / "pairs.jsonl")
    assert out.read_text() == written
    with pytest.raises(DataError, match="line 1 is no verdict"):
        finished(files / "pairs.jsonl", files / "pairs.jsonl")
    longer = [json.dumps({"pair": digest(line)})
              for line in (files / "pairs.jsonl").read_text().splitlines()]  # fmt: skip
    out.write_text("\n".join([*longer, longer[0]]) + "\n")
    with pytest.raises(DataError, match="line 7 is no verdict"):
        finished(out, files / "pairs.jsonl")


SCHEMA = read_ddl(DDL)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("SELECT CONCAT(name, \"abc\") FROM customers", "mysql"),
        ('SELECT "name" FROM customers', "postgres"),
        ("SELECT `name` FROM customers", "mysql"),
    ],
)  # fmt: skip
def test_a_dialect_is_one_in_which_the_queries_bind(text: str, dialect: str) -> None:
    assert read_pair((text, text), SCHEMA, None).dialect == dialect


def test_what_binds_nowhere_is_refused_as_the_guess_reads_it() -> None:
    texts = ("SELECT name FROM customers", "SELECT `nam` FROM customers")
    with pytest.raises(BindError, match=r"^b\.sql: line 1, column 8: .* Did you mean name\?"):
        read_pair(texts, SCHEMA, None, names=("a.sql", "b.sql"))


def test_tables_that_no_schema_has_are_made_up_and_said_so(files: Path) -> None:
    pair = {
        "before": "SELECT t.a FROM things t WHERE t.b > 5 AND t.c = 'x'",
        "after": "SELECT t.a FROM things t WHERE t.b >= 5 AND t.c = 'x'",
    }
    found = judge_line(Options(files, seconds=2), (1, json.dumps(pair)))
    assert found["outcome"] == "different", found["reason"]
    assert any("things" in note for note in found["notes"])
    both = pair["before"].replace("things t", "things t JOIN orders o ON o.id = t.a")
    pair = {"before": both, "after": both.replace(" AND t.c = 'x'", ""), "schema": "ddl.sql"}
    found = judge_line(Options(files, seconds=2), (1, json.dumps(pair)))
    assert found["outcome"] == "different", found["reason"]
    assert any("things" in note for note in found["notes"])


def test_a_dialect_that_only_the_schema_tells_is_noted(files: Path) -> None:
    pair = {
        "before": 'SELECT CONCAT(name, "abc") AS n FROM customers',
        "after": "SELECT CONCAT(name, 'abc') AS n FROM customers",
        "schema": "ddl.sql",
    }
    found = judge_line(Options(files, seconds=2), (1, json.dumps(pair)))
    assert found["outcome"] == "no difference found", found["reason"]
    assert "read as mysql" in found["notes"][0]


def test_a_tally_counts_and_measures() -> None:
    tally = Tally()
    assert str(tally) == "no pairs"
    for n in range(20):
        outcome = "different" if n < 3 else "no difference found"
        tally.add({"outcome": outcome, "seconds": n / 10})
    assert str(tally) == (
        "20 pairs: 17 no difference found, 3 different, 0 undecided;"
        " 0.95 s median, 1.90 s at the 95th percentile"
    )


def test_done_says_how_long_it_took() -> None:
    found: Done[int, int] = next(run_all([2], square, workers=1, seconds=5))
    assert found.answer == 4
    assert 0 < found.seconds < 5


def test_a_position_that_no_column_has_is_a_constant() -> None:
    schema = read_ddl("CREATE TABLE emp (id INT PRIMARY KEY, dept INT)")
    texts = (
        "SELECT dept, MAX(id) FROM emp GROUP BY dept, 4",
        "SELECT dept, MAX(id) FROM emp GROUP BY dept",
    )
    verdict = judge_read(read_pair(texts, schema, "mysql"), Options(Path()))
    assert verdict.outcome == "no difference found", verdict.reason
    assert any("names no column" in note for note in verdict.notes)


def test_a_unary_plus_has_other_names() -> None:
    schema = read_ddl("CREATE TABLE emp (id INT PRIMARY KEY, dept INT)")
    pair = read_pair(("SELECT POSITIVE(dept) FROM emp", "SELECT dept FROM emp"), schema, "mysql")
    assert judge_read(pair, Options(Path())).outcome == "no difference found"
    pair = read_pair(("SELECT POSITIVE(dept) FROM emp", "SELECT id FROM emp"), schema, "mysql")
    assert judge_read(pair, Options(Path())).outcome == "different"
