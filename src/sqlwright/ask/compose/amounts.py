"""Numbers of a question: bounds of a column, how many rows belong, how many rows to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlwright.ask.compose.cues import Cue
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.meanings import bearing
from sqlwright.ask.compose.plan import Average, Figure, Having, Place, Test, Value
from sqlwright.ask.compose.scene import Number, Scene, place_of
from sqlwright.ask.compose.tokens import Token
from sqlwright.data.told import name_words
from sqlwright.knowledge.words import stem

_PRICES = ("price", "cost", "total", "amount", "sum", "value", "fee")
# what costs more than so much has a price of its own, whatever other column is called a cost
COSTS = frozenset("cost costs costing priced стоит стоят стоили стоил".split())
_AGGREGATES = {"total": "sum", "average": "avg"}


@dataclass
class Amounts:
    """What became of the numbers."""

    tests: list[Test] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    limit: int | None = None


def of_numbers(scene: Scene, subject: str) -> Amounts:
    """Each number in its place; those that have none stay free."""
    found = Amounts()
    numbers = [item for item in scene.items if isinstance(item, Number)]
    for at, number in enumerate(numbers):
        if not scene.is_free(number):
            continue
        cue = _comparison(scene, number)
        if cue is None:
            _bare(scene, number, subject, found)
        elif cue.word == "range":
            if at + 1 < len(numbers):
                _place(scene, cue, (number, numbers[at + 1]), "range", subject, found)
        else:
            _place(scene, cue, (number,), cue.word, subject, found)
    for cue in scene.cues("compare", ">avg") + scene.cues("compare", "<avg"):
        found.tests += _against_average(scene, cue, subject)
    return found


def _against_average(scene: Scene, cue: Cue, subject: str) -> list[Test]:
    """More than the average: of the column beside it, or of what the rows cost."""
    per = _per(scene, cue)
    column = scene.after(cue, _is_amount, 0) or scene.before(cue, _is_amount, 2)
    column = column or scene.after(cue, _is_amount, 2)
    place = place_of(column) if column is not None else _priced(scene, cue, subject)
    if place is None:
        return []
    scene.use(cue, *([column] if column else []))
    scene.use(*(c for c in scene.cues("average") if 0 <= c.first - cue.end <= 4))
    again = scene.after(cue, lambda m: m.kind == "column" and place_of(m) == place, 3)
    scene.use(*([again] if again else []))
    return [Test(place, cue.word[0], (Average(per),), at=cue.first)]


def _per(scene: Scene, cue: Cue) -> Place | None:
    """Of which rows the average is: those of its own brand, of the same nation."""
    for n in range(cue.end, min(cue.end + _FAR, len(scene.tokens))):
        if scene.tokens[n].plain not in _OWN:
            continue
        named = [m for m in scene.mentions("table", "column") if 0 <= m.first - n - 1 <= 1]
        found = next((m for m in named if m.kind == "table" or m.role in _GROUPED), None)
        if found is None:
            continue
        further = scene.after(found, lambda m: m.kind == "table" or m.role in _GROUPED, 0)
        if further is not None and further.first == found.end and found.kind == "table":
            if scene.is_above(further.table, found.table) or further.table == found.table:
                scene.use(found)
                found = further
        scene.use(found)
        if found.kind == "column":
            return place_of(found)
        keys = scene.table(found.table).primary_key
        return Place(found.table, keys[0]) if len(keys) == 1 else None
    return None


_FAR = 8  # tokens from the word for an average to what it is taken over
_GROUPED = ("category", "label", "foreign")
_OWN = frozenset(
    """
    own its their same that his her respective corresponding своей своего своем своих свою свое
    их его ее той того том тех же
    """.split()
)


def _is_amount(mention: Mention) -> bool:
    return mention.is_number and mention.role not in ("key", "foreign")


def _comparison(scene: Scene, number: Number) -> Cue | None:
    cues = scene.cues("compare")
    apart = scene.before(number, _is_amount, 0)
    if apart is not None and apart.end == number.first:
        ahead = [c for c in cues if c.end <= apart.first and scene.gap(c, apart) == 0]
        if ahead and "avg" not in ahead[-1].word and ahead[-1].word != "range":
            return ahead[-1]
    before = [c for c in cues if c.end <= number.first and scene.gap(c, number) == 0
              and number.first - c.end <= 2 and "avg" not in c.word]  # fmt: skip
    after = [c for c in cues if c.first >= number.end and c.first - number.end <= 1
             and c.word in (">=", "<=")]  # fmt: skip
    return before[-1] if before else after[0] if after else None


def _place(
    scene: Scene, cue: Cue, numbers: tuple[Number, ...], op: str, subject: str, found: Amounts
) -> None:  # fmt: skip
    """A comparison: of a count where rows are named behind it, of days, or of a column."""
    last = numbers[-1]
    values: list[float | int] = [number.value for number in numbers]
    behind = scene.after(last, lambda m: m.kind != "value", 0)
    if behind is not None and behind.first - last.end > 2:
        behind = None
    if behind is not None and behind.kind == "table":
        scene.use(cue, *numbers, behind)
        found.having.append(Having(Figure("count", behind.table), op, tuple(values)))
        return
    unit = scene.tokens[last.end].plain if last.end < len(scene.tokens) else ""
    if unit in _TIMES:
        table = _done(scene, cue, subject)
        scene.use(cue, *numbers)
        scene.covered.add(last.end)
        found.having.append(Having(Figure("count", table), op, tuple(values)))
        return
    if unit.startswith(("day", "дн", "ден", "сут")) and _days(scene, cue, numbers, op, found):
        return
    column = _column_of(scene, cue, numbers, behind)
    counted = _counted_before(scene, cue)
    if counted is not None and (column is None or column.first < counted.first):
        scene.use(cue, *numbers, counted)
        found.having.append(Having(Figure("count", counted.table), op, tuple(values)))
        return
    place = place_of(column) if column is not None else (
        measure_of(scene, subject, _telling(scene, cue), unit)
        or _priced(scene, cue, subject)
    )  # fmt: skip
    if (
        place is not None
        and column is None
        and place.column.lower().endswith(_UNITS.get(unit, "?"))
    ):
        scene.covered.add(last.end)
    if column is not None and scene.tokens[column.first].plain in COSTS:
        place = _priced(scene, cue, subject) or place
    if place is None:
        return
    scene.use(cue, *numbers, *([column] if column is not None else []))
    aggregate = _aggregate(scene, column, subject)
    if aggregate is not None:
        found.having.append(Having(Figure(aggregate, place.table, place), op, tuple(values)))
        return
    found.tests.append(Test(place, op, _as_held(scene, place, values, unit), at=cue.first))


_TIMES = ("times", "раз", "раза")


def _done(scene: Scene, cue: Cue, subject: str) -> str:
    """The table whose rows are counted by "times": what the verb before names, or the subject."""
    for mention in reversed(scene.mentions("table")):
        if mention.end <= cue.first and scene.is_above(subject, mention.table):
            scene.use(mention)
            return mention.table
    return subject


def _as_held(
    scene: Scene, place: Place, values: list[float | int], unit: str
) -> tuple[Value, ...]:  # fmt: skip
    """Percent of a column of small shares are hundredths; a text column holds figures as text."""
    if scene.table(place.table).column(place.column) is None:
        return tuple(values)  # of arithmetic, not of a column
    trait = scene.told.of(scene.table(place.table)).trait(place.column)
    if trait.kind == "text":
        return tuple(str(value) for value in values)
    if unit.startswith(("%", "percent", "процент")) and trait.kind in ("num", "real"):
        return tuple(round(value / 100, 6) for value in values)
    return tuple(values)


def _column_of(
    scene: Scene, cue: Cue, numbers: tuple[Number, ...], behind: Mention | None
) -> Mention | None:  # fmt: skip
    inside = scene.before(numbers[0], _is_amount, 0)
    if inside is not None and inside.first >= cue.end:
        return inside
    column = scene.before(cue if cue.first < numbers[0].first else numbers[0], _is_amount, 2)
    if column is not None and scene.gap(column, cue) == 0:
        return column
    if behind is not None and _is_amount(behind):
        return behind
    if column is None:
        return scene.before(numbers[0], _is_amount, 4)
    return column


def _counted_before(scene: Scene, cue: Cue) -> Mention | None:
    """Whose number of orders exceeds: the rows that a count before the comparison names."""
    table = scene.before(cue, lambda m: m.kind == "table", 0)
    if table is None:
        return None
    counts = [c for c in scene.cues("count") if c.end <= table.first and scene.gap(c, table) == 0]
    if not counts or counts[0].first == 0:
        return None
    scene.use(*counts)
    return table


def _aggregate(scene: Scene, column: Mention | None, subject: str) -> str | None:
    """Is it the sum or the average over rows that belong to each row of the subject?"""
    if column is None or not scene.is_above(subject, column.table):
        return None
    for kind, name in _AGGREGATES.items():
        for cue in scene.cues(kind):
            if cue.end <= column.first and scene.gap(cue, column) == 0:
                scene.use(cue)
                return name
    return None


def _priced(scene: Scene, cue: Cue, subject: str) -> Place | None:
    """What costs more than: the price of the table that is named before."""
    table = scene.before(cue, lambda m: m.kind == "table", 3)
    return price_of(scene, table.table if table is not None else subject)


def measure_of(scene: Scene, table: str, said: Sequence[Token], unit: str = "") -> Place | None:
    """The measure of the table that one of the words is about, or a unit: heavier, km."""
    meant = {m for token in said if token.kind == "word" for m in _about(token.plain)}
    meant |= {_UNITS.get(unit, unit)} - {""}
    found = []
    for place in scene.roles(table, "measure"):
        parts = {stem(part) for part in name_words(place.column)}
        if parts & meant:
            found.append(place)
    return found[0] if len(found) == 1 else None


def _telling(scene: Scene, cue: Cue) -> list[Token]:
    """The words of a comparison that say of what it is: heavier than, not more than."""
    said = scene.tokens[cue.first : cue.end]
    return [token for token in said if not token.plain.startswith(_ANY)]


_ANY = ("бол", "мен", "great", "less")  # of whatever measure


def _about(word: str) -> frozenset[str]:
    return bearing(word) - {stem(word)} if word not in _VAGUE else frozenset()


_VAGUE = frozenset("more than is are the самый самая самое самые most".split())
_UNITS = {"км": "km", "кг": "kg", "мг": "mg", "т": "t", "ч": "hour", "час": "hour", "часов": "hour",
          "hours": "hour", "страниц": "page", "pages": "page", "days": "day", "дней": "day",
          "words": "word", "слов": "word", "kilometers": "km", "kilograms": "kg", "points": "point",
          "minutes": "minut", "минут": "minut", "views": "view", "просмотров": "view"}  # fmt: skip


def price_of(scene: Scene, table: str) -> Place | None:
    """The column of a table that says what its rows cost, or its only measure."""
    measures = scene.roles(table, "measure")
    for word in _PRICES:
        for place in measures:
            if word in place.column.lower():
                return place
    return measures[0] if len(measures) == 1 else None


def _days(
    scene: Scene, cue: Cue, numbers: tuple[Number, ...], op: str, found: Amounts
) -> bool:  # fmt: skip
    """More than so many days from one date to another."""
    dates = [m for m in scene.mentions("column") if m.role in ("date", "time")]
    pairs = [
        (a, b)
        for a in dates
        for b in dates
        if a.first < b.first
        and a.place != b.place
        and (a.table == b.table or scene.is_above(b.table, a.table))
    ]
    if not pairs:
        return False
    one, other = pairs[0]
    later = [*scene.cues("later"), *scene.cues("days")]
    scene.use(cue, *numbers, one, other, *later)
    early, late = in_time(one, other, scene, later[0] if later else None)
    values = tuple(number.value for number in numbers)
    found.tests.append(Test(late, op, values, days=early, at=cue.first))
    return True


def in_time(
    one: Mention, other: Mention, scene: Scene, cue: Cue | None
) -> tuple[Place, Place]:  # fmt: skip
    """(the earlier date, the later one): as they are named, turned round by "a after b"."""
    if cue is not None and cue.kind == "later" and cue.word == ">" and one.end <= cue.first:
        return place_of(other), place_of(one)
    return place_of(one), place_of(other)


def _bare(scene: Scene, number: Number, subject: str, found: Amounts) -> None:
    """A number alone: how many to show, a key, or the value of the column before it."""
    value = number.value
    unit = scene.tokens[number.end].plain if number.end < len(scene.tokens) else ""
    if (
        unit in _PIECES
        and isinstance(value, int)
        and (scene.cues("superlative") or scene.cues("sort"))
    ):
        scene.use(number, *scene.cues("units"))
        scene.covered.add(number.end)
        found.limit = value
        return
    tops = [c for c in scene.cues("top") if 0 <= number.first - c.end <= 1
            or c.first == number.end]  # fmt: skip
    beside = [c for c in scene.cues("superlative") if scene.gap(c, number) == 0]
    if tops or (isinstance(value, int) and value > 0 and beside):
        scene.use(number, *tops)
        found.limit = int(value)
        return
    right = scene.after(number, lambda m: m.kind in ("column", "table"), 0)
    ordered = scene.cues("superlative") or scene.cues("sort") or scene.cues("sort by")
    if right is not None and right.first == number.end and ordered and isinstance(value, int):
        scene.use(number)
        found.limit = value
        return
    left = scene.before(number, lambda m: m.kind in ("column", "table"), 0)
    if right is not None and right.first == number.end and right.role == "measure":
        if left is None or left.kind == "table":  # 96 pages
            scene.use(number, right)
            found.tests.append(Test(place_of(right), "=", (value,), at=number.first))
            return
    between = (
        {t.plain for t in scene.tokens[left.end : number.first]} if left is not None else set()
    )
    is_key = left is not None and (left.kind == "table" or left.role in ("key", "foreign"))
    if is_key and between - _OF_KEYS and not between & _OF_KEYS:
        left = None  # books with 96 pages: no number of a book
    if left is not None and number.first - left.end <= 2 and not scene.breaks(left, number):
        if left.kind == "column" and left.role not in ("date", "time", "bool"):
            unit = scene.tokens[number.end].plain if number.end < len(scene.tokens) else ""
            every = _listed(scene, number)
            scene.use(left, *every)
            held = _as_held(scene, place_of(left), [n.value for n in every], unit)
            op = "in" if len(held) > 1 else "="
            found.tests.append(Test(place_of(left), op, held, at=number.first))
            return
        keys = scene.table(left.table).primary_key
        if left.kind == "table" and len(keys) == 1 and scene.tokens[number.first].kind == "number":
            scene.use(number, *([left] if left.table != subject else []))
            held = _as_held(scene, Place(left.table, keys[0]), [value], "")
            found.tests.append(Test(Place(left.table, keys[0]), "=", held, at=number.first))
            return
    if right is not None and isinstance(value, int) and value > 0:
        if ordered:
            scene.use(number)
            found.limit = value
        elif right.kind == "table" and value > 1:
            scene.use(number, right)
            found.having.append(Having(Figure("count", right.table), "=", (value,)))


def _listed(scene: Scene, number: Number) -> list[Number]:
    """The number and those that an "or" adds: of size 10, 20 or 30."""
    found = [number]
    for item in scene.items:
        if isinstance(item, Number) and item.first > found[-1].first and scene.is_free(item):
            between = scene.tokens[found[-1].end : item.first]
            if len(between) in (1, 2) and all(t.plain in _OR for t in between):
                found.append(item)
    return found


_OF_KEYS = frozenset("number no id key code is = : # № номер номером под".split())
_PIECES = frozenset("штук штуки штука шт pieces pcs ones".split())
_OR = frozenset("or and , или и".split())
