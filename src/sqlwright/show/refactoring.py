"""What `refactor` prints: the changes with their reasons, a diff, and the verdict."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from sqlwright.errors import SqlError
from sqlwright.refactor import Refactored
from sqlwright.show.advice import say_verdict, show_diff, show_verdict
from sqlwright.show.cost import say_cost
from sqlwright.show.reasons import say_outcome, say_reason

_WORDS = {
    "en": {
        "line": "line",
        "left": "left as it is",
        "given up": "given up",
        "layout": "only the layout is new",
        "by": "by the",
        "nothing": "nothing to change",
        "stands": "The original stands: nothing survived that reads better.",
    },
    "ru": {
        "line": "строка",
        "left": "осталось как есть",
        "given up": "отвергнуто",
        "layout": "изменено лишь оформление",
        "by": "автор:",
        "nothing": "менять нечего",
        "stands": "Остаётся исходный запрос: ничто не прошло проверку и не читается лучше.",
    },
}


def show_refactored(
    console: Console, line: int, result: Refactored | SqlError, language: str = "en"
) -> None:
    """One statement: what was changed and why, how it reads now, and what trying showed."""
    words = _WORDS[language]
    console.rule(f"{words['line']} {line}", align="left")
    if isinstance(result, SqlError):
        console.print(f"{words['left']}: {escape(str(result))}", soft_wrap=True)
        return
    for change in result.changes:
        reason = change.reason_ru if language == "ru" else change.reason
        console.print(f"[bold]{escape(change.name)}[/]: {escape(reason)}", soft_wrap=True)
    for change, why in result.given_up:
        outcome, _, reason = why.partition(": ")
        told = f"{say_outcome(outcome, language)}: {say_reason(reason, language)}"
        console.print(
            f"[dim]{escape(change.name)}, {words['given up']}: {escape(told)}[/]", soft_wrap=True
        )
    if result.best is None:
        _say_why_not(console, result, language)
        return
    if not result.changes and result.best.source == "layout":
        console.print(words["layout"])
    elif result.best.source.startswith("model"):
        console.print(f"{words['by']} {escape(result.best.source)}")
    show_diff(console, result.original, result.best.text)
    show_verdict(console, result.best.verdict, language)
    if result.best.cost is not None:
        console.print(escape(say_cost(result.best.cost, language)), soft_wrap=True)


def _say_why_not(console: Console, result: Refactored, language: str) -> None:
    words = _WORDS[language]
    if not result.candidates:
        console.print(words["nothing"])
        return
    console.print(words["stands"])
    for candidate in result.candidates:
        outcome, reason = say_verdict(candidate.verdict, language)
        console.print(f"{escape(candidate.source)}: {outcome}: {escape(reason)}", soft_wrap=True)
        if candidate.survives and candidate.cost is not None:
            console.print(f"    {escape(say_cost(candidate.cost, language))}", soft_wrap=True)
