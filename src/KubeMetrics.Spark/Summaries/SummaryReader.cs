using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Summaries;

/// <summary>Makes summaries of what the second script has left.</summary>
public static class SummaryReader
{
    private const string Values = "values", Logs = "logs";

    /// <summary>Makes them, in the order of the groups' names.</summary>
    /// <param name="plan">The plan that the script ran by.</param>
    /// <param name="results">What it left.</param>
    /// <param name="parallelism">At most so many groups at once; 0 for one a core.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <exception cref="InvalidDataException">Something is missing in it.</exception>
    public static IReadOnlyList<GroupSummary> Read(SummaryPlan plan, SummaryResults results, int parallelism = 0, CancellationToken cancellation = default)
    {
        var computed = new Computed(results);
        return Summarizer.AssembleAll([.. plan.Groups.Select(group => Numbers(group, computed))], parallelism, cancellation);
    }

    private static GroupNumbers Numbers(PlannedGroup planned, Computed computed)
    {
        var (group, whole) = (planned.Group, planned.Whole);
        var numbers = new GroupNumbers
        {
            Group = group,
            Series = [.. planned.Series.Select(one => new SeriesNumbers(one.Values?.Count ?? 0, one.Values?.NotPositive ?? 0, one.Resets, Described(one, computed), Time(one, computed)))],
            Time = Time(whole, computed),
            Values = Described(whole, computed),
        };
        if (whole.Values is not { } values) return numbers;
        numbers = numbers with { First = whole.First, Last = whole.Last, Grid = Counted(planned.Edges!, computed.Edges(whole.Id, Values)) };
        if (values.Positive == 0) return numbers;

        var (count, logs) = (values.Positive, DescribedLogs(whole, computed));
        var box = computed.Box(whole.Id);
        return numbers with
        {
            Logs = logs,
            LogGrid = Counted(planned.LogEdges!, computed.Edges(whole.Id, Logs)),
            LogBox = Boxes.Of(logs.P25, logs.Median, logs.P75, Log(box.Lowest), Log(box.Highest), box.Outliers,
                [.. (box.Drawn ?? []).SelectMany(one => Enumerable.Repeat(Math.Log(one.Value), one.Times))]),
        };

        static double? Log(double? value) => value is { } positive ? Math.Log(positive) : null;
    }

    private static Description? Described(PlannedPart part, Computed computed)
    {
        if (part.Values is not { } values) return null;
        var (sums, deviations, median) = (computed.Sums(part.Id), computed.Deviations(part.Id, Values), part.Median);
        return Descriptions.Of(
            values.Count,
            values.At,
            Moments.OfSums(values.Count, values.At(0), values.At(values.Count - 1), median, (sums.S1, sums.S2, sums.S3, sums.S4)),
            Quantiles.Median(values.Count, rank => Math.Abs(OrderStatistics.Find(deviations, rank) - median)));
    }

    private static Description DescribedLogs(PlannedPart part, Computed computed)
    {
        var (values, sums, deviations) = (part.Values!, computed.Sums(part.Id), computed.Deviations(part.Id, Logs));
        var median = Quantiles.Median(values.Positive, values.LogAt);
        return Descriptions.Of(
            values.Positive,
            values.LogAt,
            Moments.OfSums(values.Positive, values.LogAt(0), values.LogAt(values.Positive - 1), median, (sums.L1, sums.L2, sums.L3, sums.L4)),
            Quantiles.Median(values.Positive, rank => Math.Abs(Math.Log(OrderStatistics.Find(deviations, rank)) - median)));
    }

    private static Grid Counted(double[] edges, IReadOnlyList<long> below)
    {
        var counts = new long[edges.Length - 1];
        for (var i = 0; i < counts.Length; i++) counts[i] = below[i + 1] - below[i];
        return new Grid(edges, counts);
    }

    private static TimeBuckets Time(PlannedPart part, Computed computed)
    {
        if (part.Width is not { } width) return TimeBuckets.Empty;
        var buckets = computed.Buckets(part.Id);
        double[] medians = [.. buckets.Select(bucket => Quantiles.Interpolate(bucket.Low, bucket.High, 0.5))];
        return TimeBucketing.Points(
            width,
            [.. buckets.Select(bucket => bucket.Start)],
            width == 0 ? medians : [.. buckets.Select(bucket => bucket.Min)],
            medians,
            width == 0 ? medians : [.. buckets.Select(bucket => bucket.Max)],
            [.. buckets.Select(bucket => bucket.N)]);
    }

    /// <summary>The lines by what they are of.</summary>
    private sealed class Computed(SummaryResults results)
    {
        private readonly Dictionary<long, SumsLine> _sums = SummaryLines.Read(results.Sums, SummaryLines.Default.SumsLine).ToDictionary(line => line.Id);
        private readonly Dictionary<(long, string), IReadOnlyList<RankedValue>> _deviations =
            SummaryLines.Read(results.Deviations, SummaryLines.Default.DeviationsLine).ToDictionary(line => (line.Id, line.Of), line => line.Orders);
        private readonly Dictionary<(long, string), IReadOnlyList<long>> _edges =
            SummaryLines.Read(results.Edges, SummaryLines.Default.EdgesLine).ToDictionary(line => (line.Id, line.Of), line => line.Below);
        private readonly Dictionary<long, BoxLine> _boxes = SummaryLines.Read(results.Boxes, SummaryLines.Default.BoxLine).ToDictionary(line => line.Id);
        private readonly Dictionary<long, IReadOnlyList<Bucket>> _buckets =
            SummaryLines.Read(results.Buckets, SummaryLines.Default.BucketsLine).ToDictionary(line => line.Id, line => line.Buckets);

        public SumsLine Sums(long id) => Of(_sums, id, "sums");

        public IReadOnlyList<RankedValue> Deviations(long id, string of) => Of(_deviations, (id, of), "deviations");

        public IReadOnlyList<long> Edges(long id, string of) => Of(_edges, (id, of), "edges");

        public BoxLine Box(long id) => Of(_boxes, id, "boxes");

        public IReadOnlyList<Bucket> Buckets(long id) => Of(_buckets, id, "buckets");

        private static TLine Of<TKey, TLine>(Dictionary<TKey, TLine> lines, TKey key, string what)
            where TKey : notnull => lines.TryGetValue(key, out var line)
            ? line
            : throw new InvalidDataException($"What Spark has computed lacks the {what} of {key}; run the job again.");
    }
}

/// <summary>The lines of JSON that the second script has left.</summary>
/// <param name="Sums">Those below <see cref="SummaryPlaces.Sums"/>.</param>
/// <param name="Deviations">Those below <see cref="SummaryPlaces.Deviations"/>.</param>
/// <param name="Edges">Those below <see cref="SummaryPlaces.Edges"/>.</param>
/// <param name="Boxes">Those below <see cref="SummaryPlaces.Boxes"/>.</param>
/// <param name="Buckets">Those below <see cref="SummaryPlaces.Buckets"/>.</param>
public sealed record SummaryResults(IEnumerable<string> Sums, IEnumerable<string> Deviations, IEnumerable<string> Edges, IEnumerable<string> Boxes, IEnumerable<string> Buckets);
