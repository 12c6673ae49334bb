using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// Tells whoever listens in this process of every record that is written or found changed, and of the progress of what
/// runs here, which is finer than what the store is told. A listener that is slow misses states in between, never the last.
/// </summary>
public sealed class WorkFeed
{
    private readonly ConcurrentDictionary<Newest, byte> _listeners = [];
    private readonly ConcurrentDictionary<string, WorkProgress> _live = new(StringComparer.Ordinal);

    /// <summary>Raised when there is something new to do in this process: an executor need not wait for its next look.</summary>
    public event Action? WorkAdded;

    /// <summary>Raised for every state, as soon as there is one, on the thread that made it.</summary>
    internal event Action<WorkRecord>? Told;

    /// <summary>Listens until disposed.</summary>
    public Subscription Listen() => new(this);

    /// <summary>A record as it is now: with the progress of this very moment, where it runs here.</summary>
    public WorkRecord Live(WorkRecord record) =>
        record.State == WorkState.Running && _live.TryGetValue(record.Id, out var progress) ? record with { Progress = progress } : record;

    internal void Publish(WorkRecord record)
    {
        if (!record.IsOpen) _live.TryRemove(record.Id, out _);
        Tell(Live(record));
        if (record.State == WorkState.Queued) WorkAdded?.Invoke();
    }

    internal void Progress(WorkRecord record, WorkProgress progress)
    {
        _live[record.Id] = progress;
        Tell(record with { Progress = progress });
    }

    private void Tell(WorkRecord record)
    {
        Told?.Invoke(record);
        foreach (var listener in _listeners.Keys) listener.Put(record);
    }

    internal void Forget(string id) => _live.TryRemove(id, out _);

    /// <summary>One listener.</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly WorkFeed _feed;
        private readonly Newest _newest = new();

        internal Subscription(WorkFeed feed)
        {
            _feed = feed;
            feed._listeners[_newest] = 0;
        }

        /// <summary>What there is to read: of each piece of work the latest state, those first that have waited longest.</summary>
        public ChannelReader<WorkRecord> Records => _newest;

        /// <inheritdoc/>
        public void Dispose()
        {
            _feed._listeners.TryRemove(_newest, out _);
            _newest.End();
        }
    }

    /// <summary>What a listener has not read yet: one state of each piece of work, so however slow it is, it holds no more than there is work.</summary>
    private sealed class Newest : ChannelReader<WorkRecord>
    {
        private readonly Channel<string> _ids = Channel.CreateUnbounded<string>();
        private readonly Dictionary<string, WorkRecord> _records = new(StringComparer.Ordinal);

        public void Put(WorkRecord record)
        {
            lock (_records)
            {
                if (_records.TryGetValue(record.Id, out var waiting) && waiting.Version > record.Version) return; // progress that was on its way
                if (_records.TryAdd(record.Id, record)) _ids.Writer.TryWrite(record.Id);
                else _records[record.Id] = record;
            }
        }

        public void End() => _ids.Writer.TryComplete();

        public override bool TryRead([MaybeNullWhen(false)] out WorkRecord item)
        {
            item = null;
            lock (_records) return _ids.Reader.TryRead(out var id) && _records.Remove(id, out item);
        }

        public override ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken = default) => _ids.Reader.WaitToReadAsync(cancellationToken);
    }
}
