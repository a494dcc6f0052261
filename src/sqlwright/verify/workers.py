"""Work in child processes with a hard time limit.

A parser that never ends, an engine that crashes, memory that runs out: what would take the program
down takes a child down, and the answer says so. A child is forked where that is sound (Linux, no
threads), which costs milliseconds, and spawned elsewhere.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from sqlwright import errors
from sqlwright.errors import SqlwrightError
from sqlwright.verify.judge import Verdict

Task = TypeVar("Task")
Answer = TypeVar("Answer")

#: Seconds on top of a verdict's own limit, for what that limit cannot stop.
GRACE = 5.0
_WINDOW = 256  # answers that may wait for an earlier one, and so how much is held at once
_RECYCLE = 200  # tasks after which a child is replaced: what engines leak goes with it


@dataclass(frozen=True, slots=True)
class Lost:
    """No answer, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Done(Generic[Task, Answer]):
    """A task with its answer, or with what kept it from one, and the seconds that it took."""

    task: Task
    answer: Answer | Lost | SqlwrightError
    seconds: float


def judge_apart(act: Callable[[], Verdict], *, seconds: float, grace: float = GRACE) -> Verdict:
    """The verdict that `act` gives in a child process, or `undecided` where none comes in time.

    Args:
        act: judges one pair; it must be possible to pickle it where children are spawned.
        seconds: the limit that `act` itself keeps where it can.
        grace: how much longer the child lives.

    Raises:
        SqlwrightError: the one that `act` raises.
    """
    answer = run_apart(act, seconds=seconds, grace=grace)
    return Verdict("undecided", answer.reason) if isinstance(answer, Lost) else answer


def run_apart(act: Callable[[], Answer], *, seconds: float, grace: float = GRACE) -> Answer | Lost:
    """What `act` returns in a child process; see `judge_apart`."""
    task = partial(_without_task, act)
    (done,) = run_all((None,), task, workers=1, seconds=seconds + grace)
    if isinstance(done.answer, SqlwrightError):
        raise done.answer
    return done.answer


def _without_task(act: Callable[[], Answer], _: None) -> Answer:
    return act()


def run_all(
    tasks: Iterable[Task],
    act: Callable[[Task], Answer],
    *,
    workers: int,
    seconds: float,
    recycle: int = _RECYCLE,
) -> Iterator[Done[Task, Answer]]:
    """Answers in the order of the tasks, made by some children at once.

    Tasks are taken as they are needed, so a long stream of them takes no more memory than a few
    hundred. A child that dies, or that takes longer than `seconds` for a task, is replaced.
    """
    waiting = enumerate(tasks)
    answers: dict[int, Done[Task, Answer]] = {}
    idle: list[_Child] = []
    busy: list[_Child] = []
    taken = given = 0  # how many tasks were taken, how many answers given
    more = True
    try:
        while more or busy or answers:
            while more and len(busy) < workers and taken - given < _WINDOW:
                found = next(waiting, None)
                if found is None:
                    more = False
                    break
                child = idle.pop() if idle else _Child(act)
                busy.append(child)
                child.give(*found, seconds)
                taken += 1
            for child in _finished(busy):
                busy.remove(child)
                answers[child.number] = Done(child.task, child.answer(), child.seconds())
                if child.is_alive and child.tasks_done < recycle:
                    idle.append(child)
                elif child.is_alive:
                    child.end()
            while given in answers:
                yield answers.pop(given)
                given += 1
    finally:
        for child in (*busy, *idle):
            child.end()


def _finished(busy: list[_Child]) -> list[_Child]:
    """The children that answered, died or ran out of time; waits until there is one."""
    if not busy:
        return []
    patience = max(0.0, min(child.deadline for child in busy) - time.monotonic())
    ready = wait([child.connection for child in busy], patience)
    now = time.monotonic()
    return [child for child in busy if child.connection in ready or child.deadline <= now]


class _Child:
    """A process that does one task after the other."""

    def __init__(self, act: Callable[[Any], Any]) -> None:
        context: Any = multiprocessing.get_context(_start_method())
        self.connection: Connection
        self.connection, other = context.Pipe()
        # what the child says when it dies
        self._complaints = tempfile.NamedTemporaryFile()  # noqa: SIM115 - open until the child ends
        said = self._complaints.name
        self._process = context.Process(target=_serve, args=(other, act, said), daemon=True)
        sys.stdout.flush()  # or else a forked child would print what is in the buffer once more
        self._process.start()
        other.close()
        self.is_alive = True
        self.tasks_done = 0
        self.number = -1
        self.task: Any = None
        self.deadline = self._since = self._limit = 0.0

    def give(self, number: int, task: Any, limit: float) -> None:
        """Start the task."""
        self.number, self.task, self._limit = number, task, limit
        self._since = time.monotonic()
        self.deadline = self._since + limit
        try:
            self.connection.send(task)
        except OSError:
            return  # it died while it waited: reading its answer will say so

    def seconds(self) -> float:
        """Seconds since the task was given."""
        return time.monotonic() - self._since

    def answer(self) -> Any:
        """The answer to the task, or why there is none: then the child is dead."""
        self.tasks_done += 1
        try:
            if self.connection.poll():
                kind, *parts = self.connection.recv()
                return parts[0] if kind == "answer" else _error(*parts)
        except (EOFError, OSError):
            code, last_words = self.end()
            return Lost(f"the process that judged it {_how_it_ended(code, last_words)}")
        self.end()
        return Lost(f"no verdict within {self._limit:g} s: stopped")

    def end(self) -> tuple[int | None, str]:
        """Kill the process and what it started; its exit code and the last line that it said."""
        self.is_alive = False
        pid = self._process.pid
        if pid is not None and hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):  # it has no group of its own yet
                os.killpg(pid, signal.SIGKILL)
        self._process.kill()  # changes nothing about one that is about to end by itself
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        self.connection.close()
        with self._complaints as complaints:
            complaints.seek(0)
            lines = complaints.read().decode(errors="replace").split("\n")
        return code, next((line.strip() for line in reversed(lines) if line.strip()), "")


def _how_it_ended(code: int | None, last_words: str) -> str:
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    said = f" ({last_words[:200]})" if last_words else ""
    return f"ended with code {code}{said}"


def _error(name: str, message: str) -> SqlwrightError:
    """The error that the child met; its class may take other arguments than a message."""
    found = getattr(errors, name, SqlwrightError)
    error: SqlwrightError = found.__new__(found, message)
    return error


def _start_method() -> str:
    """Forking copies the locks that other threads hold, and nobody opens them in the child."""
    forks = sys.platform == "linux" and threading.active_count() == 1
    return "fork" if forks else "spawn"


def _serve(connection: Connection, act: Callable[[Any], Any], complaints: str) -> None:
    """Answer tasks until the parent goes."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)  # Ctrl-C is the parent's: it ends the children itself
    with open(complaints, "ab") as file:
        os.dup2(file.fileno(), 2)
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115 - the parent's may be a stand-in
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            answer: tuple[Any, ...] = ("answer", act(task))
        except SqlwrightError as error:
            answer = ("error", type(error).__name__, str(error))
        try:
            connection.send(answer)
        except BrokenPipeError:
            return
