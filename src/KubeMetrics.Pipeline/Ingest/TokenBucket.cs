namespace KubeMetrics.Pipeline.Ingest;

/// <summary>At most so many bytes a second, for all that share it; what was not used for a quarter of a second is lost.</summary>
internal sealed class TokenBucket(long perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly double _most = Math.Max(perSecond / 4.0, 1);
    private double _tokens = perSecond / 4.0;
    private long _at = time.GetTimestamp();

    /// <summary>Waits until bytes may go. They are taken at once, on credit: so whoever comes later waits longer, and none forever.</summary>
    internal Task TakeAsync(int bytes, CancellationToken cancellationToken)
    {
        double missing;
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _tokens = Math.Min(_most, _tokens + time.GetElapsedTime(_at, now).TotalSeconds * perSecond) - bytes;
            _at = now;
            missing = -_tokens;
        }

        return missing <= 0 ? Task.CompletedTask : Task.Delay(TimeSpan.FromSeconds(missing / perSecond), time, cancellationToken);
    }
}
