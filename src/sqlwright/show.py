"""What the command line prints for people: findings, verdicts, counterexamples, diffs, advice."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sqlwright import sql
from sqlwright.advise import Advice, Candidate
from sqlwright.analyze import Finding
from sqlwright.knowledge.passages import Hit
from sqlwright.verify.cost import Cost
from sqlwright.verify.counterexample import Counterexample, Shown
from sqlwright.verify.judge import Verdict

_COLORS = {"error": "red", "wrong": "red", "unsafe": "red", "slow": "yellow", "style": "cyan"}
_MOST_COLUMNS = 8
_MOST_ROWS = 8


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


def show_hits(console: Console, hits: Iterable[Hit]) -> None:
    """One passage a line: kind, title, source and why it was found."""
    for hit in hits:
        passage = hit.passage
        console.print(
            f"  [cyan]{passage.kind:8}[/] {escape(passage.title)}"
            f"  [dim]{escape(passage.source)} ({escape(hit.why)})[/]",
            soft_wrap=True,
        )


def hit_as_dict(hit: Hit) -> dict[str, Any]:
    """A hit as JSON types."""
    passage = hit.passage
    return {
        "kind": passage.kind,
        "title": passage.title,
        "text": passage.text,
        "source": passage.source,
        "why": hit.why,
        "score": hit.score,
    }


def show_advice(console: Console, advice: Advice, language: str = "en") -> None:
    """Findings, passages, the best rewrite as a diff, and every candidate with its verdict."""
    console.rule("findings", align="left")
    show_findings(console, advice.findings, language)
    if not advice.findings:
        console.print("none")
    if advice.passages:
        console.rule("passages used", align="left")
        show_hits(console, advice.passages)
    console.rule("candidates", align="left")
    for candidate in advice.candidates:
        _show_candidate(console, candidate)
    if not advice.candidates:
        console.print("none: nobody proposed another query")
    console.rule("advice", align="left")
    if advice.best is None:
        console.print("The original stands: no rewrite survived checking and was faster.")
        return
    console.print(f"Use the rewrite by [bold]{escape(advice.best.source)}[/]:")
    show_diff(console, sql.write(advice.query, advice.dialect, pretty=True), advice.best.text)
    verdict = advice.best.verdict
    console.print(f"{verdict.outcome}: {escape(verdict.reason)}", soft_wrap=True)
    if advice.best.cost:
        console.print(say_cost(advice.best.cost), soft_wrap=True)


def _show_candidate(console: Console, candidate: Candidate) -> None:
    colors = {"no difference found": "green", "different": "red", "undecided": "yellow"}
    outcome = candidate.verdict.outcome
    also = f" (also {', '.join(candidate.also)})" if candidate.also else ""
    console.print(
        f"[bold]{escape(candidate.source)}[/]{escape(also)}: [{colors[outcome]}]{outcome}[/]"
    )
    if candidate.cost is not None:
        console.print(f"    {say_cost(candidate.cost)}", soft_wrap=True)
    if not candidate.survives:
        console.print(f"    {escape(candidate.verdict.reason)}", soft_wrap=True)
    if candidate.verdict.counterexample:
        show_counterexample(console, candidate.verdict.counterexample)


def show_verdict(console: Console, verdict: Verdict) -> None:
    """The outcome, what it rests on, and the counterexample where there is one."""
    console.print(f"[bold]{verdict.outcome}[/]: {escape(verdict.reason)}", soft_wrap=True)
    if verdict.counterexample:
        show_counterexample(console, verdict.counterexample)


def show_counterexample(console: Console, example: Counterexample) -> None:
    """The tables of the smallest database found and what each query returns from them."""
    for table in example.tables:
        console.print(_grid(table))
    console.print(_grid(example.original, "the original returns"))
    console.print(_grid(example.proposal, "the rewrite returns"))


def _grid(shown: Shown, title: str | None = None) -> Table:
    more = len(shown.columns) - _MOST_COLUMNS
    title = escape(title or shown.name) + (f" ({more} more columns)" if more > 0 else "")
    grid = Table(title=title, title_justify="left", title_style="bold")
    for name in shown.columns[:_MOST_COLUMNS]:
        grid.add_column(escape(name))
    for row in shown.rows[:_MOST_ROWS]:
        grid.add_row(*(_cell(value) for value in row[:_MOST_COLUMNS]))
    if len(shown.rows) > _MOST_ROWS:
        grid.caption = f"{len(shown.rows) - _MOST_ROWS} more rows"
    elif not shown.rows:
        grid.caption = "no rows"
    return grid


def _cell(value: Any) -> str:
    return "[dim]NULL[/]" if value is None else escape(str(value))


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


def say_cost(cost: Cost) -> str:
    """The cost in one phrase: times, ratio and its interval."""
    times = f"{_seconds(cost.original_seconds)} → {_seconds(cost.proposal_seconds)}"
    if cost.bound == "at least":
        return f"{times}: at least {_ratio(cost.ratio)} times as fast (the original was stopped)"
    if cost.bound == "at most":
        return f"{times}: stopped there, others were faster"
    if cost.rounds < 2:
        return f"{times}: timed once, others were faster"
    spread = f"95 % interval {_ratio(cost.low)} to {_ratio(cost.high)}, {cost.rounds} rounds"
    if cost.faster:
        return f"{times}: {_ratio(cost.ratio)} times as fast ({spread})"
    if cost.high < 1:
        return f"{times}: slower, {_ratio(cost.ratio)} times as fast ({spread})"
    return f"{times}: no difference beyond noise ({spread})"


def _seconds(value: float) -> str:
    return f"{value * 1000:.3g} ms" if value < 1 else f"{value:.3g} s"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"
