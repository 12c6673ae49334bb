namespace KubeMetrics.Pipeline.Refresh;

/// <summary>When datasets are refreshed.</summary>
public sealed record RefreshOptions
{
    /// <summary>How long nothing more may have arrived before what has arrived is analysed.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long at most that is waited for.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often each watched dataset is listed and compared with what was last analysed.</summary>
    public TimeSpan Reconcile { get; init; } = TimeSpan.FromMinutes(15);
}
