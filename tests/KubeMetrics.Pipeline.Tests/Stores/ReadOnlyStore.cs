using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store that can be read and not written (some keys, or all), as on a disk that was mounted again after an error, or for want of a right.</summary>
internal sealed class ReadOnlyStore(IObjectStore inner, ObjectStoreError error = ObjectStoreError.Unavailable, Func<string, bool>? keys = null) : StoreDecorator(inner)
{
    public override Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        keys?.Invoke(key) == false
            ? base.PutAsync(key, content, options, cancellationToken)
            : throw new ObjectStoreException(error, $"'{key}' could not be written: Read-only file system.");

    protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
}
