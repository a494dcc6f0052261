"""A model's answer to a broken query, as one more text to be tried."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sqlwright.model import Model
from sqlwright.prompt import Request, answer_of, compact_schema, stop
from sqlwright.repair.changes import Change
from sqlwright.repair.faults import find_fault
from sqlwright.repair.ground import Ground
from sqlwright.repair.pieces import Piece, Splice, pieces_of, spliced
from sqlwright.repair.spelling import nearest
from sqlwright.rewrite import fitting_prompt
from sqlwright.schema import Table

Codes = tuple[str, int, int, int, int]  # of SequenceMatcher

_INSTRUCTION = "Correct the mistake and change nothing else."
_SECONDS = 3.0  # of taking edits back
_MOST_TOKENS = 700  # an answer is about as long as the query


def model_text(text: str, ground: Ground, model: Model, passages: Sequence[str]) -> str | None:
    """What the model answers; None where its context has no room.

    Raises:
        ModelError: if the model cannot answer.
    """
    schema_text = compact_schema(_named(text, ground))
    request = Request("fix", _INSTRUCTION, text, schema_text, tuple(passages), ground.dialect)
    room = min(model.count_tokens(text) + 60, _MOST_TOKENS)
    prompt = fitting_prompt(request, model, room)
    if prompt is None:
        return None
    completion = model.complete([prompt], max_new_tokens=room, stop=stop(model.family))[0][0]
    return answer_of(completion, model.family)


def _named(text: str, ground: Ground) -> list[Table]:
    """The tables that the text names, or nearly names."""
    if ground.schema is None:
        return []
    words = {p.text.lower() for p in pieces_of(text, ground.dialect) if p.kind == "word"}
    known = {table.name.lower(): table for table in ground.schema.tables}
    found = {name for name in known if name in words}
    for word in words - known.keys():
        found |= {name for _, name in nearest(word, known, 0.2)[:1] if len(word) > 4}
    return [table for name, table in known.items() if name in found]


def fewest_edits(text: str, answer: str, ground: Ground) -> tuple[str, tuple[Change, ...], float]:
    """The text with those of the answer's edits alone without which it does not run.

    A model writes the whole query anew, in a layout of its own and now and then with other names:
    edits are taken back one after the other while the text still runs (after delta debugging:
    Zeller and Hildebrandt 2002).
    """
    old, new = pieces_of(text, ground.dialect), pieces_of(answer, ground.dialect)
    matcher = SequenceMatcher(None, [p.upper for p in old], [p.upper for p in new], autojunk=False)
    hunks = [codes for codes in matcher.get_opcodes() if codes[0] != "equal"]
    splices = [_splice(text, answer, old, new, codes) for codes in _single(hunks)]
    if find_fault(spliced(text, splices), ground) is not None:
        return answer, (_change(text, (0, len(text), answer)),), 0.3 + 0.7 * len(hunks)
    stop = time.monotonic() + _SECONDS
    for splice in list(splices):
        fewer = [other for other in splices if other is not splice]
        if time.monotonic() > stop:
            break
        if fewer and find_fault(spliced(text, fewer), ground) is None:
            splices = fewer
    changes = tuple(_change(text, splice) for splice in splices)
    return spliced(text, splices), changes, 0.3 + 0.7 * len(splices)


def _single(hunks: Sequence[Codes]) -> Iterator[Codes]:
    """Edits of as many pieces as they put in, piece by piece."""
    for tag, a, b, c, d in hunks:
        if b - a == d - c:
            yield from ((tag, a + n, a + n + 1, c + n, c + n + 1) for n in range(b - a))
        else:
            yield tag, a, b, c, d


def _splice(
    text: str,
    answer: str,
    old: Sequence[Piece],
    new: Sequence[Piece],
    codes: Codes,
) -> Splice:
    """The edit between two lists of pieces as a splice of the text."""
    _, a, b, c, d = codes
    words = answer[new[c].start : new[d - 1].end] if d > c else ""
    if b > a:
        return old[a].start, old[b - 1].end, words
    place = old[a - 1].end if a else 0
    return place, place, f" {words} " if a else f"{words} "


def _change(text: str, splice: Splice) -> Change:
    start, end, new = splice
    line = text.count("\n", 0, start) + 1
    old, new = text[start:end].strip(), new.strip()
    told = (
        f"the model writes {new or 'nothing'} for {old or 'nothing'}, and the query runs",
        f"модель пишет {new or 'пусто'} вместо {old or 'пусто'}, и запрос выполняется",
    )
    return Change("by-model", old, new, line, *told)
