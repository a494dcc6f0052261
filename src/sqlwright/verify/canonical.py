"""Whether two queries are one query in two spellings, shown by sound steps that turn both into it.

Both are read into the algebra (`algebra.py`), where aliases are gone, and rewritten by the named
steps below, each an identity under bag semantics and three-valued logic, until none applies; equal
labels (`labels.py`) then show that they are the same. Different labels show nothing. Which of two
answers an engine chooses under a LIMIT without a total order, errors such as overflow, and the
names and widths of types are left aside, as the dialects leave them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from sqlwright.schema import Schema
from sqlwright.verify import groups, joins, key_joins, logic
from sqlwright.verify.algebra import (
    COMPARISONS,
    FALSE,
    LITERALS,
    TRUE,
    Outer,
    Product,
    Query,
    Rows,
    Select,
    SetQuery,
    Source,
    Term,
    is_cut,
    is_plain,
    output_kinds,
    padded,
    terms,
    width,
)
from sqlwright.verify.algebra_reader import read
from sqlwright.verify.algebra_terms import Unreadable
from sqlwright.verify.empty import why_no_row
from sqlwright.verify.labels import label

_ROUNDS = 40
_LARGEST = 1500  # terms; beyond that the steps would take longer than running both queries


def why_same(original: exp.Query, proposal: exp.Query, schema: Schema, dialect: str) -> str | None:
    """What shows that both queries return the same rows on every database that keeps the schema.

    Args:
        original: as `sql.bind` returns it; so the proposal.

    Returns:
        The steps that turned both into one query, or None where nothing was shown.
    """
    try:
        pair = [read(query, schema, dialect) for query in (original, proposal)]
        if width(pair[0]) != width(pair[1]):
            return None
        if any(sum(1 for _ in terms(query)) > _LARGEST for query in pair):
            return None
        if label(pair[0]) == label(pair[1]):
            return "the same query but for names, and orders that mean nothing"
        steps = [_Steps(query, schema, dialect) for query in pair]
        if label(steps[0].done()) != label(steps[1].done()):
            return None
    except (Unreadable, RecursionError):
        return None
    used = dict.fromkeys((*steps[0].used, *steps[1].used))
    return "the same query once " + ", ".join(used) if used else "the same query but for spelling"


def canonical_form(query: exp.Query, schema: Schema, dialect: str) -> str | None:
    """A text that only queries which return the same rows share; None where it cannot be read."""
    try:
        return label(_Steps(read(query, schema, dialect), schema, dialect).done())
    except (Unreadable, RecursionError):
        return None


#: A step's words in the reason, and the step.
Step = tuple[str, Callable[["_Steps", Select], Select]]


class _Steps:
    """Rewrites one query until no step applies, and remembers which did."""

    def __init__(self, query: Query, schema: Schema, dialect: str) -> None:
        self.whole = query
        self.schema = schema
        self.dialect = dialect
        self.used: dict[str, None] = {}
        self.padded = padded(query)

    def done(self) -> Query:
        """The query that the steps end in."""
        query = self.whole
        for _ in range(4):  # an outer join that became an inner one makes columns certain
            self.padded = padded(query)
            before, query = query, self.query(query)
            if query == before:
                break
        return _named_by_all(query)

    def query(self, query: Query) -> Query:
        """The query and all queries in it after the steps."""
        if isinstance(query, Rows):
            return query
        if isinstance(query, SetQuery):
            return self._set(query)
        for _ in range(_ROUNDS):
            before = query
            query = self._inner(query)
            for words, step in _STEPS:
                changed = step(self, query)
                if changed is not query and changed != query:
                    if words:
                        self.used[words] = None
                    query = changed
            if query == before:
                break
        spread = self._over_union(query)
        if spread is not None:
            self.used["a filter is moved into the branches of UNION ALL"] = None
            return self._set(spread)
        return query

    def _inner(self, query: Select) -> Select:
        """The SELECT with the steps applied to its derived tables and subqueries."""
        return replace(
            query,
            product=self._product(query.product),
            outputs=tuple(map(self._term, query.outputs)),
            group=None if query.group is None else tuple(map(self._term, query.group)),
            having=logic.conjuncts(self._condition(term) for term in query.having),
            order=tuple(
                key
                for key in map(self._term, query.order)
                if not (isinstance(key.parts[0], Term) and key.parts[0].head in LITERALS)
            ),
        )

    def _product(self, product: Product) -> Product:
        items: list[Source | Outer] = []
        for item in product.items:
            if isinstance(item, Outer):
                left, right = self._product(item.left), self._product(item.right)
                on = logic.conjuncts(map(self._condition, item.on))
                items.append(replace(item, left=left, right=right, on=on))
            elif isinstance(item.body, str):
                items.append(item)
            else:
                body = self.query(item.body)
                if not isinstance(body, Rows) and not is_cut(body):
                    body = replace(body, order=())
                items.append(replace(item, body=body))
        return Product(tuple(items), logic.conjuncts(map(self._condition, product.where)))

    def _condition(self, term: Term) -> Term:
        return groups.in_as_exists(logic.truth(self._term(term)), self.dialect)

    def _term(self, term: Term) -> Term:
        """The term with its subqueries rewritten, and decided where NOT NULL columns decide it."""
        parts = tuple(
            self._term(part) if isinstance(part, Term) else self._subquery(part, term.head)
            for part in term.parts
        )
        if term.head == "exists" and parts == (TRUE,):
            return TRUE
        if parts != term.parts:
            term = logic.refold(replace(term, parts=parts))
        return _decided(term, self._is_certain)

    def _subquery(self, query: Query, head: str) -> Query | Term:
        found: Query | Term = query
        if head == "exists":
            found = groups.existence(query)
        elif not is_cut(query) and not isinstance(query, Rows):
            found = replace(query, order=())
        return found if isinstance(found, Term) else self.query(found)

    def _is_certain(self, term: Term) -> bool:
        known = isinstance(term.value, tuple) and term.value[0] not in self.padded
        return term.head == "column" and term.certain and known

    def _set(self, query: SetQuery) -> Query:
        """Nested unions of one kind are one union; a branch without rows adds none to UNION ALL."""
        branches: list[Query] = []
        for branch in map(self.query, query.branches):
            if not isinstance(branch, Rows) and not is_cut(branch):
                branch = replace(branch, order=())
            is_nested = isinstance(branch, SetQuery) and not is_cut(branch)
            if is_nested and isinstance(branch, SetQuery) and query.operator == "union":
                if branch.operator == "union" and branch.distinct == query.distinct:
                    branches += branch.branches
                    continue
            branches.append(branch)
        kinds = output_kinds(replace(query, branches=tuple(branches)))
        if query.operator == "union" and not query.distinct and all(kinds):
            alive = [b for b in branches if why_no_row(b, self.dialect) is None]
            if alive and len(alive) < len(branches):
                self.used["branches of UNION ALL that return no row are dropped"] = None
                branches = alive
        if len(branches) == 1 and not query.order and not is_cut(query):
            return branches[0]
        return replace(query, branches=tuple(branches))

    def _over_union(self, query: Select) -> SetQuery | None:
        """A SELECT that only filters a UNION ALL is the UNION ALL of filtered branches.

        Only where no branch's values are converted: each output is of one kind in all of them.
        """
        items = query.product.items
        item = items[0] if len(items) == 1 else None
        body = item.body if isinstance(item, Source) else None
        if item is None or isinstance(item, Outer) or not isinstance(body, SetQuery):
            return None
        if body.operator != "union" or body.distinct or is_cut(body) or query.order:
            return None
        kinds = output_kinds(body)
        if not is_plain(query) or not all(kinds):
            return None
        branches = tuple(
            replace(query, product=replace(query.product, items=(replace(item, body=branch),)))
            for branch in body.branches
        )
        return SetQuery("union", False, branches)


def _decided(term: Term, is_certain: Callable[[Term], bool]) -> Term:
    """IS NULL, x = x, COUNT(x) of a column that is never NULL; MIN and MAX of DISTINCT values."""
    parts = [part for part in term.parts if isinstance(part, Term)]
    if term.head == "isnull" and is_certain(parts[0]):
        return FALSE
    if term.head in COMPARISONS and parts[0] == parts[1] and is_certain(parts[0]):
        return TRUE if term.head in ("=", "<=") else FALSE
    if term.head == "node:aggregate" and isinstance(term.value, tuple):
        name, shape = term.value
        if name == "count" and shape == (("this", 0),) and is_certain(parts[0]):
            return Term("node:aggregate", value=("count", "*"), kind="int")
        if name in ("min", "max") and shape == (("this", ("distinct", (("expressions", (0,)),))),):
            return replace(term, value=(name, (("this", 0),)))
    return term


def _without_implied_not_null(query: Select) -> Select:
    """x IS NOT NULL is implied by a comparison of x that has to be TRUE."""
    where = query.product.where
    compared = {
        inner
        for term in where
        if term.head in COMPARISONS
        for part in term.parts
        if isinstance(part, Term)
        for inner in _strict_parts(part)
    }
    kept = tuple(
        term
        for term in where
        if not (
            term.head == "not"
            and isinstance(test := term.parts[0], Term)
            and test.head == "isnull"
            and test.parts[0] in compared
        )
    )
    return query if kept == where else replace(query, product=replace(query.product, where=kept))


def _strict_parts(term: Term) -> list[Term]:
    found = [term]
    if term.head in ("+", "-", "*"):
        for part in term.parts:
            if isinstance(part, Term):
                found += _strict_parts(part)
    return found


def _named_by_all(query: Query) -> Query:
    """The query with columns that are equal standing for each other, the outermost SELECT first."""
    if isinstance(query, Rows):
        return query
    if isinstance(query, SetQuery):
        return replace(query, branches=tuple(map(_named_by_all, query.branches)))
    query = groups.equal_columns(query)

    def product(inner: Product) -> Product:
        items: list[Source | Outer] = []
        for item in inner.items:
            if isinstance(item, Outer):
                items.append(
                    replace(
                        item, left=product(item.left), right=product(item.right), on=each(item.on)
                    )
                )
            elif isinstance(item.body, str):
                items.append(item)
            else:
                items.append(replace(item, body=_named_by_all(item.body)))
        return Product(tuple(items), logic.conjuncts(each(inner.where)))

    def term(inner: Term) -> Term:
        parts = tuple(
            term(part) if isinstance(part, Term) else _named_by_all(part) for part in inner.parts
        )
        return replace(inner, parts=parts)

    def each(found: tuple[Term, ...]) -> tuple[Term, ...]:
        return tuple(map(term, found))

    return replace(
        query,
        product=product(query.product),
        outputs=each(query.outputs),
        group=None if query.group is None else each(query.group),
        having=each(query.having),
        order=each(query.order),
    )


_STEPS: tuple[Step, ...] = (
    ("derived tables are merged", lambda s, q: joins.merge_derived(q)),
    ("conditions of outer joins are moved", lambda s, q: joins.lift_conditions(q)),
    ("outer joins that WHERE narrows are inner ones", lambda s, q: joins.outer_to_inner(q)),
    (
        "LEFT JOINs that nothing reads are dropped",
        lambda s, q: key_joins.drop_left_joins(q, s.dialect, s.schema),
    ),
    (
        "EXISTS and IN over what meets one row are joins",
        lambda s, q: groups.semijoin_to_join(q, s.dialect, s.schema),
    ),
    (
        "joins with groups are EXISTS",
        lambda s, q: groups.join_of_groups_to_semijoin(q, s.dialect),
    ),
    (
        "joins over a declared foreign key, which is taken to hold, are dropped",
        lambda s, q: key_joins.drop_parents(q, s.dialect, s.schema),
    ),
    (
        "rows joined with themselves by a key are one",
        lambda s, q: key_joins.drop_twins(q, s.schema),
    ),
    ("DISTINCT is a grouping", lambda s, q: groups.distinct_as_groups(q)),
    ("constants among the groups are dropped", lambda s, q: groups.plain_group_keys(q)),
    ("conditions on groups filter rows", lambda s, q: groups.having_to_where(q)),
    ("filters over groups are HAVING", lambda s, q: groups.filter_over_groups(q)),
    ("groups by a key are single rows", lambda s, q: groups.groups_of_one(q, s.schema)),
    ("IS NOT NULL that a comparison implies is dropped", lambda s, q: _without_implied_not_null(q)),
    ("columns equal to a constant are that constant", lambda s, q: groups.constants(q)),
)
