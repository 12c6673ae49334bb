using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that writes down which objects are opened.</summary>
internal sealed class CountingStore(IObjectStore inner) : StoreDecorator(inner)
{
    private readonly ConcurrentQueue<string> _opened = [];

    /// <summary>The keys that were opened since this was last asked, in order.</summary>
    public IReadOnlyList<string> Opened()
    {
        var opened = new List<string>();
        while (_opened.TryDequeue(out var key)) opened.Add(key);
        opened.Sort(StringComparer.Ordinal);
        return opened;
    }

    public override Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        _opened.Enqueue(key);
        return base.GetAsync(key, options, cancellationToken);
    }

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
