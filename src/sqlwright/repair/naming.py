"""What an unknown name may have been meant as: near names, other owners, a table not joined yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot import exp

from sqlwright.analyze.scope import Source
from sqlwright.repair.changes import Option, option
from sqlwright.repair.lexicon import keywords_near
from sqlwright.repair.names import Unknown, place_of
from sqlwright.repair.pieces import Splice
from sqlwright.repair.reasons import misspelled
from sqlwright.repair.spelling import nearest
from sqlwright.schema import Schema

_AGAIN = 0.12  # for each further place of the same name


def name_options(
    text: str, unknown: Sequence[Unknown], query: exp.Query, schema: Schema, dialect: str
) -> Iterator[Option]:
    """Options for the first unknown name, and for definitions that several of them miss."""
    first = unknown[0]
    if first.trouble == "table":
        yield from _table(text, first, unknown, query, schema)
        return
    if first.trouble == "ambiguous":
        yield from _ambiguous(text, first)
        return
    if first.trouble == "qualifier":
        yield from _qualifier(text, first, unknown, query)
    yield from _column(text, first, unknown, schema)
    yield from _keywords(text, query)
    yield from tables_side_by_side(text, query, schema)
    yield from _definition(text, first, query)
    if first.trouble == "column" and not first.qualifier:
        yield from _not_a_column(text, first, query, schema, dialect)


def _same(first: Unknown, unknown: Sequence[Unknown], part: str) -> list[tuple[int, int]]:
    """Places of this very name: of its column, or of what stands before its dot."""
    places = []
    for item in unknown:
        if (item.trouble, item.qualifier.lower()) != (first.trouble, first.qualifier.lower()):
            continue
        if part == "this" and item.name.lower() != first.name.lower():
            continue
        place = place_of(item.node.args.get(part))
        if place != (0, 0):
            places.append(place)
    return sorted(set(places))


def _renamed(
    text: str, places: Sequence[tuple[int, int]], new: str, what: str, old: str, cost: float,
    reasons: tuple[str, str] | None = None,
) -> Iterator[Option]:  # fmt: skip
    if places:
        splices: list[Splice] = [(start, end, new) for start, end in places]
        more = _AGAIN * (len(places) - 1)
        yield option(text, splices, f"unknown-{what}", cost + more,
                     reasons or misspelled(what, old, new))  # fmt: skip


def _table(
    text: str, first: Unknown, unknown: Sequence[Unknown], query: exp.Query, schema: Schema
) -> Iterator[Option]:
    places = _same(first, unknown, "this")
    ctes = {cte.alias: cte for cte in query.find_all(exp.CTE)}
    known = {**{table.name: None for table in schema.tables}, **dict.fromkeys(ctes)}
    for apart, name in nearest(first.name, known, 0.4)[:4]:
        lacking = _lacking_columns(first.node, name, schema)
        cost = 0.4 + apart / 2 + 0.8 * lacking
        yield from _renamed(text, places, name, "table", first.name, cost)
        if name in ctes and len(places) > 1:
            alias = ctes[name].args["alias"].this
            yield from _renamed(text, [place_of(alias)], first.name, "table", name, cost)
    # words that should have been a clause: FROM orders WHERE read as a table's alias
    for table in schema.tables:
        if _holds_all(first.node, table.name, schema):
            reasons = (f"the schema has no table {first.name}; {table.name} has its columns",
                       f"таблицы {first.name} нет; её столбцы есть в {table.name}")  # fmt: skip
            yield from _renamed(text, places, table.name, "table", first.name, 2.0, reasons)
    yield from _keywords(text, query)


def _columns_used(node: exp.Expr) -> list[exp.Column]:
    """Columns of the SELECT that the table at the node may give."""
    select = node.find_ancestor(exp.Select)
    if select is None:
        return []
    alias = node.alias_or_name.lower()
    bare = len(select.args.get("joins") or ()) == 0
    found = []
    for column in select.find_all(exp.Column):
        if column.is_star:
            continue
        if column.table.lower() == alias or (not column.table and bare):
            found.append(column)
    return found


def _lacking_columns(node: exp.Expr, name: str, schema: Schema) -> float:
    """The share of the columns used that a table of that name does not have."""
    table = schema.table(name)
    used = {column.name.lower() for column in _columns_used(node)}
    if table is None or not used:
        return 0.0
    return sum(table.column(column) is None for column in used) / len(used)


def _holds_all(node: exp.Expr, name: str, schema: Schema) -> bool:
    used = {column.name.lower() for column in _columns_used(node)}
    table = schema.table(name)
    return bool(table) and len(used) > 1 and _lacking_columns(node, name, schema) == 0


def _ambiguous(text: str, first: Unknown) -> Iterator[Option]:
    """The column with each source before it, the one whose key it is first."""
    start, _ = place_of(first.node.this)
    for number, source in enumerate(sorted(first.visible, key=lambda s: _rank(s, first))):
        owner = source.node.alias_or_name
        others = ", ".join(s.node.alias_or_name for s in first.visible)
        reasons = (
            f"{first.name} is in {others}: {owner} is a choice, check it",
            f"{first.name} есть в {others}: {owner} выбрана по ключам, проверьте",
        )
        yield option(text, [(start, start, f"{owner}.")], "ambiguous-column",
                     0.7 + 0.15 * number, reasons, is_choice=True)  # fmt: skip


def _rank(source: Source, first: Unknown) -> tuple[float, int]:
    """What it is compared with and who is not tied to the others yet decide, then the keys."""
    name, table = first.name.lower(), source.table
    score = 0.0
    parent = first.node.parent
    other = None
    if isinstance(parent, exp.EQ):
        other = parent.expression if parent.this is first.node else parent.this
    if isinstance(other, exp.Column) and other.table:
        score += 2.0 * (other.table.lower() == source.name)  # x.id = x.id says nothing
        stem = other.name.lower().removesuffix("_id")
        plain = (source.node.name or source.name).lower()
        score -= 2.0 * (name == "id" and len(stem) > 2 and plain.removesuffix("s").endswith(stem))
    select = first.node.find_ancestor(exp.Select)
    if select is not None and source.join is not None and isinstance(other, exp.Column):
        used = {c.table.lower() for c in select.find_all(exp.Column) if c is not first.node}
        score -= 1.0 * (source.name not in used)
    is_key = table is not None and tuple(map(str.lower, table.primary_key)) == (name,)
    is_foreign = table is not None and any(
        name in map(str.lower, key.columns) for key in table.foreign_keys
    )
    return score, 2 * source.optional - is_key - is_foreign


def _qualifier(
    text: str, first: Unknown, unknown: Sequence[Unknown], query: exp.Query
) -> Iterator[Option]:
    places = _same(first, unknown, "table")
    names = {i.name.lower() for i in unknown if i.qualifier.lower() == first.qualifier.lower()}
    sources = {source.name: source for source in first.visible}
    seen = dict(nearest(first.qualifier, sources, 0.4))
    apart = {name: gap for gap, name in seen.items()}
    for name, source in sources.items():
        if _abbreviates(first.qualifier, source):
            apart[name] = min(apart.get(name, 9.0), 0.8)
    for number, (name, source) in enumerate(sources.items()):
        lacking = source.columns is not None and not all(map(source.has, names))
        if lacking and name not in apart:
            continue
        alias = source.node.alias_or_name
        is_table = isinstance(source.node, exp.Table) and (
            source.node.name.lower() == first.qualifier.lower()
        )
        cost = 0.4 if is_table else min(0.4 + apart.get(name, 9.0) / 2, 1.1 + 0.05 * number)
        cost += 1.0 * lacking
        reasons = None
        if is_table:
            reasons = (f"the table {first.qualifier} is called {alias} in this query",
                       f"таблица {first.qualifier} названа в запросе {alias}")  # fmt: skip
        yield from _renamed(text, places, alias, "alias", first.qualifier, cost, reasons)
        # the alias itself may be the slip: nobody else uses it
        used = any(c.table.lower() == name for c in query.find_all(exp.Column))
        definition = source.node.args.get("alias")
        if isinstance(definition, exp.TableAlias) and not used and not lacking:
            place = place_of(definition.this)
            near = min(apart.get(name, 2.0), 2.0)
            yield from _renamed(text, [place], first.qualifier, "alias", alias, 0.45 + near / 2)
        elif definition is None and not lacking and isinstance(source.node, exp.Table) and not used:
            end = place_of(source.node.this)[1]
            told = (
                f"{source.node.name} is used as {first.qualifier}: the alias is missing",
                f"{source.node.name} используется как {first.qualifier}: нет псевдонима",
            )
            yield option(text, [(end, end, f" {first.qualifier}")], "missing-alias", 0.9, told)


def _abbreviates(short: str, source: Source) -> bool:
    """Whether people call the table so: u or us for users, ol for order_lines."""
    name = (source.node.name or source.name).lower()
    return (
        name.startswith(short.lower()) or "".join(w[:1] for w in name.split("_")) == short.lower()
    )


def _column(
    text: str, first: Unknown, unknown: Sequence[Unknown], schema: Schema
) -> Iterator[Option]:
    places = _same(first, unknown, "this")
    offered: dict[str, float] = {}
    for depth, source in enumerate(first.visible):
        of_other = bool(first.qualifier) and source.name != first.qualifier.lower()
        if of_other and first.trouble == "column":
            if source.has(first.name):
                owner = source.node.alias_or_name
                told = (f"{first.name} is a column of {owner}, not of {first.qualifier}",
                        f"{first.name}: столбец {owner}, а не {first.qualifier}")  # fmt: skip
                spots = _same_pairs(first, unknown)
                yield from _renamed(text, spots, owner, "alias", first.qualifier, 0.9, told)
            continue
        if source.columns is None:
            continue
        for apart, name in nearest(first.name, source.columns, 0.4)[:4]:
            offered[name] = min(offered.get(name, 9.0), apart + 0.02 * depth)
        for name in _wordy(first.name, source.columns):
            offered.setdefault(name, 2.6)
    select = first.node.find_ancestor(exp.Select)
    if select is not None and not first.qualifier:
        aliases = [item.alias for item in select.expressions if isinstance(item, exp.Alias)]
        for apart, name in nearest(first.name, aliases, 0.4)[:3]:
            offered[name] = min(offered.get(name, 9.0), apart + 0.03)
    if first.trouble == "column":
        for name, apart in sorted(offered.items(), key=lambda item: item[1])[:6]:
            spelled = _spelled(name, first, schema)
            yield from _renamed(text, places, spelled, "column", first.name, 0.4 + apart / 2)
        yield from _split(text, first)


def _same_pairs(first: Unknown, unknown: Sequence[Unknown]) -> list[tuple[int, int]]:
    return sorted(
        place_of(item.node.args.get("table"))
        for item in unknown
        if item.qualifier.lower() == first.qualifier.lower()
        and item.name.lower() == first.name.lower()
    )


def _spelled(name: str, first: Unknown, schema: Schema) -> str:
    """The column's name as the schema spells it."""
    for source in first.visible:
        if source.table is not None and (column := source.table.column(name)) is not None:
            return column.name if column.name.lower() == column.name else name
    return name


def _wordy(name: str, known: Sequence[str]) -> Iterator[str]:
    """Columns whose words hold the name: date in o_orderdate, customer_name for cust_name."""
    low = name.lower()
    words = set(low.split("_"))
    for other in known:
        parts = set(other.split("_"))
        if (len(low) >= 4 and low in other) or (len(words) > 1 and len(words & parts) >= 2):
            yield other


def _split(text: str, first: Unknown) -> Iterator[Option]:
    """oid as o.id: a dot that was left out."""
    if first.qualifier:
        return
    start, end = place_of(first.node.this)
    for source in first.visible:
        rest = first.name[len(source.name) :]
        if first.name.lower().startswith(source.name) and rest and source.has(rest):
            new = f"{first.name[: len(source.name)]}.{rest}"
            yield option(text, [(start, end, new)], "missing-dot", 0.6,
                         (f"{first.name} is {new} without its dot",
                          f"{first.name}: это {new} без точки"))  # fmt: skip


def _keywords(text: str, query: exp.Query) -> Iterator[Option]:
    """Aliases and columns that are a keyword by a slip: FROM orders LEFFT JOIN lines."""
    for identifier in query.find_all(exp.Identifier):
        place = place_of(identifier)
        if place == (0, 0) or identifier.args.get("quoted") or len(identifier.name) < 2:
            continue
        for apart, word in keywords_near(identifier.name)[:2]:
            new = word.lower() if identifier.name.islower() else word
            yield option(text, [(*place, new)], "misspelled-keyword", 0.45 + apart / 2,
                         misspelled("keyword", identifier.name, new))  # fmt: skip


def tables_side_by_side(text: str, query: exp.Query, schema: Schema) -> Iterator[Option]:
    """FROM orders lines read as one table with an alias: a comma is missing."""
    ctes = {cte.alias.lower() for cte in query.find_all(exp.CTE)}
    for node in query.find_all(exp.Table, exp.Subquery):
        alias = node.args.get("alias")
        if not isinstance(alias, exp.TableAlias) or alias.this is None:
            continue
        if schema.table(alias.name) is None and alias.name.lower() not in ctes:
            continue
        start, _ = place_of(alias.this)
        place = len(text[:start].rstrip())
        if start and not text[:place].lower().endswith(" as"):
            told = (
                f"{alias.name} is a table, not an alias: a comma is missing before it",
                f"{alias.name}: таблица, а не псевдоним; перед ней не хватает запятой",
            )
            yield option(text, [(place, place, ",")], "missing-comma", 0.5, told)


def _definition(text: str, first: Unknown, query: exp.Query) -> Iterator[Option]:
    """The alias of an output column below, spelled as its users spell it."""
    if first.trouble != "column":
        return
    for source in first.visible:
        if source.body is None or (first.qualifier and source.name != first.qualifier.lower()):
            continue
        body = source.body
        while isinstance(body, exp.SetOperation):
            body = body.this
        for item in body.expressions if isinstance(body, exp.Select) else ():
            if not isinstance(item, exp.Alias) or not nearest(first.name, [item.alias], 0.4):
                continue
            apart = nearest(first.name, [item.alias], 0.4)[0][0]
            place = place_of(item.args["alias"])
            yield from _renamed(text, [place], first.name, "alias", item.alias, 0.5 + apart / 2)


def _not_a_column(
    text: str, first: Unknown, query: exp.Query, schema: Schema, dialect: str
) -> Iterator[Option]:
    """An output alias where none may stand, or a text whose quotes are missing."""
    start, end = place_of(first.node.this)
    select = first.node.find_ancestor(exp.Select)
    for item in select.expressions if select is not None else ():
        if isinstance(item, exp.Alias) and item.alias.lower() == first.name.lower():
            new = item.this.sql(dialect=dialect, comments=False)
            new = new if isinstance(item.this, exp.Column | exp.Func) else f"({new})"
            told = (f"{first.name} is an output column, which may not be read here",
                    f"{first.name}: столбец результата, здесь его читать нельзя")  # fmt: skip
            yield option(text, [(start, end, new)], "alias-not-allowed", 0.6, told)
    parent = first.node.parent
    if isinstance(parent, exp.EQ | exp.NEQ | exp.In | exp.Like) and first.node is not parent.this:
        old = text[start:end]
        told = (f"no column is called {old}: a text in quotes is meant",
                f"столбца {old} нет: имелся в виду текст в кавычках")  # fmt: skip
        bare = old.strip('"`[]')
        quoted = first.node.this.args.get("quoted")
        yield option(text, [(start, end, f"'{bare}'")], "missing-quotes", 0.8 if quoted else 1.6,
                     told)  # fmt: skip
