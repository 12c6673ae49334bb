namespace KubeMetrics.Queries;

/// <summary>What a query in process may take of the machine.</summary>
public sealed record QueryLimits
{
    /// <summary>The engine's memory in bytes, for the series and for what it computes.</summary>
    public long MemoryBytes { get; init; } = 2L << 30;

    /// <summary>A folder for what does not fit into memory; null: a query that needs more than its memory fails.</summary>
    public string? SpillFolder { get; init; }

    /// <summary>How many threads.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
