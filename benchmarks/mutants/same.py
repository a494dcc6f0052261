"""Why a mutant is no wrong rewrite: by steps that keep the meaning, by its kind, or by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from sqlglot import exp

from mutants.edits import names_of, parts, selects, shown
from mutants.facts import is_unique, keys_of, may_be_null, outputs, repeats_do_not_matter
from mutants.normal import why_same
from sqlwright.analyze.scope import sources
from sqlwright.schema import Schema

Argument = Callable[[exp.Query, str, Schema], str | None]


def why_aside(
    original: exp.Query, mutant: exp.Query, kind: str, place: str, schema: Schema, source: str = ""
) -> str | None:
    """Why the mutant means the same as the original, or None: then it counts as wrong."""
    for kinds, argument in ARGUMENTS:
        if kind in kinds and (reason := argument(original, place, schema)) is not None:
            return reason
    if (steps := why_same(original, mutant, schema)) is not None:
        return steps
    return by_hand().get((source, kind, place))


def one_partner(original: exp.Query, place: str, schema: Schema) -> str | None:
    """IN or EXISTS finds at most one partner, or repeats do not matter: a join adds no row."""
    bare = place.split(" #")[0]
    found = [
        (select, part)
        for select in selects(original)
        for part in parts(select, "where")
        if isinstance(part, exp.In | exp.Exists) and shown(part) == bare
    ]
    return (
        "a join finds at most one partner"
        if found and all(_has_one_partner(select, part, schema) for select, part in found)
        else None
    )


def _has_one_partner(select: exp.Select, part: exp.Expr, schema: Schema) -> bool:
    if repeats_do_not_matter(select) or select.args.get("distinct"):
        return not any(select.args.get(n) for n in ("limit", "offset", "group")) or bool(
            select.args.get("distinct") and not select.args.get("group")
        )
    inner = part.args.get("query") if isinstance(part, exp.In) else part.this
    while isinstance(inner, exp.Subquery | exp.Paren):
        inner = inner.this
    if isinstance(inner, exp.SetOperation):
        return bool(inner.args.get("distinct"))
    if not isinstance(inner, exp.Select):
        return False
    if inner.args.get("distinct") and isinstance(part, exp.In):
        return True
    if isinstance(part, exp.In) and _is_key_of_group(inner, schema):
        return True
    return is_unique(inner, schema, outputs(inner) if isinstance(part, exp.In) else ())


def _is_key_of_group(inner: exp.Select, schema: Schema) -> bool:
    """Is it MIN or MAX of a key of the only table, by groups, which no two groups share?"""
    item = inner.selects[0].unalias()
    here = sources(inner, schema)
    if not isinstance(item, exp.Min | exp.Max) or len(here) != 1 or not inner.args.get("group"):
        return False
    return isinstance(item.this, exp.Column) and any(
        key == {item.this.name} for key in keys_of(here[0], inner, schema)
    )


def no_null_on_either_side(original: exp.Query, place: str, schema: Schema) -> str | None:
    """NOT IN and NOT EXISTS differ only by NULL, and there is none."""
    bare = place.split(" #")[0]
    for node in original.find_all(exp.Not):
        test = node.this.unnest()
        if isinstance(test, exp.In) and shown(node) == bare:
            inner = test.args["query"]
            while isinstance(inner, exp.Subquery):
                inner = inner.this
            if not may_be_null(test.this, schema) and not may_be_null(
                inner.selects[0].unalias(), schema
            ):
                return "NOT IN meets no NULL"
        if isinstance(test, exp.Exists):
            inner = test.this
            while isinstance(inner, exp.Subquery):
                inner = inner.this
            links = [p for p in parts(inner, "where") if shown(p) == bare]
            own = {s.name for s in sources(inner, schema)}
            if links and all(
                not may_be_null(side, schema) for link in links for side in (link.left, link.right)
            ):
                if any(names_of(link) & own for link in links):
                    return "NOT IN meets no NULL"
    return None


def branches_exclude(original: exp.Query, place: str, schema: Schema) -> str | None:
    """Branches of a CASE that test one column for different constants may come in any order."""
    if not place.startswith("first last"):
        return None
    for case in original.find_all(exp.Case):
        if f"first last in {shown(case)}" != place.split(" #")[0]:
            continue
        tests = [branch.this for branch in case.args["ifs"]]
        if case.this is not None:
            literals = [t.sql() for t in tests if isinstance(t, exp.Literal)]
            return "branches exclude each other" if len(set(literals)) == len(tests) else None
        pairs = [
            (t.left.sql(), t.right.sql())
            for t in tests
            if isinstance(t, exp.EQ) and isinstance(t.right, exp.Literal)
        ]
        if len(pairs) == len(tests) and len({column for column, _ in pairs}) == 1:
            if len({value for _, value in pairs}) == len(tests):
                return "branches exclude each other"
    return None


def average_skips_no_null(original: exp.Query, place: str, schema: Schema) -> str | None:
    """AVG of what is never NULL is the sum over the number of rows."""
    found = [a for a in original.find_all(exp.Avg) if shown(a) == place.split(" #")[0]]
    if found and not any(may_be_null(a.this, schema) for a in found):
        return "the average skips no NULL"
    return None


#: (kinds, argument) in the order in which they are asked; `normal.STEPS` come after them.
ARGUMENTS: tuple[tuple[tuple[str, ...], Argument], ...] = (
    (("in-to-join", "exists-to-join"), one_partner),
    (("not-in-to-not-exists", "not-exists-to-not-in"), no_null_on_either_side),
    (("case-turned",), branches_exclude),
    (("average-over-all",), average_skips_no_null),
)


@lru_cache(maxsize=1)
def by_hand() -> dict[tuple[str, str, str], str]:
    """What was argued by hand: (source, kind, place) to a sentence."""
    lines = (Path(__file__).parent / "by_hand.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.strip()]
    return {(item["source"], item["kind"], item["place"]): item["why"] for item in found}
