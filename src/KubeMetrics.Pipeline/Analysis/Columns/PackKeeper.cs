using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>
/// Keeps what is read, from any thread: into packs of about <see cref="Full"/> bytes, each put to the store as soon as it has them,
/// so that no more is in memory than one pack a thread. Once a pack could not be written, or there is no more room, nothing more is kept.
/// </summary>
internal sealed class PackKeeper(ColumnPlace place, string reading, long room) : IDisposable
{
    /// <summary>How large packs become.</summary>
    internal const int Full = 8 << 20;

    private readonly Lock _lock = new();
    private readonly List<PackFile> _written = [];
    private PackWriter _writer = new();
    private long _room = room;
    private bool _ended;

    /// <summary>Whether some pack could not be written.</summary>
    internal bool HasFailed => _ended;

    /// <summary>The packs that were put to the store.</summary>
    internal IReadOnlyList<PackFile> Written => _written;

    /// <summary>Keeps one input.</summary>
    internal async ValueTask AddAsync(string name, string etag, FileReport report, IReadOnlyList<Series> series, CancellationToken cancellationToken)
    {
        if (_ended) return;
        using var packed = new PackedSeries(series);
        PackWriter full;
        lock (_lock)
        {
            var before = _writer.Length;
            if (_ended || PackWriter.MostOf(name, etag, report, packed) > _room) return;
            _writer.Add(name, etag, report, packed);
            _room -= _writer.Length - before;
            if (_writer.Length < Full) return;
            (full, _writer) = (_writer, new PackWriter());
        }

        await PutAsync(full, cancellationToken);
    }

    /// <summary>Writes what is not written yet.</summary>
    internal Task EndAsync(CancellationToken cancellationToken) => _writer.IsEmpty ? Task.CompletedTask : PutAsync(Interlocked.Exchange(ref _writer, new PackWriter()), cancellationToken);

    public void Dispose() => _writer.Dispose();

    private async Task PutAsync(PackWriter writer, CancellationToken cancellationToken)
    {
        using (writer)
        {
            if (_ended) return;
            var (name, content) = writer.Finish();
            var key = place.KeyOf(reading, name);
            var put = await place.TryAsync(async () =>
            {
                var etag = await place.Store.PutBytesAsync(key, content, ColumnPlace.Kept, cancellationToken);
                var file = new PackFile(new ObjectEntry(key, content.Length, etag, place.Time.GetUtcNow()), writer.Index);
                file.Live.UnionWith(writer.Index.Inputs);
                lock (_lock) _written.Add(file);
            });
            if (!put) _ended = true;
        }
    }
}
