"""Which of the findings a user wants to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlwright.analyze.finding import SEVERITIES, Finding
from sqlwright.check.files import CheckedFile
from sqlwright.check.text import rule_names
from sqlwright.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Filter:
    """Findings at least so bad, of these rules (all where none is named), and not of those."""

    severities: frozenset[str]
    rules: frozenset[str]
    left_out: frozenset[str]

    @classmethod
    def of(cls, severity: str, rules: Sequence[str], left_out: Sequence[str]) -> Filter:
        """The filter that the words of a command line mean.

        Raises:
            UsageError: a severity or rule that there is none of, with the nearest.
        """
        if severity not in SEVERITIES:
            hint = did_you_mean(severity, SEVERITIES) or f" Use one of {', '.join(SEVERITIES)}."
            raise UsageError(f"unknown severity {severity}.{hint}")
        known = rule_names()
        for rule in (*rules, *left_out):
            if rule not in known:
                hint = did_you_mean(rule, known) or " Every rule is in docs/rules.md."
                raise UsageError(f"unknown rule {rule}.{hint}")
        at_least = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return cls(frozenset(at_least), frozenset(rules), frozenset(left_out))

    def wants(self, finding: Finding) -> bool:
        """Whether the finding is to be shown."""
        return (
            finding.severity in self.severities
            and (not self.rules or finding.rule in self.rules)
            and finding.rule not in self.left_out
        )

    def applied(self, file: CheckedFile) -> CheckedFile:
        """The file with only the findings that are wanted."""
        if file.checked is None:
            return file
        kept = tuple(f for f in file.checked.findings if self.wants(f))
        ignored = tuple(i for i in file.checked.ignored if self.wants(i.finding))
        return replace(file, checked=replace(file.checked, findings=kept, ignored=ignored))
