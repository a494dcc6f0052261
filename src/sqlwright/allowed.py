"""What a read-only query may be made of: an allow-list of tree nodes and functions.

What is not known to only compute a value is refused; a deny-list would have to know every engine's
every extension.
"""

from __future__ import annotations

from sqlglot import exp

# Functions that sqlglot has no node for and that only compute a value; all others are refused.
# System, file, network, lock, large-object and sleeping functions must never be added.
_PURE_FUNCTIONS = frozenset(
    """
    abs acos age any_value approx_count_distinct arg_max arg_min array_agg array_length
    array_position array_to_string array_value asin atan atan2 avg bit_and bit_count bit_or
    bit_xor bool_and bool_or cardinality ceiling char char_length character_length chr
    clock_timestamp coalesce concat concat_ws contains corr cos cot count covar_pop covar_samp
    cume_dist curdate current_date curtime date date_add date_diff date_format date_part
    date_sub date_trunc datediff datetime day dayname dayofmonth dayofweek dayofyear degrees
    dense_rank difference div dow doy ends_with epoch every exp extract find_in_set first
    first_value floor format from_days from_unixtime gen_random_uuid generate_series glob
    greatest group_concat grouping hex hour ifnull iif initcap instr isnull isodow json_agg
    json_array_elements json_array_elements_text json_array_length json_each json_extract
    json_group_array json_group_object json_object_agg json_type json_valid jsonb_agg
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length julianday lag last
    last_day last_value lcase lead least left len length levenshtein like likelihood likely
    list_contains list_value ln localtimestamp locate log10 log2 lower lpad ltrim make_date
    make_time make_timestamp makedate max md5 median microsecond mid min minute mod mode month
    monthname now nth_value ntile nullif octet_length percent_rank percentile_cont
    percentile_disc period_add period_diff pi position positive power prefix printf
    quantile quantile_cont quarter quote quote_ident quote_literal quote_nullable radians rand
    random rank regexp regexp_match regexp_matches
    regexp_replace regexp_split_to_array regr_slope replace reverse right round row row_number rpad
    rtrim sec_to_time second sign similarity sin soundex split_part sqrt starts_with
    statement_timestamp stddev stddev_pop stddev_samp strcmp strftime string_agg string_to_array
    strpos struct_pack substr substring suffix sum sum0 sysdate tan time time_to_sec timediff
    timestampadd timestampdiff to_char to_date to_days to_number to_timestamp total
    transaction_timestamp translate trim trunc truncate typeof ucase unicode unix_timestamp
    unixepoch unlikely unnest upper utc_date utc_timestamp uuid var_pop var_samp variance week
    weekday width_bucket year yearweek
    """.split()
)

_FORBIDDEN_FUNCTIONS = (
    exp.ReadCSV,
    exp.ReadParquet,
    exp.NextValueFor,
    exp.Secret,
    exp.ToFile,
    exp.Predict,
    exp.NetFunc,
    exp.AIAgg,
    exp.AIClassify,
    exp.AIGenerate,
    exp.GenerateEmbedding,
    exp.GenerateText,
)

_STRUCTURE = (
    exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit,
    exp.Offset, exp.Fetch, exp.LimitOptions, exp.With, exp.CTE, exp.TableAlias, exp.Table,
    exp.Identifier, exp.Alias, exp.Aliases, exp.Star, exp.Window, exp.WindowSpec, exp.DataType,
    exp.DataTypeParam, exp.Interval, exp.IntervalSpan, exp.Var, exp.Literal, exp.Null, exp.Boolean,
    exp.Column, exp.Tuple, exp.Values, exp.Distinct, exp.Lateral, exp.Cube, exp.Rollup,
    exp.GroupingSets, exp.Qualify, exp.Filter, exp.WithinGroup, exp.In, exp.Between, exp.All,
    exp.Any, exp.TableColumn, exp.IgnoreNulls, exp.RespectNulls, exp.HavingMax, exp.Bracket,
    exp.Slice, exp.HexString, exp.BitString, exp.ByteString, exp.RawString, exp.National,
    exp.UnicodeString, exp.AtTimeZone, exp.Introducer, exp.CharacterSet, exp.JSONKeyValue,
    exp.JSONPath, exp.JSONPathPart, exp.FormatJson, exp.JSONExtractQuote, exp.Lambda,
    exp.Pseudocolumn,
    exp.Condition, exp.OverflowTruncateBehavior,
    exp.Query, exp.Binary, exp.Unary,
)  # fmt: skip

_FORBIDDEN_NODES = (
    exp.Parameter,
    exp.SessionParameter,
    exp.PropertyEQ,
    exp.Placeholder,
    exp.Into,
    exp.Lock,
)


def why_forbidden(node: exp.Expr) -> str | None:
    """Why this one node may not be in a read-only query, or None; its children do not count."""
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return "the query has a parameter: put a value in its place"
    if isinstance(node, exp.Into):
        return "SELECT INTO writes a table"
    if isinstance(node, exp.Lock):
        return "FOR UPDATE or FOR SHARE locks rows"
    if isinstance(node, _FORBIDDEN_NODES):
        return f"{node.key} may change or read the session"
    if isinstance(node, exp.Anonymous | exp.AnonymousAggFunc):
        name = node.name.lower()
        return None if name in _PURE_FUNCTIONS else f"the function {name} is not known to only read"
    if isinstance(node, exp.Func):
        forbidden = isinstance(node, _FORBIDDEN_FUNCTIONS)
        return f"the function {node.sql_name().lower()} does more than read" if forbidden else None
    if isinstance(node, _STRUCTURE):
        return None
    return f"{node.key.upper()} is not part of a read-only query"
