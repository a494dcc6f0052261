"""Values compared with, or turned into, another type than they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import NUMBERS, kind, type_name
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import COMPARISONS, columns_of, sides
from sqlwright.analyze.tree import replaced
from sqlwright.schema import Schema, enum_values, kind_of

_RANGES = {
    "TINYINT": (-128, 255),
    "SMALLINT": (-32768, 65535),
    "INT2": (-32768, 32767),
    "MEDIUMINT": (-8388608, 16777215),
    "INT": (-(2**31), 2**32 - 1),
    "INTEGER": (-(2**31), 2**32 - 1),
    "INT4": (-(2**31), 2**31 - 1),
}


def number_as_text(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A number in quotes makes the engine guess which of the two types is compared.

    Bad:
        SELECT name FROM customers WHERE id = '5'
    Good:
        SELECT name FROM customers WHERE id = 5

    The rewrite drops the quotes. Silent for columns that are no whole numbers, and for texts with
    anything but digits.

    По-русски: число в кавычках заставляет движок гадать, какой из двух типов сравнивать.
    Переписанный запрос убирает кавычки. Молчит для столбцов, которые не целые числа, и для текстов,
    где есть не только цифры.
    """
    for column, value in _compared_with_literals(query):
        if not value.is_string or not re.fullmatch(r"0|-?[1-9]\d{0,17}", value.name):
            continue
        if kind(column, schema) != "int":
            continue
        number = exp.Literal.number(value.name)
        yield found(
            value,
            "number-as-text",
            "style",
            f"{shown(column)} is a number, and {shown(value)} a text: drop the quotes",
            f"{shown(column)} — число, а {shown(value)} — текст: уберите кавычки",
            rewrite=partial(replaced, query, value, number),
        )


def _compared_with_literals(query: exp.Query) -> Iterator[tuple[exp.Column, exp.Literal]]:
    """(column, literal) of every comparison, IN list and BETWEEN."""
    for test in every(query, *COMPARISONS, exp.In, exp.Between):
        if isinstance(test, COMPARISONS):
            pairs = [(column, [value]) for column, value, _ in sides(test)]
        elif isinstance(test, exp.In):
            pairs = [(test.this.unnest(), test.expressions)]
        else:
            pairs = [(test.this.unnest(), [test.args["low"], test.args["high"]])]
        for column, values in pairs:
            for value in values:
                if isinstance(column, exp.Column) and isinstance(value, exp.Literal):
                    yield column, value


def text_compared_with_number(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A text column compared with a number is turned into a number in every row.

    Bad:
        SELECT id FROM orders WHERE coupon = 15
    Good:
        SELECT id FROM orders WHERE coupon = '15'

    MySQL reads no index then, and takes '15 %' for 15; PostgreSQL refuses the query. No rewrite is
    offered: '015' is another text. Silent for columns that are not texts.

    По-русски: текстовый столбец при сравнении с числом приходится превращать в число в каждой
    строке: MySQL тогда не использует индекс и примет '15 %' за 15, PostgreSQL откажется.
    Переписанного запроса нет: '015' — другой текст. Молчит для столбцов, которые не тексты.
    """
    for column, value in _compared_with_literals(query):
        if value.is_string or kind(column, schema) != "text":
            continue
        if not re.match(r"\w*(CHAR|TEXT|STRING|CLOB)", type_name(column, schema)):
            continue  # ENUM and SET count from 1, UUID and JSON have rules of their own
        yield found(
            value,
            "text-compared-with-number",
            "wrong",
            f"{shown(column)} is a text, and {shown(value)} a number: write '{value.name}'",
            f"{shown(column)} — текст, а {shown(value)} — число: пишите '{value.name}'",
            evidence=type_name(column, schema),
        )


def columns_of_other_kinds(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A text column compared with a number column has to be converted in every row.

    Bad:
        SELECT o.id FROM orders o JOIN products p ON p.id = o.coupon
    Good:
        SELECT o.id FROM orders o JOIN products p ON CAST(p.id AS TEXT) = o.coupon

    An index on the converted column does not serve, and PostgreSQL refuses the query. No rewrite is
    offered: '07' and 7 are equal only as numbers. Silent between kinds of numbers, and where a kind
    is not known.

    По-русски: текстовый столбец при сравнении с числовым приходится преобразовывать в каждой
    строке: индекс по нему не поможет, а PostgreSQL откажется. Переписанного запроса нет: '07' и 7
    равны только как числа. Молчит для разных родов чисел и когда род неизвестен.
    """
    for test in every(query, *COMPARISONS):
        left, right = test.this.unnest(), test.expression.unnest()
        if not isinstance(left, exp.Column) or not isinstance(right, exp.Column):
            continue
        kinds = (kind(left, schema), kind(right, schema))
        if "text" not in kinds or not any(known in NUMBERS for known in kinds):
            continue
        yield found(
            test,
            "columns-of-other-kinds",
            "slow",
            f"`{shown(test)}` compares a text with a number: one of them is converted in every row",
            f"`{shown(test)}` сравнивает текст с числом: одно из них преобразуется в каждой строке",
            evidence=", ".join(
                f"{shown(column)} {type_name(column, schema)}" for column in (left, right)
            ),
        )


def needless_cast(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """CAST of a column to the type that it has changes nothing, and hides it from an index.

    Bad:
        SELECT id FROM orders WHERE CAST(placed AS DATE) = '2024-05-01'
    Good:
        SELECT id FROM orders WHERE placed = '2024-05-01'

    Silent when the types differ in anything, length included, and for kinds that engines store in
    another way than they are declared.

    По-русски: CAST столбца к типу, который у него и так есть, ничего не меняет и прячет столбец от
    индекса. Молчит, когда типы хоть чем-то различаются, длиной тоже, и для типов, которые движки
    хранят не так, как они объявлены.
    """
    for cast in every(query, exp.Cast):
        column = cast.this
        if not isinstance(column, exp.Column) or isinstance(cast, exp.TryCast):
            continue
        declared = type_name(column, schema)
        if _plain(declared) != _plain(cast.to.sql()) or kind_of(declared) not in _STORED:
            continue
        clause = cast.find_ancestor(exp.Where, exp.Join, exp.Select)
        yield found(
            cast,
            "needless-cast",
            "style" if isinstance(clause, exp.Select | None) else "slow",
            f"{shown(column)} is {declared} already",
            f"{shown(column)} и так {declared}",
            rewrite=partial(replaced, query, cast, column.copy()),
        )


_STORED = ("int", "date", "timestamp", "text", "bool")
_SPELLINGS = {"INTEGER": "INT", "INT4": "INT", "INT8": "BIGINT", "BOOL": "BOOLEAN"}


def _plain(name: str) -> str:
    """A type's name in one spelling; a type that lengths or zones complicate stays as it is."""
    text = re.sub(r"\s+", "", name.upper())
    return _SPELLINGS.get(text, text)


def float_equality(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A floating point column holds the nearest binary value: = with a fraction seldom finds it.

    Bad:
        SELECT id FROM payments WHERE rate = 0.1
    Good:
        SELECT id FROM payments WHERE rate BETWEEN 0.0999 AND 0.1001

    No rewrite is offered: only the author knows how near is near enough. Silent for NUMERIC, for
    whole numbers and for < and >.

    По-русски: столбец с плавающей точкой хранит ближайшее двоичное значение: = с дробью редко его
    найдёт. Переписанного запроса нет: насколько близко — достаточно близко, знает автор. Молчит для
    NUMERIC, целых чисел, < и >.
    """
    for test in every(query, exp.EQ, exp.NEQ):
        for column, value, _ in sides(test):
            if not isinstance(column, exp.Column) or not isinstance(value, exp.Literal):
                continue
            if value.is_string or value.is_int or kind(column, schema) != "real":
                continue
            if re.fullmatch(r"\d*\.(0*|250*|50*|750*)", value.name):
                continue  # these are binary fractions
            yield found(
                test,
                "float-equality",
                "wrong",
                f"{shown(column)} holds no exact {shown(value)}: compare with a range",
                f"{shown(column)} не хранит {shown(value)} точно: сравнивайте с диапазоном",
                evidence=type_name(column, schema),
            )


def impossible_literal(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """No value of the column's type can equal the literal: it is too long, too big, or not listed.

    Bad:
        SELECT id FROM payments WHERE method = 'bank transfer'
    Good:
        SELECT id FROM payments WHERE method = 'transfer'

    No rewrite is offered: the literal is probably misspelled. Silent for types without a bound, for
    < and >, and where the schema does not know the column.

    По-русски: ни одно значение типа столбца не может равняться этой постоянной: она слишком длинна,
    слишком велика или её нет в списке. Переписанного запроса нет: в постоянной, видимо, ошибка.
    Молчит для типов без границ, для < и > и когда столбца нет в схеме.
    """
    for column, value in _compared_with_literals(query):
        if not isinstance(value.parent, exp.EQ | exp.NEQ | exp.In):
            continue
        declared = type_name(column, schema)
        why = _why_impossible(declared, value)
        if why is None:
            continue
        yield found(
            value,
            "impossible-literal",
            "wrong",
            f"{shown(column)} is {declared}: no value of it can equal {shown(value)}",
            f"{shown(column)} — {declared}: ни одно его значение не равно {shown(value)}",
            evidence=why,
        )


def _why_impossible(declared: str, value: exp.Literal) -> tuple[str, str] | None:
    if value.is_string:
        listed = enum_values(declared)
        if listed and declared.startswith("ENUM"):
            names = {name.lower() for name in listed}
            if value.name.lower() in names or not value.name:
                return None
            return "not in the list", "нет в списке"
        most = re.fullmatch(r"(?:VAR|N|NVAR|BP)?CHAR(?:ACTER)?(?: VARYING)?\((\d+)\)", declared)
        if most is None or len(value.name.rstrip()) <= int(most[1]):
            return None
        return f"{len(value.name)} characters", f"знаков: {len(value.name)}"
    bounds = _RANGES.get(re.split(r"[\s(]", declared)[0])
    if bounds is None:
        return None
    if not value.is_int:
        return None if float(value.name).is_integer() else ("a fraction", "дробное")
    return None if bounds[0] <= int(value.name) <= bounds[1] else ("out of range", "вне границ")


def like_on_number(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """LIKE on a number or a date turns it into a text in every row, as the engine spells it.

    Bad:
        SELECT id FROM orders WHERE placed LIKE '2024-05%'
    Good:
        SELECT id FROM orders WHERE placed >= '2024-05-01' AND placed < '2024-06-01'

    No index serves, and PostgreSQL refuses the query. No rewrite is offered. Silent for texts and
    for columns of an unknown type.

    По-русски: LIKE по числу или дате превращает её в текст в каждой строке, и притом так, как её
    пишет движок: индекс не поможет, а PostgreSQL откажется. Переписанного запроса нет. Молчит для
    текстов и столбцов неизвестного типа.
    """
    for test in every(query, exp.Like, exp.ILike):
        column = test.this.unnest()
        if not isinstance(column, exp.Column):
            continue
        if kind(column, schema) not in (*NUMBERS, "date", "timestamp"):
            continue
        yield found(
            test,
            "like-on-number",
            "slow",
            f"{shown(column)} is no text: compare it with a range",
            f"{shown(column)} — не текст: сравнивайте его с диапазоном",
            evidence=type_name(column, schema),
        )


def plus_on_text(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """+ adds numbers: texts are joined by || or CONCAT.

    Bad:
        SELECT name + ', ' + city FROM customers
    Good:
        SELECT name || ', ' || city FROM customers

    MySQL and SQLite give 0 for it, PostgreSQL refuses it. No rewrite is offered: || is OR in MySQL.
    Silent for numbers and dates, and where a kind is not known.

    По-русски: + складывает числа, а тексты соединяют || или CONCAT. MySQL и SQLite дадут 0,
    PostgreSQL откажется. Переписанного запроса нет: в MySQL || — это OR. Молчит для чисел и дат и
    когда род значения неизвестен.
    """
    for plus in every(query, exp.Add):
        if isinstance(plus.parent, exp.Add):
            continue
        parts = [part.unnest() for part in plus.flatten()]
        texts = [part for part in parts if _is_text(part, schema)]
        if not texts or not any(columns_of(part) for part in parts):
            continue
        yield found(
            plus,
            "plus-on-text",
            "wrong",
            f"{shown(texts[0])} is a text, and + adds numbers: join texts by || or CONCAT",
            f"{shown(texts[0])} — текст, а + складывает числа: соединяйте тексты || или CONCAT",
        )


def _is_text(part: exp.Expr, schema: Schema) -> bool:
    if isinstance(part, exp.Literal):
        return part.is_string and not re.search(r"\d", part.name)
    return isinstance(part, exp.Column) and kind(part, schema) == "text"
