"""Where a query's time goes, in sentences about the steps of the engine's plan."""

from __future__ import annotations

from collections.abc import Iterator

from sqlwright.engines.plans import Plan, PlanStep
from sqlwright.evidence import say_step
from sqlwright.explain.sentence import Sentence, Speaker

_MOST = 4
_LEAST_SHARE = 0.03


def of_plan(plan: Plan, speaker: Speaker) -> Iterator[Sentence]:
    """The steps of the plan with the most work, each in a sentence."""
    if speaker.dialect == "sqlite":
        yield from _sqlite(plan, speaker)
        return
    for step in plan.heaviest(_MOST):
        if step.share is None or step.share >= _LEAST_SHARE:
            said = say_step(step, speaker.language)
            yield Sentence("plan", f"{said[0].upper()}{said[1:]}.", step.line)


def _sqlite(plan: Plan, speaker: Speaker) -> Iterator[Sentence]:
    scans = [step for step in plan.steps if step.name.startswith("SCAN ")]
    for step in sorted(scans, key=lambda step: -(step.read or 0))[:_MOST]:
        rows = step.read
        size = speaker.pick(f", {rows:,} rows", f", {rows:,} строк") if rows else ""
        said = speaker.pick(f"It goes through all of `{step.table}`{size}.",
                            f"Просматривает весь `{step.table}`{size}.")  # fmt: skip
        yield Sentence("plan", said, step.line)
    others = ((_other(step, speaker), step) for step in plan.steps if step not in scans)
    for said, step in [pair for pair in others if pair[0]][:_MOST]:
        yield Sentence("plan", said, step.line)


def _other(step: PlanStep, speaker: Speaker) -> str:
    if step.name.startswith("SEARCH "):
        return speaker.pick(f"It looks rows of `{step.table}` up: {step.way}.",
                            f"Находит строки `{step.table}`: {step.way}.")  # fmt: skip
    if step.line.startswith("USE TEMP B-TREE FOR"):
        what = step.line.removeprefix("USE TEMP B-TREE FOR").strip()
        return speaker.pick(f"It sorts in a temporary tree for {what}.",
                            f"Сортирует во временном дереве для {what}.")  # fmt: skip
    if step.line.startswith("CORRELATED"):
        return speaker.pick("It runs a subquery again for each row around it.",
                            "Выполняет подзапрос заново для каждой внешней строки.")  # fmt: skip
    return ""
