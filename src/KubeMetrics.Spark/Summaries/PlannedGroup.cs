using KubeMetrics.Statistics;

namespace KubeMetrics.Spark.Summaries;

/// <summary>A group, and what it and its series are counted by.</summary>
/// <param name="Group">The group; its series have no samples.</param>
/// <param name="Whole">The group as a whole.</param>
/// <param name="Series">Each of its series.</param>
internal sealed record PlannedGroup(SeriesGroup Group, PlannedPart Whole, IReadOnlyList<PlannedPart> Series)
{
    private Description? _logs;
    private double[]? _edges, _logEdges;

    /// <summary>The edges of the grid of values; null where there are none.</summary>
    public double[]? Edges => _edges ??= Whole.Values is { } values ? FineGrid.Edges(OfRanks(values.Count, values.At)) : null;

    /// <summary>The edges of the grid of logs; null where there are none.</summary>
    public double[]? LogEdges => _logEdges ??= Logs is { } logs ? FineGrid.Edges(logs) : null;

    /// <summary>What the second script has to know.</summary>
    public IEnumerable<PlanLine> Lines() => Series.Where(one => one.Values is not null).Select(one => one.Line()).Prepend(WholeLine()).Where(line => line.Count > 0);

    private Description? Logs => _logs ??= Whole.Values is { Positive: > 0 } values ? OfRanks(values.Positive, values.LogAt) : null;

    private PlanLine WholeLine()
    {
        if (Whole.Values is not { } values) return new PlanLine { Id = Whole.Id };
        var line = Whole.Line() with { Edges = Edges };
        if (Logs is not { } logs) return line;
        var (low, high) = Boxes.Fences(logs.P25, logs.P75);
        return line with
        {
            LogMedian = logs.Median,
            LogEdges = FineGrid.ValueEdges(LogEdges, values.At(values.NotPositive), values.At(values.Count - 1)),
            FenceLow = FineGrid.ValueEdge(low),
            // Beyond the logs that there are nothing is an outlier.
            FenceHigh = high < Math.Log(double.MaxValue) ? FineGrid.ValueEdge(Math.BitIncrement(high)) : null,
        };
    }

    // Edges and fences follow from counts and quantiles alone.
    private static Description OfRanks(long count, Func<long, double> at) => Descriptions.Of(count, at, default, 0);
}

/// <summary>A group as a whole, or one of its series.</summary>
/// <param name="Id">What it is called in the scripts.</param>
/// <param name="Values">Some of its values; null where there are none.</param>
/// <param name="First">The time of the first value, UTC milliseconds.</param>
/// <param name="Last">The time of the last.</param>
internal sealed record PlannedPart(long Id, OrderStatistics? Values, long? First, long? Last)
{
    /// <summary>The width of its buckets; 0 where its samples stand for themselves, null where it is not shown over time.</summary>
    public long? Width { get; init; }

    /// <summary>Resets of a counter.</summary>
    public long Resets { get; init; }

    /// <summary>The median of the values, of which there are some.</summary>
    public double Median => Quantiles.Median(Values!.Count, Values.At);

    /// <summary>The width of buckets that gives at most so many points.</summary>
    public long? WidthFor(int filled, int points, long least) => Values is { } values ? TimeBucketing.Width(First!.Value, Last!.Value, values.Count, filled, points, least) : null;

    /// <summary>What the second script has to know.</summary>
    public PlanLine Line() => new()
    {
        Id = Id,
        Count = Values!.Count,
        NotPositive = Values.NotPositive,
        Median = Median,
        Scale = Moments.Scale(Values.At(0), Values.At(Values.Count - 1)),
        Step = Width is { } width ? Math.Max(width, 1) : null,
    };
}
