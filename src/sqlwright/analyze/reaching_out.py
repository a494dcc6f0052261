"""What any statement may do beside its rows: run text as SQL, wait, lock, reach files or hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.definitions import text_of
from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.untrusted.words import OUTER_OBJECTS, REACHING_OUT, WAITING
from sqlwright.schema import Schema

_WAITS = WAITING - {"ZEROBLOB", "RANDOMBLOB"} | {"WAITFOR"}
_FILE_STATEMENT = re.compile(
    r"(?:LOAD\s+(?:DATA|XML)|BULK\s+INSERT|ATTACH|BACKUP\s+(?:DATABASE|LOG)|RESTORE\s+DATABASE"
    r"|CREATE\s+(?:SERVER|FOREIGN\s+DATA\s+WRAPPER|DATABASE\s+LINK|USER\s+MAPPING)"
    r"|INSTALL|IMPORT\s+DATABASE|EXPORT\s+DATABASE|SOURCE|SYSTEM)\b",
    re.I,
)
_LINKED = re.compile(r"(?:DBLINK|DBLINK_\w+|OPENROWSET|OPENDATASOURCE|OPENQUERY)$")
_EXECUTES = re.compile(r"(?:EXECUTE|EXEC|PREPARE)\b", re.I)
_JOINED = re.compile(r"\|\||\+\s*[@'\w]|'\s*\+|\bCONCAT\s*\(|\bFORMAT\s*\(", re.I)
_QUOTING = re.compile(r"QUOTE_(?:IDENT|LITERAL|NULLABLE)|QUOTENAME|%I|%L|DBMS_ASSERT", re.I)


def waiting_function(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """A function that only waits holds a connection, its locks and its snapshot for nothing.

    Bad:
        SELECT PG_SLEEP(10)
    Good:
        SELECT COUNT(*) FROM orders

    In text from outside it is how an attack asks one bit. Silent for everything else.

    По-русски: функция, которая только ждёт, зря держит соединение, блокировки и снимок данных; в
    чужом тексте так по одному биту узнают данные. Молчит для всего остального.
    """
    for name, node in _calls(tree):
        if name in _WAITS:
            yield found(
                node,
                "waiting-function",
                "unsafe",
                f"{name.lower()} holds the connection and its locks while it waits",
                f"{name.lower()} держит соединение и блокировки, пока ждёт",
            )
    if isinstance(tree, exp.Command) and tree.name.upper() == "WAITFOR":
        yield found(
            tree, "waiting-function", "unsafe", "WAITFOR holds the connection while it waits",
            "WAITFOR держит соединение, пока ждёт",
        )  # fmt: skip


def _calls(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """Every function of the tree by its name in upper case."""
    for node in tree.find_all(exp.Func):
        if isinstance(node, exp.Anonymous):
            yield node.name.upper(), node
        elif isinstance(node, exp.ReadCSV | exp.ReadParquet):
            yield node.sql_name().upper(), node


def outside_access(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """Files, programs or other hosts are reached with the server's rights, not the user's.

    Bad:
        COPY orders FROM PROGRAM 'curl http://example.org/orders'
    Good:
        COPY orders FROM STDIN

    Silent for STDIN and STDOUT, which go through the client.

    По-русски: файлы, программы или другие узлы доступны с правами сервера, а не пользователя.
    Молчит для STDIN и STDOUT, которые идут через клиента.
    """
    for what, node in _reached(tree):
        yield found(
            node,
            "outside-access",
            "unsafe",
            f"{what} reaches outside the database with the server's rights",
            f"{what} выходит за пределы базы с правами сервера",
        )


def _reached(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for name, node in _calls(tree):
        if name in REACHING_OUT or _LINKED.match(name):
            yield name.lower(), node
    for copy in tree.find_all(exp.Copy):
        target = copy.args.get("files") or [None]
        if isinstance(target[0], exp.Literal) or str(target[0]).upper() == "PROGRAM":
            verb = "COPY PROGRAM" if str(target[0]).upper() == "PROGRAM" else "COPY with a file"
            yield verb, copy
    for node in tree.find_all(exp.Execute, exp.Dot, exp.Table):
        name = node.this.name if isinstance(node, exp.Execute) else node.name
        parts = {part.upper() for part in re.findall(r"\w+", node.sql()[:120])}
        if isinstance(node, exp.Execute) and (name.upper() in OUTER_OBJECTS - {"SP_EXECUTESQL"}):
            yield name.lower(), node
        elif isinstance(node, exp.Dot) and not isinstance(node.parent, exp.Dot):
            if packages := parts & OUTER_OBJECTS:
                yield min(packages).lower(), node
        elif isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            if re.match(r"(?:https?|s3|gs|azure|hf|file)://", node.name) or _is_file(node):
                yield node.name, node
    if isinstance(tree, exp.LoadData | exp.Attach):
        yield tree.key.upper(), tree
    elif isinstance(tree, exp.Command) and _FILE_STATEMENT.match(words := text_of(tree)):
        yield " ".join(words.upper().split()[:2]), tree


def _is_file(table: exp.Table) -> bool:
    quoted = bool(table.this.args.get("quoted"))
    return (
        quoted
        and re.search(r"\.(?:csv|parquet|json|jsonl|tsv|xlsx)(?:\.gz)?$", table.name) is not None
    )


def dynamic_sql(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """Text put together and run as SQL runs whatever its parts say.

    Bad:
        EXECUTE 'SELECT * FROM orders WHERE status = ''' || chosen || ''''
    Good:
        EXECUTE 'SELECT * FROM orders WHERE status = $1' USING chosen

    Silent for a fixed text, for a prepared statement that is run by its name, and when each part
    is quoted by a function made for it (quote_ident, quote_literal, format with %I and %L,
    QUOTENAME).

    По-русски: собранный из кусков текст, выполняемый как SQL, выполнит всё, что в кусках. Молчит
    для постоянного текста, для подготовленной команды по имени и когда куски заключены в кавычки
    предназначенной для этого функцией.
    """
    words = text_of(tree)
    if isinstance(tree, exp.Command) and tree.name.upper() == "DO":
        executed = re.search(r"\bEXECUTE\b([^;]*)", words, re.I)
        words = f"EXECUTE {executed[1]}" if executed else ""
    elif not _is_executed(tree, words):
        return
    if not _JOINED.search(words) or _QUOTING.search(words):
        return
    yield found(
        tree,
        "dynamic-sql",
        "unsafe",
        "SQL is put together from parts and run: pass values as parameters, quote names",
        "SQL собран из кусков и выполняется: передавайте значения параметрами, имена — в кавычках",
    )


def _is_executed(tree: exp.Expr, words: str) -> bool:
    if isinstance(tree, exp.Command):
        return _EXECUTES.match(words) is not None
    return isinstance(tree, exp.Execute | exp.ExecuteSql)


def locking_read(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """SELECT ... FOR UPDATE locks every row that it reads until its transaction ends.

    Bad:
        SELECT id FROM orders WHERE status = 'new' FOR UPDATE
    Good:
        SELECT id FROM orders WHERE status = 'new' ORDER BY id LIMIT 10 FOR UPDATE SKIP LOCKED

    Silent when a LIMIT bounds it, when the condition gives the whole primary key, and with SKIP
    LOCKED or NOWAIT.

    По-русски: SELECT ... FOR UPDATE держит каждую прочитанную строку до конца транзакции. Молчит,
    когда строк мало из-за LIMIT или полного первичного ключа в условии, со SKIP LOCKED и NOWAIT.
    """
    for lock in tree.find_all(exp.Lock):
        select = lock.parent
        if not isinstance(select, exp.Select) or lock.args.get("wait") is not None:
            continue
        if select.args.get("limit") or select.args.get("fetch") or _is_by_key(select, schema):
            continue
        yield found(
            select,
            "locking-read",
            "unsafe",
            "every row that this reads stays locked until the transaction ends",
            "все прочитанные строки останутся заблокированы до конца транзакции",
        )


def _is_by_key(select: exp.Select, schema: Schema) -> bool:
    source, where = select.args.get("from_"), select.args.get("where")
    if source is None or where is None or select.args.get("joins"):
        return False
    table = schema.table(source.this.name)
    if table is None or not table.primary_key:
        return False
    given = {
        test.this.name.lower()
        for test in where.find_all(exp.EQ)
        if isinstance(test.this, exp.Column) and not isinstance(test.expression, exp.Column)
    }
    no_or = where.find(exp.Or) is None
    return no_or and {name.lower() for name in table.primary_key} <= given


def hidden_comment(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """MySQL runs what /*! */ holds; every other reader, this one too, takes it for a comment.

    Bad:
        SELECT id /*!50000 , email */ FROM customers
    Good:
        SELECT id, email FROM customers

    What is checked here is then another statement than the one that runs. Silent for comments
    without a version or a keyword after the mark, and for the settings that dumps hold in them.

    По-русски: MySQL исполняет содержимое /*! */, а для других и для этой проверки это комментарий:
    проверяется не то, что выполняется. Молчит, когда за знаком нет ни версии, ни ключевого слова,
    и для настроек, которые так записаны в дампах.
    """
    for node in tree.walk():
        for comment in node.comments or ():
            if _RUN_BY_MYSQL.match(comment) and not _OF_DUMPS.match(comment):
                yield found(
                    node,
                    "hidden-comment",
                    "unsafe",
                    f"MySQL runs `{shown_comment(comment)}`, which looks like a comment",
                    f"MySQL исполнит `{shown_comment(comment)}`: это лишь похоже на комментарий",
                )


_RUN_BY_MYSQL = re.compile(
    r"M?!(?:\d{5,6}|\s*(?:SELECT|UNION|AND|OR|FROM|WHERE|INSERT|UPDATE|DELETE|DROP|SET|INTO)\b)",
    re.I,
)


_OF_DUMPS = re.compile(
    r"M?!\d*\s*(?:SET\s+(?:@|NAMES\b|\w+\s*=\s*@)|ALTER\s+TABLE\s+\S+\s+(?:DIS|EN)ABLE\s+KEYS"
    r"|SET\s+(?:character_set_client|TIME_ZONE|SQL_MODE)\b)",
    re.I,
)


def shown_comment(comment: str) -> str:
    """A comment as a message quotes it."""
    text = " ".join(comment.split())
    return f"/*{text if len(text) <= 40 else text[:37] + '...'}*/"
