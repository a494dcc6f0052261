"""Times of a question: a year, a month, a quarter, a day, or from one to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlwright.ask.compose.tokens import Token, covered, number_words, value_of
from sqlwright.data.asked_dates import MONTHS_EN, MONTHS_RU
from sqlwright.months import next_month


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` up to, and without, `end`; either may be open.

    `first_token` and `end_token` are the tokens that say it.

    Attributes:
        last: so many units before the latest day of the data: (30, "day").
    """

    first: date | None
    end: date | None
    first_token: int
    end_token: int
    last: tuple[int, str] | None = None


def _month_pattern() -> str:
    english = [f"{name.lower()}|{name[:3].lower()}" for name in MONTHS_EN]
    russian = [
        f"{name[:-1] if name[-1] in 'йь' else name}(?:а|е|я|ю|й|ь|ом|ем)?" for name in MONTHS_RU
    ]
    return "|".join(
        f"(?P<m{n}>{one}|{other})"
        for n, (one, other) in enumerate(zip(english, russian, strict=False), 1)
    )


_YEAR = r"(?:19|20)\d\d"
_MONTH = re.compile(_month_pattern())
_NAME = re.sub(r"\?P<m\d+>", "?:", _MONTH.pattern)
_DAY = (
    rf"(?:\d{{4}}-\d\d-\d\d|\d{{1,2}}[./]\d{{1,2}}[./]\d{{4}}"
    rf"|(?:{_NAME})\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|-?го|-?е)? (?:of )?(?:{_NAME})\.?,? {_YEAR}(?: года?| г\.?)?)"
    r"(?![\w-])"
)
_ONE = (
    rf"(?:{_DAY}|(?:{_NAME})\.?(?: of)?,? {_YEAR}(?: года?| г\.?)?(?![\w-])"
    rf"|{_YEAR}(?![\w-])(?: год[ау]?)?)"
)
_QUARTERS = {
    "first": 1, "1st": 1, "q1": 1, "1": 1, "перв": 1, "i": 1, "second": 2, "2nd": 2, "q2": 2,
    "2": 2, "втор": 2, "ii": 2, "third": 3, "3rd": 3, "q3": 3, "3": 3, "трет": 3, "iii": 3,
    "fourth": 4, "4th": 4, "q4": 4, "4": 4, "четверт": 4, "iv": 4, "last": 4, "последн": 4,
}  # fmt: skip
_QUARTER = (
    rf"(?P<q>q[1-4]|(?:first|second|third|fourth|last|[1-4](?:st|nd|rd|th)?|перв|втор|трет|четверт"
    rf"|последн|iv|i{{1,3}})(?:-?\w{{1,3}})?) *(?:quarter|квартал\w*)?,?(?: of| in)?(?: the year)?"
    rf" *(?P<qy>{_YEAR})(?: года?)?"
)
_HALF = (
    rf"(?P<h>first|second|перв\w+|втор\w+) (?:half|полугоди\w+|половин\w+)(?: of)?(?: the year)?"
    rf" (?P<hy>{_YEAR})(?: года?)?"
)
_RANGE = (
    rf"(?:between|from|between the|с|со|от|между|period from|период с)"
    rf" (?:the )?(?P<from>{_ONE}|(?:{_NAME}))"
    rf" (?:and|to|until|till|through|up to|по|до|и)(?: the)? (?P<to>{_ONE})"
)
_DAYS = (
    rf"(?:(?:from|between|с|со|на|in|on) )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th|-?го|-?е)?"
    rf" ?(?:-|–|—|to|and|through|till|until|по|до|и) ?"
    rf"(?P<to_day>\d{{1,2}}(?:st|nd|rd|th|-?го|-?е)? (?:of )?(?:{_NAME})\.?,? {_YEAR}(?: года?)?)"
    r"(?![\w-])"
)
_LATER = (
    rf"(?:(?:on|in|from|с|в) )?(?P<at>{_ONE}),? (?:(?:or|and|и|или) )?"
    r"(?P<way>later|after|onwards?|newer|позже|позднее|после|earlier|before|older|ранее|раньше)"
    r"(?! (?:than|чем|the|\d))"
)
_PAIR = (
    rf"(?:(?:in|for|during|в|во|за|of) )?(?P<y1>{_YEAR}) (?:and|or|и|или) (?P<y2>{_YEAR})"
    r"(?: год\w*| years?)?(?![\w-])"
)
_AFTER = r"after|later than|следующ\w+ за|после|позже|позднее"
_SINCE = (
    r"since|starting (?:from|in|with)|from(?= .{0,30}(?:on|onwards?)\b)|no earlier than|not before"
    r"|not earlier than|начиная со?|не раньше|не ранее|со?(?= .{0,14}(?:19|20)\d\d(?! по))"
)
_BEFORE = r"before|earlier than|prior to|до|раньше|ранее|перед"
_UNTIL = (
    r"until|till|up to|through|not later than|no later than|not after|by the end of|не позже"
    r"|не позднее|по(?= конец)|до конца"
)
_BOUND = (
    rf"(?P<way>{_SINCE}|{_UNTIL}|{_AFTER}|{_BEFORE})"
    r"(?: and including)?(?: чем)?(?: the)?(?: the (?:end|beginning|start) of| конца| начала)?"
    rf" (?P<at>{_ONE})"
)
_PLAIN = (
    r"(?:(?:in|during|for|of|from|within|on|at|dated|за|в|во|на|от|the|начала?)(?: the)?"
    r"(?: year| течение)? )*"
    rf"(?P<plain>{_ONE})"
)
_COUNT = rf"\d{{1,4}}|{'|'.join(number_words())}"
_BACK = (
    r"(?:,? ?\(?(?:if |when |если )?(?:counting |counted |counting back |relative |measured "
    r"|считать |считая |отсчитывая )?(?:from|back from|to|before|up to|от|с|до) (?:the )?"
    r"(?:last|latest|most recent|последн\w+|дат\w+ последн\w+|самой последней)"
    r"(?: \w+)?(?: date| day)?\)?"
    r"| (?:of|in) (?:the )?(?:data|dataset|database)| (?:имеющихся )?данных)?"
)
_LAST = (
    r"(?:(?:in|over|during|within|for|from|of|за|в течение|на протяжении) )?(?:"
    rf"(?:the )?(?:last|past|final|most recent) (?P<n>{_COUNT}) (?P<unit>day|week|month|year)s?"
    r"|the (?:last|past|final) (?P<unit1>week|month|year)(?! of)"
    rf"|последн\w+ (?:(?P<n2>{_COUNT}) )?(?P<unit2>дн\w+|сут\w+|недел\w+|месяц\w*|год\w*|лет))"
    rf"(?!\w| (?:19|20)\d\d){_BACK}"
)
_UNITS = {"дн": "day", "су": "day", "не": "week", "ме": "month", "го": "year", "ле": "year"}
_PATTERNS = [
    re.compile(rf"(?<![\w#-])(?:{text})(?![\w#])")
    for text in (_LAST, _DAYS, _RANGE, _PAIR, _LATER, _BOUND, _HALF, _QUARTER, _PLAIN)
]


def periods(plain: str, tokens: tuple[Token, ...]) -> Iterator[Period]:
    """The times in the question, none inside another.

    Args:
        plain: the question as `tokens.lowered` writes it.
    """
    taken: set[int] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            first, end = covered(tokens, match.start(), match.end())
            if taken & {*range(first, end)} or first == end:
                continue
            if any(match.groupdict().get(name) for name in ("unit", "unit1", "unit2")):
                taken |= {*range(first, end)}
                yield Period(None, None, first, end, _last(match))
                continue
            found = _read(match)
            if found is None or _is_amount(match, plain):
                continue
            taken |= {*range(first, end)}
            yield Period(found[0], found[1], first, end)


def _last(match: re.Match[str]) -> tuple[int, str]:
    """How many of which unit the last ones are."""
    said = match.groupdict()
    count = said["n"] or said["n2"]
    unit = said["unit"] or said["unit1"] or _UNITS[(said["unit2"] or "")[:2]]
    return (int(count) if count.isdigit() else int(value_of(count)) if count else 1), unit


def _is_amount(match: re.Match[str], plain: str) -> bool:
    """Is it a bare number such as the 2000 of "balance above 2000"?"""
    if not re.fullmatch(_YEAR, match[0]):
        return False  # it has a preposition, a month or a word for year
    before = re.search(r"[\w'>=<]+[ ]*$", plain[: match.start()])
    after = re.match(r"[ ]*(?:году?|year)", plain[match.end() :])
    return (
        before is not None and not after and before[0].strip() not in ("year", "года", "and", "и")
    )


def _read(match: re.Match[str]) -> tuple[date | None, date | None] | None:
    said = match.groupdict()
    try:
        if said.get("to"):
            last = _span(said["to"])
            text = said["from"] or ""
            if not re.search(r"\d{4}", text):
                text = f"{text} {last[0].year}"
            return _span(text)[0], last[1]
        if said.get("y1"):
            one, other = int(said["y1"] or 0), int(said["y2"] or 0)
            return (date(one, 1, 1), date(other + 1, 1, 1)) if other == one + 1 else None
        if said.get("to_day"):
            last = _span(said["to_day"])
            return last[0].replace(day=int(said["d1"] or 0)), last[1]
        if said.get("way") and match.start("at") < match.start("way"):
            span = _span(said["at"] or "")
            is_before = re.match("earl|bef|old|ран", said["way"] or "")
            return (None, span[1]) if is_before else (span[0], None)
        if said.get("way"):
            return _bounded(said["way"] or "", _span(said["at"] or ""), match[0])
        if said.get("h"):
            year, is_first = int(said["hy"] or 0), (said["h"] or "").startswith(("f", "перв"))
            return (
                (date(year, 1, 1), date(year, 7, 1))
                if is_first
                else (date(year, 7, 1), date(year + 1, 1, 1))
            )
        if said.get("q"):
            name, year = said["q"] or "", int(said["qy"] or 0)
            if not re.search("quarter|квартал|q[1-4]", match[0]):
                return None
            number = next((n for k, n in _longest_first() if name.startswith(k)), 1)
            start = date(year, 3 * number - 2, 1)
            return start, next_month(next_month(next_month(start)))
        return _span(said["plain"] or "")
    except ValueError:  # such as the 31st of June
        return None


def _longest_first() -> list[tuple[str, int]]:
    return sorted(_QUARTERS.items(), key=lambda item: -len(item[0]))


def _bounded(
    way: str, span: tuple[date, date], text: str
) -> tuple[date | None, date | None]:  # fmt: skip
    if way in ("с", "со", "from") or re.fullmatch(_SINCE, way):
        return span[0], None
    if re.fullmatch(_UNTIL, way) or "end of" in text or "конца" in text:
        return (None, span[1]) if not re.fullmatch(_AFTER, way) else (span[1], None)
    return (span[1], None) if re.fullmatch(_AFTER, way) else (None, span[0])


def _span(text: str) -> tuple[date, date]:
    """The days of a year, a month or one day.

    Raises:
        ValueError: if there is no such day.
    """
    if re.match(r"\d{4}-", text):
        day = date.fromisoformat(text[:10])
        return day, day + timedelta(days=1)
    if match := re.match(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
        one, two, year = map(int, match.groups())
        # 03/14/1996 is American; 14.03.1996 and 14/03/1996 are not
        day = date(year, one, two) if "/" in text and two > 12 else date(year, two, one)
        return day, day + timedelta(days=1)
    year = int(re.findall(_YEAR, text)[-1])
    month = _MONTH.search(text)
    if month is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    number = next(int(name[1:]) for name, found in month.groupdict().items() if found)
    days = re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)
    if days:
        day = date(year, number, int(days[0]))
        return day, day + timedelta(days=1)
    return date(year, number, 1), next_month(date(year, number, 1))
