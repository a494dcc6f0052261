"""Seconds that the rules take over generated conditions: thousands of conjuncts, OR, lists.

    python benchmarks/long_conditions.py [--sizes 300 600 1200] [--slowest 3]

Each query is read once and every rule runs over it, its findings counted and no rewrite asked for.
A line is a shape of condition: the seconds of processor time of all rules at each size, then the
slowest rules at the largest. A rule whose seconds grow fourfold where the size doubles compares
each condition with each, climbs from each to the top, or copies the query for each finding.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from sqlwright import sql
from sqlwright.analyze import RULES, name_of
from sqlwright.analyze.once import reading
from sqlwright.schema import read_ddl

SHOP = Path(__file__).parents[1] / "tests" / "cases" / "schemas" / "shop.sql"
BOUNDS = ("c.referrer_id > {0}", "c.referrer_id <> -{0}", "c.city <> 'x{0}'", "c.id < 1{0:09}")
MIXED = (*BOUNDS, "c.id + {0} > 5", "COALESCE(c.city, '') <> 'q{0}'", "LOWER(c.name) = 'n{0}'",
         "c.name IS NOT NULL", "c.name NOT LIKE 'a{0}%'", "o.id BETWEEN {0} AND 1{0:09}",
         "c.referrer_id NOT IN ({0}, -{0})", "{0} < o.id")  # fmt: skip
TIED = "SELECT {} FROM orders x WHERE x.customer_id = c.id AND x.id > {{0}}"

#: (what is joined, by what); the alternatives take turns
SHAPES: dict[str, tuple[tuple[str, ...], str]] = {
    "bounds": (BOUNDS, "AND"),
    "mixed": (MIXED, "AND"),
    "OR": (("c.city = 'x{0}'", "c.id = {0}"), "OR"),
    "AND of OR": (("(c.city = 'x{0}' OR c.id > {0})",), "AND"),
    "OR of AND": (("(c.city = 'x{0}' AND c.id > {0})",), "OR"),
    "NOT": (("NOT (c.city = 'x{0}')",), "AND"),
    "EXISTS": ((f"EXISTS ({TIED.format(1)})",), "AND"),
    "tied aggregate": ((f"c.id > ({TIED.format('AVG(x.id)')})",), "AND"),
    "IN (SELECT)": (("c.id IN (SELECT x.customer_id FROM orders x WHERE x.id = {0})",), "AND"),
}


def text_of(shape: str, size: int) -> str:
    """A query with `size` conditions; the shape `lists` has two lists of so many items."""
    if shape == "lists":
        numbers = ", ".join(str(n) for n in range(size))
        texts = ", ".join(f"'x{n}'" for n in range(size))
        return f"SELECT name FROM customers WHERE id IN ({numbers}) AND city NOT IN ({texts})"
    parts, by = SHAPES[shape]
    where = f" {by} ".join(parts[n % len(parts)].format(n) for n in range(size))
    return f"SELECT c.name FROM customers c JOIN orders o ON o.customer_id = c.id WHERE {where}"


def seconds_of(text: str) -> dict[str, float]:
    """The processor time of each rule over the query."""
    schema = read_ddl(SHOP.read_text(encoding="utf-8"), "postgres")
    query = sql.read(text, "postgres")
    taken = {}
    with reading(query, schema):
        for rule in RULES:
            started = time.process_time()
            for _ in rule(query, schema):
                pass
            taken[name_of(rule)] = time.process_time() - started
    return taken


def main() -> None:
    """Prints a line for each shape."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 600, 1200])
    parser.add_argument("--shapes", nargs="+", default=[*SHAPES, "lists"])
    parser.add_argument("--slowest", type=int, default=3)
    said = parser.parse_args()
    for shape in said.shapes:
        sizes = [5000] if shape == "lists" else said.sizes
        taken = [seconds_of(text_of(shape, size)) for size in sizes]
        totals = "  ".join(f"{sum(each.values()):7.2f}" for each in taken)
        slowest = sorted(taken[-1].items(), key=lambda item: -item[1])[: said.slowest]
        named = ", ".join(f"{name} {seconds:.2f}" for name, seconds in slowest)
        print(f"{shape:15} {totals}   {named}", flush=True)


if __name__ == "__main__":
    main()
