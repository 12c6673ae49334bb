using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>An upload in parts as far as the journal tells.</summary>
internal sealed class OpenUpload(Begun begun)
{
    internal Begun Begun => begun;

    internal SortedDictionary<int, PartDone> Parts { get; } = [];
}

/// <summary>
/// What happened since the last segment of the manifest, object by object and part by part, written as it happens: several lines at
/// once where they come fast. A process that goes on after another was killed finds here which parts it need not copy again.
/// </summary>
internal sealed class Journal
{
    private const int Largest = 64 << 20;
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50), Later = TimeSpan.FromSeconds(2);

    private readonly IObjectStore _state;
    private readonly string _folder, _own;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, Copied> _copied = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OpenUpload> _uploads = new(StringComparer.Ordinal);
    private readonly HashSet<string> _inherited = new(StringComparer.Ordinal);
    private readonly List<string> _written = [];
    private readonly string _name = Guid.NewGuid().ToString("N")[..12];
    private List<ManifestLine> _lines = [];
    private CancellationTokenSource? _writing;
    private int _count;

    private Journal(IObjectStore state, string folder, string work, TimeProvider time) =>
        (_state, _folder, _own, _time) = (state, $"{folder}/journal/", $"{folder}/journal/{work}/", time);

    /// <summary>Reads what there is, of this ingest and of earlier ones that were not finished.</summary>
    internal static async Task<Journal> OpenAsync(IObjectStore state, string folder, string work, TimeProvider time, CancellationToken cancellationToken)
    {
        var journal = new Journal(state, folder, work, time);
        await foreach (var entry in state.ListAsync(journal._folder, cancellationToken))
        {
            if (await state.GetBytesAsync(entry.Key, Largest, cancellationToken) is not { } found) continue;
            var own = entry.Key.StartsWith(journal._own, StringComparison.Ordinal);
            foreach (var line in JsonLines.Read(found.Content)) journal.Take(line, own);
            if (!own) continue;
            journal._written.Add(entry.Key);
            // What follows comes after it in a listing, too: parts are of no use before their upload.
            if (int.TryParse(entry.Key.AsSpan(journal._own.Length).Slice(0, 8), out var count)) journal._count = Math.Max(journal._count, count);
        }

        return journal;
    }

    /// <summary>The uploads that a folder's journals tell of, whoever began them.</summary>
    internal static async Task<IReadOnlyList<Begun>> UploadsAsync(IObjectStore state, string folder, string work, CancellationToken cancellationToken)
    {
        var begun = new List<Begun>();
        await foreach (var entry in state.ListAsync($"{folder}/journal/{work}", cancellationToken))
            if (await state.GetBytesAsync(entry.Key, Largest, cancellationToken) is { } found)
                begun.AddRange(JsonLines.Read(found.Content).Select(line => line.Begun).OfType<Begun>());
        return begun;
    }

    internal static Task DeleteAsync(IObjectStore state, string folder, string work, CancellationToken cancellationToken) =>
        state.DeleteAllAsync($"{folder}/journal/{work}", _ => true, cancellationToken);

    /// <summary>What became of an object already.</summary>
    /// <param name="key">The object.</param>
    /// <param name="own">Whether it was this ingest's doing.</param>
    internal Copied? Find(string key, out bool own)
    {
        lock (_lock)
        {
            own = !_inherited.Contains(key);
            return _copied.GetValueOrDefault(key);
        }
    }

    /// <summary>An upload under way.</summary>
    internal OpenUpload? Upload(string key)
    {
        lock (_lock) return _uploads.GetValueOrDefault(key);
    }

    /// <summary>Every upload under way.</summary>
    internal IReadOnlyList<Begun> Uploads
    {
        get
        {
            lock (_lock) return [.. _uploads.Values.Select(upload => upload.Begun)];
        }
    }

    /// <summary>Forgets an upload, which was given up.</summary>
    internal void Forget(string key)
    {
        lock (_lock) _uploads.Remove(key);
    }

    /// <summary>Adds a line, which is in the store soon, or (where the listings will tell the same) a little later.</summary>
    internal void Add(ManifestLine line, bool soon)
    {
        lock (_lock)
        {
            Take(line, own: true);
            _lines.Add(line);
            if (_writing is null) _ = WriteAsync(soon ? Soon : Later, (_writing = new CancellationTokenSource()).Token);
        }
    }

    /// <summary>Writes what is not written yet.</summary>
    internal async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            List<ManifestLine> lines;
            lock (_lock)
            {
                _writing?.Cancel();
                _writing = null;
                (lines, _lines) = (_lines, []);
            }

            if (lines.Count == 0) return;
            var key = $"{_own}{++_count:D8}-{_name}.jsonl";
            _written.Add(key);
            try
            {
                await _state.PutBytesAsync(key, JsonLines.Of(lines), JsonLines.Kind, cancellationToken);
            }
            catch
            {
                lock (_lock) _lines.InsertRange(0, lines);
                throw;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Deletes what this ingest wrote up to now: the manifest tells of it.</summary>
    internal async Task ClearAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            lock (_lock)
            {
                _lines.Clear();
                foreach (var key in _copied.Keys.Where(key => !_inherited.Contains(key)).ToList()) _copied.Remove(key);
            }

            foreach (var key in _written) await _state.DeleteAsync(key, cancellationToken);
            _written.Clear();
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Deletes everything, of earlier ingests too.</summary>
    internal Task DeleteAllAsync(CancellationToken cancellationToken) => _state.DeleteAllAsync(_folder, _ => true, cancellationToken);

    private async Task WriteAsync(TimeSpan after, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(after, _time, cancellationToken);
            await FlushAsync(CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // written meanwhile
        }
        catch (IOException)
        {
            // written with the next; without it a little is copied twice
        }
    }

    private void Take(ManifestLine line, bool own)
    {
        if (line.Copied is { } copied)
        {
            _copied[copied.Key] = copied;
            if (own) _inherited.Remove(copied.Key);
            else _inherited.Add(copied.Key);
            _uploads.Remove(copied.Key);
        }

        if (line.Begun is { } begun && _uploads.GetValueOrDefault(begun.Key)?.Begun.Upload != begun.Upload) _uploads[begun.Key] = new OpenUpload(begun);
        if (line.Part is { } part && _uploads.GetValueOrDefault(part.Key) is { } upload && upload.Begun.Upload == part.Upload) upload.Parts[part.Number] = part;
    }
}
