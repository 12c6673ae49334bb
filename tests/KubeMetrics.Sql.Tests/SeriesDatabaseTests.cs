using System.Text;
using KubeMetrics.Queries;

namespace KubeMetrics.Sql;

public sealed class SeriesDatabaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<string> RefusedAsync(string sql, string dump = PortableQueries.Dump)
    {
        using var database = Asking.Database(dump);
        return (await Assert.ThrowsAsync<QueryRefusedException>(() => database.RowsAsync(sql, Cancellation))).Message;
    }

    // The rows that Spark 3.5.3 gave for this dump read with USING json (RealSparkTests asks it again).
    [Fact]
    public async Task The_notebooks_query_gives_what_Spark_gives() => Assert.Equal(
        [
            """{"values":[["1517443200","1234"],["1517443260","NaN"],["1517443320","1e+06"],["1517443380","+Inf"]],"operation_type":"pull_image"}""",
            """{"values":[["1517443200","-5"],["1517443260","5"],["1517443320","7.25"],["1517443380","5"]],"operation_type":"list_images"}""",
        ],
        await Asking.RowsAsync("SELECT values, metric.operation_type FROM series WHERE metric.quantile='0.9' AND metric.hostname='a'"));

    // The README of the Spark here: where whole and fractional times mix, they are written 1.529193650183E9.
    [Fact]
    public async Task Times_are_texts_as_Java_writes_them() => Assert.Equal(
        ["""{"a":"1.529193650183E9","b":"1529193770"}"""],
        await Asking.RowsAsync("SELECT values[0][0] AS a, values[2][0] AS b FROM series WHERE metric.operation_type = 'pull_image' AND metric.quantile = '0.5'"));

    // By hand: (-5 + 5 + 7.25 + 5) / 4 = 3.0625; Spark skips nothing of it.
    [Fact]
    public async Task Means_are_of_the_samples_as_they_stand() => Assert.Equal(
        ["""{"op":"list_images","mean":3.0625}""", """{"op":"pull_image","mean":"NaN"}""", """{"op":"remove","mean":0}"""],
        await Asking.RowsAsync("SELECT metric.operation_type AS op, avg(CAST(v[1] AS DOUBLE)) AS mean FROM series LATERAL VIEW explode(values) e AS v GROUP BY 1 ORDER BY op"));

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"x"},"values":[[1,"2"]]}]}}""")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"x"},"value":[1,"2"]}]}}""")]
    [InlineData("""[{"metric":{"a":"x"},"values":[[1,"2"]]}]""")]
    [InlineData("""{"metric":{"a":"x","b":null},"values":[["1","2"]]}""")]
    [InlineData("{\n  \"metric\": {\n    \"a\": \"x\"\n  },\n  \"values\": [\n    [1, \"2\"]\n  ]\n}")]
    public async Task Every_form_of_a_dump_is_the_same_row(string dump) =>
        Assert.Equal(["""{"metric":{"a":"x"},"values":[["1","2"]]}"""], await Asking.RowsAsync("SELECT metric, values FROM series", dump));

    [Fact]
    public async Task A_broken_line_is_told_and_the_others_are_answered()
    {
        using var database = new SeriesDatabase(new QueryLimits());
        database.Create("series");
        using var text = new MemoryStream(Encoding.UTF8.GetBytes("{\"metric\":{\"a\":\"x\"},\"values\":[[1,\"2\"]]}\n{\"metric\":{\"a\":\n{\"metric\":{\"a\":\"y\"},\"values\":[]}\n"));
        var report = database.Add("series", text, "dump.json", Cancellation);
        Assert.True(report.IsPartial);
        Assert.Contains("dump.json", Assert.Single(report.Problems).Message);
        Assert.Equal(["""{"a":"x"}""", """{"a":"y"}"""], await database.RowsAsync("SELECT metric.a FROM series", Cancellation));
    }

    [Fact]
    public async Task Several_tables_are_joined_by_name()
    {
        using var database = Asking.Database(PortableQueries.Dump);
        database.Create("other");
        using var text = new MemoryStream("{\"metric\":{\"host\":\"a\"},\"values\":[]}"u8.ToArray());
        database.Add("other", text, "other.json", Cancellation);
        Assert.Equal(["""{"n":2}"""], await database.RowsAsync("SELECT count(*) AS n FROM series s JOIN other o ON s.metric.hostname = o.metric.host", Cancellation));
    }

    [Theory]
    [InlineData("SELECT skewness(size(values)) FROM series", "'skewness'")]
    [InlineData("SELECT kurtosis(size(values)) FROM series", "'kurtosis'")]
    [InlineData("SELECT percentile_approx(size(values), 0.5) FROM series", "'percentile_approx'")]
    [InlineData("SELECT collect_list(metric.hostname) FROM series", "'collect_list'")]
    [InlineData("SELECT 1.5 + 1", "1.5D")]
    [InlineData("SELECT size(values) / 2.5 FROM series", "1.5D")]
    [InlineData("SELECT CAST(1.5D AS STRING)", "double")]
    [InlineData("SELECT concat('a', 1.5D)", "double")]
    [InlineData("SELECT values[0][1] > 5 FROM series", "CAST(… AS DOUBLE)")]
    [InlineData("SELECT metric.hostname = 5 FROM series", "CAST(… AS DOUBLE)")]
    [InlineData("SELECT 1 FROM series WHERE metric.hostname", "no condition|condition")]
    [InlineData("SELECT metric.hostname RLIKE '(?i)a' FROM series", "RE2")]
    [InlineData("SELECT metric.hostname RLIKE '(a)\\\\1' FROM series", "RE2")]
    [InlineData("SELECT 1 FROM series GROUP BY ROLLUP(metric.hostname)", "'ROLLUP'")]
    [InlineData("SELECT 1 FROM series a JOIN series b USING (metric)", "ON")]
    [InlineData("SELECT 1 FROM series a NATURAL JOIN series b", "'NATURAL'")]
    [InlineData("SELECT DATE '2018-02-03'", "'DATE'")]
    [InlineData("SELECT INTERVAL 1 DAY", "'INTERVAL'")]
    [InlineData("SELECT 5 & 3", "'&'")]
    [InlineData("SELECT 1, transform(values, v -> v[1]) FROM series", "")]
    [InlineData("SELECT id FROM range(5)", "'range'")]
    [InlineData("SELECT metric.nosuch FROM series", "operation_type")]
    [InlineData("SELECT nosuch FROM series", "metric, values")]
    [InlineData("SELECT values FROM series ORDER BY values", "values")]
    [InlineData("SELECT DISTINCT values FROM series GROUP BY values", "values")]
    [InlineData("SELECT 1 AS a, 2 AS A", "two columns")]
    [InlineData("SELECT map('a', 1)['a'], 1", "'map'")]
    public async Task What_is_not_portable_is_refused_by_name(string sql, string piece) =>
        Assert.Contains(piece.Split('|')[^1], await RefusedAsync(sql));

    [Fact]
    public async Task Labels_that_differ_in_case_only_are_refused_where_they_are_asked_for()
    {
        const string dump = """{"metric":{"Zone":"x","zone":"y","a":"z"},"values":[]}""";
        Assert.Contains("Zone and zone", await RefusedAsync("SELECT metric.zone FROM series", dump));
        Assert.Contains("Zone and zone", await RefusedAsync("SELECT * FROM series", dump));
        Assert.Equal(["""{"a":"z"}"""], await Asking.RowsAsync("SELECT metric.a FROM series", dump));
    }

    [Theory]
    [InlineData("SELECT metric.hostname, count(*) FROM series", "GROUP BY")]
    [InlineData("SELECT (SELECT metric.hostname FROM series) AS h", "several rows")]
    [InlineData("SELECT 9223372036854775807 + 1 AS x", "CAST(… AS DOUBLE)")]
    [InlineData("SELECT count(*) AS n FROM series WHERE count(*) > 1", "subquery")]
    public async Task What_fails_says_why_in_a_sentence(string sql, string piece)
    {
        using var database = Asking.Database(PortableQueries.Dump);
        var message = (await Assert.ThrowsAsync<QueryFailedException>(() => database.RowsAsync(sql, Cancellation))).Message;
        Assert.Contains(piece, message);
        Assert.DoesNotContain('\n', message);
    }

    // Ten times each of five series: 5^10 = 9,765,625 rows to be sorted, more than 64 MiB hold.
    private static readonly string Large =
        "SELECT max(n) AS m FROM (SELECT row_number() OVER (ORDER BY h) AS n FROM (SELECT a.metric.hostname AS h FROM series a"
        + string.Concat(Enumerable.Range(0, 9).Select(i => $" CROSS JOIN series b{i}")) + ") t) u";

    [Fact]
    public async Task A_query_that_needs_too_much_memory_says_so_and_the_next_is_answered()
    {
        using var database = Asking.Database(PortableQueries.Dump, new QueryLimits { MemoryBytes = 64 << 20, Threads = 1 });
        var failed = await Assert.ThrowsAsync<QueryFailedException>(() => database.RowsAsync(Large, Cancellation));
        Assert.Contains("memory", failed.Message);
        Assert.Equal(["""{"n":5}"""], await database.RowsAsync("SELECT count(*) AS n FROM series", Cancellation));
    }

    [Fact]
    public async Task With_a_folder_to_spill_into_it_is_answered_and_the_folder_is_left_empty()
    {
        var folder = Directory.CreateTempSubdirectory("kubemetrics-spill-");
        try
        {
            using (var database = Asking.Database(PortableQueries.Dump, new QueryLimits { MemoryBytes = 96 << 20, Threads = 1, SpillFolder = folder.FullName }))
                Assert.Equal(["""{"m":9765625}"""], await database.RowsAsync(Large, Cancellation));
            Assert.Empty(Directory.Exists(folder.FullName) ? Directory.GetFileSystemEntries(folder.FullName) : []);
        }
        finally
        {
            if (Directory.Exists(folder.FullName)) folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_query_can_be_ended()
    {
        using var database = Asking.Database(PortableQueries.Dump);
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        soon.CancelAfter(TimeSpan.FromSeconds(1));
        var endless = "SELECT count(*) AS n FROM series a" + string.Concat(Enumerable.Range(0, 14).Select(i => $" JOIN series b{i} ON a.metric.hostname <= b{i}.metric.hostname"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => database.RowsAsync(endless, soon.Token));
    }

    // A metric of each sample's own would be as large as the file: the engine holds each set of labels once.
    [Fact]
    public async Task Long_dumps_are_taken_in_batches()
    {
        var dump = new StringBuilder();
        for (var i = 0; i < 300; i++)
        {
            dump.Append($$"""{"metric":{"op":"{{i % 3}}"},"values":[""");
            for (var j = 0; j < 1000; j++) dump.Append(j == 0 ? "" : ",").Append($"[{j},\"{i}\"]");
            dump.Append("]}\n");
        }

        // 100 series of each, of 1000 samples; the sum of 0, 3 … 297 is 14850.
        Assert.Equal(
            ["""{"op":"0","n":100000,"total":14850000}""", """{"op":"1","n":100000,"total":14950000}""", """{"op":"2","n":100000,"total":15050000}"""],
            await Asking.RowsAsync("SELECT metric.op, count(*) AS n, sum(v[1]) AS total FROM series LATERAL VIEW explode(values) e AS v GROUP BY metric.op ORDER BY op", dump.ToString()));
    }
}
