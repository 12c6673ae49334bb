using System.Text;
using KubeMetrics.Prometheus;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Summaries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>
/// What a real Spark has made of dumps. One driver runs all scripts, as each start takes seconds: between the first ones and the second ones it waits
/// for the plans. Nothing where there is no Spark.
/// </summary>
public sealed class SummaryRuns : IAsyncLifetime
{
    private const long Start = 1_517_443_200_000, Minute = 60_000;

    private readonly string _root = Directory.CreateTempSubdirectory("summaries").FullName;

    /// <summary>Dumps that were made up, whole and in parts.</summary>
    internal List<SummaryRun> Corpora { get; } = [];

    /// <summary>Dumps of real clusters; none where they are not at hand.</summary>
    internal List<SummaryRun> RealDumps { get; } = [];

    /// <summary>What more is asked, and what Spark said.</summary>
    internal string Output { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        if (SparkSqlDriver.Home is null) return;
        Corpus.Write(Path.Combine(_root, "corpus"));
        Corpus.Turn(Path.Combine(_root, "corpus"));
        Corpora.Add(new SummaryRun(_root, "corpus", new SummaryOptions()));
        Corpora.Add(Again("matched", new SummaryOptions
        {
            Where = [.. ((string[])["hostname=~free-.*[-]node-[[:12]|a", "operation_type!~it.*|\\d", "quantile!=0.5", "nowhere="]).Select(LabelMatcher.Parse)],
            Grouping = new GroupingOptions { GroupBy = "hostname", Raw = true, Unit = new Unit(Dimension.Time, 1e-3) },
            From = Start + Minute,
            To = Start + 3000 * Minute,
            Window = TimeSpan.FromHours(30),
        }));
        Corpora.Add(Again("empty", new SummaryOptions { Where = [LabelMatcher.Parse("operation_type=none")] }));
        Corpora.Add(Again("counters", new SummaryOptions { Where = [LabelMatcher.Parse("__name__=~.*_(total|sum|bucket)")], Window = TimeSpan.FromHours(50) }));
        if (Environment.GetEnvironmentVariable("KUBEMETRICS_SHARED") is { Length: > 0 } shared)
        {
            RealDumps.Add(Copied(shared, "pds_go_goroutines", "job"));
            RealDumps.Add(Copied(shared, "papi_up", "monitor"));
        }

        Output = await RunAsync([.. Corpora, .. RealDumps], Matching.Script());
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>The corpus with other options.</summary>
    private SummaryRun Again(string name, SummaryOptions options)
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, name), Path.Combine(_root, "corpus"));
        return new SummaryRun(_root, name, options);
    }

    private SummaryRun Copied(string shared, string name, string groupBy)
    {
        var folder = Path.Combine(_root, name, "whole");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Path.Combine(shared, "data"), $"{name}*")) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return new SummaryRun(_root, name, new SummaryOptions { Grouping = new GroupingOptions { GroupBy = groupBy } });
    }

    private async Task<string> RunAsync(IReadOnlyList<SummaryRun> runs, string more)
    {
        var cancelled = TestContext.Current.CancellationToken;
        var (waiting, ready, second) = (Path.Combine(_root, "waiting"), Path.Combine(_root, "ready"), Path.Combine(_root, "second.sql"));
        await File.WriteAllTextAsync(Path.Combine(_root, "wait.sh"), $"touch {waiting}\nuntil test -e {ready}; do sleep 0.1; done\n", cancelled);
        var script = new StringBuilder("SET spark.sql.shuffle.partitions=4;\nSET spark.sql.session.timeZone=UTC;\n");
        foreach (var run in runs) script.Append(run.First());
        script.Append(more).Append($"!sh {_root}/wait.sh;\nsource {second};\n");
        var driver = SparkSqlDriver.RunAsync(script.ToString(), cancelled, ("JAVA_TOOL_OPTIONS", RealSpark.QuickStart));
        while (!driver.IsCompleted && !File.Exists(waiting)) await Task.Delay(100, cancelled);
        if (!driver.IsCompleted)
        {
            foreach (var run in runs) run.MakePlan();
            await File.WriteAllTextAsync(second, string.Concat(runs.Select(run => run.Second())), cancelled);
            await File.WriteAllTextAsync(ready, "", cancelled);
        }

        var (output, error) = await driver;
        Assert.True(output.Split('\n').Count(line => line == "kubemetrics\tend") == 2 * runs.Count, error);
        return output;
    }
}
