namespace KubeMetrics.Pipeline.Work;

/// <summary>How work is taken and given back.</summary>
public sealed record WorkOptions
{
    /// <summary>How long a lease holds without being renewed: after a process was killed its work waits as long.</summary>
    public TimeSpan LeaseTerm { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often the store is looked at for work that other processes added or left behind.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one call of a function works before it gives work back; a host that has a loop works on.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a step may take its process with it, and how often it may fail for a reason that may pass, before the work has failed.</summary>
    public int Attempts { get; init; } = 3;

    /// <summary>The wait after the first failure that may pass; each next one is twice as long.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(2);
}
