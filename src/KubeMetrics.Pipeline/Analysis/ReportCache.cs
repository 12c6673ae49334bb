using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>A file of a report, held in memory.</summary>
/// <param name="Info">What it is.</param>
/// <param name="Content">Its bytes; null where it is too large to be held.</param>
internal sealed record CachedFile(ObjectInfo Info, byte[]? Content);

/// <summary>
/// The files of reports that were asked for lately: a store is asked at most once a second whether one is still the same,
/// and fetched from only when it is not. Bounded; what was asked for least lately goes first.
/// </summary>
public sealed class ReportCache(TimeProvider time)
{
    private const long MostBytes = 64L << 20;
    private const long LargestFile = 8L << 20;
    private static readonly TimeSpan Trusted = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(IObjectStore Store, string Key), Entry> _files = [];
    private long _bytes;

    /// <summary>A file; null where there is none.</summary>
    internal async ValueTask<CachedFile?> FindAsync(IObjectStore store, string key, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_files.TryGetValue((store, key), out var entry))
        {
            Volatile.Write(ref entry.Used, now);
            if (time.GetElapsedTime(Volatile.Read(ref entry.Checked), now) < Trusted) return entry.File;
        }

        var info = await store.HeadAsync(key, cancellationToken);
        if (info is null)
        {
            Remove((store, key));
            return null;
        }

        if (entry is not null && entry.File.Info.ETag == info.ETag)
        {
            Volatile.Write(ref entry.Checked, now);
            return entry.File;
        }

        if (info.Size > LargestFile) return new CachedFile(info, null);
        if (await store.GetBytesAsync(key, (int)LargestFile, cancellationToken) is not var (content, fresh)) return null;
        var file = new CachedFile(fresh, content);
        Remove((store, key));
        if (_files.TryAdd((store, key), new Entry(file, now))) Interlocked.Add(ref _bytes, content.Length);
        if (Interlocked.Read(ref _bytes) > MostBytes) Shrink();
        return file;
    }

    private void Shrink()
    {
        foreach (var (place, _) in _files.OrderBy(entry => Volatile.Read(ref entry.Value.Used)).ToList())
        {
            if (Interlocked.Read(ref _bytes) <= MostBytes * 3 / 4) return;
            Remove(place);
        }
    }

    private void Remove((IObjectStore, string) place)
    {
        if (_files.TryRemove(place, out var gone)) Interlocked.Add(ref _bytes, -gone.File.Content!.Length);
    }

    private sealed class Entry(CachedFile file, long now)
    {
        public readonly CachedFile File = file;
        public long Checked = now;
        public long Used = now;
    }
}
