using KubeMetrics.Prometheus;
using KubeMetrics.Statistics.Trends;

namespace KubeMetrics.Statistics;

/// <summary>Makes group summaries of series in memory: a pooled copy of a group's samples and as much scratch, on each core.</summary>
public static class Summarizer
{
    /// <summary>
    /// Each series by itself is shown and tested over at most so many points; with more series than the second number over
    /// fewer, and with more than the last not at all: a group of thousands would take long and be much larger than its data.
    /// </summary>
    private static readonly (int Points, int UpToSeries)[] PointsOfSeries = [(500, 16), (200, 64)];

    /// <summary>Summarizes groups on all cores, the largest first; p-values are adjusted over all of them.</summary>
    /// <param name="groups">From <see cref="Grouping"/>.</param>
    /// <param name="parallelism">At most so many groups at once; 0 for one a core.</param>
    /// <param name="progress">Told of each group that is done, if wanted.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>One summary a group, in the groups' order.</returns>
    public static IReadOnlyList<GroupSummary> SummarizeAll(
        IReadOnlyList<SeriesGroup> groups, int parallelism = 0, IProgress<SummaryProgress>? progress = null, CancellationToken cancellation = default)
    {
        var done = 0;
        var summaries = OnAllCores(groups, SizeOf, parallelism, cancellation, group =>
        {
            var summary = Summarize(group, cancellation);
            progress?.Report(new SummaryProgress(Interlocked.Increment(ref done), groups.Count));
            return summary;
        });
        return AdjustedTrends.Of(summaries);
    }

    /// <summary>Summaries on all cores from what another engine has computed of each group; p-values are adjusted over all of them.</summary>
    /// <param name="groups">What was computed.</param>
    /// <param name="parallelism">At most so many groups at once; 0 for one a core.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>One summary a group, in the groups' order.</returns>
    public static IReadOnlyList<GroupSummary> AssembleAll(IReadOnlyList<GroupNumbers> groups, int parallelism = 0, CancellationToken cancellation = default) =>
        AdjustedTrends.Of(OnAllCores(groups, numbers => numbers.Series.Count, parallelism, cancellation, numbers => Assemble(numbers, cancellation)));

    /// <summary>
    /// The numbers alone, on all cores: counts and the description of the values. No logs, grids, boxes, time buckets and
    /// trends, which take several times as long.
    /// </summary>
    /// <param name="groups">From <see cref="Grouping"/>.</param>
    /// <param name="parallelism">At most so many groups at once; 0 for one a core.</param>
    /// <param name="cancellation">Stops between groups.</param>
    /// <returns>One summary a group, in the groups' order.</returns>
    public static IReadOnlyList<GroupSummary> DescribeAll(
        IReadOnlyList<SeriesGroup> groups, int parallelism = 0, CancellationToken cancellation = default) =>
        OnAllCores(groups, SizeOf, parallelism, cancellation, DescribeGroup);

    // The largest first, so that no core is left alone with it at the end.
    private static GroupSummary[] OnAllCores<T>(
        IReadOnlyList<T> groups, Func<T, long> size, int parallelism, CancellationToken cancellation, Func<T, GroupSummary> summarize)
    {
        var order = Enumerable.Range(0, groups.Count).OrderByDescending(i => size(groups[i])).ToArray();
        var summaries = new GroupSummary[groups.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = parallelism > 0 ? parallelism : Environment.ProcessorCount,
            CancellationToken = cancellation,
        };
        Parallel.For(0, order.Length, options, i => summaries[order[i]] = summarize(groups[order[i]]));
        return summaries;
    }

    private static long SizeOf(SeriesGroup group) => group.Series.Sum(series => (long)series.Samples.Count);

    /// <summary>Describes a group's samples (rates, for a counter) pooled, and nothing else; null where there are none.</summary>
    public static Description? Describe(SeriesGroup group)
    {
        using var pooled = new GroupValues(group);
        return pooled.Count == 0 ? null : Descriptions.OfSorted(pooled.SortAll());
    }

    /// <summary>All there is to know of a group.</summary>
    public static GroupSummary Summarize(SeriesGroup group, CancellationToken cancellation = default)
    {
        using var pooled = new GroupValues(group);
        var time = TimeBucketing.Of(pooled.Series, pooled.Scratch);
        var numbers = new GroupNumbers { Group = group, Time = time, Series = NumbersOfSeries(group, pooled, time, cancellation) };
        cancellation.ThrowIfCancellationRequested();
        return Assemble(pooled.Count == 0 ? numbers : WithDistribution(numbers, pooled), cancellation);
    }

    /// <summary>A group's summary from what an engine has computed: trends, what drives them and how log-normal the group is follow from that alone.</summary>
    public static GroupSummary Assemble(GroupNumbers numbers, CancellationToken cancellation = default)
    {
        var group = numbers.Group;
        var trend = TrendAnalysis.Of(numbers.Time);
        cancellation.ThrowIfCancellationRequested();

        // Between two changes a line tells something; across them it tells of the changes.
        var stretch = trend.Segments.MaxBy(segment => segment.To - segment.From);
        var names = SeriesNames.For([.. group.Series.Select(s => s.Labels)]);
        var series = new SeriesSummary[group.Series.Count];
        for (var i = 0; i < series.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var one = numbers.Series[i];
            series[i] = new SeriesSummary
            {
                Labels = group.Series[i].Labels,
                Name = names[i],
                Counts = Counts(group.Series[i], one.Kept, one.NotPositive, one.Resets),
                Values = one.Values,
                Time = one.Time,
                Trend = stretch is null ? null : TrendAnalysis.Within(one.Time, stretch.From, stretch.To),
            };
        }

        return Of(group, series) with
        {
            First = numbers.First,
            Last = numbers.Last,
            Values = numbers.Values,
            Grid = numbers.Grid,
            Logs = numbers.Logs,
            GeometricMean = numbers.Logs is { } logs ? Math.Exp(logs.Mean) : null,
            LogGrid = numbers.LogGrid,
            LogNormal = numbers is { Logs: { } logValues, LogGrid: { } logGrid } ? LogNormal.Fit(logValues, logGrid) : null,
            LogBox = numbers.LogBox,
            Time = numbers.Time,
            Trend = trend with { Drivers = Attribution.Of(trend, series) },
        };
    }

    /// <summary>At most how many points each of so many series of a group has over time; 0 for none.</summary>
    public static int PointsOfEach(int series) => PointsOfSeries.FirstOrDefault(limit => series <= limit.UpToSeries).Points;

    private static GroupSummary DescribeGroup(SeriesGroup group)
    {
        using var pooled = new GroupValues(group);
        var names = SeriesNames.For([.. group.Series.Select(s => s.Labels)]);
        var series = new SeriesSummary[group.Series.Count];
        for (var i = 0; i < series.Length; i++)
        {
            var values = pooled.Series[i].Values;
            series[i] = new SeriesSummary
            {
                Labels = group.Series[i].Labels,
                Name = names[i],
                Counts = Counts(group.Series[i], values.Length, NotPositive(values), pooled.Resets[i]),
                Time = TimeBuckets.Empty,
            };
        }

        var summary = Of(group, series);
        if (pooled.Count == 0) return summary;
        var (first, last) = pooled.Period();
        return summary with { First = first, Last = last, Values = Descriptions.OfSorted(pooled.SortAll()) };
    }

    private static GroupSummary Of(SeriesGroup group, SeriesSummary[] series) => new()
    {
        Name = group.Name,
        Key = group.Key,
        Metric = group.Metric,
        Kind = group.Kind,
        Raw = group.Raw,
        Quantile = group.Quantile,
        SplitBy = group.SplitBy,
        Unit = group.Unit,
        Counts = Total(series),
        Time = TimeBuckets.Empty,
        Trend = TrendSummary.None,
        Series = series,
    };

    private static SampleCounts Counts(Series series, long kept, long notPositive, long resets) =>
        new(kept, notPositive, series.Dropped, resets, series.Repeated);

    private static long NotPositive(ReadOnlySpan<double> values)
    {
        long count = 0;
        foreach (var value in values) count += value <= 0 ? 1 : 0;
        return count;
    }

    private static GroupNumbers WithDistribution(GroupNumbers numbers, GroupValues pooled)
    {
        var sorted = pooled.SortAll();
        var values = Descriptions.OfSorted(sorted);
        var edges = FineGrid.Edges(values);
        var (first, last) = pooled.Period();
        numbers = numbers with { First = first, Last = last, Values = values, Grid = new Grid(edges, FineGrid.Count(sorted, edges)) };

        var positive = sorted[SortedSearch.NotAbove(sorted, 0)..];
        if (positive.IsEmpty) return numbers;
        var sortedLogs = pooled.Scratch[..positive.Length];
        Logarithms.Write(positive, sortedLogs);
        var logs = Descriptions.OfSorted(sortedLogs);
        var logEdges = FineGrid.Edges(logs);
        return numbers with
        {
            Logs = logs,
            LogGrid = new Grid(logEdges, FineGrid.Count(positive, FineGrid.ValueEdges(logEdges, positive[0], positive[^1]))),
            LogBox = Boxes.OfSorted(sortedLogs),
        };
    }

    private static SeriesNumbers[] NumbersOfSeries(SeriesGroup group, GroupValues pooled, TimeBuckets time, CancellationToken cancellation)
    {
        var numbers = new SeriesNumbers[group.Series.Count];
        var points = PointsOfEach(numbers.Length);
        for (var i = 0; i < numbers.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var ofSeries = points == 0 ? TimeBuckets.Empty : TimeBucketing.Of(pooled.Series.Slice(i, 1), pooled.Scratch, points, time.WidthMs);
            var sorted = pooled.SortOne(i);
            numbers[i] = new SeriesNumbers(
                sorted.Length, SortedSearch.NotAbove(sorted, 0), pooled.Resets[i], sorted.IsEmpty ? null : Descriptions.OfSorted(sorted), ofSeries);
        }

        return numbers;
    }

    private static SampleCounts Total(SeriesSummary[] series)
    {
        var total = default(SampleCounts);
        foreach (var one in series)
            total = new SampleCounts(
                total.Kept + one.Counts.Kept,
                total.NotPositive + one.Counts.NotPositive,
                total.Dropped + one.Counts.Dropped,
                total.CounterResets + one.Counts.CounterResets,
                total.Repeated + one.Counts.Repeated);
        return total;
    }
}
