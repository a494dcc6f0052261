"""How far the style rules agree with published fail/fix/pass cases, for the rules that we have.

Run: python benchmarks/style.py --cases FOLDER [--out benchmarks/style.md]
Of each case that should fail: is something of the mapped rule found? Of each that should pass: is
it silent? Of each fix: is what we make of the failing text the fix, once both are laid out alike
(for rules with a rewrite) or word by word (for the case of keywords, AS, and signs)? Cases whose
settings we have no counterpart for, and those that sqlglot cannot read, are counted apart.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlglot
import yaml
from sqlglot.errors import SqlglotError

from sqlwright.analyze import RULES, name_of
from sqlwright.analyze.house import Checks, Standard
from sqlwright.check.statements import Unreadable, read, split
from sqlwright.check.templates import masked
from sqlwright.check.text import Settings, check_text
from sqlwright.refactor.formatter import Layout, formatted
from sqlwright.schema import Schema

Rules = Mapping[str, Any]  # the settings of a case, flat
Made = tuple[Checks, Layout | None] | None  # None: there is no counterpart


def _case(key: str) -> Callable[[Rules], Made]:
    def made(rules: Rules) -> Made:
        wanted = rules.get("capitalisation_policy") or rules.get("extended_capitalisation_policy")
        known = {"capitalisation_policy", "extended_capitalisation_policy"}
        if wanted not in ("upper", "lower") or set(rules) - known:
            return None
        layout = Layout(keywords=wanted) if key == "keyword_case" else Layout(functions=wanted)
        return Checks.model_validate({key: wanted}), layout

    return made


def _as(key: str) -> Callable[[Rules], Made]:
    def made(rules: Rules) -> Made:
        if set(rules) - {"aliasing"}:
            return None
        implicit = rules.get("aliasing") == "implicit"
        checks = Checks.model_validate({key: "never" if implicit else "always"})
        return checks, Layout(table_as=not implicit) if key == "table_as" else Layout()

    return made


def _lengths(rules: Rules) -> Made:
    low, high = rules.get("min_alias_length", 0), rules.get("max_alias_length", "")
    return (Checks(table_alias=f".{{{low},{high}}}"), None) if low or high else (Checks(), None)


def _sign(rules: Rules) -> Made:
    sign = {"c_style": "!=", "ansi": "<>"}.get(str(rules.get("preferred_not_equal_style")))
    return (Checks.model_validate({"not_equal": sign}), None) if sign else None


def _blocked(rules: Rules) -> Made:
    if set(rules) - {"blocked_words"}:
        return None
    words = tuple(w.strip() for w in str(rules.get("blocked_words") or "").split(",") if w)
    return Checks(forbid_tables=words, forbid_functions=words), None


def _casts(rules: Rules) -> Made:
    style = {"cast": "cast", "shorthand": "::"}.get(str(rules.get("preferred_type_casting_style")))
    return (Checks.model_validate({"casts": style}), None) if style else None


def _semicolon(rules: Rules) -> Made:
    if rules.get("multiline_newline") or not rules.get("require_final_semicolon"):
        return None
    return Checks(semicolon="always"), None


def _length(rules: Rules) -> Made:
    most = rules.get("max_line_length", 80)
    if set(rules) - {"max_line_length"} or not isinstance(most, int) or most < 20:
        return None
    return Checks(max_line_length=most), None


def _commas(rules: Rules) -> Made:
    place = rules.get("line_position", "trailing")
    return (Checks(commas=place), None) if place in ("leading", "trailing") else None


def _always(checks: Checks) -> Callable[[Rules], Made]:
    return lambda rules: (checks, None)


#: File → (our rule, or the standard's check with how settings become it).
MAPPED: dict[str, tuple[str, Callable[[Rules], Made]]] = {
    "AL01": ("standard: table_as", _as("table_as")),
    "AL02": ("standard: column_as", _as("column_as")),
    "AL03": ("unaliased-expression", _always(Checks())),
    "AL04": ("reused-alias", _always(Checks())),
    "AL05": ("unused-alias", _always(Checks())),
    "AL06": ("standard: table_alias", _lengths),
    "AL08": ("duplicate-output-name", _always(Checks())),
    "AL09": ("alias-equals-name", _always(Checks())),
    "AL10": ("unnamed-subquery", _always(Checks())),
    "CP01": ("standard: keyword_case", _case("keyword_case")),
    "CP03": ("standard: function_case", _case("function_case")),
    "CV01": ("standard: not_equal", _sign),
    "CV04": ("count-of-not-null", lambda rules: None if rules else (Checks(), None)),
    "CV05": ("null-comparison", _always(Checks())),
    "CV06": ("standard: semicolon", _semicolon),
    "CV07": ("double-parentheses", _always(Checks())),
    "CV08": ("right-join", _always(Checks())),
    "CV09": ("standard: forbid_tables, forbid_functions", _blocked),
    "CV11": ("standard: casts", _casts),
    "CV12": ("implicit-join", _always(Checks())),
    "LT01-trailing": ("standard: no_trailing_blanks", _always(Checks(no_trailing_blanks=True))),
    "LT04": ("standard: commas", _commas),
    "LT05": ("standard: max_line_length", _length),
}


def _flat(configs: Any) -> tuple[dict[str, Any], str]:
    """The settings of rules without their sections, and the dialect."""
    configs = configs or {}
    flat: dict[str, Any] = {}
    for source in (configs.get("rules") or {}, configs.get("layout", {}).get("type") or {}):
        for key, value in source.items():
            flat |= value if isinstance(value, dict) else {key: value}
    core = configs.get("core") or {}
    if "max_line_length" in core:
        flat["max_line_length"] = core["max_line_length"]
    flat.pop("force_enable", None)
    dialect = str(core.get("dialect") or "postgres")
    return flat, {"ansi": "postgres", "sparksql": "spark"}.get(dialect, dialect)


def _found(text: str, rule: str, settings: Settings) -> bool | None:
    """Whether the mapped rule speaks; None where the text cannot be read."""
    findings = check_text(text, settings).findings
    if any(finding.rule == "syntax" for finding in findings):
        return None
    name = "standard" if rule.startswith("standard") else rule
    return any(finding.rule == name for finding in findings)


def _fixed(text: str, fix: str, rule: str, layout: Layout | None, dialect: str) -> bool | None:
    """Whether what we make of the text is the fix; None where we make nothing of it."""
    statements = split(masked(text).text, dialect)
    trees = [read(statement, dialect) for statement in statements]
    if len(trees) != 1 or isinstance(trees[0], Unreadable):
        return None
    if layout is not None:
        ours = formatted(trees[0], dialect, layout)
        before, wanted = (masked(t).text.rstrip().rstrip(";") for t in (text, fix))
        return _same_words(*(_words(t, dialect) for t in (before, ours, wanted)))
    by_name = {name_of(each): each for each in RULES}
    if rule not in by_name:
        return None
    current = trees[0]
    for _ in range(20):
        offered = (f.rewrite for f in by_name[rule](current, Schema(())) if f.rewrite is not None)
        if (new := next(offered, None)) is None:
            break
        current = new
    if current is trees[0]:
        return None
    wanted = sqlglot.parse_one(masked(fix).text, read=dialect)
    return current.sql(comments=False, normalize=True) == wanted.sql(comments=False, normalize=True)


def _same_words(before: list[str], ours: list[str], wanted: list[str]) -> bool:
    """Whether ours is what was wanted: letter by letter in the words that the fix changes."""
    if len(ours) != len(wanted) or [w.lower() for w in ours] != [w.lower() for w in wanted]:
        return False
    if len(before) != len(wanted):  # a word came or went
        return True
    return all(a == w for b, a, w in zip(before, ours, wanted, strict=True) if b != w)


def _words(text: str, dialect: str) -> list[str]:
    return [text[t.start : t.end + 1] for t in sqlglot.tokenize(text, read=dialect)]


def measure(folder: Path) -> tuple[dict[str, Counter[str]], list[str]]:
    """The counts of each mapped file, and every case on which we do not agree."""
    counts: dict[str, Counter[str]] = {}
    differing: list[str] = []
    for name, (rule, made) in MAPPED.items():
        cases = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
        shared = cases.pop("configs", None)
        cases.pop("rule", None)
        count = counts[name] = Counter[str]()
        for title, case in cases.items():
            rules, dialect = _flat(case.get("configs") or shared)
            counterpart = made(rules)
            if counterpart is None or dialect not in sqlglot.Dialect.classes:
                count["no counterpart"] += 1
                continue
            checks, layout = counterpart
            standard = Standard("ours", "ours", "", "style:1", "style", checks)
            settings = Settings(Schema(()), dialect, (standard,))
            fails = "fail_str" in case
            text = case["fail_str"] if fails else case["pass_str"]
            spoken = _found(text, rule, settings)
            if spoken is None:
                count["unread"] += 1
                continue
            kind = "fail" if fails else "pass"
            count[kind] += 1
            count[f"{kind} agreed"] += spoken == fails
            if spoken != fails:
                differing.append(f"{name} {title}")
            if fails and spoken and "fix_str" in case:
                try:
                    same = _fixed(text, case["fix_str"], rule, layout, dialect)
                except (SqlglotError, ValueError):
                    same = None
                if same is not None:
                    count["fix"] += 1
                    count["fix agreed"] += same
    return counts, differing


def table(counts: Mapping[str, Counter[str]]) -> str:
    """The counts as a Markdown table with a line of sums."""
    lines = [
        "| cases | our rule | fail: found | pass: silent | fix: the same | not comparable |",
        "|---|---|---|---|---|---|",
    ]
    total = sum(counts.values(), Counter[str]())
    for name, count in (*counts.items(), ("**all**", total)):
        rule = MAPPED[name][0] if name in MAPPED else f"{len(counts)} mapped"
        apart = count["no counterpart"] + count["unread"]
        parts = [f"{count[f'{k} agreed']}/{count[k]}" for k in ("fail", "pass", "fix")]
        lines.append(f"| {name} | {rule} | {' | '.join(parts)} | {apart} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table and the cases that differ; with --out write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, required=True, help="folder of .yml files")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    counts, differing = measure(options.cases)
    print(table(counts))
    print("\n".join(["", "different:", *differing]))
    if options.out:
        head = "# Style rules against published cases\n\nMade by `benchmarks/style.py`, which says"
        head += (
            " what the columns mean. Not comparable: a setting that we lack, or SQL that sqlglot"
        )
        head += " cannot read.\n\n"
        options.out.write_text(head + table(counts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
