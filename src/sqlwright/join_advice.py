"""What a measured plan shows of a query's joins: wrong expectations, late thinning, repeated scans.

An engine orders joins by how many rows it expects, and a wrong expectation multiplies from join to
join (Leis et al. 2015, "How Good Are Query Optimizers, Really?", VLDB 9(3), sections 3 and 4). Of
expectations only those that are too low are told: those that are too high may come of a LIMIT, and
do less harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlglot import exp

from sqlwright.engines.plans import Plan, PlanStep
from sqlwright.schema import Schema, Table

BRIEF = 0.02  # seconds: what takes less is left alone
_TIMES_AS_MANY = 10  # rows as expected: less changes no plan that we have seen
_FEW = 1_000  # rows that no order of joins makes slow
_MANY = 10_000  # rows that are worth joining later
_LEFT = 0.05  # of them, after the next join
_OFTEN = 100  # times that a table is read in full
_READ = 100_000  # rows so read
_MOST = 2  # pieces of advice of a kind
_JOIN = re.compile(r"\bjoin\b|nested loop|_JOIN\b|CROSS_PRODUCT", re.IGNORECASE)
_KEEPS_ALL = re.compile(r"\b(left|right|full|outer|anti)\b", re.IGNORECASE)
_SCANS_ALL = re.compile(r"^(Parallel )?Seq Scan|^Table scan|\(ALL\)$|^SEQ_SCAN|^TABLE_SCAN")
_PLACE = re.compile(r"\bon <?(?P<table>[\w$]+)>?(?: (?P<alias>[\w$]+))?")

Kind = Literal["expected-few", "thinned-late", "read-again"]


@dataclass(frozen=True, slots=True)
class JoinAdvice:
    """One thing that the plan shows of the joins.

    Attributes:
        english: what was measured; `russian` the same.
        remedy: what to try; it has not been tried.
        evidence: the line of the plan that shows it.
        first: aliases of two tables that might be joined first.
    """

    kind: Kind
    english: str
    russian: str
    remedy: str
    remedy_ru: str
    evidence: str
    first: tuple[str, str] | None = None

    def say(self, language: str = "en") -> str:
        """What was measured and what to try, in the language."""
        if language == "ru":
            return f"{self.russian}. Попробуйте: {self.remedy_ru}"
        return f"{self.english}. To try: {self.remedy}"

    def as_dict(self) -> dict[str, Any]:
        """The advice as JSON types."""
        return {
            "kind": self.kind,
            "shown": self.english,
            "shown_ru": self.russian,
            "to_try": self.remedy,
            "to_try_ru": self.remedy_ru,
            "evidence": self.evidence,
        }


def join_advice(
    plan: Plan, query: exp.Query, schema: Schema, dialect: str
) -> tuple[JoinAdvice, ...]:
    """What the plan shows of the joins; nothing of a plan that was not measured.

    Args:
        query: with its names bound, or who is joined with whom is not known.
    """
    nodes = _tree(plan)
    joins = [node for node in nodes if _JOIN.search(node.step.name)]
    if not plan.is_measured or sum(step.seconds or 0.0 for step in plan.steps) < BRIEF:
        return ()
    if not joins and len({step.table for step in plan.steps if step.table}) < 2:
        return ()
    names = {node.alias_or_name.lower(): node.name for node in query.find_all(exp.Table)}
    tables = {alias: table for alias, name in names.items() if (table := schema.table(name))}
    found = [
        list(_expected_few(nodes, plan, tables, dialect)),
        list(_thinned_late(joins, _links(query), names, dialect)),
        list(_read_again(nodes)),
    ]
    return tuple(
        advice
        for some in found
        for advice in list({one.remedy: one for one in reversed(some)}.values())[::-1][:_MOST]
    )


@dataclass(eq=False, slots=True)
class _Node:
    """A step with those around it."""

    step: PlanStep
    parent: _Node | None = None
    children: list[_Node] = field(default_factory=list)

    def below(self) -> Iterator[_Node]:
        """The steps under it."""
        for child in self.children:
            yield child
            yield from child.below()

    def above(self) -> Iterator[_Node]:
        """The steps over it, the nearest first."""
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def times(self) -> float:
        """How many times as many rows as expected it gave."""
        step = self.step
        if step.given is None or step.expected is None:
            return 0.0
        return step.given / max(step.expected * (step.loops or 1), 1)


def _tree(plan: Plan) -> list[_Node]:
    nodes: list[_Node] = []
    above: list[_Node] = []
    for step in plan.steps:
        node = _Node(step)
        while above and above[-1].step.depth >= step.depth:
            above.pop()
        if above:
            node.parent = above[-1]
            above[-1].children.append(node)
        nodes.append(node)
        above.append(node)
    return nodes


# --- more rows than expected ----------------------------------------------------------------------


def _expected_few(
    nodes: Sequence[_Node], plan: Plan, tables: Mapping[str, Table], dialect: str
) -> Iterator[JoinAdvice]:
    """The lowest steps that gave many times the rows expected, where joins are."""
    is_list = all(node.parent is None for node in nodes)
    wrong = [n for n in nodes if n.times() >= _TIMES_AS_MANY and (n.step.given or 0) >= _FEW]
    for node in sorted(wrong, key=_Node.times, reverse=True):
        if any(other in wrong for other in node.below()):
            continue  # it only passes on what is wrong below
        if not is_list and not any(_JOIN.search(n.step.name) for n in node.above()):
            continue  # no join was chosen by it
        step, times, loops = node.step, node.times(), node.step.loops or 1
        expected, given = step.expected or 0, round((step.given or 0) / loops)
        each, each_ru = (" each time", " за раз") if loops > 1 else ("", "")
        remedy, remedy_ru = _statistics(node, plan, tables, dialect)
        yield JoinAdvice(
            "expected-few",
            f"the engine expected {expected:,} rows{each} from {step.name} and got {given:,},"
            f" {times:,.0f} times as many: it chose the order and the kind of its joins by that",
            f"движок ждал из {step.name} строк{each_ru}: {expected:,}, а получил {given:,}:"
            f" в {times:,.0f} раз больше, и по этому числу выбрал порядок и вид соединений",
            remedy,
            remedy_ru,
            step.line,
        )


def _statistics(
    node: _Node, plan: Plan, tables: Mapping[str, Table], dialect: str
) -> tuple[str, str]:
    """How the engine is told more of the rows of the step."""
    known = {alias: table.name for alias, table in tables.items()}
    read = [_alias(n.step, known) for n in (node, *node.below()) if n.step.table]
    names = list(dict.fromkeys(tables[alias].name for alias in read if alias is not None))
    own = _alias(node.step, known) if node.step.table else None
    table = tables[own] if own is not None else None
    if table is None or dialect == "duckdb":  # of a join, or of rows made on the way
        rows, rows_ru = (word.join(names) or node.step.name for word in (" and ", " и "))
        return (
            f"put these rows of {rows} into a temporary table first, where the engine counts them",
            f"положить эти строки ({rows_ru}) сначала во временную таблицу: там движок их сочтёт",
        )
    if dialect == "mysql":
        return (
            f"ANALYZE TABLE {table.name}, with a histogram of the columns in its conditions",
            f"ANALYZE TABLE {table.name}, с гистограммой столбцов из условий",
        )
    columns = _filtered(node.step, plan, table.columns)
    if len(columns) < 2:
        return f"ANALYZE {table.name}", f"ANALYZE {table.name}"
    called = "_".join((table.name, *columns))[:63]
    made = f"CREATE STATISTICS {called} ON {', '.join(columns)} FROM {table.name}"
    return (
        f"{made}; ANALYZE {table.name} (for columns that depend on each other)",
        f"{made}; ANALYZE {table.name} (для столбцов, которые зависят друг от друга)",
    )


def _filtered(step: PlanStep, plan: Plan, columns: Sequence[Any]) -> list[str]:
    """The table's columns in the conditions that the plan shows under the step."""
    lines = plan.text.splitlines()
    at = next((n for n, line in enumerate(lines) if line.strip() == step.line), len(lines))
    shown = ""
    for line in lines[at + 1 :]:
        if "(cost=" in line:
            break
        if re.match(r"\s*(Filter|Index Cond|Recheck Cond): ", line):
            shown += line.partition(": ")[2] + " "
    words = set(re.findall(r"[\w$]+", re.sub(r"'(?:[^']|'')*'", "", shown).lower()))
    return [column.name for column in columns if column.name.lower() in words]


# --- many rows joined before few are left ---------------------------------------------------------


def _thinned_late(
    joins: Sequence[_Node], links: set[frozenset[str]], names: Mapping[str, str], dialect: str
) -> Iterator[JoinAdvice]:
    """Joins of many rows, of which the next join leaves few, where that one could come first."""
    for node in sorted(joins, key=lambda n: -(n.step.given or 0)):
        many, above = node.step.given or 0, _next_join(node)
        if many < _MANY or above is None or (node.step.loops or 1) != (above.step.loops or 1):
            continue  # or one of them is not as often looked into
        left = above.step.given
        if left is None or left > _LEFT * many or _KEEPS_ALL.search(above.step.name):
            continue
        mine = [_alias(n.step, names) for n in node.below() if n.step.table]
        others = [_alias(n.step, names) for n in above.below() if n.step.table]
        late = [name for name in others if name not in mine]
        if None in mine or None in others or len(late) != 1 or len(set(others)) < len(others):
            continue
        early = [name for name in mine if frozenset((name, late[0])) in links]
        if len(early) != 1 or len(mine) == 1:
            continue  # it leaves few for what several of them hold, or there is no other order
        shown, last, first = ", ".join(map(str, mine)), str(late[0]), str(early[0])
        remedy, remedy_ru = _joined_first(last, first, dialect)
        yield JoinAdvice(
            "thinned-late",
            f"{shown} are joined first and give {many:,} rows, of which the join with {last}"
            f" leaves {left:,}: joined with {first} first, it may leave fewer to carry",
            f"{shown} соединяются первыми и дают {many:,} строк, из которых соединение с {last}"
            f" оставляет {left:,}: соединить его сначала с {first}, и строк может стать меньше",
            remedy,
            remedy_ru,
            above.step.line,
            (last, first),
        )


def _next_join(node: _Node) -> _Node | None:
    """The join that takes the rows of this one as they are."""
    for above in node.above():
        if _JOIN.search(above.step.name):
            return above
        if above.step.given != node.step.given:
            return None
    return None


def _links(query: exp.Query) -> set[frozenset[str]]:
    """The pairs of tables, by alias, of which a comparison takes a column each."""
    found = set()
    for test in query.find_all(exp.EQ):
        if isinstance(test.this, exp.Column) and isinstance(test.expression, exp.Column):
            pair = frozenset(side.table.lower() for side in (test.this, test.expression))
            if len(pair) == 2:
                found.add(pair)
    return found


def _alias(step: PlanStep, names: Mapping[str, str]) -> str | None:
    """The alias of the table that the step reads, where the plan leaves no doubt.

    Args:
        names: the query's tables by their aliases.
    """
    place = _PLACE.search(step.name)
    for word in (place["alias"], place["table"]) if place else (step.table,):
        if word and word.lower() in names:
            return word.lower()
    found = [alias for alias, name in names.items() if name.lower() == step.table.lower()]
    return found[0] if len(found) == 1 else None


def _joined_first(last: str, first: str, dialect: str) -> tuple[str, str]:
    """How the engine is made to join the two first."""
    if dialect == "mysql":
        made = f"SELECT STRAIGHT_JOIN, FROM {last}, {first}, ..."
        return made, made
    return (
        f"join {last} with {first} in a WITH item AS MATERIALIZED, as `optimize` does",
        f"соединить {last} с {first} в WITH ... AS MATERIALIZED, как делает `optimize`",
    )


# --- read again and again -------------------------------------------------------------------------


def _read_again(nodes: Sequence[_Node]) -> Iterator[JoinAdvice]:
    """Tables that are read in full for each row of another."""
    for node in nodes:
        step = node.step
        read = step.read or 0
        if not step.table or not _SCANS_ALL.search(step.name):
            continue
        if (step.loops or 1) < _OFTEN or read < _READ:
            continue
        yield JoinAdvice(
            "read-again",
            f"{step.table} is read in full {step.loops:,} times, {read:,} rows, by no index",
            f"{step.table} читается целиком, без индекса, {step.loops:,} раз, строк: {read:,}",
            "`sqlwright indexes` on this query, which tries indexes in a copy",
            "`sqlwright indexes` на этом запросе: индексы проверяются в копии",
            step.line,
        )
