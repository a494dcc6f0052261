"""Questions about two or three tables that foreign keys join, each with its query."""

from __future__ import annotations

from dataclasses import dataclass

from sqlwright.data.asked_single import (
    columns_in_words,
    figure,
    group_words,
    label_of,
    measures,
    spoken_number,
)
from sqlwright.data.asked_subject import Asked, Asking, Subject, where_clause
from sqlwright.data.asked_words import Condition
from sqlwright.data.names import invent_text
from sqlwright.data.sources import Edge, edges
from sqlwright.data.told import Thing, Trait


@dataclass(frozen=True, slots=True)
class Bond:
    """A child table, the parent that it refers to, and the way."""

    child: Thing
    parent: Thing
    edge: Edge  # from the child up


def draw_bond(a: Asking, child: Thing | None = None) -> Bond | None:
    """A foreign key that is the only way between its two tables."""
    found = []
    for thing in [child] if child else a.told.things:
        ups = [edge for edge in edges(thing.table, a.told.schema) if edge.up]
        for edge in ups:
            same = [other for other in ups if other.table.name == edge.table.name]
            if len(same) == 1 and edge.table.name != thing.table.name:
                found.append(Bond(thing, a.told.of(edge.table), edge))
    if not found:
        return None
    bond = a.rng.choice(found)
    for here, _ in bond.edge.pairs:
        trait = bond.child.trait(here)
        if not trait.plain:
            a.traits.append((bond.child, trait))
    return bond


def on(child: Subject, parent: Subject, bond: Bond) -> str:
    """The condition of the join: parent key = child column."""
    return " AND ".join(
        f"{parent.column(there)} = {child.column(here)}" for here, there in bond.edge.pairs
    )


def _pair(a: Asking) -> tuple[Bond, Subject, Subject] | None:
    bond = draw_bond(a)
    if bond is None:
        return None
    return bond, Subject(a, bond.child, True), Subject(a, bond.parent, True)


def _of(a: Asking) -> str:
    """How a child belongs to its parents; a place {parents} follows."""
    return a.pick(
        "of",
    )


def _named(a: Asking, parent: Subject) -> str | None:
    """A condition that names one parent, with its words: "of client Smith"."""
    label = parent.thing.having("label")
    if not label:
        return None
    trait = a.rng.choice(label)
    value = invent_text(a.rng).replace("''", "")
    a.traits.append((parent.thing, trait))
    bare = a.rng.random() < 0.4
    a.linked.append((parent.thing, trait, value, bare))
    parent.conditions.append(Condition(f"{parent.column(trait)} = '{value}'", ""))
    said = value if a.rng.random() < 0.7 else f"'{value}'"
    return a.pick("of a bare name" if bare else "of a named one").replace("{value}", said)


def _relation(a: Asking, parent: Subject) -> str:
    """The words that bind children to parents; the parent gets its conditions here."""
    if a.rng.random() < 0.3 and (named := _named(a, parent)):
        return named
    parent.restrict(most=2, least=1)
    return _of(a)


def _joined(bond: Bond, child: Subject, parent: Subject) -> str:
    """Children with their parents, and what is asked of either."""
    conditions = where_clause(child.where(), parent.where())
    return f"FROM {child.name} JOIN {parent.name} ON {on(child, parent, bond)}{conditions}"


def _each_parent(bond: Bond, child: Subject, parent: Subject, label: Trait) -> str:
    """A group for each parent with its children, up to what is asked of the groups."""
    keys = [parent.column(name) for name in parent.thing.table.primary_key]
    group = list(dict.fromkeys([*keys, parent.column(label)]))
    return (
        f"SELECT {parent.column(label)} {_joined(bond, child, parent)} GROUP BY {', '.join(group)}"
    )


def _fill(a: Asking, relation: str, forms: dict[str, str]) -> str:
    # a value in the words may hold braces only by chance: names and values have none
    return relation.format_map(forms)


def count_of(a: Asking) -> Asked | None:
    """How many children belong to such parents?"""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    relation = _relation(a, parent)
    child.restrict(most=1)
    forms = child.forms() | parent.forms("_p")
    question = a.say("count of", **forms, rel=_fill(a, relation, forms))
    sql = f"SELECT COUNT(*) AS n {_joined(bond, child, parent)}"
    return a.done(question, sql, child.thing, parent.thing)


def figure_of(a: Asking) -> Asked | None:
    """A figure of the children of such parents."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    if not (numbers := measures(child.thing)):
        return None
    trait, function = a.rng.choice(numbers), a.rng.choice(("SUM", "SUM", "AVG", "MIN", "MAX"))
    words, alias = figure(a, child.thing, trait, function)
    relation = _relation(a, parent)
    child.restrict(most=1, without=(trait,))
    forms = child.forms() | parent.forms("_p")
    question = a.say(
        "figure of",
        **forms,
        figure=words,
        rel=_fill(a, relation, forms),
    )
    sql = f"SELECT {function}({child.column(trait)}) AS {alias} {_joined(bond, child, parent)}"
    return a.done(question, sql, child.thing, parent.thing)


def listing_of(a: Asking) -> Asked | None:
    """Columns of children, with columns of their parents or under conditions on them."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    with_parent = a.rng.random() < 0.5
    pool = [t for t in child.thing.traits if t.role != "foreign"]
    chosen = a.rng.sample(pool, min(len(pool), a.rng.choice([1, 1, 2, 3])))
    columns = columns_in_words(a, child.thing, chosen)
    names = [child.column(t) for t in chosen]
    others: dict[str, str] = {}
    if with_parent:
        theirs = [label_of(parent.thing)]
        if a.rng.random() < 0.4:
            theirs = [a.rng.choice([t for t in parent.thing.traits if t.role != "foreign"])]
        others = {f"p_{k}": v for k, v in columns_in_words(a, parent.thing, theirs).items()}
        names += [parent.column(t) for t in theirs]
        child.restrict(most=2, without=chosen)
        relation = ""
    else:
        relation = _relation(a, parent)
        child.restrict(most=1)
    forms = child.forms() | parent.forms("_p")
    question = a.say(
        "listing with parents" if with_parent else "listing of children",
        **forms,
        **columns,
        **others,
        rel=_fill(a, relation, forms),
    )
    sql = f"SELECT {', '.join(dict.fromkeys(names))} {_joined(bond, child, parent)}"
    return a.done(question, sql, child.thing, parent.thing)


def per_parent(a: Asking) -> Asked | None:
    """A count or a figure for each parent; sometimes those without children too, or the top few."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    label, numbers = label_of(parent.thing), measures(child.thing)
    if numbers and a.rng.random() < 0.5:
        trait, function = a.rng.choice(numbers), a.rng.choice(("SUM", "SUM", "AVG", "MIN", "MAX"))
        words, alias = figure(a, child.thing, trait, function)
        value = f"{function}({child.column(trait)})"
    else:
        words, alias, value = "", "n", "COUNT(*)"
    everyone = not words and a.rng.random() < 0.2
    if everyone:
        value = f"COUNT({child.column(bond.edge.pairs[0][0])})"
    elif a.rng.random() < 0.5:
        child.restrict(most=1)
    parent.restrict(most=1) if a.rng.random() < 0.35 else None
    order, limit, order_words = _first_few(a, alias)
    too = a.pick("those without too")
    forms = child.forms() | parent.forms("_p")
    question = a.say(
        "count per parent" if not words else "figure per parent",
        **forms,
        figure=words,
        order=order_words,
        too=too if everyone else "",
        for_p=a.pick("only these", **forms) if parent.conditions else "",
    )
    keys = [parent.column(name) for name in parent.thing.table.primary_key]
    group = list(dict.fromkeys([*keys, parent.column(label)]))
    join = f"{child.name} JOIN {parent.name}"
    if everyone:
        join = f"{parent.name} LEFT JOIN {child.name}"
    sql = (
        f"SELECT {parent.column(label)}, {value} AS {alias} FROM {join}"
        f" ON {on(child, parent, bond)}{where_clause(child.where(), parent.where())}"
        f" GROUP BY {', '.join(group)}{order}{limit}"
    )
    return a.done(question, sql, child.thing, parent.thing)


def _first_few(a: Asking, alias: str) -> tuple[str, str, str]:
    draw = a.rng.random()
    if draw > 0.35:
        return "", "", ""
    if draw > 0.2:
        words = a.pick("largest first")
        return f" ORDER BY {alias} DESC", "", words
    number = a.rng.choice([2, 3, 5, 10, 20])
    said = spoken_number(a, number)
    words = a.pick("first few", k=said)
    return f" ORDER BY {alias} DESC", f" LIMIT {number}", words


def top_parent(a: Asking) -> Asked | None:
    """The parents with the most children, or the largest figure of them."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    label, numbers = label_of(parent.thing), measures(child.thing)
    down, number = a.rng.random() < 0.85, a.rng.choice([1, 1, 1, 2, 3, 5, 10])
    if numbers and a.rng.random() < 0.4:
        trait, function = a.rng.choice(numbers), a.rng.choice(("SUM", "SUM", "AVG"))
        words, _ = figure(a, child.thing, trait, function)
        value = f"{function}({child.column(trait)})"
    else:
        words, value = "", "COUNT(*)"
    child.restrict(most=1)
    if a.rng.random() < 0.25:
        parent.restrict(most=1)
    forms = child.forms() | parent.forms("_p")
    wording = "top parent by figure" if words else "top parent by count"
    question = a.say(
        wording if number == 1 else f"{wording}, several",
        **forms,
        figure=words,
        k=spoken_number(a, number),
        only_p=a.pick("only these", **forms) if parent.conditions else "",
        most=a.pick("most" if down else "fewest"),
        mosts="наибольшим" if down else "наименьшим",
        high=a.pick("highest" if down else "lowest"),
    )
    order = f"ORDER BY {value}{' DESC' * down} LIMIT {number}"
    sql = f"{_each_parent(bond, child, parent, label)} {order}"
    return a.done(question, sql, child.thing, parent.thing)


def related(a: Asking) -> Asked | None:
    """Parents with such children, or without any."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    absent, counted = a.rng.random() < 0.55, a.rng.random() < 0.4
    if a.rng.random() < 0.45:
        child.restrict(most=1, least=1)
    if a.rng.random() < 0.3:
        parent.restrict(most=1)
    forms = child.forms() | parent.forms("_p")
    rel = a.pick("without any" if absent else "with some", **forms)
    names = [label_of(parent.thing)]
    question = a.say(
        "count of related" if counted else "listing of related",
        **forms,
        rel=rel,
    )
    inner = f"SELECT 1 FROM {child.name} WHERE " + " AND ".join(
        [f"{child.column(here)} = {parent.column(there)}" for here, there in bond.edge.pairs]
        + child.where()
    )
    what = "COUNT(*) AS n" if counted else parent.column(names[0])
    exists = f"{'NOT ' * absent}EXISTS ({inner})"
    sql = f"SELECT {what} FROM {parent.name}{where_clause(parent.where(), [exists])}"
    return a.done(question, sql, child.thing, parent.thing)


def more_than(a: Asking) -> Asked | None:
    """Parents with more than some number of children, or a figure beyond a limit."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    label, number = label_of(parent.thing), a.rng.choice([1, 2, 2, 3, 5, 5, 10, 20, 100])
    sign, english, russian = a.rng.choice(
        [
            (">", "more than", "больше"),
            (">", "over", "более"),
            (">=", "at least", "не меньше"),
            ("=", "exactly", "ровно"),
        ]
    )
    child.restrict(most=1)
    forms = child.forms() | parent.forms("_p")
    question = a.say(
        "more than",
        **forms,
        over=english if a.is_english else russian,
        k=spoken_number(a, number),
    )
    sql = f"{_each_parent(bond, child, parent, label)} HAVING COUNT(*) {sign} {number}"
    return a.done(question, sql, child.thing, parent.thing)


def per_trait_of_parent(a: Asking) -> Asked | None:
    """A count or a figure of children for each value of a parent's column."""
    if (pair := _pair(a)) is None:
        return None
    bond, child, parent = pair
    keys, numbers = parent.thing.having("category", "bool", "label"), measures(child.thing)
    if not keys:
        return None
    key = a.rng.choice(keys)
    if numbers and a.rng.random() < 0.5:
        trait, function = a.rng.choice(numbers), a.rng.choice(("SUM", "SUM", "AVG", "MIN", "MAX"))
        words, alias = figure(a, child.thing, trait, function)
        value = f"{function}({child.column(trait)})"
    else:
        words, alias, value = "", "n", "COUNT(*)"
    child.restrict(most=1)
    each = group_words(a, parent.thing, key)
    order, limit, order_words = _first_few(a, alias)
    forms = child.forms() | parent.forms("_p")
    of = a.pick("of the parent").format_map(forms)
    question = a.say(
        "count per trait of parent" if not words else "figure per trait of parent",
        **forms,
        figure=words,
        each=each,
        of=of,
        order=order_words,
    )
    sql = (
        f"SELECT {parent.column(key)}, {value} AS {alias} {_joined(bond, child, parent)}"
        f" GROUP BY {parent.column(key)}{order}{limit}"
    )
    return a.done(question, sql, child.thing, parent.thing)


def chained(a: Asking) -> Asked | None:
    """A count or a figure of children by conditions on the parents of their parents, or by them."""
    if (low := draw_bond(a)) is None or (high := draw_bond(a, low.parent)) is None:
        return None
    if high.parent.table.name == low.child.table.name:
        return None
    child, middle, top = (Subject(a, t, True) for t in (low.child, low.parent, high.parent))
    numbers = measures(child.thing)
    if numbers and a.rng.random() < 0.5:
        trait, function = a.rng.choice(numbers), a.rng.choice(("SUM", "SUM", "AVG"))
        words, alias = figure(a, child.thing, trait, function)
        value = f"{function}({child.column(trait)})"
    else:
        words, alias, value = "", "n", "COUNT(*)"
    by = a.rng.random() < 0.4
    keys = top.thing.having("label", "category")
    if by and not keys:
        return None
    relation = "" if by else _relation(a, top).replace("_p}", "_t}")
    child.restrict(most=1)
    forms = child.forms() | middle.forms("_m") | top.forms("_t")
    via = a.pick("by way of").format_map(forms | {"m_many": forms.get("bare_m", "")})
    each = ""
    if by:
        key = a.rng.choice(keys)
        each = group_words(a, top.thing, key) + a.pick("of the top one").format_map(forms)
    question = a.say(
        "chained count" if not words else "chained figure",
        **forms,
        figure=words,
        rel=_fill(a, relation, forms),
        via=via,
        each=each,
    )
    head = f"SELECT {top.column(key)}, " if by else "SELECT "
    tail = f" GROUP BY {top.column(key)}" if by else ""
    sql = (
        f"{head}{value} AS {alias} FROM {child.name}"
        f" JOIN {middle.name} ON {on(child, middle, low)}"
        f" JOIN {top.name} ON {on(middle, top, high)}"
        f"{where_clause(child.where(), top.where())}{tail}"
    )
    return a.done(question, sql, child.thing, middle.thing, top.thing)
