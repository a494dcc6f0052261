"""Style: conditions and CASE that say in many words what fewer say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import COMPARISONS, conjuncts, schema_column, selects
from sqlwright.analyze.style_names import MOST_REWRITES
from sqlwright.analyze.tree import copy_with, fitted, replaced
from sqlwright.schema import Schema, kind_of

_PREDICATES = (*COMPARISONS, exp.In, exp.Between, exp.Like, exp.ILike, exp.Exists, exp.Is, exp.Not)


def needless_else_null(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """ELSE NULL says what CASE without an ELSE does anyway.

    Bad:
        SELECT CASE WHEN total > 100 THEN 'large' ELSE NULL END AS size FROM orders
    Good:
        SELECT CASE WHEN total > 100 THEN 'large' END AS size FROM orders

    Silent for any other ELSE.

    По-русски: ELSE NULL говорит то, что CASE без ELSE делает и так. Молчит при любом другом ELSE.
    """
    rewrites = 0
    for case in every(query, exp.Case):
        if not isinstance(case.args.get("default"), exp.Null):
            continue
        copy = None
        if (rewrites := rewrites + 1) <= MOST_REWRITES:
            copy, (twin,) = copy_with(query, case)
            twin.set("default", None)
        yield found(
            case,
            "needless-else-null",
            "style",
            f"ELSE NULL is what CASE does anyway: `{shown(case)}`",
            f"ELSE NULL здесь лишнее: `{shown(case)}`",
            rewrite=copy,
        )


def nested_case(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A CASE in the ELSE of a CASE is one CASE with more branches.

    Bad:
        SELECT CASE WHEN total > 100 THEN 'large'
            ELSE CASE WHEN total > 10 THEN 'middle' ELSE 'small' END END AS size
        FROM orders
    Good:
        SELECT CASE WHEN total > 100 THEN 'large' WHEN total > 10 THEN 'middle' ELSE 'small' END
            AS size
        FROM orders

    Silent for a CASE inside THEN or WHEN, and where one compares a value and the other does not.

    По-русски: CASE внутри ELSE это один CASE с большим числом ветвей. Молчит о CASE внутри THEN и
    WHEN и если сравниваются разные значения.
    """
    rewrites = 0
    for case in every(query, exp.Case):
        inner = case.args.get("default")
        bare = inner.unnest() if inner is not None else None
        if not isinstance(bare, exp.Case) or bare.this != case.this:
            continue
        copy = None
        if (rewrites := rewrites + 1) <= MOST_REWRITES:
            copy, (twin,) = copy_with(query, case)
            last = twin.args["default"].unnest()
            twin.set("ifs", [*twin.args["ifs"], *last.args["ifs"]])
            twin.set("default", last.args.get("default"))
        yield found(
            bare,
            "nested-case",
            "style",
            "a CASE in ELSE: its branches can follow those of the outer CASE",
            "CASE внутри ELSE: его ветви можно добавить к внешнему CASE",
            rewrite=copy,
        )


def case_for_condition(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A CASE that turns a condition into 1 or 0 only to be compared hides the condition.

    Bad:
        SELECT id FROM orders WHERE CASE WHEN total > 100 THEN 1 ELSE 0 END = 1
    Good:
        SELECT id FROM orders WHERE total > 100

    Silent where more than one WHEN decides, where the values are no constants, and where the CASE
    is an output.

    По-русски: CASE, который превращает условие в 1 или 0, чтобы сравнить его, прячет условие.
    Молчит, если ветвей несколько, значения не постоянны или CASE стоит среди выводимых столбцов.
    """
    for select in selects(query):
        for part in _filters(select):
            if not isinstance(part, exp.EQ):
                continue
            condition = _condition_of(part.this.unnest(), part.expression.unnest()) or (
                _condition_of(part.expression.unnest(), part.this.unnest())
            )
            if condition is None:
                continue
            yield found(
                part,
                "case-for-condition",
                "style",
                f"`{shown(part)}` asks for no more than `{shown(condition)}`",
                f"`{shown(part)}` значит то же, что `{shown(condition)}`",
                rewrite=partial(replaced, query, part, condition.copy()),
            )


def _filters(select: exp.Select) -> Iterator[exp.Expr]:
    for clause in ("where", "having"):
        if (node := select.args.get(clause)) is not None:
            yield from conjuncts(node.this)


def _condition_of(case: exp.Expr, value: exp.Expr) -> exp.Expr | None:
    """The one condition of a CASE that is `value` where it holds and another constant elsewhere."""
    constants = exp.Literal | exp.Boolean
    if not isinstance(case, exp.Case) or case.this is not None or len(case.args["ifs"]) != 1:
        return None
    branch, default = case.args["ifs"][0], case.args.get("default")
    given = branch.args.get("true")
    if not isinstance(value, constants) or given != value:
        return None
    if default is not None and not isinstance(default, exp.Null):
        if type(default) is not type(value) or default == value:
            return None
        if isinstance(default, exp.Literal) and default.is_string != value.is_string:
            return None
    condition = branch.this
    return condition if isinstance(condition, exp.Expr) else None


def comparison_with_true(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """What is a condition already need not be compared with TRUE or FALSE.

    Bad:
        SELECT id FROM orders WHERE (total > 100) = TRUE
    Good:
        SELECT id FROM orders WHERE total > 100

    No rewrite is offered for a column, which in some engines holds more than two values. Silent
    for IS TRUE, which treats NULL differently, and for columns that are not boolean.

    По-русски: условие незачем сравнивать с TRUE или FALSE. Молчит об IS TRUE, где NULL значит
    другое, и о столбцах не логического типа.
    """
    rewrites = 0
    for comparison in every(query, exp.EQ, exp.NEQ):
        left, right = comparison.this.unnest(), comparison.expression.unnest()
        value, other = (right, left) if isinstance(right, exp.Boolean) else (left, right)
        if not isinstance(value, exp.Boolean) or isinstance(other, exp.Boolean):
            continue
        is_predicate = isinstance(other, (*_PREDICATES, exp.Connector))
        if not is_predicate and not _is_boolean(other, schema):
            continue
        wanted = bool(value.this) == isinstance(comparison, exp.EQ)
        copy = None
        may = is_predicate and _may_replace(comparison)
        if may and (rewrites := rewrites + 1) <= MOST_REWRITES:
            copy, (twin,) = copy_with(query, comparison)
            bare = other.copy()
            roomy = bare if wanted else exp.Not(this=exp.Paren(this=bare))
            twin.replace(fitted(roomy, twin.parent) if wanted else roomy)
        kept = "" if wanted else "NOT "
        yield found(
            comparison,
            "comparison-with-true",
            "style",
            f"`{shown(comparison)}` says no more than `{kept}{shown(other)}`",
            f"`{shown(comparison)}` значит то же, что `{kept}{shown(other)}`",
            rewrite=copy,
        )


def _is_boolean(node: exp.Expr, schema: Schema) -> bool:
    if not isinstance(node, exp.Column):
        return False
    held = schema_column(node, schema)
    return held is not None and kind_of(held[1].type) == "bool"


def _may_replace(comparison: exp.Expr) -> bool:
    """Whether any condition may stand where the comparison does without more parentheses."""
    around = (exp.Where, exp.Having, exp.Join, exp.And, exp.Or, exp.Paren, exp.Not, exp.If)
    return isinstance(comparison.parent, around)


def double_parentheses(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Parentheses around parentheses, or around a whole WHERE or query, group nothing.

    Bad:
        SELECT name FROM customers WHERE ((city = 'Oslo' OR city = 'Rome'))
    Good:
        SELECT name FROM customers WHERE city = 'Oslo' OR city = 'Rome'

    One finding speaks of the whole query. Silent for a single pair inside a condition, which may
    help a reader.

    По-русски: скобки вокруг скобок, всего WHERE или всего запроса ничего не группируют. Молчит об
    одной паре скобок внутри условия.
    """
    if isinstance(query, exp.Subquery) and set(_given(query)) <= {"this"}:
        yield found(
            query,
            "double-parentheses",
            "style",
            "the parentheses around the whole query group nothing",
            "скобки вокруг всего запроса лишние",
            rewrite=query.this.copy(),
        )
        return
    needless = [paren for paren in every(query, exp.Paren) if _groups_nothing(paren)]
    if not needless:
        return
    copy, twins = copy_with(query, *needless)
    for twin in reversed(twins):
        twin.replace(twin.this)
    count = len(needless)
    yield found(
        needless[0],
        "double-parentheses",
        "style",
        f"{count} pair{'s' * (count > 1)} of parentheses group nothing",
        f"лишних пар скобок: {count}",
        rewrite=copy,
    )


def _given(node: exp.Expr) -> list[str]:
    return [name for name, value in node.args.items() if value]


def _groups_nothing(paren: exp.Paren) -> bool:
    if isinstance(paren.this, exp.Paren):
        return True
    return isinstance(paren.parent, exp.Where | exp.Having) and not isinstance(
        paren.this, exp.Query | exp.Tuple
    )
