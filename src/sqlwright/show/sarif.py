"""Findings as SARIF 2.1.0, the form in which code review tools take them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import sqlwright
from sqlwright.analyze import name_of
from sqlwright.analyze.finding import Finding
from sqlwright.analyze.pages import EVERY_RULE, explain
from sqlwright.check.files import CheckedFile
from sqlwright.check.text import OWN_RULES

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {"error": "error", "wrong": "error", "unsafe": "error", "slow": "warning", "style": "note"}


def as_sarif(files: Sequence[CheckedFile], language: str = "en") -> dict[str, Any]:
    """One run with every finding; those that a comment ignores are there, marked as suppressed."""
    found = [(file.name, finding, reason) for file in files for finding, reason in _all(file)]
    rules = sorted({finding.rule for _, finding, _ in found})
    worst: dict[str, str] = {}
    for _, finding, _ in found:
        worst.setdefault(finding.rule, LEVELS[finding.severity])
    problems = [file.problem for file in files if file.problem]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "sqlwright",
                        "version": sqlwright.__version__,
                        "rules": [_rule(rule, worst[rule], language) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not problems,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": problem}} for problem in problems
                        ],
                    }
                ],
                "results": [
                    _result(name, finding, reason, rules, language)
                    for name, finding, reason in found
                ],
            }
        ],
    }


def _all(file: CheckedFile) -> Iterator[tuple[Finding, str]]:
    if file.checked is not None:
        yield from ((finding, "") for finding in file.checked.findings)
        yield from ((ignored.finding, ignored.reason) for ignored in file.checked.ignored)


def _rule(name: str, level: str, language: str) -> dict[str, Any]:
    described: dict[str, Any] = {"id": name, "defaultConfiguration": {"level": level}}
    if name in OWN_RULES:
        fact = OWN_RULES[name][language == "ru"]
        return described | {"shortDescription": {"text": fact}}
    rule = next(each for each in EVERY_RULE if name_of(each) == name)
    parts = explain(rule)
    fact = parts.russian or parts.fact if language == "ru" else parts.fact
    help_text = f"{parts.fact}\n\nBad:\n{parts.bad}\n\nGood:\n{parts.good}\n\n{parts.notes}"
    fence = "```"
    markdown = (
        f"{parts.fact}\n\n**Bad**\n\n{fence}sql\n{parts.bad}\n{fence}\n\n"
        f"**Good**\n\n{fence}sql\n{parts.good}\n{fence}\n\n{parts.notes}"
    )
    return described | {
        "shortDescription": {"text": fact},
        "help": {"text": help_text, "markdown": markdown},
    }


def _result(
    name: str, finding: Finding, reason: str, rules: Sequence[str], language: str
) -> dict[str, Any]:
    region = {"startLine": max(finding.line, 1), "startColumn": max(finding.column, 1)}
    place = {"artifactLocation": _location(name), "region": region}
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "level": LEVELS[finding.severity],
        "message": {"text": finding.say(language)},
        "locations": [{"physicalLocation": place}],
        "properties": {"severity": finding.severity},
    }
    if reason:
        result["suppressions"] = [{"kind": "inSource", "justification": reason}]
    return result


def _location(name: str) -> dict[str, str]:
    """Where a file is: below the root of the checkout where its name is relative."""
    path = PurePath(name)
    if name == "-":
        return {"uri": "stdin.sql"}
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}
