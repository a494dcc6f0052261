"""NULL: where three-valued logic gives other rows than the text seems to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    COMPARISONS,
    conditions,
    conjuncts,
    is_nullable,
    is_nullable_column,
    owner,
    schema_column,
    selects,
    sides,
    where,
)
from sqlwright.schema import Schema


def not_in_nullable(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """NOT IN (SELECT column ...) returns nothing as soon as that column holds one NULL.

    Bad:
        SELECT name FROM customers WHERE id NOT IN (SELECT referrer_id FROM customers)
    Good:
        SELECT name FROM customers c
        WHERE NOT EXISTS (SELECT 1 FROM customers r WHERE r.referrer_id = c.id)

    No rewrite is offered: the good query returns other rows, and only the author knows which ones
    were meant. Silent when the schema says NOT NULL, or the subquery filters NULL out.

    По-русски: NOT IN (SELECT столбец ...) не вернёт ничего, как только в столбце окажется NULL.
    Переписанного запроса нет: у хорошего другие строки, и только автор знает, какие нужны. Молчит,
    когда по схеме столбец NOT NULL или подзапрос сам отбрасывает NULL.
    """
    for negation in every(query, exp.Not):
        test = negation.this.unnest()
        if not isinstance(test, exp.In) or not (subquery := test.args.get("query")):
            continue
        select = subquery.unnest()
        if not isinstance(select, exp.Select) or len(select.expressions) != 1:
            continue
        value = select.expressions[0].unalias()
        if value.is_star or not is_nullable(value, schema) or _is_filtered(value, select):
            continue
        yield found(
            negation,
            "not-in-nullable",
            "wrong",
            f"no row passes NOT IN once {shown(value)} holds a NULL",
            f"ни одна строка не пройдёт NOT IN, если в {shown(value)} есть NULL",
        )


def _is_filtered(value: exp.Expr, select: exp.Select) -> bool:
    """Whether a conjunct of WHERE or HAVING cannot be true while the value is NULL."""
    parts = []
    for clause in ("where", "having"):
        node = select.args.get(clause)
        parts += conjuncts(node.this) if node is not None else []
    return any(asks_present(part, value) for part in parts)


def asks_present(part: exp.Expr, value: exp.Expr) -> bool:
    """Whether the condition cannot be true while the value is NULL."""
    return value in asked_present(part)


def asked_present(part: exp.Expr) -> tuple[exp.Expr, ...]:
    """The values of which none can be NULL while the condition is true."""
    if isinstance(part, exp.Not):
        inner = part.this.unnest()
        if isinstance(inner, exp.Like | exp.ILike | exp.Between):
            return (inner.this.unnest(),)
        is_null = isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null)
        return (inner.this.unnest(),) if is_null else ()
    if isinstance(part, COMPARISONS):
        sides_of = (part.this.unnest(), part.expression.unnest())
        # ALL over no rows is true of NULL too
        return () if any(isinstance(s, exp.All | exp.Any) for s in sides_of) else sides_of
    return (part.this.unnest(),) if isinstance(part, exp.In | exp.Like | exp.Between) else ()


def null_comparison(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A comparison with NULL is never true: neither = NULL nor <> NULL finds a row.

    Bad:
        SELECT name FROM customers WHERE city = NULL
    Good:
        SELECT name FROM customers WHERE city IS NULL

    No rewrite is offered: the good query returns other rows. Silent for IS NULL, IS DISTINCT FROM,
    and a NULL that is a value of CASE or COALESCE.

    По-русски: сравнение с NULL никогда не истинно: ни = NULL, ни <> NULL не найдут ни одной строки.
    Переписанного запроса нет: у хорошего другие строки. Молчит для IS NULL, IS DISTINCT FROM и для
    NULL как значения в CASE или COALESCE.
    """
    for comparison in every(query, *COMPARISONS):
        operands = (comparison.this.unnest(), comparison.expression.unnest())
        if not any(isinstance(operand, exp.Null) for operand in operands):
            continue
        meant = "IS NOT NULL" if isinstance(comparison, exp.NEQ) else "IS NULL"
        yield found(
            comparison,
            "null-comparison",
            "wrong",
            f"`{shown(comparison)}` is never true: {meant} asks for it",
            f"`{shown(comparison)}` никогда не истинно: пишите {meant}",
        )


def null_in_list(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A NULL in the list of NOT IN lets no row through; in the list of IN it finds nothing.

    Bad:
        SELECT name FROM customers WHERE city NOT IN ('Oslo', NULL)
    Good:
        SELECT name FROM customers WHERE city NOT IN ('Oslo') AND city IS NOT NULL

    No rewrite is offered for NOT IN: the good query returns other rows. Silent without NULL.

    По-русски: NULL в списке NOT IN не пропустит ни одной строки, а в списке IN ничего не найдёт.
    Переписанного запроса нет: у хорошего другие строки. Молчит, если NULL в списке нет.
    """
    for test in every(query, exp.In):
        listed = test.expressions
        if not any(isinstance(item, exp.Null) for item in listed):
            continue
        negated = isinstance(test.parent, exp.Not)
        english = "lets no row through" if negated else "finds nothing"
        russian = "не пропустит ни одной строки" if negated else "ничего не найдёт"
        yield found(
            test,
            "null-in-list",
            "wrong",
            f"the NULL in the list of {'NOT IN' if negated else 'IN'} {english}",
            f"NULL в списке {'NOT IN' if negated else 'IN'} {russian}",
        )


def case_when_null(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """CASE x WHEN NULL compares with =, so that branch is never taken.

    Bad:
        SELECT CASE city WHEN NULL THEN 'nowhere' ELSE city END FROM customers
    Good:
        SELECT CASE WHEN city IS NULL THEN 'nowhere' ELSE city END FROM customers

    No rewrite is offered: the good query returns other values. Silent for CASE WHEN ... IS NULL.

    По-русски: CASE x WHEN NULL сравнивает знаком =, и эта ветвь никогда не выбирается.
    Переписанного запроса нет: у хорошего другие значения. Молчит для CASE WHEN ... IS NULL.
    """
    for case in every(query, exp.Case):
        if case.this is None:
            continue
        for branch in case.args["ifs"]:
            if isinstance(branch.this.unnest(), exp.Null):
                yield found(
                    case,
                    "case-when-null",
                    "wrong",
                    f"WHEN NULL is never taken: write CASE WHEN {shown(case.this)} IS NULL",
                    f"ветвь WHEN NULL не выбирается: пишите CASE WHEN {shown(case.this)} IS NULL",
                )


def inequality_of_nullable(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A row whose column is NULL passes neither = 'a' nor <> 'a', NOT IN or NOT LIKE.

    Bad:
        SELECT name FROM customers WHERE city <> 'Oslo'
    Good:
        SELECT name FROM customers WHERE city <> 'Oslo' OR city IS NULL

    A guess: the rows without a value may be unwanted. No rewrite is offered, as only the author
    knows. Silent when the schema says NOT NULL, below an outer join, and when another condition
    speaks of the column.

    По-русски: строка, где в столбце NULL, не проходит ни = 'a', ни <> 'a', ни NOT IN, ни NOT LIKE.
    Это догадка: строки без значения могли быть и не нужны, решает автор. Молчит, когда по схеме
    столбец NOT NULL, под внешним соединением и когда о столбце говорит ещё одно условие.
    """
    for select in selects(query):
        named: Counter[exp.Expr] | None = None
        for part in where(select):
            column = _excludes(part)
            if column is None or not is_surely_nullable(column, schema):
                continue
            if named is None:  # counted once, or else each part would be read for each other one
                named = Counter(c for given in conditions(select) for c in _named(given))
            if named[column] > sum(c == column for c in _named(part)):
                continue
            yield found(
                part,
                "inequality-of-nullable",
                "style",
                f"rows where {shown(column)} is NULL do not pass `{shown(part)}`;"
                " a guess: they may be meant too",
                f"строки, где {shown(column)} — NULL, не проходят `{shown(part)}`;"
                " догадка: могли быть нужны и они",
            )


def _named(node: exp.Expr) -> Iterator[exp.Column]:
    return node.find_all(exp.Column)


def _excludes(part: exp.Expr) -> exp.Column | None:
    """The column of `column <> literal`, NOT IN (literals) or NOT LIKE."""
    if isinstance(part, exp.NEQ):
        for column, value, _ in sides(part):
            if isinstance(column, exp.Column) and isinstance(value, exp.Literal):
                return column
    if isinstance(part, exp.Not):
        test = part.this.unnest()
        is_list = isinstance(test, exp.In) and all(
            isinstance(item, exp.Literal) for item in test.expressions or [None]
        )
        if (is_list or isinstance(test, exp.Like)) and isinstance(test.this, exp.Column):
            return test.this
    return None


def is_surely_nullable(column: exp.Column, schema: Schema) -> bool:
    """Whether the schema lets the column be NULL, and no outer join is the reason."""
    held, source = schema_column(column, schema), owner(column, schema)
    if held is None or source is None or source[1].optional:
        return False
    return is_nullable_column(*held)


def null_concatenation(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """One NULL among the parts joined by || makes the whole text NULL.

    Bad:
        SELECT name || ', ' || city FROM customers
    Good:
        SELECT name || ', ' || COALESCE(city, 'city unknown') FROM customers

    No rewrite is offered: only the author knows what stands for a missing part. Silent when the
    schema says NOT NULL, inside COALESCE, in conditions, and where WHERE asks for a value.

    По-русски: один NULL среди частей, соединённых знаком ||, делает весь текст NULL. Переписанного
    запроса нет: чем заменить недостающую часть, знает автор. Молчит, когда по схеме столбец
    NOT NULL, внутри COALESCE, в условиях и там, где WHERE требует значения.
    """
    for chain in every(query, exp.DPipe):
        if isinstance(chain.parent, exp.DPipe):
            continue
        parts = [part.unnest() for part in chain.flatten()]
        around = chain.find_ancestor(exp.Coalesce, exp.Case, exp.Where, exp.Join, exp.Select)
        if len(parts) < 2 or not isinstance(around, exp.Select):
            continue
        given = conditions(around)
        for part in parts:
            if not isinstance(part, exp.Column) or not is_surely_nullable(part, schema):
                continue
            if any(asks_present(condition, part) for condition in given):
                continue
            yield found(
                chain,
                "null-concatenation",
                "wrong",
                f"the whole text is NULL where {shown(part)} is",
                f"весь текст станет NULL, если {shown(part)} — NULL",
            )
            break
