namespace KubeMetrics.Pipeline.Analysis;

/// <summary>How much of this host analyses may take.</summary>
public sealed record AnalysisLimits
{
    /// <summary>How many at once; each uses all cores.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>How many may wait; more are refused until some are done.</summary>
    public int Queue { get; init; } = 100;

    /// <summary>Bytes that one may need; one that would need more is refused before it starts. Three quarters of what this process may use, shared.</summary>
    public long Memory { get; init; } = DefaultMemory(1);

    /// <summary>Bytes that may be kept of what was read of a dataset's dumps, so that it is not read again; 0 for none.</summary>
    public long Columns { get; init; } = 2L << 30;

    /// <summary>How many runs' records are kept for each dataset.</summary>
    public int Keep { get; init; } = 200;

    /// <summary>How long ended runs' records are kept, and keys that made a repeated request safe.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>The share of this process's memory (a container's limit, where there is one) for each of some analyses at once.</summary>
    public static long DefaultMemory(int concurrency) => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3 / concurrency;
}
