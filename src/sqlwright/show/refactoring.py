"""What `refactor` prints: the changes with their reasons, a diff, and the verdict."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from sqlwright.errors import SqlError
from sqlwright.refactor import Refactored
from sqlwright.show.advice import show_diff, show_verdict
from sqlwright.show.cost import say_cost


def show_refactored(
    console: Console, line: int, result: Refactored | SqlError, language: str = "en"
) -> None:
    """One statement: what was changed and why, how it reads now, and what trying showed."""
    console.rule(f"line {line}" if language == "en" else f"строка {line}", align="left")
    if isinstance(result, SqlError):
        console.print(f"left as it is: {escape(str(result))}", soft_wrap=True)
        return
    for change in result.changes:
        reason = change.reason_ru if language == "ru" else change.reason
        console.print(f"[bold]{escape(change.name)}[/]: {escape(reason)}", soft_wrap=True)
    for change, why in result.given_up:
        console.print(f"[dim]{escape(change.name)}, given up: {escape(why)}[/]", soft_wrap=True)
    if result.best is None:
        _say_why_not(console, result)
        return
    if not result.changes and result.best.source == "layout":
        console.print("only the layout is new" if language == "en" else "изменено лишь оформление")
    elif result.best.source.startswith("model"):
        console.print(f"by the {escape(result.best.source)}")
    show_diff(console, result.original, result.best.text)
    show_verdict(console, result.best.verdict)
    if result.best.cost is not None:
        console.print(escape(say_cost(result.best.cost, language)), soft_wrap=True)


def _say_why_not(console: Console, result: Refactored) -> None:
    if not result.candidates:
        console.print("nothing to change")
        return
    console.print("The original stands: nothing survived that reads better.")
    for candidate in result.candidates:
        verdict = candidate.verdict
        console.print(
            f"{escape(candidate.source)}: {verdict.outcome}: {escape(verdict.reason)}",
            soft_wrap=True,
        )
        if candidate.survives and candidate.cost is not None:
            console.print(f"    {escape(say_cost(candidate.cost))}", soft_wrap=True)
