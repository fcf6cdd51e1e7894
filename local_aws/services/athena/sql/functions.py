"""Templates of DuckDB's calls for Trino's functions; contains no code.

A value without braces is DuckDB's name, called with the same arguments. `{0}` is the first
argument, `{*}` are all. `name/2` is for calls with two arguments, and has precedence.
"""

SAME = """
abs acos asin atan atan2 cos degrees exp ln log10 log2 pi radians
sin sqrt tan cosh sinh tanh lower upper ltrim rtrim replace starts_with chr coalesce nullif
translate concat_ws uuid rank dense_rank row_number percent_rank cume_dist ntile lag lead
first_value last_value nth_value count bool_and bool_or corr covar_pop covar_samp regr_slope
regr_intercept stddev stddev_pop stddev_samp variance var_pop var_samp skewness kurtosis
array_agg any_value map_keys map_values year month day hour minute quarter
""".split()

SCALARS = {
    "cbrt": "t_cbrt({0})",
    "mod": "({0} % {1})",
    "pow": "power({0}, {1})",
    "power": "power({0}, {1})",
    "truncate/2": "trunc({0}, {1})",
    "log/2": "log({0}, {1})",
    "e": "exp(1e0)",
    "nan": "CAST('nan' AS DOUBLE)",
    "infinity": "CAST('inf' AS DOUBLE)",
    "is_nan": "isnan({0})",
    "is_finite": "isfinite({0})",
    "is_infinite": "isinf({0})",
    "rand": "random()",
    "random": "random()",
    "random/1": "CAST(floor(random() * {0}) AS BIGINT)",
    "random/2": "CAST({0} + floor(random() * ({1} - {0})) AS BIGINT)",
    "to_base": "lower(to_base({0}, {1}))",
    "width_bucket/2": "CAST(len(list_filter({1}, lambda b: b <= {0})) AS BIGINT)",
    "width_bucket": "t_width_bucket({0}, {1}, {2}, {3})",
    "bitwise_and": "({0} & {1})",
    "bitwise_or": "({0} | {1})",
    "bitwise_xor": "xor({0}, {1})",
    "bitwise_not": "(~{0})",
    "bitwise_left_shift": "({0} << {1})",
    "bitwise_right_shift": "({0} >> {1})",
    "bit_count": "CAST(bit_count({0}) AS BIGINT)",
    "great_circle_distance": "t_great_circle({0}, {1}, {2}, {3})",
    # strings
    "length": "t_length({0})",
    "char_length": "t_length({0})",
    "character_length": "t_length({0})",
    "trim": "trim({0})",
    "substr/2": "t_substr({0}, {1}, 2147483647)",
    "substr": "t_substr({0}, {1}, {2})",
    "lpad": "lpad({0}, t_width({1}), {2})",
    "rpad": "rpad({0}, t_width({1}), {2})",
    "split": "string_split({0}, {1})",
    "split_part": "t_split_part({0}, {1}, {2})",
    "split_to_map": "t_split_to_map({0}, {1}, {2})",
    "strpos": "CAST(strpos({0}, {1}) AS BIGINT)",
    "strpos/3": "t_strpos({0}, {1}, {2})",
    "replace/2": "replace({0}, {1}, '')",
    "codepoint": "unicode({0})",
    "levenshtein_distance": "CAST(levenshtein({0}, {1}) AS BIGINT)",
    "hamming_distance": "CAST(hamming({0}, {1}) AS BIGINT)",
    "normalize": "nfc_normalize({0})",
    "to_utf8": "encode({0})",
    "from_utf8": "decode({0})",
    "to_hex": "hex({0})",
    "from_hex": "unhex({0})",
    "to_base64": "to_base64({0})",
    "from_base64": "from_base64({0})",
    "md5": "unhex(md5({0}))",
    "sha1": "unhex(sha1({0}))",
    "sha256": "unhex(sha256({0}))",
    "url_encode": "t_url_encode({0})",
    "url_decode": "url_decode(replace({0}, '+', ' '))",
    "url_extract_protocol": "t_extract({0}, '^([a-zA-Z][a-zA-Z0-9+.-]*):', 1)",
    "url_extract_host": "t_extract({0}, '^[^:/]+://(?:[^@/]*@)?([^:/?#]+)', 1)",
    "url_extract_path": "t_extract({0}, '^[^:/]+://[^/?#]*([^?#]*)', 1)",
    "url_extract_query": "t_extract({0}, '\\?([^#]*)', 1)",
    "url_extract_fragment": "t_extract({0}, '#(.*)$', 1)",
    # regular expressions
    "regexp_like": "regexp_matches({0}, {1})",
    "regexp_extract/2": "t_extract({0}, {1}, 0)",
    "regexp_extract": "t_extract({0}, {1}, {2})",
    "regexp_extract_all/2": "regexp_extract_all({0}, {1})",
    "regexp_extract_all": "regexp_extract_all({0}, {1}, {2})",
    "regexp_split": "string_split_regex({0}, {1})",
    "regexp_count": "CAST(len(regexp_extract_all({0}, {1})) AS BIGINT)",
    "regexp_position": "t_regexp_position({0}, {1})",
    # dates and times
    "date": "CAST({0} AS DATE)",
    "now": "date_trunc('millisecond', now())",
    "date_trunc": "t_date_trunc({0}, {1})",
    "date_add": "t_date_add({0}, {1}, {2})",
    "date_diff": "t_date_diff({0}, {1}, {2})",
    "second": "CAST(second({0}) AS BIGINT)",
    "millisecond": "CAST(millisecond({0}) % 1000 AS BIGINT)",
    "day_of_month": "day({0})",
    "day_of_week": "isodow({0})",
    "dow": "isodow({0})",
    "day_of_year": "dayofyear({0})",
    "doy": "dayofyear({0})",
    "week": "weekofyear({0})",
    "week_of_year": "weekofyear({0})",
    "year_of_week": "isoyear({0})",
    "yow": "isoyear({0})",
    "last_day_of_month": "last_day({0})",
    "to_unixtime": "epoch({0})",
    "from_iso8601_timestamp": "t_moment({0})",
    "from_iso8601_date": "CAST({0} AS DATE)",
    "to_iso8601": "t_to_iso8601({0})",
    "current_timezone": "'UTC'",
    "at_timezone": "t_in_zone({0}, t_zone_number({1}))",
    "with_timezone": "t_at_place({0}, t_zone_number({1}))",
    # JSON
    "json_parse": "t_json_parse({0})",
    "json_format": "CAST({0} AS VARCHAR)",
    "json_array_length": "t_json_array_length({0})",
    "json_array_get": "json_extract({0}, '$[' || CAST({1} AS VARCHAR) || ']')",
    "json_array_contains": "list_contains(CAST({0} AS JSON[]), CAST(to_json({1}) AS JSON))",
    "is_json_scalar": "(json_type({0}) NOT IN ('OBJECT', 'ARRAY'))",
    # arrays
    "cardinality": "CAST(cardinality({0}) AS BIGINT)",
    "contains": "list_contains({0}, {1})",
    "element_at": "{0}[{1}]",
    "array_distinct": "t_array_distinct({0})",
    "array_sort/1": "list_sort({0}, 'ASC', 'NULLS LAST')",
    "array_max": "list_max({0})",
    "array_min": "list_min({0})",
    "array_average": "list_avg({0})",
    "array_position": "CAST(coalesce(list_position({0}, {1}), 0) AS BIGINT)",
    "array_remove": "t_array_remove({0}, {1})",
    "array_union": "t_array_distinct(list_concat({0}, {1}))",
    "array_intersect": "t_array_intersect({0}, {1})",
    "array_except": "t_array_except({0}, {1})",
    "arrays_overlap": "list_has_any({0}, {1})",
    "array_join/2": "t_array_join({0}, {1})",
    "array_join": "t_array_join_null({0}, {1}, {2})",
    "flatten": "flatten({0})",
    "repeat": "t_repeat({0}, {1})",
    "slice": "t_slice({0}, {1}, {2})",
    "trim_array": "{0}[1:len({0}) - {1}]",
    "shuffle": "list_sort({0})",
    # maps
    "map/0": "MAP {{}}",
    "map": "t_map({0}, {1})",
    "map_entries": "t_map_entries({0})",
    "map_from_entries": "map_from_entries({0})",
    "map_concat": "map_concat({*})",
}

# The template of the call, and that of the wrapper around the call with FILTER and OVER.
AGGREGATES = {
    "sum": ("sum({0})", None),
    "avg": ("avg({0})", None),
    "min": ("min({*})", None),
    "max": ("max({*})", None),
    "count_if": ("count_if({0})", "CAST({} AS BIGINT)"),
    "every": ("bool_and({0})", None),
    "arbitrary": ("any_value({0})", None),
    "approx_distinct": ("count(DISTINCT {0})", None),
    "approx_percentile/2": ("quantile_disc({0}, {1})", None),
    "max_by": ("arg_max({*})", None),
    "min_by": ("arg_min({*})", None),
    "geometric_mean": ("geomean({0})", None),
    "bitwise_and_agg": ("bit_and({0})", None),
    "bitwise_or_agg": ("bit_or({0})", None),
    "bitwise_xor_agg": ("bit_xor({0})", None),
    "histogram": ("histogram({0})", "t_bigint_values({})"),
    "map_agg": ("list(struct_pack(key := {0}, value := {1}))", "t_entries_map({})"),
    "multimap_agg": ("list(struct_pack(key := {0}, value := {1}))", "t_entries_multimap({})"),
    "map_union": ("list({0})", "t_map_union({})"),
    "set_agg": ("list(DISTINCT {0})", None),
}

OF_ZONED = dict.fromkeys(
    """year month day hour minute second millisecond quarter week date day_of_month day_of_week dow
    day_of_year doy week_of_year year_of_week yow last_day_of_month date_format format_datetime
    """.split(),
    "t_local",
) | {"to_unixtime": "t_instant"}
"""Functions that get a time with a zone as the time at its own place, or as the instant."""


def template(name: str, count: int) -> tuple[str, str | None] | None:
    """Return the template of a call and its wrapper; None for an unknown function."""
    for key in (f"{name}/{count}", name):
        if key in AGGREGATES:
            return AGGREGATES[key]
        if key in SCALARS:
            return SCALARS[key], None
        if key in SAME:
            return f"{key}({{*}})", None
    return None


def fill(text: str, arguments: list[str]) -> str:
    """Put the arguments into a template."""
    if "{*}" in text:
        return text.replace("{*}", ", ".join(arguments))
    return text.format(*arguments)
