"""The tables of one SELECT: their aliases, and the joins that reach a column row for row."""

from __future__ import annotations

from datetime import date

import sqlglot
from sqlglot import exp

from sqlwright.ask.compose.graph import Path, is_up, path
from sqlwright.ask.compose.plan import Average, Latest, Place, Value
from sqlwright.schema import Schema


class NoWayError(Exception):
    """The plan cannot be written without counting rows more than once, or at all."""


class Sources:
    """What FROM and its joins hold so far; it grows as columns are asked for."""

    def __init__(
        self, schema: Schema, base: str, named: tuple[str, ...], taken: set[str] | None = None
    ) -> None:
        self.schema, self.base, self.named = schema, base, named
        self.taken: set[str] = set(taken or ())
        self._joins: list[exp.Join] = []
        self._aliases: dict[tuple[object, ...], str] = {(): self._alias(base)}
        self._own: dict[str, tuple[object, ...]] = {base.lower(): ()}

    def _alias(self, table: str) -> str:
        letters = "".join(part[0] for part in table.lower().split("_") if part[:1].isalpha()) or "t"
        for name in (letters[0], letters, *(f"{letters[0]}{n}" for n in range(2, 99))):
            if name not in self.taken and name not in ("as", "by", "do", "if", "in", "is", "of",
                                                       "on", "or", "to"):  # fmt: skip
                break
        self.taken.add(name)
        return name

    def quotes(self, name: str) -> bool:
        """Must the name be quoted? What the engines fold to another case is, and odd letters."""
        return not (name.isascii() and name.replace("_", "a").isalnum() and name == name.lower()
                    and not name[0].isdigit() and name.upper() not in _RESERVED)  # fmt: skip

    def _table(self, name: str, alias: str) -> exp.Table:
        made = exp.Table(this=exp.to_identifier(name, quoted=self.quotes(name)))
        made.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        return made

    def _reach(self, way: Path, outer: bool = False) -> str:
        """The alias of the table at the end of the way, joined if it is not there yet."""
        for length in range(1, len(way) + 1):
            key = tuple((step.key, step.here, step.down) for step in way[:length])
            if key in self._aliases:
                continue
            step, before = way[length - 1], self._aliases[key[:-1]]
            alias = self._alias(step.there)
            on = exp.and_(
                *(
                    exp.EQ(this=self._named(theirs, alias), expression=self._named(mine, before))
                    for mine, theirs in step.pairs
                )
            )
            join = exp.Join(this=self._table(step.there, alias), on=on)
            if outer:
                join.set("side", "LEFT")
            self._joins.append(join)
            self._aliases[key] = alias
            self._own.setdefault(step.there.lower(), key)
        return self._aliases[tuple((step.key, step.here, step.down) for step in way)]

    def _named(self, column: str, alias: str) -> exp.Column:
        return exp.column(exp.to_identifier(column, quoted=self.quotes(column)), alias)

    def follow(self, way: Path, outer: bool = False) -> None:
        """Join the tables of a way, also where it leads to many rows: inside an EXISTS.

        Args:
            outer: keep rows to which none belongs.
        """
        self._reach(way, outer)

    def narrow(self, conditions: list[exp.Expr]) -> None:
        """Conditions of the last join."""
        for condition in conditions:
            self._joins[-1].on(condition, copy=False)

    def own(self, column: str) -> exp.Column:
        """A column of the first table."""
        return self._named(column, self._aliases[()])

    def way(self, place: Place) -> Path | None:
        """How the table of the column is reached: row for row if it can be."""
        for only_up in (True, False):
            found = path(
                self.base, place.table, self.schema,
                only_up=only_up, through=self.named, via=place.via,
            )  # fmt: skip
            if found is not None:
                return found
        if place.via is not None:
            return self.way(Place(place.table, place.column))
        return None

    def owner(self, table: str) -> str | None:
        """The alias of a table that is there, or can be joined row for row."""
        if table.lower() in self._own:
            return self._aliases[self._own[table.lower()]]
        way = self.way(Place(table, ""))
        return self._reach(way) if way is not None and is_up(way) else None

    def column(self, place: Place) -> exp.Expr | None:
        """The column, its table joined; None where that would multiply the rows."""
        table = self.schema.table(place.table)
        if table is not None and table.column(place.column) is None:
            return self._computed(place)
        if place.table.lower() in self._own and place.via is None:
            return self._named(place.column, self._aliases[self._own[place.table.lower()]])
        way = self.way(place)
        if way is None or not is_up(way):
            return None
        return self._named(place.column, self._reach(way))

    def _computed(self, place: Place) -> exp.Expr | None:
        """Arithmetic over columns, each in its table."""
        tree: exp.Paren = exp.paren(sqlglot.parse_one(place.column))
        for column in list(tree.find_all(exp.Column)):
            own = self.schema.table(place.table)
            is_own = own is not None and own.column(column.name) is not None
            holders = [t.name for t in self.schema.tables if t.column(column.name) is not None]
            there = place.table if is_own else next(iter(holders), place.table)
            found = self.column(Place(there, column.name))
            if found is None:
                return None
            column.replace(found)
        made: exp.Expr = tree.this
        return made

    def nearest(self, place: Place) -> Place:
        """A column that holds the same without the last join: the foreign key that points to it."""
        way = self.way(place)
        if not way or way[-1].down or place.table.lower() in self._own:
            return place
        for mine, theirs in way[-1].pairs:
            if theirs.lower() == place.column.lower() and len(way[-1].pairs) == 1:
                return Place(way[-1].here, mine)
        return place

    def joined(self, select: exp.Select) -> exp.Select:
        """The select with its FROM and joins."""
        made = select.from_(self._table(self.base, self._aliases[()]))
        for join in self._joins:
            made = made.join(join)
        return made


def column_of(place: Place, sources: Sources) -> exp.Expr:
    """The column, or the part of it, its table joined.

    Raises:
        NoWayError: if the join would multiply the rows.
    """
    found = sources.column(place)
    if found is None:
        raise NoWayError(f"{place.table} cannot be joined row for row")
    if place.part:
        return exp.TimeToStr(this=found, format=literal(place.part))
    return found


_RESERVED = frozenset(
    """
    ALL AND ANY AS ASC BETWEEN BY CASE CHECK COLUMN CREATE CROSS CURRENT DATE DEFAULT DELETE DESC
    DISTINCT DROP ELSE END EXISTS FALSE FOR FOREIGN FROM FULL GRANT GROUP GROUPS HAVING IN INDEX
    INNER INSERT INTO IS JOIN KEY KEYS LEFT LIKE LIMIT NATURAL NOT NULL OF OFFSET ON OR ORDER OUTER
    OVER PRIMARY RANK RANGE REFERENCES RIGHT ROW ROWS SELECT SET SOME SYSTEM TABLE THEN TO TRIGGER
    TRUE UNION UNIQUE UPDATE USER USING VALUES VIEW WHEN WHERE WINDOW WITH
    """.split()
)


def literal(value: Value) -> exp.Expr:
    """The value as SQL: text and days are quoted."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | float):
        return exp.Literal.number(repr(value))
    if isinstance(value, date):
        return exp.Literal.string(value.isoformat())
    return exp.Null() if value is None else exp.Literal.string(str(value))


def number(value: Value) -> exp.Expr:
    """The value that a figure is compared with."""
    return literal(None if isinstance(value, Place | Average | Latest) else value)
