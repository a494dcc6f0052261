"""Checks of a house's standards that a tree can answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from sqlwright.analyze.finding import Finding, shown
from sqlwright.analyze.house.constructs import CONSTRUCTS
from sqlwright.analyze.house.entry import Checks, Standard
from sqlwright.analyze.scope import columns_of, conditions, conjuncts, owner, sources
from sqlwright.schema import Schema

# (where, in English, in Russian)
Seen = tuple[exp.Expr, str, str]


def check_tree(
    tree: exp.Expr, schema: Schema, findings: Sequence[Finding], standards: Sequence[Standard]
) -> Iterator[Finding]:
    """The findings, those of rules that a standard names as that standard's, and what else it says.

    A standard that nobody can break in a tree costs nothing.
    """
    by_rule = {rule: s for s in reversed(standards) for rule in s.checks.rules}
    for finding in findings:
        if (standard := by_rule.get(finding.rule)) is None:
            yield finding
            continue
        said = standard.broken(finding.message, finding.message_ru)
        yield replace(
            said,
            line=finding.line,
            column=finding.column,
            evidence=finding.evidence,
            evidence_ru=finding.evidence_ru,
        )
    for standard in standards:
        for check in _CHECKS:
            for node, english, russian in check(tree, schema, standard.checks):
                yield standard.broken(english, russian, node)


def _forbidden(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    for name in checks.forbid:
        find, english, russian = CONSTRUCTS[name]
        for node in find(tree):
            yield node, f"{english} is not used here", f"{russian} здесь не пишут"


def _functions(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    wanted = {name.lower() for name in checks.forbid_functions}
    if not wanted:
        return
    for call in tree.find_all(exp.Func):
        names = {call.name.lower()} if isinstance(call, exp.Anonymous) else _names_of(call)
        if shared := names & wanted:
            name = min(shared)
            yield call, f"the function {name} is not called", f"функцию {name} не вызывают"


def _names_of(call: exp.Func) -> set[str]:
    return {name.lower() for name in call.sql_names()}


def _tables(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    wanted = {name.lower() for name in checks.forbid_tables}
    if not wanted:
        return
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        name = table.name.lower()
        if name in ctes and not table.db:
            continue
        if name in wanted or f"{table.db.lower()}.{name}" in wanted:
            yield table, f"the table {table.name} is not read", f"таблицу {table.name} не читают"


def _filters(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    wanted = {t.lower(): {c.lower() for c in cs} for t, cs in checks.require_filter.items()}
    if not wanted:
        return
    for select in tree.find_all(exp.Select):
        here = sources(select, schema)
        parts = conditions(select)
        for join in select.args.get("joins") or []:
            parts += conjuncts(join.args.get("on")) if join.side else []
        for source in here:
            table = source.node
            columns = wanted.get(table.name.lower() if isinstance(table, exp.Table) else "")
            if columns is None or source.body is not None:
                continue
            tested = {
                column.name.lower()
                for part in parts
                for column in columns_of(part)
                if _may_be_of(column, source.name, len(here), schema)
            }
            if not tested & columns:
                named = " or ".join(sorted(columns))
                yield (
                    table,
                    f"{table.name} is read without a condition on {named}",
                    f"{table.name} читается без условия на {named.replace(' or ', ' или ')}",
                )


def _may_be_of(column: exp.Column, name: str, count: int, schema: Schema) -> bool:
    held = owner(column, schema)
    if held is not None:
        return held[1].name == name
    return column.table.lower() in ("", name) or count == 1


def _columns(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    if not checks.explicit_columns:
        return
    for node in CONSTRUCTS["select-star"][0](tree):
        yield node, "SELECT * names no columns", "SELECT * не называет столбцов"
    for insert in tree.find_all(exp.Insert):
        if isinstance(insert.this, exp.Table) and insert.args.get("expression"):
            yield (
                insert.this,
                f"INSERT INTO {insert.this.name} names no columns",
                f"INSERT INTO {insert.this.name} не называет столбцов",
            )


def _join_style(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    style = checks.join_style
    if style is None:
        return
    for node in CONSTRUCTS["comma-join"][0](tree):
        yield node, "a comma joins the table", "таблица присоединена запятой"
    for join in tree.find_all(exp.Join):
        natural = join.args.get("method") == "NATURAL"
        if style != "explicit" and natural:
            yield join.this, "NATURAL JOIN says no condition", "NATURAL JOIN не называет условия"
        elif style == "on" and join.args.get("using"):
            yield join.this, "USING instead of ON", "USING вместо ON"
        elif style == "using" and (on := join.args.get("on")) is not None and _fits_using(on):
            yield join.this, "ON instead of USING", "ON вместо USING"


def _fits_using(on: exp.Expr) -> bool:
    return all(
        isinstance(part, exp.EQ)
        and isinstance(part.this, exp.Column)
        and isinstance(part.expression, exp.Column)
        and part.this.name.lower() == part.expression.name.lower()
        for part in conjuncts(on)
    )


def _names(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    def wrong(pattern: str | None, node: exp.Expr | None) -> bool:
        name = node.name if node is not None else ""
        return pattern is not None and name != "" and re.fullmatch(pattern, name) is None

    if checks.table_alias is not None:
        for alias in tree.find_all(exp.TableAlias):
            if not isinstance(alias.parent, exp.CTE) and wrong(checks.table_alias, alias.this):
                yield _misnamed(alias.this, "table alias", "псевдоним таблицы", checks.table_alias)
    if checks.cte_name is not None:
        for cte in tree.find_all(exp.CTE):
            node = cte.args["alias"].this
            if wrong(checks.cte_name, node):
                yield _misnamed(node, "name in WITH", "имя в WITH", checks.cte_name)
    if checks.column_alias is not None:
        for output in tree.find_all(exp.Alias):
            node = output.args.get("alias")
            if node is not None and wrong(checks.column_alias, node):
                yield _misnamed(node, "column alias", "псевдоним столбца", checks.column_alias)


def _misnamed(node: exp.Expr, english: str, russian: str, pattern: str) -> Seen:
    says = f"{node.name} does not match {pattern}"
    return node, f"the {english} {says}", f"{russian} {node.name} не подходит под {pattern}"


def _aliases(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    wanted = {table.lower(): alias for table, alias in checks.aliases.items()}
    if not wanted:
        return
    ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    tables = [t for t in tree.find_all(exp.Table) if t.name.lower() not in ctes]
    copies = Counter(table.name.lower() for table in tables)
    for table in tables:
        usual = wanted.get(table.name.lower())
        alias = table.alias
        if usual is None or not alias or alias.lower().rstrip("0123456789").endswith(usual.lower()):
            continue
        if copies[table.name.lower()] == 1:
            yield (
                table,
                f"{table.name} is called {usual}, not {alias}",
                f"псевдоним {table.name}: {usual}, а не {alias}",
            )


def _limits(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    if not isinstance(tree, exp.Select | exp.SetOperation):
        return
    if checks.require_limit and not (tree.args.get("limit") or tree.args.get("fetch")):
        one_row = isinstance(tree, exp.Select) and (
            tree.args.get("from_") is None
            or (not tree.args.get("group") and any(p.find(exp.AggFunc) for p in tree.expressions))
        )
        if not one_row:
            yield tree, "the query has no LIMIT", "в запросе нет LIMIT"


def _sizes(tree: exp.Expr, schema: Schema, checks: Checks) -> Iterator[Seen]:
    if checks.max_joins is not None:
        for select in tree.find_all(exp.Select):
            joins = len(select.args.get("joins") or [])
            if joins > checks.max_joins:
                most = checks.max_joins
                yield (
                    select.args["joins"][most].this,
                    f"{joins} joins are more than {most}",
                    f"соединений {joins}, больше чем {most}",
                )
    if checks.max_depth is not None:
        for select in tree.find_all(exp.Select):
            depth = _depth(select)
            if depth == checks.max_depth + 1:
                most = checks.max_depth
                yield (
                    select,
                    f"`{shown(select, 40)}` is nested more than {most} deep",
                    f"`{shown(select, 40)}` вложен глубже {most}",
                )


def _depth(select: exp.Select) -> int:
    depth, node = 1, select.parent
    while node is not None:
        depth += isinstance(node, exp.Select) and not isinstance(select.parent, exp.CTE)
        node = node.parent
    return depth


_CHECKS: tuple[Callable[[exp.Expr, Schema, Checks], Iterator[Seen]], ...] = (
    _forbidden, _functions, _tables, _filters, _columns, _join_style, _names, _aliases, _limits,
    _sizes,
)  # fmt: skip
