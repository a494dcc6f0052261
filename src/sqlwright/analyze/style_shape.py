"""Style: how a query is put together, and what makes it hard to follow."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found
from sqlwright.analyze.hoisting import hoisted
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import enclosing, owner, selects, sources
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema


def unused_cte(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A query in WITH that nothing reads is work for the reader, and for some engines too.

    Bad:
        WITH large AS (SELECT id FROM orders WHERE total > 100) SELECT name FROM customers
    Good:
        SELECT name FROM customers

    Silent when anything reads it, another query of the same WITH included.

    По-русски: запрос в WITH, который никто не читает, лишний. Молчит, если его читает хотя бы
    другой запрос того же WITH.
    """
    tables = every(query, exp.Table)
    for with_ in every(query, exp.With):
        for cte in with_.expressions:
            name = cte.alias.lower()
            body = {id(node) for node in cte.find_all(exp.Table)}
            if any(t.name.lower() == name and id(t) not in body for t in tables):
                continue
            copy, (twin, holder) = copy_with(query, cte, with_)
            twin.pop()
            if not holder.expressions:
                holder.pop()
            changes = not isinstance(cte.this, exp.Query)
            yield found(
                cte.args["alias"],
                "unused-cte",
                "style",
                f"nothing reads {cte.alias}",
                f"{cte.alias} никто не читает",
                rewrite=None if changes else copy,
            )


def mixed_qualification(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Where some columns name their table and others do not, a reader must know every table.

    Bad:
        SELECT c.name, total FROM customers c JOIN orders o ON o.customer_id = c.id
    Good:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id

    Silent for a single table, where no column or every column names its table, beside USING, for
    names of outputs in GROUP BY, HAVING and ORDER BY, and inside UNNEST.

    По-русски: если одни столбцы названы с таблицей, а другие без, читателю нужно помнить все
    таблицы. Молчит для одной таблицы, при USING, для имён выводимых столбцов и внутри UNNEST.
    """
    for select in selects(query):
        here = sources(select, schema)
        joins = [source.join for source in here if source.join is not None]
        unseen = sum(join.kind in ("SEMI", "ANTI") for join in joins)
        if len(here) - unseen < 2 or any(
            j.args.get("using") or j.args.get("method") for j in joins
        ):
            continue
        given = {p.alias.lower() for p in select.expressions if p.alias}
        mine = [c for c in every(query, exp.Column) if enclosing(c) is select and not c.is_star]
        bare = [
            c
            for c in mine
            if not c.table
            and c.name.lower() not in given
            and c.find_ancestor(exp.Unnest, exp.Lateral, exp.Select) is select
        ]
        if not bare or len(bare) == len(mine) or not any(c.table for c in mine):
            continue
        owners = [owner(column, schema) for column in bare]
        copy, twins = copy_with(query, *bare)
        certain = all(held is not None and held[0] is select for held in owners)
        for twin, held in zip(twins, owners, strict=True):
            if held is not None and certain:
                twin.set("table", exp.to_identifier(held[1].node.alias_or_name))
        yield found(
            bare[0],
            "mixed-qualification",
            "style",
            f"{bare[0].name} does not say its table, and other columns here do",
            f"{bare[0].name} без таблицы, а другие столбцы здесь с таблицей",
            rewrite=copy if certain and bare else None,
        )


def mixed_order_direction(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Where ORDER BY says DESC of one column and nothing of another, DESC seems to mean both.

    Bad:
        SELECT city, name FROM customers ORDER BY city, name DESC
    Good:
        SELECT city, name FROM customers ORDER BY city ASC, name DESC

    Silent where every column says its direction, and where none does.

    По-русски: если в ORDER BY у одного столбца указано DESC, а у другого ничего, легко решить, что
    DESC относится к обоим. Молчит, если направление указано у всех или ни у одного.
    """
    for order in every(query, exp.Order):
        items = [item for item in order.expressions if isinstance(item, exp.Ordered)]
        unsaid = [item for item in items if item.args.get("desc") is None]
        if not unsaid or not any(item.args.get("desc") for item in items):
            continue
        copy, twins = copy_with(query, *unsaid)
        for twin in twins:
            twin.set("desc", False)
        yield found(
            unsaid[0],
            "mixed-order-direction",
            "style",
            "one column of ORDER BY says its direction and this one does not: write ASC",
            "у одного столбца ORDER BY направление указано, у этого нет: пишите ASC",
            rewrite=copy,
        )


def subquery_in_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A subquery among the joins makes a reader stop in the middle: WITH names it beforehand.

    Bad:
        SELECT c.name, spent.total FROM customers c
        JOIN (SELECT customer_id, SUM(total) AS total FROM orders GROUP BY customer_id) spent
            ON spent.customer_id = c.id
    Good:
        WITH spent AS (SELECT customer_id, SUM(total) AS total FROM orders GROUP BY customer_id)
        SELECT c.name, spent.total FROM customers c JOIN spent ON spent.customer_id = c.id

    Silent for a single subquery that is all of FROM, and for LATERAL.

    По-русски: подзапрос среди соединений прерывает чтение, WITH называет его заранее. Молчит, если
    подзапрос один составляет весь FROM, и о LATERAL.
    """
    for subquery in every(query, exp.Subquery):
        join = subquery.parent
        if not isinstance(join, exp.Join) or not isinstance(subquery.this, exp.Query):
            continue
        name = subquery.alias or "without a name"
        yield found(
            subquery.args.get("alias") or subquery,
            "subquery-in-join",
            "style",
            f"the subquery {name} stands among the joins: name it in WITH",
            f"подзапрос {name} стоит среди соединений: вынесите его в WITH",
            rewrite=hoisted(query, subquery, schema),
        )


def right_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """RIGHT JOIN keeps the rows of the table that comes last: a reader goes from the first.

    Bad:
        SELECT c.name, o.total FROM orders o RIGHT JOIN customers c ON o.customer_id = c.id
    Good:
        SELECT c.name, o.total FROM customers c LEFT JOIN orders o ON o.customer_id = c.id

    The rewrite is offered for a single join without a star or USING. Silent for LEFT and FULL
    JOIN.

    По-русски: RIGHT JOIN сохраняет строки таблицы, которая названа последней, а читают с первой.
    Молчит о LEFT и FULL JOIN.
    """
    for select in selects(query):
        joins: list[exp.Join] = select.args.get("joins") or []
        for join in joins:
            if join.side != "RIGHT":
                continue
            swapped = None
            if len(joins) == 1 and not select.is_star and join.args.get("on") is not None:
                swapped, (twin, moved) = copy_with(query, select, join)
                start = twin.args["from_"]
                first, second = start.this, moved.this
                start.set("this", second)
                moved.set("this", first)
                moved.set("side", "LEFT")
            yield found(
                join.this,
                "right-join",
                "style",
                "RIGHT JOIN: put the table whose rows are kept first, and write LEFT JOIN",
                "RIGHT JOIN: поставьте первой таблицу, строки которой остаются, и пишите LEFT JOIN",
                rewrite=swapped,
            )


def natural_join(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """NATURAL JOIN matches whatever columns are called alike, today these and tomorrow others.

    Bad:
        SELECT quantity, amount FROM order_lines NATURAL JOIN payments
    Good:
        SELECT quantity, amount FROM order_lines JOIN payments USING (order_id)

    The rewrite names the shared columns where the schema has both tables. Silent for JOIN ... USING
    and JOIN ... ON.

    По-русски: NATURAL JOIN сравнивает все одноимённые столбцы: сегодня эти, завтра другие. Молчит
    о JOIN ... USING и JOIN ... ON.
    """
    for select in selects(query):
        here = sources(select, schema)
        for source in here[1:]:
            join = source.join
            if join is None or join.args.get("method") != "NATURAL":
                continue
            rewrite, shared = None, list[str]()
            if len(here) == 2 and here[0].columns is not None and source.columns is not None:
                shared = [name for name in here[0].columns if name in source.columns]
                if shared:
                    rewrite, (twin,) = copy_with(query, join)
                    twin.set("method", None)
                    twin.set("using", [exp.to_identifier(name) for name in shared])
            on = f" (now {', '.join(shared)})" if shared else ""
            today = f" (сейчас {', '.join(shared)})" if shared else ""
            yield found(
                join.this,
                "natural-join",
                "style",
                f"NATURAL JOIN matches every column that both have{on}: name them in USING",
                f"NATURAL JOIN сравнивает все одноимённые столбцы{today}: назовите их в USING",
                rewrite=rewrite,
            )
