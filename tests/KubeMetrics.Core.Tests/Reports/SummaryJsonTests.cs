using System.Text;
using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.Statistics;
using KubeMetrics.Statistics.Trends;

namespace KubeMetrics.Reports;

public sealed class SummaryJsonTests
{
    public static TheoryData<string> Names => [.. Summaries.Keys];

    private static Dictionary<string, GroupSummary> Summaries => new()
    {
        ["rise then drop"] = Samples.RiseThenDrop(),
        ["steady"] = Samples.Group("steady", Samples.Microseconds, Samples.Every(60_000, 3000, Samples.LogNormal(1000, 0.3, 1)), Samples.Every(60_000, 2000, Samples.LogNormal(1500, 0.3, 2))),
        ["constant"] = Samples.Group("constant", Units.None, Samples.Every(60_000, 30, _ => 7)),
        ["one sample"] = Samples.Group("one", Units.None, Samples.Every(60_000, 1, _ => 7)),
        ["not positive"] = Samples.Group("not positive", Units.None, Samples.Every(60_000, 30, i => i - 15)),
        ["no sample"] = Samples.Group("none", Units.None, Samples.Every(60_000, 0, _ => 7)),
        ["numbers that overflow"] = Samples.Group("largest", Units.None, Samples.Every(60_000, 40, i => i % 2 == 0 ? double.MaxValue : double.MinValue)),
        ["negative zero"] = Samples.Group("zero \"<日本>\n", Units.None, Samples.Every(60_000, 40, i => i % 2 == 0 ? -0.0 : double.Epsilon)),
    };

    [Theory, MemberData(nameof(Names))]
    public void What_is_read_is_what_was_written(string name)
    {
        var summary = Summaries[name];

        var read = SummaryJson.Read(Write(summary));

        Assert.Equal(Encoding.UTF8.GetString(Write(summary)), Encoding.UTF8.GetString(Write(read)));
        Assert.Equivalent(summary, read, strict: true);
        Assert.Equal(
            BitConverter.DoubleToUInt64Bits(summary.Values?.Variance ?? 0),
            BitConverter.DoubleToUInt64Bits(read.Values?.Variance ?? 0));
        Assert.Equal(summary.Trend.Segments.Contains(summary.Trend.Whole, ReferenceEqualityComparer.Instance), read.Trend.Segments.Contains(read.Trend.Whole, ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void Adjusted_over_all_groups_they_come_out_as_if_none_had_been_read()
    {
        var all = Summaries.Values.ToList();
        var expected = Report.Of(Made.Run(), AdjustedTrends.Of(all));

        var read = Report.Of(Made.Run(), AdjustedTrends.Of([.. all.Select((summary, i) => i % 2 == 0 ? SummaryJson.Read(Write(summary)) : summary)]));

        Assert.Equal(Encoding.UTF8.GetString(ReportJson.Write(expected)), Encoding.UTF8.GetString(ReportJson.Write(read)));
    }

    [Fact]
    public void What_is_none_is_an_error_of_its_own()
    {
        foreach (var text in (string[])["", "null", "{}", "7", """{"Name":null}"""])
            Assert.ThrowsAny<JsonException>(() => SummaryJson.Read(Encoding.UTF8.GetBytes(text)));
    }

    private static byte[] Write(GroupSummary summary)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream)) SummaryJson.Write(json, summary);
        return stream.ToArray();
    }
}
