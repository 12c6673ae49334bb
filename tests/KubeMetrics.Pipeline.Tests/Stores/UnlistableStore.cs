using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that can't be listed, once, when a test says so.</summary>
internal sealed class UnlistableStore(IObjectStore inner) : StoreDecorator(inner)
{
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left;

    /// <summary>Done when it was asked and failed.</summary>
    public Task Failed => _failed.Task;

    public void FailOnce() => Volatile.Write(ref _left, 1);

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        if (typeof(T) != typeof(ListPage) || Interlocked.Exchange(ref _left, 0) == 0) return operation();
        _failed.SetResult();
        throw new ObjectStoreException(ObjectStoreError.Unavailable, "The store does not answer.");
    }
}
