"""The shapes of invented queries, from one SELECT to chains of CTEs; each returns SQL text."""

from __future__ import annotations

from sqlwright.data.composer import NUMERIC, Composer, is_column
from sqlwright.data.names import NOUNS
from sqlwright.data.sources import Edge, Field, Source, edges, quote


def plain(c: Composer) -> str:
    """SELECT ... FROM ... WHERE ... ORDER BY ... LIMIT."""
    text, sources = c.tables()
    columns = c.selected(sources)
    return f"SELECT {c.select_list(columns)} {text}{c.where(sources)}{c.order(columns, sources)}"


def keyed(c: Composer) -> str:
    """Rows of one table with their key, for which rows elsewhere exist."""
    source = c.source(c.rng.choice(c.schema.tables))
    columns = [(source.column(name), name) for name in source.key]
    names = {name for _, name in columns}
    columns += [column for column in c.selected([source]) if column[1] not in names]
    tests = [c.subquery_condition(source) for _ in range(c.rng.choice([1, 1, 2]))]
    where = c.where([source], more=[test for test in tests if test])
    order = c.order(columns, [source])
    return f"SELECT {c.select_list(columns)} FROM {c.mention(source)}{where}{order}"


def looked_up(c: Composer) -> str:
    """Rows of a table, each with a value from the row that it refers to, if there is one."""
    ways = [
        (table, edge) for table in c.schema.tables for edge in edges(table, c.schema) if edge.up
    ]
    if not ways:
        return plain(c)
    table, edge = c.rng.choice(ways)
    here, there = c.source(table), c.source(edge.table, optional=True)
    columns = c.selected([here])
    names = {name.lower() for _, name in columns}
    fresh = [field.name for field in there.fields if field.name.lower() not in names]
    if fresh:
        name = c.rng.choice(fresh)
        columns.insert(c.rng.randrange(len(columns) + 1), (there.column(name), name))
    text = f"FROM {c.mention(here)} LEFT JOIN {c.mention(there)} ON {c.on(here, there, edge)}"
    return f"SELECT {c.select_list(columns)} {text}{c.where([here])}{c.order(columns, [here])}"


def distinct(c: Composer) -> str:
    """SELECT DISTINCT of columns that do not identify their row."""
    text, sources = c.tables(at_most=3)
    columns = [
        (source.column(field.name), field.name)
        for source in sources
        for field in source.fields
        if field.name not in source.key
    ]
    if not columns:
        return plain(c)
    names: dict[str, tuple[str, str]] = {}
    for column in c.rng.sample(columns, min(len(columns), c.rng.choice([1, 1, 2, 3]))):
        names.setdefault(column[1].lower(), column)
    chosen = list(names.values())
    order = c.order(chosen, sources, unique=True)
    return f"SELECT DISTINCT {c.select_list(chosen)} {text}{c.where(sources)}{order}"


def grouped(c: Composer) -> str:
    """GROUP BY with aggregates, sometimes HAVING."""
    text, sources = c.tables()
    return group_over(c, text, sources, c.where(sources))


def group_over(c: Composer, opening: str, sources: list[Source], where: str) -> str:
    """A grouped SELECT over that FROM and WHERE."""
    rng = c.rng
    names: dict[str, str] = {}
    for _ in range(rng.choices((1, 2, 3, 4, 5), weights=(40, 30, 15, 10, 5))[0]):
        source = rng.choice(sources)
        name = source.key[0] if source.key and rng.random() < 0.2 else c.field(source).name
        names.setdefault(name.lower(), source.column(name))
    keys = list(names.values())
    columns = [(key, key.rsplit(".", 1)[-1].strip('"')) for key in keys]
    measures = [(c.aggregate(sources), c.name()) for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 4]))]
    seen = {name.lower() for _, name in columns}
    measures = list({name.lower(): (text, name) for text, name in measures}.values())
    measures = [measure for measure in measures if measure[1].lower() not in seen]
    shown = [*columns, *measures]
    if rng.random() < 0.1:
        rng.shuffle(shown)
    elif rng.random() < 0.06 and len(columns) > 1:
        shown = [*columns[:-1], *measures]  # a key that is not selected
    having = ""
    if rng.random() < 0.22:
        measure = (
            rng.choice(measures)[0] if measures and rng.random() < 0.6 else c.aggregate(sources)
        )
        number = rng.choice([0, 1, 1, 2, 3, 5, 10, 10, 50, 100, 1000, 10000])
        if not measure.startswith(("MIN", "MAX")):
            having = f" HAVING {measure} {rng.choice(['>', '>', '>', '>=', '<', '='])} {number}"
    total = len(shown) == len(columns) + len(measures)
    order = c.order(shown, sources, unique=True) if total else ""
    by = list(keys)
    if rng.random() < 0.15:
        rng.shuffle(by)
    return f"SELECT {c.select_list(shown)} {opening}{where} GROUP BY {', '.join(by)}{having}{order}"


def total(c: Composer) -> str:
    """Aggregates of all rows: one row comes back."""
    text, sources = c.tables()
    measures: dict[str, str] = {}
    for _ in range(c.rng.choice([1, 1, 1, 2, 3])):
        measures.setdefault(c.name(), c.aggregate(sources))
    if c.rng.random() < 0.1:
        first = f"{c.rng.choice(['100', '1'])} * {c.aggregate(sources)} / {c.aggregate(sources)}"
        measures = {c.name(): first}
    bare = len(measures) == 1 and c.rng.random() < 0.25
    shown = ", ".join(
        text_ if bare else f"{text_} AS {quote(name)}" for name, text_ in measures.items()
    )
    return f"SELECT {shown} {text}{c.where(sources)}"


def _many(c: Composer) -> tuple[Source, Edge] | None:
    """A table and the way to the rows that refer to it by one column; None if there is none."""
    found = [
        (table, edge)
        for table in c.schema.tables
        for edge in edges(table, c.schema)
        if len(edge.pairs) == 1 and (not edge.up or c.rng.random() < 0.3)
    ]
    if not found:
        return None
    table, edge = c.rng.choice(found)
    return c.source(table), edge


def _measure(c: Composer, there: Source, functions: tuple[str, ...]) -> tuple[str, str] | None:
    """An aggregate of one column and the name that it always gets: avg_amount."""
    numbers = [f for f in there.fields if f.kind in NUMERIC and f.name not in there.key]
    if not numbers:
        return None
    function, field = c.rng.choice(functions), c.rng.choice(numbers)
    value = f"{function}({there.column(field.name)})"
    if function == "AVG" and c.rng.random() < 0.35:
        value = f"{c.rng.choice(['0.2', '0.5', '0.9', '1.2', '2', '1.5', '0.7'])} * {value}"
    return value, f"{function.lower()}_{field.name}"


def with_aggregate(c: Composer) -> str:
    """A table next to an aggregate per key, from a derived table or a CTE.

    The derived table is always named `agg` and its column `avg_amount`, after what it holds: the
    worse form has no such names, and an answer can only be learned if it can be known.
    """
    if (found := _many(c)) is None:
        return grouped(c)
    rng, (here, edge) = c.rng, found
    local, remote = edge.pairs[0]
    there = c.source(edge.table)
    if (measure := _measure(c, there, ("AVG", "SUM", "MAX", "MIN", "AVG"))) is None:
        return grouped(c)
    value, name = measure
    where = f" WHERE {c.predicate(there)}" if rng.random() < 0.35 else ""
    inner = (
        f"SELECT {there.column(remote)}, {value} AS {quote(name)} FROM {c.mention(there)}{where} "
        f"GROUP BY {there.column(remote)}"
    )
    agg = Source(c.aliases.take("agg"), (Field(remote, "int"), Field(name, "num")))
    sources, text = [here], f"FROM {c.mention(here)}"
    numbers = [f for f in here.fields if f.kind in NUMERIC and f.name not in here.key]
    compared: str = rng.choice(["0", "10", "100", "500"])
    side = [f for f in fields_by_table(c, edge, there) if f.kind in NUMERIC]
    if side and rng.random() < 0.6:  # each row against the aggregate of its own group
        again = c.source(edge.table)
        turned = Edge(edge.table, edge.pairs, edge.up)
        text += f" JOIN {c.mention(again)} ON {c.on(here, again, turned)}"
        sources.append(again)
        compared = again.column(name.split("_", 1)[1])
    elif numbers and rng.random() < 0.7:
        compared = here.column(rng.choice(numbers).name)
    sign = rng.choice(["<", ">", "<=", ">="])
    text += (
        f" JOIN ({inner}) AS {agg.alias} ON {agg.column(remote)} = {here.column(local)}"
        f" AND {compared} {sign} {agg.column(name)}"
    )
    where = c.where(sources)
    if rng.random() < 0.3:
        return group_over(c, text, sources, where)
    if rng.random() < 0.2:
        return f"SELECT {c.aggregate(sources)} AS {c.name()} {text}{where}"
    columns = c.selected(sources)
    return f"SELECT {c.select_list(columns)} {text}{where}{c.order(columns, sources)}"


def fields_by_table(c: Composer, edge: Edge, there: Source) -> tuple[Field, ...]:
    """The columns of the far table that are no keys."""
    return tuple(field for field in there.fields if field.name not in there.key)


def with_left_aggregate(c: Composer) -> str:
    """Every row of a table with an aggregate of the rows that refer to it."""
    if (found := _many(c)) is None:
        return plain(c)
    rng, (here, edge) = c.rng, found
    local, remote = edge.pairs[0]
    there = c.source(edge.table)
    counted = rng.random() < 0.5
    measure = _measure(c, there, ("SUM", "MAX", "AVG", "MIN"))
    value, name = ("COUNT(*)", "row_count") if counted or measure is None else measure
    where = f" WHERE {c.predicate(there)}" if rng.random() < 0.3 else ""
    inner = (
        f"SELECT {there.column(remote)}, {value} AS {quote(name)} FROM {c.mention(there)}{where} "
        f"GROUP BY {there.column(remote)}"
    )
    alias = c.aliases.take("agg")
    shown = f"{alias}.{quote(name)}"
    columns = c.selected([here], rng.choice([1, 2, 2, 3]))
    outside = c.name()
    shown = f"COALESCE({shown}, 0)" if name == "row_count" else shown
    text = (
        f"FROM {c.mention(here)} LEFT JOIN ({inner}) AS {alias} "
        f"ON {alias}.{quote(remote)} = {here.column(local)}"
    )
    order = f" ORDER BY {outside} DESC" if rng.random() < 0.2 else ""
    return f"SELECT {c.select_list(columns)}, {shown} AS {outside} {text}{c.where([here])}{order}"


def ranked(c: Composer) -> str:
    """A window function: a running value, or the first rows of each group."""
    rng = c.rng
    text, sources = c.tables(at_most=3)
    source = rng.choice(sources)
    part, by = source.column(c.field(source).name), source.column(c.field(source).name)
    tie = "".join(f", {s.column(name)}" for s in sources for name in s.key)
    if part == by:
        part = ""
    partition = f"PARTITION BY {part} " if part else ""
    over = f"OVER ({partition}ORDER BY {by}{rng.choice(['', ' DESC'])}{tie})"
    columns = c.selected(sources, rng.choice([1, 2, 3, 4]))
    where = c.where(sources)
    if rng.random() < 0.4:
        amount = c.amount(
            [s for s in sources if any(f.kind in NUMERIC for f in s.fields)] or sources
        )
        function = rng.choice(
            [f"SUM({amount})", "ROW_NUMBER()", "RANK()", f"LAG({by})", "COUNT(*)"]
        )
        return f"SELECT {c.select_list(columns)}, {function} {over} AS {c.name()} {text}{where}"
    outer, rank = (
        c.aliases.take(rng.choice(["ranked", "r", "x", "sub"])),
        rng.choice(["rn", "rnk", "pos"]),
    )
    inner = f"SELECT {c.select_list(columns)}, ROW_NUMBER() {over} AS {rank} {text}{where}"
    names = [f"{outer}.{quote(name)}" for _, name in columns]
    limit = rng.choice(["= 1", "= 1", "<= 3", "<= 5", "<= 10"])
    if rng.random() < 0.35:
        return (
            f"WITH {outer} AS ({inner}) SELECT {', '.join(names)} FROM {outer} "
            f"WHERE {outer}.{rank} {limit}"
        )
    return f"SELECT {', '.join(names)} FROM ({inner}) AS {outer} WHERE {outer}.{rank} {limit}"


def stacked(c: Composer) -> str:
    """UNION ALL of two or three selections, mostly told apart by a constant."""
    rng = c.rng
    labeled = rng.random() < 0.6
    label = rng.choice(["kind", "source", "part_of", "origin", "label"])
    start, branches = rng.choice(c.schema.tables), []
    wanted = rng.choice([2, 2, 2, 3])
    template: list[Field] = []
    for number in range(wanted):
        source = c.source(
            start if number == 0 or rng.random() < 0.6 else rng.choice(c.schema.tables)
        )
        if not template:
            template = list(source.fields[: rng.choice([1, 2, 3])])
            rng.shuffle(template)
        columns = [source.column(c.field(source, (field.kind,)).name) for field in template]
        if source.table is start:
            columns = [source.column(field.name) for field in template]
        elif any(
            _kind(source, column) != field.kind
            for column, field in zip(columns, template, strict=True)
        ):
            source = c.source(start)
            columns = [source.column(field.name) for field in template]
        shown = ", ".join(columns)
        if labeled:
            shown += f", '{NOUNS[(len(start.name) * 7 + number * 31) % len(NOUNS)]}' AS {label}"
        branches.append(f"SELECT {shown} FROM {c.mention(source)}{c.where([source])}")
    word = (
        " UNION ALL " if rng.random() < 0.8 or labeled else rng.choice([" EXCEPT ", " INTERSECT "])
    )
    return word.join(branches)


def _kind(source: Source, column: str) -> str:
    name = column.rsplit(".", 1)[-1].strip('"')
    return next((field.kind for field in source.fields if field.name == name), "")


def _part(c: Composer) -> tuple[str, list[Field]]:
    """A named part: its query, and the columns that it gives."""
    rng = c.rng
    text, sources = c.tables(at_most=3)
    where = c.where(sources)
    if rng.random() < 0.5:
        source = rng.choice(sources)
        key = c.field(source)
        numbers = [s for s in sources if any(f.kind in NUMERIC for f in s.fields)]
        value = (
            f"{rng.choice(['SUM', 'AVG', 'MAX'])}({c.amount(numbers)})" if numbers else "COUNT(*)"
        )
        name = rng.choice(["total", "value_sum", "amount_total", "cnt", "metric", "best"])
        if name == key.name.lower():
            name += "_2"
        shown = f"{source.column(key.name)}, {value} AS {name}"
        query = f"SELECT {shown} {text}{where} GROUP BY {source.column(key.name)}"
        return query, [key, Field(name, "num", True)]
    columns = [
        column for column in c.selected(sources, rng.choice([2, 3, 4])) if is_column(column[0])
    ]
    if not columns:
        source = sources[0]
        columns = [(source.column(source.fields[0].name), source.fields[0].name)]
    kinds = [
        next(f for s in sources for f in s.fields if s.column(f.name) == text_)
        for text_, _ in columns
    ]
    return f"SELECT {c.select_list(columns)} {text}{where}", kinds


def chained(c: Composer) -> str:
    """CTEs (or a derived table), and a query over them."""
    rng = c.rng
    parts, made = [], []
    plain = "base totals filtered recent first_step stats picked src data1 grp".split()
    words = rng.sample([*plain, *NOUNS[:60]], 3)
    number = rng.choice([1, 1, 2, 2, 3])
    for word in words[:number]:
        query, fields = _part(c)
        name = c.aliases.take(word)
        parts.append(f"{name} AS ({query})")
        made.append(Source(name, tuple(fields)))
    first = made[-1]
    text, sources = f"FROM {first.alias}", [first]
    if len(made) > 1:
        for other in made[:-1]:
            a, b = c.field(first), c.field(other)
            same = [g for g in other.fields if g.kind == a.kind]
            b = rng.choice(same) if same else b
            if same:
                text += f" JOIN {other.alias} ON {first.column(a.name)} = {other.column(b.name)}"
                sources.append(other)
    elif rng.random() < 0.4:  # a CTE used twice, compared with its own average
        numbers = [f for f in first.fields if f.kind in NUMERIC]
        if numbers:
            f = rng.choice(numbers)
            inner = f"(SELECT AVG({first.alias}.{quote(f.name)}) FROM {first.alias})"
            c.filters.append(f"{first.column(f.name)} > {inner}")
    if len(parts) == 1 and not c.filters and rng.random() < 0.4:
        text = f"FROM ({parts[0].split(' AS (', 1)[1]} AS {first.alias}"
        parts = []
    where = c.where(sources)
    opening = f"WITH {', '.join(parts)} " if parts else ""
    if rng.random() < 0.4:
        return opening + group_over(c, text, sources, where)
    columns = c.selected(sources)
    return f"{opening}SELECT {c.select_list(columns)} {text}{where}{c.order(columns, sources)}"


def distribution(c: Composer) -> str:
    """How many groups have how many rows: an aggregate over an aggregate."""
    if (found := _many(c)) is None:
        return grouped(c)
    rng, (here, edge) = c.rng, found
    local, remote = edge.pairs[0]
    there = c.source(edge.table)
    extra = f" AND {c.predicate(there)}" if rng.random() < 0.5 else ""
    counted, outer = (
        rng.choice(["cnt", "n", "row_total"]),
        c.aliases.take(rng.choice(["d", "per_key", "q"])),
    )
    inner = (
        f"SELECT {here.column(local)}, COUNT({there.column(remote)}) AS {counted} "
        f"FROM {c.mention(here)} LEFT JOIN {c.mention(there)} "
        f"ON {there.column(remote)} = {here.column(local)}{extra} GROUP BY {here.column(local)}"
    )
    return (
        f"SELECT {outer}.{counted}, COUNT(*) AS {c.name()} FROM ({inner}) AS {outer} "
        f"GROUP BY {outer}.{counted}"
    )
