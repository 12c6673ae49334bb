namespace KubeMetrics.Statistics;

/// <summary>
/// What an engine has to compute of a group's samples, in this process or on a cluster. All else of a <see cref="GroupSummary"/> follows from it
/// (<see cref="Summarizer.Assemble"/>), the same for every engine.
/// </summary>
public sealed record GroupNumbers
{
    /// <summary>The group: what it is called, and its series with what was dropped of each. Their samples need not be there.</summary>
    public required SeriesGroup Group { get; init; }

    /// <summary>Of each of the group's series, in their order.</summary>
    public required IReadOnlyList<SeriesNumbers> Series { get; init; }

    /// <summary>The group over time, in buckets of the width that <see cref="TimeBucketing"/> says.</summary>
    public required TimeBuckets Time { get; init; }

    /// <summary>The first sample's time, UTC milliseconds; null where there is no sample.</summary>
    public long? First { get; init; }

    /// <summary>The last sample's time, UTC milliseconds; null where there is no sample.</summary>
    public long? Last { get; init; }

    /// <summary>Description of the values; null where there is no sample.</summary>
    public Description? Values { get; init; }

    /// <summary>Counts of the values over the edges that <see cref="FineGrid"/> makes of that; null where there is no sample.</summary>
    public Grid? Grid { get; init; }

    /// <summary>Description of the natural logs of the positive values; null where there are none.</summary>
    public Description? Logs { get; init; }

    /// <summary>Counts of those logs; null where there are none.</summary>
    public Grid? LogGrid { get; init; }

    /// <summary>The box of those logs; null where there are none.</summary>
    public Box? LogBox { get; init; }
}

/// <summary>What an engine has to compute of one series of a group.</summary>
/// <param name="Kept">Samples (for a counter: rates) that there are.</param>
/// <param name="NotPositive">Of those, zeros and negatives.</param>
/// <param name="Resets">Resets of a counter that were accounted for.</param>
/// <param name="Values">Description of the values; null where there are none.</param>
/// <param name="Time">Over time, with at most <see cref="Summarizer.PointsOfEach"/> points, in the group's buckets or coarser.</param>
public sealed record SeriesNumbers(long Kept, long NotPositive, long Resets, Description? Values, TimeBuckets Time);
