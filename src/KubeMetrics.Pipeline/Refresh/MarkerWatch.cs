using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>
/// Tells for how long a dataset's markers have been there and have not changed: as this process has seen it on its own
/// monotonic clock, or by how old the store says that they are, for a process that has only just begun to look.
/// </summary>
internal sealed class MarkerWatch(TimeProvider time)
{
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks at a dataset's markers.</summary>
    public (TimeSpan QuietFor, TimeSpan WaitedFor) Look(string dataset, IReadOnlyCollection<ObjectEntry> markers)
    {
        if (markers.Count == 0)
        {
            _seen.Remove(dataset);
            return default;
        }

        var now = time.GetTimestamp();
        var newest = markers.Max(marker => marker.Key)!;
        var before = _seen.GetValueOrDefault(dataset);
        var seen = before is not null && before.Newest == newest && before.Count == markers.Count ? before : new Seen(newest, markers.Count, before?.First ?? now, now);
        _seen[dataset] = seen;
        var clock = time.GetUtcNow();
        return (
            Longer(time.GetElapsedTime(seen.Changed, now), clock - markers.Max(marker => marker.LastModified)),
            Longer(time.GetElapsedTime(seen.First, now), clock - markers.Min(marker => marker.LastModified)));
    }

    /// <summary>Begins anew: what is there now was looked at.</summary>
    public void Forget(string dataset) => _seen.Remove(dataset);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed record Seen(string Newest, int Count, long First, long Changed);
}
