"""Puts numbers to findings that say `slow`: rows, distinct values, indexes, and what the plan does.

A finding about time without any number is a guess, and is told as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace

from sqlglot import exp

from sqlwright.analyze import Finding
from sqlwright.analyze.scope import owner, sources
from sqlwright.database import Database, connect
from sqlwright.engines.plans import Plan, PlanStep, read_plan
from sqlwright.errors import DatabaseError, SqlError
from sqlwright.schema import Column, Facts, Schema, Table
from sqlwright.sql import place

GUESS = "a guess: no row counts or plan were given"
GUESS_RU = "предположение: нет ни числа строк, ни плана"

_MOST_TABLES = 3
_MOST_COLUMNS = 2
_FACTS_SECONDS = 3.0
_PLAN_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class About:
    """What part of a query a finding is about.

    Attributes:
        tables: of the schema, those with the most rows first.
        columns: that its conditions compare, with their tables.
        names: of those tables and their aliases in the query, in lower case.
        is_sorted: does the SELECT around it sort, group or drop repeats?
    """

    tables: tuple[Table, ...]
    columns: tuple[tuple[Table, Column], ...]
    names: frozenset[str]
    is_sorted: bool


_NOTHING = About((), (), frozenset(), False)


def with_evidence(
    findings: Sequence[Finding],
    query: exp.Expr,
    schema: Schema,
    plan: Plan | None = None,
    facts: Facts | None = None,
) -> list[Finding]:
    """The findings, those that say `slow` with their numbers or the words that they are guesses.

    Args:
        query: the statement in which they were found.
        schema: with row counts where a database was read.
        plan: of the query.
        facts: of the values of the columns that the findings are about.
    """
    knows = bool(plan or facts) or any(table.rows is not None for table in schema.tables)

    def told(finding: Finding) -> Finding:
        what = about(finding, query, schema) if knows else _NOTHING
        return _told(finding, what, plan, facts or Facts())

    return [told(finding) if finding.severity == "slow" else finding for finding in findings]


def _told(finding: Finding, what: About, plan: Plan | None, facts: Facts) -> Finding:
    numbers = list(_numbers(finding, what, plan, facts))
    if not numbers:
        if "guess" in finding.message:
            return finding
        numbers = [(GUESS, GUESS_RU)]
    known = (finding.evidence, finding.evidence_ru or finding.evidence)
    english, russian = (
        "; ".join(filter(None, words)) for words in zip(known, *numbers, strict=True)
    )
    return replace(finding, evidence=english, evidence_ru=russian)


def _numbers(
    finding: Finding, what: About, plan: Plan | None, facts: Facts
) -> Iterator[tuple[str, str]]:
    """What is known, each in English and Russian."""
    for table in what.tables[:_MOST_TABLES]:
        if table.rows is not None and f"{table.rows:,} rows" not in finding.evidence:
            yield (f"{table.name} has {table.rows:,} rows", f"строк в {table.name}: {table.rows:,}")
    without = finding.evidence.partition("no index on ")[2].split(", ")
    for table, column in what.columns[:_MOST_COLUMNS]:
        if said := _of_column(table, column, facts, column.name in without):
            yield said
    if plan is None:
        return
    here = [step for step in plan.heaviest(len(plan.steps)) if step.table.lower() in what.names]
    heaviest = here[:1]
    spilled = [step for step in plan.steps if step.spilled and step not in heaviest]
    for step in (*heaviest, *(spilled[:1] if what.is_sorted else ())):
        yield say_step(step, "en"), say_step(step, "ru")


def _of_column(
    table: Table, column: Column, facts: Facts, is_index_told: bool
) -> tuple[str, str] | None:
    """How many values the column has and what index begins with it, where a database told."""
    known = facts.of(table.name, column.name)
    if known.distinct is None and (table.rows is None or is_index_told):
        return None
    name = f"{table.name}.{column.name}"
    if is_index_told:
        begins, begins_ru = "", ""
    elif index := _index_on(table, column):
        begins, begins_ru = f"{index[0]} begins with it", f"с него начинается {index[1]}"
    else:
        begins, begins_ru = "no index begins with it", "ни один индекс с него не начинается"
    if known.distinct is None:
        return f"{name}: {begins}", f"{name}: {begins_ru}"
    count, around = f"{known.distinct:,}", "" if known.is_exact else "about "
    around_ru = "" if known.is_exact else "около "
    told = f"{name} has {around}{count} different values"
    told_ru = f"разных значений у {name}: {around_ru}{count}"
    return ", ".join(filter(None, (told, begins))), ", ".join(filter(None, (told_ru, begins_ru)))


def _index_on(table: Table, column: Column) -> tuple[str, str] | None:
    """The index or key that begins with the column, in English and Russian."""
    wanted = column.name.lower()
    for index in table.indexes:
        if index.columns and index.columns[0].lower() == wanted:
            return f"the index {index.name}", f"индекс {index.name}"
    for key in (table.primary_key, *table.unique):
        if key and key[0].lower() == wanted:
            listed = ", ".join(key)
            return f"the key ({listed})", f"ключ ({listed})"
    return None


def say_step(step: PlanStep, language: str = "en") -> str:
    """What a step of a plan does and what it takes, in one phrase."""
    is_russian = language == "ru"
    name = step.name
    if step.seconds is None and step.given is None:
        if step.expected is None:
            rows = step.read or 0
            return (
                f"{name}: прочитано строк: {rows:,}"
                if is_russian
                else f"{name} reads {rows:,} rows"
            )
        if step.share is None:
            if is_russian:
                return f"движок ожидает около {step.expected:,} строк из {name}"
            return f"the engine expects about {step.expected:,} rows from {name}"
        if is_russian:
            return (
                f"на {name} движок отводит {step.share:.0%} работы: около {step.expected:,} строк"
            )
        return (
            f"the engine expects {step.share:.0%} of the work in {name}:"
            f" about {step.expected:,} rows"
        )
    counts = ", ".join(_counts(step, is_russian))
    if step.share is None:
        return f"{name}: {counts}"
    if is_russian:
        return f"{step.share:.0%} времени уходит на {name}: {counts}"
    return f"{step.share:.0%} of the time goes into {name}: {counts}"


def _counts(step: PlanStep, is_russian: bool) -> Iterator[str]:
    """The numbers of a step of a measured plan."""
    repeats = step.loops is not None and step.loops > 1
    if step.seconds is not None:
        yield _say_seconds(step.seconds, is_russian)
    if step.expected is not None:
        each = (" за раз" if is_russian else " each time") if repeats else ""
        yield (f"ожидалось строк{each}: {step.expected:,}" if is_russian
               else f"{step.expected:,} rows expected{each}")  # fmt: skip
    if step.given is not None:
        yield f"отдано {step.given:,}" if is_russian else f"{step.given:,} given"
    if step.read is not None and step.read != step.given:
        yield f"прочитано {step.read:,}" if is_russian else f"{step.read:,} read"
    if repeats:
        yield f"повторов: {step.loops:,}" if is_russian else f"{step.loops:,} loops"
    if step.spilled:
        size = _say_bytes(step.spilled, is_russian)
        yield f"на диск записано {size}" if is_russian else f"{size} written to disk"


def _say_seconds(value: float, is_russian: bool) -> str:
    if value >= 1:
        return f"{value:.3g} {'с' if is_russian else 's'}"
    return f"{value * 1000:.3g} {'мс' if is_russian else 'ms'}"


def _say_bytes(value: int, is_russian: bool) -> str:
    if value >= 1024 * 1024:
        return f"{value / 1024 / 1024:,.1f} {'МБ' if is_russian else 'MB'}"
    return f"{value // 1024:,} {'КБ' if is_russian else 'kB'}"


# --- what a finding is about ----------------------------------------------------------------------

_CLAUSES = (exp.Where, exp.Having, exp.Qualify, exp.Join, exp.Order, exp.Group)
_ENDS = (*_CLAUSES, exp.Select, exp.SetOperation, exp.CTE, exp.From)


def about(finding: Finding, query: exp.Expr, schema: Schema) -> About:
    """The tables and columns of the condition, key or SELECT at the finding's place."""
    start = _node_at(query, finding.line, finding.column)
    part: exp.Expr = start if start is not None else query
    while part.parent is not None and not isinstance(part.parent, (*_ENDS, exp.Connector)):
        part = part.parent
    select = part if isinstance(part, exp.Select) else part.find_ancestor(exp.Select)
    is_key = start is not None and isinstance(part.parent, (*_CLAUSES, exp.Connector))
    within = part if is_key else select if select is not None and select.parent else None
    columns = list(_compared(within, schema)) if within is not None else []
    columns = sorted(dict.fromkeys(columns), key=lambda pair: -(pair[0].rows or 0))
    tables = [table for table, _ in columns]
    if within is not None:
        tables += _tables_in(within, schema)
    if not tables:
        tables = _tables_in(select if select is not None else query, schema)
    tables = sorted(dict.fromkeys(tables), key=lambda table: -(table.rows or 0))
    listed = {table.name.lower() for table in tables}
    aliases = {
        node.alias.lower()
        for node in query.find_all(exp.Table)
        if node.alias and node.name.lower() in listed
    }
    sorting = ("order", "group", "distinct")
    is_sorted = select is not None and any(select.args.get(name) for name in sorting)
    return About(tuple(tables), tuple(columns), frozenset(listed | aliases), is_sorted)


def _node_at(query: exp.Expr, line: int, column: int) -> exp.Expr | None:
    if not line:
        return None
    named = (node for node in query.walk() if "start" in node.meta)
    return next((node for node in named if place(node) == (line, column)), None)


def _compared(part: exp.Expr, schema: Schema) -> Iterator[tuple[Table, Column]]:
    """Columns of the condition or key, or of a subquery's conditions, that known tables have."""
    for node in part.find_all(exp.Column):
        if node.find_ancestor(exp.AggFunc) or _is_selected(node, part):
            continue
        found = owner(node, schema)
        table = found[1].table if found is not None else None
        column = table.column(node.name) if table is not None else None
        if table is not None and column is not None:
            yield table, column


def _is_selected(column: exp.Column, part: exp.Expr) -> bool:
    """Is it only what a subquery inside the part returns?"""
    node: exp.Expr = column
    while node is not part and node.parent is not None:
        if isinstance(node.parent, exp.Select) and node.arg_key == "expressions":
            return True
        node = node.parent
    return False


def _tables_in(part: exp.Expr, schema: Schema) -> list[Table]:
    """Tables that the SELECTs of the part read, those of the schema; CTEs are none."""
    found: Iterable[Table | None] = (
        source.table for select in part.find_all(exp.Select) for source in sources(select, schema)
    )
    known = [table for table in found if table is not None]
    if known or isinstance(part, exp.Query):
        return known
    named = (schema.table(node.name) for node in part.find_all(exp.Table))
    return [table for table in named if table is not None]


# --- what a database tells ------------------------------------------------------------------------


def ask(
    database: Database,
    query: exp.Query,
    findings: Sequence[Finding],
    schema: Schema,
    *,
    run_seconds: float | None = None,
) -> tuple[Plan | None, Facts]:
    """The plan of the query and what is known of the columns that its slow findings are about.

    Args:
        schema: of the database, which is not read once more.
        run_seconds: let the query run for its plan, at most so long; without it nothing runs.
    """
    try:
        plan = plan_of(database, query, schema, run_seconds=run_seconds)
    except (DatabaseError, SqlError):
        plan = None
    return plan, facts_of(database, query, findings, schema)


#: Asks a database about a statement and its findings.
Ask = Callable[[exp.Expr, Sequence[Finding]], tuple[Plan | None, Facts | None]]


@contextmanager
def asking(where: str | None, schema: Schema) -> Iterator[Ask]:
    """How the database at the address is asked, which is opened at the first question.

    Nothing runs there. Without an address, and of what is no query, nothing is known.
    """
    with ExitStack() as stack:
        opened: list[Database] = []

        def told(tree: exp.Expr, findings: Sequence[Finding]) -> tuple[Plan | None, Facts | None]:
            if where is None or not isinstance(tree, exp.Query):
                return None, None
            if not opened:
                opened.append(stack.enter_context(connect(where)))
            return ask(opened[0], tree, findings, schema)

        yield told


def plan_of(
    database: Database, query: exp.Query, schema: Schema, *, run_seconds: float | None = None
) -> Plan:
    """The plan, measured where the query may run and is done in time.

    Raises:
        DatabaseError: if the engine refuses the query.
    """
    aliases = {node.alias_or_name: node.name for node in query.find_all(exp.Table)}

    def read(text: str) -> Plan:
        return read_plan(text, database.dialect, schema, aliases)

    if run_seconds is not None:
        # too slow, or an engine that cannot measure: what it expects says something as well
        with suppress(DatabaseError):
            return read(database.measured_plan(query, seconds=run_seconds))
    return read(database.plan(query, seconds=_PLAN_SECONDS))


def facts_of(
    database: Database, query: exp.Expr, findings: Sequence[Finding], schema: Schema
) -> Facts:
    """How many values the columns have that the slow findings are about; no value is read."""
    wanted: dict[str, set[str]] = {}
    for finding in findings:
        if finding.severity == "slow":
            for table, column in about(finding, query, schema).columns[:_MOST_COLUMNS]:
                wanted.setdefault(table.name, set()).add(column.name)
    if not wanted:
        return Facts()
    narrow = Schema(
        tuple(
            replace(table, columns=tuple(c for c in table.columns if c.name in wanted[table.name]))
            for table in schema.tables
            if table.name in wanted
        )
    )
    try:
        return database.facts(narrow, values=False, seconds=_FACTS_SECONDS)
    except DatabaseError:
        return Facts()
