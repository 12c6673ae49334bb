using System.Text;
using KubeMetrics.Prometheus.Reading;

namespace KubeMetrics.Prometheus;

public sealed class SeriesRowFileTests
{
    private static (List<SeriesRow> Rows, FileReport Report) Read(string text)
    {
        var rows = new List<SeriesRow>();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var report = SeriesRowFile.Read(stream, "dump.json", rows.Add, TestContext.Current.CancellationToken);
        return (rows, report);
    }

    private static string Shown(SeriesRow row) =>
        $"{string.Join(",", row.Labels.Select(l => $"{l.Key}={l.Value}"))} {string.Join(" ", row.Values.Select(p => p is null ? "null" : string.Join(":", p.Select(t => t ?? "null"))))}";

    // What Spark 3.5.3 infers and shows of the same lines: texts as they stand, fractional times as Java writes doubles.
    [Theory]
    [InlineData("""{"metric":{"b":"2","a":""},"values":[[1517443200,"1e+06"],[1529193650.183,"NaN"],["1",null],null]}""", "b=2,a= 1517443200:1e+06 1.529193650183E9:NaN 1:null null")]
    [InlineData("""{"values":[[1,"2"]],"metric":{"a":null,"b":"x"}}""", "b=x 1:2")]
    [InlineData("""{"metric":{"a":"x"},"value":[1,"2"]}""", "a=x 1:2")]
    [InlineData("""{"metric":{"a":"it's \u00e9 \"q\""}}""", "a=it's é \"q\" ")]
    public void A_row_is_what_stands_in_the_file(string text, string expected)
    {
        var (rows, report) = Read(text);
        Assert.Equal(expected, Shown(Assert.Single(rows)));
        Assert.Empty(report.Problems);
    }

    [Fact]
    public void Answers_arrays_and_lines_are_rows_alike()
    {
        const string one = """{"metric":{"a":"x"},"values":[[1,"2"]]}""";
        foreach (var text in new[] { $"{one}\n{one}\n", $"[{one},{one}]", one + one, """{"status":"success","data":{"resultType":"matrix","result":[""" + $"{one},{one}]" + "}}" })
            Assert.Equal(["a=x 1:2", "a=x 1:2"], Read(text).Rows.Select(Shown));
    }

    [Theory]
    [InlineData("""{"metric":{"a":"x"},"values":[[1,"2"]""", "cut")]
    [InlineData("""{"_corrupt_record":"{"}""", "Spark")]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"no such thing"}""", "no such thing")]
    [InlineData("""{"a":1}""", "not a Prometheus series")]
    [InlineData("hello", "not JSON")]
    [InlineData("", "empty")]
    public void What_is_no_series_is_told(string text, string piece)
    {
        var (rows, report) = Read(text);
        Assert.Empty(rows);
        Assert.Contains(piece, Assert.Single(report.Problems).Message);
    }

    // What SeriesFile keeps of a series that breaks off, and how it counts what is no pair.
    [Theory]
    [InlineData("""{"metric":{"a":"x"},"values":[[1,"2"],[3,"4"],[5,"6""", 2, 0)]
    [InlineData("""{"metric":{"a":"x"},"values":[[1,"2"],[3""", 1, 0)]
    [InlineData("""{"metric":{"a":"x"},"values":[[1,"2"],[3,"4"]""", 2, 0)]
    [InlineData("{\"metric\":{\"a\":\"x\"},\"values\":[[1,\"2\"],\n{\"metric\":{\"a\":\"x\"},\"values\":[[3,\"4\"]]}\n", 2, 0)]
    [InlineData("""[{"metric":{"a":"x"},"values":[[1,"2"],5,"x",{"b":[1]},[{"b":1},"2"],[[3],"4"],[7],null,[3,"4"]],"value":[5,"6"]}]""", 3, 7)]
    [InlineData("""{"values":[[1,"2"],[3,"4"],[5""", 0, 0)]
    public void What_is_read_of_a_series_can_be_had_as_a_row(string text, int samples, int malformed)
    {
        var (rows, kept, dropped) = (new List<SeriesRow>(), 0, default(DropCounts));
        SeriesRowFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "dump.json", rows.Add, TestContext.Current.CancellationToken, partial: true);
        SeriesFile.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "dump.json", ReadOptions.All, part =>
        {
            kept += part.Times.Length;
            dropped += part.Dropped;
            return true;
        }, TestContext.Current.CancellationToken);
        var isPair = rows.SelectMany(row => row.Values).ToLookup(pair => pair is [not null, not null]);
        Assert.Equal((samples, malformed, samples, malformed), (kept, dropped.Malformed, isPair[true].Count(), isPair[false].Count()));
    }

    [Fact]
    public void After_a_broken_line_the_next_is_read()
    {
        var (rows, report) = Read("{\"metric\":{\"a\":\"x\"},\"values\":[[1,{}]]}\n{\"metric\":{\"a\":\"y\"}}\n");
        Assert.Equal(["a=y "], rows.Select(Shown));
        Assert.Single(report.Problems);
    }

    // From the description of Java's Double.toString, and Spark's answer for the first.
    [Theory]
    [InlineData(1529193650.183, "1.529193650183E9")]
    [InlineData(1e7, "1.0E7")]
    [InlineData(9999999, "9999999.0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.00012, "1.2E-4")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(double.MaxValue, "1.7976931348623157E308")]
    [InlineData(123456.75, "123456.75")]
    [InlineData(1e21, "1.0E21")]
    public void Doubles_are_written_as_Java_does(double value, string expected) => Assert.Equal(expected, JavaNumber.Text(value));
}
