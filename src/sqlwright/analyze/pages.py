"""The page docs/rules.md, made from the rules' docstrings: `python -m sqlwright.analyze.pages`."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass
from textwrap import dedent

from sqlwright.analyze import RULES, Rule, name_of

_HEAD = """# Rules

Made from the rules' docstrings by `make docs`: change those, not this page. Each rule has cases in
[`tests/cases/`](../tests/cases): queries in which it finds something, rewrites that survive
checking, and tempting wrong rewrites that checking refutes. A rewrite is a proposal: nothing is
shown before it was checked by execution.
"""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule's docstring in its parts; `russian` is the fact and the silences in Russian."""

    fact: str
    bad: str
    good: str
    notes: str
    russian: str


def explain(rule: Rule) -> Explanation:
    """The parts of a rule's docstring: a line of fact, Bad, Good, notes, and the Russian ones.

    The last paragraph begins with "По-русски:" and says the fact and the silences once more.
    """
    text = inspect.getdoc(rule) or ""
    parts = re.fullmatch(r"(.+?)\n\nBad:\n(.+?)\nGood:\n(.+?)\n\n(.+)", text, flags=re.S)
    if parts is None:
        raise ValueError(f"the docstring of {rule.__name__} lacks its fact, Bad, Good or notes")
    fact, bad, good, notes = parts.groups()
    notes, _, russian = notes.partition("\n\nПо-русски: ")
    return Explanation(
        fact, dedent(bad).strip(), dedent(good).strip(), notes.strip(), russian.strip()
    )


def rules_page() -> str:
    """The whole page, in the order of the names."""
    rules = sorted(RULES, key=name_of)
    contents = [f"- [{name_of(rule)}](#{name_of(rule)}): {explain(rule).fact}" for rule in rules]
    return "\n".join([_HEAD, *contents, *(_section(rule) for rule in rules)])


def _section(rule: Rule) -> str:
    parts = explain(rule)
    fence = "```"
    return "\n".join(
        [
            f"\n## {name_of(rule)}\n",
            f"{parts.fact}\n",
            f"**Bad**\n\n{fence}sql\n{parts.bad}\n{fence}\n",
            f"**Good**\n\n{fence}sql\n{parts.good}\n{fence}\n",
            f"{parts.notes}\n",
            *([f"По-русски: {parts.russian}\n"] if parts.russian else []),
            f"Cases: [{name_of(rule)}.sql](../tests/cases/{name_of(rule)}.sql)\n",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(rules_page())
