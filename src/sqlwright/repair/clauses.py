"""Whole clauses that stand wrong: out of order, aggregates in WHERE, grouping that lacks a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright.analyze.scope import has_aggregate, is_grouped
from sqlwright.repair.changes import Option, option
from sqlwright.repair.layout import Block, Clause, blocks, conjuncts
from sqlwright.repair.pieces import Piece, closing, pieces_of
from sqlwright.repair.rebuilt import evened, nested_apart, retyped, windows_apart
from sqlwright.repair.vocabulary import AGGREGATES, CLAUSE_AT


def order_options(text: str, pieces: Sequence[Piece], dialect: str) -> Iterator[Option]:
    """Clauses of a SELECT put into the grammar's order; two of a kind made one."""
    inner = [piece for piece in pieces[:-1] if piece.is_mark(";")]
    for piece in inner:  # a blank for each, so that places stay
        text = f"{text[: piece.start]} {text[piece.end :]}"
    if inner:
        pieces = pieces_of(text, dialect)
    for block in blocks(pieces):
        places = [CLAUSE_AT[clause.word] for clause in block.clauses]
        words = [clause.word for clause in block.clauses]
        if places != sorted(places):
            parts = sorted(block.clauses, key=lambda c: CLAUSE_AT[c.word])
            early = next(w for w, a, b in zip(words[1:], places, places[1:], strict=False) if b < a)
            told = (f"{early} stands too late: clauses come in a fixed order",
                    f"{early} стоит слишком поздно: порядок частей запроса задан")  # fmt: skip
            new = "\n".join if _lines(text, pieces, block) else " ".join
            body = new(_text(text, pieces, part) for part in parts)
            yield option(text, [(_start(pieces, block), _end(pieces, block), body)],
                         "clause-order", 0.6, told)  # fmt: skip
        yield from _twice(text, pieces, block)


def _lines(text: str, pieces: Sequence[Piece], block: Block) -> bool:
    return "\n" in text[_start(pieces, block) : _end(pieces, block)]


def _text(text: str, pieces: Sequence[Piece], clause: Clause) -> str:
    return text[pieces[clause.first].start : pieces[clause.end - 1].end]


def _start(pieces: Sequence[Piece], block: Block) -> int:
    return pieces[block.clauses[0].first].start


def _end(pieces: Sequence[Piece], block: Block) -> int:
    return pieces[block.end - 1].end


def _twice(text: str, pieces: Sequence[Piece], block: Block) -> Iterator[Option]:
    """WHERE … WHERE … as WHERE … AND …; a FROM that begins nothing taken out."""
    for one, other in zip(block.clauses, block.clauses[1:], strict=False):
        if one.word != other.word or one.word not in ("WHERE", "HAVING", "FROM"):
            continue
        piece = pieces[other.first]
        joining = "AND" if one.word != "FROM" else ","
        told = (f"{one.word} stands twice", f"{one.word} стоит дважды")
        yield option(text, [(piece.start, piece.end, joining)], "clause-twice", 0.6, told)


def engine_options(
    text: str, refusal: str, query: exp.Query | None, dialect: str
) -> Iterator[Option]:
    """Edits for what an engine says of grouping, aggregates, windows and derived tables."""
    pieces = pieces_of(text, dialect)
    said = refusal.lower()
    if "aggregate" in said or "group" in said or "having" in said:
        yield from _against_all(text, pieces)
        yield from _moved_to_having(text, pieces)
        yield from _grouped(text, pieces, query, dialect)
        yield from _having_as_where(text, pieces)
        yield from nested_apart(text, query, dialect)
    if "window" in said or "over" in said:
        yield from windows_apart(text, query, dialect)
    if "alias" in said:
        yield from _named_derived(text, pieces)
    if (
        "number of result columns" in said
        or "same number of columns" in said
        or ("number of columns" in said)
    ):
        yield from evened(text, query, dialect)
    yield from retyped(text, refusal, query, dialect)


def _against_all(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """x = MAX(x) of a query that does not group: MAX over the whole table, in a subquery."""
    for block in blocks(pieces):
        where, start = block.clause("WHERE"), block.clause("FROM")
        grouped = block.clause("GROUP") or block.clause("HAVING")
        if where is None or start is None or grouped is not None:
            continue
        if _aggregates(pieces, block.clauses[0].first, start.first):
            continue
        splices = []
        for first, end in conjuncts(pieces, where):
            for number in range(first, end - 1):
                if not _aggregates(pieces, number, number + 2):
                    continue
                last = closing(pieces, number + 1)
                beside = (pieces[number - 1], pieces[min(last + 1, len(pieces) - 1)])
                if any(p.is_mark("=", "<", ">", "<=", ">=", "<>", "!=") for p in beside):
                    call = text[pieces[number].start : pieces[last].end]
                    read = _text(text, pieces, start)
                    word = "SELECT" if pieces[where.first].text.isupper() else "select"
                    splices.append(
                        (pieces[number].start, pieces[last].end, f"({word} {call} {read})")
                    )
        if splices:
            told = ("an aggregate in WHERE: here it is taken over the whole table, check that",
                    "агрегат в WHERE: здесь он взят по всей таблице, проверьте")  # fmt: skip
            yield option(text, splices, "aggregate-in-where", 0.58, told, is_choice=True)


def _moved_to_having(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """Parts of WHERE that hold an aggregate go to HAVING."""
    for block in blocks(pieces):
        where = block.clause("WHERE")
        if where is None:
            continue
        parts = conjuncts(pieces, where)
        moved = [part for part in parts if _aggregates(pieces, *part)]
        if not moved:
            continue
        kept = [part for part in parts if part not in moved]
        cut = lambda part: text[pieces[part[0]].start : pieces[part[1] - 1].end]  # noqa: E731
        upper = pieces[where.first].text.isupper()
        new_having = " AND ".join(map(cut, moved)) if upper else " and ".join(map(cut, moved))
        start, end = pieces[where.first].start, pieces[where.end - 1].end
        joined = " AND " if upper else " and "
        rest = f"{pieces[where.first].text} " + joined.join(map(cut, kept)) if kept else ""
        if not rest:
            start = len(text[:start].rstrip())
        splices = [(start, end, rest)]
        having = block.clause("HAVING")
        if having is not None:
            place = pieces[having.end - 1].end
            splices.append((place, place, joined + new_having))
        else:
            after = block.clause("GROUP") or where
            place = pieces[after.end - 1].end
            word = " HAVING " if upper else " having "
            if after is where:
                splices = [(start, end, f"{rest}{word}{new_having}")]
            else:
                splices.append((place, place, word + new_having))
        told = ("an aggregate is known only after grouping: its condition goes to HAVING",
                "агрегат известен лишь после группировки: условие перенесено в HAVING")  # fmt: skip
        yield option(text, splices, "aggregate-in-where", 0.6, told)


def _aggregates(pieces: Sequence[Piece], first: int, end: int) -> bool:
    """Whether an aggregate stands there outside a subquery."""
    number = first
    while number < end - 1:
        piece = pieces[number]
        if piece.is_mark("(") and pieces[number + 1].is_word("SELECT"):
            number = closing(pieces, number)
        elif piece.kind == "word" and piece.upper in AGGREGATES and pieces[number + 1].is_mark("("):
            return True
        number += 1
    return False


def _grouped(
    text: str, pieces: Sequence[Piece], query: exp.Query | None, dialect: str
) -> Iterator[Option]:
    """GROUP BY with the selected columns that it lacks, for each SELECT that lacks some."""
    if query is None:
        return
    selects = list(query.find_all(exp.Select))
    by_start = {block.clauses[0].first: block for block in blocks(pieces)}
    starts = sorted(by_start)
    ordered = sorted(
        (s for s in selects if _first_offset(s) is not None), key=lambda s: _first_offset(s) or 0
    )
    if len(ordered) != len(starts):
        return
    for select, start in zip(_by_text(ordered, pieces, starts), starts, strict=True):
        if select is None or not _needs_keys(select):
            continue
        keys = _missing_keys(select, dialect)
        if not keys:
            continue
        block = by_start[start]
        group = block.clause("GROUP")
        shown = ", ".join(keys)
        told = (f"{shown} is selected beside aggregates and not grouped by",
                f"{shown}: выбирается рядом с агрегатами, но не входит в GROUP BY")  # fmt: skip
        if group is not None:
            place = pieces[group.end - 1].end
            yield option(text, [(place, place, ", " + shown)], "missing-group-key", 0.6, told)
            continue
        before = [c for c in block.clauses if CLAUSE_AT[c.word] < CLAUSE_AT["GROUP"]]
        place = pieces[before[-1].end - 1].end
        word = " GROUP BY " if pieces[start].text.isupper() else " group by "
        yield option(text, [(place, place, word + shown)], "missing-group-key", 0.7, told)


def _first_offset(select: exp.Select) -> int | None:
    found = [int(n.meta["start"]) for item in select.expressions for n in item.walk()
             if "start" in n.meta]  # fmt: skip
    return min(found, default=None)


def _by_text(
    ordered: Sequence[exp.Select], pieces: Sequence[Piece], starts: Sequence[int]
) -> list[exp.Select | None]:
    """For each SELECT word of the text its tree: the one whose list begins next after it."""
    found: list[exp.Select | None] = []
    for number, start in enumerate(starts):
        begin = pieces[start].start
        end = pieces[starts[number + 1]].start if number + 1 < len(starts) else 10**9
        inside = [s for s in ordered if begin < (_first_offset(s) or 0) < end]
        found.append(inside[0] if inside else None)
    return found


def _needs_keys(select: exp.Select) -> bool:
    return is_grouped(select) or any(has_aggregate(item) for item in select.expressions)


def _missing_keys(select: exp.Select, dialect: str) -> list[str]:
    group = select.args.get("group")
    if group is not None and any(group.args.get(n) for n in ("rollup", "cube", "grouping_sets")):
        return []
    keys = [key.sql(normalize=True) for key in group.expressions] if group is not None else []
    aliases = {item.alias.lower(): item.this for item in select.expressions if item.alias}
    keys += [aliases[k].sql(normalize=True) for k in list(keys) if k in aliases]
    numbers = [int(k) for k in keys if k.isdigit()]
    keys += [select.expressions[n - 1].unalias().sql(normalize=True) for n in numbers
             if 0 < n <= len(select.expressions)]  # fmt: skip
    names = {key.split(".")[-1] for key in keys}
    found: list[str] = []
    where_from = [*select.expressions]
    for clause in ("having", "order"):
        if select.args.get(clause) is not None:
            where_from.append(select.args[clause])
    for item in where_from:
        for part in _bare(item.unalias(), keys):
            written = part.sql(dialect=dialect, comments=False)
            is_listed = part.sql(normalize=True) in keys or (
                isinstance(part, exp.Column) and (part.name.lower() in names)
            )
            is_alias = item in where_from[len(select.expressions) :] and (
                isinstance(part, exp.Column) and part.name.lower() in aliases
            )
            if not is_listed and not is_alias and written not in found:
                found.append(written)
    return found


def _bare(node: exp.Expr, keys: Sequence[str]) -> Iterator[exp.Expr]:
    """Columns outside aggregates, subqueries and whole grouping keys."""
    if node.sql(normalize=True) in keys:
        return
    if isinstance(node, exp.AggFunc | exp.Subquery | exp.Query):
        return
    if isinstance(node, exp.Column):
        if not node.is_star:
            yield node
        return
    for child in node.iter_expressions():
        if isinstance(node, exp.Window) and child is node.this and isinstance(child, exp.AggFunc):
            for inner in child.iter_expressions():
                yield from _bare(inner, keys)
            continue
        yield from _bare(child, keys)


def _having_as_where(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """HAVING without GROUP BY and without an aggregate is WHERE."""
    for block in blocks(pieces):
        having = block.clause("HAVING")
        if having is None or block.clause("GROUP") or _aggregates(pieces, having.first, having.end):
            continue
        piece = pieces[having.first]
        where = block.clause("WHERE")
        new = "WHERE" if where is None else "AND"
        new = new if piece.text.isupper() else new.lower()
        told = ("HAVING without GROUP BY: its condition belongs to WHERE",
                "HAVING без GROUP BY: условие принадлежит WHERE")  # fmt: skip
        cost = 0.75 if _aggregates(pieces, block.clauses[0].first, block.end) else 0.55
        yield option(text, [(piece.start, piece.end, new)], "having-without-group", cost, told)


def _named_derived(text: str, pieces: Sequence[Piece]) -> Iterator[Option]:
    """An alias for a derived table that has none."""
    for number in range(len(pieces) - 1):
        if not (pieces[number].is_mark("(") and pieces[number + 1].is_word("SELECT")):
            continue
        before = pieces[number - 1] if number else None
        if before is None or not (before.is_word("FROM", "JOIN") or before.is_mark(",")):
            continue
        end = closing(pieces, number)
        if end >= len(pieces):
            continue
        after = pieces[end + 1] if end + 1 < len(pieces) else None
        if after is None or not (
            after.kind in ("name",)
            or after.is_word("AS")
            or (
                after.kind == "word"
                and after.upper not in CLAUSE_AT
                and not after.is_word("JOIN", "LEFT", "RIGHT", "INNER", "ON", "UNION")
            )
        ):
            place = pieces[end].end
            told = ("a derived table needs a name", "подзапросу в FROM нужно имя")
            yield option(text, [(place, place, " AS derived")], "missing-alias", 0.6, told)
