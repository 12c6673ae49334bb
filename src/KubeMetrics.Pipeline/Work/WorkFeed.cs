using System.Collections.Concurrent;
using System.Threading.Channels;

namespace KubeMetrics.Pipeline.Work;

/// <summary>
/// Tells whoever listens in this process of every record that is written or found changed, and of the progress of what
/// runs here, which is finer than what the store is told. A listener that is slow misses intermediate states, never the last.
/// </summary>
public sealed class WorkFeed
{
    private const int Backlog = 256;
    private readonly ConcurrentDictionary<Channel<WorkRecord>, byte> _listeners = [];
    private readonly ConcurrentDictionary<string, WorkProgress> _live = new(StringComparer.Ordinal);

    /// <summary>Raised when there is something new to do in this process: an executor need not wait for its next look.</summary>
    public event Action? WorkAdded;

    /// <summary>Listens until disposed.</summary>
    public Subscription Listen() => new(this);

    /// <summary>A record as it is now: with the progress of this very moment, where it runs here.</summary>
    public WorkRecord Live(WorkRecord record) =>
        record.State == WorkState.Running && _live.TryGetValue(record.Id, out var progress) ? record with { Progress = progress } : record;

    internal void Publish(WorkRecord record)
    {
        if (!record.IsOpen) _live.TryRemove(record.Id, out _);
        foreach (var listener in _listeners.Keys) listener.Writer.TryWrite(Live(record));
        if (record.State == WorkState.Queued) WorkAdded?.Invoke();
    }

    internal void Progress(WorkRecord record, WorkProgress progress)
    {
        _live[record.Id] = progress;
        foreach (var listener in _listeners.Keys) listener.Writer.TryWrite(record with { Progress = progress });
    }

    internal void Forget(string id) => _live.TryRemove(id, out _);

    /// <summary>One listener.</summary>
    public sealed class Subscription : IDisposable
    {
        private readonly WorkFeed _feed;

        // The oldest go first: a later state of the same work follows.
        private readonly Channel<WorkRecord> _channel = Channel.CreateBounded<WorkRecord>(new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.DropOldest });

        internal Subscription(WorkFeed feed)
        {
            _feed = feed;
            feed._listeners[_channel] = 0;
        }

        /// <summary>What there is to read.</summary>
        public ChannelReader<WorkRecord> Records => _channel.Reader;

        /// <inheritdoc/>
        public void Dispose()
        {
            _feed._listeners.TryRemove(_channel, out _);
            _channel.Writer.TryComplete();
        }
    }
}
