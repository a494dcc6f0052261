"""What a reading of tokens as SQL keeps in mind: where it stands, and what it has come across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlwright.analyze.untrusted.lexer import WORD, Token


@dataclass(slots=True)
class Level:
    """One pair of brackets, or the outermost text, and the term that is being read in it.

    A term is what stands between two connectors (AND, OR ...); it is constant while it names no
    column.
    """

    opener: str = ""  # "", "(", "call", "case"
    name: str = ""  # of the function called
    clause: str = "value"  # value, open, list, from, on, cond, by, limit, call, type, case
    joined: bool = False  # does a connector stand before the term?
    compared: bool = False
    columns: int = 0
    all_columns: int = 0  # of every term in the brackets
    operands: int = 0
    all_operands: int = 0
    between: bool = False
    # of a SELECT: what no sentence has (numbers, signs, calls), and names beside names
    select: bool = False
    has_from: bool = False
    marks: int = 0
    aliases: int = 0
    aliased: bool = False

    def is_prose(self) -> bool:
        """Whether the SELECT could as well be a sentence: words beside words, and nothing else."""
        return self.aliases > 0 and self.marks == 0


@dataclass(slots=True)
class Reading:
    """The state of a reading, and afterwards its result.

    `evidence` is by kind, each with the offset of what showed it first; `firm` is what counts even
    where the rest is no SQL.
    """

    tokens: Sequence[Token]
    quoted: bool = False  # did the text escape from quotes?
    at: int = 0
    wants_operand: bool = False
    levels: list[Level] = field(default_factory=lambda: [Level()])
    closers: int = 0  # brackets closed that the text did not open
    signs: int = 0  # operators that are signs, or words that no sentence has between two things
    words: int = 0  # operators that are words of prose too
    commas: int = 0
    calls: list[str] = field(default_factory=list)
    solid: int = 0  # operands other than bare names
    broken: int | None = None  # the token at which it first was no SQL
    evidence: dict[str, int] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """The innermost pair of brackets."""
        return self.levels[-1]

    def kind(self, ahead: int = 0) -> str:
        """The kind of the token `ahead` of the present one, "" past the end."""
        place = self.at + ahead
        return self.tokens[place][0] if 0 <= place < len(self.tokens) else ""

    def word(self, ahead: int = 0) -> str:
        """The word `ahead` of the present token, "" if there is none or it is no word."""
        place = self.at + ahead
        if 0 <= place < len(self.tokens) and self.tokens[place][0] == WORD:
            return self.tokens[place][1]
        return ""

    def note(self, kind: str) -> None:
        """Remember the evidence, at the present token if it is the first of its kind."""
        if kind not in self.evidence:
            place = min(self.at, len(self.tokens) - 1)
            self.evidence[kind] = self.tokens[place][2] if place >= 0 else 0

    def operand(self, *, column: bool = False, mark: bool = True) -> bool:
        """Take an operand; an operator is due now."""
        level = self.level
        level.operands += 1
        level.all_operands += 1
        level.columns += column
        level.all_columns += column
        level.marks += mark
        level.aliased = False
        self.solid += not column
        self.wants_operand = False
        return True

    def push(self, level: Level) -> bool:
        """Open a bracket; what a connector joins may stand wholly within it."""
        outer = self.level
        if not outer.operands and level.opener in ("(", "case"):
            level.joined = outer.joined
        if outer.clause != "from":
            outer.marks += 1
        self.levels.append(level)
        self.wants_operand = True
        return True

    def finish_term(self) -> None:
        """A connector, comma, bracket or clause ends the term: say what it adds to the text."""
        level = self.level
        if level.joined and level.operands and not self.wants_operand:
            if level.compared:
                self.note("added-condition" if level.columns else "constant-condition")
            elif not level.columns:
                self.note("bare-condition")
        level.joined = level.compared = level.between = False
        level.operands = level.columns = 0

    def finish_select(self, level: Level) -> None:
        """Whatever a SELECT in brackets asks for, if it is no sentence in brackets."""
        if not level.select or level.is_prose():
            return
        if level.has_from or level.marks > 1 or (level.marks and self.calls):
            self.note("subquery")
        elif level.all_operands:
            self.note("bare-subquery")

    def finish_union(self, level: Level) -> None:
        """A SELECT put behind UNION; a sentence of a union that selects begins with a word."""
        named = level.marks == 0 and not (level.has_from or self.quoted)  # "the union select chair"
        prose = (level.is_prose() or named) and (self.broken is not None or not self.solid)
        if level.name == "UNION" and not prose and level.all_operands:
            self.note("union")

    def pop(self) -> bool:
        """Close a bracket; its content is an operand of what is around it."""
        compared = self.level.compared
        self.finish_term()
        inner = self.levels.pop()
        if inner.opener == "(":
            self.finish_select(inner)
        outer = self.level
        outer.compared |= compared and inner.opener == "(" and not inner.select
        outer.columns += inner.all_columns + inner.select
        outer.all_columns += inner.all_columns
        outer.operands += 1
        outer.all_operands += 1
        outer.aliased = False
        self.wants_operand = False
        return True
