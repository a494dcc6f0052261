"""Safety of read-only queries: work without a bound, secrets in sight, SQL made of data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.schema import Schema, kind_of

_MANY_ROWS = 10_000_000
_SECRET = re.compile(
    r"(?:\w*_)?(?:passw(?:or)?d|passwd|pwd|passphrase|secret|api_?key|private_?key|access_?token"
    r"|auth_?token|session_?token|client_?secret)(?:_(?:hash|salt|digest|plain|encrypted))?",
    re.I,
)
_WEAK = frozenset({"MD5", "SHA", "SHA1", "CRC32"})
_ACCOUNTS = frozenset(
    """pg_shadow pg_authid mysql.user mysql.db mysql.global_priv sys.sql_logins sys.user$
    sys.syslogins dba_users syslogins sysxlogins pg_user_mapping pg_user_mappings rdb$users
    sys.server_principals""".split()
)
_VERB = re.compile(
    r"\s*(?:SELECT\s|INSERT\s+INTO\s|UPDATE\s|DELETE\s+FROM\s|DROP\s|ALTER\s|CREATE\s|GRANT\s"
    r"|REVOKE\s|TRUNCATE\s|EXEC(?:UTE)?\s|CALL\s|KILL\s)",
    re.I,
)
_QUOTING = frozenset({"QUOTE_IDENT", "QUOTE_LITERAL", "QUOTE_NULLABLE", "QUOTENAME", "QUOTE"})


def unbounded_recursion(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A recursive CTE that reads only itself, without a condition, makes rows until memory ends.

    Bad:
        WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n)
        SELECT MAX(i) FROM n
    Good:
        WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 100)
        SELECT MAX(i) FROM n

    No rewrite is offered: only the author knows the bound. Silent when the recursive part has a
    condition, a LIMIT or another table, and when a LIMIT stands in the query around it, which some
    engines stop at.

    По-русски: рекурсивный CTE, который читает только себя и без условия, создаёт строки, пока не
    кончится память. Молчит, когда в рекурсивной части есть условие, LIMIT или другая таблица, и
    когда LIMIT стоит в запросе вокруг: на нём некоторые СУБД остановятся.
    """
    for with_ in every(query, exp.With):
        if not with_.args.get("recursive") or (with_.parent and with_.parent.args.get("limit")):
            continue
        for cte in with_.expressions:
            union = cte.this
            if not isinstance(union, exp.Union) or union.args.get("limit"):
                continue
            part = union.expression.unnest()
            if isinstance(part, exp.Select) and _reads_only(part, cte.alias):
                yield found(
                    part,
                    "unbounded-recursion",
                    "unsafe",
                    f"nothing ends the recursion of {cte.alias}",
                    f"рекурсию {cte.alias} ничто не останавливает",
                )


def _reads_only(part: exp.Select, name: str) -> bool:
    bounded = any(
        part.args.get(clause) for clause in ("where", "having", "limit", "joins", "group")
    )
    source = part.args.get("from_")
    if bounded or source is None or not isinstance(source.this, exp.Table):
        return False
    return source.this.name.lower() == name.lower() and part.find(exp.Subquery, exp.Exists) is None


def generated_rows(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """generate_series over a wide range, or several crossed, makes millions of rows out of nothing.

    Bad:
        SELECT COUNT(*)
        FROM GENERATE_SERIES(1, 100000) AS a CROSS JOIN GENERATE_SERIES(1, 100000) AS b
    Good:
        SELECT COUNT(*) FROM GENERATE_SERIES(1, 100) AS a CROSS JOIN GENERATE_SERIES(1, 100) AS b

    Said from 10,000,000 rows on, counted from the bounds where they are numbers. Silent for smaller
    ranges, for bounds that are no numbers, and where a join has a condition.

    По-русски: generate_series по широкому диапазону или перемноженные ряды создают миллионы строк
    из ничего (говорится от 10 000 000). Молчит для меньших рядов, для границ, которые не числа, и
    когда у соединения есть условие.
    """
    for select in every(query, exp.Select):
        source = select.args.get("from_")
        joins = select.args.get("joins") or []
        if source is None or any(join.args.get("on") or join.args.get("using") for join in joins):
            continue
        if select.args.get("where") is not None and joins:
            continue
        rows = 1
        for part in (source.this, *(join.this for join in joins)):
            rows *= _series_rows(part) or 1
        if rows >= _MANY_ROWS:
            yield found(
                source,
                "generated-rows",
                "unsafe",
                f"{rows:,} rows are made out of nothing",
                f"из ничего создаётся строк: {rows:,}",
            )


def _series_rows(source: exp.Expr) -> int | None:
    series = source.find(exp.GenerateSeries, exp.ExplodingGenerateSeries)
    if series is None or source.find(exp.Select) is not None:
        return None
    bounds = [_integer(series.args.get(part)) for part in ("start", "end")]
    step = _integer(series.args.get("step")) or 1
    first, last = bounds
    if first is None or last is None:
        return None
    return max((last - first) // step + 1, 0) if step else None


def _integer(node: exp.Expr | None) -> int | None:
    if isinstance(node, exp.Neg):
        inner = _integer(node.this)
        return None if inner is None else -inner
    if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
        return int(node.name)
    return None


def account_catalog(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """The server's accounts and the hashes of their passwords are read.

    Bad:
        SELECT usename, passwd FROM pg_shadow
    Good:
        SELECT name, city FROM customers

    Silent for other catalogs, and for a table of that name that the schema has.

    По-русски: читаются учётные записи сервера и хеши их паролей. Молчит для других каталогов и для
    таблицы с таким именем, которая есть в схеме.
    """
    for table in every(query, exp.Table):
        name = table.name.lower()
        if schema.table(name) is not None:
            continue
        if name in _ACCOUNTS or f"{table.db.lower()}.{name}" in _ACCOUNTS:
            yield found(
                table,
                "account-catalog",
                "unsafe",
                f"{shown(table)} holds the server's accounts and their password hashes",
                f"в {shown(table)} учётные записи сервера и хеши их паролей",
            )


def generated_statement(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """SQL is put together from data: a name or value with a quote in it makes another statement.

    Bad:
        SELECT 'DELETE FROM orders WHERE coupon = ''' || coupon || '''' FROM orders
    Good:
        SELECT 'DELETE FROM orders WHERE coupon = ' || QUOTE_LITERAL(coupon) FROM orders

    Silent when every part of it that is data goes through a quoting function, when it only holds
    numbers, and for text that does not begin with a verb of SQL and a space.

    По-русски: из данных собирается SQL: имя или значение с кавычкой сделает из него другую команду.
    Молчит, когда все данные проходят через функцию, которая ставит кавычки, когда это только числа,
    и для текста, который не начинается с команды SQL и пробела.
    """
    for joined in every(query, exp.DPipe, exp.Concat):
        if isinstance(joined.parent, exp.DPipe | exp.Concat):
            continue
        parts = _parts(joined)
        first = parts[0] if parts else None
        if not isinstance(first, exp.Literal) or not first.is_string or not _VERB.match(first.name):
            continue
        loose = [part for part in parts[1:] if _is_loose(part, schema)]
        if loose:
            yield found(
                joined,
                "generated-statement",
                "unsafe",
                f"{shown(loose[0])} goes into SQL without quotes of its own",
                f"{shown(loose[0])} попадает в SQL без собственных кавычек",
            )


def _parts(joined: exp.Expr) -> list[exp.Expr]:
    if isinstance(joined, exp.Paren):
        return _parts(joined.this)
    if isinstance(joined, exp.DPipe):
        return [*_parts(joined.this), *_parts(joined.expression)]
    if isinstance(joined, exp.Concat):
        return [part for item in joined.expressions for part in _parts(item)]
    return [joined]


def _is_loose(part: exp.Expr, schema: Schema) -> bool:
    if isinstance(part, exp.Func) and not isinstance(part, exp.Cast | exp.Coalesce):
        name = part.name if isinstance(part, exp.Anonymous) else part.sql_name()
        if name.upper() in _QUOTING:
            return False
    columns = list(part.find_all(exp.Column))
    numbers = isinstance(part, exp.Cast) and part.to.this in exp.DataType.INTEGER_TYPES
    return bool(columns) and not numbers and not all(_is_number(c, schema) for c in columns)


def _is_number(column: exp.Column, schema: Schema) -> bool:
    holders = [t for t in schema.tables if t.column(column.name)]
    kinds = {kind_of(c.type) for t in holders if (c := t.column(column.name)) is not None}
    return bool(kinds) and kinds <= {"int", "num", "real", "bool"}


def literal_secret(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A password or key written into a query ends up in logs, plans and statistics of statements.

    Bad:
        SELECT id FROM customers WHERE name = 'Ann' AND password = 'hunter2'
    Good:
        SELECT id FROM customers WHERE name = 'Ann'

    Compare a salted hash in the program, or pass the value as a parameter. By the column's name: a
    guess. Silent for other columns, an empty text, and what is no text.

    По-русски: пароль или ключ, записанный в запросе, попадёт в журналы, планы и статистику команд;
    о столбце судят по имени, это догадка. Молчит для других столбцов, пустого текста и не текста.
    """
    for test in every(query, exp.EQ, exp.NEQ, exp.Like, exp.In):
        column = test.this.unnest()
        values = test.expressions if isinstance(test, exp.In) else [test.expression]
        given = [v for v in values if isinstance(v, exp.Literal) and v.is_string and v.name]
        if isinstance(column, exp.Column) and given and _SECRET.fullmatch(column.name):
            yield found(
                test,
                "literal-secret",
                "unsafe",
                f"the value of {shown(column)} stands in the text (a guess by its name)",
                f"значение {shown(column)} стоит в тексте запроса (догадка по имени)",
            )


def secret_in_result(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A password, key or their hash leaves the database with the rows of the result.

    Bad:
        SELECT id, name, password_hash FROM customers
    Good:
        SELECT id, name FROM customers

    By the column's name: a guess. Silent inside subqueries, in conditions, under an aggregate, and
    when only its presence is asked for (IS NULL, COUNT).

    По-русски: пароль, ключ или их хеш покидает базу вместе со строками; о столбце судят по имени,
    это догадка. Молчит в подзапросах, условиях и агрегатах и когда спрашивают только о наличии.
    """
    for select in _outermost(query):
        for item in select.selects:
            value = item.unalias()
            if isinstance(value, exp.Column) and _SECRET.fullmatch(value.name):
                yield found(
                    item,
                    "secret-in-result",
                    "unsafe",
                    f"{shown(value)} leaves the database (a guess by its name)",
                    f"{shown(value)} покидает базу (догадка по имени)",
                )


def _outermost(query: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(query, exp.Subquery):
        yield from _outermost(query.this)
    elif isinstance(query, exp.SetOperation):
        yield from _outermost(query.this)
        yield from _outermost(query.expression)
    elif isinstance(query, exp.Select):
        yield query


def weak_hash(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """MD5 and SHA-1 of a password are guessed by the billion a second: they keep no secret.

    Bad:
        SELECT id FROM customers WHERE MD5(password) = token
    Good:
        SELECT id FROM customers WHERE MD5(name) = token

    By the column's name: a guess. Hash passwords in the program, with a slow salted function.
    Silent for other columns, where a checksum is all that is wanted.

    По-русски: MD5 и SHA-1 от пароля подбирают миллиардами в секунду, тайны они не хранят; о столбце
    судят по имени, это догадка. Молчит для других столбцов, где нужна лишь контрольная сумма.
    """
    for call in every(query, exp.Func):
        name = call.name.upper() if isinstance(call, exp.Anonymous) else call.sql_name()
        if name not in _WEAK:
            continue
        secret = next((c for c in call.find_all(exp.Column) if _SECRET.fullmatch(c.name)), None)
        if secret is not None:
            yield found(
                call,
                "weak-hash",
                "unsafe",
                f"{name} of {shown(secret)} is guessed quickly (a guess by the column's name)",
                f"{name} от {shown(secret)} подбирается быстро (догадка по имени столбца)",
            )
