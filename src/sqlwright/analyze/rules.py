"""Every rule, in the order in which their rewrites are tried.

What removes work from a query comes before what only words it differently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from sqlwright.analyze.aggregates import (
    aggregate_of_group_key,
    group_by_position,
    having_of_any_group,
    having_without_aggregate,
    ungrouped_column,
)
from sqlwright.analyze.anti_joins import (
    anti_join_column,
    busy_exists,
    needless_correlation,
    not_in_subquery,
    uncorrelated_exists,
)
from sqlwright.analyze.conditions import (
    constant_on_left,
    like_everything,
    like_without_wildcard,
    negated_comparison,
    repeated_list_item,
    single_item_list,
)
from sqlwright.analyze.counts import (
    count_of_condition,
    count_of_not_null,
    count_of_nullable,
    count_of_outer_join,
    sum_of_distinct,
    sum_of_one,
    sum_without_else,
)
from sqlwright.analyze.data_types import (
    columns_of_other_kinds,
    float_equality,
    impossible_literal,
    like_on_number,
    needless_cast,
    number_as_text,
    plus_on_text,
    text_compared_with_number,
)
from sqlwright.analyze.derived import renaming_subquery, repeated_subquery
from sqlwright.analyze.design import (
    attribute_table,
    boolean_as_text,
    date_as_text,
    fixed_depth_tree,
    list_in_column,
    numbered_columns,
    polymorphic_key,
)
from sqlwright.analyze.duplicates import (
    count_distinct_of_key,
    needless_distinct,
    union_for_union_all,
)
from sqlwright.analyze.expressions import (
    extreme_by_limit,
    integer_division,
    repeated_function,
    repeated_when,
    same_branches,
)
from sqlwright.analyze.finding import Finding
from sqlwright.analyze.foreign_keys import foreign_key_join
from sqlwright.analyze.grouping import (
    distinct_as_function,
    distinct_in_min_max,
    distinct_row_numbers,
    needless_group_by,
    order_of_distinct,
    twice_distinct,
)
from sqlwright.analyze.join_conditions import (
    filter_in_outer_on,
    join_on_expression,
    join_without_equality,
    one_sided_join,
)
from sqlwright.analyze.joins import cross_join_without_condition, implicit_join
from sqlwright.analyze.lookups import any_for_in, lookup_per_row
from sqlwright.analyze.misplaced import (
    aggregate_in_where,
    nested_aggregate,
    window_in_where,
)
from sqlwright.analyze.moments import (
    last_day_cut_off,
    odd_date,
    sorted_as_text,
)
from sqlwright.analyze.multiplied import (
    sum_of_repeated_rows,
)
from sqlwright.analyze.needless_joins import redundant_self_join, unused_join, useless_outer_join
from sqlwright.analyze.null_handling import (
    absent_or_null,
    case_for_coalesce,
    implied_not_null,
    needless_coalesce,
    nulls_at_top,
)
from sqlwright.analyze.nulls import (
    case_when_null,
    inequality_of_nullable,
    not_in_nullable,
    null_comparison,
    null_concatenation,
    null_in_list,
)
from sqlwright.analyze.or_branches import dead_branch, or_to_union, union_of_one_source
from sqlwright.analyze.own_groups import implied_filter, late_filter
from sqlwright.analyze.own_rows import in_own_table, row_proves_itself
from sqlwright.analyze.pagination import (
    deep_offset,
    order_of_one_match,
    random_order,
    unsettled_pages,
)
from sqlwright.analyze.parallel import parallel_children
from sqlwright.analyze.patterns import (
    concatenation_in_condition,
    many_alternatives,
    regexp_for_like,
)
from sqlwright.analyze.predicates import (
    arithmetic_on_column,
    function_on_column,
    leading_wildcard,
    or_chain,
    repeated_condition,
)
from sqlwright.analyze.security import (
    account_catalog,
    generated_rows,
    generated_statement,
    literal_secret,
    secret_in_result,
    unbounded_recursion,
    weak_hash,
)
from sqlwright.analyze.set_operations import (
    branches_of_other_kinds,
    intersect_of_one_table,
    order_in_branch,
    repeated_branch,
    swapped_branches,
    unequal_branches,
)
from sqlwright.analyze.sorting import (
    constant_sort_key,
    needless_sort_key,
    order_of_one_row,
)
from sqlwright.analyze.standards import limit_without_order, order_by_position, select_star
from sqlwright.analyze.style_conditions import (
    case_for_condition,
    comparison_with_true,
    double_parentheses,
    needless_else_null,
    nested_case,
)
from sqlwright.analyze.style_names import (
    alias_equals_name,
    keyword_as_name,
    meaningless_alias,
    mixed_name_case,
    needless_quotes,
    reused_alias,
    unused_alias,
)
from sqlwright.analyze.style_outputs import (
    duplicate_output_name,
    unaliased_expression,
    unnamed_subquery,
)
from sqlwright.analyze.style_shape import (
    mixed_order_direction,
    mixed_qualification,
    natural_join,
    right_join,
    subquery_in_join,
    unused_cte,
)
from sqlwright.analyze.subqueries import (
    correlated_aggregate,
    correlated_exists,
    count_above_zero,
    needless_order_by,
)
from sqlwright.analyze.truth import (
    contradiction,
    self_comparison,
    tautology,
    weaker_condition,
)
from sqlwright.analyze.unread_joins import join_for_existence
from sqlwright.analyze.windows import (
    last_value_frame,
    needless_window_order,
    repeated_window,
    ties_in_row_number,
    ties_in_running_total,
    window_for_group,
    window_over_key,
    window_without_order,
)
from sqlwright.schema import Schema

Rule = Callable[[exp.Query, Schema], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    # what the query says may not be what was meant
    null_comparison,
    null_in_list,
    not_in_nullable,
    case_when_null,
    null_concatenation,
    inequality_of_nullable,
    self_comparison,
    text_compared_with_number,
    impossible_literal,
    float_equality,
    plus_on_text,
    integer_division,
    same_branches,
    repeated_when,
    last_day_cut_off,
    odd_date,
    sorted_as_text,
    window_without_order,
    last_value_frame,
    window_over_key,
    ties_in_running_total,
    ties_in_row_number,
    unequal_branches,
    swapped_branches,
    branches_of_other_kinds,
    distinct_row_numbers,
    order_of_distinct,
    sum_of_repeated_rows,
    ungrouped_column,
    aggregate_in_where,
    nested_aggregate,
    window_in_where,
    count_of_condition,
    count_of_outer_join,
    sum_of_distinct,
    count_of_nullable,
    sum_without_else,
    nulls_at_top,
    absent_or_null,
    contradiction,
    dead_branch,
    cross_join_without_condition,
    one_sided_join,
    filter_in_outer_on,
    parallel_children,
    date_as_text,
    uncorrelated_exists,
    limit_without_order,
    unsettled_pages,
    # what should not be asked
    unbounded_recursion,
    generated_rows,
    account_catalog,
    generated_statement,
    literal_secret,
    secret_in_result,
    weak_hash,
    # work that need not be done
    tautology,
    weaker_condition,
    implied_not_null,
    needless_coalesce,
    repeated_condition,
    in_own_table,
    needless_correlation,
    busy_exists,
    anti_join_column,
    not_in_subquery,
    row_proves_itself,
    implied_filter,
    late_filter,
    count_above_zero,
    correlated_exists,
    correlated_aggregate,
    repeated_subquery,
    lookup_per_row,
    useless_outer_join,
    unused_join,
    redundant_self_join,
    foreign_key_join,
    join_for_existence,
    needless_distinct,
    twice_distinct,
    needless_group_by,
    distinct_in_min_max,
    count_distinct_of_key,
    union_for_union_all,
    window_for_group,
    needless_window_order,
    repeated_branch,
    intersect_of_one_table,
    order_in_branch,
    union_of_one_source,
    needless_order_by,
    order_of_one_match,
    deep_offset,
    random_order,
    order_of_one_row,
    constant_sort_key,
    needless_sort_key,
    having_without_aggregate,
    having_of_any_group,
    function_on_column,
    needless_cast,
    like_on_number,
    columns_of_other_kinds,
    arithmetic_on_column,
    or_chain,
    or_to_union,
    leading_wildcard,
    concatenation_in_condition,
    regexp_for_like,
    many_alternatives,
    list_in_column,
    join_on_expression,
    join_without_equality,
    # how it is written
    implicit_join,
    repeated_function,
    extreme_by_limit,
    renaming_subquery,
    number_as_text,
    repeated_window,
    distinct_as_function,
    group_by_position,
    aggregate_of_group_key,
    count_of_not_null,
    sum_of_one,
    case_for_coalesce,
    select_star,
    order_by_position,
    negated_comparison,
    single_item_list,
    repeated_list_item,
    like_everything,
    like_without_wildcard,
    constant_on_left,
    attribute_table,
    polymorphic_key,
    numbered_columns,
    boolean_as_text,
    fixed_depth_tree,
    natural_join,
    right_join,
    subquery_in_join,
    unused_cte,
    any_for_in,
    case_for_condition,
    comparison_with_true,
    nested_case,
    needless_else_null,
    double_parentheses,
    mixed_order_direction,
    mixed_qualification,
    reused_alias,
    duplicate_output_name,
    unnamed_subquery,
    unaliased_expression,
    unused_alias,
    alias_equals_name,
    meaningless_alias,
    keyword_as_name,
    mixed_name_case,
    needless_quotes,
)
