"""House rules that an answer must follow, as passages to read and as changes to a query.

They are what makes a retrieved passage matter to mini: the same query has another answer under
another note. A change keeps the result; it returns None where it has nothing to do.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from sqlglot import exp

from sqlwright.data import scopes
from sqlwright.data.scopes import pure
from sqlwright.data.sources import Aliases
from sqlwright.schema import Schema

Change = Callable[[exp.Query, Schema, Random], exp.Query | None]


@dataclass(frozen=True, slots=True)
class Note:
    """A rule in several wordings, and what it does to a query."""

    texts: tuple[str, ...]
    change: Change


@pure
def exists_for_in(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x IN (SELECT y FROM b WHERE p)` → `EXISTS (SELECT 1 FROM b WHERE y = x AND p)`."""
    changed = False
    for node in list(query.find_all(exp.In)):
        inner = node.args.get("query")
        inner = inner.this if isinstance(inner, exp.Subquery) else inner
        if not isinstance(inner, exp.Select) or scopes.is_grouped(inner) or inner.args.get("limit"):
            continue
        if isinstance(node.parent, exp.Not):
            continue
        tie = exp.EQ(this=inner.expressions[0].unalias().copy(), expression=node.this.copy())
        scopes.set_where(inner, [tie, *scopes.where_parts(inner)])
        inner.set("expressions", [exp.Literal.number(1)])
        node.replace(exp.Exists(this=inner))
        changed = True
    return query if changed else None


@pure
def in_for_exists(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`EXISTS (SELECT 1 FROM b WHERE b.y = a.x AND p)` → `a.x IN (SELECT b.y FROM b WHERE p)`."""
    changed = False
    for node in list(query.find_all(exp.Exists)):
        inner = node.this
        if isinstance(node.parent, exp.Not) or not isinstance(inner, exp.Select):
            continue
        local = {source.alias_or_name.lower() for source in scopes.sources(inner)}
        parts = scopes.where_parts(inner)
        ties = [
            part
            for part in parts
            if any(c.table.lower() not in local for c in part.find_all(exp.Column))
        ]
        if len(ties) != 1 or not isinstance(tie := ties[0], exp.EQ):
            continue
        sides = [tie.left, tie.right]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        within = [column for column in columns if column.table.lower() in local]
        if len(columns) != 2 or len(within) != 1:
            continue
        outside = next(column for column in columns if column is not within[0])
        scopes.set_where(inner, [part for part in parts if part is not tie])
        inner.set("expressions", [within[0].copy()])
        node.replace(exp.In(this=outside.copy(), query=exp.Subquery(this=inner.copy())))
        changed = True
    return query if changed else None


@pure
def cte_for_derived(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`FROM (SELECT ...) AS d` → `WITH d AS (SELECT ...) ... FROM d`."""
    derived = [
        node
        for node in query.find_all(exp.Subquery)
        if isinstance(node.parent, exp.From | exp.Join) and node.alias
    ]
    names = [node.alias.lower() for node in derived]
    if not derived or len(set(names)) < len(names):
        return None
    with_ = query.args.get("with_")
    ctes = list(with_.expressions) if with_ else []
    if {cte.alias.lower() for cte in ctes} & set(names):
        return None
    for node in reversed(derived):  # inner ones first: a CTE may read those before it
        named = exp.TableAlias(this=exp.to_identifier(node.alias))
        inner = node.this
        node.replace(exp.Table(this=exp.to_identifier(node.alias)))
        ctes.append(exp.CTE(this=inner, alias=named))
    query.set("with_", exp.With(expressions=ctes))
    return query


@pure
def derived_for_cte(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`WITH d AS (SELECT ...) ... FROM d` → `FROM (SELECT ...) AS d`, for a CTE read once."""
    with_ = query.args.get("with_")
    if with_ is None or len(with_.expressions) != 1:
        return None
    cte = with_.expressions[0]
    uses = [t for t in query.find_all(exp.Table) if t.name.lower() == cte.alias.lower()]
    if len(uses) != 1:
        return None
    named = exp.TableAlias(this=exp.to_identifier(uses[0].alias_or_name))
    uses[0].replace(exp.Subquery(this=cte.this.copy(), alias=named))
    query.set("with_", None)
    return query


@pure
def bounds_for_between(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`x BETWEEN a AND b` → `x >= a AND x <= b`."""
    found = list(query.find_all(exp.Between))
    for node in found:
        low = exp.GTE(this=node.this.copy(), expression=node.args["low"])
        high = exp.LTE(this=node.this.copy(), expression=node.args["high"])
        both = exp.And(this=low, expression=high)
        node.replace(both if isinstance(node.parent, exp.And | exp.Where) else exp.Paren(this=both))
    return query if found else None


@pure
def count_one(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`COUNT(*)` → `COUNT(1)`."""
    found = [node for node in query.find_all(exp.Count) if isinstance(node.this, exp.Star)]
    for node in found:
        node.set("this", exp.Literal.number(1))
    return query if found else None


@pure
def new_table_first(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`JOIN b ON a.x = b.y` → `JOIN b ON b.y = a.x`."""
    return _turn_joins(query, new_first=True)


@pure
def old_table_first(query: exp.Query, schema: Schema, rng: Random) -> exp.Query | None:
    """`JOIN b ON b.y = a.x` → `JOIN b ON a.x = b.y`."""
    return _turn_joins(query, new_first=False)


def _turn_joins(query: exp.Query, new_first: bool) -> exp.Query | None:
    changed = False
    for join in query.find_all(exp.Join):
        new = join.this.alias_or_name.lower()
        for part in scopes.conjuncts(join.args.get("on")):
            if not isinstance(part, exp.EQ) or not isinstance(part.right, exp.Column):
                continue
            if not isinstance(part.left, exp.Column) or part.left.table == part.right.table:
                continue
            first = part.left.table.lower() == new
            if first != new_first and new in (part.left.table.lower(), part.right.table.lower()):
                left, right = part.left.copy(), part.right.copy()
                part.set("this", right)
                part.set("expression", left)
                changed = True
    return query if changed else None


def rename_aliases(query: exp.Query, schema: Schema, alias_of: Callable[[str], str]) -> exp.Query:
    """A copy with another alias for each table of the schema: what `alias_of` says of its name.

    A second copy of a table gets a number. It expects one meaning for each alias in the query, as
    invented queries have.
    """
    copy = query.copy()
    ours = [t for t in copy.find_all(exp.Table) if scopes.table_of(t, schema) is not None]
    ours.sort(key=_place_in_text(copy))
    kept = {
        node.alias_or_name.lower()
        for node in copy.find_all(exp.Subquery, exp.CTE, exp.Table)
        if not any(node is table for table in ours)
    }
    renamed: dict[str, str] = {}
    for table in ours:
        old = table.alias_or_name
        wanted = alias = alias_of(table.name)
        number = 2
        while alias.lower() in kept:
            alias, number = f"{wanted}{number}", number + 1
        kept.add(alias.lower())
        renamed[old.lower()] = alias
        same = alias == table.name
        table.set("alias", None if same else exp.TableAlias(this=exp.to_identifier(alias)))
    for column in copy.find_all(exp.Column):
        if column.table.lower() in renamed:
            column.set("table", exp.to_identifier(renamed[column.table.lower()]))
    return copy


def _place_in_text(query: exp.Query) -> Callable[[exp.Expr], int]:
    order = {id(node): place for place, node in enumerate(query.dfs())}
    return lambda node: order[id(node)]


def alias_note(schema: Schema, rng: Random) -> Note:
    """A rule about aliases made for this schema: a list of them, or a way to form them."""
    draw = rng.random()
    if draw < 0.6:
        style = rng.choice(["initial", "short", "letters", "word", "initial", "initial"])
        names = Aliases(rng, style)
        listed = {table.name.lower(): names.make(table.name) for table in schema.tables}
        tables = list(schema.tables)
        if rng.random() < 0.5:
            rng.shuffle(tables)
        text = ", ".join(f"{t.name} {rng.choice(['', ''])}{listed[t.name.lower()]}" for t in tables)
        opening = rng.choice(_LISTED)
        change = _alias_change(lambda name: listed[name.lower()])
        return Note((f"{opening} {text}.", f"{opening}\n{text}. {rng.choice(_SECOND)}"), change)
    if draw < 0.8:
        return Note(_FULL_NAMES, _alias_change(lambda name: name))
    return Note(_INITIALS, _alias_change(_initials))


def _initials(name: str) -> str:
    parts = [part for part in re.split(r"_|(?<=[a-z])(?=[A-Z])", name) if part]
    return "".join(part[0] for part in parts).lower()


def _alias_change(alias_of: Callable[[str], str]) -> Change:
    return lambda query, schema, rng: rename_aliases(query, schema, alias_of)


_LISTED = (
    "Fixed table aliases:",
    "Fixed table aliases\n",
    "Table aliases of the house:",
    "Every table has one alias:",
    "Use these aliases:",
    "Постоянные псевдонимы таблиц:",
    "Псевдонимы таблиц:",
    "У каждой таблицы один псевдоним:",
    "Aliases (one for each table):",
)
_SECOND = (
    "A second copy of a table gets a 2.",
    "A second copy of the same table gets the number 2 after its alias.",
    "Вторая копия таблицы получает цифру 2.",
)
_FULL_NAMES = (
    "No table aliases: columns are written with the full table name.",
    "Do not alias tables. Write table.column.",
    "Full table names\nTables keep their names in queries; no short aliases.",
    "Псевдонимы таблиц не используем: пишем полное имя таблицы.",
)
_INITIALS = (
    "A table's alias is made of the first letters of its words.",
    "Aliases\nFirst letters of the table's name, in lower case; a number if it is taken.",
    "Псевдоним таблицы состоит из первых букв её имени.",
    "Use initials of the table name as its alias.",
)

NOTES = (
    Note(
        (
            "EXISTS rather than IN with a subquery\nAsk for the existence of rows with EXISTS, not "
            "with IN (SELECT ...). A short list of constants in IN is fine.",
            "Prefer EXISTS over IN (SELECT ...).",
            "Subqueries after IN are not used here; write EXISTS.",
            "Вместо IN с подзапросом пишите EXISTS.",
            "Подзапросы в IN запрещены, используйте EXISTS.",
        ),
        exists_for_in,
    ),
    Note(
        (
            "Prefer IN (SELECT ...) over EXISTS.",
            "Semi-joins are written with IN and an uncorrelated subquery, not with EXISTS.",
            "Membership\nUse column IN (SELECT ...) instead of a correlated EXISTS.",
            "Вместо EXISTS пишите IN с подзапросом.",
            "Коррелированный EXISTS заменяем на IN (SELECT ...).",
        ),
        in_for_exists,
    ),
    Note(
        (
            "Shared figures in a WITH clause\nA figure that depends only on a key is computed once "
            "in a WITH query grouped by that key.",
            "No derived tables in FROM: use CTEs.",
            "Subqueries in FROM and JOIN become WITH queries.",
            "CTEs instead of derived tables.",
            "Вместо подзапросов во FROM пишите WITH.",
            "Общие показатели вычисляются один раз в WITH.",
        ),
        cte_for_derived,
    ),
    Note(
        (
            "No WITH clauses: use derived tables in FROM.",
            "A CTE that is used once is written as a subquery in FROM.",
            "Не используйте WITH, пишите подзапрос во FROM.",
        ),
        derived_for_cte,
    ),
    Note(
        (
            "No BETWEEN: write column >= low AND column <= high.",
            "BETWEEN is not used; both bounds are written out.",
            "Вместо BETWEEN пишите два сравнения >= и <=.",
        ),
        bounds_for_between,
    ),
    Note(
        (
            "Count rows with COUNT(1).",
            "Write COUNT(1), not COUNT(*).",
            "Строки считаем через COUNT(1).",
        ),
        count_one,
    ),
    Note(
        (
            "In ON the joined table's column stands first.",
            "Join conditions: new table's column = known table's column.",
            "В ON сначала столбец присоединяемой таблицы.",
        ),
        new_table_first,
    ),
    Note(
        (
            "In ON the joined table's column stands last.",
            "Join conditions: known table's column = new table's column.",
            "В ON столбец присоединяемой таблицы стоит справа.",
        ),
        old_table_first,
    ),
)
