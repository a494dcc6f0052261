"""Style: what things are called, and whether a reader can tell what a name means."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlglot import exp

from sqlwright.analyze.finding import Finding, found, shown
from sqlwright.analyze.once import every
from sqlwright.analyze.scope import enclosing, selects, sources
from sqlwright.analyze.tree import copy_with
from sqlwright.schema import Schema

RESERVED = frozenset(
    "all and any as asc between by case check column constraint create cross default delete desc"
    " distinct drop else end except exists false for foreign from full grant group having in index"
    " inner insert intersect interval into is join left like limit natural not null offset on or"
    " order outer over partition primary references right row rows select set table then to true"
    " union unique update user using values when where window with".split()
)


def alias_equals_name(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """An alias that says again what the table or column is called says nothing.

    Bad:
        SELECT city AS city FROM customers AS customers
    Good:
        SELECT city FROM customers

    Silent when the alias differs in its case or quotes: then it changes what the column is called.

    По-русски: псевдоним, повторяющий имя таблицы или столбца, ничего не сообщает. Молчит, если он
    отличается регистром или кавычками.
    """
    rewrites = 0
    for node in every(query, exp.Alias, exp.Table):
        alias = node.args.get("alias")
        own = node.this.this if isinstance(node, exp.Alias) else node.this
        if isinstance(node, exp.Alias) and not isinstance(node.this, exp.Column):
            continue
        if isinstance(alias, exp.TableAlias):
            alias = None if alias.args.get("columns") else alias.this
        if not isinstance(alias, exp.Identifier) or alias != own:
            continue
        rewrites += 1
        yield found(
            alias,
            "alias-equals-name",
            "style",
            f"the alias {alias.name} only says the name again",
            f"псевдоним {alias.name} лишь повторяет имя",
            rewrite=_without_alias(query, node) if rewrites <= MOST_REWRITES else None,
        )


#: A wide query may say the same a thousand times: a copy of it for each would take minutes.
MOST_REWRITES = 10


def _without_alias(query: exp.Query, node: exp.Expr) -> exp.Query:
    copy, (twin,) = copy_with(query, node)
    if isinstance(twin, exp.Alias):
        twin.replace(twin.this)
    else:
        twin.set("alias", None)
    return copy


def unused_alias(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A table's alias that no column carries makes a reader look for where it is used.

    Bad:
        SELECT name FROM customers c WHERE city = 'Oslo'
    Good:
        SELECT name FROM customers WHERE city = 'Oslo'

    Silent for derived tables and functions, which need a name, where a table is joined to itself,
    and where the table's own name means something else there.

    По-русски: псевдоним таблицы, которым никто не пользуется, заставляет искать, где он нужен.
    Молчит для подзапросов и функций и для таблицы, соединённой с собой.
    """
    used = {column.table.lower() for column in every(query, exp.Column) if column.table}
    # PostgreSQL takes a table's name as a column that holds the whole row
    used |= {column.name.lower() for column in every(query, exp.Column)}
    tables = every(query, exp.Table)
    rewrites = 0
    copies = Counter(name for table in tables for name in {table.name.lower(), table.alias.lower()})
    for table in tables:
        alias = table.args.get("alias")
        plain = isinstance(table.this, exp.Identifier) and isinstance(alias, exp.TableAlias)
        if not plain or alias is None or alias.args.get("columns") or not table.alias:
            continue
        if table.alias.lower() in used or copies[table.name.lower()] > 1:
            continue
        if table.alias.lower() == table.name.lower() or table.name.lower() in used:
            continue
        rewrites += 1
        yield found(
            alias.this,
            "unused-alias",
            "style",
            f"nothing is said of {table.name} by its alias {table.alias}",
            f"псевдонимом {table.alias} таблицы {table.name} никто не пользуется",
            rewrite=_without_alias(query, table) if rewrites <= MOST_REWRITES else None,
        )


def meaningless_alias(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Aliases like a, b, c or t1, t2, t3 say nothing of the tables that they stand for.

    Bad:
        SELECT a.name, b.total FROM customers a JOIN orders b ON b.customer_id = a.id
    Good:
        SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer_id = c.id

    No rewrite is offered: the author knows the better word. Silent for a single table, and where
    the letter begins a word of the table's name.

    По-русски: псевдонимы a, b, c или t1, t2, t3 ничего не говорят о таблицах. Молчит для
    единственной таблицы и если буква начинает одно из слов её имени.
    """
    for select in selects(query):
        here = sources(select, schema)
        tables = [s.node for s in here if isinstance(s.node, exp.Table) and s.node.alias]
        odd = [table for table in tables if _says_nothing(table)]
        if len(here) < 2 or not odd:
            continue
        named = ", ".join(f"{table.alias} for {table.name}" for table in odd[:3])
        yield found(
            odd[0].args["alias"].this,
            "meaningless-alias",
            "style",
            f"an alias that says nothing of its table: {named}",
            f"псевдоним не говорит о таблице: {named.replace(' for ', ' вместо ')}",
        )


def _says_nothing(table: exp.Table) -> bool:
    alias = table.alias.lower()
    if not re.fullmatch(r"[a-z]\d*|(?:t|tab|tbl|tmp|table)_?\d+", alias):
        return False
    words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+", table.name) or [table.name]
    return not any(word.lower().startswith(alias.rstrip("0123456789_")) for word in words)


def reused_alias(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A name given to two tables means another one inside a subquery than outside of it.

    Bad:
        SELECT o.id FROM orders o
        WHERE EXISTS (SELECT 1 FROM payments o WHERE o.order_id > 5)
    Good:
        SELECT o.id FROM orders o
        WHERE EXISTS (SELECT 1 FROM payments p WHERE p.order_id > 5)

    No rewrite is offered: which of the two was meant is the author's to say. Silent where neither
    is an alias, and for names in queries that do not see each other.

    По-русски: одно имя у двух таблиц внутри подзапроса значит не то, что снаружи. Молчит, если
    оба имени не псевдонимы или запросы не видят друг друга.
    """
    for select in selects(query):
        inner = sources(select, schema)
        outer = enclosing(select)
        beside = select.find_ancestor(exp.From, exp.CTE, exp.Select)
        around = sources(outer, schema) if isinstance(beside, exp.Select) and outer else ()
        for at, source in enumerate(inner):
            if isinstance(source.node, exp.Lateral | exp.Unnest) or not source.name:
                continue
            twins = [other for other in (*around, *inner[:at]) if other.name == source.name]
            if not twins or not (source.node.alias or twins[0].node.alias):
                continue
            yield found(
                source.node,
                "reused-alias",
                "style",
                f"{source.name} is another table here than outside: {shown(twins[0].node)}",
                f"{source.name} здесь не та таблица, что снаружи: {shown(twins[0].node)}",
            )


def keyword_as_name(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """A name that is a word of SQL must be quoted wherever it is read, and misleads a reader.

    Bad:
        SELECT city AS "order" FROM customers
    Good:
        SELECT city AS placed_in FROM customers

    No rewrite is offered: who reads the result knows it by its name. Silent for the names of the
    schema's own tables and columns.

    По-русски: имя, совпадающее со словом SQL, всюду приходится брать в кавычки. Молчит об именах
    таблиц и столбцов самой схемы.
    """
    for node in every(query, exp.Alias, exp.TableAlias):
        name = node.args.get("alias") if isinstance(node, exp.Alias) else node.this
        if isinstance(name, exp.Identifier) and name.name.lower() in RESERVED:
            yield found(
                name,
                "keyword-as-name",
                "style",
                f"{name.name} is a word of SQL: give another name",
                f"{name.name} это слово SQL: выберите другое имя",
            )


def needless_quotes(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """Quotes around a plain name in small letters change nothing and are noise to a reader.

    Bad:
        SELECT "name" FROM "customers"
    Good:
        SELECT name FROM customers

    One finding speaks of the whole query. Silent for names with capitals, blanks or signs, and for
    words of SQL. `check` leaves it out in dialects that fold bare names to capitals (Oracle,
    Snowflake), where quotes matter.

    По-русски: кавычки вокруг простого имени строчными буквами ничего не меняют. Молчит об именах с
    заглавными буквами, пробелами и знаками и о словах SQL; check молчит и там, где имена без
    кавычек становятся заглавными (Oracle, Snowflake).
    """
    quoted = [i for i in every(query, exp.Identifier) if i.args.get("quoted") and _is_plain(i.name)]
    if not quoted:
        return
    copy = query.copy()
    for identifier in copy.find_all(exp.Identifier):
        if identifier.args.get("quoted") and _is_plain(identifier.name):
            identifier.set("quoted", False)
    count = len(quoted)
    yield found(
        quoted[0],
        "needless-quotes",
        "style",
        f"{count} name{'s need' if count > 1 else ' needs'} no quotes: {quoted[0].name}",
        f"имён в ненужных кавычках: {count}, первое: {quoted[0].name}",
        rewrite=copy,
    )


def _is_plain(name: str) -> bool:
    return re.fullmatch(r"[a-z_][a-z0-9_]*", name) is not None and name not in _WORDS


# more than RESERVED: what some engine does not take as a name
_WORDS = RESERVED | frozenset(
    "key keys range rank groups system lead lag of do both leading trailing current_date user"
    " current_time current_timestamp current_user session_user localtime localtimestamp analyze"
    " array asymmetric symmetric cast collate concurrently deferrable fetch freeze ilike initially"
    " isnull lateral notnull only overlaps placing returning similar some tablesample variadic"
    " verbose window accessible add alter before bigint binary blob call change char condition"
    " convert database databases dec decimal declare delayed describe double dual each elseif"
    " escaped exit explain float force fulltext function generated get high_priority if ignore int"
    " integer iterate kill leave lines load lock long loop low_priority match mediumint mod"
    " numeric optimize option out outfile precision procedure read real recursive regexp release"
    " rename repeat replace require resignal restrict return revoke rlike schema schemas separator"
    " show signal smallint spatial specific sql ssl starting stored straight_join terminated"
    " tinyint trigger undo unlock unsigned usage use varbinary varchar varying virtual while write"
    " xor zerofill date time timestamp year month day value".split()
)


def mixed_name_case(query: exp.Query, schema: Schema) -> Iterator[Finding]:
    """One name that is spelled with capitals here and without them there looks like two.

    Bad:
        SELECT Name FROM customers WHERE name > 'A'
    Good:
        SELECT name FROM customers WHERE name > 'A'

    No rewrite is offered: the spelling is also what the result's column is called. Silent for names
    in quotes, and for names that are spelled alike throughout.

    По-русски: одно имя, написанное то с заглавными, то без них, похоже на два. Молчит об именах в
    кавычках.
    """
    spelled: dict[str, dict[str, exp.Identifier]] = defaultdict(dict)
    for identifier in every(query, exp.Identifier):
        # one without a place is no word of the text: Snowflake's FLATTEN has columns of its own
        if not identifier.args.get("quoted") and "start" in identifier.meta:
            spelled[identifier.name.lower()].setdefault(identifier.name, identifier)
    for ways in spelled.values():
        if len(ways) > 1:
            names = " and ".join(list(ways)[:3])
            yield found(
                list(ways.values())[1],
                "mixed-name-case",
                "style",
                f"one name in two spellings: {names}",
                f"одно имя написано по-разному: {names.replace(' and ', ' и ')}",
            )
