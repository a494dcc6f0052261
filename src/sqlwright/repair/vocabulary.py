"""The words of SQL that a misspelled one may stand for."""

from __future__ import annotations

#: Clauses of one SELECT in the order in which they must come.
CLAUSES = (
    "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "QUALIFY", "ORDER", "LIMIT",
    "OFFSET", "FETCH",
)  # fmt: skip
CLAUSE_AT = {word: number for number, word in enumerate(CLAUSES)} | {"OFFSET": 8, "FETCH": 8}
SET_WORDS = ("UNION", "INTERSECT", "EXCEPT", "MINUS")

KEYWORDS = (
    *CLAUSES, *SET_WORDS[:3], "BY", "AS", "ON", "AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE",
    "BETWEEN", "EXISTS", "DISTINCT", "ALL", "ANY", "CASE", "WHEN", "THEN", "ELSE", "END", "JOIN",
    "INNER", "LEFT", "RIGHT", "FULL", "OUTER", "CROSS", "NATURAL", "USING", "WITH", "RECURSIVE",
    "ASC", "DESC", "OVER", "PARTITION", "ROWS", "RANGE", "UNBOUNDED", "PRECEDING", "FOLLOWING",
    "CURRENT", "ROW", "CAST", "INTERVAL", "EXTRACT", "TRUE", "FALSE", "NULLS", "FIRST", "LAST",
    "ROLLUP", "CUBE", "GROUPING", "SETS", "VALUES", "ESCAPE", "ILIKE", "FILTER", "LATERAL", "DATE",
    "YEAR", "MONTH", "DAY", "DAYS", "TIMESTAMP", "DECIMAL", "NUMERIC", "INTEGER", "VARCHAR",
)  # fmt: skip
#: Words that are never a name or an alias where they stand alone.
RESERVED = frozenset(KEYWORDS[:60]) - {"FIRST", "LAST", "ROW", "ROWS", "RANGE", "FILTER"}
KEYWORD_SET = frozenset(KEYWORDS)

#: Functions that people use most; a misspelled function is looked up here.
FUNCTIONS = (
    "COUNT", "SUM", "AVG", "MIN", "MAX", "COALESCE", "NULLIF", "UPPER", "LOWER", "SUBSTRING",
    "SUBSTR", "TRIM", "LTRIM", "RTRIM", "LENGTH", "REPLACE", "CONCAT", "CONCAT_WS", "ROUND", "ABS",
    "FLOOR", "CEIL", "CEILING", "MOD", "POWER", "SQRT", "CAST", "EXTRACT", "DATE_TRUNC", "NOW",
    "CURRENT_DATE", "CURRENT_TIMESTAMP", "TO_CHAR", "TO_DATE", "DATE_FORMAT", "STRFTIME",
    "ROW_NUMBER", "RANK", "DENSE_RANK", "LAG", "LEAD", "NTILE", "FIRST_VALUE", "LAST_VALUE",
    "STDDEV", "STDDEV_SAMP", "VARIANCE", "STRING_AGG", "GROUP_CONCAT", "ARRAY_AGG", "GREATEST",
    "LEAST", "GROUPING", "LEFT", "RIGHT", "REVERSE", "POSITION", "YEAR", "MONTH", "DAY", "IFNULL",
    "ISNULL", "NVL", "LEN", "DATEDIFF", "DATE_ADD", "DATE_SUB", "DATE_PART", "DATE", "INITCAP",
    "LPAD", "RPAD", "EXP", "LN", "LOG", "SIGN", "RANDOM", "MD5", "EXISTS", "IN", "ANY", "ALL",
    "OVER", "VALUES", "PERCENT_RANK", "CUME_DIST", "IIF", "INSTR",
)  # fmt: skip
#: Functions by the names that other engines and languages have for them.
SYNONYMS = {
    "MID": "SUBSTRING", "SUBSTRB": "SUBSTR", "LCASE": "LOWER", "UCASE": "UPPER", "TOLOWER": "LOWER",
    "TOUPPER": "UPPER", "AVERAGE": "AVG", "MEAN": "AVG", "TOTAL": "SUM", "MAXIMUM": "MAX",
    "MINIMUM": "MIN", "STDEV": "STDDEV", "STDDEVP": "STDDEV_POP", "VAR": "VARIANCE",
    "LEN": "LENGTH",
    "STRLEN": "LENGTH", "CHARLENGTH": "CHAR_LENGTH", "RAND": "RANDOM", "NVL": "COALESCE",
    "IFNULL": "COALESCE", "ISNULL": "COALESCE", "CNT": "COUNT", "ROWNUMBER": "ROW_NUMBER",
}  # fmt: skip
AGGREGATES = frozenset(
    ("COUNT", "SUM", "AVG", "MIN", "MAX", "STDDEV", "STDDEV_SAMP", "VARIANCE", "STRING_AGG",
     "GROUP_CONCAT", "ARRAY_AGG")
)  # fmt: skip

#: Statements that change something: a text that begins so is not repaired, nor is one near it.
WRITES = (
    "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT",
    "REVOKE", "BEGIN", "COMMIT", "ROLLBACK", "CALL", "EXEC", "EXECUTE", "COPY", "ATTACH", "PRAGMA",
    "VACUUM", "ANALYZE", "LOCK", "DECLARE", "REPLACE", "LOAD", "USE", "SET",
)  # fmt: skip

#: Units after INTERVAL '1', and parts that EXTRACT takes.
UNITS = frozenset(
    word + plural
    for word in ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
    for plural in ("", "S")
)
#: Words after which a text in quotes is one value with them.
TYPES_BEFORE_TEXT = frozenset(("DATE", "TIME", "TIMESTAMP", "INTERVAL", "TIMESTAMPTZ"))
