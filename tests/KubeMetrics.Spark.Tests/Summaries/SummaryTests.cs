using System.Text;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>
/// Summaries by a real Spark and in process, of the same dumps: equal, whatever is in them. One driver runs all scripts, as each start takes seconds:
/// between the first and the second script it waits for the plan.
/// </summary>
public sealed class SummaryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("summaries").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Spark_makes_the_summaries_that_are_made_in_process()
    {
        Corpus.Write(Path.Combine(_root, "corpus"));
        Corpus.Turn(Path.Combine(_root, "corpus"));
        var runs = new List<SummaryRun>
        {
            new(_root, "corpus", new SummaryOptions()),
            Again("matched", new SummaryOptions
            {
                Where = [LabelMatcher.Parse("hostname=~free-.*[-]node-[[:12]|a"), LabelMatcher.Parse("operation_type!~it.*|\\d"), LabelMatcher.Parse("quantile!=0.5"), LabelMatcher.Parse("nowhere=")],
                Grouping = new GroupingOptions { GroupBy = "hostname", Raw = true, Unit = new Unit(Dimension.Time, 1e-3) },
                From = 1_517_443_200_000 + 60_000,
                To = 1_517_443_200_000 + 3000 * 60_000L,
                Window = TimeSpan.FromHours(30),
            }),
            Again("empty", new SummaryOptions { Where = [LabelMatcher.Parse("operation_type=none")] }),
            Again("counters", new SummaryOptions { Where = [LabelMatcher.Parse("__name__=~.*_(total|sum|bucket)")], Window = TimeSpan.FromHours(50) }),
        };
        runs.AddRange(RealDumps());
        var output = await RunAsync(runs, MatchersScript());

        Covers(runs[0].InProcess().Groups);
        Assert.Equal(Matchers.SelectMany(matcher => LabelValues.Select(value => $"{matcher} on '{value}': {LabelMatcher.Parse(matcher).Matches(value)}")), MatchesIn(output));
        var differences = runs.SelectMany(run => Differences(run)).ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(60).Prepend($"{differences.Count} differences:")));
    }

    /// <summary>What is not there can't differ.</summary>
    private static void Covers(IReadOnlyList<GroupSummary> groups)
    {
        Assert.Contains(groups, group => group.Counts.Dropped is { NaN: > 0, Infinite: > 0, Malformed: > 0, Duplicate: > 0, Conflicting: > 0 } && group.Counts.Repeated > 0);
        Assert.Contains(groups, group => group.Counts.CounterResets > 0);
        Assert.Contains(groups, group => group.Counts.Kept == 0 && group.Values is null);
        Assert.Contains(groups, group => group.Counts.NotPositive > 0 && group.Values!.Min < 0 && group.Logs is not null);
        Assert.Contains(groups, group => group.Values is { Count: > 0 } && group.Logs is null);
        Assert.Contains(groups, group => group.LogBox is { Outliers: > Boxes.MostDrawn, Drawn: var drawn } && drawn[0] < group.LogBox.WhiskerLow && drawn[^1] > group.LogBox.WhiskerHigh);
        Assert.Contains(groups, group => group.LogBox is { Outliers: > Boxes.MostDrawn } box && box.Drawn.All(value => value > box.WhiskerHigh));
        Assert.Contains(groups, group => group.Time.WidthMs > 0 && group.Trend.Changes.Count > 0 && group.Trend.Segments.Count > 1);
        Assert.Contains(groups, group => group.Trend.Drivers.Count > 0);
        Assert.Contains(groups, group => group.SplitBy.Count > 0);
        Assert.Contains(groups, group => group is { Values.StandardDeviation: 0, Values.Count: > 1 });
        Assert.Contains(groups, group => group is { Values.Count: 1 });
    }

    private IEnumerable<string> Differences(SummaryRun run)
    {
        var (groups, files) = run.InProcess();
        Assert.NotEmpty(groups);
        foreach (var difference in SummaryEquality.Differences(groups, run.BySpark())) yield return $"{run.Name}: {difference}";
        var found = run.Plan().Files.ToDictionary(file => file.Name.Replace($"file://{_root}", "s3://test", StringComparison.Ordinal));
        foreach (var file in files)
        {
            if (!found.TryGetValue(file.Name, out var other)) yield return $"{run.Name}: {file.Name} is told of in process only";
            else if ((file.SeriesKept, file.SeriesLeftOut, file.Samples, file.Dropped) != (other.SeriesKept, other.SeriesLeftOut, other.Samples, other.Dropped)) yield return $"{run.Name}: {file} in process, {other} by Spark";
            else if (!file.Name.Contains("/turned/", StringComparison.Ordinal) && file.IsPartial != other.IsPartial) yield return $"{run.Name}: {file.Name} is partial {(file.IsPartial ? "in process" : "by Spark")} only";
        }
    }

    /// <summary>The corpus with other options.</summary>
    private SummaryRun Again(string name, SummaryOptions options)
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, name), Path.Combine(_root, "corpus"));
        return new SummaryRun(_root, name, options);
    }

    private IEnumerable<SummaryRun> RealDumps()
    {
        var shared = Environment.GetEnvironmentVariable("KUBEMETRICS_SHARED");
        if (string.IsNullOrEmpty(shared)) yield break;
        foreach (var (name, groupBy) in new[] { ("pds_go_goroutines", "job"), ("papi_up", "monitor") })
        {
            var folder = Path.Combine(_root, name, "whole");
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.GetFiles(Path.Combine(shared, "data"), $"{name}*")) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            yield return new SummaryRun(_root, name, new SummaryOptions { Grouping = new GroupingOptions { GroupBy = groupBy } });
        }
    }

    private static readonly string[] LabelValues = ["", "a", "b", "ab", "A", "é", "a\nb", "a\n", "1", "٣", "_", "a.b", "[", "]", "&", "&&", "-", "\\", "^", "it's \"q\""];

    private static readonly string[] Matchers =
    [
        "l=", "l!=", "l=a", "l!=a", "l=~", "l!~", "l=~.*", "l=~.+", "l=~.", "l=~a|ab", "l!~a|ab", "l=~^a$", "l=~a$", "l=~a.b", "l=~a\\.b", "l=~(?i)a", "l=~(?i)É", "l=~\\d", "l=~\\w", "l=~[\\w.]+", "l=~\\W", "l=~\\s*",
        "l=~[[]", "l=~[]a]", "l=~[^]a]", "l=~[^[]", "l=~[a&&b]", "l=~[&]+", "l=~[-a]", "l=~[a-]", "l=~[a\\-z]", "l=~[\\[\\]]", "l=~\\[", "l=~a{1,2}b?", "l=~\\\\", "l=~[\\\\^]", "l=~it's \"q\"", "l=~(a)(b)?",
    ];

    private static string MatchersScript() => string.Concat(Matchers.Select((matcher, i) =>
    {
        var condition = MatcherSql.Condition(LabelMatcher.Parse(matcher), "IF(v = '', map(), map('l', v))");
        return $"SELECT 'matcher', {i}, concat_ws(' ', transform(array({string.Join(", ", LabelValues.Select(SqlText.String))}), v -> CAST({condition} AS STRING)));\n";
    }));

    private static IEnumerable<string> MatchesIn(string output) => output.Split('\n').Where(line => line.StartsWith("matcher\t", StringComparison.Ordinal)).Select(line => line.Split('\t'))
        .SelectMany(row => row[2].Split(' ').Select((matches, i) => $"{Matchers[int.Parse(row[1])]} on '{LabelValues[i]}': {bool.Parse(matches)}"));

    private async Task<string> RunAsync(IReadOnlyList<SummaryRun> runs, string more)
    {
        var (waiting, ready, second) = (Path.Combine(_root, "waiting"), Path.Combine(_root, "ready"), Path.Combine(_root, "second.sql"));
        await File.WriteAllTextAsync(Path.Combine(_root, "wait.sh"), $"touch {waiting}\nuntil test -e {ready}; do sleep 0.1; done\n", Cancelled);
        var script = new StringBuilder("SET spark.sql.shuffle.partitions=4;\nSET spark.sql.session.timeZone=UTC;\n");
        foreach (var run in runs) script.Append(run.First());
        script.Append(more);
        script.Append($"!sh {_root}/wait.sh;\nsource {second};\n");
        var driver = SparkDriver.RunAsync(script.ToString(), Cancelled, ("JAVA_TOOL_OPTIONS", RealSpark.QuickStart));
        while (!driver.IsCompleted && !File.Exists(waiting)) await Task.Delay(100, Cancelled);
        if (!driver.IsCompleted)
        {
            foreach (var run in runs) run.Plan();
            await File.WriteAllTextAsync(second, string.Concat(runs.Select(run => run.Second())), Cancelled);
            await File.WriteAllTextAsync(ready, "", Cancelled);
        }

        var (output, error) = await driver;
        Assert.True(output.Split('\n').Count(line => line == "kubemetrics\tend") == 2 * runs.Count, error);
        return output;
    }
}
