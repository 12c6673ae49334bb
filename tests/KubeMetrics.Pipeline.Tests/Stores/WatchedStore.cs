using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that does something first, on the thread that asks it, whatever it is asked: as a disk that hangs holds that thread.</summary>
internal sealed class WatchedStore(IObjectStore inner, Action asked) : StoreDecorator(inner)
{
    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken)
    {
        asked();
        return operation();
    }
}
