"""Tables that queries name and the schema lacks, made up from how the queries use them.

What is made up is said in notes, one for each table: a verdict rests on the guess. Names that are
near a known one stay unknown, so that a slip is still refused with the name that was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, ScopeType, traverse_scope

from sqlwright.errors import did_you_mean
from sqlwright.schema import Column, Schema, Table, kind_of
from sqlwright.verify.usage import constant_kind, kinds_asked, partners

Place = tuple[str, str]  # (table, column), in lower case
_SEES_AROUND = (ScopeType.SUBQUERY, ScopeType.SET_OPERATION, ScopeType.UDTF)

_TYPES = {
    "int": "BIGINT", "num": "DECIMAL(18, 4)", "real": "DOUBLE PRECISION", "bool": "BOOLEAN",
    "date": "DATE", "time": "TIME", "timestamp": "TIMESTAMP", "text": "TEXT",
}  # fmt: skip
# where the uses of a column disagree, the first of these
_RANKS = ("text", "timestamp", "date", "time", "real", "num", "int", "bool")


def infer_schema(
    queries: Sequence[exp.Query], schema: Schema | None, dialect: str
) -> tuple[Schema, tuple[str, ...]]:
    """The schema with the tables that it lacks, and notes that say what was made up.

    A table is made up where the first query names it, and the schema has neither it nor a name near
    it: what only a proposal names is its own mistake. Its columns are those that any of the queries
    uses, of types guessed from what they are compared with; they may be NULL, and no key is
    assumed. A table that the schema has gets no more columns.
    """
    known = schema or Schema(())
    scopes = [_scopes(query) for query in queries]
    named = [name for found in scopes[:1] for name in _table_names(found)]
    used = {name for found in scopes for name in _table_names(found)}
    missing = tuple(
        name
        for name in dict.fromkeys(named)
        if known.table(name) is None and not _is_slip(name, known, used)
    )
    if not missing:
        return known, ()
    evidence = _Evidence(known, missing)
    for sure in (2, 1, 0):  # what is said for sure decides where it is not
        for found in scopes:
            evidence.place_columns(found, sure)
    for found in scopes:
        evidence.read_kinds(found, dialect)
    tables = [evidence.table(name) for name in missing]
    notes = [evidence.describe(table) for table in tables]
    return Schema((*known.tables, *tables)), (*notes, *evidence.notes)


def _scopes(query: exp.Query) -> list[Scope]:
    try:
        scopes = traverse_scope(query.copy())
        for scope in scopes:
            _sources(scope)  # an alias that is used twice shows itself here
    except (SqlglotError, RecursionError, AttributeError):
        return []  # binding will say what is wrong with it
    return scopes


def _table_names(scopes: Sequence[Scope]) -> list[str]:
    return [
        source.name.lower()
        for scope in scopes
        for source in _sources(scope).values()
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
    ]


def _is_slip(name: str, schema: Schema, used: set[str]) -> bool:
    """Is the name near one that the queries do not name besides, or very near any?"""
    for table in schema.tables:
        other = table.name.lower()
        if did_you_mean(name, [other]):
            if other not in used or SequenceMatcher(None, other, name).ratio() >= 0.8:
                return True
    return False


class _Evidence:
    """What the queries say of the missing tables' columns, gathered use by use."""

    def __init__(self, schema: Schema, missing: Sequence[str]) -> None:
        self._schema = schema
        self._columns: dict[str, dict[str, None]] = {name: {} for name in missing}
        self._kinds: dict[Place, set[str]] = {}
        self._known: dict[Place, str] = {}
        self._parent: dict[Place, Place] = {}
        self._sure = 0
        self._behind: dict[tuple[int, str], Place | None] = {}
        self.notes: dict[str, None] = {}

    def place_columns(self, scopes: Sequence[Scope], sure: int) -> None:
        """Note which missing table has which column.

        Those with a prefix (2), then those that only one table can have (1), then the rest (0).
        """
        self._sure = sure
        self._behind.clear()
        for scope, column in _columns(scopes):
            if bool(column.table) == (sure == 2):
                self._resolve(column, scope)
        if sure == 0:
            for scope in scopes:
                self._place_using(scope)
                self._note_stars(scope)

    def _place_using(self, scope: Scope) -> None:
        """JOIN b USING (id): both sides have an id."""
        if not isinstance(scope.expression, exp.Select):
            return
        sides = [source for source in _sources(scope).values() if isinstance(source, exp.Table)]
        for number, join in enumerate(scope.expression.args.get("joins") or (), start=1):
            for item in join.args.get("using") or ():
                name = item.name.lower()
                places = [(side.name.lower(), name) for side in sides[: number + 1]]
                left = [place for place in places[:-1] if self._has(place)]
                left = left or [place for place in places[:-1] if place[0] in self._columns][:1]
                for place in (*left, *places[-1:]):
                    self._add(place)
                for place in left:
                    self._link(place, places[-1])

    def _note_stars(self, scope: Scope) -> None:
        if not isinstance(scope.expression, exp.Select):
            return
        for item in scope.expression.expressions:
            if isinstance(item, exp.Star) or (
                isinstance(item, exp.Column) and isinstance(item.this, exp.Star)
            ):
                for alias, source in _sources(scope).items():
                    if isinstance(source, exp.Table) and source.name.lower() in self._columns:
                        if not isinstance(item, exp.Column) or item.table.lower() == alias.lower():
                            note = f"* over table {source.name.lower()} stands for the columns that"
                            self.notes[f"{note} the queries name: others are not known"] = None

    def _has(self, place: Place) -> bool:
        table = self._schema.table(place[0])
        if table is not None:
            return table.column(place[1]) is not None
        return place[1] in self._columns.get(place[0], {})

    def _add(self, place: Place) -> None:
        if place[0] in self._columns:
            self._columns[place[0]][place[1]] = None

    def _resolve(self, column: exp.Column, scope: Scope | None) -> Place | None:
        """The table's column that the column stands for; one of a missing table is noted."""
        name, prefix = column.name.lower(), column.table.lower()
        if not prefix and scope is not None:
            return None if _is_output(column, scope) else self._among(name, scope)
        while scope is not None:
            sources = {alias.lower(): source for alias, source in _sources(scope).items()}
            if prefix in sources:
                return self._inside(name, sources[prefix])
            scope = scope.parent
        return None

    def _inside(self, name: str, source: object) -> Place | None:
        if isinstance(source, exp.Table):
            place = (source.name.lower(), name)
            self._add(place)
            return place if self._has(place) else None
        return self._through(name, source) if isinstance(source, Scope) else None

    def _among(self, name: str, scope: Scope | None, outwards: bool = True) -> Place | None:
        """The place of a name without a prefix: where it is known, else in a missing table."""
        candidates: dict[str, None] = {}
        while scope is not None:
            sources = list(_sources(scope).values())
            for source in sources:
                if isinstance(source, exp.Table) and self._has((source.name.lower(), name)):
                    return (source.name.lower(), name)
                if isinstance(source, Scope) and (place := self._through(name, source)):
                    return place
            derived = (source for source in sources if isinstance(source, Scope))
            if any(name in map(str.lower, _outputs(source)) for source in derived):
                return None
            if self._is_near(name, sources):
                return None
            tables = (s.name.lower() for s in sources if isinstance(s, exp.Table))
            candidates |= dict.fromkeys(table for table in tables if table in self._columns)
            # a derived table or CTE does not see the tables beside it
            is_inside = outwards and scope.scope_type in _SEES_AROUND
            scope = scope.parent if is_inside else None
        return self._choose(name, list(candidates))

    def _choose(self, name: str, tables: Sequence[str]) -> Place | None:
        """The missing table to give the column to; where several may have it, in the last pass."""
        if not tables or (len(tables) > 1 and self._sure):
            return None
        chosen = _likeliest(name, tables)
        if len(tables) > 1:
            note = f"column {name} may be of table {' or '.join(tables)}: {chosen} is taken"
            self.notes[note] = None
        self._add((chosen, name))
        return (chosen, name)

    def _is_near(self, name: str, sources: Sequence[object]) -> bool:
        """Is it a slip for a column of a table that the schema has?"""
        tables = [self._schema.table(s.name) for s in sources if isinstance(s, exp.Table)]
        return any(
            SequenceMatcher(None, column.name.lower(), name).ratio() >= 0.8
            for table in tables
            if table is not None
            for column in table.columns
        )

    def _through(self, name: str, source: Scope) -> Place | None:
        """The column behind an output of a derived table or CTE."""
        key = (id(source), name)
        if key not in self._behind:
            self._behind[key] = None  # what a recursive CTE finds when it asks itself
            self._behind[key] = self._output(name, source)
        return self._behind[key]

    def _output(self, name: str, source: Scope) -> Place | None:
        renamed = [item.lower() for item in source.outer_columns]
        while isinstance(source.expression, exp.SetOperation) and source.set_operation_scopes:
            source = source.set_operation_scopes[0]  # the left branch names the columns
        tree = source.expression
        if not isinstance(tree, exp.Select):
            return None
        for number, item in enumerate(tree.expressions):
            inner = item.unalias()
            if isinstance(inner, exp.Star):
                return self._among(name, source, outwards=False)
            if isinstance(inner, exp.Column) and isinstance(inner.this, exp.Star):
                if (found := _sources(source).get(inner.table)) is not None:
                    return self._inside(name, found)
            own = renamed[number] if number < len(renamed) else item.alias_or_name.lower()
            if own == name:
                inner = inner.this if isinstance(inner, exp.Min | exp.Max) else inner
                is_column = isinstance(inner, exp.Column)
                return self._resolve(inner, source) if is_column else None
        return None

    def read_kinds(self, scopes: Sequence[Scope], dialect: str) -> None:
        """Note what each use of a missing table's column says of its type."""
        self._behind.clear()
        by_select = {id(scope.expression): scope for scope in scopes}
        for scope, column in _columns(scopes):
            place = self._resolve(column, scope)
            if place is None or place[0] not in self._columns:
                continue
            kinds = self._kinds.setdefault(place, set())
            kinds.update(kinds_asked(column))
            for partner in partners(column):
                holder = _scope_of(partner, by_select)
                if isinstance(partner, exp.Column):
                    self._meet(place, self._resolve(partner, holder))
                elif kind := constant_kind(partner, dialect):
                    kinds.add(kind)

    def _meet(self, place: Place, other: Place | None) -> None:
        if other is None:
            return
        table = self._schema.table(other[0])
        column = table.column(other[1]) if table is not None else None
        if column is not None:
            self._known.setdefault(place, column.type)
        else:
            self._link(place, other)

    def _root(self, place: Place) -> Place:
        while (above := self._parent.get(place, place)) != place:
            place = above
        return place

    def _link(self, left: Place, right: Place) -> None:
        for place, other in ((left, right), (right, left)):
            table = self._schema.table(other[0])
            if place[0] in self._columns and table is not None:
                if column := table.column(other[1]):
                    self._known.setdefault(place, column.type)
        if left[0] in self._columns and right[0] in self._columns:
            if self._root(left) != self._root(right):
                self._parent[self._root(left)] = self._root(right)

    def table(self, name: str) -> Table:
        """The missing table as far as the queries show it; with a column, or it has no rows."""
        columns = self._columns[name] or {"id": None}
        return Table(name, tuple(Column(c, self._type((name, c))) for c in columns))

    def describe(self, table: Table) -> str:
        """A note that says what of the table was made up."""
        start = f"table {table.name} is not in the schema: "
        if not self._columns[table.name]:
            return f"{start}no column of it is named, so one is made up; no key is assumed"
        listed = ", ".join(f"{column.name} ({kind_of(column.type)})" for column in table.columns)
        several = len(table.columns) > 1
        verb = "s {} are" if several else " {} is"
        return f"{start}its column{verb.format(listed)} guessed from the queries; no key is assumed"

    def _type(self, place: Place) -> str:
        every = {*self._parent, *self._kinds, *self._known, place}
        alike = sorted(other for other in every if self._root(other) == self._root(place))
        for other in alike:
            if other in self._known:
                return self._known[other]
        kinds = set().union(*(self._kinds.get(other, set()) for other in alike))
        for kind in _RANKS:
            if kind in kinds:
                return _TYPES[kind]
        is_key = any(column == "id" or column.endswith("_id") for _, column in alike)
        return _TYPES["int" if is_key else "text"]


def _sources(scope: Scope) -> dict[str, object]:
    """What FROM and JOIN name, by its alias; the other CTEs in sight are left out."""
    return {alias: source for alias, (_, source) in scope.selected_sources.items()}


def _likeliest(name: str, tables: Sequence[str]) -> str:
    """The table that the column's short prefix stands for, ps_ for partsupp; else the first."""
    prefix, mark, _ = name.partition("_")
    if not mark or len(prefix) > 3:
        return tables[0]
    pattern = re.compile(".*".join(map(re.escape, prefix)))

    def rank(table: str) -> tuple[bool, int]:
        initials = "".join(word[:1] for word in table.split("_"))
        return (initials != prefix, len(table))

    return min((t for t in tables if pattern.match(t)), key=rank, default=tables[0])


def _columns(scopes: Sequence[Scope]) -> Iterator[tuple[Scope, exp.Column]]:
    """Every column with the scope of the SELECT that it stands in, each once."""
    by_select = {id(scope.expression): scope for scope in scopes}
    for column in scopes[-1].expression.find_all(exp.Column) if scopes else ():
        scope = _scope_of(column, by_select)
        if scope is not None and not isinstance(column.this, exp.Star):
            yield scope, column


def _scope_of(node: exp.Expr, by_select: dict[int, Scope]) -> Scope | None:
    inner: exp.Expr | None = node
    while inner is not None and id(inner) not in by_select:
        inner = inner.parent
    return by_select[id(inner)] if inner is not None else None


def _outputs(scope: Scope) -> list[str]:
    tree = scope.expression
    names = list(tree.named_selects) if isinstance(tree, exp.Query) else []
    return list(scope.outer_columns) or names


def _is_output(column: exp.Column, scope: Scope) -> bool:
    """Does ORDER BY, GROUP BY or HAVING mean an output of its own SELECT by the name?"""
    if isinstance(scope.expression, exp.SetOperation):
        return True
    clause = column.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Select)
    if not isinstance(clause, exp.Order | exp.Group | exp.Having):
        return False
    tree = scope.expression
    items = tree.selects if isinstance(tree, exp.Select) else []
    return column.name.lower() in (item.alias.lower() for item in items if item.alias)
