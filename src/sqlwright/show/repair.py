"""What the command line prints of a repair: the diff, a reason for each change, other ways."""

from __future__ import annotations

import difflib

from rich.console import Console
from rich.markup import escape

from sqlwright.repair import Repair, Repaired

_WORDS = {
    "en": {
        "runs": "The query runs as it stands: nothing is changed.",
        "parses": "The query parses as it stands: nothing is changed.",
        "not repaired": "could not repair",
        "repaired": "repaired",
        "choice": "a choice: check it",
        "others": "as likely, only you can tell",
        "wrong": "what was wrong",
        "tried": "tried on {}; no row was read",
        "untried": "it parses; tried on no engine: give --db or --schema",
        "line": "line",
        "by model": "by the model",
    },
    "ru": {
        "runs": "Запрос выполняется как есть: ничего не изменено.",
        "parses": "Запрос читается как есть: ничего не изменено.",
        "not repaired": "исправить не удалось",
        "repaired": "исправлено",
        "choice": "это выбор: проверьте",
        "others": "не менее вероятно, решать вам",
        "wrong": "что было не так",
        "tried": "проверено: {}; строки не читались",
        "untried": "запрос читается; на движке не проверен: дайте --db или --schema",
        "line": "строка",
        "by model": "ответ модели",
    },
}


def show_repair(console: Console, found: Repaired, language: str = "en") -> None:
    """The outcome, the best repair as a diff with its reasons, and the alternatives."""
    words = _WORDS[language]
    if found.outcome == "runs":
        console.print(words["runs" if found.tried_on else "parses"])
        return
    if found.best is None:
        console.print(
            f"[bold red]{words['not repaired']}[/]: {escape(found.reason)}", soft_wrap=True
        )
        return
    console.print(f"[bold green]{words['repaired']}[/]")
    console.print(f"{words['wrong']}: {escape(found.fault)}", soft_wrap=True)
    _show_diff(console, found.original, found.best.text)
    _show_changes(console, found.best, words, language)
    for other in found.alternatives:
        console.print(f"[bold]{words['others']}:[/]")
        _show_diff(console, found.original, other.text)
        _show_changes(console, other, words, language)
    place = found.tried_on_ru if language == "ru" else found.tried_on
    tried = words["tried"].format(place) if place else words["untried"]
    console.print(escape(tried), soft_wrap=True)


def _show_changes(console: Console, repair: Repair, words: dict[str, str], language: str) -> None:
    for change in repair.changes:
        choice = f" ([yellow]{words['choice']}[/])" if change.is_choice else ""
        console.print(
            f"  {words['line']} {change.line}: {escape(change.say(language))}{choice}",
            soft_wrap=True,
        )


def _show_diff(console: Console, original: str, repaired: str) -> None:
    colors = {"+": "green", "-": "red", "@": "cyan"}
    lines = difflib.unified_diff(
        original.splitlines(), repaired.splitlines(), "query", "repaired", lineterm="", n=2
    )
    for line in lines:
        color = colors.get(line[:1])
        text = escape(line)
        console.print(f"  [{color}]{text}[/]" if color else f"  {text}", soft_wrap=True)
