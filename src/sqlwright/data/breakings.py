"""Mistakes that people make when they type SQL: the wrong side of the task `fix`.

Each function takes the text of a good query and returns a broken one, or the text itself where its
mistake does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from sqlglot import exp

from sqlwright.data.scopes import pick
from sqlwright.schema import Schema

Breaking = Callable[[str, exp.Query, Schema, Random], str]

_KEYWORDS = {
    "SELECT": ("SELCT", "SELET", "SLECT", "SELECTT", "SEELCT"),
    "FROM": ("FORM", "FRM", "FROMM", "FRO"),
    "WHERE": ("WERE", "WHER", "WHRE", "WEHRE"),
    "GROUP BY": ("GROUP", "GRUOP BY", "GROUPBY", "GROUP BT"),
    "ORDER BY": ("ORDER", "ODER BY", "ORDERBY", "ORDR BY"),
    "HAVING": ("HAVNG", "HAVIN"),
    "JOIN": ("JION", "JON", "JOIIN"),
    "BETWEEN": ("BETWEN", "BEETWEEN", "BETWENN"),
    "DISTINCT": ("DISTINT", "DISTICT"),
    "EXISTS": ("EXIST", "EXSITS"),
    "UNION ALL": ("UNION AL", "UNON ALL"),
    "LIKE": ("LIK", "LKE"),
    "LIMIT": ("LIMT", "LIMITT", "TOP"),
    "AND": ("ADN", "AN", "&&"),
    "CASE": ("CAES", "CAS"),
    "END": ("EN", "DNE"),
}
_FUNCTIONS = {
    "COUNT": ("CONT", "COUNTT", "COUT"),
    "SUM": ("SUMM", "SU", "TOTALSUM"),
    "AVG": ("AVERAGE", "AVGG", "MEAN"),
    "MAX": ("MAXIMUM", "MAXX"),
    "MIN": ("MINIMUM", "MINN"),
    "COALESCE": ("COALESE", "COALSECE", "NVLL"),
    "UPPER": ("UPER", "TOUPPERCASE"),
    "SUBSTRING": ("SUBSTRNG", "SUBTSRING"),
}


def misspelled_column(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A column's name with one letter wrong."""
    column = pick(rng, list(query.find_all(exp.Column)))
    return _replace_once(text, column.name, misspell(column.name, rng), rng) if column else text


def misspelled_table(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A table's name with one letter wrong."""
    known = [t for t in query.find_all(exp.Table) if schema.table(t.name)]
    table = pick(rng, known)
    if table is None:
        return text
    wrong = misspell(table.name, rng)
    return re.sub(rf"\b(FROM|JOIN) {re.escape(table.name)}\b", rf"\1 {wrong}", text, count=1)


def column_of_another_name(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A column without its prefix, in another case, or with a plural: o_date, date, dates."""
    column = pick(rng, list(query.find_all(exp.Column)))
    if column is None:
        return text
    name = column.name
    forms = [name + "s", name.rstrip("s"), re.sub("_", "", name), re.sub(r"^[a-z]{1,3}_", "", name),
             re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()]  # fmt: skip
    known = {c.name.lower() for t in schema.tables for c in t.columns}
    other = [form for form in forms if form and form.lower() not in known]
    return _replace_once(text, name, rng.choice(other), rng) if other else text


def wrong_alias(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A column under an alias that the query does not have."""
    columns = [c for c in query.find_all(exp.Column) if c.table]
    column = pick(rng, columns)
    if not isinstance(column, exp.Column):
        return text
    wrong = column.table + rng.choice(["1", "x", column.table[-1]])
    if len(column.table) > 3:
        wrong = misspell(column.table, rng)
    return _replace_once(text, f"{column.table}.{column.name}", f"{wrong}.{column.name}", rng)


def lost_comma(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A list with one comma missing, one too many, or a dot for it."""
    place = _somewhere(text, r", ", rng)
    if place is None:
        return text
    return text[:place] + rng.choice([" ", " ", ", , ", " , ,", "; "]) + text[place + 2 :]


def comma_before_from(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A comma after the last selected column."""
    place = _somewhere(text, r" FROM ", rng)
    return text if place is None else text[:place] + "," + text[place:]


def lost_parenthesis(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A parenthesis too few, or one too many."""
    place = _somewhere(text, r"[()]", rng)
    if place is None:
        return text + ")"
    doubled = text[place] if rng.random() < 0.3 else ""
    return text[:place] + doubled * 2 + text[place + 1 :]


def lost_quote(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A string with one of its quotes missing."""
    place = _somewhere(text, "'", rng)
    return text if place is None else text[:place] + text[place + 1 :]


def keyword_typo(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A keyword with letters swapped, lost or doubled."""
    return _from_table(text, _KEYWORDS, rng, after="")


def function_typo(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A function by a name that it does not have."""
    return _from_table(text, _FUNCTIONS, rng, after=r"(?=\()")


def lost_group_key(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """GROUP BY without one of the selected columns, or none at all."""
    copy = query.copy()
    groups = [
        g for g in copy.find_all(exp.Group)
        if isinstance(s := g.parent, exp.Select) and any(k in s.expressions for k in g.expressions)
    ]  # fmt: skip
    group = pick(rng, groups)
    if group is None or not isinstance(group.parent, exp.Select):
        return text
    shown = [key for key in group.expressions if key in group.parent.expressions]
    lost = rng.choice(shown)
    rest = [key for key in group.expressions if key is not lost]
    group.parent.set("group", exp.Group(expressions=rest) if rest else None)
    return copy.sql(comments=False)


def double_equals(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """`==`, `=>` or `=<` in the place of the operator."""
    place = _somewhere(text, r"(?<= )(=|>=|<=)(?= )", rng)
    if place is None:
        return text
    end = text.index(" ", place)
    wrong = {"=": "= =", ">=": "=>", "<=": "=<"}[text[place:end]]
    return text[:place] + wrong + text[end:]


def lost_word(text: str, query: exp.Query, schema: Schema, rng: Random) -> str:
    """A word left out of a clause: JOIN without ON, ORDER without BY, IS without NULL."""
    place = _somewhere(text, r" (ON|BY|NULL|IN|AS|THEN|IS) ", rng)
    if place is None:
        return text
    end = text.index(" ", place + 1)
    return text[:place] + text[end:]


def misspell(name: str, rng: Random) -> str:
    """The name with two letters swapped, or one lost, doubled or replaced."""
    if len(name) < 3:
        return name + name[-1]
    place = rng.randrange(1, len(name) - 1)
    match rng.randrange(4):
        case 0:
            wrong = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        case 1:
            wrong = name[:place] + name[place + 1 :]
        case 2:
            wrong = name[:place] + name[place] + name[place:]
        case _:
            wrong = name[:place] + rng.choice("aeiorstnlm") + name[place + 1 :]
    return wrong if wrong != name else name + name[-1]


def _somewhere(text: str, pattern: str, rng: Random) -> int | None:
    found = [match.start() for match in re.finditer(pattern, text)]
    return rng.choice(found) if found else None


def _replace_once(text: str, old: str, new: str, rng: Random) -> str:
    place = _somewhere(text, rf"(?<!\w){re.escape(old)}(?!\w)", rng)
    return text if place is None else text[:place] + new + text[place + len(old) :]


def _from_table(text: str, table: dict[str, tuple[str, ...]], rng: Random, after: str) -> str:
    found = [word for word in table if re.search(rf"\b{word}\b{after}", text)]
    if not found:
        return text
    word = rng.choice(found)
    place = _somewhere(text, rf"\b{word}\b{after}", rng)
    assert place is not None
    return text[:place] + rng.choice(table[word]) + text[place + len(word) :]


BREAKINGS: tuple[Breaking, ...] = (
    misspelled_column,
    misspelled_table,
    column_of_another_name,
    wrong_alias,
    lost_comma,
    comma_before_from,
    lost_parenthesis,
    lost_quote,
    keyword_typo,
    function_typo,
    lost_group_key,
    double_equals,
    lost_word,
)
