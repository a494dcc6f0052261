"""The page of `check`: mask the templates, take the file apart, read, find, leave out.

A statement that cannot be read is one finding, and the rest goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze import RULES, name_of
from sqlwright.analyze.finding import Finding, in_words_of
from sqlwright.analyze.house import Around, Standard, check_layout, check_tree, check_words
from sqlwright.analyze.statements import STATEMENT_RULES, analyze_statement
from sqlwright.check.ignores import Ignored, applied, read_ignores
from sqlwright.check.names import unknown_names
from sqlwright.check.statements import Statement, Unreadable, read, split
from sqlwright.check.templates import Masked, masked, without_names
from sqlwright.evidence import Ask, asking, with_evidence
from sqlwright.schema import Schema

#: What `check` itself finds, beside the rules: what each means, in English and Russian.
OWN_RULES: dict[str, tuple[str, str]] = {
    "syntax": ("The statement cannot be read.", "Команду невозможно разобрать."),
    "unknown-name": (
        "The schema has no table or column of that name, or two tables have the column.",
        "Такой таблицы или столбца в схеме нет, либо столбец есть в двух таблицах.",
    ),
    "standard": ("A standard of the house is broken.", "Нарушен стандарт команды."),
    "ignore-without-reason": (
        "A comment says to ignore findings and not why.",
        "Комментарий просит пропустить находки, не говоря почему.",
    ),
    "unused-ignore": (
        "A comment says to ignore what is not found there.",
        "Комментарий просит пропустить то, чего здесь нет.",
    ),
}
# asked when a statement does not parse and nobody has named the dialect
_OTHER_DIALECTS = ("postgres", "mysql", "sqlite", "duckdb", "tsql", "bigquery", "snowflake",
                   "oracle", "clickhouse")  # fmt: skip


# there "name" is another name than NAME, which is what a bare name means
_FOLDS_TO_CAPITALS = ("oracle", "snowflake", "exasol", "teradata")
# they have no indexes, and keys that nothing holds to
_WITHOUT_INDEXES = frozenset(
    """athena bigquery clickhouse databricks drill druid dune fabric hive presto redshift snowflake
    spark spark2 trino""".split()
)
_ABOUT_INDEXES = frozenset(
    "function-on-column arithmetic-on-column join-on-expression or-to-union table-without-key"
    " anti-join-column".split()
)


@dataclass(frozen=True, slots=True)
class Settings:
    """What every file is checked with.

    Attributes:
        schema: of the database; without tables in it rules say what they guess.
        dialect: sqlglot's name of it, or None: then each file's is guessed.
        standards: of the house.
        db: the address of the database that is asked for numbers about slow statements.
    """

    schema: Schema = field(default_factory=lambda: Schema(()))
    dialect: str | None = None
    standards: tuple[Standard, ...] = ()
    db: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in one text, in the order of the places in it."""

    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...] = ()
    statements: int = 0
    dialect: str = ""
    only: Statement | None = None  # of a text that is one statement

    def as_dict(self) -> dict[str, Any]:
        """It as JSON types; of a text that is one statement also how it was read."""
        tree = read(self.only, self.dialect) if self.only is not None else None
        known = {"query": sql.write(tree, self.dialect)} if isinstance(tree, exp.Expr) else {}
        return {
            "dialect": self.dialect,
            "statements": self.statements,
            **known,
            "findings": [finding.as_dict() for finding in self.findings],
            "ignored": [i.finding.as_dict() | {"reason": i.reason} for i in self.ignored],
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Some statements of one file, enough to be checked by themselves, in another process too."""

    statements: tuple[Statement, ...]
    around: tuple[Around, ...]
    mask: Masked  # of the whole file, its text left out
    dialect: str
    skip: frozenset[str]


def check_text(text: str, settings: Settings) -> Checked:
    """Everything that can be said about a text of SQL statements, without running any of them."""
    script = take_apart(text, settings)
    found = [f for part in parts_of(script) for f in check_part(part, settings)]
    return finished(script, found, settings)


@dataclass(frozen=True, slots=True)
class Script:
    """A text taken apart: with its templates masked, and its statements."""

    text: str
    mask: Masked
    dialect: str
    statements: tuple[Statement, ...]


def take_apart(text: str, settings: Settings) -> Script:
    """The text's statements, in the dialect that is set or that it looks like."""
    text = text.removeprefix("\ufeff")
    mask = masked(text)
    dialect = settings.dialect or likely_dialect(mask.text)
    return Script(text, mask, dialect, tuple(split(mask.text, dialect)))


def parts_of(script: Script) -> list[Part]:
    """The statements in parts of about as much work each."""
    mask, statements = script.mask, script.statements
    skip = frozenset(mask.names) | made_names(mask.text)
    around = [_around(statement, mask.text) for statement in statements]
    bare = replace(mask, text="")
    parts, start, letters = [], 0, 0
    for at, statement in enumerate(statements):
        letters += len(statement.text)
        if letters > _PART_LETTERS or at + 1 == len(statements):
            mine = slice(start, at + 1)
            parts.append(Part(statements[mine], tuple(around[mine]), bare, script.dialect, skip))
            start, letters = at + 1, 0
    return parts


_PART_LETTERS = 20_000


def check_part(part: Part, settings: Settings) -> list[Finding]:
    """The findings about these statements, at their places in the file."""
    with asking(settings.db, settings.schema) as ask:
        return [
            finding
            for statement, around in zip(part.statements, part.around, strict=True)
            for finding in _statement(statement, around, part, settings, ask)
        ]


def finished(script: Script, found: Sequence[Finding], settings: Settings) -> Checked:
    """What was found in the statements of a text, with what its lines and its comments say."""
    statements, dialect = script.statements, script.dialect
    ignores, faults = read_ignores(script.text, statements)
    every = [*found, *check_layout(script.text, settings.standards)]
    left, ignored = applied(every, ignores, rule_names())
    ordered = sorted([*left, *faults], key=lambda finding: (finding.line, finding.column))
    only = statements[0] if len(statements) == 1 else None
    return Checked(tuple(ordered), tuple(ignored), len(statements), dialect, only)


def _statement(
    statement: Statement, around: Around, part: Part, settings: Settings, ask: Ask
) -> list[Finding]:
    """The findings about one statement, at their places in the file.

    Rewrites stay behind: `check` shows none, and a tree is long to send from a worker.
    """
    mask = part.mask
    try:
        found = list(_found(statement, around, part, settings, ask))
    except RecursionError:
        found = [_syntax(Unreadable(1, 1, "nested too deeply to be checked"), mask)]
    placed = []
    for finding in found:
        line, column = statement.place(finding.line or 1, finding.column or 1)
        placed.append(
            replace(
                finding,
                line=line,
                column=column,
                offer=None,
                message=mask.restored(finding.message),
                message_ru=mask.restored(finding.message_ru),
                evidence=mask.restored(finding.evidence),
                evidence_ru=mask.restored(finding.evidence_ru),
            )
        )
    return placed


def _found(
    statement: Statement, around: Around, part: Part, settings: Settings, ask: Ask
) -> Iterator[Finding]:
    """The findings about one statement, at their places in it."""
    mask, dialect, skip = part.mask, part.dialect, part.skip
    tree = _read(statement, mask, dialect, is_named=settings.dialect is not None)
    if isinstance(tree, Unreadable):
        if not (mask.is_template and tree.reason == _NOTHING):
            yield _syntax(tree, mask)
        return
    yield from unknown_names(tree, settings.schema, skip)
    with in_words_of(dialect):
        findings = [
            finding
            for finding in analyze_statement(tree, settings.schema)
            if not _is_idle(finding.rule, dialect)
        ]
    if any(finding.severity == "slow" for finding in findings):
        told = ask(tree, findings)
        findings = with_evidence(findings, tree, settings.schema, *told)
    yield from check_tree(tree, settings.schema, findings, settings.standards)
    yield from check_words(tree, statement.text, dialect, settings.standards, around)


def _is_idle(rule: str, dialect: str) -> bool:
    """Whether what the rule says means nothing in the dialect."""
    if rule == "needless-quotes":
        return dialect in _FOLDS_TO_CAPITALS or dialect == "bigquery"  # `project.data.table`
    return rule in _ABOUT_INDEXES and dialect in _WITHOUT_INDEXES


def _around(statement: Statement, text: str) -> Around:
    """What stands beside the statement in its file."""
    before = text[max(0, statement.offset - 400) : statement.offset].rstrip()
    last_line = before.rpartition("\n")[2].lstrip()
    has_comment = before.endswith("*/") or last_line.startswith(("--", "#"))
    end = statement.offset + len(statement.text)
    return Around(has_comment, text[end : end + 400].lstrip().startswith(";"))


_NOTHING = "no SQL statement"


def _read(
    statement: Statement, mask: Masked, dialect: str, *, is_named: bool
) -> exp.Expr | Unreadable:
    """The tree, by the first way of reading it that works: an unread statement may be no mistake.

    A whole clause may come from a template, and a file without a named dialect be in another.
    """
    first = read(statement, dialect)
    if not isinstance(first, Unreadable) or first.reason == _NOTHING:
        return first
    ways = [statement]
    if any(what.startswith("{{") for what in mask.names.values()):
        ways.append(replace(statement, text=without_names(statement.text, mask.names)))
    for way in ways:
        for other in (dialect, *(() if is_named else _OTHER_DIALECTS)):
            if not isinstance(found := read(way, other), Unreadable | exp.Command):
                return found
    return first


def _syntax(unread: Unreadable, mask: Masked) -> Finding:
    english = f"cannot be read: {unread.reason}"
    russian = f"невозможно разобрать: {unread.reason}"
    if unread.near and unread.near not in unread.reason:
        english, russian = f"{english} at {unread.near!r}", f"{russian}, здесь: {unread.near!r}"
    if mask.is_template:
        english += " (the template around it was not rendered)"
        russian += " (шаблон вокруг не вычислялся)"
    return Finding("syntax", "error", english, unread.line, unread.column, message_ru=russian)


def likely_dialect(text: str) -> str:
    """The dialect that a text looks like, by marks that others lack; postgres where none shows."""
    code = re.sub(r"'[^'\n]*'|--[^\n]*", " ", text)
    if "`" in code:
        dotted = re.search(r"`[\w-]+\.[\w-]+[.\w-]*`", code)
        return "bigquery" if dotted else "mysql"
    if re.search(r"^\s*GO\s*$|\bSELECT\s+TOP\b|\bFROM\s+\[\w+\]|\[dbo\]", code, re.I | re.M):
        return "tsql"
    return "postgres"


_MAKES = re.compile(
    r"\b(?:create\s+(?:or\s+replace\s+)?(?:(?:global|local)\s+)?"
    r"(?:temp(?:orary)?\s+|materialized\s+|unlogged\s+|recursive\s+|external\s+)*"
    r"(?:table|view)\s+(?:if\s+not\s+exists\s+)?|into\s+(?:temp(?:orary)?\s+)?(?:table\s+)?)"
    r"(?:[\w\"`\[\]]+\s*\.\s*)*[\"`\[]?(\w+)",
    re.I,
)
_INTO = re.compile(r"insert\s+$|merge\s+$|replace\s+$|overwrite\s+$", re.I)


def made_names(text: str) -> frozenset[str]:
    """Tables that the text itself makes, in lower case: a schema cannot know them."""
    return frozenset(
        found[1].lower()
        for found in _MAKES.finditer(text)
        if not _INTO.search(text[max(0, found.start() - 12) : found.start()])
    )


def rule_names() -> Sequence[str]:
    """Every rule that a finding of `check` may carry."""
    return [*map(name_of, RULES), *_names_of_statement_rules(), *OWN_RULES]


def _names_of_statement_rules() -> Iterator[str]:
    for rule in STATEMENT_RULES:
        yield rule.__name__.replace("_", "-")
