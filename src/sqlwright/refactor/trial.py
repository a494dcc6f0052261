"""Values made up for the placeholders of a query, so that a change of it can be tried.

What is made up differs from round to round: alike, rising, falling, NULL; a condition is one over
the tables beside it, also with an OR that binds less than what may stand around it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from sqlwright import sql
from sqlwright.analyze.scope import owner, sources
from sqlwright.errors import SqlError
from sqlwright.refactor.placeholders import Opened, Slot
from sqlwright.schema import Schema, kind_of
from sqlwright.verify.infer import infer_schema

_ROUNDS = 4
_NO_QUERY = "without what its placeholders stand for it is no query by itself"


@dataclass(frozen=True, slots=True)
class Trial:
    """A query with stand-ins, and texts to try it with in their place, one set a round."""

    opened: Opened
    query: exp.Query
    schema: Schema
    rounds: tuple[dict[str, str], ...]

    def filled(self, query: exp.Query, number: int) -> exp.Query:
        """The query with what was made up for the round.

        Raises:
            SqlError: if it cannot be read so.
        """
        text = query.sql(dialect=self.opened.dialect, comments=False)
        return sql.read(self.opened.filled(text, self.rounds[number]), self.opened.dialect)

    def why_moved(self, query: exp.Query, text: str) -> str | None:
        """Why a placeholder could mean something else in the changed query, or None."""
        for slot in self.opened.slots:
            if slot.kind in ("table", "schema", "column"):
                continue
            if _is_list(self.query, slot) and not _is_list(query, slot):
                return f"{slot.original} may be a list of values, and IN would go"
            if slot.is_plain:
                continue
            if _seen(self.query, slot, self.schema) != _seen(query, slot, self.schema):
                return f"{slot.original} may name a table that would be called otherwise there"
        return self.opened.why_moved(text)


def trial_of(opened: Opened, schema: Schema) -> Trial:
    """The query, read with stand-ins, and what is tried in their place.

    Raises:
        SqlError: if it is no query over the schema, whatever stands in their place.
    """
    dialect = opened.dialect
    found = sql.parsed(opened.text, dialect)
    if isinstance(found, sql.Stop) or len(found) != 1 or not isinstance(found[0], exp.Query):
        raise SqlError(_NO_QUERY)
    query = sql.with_plain_not(found[0])
    alone = [slot for slot in opened.slots if slot.is_alone]
    copies = [replace(t, name=s.name) for s in alone if (t := schema.table(s.table)) is not None]
    wider = Schema((*schema.tables, *copies))
    bare = opened.filled(opened.text, _values(opened, query, wider, 0))
    if isinstance(sql.parsed(bare, dialect), sql.Stop):
        raise SqlError(_NO_QUERY)
    wider, _ = infer_schema([sql.read(bare, dialect)], wider, dialect)
    rounds = [_values(opened, query, wider, number) for number in range(_ROUNDS)]
    trial = Trial(opened, query, wider, tuple(rounds))
    kept = [made for at, made in enumerate(rounds) if _binds(trial, at)]
    if not kept:
        sql.bind(trial.filled(query, 0), wider, dialect)  # it says why
    return replace(trial, rounds=tuple(kept))


def _binds(trial: Trial, number: int) -> bool:
    try:
        sql.bind(trial.filled(trial.query, number), trial.schema, trial.opened.dialect)
    except SqlError:
        return False
    return True


def _values(opened: Opened, query: exp.Query, schema: Schema, number: int) -> dict[str, str]:
    """What is put in each placeholder's place; what is written alike is given the same."""
    made: dict[str, str] = {}
    by_original: dict[str, str] = {}
    nodes = {node.name: node for node in query.find_all(exp.Placeholder, exp.Parameter)}
    columns = {column.name: column for column in query.find_all(exp.Column)}
    qualifiers = {column.table for column in columns.values()}
    for at, slot in enumerate(opened.slots):
        node = nodes.get(slot.name)
        if slot.kind in ("table", "schema") and slot.name not in qualifiers:
            continue
        if slot.kind == "column" and (column := columns.get(slot.name)) is not None:
            held = (name.split(".") for name in _columns(column, schema))
            known = [name for table, name in held if table == column.table] or [slot.name]
            made[slot.name] = known[(at + number) % len(known)]
            continue
        if node is None:
            raise SqlError(f"{slot.original} stands for neither a value nor a table")
        is_positional = slot.original in ("?", "%s")
        if is_positional or slot.original not in by_original:
            by_original[slot.original] = _value(slot, node, schema, opened.dialect, at, number)
        made[slot.name] = by_original[slot.original]
    return made


def _value(slot: Slot, node: exp.Expr, schema: Schema, dialect: str, at: int, number: int) -> str:
    parent = _around(node)
    if _is_condition(node, parent):
        if slot.is_bound:
            return ("TRUE", "FALSE")[(number + at) % 2]
        return _condition(node, schema, at, number)
    if isinstance(parent, exp.Select | exp.Group | exp.Ordered | exp.Order) and not slot.is_bound:
        columns = list(_columns(node, schema))
        if columns and slot.kind == "value":
            # what a template lists may be several
            return ", ".join(
                dict.fromkeys(columns[n % len(columns)] for n in range(1 + number % 2))
            )
    if isinstance(parent, exp.Limit | exp.Offset | exp.Fetch):
        return str(1 + (number + at) % 3)
    step = (0, at, 6 - at, None)[number]
    kind = (
        slot.type_before
        or _kind(node, parent, schema)
        or ("text" if slot.kind == "text" else "int")
    )
    if step is None:
        return "NULL"
    # one in parentheses after IN may become several
    steps = (step, step + 1) if isinstance(node.parent, exp.In) and number == 1 else (step,)
    is_pattern = isinstance(parent, exp.Like | exp.ILike)
    is_text = slot.kind == "text"
    return ", ".join(_literal(kind, s % 7, is_pattern, is_text, dialect) for s in steps)


def _is_list(query: exp.Query, slot: Slot) -> bool:
    node = _node(query, slot)
    return node is not None and isinstance(node.parent, exp.In) and node.arg_key == "expressions"


def _node(query: exp.Query, slot: Slot) -> exp.Expr | None:
    found = query.find_all(exp.Placeholder, exp.Parameter)
    return next((node for node in found if node.name == slot.name), None)


def _literal(kind: str, step: int, is_pattern: bool, is_quoted: bool, dialect: str) -> str:
    if kind == "interval":
        return f"INTERVAL {step + 1} DAY" if dialect == "mysql" else f"INTERVAL '{step + 1} day'"
    if kind in ("DATE", "TIMESTAMP", "TIME"):
        clock = {"DATE": "", "TIMESTAMP": " 00:00:00"}.get(kind)
        return f"TIME '0{step}:00:00'" if clock is None else f"{kind} '2020-01-0{step + 1}{clock}'"
    if kind in ("date", "timestamp"):
        return f"'2020-01-0{step + 1}'"
    if kind == "text":
        letter = "abcdefg"[step]
        return f"'{letter}%'" if is_pattern else f"'{letter}'"
    if kind == "bool":
        return ("TRUE", "FALSE")[step % 2]
    return f"'{step + 1}'" if is_quoted else str(step + 1)


def _condition(node: exp.Expr, schema: Schema, at: int, number: int) -> str:
    columns = list(_columns(node, schema))
    if not columns:
        return ("1 = 1", "1 = 0")[number % 2]
    one, other = (columns[(at + k * (number + 1)) % len(columns)] for k in (0, 1))
    return (
        f"{one} IS NOT NULL",
        f"{one} IS NULL OR {other} IS NOT NULL",
        f"{one} IS NULL",
        f"{one} = {one} OR {other} IS NULL",
    )[number]


def _columns(node: exp.Expr, schema: Schema) -> Iterator[str]:
    """The columns of the tables beside the node, one of each table in turn."""
    select = node.find_ancestor(exp.Select)
    if select is None:
        return
    here = [s for s in sources(select, schema) if s.columns]
    for place in range(max((len(s.columns or ()) for s in here), default=0)):
        for source in here:
            columns = source.columns or ()
            if place < len(columns):
                yield f"{source.node.alias_or_name}.{columns[place]}"


def _around(node: exp.Expr) -> exp.Expr | None:
    parent = node.parent
    while isinstance(parent, exp.Paren | exp.Neg | exp.Tuple | exp.Alias):
        parent = parent.parent
    return parent


def _is_condition(node: exp.Expr, parent: exp.Expr | None) -> bool:
    if isinstance(parent, exp.Join):
        return True
    if isinstance(parent, exp.If):
        return parent.this is node
    return isinstance(parent, exp.Where | exp.Having | exp.Connector | exp.Not | exp.Qualify)


def _kind(node: exp.Expr, parent: exp.Expr | None, schema: Schema) -> str | None:
    """The kind of what the value is compared or counted with, if that is known."""
    if isinstance(parent, exp.Cast):
        return kind_of(parent.to.sql())
    for other in parent.iter_expressions() if parent is not None else ():
        for column in other.find_all(exp.Column):
            held = owner(column, schema)
            table = held[1].table if held is not None else None
            known = table.column(column.name) if table is not None else None
            if known is not None:
                return kind_of(known.type)
    return None


def _seen(query: exp.Query, slot: Slot, schema: Schema) -> Sequence[tuple[str, str]]:
    """What a placeholder can name: the items of FROM around it, as far as it sees."""
    node = _node(query, slot)
    seen: list[tuple[str, str]] = []
    select = node.find_ancestor(exp.Select) if node is not None else None
    while select is not None:
        seen += sorted((s.name, s.node.name.lower()) for s in sources(select, schema))
        holder = select.parent
        while isinstance(holder, exp.SetOperation | exp.Subquery | exp.Paren):
            holder = holder.parent
        if holder is None or isinstance(holder, exp.From | exp.Join | exp.CTE):
            break
        select = holder.find_ancestor(exp.Select) if not isinstance(holder, exp.Select) else holder
    return seen
