"""Never, without, none: rows of another table that are not there, or a column without a value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlwright.ask.compose.borne import names_bear
from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.graph import path
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Related, Test
from sqlwright.ask.compose.scene import Scene, place_of


def find_absent(
    scene: Scene, subject: str, tests: Sequence[Test]
) -> tuple[list[Related], list[Test]]:  # fmt: skip
    """What must not be there for a row of the subject, and columns that hold no value."""
    related: list[Related] = []
    nulls: list[Test] = []
    for cue in scene.cues("absent"):
        if not scene.is_free(cue):
            continue
        chain = _chain(scene, cue)
        last = chain[-1]
        target = scene.after(last, lambda m: m.kind != "value", 2)
        if target is not None and target.kind == "column" and target.role != "bool":
            other = scene.after(last, _is_beside(scene, subject), 3)
            same = target.table.lower() == subject.lower()
            if same and (other is None or scene.gap(last, target) == 0):
                scene.use(*chain, target)
                op = "none" if target.is_number and target.role == "measure" else "null"
                nulls.append(Test(place_of(target), op, at=cue.first))
                continue
            if not same and _may_lack(scene, subject, target):
                scene.use(*chain, target, *(m for m in scene.mentions("table")
                                            if m.table == target.table))  # fmt: skip
                null = Test(place_of(target), "null", at=cue.first)
                related.append(Related(target.table, False, (null,)))
                continue
        found = _target(scene, subject, chain)
        if found is None:
            continue
        table, mention = found
        scene.use(*chain, *([mention] if mention is not None else []))
        scene.use(*(m for m in scene.mentions("table") if m.table == table))
        scene.use(*(c for c in scene.cues("absent") if c.first > cue.first))
        inside = tuple(
            test
            for test in tests
            if test.at > cue.first and test.place.table.lower() != subject.lower()
            and not scene.is_above(test.place.table, subject)
        )  # fmt: skip
        related.append(Related(table, True, inside, mention.via if mention is not None else None))
    return related, nulls


def _chain(scene: Scene, cue: Cue) -> list[Cue]:
    """The cue and those that only say it again: has not made a single."""
    found = [cue]
    for other in scene.cues("absent"):
        if other.first >= found[-1].end and scene.gap(found[-1], other) <= 1:
            found.append(other)
    return found


def _is_beside(scene: Scene, subject: str) -> Callable[[Mention], bool]:
    """Is it another table, whose rows belong to those of the subject, or the reverse?"""

    def fits(mention: Mention) -> bool:
        if mention.kind != "table" or mention.table == subject:
            return False
        way = path(subject, mention.table, scene.schema, through=scene.named)
        if way is None:
            return False
        turns = [at for at in range(1, len(way)) if not way[at - 1].down and way[at].down]
        return all(way[at].here in scene.named for at in turns)

    return fits


def _target(
    scene: Scene, subject: str, chain: Sequence[Cue]
) -> tuple[str, Mention | None] | None:  # fmt: skip
    fits, cue = _is_beside(scene, subject), chain[-1]
    named = scene.after(cue, fits, 4) or scene.before(cue, fits, 3)
    if named is not None:
        return named.table, named
    if not any(word in _NOTHING for word in _words(scene, chain)):
        return None
    below = [
        table.name
        for table in scene.schema.tables
        if any(key.table.lower() == subject.lower() for key in table.foreign_keys)
    ]
    said = [token for token in scene.tokens if token.kind == "word"]
    borne = [name for name in below if names_bear(scene.told, scene.table(name), said)]
    chosen = borne if len(borne) == 1 else below
    if len(chosen) != 1:
        return None
    for mention in scene.mentions("table"):
        if not fits(mention) and mention.table != subject and mention.first >= cue.first:
            scene.use(mention)  # a verb that a description of some other table holds too
    return chosen[0], None


def _may_lack(scene: Scene, subject: str, column: Mention) -> bool:
    """Is it a column, of rows below the subject, that may be empty: books not returned yet?"""
    known = scene.table(column.table).column(column.column)
    below = scene.is_above(subject, column.table)
    return (
        known is not None and known.nullable and below and column.role in ("date", "time", "free")
    )


def _words(scene: Scene, chain: Sequence[Cue]) -> list[str]:
    until = min(chain[-1].end + 2, len(scene.tokens))
    return [token.plain for token in scene.tokens[chain[0].first : until]]


_NOTHING = frozenset("nothing nobody none anything ничего никто никого никем".split())
