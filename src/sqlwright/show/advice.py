"""What the command line prints for people: findings, verdicts, counterexamples, diffs, advice."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from functools import partial
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sqlwright import sql
from sqlwright.advise import Advice, Candidate
from sqlwright.analyze import Finding
from sqlwright.evidence import say_step
from sqlwright.knowledge.passages import Hit
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.show.cost import say_cost, say_plan
from sqlwright.show.reasons import say_outcome, say_reason
from sqlwright.verify.cost import Cost
from sqlwright.verify.counterexample import Counterexample, Shown
from sqlwright.verify.judge import Verdict
from sqlwright.verify.on_data import OnData
from sqlwright.verify.results import plain

_COLORS = {"error": "red", "wrong": "red", "unsafe": "red", "slow": "yellow", "style": "cyan"}
_OUTCOMES = {"no difference found": "green", "different": "red", "undecided": "yellow"}
_MOST_COLUMNS = 8
_MOST_ROWS = 8
_IN_RUSSIAN = {
    "findings": "замечания",
    "none": "нет",
    "where the time goes": "куда уходит время",
    "where the time goes (as the engine expects, not measured)": (
        "куда уходит время (как ожидает движок, не измерено)"
    ),
    "passages used": "прочитано моделью",
    "passages found (no model was asked)": "найдено в знаниях (модель не спрашивали)",
    "passages left out": "найдено, но модели не показано",
    "candidates": "варианты",
    "none: nobody proposed another query": "нет: никто не предложил другого запроса",
    "advice": "совет",
    "The original stands: no rewrite survived checking and was faster.": (
        "Остаётся исходный запрос: ни одна правка не прошла проверку и не оказалась быстрее."
    ),
    "Use the rewrite by": "Возьмите правку:",
    "also": "также",
    "shown by": "показано",
    "note": "примечание",
    "on the data": "на данных",
    "only the original returns": "возвращает лишь исходный запрос",
    "only the rewrite returns": "возвращает лишь правка",
    "the original returns": "исходный запрос возвращает",
    "the rewrite returns": "правка возвращает",
    "no rows": "ни одной строки",
    "more columns": "столбцов не показано",
    "more rows": "строк не показано",
}


def show_findings(console: Console, findings: Sequence[Finding], language: str = "en") -> None:
    """One finding a line: place, severity, rule, message."""
    for finding in findings:
        place = f"{finding.line}:{finding.column}" if finding.line else "-"
        color = _COLORS[finding.severity]
        console.print(
            f"{place:>6}  [{color}]{finding.severity}[/]  [bold]{finding.rule}[/]"
            f"  {escape(finding.say(language))}",
            soft_wrap=True,
        )


def show_hits(console: Console, hits: Sequence[Hit], *, explain: bool = False) -> None:
    """One passage a line: kind, title, source and why it was found; to explain, how it ranked."""
    for hit in hits:
        passage = hit.passage
        of = f", {passage.database}" if passage.database else ""
        console.print(
            f"  [cyan]{passage.kind:8}[/] {escape(passage.title)}"
            f"  [dim]{escape(passage.source)}{escape(of)} ({escape(hit.why)})[/]",
            soft_wrap=True,
        )
        if explain:
            console.print(f"           [dim]{escape(_say_ranks(hit))}[/]", soft_wrap=True)
        if reason := why_suspicious(passage.text):
            console.print(f"           [red]kept from the model: {reason}[/]", soft_wrap=True)


def _say_ranks(hit: Hit) -> str:
    if not hit.ranks:
        return "always there, whatever the ranks"
    said = (f"{voice}: rank {rank}, added {added:.4f}" for voice, rank, added in hit.ranks)
    return f"score {hit.score:.4f}: {'; '.join(said)}"


def hit_as_dict(hit: Hit, *, explain: bool = False) -> dict[str, Any]:
    """A hit as JSON types; to explain, with the rank that each voice gave it and what it added."""
    passage = hit.passage
    ranks = [{"voice": v, "rank": rank, "added": added} for v, rank, added in hit.ranks]
    return {
        "kind": passage.kind,
        "title": passage.title,
        "suspicious": why_suspicious(passage.text),
        "text": passage.text,
        "source": passage.source,
        "time": passage.time,
        "database": passage.database,
        "why": hit.why,
        "score": hit.score,
        **({"voices": ranks} if explain else {}),
    }


def show_advice(console: Console, advice: Advice, language: str = "en") -> None:
    """Findings, passages, the best rewrite as a diff, and every candidate with its verdict."""
    said = partial(_in, language)
    console.rule(said("findings"), align="left")
    show_findings(console, advice.findings, language)
    if not advice.findings:
        console.print(said("none"))
    _show_heaviest(console, advice, language)
    _show_passages(console, advice, language)
    console.rule(said("candidates"), align="left")
    for candidate in advice.candidates:
        _show_candidate(console, candidate, language)
    if not advice.candidates:
        console.print(said("none: nobody proposed another query"))
    console.rule(said("advice"), align="left")
    if advice.best is None:
        console.print(said("The original stands: no rewrite survived checking and was faster."))
        return
    console.print(f"{said('Use the rewrite by')} [bold]{escape(advice.best.source)}[/]:")
    show_diff(console, sql.write(advice.query, advice.dialect, pretty=True), advice.best.text)
    outcome, reason = say_verdict(advice.best.verdict, language)
    console.print(f"{outcome}: {escape(reason)}", soft_wrap=True)
    if advice.best.cost:
        _show_cost(console, advice.best.cost, language)


def _in(language: str, english: str) -> str:
    return _IN_RUSSIAN[english] if language == "ru" else english


def _show_heaviest(console: Console, advice: Advice, language: str) -> None:
    """Where the time of the original goes: the heaviest steps of its plan, with their numbers."""
    if not advice.heaviest:
        return
    is_measured = advice.plan is not None and advice.plan.is_measured
    title = "where the time goes"
    if not is_measured:
        title += " (as the engine expects, not measured)"
    console.rule(_in(language, title), align="left")
    for step in advice.heaviest:
        console.print(f"  {escape(say_step(step, language))}", soft_wrap=True)
    for joined in advice.joins:
        console.print(f"  {escape(joined.say(language))}", soft_wrap=True)


def _show_passages(console: Console, advice: Advice, language: str) -> None:
    """Which passages the model was told and why, and which were found and not told, and why not."""
    if advice.passages:
        used = "passages used" if advice.model_asked else "passages found (no model was asked)"
        console.rule(_in(language, used), align="left")
        show_hits(console, advice.passages)
    if advice.left_out:
        console.rule(_in(language, "passages left out"), align="left")
        for hit, reason in advice.left_out:
            show_hits(console, [hit])
            if why_suspicious(hit.passage.text) is None:  # or else that line says it
                console.print(f"           [yellow]{escape(reason)}[/]", soft_wrap=True)


def _show_candidate(console: Console, candidate: Candidate, language: str) -> None:
    outcome, reason = say_verdict(candidate.verdict, language)
    others = ", ".join(candidate.also)
    also = f" ({_in(language, 'also')} {others})" if others else ""
    color = _OUTCOMES[candidate.verdict.outcome]
    console.print(f"[bold]{escape(candidate.source)}[/]{escape(also)}: [{color}]{outcome}[/]")
    if candidate.cost is not None:
        _show_cost(console, candidate.cost, language, "    ")
    if not candidate.survives:
        console.print(f"    {escape(reason)}", soft_wrap=True)
    if candidate.verdict.counterexample:
        show_counterexample(console, candidate.verdict.counterexample, language)


def say_verdict(verdict: Verdict | OnData, language: str = "en") -> tuple[str, str]:
    """The outcome of a verdict and its reason in the language."""
    return say_outcome(verdict.outcome, language), say_reason(verdict.reason, language)


def show_verdict(console: Console, verdict: Verdict, language: str = "en") -> None:
    """The outcome, what it rests on, and the counterexample where there is one."""
    said = partial(_in, language)
    outcome, reason = say_verdict(verdict, language)
    color = _OUTCOMES[verdict.outcome]
    console.print(f"[bold {color}]{outcome}[/]: {escape(reason)}", soft_wrap=True)
    if verdict.shown_by:
        step = say_reason(verdict.shown_by, language)
        console.print(f"{said('shown by')}: {escape(step)}", soft_wrap=True)
    for note in verdict.notes:
        console.print(f"{said('note')}: {escape(say_reason(note, language))}", soft_wrap=True)
    if verdict.counterexample:
        show_counterexample(console, verdict.counterexample, language)


def show_on_data(console: Console, found: OnData, language: str = "en") -> None:
    """What comparing on the database's own rows showed, and a few rows of one side alone."""
    color = _OUTCOMES[found.outcome]
    outcome, reason = say_verdict(found, language)
    console.print(
        f"{_in(language, 'on the data')}: [bold {color}]{outcome}[/]: {escape(reason)}",
        soft_wrap=True,
    )
    for title, rows in (
        ("only the original returns", found.only_original),
        ("only the rewrite returns", found.only_proposal),
    ):
        if rows:
            _show_grid(console, Shown("", found.columns, rows), _in(language, title), language)


def show_counterexample(console: Console, example: Counterexample, language: str = "en") -> None:
    """The tables of the smallest database found and what each query returns from them."""
    for table in example.tables:
        _show_grid(console, table, table.name, language)
    for shown, title in (
        (example.original, "the original returns"),
        (example.proposal, "the rewrite returns"),
    ):
        _show_grid(console, shown, _in(language, title), language)


def _show_grid(console: Console, shown: Shown, title: str, language: str) -> None:
    """A table under its title: at most eight columns, those first in which something differs."""
    first = dict.fromkeys((*shown.telling, *range(len(shown.columns))))
    columns = sorted(list(first)[:_MOST_COLUMNS])
    left_out = len(shown.columns) - len(columns)
    more = f" ({_more(left_out, 'columns', language)})" if left_out else ""
    none = "" if shown.rows else f" {_in(language, 'no rows')}"
    # a title of the grid itself would be broken to the grid's width
    console.print(f"[bold]{escape(title)}[/]{more}{none}")
    if not shown.rows:
        return
    grid = Table()
    for column in columns:
        grid.add_column(escape(shown.columns[column]))
    for number in _rows_to_show(shown):
        cells = ((i, _cell(shown.rows[number][i])) for i in columns)
        grid.add_row(*(f"[red]{c}[/]" if (number, i) in shown.differing else c for i, c in cells))
    console.print(grid)
    if len(shown.rows) > _MOST_ROWS:
        console.print(_more(len(shown.rows) - _MOST_ROWS, "rows", language))


def _more(count: int, what: str, language: str) -> str:
    said = _in(language, f"more {what}")
    return f"{said}: {count}" if language == "ru" else f"{count} {said}"


def _rows_to_show(shown: Shown) -> list[int]:
    """Positions of a few rows: those that differ, then those that are like no earlier one."""
    every = range(len(shown.rows))
    if len(shown.rows) <= _MOST_ROWS:
        return list(every)
    columns = range(len(shown.columns))
    # a column without two equal values is a key: no two rows would be alike by it
    kept = [i for i in columns if len({repr(row[i]) for row in shown.rows}) < len(shown.rows)]
    firsts: dict[str, int] = {}
    for number, row in enumerate(shown.rows):
        firsts.setdefault(repr([row[i] for i in kept]), number)
    wanted = (*sorted({number for number, _ in shown.differing}), *firsts.values(), *every)
    return sorted(list(dict.fromkeys(wanted))[:_MOST_ROWS])


def _cell(value: Any) -> str:
    if value is None:
        return "[dim]NULL[/]"
    # or else an empty text, or one of spaces, would look like nothing
    value = plain(value)
    return escape(repr(value) if isinstance(value, str) and not value.strip() else str(value))


def show_diff(console: Console, original: str, proposal: str) -> None:
    """A line diff of two pretty-printed queries."""
    lines = difflib.unified_diff(
        original.splitlines(), proposal.splitlines(), "original", "rewrite", lineterm="", n=2
    )
    colors = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        color = colors.get(line[:1])
        text = escape(line)
        console.print(f"  [{color}]{text}[/]" if color else f"  {text}", soft_wrap=True)


def _show_cost(console: Console, cost: Cost, language: str, indent: str = "") -> None:
    for line in filter(None, (say_cost(cost, language), say_plan(cost, language))):
        console.print(indent + escape(line), soft_wrap=True)
