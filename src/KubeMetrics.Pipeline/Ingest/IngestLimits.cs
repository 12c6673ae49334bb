namespace KubeMetrics.Pipeline.Ingest;

/// <summary>How much of this host, and of its line, ingests may take.</summary>
public sealed record IngestLimits
{
    /// <summary>How many objects and parts are on their way at once.</summary>
    public int Concurrency { get; init; } = 8;

    // After so many doublings a wait is the longest, whatever it began with.
    private const int Doublings = 8;

    /// <summary>No wait between two tries is longer.</summary>
    internal static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    /// <summary>The least that <see cref="Memory"/> may be.</summary>
    internal const long LeastMemory = 16 << 20;

    /// <summary>Bytes of contents that are in memory at once.</summary>
    public long Memory { get; init; } = 64 << 20;

    /// <summary>At most so many bytes a second; null for as many as go.</summary>
    public long? Bandwidth { get; init; }

    /// <summary>How many may wait; more are refused until some are done.</summary>
    public int Queue { get; init; } = 100;

    /// <summary>How many records of ended ingests are kept.</summary>
    public int Keep { get; init; } = 200;

    /// <summary>How long they are kept.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Objects up to this size are put at once, larger ones in parts.</summary>
    internal long Single { get; init; } = 16 << 20;

    /// <summary>Objects from this size on are sent on while they are read, where that can be done.</summary>
    internal long LeastPassed { get; init; } = BlockPool.Size + 1;

    /// <summary>The size of parts where the source does not suggest another.</summary>
    internal long Part { get; init; } = 8 << 20;

    /// <summary>The smallest size that a part may have which is not the last.</summary>
    internal long LeastPart { get; init; } = ObjectStorage.UploadPart.MinSize;

    /// <summary>After so long the copy comes to a point from which another process can go on.</summary>
    internal TimeSpan Slice { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long nothing at all may succeed before the step has failed.</summary>
    internal TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait after a first failure; each next one is twice as long.</summary>
    internal TimeSpan RetryAfter { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The wait after so many failures in a row.</summary>
    internal TimeSpan WaitAfter(int failures)
    {
        var wait = RetryAfter * Math.Pow(2, Math.Min(failures, Doublings) - 1);
        return wait < LongestWait ? wait : LongestWait;
    }

    /// <summary>How many keys are decided on at once.</summary>
    internal int Batch { get; init; } = 1000;
}
