"""Findings about any statement: DML and DDL are checked too, though nothing here ever runs them.

The queries inside (INSERT ... SELECT, CREATE VIEW AS) are analyzed each by itself, and the rows
that UPDATE or DELETE choose as the query that would choose them; `STATEMENT_RULES` speak of the
statement around them, and of what no read-only query may do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from sqlglot import exp

from sqlwright.analyze import analyze
from sqlwright.analyze.changes import (
    insert_of_other_width,
    insert_select_star,
    insert_without_columns,
    replacing_insert,
    set_with_and,
    unbounded_change,
    update_from_without_condition,
    update_of_key,
)
from sqlwright.analyze.definitions import (
    destructive_definition,
    drop_cascade,
    privilege_change,
    server_command,
    table_rewrite,
    table_without_key,
)
from sqlwright.analyze.finding import Finding
from sqlwright.analyze.reaching_out import (
    dynamic_sql,
    hidden_comment,
    locking_read,
    outside_access,
    waiting_function,
)
from sqlwright.schema import Schema

StatementRule = Callable[[exp.Expr, Schema], Iterator[Finding]]

#: Rules over a whole statement, whatever it is: what it changes, and how much of it.
STATEMENT_RULES: tuple[StatementRule, ...] = (
    insert_of_other_width,
    set_with_and,
    update_from_without_condition,
    unbounded_change,
    update_of_key,
    replacing_insert,
    insert_without_columns,
    insert_select_star,
    destructive_definition,
    drop_cascade,
    privilege_change,
    server_command,
    table_rewrite,
    table_without_key,
    dynamic_sql,
    outside_access,
    waiting_function,
    locking_read,
    hidden_comment,
)


_OF_QUERIES = (outside_access, waiting_function, locking_read, hidden_comment)


def analyze_statement(tree: exp.Expr, schema: Schema) -> list[Finding]:
    """Everything that the rules find in one statement, in the order of its place in the text."""
    # most queries hold nothing that the other rules speak of
    plain = isinstance(tree, exp.Query) and tree.find(exp.DML, exp.DDL) is None
    rules = _OF_QUERIES if plain else STATEMENT_RULES
    found = [finding for rule in rules for finding in rule(tree, schema)]
    if isinstance(tree, exp.Query):
        found += analyze(tree, schema)
    elif (choice := chosen_rows(tree)) is not None:
        # a rewrite of the choice is no rewrite of the statement
        found += [replace(finding, offer=None) for finding in analyze(choice, schema)]
    else:
        for query in embedded_queries(tree):
            found += analyze(query, schema)
    return sorted(found, key=lambda finding: (finding.line, finding.column))


def chosen_rows(tree: exp.Expr) -> exp.Query | None:
    """The query that reads what an UPDATE or DELETE reads: its tables, condition and values."""
    if not isinstance(tree, exp.Update | exp.Delete) or not isinstance(tree.this, exp.Table):
        return None
    where = tree.args.get("where")
    values = [
        part.expression.copy()
        for part in (tree.expressions if isinstance(tree, exp.Update) else ())
        if isinstance(part, exp.EQ)
    ]
    if where is None and not any(value.find(exp.Query) for value in values):
        return None
    select = exp.Select(expressions=values or [exp.Literal.number(1)])
    select.set("from_", exp.From(this=tree.this.copy()))
    others = list(tree.args.get("using") or ())
    if (source := tree.args.get("from_")) is not None:
        if source.this.alias.lower() == tree.this.name.lower():  # T-SQL: UPDATE c FROM customers c
            select.set("from_", source.copy())
        else:
            others.append(source.this)
    for other in others:
        select.append("joins", exp.Join(this=other.copy(), kind="CROSS"))
    if where is not None:
        select.set("where", where.copy())
    if tree.args.get("with_") is not None:
        select.set("with_", tree.args["with_"].copy())
    return select


def embedded_queries(tree: exp.Expr) -> Iterator[exp.Query]:
    """The outermost queries inside a statement that is none itself."""
    for child in tree.iter_expressions():
        if isinstance(child, exp.Select | exp.SetOperation):
            yield child
        else:
            yield from embedded_queries(child)
