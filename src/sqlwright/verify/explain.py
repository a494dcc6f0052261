"""What an engine says of a query before it runs: its plan's cost, and how two plans differ.

Neither makes a rewrite count as faster: only measured times do.
"""

from __future__ import annotations

import re
from collections import Counter

from sqlglot import exp

from sqlwright.database import Database
from sqlwright.errors import DatabaseError

_SECONDS = 5.0
_MOST_LINES = 12
_POSTGRES_COST = re.compile(r"\(cost=[\d.]+\.\.([\d.]+) ")
_MYSQL_COST = re.compile(r'"(?:query_)?cost": "?([\d.]+)')
_BOXES = re.compile(r"[╭╮╰╯─┴┬│├┤┌┐└┘┼\t\n]+")
_COSTS = re.compile(r"\((cost|actual)[^)]*\)|~[\d,]+ rows?|\$\d+|\b\d[\d.,]*\b")


def plan_text(database: Database, query: exp.Query) -> str:
    """The engine's plan, or "" where it gives none."""
    try:
        return database.plan(query, seconds=_SECONDS)
    except DatabaseError:
        return ""


def plan_cost(database: Database, query: exp.Query) -> float | None:
    """The total cost that PostgreSQL, MySQL or MariaDB expects, in its own unit; None elsewhere."""
    try:
        if database.dialect == "postgres":
            found = _POSTGRES_COST.search(database.plan(query, seconds=_SECONDS))
        elif database.dialect == "mysql":
            rows = database.rows_around([query], "EXPLAIN FORMAT=JSON {}".format, seconds=_SECONDS)
            found = _MYSQL_COST.search(str(rows.rows[0][0]))
        else:
            return None
    except DatabaseError:
        return None
    return float(found.group(1)) if found else None


def plan_difference(original: str, proposal: str) -> tuple[str, ...]:
    """Lines that only one plan has, "- " before those of the original and "+ " before the others.

    Costs, estimates and numbers are left out, or else every line would differ.
    """
    if not original or not proposal:
        return ()
    first, second = Counter(_steps(original)), Counter(_steps(proposal))
    gone = [f"- {line}" for line in (first - second).elements()]
    new = [f"+ {line}" for line in (second - first).elements()]
    half = _MOST_LINES // 2
    return (*gone[: max(half, _MOST_LINES - len(new))], *new[: max(half, _MOST_LINES - len(gone))])


def _steps(plan: str) -> list[str]:
    """What the plan does, a step or a condition each, without the drawing around it."""
    parts = (_COSTS.sub("", part) for part in _BOXES.split(plan))
    steps = (" ".join(part.replace("->", " ").split()).strip(" *`") for part in parts)
    return [step for step in steps if re.search(r"\w", step)]
