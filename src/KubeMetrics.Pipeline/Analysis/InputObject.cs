namespace KubeMetrics.Pipeline.Analysis;

/// <summary>One object with series in it, not yet opened.</summary>
/// <param name="Name">What people call it: a path or an object's URI.</param>
/// <param name="Length">Its size in bytes as stored; 0 where that is not known.</param>
/// <param name="ETag">Changes when the content changes.</param>
/// <param name="Open">Opens it for reading from the start; may be called from any thread.</param>
public sealed record InputObject(string Name, long Length, string ETag, Func<CancellationToken, ValueTask<Stream>> Open)
{
    /// <summary>When it was written (UTC), where that is known: the newest are looked into first.</summary>
    public DateTimeOffset Modified { get; init; }
}
