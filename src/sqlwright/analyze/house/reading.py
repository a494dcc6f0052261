"""Reads a house's standards: a YAML file, a Markdown document, or passages of the knowledge base.

    standards:
      - name: explicit-joins
        text: Write JOIN ... ON for every table after the first.
        text_ru: Каждая таблица после первой присоединяется через JOIN ... ON.
        severity: style
        join_style: explicit

In Markdown the heading is the name and the paragraph under it the text; what can be checked stands
in a fence: ```standard, or ```yaml with keys of a standard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from sqlwright.analyze import RULES, name_of
from sqlwright.analyze.finding import Severity
from sqlwright.analyze.house.entry import Checks, Standard
from sqlwright.errors import ConfigError, did_you_mean

_SAID = ("name", "text", "text_ru", "severity")
_KEYS = (*_SAID, *Checks.model_fields)
_FENCE = re.compile(r"^[ \t]*```[ \t]*(standard|ya?ml)\b[^\n]*\n(.*?)^[ \t]*```", re.M | re.S)


def load_standards(path: Path) -> tuple[Standard, ...]:
    """The standards of a .yaml, .yml or .md file that say something to check.

    Raises:
        ConfigError: a key or value that no standard has, with its place and the nearest one.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}): check the path") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8 text: convert it first") from None
    if path.suffix.lower() in (".md", ".markdown"):
        found = tuple(from_markdown(text, str(path)))
        if not found:
            raise ConfigError(
                f"{path}: nothing in it can be checked: put a ```standard fence under a heading"
            )
        return found
    return tuple(_from_yaml(text, str(path)))


def from_passages(passages: Iterable[tuple[str, str, str]]) -> tuple[Standard, ...]:
    """The standards in passages of knowledge: (heading, text, `file:line`) of each."""
    found = []
    for title, text, source in passages:
        file, _, line = source.rpartition(":")
        start = int(line) if line.isdigit() else 1
        found += list(_from_section(title, text, file or source, start, start))
    return tuple(found)


def from_markdown(text: str, file: str) -> Iterator[Standard]:
    """The standards of a document: each section with a fence that says what to check."""
    title, start, body, fenced = "", 1, list[str](), False
    for number, line in enumerate([*text.splitlines(), "# "], 1):
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading is None:
            body.append(line)
            continue
        if title:
            yield from _from_section(title, "\n".join(body), file, start, start + 1)
        title, start, body = heading[1], number, []


def _from_section(
    title: str, body: str, file: str, quoted_line: int, first_line: int
) -> Iterator[Standard]:
    prose = re.sub(r"\n?[ \t]*```.*?(?:```|\Z)", "", body, flags=re.S)
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", prose) if p.strip()]
    english = next((p for p in paragraphs if not _is_russian(p)), "")
    russian = next((p for p in paragraphs if _is_russian(p)), "")
    for fence in _FENCE.finditer(body):
        line = first_line + body.count("\n", 0, fence.start(2))
        values = _parsed(fence[2], file, line)
        if fence[1] != "standard" and not (
            isinstance(values, Mapping) and set(values) & set(Checks.model_fields)
        ):
            continue  # somebody's other YAML
        if not isinstance(values, Mapping):
            raise ConfigError(f"{file}:{line}: a standard is written as `key: value` lines")
        said = {"name": title, "text": english, "text_ru": russian, **values}
        yield _standard(said, f"{file}:{quoted_line}", f"{file}:{line}")


def _is_russian(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    # a Russian sentence about SQL is full of its words
    return sum("\u0400" <= letter <= "\u04ff" for letter in letters) * 4 > len(letters)


def _parsed(text: str, file: str, line: int) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at = line + (mark.line if mark is not None else 0)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise ConfigError(f"{file}:{at}: is not YAML ({problem}): correct it") from None


def _from_yaml(text: str, file: str) -> Iterator[Standard]:
    values = _parsed(text, file, 1)
    if not isinstance(values, Mapping) or not isinstance(values.get("standards"), list):
        raise ConfigError(f"{file}: holds no standards: it needs a list under `standards:`")
    for key in values:
        if key != "standards":
            hint = did_you_mean(str(key), ["standards"]) or " It has `standards` only."
            raise ConfigError(f"{file}: unknown key {key}.{hint}")
    lines = _lines_of_entries(text)
    for number, entry in enumerate(values["standards"]):
        place = f"{file}:{lines[number]}"
        if not isinstance(entry, Mapping):
            raise ConfigError(f"{place}: a standard is written as `key: value` lines")
        yield _standard(dict(entry), place, place)


def _lines_of_entries(text: str) -> list[int]:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    return [
        item.start_mark.line + 1
        for key, value in root.value
        if key.value == "standards"
        for item in value.value
    ]


def _standard(values: Mapping[Any, Any], source: str, place: str) -> Standard:
    for key in values:
        if key not in _KEYS:
            hint = did_you_mean(str(key), _KEYS) or f" A standard has {', '.join(_KEYS)}."
            raise ConfigError(f"{place}: unknown key {key}.{hint}")
    name = str(values.get("name") or "")
    if not name:
        raise ConfigError(f"{place}: a standard needs a name")
    severity = values.get("severity", "style")
    if severity not in get_args(Severity):
        hint = did_you_mean(str(severity), get_args(Severity))
        raise ConfigError(
            f"{place}: severity is one of {', '.join(get_args(Severity))}, not {severity}.{hint}"
        )
    try:
        checks = Checks.model_validate({k: v for k, v in values.items() if k not in _SAID})
    except ValidationError as error:
        raise ConfigError(f"{place}: {_reason(error)}") from None
    known = [name_of(rule) for rule in RULES]
    for rule in checks.rules:
        if rule not in known:
            hint = did_you_mean(rule, known) or " Every rule is in docs/rules.md."
            raise ConfigError(f"{place}: unknown rule {rule}.{hint}")
    text, russian = (" ".join(str(values.get(key) or "").split()) for key in ("text", "text_ru"))
    return Standard(name, text, russian, source, severity, checks)


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0])
    message = str(first["msg"]).removeprefix("Input ").removeprefix("Value error, ")
    allowed = re.findall(r"'([^']+)'", message) if first["type"] == "literal_error" else []
    hint = did_you_mean(str(first["input"]), allowed)
    return f"{name} {message} (it is {first['input']!r}).{hint}"
