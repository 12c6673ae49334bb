namespace KubeMetrics.Queries;

/// <summary>
/// Spark's functions that compute from their arguments alone: no Java by reflection, no files, no environment, no session,
/// no keys. Everything else is refused by name, those of later Spark versions too.
/// </summary>
public static class SparkFunctions
{
    /// <summary>Functions of values, aggregates and window functions.</summary>
    public static readonly IReadOnlyCollection<string> Allowed = Words("""
        abs acos acosh asin asinh atan atan2 atanh bin bround cbrt ceil ceiling conv cos cosh cot csc degrees e exp expm1 factorial floor
        greatest hex hypot least ln log log10 log1p log2 mod negative pi pmod positive pow power radians rand randn random rint round sec shiftleft
        shiftright shiftrightunsigned sign signum sin sinh sqrt tan tanh try_add try_divide try_multiply try_subtract unhex width_bucket
        bit_and bit_count bit_get bit_or bit_xor getbit

        any any_value approx_count_distinct approx_percentile array_agg avg bool_and bool_or collect_list collect_set corr count count_if
        count_min_sketch covar_pop covar_samp every first first_value grouping grouping_id histogram_numeric kurtosis last last_value max max_by mean median
        min min_by mode percentile percentile_approx percentile_cont percentile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
        regr_sxx regr_sxy regr_syy skewness some std stddev stddev_pop stddev_samp sum try_avg try_sum var_pop var_samp variance

        cume_dist dense_rank lag lead nth_value ntile percent_rank rank row_number

        ascii base64 bit_length btrim char char_length character_length chr concat concat_ws contains crc32 decode elt encode endswith find_in_set
        format_number format_string hash initcap instr lcase left len length levenshtein locate lower lpad ltrim luhn_check mask md5
        octet_length overlay position printf regexp_count regexp_extract regexp_extract_all regexp_instr regexp_like regexp_replace regexp_substr
        regexp repeat replace reverse right rlike like ilike rpad rtrim sentences sha sha1 sha2 soundex space split split_part startswith substr substring
        substring_index to_char to_number to_varchar translate trim try_to_number ucase unbase64 upper xxhash64 parse_url url_decode url_encode

        add_months convert_timezone current_date current_timestamp curdate date date_add date_diff date_format date_from_unix_date date_part date_sub date_trunc
        dateadd datediff datepart day dayofmonth dayofweek dayofyear extract from_unixtime from_utc_timestamp hour last_day make_date
        make_dt_interval make_interval make_timestamp make_ym_interval minute month months_between next_day now quarter second timestamp timestamp_micros
        timestamp_millis timestamp_seconds to_date to_timestamp to_unix_timestamp to_utc_timestamp trunc try_to_timestamp unix_date unix_micros
        unix_millis unix_seconds unix_timestamp weekday weekofyear window window_time session_window year

        aggregate array array_append array_compact array_contains array_distinct array_except array_insert array_intersect array_join array_max
        array_min array_position array_prepend array_remove array_repeat array_sort array_union arrays_overlap arrays_zip cardinality element_at
        exists filter flatten forall get reduce sequence shuffle size slice sort_array transform try_element_at zip_with

        map map_concat map_contains_key map_entries map_filter map_from_arrays map_from_entries map_keys map_values map_zip_with str_to_map
        transform_keys transform_values

        named_struct struct get_json_object json_array_length json_object_keys to_json json_tuple

        coalesce equal_null if ifnull isnan isnotnull isnull nanvl nullif nvl nvl2

        bigint binary boolean cast decimal double float int smallint string tinyint try_cast typeof

        rollup cube explode explode_outer posexplode posexplode_outer inline inline_outer stack monotonically_increasing_id
        """);

    /// <summary>Functions that make rows: after FROM and in LATERAL VIEW.</summary>
    internal static readonly HashSet<string> Tables = Words("range explode explode_outer posexplode posexplode_outer inline inline_outer stack json_tuple");

    /// <summary>
    /// What Spark reads as a function even where it stands like a column, in backticks too: who runs the query, and where.
    /// And the hidden column of file sources.
    /// </summary>
    internal static readonly HashSet<string> HiddenColumns =
        Words("current_user user session_user current_catalog current_database current_schema _metadata");

    internal static HashSet<string> Words(string words) =>
        new(words.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
}
