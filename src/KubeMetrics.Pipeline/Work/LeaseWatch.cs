using System.Collections.Concurrent;

namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// Tells when others' leases have expired: when the record's ETag has stayed the same for the lease's term and a little, on
/// this process's own monotonic clock. What was never seen before has not expired.
/// </summary>
internal sealed class LeaseWatch(TimeProvider time)
{
    // Late by a little: a renewal may be on its way.
    private const double Margin = 1.1;

    private readonly ConcurrentDictionary<string, (string ETag, long Since)> _seen = new(StringComparer.Ordinal);

    /// <summary>Whether the work is free to be taken over.</summary>
    public bool HasExpired(StoredWork work)
    {
        var now = time.GetTimestamp();
        var seen = _seen.AddOrUpdate(work.Record.Id, (work.ETag, now), (_, before) => before.ETag == work.ETag ? before : (work.ETag, now));
        return time.GetElapsedTime(seen.Since, now).TotalSeconds >= work.Record.Lease!.TermSeconds * Margin;
    }

    /// <summary>Forgets what is no longer there, or no longer leased.</summary>
    public void KeepOnly(IReadOnlySet<string> leased)
    {
        foreach (var id in _seen.Keys)
            if (!leased.Contains(id))
                _seen.TryRemove(id, out _);
    }
}
