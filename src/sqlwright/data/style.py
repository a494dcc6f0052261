"""A team's habits, read from its past queries: what it calls each table, how it writes a join.

Answers that a model learns from are brought into this style, also where a query was invented: what
a base model cannot know about a house is most of what it has to learn there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.scope import Scope, traverse_scope

from sqlwright.data.names import RESERVED
from sqlwright.schema import Schema


@dataclass(frozen=True, slots=True)
class Style:
    """How a house writes queries; what it has no habit in stays as it is."""

    aliases: tuple[tuple[str, str], ...] = ()  # (table, alias), both in lower case
    joined_first: bool | None = None  # ON new.key = old.key (True) or ON old.key = new.key

    def alias(self, table: str) -> str | None:
        """The table's usual alias, or None."""
        return dict(self.aliases).get(table.lower())


def read_style(queries: Sequence[exp.Query], schema: Schema, *, at_least: float = 0.6) -> Style:
    """The habits that hold in at least that share of the places where they could show."""
    used: dict[str, Counter[str]] = {}
    sides: Counter[bool] = Counter()
    for query in queries:
        for table in _tables(query, schema):
            # a second copy's number is not part of the habit
            alias = table.alias_or_name.lower().rstrip("0123456789")
            used.setdefault(table.name.lower(), Counter())[alias] += 1
        for join, condition in _join_conditions(query):
            sides[_side(condition.this) == join.alias_or_name] += 1
    aliases = []
    for name, counts in sorted(used.items()):
        alias, times = counts.most_common(1)[0]
        if alias and times >= at_least * counts.total():
            aliases.append((name, alias))
    joined_first = None
    if sides and max(sides.values()) >= at_least * sides.total():
        joined_first = sides[True] > sides[False]
    return Style(tuple(aliases), joined_first)


def apply_style(query: exp.Query, style: Style, schema: Schema) -> exp.Query:
    """A copy in the house's style; its result is the same, its column names included.

    Needs every column to name its table, as bound and invented queries do: a query where one does
    not is returned as it is.
    """
    copy = query.copy()
    if not _names_every_table(copy):
        return copy
    try:
        scopes = traverse_scope(copy)
    except OptimizeError:
        return copy
    _rename(scopes, style, schema)
    if style.joined_first is not None:
        for join, condition in _join_conditions(copy):
            if (_side(condition.this) == join.alias_or_name) != style.joined_first:
                left, right = condition.this, condition.expression
                condition.set("this", right)
                condition.set("expression", left)
    return copy


def foreign_style(schema: Schema, rng: Random) -> Style:
    """A way to name tables that some other house might have."""
    kind = rng.choice(("full", "t", "letters", "short", "short"))
    letters = list("abcdefghijkmnpqrstuvwxyz")
    aliases = []
    for place, table in enumerate(schema.tables):
        name = table.name.lower()
        consonants = "".join(letter for letter in name[1:] if letter not in "aeiou_")
        alias = {
            "full": name,
            "t": "t",
            "letters": letters[place % len(letters)],
            "short": (name[0] + consonants)[: rng.choice((2, 3))],
        }[kind]
        aliases.append((name, name if alias in RESERVED else alias))
    return Style(tuple(aliases), rng.choice((True, False, False)))


def bare_names(query: exp.Query, schema: Schema) -> exp.Query | None:
    """A copy without aliases and prefixes, or None where a name would not be clear any more."""
    tables = list(query.find_all(exp.Table))
    known = [schema.table(table.name) for table in tables]
    if query.find(exp.CTE, exp.Subquery) or None in known or len(set(known)) < len(known):
        return None
    owners = Counter(column.name.lower() for table in known if table for column in table.columns)
    given = {alias.alias.lower() for alias in query.find_all(exp.Alias)}
    names = {column.name.lower() for column in query.find_all(exp.Column)}
    if any(owners[name] > 1 for name in names) or given & set(owners):
        return None
    copy = query.copy()
    for table in copy.find_all(exp.Table):
        table.set("alias", None)
    for column in copy.find_all(exp.Column):
        column.set("table", None)
    return copy


def _rename(scopes: list[Scope], style: Style, schema: Schema) -> None:
    # one name, one source, in the whole query: then no inner alias can hide an outer one
    taken = {
        name.lower()
        for scope in scopes
        for name, source in scope.sources.items()
        if not _is_ours(source, style, schema)
    }
    for scope in [scopes[-1], *scopes[:-1]]:  # the outermost query has the first choice
        columns = list(scope.columns)
        for name, source in list(scope.selected_sources.items()):
            table = source[0]
            if not isinstance(table, exp.Table) or not _is_ours(source[1], style, schema):
                continue
            usual = style.alias(table.name) or table.name
            alias = _free(usual, taken)
            taken.add(alias)
            shown = exp.TableAlias(this=exp.to_identifier(alias)) if alias != table.name else None
            table.set("alias", shown)
            for column in columns:
                if column.table == name:
                    column.set("table", exp.to_identifier(alias))


def _free(usual: str, taken: set[str]) -> str:
    names = [usual, *(f"{usual}{number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)


def _is_ours(source: object, style: Style, schema: Schema) -> bool:
    """Is it a real table whose alias the house has a habit for?"""
    return (
        isinstance(source, exp.Table)
        and schema.table(source.name) is not None
        and style.alias(source.name) is not None
    )


def _names_every_table(query: exp.Query) -> bool:
    """Has every column its table? The name of a selected value (ORDER BY total) needs none."""
    given = {alias.alias for alias in query.find_all(exp.Alias)}
    if len(list(query.find_all(exp.Table))) == 1:
        return True
    return all(column.table or column.name in given for column in query.find_all(exp.Column))


def _tables(query: exp.Query, schema: Schema) -> Iterator[exp.Table]:
    hidden = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if table.name.lower() not in hidden and schema.table(table.name):
            yield table


def _join_conditions(query: exp.Query) -> Iterator[tuple[exp.Join, exp.EQ]]:
    """Each equality of two tables' columns in an ON, with its join."""
    for join in query.find_all(exp.Join):
        on = join.args.get("on")
        for condition in on.flatten() if isinstance(on, exp.And) else [on]:
            if not isinstance(condition, exp.EQ):
                continue
            sides = {_side(condition.this), _side(condition.expression)}
            if len(sides) == 2 and join.alias_or_name in sides:
                yield join, condition


def _side(node: exp.Expr) -> str:
    return node.table if isinstance(node, exp.Column) else ""
