using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that nothing may be written to.</summary>
internal sealed class ReadOnlyStore(IObjectStore inner) : StoreDecorator(inner)
{
    public override Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new ObjectStoreException(ObjectStoreError.AccessDenied, $"'{key}' may not be written.");

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
