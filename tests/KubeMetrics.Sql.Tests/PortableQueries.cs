namespace KubeMetrics.Sql;

/// <summary>Queries that are answered in process, over the dump of <see cref="Dump"/>; RealSparkTests holds the answers against Spark's.</summary>
public static class PortableQueries
{
    /// <summary>
    /// A dump as JSON Lines with what trips: NaN and infinity, an empty label, one that only some series have, whole and
    /// fractional times, no samples at all, a letter beyond ASCII, a quote.
    /// </summary>
    public const string Dump = """
        {"metric":{"__name__":"ops","operation_type":"pull_image","quantile":"0.9","hostname":"a"},"values":[[1517443200,"1234"],[1517443260,"NaN"],[1517443320,"1e+06"],[1517443380,"+Inf"]]}
        {"metric":{"__name__":"ops","operation_type":"pull_image","quantile":"0.5","hostname":"b"},"values":[[1529193650.183,"10"],[1529193710.183,"20.5"],[1529193770,"30"]]}
        {"metric":{"__name__":"ops","operation_type":"list_images","quantile":"0.9","hostname":"a","zone":"größe \"1\""},"values":[[1517443200,"-5"],[1517443260,"5"],[1517443320,"7.25"],[1517443380,"5"]]}
        {"metric":{"__name__":"ops","operation_type":"list_images","quantile":"0.5","hostname":"b","zone":""},"values":[]}
        {"metric":{"__name__":"ops","operation_type":"remove","quantile":"0.9","hostname":"c"},"values":[[1517443200,"0"]]}

        """;

    private const string Samples = " FROM series LATERAL VIEW explode(values) e AS v ";
    private const string Finite = " FROM series LATERAL VIEW explode(values) e AS v WHERE NOT v[1] IN ('NaN', '+Inf') ";

    public static readonly IReadOnlyList<string> All =
    [
        "SELECT values, metric.operation_type FROM series WHERE metric.quantile='0.9' AND metric.hostname='a'",
        "SELECT * FROM series",
        "SELECT metric FROM series",
        "SELECT s.* FROM series s WHERE s.metric.zone IS NULL",
        "SELECT metric.zone AS z, size(values) AS n FROM series ORDER BY z, n",
        "SELECT metric.zone AS z, size(values) AS n FROM series ORDER BY z DESC, 2",
        "SELECT values[0][0] AS t, values[0][1] AS v, values[9][0] AS nothing, values[-1] AS before, element_at(values, -1)[1] AS lastone FROM series",
        "SELECT metric.operation_type AS op, v[0] AS t, v[1] AS x" + Samples,
        "SELECT metric.operation_type AS op, pos, v[1] AS x FROM series LATERAL VIEW posexplode(values) e AS pos, v",
        "SELECT metric.hostname AS h, pos, v FROM series LATERAL VIEW OUTER posexplode(values) e AS pos, v",
        "SELECT metric.hostname AS h, x FROM series LATERAL VIEW OUTER explode(values) e AS v LATERAL VIEW explode(v) f AS x",
        "SELECT metric.hostname AS h, explode(values) AS v FROM series WHERE metric.quantile = '0.9'",
        "SELECT metric.operation_type AS op, count(*) AS n, count(v) AS m, avg(CAST(v[1] AS DOUBLE)) AS mean, sum(v[1]) AS total, min(v[1]) AS lo, max(v[1] + 0) AS hi" + Samples + "GROUP BY metric.operation_type ORDER BY op",
        "SELECT metric.operation_type AS op, stddev(CAST(v[1] AS DOUBLE)) AS s, stddev_pop(v[1]) AS sp, variance(v[1]) AS va, var_pop(v[1]) AS vp, median(CAST(v[1] AS DOUBLE)) AS med" + Samples + "GROUP BY op",
        "SELECT metric.operation_type AS op, stddev(CAST(v[1] AS DOUBLE)) AS s, stddev_pop(v[1]) AS sp, var_samp(v[1]) AS va, median(CAST(v[1] AS DOUBLE)) AS med, percentile(CAST(v[1] AS DOUBLE), 0.25) AS p, percentile(CAST(v[1] AS DOUBLE), array(0.1, 0.9)) AS ps" + Finite + "GROUP BY 1",
        "SELECT avg(x) AS a, sum(x) AS s, count(x) AS c, stddev_pop(x) AS sd, median(x) AS m FROM (SELECT CAST(NULL AS DOUBLE) AS x) t",
        "SELECT count(*), sum(1), max('a') FROM series",
        "SELECT count(DISTINCT metric.hostname) AS hosts, count(*) FILTER (WHERE metric.quantile = '0.9') AS p90, count_if(size(values) > 3) AS longones FROM series",
        "SELECT metric.hostname AS h, count(*) AS n FROM series GROUP BY metric.hostname HAVING n > 1 ORDER BY n DESC, h",
        "SELECT metric.hostname AS h FROM series GROUP BY metric.hostname HAVING count(*) > 1",
        "SELECT DISTINCT metric.hostname FROM series ORDER BY hostname DESC LIMIT 2",
        "SELECT metric.hostname AS h FROM series ORDER BY metric.quantile, metric.hostname LIMIT 3 OFFSET 1",
        "SELECT CAST('1.7' AS BIGINT) AS a, CAST('.5' AS INT) AS b, CAST('1.' AS INT) AS c, CAST('1e3' AS INT) AS d, CAST('+5' AS INT) AS e, CAST('-1.9' AS INT) AS f, CAST(' 7 ' AS INT) AS g, CAST('' AS INT) AS h, CAST('1.x' AS INT) AS i, CAST('9999999999' AS INT) AS j, CAST('99999999999999999999' AS BIGINT) AS k, CAST('-' AS INT) AS l, CAST('.' AS INT) AS m",
        "SELECT CAST('1e400' AS DOUBLE) AS a, CAST('1e-400' AS DOUBLE) AS b, CAST('1.5D' AS DOUBLE) AS c, CAST('+Inf' AS DOUBLE) AS d, CAST('nan' AS DOUBLE) AS e, CAST('+nan' AS DOUBLE) AS f, CAST('1_0' AS DOUBLE) AS g, CAST(' 1 ' AS DOUBLE) AS h, CAST('Infinity' AS DOUBLE) AS i, CAST('1.' AS DOUBLE) AS j, CAST('.5' AS DOUBLE) AS k, CAST('1e' AS DOUBLE) AS l, CAST('.' AS DOUBLE) AS m, CAST('1 f' AS DOUBLE) AS n, CAST('-iNF' AS DOUBLE) AS o, CAST('d' AS DOUBLE) AS p, CAST('1,000' AS DOUBLE) AS q, CAST('(1)' AS DOUBLE) AS r",
        "SELECT CAST(1.7D AS BIGINT) AS a, CAST(-1.7D AS INT) AS b, CAST(1e30 AS BIGINT) AS c, CAST(CAST('nan' AS DOUBLE) AS INT) AS d, CAST(1e30 AS INT) AS e, CAST(12 AS STRING) AS f, CAST(true AS STRING) AS g, CAST(5 AS DOUBLE) AS h",
        "SELECT round(2.5D) AS a, round(-2.5D) AS b, round(1.005D, 2) AS c, round(1234.5D, -2) AS d, round(CAST('nan' AS DOUBLE)) AS e, round(1e300, 2) AS f, round(5) AS g, round(0.125D, 2) AS h, round(1e-7, 3) AS i, round(0.5D) AS j, round(-0.4D) AS k",
        "SELECT floor(2.5D) AS a, ceil(-2.5D) AS b, floor(1e30) AS c, sqrt(-1D) AS d, ln(0D) AS e, ln(-1D) AS f, log10(0D) AS g, power(0D, -1D) AS h, exp(1000D) AS i, abs(-3) AS j, abs(-2.5D) AS k, log2(8D) AS l",
        "SELECT 1 / 0 AS a, 1D / 0D AS b, 0D / 0D AS c, 5 % 0 AS d, -7 DIV 2 AS e, -7 % 2 AS f, 7 / 2 AS g, CAST('nan' AS DOUBLE) / 1 AS h, 7 DIV 0 AS i, 1 + 2 * 3 - 4 AS j, -(-1) AS k, '5' * 2 AS l, 'x' + 1 AS m, 1e308 * 10D AS n, 5.5D % 2 AS o, 2 * size(values) AS p FROM series",
        "SELECT (CAST(NULL AS STRING) IS NULL) = true AND NULL IS NULL AS a FROM series",
        "SELECT array(1, 2)[1] AS a, array(1, 2)[5] AS b, array('x', NULL) AS c, greatest(1, NULL) AS d, least(CAST('nan' AS DOUBLE), 1D) AS e, isnan(CAST(NULL AS DOUBLE)) AS f, nanvl(CAST('nan' AS DOUBLE), 2D) AS g, coalesce(NULL, 'x') AS h, nvl(NULL, 2) AS i, nullif(1, 1) AS j, nullif(2, 1) AS k, if(1 > 2, 'a', 'b') AS l, isnull(NULL) AS m",
        "SELECT concat('a', NULL) AS a, length('héé') AS b, substring('abcdef', 2, 3) AS c, substr('abc', 2) AS d, upper('ßa') AS e, lower('ÄB') AS f, trim('\\ta ') AS g, 'a' || 1 || true AS h, startswith('abc', 'ab') AS i, endswith('abc', 'bc') AS j, contains('abc', 'x') AS k, ltrim('  a ') AS l",
        "SELECT timestamp_seconds(1517443200) AS a, timestamp_seconds(1529193650.183D) AS b, CAST(1517443200 AS TIMESTAMP) AS c, CAST(1.5D AS TIMESTAMP) AS d, from_unixtime(1517443200) AS e, date_trunc('HOUR', timestamp_seconds(1517445000)) AS f, timestamp_millis(1517443200123) AS g, hour(timestamp_seconds(1517443200)) AS h, timestamp_seconds(CAST('nan' AS DOUBLE)) AS i, date_trunc('WEEK', timestamp_seconds(1517443200)) AS j, year(timestamp_seconds(0)) AS k, day(timestamp_seconds(1517443200)) AS l",
        "SELECT timestamp_seconds(CAST(v[0] AS DOUBLE)) AS t, CAST(v[0] AS BIGINT) AS s" + Samples,
        "SELECT 'a\\n' RLIKE 'a$' AS a, 'a\\r' RLIKE 'a.' AS b, 'abc' RLIKE 'b' AS c, 'a' LIKE 'A' AS d, 'a%b' LIKE 'a\\\\%b' AS e, 'aXb' LIKE 'a\\\\%b' AS f, 'ab' LIKE 'a_' AS g, 'AB' ILIKE 'a%' AS h, 'free-stg-1' RLIKE '^free-(stg|int)-\\\\d+$' AS i, 'x' NOT LIKE '%y' AS j",
        "SELECT 'x' IN ('a', NULL) AS a, 'a' IN ('a', NULL) AS b, NULL <=> NULL AS c, 1 <=> NULL AS d, true IS NOT FALSE AS e, 1 = 1D AS f, 1 IS DISTINCT FROM 2 AS g, 'a' == 'a' AS h, 2 BETWEEN 1 AND 3 AS i, NOT true OR true AND false AS j, !false AS k, NULL AND false AS l, NULL OR true AS m, 'B' < 'a' AS n, 'ß' > 'z' AS o, CAST('nan' AS DOUBLE) > 1D AS p, CAST('nan' AS DOUBLE) = CAST('nan' AS DOUBLE) AS q",
        "SELECT CASE metric.quantile WHEN '0.9' THEN 'p90' END AS q, CASE WHEN size(values) > 3 THEN 1 WHEN size(values) = 0 THEN 2L ELSE 3.5D END AS n FROM series",
        "SELECT a.metric.operation_type AS op, b.metric.hostname AS h FROM series a JOIN series b ON a.metric.operation_type = b.metric.operation_type AND a.metric.quantile < b.metric.quantile",
        "SELECT a.metric.hostname AS h, b.metric.zone AS z FROM series a LEFT JOIN series b ON a.metric.zone = b.metric.zone",
        "SELECT metric.hostname AS h FROM series a LEFT SEMI JOIN (SELECT metric.hostname AS x FROM series WHERE metric.quantile = '0.5') b ON a.metric.hostname = b.x",
        "SELECT metric.hostname AS h FROM series a LEFT ANTI JOIN (SELECT metric.hostname AS x FROM series WHERE metric.quantile = '0.5') b ON a.metric.hostname = b.x",
        "SELECT count(*) AS n FROM series, series t CROSS JOIN (SELECT 1 AS one) o",
        "WITH p AS (SELECT metric.hostname AS h, size(values) AS n FROM series), q (host, total) AS (SELECT h, sum(n) FROM p GROUP BY h) SELECT q.host, q.total, p.n FROM q JOIN p ON p.h = q.host",
        "SELECT metric.hostname AS h FROM series WHERE metric.hostname IN (SELECT metric.hostname FROM series WHERE metric.quantile = '0.5')",
        "SELECT metric.hostname AS h FROM series s WHERE EXISTS (SELECT 1 FROM series t WHERE t.metric.hostname = s.metric.hostname AND t.metric.quantile = '0.5')",
        "SELECT metric.hostname AS h, (SELECT max(size(values)) FROM series) AS most FROM series",
        "SELECT metric.hostname FROM series UNION SELECT 'z'",
        "SELECT size(values) AS n FROM series UNION ALL SELECT 1.5D ORDER BY n DESC",
        "(SELECT metric.hostname FROM series EXCEPT SELECT 'a') UNION ALL SELECT 'q'",
        "SELECT metric.hostname FROM series INTERSECT SELECT 'a'",
        "SELECT metric.hostname AS h, metric.quantile AS q, row_number() OVER (PARTITION BY metric.hostname ORDER BY metric.quantile DESC) AS n, rank() OVER (ORDER BY metric.hostname) AS r, sum(size(values)) OVER (PARTITION BY metric.hostname) AS total FROM series",
        "SELECT CAST(v[0] AS BIGINT) AS t, v[1] - lag(v[1]) OVER (PARTITION BY metric.operation_type, metric.quantile ORDER BY CAST(v[0] AS BIGINT)) AS d, avg(v[1]) OVER (PARTITION BY metric.operation_type, metric.quantile ORDER BY CAST(v[0] AS BIGINT) ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS m" + Finite,
        "SELECT x FROM (SELECT explode(array('b', NULL, 'a')) AS x) ORDER BY x",
        "SELECT x FROM (SELECT explode(array('b', NULL, 'a')) AS x) ORDER BY x DESC",
        "SELECT x FROM (SELECT explode(array('b', NULL, 'a')) AS x) ORDER BY x ASC NULLS LAST",
        "SELECT METRIC.Hostname AS h, Values[0] AS pair FROM Series WHERE Metric.QUANTILE = '0.9'",
    ];
}
