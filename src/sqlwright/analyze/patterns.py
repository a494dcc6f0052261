"""Conditions on texts put together or searched, where the parts would do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import columns_of
from sqlwright.schema import Schema

_MOST_VALUES = 100
_PLAIN = re.compile(r"\^?[\w @:;,/-]+\$?")


def concatenation_in_condition(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Columns glued together for a comparison match what was never glued that way, by no index.

    Bad:
        SELECT c.id FROM customers c WHERE c.name || c.city = 'AnnOslo'
    Good:
        SELECT c.id FROM customers c WHERE c.name = 'Ann' AND c.city = 'Oslo'

    'An' with 'nOslo' passes too. No rewrite is offered: the good query returns other rows. Silent
    when one column is glued to constants alone, and in the SELECT list.

    По-русски: столбцы, склеенные для сравнения, совпадают и с тем, что так никогда не склеивали, и
    индекс не поможет: 'An' с 'nOslo' тоже пройдёт. Переписанного запроса нет: хороший возвращает
    другие строки. Молчит, когда столбец склеен только с постоянными, и в списке SELECT.
    """
    for test in every(query, exp.EQ, exp.In):
        clause = test.find_ancestor(exp.Where, exp.Join, exp.Having, exp.Select, exp.Case)
        if not isinstance(clause, exp.Where | exp.Join):
            continue
        sides = [test.this] if isinstance(test, exp.In) else [test.this, test.expression]
        glued = next((side.unnest() for side in sides if _is_glued(side.unnest())), None)
        if glued is None:
            continue
        yield found(
            test,
            "concatenation-in-condition",
            "slow",
            f"`{shown(glued)}` is glued for each row: compare the columns one by one",
            f"`{shown(glued)}` склеивается для каждой строки: сравнивайте столбцы по одному",
        )


def _is_glued(side: exp.Expr) -> bool:
    if not isinstance(side, exp.DPipe | exp.Concat | exp.ConcatWs):
        return False
    return len({column.sql() for column in columns_of(side)}) > 1


def regexp_for_like(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A regular expression without special signs is slower than LIKE or =, and hides what it asks.

    Bad:
        SELECT id FROM customers WHERE name ~ '^Ann'
    Good:
        SELECT id FROM customers WHERE name LIKE 'Ann%'

    No rewrite is offered: engines differ on case, and in DuckDB on whether ~ matches the whole
    text. Silent for patterns with more than an anchor, and ones that are not literals.

    По-русски: регулярное выражение без особых знаков медленнее, чем LIKE или =, и хуже читается.
    Переписанного запроса нет: СУБД по-разному относятся к регистру. Молчит для шаблонов, где есть
    что-то кроме привязки к началу или концу, и для незаданных текстом.
    """
    for test in every(query, exp.RegexpLike):
        pattern = test.expression
        if not isinstance(pattern, exp.Literal) or not _PLAIN.fullmatch(pattern.name):
            continue
        if not columns_of(test.this):
            continue
        name = pattern.name
        like = name.removeprefix("^").removesuffix("$")
        like = f"{'' if name.startswith('^') else '%'}{like}{'' if name.endswith('$') else '%'}"
        said = f"LIKE '{like}'" if "%" in like else f"= '{like}'"
        yield found(
            test,
            "regexp-for-like",
            "slow",
            f"{shown(pattern)} needs no regular expression: {said} says it",
            f"для {shown(pattern)} не нужно регулярное выражение: достаточно {said}",
        )


def many_alternatives(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A list of hundreds of values is parsed and planned anew each time: a table can be joined.

    Bad:
        SELECT id FROM orders WHERE customer_id IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
          15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36,
          37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58,
          59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80,
          81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101)
    Good:
        SELECT id FROM orders WHERE customer_id BETWEEN 1 AND 101

    No rewrite is offered. Silent up to a hundred values.

    По-русски: список из сотен значений каждый раз разбирается и планируется заново: значения можно
    положить в таблицу и соединить. Переписанного запроса нет. Молчит до ста значений.
    """
    for test in every(query, exp.In):
        if len(test.expressions) <= _MOST_VALUES:
            continue
        yield found(
            test,
            "many-alternatives",
            "slow",
            f"{len(test.expressions)} values in a list: join a table of them",
            f"значений в списке: {len(test.expressions)}; соедините с таблицей",
        )
