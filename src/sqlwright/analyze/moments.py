"""Dates and times: days that are cut off, dates that engines read differently or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.kinds import kind
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import COMPARISONS, sides
from sqlwright.schema import Schema

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?"
)
_WORDS = re.compile(r"(now|today|tomorrow|yesterday|epoch|-?infinity|current_\w+)", re.IGNORECASE)


def last_day_cut_off(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A day without a time is its midnight: up to it, a timestamp loses the whole last day.

    Bad:
        SELECT id FROM orders WHERE paid BETWEEN '2024-05-01' AND '2024-05-31'
    Good:
        SELECT id FROM orders WHERE paid >= '2024-05-01' AND paid < '2024-06-01'

    No rewrite is offered: the good query returns other rows. Silent for columns of type DATE, for
    ends with a time, and for <.

    По-русски: день без времени — это его полночь: столбец со временем до неё теряет весь последний
    день. Переписанного запроса нет: у хорошего другие строки. Молчит для столбцов типа DATE, для
    границ со временем и для <.
    """
    for test in every(query, exp.Between, exp.LTE, exp.GTE, exp.EQ):
        if isinstance(test, exp.Between):
            pairs = [(test.this.unnest(), test.args["high"], "BETWEEN")]
        else:
            pairs = [
                (column, value, "=" if how is exp.EQ else "<=")
                for column, value, how in sides(test)
                if how in (exp.LTE, exp.EQ)
            ]
        for column, value, word in pairs:
            day = _day(value)
            if day is None or not isinstance(column, exp.Column):
                continue
            if kind(column, schema) != "timestamp":
                continue
            yield found(
                test,
                "last-day-cut-off",
                "wrong",
                f"{shown(column)} has a time: {word} '{day}' reaches only its midnight,"
                " write < the day after",
                f"в {shown(column)} есть время: {word} '{day}' — это лишь полночь,"
                " пишите < следующего дня",
            )


def _day(value: exp.Expr) -> str | None:
    """The text of a day without a time."""
    if isinstance(value, exp.Cast) and value.to.this == exp.DType.DATE:
        value = value.this
    if isinstance(value, exp.Literal) and value.is_string and _DAY.fullmatch(value.name):
        return value.name
    return None


def odd_date(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A date that is not written year-month-day is read differently from one server to the next.

    Bad:
        SELECT id FROM orders WHERE placed >= '01/02/2024'
    Good:
        SELECT id FROM orders WHERE placed >= '2024-02-01'

    So is a day that no calendar has. No rewrite is offered: only the author knows which part is the
    month. Silent for year-month-day, for words such as 'today', and for columns that are no dates.

    По-русски: дату, записанную не как год-месяц-день, разные серверы читают по-разному, а дня,
    которого нет в календаре, не прочтёт никто. Переписанного запроса нет: где месяц, знает автор.
    Молчит для записи год-месяц-день, для слов вроде 'today' и для столбцов, которые не даты.
    """
    for column, value in _compared_texts(query):
        if kind(column, schema) not in ("date", "timestamp"):
            continue
        why = _why_odd(value.name.strip())
        if why is None:
            continue
        english, russian = why
        yield found(
            value,
            "odd-date",
            "wrong",
            f"{shown(value)} {english}: write 'year-month-day'",
            f"{shown(value)} {russian}: пишите 'год-месяц-день'",
        )


def _compared_texts(query: exp.Query) -> Iterator[tuple[exp.Column, exp.Literal]]:
    """(column, text) of every comparison and BETWEEN."""
    for test in every(query, *COMPARISONS, exp.Between):
        if isinstance(test, exp.Between):
            pairs = [(test.this, test.args["low"]), (test.this, test.args["high"])]
        else:
            pairs = [(test.this, test.expression), (test.expression, test.this)]
        for column, value in pairs:
            if isinstance(value, exp.Cast):
                value = value.this
            if not isinstance(column, exp.Column) or not isinstance(value, exp.Literal):
                continue
            if value.is_string:
                yield column, value


def _why_odd(text: str) -> tuple[str, str] | None:
    parts = _ISO.fullmatch(text)
    if parts is None:
        if not text or _WORDS.fullmatch(text) or re.fullmatch(r"\d{8}|[\d:.]+", text):
            return None
        return "is read by the server's settings", "читается по настройкам сервера"
    try:
        date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        return "is in no calendar", "нет в календаре"
    return None


def sorted_as_text(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Numbers turned into texts sort as texts: '10' comes before '9'.

    Bad:
        SELECT id FROM products ORDER BY CAST(stock AS VARCHAR)
    Good:
        SELECT id FROM products ORDER BY stock

    So do MIN and MAX, and dates in any other form than year-month-day. No rewrite is offered: the
    good query returns another order. Silent for texts, and for conversions in the SELECT list.

    По-русски: числа, превращённые в тексты, и сортируются как тексты: '10' раньше '9'. Так же MIN и
    MAX и даты в любой записи, кроме год-месяц-день. Переписанного запроса нет: у хорошего другой
    порядок. Молчит для текстов и для преобразований в списке SELECT.
    """
    for node in every(query, exp.Ordered, exp.Min, exp.Max):
        value = node.this.unnest() if node.this is not None else None
        inner = _made_text(value, schema)
        if inner is None:
            continue
        yield found(
            node,
            "sorted-as-text",
            "wrong",
            f"`{shown(value or node)}` is compared as a text, '10' before '9':"
            f" compare {shown(inner)}",
            f"`{shown(value or node)}` сравнивается как текст, '10' раньше '9':"
            f" сравнивайте {shown(inner)}",
        )


def _made_text(value: exp.Expr | None, schema: Schema) -> exp.Expr | None:
    """What a conversion turns into a text that sorts differently."""
    if isinstance(value, exp.Cast) and kind(value, schema) == "text":
        return value.this if kind(value.this, schema) in ("int", "num", "real") else None
    if isinstance(value, exp.TimeToStr):
        form = value.args.get("format")
        if isinstance(form, exp.Literal) and re.match(r"%[dmbBAaejI]", form.name):
            return value.this  # type: ignore[no-any-return]
    return None
