"""What `check` prints: findings by file for people, and all that was found as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

from sqlwright.analyze.finding import SEVERITIES
from sqlwright.check.files import CheckedFile
from sqlwright.show.advice import show_findings

_RUSSIAN = {
    "error": "ошибка", "wrong": "неверно", "unsafe": "опасно", "slow": "медленно",
    "style": "стиль",
}  # fmt: skip


def show_checked(
    console: Console, files: Sequence[CheckedFile], *, several: bool, language: str = "en"
) -> None:
    """The findings of each file that has any, and of many files a line that counts them."""
    checked = [(file.name, file.checked) for file in files if file.checked is not None]
    for name, found in checked:
        if several and found.findings:
            console.print(f"[bold]{escape(name)}[/]", soft_wrap=True)
        show_findings(console, found.findings, language)
    every = [finding for _, found in checked for finding in found.findings]
    ignored = sum(len(found.ignored) for _, found in checked)
    with_some = sum(bool(found.findings) for _, found in checked)
    counts = Counter(finding.severity for finding in every)
    if not (every or several or ignored):
        console.print("no findings" if language == "en" else "находок нет")
    elif language == "en":
        console.print(_summary(counts, with_some, len(files), ignored, several))
    else:
        console.print(_summary_ru(counts, with_some, len(files), ignored))


def _summary(counts: Counter[Any], with_some: int, files: int, ignored: int, several: bool) -> str:
    total = counts.total()
    parts = ", ".join(f"{counts[s]} {s}" for s in SEVERITIES if counts[s])
    said = f"{total} finding{'s' * (total != 1)} ({parts})" if total else "no findings"
    where = f" in {with_some} of {files} files" if several and total else ""
    where = f" in {files} files" if several and not total else where
    return f"{said}{where}{f'; {ignored} ignored with a reason' if ignored else ''}"


def _summary_ru(counts: Counter[Any], with_some: int, files: int, ignored: int) -> str:
    total = counts.total()
    parts = ", ".join(f"{_RUSSIAN[s]}: {counts[s]}" for s in SEVERITIES if counts[s])
    said = f"находок: {total} ({parts}), файлов с ними: {with_some} из {files}"
    said = said if total else f"находок нет, файлов: {files}"
    return f"{said}{f'; пропущено с причиной: {ignored}' if ignored else ''}"


def as_json(files: Sequence[CheckedFile], *, several: bool) -> dict[str, Any]:
    """One file as itself, several as a list under `files`."""
    found = [_file(file) for file in files]
    return {"files": found} if several else found[0]


def _file(file: CheckedFile) -> dict[str, Any]:
    if file.checked is None:
        return {"file": file.name, "error": file.problem}
    return {"file": file.name, **file.checked.as_dict()}
