using System.Text.RegularExpressions;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

public sealed partial class SummaryScriptTests
{
    private static readonly SummaryPlaces Places = new(StoreUri.Parse("s3://ours/state/jobs/1/summary"));

    private static JobInput Dumps(string location = "s3://public/dumps") => new() { Location = location, Form = JobForm.Json };

    [Theory]
    [InlineData("'; DROP TABLE x; --")]
    [InlineData("\\'; DROP TABLE x; --")]
    [InlineData("\"; DROP /* ${env:DROP} */")]
    [InlineData("`DROP`\n!DROP\nDROP;\n")]
    public void What_a_caller_writes_stays_a_text(string text)
    {
        var options = new SummaryOptions
        {
            Where = [.. Enum.GetValues<MatchOperator>().Select(how => new LabelMatcher(text, how, text.Replace("*/", "").Replace("/*", "")))],
            Grouping = new GroupingOptions { GroupBy = text },
        };
        var script = SummaryScript.First([Dumps($"s3://public/{text.Replace("\n", "").Replace("//", "")}"), Dumps() with { Name = "more", MultiLine = true }], options, "1", Places);
        Assert.Equal(Outside(SummaryScript.First([Dumps(), Dumps() with { Name = "more", MultiLine = true }], options with { Where = [.. Enum.GetValues<MatchOperator>().Select(how => new LabelMatcher("a", how, "b"))], Grouping = new GroupingOptions() }, "1", Places)), Outside(script));
        Assert.DoesNotContain("DROP", Outside(script), StringComparison.Ordinal);
        Assert.All(script, c => Assert.InRange(c, '\n', '~'));
    }

    [Fact]
    public void Each_statement_says_what_it_is_for_and_the_last_one_that_it_was_the_last()
    {
        foreach (var script in new[] { SummaryScript.First([Dumps()], new SummaryOptions(), "1", Places), SummaryScript.Second("1", Places) })
        {
            Assert.StartsWith("-- KubeMetrics job 1: summary, the ", script, StringComparison.Ordinal);
            Assert.EndsWith($"-- That was all.\nSELECT '{JobScript.Marker}', 'end';\n\n", script, StringComparison.Ordinal);
            Assert.All(Places.GetType().GetProperties().Where(place => place.PropertyType == typeof(StoreUri)).Select(place => (StoreUri)place.GetValue(Places)!), place => Assert.True(Places.Folder.Contains(place)));
        }
    }

    [Fact]
    public void A_job_of_one_script_is_no_summary() =>
        Assert.Throws<ArgumentException>(() => JobScript.Write(new Job { Kind = JobKind.Summary, Inputs = [Dumps()] }, null, "1", new ScriptPlaces(Places.Folder, Places.Folder)));

    /// <summary>A script without its texts.</summary>
    private static string Outside(string script) => Texts().Replace(script, "''");

    [GeneratedRegex("""'(?:[^'\\]|\\.)*'""")]
    private static partial Regex Texts();
}
