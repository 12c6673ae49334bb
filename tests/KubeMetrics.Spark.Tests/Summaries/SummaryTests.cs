using KubeMetrics.Queries;
using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Tests.Summaries;

/// <summary>Summaries by a real Spark and in process, of the same dumps: equal, whatever is in them.</summary>
public sealed class SummaryTests(SummaryRuns runs) : IClassFixture<SummaryRuns>
{
    [Fact]
    public void Spark_makes_the_summaries_that_are_made_in_process()
    {
        SkipWithoutSpark();
        Covers(runs.Corpora[0].InProcess().Groups);
        AssertEqual(runs.Corpora);
    }

    [Fact]
    public void And_so_it_does_of_real_dumps()
    {
        SkipWithoutSpark();
        if (runs.RealDumps.Count == 0) Assert.Skip("KUBEMETRICS_SHARED is not set: it names the folder with recorded dumps in data/.");
        AssertEqual(runs.RealDumps);
    }

    [Fact]
    public void Labels_match_in_Spark_as_they_do_in_process()
    {
        SkipWithoutSpark();
        Assert.Equal(Matching.InProcess(), Matching.BySpark(runs.Output));
    }

    private static void SkipWithoutSpark() => Assert.SkipWhen(SparkSqlDriver.Home is null, "SPARK_HOME is not set: no Spark is here to ask.");

    private static void AssertEqual(IEnumerable<SummaryRun> runs)
    {
        var differences = runs.SelectMany(run => run.Differences()).ToList();
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
}
