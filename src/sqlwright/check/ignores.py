"""Comments that say which findings not to show, and why.

    SELECT *  -- sqlwright: ignore select-star: the export wants every column

speaks of its own line; on a line of its own it speaks of the statement or the line that follows,
and `ignore-file` speaks of the whole file. Without a reason nothing is ignored.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlwright.analyze.finding import Finding
from sqlwright.check.statements import Statement, line_starts
from sqlwright.errors import did_you_mean

_COMMENT = re.compile(
    r"(?P<open>--|\#|/\*|\{\#-?)[ \t]*sqlwright[ \t]*:[ \t]*(?P<verb>[\w-]+)"
    r"(?P<rest>[^\r\n]*?)[ \t]*(?:\*/|-?\#\}|(?=\r|\n|\Z))"
)
VERBS = ("ignore", "ignore-file")


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that a comment says not to show, with the reason that it gives."""

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True)
class Ignore:
    """One such comment: which rules, in which lines of the file (0 to 0: in all), and why."""

    rules: tuple[str, ...]
    reason: str
    line: int
    column: int
    first: int
    last: int


def read_ignores(text: str, statements: Sequence[Statement]) -> tuple[list[Ignore], list[Finding]]:
    """The comments of a file, and findings about those that say too little."""
    if "sqlwright" not in text:
        return [], []
    lines = line_starts(text)
    starts = [statement.offset for statement in statements]
    ignores, faults = [], []
    for found in _COMMENT.finditer(text):
        line = bisect_right(lines, found.start())
        column = found.start() - lines[line - 1] + 1
        if _is_in_text(found.start(), lines[line - 1], text):
            continue
        verb, (names, reason) = found["verb"], _parts(found["rest"])
        if verb not in VERBS or not names or not reason:
            faults.append(_too_little(verb, names, line, column))
            continue
        first, last = line, line
        if verb == "ignore-file":
            first, last = 0, 0
        elif not text[lines[line - 1] : found.start()].strip():
            first, last = _spoken_of(found.end(), text, lines, statements, starts)
        ignores.append(Ignore(names, reason, line, column, first, last))
    return ignores, faults


def _parts(rest: str) -> tuple[tuple[str, ...], str]:
    names, _, reason = rest.partition(":")
    return tuple(re.findall(r"[\w-]+", names)), reason.strip()


def _is_in_text(at: int, line_start: int, text: str) -> bool:
    """Whether the place is inside a string that begins on its line."""
    # what is far before it in a very long line is not looked at
    return text.count("'", max(line_start, at - 5000), at) % 2 == 1


def _spoken_of(
    end: int, text: str, lines: list[int], statements: Sequence[Statement], starts: list[int]
) -> tuple[int, int]:
    """The lines of the statement that follows, or of the next line where one is begun already."""
    at = bisect_left(starts, end)
    inside = at > 0 and starts[at - 1] + len(statements[at - 1].text) > end
    if not inside and at < len(statements):
        following = statements[at]
        last = bisect_right(lines, following.offset + len(following.text))
        return following.line, last
    line = bisect_right(lines, end)
    while line < len(lines):
        code = text[lines[line] : lines[line + 1] if line + 1 < len(lines) else len(text)].strip()
        line += 1
        if code and not code.startswith(("--", "#", "/*")):
            break
    return line, line


def applied(
    findings: Sequence[Finding], ignores: Sequence[Ignore], known: Collection[str]
) -> tuple[list[Finding], list[Ignored]]:
    """The findings that are left, with those about comments that nothing needs, and the others."""
    left, ignored = [], []
    used: set[tuple[int, str]] = set()
    by_line: dict[int, list[int]] = defaultdict(list)  # those of the whole file under line 0
    for number, ignore in enumerate(ignores):
        for line in range(ignore.first, ignore.last + 1) if ignore.last else (0,):
            by_line[line].append(number)
    for finding in findings:
        near = (*by_line.get(finding.line, ()), *by_line.get(0, ()))
        of = next((n for n in near if finding.rule in ignores[n].rules), None)
        if of is None:
            left.append(finding)
        else:
            used.add((of, finding.rule))
            ignored.append(Ignored(finding, ignores[of].reason))
    for number, ignore in enumerate(ignores):
        for rule in ignore.rules:
            if (number, rule) not in used:
                left.append(_needless(rule, ignore, known))
    return left, ignored


def _needless(rule: str, ignore: Ignore, known: Collection[str]) -> Finding:
    if rule not in known:
        hint = did_you_mean(rule, known)
        english = f"this comment ignores {rule}, which is no rule.{hint}"
        russian = f"правила {rule} нет.{hint.replace('Did you mean', 'Может быть,')}"
    else:
        english = f"{rule} finds nothing here: delete the comment"
        russian = f"{rule} здесь ничего не находит: удалите комментарий"
    place = (ignore.line, ignore.column)
    return Finding("unused-ignore", "style", english, *place, message_ru=russian)


def _too_little(verb: str, names: tuple[str, ...], line: int, column: int) -> Finding:
    english = "write `sqlwright: ignore <rule>: <reason>`: "
    russian = "пишите `sqlwright: ignore <правило>: <причина>`: "
    if verb not in VERBS:
        english += f"{verb} is not known"
        russian += f"слово {verb} неизвестно"
    elif not names:
        english += "no rule is named"
        russian += "правило не названо"
    else:
        english += f"without a reason {', '.join(names)} is not ignored"
        russian += f"без причины {', '.join(names)} не пропускается"
    return Finding("ignore-without-reason", "style", english, line, column, message_ru=russian)
