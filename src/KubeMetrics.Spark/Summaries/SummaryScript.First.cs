using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Summaries;

public static partial class SummaryScript
{
    // Everything that a form of series may have, and nothing that depends on what is in them: neither labels that differ in capitals alone nor a
    // value that is no pair trouble anybody. A pair comes as JSON written anew, so that it is one text for each of the forms it may stand in.
    private const string DumpColumns = "metric MAP<STRING, STRING>, `values` ARRAY<STRING>, value STRING, data STRING, error STRING, _corrupt_record STRING, unreadable STRING";
    // As an analysis finds them.
    private const string Dumps = "*{.json,.jsonl,.ndjson,.json.gz,.jsonl.gz,.ndjson.gz,.json.bz2,.jsonl.bz2,.ndjson.bz2}";
    private const string OneSeries = "STRUCT<metric: MAP<STRING, STRING>, `values`: ARRAY<STRING>, value: STRING>";

    private const string Digits = @"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?";

    /// <summary>A pair, its time (2) and its value (4): numbers as Prometheus, Spark and Java write them.</summary>
    private const string Pair = $@"^\[(""?)({Digits})\1,(""?)({Digits}|[+-]?(?i:nan|inf|infinity))\3\]\z";

    // What a date exists for, years 1 to 9999: beyond, it is no time in seconds.
    private const long FirstMs = -62_135_596_800_000, LastMs = 253_402_300_799_999;

    private const string ReadColumns = "file STRING, problem STRING, object STRING, labels STRING, series BIGINT, grp BIGINT, rate BOOLEAN, sample STRING, time BIGINT, value DOUBLE";
    private const string SampleColumns = "series BIGINT, grp BIGINT, time BIGINT, value DOUBLE, weight BIGINT, copies BIGINT, duplicate BIGINT, conflicting BIGINT, outside BOOLEAN, reset BOOLEAN";
    private const string RankedColumns = "id BIGINT, value DOUBLE, below BIGINT, upto BIGINT";

    /// <summary>The first script.</summary>
    /// <param name="inputs">Dumps of series as JSON: a record a line, or, of those that say so, an object or array a file.</param>
    /// <param name="options">What of them is wanted, and how it is grouped.</param>
    /// <param name="id">The job's id, for people.</param>
    /// <param name="places">Where its results go.</param>
    /// <param name="dumps">Whether only names count that end as dumps' do; else all.</param>
    public static string First(IReadOnlyList<JobInput> inputs, SummaryOptions options, string id, SummaryPlaces places, bool dumps = false)
    {
        var sql = new ScriptText($"KubeMetrics job {id}: summary, the first of two scripts");
        sql.Say("What is no number as a text is none, and no error; of a label that comes twice the last value counts.")
            .Statement("SET spark.sql.ansi.enabled=false").Statement("SET spark.sql.mapKeyDedupPolicy=LAST_WIN");
        foreach (var input in inputs)
            sql.Say("What is read.").Statement(Read($"input {input.Name}", StoreUri.Parse(input.Location), "json", DumpColumns,
                ("recursiveFileLookup", "true"), ("pathGlobFilter", dumps ? Dumps : "*"), ("multiLine", input.MultiLine ? "true" : "false"), ("mode", "PERMISSIVE"), ("columnNameOfCorruptRecord", "unreadable"),
                ("allowSingleQuotes", "false"), ("allowNonNumericNumbers", "false")));
        ReadObjects(sql, inputs, options, id, places);
        MergeSamples(sql, options, places);
        sql.Say("What was found in each file.").Statement(Json(places.Files, FilesSelect));
        sql.Say("The series: what became of the samples of each.").Statement(Json(places.Series, SeriesSelect));
        Rank(sql, places);
        return End(sql);
    }

    /// <summary>Dumps to rows of samples, which is all that is read of them: a row for each object that is a series, or none, and one for each pair.</summary>
    private static void ReadObjects(ScriptText sql, IReadOnlyList<JobInput> inputs, SummaryOptions options, string id, SummaryPlaces places)
    {
        sql.Say("Records: a series each, an answer of the HTTP API with many, or something else.").Statement(View("all records",
            string.Join("\nUNION ALL\n", inputs.Select(input => $"SELECT input_file_name() AS file, * FROM {SqlText.Name($"input {input.Name}")}"))));
        sql.Say("Series, each with its labels, those that are empty left out as Prometheus has it.").Statement(View("all series", $"""
            SELECT file, IF(at = 0, problem, IF(one.metric IS NULL, 'no series', NULL)) AS problem,
              map_filter(map_from_entries(map_entries(one.metric)), (name, value) -> value <> '') AS labels,
              concat(coalesce(one.`values`, array()), IF(one.value IS NULL, array(), array(one.value))) AS pairs
            FROM (
              SELECT file,
                CASE WHEN unreadable IS NOT NULL THEN 'unreadable' WHEN error IS NOT NULL THEN 'failed query' WHEN _corrupt_record IS NOT NULL THEN 'corrupt record'
                  WHEN metric IS NULL AND (data IS NULL OR `values` IS NOT NULL OR value IS NOT NULL) THEN 'no series' END AS problem,
                posexplode(concat(
                  array(struct(metric, `values`, value)),
                  CASE WHEN data IS NULL THEN array()
                    WHEN data LIKE '[%' THEN coalesce(from_json(data, 'ARRAY<{OneSeries}>'), array())
                    ELSE coalesce(from_json(data, 'result ARRAY<{OneSeries}>').result, array()) END)) AS (at, one)
              FROM `all records`)
            """));
        var wanted = options.Where.Count == 0 ? "true" : string.Join("\n      AND ", options.Where.Select(matcher => MatcherSql.Condition(matcher, "labels")));
        var groupBy = SqlText.String(options.Grouping.GroupBy);
        var isRate = options.Grouping.Raw ? "false" : "quantile = '' AND (" + string.Join(" OR ", MetricKinds.CounterSuffixes.Select(suffix => $"endswith(name, {SqlText.String(suffix)})")) + ")";
        // Series of one group agree in the label that is grouped by and in what tells quantities apart; what it is called the program decides. Numbers for
        // both make rows half as long; those of series are odd. That two are the same never comes, is noticed, and would not come again under another id.
        var hash = $"xxhash64({SqlText.String(id)}";
        sql.Say("Which of them are wanted, and which belong together.").Statement(View("wanted series", $"""
            SELECT file, problem, object, IF(object = 'kept', labels, NULL) AS labels, {hash}, labels) | 1L AS series, {hash}, key, name, quantile, le) & -2L AS grp,
              {isRate} AS rate, IF(object = 'kept', concat(array(CAST(NULL AS STRING)), pairs), array(CAST(NULL AS STRING))) AS pairs
            FROM (
              SELECT file, problem, pairs, to_json(array_sort(map_entries(labels))) AS labels,
                CASE WHEN labels IS NULL THEN NULL WHEN {wanted} THEN 'kept' ELSE 'left out' END AS object,
                coalesce(labels[{groupBy}], {SqlText.String($"(no {options.Grouping.GroupBy})")}) AS key,
                coalesce(labels['{Labels.MetricName}'], '') AS name, coalesce(labels['quantile'], '') AS quantile, coalesce(labels['le'], '') AS le
              FROM `all series`)
            """));
        sql.Say("Their samples as text: the row at 0 stands for the series itself.").Statement(View("all pairs", $"""
            SELECT file, at, IF(at = 0, problem, NULL) AS problem, IF(at = 0, object, NULL) AS object, IF(at = 0, labels, NULL) AS labels,
              IF(object = 'kept', series, NULL) AS series, IF(object = 'kept', grp, NULL) AS grp, rate,
              regexp_extract(pair, {SqlText.String(Pair)}, 2) AS time, regexp_extract(pair, {SqlText.String(Pair)}, 4) AS value
            FROM `wanted series` LATERAL VIEW posexplode(pairs) AS at, pair
            """));
        sql.Say("Times in milliseconds (half of one away from zero), and values as they are next to a double.").Statement(View("all numbers", """
            SELECT file, at, problem, object, labels, series, grp, rate, value AS text, CAST(value AS DOUBLE) AS value,
              CASE WHEN time RLIKE '^[0-9]{1,12}\\z' THEN CAST(time AS BIGINT) * 1000 ELSE CAST(round(CAST(time AS DECIMAL(30, 16)) * 1000) AS BIGINT) END AS time
            FROM `all pairs`
            """));
        var outside = string.Join(" OR ", new[] { options.From is { } from ? $"time < {Number(from)}" : null, options.To is { } to ? $"time >= {Number(to)}" : null }.OfType<string>().DefaultIfEmpty("false"));
        sql.Say("All that is read of the dumps, once.").Statement(Parquet(places.Read, $"""
            SELECT file, problem, object, labels, series, grp, rate,
              CASE WHEN at = 0 THEN NULL
                WHEN time IS NULL OR time NOT BETWEEN {Number(FirstMs)} AND {Number(LastMs)} THEN 'malformed'
                WHEN {outside} THEN 'outside'
                WHEN lower(right(text, 3)) = 'nan' THEN 'nan'
                WHEN value IS NULL OR abs(value) = CAST('Infinity' AS DOUBLE) THEN 'infinite'
                ELSE 'sample' END AS sample,
              time, value
            FROM `all numbers`
            """)).Statement(Read("read", places.Read, "parquet", ReadColumns));
    }

    /// <summary>As the program merges inputs (<see cref="SeriesCollector"/>), and makes rates (<see cref="CounterRates"/>).</summary>
    private static void MergeSamples(ScriptText sql, SummaryOptions options, SummaryPlaces places)
    {
        var start = options.Window is { } window
            ? $"(SELECT max(time) - {Number((long)window.TotalMilliseconds - 1)} FROM `read` WHERE sample = 'sample')"
            : "CAST(NULL AS BIGINT)";
        sql.Say("Of several samples of one series at one time the largest stays, as often as the file has it that has it most often.").Statement(View("merged", """
            SELECT series, grp, rate, time, max(value) AS value, max_by(most, value) AS copies, max_by(equal, value) - max_by(most, value) AS duplicate, sum(equal) - max_by(equal, value) AS conflicting
            FROM (
              SELECT series, grp, rate, time, value, max(times) AS most, sum(times) AS equal
              FROM (
                SELECT series, grp, rate, time, value, file, count(*) AS times
                FROM (SELECT series, grp, rate, time, value, xxhash64(file) AS file FROM `read` WHERE sample = 'sample' DISTRIBUTE BY series, time)
                GROUP BY series, grp, rate, time, value, file)
              GROUP BY series, grp, rate, time, value)
            GROUP BY series, grp, rate, time
            """));
        sql.Say("What is older than the window is left out, and of counters each rate belongs to the later of two samples: one that fell has counted from 0.").Statement(View("in time", $"""
            SELECT *, lag(value) OVER earlier AS valueBefore, lag(time) OVER earlier AS timeBefore
            FROM (SELECT *, coalesce(time < {start}, false) AS outside FROM merged)
            WINDOW earlier AS (PARTITION BY series, outside ORDER BY time)
            """));
        sql.Say("The samples that all numbers are of.").Statement(Parquet(places.Samples, $"""
            SELECT series, grp, time,
              CASE WHEN outside THEN NULL
                WHEN NOT rate THEN value
                WHEN valueBefore IS NULL THEN NULL
                ELSE greatest(least((value - IF(value < valueBefore, 0D, valueBefore)) / CAST(time - timeBefore AS DOUBLE) * 1000D, {Number(double.MaxValue)}), {Number(double.MinValue)}) END AS value,
              IF(rate, 1L, copies) AS weight, copies, duplicate, conflicting, outside, coalesce(rate AND NOT outside AND value < valueBefore, false) AS reset
            FROM `in time`
            """)).Statement(Read("samples", places.Samples, "parquet", SampleColumns));
    }

    private const string FilesSelect = """
        SELECT file, count_if(object = 'kept') AS kept, count_if(object = 'left out') AS leftOut, count_if(sample = 'sample') AS samples,
          count_if(sample = 'nan') AS nan, count_if(sample = 'infinite') AS infinite, count_if(sample = 'malformed') AS malformed, count_if(sample = 'outside') AS outside,
          count_if(problem = 'unreadable') AS unreadable, count_if(problem = 'no series') AS noSeries, count_if(problem = 'corrupt record') AS corruptRecords, count_if(problem = 'failed query') AS failedQueries
        FROM `read` GROUP BY file
        """;

    private const string SeriesSelect = """
        SELECT dropped.*, duplicate, conflicting, old, repeated, resets, first, last
        FROM (
          SELECT series, grp, max(labels) AS labels, min(labels) AS other, count_if(sample = 'nan') AS nan, count_if(sample = 'infinite') AS infinite, count_if(sample = 'malformed') AS malformed, count_if(sample = 'outside') AS outside
          FROM `read` WHERE series IS NOT NULL GROUP BY series, grp) AS dropped
        LEFT JOIN (
          SELECT series, sum(duplicate) AS duplicate, sum(conflicting) AS conflicting, sum(IF(outside, copies, 0)) AS old, sum(IF(outside, 0, copies - 1)) AS repeated,
            count_if(reset) AS resets, min(IF(value IS NULL, NULL, time)) AS first, max(IF(value IS NULL, NULL, time)) AS last
          FROM samples GROUP BY series) AS merged
        ON dropped.series = merged.series
        """;

    private static void Rank(ScriptText sql, SummaryPlaces places)
    {
        sql.Say("The different values of each group and each series, with how many lie below and how many up to them.").Statement(Parquet(places.Ranked, """
            SELECT id, value, -n + sum(n) OVER ranks AS below, sum(n) OVER ranks AS upto
            FROM (
              SELECT id, value, sum(weight) AS n
              FROM samples LATERAL VIEW explode(array(series, grp)) AS id
              WHERE value IS NOT NULL GROUP BY id, value)
            WINDOW ranks AS (PARTITION BY id ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            """)).Statement(Read("ranked", places.Ranked, "parquet", RankedColumns));
        sql.Say("Those among them that quantiles lie at or between, of all values and of the positive ones.").Statement(View("totals", """
            SELECT id, max(upto) AS count, coalesce(max(IF(value <= 0, upto, NULL)), 0L) AS notPositive FROM ranked GROUP BY id
            """)).Statement(Json(places.Orders, $"""
            SELECT id, count, notPositive, array_sort(collect_list(struct(below, upto, value))) AS orders
            FROM ranked JOIN totals USING (id)
            WHERE {string.Join("\n  OR ", Ranks("count").Concat(Ranks("(count - notPositive)").Select(rank => $"notPositive + {rank}")).Select(rank => $"{rank} BETWEEN below AND upto - 1"))}
            GROUP BY id, count, notPositive
            """));

        // The smallest, the largest, what the median lies between, and what each quantile (type 7) lies between.
        static IEnumerable<string> Ranks(string count) => new[] { "0", $"{count} - 1", $"({count} - 1) div 2", $"{count} div 2" }
            .Concat(Descriptions.Shares.SelectMany(share => new[] { $"floor({Number(share)} * ({count} - 1))", $"floor({Number(share)} * ({count} - 1)) + 1" }));
    }
}
