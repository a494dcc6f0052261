"""Reads the plans that engines print, of queries that ran and of those that did not, into steps.

One reader for all: the text of PostgreSQL and of MySQL's tree, the tables and the JSON of MySQL and
MariaDB, DuckDB's boxes and its JSON, SQLite's lines. What cannot be read gives no steps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlwright.schema import Schema


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step of a plan; None where the engine does not say.

    Attributes:
        name: as the engine calls it, with the table.
        line: of the plan, as the engine wrote it.
        table: that it reads: its name, or its alias where the engine tells only that.
        expected: rows that the engine expected it to give, each time that it runs.
        given: rows that it gave, all times together.
        read: rows that it went through for them, those that a filter dropped among them.
        loops: how often it ran.
        share: of the whole query's work: of its time where the plan is measured, else of its cost.
        seconds: of its own, without the steps below.
        spilled: bytes that it wrote to disk for want of memory.
        way: how the engine comes to its rows, in its own words.
        depth: steps between it and the top of the tree; 0 for all where the plan is a list.
    """

    name: str
    line: str
    table: str = ""
    expected: int | None = None
    given: int | None = None
    read: int | None = None
    loops: int | None = None
    share: float | None = None
    seconds: float | None = None
    spilled: int = 0
    way: str = ""
    depth: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The step as JSON types."""
        return {
            "name": self.name,
            "table": self.table,
            "rows_expected": self.expected,
            "rows_given": self.given,
            "rows_read": self.read,
            "loops": self.loops,
            "share": self.share,
            "seconds": self.seconds,
            "bytes_on_disk": self.spilled,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps of a query, in the plan's order; `is_measured` says that the query ran for it."""

    steps: tuple[PlanStep, ...]
    text: str
    is_measured: bool = False

    def heaviest(self, most: int) -> list[PlanStep]:
        """The steps with the most work first, as far as the plan tells."""
        has_shares = any(step.share is not None for step in self.steps)

        def weight(step: PlanStep) -> float:
            if has_shares:
                return step.share or 0.0
            return float(max(step.read or 0, step.given or 0, step.expected or 0))

        return [s for s in sorted(self.steps, key=weight, reverse=True) if weight(s) > 0][:most]

    def as_dict(self) -> dict[str, Any]:
        """The plan as JSON types, without its text."""
        return {"measured": self.is_measured, "steps": [step.as_dict() for step in self.steps]}


def read_plan(
    text: str, dialect: str, schema: Schema | None = None, read: Mapping[str, str] | None = None
) -> Plan:
    """The steps of a plan that `Database.plan` or `Database.measured_plan` gave.

    Args:
        schema: whose row counts tell what a scan of SQLite's reads.
        read: the query's tables by their aliases.
    """
    if text.lstrip().startswith(("{", "[")):
        steps = list(_of_json(text))
    elif dialect == "sqlite":
        steps = list(_sqlite(text, schema or Schema(()), read or {}))
    elif dialect == "postgres" or text.lstrip().startswith("->"):
        steps = _tree(text)
    elif dialect == "mysql":
        steps = list(_tabbed(text))
    else:
        steps = list(_boxes(text))
    return Plan(tuple(steps), text, any(step.seconds is not None for step in steps))


# --- PostgreSQL, and MySQL's EXPLAIN ANALYZE ------------------------------------------------------

_TREE = re.compile(
    r"^(?P<indent>\s*)(?:->\s+)?(?P<name>[A-Z].*?)\s+"
    r"\(cost=(?:[\d.e+]+\.\.)?(?P<cost>[\d.e+]+) rows=(?P<rows>[\d.e+]+)(?: width=\d+)?\)"
    r"(?: \((?:actual time=[\d.e+-]+\.\.(?P<time>[\d.e+-]+) rows=(?P<given>[\d.e+]+)"
    r" loops=(?P<loops>\d+)|(?P<never>never executed))\))?"
)
_REMOVED = re.compile(r"^\s+Rows Removed by [\w ]+: (\d+)")
_DISK = re.compile(r"\bDisk(?: Usage)?: (\d+)kB")
_CTE = re.compile(r"^\s+CTE (\S+)$")
_READS = re.compile(r"(?<!Bitmap Index Scan) on (?P<table>[\w$\"]+)(?: [\w$\"]+)?$")


@dataclass(slots=True)
class _Branch:
    """A step as it is read, with the work of it and of all below."""

    step: PlanStep
    depth: int
    cost: float
    milliseconds: float | None
    cte: str = ""
    below: float = 0.0  # work of the steps right below it


def _tree(text: str) -> list[PlanStep]:
    """Each line with a cost is a step, and belongs to the last one that stood further left."""
    branches: list[_Branch] = []
    cte = ""
    for line in text.splitlines():
        if match := _TREE.match(line):
            branches.append(_branch(match, line.strip(), cte))
            cte = ""
        elif found := _CTE.match(line):
            cte = found[1]
        elif branches:
            _add_to(branches[-1], line)
    is_measured = any(branch.milliseconds is not None for branch in branches)

    def work(branch: _Branch) -> float:
        return (branch.milliseconds or 0.0) if is_measured else branch.cost

    above: list[_Branch] = []
    ctes: dict[str, float] = {}
    for branch in branches:
        while above and above[-1].depth >= branch.depth:
            above.pop()
        if branch.cte:  # its work is counted where its rows are first read, not where it stands
            ctes[branch.cte] = work(branch)
        elif above:
            above[-1].below += work(branch)
        branch.step = replace(branch.step, depth=len(above))
        above.append(branch)
    for branch in branches:
        if branch.step.name.startswith("CTE Scan") and branch.step.table in ctes and is_measured:
            branch.below += ctes.pop(branch.step.table)
    own = [max(work(branch) - branch.below, 0.0) for branch in branches]
    total = sum(own) if is_measured else max(map(work, branches), default=0.0)
    return [
        replace(
            branch.step,
            share=part / total if total else None,
            seconds=part / 1000 if branch.milliseconds is not None else None,
        )
        for branch, part in zip(branches, own, strict=True)
    ]


def _branch(match: re.Match[str], line: str, cte: str) -> _Branch:
    reads = _READS.search(match["name"])
    step = PlanStep(
        match["name"],
        line,
        table=reads["table"].strip('"') if reads else "",
        expected=round(float(match["rows"])),
    )
    time = None
    if match["never"]:
        time, step = 0.0, replace(step, given=0, read=0, loops=0)
    elif match["time"]:
        loops = int(match["loops"])
        given = round(float(match["given"]) * loops)
        time, step = float(match["time"]) * loops, replace(step, given=given, loops=loops)
        step = replace(step, read=given if step.table else None)
    return _Branch(step, len(match["indent"]), float(match["cost"]), time, cte)


def _add_to(branch: _Branch, line: str) -> None:
    step = branch.step
    if (removed := _REMOVED.match(line)) and step.given is not None:
        more = int(removed[1]) * (step.loops or 1)
        branch.step = replace(
            step, read=(step.read if step.read is not None else step.given) + more
        )
    elif disk := _DISK.search(line):
        branch.step = replace(step, spilled=int(disk[1]) * 1024)


# --- MySQL and MariaDB ----------------------------------------------------------------------------


def _tabbed(text: str) -> Iterator[PlanStep]:
    lines = [line.split("\t") for line in text.splitlines()]
    if not lines or "table" not in lines[0] or "rows" not in lines[0]:
        return
    for line in lines[1:]:
        row = dict(zip(lines[0], line, strict=False))
        if not row.get("rows", "").isdigit():
            continue
        table, way = row.get("table", ""), row.get("type", "")
        yield PlanStep(
            f"{table} ({way})", "\t".join(line), table, expected=int(row["rows"]), way=way
        )


def _of_json(text: str) -> Iterator[PlanStep]:
    try:
        tree = json.loads(text)
    except ValueError:
        return
    if isinstance(tree, dict) and "query_block" in tree:
        steps = list(_mariadb(tree["query_block"]))
    else:
        steps = list(_duckdb(tree))
    total = sum(step.seconds or 0.0 for step in steps)
    for step in steps:
        yield replace(step, share=(step.seconds or 0.0) / total if total else None)


def _mariadb(tree: Any) -> Iterator[PlanStep]:
    if isinstance(tree, list):
        for part in tree:
            yield from _mariadb(part)
        return
    if not isinstance(tree, dict):
        return
    for key, part in tree.items():
        if key == "table" and isinstance(part, dict):
            yield _mariadb_table(part)
        elif key == "filesort" and isinstance(part, dict):
            yield PlanStep(
                f"filesort {part.get('sort_key', '')}".strip(),
                f"filesort: {part.get('sort_key', '')}",
                given=_times(part.get("r_output_rows"), part.get("r_loops")),
                loops=_whole(part.get("r_loops")),
                seconds=_seconds(part.get("r_total_time_ms")),
            )
        yield from _mariadb(part)


def _mariadb_table(part: dict[str, Any]) -> PlanStep:
    name, way = str(part.get("table_name", "")), str(part.get("access_type", ""))
    read = _times(part.get("r_rows"), part.get("r_loops"))
    kept = part.get("r_filtered")
    taken = (part.get("r_table_time_ms"), part.get("r_other_time_ms"))
    shown = {k: v for k, v in part.items() if isinstance(v, str | int | float)}
    return PlanStep(
        f"{name} ({way})",
        json.dumps(shown),
        name,
        expected=_whole(part.get("rows")),
        given=_times(read, kept / 100) if kept is not None else read,
        read=read,
        loops=_whole(part.get("r_loops")),
        seconds=_seconds(sum(float(t or 0) for t in taken)) if any(taken) else None,
        way=way,
    )


def _times(count: Any, by: Any) -> int | None:
    return round(float(count) * float(by)) if count is not None and by is not None else None


def _whole(count: Any) -> int | None:
    return round(float(count)) if count is not None else None


def _seconds(milliseconds: Any) -> float | None:
    return float(milliseconds) / 1000 if milliseconds is not None else None


# --- DuckDB ---------------------------------------------------------------------------------------

_UNTOLD = ("RESULT_COLLECTOR", "EXPLAIN_ANALYZE", "QUERY")


def _duckdb(tree: Any, depth: int = 0) -> Iterator[PlanStep]:
    """The operators of the profile; 1.4 and 2.0 name its parts differently."""
    for node in tree if isinstance(tree, list) else [tree]:
        name = str(node.get("name") or node.get("operator_name") or "").strip()
        info = node.get("extra_info") or {}
        info = info if isinstance(info, dict) else {}
        if name and name not in _UNTOLD:
            table = str(info.get("Table") or "").split(".")[-1]
            given = node.get("intermediate_rows", node.get("operator_cardinality"))
            scanned = node.get("operator_rows_scanned") or given
            yield PlanStep(
                " ".join(filter(None, (name, table))),
                json.dumps({"name": name} | info),
                table,
                expected=_whole(info.get("Estimated Cardinality") or None),
                given=given,
                read=scanned if table else None,
                seconds=node.get("timing", node.get("operator_timing")),
                depth=depth,
            )
        for key in ("operator", "children"):
            yield from _duckdb(node.get(key) or [], depth + 1)


_BOX_ROWS = re.compile(r"~?(?P<rows>[\d,]+)\s+[Rr]ows?")


def _boxes(text: str) -> Iterator[PlanStep]:
    """The tree of boxes: what a box is called, its table, how many rows it is to give."""
    names: dict[int, tuple[str, str]] = {}  # of the open box, by where it begins in a line
    for line in text.splitlines():
        for match in re.finditer(r"╭─ (?P<name>[^─]+?) ─", line):
            names[match.start()] = match["name"], ""
        for match in re.finditer(r"│ (?P<text>[^│]*?)\s*│", line):
            place, said = match.start(), match["text"]
            if place not in names:
                continue
            name, table = names[place]
            if said.startswith("Table: "):
                table = said.removeprefix("Table: ").split(".")[-1]
                names[place] = f"{name} {table}", table
            elif rows := _BOX_ROWS.fullmatch(said):
                expected = int(rows["rows"].replace(",", ""))
                yield PlanStep(name, f"{name}: ~{expected:,} rows", table, expected=expected)


# --- SQLite ---------------------------------------------------------------------------------------

_SQLITE = re.compile(r"^\s*(?P<way>SCAN|SEARCH) (?P<name>\S+)(?P<how>.*)$")


def _sqlite(text: str, schema: Schema, read: Mapping[str, str]) -> Iterator[PlanStep]:
    """SQLite tells no numbers: what a scan reads is what the table holds."""
    for line in text.splitlines():
        match = _SQLITE.match(line)
        if match is None:
            yield PlanStep(line.strip(), line.strip())
            continue
        table = schema.table(read.get(match["name"], match["name"]))
        rows = table.rows if table and match["way"] == "SCAN" else None
        name = f"{match['way']} {match['name']}"
        yield PlanStep(name, line.strip(), match["name"], read=rows, way=match["how"].strip())
