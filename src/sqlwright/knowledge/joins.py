"""How tables hang together over foreign keys: what stands between two that a query needs."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping

from sqlwright.knowledge.passages import Passage

Graph = Mapping[str, frozenset[str]]

# as `tables.from_schema` writes a foreign key: "a, b -> table (c, d)"
_KEY = re.compile(r"^[^\s:][^:\n]* -> (\S+) \([^)]*\)$", re.MULTILINE)
FARTHEST = 4  # foreign keys from one table to another: what is farther apart has little in common


def graph_of(passages: Iterable[Passage]) -> Graph:
    """Each table with those that a foreign key of either leads to, by their names in lower case."""
    found: dict[str, set[str]] = {}
    for passage in passages:
        if passage.kind != "table":
            continue
        here = passage.title.lower()
        found.setdefault(here, set())
        for match in _KEY.finditer(passage.text):
            there = match[1].lower()
            if there != here:
                found[here].add(there)
                found.setdefault(there, set()).add(here)
    return {name: frozenset(near) for name, near in found.items()}


def between(graph: Graph, named: Iterable[str]) -> list[str]:
    """Tables on the shortest paths that join the named ones, those of short paths first.

    Each named table is joined to the nearest of those before it; of paths of like length the one
    over the first names is taken, so the same question gets the same tables.
    """
    wanted = [name for name in dict.fromkeys(name.lower() for name in named) if name in graph]
    joined = set(wanted[:1])
    paths = []
    for name in wanted[1:]:
        path = _path(graph, name, joined)
        joined |= {name, *path}
        paths.append([step for step in path if step not in wanted])
    ordered = [step for path in sorted(paths, key=len) for step in path]
    return list(dict.fromkeys(ordered))


def _path(graph: Graph, start: str, goals: set[str]) -> list[str]:
    """The tables between the start and the nearest goal; none where they are too far apart."""
    before: dict[str, str | None] = {start: None}
    waiting = deque([(start, 0)])
    while waiting:
        here, far = waiting.popleft()
        if here in goals:
            path = []
            step = before[here]
            while step is not None and step != start:
                path.append(step)
                step = before[step]
            return path
        if far < FARTHEST:
            for near in sorted(graph.get(here, ())):
                if near not in before:
                    before[near] = here
                    waiting.append((near, far + 1))
    return []
