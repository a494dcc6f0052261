"""The parts of an invented query: tables with their joins, conditions, selected values, an order.

`shapes.py` puts them together. Conditions avoid the forms that the worsenings make: what is made
here is the answer, so a needless DISTINCT would teach needless DISTINCTs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from random import Random

from sqlwright.data.names import NOUNS, VALUES, invent_date, invent_number, invent_text
from sqlwright.data.sources import Aliases, Edge, Field, Source, edges, fields_of, quote
from sqlwright.schema import Schema, Table

NUMERIC = ("int", "num", "real")
_COLUMN = re.compile(r"(\w+|\"[^\"]+\")\.(\w+|\"[^\"]+\")")


class Composer:
    """One query in the making: the schema, the drawn style, the aliases given so far."""

    def __init__(self, schema: Schema, rng: Random, portable: bool) -> None:
        self.schema, self.rng, self.portable = schema, rng, portable
        self.aliases = Aliases(rng)
        self.cast_dates = not portable and rng.random() < 0.3
        self.busy = rng.choice([0.4, 1.0, 1.0, 1.8])  # how many clauses this query likes to have
        self.filters: list[str] = []

    # --- FROM -------------------------------------------------------------------------------

    def source(self, table: Table, optional: bool = False) -> Source:
        alias = self.aliases.make(table.name)
        return Source(alias, fields_of(table), table.primary_key, table, optional)

    def mention(self, source: Source) -> str:
        assert source.table is not None
        name = quote(source.table.name)
        return name if source.alias == source.table.name else f"{name} AS {quote(source.alias)}"

    def on(self, here: Source, there: Source, edge: Edge) -> str:
        sides = [(here.column(a), there.column(b)) for a, b in edge.pairs]
        if self.rng.random() < 0.5:
            sides = [(b, a) for a, b in sides]
        return " AND ".join(f"{a} = {b}" for a, b in sides)

    def tables(self, at_most: int = 6) -> tuple[str, list[Source]]:
        """FROM with joins along foreign keys, and its sources."""
        rng = self.rng
        first = self.source(rng.choice(self.schema.tables))
        text, sources = f"FROM {self.mention(first)}", [first]
        wanted = min(at_most, rng.choices(range(1, 7), weights=(34, 28, 18, 11, 6, 3))[0])
        outer = rng.random() < 0.2
        for _ in range(wanted - 1):
            here = rng.choice([s for s in sources if not s.optional])
            assert here.table is not None
            if not (ways := edges(here.table, self.schema)):
                continue
            fresh = [e for e in ways if all(e.table is not s.table for s in sources)]
            edge = rng.choice(fresh if fresh and rng.random() < 0.85 else ways)
            if not fresh and rng.random() < 0.5:
                continue  # else small schemas join the same two tables again and again
            there = self.source(edge.table, optional=outer and rng.random() < 0.6)
            condition = self.on(here, there, edge)
            if there.optional and rng.random() < 0.4:
                condition += f" AND {self.predicate(there)}"
            text += (
                f" {'LEFT JOIN' if there.optional else 'JOIN'} {self.mention(there)} ON {condition}"
            )
            sources.append(there)
        if rng.random() < 0.04 and len(sources) == 1:  # pairs within one table
            there = self.source(first.table) if first.table else first
            a, b = self.field(first), (first.key or (first.fields[0].name,))[0]
            text += (
                f" JOIN {self.mention(there)} ON {there.column(a.name)} = {first.column(a.name)}"
            )
            self.filters.append(f"{first.column(b)} < {there.column(b)}")
            sources.append(there)
        return text, sources

    def field(self, source: Source, kinds: Sequence[str] = ()) -> Field:
        """A column of one of these kinds, or any if there is none."""
        fitting = [f for f in source.fields if not kinds or f.kind in kinds]
        return self.rng.choice(fitting or source.fields)

    # --- values and conditions ------------------------------------------------------------------

    def literal(self, kind: str) -> str:
        rng = self.rng
        if kind in NUMERIC:
            return invent_number(rng, kind)
        if kind in ("date", "time"):
            return self.day(invent_date(rng).isoformat(), kind)
        return f"'{invent_text(rng)}'"

    def day(self, iso: str, kind: str) -> str:
        if kind == "time" and self.rng.random() < 0.5:
            return f"'{iso} {self.rng.randrange(24):02d}:00:00'"
        return f"CAST('{iso}' AS DATE)" if self.cast_dates else f"'{iso}'"

    def predicate(self, source: Source) -> str:
        """A condition on one column of the source."""
        rng, field = self.rng, self.field(source)
        column = source.column(field.name)
        if field.nullable and rng.random() < 0.12:
            return f"{column} IS {rng.choice(['', 'NOT '])}NULL"
        match field.kind:
            case "bool":
                return rng.choice([column, f"NOT {column}"])
            case "text":
                return self.text_condition(column)
            case "date" | "time":
                return self.date_condition(column, field.kind)
            case "int" | "num" | "real":
                return self.number_condition(column, field.kind)
        return f"NOT {column} IS NULL"

    def text_condition(self, column: str) -> str:
        rng = self.rng
        draw = rng.random()
        if draw < 0.45:
            return f"{column} {rng.choices(('=', '<>'), weights=(5, 1))[0]} {self.literal('text')}"
        if draw < 0.68:
            number = rng.choice([2, 2, 3, 3, 4, 5, 7])
            return f"{column} IN ({', '.join(self.texts(number))})"
        if draw < 0.9:
            word = invent_text(rng).replace("''", "")
            like = rng.choice([f"{word}%", f"%{word}%", f"%{word}", f"{word[:3]}%{word[-2:]}%"])
            return f"{column} {rng.choice(['', '', '', 'NOT '])}LIKE '{like}'"
        if draw < 0.95:
            values = [f"'{rng.randint(10, 99)}'" for _ in range(rng.choice([1, 2, 3, 5]))]
            return f"SUBSTRING({column}, 1, 2) IN ({', '.join(values)})"
        return f"{column} >= {self.literal('text')}"

    def texts(self, number: int) -> list[str]:
        return [f"'{value}'" for value in self.rng.sample(VALUES, number)]

    def number_condition(self, column: str, kind: str) -> str:
        rng = self.rng
        draw = rng.random()
        if draw < 0.68:
            sign = rng.choice(["=", ">", "<", ">=", "<=", ">", "<", "<>"])
            return f"{column} {sign} {invent_number(rng, kind)}"
        low = rng.randint(0, rng.choice([10, 100, 1000]))
        if draw < 0.88:
            high = low + rng.randint(1, rng.choice([5, 50, 500]))
            if kind != "int" and rng.random() < 0.4:
                return f"{column} BETWEEN {low / 100:.2f} AND {high / 100 + 0.01:.2f}"
            return f"{column} BETWEEN {low} AND {high}"
        values = rng.sample(range(low, low + 60), rng.choice([2, 3, 3, 4, 6, 8]))
        return f"{column} IN ({', '.join(map(str, values))})"

    def date_condition(self, column: str, kind: str) -> str:
        rng, start = self.rng, invent_date(self.rng)
        draw = rng.random()
        if draw < 0.4:
            sign = rng.choice([">=", "<", ">", "<="])
            return f"{column} {sign} {self.day(start.isoformat(), kind)}"
        if draw < 0.8:
            end = start + timedelta(days=rng.choice([7, 30, 31, 90, 92, 365, 365, 730]))
            if rng.random() < 0.5:
                start = start.replace(month=1, day=1)
                end = start.replace(year=start.year + 1)
            first, last = self.day(start.isoformat(), kind), self.day(end.isoformat(), kind)
            if rng.random() < 0.3:
                return f"{column} BETWEEN {first} AND {last}"
            return f"{column} >= {first} AND {column} < {last}"
        if draw < 0.9 and not self.portable:
            part = rng.choice(["MONTH", "DAY"])
            return f"EXTRACT({part} FROM {column}) = {rng.randint(1, 12)}"
        return f"{column} = {self.day(start.isoformat(), kind)}"

    def condition(self, sources: list[Source]) -> str:
        """A condition on the sources: on one, between two, with a subquery, or a group of OR."""
        rng = self.rng
        firm = [source for source in sources if not source.optional] or sources
        draw = rng.random()
        source = rng.choice(firm)
        if draw < 0.60:
            return self.predicate(source)
        if draw < 0.80 and source.table is not None:
            return self.subquery_condition(source) or self.predicate(source)
        if draw < 0.88:
            return self.comparison(source, rng.choice(firm))
        if draw < 0.92:
            absent = [s for s in sources if s.optional and s.key]
            if absent:
                gone = rng.choice(absent)
                return f"{gone.column(gone.key[0])} IS NULL"
        parts = []
        for _ in range(rng.choice([2, 2, 3])):
            inner = [self.predicate(rng.choice(firm)) for _ in range(rng.choice([1, 1, 2, 3]))]
            parts.append(f"({' AND '.join(inner)})" if len(inner) > 1 else inner[0])
        return f"({' OR '.join(parts)})"

    def comparison(self, one: Source, other: Source) -> str:
        for kinds in self.rng.sample([("int",), ("num", "real"), ("date",), ("text",)], 4):
            a = [f for f in one.fields if f.kind in kinds]
            b = [f for f in other.fields if f.kind in kinds]
            if a and b:
                first, second = (
                    one.column(self.rng.choice(a).name),
                    other.column(self.rng.choice(b).name),
                )
                if first != second:
                    return f"{first} {self.rng.choice(['<', '>', '<=', '=', '<>'])} {second}"
        return self.predicate(one)

    def subquery_condition(self, source: Source) -> str | None:
        """EXISTS, NOT EXISTS or IN along a foreign key, or a comparison with an aggregate."""
        rng = self.rng
        assert source.table is not None
        if rng.random() < 0.22:
            return self.above_average(source)
        if not (ways := edges(source.table, self.schema)):
            return None
        edge = rng.choice(ways)
        there = self.source(edge.table)
        extra = [self.predicate(there) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))]
        if rng.random() < 0.25 and len(edge.pairs) == 1:
            where = f" WHERE {' AND '.join(extra)}" if extra else ""
            here, inner = edge.pairs[0]
            return (
                f"{source.column(here)} IN "
                f"(SELECT {there.column(inner)} FROM {self.mention(there)}{where})"
            )
        text, inside = f"FROM {self.mention(there)}", edges(edge.table, self.schema)
        if inside and rng.random() < 0.2:
            step = rng.choice(inside)
            further = self.source(step.table)
            text += f" JOIN {self.mention(further)} ON {self.on(there, further, step)}"
            extra.append(self.predicate(further))
        if rng.random() < 0.15:
            extra.append(self.comparison(there, source))
        every = " AND ".join(
            [self.on(there, source, Edge(edge.table, swapped(edge), True)), *extra]
        )
        return f"{rng.choice(['', '', 'NOT '])}EXISTS (SELECT 1 {text} WHERE {every})"

    def above_average(self, source: Source) -> str | None:
        numbers = [f for f in source.fields if f.kind in NUMERIC and f.name not in source.key]
        if not numbers or source.table is None:
            return None
        rng, field = self.rng, self.rng.choice(numbers)
        there = self.source(source.table)
        where = f" WHERE {self.predicate(there)}" if rng.random() < 0.4 else ""
        sign, function = rng.choice([(">", "AVG"), ("<", "AVG"), ("=", "MAX"), ("=", "MIN")])
        inner = f"{function}({there.column(field.name)})"
        if rng.random() < 0.25 and function == "AVG":
            inner = f"{rng.choice(['0.2', '0.5', '2', '1.5'])} * {inner}"
        return (
            f"{source.column(field.name)} {sign} (SELECT {inner} FROM {self.mention(there)}{where})"
        )

    def where(self, sources: list[Source], more: Sequence[str] = ()) -> str:
        number = min(7, int(self.rng.expovariate(1 / (1.7 * self.busy))))
        parts = [*more, *self.filters, *(self.condition(sources) for _ in range(number))]
        self.filters = []
        parts = list(dict.fromkeys(parts))
        if self.rng.random() < 0.3:
            self.rng.shuffle(parts)
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    # --- SELECT ----------------------------------------------------------------------------------

    def value(self, sources: list[Source]) -> str:
        """A selected expression without an alias: a column, or something computed."""
        rng, source = self.rng, self.rng.choice(sources)
        field = self.field(source)
        column = source.column(field.name)
        draw = rng.random()
        if draw < 0.8:
            return column
        if draw < 0.85 and field.nullable:
            instead = self.literal(field.kind) if field.kind != "bool" else "FALSE"
            return f"COALESCE({column}, {instead})"
        if draw < 0.93:
            return self.amount(sources)
        if field.kind == "text":
            return rng.choice([f"UPPER({column})", f"SUBSTRING({column}, 1, {rng.randint(1, 5)})",
                               f"LENGTH({column})"])  # fmt: skip
        yes, no = (self.literal("text"), self.literal("text")) if rng.random() < 0.7 else ("1", "0")
        more = f" WHEN {self.predicate(source)} THEN {yes[:-1] + '2' + yes[-1]}" * (
            rng.random() < 0.2
        )
        return f"CASE WHEN {self.predicate(source)} THEN {yes}{more} ELSE {no} END"

    def amount(self, sources: list[Source]) -> str:
        """Arithmetic over numeric columns, or one column if there is but one."""
        rng = self.rng
        numbers = [
            (s, f) for s in sources for f in s.fields if f.kind in NUMERIC and f.name not in s.key
        ]
        if not numbers:
            return sources[0].column(self.field(sources[0], NUMERIC).name)
        first, second = rng.choice(numbers), rng.choice(numbers)
        a, b = first[0].column(first[1].name), second[0].column(second[1].name)
        draw = rng.random()
        if draw < 0.4:
            return a
        if draw < 0.7 and a != b:
            return f"{a} {rng.choice('+-**')} {b}"
        if draw < 0.85:
            return f"{a} * (1 {rng.choice('+-')} {b})"
        return f"{a} * {rng.choice(['2', '0.5', '1.2', '100', '12'])}"

    def selected(self, sources: list[Source], number: int | None = None) -> list[tuple[str, str]]:
        """(expression, name it has outside) of the selected columns, each name once."""
        rng, found, names = self.rng, [], set()
        if number is None:
            number = rng.choices(range(1, 10), weights=(12, 20, 20, 16, 12, 8, 5, 4, 3))[0]
        for _ in range(number):
            text = self.value(sources)
            name = text.rsplit(".", 1)[-1].strip('"') if is_column(text) else self.name()
            if name.lower() not in names:
                names.add(name.lower())
                found.append((text, name))
        return found

    def name(self) -> str:
        """A name for a computed column."""
        rng = self.rng
        word = rng.choice(NOUNS)
        return rng.choice(
            [
                f"{word}_value",
                f"total_{word}",
                f"{word}_{rng.choice(NOUNS)}",
                f"new_{word}",
                f"{word}{rng.randint(1, 9)}",
            ]
        )

    def select_list(self, columns: list[tuple[str, str]]) -> str:
        return ", ".join(
            text if is_column(text) else f"{text} AS {quote(name)}" for text, name in columns
        )

    def aggregate(self, sources: list[Source]) -> str:
        rng = self.rng
        draw = rng.random()
        if draw < 0.28:
            return "COUNT(*)"
        source = rng.choice(sources)
        field = self.field(source)
        if draw < 0.36:
            return f"COUNT(DISTINCT {source.column(field.name)})"
        if draw < 0.46:
            extreme = self.field(source, ("int", "num", "real", "date", "text"))
            return f"{rng.choice(['MIN', 'MAX'])}({source.column(extreme.name)})"
        if draw < 0.55 and not source.optional:
            value = self.amount([source]) if rng.random() < 0.5 else "1"
            return f"SUM(CASE WHEN {self.predicate(source)} THEN {value} ELSE 0 END)"
        numbers = [s for s in sources if any(f.kind in NUMERIC for f in s.fields)]
        if not numbers:
            return "COUNT(*)"
        value = f"{rng.choice(['SUM', 'SUM', 'AVG', 'MIN', 'MAX'])}({self.amount(numbers)})"
        if rng.random() < 0.08:
            value += f" / {rng.choice(['7.0', '100.0', '12.0', '1000.0'])}"
        return value

    # --- ORDER BY ------------------------------------------------------------------------------

    def order(
        self, columns: list[tuple[str, str]], sources: list[Source], unique: bool = False
    ) -> str:
        """ORDER BY, sometimes with a LIMIT: then the order is total."""
        rng = self.rng
        if rng.random() > 0.5:
            return ""
        keys = [
            text if is_column(text) else quote(name)
            for text, name in rng.sample(columns, min(len(columns), rng.choice([1, 1, 2, 3])))
        ]
        limited = rng.random() < 0.4
        if limited and unique:
            keys += [text if is_column(text) else quote(name) for text, name in columns]
        elif limited:
            if not all(source.key for source in sources):
                limited = False
            keys += [source.column(name) for source in sources for name in source.key]
        keys = list(dict.fromkeys(keys)) if limited else keys
        every = ", ".join(key + rng.choice(["", "", " DESC"]) for key in keys)
        limit = f" LIMIT {rng.choice([1, 3, 5, 10, 10, 20, 50, 100, 1000])}" if limited else ""
        offset = f" OFFSET {rng.choice([5, 10, 20, 100])}" if limited and rng.random() < 0.1 else ""
        return f" ORDER BY {every}{limit}{offset}"


def is_column(text: str) -> bool:
    """Is the expression a bare column with its alias?"""
    return _COLUMN.fullmatch(text) is not None


def swapped(edge: Edge) -> tuple[tuple[str, str], ...]:
    """The edge's pairs, seen from its other end."""
    return tuple((there, here) for here, there in edge.pairs)
