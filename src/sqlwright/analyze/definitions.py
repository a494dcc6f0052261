"""CREATE, ALTER, DROP, GRANT: what a statement does to tables, their data, and who may touch it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, rows_held, shown
from sqlwright.schema import Schema

_HOLDING_DATA = frozenset({"TABLE", "DATABASE", "SCHEMA", "TABLESPACE", "SEQUENCE", "COLUMN"})
_WHO = r"(?:USER|ROLE|LOGIN|GROUP|SERVER\s+ROLE|APPLICATION\s+ROLE)\b"
_PRIVILEGE_COMMAND = re.compile(
    rf"(?:CREATE|ALTER|DROP|RENAME)\s+{_WHO}|ALTER\s+DEFAULT\s+PRIVILEGES|GRANT\b|REVOKE\b"
    r"|SET\s+(?:ROLE|SESSION\s+AUTHORIZATION|PASSWORD)\b|REASSIGN\s+OWNED",
    re.I,
)
_SERVER_COMMAND = re.compile(
    r"(?:SHUTDOWN|KILL|RESTART|RECONFIGURE)\b|ALTER\s+SYSTEM\b|SET\s+(?:GLOBAL|PERSIST)\b"
    r"|(?:INSTALL|UNINSTALL)\s+PLUGIN|RESET\s+(?:MASTER|SLAVE)|FLUSH\s+(?:TABLES|PRIVILEGES|LOGS)",
    re.I,
)


def text_of(tree: exp.Expr) -> str:
    """The statement's words, as written where the parser only keeps them."""
    if isinstance(tree, exp.Command):
        rest = tree.args.get("expression")
        rest = rest.name if isinstance(rest, exp.Expr) else str(rest or "")
        return f"{tree.name} {rest.strip()}"
    try:
        return tree.sql(comments=False)
    except ValueError:  # a property of Redshift's that sqlglot reads and cannot write elsewhere
        return tree.key.upper()


def privilege_change(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """Who may do what is changed: GRANT, REVOKE, users and roles.

    Bad:
        GRANT ALL ON orders TO PUBLIC
    Good:
        SELECT status FROM orders WHERE id = 7

    Every such statement is one to be looked at by whoever answers for access; what is given to all
    users, or with the right to give it further, is said. Silent for everything else.

    По-русски: меняется, кому что разрешено: GRANT, REVOKE, пользователи и роли. Каждую такую
    команду должен видеть тот, кто отвечает за доступ. Молчит для всего остального.
    """
    if isinstance(tree, exp.Grant | exp.Revoke):
        verb = "GRANT" if isinstance(tree, exp.Grant) else "REVOKE"
    elif isinstance(tree, exp.Command | exp.Set) and _PRIVILEGE_COMMAND.match(text_of(tree)):
        verb = " ".join(text_of(tree).upper().split()[:2])
    elif isinstance(tree, exp.Drop | exp.Create) and re.match(_WHO, str(tree.args.get("kind"))):
        verb = f"{tree.key.upper()} {tree.args['kind']}"
    else:
        return
    text = text_of(tree).upper()
    notes = []
    if re.search(r"\bALL\b", text) and verb == "GRANT":
        notes.append(("all rights", "все права"))
    if re.search(r"\bTO\s+PUBLIC\b|@'%'|@%", text):
        notes.append(("to everyone", "всем"))
    if (
        "GRANT OPTION" in text
        or "ADMIN OPTION" in text
        or "SUPERUSER" in text.replace("NOSUPER", "")
    ):
        notes.append(("with the right to give rights", "с правом передавать права"))
    yield found(
        tree,
        "privilege-change",
        "unsafe",
        f"{verb} changes who may do what",
        f"{verb} меняет, кому что разрешено",
        evidence=(", ".join(n[0] for n in notes), ", ".join(n[1] for n in notes)),
    )


def destructive_definition(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """DROP, TRUNCATE and DROP COLUMN take data away at once; most engines do not bring it back.

    Bad:
        ALTER TABLE orders DROP COLUMN coupon
    Good:
        ALTER TABLE orders RENAME COLUMN coupon TO unused_coupon

    Silent for what holds no data of its own (views, indexes, functions, constraints) and for
    temporary tables.

    По-русски: DROP, TRUNCATE и DROP COLUMN уничтожают данные сразу, и вернуть их обычно нечем.
    Молчит для того, что не хранит данных (представления, индексы, функции, ограничения), и для
    временных таблиц.
    """
    for what, node in _destroyed(tree):
        held = node.find(exp.Table)
        table = schema.table(held.name) if held is not None else None
        yield found(
            tree,
            "destructive-definition",
            "unsafe",
            f"{what} takes data away for good",
            f"{what} уничтожает данные безвозвратно",
            evidence=rows_held(table),
        )


def _destroyed(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    if isinstance(tree, exp.TruncateTable):
        for table in tree.expressions:
            yield f"TRUNCATE {shown(table)}", table
    if isinstance(tree, exp.Command) and tree.name.upper() == "TRUNCATE":
        yield "TRUNCATE", tree
    drops = tree.args.get("actions") or () if isinstance(tree, exp.Alter) else (tree,)
    for drop in drops:
        if not isinstance(drop, exp.Drop) or drop.args.get("temporary"):
            continue
        kind = str(drop.args.get("kind") or "").upper()
        if kind in _HOLDING_DATA:
            named = drop.args.get("tables") or [drop.this]
            names = ", ".join(shown(name) for name in named if isinstance(name, exp.Expr))
            yield f"DROP {kind} {names}".strip(), drop


def drop_cascade(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """CASCADE drops everything that depends on the object, without saying what that is.

    Bad:
        DROP TABLE customers CASCADE
    Good:
        DROP TABLE customers

    Without CASCADE the engine lists what stands in the way. Silent without it.

    По-русски: CASCADE удаляет всё, что зависит от объекта, и не говорит что. Без него СУБД
    перечислит помехи. Молчит, когда CASCADE нет.
    """
    for drop in tree.find_all(exp.Drop, exp.TruncateTable):
        if not drop.args.get("cascade") and str(drop.args.get("option")).upper() != "CASCADE":
            continue
        names = {table.name.lower() for table in drop.find_all(exp.Table)}
        children = [
            t.name for t in schema.tables for f in t.foreign_keys if f.table.lower() in names
        ]
        listed = ", ".join(dict.fromkeys(children))
        yield found(
            drop,
            "drop-cascade",
            "unsafe",
            "CASCADE takes along whatever depends on it",
            "CASCADE заберёт и всё, что от этого зависит",
            evidence=(
                (f"foreign keys of {listed} refer to it", f"на неё ссылаются: {listed}")
                if listed
                else ""
            ),
        )


_KEYS = (exp.PrimaryKey, exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint)
_MADE_OTHERWISE = (
    exp.LikeProperty,
    exp.TemporaryProperty,
    exp.PartitionedOfProperty,
    exp.InheritsProperty,
    exp.ExternalProperty,
)


def table_without_key(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """A table without a primary or unique key takes the same row twice, and no one can name one.

    Bad:
        CREATE TABLE notes (customer_id INTEGER, said TEXT)
    Good:
        CREATE TABLE notes (id INTEGER PRIMARY KEY, customer_id INTEGER, said TEXT)

    A later ALTER TABLE may add one: then give the schema. Silent for temporary tables, for
    partitions and copies (LIKE, PARTITION OF, AS SELECT), and when any key is declared or the
    schema has one.

    По-русски: таблица без первичного или уникального ключа примет одну строку дважды, и указать на
    одну из них будет нечем. Молчит для временных таблиц, секций и копий и когда есть любой ключ,
    здесь или в схеме.
    """
    if not isinstance(tree, exp.Create) or str(tree.args.get("kind")).upper() != "TABLE":
        return
    columns = tree.this
    if not isinstance(columns, exp.Schema) or tree.args.get("expression") is not None:
        return
    known = schema.table(columns.this.name)
    if tree.find(*_KEYS, *_MADE_OTHERWISE) or (known is not None and known.keys()):
        return
    if not any(isinstance(part, exp.ColumnDef) for part in columns.expressions):
        return
    yield found(
        tree,
        "table-without-key",
        "style",
        f"{columns.this.name} has no primary or unique key here",
        f"у {columns.this.name} здесь нет ни первичного, ни уникального ключа",
    )


def table_rewrite(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """Some ALTER TABLE statements read or write every row while the table is locked.

    Bad:
        ALTER TABLE orders ALTER COLUMN total TYPE DOUBLE PRECISION
    Good:
        ALTER TABLE orders ADD COLUMN total_exact DOUBLE PRECISION

    It is a guess: which of them do depends on the engine and its version. Said of a new type, of
    a default that differs from row to row, of NOT NULL for a column that is there, and of a
    constraint checked at once. Silent for a new nullable column, a constant default, renaming,
    NOT VALID, a table that the schema does not have (it may be new, and empty), and one that it
    says is small (under 10,000 rows).

    По-русски: некоторые ALTER TABLE читают или пишут каждую строку, пока таблица закрыта; какие
    именно, зависит от СУБД (это догадка). Молчит для нового столбца без NOT NULL, постоянного
    умолчания, переименования, NOT VALID, таблицы, которой в схеме нет (она может быть новой и
    пустой), и маленькой (до 10 000 строк по схеме).
    """
    if not isinstance(tree, exp.Alter) or str(tree.args.get("kind")).upper() != "TABLE":
        return
    table = schema.table(tree.this.name)
    if table is None or (table.rows is not None and table.rows < _SMALL):
        return
    for action in tree.args.get("actions") or ():
        if why := _why_every_row(action, bool(tree.args.get("not_valid"))):
            yield found(
                tree,
                "table-rewrite",
                "slow",
                f"{why[0]} may read or write every row of {tree.this.name} under a lock (a guess)",
                f"{why[1]} может читать или писать все строки {tree.this.name} под блокировкой"
                " (догадка)",
                evidence=rows_held(table),
            )


_SMALL = 10_000


def _why_every_row(action: exp.Expr, not_valid: bool) -> tuple[str, str] | None:
    if isinstance(action, exp.ModifyColumn):
        return "MODIFY COLUMN", "MODIFY COLUMN"
    if isinstance(action, exp.AlterColumn):
        if action.args.get("dtype") is not None:
            return "a new type", "новый тип"
        if action.args.get("allow_null") is False:
            return "SET NOT NULL", "SET NOT NULL"
    if isinstance(action, exp.ColumnDef):
        default = action.find(exp.DefaultColumnConstraint)
        if default is not None and default.find(exp.Func) and not default.find(exp.Cast):
            return f"the default {shown(default.this)}", f"умолчание {shown(default.this)}"
    if isinstance(action, exp.AddConstraint) and not not_valid:
        if action.find(exp.CheckColumnConstraint, exp.ForeignKey, exp.Check):
            return "a constraint checked at once", "ограничение, проверяемое сразу"
    return None


def server_command(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """A statement about the server itself: shutdown, killed sessions, settings of everyone.

    Bad:
        ALTER SYSTEM SET fsync = off
    Good:
        SELECT COUNT(*) FROM orders

    Silent for settings of one's own session.

    По-русски: команда самому серверу: остановка, завершение чужих сеансов, общие настройки. Молчит
    для настроек своего сеанса.
    """
    words = text_of(tree)
    lone = isinstance(tree, exp.Column) and words.upper() == "SHUTDOWN"
    is_known = isinstance(tree, exp.Command | exp.Set | exp.Kill) and _SERVER_COMMAND.match(words)
    if lone or is_known:
        verb = " ".join(words.upper().split()[:2])
        yield found(
            tree,
            "server-command",
            "unsafe",
            f"{verb} is for whoever runs the server",
            f"{verb}: это дело того, кто отвечает за сервер",
        )
