"""One SELECT in sentences, clause by clause, in the order in which its result comes about."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.explain.sentence import Kind, Sentence, Speaker
from sqlwright.explain.words import condition, conjuncts, value


def sources_of(select: exp.Select) -> list[tuple[exp.Expr, exp.Join | None]]:
    """What FROM and the joins read, each with its join; None for the first."""
    opening = select.args.get("from_")
    found: list[tuple[exp.Expr, exp.Join | None]] = [(opening.this, None)] if opening else []
    for join in select.args.get("joins") or []:
        found.append((join.this, join))
    for lateral in select.args.get("laterals") or []:
        found.append((lateral, None))
    return found


def name_of(source: exp.Expr, speaker: Speaker) -> str:
    """A source in words: a table with its alias, or a subquery's alias."""
    alias = source.alias
    if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
        name = f"`{source.name}`"
        if alias and alias.lower() != source.name.lower():
            return name + speaker.pick(f" (as `{alias}`)", f" (под именем `{alias}`)")
        return name
    if isinstance(source, exp.Subquery) and source.args.get("joins") is None:
        nested = speaker.pick("the subquery", "подзапрос")
        return f"{nested} `{alias}`" if alias else nested
    return speaker.quote(source)


def of_select(select: exp.Select, speaker: Speaker) -> Iterator[Sentence]:
    """Sentences on a SELECT; its subqueries get steps of their own."""
    yield from _sources(select, speaker)
    yield from _conditions(select, "where", "filter", speaker)
    yield from _grouping(select, speaker)
    yield from _conditions(select, "having", "having", speaker)
    yield from _windows(select, speaker)
    yield from _conditions(select, "qualify", "filter", speaker)
    yield from _columns(select, speaker)
    yield from of_ending(select, speaker)


def _sources(select: exp.Select, speaker: Speaker) -> Iterator[Sentence]:
    for source, join in sources_of(select):
        if join is None:
            name = name_of(source, speaker)
            yield speaker.sentence("source", f"It reads {name}.", f"Читает {name}.", source)
        else:
            yield from _join(source, join, speaker)
    if not sources_of(select):
        yield speaker.sentence(
            "source", "It reads no table.", "Не читает ни одной таблицы.", select
        )


_JOINS: dict[str, tuple[str, str]] = {
    "LEFT": ("keeps every row so far and adds, where there is a match, the rows of {n}",
             "оставляет каждую прежнюю строку и добавляет к ней подходящие из {n}, если есть"),
    "RIGHT": ("keeps every row of {n}, matched or not, with the rows so far that match",
              "оставляет каждую строку {n} с подходящими прежними строками, если они есть"),
    "FULL": ("keeps every row of both sides, matched with {n} where they match",
             "оставляет все строки обеих сторон и соединяет их с {n}, где они подходят"),
    "CROSS": ("combines every row so far with every row of {n}",
              "сочетает каждую прежнюю строку с каждой строкой {n}"),
    "SEMI": ("keeps the rows that have a match in {n}", "оставляет строки с парой в {n}"),
    "ANTI": ("keeps the rows that have no match in {n}", "оставляет строки без пары в {n}"),
    "": ("adds the matching rows of {n}", "добавляет подходящие строки {n}"),
}  # fmt: skip


def _join(source: exp.Expr, join: exp.Join, speaker: Speaker) -> Iterator[Sentence]:
    name = name_of(source, speaker)
    side, kind = str(join.side or "").upper(), str(join.kind or "").upper()
    on, using = join.args.get("on"), join.args.get("using")
    natural = str(join.method or "").upper() == "NATURAL"
    key = side if side in _JOINS else kind if kind in ("CROSS", "SEMI", "ANTI") else ""
    if not key and on is None and not using and not natural:
        key = "CROSS"  # a comma; WHERE may match the rows
    english, russian = (text.replace("{n}", name) for text in _JOINS[key])
    if natural:
        english, russian = f"{english} by all columns of one name", f"{russian} по всем одноимённым"
    elif using:
        columns = ", ".join(speaker.quote(column) for column in using)
        english, russian = f"{english} by {columns}", f"{russian} по {columns}"
    yield speaker.sentence("join", f"It {english}.", f"{russian[0].upper()}{russian[1:]}.", join)
    for part in conjuncts(on):
        said = condition(part, speaker)
        yield speaker.sentence("join", f"Rows match where {said}.",
                               f"Строки подходят, если {said}.", part)  # fmt: skip


def _conditions(
    select: exp.Select, clause: str, kind: Kind, speaker: Speaker
) -> Iterator[Sentence]:  # fmt: skip
    found = select.args.get(clause)
    of_groups = kind == "having"
    for part in conjuncts(found.this if found else None):
        said = condition(part, speaker)
        english = f"It keeps only {'groups' if of_groups else 'rows'} where {said}."
        russian = f"Оставляет только {'группы' if of_groups else 'строки'}, где {said}."
        yield speaker.sentence(kind, english, russian, part)


def _grouping(select: exp.Select, speaker: Speaker) -> Iterator[Sentence]:
    group = select.args.get("group")
    if group is None:
        return
    for key in group.expressions:
        meant = _by_place(key, select)
        what = speaker.quote(meant)
        yield speaker.sentence(
            "grouping", f"It makes one group for each value of {what}.",
            f"Собирает по группе на каждое значение {what}.", key,
        )  # fmt: skip
    for name, english, russian in (
        ("rollup", "with subtotals from right to left", "с промежуточными итогами справа налево"),
        ("cube", "with subtotals for every combination", "с итогами по каждому сочетанию"),
        ("grouping_sets", "for each of the listed sets of keys", "по каждому из наборов ключей"),
    ):
        for part in group.args.get(name) or []:
            if isinstance(part, exp.Expr):
                what = speaker.quote(part)
                yield speaker.sentence("grouping", f"It groups {english}: {what}.",
                                       f"Группирует {russian}: {what}.", part)  # fmt: skip


def _by_place(key: exp.Expr, select: exp.Select) -> exp.Expr:
    """What GROUP BY 2 means."""
    if isinstance(key, exp.Literal) and key.is_int and 0 < int(key.name) <= len(select.selects):
        return select.selects[int(key.name) - 1].unalias()
    return key


def _windows(select: exp.Select, speaker: Speaker) -> Iterator[Sentence]:
    for window in select.find_all(exp.Window):
        if window.find_ancestor(exp.Select) is not select:
            continue
        what = speaker.quote(window.this)
        keys = [speaker.quote(key) for key in window.args.get("partition_by") or []]
        order = window.args.get("order")
        english = f"It computes {what} over " + (
            f"the rows that share {speaker.listed(keys)}" if keys else "all the rows"
        )
        russian = f"Вычисляет {what} по " + (
            f"строкам с общими {speaker.listed(keys)}" if keys else "всем строкам"
        )
        if order is not None:
            by = ", ".join(speaker.quote(item) for item in order.expressions)
            english, russian = f"{english}, in the order of {by}", f"{russian} в порядке {by}"
        yield speaker.sentence(
            "window",
            f"{english}, without merging rows.",
            f"{russian}, не объединяя строк.",
            window,
        )


def _columns(select: exp.Select, speaker: Speaker) -> Iterator[Sentence]:
    for item in select.expressions:
        inner = item.unalias() if isinstance(item, exp.Alias) else item
        alias = f"`{item.alias}`" if isinstance(item, exp.Alias) else ""
        if item.is_star:
            english, russian = "It returns every column", "Возвращает все столбцы"
            english = english if item.name == "*" else f"{english}: {speaker.quote(item)}"
            yield speaker.sentence("columns", f"{english}.", f"{russian}.", item)
            continue
        said = value(inner, speaker)
        said = f"сумму {said[6:]}" if said.startswith("сумма ") else said
        english = f"It returns {said}" + (f" as {alias}" if alias else "") + "."
        russian = f"Возвращает {said}" + (f" под именем {alias}" if alias else "") + "."
        yield speaker.sentence("columns", english, russian, item)
    if (distinct := select.args.get("distinct")) is not None:
        on = distinct.args.get("on")
        english = "Each row appears once: repeats are dropped."
        russian = "Каждая строка остаётся один раз: повторы отбрасываются."
        if on is not None:
            what = speaker.quote(on)
            english = f"It keeps the first row for each {what}."
            russian = f"Оставляет первую строку на каждое значение {what}."
        yield speaker.sentence("distinct", english, russian, distinct if on else select)


def of_ending(query: exp.Query, speaker: Speaker) -> Iterator[Sentence]:
    """Sentences on ORDER BY, LIMIT and OFFSET."""
    order, limit = query.args.get("order"), query.args.get("limit") or query.args.get("fetch")
    offset = query.args.get("offset")
    for number, item in enumerate(order.expressions if order else ()):
        ordered = item if isinstance(item, exp.Ordered) else None
        what = speaker.quote(ordered.this if ordered else item)
        down = bool(ordered and ordered.args.get("desc"))
        way = speaker.pick("largest first" if down else "smallest first",
                           "по убыванию" if down else "по возрастанию")  # fmt: skip
        english = (
            f"It sorts by {what}, {way}." if not number else f"Ties are sorted by {what}, {way}."
        )
        russian = (
            f"Сортирует по {what}, {way}." if not number else f"При равенстве — по {what}, {way}."
        )
        yield speaker.sentence("order", english, russian, item)
    if offset is not None:
        what = speaker.sql(offset.expression)
        first = "row" if what == "1" else f"{what} rows"
        yield speaker.sentence("limit", f"It skips the first {first}.",
                               f"Пропускает строк в начале: {what}.", offset)  # fmt: skip
    if limit is not None:
        count = limit.args.get("expression") or limit.args.get("count")
        what = speaker.sql(count) if count is not None else "1"
        unsure = "" if order is not None else speaker.pick(
            ", and nothing says which", " (каких именно, не сказано)")  # fmt: skip
        rows, lines = ("row", "строки") if what == "1" else ("rows", "строк")
        yield speaker.sentence("limit", f"It returns at most {what} {rows}{unsure}.",
                               f"Возвращает не больше {what} {lines}{unsure}.", limit)  # fmt: skip
