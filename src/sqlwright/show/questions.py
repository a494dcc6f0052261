"""Answers to questions and explanations of queries, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sqlwright.ask import Answer, Written
from sqlwright.engines.reading import Rows
from sqlwright.explain import Explanation, Sentence
from sqlwright.show.advice import show_findings
from sqlwright.verify.results import plain

_TITLES = {
    "en": {"query": "query", "why": "why this one", "findings": "findings", "rows": "rows",
           "refused": "answers that are no query of this database", "others": "other answers",
           "words": "in words", "a row": "a row of the result", "depends": "it depends on",
           "plan": "where its time goes", "caveats": "caveats", "none": "no query",
           "not run": "Nothing was run: --run shows rows.", "cut": "more rows were left out"},
    "ru": {"query": "запрос", "why": "почему этот", "findings": "замечания", "rows": "строки",
           "refused": "ответы, которые этой базе не подходят", "others": "другие ответы",
           "words": "словами", "a row": "строка результата", "depends": "от чего зависит",
           "plan": "на что уходит время", "caveats": "оговорки", "none": "запроса нет",
           "not run": "Запрос не выполнялся: строки покажет --run.",
           "cut": "показаны не все строки"},
}  # fmt: skip


def show_answer(
    console: Console, answer: Answer, words: Explanation | None, language: str = "en"
) -> None:
    """The chosen query, why it was chosen, what it does, then its rows where it was run."""
    titles = _TITLES[language]
    if answer.chosen is None:
        console.rule(titles["none"], align="left")
        console.print(escape(answer.why), soft_wrap=True)
        _show_refused(console, answer.candidates, titles)
        return
    console.rule(titles["query"], align="left")
    console.print(escape(answer.chosen.text), soft_wrap=True)
    for note in answer.chosen.mended:
        console.print(f"[dim]{escape(note)}[/]", soft_wrap=True)
    console.rule(titles["why"], align="left")
    console.print(escape(answer.why), soft_wrap=True)
    others = [
        c for c in answer.candidates if c.query is not None and c.group != answer.chosen.group
    ]
    if others:
        console.rule(titles["others"], align="left")
        for other in others:
            console.print(escape(" ".join(other.text.split())), soft_wrap=True)
    _show_refused(console, answer.candidates, titles)
    if words is not None:
        show_explanation(console, words, language)
    elif answer.findings:
        console.rule(titles["findings"], align="left")
        show_findings(console, answer.findings, language)
    if answer.rows is None:
        console.print(f"[dim]{titles['not run']}[/]")
    else:
        console.rule(titles["rows"], align="left")
        _show_rows(console, answer.rows, titles)


def _show_refused(console: Console, candidates: Sequence[Written], titles: dict[str, str]) -> None:
    refused = [candidate for candidate in candidates if candidate.query is None]
    if not refused:
        return
    console.rule(titles["refused"], align="left")
    for candidate in refused:
        console.print(escape(" ".join(candidate.text.split())), soft_wrap=True)
        console.print(f"    [red]{escape(candidate.reason)}[/]", soft_wrap=True)


def _show_rows(console: Console, rows: Rows, titles: dict[str, str]) -> None:
    grid = Table()
    for column in rows.columns:
        grid.add_column(escape(column))
    for row in rows.rows:
        grid.add_row(*("[dim]NULL[/]" if v is None else escape(str(plain(v))) for v in row))
    console.print(grid)
    if rows.truncated:
        console.print(f"[dim]{titles['cut']}[/]")


def show_explanation(console: Console, found: Explanation, language: str = "en") -> None:
    """Every sentence with its place or its evidence, step by step."""
    titles = _TITLES[language]
    console.rule(titles["words"], align="left")
    for step in found.steps:
        console.print(f"[bold]{escape(step.title)}[/]", soft_wrap=True)
        _show_sentences(console, step.sentences)
    for title, sentences in (
        (titles["a row"], found.rows),
        (titles["depends"], found.depends),
        (titles["plan"], found.plan),
        (titles["caveats"], found.caveats),
    ):
        if sentences:
            console.rule(title, align="left")
            _show_sentences(console, sentences)


def _show_sentences(console: Console, sentences: Sequence[Sentence]) -> None:
    for sentence in sentences:
        place = f"{sentence.line}:{sentence.column}" if sentence.line else "-"
        console.print(f"{place:>7}  {escape(sentence.text)}", soft_wrap=True)
        if sentence.kind in ("plan", "index"):
            console.print(f"         [dim]{escape(sentence.evidence)}[/]", soft_wrap=True)
