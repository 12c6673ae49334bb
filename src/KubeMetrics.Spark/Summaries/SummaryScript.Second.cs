using KubeMetrics.Spark.Scripts;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Summaries;

public static partial class SummaryScript
{
    private const string PlanColumns = "id BIGINT, count BIGINT, notPositive BIGINT, median DOUBLE, scale DOUBLE, logMedian DOUBLE, fenceLow DOUBLE, fenceHigh DOUBLE, step BIGINT, edges ARRAY<DOUBLE>, logEdges ARRAY<DOUBLE>";

    /// <summary>The second script.</summary>
    /// <param name="id">The job's id, for people.</param>
    /// <param name="places">Where the first one's results and the plan are, and its own go.</param>
    public static string Second(string id, SummaryPlaces places)
    {
        var sql = new ScriptText($"KubeMetrics job {id}: summary, the second of two scripts");
        sql.Say("What the first has left, and what it is counted by.").Statement("SET spark.sql.ansi.enabled=false")
            .Statement(Read("plan", places.Plan, "json", PlanColumns))
            .Statement(Read("samples", places.Samples, "parquet", SampleColumns))
            .Statement(Read("ranked", places.Ranked, "parquet", RankedColumns));
        sql.Say("Sums of powers of the distance from the median, for moments.").Statement(Json(places.Sums, """
            SELECT id, sum(n * d) AS s1, sum(n * d * d) AS s2, sum(n * d * d * d) AS s3, sum(n * d * d * d * d) AS s4,
              sum(n * l) AS l1, sum(n * l * l) AS l2, sum(n * l * l * l) AS l3, sum(n * l * l * l * l) AS l4
            FROM (SELECT id, CAST(upto - below AS DOUBLE) AS n, value * scale - median * scale AS d, IF(value > 0, ln(value) - logMedian, NULL) AS l FROM ranked JOIN plan USING (id))
            GROUP BY id
            """));
        sql.Say("The values whose distance from the median is the median of all distances, or next to it.").Statement(Json(places.Deviations, """
            SELECT id, of, array_sort(collect_list(struct(upto - n AS below, upto, value))) AS orders
            FROM (
              SELECT *, sum(n) OVER (PARTITION BY id, of ORDER BY distance ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto
              FROM (
                SELECT id, 'values' AS of, count AS total, value, upto - below AS n, abs(value - median) AS distance FROM ranked JOIN plan USING (id)
                UNION ALL
                SELECT id, 'logs', count - notPositive, value, upto - below, abs(ln(value) - logMedian) FROM ranked JOIN plan USING (id) WHERE value > 0 AND logMedian IS NOT NULL))
            WHERE (total - 1) div 2 BETWEEN upto - n AND upto - 1 OR total div 2 BETWEEN upto - n AND upto - 1
            GROUP BY id, of
            """));
        // An edge is counted before the values that equal it, but for the last one, whose bin holds it.
        sql.Say("How many values lie below each edge: edges and values in one row.").Statement(Json(places.Edges, """
            SELECT id, of, transform(array_sort(collect_list(struct(at, below))), one -> one.below) AS below
            FROM (
              SELECT id, of, at, sum(n) OVER (PARTITION BY id ORDER BY value, place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS below
              FROM (
                SELECT id, value, 1 AS place, upto - below AS n, NULL AS of, NULL AS at FROM ranked LEFT SEMI JOIN (SELECT id FROM plan WHERE edges IS NOT NULL) AS gridded USING (id)
                UNION ALL
                SELECT id, edge, IF(at = size(edges) - 1, 2, 0), 0L, 'values', at FROM plan LATERAL VIEW posexplode(edges) AS at, edge
                UNION ALL
                SELECT id, edge, IF(at = size(logEdges) - 1, 2, 0), 0L, 'logs', at FROM plan LATERAL VIEW posexplode(logEdges) AS at, edge))
            WHERE of IS NOT NULL
            GROUP BY id, of
            """));
        Boxes(sql, places);
        Buckets(sql, places);
        return End(sql);
    }

    /// <summary>Whiskers, and the outliers that <see cref="Statistics.Boxes"/> draws.</summary>
    private static void Boxes(ScriptText sql, SummaryPlaces places)
    {
        const int most = Statistics.Boxes.MostDrawn;
        sql.Say("The positive values of each group between and beyond its fences.").Statement(View("fenced", """
            SELECT id, value, below - notPositive AS below, upto - notPositive AS upto, IF(value < fenceLow, -1, IF(value >= fenceHigh, 1, 0)) AS side, count - notPositive AS total
            FROM ranked JOIN plan USING (id) WHERE fenceLow IS NOT NULL AND value > 0
            """)).Statement(View("beyond", $"""
            SELECT *, IF(low + high <= {most}, low, IF(low = 0, 0, least(low, greatest(2, least({most} - 2, {most} * low div (low + high)))))) AS drawnLow
            FROM (
              SELECT id, total, coalesce(max(IF(side < 0, upto, NULL)), 0L) AS low, coalesce(max(total - IF(side > 0, below, NULL)), 0L) AS high,
                min(IF(side >= 0, value, NULL)) AS lowest, max(IF(side <= 0, value, NULL)) AS highest
              FROM fenced GROUP BY id, total)
            """));
        // Of n outliers on one side the k that are drawn have the ranks i(n − 1)/(k − 1), rounded down: so many of them fall on this value.
        sql.Say("The outliers that are drawn: all, or some of each side, evenly spread.").Statement(View("drawn", $"""
            SELECT id, value, CASE WHEN k <= 1 THEN IF(below = 0, k, 0) ELSE (upto * (k - 1) + n - 2) div (n - 1) - (below * (k - 1) + n - 2) div (n - 1) END AS times
            FROM (
              SELECT id, value, below, upto, low AS n, drawnLow AS k FROM fenced JOIN beyond USING (id) WHERE side < 0
              UNION ALL
              SELECT id, value, below - (beyond.total - high), upto - (beyond.total - high), high, IF(low + high <= {most}, high, least(high, {most} - drawnLow))
              FROM fenced JOIN beyond USING (id) WHERE side > 0)
            """)).Statement(Json(places.Boxes, """
            SELECT id, low + high AS outliers, lowest, highest, drawn
            FROM beyond LEFT JOIN (SELECT id, array_sort(collect_list(struct(value, times))) AS drawn FROM drawn WHERE times > 0 GROUP BY id) AS chosen USING (id)
            """));
    }

    /// <summary>As <see cref="TimeBucketing"/> has them: a median lies at or between what is told of each bucket.</summary>
    private static void Buckets(ScriptText sql, SummaryPlaces places) =>
        sql.Say("Each group and each series over time: smallest value, the two in the middle, largest value, count.").Statement(View("in buckets", """
            SELECT id, start, value, n, sum(n) OVER (PARTITION BY id, start ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS upto, sum(n) OVER (PARTITION BY id, start) AS total
            FROM (
              SELECT id, time - pmod(time, step) AS start, value, sum(weight) AS n
              FROM (SELECT id, time, value, weight FROM samples LATERAL VIEW explode(array(series, grp)) AS id WHERE value IS NOT NULL) JOIN plan USING (id)
              WHERE step IS NOT NULL GROUP BY id, start, value)
            """)).Statement(Json(places.Buckets, """
            SELECT id, array_sort(collect_list(struct(start, min, low, high, max, n))) AS buckets
            FROM (
              SELECT id, start, min(value) AS min, max(IF((total - 1) div 2 BETWEEN upto - n AND upto - 1, value, NULL)) AS low,
                max(IF(total div 2 BETWEEN upto - n AND upto - 1, value, NULL)) AS high, max(value) AS max, max(total) AS n
              FROM `in buckets` GROUP BY id, start)
            GROUP BY id
            """));
}
