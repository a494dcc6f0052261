"""What one standard of a house says, what it lets a program check, and how it is quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from sqlglot import exp

from sqlwright.analyze.finding import Finding, Severity
from sqlwright.sql import place

Case = Literal["upper", "lower"]
Word = Literal["always", "never"]
Construct = Literal[
    "comma-join", "cross-join", "natural-join", "right-join", "full-join", "using", "select-star",
    "distinct", "union", "in-subquery", "not-in-subquery", "derived-table", "scalar-subquery",
    "order-by-position", "group-by-position", "offset", "having", "nested-case", "window", "cte",
    "recursion", "between", "between-dates", "or", "not-null-test", "update", "delete",
    "insert", "ddl",
]  # fmt: skip


def _is_pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from None
    return pattern


def _as_written(value: object) -> object:
    return "on" if value is True else value  # to YAML the word on is a yes


Pattern = Annotated[str, AfterValidator(_is_pattern)]


class Checks(BaseModel):
    """What can be checked of a standard; a name's pattern must match the whole name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[str, ...] = Field(
        default=(), description="rules of docs/rules.md whose findings break the standard"
    )
    forbid: tuple[Construct, ...] = Field(default=(), description="constructs that are not used")
    forbid_functions: tuple[str, ...] = Field(default=(), description="functions not to call")
    forbid_tables: tuple[str, ...] = Field(default=(), description="tables not to read")
    require_filter: dict[str, tuple[str, ...]] = Field(
        default={}, description="big tables, each with columns one of which a condition must name"
    )
    explicit_columns: bool = Field(
        default=False, description="INSERT lists its columns, SELECT has no star"
    )
    join_style: Annotated[
        Literal["explicit", "on", "using"] | None, BeforeValidator(_as_written)
    ] = Field(
        default=None, description="explicit: no comma in FROM; on or using: that, and nothing else"
    )
    table_alias: Pattern | None = Field(default=None, description="pattern of tables' aliases")
    column_alias: Pattern | None = Field(default=None, description="pattern of columns' aliases")
    cte_name: Pattern | None = Field(default=None, description="pattern of names in WITH")
    aliases: dict[str, str] = Field(
        default={}, description="each table's alias; a number or a word may be added: l2, cn for n"
    )
    require_limit: bool = Field(
        default=False, description="the outermost query has a limit, or returns one row"
    )
    max_joins: int | None = Field(default=None, ge=0, description="joins of one SELECT")
    max_depth: int | None = Field(default=None, ge=1, description="SELECTs inside each other")
    keyword_case: Case | None = Field(default=None, description="of keywords")
    function_case: Case | None = Field(default=None, description="of known functions")
    table_as: Word | None = Field(default=None, description="AS before a table's alias")
    column_as: Word | None = Field(default=None, description="AS before a column's alias")
    outer_word: Word | None = Field(default=None, description="OUTER in LEFT OUTER JOIN")
    inner_word: Word | None = Field(default=None, description="INNER in INNER JOIN")
    union_word: Word | None = Field(default=None, description="ALL or DISTINCT after UNION")
    not_equal: Literal["<>", "!="] | None = Field(default=None, description="how it is written")
    commas: Literal["leading", "trailing"] | None = Field(
        default=None, description="where they stand when a list has a line for each item"
    )
    casts: Literal["cast", "::"] | None = Field(default=None, description="how types change")
    semicolon: Word | None = Field(default=None, description="after every statement")
    opening_comment: bool = Field(
        default=False, description="a comment before each statement says what it is for"
    )
    max_line_length: int | None = Field(default=None, ge=20, description="letters of a line")
    no_tabs: bool = Field(default=False, description="lines are indented by blanks")
    no_trailing_blanks: bool = Field(default=False, description="no blanks before a line's end")


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard of the house, quotable: what it says, in which file and line."""

    name: str
    text: str
    text_ru: str
    source: str  # file:line
    severity: Severity
    checks: Checks

    def broken(
        self, english: str, russian: str, node: exp.Expr | None = None, at: tuple[int, int] = (0, 0)
    ) -> Finding:
        """The finding that it is broken: what was seen, and then its own words and their place."""
        line, column = place(node) if node is not None else at
        says, also = self.text or self.name, self.text_ru or self.text or self.name
        return Finding(
            "standard",
            self.severity,
            f"{english}: “{_cut(says)}” ({self.source})",
            line,
            column,
            message_ru=f"{russian}: «{_cut(also)}» ({self.source})",
        )


def _cut(text: str, most: int = 240) -> str:
    """The text, or its beginning up to a word's end."""
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " ..."
