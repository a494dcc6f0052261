"""Answers to a question as candidates: each is one read-only query that binds and can be planned.

Those that mean the same by every witness, or that return the same rows, make a group; the largest
group wins. Agreement is no proof that the question was understood.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from sqlwright import sql
from sqlwright.ask.values import holding
from sqlwright.database import Database
from sqlwright.errors import BindError, DatabaseError
from sqlwright.rewrite import Proposal, Rejected
from sqlwright.schema import Schema, kind_of
from sqlwright.verify.judge import judge
from sqlwright.verify.results import same_bag

_WITNESSES = 12
_COMPARED_ROWS = 2000


@dataclass(frozen=True, slots=True)
class Written:
    """A query that somebody wrote for the question.

    Attributes:
        text: as SQL; what was answered where it is no query.
        source: who wrote it; `also` names others that wrote the same.
        query: None where it was refused, and `reason` says why.
        mended: what was changed in it because the data say so.
        group: the number of the group of those that agree with it, from 1; 0 where refused.
        weight: its own vote; each that said the same adds `each`.
        placed: of what rules made: words of the question, each with what it became.
        unplaced: of what rules made: words that have no place in it.
    """

    text: str
    source: str
    query: exp.Query | None = None
    reason: str = ""
    also: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    group: int = 0
    weight: float = 1.0
    each: float = 1.0
    placed: tuple[tuple[str, str], ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def votes(self) -> int:
        """How many answers said exactly this."""
        return 1 + len(self.also)

    @property
    def is_read(self) -> bool:
        """Was it made by rules, so that each word says what it became?"""
        return bool(self.placed)

    @property
    def is_whole(self) -> bool:
        """Was it made by rules that found a place for every word?"""
        return self.is_read and not self.unplaced

    def as_dict(self) -> dict[str, Any]:
        """The candidate as JSON types."""
        return {
            "sql": self.text,
            "source": self.source,
            "also": list(self.also),
            "refused": self.reason or None,
            "mended": list(self.mended),
            "group": self.group,
            "placed": [list(pair) for pair in self.placed],
            "unplaced": list(self.unplaced),
        }


def examine(answer: Proposal | Rejected, database: Database, seconds: float) -> Written:
    """The answer with its literals as the data spell them, planned by the engine; or refused."""
    if isinstance(answer, Rejected):
        return Written(answer.text, answer.source, reason=answer.reason)
    query, mended = respelled(answer.query, database, seconds)
    text = sql.write(query, database.dialect, pretty=True)
    try:
        database.plan(query, seconds=seconds)
    except DatabaseError as error:
        return Written(text, answer.source, reason=f"the database refuses it: {error}")
    return Written(text, answer.source, query, mended=mended)


def respelled(
    query: exp.Query, database: Database, seconds: float
) -> tuple[exp.Query, tuple[str, ...]]:
    """The query with texts that its columns hold in another case only, and what was changed.

    'building' becomes 'BUILDING' where the column has no 'building'. Nothing is changed where the
    column holds the text as it stands, or more than one spelling of it.
    """
    changed, notes = query.copy(), []
    bound = sql.bind(query, database.schema, database.dialect)
    spelled = {
        literal.this: literal for literal in changed.find_all(exp.Literal) if _is_text(literal)
    }
    for table, column, value in _compared(bound, database.schema):
        ways = list(
            dict.fromkeys((value, value.upper(), value.lower(), value.title(), value.capitalize()))
        )
        if len(ways) == 1 or value not in spelled:
            continue
        try:
            rows = database.rows(holding(table, column, ways), seconds=min(seconds, 2.0)).rows
        except DatabaseError:
            continue
        held = [row[0] for row in rows]
        if len(held) == 1 and held[0] != value:
            for literal in list(changed.find_all(exp.Literal)):
                if _is_text(literal) and literal.this == value:
                    literal.set("this", held[0])
            notes.append(f"{table}.{column} holds '{held[0]}', not '{value}'")
    return changed, tuple(notes)


def _is_text(literal: exp.Literal) -> bool:
    return bool(literal.is_string)


def _compared(bound: exp.Query, schema: Schema) -> list[tuple[str, str, str]]:
    """(table, column, text) of every text that a column is compared with by = or IN."""
    found = []
    for node in bound.find_all(exp.EQ, exp.In):
        sides = [node.this, *(node.expressions if isinstance(node, exp.In) else [node.expression])]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        if len(columns) != 1:
            continue
        owner = _table_of(columns[0], schema)
        known = schema.table(owner) if owner else None
        column = known.column(columns[0].name) if known else None
        if known is None or column is None or kind_of(column.type) != "text":
            continue
        for side in sides:
            if isinstance(side, exp.Literal) and side.is_string:
                found.append((known.name, column.name, side.this))
    return list(dict.fromkeys(found))


def _table_of(column: exp.Column, schema: Schema) -> str | None:
    select = column.find_ancestor(exp.Select)
    while select is not None:
        opening = select.args.get("from_")
        sources = [opening.this] if opening else []
        sources += [join.this for join in select.args.get("joins") or []]
        for source in sources:
            if (
                isinstance(source, exp.Table)
                and source.alias_or_name.lower() == column.table.lower()
            ):
                return str(source.name)
        select = select.find_ancestor(exp.Select)
    return None


def distinct(written: Sequence[Written]) -> list[Written]:
    """The candidates once each, those that say the same word for word together."""
    found: dict[str, Written] = {}
    for each in written:
        key = each.text if each.query is None else each.query.sql(comments=False, normalize=True)
        if key in found:
            first = found[key]
            found[key] = replace(first, also=(*first.also, each.source))
        else:
            found[key] = each
    return list(found.values())


Same = Callable[[exp.Query, exp.Query], bool]


def grouped(written: Sequence[Written], same: Same) -> list[Written]:
    """The candidates with the numbers of their groups; each is compared with a group's first."""
    firsts: list[exp.Query] = []
    found = []
    for each in written:
        if each.query is None:
            found.append(each)
            continue
        number = next((n for n, q in enumerate(firsts, 1) if same(q, each.query)), 0)
        if not number:
            firsts.append(each.query)
            number = len(firsts)
        found.append(replace(each, group=number))
    return found


def same_by_witnesses(database: Database, seconds: float) -> Same:
    """Do generated databases show no difference? Nothing runs on the user's."""

    def same(one: exp.Query, other: exp.Query) -> bool:
        try:
            verdict = judge(
                one, other, database.schema, database.dialect,
                seconds=seconds, witnesses=_WITNESSES,
            )  # fmt: skip
        except BindError:
            return False
        return verdict.outcome == "no difference found"

    return same


def same_by_rows(database: Database, seconds: float) -> Same:
    """Do both return the same rows of the user's database, in any order? Read-only and timed."""
    known: dict[str, Any] = {}

    def rows(query: exp.Query) -> Any:
        text = query.sql(comments=False)
        if text not in known:
            try:
                found = database.rows(query, seconds=seconds, max_rows=_COMPARED_ROWS)
                known[text] = found.rows
            except DatabaseError:
                known[text] = None
        return known[text]

    def same(one: exp.Query, other: exp.Query) -> bool:
        first, second = rows(one), rows(other)
        return first is not None and second is not None and same_bag(first, second)

    return same


def choose(written: Sequence[Written]) -> Written | None:
    """The reading that has a place for every word; else the first of the group of most votes.

    Of groups that are alike, the one found first.
    """
    able = [each for each in written if each.query is not None]
    if not able:
        return None
    if able[0] is written[0] and able[0].is_whole:
        return able[0]
    votes: dict[int, float] = {}
    for each in able:
        votes[each.group] = votes.get(each.group, 0) + each.weight + each.each * len(each.also)
    best = max(votes, key=lambda number: (votes[number], -number))
    return next(each for each in able if each.group == best)


def why_chosen(written: Sequence[Written], chosen: Written, by_rows: bool, language: str) -> str:
    """The reason for the choice, with its figures."""
    if chosen.is_read:
        return _why_read(written, chosen, language)
    able = [each for each in written if each.query is not None]
    total = sum(each.votes for each in written)
    agree = sum(each.votes for each in able if each.group == chosen.group)
    groups = len({each.group for each in able})
    if language == "ru":
        what = "возвращают одни и те же строки" if by_rows else (
            "не различаются ни на одной пробной базе")  # fmt: skip
        if total == 1:
            return "единственный ответ модели: сравнить его не с чем"
        if agree == 1:
            return f"все {total} ответов разные: показан первый, проверьте его"
        more = f"; других вариантов: {groups - 1}" if groups > 1 else ""
        return f"{agree} из {total} ответов {what}{more}"
    what = "return the same rows" if by_rows else "cannot be told apart on any witness"
    if total == 1:
        return "the only answer of the model: there is nothing to compare it with"
    if agree == 1:
        return f"all {total} answers differ: the first is shown, check it"
    more = f"; {groups - 1} other group{'s' if groups > 2 else ''}" if groups > 1 else ""
    return f"{agree} of {total} answers {what}{more}"


def _why_read(written: Sequence[Written], chosen: Written, language: str) -> str:
    """Which words became what, which have no place, and whether a model's answers agree."""
    became = ", ".join(f"'{words}' → {what}" for words, what in chosen.placed)
    answers = [each for each in written if not each.is_read]
    total = sum(each.votes for each in answers)
    agree = len(chosen.also) + sum(
        each.votes for each in answers if each.query is not None and each.group == chosen.group
    )
    left = ", ".join(chosen.unplaced)
    if language == "ru":
        said = f"прочтено по правилам: {became}"
        said += f"; без места остались слова: {left}" if left else "; место нашлось каждому слову"
        return said + (f"; с этим согласны {agree} из {total} ответов модели" if total else "")
    said = f"read by rules: {became}"
    said += f"; words without a place: {left}" if left else "; every word has its place"
    return said + (f"; {agree} of {total} answers of the model agree" if total else "")
