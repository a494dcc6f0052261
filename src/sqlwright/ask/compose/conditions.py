"""Conditions that a question names: values, times, words within a text, signs, order in time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlwright.ask.compose.cues import Cue, is_light
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Latest, Place, Test
from sqlwright.ask.compose.scene import Item, Number, Scene, end_of, first_of, place_of
from sqlwright.ask.compose.times import Period

_DATES = ("date", "time")


def of_values(scene: Scene) -> list[Test]:
    """Equality with the values; several of one column are a list; "not from" turns it round."""
    found: list[Test] = []
    values = scene.mentions("value")
    while values:
        first = values.pop(0)
        same = [first]
        while values and values[0].place == first.place and scene.gap(same[-1], values[0]) == 0:
            scene.use(*_nor(scene, same[-1], values[0]))
            same.append(values.pop(0))
        scene.use(*same)
        _absorb(scene, same)
        negated = _negation(scene, first)
        if first.role == "part":
            like = "not like" if negated else "like"
            found += [Test(place_of(v), like, (f"%{v.value}%",), at=v.first) for v in same]
            continue
        texts = tuple(dict.fromkeys(value.value for value in same))
        op = ("in" if len(texts) > 1 else "=") if not negated else (
            "not in" if len(texts) > 1 else "<>")  # fmt: skip
        found.append(Test(place_of(first), op, texts, at=first.first))
    return found


def _nor(scene: Scene, one: Mention, other: Mention) -> list[Cue]:
    """The "nor" between two values that a "neither" turns round."""
    return [c for c in scene.cues("compare", "<>") if one.end <= c.first and c.end <= other.first]


def _absorb(scene: Scene, values: Sequence[Mention]) -> None:
    """The words beside a value that only say which column it is of: the BUILDING segment."""
    for one in (values[0], values[-1]):
        for look in (scene.before, scene.after):
            column = look(one, lambda m: m.kind == "column", 0)
            apart = column is not None and (
                _is_cue_between(scene, one, column) or scene.is_asked(column)
            )
            if column is not None and column.place == one.place and not apart:
                scene.use(column)
            if column is not None and not apart and _leads_to(scene, column, one.table):
                scene.use(column)
            table = look(one, lambda m: m.kind == "table", 0)
            if (
                table is not None
                and table.table == one.table
                and _only_says_where(scene, one, table)
            ):
                scene.use(table)


def _leads_to(scene: Scene, column: Mention, table: str) -> bool:
    """Is it a foreign key to the table of the value beside it: the customer Customer#000000005?"""
    keys = scene.table(column.table).foreign_keys
    return any(
        key.table.lower() == table.lower() and [c.lower() for c in key.columns] == [column.place[1]]
        for key in keys
    )


def _is_cue_between(scene: Scene, one: Mention, other: Mention) -> bool:
    start, end = sorted((one, other), key=lambda m: m.first)
    return any(isinstance(i, Cue) and start.end <= i.first < end.first for i in scene.items)


def _only_says_where(scene: Scene, value: Mention, table: Mention) -> bool:
    """Does the table but name what the value beside it is, as another one is spoken of?"""
    others = [m for m in scene.mentions("table") if m.table != table.table]
    beside = table.end == value.first or value.end == table.first
    counted = any(
        cue.end <= table.first and scene.gap(cue, value) == 0 and cue.end <= value.first
        for cue in scene.cues("count")
        if table.first > value.first
    )
    return bool(others) and beside and not counted


def _negation(scene: Scene, value: Mention) -> bool:
    for cue in (*scene.cues("compare", "<>"), *scene.cues("absent")):
        if cue.end <= value.first and scene.gap(cue, value) <= 1:
            between = [m for m in scene.mentions("table") if cue.end <= m.first < value.first]
            if cue.kind == "absent" and between:
                continue
            scene.use(cue)
            return True
    return False


def of_times(
    scene: Scene, subject: str, options: Sequence[Mention], missing: Sequence[str] = ()
) -> list[Test]:  # fmt: skip
    """Bounds of dates, on the column beside the time or on the one that its table has.

    Args:
        missing: tables of which no row may be there: their dates are meant first.
    """
    found = []
    for item in scene.items:
        if not isinstance(item, Period) or not scene.is_free(item):
            continue
        place = next((p for t in missing if (p := default_date(scene, t, options))), None)
        place = place or _date_of(scene, item, subject, options)
        if place is None:
            continue
        scene.use(item)
        if item.last is not None:
            found.append(Test(place, ">", (Latest(*item.last),), at=item.first_token))
        if item.first is not None:
            found.append(Test(place, ">=", (item.first,), at=item.first_token))
        if item.end is not None:
            found.append(Test(place, "<", (item.end,), at=item.first_token))
    return found


def _date_of(
    scene: Scene, period: Item, subject: str, options: Sequence[Mention]
) -> Place | None:  # fmt: skip
    for look in (scene.before, scene.after):
        beside = look(period, lambda m: m.kind != "value", 1)
        if beside is not None and beside.role in _DATES and not scene.is_listed(beside.first):
            if scene.gap(beside, period) == 0 or look is scene.before:
                scene.use(beside)
                return place_of(beside)
    before = [
        item
        for item in scene.items
        if isinstance(item, Mention) and item.kind in ("table", "column")
        and end_of(item) <= first_of(period)
    ]  # fmt: skip
    tables = [item.table for item in reversed(before)] + [subject]
    tables += [item.table for item in scene.items if isinstance(item, Mention)]
    for table in dict.fromkeys(tables):
        if place := default_date(scene, table, options):
            return place
    for table in [t.name for t in scene.schema.tables if scene.is_above(t.name, subject)]:
        if place := default_date(scene, table, options):
            return place
    return None


def default_date(scene: Scene, table: str, options: Sequence[Mention]) -> Place | None:
    """The date that a table's rows go by: the one that a word hints at, or else the first."""
    dates = scene.roles(table, *_DATES)
    if not dates:
        return None

    def hinted(place: Place) -> float:
        of_place = [
            o.score for o in options if o.place == (place.table.lower(), place.column.lower())
        ]
        return max(of_place, default=0.0)

    return max(dates, key=lambda place: (hinted(place), -dates.index(place)))


def of_order_in_time(scene: Scene, subject: str, options: Sequence[Mention]) -> list[Test]:
    """One date after another: received later than promised."""
    found: list[Test] = []
    for cue in scene.cues("later"):
        right = scene.after(cue, lambda m: m.kind == "column", 1)
        if right is None or right.role not in _DATES:
            continue
        left = scene.before(cue, lambda m: m.role in _DATES, 3)
        if left is not None and left.place != right.place and left.table == right.table:
            scene.use(cue, left, right)
            found.append(Test(place_of(left), cue.word, (place_of(right),), at=cue.first))
    for cue in scene.cues("later"):
        right = scene.after(cue, lambda m: m.role in _DATES, 1)
        if right is None:
            continue
        known = [t for t in found if t.values == (place_of(right),) and t.op == cue.word]
        left_ = known[0].place if known else _other_date(scene, place_of(right), options)
        if left_ is None:
            continue
        scene.use(cue, right)
        if not known:
            found.append(Test(left_, cue.word, (place_of(right),), at=cue.first))
    return found


def _other_date(scene: Scene, right: Place, options: Sequence[Mention]) -> Place | None:
    others = [p for p in scene.roles(right.table, *_DATES) if p.column != right.column]
    best = default_date(scene, right.table, [o for o in options if o.column != right.column])
    return best if best in others else (others[0] if others else None)


def of_texts(scene: Scene, subject: str) -> list[Test]:
    """Texts that hold, begin or end with something."""
    found = _texts_within(scene)
    for cue in scene.cues("like"):
        at = cue.end
        while at < len(scene.tokens) and scene.tokens[at].plain in (
            "the",
            "a",
            "an",
            "words",
            "word",
        ):
            at += 1
        named = [m for m in scene.mentions("column") if m.first <= at < m.end and m.type == "text"]
        if named and at + 1 < len(scene.tokens) and not is_light(scene.tokens[at + 1]):
            at = named[0].end  # the color azure
        if at >= len(scene.tokens) or is_light(scene.tokens[at]) or _is_of_a_cue(scene, at):
            continue
        token = scene.tokens[at]
        text = token.plain if token.kind == "quoted" else token.text
        column = _text_column(scene, cue, subject, at)
        if column is None:
            continue
        inside = [m for m in scene.mentions("value", "column", "table") if m.first <= at < m.end]
        numbers = [n for n in scene.items if isinstance(n, Number) and n.first == at]
        scene.use(cue, *inside, *numbers)
        scene.covered.add(at)
        clean = text.replace("%", "").replace("_", "\\_") if "_" in text else text.replace("%", "")
        pattern = {"starts": f"{clean}%", "ends": f"%{clean}"}.get(cue.word, f"%{clean}%")
        found.append(Test(column, "like", (pattern,), at=cue.first))
    if found:
        scene.use(*scene.cues("like"))  # "contain the word": two words for one wish
    return found


def _texts_within(scene: Scene) -> list[Test]:
    """A word that stands in a text: complaints in their comments."""
    found = []
    for column in scene.mentions("column"):
        at = column.first - 1
        while at > 0 and scene.tokens[at].plain in _POSSESSIVE:
            at -= 1
        if column.role != "free" or at < 1 or scene.tokens[at].plain not in _WITHIN:
            continue
        said = scene.tokens[at - 1]
        inside = [
            m for m in scene.mentions("column", "table", "value") if m.first <= at - 1 < m.end
        ]
        is_name = any(m.place != column.place for m in inside)
        if said.kind not in ("word", "quoted") or is_light(said) or is_name:
            continue
        scene.use(column, *inside)
        scene.covered.add(at - 1)
        text = said.plain if said.kind == "quoted" else said.text
        found.append(Test(place_of(column), "like", (f"%{text}%",), at=at - 1))
    return found


_WITHIN = ("in", "within", "inside", "в", "во")
_POSSESSIVE = ("their", "its", "the", "his", "her", "a", "своих", "своем", "их", "его", "ее")


def _is_of_a_cue(scene: Scene, at: int) -> bool:
    return any(isinstance(i, Cue) and not i.soft and i.first <= at < i.end for i in scene.items)


def _text_column(scene: Scene, cue: Cue, subject: str, at: int) -> Place | None:
    """The column of text that is nearest, or else the subject's label."""
    texts = [m for m in scene.mentions("column") if m.type == "text" and not m.first <= at < m.end]
    near = sorted(texts, key=lambda m: abs(m.first - cue.first))
    if near and scene.gap(near[0], cue) <= 3:
        scene.use(near[0])
        return place_of(near[0])
    label = scene.label(subject)
    column = scene.table(label.table).column(label.column)
    is_text = any(
        p.column == label.column for p in scene.roles(subject, "label", "category", "free")
    )
    return label if column is not None and is_text else None


def of_signs(scene: Scene, subject: str) -> list[Test]:
    """Below zero, above zero: of the column beside the word."""
    found = []
    for cue in scene.cues("sign"):
        column = scene.after(cue, _is_number, 1) or scene.before(cue, _is_number, 0)
        place = place_of(column) if column is not None else _balance(scene, subject)
        if place is None:
            continue
        scene.use(cue, *([column] if column is not None else []))
        found.append(Test(place, cue.word, (0,), at=cue.first))
    return found


def _balance(scene: Scene, subject: str) -> Place | None:
    """What may be below zero where no column is named: the only measure, or a balance."""
    measures = scene.roles(subject, "measure")
    named = [p for p in measures if any(part in p.column.lower() for part in ("bal", "saldo"))]
    return next(iter(named or (measures if len(measures) == 1 else [])), None)


def _is_number(mention: Mention) -> bool:
    return mention.is_number and mention.role not in ("key", "foreign")


def of_flags(scene: Scene, shown: frozenset[int]) -> list[Test]:
    """Columns of truth values that are named as adjectives: active users."""
    found = []
    for mention in scene.mentions("column"):
        if mention.role != "bool" or id(mention) in shown:
            continue
        negated = [
            c for c in scene.cues("absent") if c.end <= mention.first and scene.gap(c, mention) == 0
        ]
        scene.use(mention, *negated)
        found.append(Test(place_of(mention), "=", (not negated,), at=mention.first))
    return found
