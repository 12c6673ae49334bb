using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>Some keys in order: what is still to be copied of them, and what became of the others.</summary>
internal sealed class IngestBatch(IngestCounts before)
{
    private const int FailuresTold = 20;
    private readonly Dictionary<string, Copied> _lines = new(StringComparer.Ordinal);
    private IngestCounts _counts = before;

    internal Queue<CopyItem> Items { get; } = [];

    /// <summary>Where the listings are after it.</summary>
    internal required Position End { get; set; }

    internal IngestCounts Counts => _counts;

    /// <summary>What the manifest is told, in order of the keys.</summary>
    internal IEnumerable<Copied> Lines => _lines.Values.Where(line => line.Fate != Fate.Gone).OrderBy(line => line.Key, ObjectKey.Order);

    internal void Add(Copied line)
    {
        _lines[line.Key] = line;
        _counts = line.Fate switch
        {
            Fate.Copied => _counts with
            {
                Copied = _counts.Copied.And(line.Size),
                Verified = _counts.Verified + (line.Verified ? 1 : 0),
                Unverified = _counts.Unverified + (line.Verified ? 0 : 1),
            },
            Fate.Same => _counts with { Same = _counts.Same.And(line.Size) },
            Fate.Gone => _counts with { Gone = _counts.Gone + 1 },
            _ => _counts with
            {
                Failed = _counts.Failed + 1,
                Failures = _counts.Failures.Count < FailuresTold ? [.. _counts.Failures, new FailedObject(line.Key, line.Problem ?? "")] : _counts.Failures,
            },
        };
    }
}
