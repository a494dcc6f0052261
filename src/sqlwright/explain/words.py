"""Expressions in words: conditions, values, aggregates. What has no words of its own is quoted."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from sqlwright.explain.sentence import Speaker

_COMPARED: dict[type[exp.Expr], tuple[str, str]] = {
    exp.EQ: ("equals", "равно"),
    exp.NEQ: ("is not", "не равно"),
    exp.GT: ("is over", "больше, чем"),
    exp.GTE: ("is at least", "не меньше, чем"),
    exp.LT: ("is under", "меньше, чем"),
    exp.LTE: ("is at most", "не больше, чем"),
    exp.NullSafeEQ: ("equals, NULL included,", "равно, и NULL тоже,"),
    exp.NullSafeNEQ: ("differs from, NULL included,", "отличается, и NULL тоже, от"),
    exp.Is: ("is", "есть"),
}
_AGGREGATES: dict[type[exp.Expr], tuple[str, str]] = {
    exp.Sum: ("the sum of", "сумма"),
    exp.Avg: ("the average of", "среднее"),
    exp.Min: ("the least", "наименьшее"),
    exp.Max: ("the greatest", "наибольшее"),
}


def value(node: exp.Expr, speaker: Speaker) -> str:
    """A value in words; quoted where there are none."""
    while isinstance(node, exp.Paren | exp.Alias):
        node = node.this
    if isinstance(node, exp.Subquery | exp.Select | exp.SetOperation):
        return speaker.pick("the result of a subquery", "результат подзапроса")
    if isinstance(node, exp.Count):
        return _count(node, speaker)
    words = _AGGREGATES.get(type(node))
    if words is not None and not isinstance(node.this, exp.Distinct):
        return f"{speaker.pick(*words)} {speaker.quote(node.this)}"
    if isinstance(node, exp.Null):
        return "NULL"
    if isinstance(node, exp.Literal):
        return speaker.sql(node)
    return speaker.quote(node)


def _count(node: exp.Count, speaker: Speaker) -> str:
    inner = node.this
    if isinstance(inner, exp.Star) or inner is None:
        return speaker.pick("the number of rows", "число строк")
    if isinstance(inner, exp.Distinct):
        what = ", ".join(speaker.quote(each) for each in inner.expressions)
        return speaker.pick(f"the number of different {what}", f"число разных {what}")
    what = speaker.quote(inner)
    return speaker.pick(f"the number of rows with {what}", f"число строк, где есть {what}")


def condition(node: exp.Expr, speaker: Speaker) -> str:
    """A condition in words."""
    while isinstance(node, exp.Paren):
        node = node.this
    for kinds, say in _FORMS:
        if isinstance(node, kinds):
            return say(node, speaker)
    words = _COMPARED.get(type(node))
    if words is not None:
        left, right = value(node.this, speaker), value(node.expression, speaker)
        if speaker.language == "ru" and right[:1].isalpha() and right != "NULL":
            right = f"«{right}»"  # a verb would ask for another case of it
        return f"{left} {speaker.pick(*words)} {right}"
    if isinstance(node, exp.Column):
        return speaker.pick(f"{speaker.quote(node)} is true", f"{speaker.quote(node)} истинно")
    return speaker.pick(f"{speaker.quote(node)} holds", f"выполнено {speaker.quote(node)}")


def _not(node: exp.Expr, speaker: Speaker) -> str:
    inner = node.this
    while isinstance(inner, exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.Exists):
        return speaker.pick("a subquery finds no row", "подзапрос не находит ни одной строки")
    if isinstance(inner, exp.Is) and isinstance(inner.expression, exp.Null):
        what = value(inner.this, speaker)
        return speaker.pick(f"{what} is known (not NULL)", f"{what} известно (не NULL)")
    if isinstance(inner, exp.In) and inner.args.get("query"):
        what = value(inner.this, speaker)
        return speaker.pick(
            f"{what} is not among what a subquery returns",
            f"{what} не входит в то, что возвращает подзапрос",
        )
    if isinstance(inner, exp.In | exp.Between | exp.Like | exp.ILike | exp.Column):
        return speaker.pick("it does not hold that ", "неверно, что ") + condition(inner, speaker)
    said = condition(inner, speaker)
    return speaker.pick(f"it does not hold that ({said})", f"неверно, что ({said})")


def _is(node: exp.Expr, speaker: Speaker) -> str:
    what = value(node.this, speaker)
    if isinstance(node.expression, exp.Null):
        return speaker.pick(f"{what} is missing (NULL)", f"{what} отсутствует (NULL)")
    return f"{what} {speaker.pick('is', 'есть')} {value(node.expression, speaker)}"


def _between(node: exp.Expr, speaker: Speaker) -> str:
    what = value(node.this, speaker)
    low, high = value(node.args["low"], speaker), value(node.args["high"], speaker)
    return speaker.pick(f"{what} is from {low} to {high}, both included",
                        f"{what} от {low} до {high} включительно")  # fmt: skip


def _in(node: exp.Expr, speaker: Speaker) -> str:
    what = value(node.this, speaker)
    if node.args.get("query"):
        return speaker.pick(
            f"{what} is among what a subquery returns",
            f"{what} входит в то, что возвращает подзапрос",
        )
    shown = [value(each, speaker) for each in node.expressions[:8]]
    more = len(node.expressions) - len(shown)
    every = ", ".join(shown) + (speaker.pick(f" and {more} more", f" и ещё {more}") if more else "")
    return speaker.pick(f"{what} is one of {every}", f"{what} — одно из {every}")


def _like(node: exp.Expr, speaker: Speaker) -> str:
    what, pattern = value(node.this, speaker), node.expression
    text = pattern.name if isinstance(pattern, exp.Literal) else ""
    core = text.strip("%")
    caseless = isinstance(node, exp.ILike)
    ending = speaker.pick(" in any case", " без учёта регистра") if caseless else ""
    if core and not any(mark in core for mark in "%_"):
        at_start, at_end = not text.startswith("%"), not text.endswith("%")
        words = {
            (True, True): ("reads", "равно"),
            (True, False): ("begins with", "начинается с"),
            (False, True): ("ends with", "заканчивается на"),
            (False, False): ("contains", "содержит"),
        }[at_start, at_end]
        return f"{what} {speaker.pick(*words)} '{core}'{ending}"
    fits = speaker.pick("fits the pattern", "подходит под шаблон")
    return f"{what} {fits} {value(pattern, speaker)}{ending}"


def _exists(node: exp.Expr, speaker: Speaker) -> str:
    return speaker.pick(
        "a subquery finds at least one row", "подзапрос находит хотя бы одну строку"
    )


def _either(node: exp.Expr, speaker: Speaker) -> str:
    parts = [condition(part, speaker) for part in _parts(node, exp.Or)]
    return speaker.pick("either ", "либо ") + speaker.pick("; or ", "; либо ").join(parts)


def _every(node: exp.Expr, speaker: Speaker) -> str:
    parts = [condition(part, speaker) for part in _parts(node, exp.And)]
    return speaker.pick(" and ", " и ").join(parts)


def _parts(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    if isinstance(node, kind):
        return [*_parts(node.this, kind), *_parts(node.expression, kind)]
    return [node]


def conjuncts(node: exp.Expr | None) -> list[exp.Expr]:
    """The conditions that AND holds together."""
    while isinstance(node, exp.Paren) and isinstance(node.this, exp.And):
        node = node.this
    if node is None:
        return []
    if isinstance(node, exp.And):
        return [*conjuncts(node.this), *conjuncts(node.expression)]
    return [node]


_FORMS: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[exp.Expr, Speaker], str]], ...] = (
    ((exp.Not,), _not),
    ((exp.Is,), _is),
    ((exp.Between,), _between),
    ((exp.In,), _in),
    ((exp.Like, exp.ILike), _like),
    ((exp.Exists,), _exists),
    ((exp.Or,), _either),
    ((exp.And,), _every),
)
