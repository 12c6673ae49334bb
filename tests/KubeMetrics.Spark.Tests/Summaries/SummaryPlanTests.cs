using System.Text.Json;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

public sealed class SummaryPlanTests
{
    private static readonly SummaryOptions ByOperation = new();
    private static readonly string[] Series = [Of(1, 2, "read", 60_000, 180_000), Of(3, 2, "read", 60_000, 86_400_000), Of(5, 4, "write", null, null)];

    private static readonly string[] Orders =
    [
        """{"id":1,"count":3,"notPositive":1,"orders":[{"below":0,"upto":1,"value":0.0},{"below":1,"upto":3,"value":2.0}]}""",
        """{"id":3,"count":1,"notPositive":0,"orders":[{"below":0,"upto":1,"value":8.0}]}""",
        """{"id":2,"count":4,"notPositive":1,"orders":[{"below":0,"upto":1,"value":0.0},{"below":1,"upto":3,"value":2.0},{"below":3,"upto":4,"value":8.0}]}""",
    ];

    [Fact]
    public void Groups_and_series_that_have_values_are_planned()
    {
        var plan = SummaryPlan.Of(ByOperation, [], Series, Orders);
        Assert.Equal(2, plan.Count);
        var lines = plan.Lines().Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("id").GetInt64());
        Assert.Equal([1, 2, 3], lines.Keys.Order());
        Assert.Equal((2.0, 60_000), (lines[2].GetProperty("median").GetDouble(), lines[2].GetProperty("step").GetInt64()));
        Assert.Equal(1, lines[1].GetProperty("step").GetInt64()); // few samples stand for themselves
        Assert.False(lines[1].TryGetProperty("edges", out _));
        var edges = lines[2].GetProperty("edges").EnumerateArray().Select(edge => edge.GetDouble()).ToArray();
        Assert.Equal(FineGrid.Edges(Descriptions.Of([0, 2, 2, 8])!), edges);
        var (low, high) = Boxes.Fences(Math.Log(2), Quantiles.Interpolate(Math.Log(2), Math.Log(8), 0.5));
        Assert.True(Math.Log(lines[2].GetProperty("fenceLow").GetDouble()) >= low && Math.Log(Math.BitDecrement(lines[2].GetProperty("fenceLow").GetDouble())) < low);
        Assert.True(Math.Log(lines[2].GetProperty("fenceHigh").GetDouble()) > high && Math.Log(Math.BitDecrement(lines[2].GetProperty("fenceHigh").GetDouble())) <= high);
    }

    [Fact]
    public void What_is_wrong_with_a_file_is_said_with_its_name()
    {
        var plan = SummaryPlan.Of(ByOperation,
            ["""{"file":"s3a://public/dumps/a%20b%25.json","kept":2,"leftOut":1,"samples":9,"nan":1,"infinite":0,"malformed":3,"outside":0,"unreadable":2,"noSeries":0,"corruptRecords":1,"failedQueries":0}"""], Series, Orders);
        var file = Assert.Single(plan.Files);
        Assert.Equal(("s3://public/dumps/a b%.json", true, 2, 1, 9, 4), (file.Name, file.IsPartial, file.SeriesKept, file.SeriesLeftOut, file.Samples, file.Dropped.Total));
        Assert.Equal([ProblemKind.Malformed, ProblemKind.CorruptRecord], file.Problems.Select(problem => problem.Kind));
        Assert.StartsWith("s3://public/dumps/a b%.json: 2 of its records are broken JSON", file.Problems[0].Message, StringComparison.Ordinal);
        Assert.StartsWith("s3://public/dumps/a b%.json: 1 of its records is what Spark could not read", file.Problems[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_that_are_not_whole_are_no_summary()
    {
        Assert.Throws<UnknownLabelException>(() => SummaryPlan.Of(new SummaryOptions { Grouping = new GroupingOptions { GroupBy = "nothing" } }, [], Series, Orders));
        Assert.Throws<InvalidDataException>(() => SummaryPlan.Of(ByOperation, [], [.. Series, Of(7, 4, "copy", null, null)], Orders)); // one number for two groups
        Assert.Throws<InvalidDataException>(() => SummaryPlan.Of(ByOperation, [], [Series[0].Replace("\"other\":\"[", "\"other\":\" [")], Orders)); // and for two series
        var plan = SummaryPlan.Of(ByOperation, [], Series, Orders);
        var missing = Assert.Throws<InvalidDataException>(() => SummaryReader.Read(plan, new SummaryResults([], [], [], [], []), cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("lacks", missing.Message, StringComparison.Ordinal);
    }

    private static string Of(long series, long group, string operation, long? first, long? last)
    {
        var labels = JsonSerializer.Serialize(new object[] { new { key = "host", value = $"{series}" }, new { key = "operation_type", value = operation } });
        return JsonSerializer.Serialize(new { series, grp = group, labels, other = labels, nan = 1, infinite = 0, malformed = 0, outside = 0, duplicate = 0, conflicting = 0, old = 0, repeated = 0, resets = 0, first, last });
    }
}
