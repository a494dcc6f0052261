"""Times as people say them in a question, and the bounds that they mean in SQL."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from sqlwright.data.names import invent_date
from sqlwright.months import next_month

MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTHS_RU = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)


def a_time(column: str, kind: str, language: str, rng: Random) -> tuple[str, str]:
    """A condition on a date or a time, and its words: in 1995, after March 1996, on a day."""
    draw, start = rng.random(), invent_date(rng)
    if draw < 0.04:
        return _months(start, column, language)
    if draw < 0.36:
        first, end, unit = _period(start, rng)
        text = f"{column} >= '{first}' AND {column} < '{end}'"
        return text, _in_period(first, unit, language, rng)
    if draw < 0.86:
        return _bound(start, column, kind, language, rng)
    if draw < 0.93 and kind == "date":
        said = say_day(start, language, rng)
        return f"{column} = '{start}'", f"on {said}" if language == "en" else said
    end = start + timedelta(days=rng.choice([10, 30, 60, 90, 200, 365]))
    one, two = say_day(start, language, rng), say_day(end, language, rng)
    words = f"between {one} and {two}" if language == "en" else f"с {one} по {two}"
    last = f"<= '{end}'" if kind == "date" else f"< '{end + timedelta(days=1)}'"
    return f"{column} >= '{start}' AND {column} {last}", words


def _period(start: date, rng: Random) -> tuple[date, date, str]:
    kind = rng.choices(("year", "month", "quarter"), weights=(60, 30, 10))[0]
    if kind == "year":
        return date(start.year, 1, 1), date(start.year + 1, 1, 1), kind
    if kind == "month":
        first = start.replace(day=1)
        return first, next_month(first), kind
    first = date(start.year, 3 * ((start.month - 1) // 3) + 1, 1)
    return first, next_month(next_month(next_month(first))), kind


def _months(start: date, column: str, language: str) -> tuple[str, str]:
    """From one month of a year to a later one."""
    first = start.replace(day=1, month=min(start.month, 10))
    last = first.replace(month=min(12, first.month + 1 + start.day % 5))
    text = f"{column} >= '{first}' AND {column} < '{next_month(last)}'"
    if language == "en":
        names = MONTHS_EN[first.month - 1], MONTHS_EN[last.month - 1]
        return text, f"from {names[0]} to {names[1]} {first.year}"
    return text, f"с {month_ru(first.month)} по {MONTHS_RU[last.month - 1]} {first.year} года"


_ORDINALS = {
    "en": ("first", "second", "third", "fourth"),
    "ru": ("первом", "втором", "третьем", "четвертом"),
}


def _in_period(first: date, unit: str, language: str, rng: Random) -> str:
    year, quarter = first.year, _ORDINALS[language][(first.month - 1) // 3]
    said: dict[str, tuple[str, ...]]
    if language == "en":
        month = MONTHS_EN[first.month - 1]
        said = {
            "year": (f"in {year}", f"in {year}", f"in the year {year}", f"during {year}"),
            "month": (f"in {month} {year}", f"in {month} of {year}"),
            "quarter": (f"in the {quarter} quarter of {year}",),
        }
    else:
        said = {
            "year": (f"в {year} году", f"за {year} год", f"в {year}"),
            "month": (
                f"в {month_ru(first.month, 'pre')} {year} года",
                f"за {MONTHS_RU[first.month - 1]} {year} года",
            ),
            "quarter": (f"в {quarter} квартале {year} года",),
        }
    return rng.choice(said[unit])


def month_ru(number: int, case: str = "gen") -> str:
    """A month's Russian name: марта, в марте."""
    name = MONTHS_RU[number - 1]
    stem = name[:-1] if name[-1] in "ьй" else name
    if case == "gen":
        return stem + ("а" if name.endswith("т") else "я")
    return stem + "е"


def _bound(start: date, column: str, kind: str, language: str, rng: Random) -> tuple[str, str]:
    """A one-sided limit: after or before a year, a month or a day."""
    form = rng.choices(("year", "month", "day"), weights=(30, 20, 50))[0]
    first = {"year": date(start.year, 1, 1), "month": start.replace(day=1)}.get(form, start)
    after = {"year": date(start.year + 1, 1, 1), "month": next_month(first)}.get(
        form, start + timedelta(days=1)
    )
    said = say_day(start, language, rng)
    if form == "year":
        said = str(start.year) if language == "en" else f"{start.year} года"
    elif form == "month":
        name = MONTHS_EN[start.month - 1] if language == "en" else month_ru(start.month)
        said = f"{name} {start.year}" + (" года" if language == "ru" else "")
    way = rng.choice(("after", "since", "before", "until"))
    by_day = form == "day" and kind == "date"
    text = {
        "after": f"> '{start}'" if by_day else f">= '{after}'",
        "since": f">= '{first}'",
        "before": f"< '{first}'",
        "until": f"<= '{start}'" if by_day else f"< '{after}'",
    }[way]
    return f"{column} {text}", f"{rng.choice(_WAYS[language][way])} {said}"


_WAYS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "after": ("after", "later than"),
        "since": ("since", "from", "not earlier than"),
        "before": ("before", "earlier than"),
        "until": ("not later than", "up to and including"),
    },
    "ru": {
        "after": ("после", "позже"),
        "since": ("начиная с", "не раньше"),
        "before": ("до", "раньше"),
        "until": ("не позже", "не позднее"),
    },
}


def say_day(day: date, language: str, rng: Random) -> str:
    """The day as people write it."""
    draw = rng.random()
    if draw < 0.4:
        return day.isoformat()
    if language == "ru":
        if draw < 0.6:
            return f"{day.day:02d}.{day.month:02d}.{day.year}"
        return f"{day.day} {month_ru(day.month)} {day.year}" + (" года" if draw < 0.8 else "")
    month = MONTHS_EN[day.month - 1]
    return f"{month} {day.day}, {day.year}" if draw < 0.75 else f"{day.day} {month} {day.year}"
