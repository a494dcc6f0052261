"""From a bound tree to the algebra: scopes become numbers, spellings of one thing become one.

Whatever it does not know the meaning of is refused with `Unreadable`, so that no shortcut rests on
a guess: recursive CTEs, GROUPING SETS, QUALIFY, table functions, functions that answer differently
each time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlglot import exp

from sqlwright.schema import Schema
from sqlwright.verify import logic
from sqlwright.verify.algebra import (
    Outer,
    Product,
    Query,
    Rows,
    Select,
    SetQuery,
    Source,
    Term,
    aggregates,
    chooses,
    folds,
    output_kinds,
    width,
)  # fmt: skip
from sqlwright.verify.algebra_columns import (
    cte_names,
    declare,
    is_anothers,
    is_certain,
    kind_of_column,
    output_names,
)
from sqlwright.verify.algebra_terms import TermReader, Unreadable, only

Columns = dict[str, Term]
Names = dict[str, Columns]  # the columns of each alias
_LIMIT_OF_SOURCES = 120  # a CTE that is used by CTEs may multiply


def read(query: exp.Query, schema: Schema, dialect: str) -> Query:
    """The query as a value of the algebra.

    Args:
        query: as `sql.bind` returns it.

    Raises:
        Unreadable: where the algebra has no word for something in it.
    """
    try:
        return _Reader(schema, dialect).query(query, (), {})
    except RecursionError:
        raise Unreadable("nested too deeply") from None


class _Reader(TermReader):
    """Holds what is read of one query."""

    def __init__(self, schema: Schema, dialect: str) -> None:
        self.schema = schema
        self.dialect = dialect
        self.count = 0
        self.used: set[str] = set()

    def query(
        self,
        node: exp.Expr,
        outer: tuple[Names, ...],
        ctes: dict[str, Callable[[], Query]],
    ) -> Query:
        """A SELECT, set operation or VALUES, with parentheses around it or not."""
        if isinstance(node, exp.Subquery):
            return self._parenthesized(node, outer, ctes)
        if isinstance(node, exp.Values):
            only(node, {"expressions", "alias"})
            rows = [
                tuple(
                    self.term(cell, outer, ctes)
                    for cell in getattr(row, "expressions", None) or [row]
                )
                for row in node.expressions
            ]
            if len({len(row) for row in rows}) != 1:
                raise Unreadable("VALUES of several widths")
            return Rows(tuple(rows))
        if (with_ := node.args.get("with_")) is not None:
            ctes = self._ctes(with_, outer, ctes)
        if isinstance(node, exp.SetOperation):
            return self._set_query(node, outer, ctes)
        if isinstance(node, exp.Select):
            return self._select(node, outer, ctes)
        raise Unreadable(node.key)

    def _parenthesized(
        self, node: exp.Subquery, outer: tuple[Names, ...], ctes: dict[str, Callable[[], Query]]
    ) -> Query:
        only(node, {"this", "alias", "order", "limit", "offset"})
        found = self.query(node.this, outer, ctes)
        more = {name: node.args.get(name) for name in ("order", "limit", "offset")}
        if not any(more.values()):
            return found
        if isinstance(found, Rows) or found.order or found.limit or found.offset:
            raise Unreadable("an order around an order")
        inner = node.unnest()
        assert isinstance(inner, exp.Query)
        names = [item.alias_or_name for item in inner.selects]
        keys = self._order(more["order"], outer, ctes, names, found)
        limit, offset = self._cut(node, outer, ctes)
        return replace(found, order=keys, limit=limit, offset=offset)

    def _ctes(
        self, with_: exp.Expr, outer: tuple[Names, ...], ctes: dict[str, Callable[[], Query]]
    ) -> dict[str, Callable[[], Query]]:
        only(with_, {"expressions"})  # recursive ones are refused
        known = dict(ctes)
        for cte in with_.expressions:
            only(cte, {"this", "alias", "materialized"})
            # read anew at each use, so that each use has sources of its own
            known[cte.alias] = self._later(cte, outer, dict(known))
        return known

    def _later(
        self, cte: exp.CTE, outer: tuple[Names, ...], known: dict[str, Callable[[], Query]]
    ) -> Callable[[], Query]:
        return lambda: self.query(cte.this, outer, known)

    def _set_query(
        self,
        node: exp.SetOperation,
        outer: tuple[Names, ...],
        ctes: dict[str, Callable[[], Query]],
    ) -> Query:
        only(node, {"this", "expression", "distinct", "order", "limit", "offset", "with_"})
        branches = tuple(self.query(side, outer, ctes) for side in (node.this, node.expression))
        if width(branches[0]) != width(branches[1]):
            raise Unreadable("branches of several widths")
        limit, offset = self._cut(node, outer, ctes)
        found = SetQuery(node.key, bool(node.args.get("distinct")), branches, (), limit, offset)
        names = [s.alias_or_name for s in node.selects]
        order = self._order(node.args.get("order"), outer, ctes, names, found)
        return replace(found, order=order)

    def _select(
        self, node: exp.Select, outer: tuple[Names, ...], ctes: dict[str, Callable[[], Query]]
    ) -> Query:
        only(
            node,
            {"expressions", "from_", "joins", "where", "group", "having", "distinct", "order",
             "limit", "offset", "with_"},
        )  # fmt: skip
        self.count += 1
        number = self.count
        own: Names = {}
        product = self._from(node, own, outer, ctes)
        scopes = (*outer, own)

        def term(inner: exp.Expr) -> Term:
            return self.term(inner, scopes, ctes)

        where = node.args.get("where")
        if where is not None:
            product = replace(product, where=logic.conjuncts((*product.where, term(where.this))))
        outputs = tuple(term(item.unalias()) for item in node.expressions)
        having = node.args.get("having")
        conditions = () if having is None else logic.conjuncts((term(having.this),))
        names = [item.alias_or_name for item in node.expressions]
        limit, offset = self._cut(node, scopes, ctes)
        found = Select(
            number=number,
            product=product,
            outputs=outputs,
            having=conditions,
            distinct=self._is_distinct(node),
            limit=limit,
            offset=offset,
        )
        order = self._order(node.args.get("order"), scopes, ctes, names, found)
        tops = (*outputs, *conditions, *order)
        group = self._group(node, term)
        folded = [inner for item in tops for inner in aggregates(item)]
        if any(is_anothers(item, own) for item in folded):
            raise Unreadable("an aggregate of an outer query's columns")
        if group is None and (having is not None or folded):
            group = ()
        return replace(found, order=order, group=group)

    def _is_distinct(self, node: exp.Select) -> bool:
        distinct = node.args.get("distinct")
        if distinct is not None and distinct.args.get("on"):
            raise Unreadable("DISTINCT ON")
        return distinct is not None

    def _group(self, node: exp.Select, term: Callable[[exp.Expr], Term]) -> tuple[Term, ...] | None:
        group = node.args.get("group")
        if group is None:
            return None
        only(group, {"expressions"})
        keys = [term(key) for key in group.expressions]
        if any(map(folds, keys)):
            raise Unreadable("a group by what is computed over rows")
        return tuple(dict.fromkeys(keys))

    def _cut(
        self, node: exp.Expr, scopes: tuple[Names, ...], ctes: dict[str, Callable[[], Query]]
    ) -> tuple[Term | None, Term | None]:
        limit, offset = node.args.get("limit"), node.args.get("offset")
        count = None
        if isinstance(limit, exp.Fetch):
            options = limit.args.get("limit_options")
            if options is not None and (
                options.args.get("percent") or options.args.get("with_ties")
            ):
                raise Unreadable("FETCH WITH TIES")
            count = limit.args.get("count")
        elif limit is not None:
            only(limit, {"expression"})
            count = limit.expression
        if limit is not None and count is None:
            raise Unreadable("a limit without a number")
        if offset is not None:
            only(offset, {"expression"})
        return (
            None if count is None else self.term(count, scopes, ctes),
            None if offset is None else self.term(offset.expression, scopes, ctes),
        )

    def _order(
        self,
        order: exp.Expr | None,
        scopes: tuple[Names, ...],
        ctes: dict[str, Callable[[], Query]],
        names: list[str],
        query: Query,
    ) -> tuple[Term, ...]:
        """The keys of ORDER BY; of a set operation, as positions of its columns."""
        if order is None:
            return ()
        only(order, {"expressions"})
        keys = []
        for item in order.expressions:
            only(item, {"this", "desc", "nulls_first"})
            key = item.this
            if isinstance(key, exp.Column) and not key.table:
                if names.count(key.name) != 1:
                    raise Unreadable("an order by a name that is not one output")
                place = names.index(key.name)
                is_select = isinstance(query, Select)
                found = query.outputs[place] if isinstance(query, Select) else logic.integer(place)
            elif isinstance(query, Select):
                is_select, found = True, self.term(key, scopes, ctes)
            else:
                raise Unreadable("an order of a set operation by an expression")
            if is_select and found.head in ("int", "text", "decimal", "null", "true", "false"):
                continue  # a constant orders nothing; bound positions are names by now
            ways = (bool(item.args.get("desc")), bool(item.args.get("nulls_first")))
            keys.append(Term("key", (found,), ways))
        # a key that came before decides nothing again
        return tuple(
            {key.parts: key for key in reversed(keys)}[part]
            for part in dict.fromkeys(key.parts for key in keys)
        )

    def _from(
        self,
        node: exp.Expr,
        own: Names,
        outer: tuple[Names, ...],
        ctes: dict[str, Callable[[], Query]],
    ) -> Product:
        first = node.args.get("from_")
        if first is None:
            return Product()
        only(first, {"this"})
        joins = node.args.get("joins") or []
        found = self._item(first.this, own, outer, ctes)
        return self._joined(found, joins, own, outer, ctes)

    def _joined(
        self,
        found: Product,
        joins: list[exp.Join],
        own: Names,
        outer: tuple[Names, ...],
        ctes: dict[str, Callable[[], Query]],
    ) -> Product:
        bare = any(not j.side and not j.kind and j.args.get("on") is None for j in joins)
        if bare and any(join.side in ("RIGHT", "FULL") for join in joins):
            raise Unreadable("a comma beside a RIGHT or FULL join")  # dialects bind them otherwise
        for join in joins:
            only(join, {"this", "on", "side", "kind"})
            if join.kind not in ("", "INNER", "CROSS", "OUTER"):
                raise Unreadable(f"{join.kind} JOIN")
            item = self._item(join.this, own, outer, ctes)
            on = join.args.get("on")
            condition = () if on is None else logic.conjuncts((self.term(on, (*outer, own), ctes),))
            if not join.side:
                where = logic.conjuncts((*found.where, *item.where, *condition))
                found = Product((*found.items, *item.items), where)
            elif join.side in ("LEFT", "FULL"):
                found = Product((Outer(join.side.lower(), found, item, condition),))
            else:  # a RIGHT join is a LEFT one seen from the other side
                found = Product((Outer("left", item, found, condition),))
        return found

    def _item(
        self,
        node: exp.Expr,
        own: Names,
        outer: tuple[Names, ...],
        ctes: dict[str, Callable[[], Query]],
    ) -> Product:
        self.count += 1
        if self.count > _LIMIT_OF_SOURCES:
            raise Unreadable("too many sources")
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            only(node, {"this", "joins"})
            return self._joined(
                self._item(node.this, own, outer, ctes),
                node.args.get("joins") or [],
                own,
                outer,
                ctes,
            )
        if isinstance(node, exp.Table):
            only(node, {"this", "alias", "joins"})
            found = self._table(node, own, ctes)
            return self._joined(found, node.args.get("joins") or [], own, outer, ctes)
        if isinstance(node, exp.Subquery | exp.Values):
            if isinstance(node, exp.Subquery):
                only(node, {"this", "alias"})
            return self._derived(node, self.query(node, outer, ctes), own)
        if isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
            only(node, {"this", "alias"})
            body = self.query(node.this, (*outer, own), ctes)
            return self._derived(node, body, own)
        raise Unreadable(f"{node.key} in FROM")

    def _table(self, node: exp.Table, own: Names, ctes: dict[str, Callable[[], Query]]) -> Product:
        if not isinstance(node.this, exp.Identifier):
            raise Unreadable("a table function")
        if node.name in ctes:
            body = ctes[node.name]()
            if node.name in self.used and chooses(body):
                raise Unreadable("a CTE that is used twice and chooses its rows once")
            self.used.add(node.name)
            return self._derived(node, body, own, cte_names(node))
        table = self.schema.table(node.name)
        if table is None or node.alias_column_names:
            raise Unreadable("a table with other names of columns")
        number = self.count
        columns = {
            column.name.lower(): Term(
                "column",
                value=(number, column.name.lower()),
                kind=kind_of_column(column.type),
                certain=is_certain(table, column.name, self.dialect),
                shown=f"{node.alias_or_name}.{column.name.lower()}",
            )
            for column in table.columns
        }
        declare(own, node.alias_or_name, columns)
        source = Source(number, table.name.lower(), tuple(columns), shown=node.alias_or_name)
        return Product((source,))

    def _derived(
        self, node: exp.Expr, body: Query, own: Names, names: list[str] | None = None
    ) -> Product:
        self.count += 1
        number = self.count
        names = list(node.alias_column_names or names or ()) or output_names(node)
        if len(names) != width(body) or len(set(names)) != len(names):
            raise Unreadable("names of columns that are not one for each")
        # by place: the names of a derived table's columns mean nothing outside the query
        places = tuple(f"#{place}" for place in range(len(names)))
        columns = {
            name: Term("column", value=(number, place), kind=kind, shown=f"{node.alias}.{name}")
            for name, place, kind in zip(names, places, output_kinds(body), strict=True)
        }
        declare(own, node.alias, columns)
        if not isinstance(body, Rows) and body.limit is None and body.offset is None:
            body = replace(body, order=())  # a derived table is a bag
        return Product((Source(number, body, places, shown=node.alias),))
