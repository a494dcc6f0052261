"""Checks many files: what lies below folders, in several processes, in the order of the names.

A large file is taken apart first, so that one file of a thousand queries is shared out too.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlwright.analyze.finding import Finding
from sqlwright.check.text import Checked, Part, Settings, check_part, finished, parts_of, take_apart
from sqlwright.errors import SqlwrightError, UsageError
from sqlwright.verify.workers import Lost, run_all

_FEW_LETTERS = 100_000  # not worth a process of its own
_SECONDS = 300.0  # for one part, which holds at most a large statement or some small ones

#: Told (parts done, parts in all, words).
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file with what was found in it, or why it could not be read."""

    name: str
    checked: Checked | None
    problem: str = ""


def sql_files(paths: Iterable[str]) -> list[str]:
    """The files that are meant: folders stand for all *.sql below them but for hidden ones.

    Raises:
        UsageError: a path that is not there, or a folder without any.
    """
    found: dict[str, None] = {}
    for path in paths:
        if path == "-" or not os.path.isdir(path):
            if path != "-" and not os.path.exists(path):
                raise UsageError(
                    f"{path}: cannot be read (No such file or directory): check the path"
                )
            found[path] = None
            continue
        below = sorted(_below(path))
        if not below:
            raise UsageError(f"{path}: no *.sql file is below this folder")
        found |= dict.fromkeys(below)
    return list(found)


def _below(folder: str) -> Iterator[str]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if name.lower().endswith(".sql") and not name.startswith("."):
                yield os.path.join(root, name)


def decoded(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, or in UTF-16 where it begins with that mark.

    Raises:
        UsageError: if it is in neither.
    """
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8 text: convert it first") from None
    if "\0" in text:  # UTF-16 without its mark, UTF-32, or no text at all
        raise UsageError(
            f"{name}: it holds NUL characters, so it is no UTF-8 text: convert it first"
        )
    return text


def read_file(name: str) -> str:
    """The text of the file.

    Raises:
        UsageError: if it cannot be read.
    """
    try:
        return decoded(Path(name).read_bytes(), name)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror}): check the path") from None


def check_files(
    named: Sequence[tuple[str, str | SqlwrightError]],
    settings: Settings,
    *,
    workers: int = 1,
    tell: Tell = lambda done, of, words: None,
) -> Iterator[CheckedFile]:
    """Each file in order with what was found in it.

    Args:
        named: names and texts, or why there is no text.
        settings: what all are checked with.
        workers: processes; little text is checked in this one.
        tell: told how far it is.
    """
    scripts = [take_apart(text, settings) if isinstance(text, str) else None for _, text in named]
    taken = [parts_of(script) if script is not None else [] for script in scripts]
    parts = [part for each in taken for part in each]
    letters = sum(len(text) for _, text in named if isinstance(text, str))
    act = partial(check_part, settings=settings)
    answers: Iterator[list[Finding]]
    if workers == 1 or letters < _FEW_LETTERS:
        answers = map(act, parts)
    else:
        answers = (
            done.answer if isinstance(done.answer, list) else [_lost(done.task, done.answer)]
            for done in run_all(parts, act, workers=workers, seconds=_SECONDS, recycle=10**6)
        )
    number = 0
    for (name, text), script, mine in zip(named, scripts, taken, strict=True):
        if script is None:
            yield CheckedFile(name, None, str(text))
            continue
        found: list[Finding] = []
        for _ in mine:
            found += next(answers)
            number += 1
            tell(number, len(parts), name)
        yield CheckedFile(name, finished(script, found, settings))


def _lost(part: Part, answer: Lost | SqlwrightError) -> Finding:
    """A part of a file that gave no answer: a parser that never ends is a finding as well."""
    reason = answer.reason if isinstance(answer, Lost) else str(answer)
    first = part.statements[0] if part.statements else None
    line, column = (first.line, first.column) if first is not None else (1, 1)
    return Finding(
        "syntax",
        "error",
        f"cannot be checked from here on: {reason}",
        line,
        column,
        message_ru=f"проверить не удалось: {reason}",
    )
