"""The author that needs no model: readings of the question by rules, and what is said of them."""

from __future__ import annotations

from dataclasses import replace

from sqlwright.ask.candidates import Written, examine
from sqlwright.ask.compose import Reading, compose
from sqlwright.ask.compose.meanings import other_words
from sqlwright.ask.glossary import Described, described
from sqlwright.ask.values import Link, inner_links, links
from sqlwright.database import Database
from sqlwright.knowledge.passages import Passage
from sqlwright.knowledge.poison import why_suspicious
from sqlwright.knowledge.search import Index
from sqlwright.rewrite import Proposal

SOURCE = "rules"
_MOST_LINKS = 24
_ALL_DOCUMENTS = 500  # passages that are all read; of more, those that a search finds
_HITS = 40
_WEIGHTS = (2.5, 0.5, 0.25)  # votes of the readings, best first; an answer of a model has one
# of mini's: of questions that nobody had seen 9 of 37 readings with words left over were right, and
# none of the 15 queries on which mini outvoted one
_MINI = 0.4


def linked(question: str, database: Database, seconds: float = 3.0) -> list[Link]:
    """The values that the question names, also in the other language, and words within values."""
    schema = database.schema
    found = links(question, database, schema, seconds=seconds, meant=other_words, most=_MOST_LINKS)
    return found + inner_links(question, database, schema, meant=other_words, known=found)


def read(
    question: str, database: Database, knowledge: Index | None, known: list[Link]
) -> list[Reading]:  # fmt: skip
    """The readings of the question, best first."""
    about = _about(question, database, knowledge)
    return compose(question, database.schema, database.dialect, about, known)


def written(
    readings: list[Reading], database: Database, seconds: float, each: float = 1.0
) -> list[Written]:  # fmt: skip
    """The readings as candidates, planned by the engine.

    Args:
        each: what an answer of the model that says the same adds.
    """
    found = []
    for number, (reading, weight) in enumerate(zip(readings, _WEIGHTS, strict=False), 1):
        source = SOURCE if number == 1 else f"{SOURCE} {number}"
        one = examine(Proposal(reading.query, source), database, seconds)
        read_as = tuple(f"read '{said}' as '{meant}'" for said, meant in reading.slips)
        found.append(
            replace(
                one,
                weight=weight,
                each=each,
                placed=reading.placed,
                unplaced=reading.unplaced,
                mended=(*one.mended, *read_as),
            )
        )
    return found


def vote_of(family: str) -> float:
    """What an answer of a model of this family counts against the readings."""
    return _MINI if family == "mini" else 1.0


def _about(
    question: str, database: Database, knowledge: Index | None
) -> dict[str, Described]:  # fmt: skip
    """What comments and documents say of the tables; passages that give orders are left out."""
    passages: list[Passage] = []
    if knowledge is not None:
        if knowledge.about.counts.get("document", 0) <= _ALL_DOCUMENTS:
            passages = knowledge.passages(("document",))
        else:
            hits = knowledge.search(question, kinds=("document",), limit=_HITS)
            passages = [hit.passage for hit in hits]
    trusted = [p for p in passages if not why_suspicious(f"{p.title}\n{p.text}")]
    return described(database.schema, trusted)
