using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that does not give some objects out, so many times.</summary>
internal sealed class UnreadableStore(IObjectStore inner, Func<string, bool> unreadable, int times) : StoreDecorator(inner)
{
    private int _left = times;

    public override Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default) =>
        unreadable(key) && Interlocked.Decrement(ref _left) >= 0
            ? throw new ObjectStoreException(ObjectStoreError.Unavailable, "The store does not answer.")
            : base.GetAsync(key, options, cancellationToken);

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
