"""Changing a tree without touching the one that was given."""

from __future__ import annotations

from sqlglot import exp


def copy_with(query: exp.Query, *nodes: exp.Expr) -> tuple[exp.Query, list[exp.Expr]]:
    """A copy of the query, and in it the twins of the given nodes."""
    copy = query.copy()
    wanted = {id(node): at for at, node in enumerate(nodes)}
    twins: list[exp.Expr] = list(nodes)
    for original, twin in zip(query.walk(), copy.walk(), strict=True):
        if (at := wanted.get(id(original))) is not None:
            twins[at] = twin
    return copy, twins


def replaced(query: exp.Query, node: exp.Expr, new: exp.Expr) -> exp.Query:
    """A copy of the query with `new` in the place of `node`."""
    copy, (twin,) = copy_with(query, node)
    twin.replace(fitted(new, twin.parent))
    return copy


def fitted(new: exp.Expr, parent: exp.Expr | None) -> exp.Expr:
    """`new`, with parentheses where it would otherwise be read differently under `parent`."""
    roomy = (exp.Where, exp.Having, exp.Join, exp.Paren, exp.Alias, exp.If)
    if not isinstance(new, exp.Connector) or isinstance(parent, roomy) or parent is None:
        return new
    return new if type(new) is type(parent) else exp.Paren(this=new)


def set_where(select: exp.Select, parts: list[exp.Expr]) -> None:
    """Give the SELECT exactly these conjuncts, copied, as its WHERE."""
    select.set("where", exp.Where(this=all_of(parts)) if parts else None)


def all_of(parts: list[exp.Expr]) -> exp.Expr:
    """The parts joined by AND, copied, with parentheses where an OR needs them."""
    joined = guarded(parts[0]) if len(parts) > 1 else parts[0].copy()
    for part in parts[1:]:
        joined = exp.And(this=joined, expression=guarded(part))
    return joined


def guarded(part: exp.Expr) -> exp.Expr:
    """A copy that may stand beside AND."""
    copy = part.copy()
    return exp.Paren(this=copy) if isinstance(copy, exp.Or | exp.Xor) else copy


def names_in(query: exp.Expr) -> set[str]:
    """Every identifier of the tree, in lower case: what a new name must not be."""
    return {identifier.name.lower() for identifier in query.find_all(exp.Identifier)}


def fresh(wanted: str, taken: set[str]) -> str:
    """`wanted`, or with the first number that makes it new; it is then taken."""
    name, number = wanted, 2
    while name.lower() in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name.lower())
    return name
