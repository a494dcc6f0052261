"""The page docs/rules.md, made from the rules' docstrings: `python -m sqlwright.analyze.pages`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from textwrap import dedent
from typing import cast

from sqlwright.analyze import RULES, name_of
from sqlwright.analyze.statements import STATEMENT_RULES, StatementRule

_HEAD = """# Rules

There are {count} over queries, and {more} over statements that change something, which are checked
though never run. This page is made from their docstrings by `make docs`: change those. Each rule
over queries has cases in [`tests/cases/`](../tests/cases): queries in which it finds something,
rewrites that survive checking, and tempting wrong rewrites that checking refutes. A rewrite is a
proposal: nothing is shown before it was checked by execution.
"""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A rule's docstring in its parts; `russian` is the fact and the silences in Russian."""

    fact: str
    bad: str
    good: str
    notes: str
    russian: str


def explain(rule: Callable[..., object]) -> Explanation:
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


#: The subjects in their order on the page: English, Russian, and the modules of their rules.
SUBJECTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("NULL", "NULL", ("nulls", "null_handling")),
    ("Joins", "Соединения",
     ("joins", "join_conditions", "parallel", "needless_joins", "foreign_keys", "unread_joins")),
    ("Conditions", "Условия",
     ("truth", "predicates", "conditions", "or_branches", "patterns", "expressions")),
    ("Subqueries", "Подзапросы",
     ("subqueries", "anti_joins", "own_rows", "own_groups", "derived", "lookups")),
    ("Duplicates and groups", "Повторы и группы", ("duplicates", "grouping", "aggregates",
     "misplaced")),
    ("Counts and sums", "Подсчёты и суммы", ("counts", "multiplied")),
    ("Windows", "Оконные функции", ("windows",)),
    ("Set operations", "Операции над множествами", ("set_operations",)),
    ("Order and pages", "Порядок и страницы", ("sorting", "pagination")),
    ("Types, texts and dates", "Типы, тексты и даты", ("data_types", "moments")),
    ("Design that shows in a query", "Устройство базы, видное в запросе", ("design",)),
    ("Safety", "Безопасность", ("security", "reaching_out")),
    (
        "Statements that change something",
        "Команды, которые что-то меняют",
        ("changes", "definitions"),
    ),
    ("Style", "Стиль",
     ("standards", "style_shape", "style_conditions", "style_names", "style_outputs")),
)  # fmt: skip


_CASES = "Cases: [{0}.sql](../tests/cases/{0}.sql)\n"

#: Rules over queries, and rules over whole statements of any kind.
EVERY_RULE: tuple[StatementRule, ...] = (
    *cast("tuple[StatementRule, ...]", RULES),
    *STATEMENT_RULES,
)


def subject_of(rule: Callable[..., object]) -> str:
    """The subject of a rule, by the module that it is in; Other where none lists that."""
    module = rule.__module__.removeprefix("sqlwright.analyze.").partition(".")[0]
    return next((subject for subject, _, modules in SUBJECTS if module in modules), _OTHER[0])


_OTHER = ("Other", "Прочее")


def rules_page() -> str:
    """The whole page: by subject, and in each in the order of the names."""
    parts, contents = [], list[str]()
    for subject, russian, _ in (*SUBJECTS, (*_OTHER, ())):
        rules = sorted((rule for rule in EVERY_RULE if subject_of(rule) == subject), key=name_of)
        if not rules:
            continue
        links = ", ".join(f"[{name_of(rule)}](#{name_of(rule)})" for rule in rules)
        contents.append(f"- **{subject}** / {russian} ({len(rules)}): {links}")
        parts.append(f"\n## {subject} / {russian}")
        parts += [_section(rule) for rule in rules]
    return "\n".join([_HEAD.format(count=len(RULES), more=len(STATEMENT_RULES)), *contents, *parts])


def _section(rule: StatementRule) -> str:
    parts = explain(rule)
    fence = "```"
    return "\n".join(
        [
            f"\n### {name_of(rule)}\n",
            f"{parts.fact}\n",
            f"**Bad**\n\n{fence}sql\n{parts.bad}\n{fence}\n",
            f"**Good**\n\n{fence}sql\n{parts.good}\n{fence}\n",
            f"{parts.notes}\n",
            *([f"По-русски: {parts.russian}\n"] if parts.russian else []),
            *([_CASES.format(name_of(rule))] if rule in RULES else []),
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(rules_page())
