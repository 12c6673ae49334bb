namespace KubeMetrics.Spark.Clusters.Livy;

/// <summary>
/// Batches that Livy refused and keeps all the same, with their names: they start for ever and write nothing. One that was posted a
/// moment ago looks so too, and Livy tells no times: so one is a ghost when it has been seen like that for long enough.
/// </summary>
internal sealed class Ghosts(TimeSpan age, TimeProvider time)
{
    private readonly Dictionary<string, (int? Id, DateTimeOffset Since)> _seen = [];

    internal bool Is(Batch batch)
    {
        lock (_seen)
        {
            var now = time.GetUtcNow();
            if (!batch.MayBeGhost)
            {
                _seen.Remove(batch.Name!);
                return false;
            }

            if (!_seen.TryGetValue(batch.Name!, out var first) || first.Id != batch.Id) _seen[batch.Name!] = first = (batch.Id, now);
            foreach (var (name, _) in _seen.Where(seen => now - seen.Value.Since > age * 100).ToList()) _seen.Remove(name); // nobody asks for those any more
            return now - first.Since >= age;
        }
    }
}
