namespace KubeMetrics.Pipeline.Tests;

/// <summary>A folder store's clock: its objects are written at the test's time, and waits for its locks are real.</summary>
internal sealed class StoreClock(TimeProvider time) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
}
