"""What a query shows of the design of the tables that it reads. All of it is a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import (
    columns_of,
    conditions,
    conjuncts,
    schema_column,
    selects,
    sources,
)
from sqlwright.schema import Schema, kind_of

_LIST = re.compile(r"%?[,;|].*|.*[,;|]%?")
_SPLITS = ("find_in_set", "string_to_array", "regexp_split_to_table", "string_split", "json_each")
_TRUTHS = {"y", "n", "yes", "no", "t", "f", "true", "false", "да", "нет", "on", "off"}
_ASKS = re.compile(r"^(is|has|can)_|active|enabled|visible|flag|delete", re.IGNORECASE)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2})?)?|\d{8}|\d{1,2}[./]\d{1,2}[./]\d{4}")


def attribute_table(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A table of names and values is joined once more for every attribute that is read.

    Bad:
        SELECT c.name, a.value, b.value FROM customers c
        JOIN attributes a ON a.customer_id = c.id AND a.name = 'size'
        JOIN attributes b ON b.customer_id = c.id AND b.name = 'color'
    Good:
        SELECT c.name, c.size, c.color FROM customers c

    Columns, or one JSON column, would be typed, checked and read once. No rewrite is offered: the
    tables would have to change; that they should is a guess. Silent unless the same table is joined
    twice or more, each time with another text for the same column.

    По-русски: таблица имён и значений присоединяется ещё раз для каждого читаемого атрибута;
    столбцы или один столбец JSON имели бы тип и читались бы раз. Переписанного запроса нет: менять
    пришлось бы таблицы, и нужно ли — догадка. Молчит, если одна и та же таблица не присоединена
    дважды с разными текстами для одного столбца.
    """
    for select in selects(query):
        kinds: dict[tuple[str, str], dict[str, exp.Expr]] = {}
        here = [s for s in sources(select, schema) if s.body is None]
        tables = {s.name: s.node for s in here if isinstance(s.node, exp.Table)}
        if len(tables) < 2 or len({node.name.lower() for node in tables.values()}) == len(tables):
            continue
        parts = conditions(select)
        for join in select.args.get("joins") or []:
            parts += conjuncts(join.args.get("on")) if join.side else []
        for part in parts:
            if not isinstance(part, exp.EQ) or not isinstance(part.this, exp.Column):
                continue
            value, node = part.expression, tables.get(part.this.table.lower())
            if node is None or not isinstance(value, exp.Literal) or not value.is_string:
                continue
            kinds.setdefault((node.name.lower(), part.this.name.lower()), {})[value.name] = node
        for (table, column), values in kinds.items():
            if len(values) < 2 or len({id(node) for node in values.values()}) < 2:
                continue
            if not re.search(r"name|key|attr|type|field|code|meta|prop", column):
                continue
            yield found(
                next(iter(values.values())),
                "attribute-table",
                "style",
                f"{table} is joined {len(values)} times, once for each `{column}`:"
                " attributes as rows (a guess) cost a join each",
                f"{table} присоединена по разу для каждого `{column}` ({len(values)}):"
                " атрибуты строками (догадка) стоят по соединению",
            )


def list_in_column(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A column that holds a list is searched as text: by no index, and by no foreign key.

    Bad:
        SELECT id FROM customers WHERE tags LIKE '%,red,%'
    Good:
        SELECT c.id FROM customers c JOIN customer_tags t ON t.customer_id = c.id AND t.tag = 'red'

    A table with one row for each item can be joined and indexed. No rewrite is offered: the tables
    would have to change. Silent for patterns without a separator at an end.

    По-русски: столбец, где лежит список, ищется как текст: без индекса и без внешнего ключа;
    таблицу с одной строкой на элемент можно соединять и индексировать. Переписанного запроса нет:
    менять пришлось бы таблицы. Молчит для шаблонов без разделителя на конце.
    """
    for test in every(query, exp.Like, exp.ILike):
        pattern = test.expression
        text = pattern.name if isinstance(pattern, exp.Literal) else _glued_ends(pattern)
        if text is None or (not text.startswith("%") and not text.endswith("%")):
            continue
        bare = text.strip("%")
        if not columns_of(test.this) or not bare or not (bare[0] in ",;|" or bare[-1] in ",;|"):
            continue
        if bare.strip(",;|") == "" and isinstance(pattern, exp.Literal):
            continue  # asks whether there is a comma at all
        yield _listed(test, test.this)
    for call in every(query, exp.Anonymous, exp.StringToArray, exp.Split):
        name = call.name.lower() if isinstance(call, exp.Anonymous) else "string_to_array"
        clause = call.find_ancestor(exp.Where, exp.Join, exp.Select)
        if name in _SPLITS and isinstance(clause, exp.Where | exp.Join) and columns_of(call):
            yield _listed(call, columns_of(call)[-1])


def _glued_ends(pattern: exp.Expr) -> str | None:
    """`'%,' || x || ',%'` as its constant ends."""
    if not isinstance(pattern, exp.DPipe | exp.Concat):
        return None
    texts = [literal.name for literal in pattern.find_all(exp.Literal)]
    starts = [text for text in texts if text.startswith("%")]
    return f"{starts[0]}x%" if starts else None


def _listed(node: exp.Expr, column: exp.Expr) -> Finding:
    return found(
        node,
        "list-in-column",
        "slow",
        f"{shown(column)} seems to hold a list (a guess): a table of its items can be indexed",
        f"{shown(column)}, похоже, хранит список (догадка): таблицу элементов можно индексировать",
    )


def polymorphic_key(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A key whose table stands in another column can be no foreign key: nothing checks it.

    Bad:
        SELECT c.name, n.body FROM customers c
        JOIN notes n ON n.owner_id = c.id AND n.owner_type = 'customer'
    Good:
        SELECT c.name, n.body FROM customers c JOIN notes n ON n.customer_id = c.id

    One nullable key for each table, or a table of notes for each, can be declared. No rewrite is
    offered: the tables would have to change. Silent unless the names of both columns agree, as
    owner_id and owner_type do, and the second is compared with a text.

    По-русски: ключ, таблица которого названа в другом столбце, не может быть внешним ключом: его
    никто не проверяет. По ключу на таблицу объявить можно. Переписанного запроса нет: менять
    пришлось бы таблицы. Молчит, если имена столбцов не согласованы, как owner_id и owner_type, или
    второй сравнивается не с текстом.
    """
    for select in selects(query):
        parts = conditions(select)
        for join in select.args.get("joins") or []:
            parts += conjuncts(join.args.get("on")) if join.side else []
        equal = [p for p in parts if isinstance(p, exp.EQ)]
        joined = {
            (side.table.lower(), side.name.lower())
            for p in equal
            for side in (p.this, p.expression)
            if isinstance(p.this, exp.Column) and isinstance(p.expression, exp.Column)
        }
        for part in equal:
            named, value = part.this, part.expression
            if not isinstance(named, exp.Column) or not isinstance(value, exp.Literal):
                continue
            base = re.sub(r"_?type$", "", named.name.lower())
            if not value.is_string or base == named.name.lower() or not base:
                continue
            if (named.table.lower(), f"{base}_id") not in joined:
                continue
            yield found(
                part,
                "polymorphic-key",
                "style",
                f"{base}_id means a row of the table that {named.name} names:"
                " no foreign key can check it (a guess)",
                f"{base}_id — строка таблицы, которую называет {named.name}:"
                " внешний ключ её не проверит (догадка)",
            )


def numbered_columns(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Columns that are numbered hold one list: each must be asked, and the next one added.

    Bad:
        SELECT id FROM customers WHERE phone1 = '555' OR phone2 = '555' OR phone3 = '555'
    Good:
        SELECT c.id FROM customers c JOIN phones p ON p.customer_id = c.id AND p.number = '555'

    A table with a row for each can be asked at once. No rewrite is offered: the tables would have
    to change. Silent unless one value is compared with two or more of them, by OR or IN.

    По-русски: пронумерованные столбцы хранят один список: спрашивать приходится каждый и добавлять
    следующий; таблицу со строкой на каждый можно спросить сразу. Переписанного запроса нет: менять
    пришлось бы таблицы. Молчит, если одно значение не сравнивается через OR или IN хотя бы с двумя.
    """
    for node in every(query, exp.Or, exp.In):
        if isinstance(node.parent, exp.Or) and isinstance(node, exp.Or):
            continue
        if isinstance(node, exp.In):
            columns = [value for value in node.expressions if isinstance(value, exp.Column)]
        else:
            tests = [p for p in node.flatten(unnest=True) if isinstance(p, exp.EQ)]
            values = {test.expression.sql() for test in tests}
            columns = [test.this for test in tests if isinstance(test.this, exp.Column)]
            if len(values) != 1:
                continue
        names = [column.name.lower() for column in columns]
        stems = {re.sub(r"_?\d+$", "", name) for name in names}
        numbered = all(re.search(r"\d+$", name) for name in names)
        if len(set(names)) < 2 or len(stems) != 1 or not numbered:
            continue
        yield found(
            node,
            "numbered-columns",
            "style",
            f"{', '.join(names)} hold one list (a guess): a table would have a row for each",
            f"{', '.join(names)} хранят один список (догадка): в таблице была бы строка на каждый",
        )


def boolean_as_text(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Yes and no kept as text can also be 'Y', 'yes' or ' y': a boolean cannot.

    Bad:
        SELECT id FROM orders WHERE status = 'Y'
    Good:
        SELECT id FROM orders WHERE paid IS NOT NULL

    No rewrite is offered: the column would have to change. Silent for columns that are no texts, or
    whose type is unknown, and for other values.

    По-русски: «да» и «нет», хранимые текстом, могут быть и 'Y', и 'yes', и ' y'; логическое
    значение — нет. Переписанного запроса нет: менять пришлось бы столбец. Молчит для нетекстовых
    столбцов и столбцов неизвестного типа и для других значений.
    """
    for test in every(query, exp.EQ, exp.NEQ):
        column, value = test.this, test.expression
        if not isinstance(column, exp.Column) or not isinstance(value, exp.Literal):
            continue
        if not value.is_string or value.name.lower() not in _TRUTHS:
            continue
        if value.name.lower() in ("t", "f") and not _ASKS.search(column.name):
            continue  # one letter of many, more likely
        held = schema_column(column, schema)
        if held is None or kind_of(held[1].type) != "text":
            continue
        yield found(
            test,
            "boolean-as-text",
            "style",
            f"{column.name} seems to hold yes or no as text (a guess)",
            f"{column.name}, похоже, хранит «да» и «нет» текстом (догадка)",
            evidence=f"{held[0].name}.{held[1].name}: {held[1].type}",
        )


def date_as_text(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Dates kept as text sort and compare as letters, and anything may stand among them.

    Bad:
        SELECT id FROM orders WHERE coupon >= '2024-01-01'
    Good:
        SELECT id FROM orders WHERE placed >= '2024-01-01'

    No rewrite is offered: the column would have to change. Silent for columns of other types or of
    an unknown one, for =, and for values that are no dates.

    По-русски: даты, хранимые текстом, сравниваются как буквы, и среди них может стоять что угодно.
    Переписанного запроса нет: менять пришлось бы столбец. Молчит для столбцов других типов и
    неизвестного типа, для = и для значений, которые не даты.
    """
    for test in every(query, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between):
        if isinstance(test, exp.Between):
            column, value = test.this, test.args["low"]
        else:
            column, value = test.this, test.expression
        if not isinstance(column, exp.Column) or not isinstance(value, exp.Literal):
            continue
        if not value.is_string or not _ISO.fullmatch(value.name):
            continue
        held = schema_column(column, schema)
        if held is None or kind_of(held[1].type) != "text":
            continue
        yield found(
            test,
            "date-as-text",
            "wrong",
            f"{column.name} is a text: it is compared with {shown(value)} letter by letter",
            f"{column.name} — текст: он сравнивается с {shown(value)} по буквам",
            evidence=f"{held[0].name}.{held[1].name}: {held[1].type}",
        )


def fixed_depth_tree(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A tree joined to itself level by level ends at the level where the joins end.

    Bad:
        SELECT a.name, d.name FROM customers a JOIN customers b ON b.referrer_id = a.id
        JOIN customers c ON c.referrer_id = b.id JOIN customers d ON d.referrer_id = c.id
    Good:
        SELECT a.name, b.name FROM customers a JOIN customers b ON b.referrer_id = a.id

    A recursive CTE follows the tree to its leaves. No rewrite is offered: it would return other
    rows. Silent below four levels, and for joins that are no chain along one column.

    По-русски: дерево, соединённое с собой уровень за уровнем, кончается там, где кончаются
    соединения; рекурсивный CTE дойдёт до листьев. Переписанного запроса нет: он вернул бы другие
    строки. Молчит до четырёх уровней и для соединений не по одному столбцу цепочкой.
    """
    for select in selects(query):
        here = sources(select, schema)
        tables = {s.name: s.table for s in here if s.table is not None}
        if len(here) < _LEVELS:
            continue
        chains: dict[tuple[str, str], int] = {}
        parts = conditions(select)
        for join in select.args.get("joins") or []:
            parts += conjuncts(join.args.get("on")) if join.side else []
        for part in parts:
            sides = (part.this, part.expression) if isinstance(part, exp.EQ) else ()
            if not sides or not all(isinstance(side, exp.Column) for side in sides):
                continue
            left, right = (tables.get(side.table.lower()) for side in sides)
            if left is None or left is not right or sides[0].table == sides[1].table:
                continue
            names = {side.name.lower() for side in sides}
            key = [k.lower() for k in left.primary_key]
            if len(names) == 2 and len(key) == 1 and key[0] in names:
                parent = (names - set(key)).pop()
                chains[left.name, parent] = chains.get((left.name, parent), 0) + 1
        for (table, parent), links in chains.items():
            if links + 1 < _LEVELS:
                continue
            yield found(
                select.args["from_"],
                "fixed-depth-tree",
                "style",
                f"{table} is followed along {parent} for {links} levels and no further",
                f"{table} прослеживается по {parent} на уровней: {links}, и не дальше",
            )


_LEVELS = 4
