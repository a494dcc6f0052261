"""The clauses of a broken text, found by its parentheses and keywords alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlwright.repair.pieces import Piece, depths
from sqlwright.repair.strict import is_inside
from sqlwright.repair.vocabulary import CLAUSE_AT, SET_WORDS


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: the pieces from `first` (its keyword) up to, not with, `end`."""

    word: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One SELECT with its clauses, in the order in which they stand."""

    clauses: tuple[Clause, ...]
    end: int  # the piece after its last

    def clause(self, word: str) -> Clause | None:
        """The first clause that begins with the word."""
        return next((c for c in self.clauses if c.word == word), None)


def blocks(pieces: Sequence[Piece]) -> Iterator[Block]:
    """Every SELECT of the text; where parentheses are missing, its bounds are a guess."""
    levels = depths(pieces)
    open_at: dict[int, list[tuple[str, int]]] = {}
    for number, piece in enumerate(pieces):
        level = levels[number]
        for deeper in [d for d in open_at if d > level]:
            yield _block(open_at.pop(deeper), number)
        if piece.kind == "word" and piece.upper in SET_WORDS and level in open_at:
            yield _block(open_at.pop(level), number)
        if piece.is_mark(";") and level in open_at:
            yield _block(open_at.pop(level), number)
        if piece.kind != "word" or piece.upper not in CLAUSE_AT or is_inside(pieces, number):
            continue
        if piece.upper == "SELECT":
            if level in open_at:
                yield _block(open_at.pop(level), number)
            open_at[level] = [("SELECT", number)]
        elif level in open_at:
            open_at[level].append((piece.upper, number))
    for found in open_at.values():
        yield _block(found, len(pieces))


def _block(starts: list[tuple[str, int]], end: int) -> Block:
    ends = [number for _, number in starts[1:]] + [end]
    clauses = (Clause(w, n, e) for (w, n), e in zip(starts, ends, strict=True))
    return Block(tuple(clauses), end)


def block_at(pieces: Sequence[Piece], number: int) -> Block | None:
    """The innermost SELECT that holds the piece."""
    holding = [b for b in blocks(pieces) if b.clauses[0].first <= number < b.end]
    return max(holding, key=lambda b: b.clauses[0].first, default=None)


def conjuncts(pieces: Sequence[Piece], clause: Clause) -> list[tuple[int, int]]:
    """(first, end) of each part that AND joins at the top; the whole clause if OR is there."""
    start = clause.first + 1
    levels = depths(pieces)
    if start >= clause.end:
        return []
    level = levels[clause.first]
    parts, first, is_between, cases = [], start, False, 0
    for number in range(start, clause.end):
        piece = pieces[number]
        if levels[number] != level or piece.kind != "word":
            continue
        cases += {"CASE": 1, "END": -1}.get(piece.upper, 0)
        if cases:
            continue
        if piece.upper == "OR":
            return [(start, clause.end)]
        if piece.upper == "BETWEEN":
            is_between = True
        elif piece.upper == "AND":
            if is_between:
                is_between = False
                continue
            parts.append((first, number))
            first = number + 1
    return [*parts, (first, clause.end)]
