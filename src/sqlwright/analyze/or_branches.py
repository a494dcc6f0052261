"""OR: branches that no index or join can follow together, and branches that cannot be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sqlglot import exp

from sqlwright.analyze.bounds import Furthest, cannot_both, furthest, rivals
from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every, once
from sqlwright.analyze.reads import alias_of, is_conjunct, reads
from sqlwright.analyze.scope import (
    Source,
    columns_of,
    conditions,
    conjuncts,
    enclosing,
    has_subquery,
    is_constant,
    is_plainly_distinct,
    is_within,
    keys,
    owner,
    sources,
    where,
)
from sqlwright.analyze.tree import all_of, fitted, replaced, set_where
from sqlwright.schema import Schema


def or_to_union(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """OR over different columns, or around a subquery, is no index range and no join: UNION is.

    Bad:
        SELECT o.total FROM orders o
        WHERE o.id = 7 OR o.customer_id IN (SELECT c.id FROM customers c WHERE c.city = 'Oslo')
    Good:
        SELECT o.total FROM orders o
        WHERE o.id IN (SELECT o.id FROM orders o WHERE o.id = 7
                       UNION ALL
                       SELECT o.id FROM orders o
                       WHERE o.customer_id IN (SELECT c.id FROM customers c WHERE c.city = 'Oslo'))

    That it is faster is a guess: some engines merge indexes, so only measuring tells. Silent unless
    one branch holds a subquery and another none, or an index of its own serves each, when branches
    read several tables, and without a key of one column.

    По-русски: OR по разным столбцам или вокруг подзапроса — это не диапазон индекса и не
    соединение, а ветви UNION — да. Что так быстрее — догадка: некоторые СУБД объединяют индексы.
    Молчит, если нет ветвей и с подзапросом, и без него и не у каждой есть свой индекс, когда ветви
    читают разные таблицы и когда нет ключа из одного столбца.
    """
    for chain in every(query, exp.Or):
        select = enclosing(chain)
        if isinstance(chain.parent, exp.Or) or select is None or not is_conjunct(chain):
            continue
        parts = list(chain.flatten(unnest=True))
        source = _only_source(chain, select, schema)
        if source is None or not (key := _one_column_key(source, schema)):
            continue
        served = [_served_by(part, source) for part in parts]
        shared = served[0].intersection(*served[1:])
        nested = sum(map(has_subquery, parts))
        if nested == len(parts) or (not nested and not all(names - shared for names in served)):
            continue
        branches = [_branch(source, key, part) for part in parts]
        union: exp.Expr = branches[0]
        for branch in branches[1:]:
            union = exp.Union(this=union, expression=branch, distinct=False)
        listed = exp.Column(this=exp.to_identifier(key), table=alias_of(source))
        new = exp.In(this=listed, query=exp.Subquery(this=union))
        yield found(
            chain,
            "or-to-union",
            "style",  # a guess: not among what is rewritten for speed together
            f"OR joins {len(parts)} conditions that no one index or join serves:"
            " a UNION may use one for each (a guess: measure)",
            f"OR соединяет условия ({len(parts)}), которым не служит один индекс или соединение:"
            " UNION может взять для каждого свой (догадка: измерьте)",
            rewrite=partial(replaced, query, chain, new),
        )


def _branch(source: Source, key: str, part: exp.Expr) -> exp.Select:
    table = source.node.copy()
    listed = exp.Column(this=exp.to_identifier(key), table=alias_of(source))
    return exp.Select(
        expressions=[listed], from_=exp.From(this=table), where=exp.Where(this=part.copy())
    )


def _only_source(chain: exp.Expr, select: exp.Select, schema: Schema) -> Source | None:
    """The one table whose columns the chain reads, if it reads nothing else of this query."""
    names = set()
    for column in columns_of(chain):
        held = owner(column, schema)
        if held is None:
            return None
        if held[0] is select:
            names.add(held[1].name)
        elif not is_within(held[0], chain):
            return None
    if len(names) != 1:
        return None
    source = next(s for s in sources(select, schema) if s.name in names)
    return None if source.table is None or source.optional else source


def _one_column_key(source: Source, schema: Schema) -> str | None:
    names = [next(iter(key)) for key in keys(source, schema) if len(key) == 1]
    if source.table is None or not names:
        return None
    column = source.table.column(names[0])
    return column.name if column is not None else None


def _served_by(part: exp.Expr, source: Source) -> set[str]:
    """The columns that begin an index and that the branch holds equal to something."""
    table = source.table
    assert table is not None
    starts = {key[0].lower() for key in table.keys() if key}
    starts |= {index.columns[0].lower() for index in table.indexes if index.columns}
    found_names = set()
    for term in conjuncts(part):
        is_equal = isinstance(term, exp.EQ) and is_constant(term.expression)
        if not (is_equal or isinstance(term, exp.In)) or not isinstance(term.this, exp.Column):
            continue
        if term.this.name.lower() in starts:
            found_names.add(term.this.name.lower())
    return found_names


def dead_branch(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A branch of OR that contradicts a condition beside it is never taken.

    Bad:
        SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id
        WHERE o.status = 'new' OR (c.city = 'Oslo' AND c.id <> o.customer_id)
    Good:
        SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id
        WHERE o.status = 'new'

    Perhaps another condition was meant. Silent where the contradiction is not between two plain
    comparisons of the same things.

    По-русски: ветвь OR, противоречащая условию рядом, никогда не выполняется; возможно, имелось в
    виду другое. Молчит, когда противоречие не между двумя простыми сравнениями одного и того же.
    """
    for chain in every(query, exp.Or):
        select = enclosing(chain)
        if isinstance(chain.parent, exp.Or) or select is None or not is_conjunct(chain):
            continue
        beside = once("beside", select, schema, partial(_beside, select))
        parts = list(chain.flatten(unnest=True))
        dead = [part for part in parts if any(_is_denied(t, beside) for t in conjuncts(part))]
        gone = {id(part) for part in dead}
        kept = [part for part in parts if id(part) not in gone]
        if not dead or not kept:
            continue
        why = _clash(dead[0], beside.given)
        terms = [fitted(part.copy(), exp.Or() if len(kept) > 1 else exp.And()) for part in kept]
        new = terms[0] if len(terms) == 1 else exp.or_(*terms, copy=False)
        yield found(
            dead[0],
            "dead-branch",
            "wrong",
            f"`{shown(dead[0])}` is never true beside `{shown(why)}`",
            f"`{shown(dead[0])}` никогда не верно рядом с `{shown(why)}`",
            rewrite=partial(replaced, query, chain, new),
        )


@dataclass(frozen=True, slots=True)
class _Beside:
    """The conditions of a SELECT, and what finds those among them that deny another one."""

    given: list[exp.Expr]
    kept: Furthest
    compared: set[tuple[type[exp.Expr], exp.Expr, exp.Expr]]  # two columns, both ways round


def _beside(select: exp.Select) -> _Beside:
    given = conditions(select)
    compared: set[tuple[type[exp.Expr], exp.Expr, exp.Expr]] = set()
    for part in given:
        if isinstance(part, exp.EQ | exp.NEQ):
            compared.add((type(part), part.this, part.expression))
            compared.add((type(part), part.expression, part.this))
    return _Beside(given, furthest(given), compared)


def _is_denied(term: exp.Expr, beside: _Beside) -> bool:
    """Whether some condition beside it and the term cannot both hold."""
    if any(cannot_both(term, beside.given[n]) for n in rivals(term, beside.kept)):
        return True
    if not isinstance(term, exp.EQ | exp.NEQ):
        return False
    opposite = exp.NEQ if isinstance(term, exp.EQ) else exp.EQ
    columns = isinstance(term.this, exp.Column) and isinstance(term.expression, exp.Column)
    return columns and (opposite, term.this, term.expression) in beside.compared


def _clash(branch: exp.Expr, given: list[exp.Expr]) -> exp.Expr:
    """The first condition that the branch cannot hold with; there is one."""
    return next(
        other
        for term in conjuncts(branch)
        for other in given
        if cannot_both(term, other) or _denies(term, other)
    )


def _denies(term: exp.Expr, other: exp.Expr) -> bool:
    """`a <> b` beside `a = b`, either way round, of two columns."""
    if {type(term), type(other)} != {exp.EQ, exp.NEQ}:
        return False
    mine, theirs = (term.this, term.expression), (other.this, other.expression)
    if not all(isinstance(side, exp.Column) for side in (*mine, *theirs)):
        return False
    return mine == theirs or mine == theirs[::-1]


def union_of_one_source(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A UNION of queries that differ in their conditions only reads the same tables twice.

    Bad:
        SELECT id, total FROM orders WHERE total > 900
        UNION
        SELECT id, total FROM orders WHERE status = 'new'
    Good:
        SELECT id, total FROM orders WHERE total > 900 OR status = 'new'

    DISTINCT stays where no key is selected. Silent for UNION ALL, which repeats a row that meets
    both, with GROUP BY or LIMIT, and where each side of a single table has an index of its own.

    По-русски: UNION запросов, которые различаются только условиями, читает те же таблицы дважды.
    DISTINCT остаётся, если ключ не выбран. Молчит для UNION ALL (строка, отвечающая обоим, там
    дважды), при GROUP BY или LIMIT и когда у каждой стороны над одной таблицей свой индекс.
    """
    for union in every(query, exp.Union):
        if not union.args.get("distinct") or isinstance(union.parent, exp.SetOperation):
            continue
        if any(union.args.get(c) for c in ("limit", "offset", "order", "with_", "by_name")):
            continue
        sides = [union.left.unnest(), union.right.unnest()]
        new = _merged(sides, schema)
        if new is None:
            continue
        yield found(
            union,
            "union-of-one-source",
            "slow",
            "both sides of UNION read the same tables: one query with OR reads them once",
            "обе стороны UNION читают одни и те же таблицы: один запрос с OR прочтёт их раз",
            rewrite=partial(replaced, query, union, new) if union is not query else new,
        )


def _merged(sides: list[exp.Expr], schema: Schema) -> exp.Select | None:
    one, other = sides
    if not isinstance(one, exp.Select) or not isinstance(other, exp.Select):
        return None
    plain = {"expressions", "from_", "joins", "where", "distinct", "kind", "hint"}
    for side in (one, other):
        if any(value for name, value in side.args.items() if name not in plain):
            return None
        if reads(side, schema) is None or not where(side) or side.find(exp.AggFunc, exp.Window):
            return None
        if side.find(exp.Rand, exp.Uuid, exp.Anonymous):
            return None
        if side.args.get("distinct") and not is_plainly_distinct(side):
            return None
    for clause in ("expressions", "from_", "joins"):
        mine, theirs = one.args.get(clause) or [], other.args.get(clause) or []
        if mine != theirs:
            return None
    here = sources(one, schema)
    if any(source.columns is None for source in here):
        return None
    if len(here) == 1 and here[0].table is not None:
        served = [_served_by(all_of(where(side)), here[0]) for side in (one, other)]
        if all(names - (served[0] & served[1]) for names in served):
            return None
    theirs = where(other)
    shared = [part for part in where(one) if part in theirs]
    rests = [[p for p in where(side) if p not in shared] for side in (one, other)]
    new = one.copy()
    either: list[exp.Expr] = []
    if all(rests):
        branches = [fitted(all_of(rest), exp.Or()) for rest in rests]
        either = [exp.or_(*branches, copy=False)]
    set_where(new, [*shared, *either])
    new.set("distinct", None if _holds_keys(one, here, schema) else exp.Distinct())
    return new


def _holds_keys(select: exp.Select, here: tuple[Source, ...], schema: Schema) -> bool:
    """Whether a key of every table is among the outputs, so that no row repeats."""
    listed = {
        (held[1].name, p.unalias().name.lower())
        for p in select.expressions
        if isinstance(p.unalias(), exp.Column)
        for held in [owner(p.unalias(), schema)]
        if held is not None
    }
    starred = {
        p.table.lower() for p in select.expressions if isinstance(p, exp.Column) and p.is_star
    }
    everything = any(isinstance(p, exp.Star) for p in select.expressions)
    return all(
        not source.optional
        and bool(found_keys := keys(source, schema))
        and (
            everything
            or source.name in starred
            or any(all((source.name, name) in listed for name in key) for key in found_keys)
        )
        for source in here
    )
