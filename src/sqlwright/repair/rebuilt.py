"""Edits that need the query's tree: windows and aggregates put apart, unions evened, types met."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.repair.changes import Option, option
from sqlwright.repair.pieces import pieces_of


def windows_apart(text: str, query: exp.Query | None, dialect: str) -> Iterator[Option]:
    """A window function in WHERE: computed in a derived table, compared outside it."""
    if query is None:
        return
    copy = query.copy()
    for select in copy.find_all(exp.Select):
        where = select.args.get("where")
        found = where.find_all(exp.Window) if where is not None else ()
        windows = [w for w in found if w.find_ancestor(exp.Select) is select]
        if where is None or not windows or any(item.is_star for item in select.expressions):
            continue
        parts = list(where.this.flatten()) if isinstance(where.this, exp.And) else [where.this]
        outside = [p for p in parts if any(w is n for w in windows for n in p.walk())]
        inside = [p.copy() for p in parts if all(p is not o for o in outside)]
        names = [item.alias_or_name for item in select.expressions]
        if not all(names) or select.args.get("order"):
            continue
        condition = exp.and_(*(p.copy() for p in outside))
        added = []
        for number, window in enumerate(list(condition.find_all(exp.Window)), 1):
            added.append(exp.alias_(window.copy(), f"window_{number}"))
            window.replace(exp.column(f"window_{number}"))
        inner = select.copy()
        inner.set("expressions", [*inner.expressions, *added])
        inner.set("where", exp.Where(this=exp.and_(*inside)) if inside else None)
        outer = exp.select(*names).from_(inner.subquery("numbered")).where(condition)
        if select is copy:
            copy = outer
        else:
            select.replace(outer)
        told = ("WHERE is decided before window functions: they are computed in a derived table",
                "WHERE вычисляется до оконных функций: они вынесены в подзапрос")  # fmt: skip
        new = copy.sql(dialect=dialect, pretty="\n" in text, comments=False)
        yield option(text, [(0, len(text), new)], "window-in-where", 1.0, told)
        return


def qualify_apart(text: str, query: exp.Query | None, dialect: str) -> Iterator[Option]:
    """QUALIFY: what it asks of windows is computed in a derived table and compared outside it."""
    if query is None:
        return
    select = next((s for s in query.copy().find_all(exp.Select) if s.args.get("qualify")), None)
    if select is None or any(item.is_star for item in select.expressions):
        return
    names = [item.alias_or_name for item in select.expressions]
    if not all(names) or len({name.lower() for name in names}) < len(names):
        return
    if select.args.get("distinct") or select.args.get("with_") is not None:
        return
    hidden: list[exp.Expr] = []

    def outside(node: exp.Expr) -> exp.Expr:
        """What the derived table gives for the node, under a name of its own where it has none."""
        for item in select.expressions:
            if item.unalias() == node or (isinstance(node, exp.Column) and not node.table
                                          and node.name.lower() == item.alias.lower()):  # fmt: skip
                return exp.column(item.alias_or_name)
        known = next((h for h in hidden if h.unalias() == node), None)
        if known is None:
            stem = "window" if isinstance(node, exp.Window) else "key"
            known = exp.alias_(node.copy(), f"{stem}_{len(hidden) + 1}")
            hidden.append(known)
        return exp.column(known.alias)

    def reached(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Window | exp.Column | exp.AggFunc):
            return outside(node)
        for key, value in list(node.args.items()):
            if isinstance(value, exp.Expr):
                node.set(key, reached(value))
            elif isinstance(value, list):
                node.set(key, [reached(v) if isinstance(v, exp.Expr) else v for v in value])
        return node

    condition = reached(select.args["qualify"].this.copy())
    outer = exp.Select(expressions=[exp.column(name) for name in names])
    for clause in ("order", "limit", "offset", "fetch"):
        if (held := select.args.get(clause)) is not None:
            outer.set(clause, reached(held.copy()) if clause == "order" else held.copy())
    root = select.root()
    inner = select.copy()
    for clause in ("qualify", "order", "limit", "offset", "fetch"):
        inner.set(clause, None)
    inner.set("expressions", [*inner.expressions, *hidden])
    outer = outer.from_(inner.subquery("numbered")).where(condition)
    if select is root:
        root = outer
    else:
        select.replace(outer)
    told = ("QUALIFY is not known here: the windows are computed in a derived table",
            "QUALIFY здесь нет: окна вынесены в подзапрос")  # fmt: skip
    new = root.sql(dialect=dialect, pretty="\n" in text, comments=False)
    yield option(text, [(0, len(text), new)], "other-dialect", 0.6, told)


def evened(text: str, query: exp.Query | None, dialect: str) -> Iterator[Option]:
    """A branch with one column fewer gets the column of that name that the other branch has."""
    if not isinstance(query, exp.SetOperation):
        return
    left, right = query.this, query.expression
    if not isinstance(left, exp.Select) or not isinstance(right, exp.Select):
        return
    few, many = sorted((left, right), key=lambda s: len(s.expressions))
    extra = [item for item in many.expressions
             if item.alias_or_name not in {i.alias_or_name for i in few.expressions}]  # fmt: skip
    if len(extra) != 1 or len(many.expressions) != len(few.expressions) + 1:
        return
    shorter = query.copy()
    longer = shorter.this if many is left else shorter.expression
    longer.set("expressions", [i for i in longer.expressions
                               if i.alias_or_name != extra[0].alias_or_name])  # fmt: skip
    told = (
        f"the branches of a set operation need as many columns: {extra[0].alias_or_name} goes",
        f"в частях объединения должно быть поровну столбцов: {extra[0].alias_or_name} убран",
    )
    new = shorter.sql(dialect=dialect, pretty="\n" in text, comments=False)
    yield option(text, [(0, len(text), new)], "uneven-union", 1.6, told, is_choice=True)
    at = many.expressions.index(extra[0])
    copy = query.copy()
    target = copy.this if few is left else copy.expression
    target.expressions.insert(at, extra[0].copy())
    told = ("the branches of a set operation need as many columns",
            "в частях объединения должно быть поровну столбцов")  # fmt: skip
    new = copy.sql(dialect=dialect, pretty="\n" in text, comments=False)
    yield option(text, [(0, len(text), new)], "uneven-union", 1.5, told)


def nested_apart(text: str, query: exp.Query | None, dialect: str) -> Iterator[Option]:
    """SUM(COUNT(*)) over groups: the inner aggregate goes into a derived table."""
    if query is None:
        return
    copy = query.copy()
    for select in copy.find_all(exp.Select):
        inner = [
            a
            for a in select.find_all(exp.AggFunc)
            if isinstance(a.find_ancestor(exp.AggFunc, exp.Window, exp.Select), exp.AggFunc)
        ]
        wrapped = all(
            any(a is n for a in inner for n in item.walk()) for item in select.expressions
        )
        if not inner or not wrapped or select.args.get("having") or select.args.get("order"):
            continue
        added = [exp.alias_(a.copy(), f"value_{n}") for n, a in enumerate(inner, 1)]
        for number, aggregate in enumerate(inner, 1):
            aggregate.replace(exp.column(f"value_{number}"))
        below = select.copy()
        below.set("expressions", added)
        above = exp.select(*(item.copy() for item in select.expressions))
        above = above.from_(below.subquery("grouped"))
        if select is copy:
            copy = above
        else:
            select.replace(above)
        told = ("aggregates do not nest: the inner one is computed in a derived table",
                "агрегаты не вкладываются: внутренний вынесен в подзапрос")  # fmt: skip
        new = copy.sql(dialect=dialect, pretty="\n" in text, comments=False)
        yield option(text, [(0, len(text), new)], "nested-aggregate", 1.2, told)
        return


_MIXED = re.compile(
    r"cannot compare|operator does not exist|cannot mix|no function matches|argument type"
    r"|invalid input syntax|could not choose", re.IGNORECASE,
)  # fmt: skip


def retyped(text: str, refusal: str, query: exp.Query | None, dialect: str) -> Iterator[Option]:
    """A number in quotes where a text is compared, and the other way round."""
    if query is None or not _MIXED.search(refusal):
        return
    for found in re.finditer(r"(?<![\w'-])\d{4}-\d{1,2}-\d{1,2}(?![\w'-])", text):
        told = (f"{found.group()} is a subtraction: a date stands in quotes",
                f"{found.group()}: вычитание; дату берут в кавычки")  # fmt: skip
        splice = (*found.span(), f"'{found.group()}'")
        yield option(text, [splice], "missing-quotes", 0.6, told)
    for node in query.find_all(exp.Literal):
        parent = node.parent
        if not isinstance(parent, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE | exp.In
                          | exp.Between | exp.Coalesce | exp.Add | exp.Concat):  # fmt: skip
            continue
        if "start" not in node.meta:
            continue
        start, end = int(node.meta["start"]), int(node.meta["end"]) + 1
        if not node.is_string:
            told = (f"{node.name} is compared with a text: it goes into quotes",
                    f"{node.name} сравнивается с текстом: взято в кавычки")  # fmt: skip
            yield option(text, [(start, end, f"'{node.name}'")], "type-mismatch", 0.7, told)
        elif re.fullmatch(r"-?\d+(\.\d+)?", node.name) and text[start:end].startswith("'"):
            told = (f"'{node.name}' is compared with a number: its quotes go",
                    f"'{node.name}' сравнивается с числом: кавычки убраны")  # fmt: skip
            yield option(text, [(start, end, node.name)], "type-mismatch", 0.7, told)
        if isinstance(parent, exp.Add) and node.is_string:
            yield from _concatenated(text, parent, dialect)


def _concatenated(text: str, node: exp.Add, dialect: str) -> Iterator[Option]:
    """+ between texts is T-SQL's; elsewhere it is ||."""
    pieces = pieces_of(text, dialect)
    inside = [int(n.meta["start"]) for n in node.walk() if "start" in n.meta]
    plus = [p for p in pieces if p.is_mark("+") and min(inside) < p.start < max(inside)]
    if plus:
        told = ("texts are joined by ||, not by +", "тексты соединяет ||, а не +")
        yield option(text, [(p.start, p.end, "||") for p in plus], "text-concatenation", 0.6, told)
