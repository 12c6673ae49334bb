using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that nothing can be deleted from but what only tried whether it can be written to.</summary>
internal sealed class UndeletableStore(IObjectStore inner) : StoreDecorator(inner)
{
    public override Task DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        key.EndsWith(".html", StringComparison.Ordinal) ? throw new ObjectStoreException(ObjectStoreError.AccessDenied, $"'{key}' may not be deleted.") : base.DeleteAsync(key, cancellationToken);

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
