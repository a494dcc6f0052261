"""INSERT, UPDATE, DELETE, MERGE: which rows a change reaches, and what it puts into them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, rows_held, shown
from sqlwright.analyze.scope import COMPARISONS
from sqlwright.schema import Schema, Table


def unbounded_change(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """UPDATE or DELETE without a condition, or with one that is always true, changes every row.

    Bad:
        DELETE FROM orders
    Good:
        DELETE FROM orders WHERE placed < DATE '2020-01-01'

    To empty a table on purpose, say so with TRUNCATE or with a comment that ignores this rule.
    Silent when a condition, a join or a LIMIT chooses the rows.

    По-русски: UPDATE или DELETE без условия, или с условием, которое всегда истинно, меняет все
    строки таблицы. Молчит, когда строки выбирает условие, соединение или LIMIT.
    """
    for change in tree.find_all(exp.Update, exp.Delete):
        if isinstance(change.parent, exp.When) or not isinstance(change.this, exp.Table):
            continue
        if any(change.args.get(part) for part in ("limit", "from_", "using", "tables", "cluster")):
            continue
        if change.this.args.get("joins"):
            continue
        where = change.args.get("where")
        if where is not None and not _is_always_true(where.this, schema.table(change.this.name)):
            continue
        verb = "UPDATE" if isinstance(change, exp.Update) else "DELETE"
        table = schema.table(change.this.name)
        why = (
            "has no WHERE" if where is None else f"has `{shown(where.this)}`, which is always true"
        )
        почему = (
            "без WHERE" if where is None else f"с условием `{shown(where.this)}`, истинным всегда"
        )
        yield found(
            change,
            "unbounded-change",
            "unsafe",
            f"this {verb} {why}: it changes every row of {change.this.name}",
            f"{verb} {почему}: изменит все строки {change.this.name}",
            evidence=rows_held(table),
        )


def _is_always_true(condition: exp.Expr, table: Table | None) -> bool:
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        return any(_is_always_true(side, table) for side in (condition.this, condition.expression))
    if isinstance(condition, exp.And):
        return all(_is_always_true(side, table) for side in (condition.this, condition.expression))
    if isinstance(condition, exp.Boolean):
        return bool(condition.this)
    if isinstance(condition, exp.Literal):
        return condition.is_number and condition.name.strip("0.") != ""
    if not isinstance(condition, exp.EQ):
        return False
    left, right = condition.this.unnest(), condition.expression.unnest()
    if left != right:
        return False
    if isinstance(left, exp.Literal):
        return True
    column = table.column(left.name) if table is not None and isinstance(left, exp.Column) else None
    return column is not None and not column.nullable


def set_with_and(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """AND between assignments makes one condition of them: the first column gets its truth value.

    Bad:
        UPDATE orders SET status = 'sent' AND coupon = 'x' WHERE id = 7
    Good:
        UPDATE orders SET status = 'sent', coupon = 'x' WHERE id = 7

    Silent when the assigned value stands in brackets, or no comparison with a column follows AND.

    По-русски: AND между присваиваниями делает из них одно условие, и первый столбец получит его
    истинность. Молчит, когда значение стоит в скобках или после AND нет сравнения со столбцом.
    """
    for update in tree.find_all(exp.Update):
        for assignment in update.expressions:
            value = assignment.expression if isinstance(assignment, exp.EQ) else None
            if not isinstance(value, exp.And):
                continue
            last = value.expression
            if isinstance(last, exp.EQ) and isinstance(last.this, exp.Column):
                yield found(
                    assignment,
                    "set-with-and",
                    "wrong",
                    f"{shown(assignment.this)} gets the truth of `{shown(value)}`: write a comma",
                    f"{shown(assignment.this)} получит истинность `{shown(value)}`: нужна запятая",
                )


def update_from_without_condition(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """UPDATE FROM or DELETE USING that nothing ties to the table pairs each row with every other.

    Bad:
        UPDATE orders SET total = p.price FROM products p WHERE p.price > 5
    Good:
        UPDATE orders SET total = p.price FROM products p WHERE p.id = orders.id

    Which of the pairs is taken is left to chance. Silent when a comparison names the table and the
    one that it is joined with, and when a column's table is not written.

    По-русски: UPDATE FROM или DELETE USING, где ничто не связывает таблицы, берёт для каждой строки
    случайную из чужих. Молчит, когда их связывает сравнение, и когда столбцы записаны без таблиц.
    """
    for change in tree.find_all(exp.Update, exp.Delete):
        others = _other_tables(change)
        where = change.args.get("where")
        if len(others) != 1 or not isinstance(change.this, exp.Table):
            continue
        own = change.this.alias_or_name.lower()
        columns = list(where.find_all(exp.Column)) if where is not None else []
        if any(not column.table for column in columns):
            continue
        if where is not None and (where.find(exp.Query) or _ties(where, own, others[0])):
            continue
        yield found(
            change,
            "update-from-without-condition",
            "wrong",
            f"nothing ties {own} to {others[0]}: each row meets every row of {others[0]}",
            f"ничто не связывает {own} и {others[0]}: каждая строка встретит все строки другой",
        )


def _other_tables(change: exp.Expr) -> list[str]:
    listed = list(change.args.get("using") or ())
    if isinstance(change, exp.Update) and (source := change.args.get("from_")) is not None:
        listed.append(source.this)
    if any(not isinstance(item, exp.Table) or item.args.get("joins") for item in listed):
        return []
    return [item.alias_or_name.lower() for item in listed]


def _ties(where: exp.Expr, own: str, other: str) -> bool:
    for test in where.find_all(*COMPARISONS, exp.Between, exp.In):
        tables = {column.table.lower() for column in test.find_all(exp.Column)}
        if {own, other} <= tables:
            return True
    return False


def update_of_key(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """A changed primary key breaks or rewrites every row that refers to the old value.

    Bad:
        UPDATE customers SET id = 8 WHERE id = 7
    Good:
        UPDATE customers SET name = 'Ann' WHERE id = 7

    Silent when the schema does not say what the key is.

    По-русски: смена первичного ключа ломает или переписывает все строки, которые ссылаются на
    старое значение. Молчит, когда схема не говорит, что является ключом.
    """
    for update in tree.find_all(exp.Update):
        table = schema.table(update.this.name) if isinstance(update.this, exp.Table) else None
        key = {name.lower() for name in table.primary_key} if table is not None else set()
        for assignment in update.expressions:
            target = assignment.this if isinstance(assignment, exp.EQ) else None
            if not isinstance(target, exp.Column) or target.name.lower() not in key:
                continue
            assert table is not None
            own = table.name.lower()
            fks = [f for t in schema.tables for f in t.foreign_keys if f.table.lower() == own]
            yield found(
                assignment,
                "update-of-key",
                "unsafe",
                f"{target.name} is in the primary key of {table.name}",
                f"{target.name} входит в первичный ключ {table.name}",
                evidence=(
                    (f"{len(fks)} foreign keys refer to it", f"внешних ключей на него: {len(fks)}")
                    if fks
                    else ""
                ),
            )


def insert_without_columns(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """INSERT without a list of columns goes by their order, which the next ALTER TABLE changes.

    Bad:
        INSERT INTO products VALUES (1, 'nut', 2, 10)
    Good:
        INSERT INTO products (id, name, price, stock) VALUES (1, 'nut', 2, 10)

    Silent with a list of columns, and for DEFAULT VALUES.

    По-русски: INSERT без списка столбцов полагается на их порядок, который изменит следующий ALTER
    TABLE. Молчит, когда столбцы перечислены, и для DEFAULT VALUES.
    """
    for insert in tree.find_all(exp.Insert):
        if isinstance(insert.this, exp.Table) and insert.expression is not None:
            if not isinstance(insert.expression, exp.Query | exp.Values):
                continue
            yield found(
                insert,
                "insert-without-columns",
                "unsafe",
                f"the columns of {insert.this.name} are not named: their order decides",
                f"столбцы {insert.this.name} не названы: всё решает их порядок",
            )


def insert_select_star(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """INSERT ... SELECT * copies whatever columns the source has now, in the order it has them.

    Bad:
        INSERT INTO products (id, name, price, stock) SELECT * FROM products
    Good:
        INSERT INTO products (id, name, price, stock) SELECT id, name, price, stock FROM products

    Silent when the columns are listed, and for a star of a derived table that lists them.

    По-русски: INSERT ... SELECT * переносит те столбцы, что есть у источника сейчас, в его порядке.
    Молчит, когда столбцы перечислены, и для звёздочки над подзапросом, который их перечисляет.
    """
    for insert in tree.find_all(exp.Insert):
        select = insert.expression
        if not isinstance(select, exp.Select) or not any(s.is_star for s in select.selects):
            continue
        if any(isinstance(s.unalias(), exp.Count) for s in select.selects):
            continue
        source = select.args.get("from_")
        if source is None or not isinstance(source.this, exp.Table):
            continue
        yield found(
            select,
            "insert-select-star",
            "unsafe",
            "SELECT * feeds this INSERT: a column added to the source breaks or shifts it",
            "INSERT берёт SELECT *: новый столбец источника сломает или сдвинет его",
        )


def insert_of_other_width(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """An INSERT whose rows have more or fewer values than columns is refused by every engine.

    Bad:
        INSERT INTO products (id, name) VALUES (1, 'nut', 2)
    Good:
        INSERT INTO products (id, name, price) VALUES (1, 'nut', 2)

    Silent when the columns are known neither from the list nor from the schema, and for stars.

    По-русски: INSERT, в строках которого значений больше или меньше, чем столбцов, не примет ни
    одна СУБД. Молчит, когда столбцы неизвестны ни из списка, ни из схемы, и для звёздочки.
    """
    for insert in tree.find_all(exp.Insert):
        width = _width(insert, schema)
        if width is None:
            continue
        source = insert.expression
        rows = source.expressions if isinstance(source, exp.Values) else []
        widths = [len(row.expressions) if isinstance(row, exp.Tuple) else 1 for row in rows]
        if isinstance(source, exp.Select) and not any(s.is_star for s in source.selects):
            widths = [len(source.selects)]
        for number, given in enumerate(widths):
            if given != width:
                yield found(
                    rows[number] if rows else source,
                    "insert-of-other-width",
                    "error",
                    f"{given} values for {width} columns",
                    f"значений {given}, а столбцов {width}",
                )


def _width(insert: exp.Insert, schema: Schema) -> int | None:
    if isinstance(insert.this, exp.Schema):
        return len(insert.this.expressions)
    table = schema.table(insert.this.name) if isinstance(insert.this, exp.Table) else None
    return len(table.columns) if table is not None and table.columns else None


def replacing_insert(tree: exp.Expr, schema: Schema) -> Iterator[Finding]:
    """REPLACE deletes the old row first: columns not named fall to defaults, dependents may go.

    Bad:
        REPLACE INTO products (id, name) VALUES (1, 'nut')
    Good:
        INSERT INTO products (id, name) VALUES (1, 'nut')
        ON CONFLICT (id) DO UPDATE SET name = excluded.name

    Silent for INSERT with ON CONFLICT or ON DUPLICATE KEY UPDATE, which change the row in place.

    По-русски: REPLACE сначала удаляет старую строку: неназванные столбцы получат умолчания, а
    зависимые строки могут исчезнуть. Молчит для INSERT с ON CONFLICT и ON DUPLICATE KEY UPDATE.
    """
    english = "REPLACE deletes the row that it meets and makes another"
    russian = "REPLACE удаляет найденную строку и создаёт другую"
    if isinstance(tree, exp.Command) and tree.name.upper() == "REPLACE":
        yield found(tree, "replacing-insert", "unsafe", english, russian)
    for insert in tree.find_all(exp.Insert):
        if str(insert.args.get("alternative") or "").upper() == "REPLACE":
            yield found(insert, "replacing-insert", "unsafe", english, russian)
