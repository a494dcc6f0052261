"""One way to read the words of a question: its cues, numbers, times and mentions in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlwright.ask.compose.cues import Cue, is_light
from sqlwright.ask.compose.graph import is_up, path
from sqlwright.ask.compose.linking import Mention
from sqlwright.ask.compose.plan import Place
from sqlwright.ask.compose.times import Period
from sqlwright.ask.compose.tokens import Token
from sqlwright.data.told import Told
from sqlwright.schema import Schema, Table


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the question."""

    value: float | int
    first: int
    end: int


Item = Cue | Number | Period | Mention


def first_of(item: Item) -> int:
    """The item's first token."""
    return item.first_token if isinstance(item, Period) else item.first


def end_of(item: Item) -> int:
    """The token behind the item's last."""
    return item.end_token if isinstance(item, Period) else item.end


@dataclass
class Scene:
    """What a plan is made from. `used` grows: an item has one place in the query.

    `covered` are tokens that have a place and are no item.
    """

    schema: Schema
    told: Told
    tokens: tuple[Token, ...]
    items: tuple[Item, ...]
    used: set[int] = field(default_factory=set)
    covered: set[int] = field(default_factory=set)

    def use(self, *items: Item) -> None:
        """They have their place now."""
        self.used |= {id(item) for item in items}

    def is_free(self, item: Item) -> bool:
        """Has it no place yet?"""
        return id(item) not in self.used

    def cues(self, kind: str, word: str | None = None) -> list[Cue]:
        """The free cues of the kind."""
        return [
            item
            for item in self.items
            if isinstance(item, Cue)
            and item.kind == kind
            and word in (None, item.word)
            and self.is_free(item)
        ]

    def mentions(self, *kinds: str) -> list[Mention]:
        """The free mentions of these kinds."""
        return [
            item
            for item in self.items
            if isinstance(item, Mention) and item.kind in kinds and self.is_free(item)
        ]

    def gap(self, one: Item, other: Item) -> int:
        """How many words that mean something stand between two items."""
        start, end = sorted((one, other), key=first_of)
        between = range(end_of(start), first_of(end))
        taken = {
            n
            for item in self.items
            if isinstance(item, Mention | Number | Period)
            for n in range(first_of(item), end_of(item))
        }
        return sum(
            n in taken or not (is_light(self.tokens[n]) or n in self.asking) for n in between
        )

    @cached_property
    def asking(self) -> frozenset[int]:
        """The tokens of cues that are no names."""
        cues = [item for item in self.items if isinstance(item, Cue) and not item.soft]
        return frozenset(n for cue in cues for n in range(cue.first, cue.end))

    def breaks(self, one: Item, other: Item) -> int:
        """How many commas, points and the like stand between two items."""
        start, end = sorted((one, other), key=first_of)
        between = self.tokens[end_of(start) : first_of(end)]
        return sum(token.kind == "mark" and token.text in ",.;:?!" for token in between)

    def is_listed(self, first: int) -> bool:
        """Does what begins at the token stand in a list of what is wanted: "...: its date"?"""
        named = {n for m in self.items if isinstance(m, Mention) and m.kind == "column"
                 for n in range(m.first, m.end)}  # fmt: skip
        for token, n in ((self.tokens[n], n) for n in range(first - 1, -1, -1)):
            if token.kind == "mark" and token.text in ":?.!;—–-":
                return True
            if n not in named and not is_light(token):
                return False
        return False

    def is_asked(self, column: Mention) -> bool:
        """Does a which stand before it, with nothing between that means something?"""
        for n in range(column.first - 1, -1, -1):
            if self.tokens[n].plain in _WHICH:
                return True
            if not is_light(self.tokens[n]):
                return False
        return False

    def after(self, item: Item, fits: Callable[[Mention], bool], most: int = 99) -> Mention | None:
        """The first free mention behind the item that fits, over at most so many words."""
        for other in self.items:
            if isinstance(other, Mention) and first_of(other) >= end_of(item):
                if self.gap(item, other) > most:
                    return None
                if self.is_free(other) and fits(other):
                    return other
        return None

    def before(self, item: Item, fits: Callable[[Mention], bool], most: int = 99) -> Mention | None:
        """The last free mention before the item that fits."""
        for other in reversed(self.items):
            if isinstance(other, Mention) and end_of(other) <= first_of(item):
                if self.gap(item, other) > most:
                    return None
                if self.is_free(other) and fits(other):
                    return other
        return None

    @cached_property
    def named(self) -> tuple[str, ...]:
        """The tables that the question names."""
        return tuple(
            dict.fromkeys(
                item.table
                for item in self.items
                if isinstance(item, Mention) and item.kind == "table"
            )
        )

    def table(self, name: str) -> Table:
        """The table of that name."""
        found = self.schema.table(name)
        assert found is not None
        return found

    def roles(self, table: str, *roles: str) -> list[Place]:
        """The columns of the table that have one of these roles."""
        thing = self.told.of(self.table(table))
        keys = thing.table.primary_key if "key" not in roles else ()
        return [Place(thing.table.name, t.name) for t in thing.having(*roles) if t.name not in keys]

    def label(self, table: str) -> Place:
        """The column by which people know a row."""
        labels = self.roles(table, "label")
        known = self.table(table)
        unique = {c.lower() for key in known.keys() if len(key) == 1 for c in key}
        texts = self.roles(table, "category", "free")
        own = [place for place in labels if "name" in place.column.lower()]
        for places in (own, labels, [p for p in texts if p.column.lower() in unique]):
            if places:
                return places[0]
        if known.primary_key:
            return Place(known.name, known.primary_key[0])
        return (texts or [Place(known.name, known.columns[0].name)])[0]

    def has_label(self, table: str) -> bool:
        """Do people know its rows by a name?"""
        known = self.table(table)
        return self.label(table).column not in known.primary_key

    def is_above(self, table: str, other: str) -> bool:
        """Does each row of `other` belong to at most one row of the table?"""
        way = path(other, table, self.schema, only_up=True)
        return way is not None and is_up(way) and table.lower() != other.lower()


_WHICH = frozenset("which what какие каких какой какая какое каковы".split())


def place_of(mention: Mention) -> Place:
    """The column of a mention."""
    return Place(mention.table, mention.column, mention.via if mention.kind == "value" else None)


def in_order(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items as they stand in the question."""
    return tuple(sorted(items, key=lambda item: (first_of(item), end_of(item))))
