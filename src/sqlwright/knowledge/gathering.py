"""The sources of one `learn`: what has changed is read into a journal, what has not stays.

A row's origin is the file that it came from, relative to the store's home; what a database itself
says has the origin `/schema`, with the database's name where that is known, and good practice has
`/practice`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlwright.knowledge import collect
from sqlwright.knowledge.excluding import Excluding
from sqlwright.knowledge.journal import Journal
from sqlwright.knowledge.passages import KINDS, Kind, Passage
from sqlwright.knowledge.practice import practice
from sqlwright.knowledge.reading import GOES_ON
from sqlwright.knowledge.store import Row, Store
from sqlwright.schema import Facts, Schema

_DATABASE = "/schema"
_PRACTICE = "/practice"


@dataclass(frozen=True, slots=True)
class Run:
    """What holds for all that one `learn` reads.

    Attributes:
        before: the digest of each file that was learned in the same dialect, by origin.
    """

    dialect: str | None
    database: str
    excluding: Excluding
    before: Mapping[str, str]
    say: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the rows of the next build come from: the old build, the journal and what is at hand.

    Attributes:
        old: the store with the old build; None where there is none.
        origins: what was learned again: files, folders and what is at hand.
        files: the files under them, by origin, each with its digest.
        unchanged: origins of files whose rows stay.
        fresh: rows of the schema and of good practice.
        retold: origins of files that stay, but are said to speak of another database now; known
            when the rows that stay were gone through.
        notes: what was left out, in sentences.
    """

    old: Store | None
    journal: Journal
    run: Run
    origins: list[str] = field(default_factory=list)
    files: dict[str, tuple[Path, str]] = field(default_factory=dict)
    unchanged: set[str] = field(default_factory=set)
    fresh: list[Row] = field(default_factory=list)
    retold: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Is anything read, at hand, or retold, that may not be in the old build?"""
        return bool(self.fresh or self.retold) or len(self.unchanged) < len(self.files)

    def is_learned(self, origin: str) -> bool:
        """Does the origin lie under what was learned again?"""
        return is_under(origin, self.origins)

    def kept(self, kinds: Sequence[Kind] = KINDS, *, whole: bool = True) -> Iterator[Row]:
        """The rows of the old build that stay."""
        for row in self._old(kinds, whole):
            if row.origin in self.unchanged:
                if not self.run.excluding.hides(row.passage):
                    passage = _spoken_of(row.passage, self.run.database)
                    if passage is not row.passage:
                        self.retold.add(row.origin)
                    yield replace(row, passage=passage)
            elif not self.is_learned(row.origin):
                yield row

    def gone(self) -> Iterator[Row]:
        """The rows of the old build that do not stay."""
        for row in self._old(KINDS, True):
            if row.origin not in self.unchanged and self.is_learned(row.origin):
                yield row

    def _old(self, kinds: Sequence[Kind], whole: bool) -> Iterator[Row]:
        return iter(()) if self.old is None else self.old.all_rows(kinds, whole=whole)

    def new(self, kinds: Sequence[Kind] = KINDS) -> Iterator[Row]:
        """The rows that were read, or are at hand."""
        yield from (row for row in self.fresh if row.passage.kind in kinds)
        for origin, (path, digest) in self.files.items():
            if origin not in self.unchanged:
                read = self.journal.read(origin, digest)
                assert read is not None
                for passage in collect.stamped(read[0], path, self.run.database):
                    if passage.kind in kinds and not self.run.excluding.hides(passage):
                        yield Row(passage, origin)


def gather(
    old: Store | None,
    home: Path,
    journal: Journal,
    schema: Schema | None,
    facts: Facts,
    paths: Sequence[Path],
    run: Run,
    *,
    with_practice: bool,
) -> Sources:
    """Reads what has changed into the journal.

    Args:
        home: the folder that origins are relative to.

    Raises:
        UsageError: if a path does not exist, or a pattern to keep out matches no column.
        DataError: if a file cannot be read.
    """
    found = Sources(old, journal, run)
    if schema is not None:
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        origin = f"{_DATABASE}/{run.database}" if run.database else _DATABASE
        for passage in collect.from_schema(schema, facts):
            found.fresh.append(Row(replace(passage, time=now, database=run.database), origin))
        found.origins.append(origin)
        run.say(f"schema: {len(found.fresh)} tables, views and routines")
    for path in paths:
        for file in collect.files(path):
            origin = origin_of(home, file)
            if origin not in found.files:
                found.files[origin] = (file, collect.digest(file, run.excluding))
                _read(found, origin)
        found.origins.append(origin_of(home, path))
    if with_practice:
        found.fresh.extend(Row(passage, _PRACTICE) for passage in practice())
        found.origins.append(_PRACTICE)
    run.excluding.check()
    if run.excluding.patterns and (hidden := _hidden(found)):
        found.notes.append(
            f"left out because they name columns that are kept out: {hidden:,} past queries"
        )
    return found


def _read(found: Sources, origin: str) -> None:
    """Reads one file, unless its rows or what was read of it before are at hand."""
    (file, digest), run = found.files[origin], found.run
    # what declares columns is read again, for the patterns to be tried on them
    is_tried = bool(run.excluding.patterns) and collect.declares(file)
    if run.before.get(origin) == digest and not is_tried:
        found.unchanged.add(origin)
        run.say(f"{file}: as it was")
        return
    last: list[str] = []

    def tell(line: str) -> None:
        run.say(line)
        last[:] = [] if line.endswith(GOES_ON) else [line]

    read = found.journal.read(origin, digest)
    if read is None or is_tried:
        passages = collect.from_file(file, run.dialect, tell, run.excluding)
        read = (passages, list(last))  # the last word on a file is of what was left out
        found.journal.keep(origin, digest, *read)
        run.say(f"{file}: {len(passages)} passages")
    found.notes.extend(read[1])


def _hidden(found: Sources) -> int:
    """How many past queries and examples name columns that are kept out."""
    count = 0
    for origin, (_, digest) in found.files.items():
        if origin not in found.unchanged and (read := found.journal.read(origin, digest)):
            count += sum(map(found.run.excluding.hides, read[0]))
    old = found.old.all_rows(whole=False) if found.old is not None else ()
    hides = found.run.excluding.hides
    return count + sum(row.origin in found.unchanged and hides(row.passage) for row in old)


def _spoken_of(passage: Passage, database: str) -> Passage:
    """As `collect.stamped` has it: a standard speaks of no database."""
    if not database or passage.kind == "standard" or passage.database == database:
        return passage
    return replace(passage, database=database)


def origin_of(home: Path, path: Path) -> str:
    """Where a file's rows come from, as the index has it."""
    return os.path.relpath(path.resolve(), home)


def moved(origin: str, home: Path, other: Path) -> str:
    """The origin as another index has it."""
    return origin if origin.startswith("/") else os.path.relpath(home / origin, other)


def is_under(origin: str, origins: Sequence[str]) -> bool:
    """Is the origin one of these, or in a folder of them?"""
    is_inside = not origin.startswith(("..", "/"))
    return any(
        origin == one or origin.startswith(one + os.sep) or (one == "." and is_inside)
        for one in origins
    )
