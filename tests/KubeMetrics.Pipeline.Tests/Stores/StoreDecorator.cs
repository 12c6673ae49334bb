using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A store through which every operation goes at one place.</summary>
internal abstract class StoreDecorator(IObjectStore inner) : IObjectStore
{
    public string Name => inner.Name;

    /// <summary>Does an operation, or does not.</summary>
    protected abstract Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken);

    public Task<ObjectInfo?> HeadAsync(string key, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.HeadAsync(key, cancellationToken), cancellationToken);

    public virtual Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.GetAsync(key, options, cancellationToken), cancellationToken);

    public virtual Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.PutAsync(key, content, options, cancellationToken), cancellationToken);

    public virtual Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.CopyAsync(sourceKey, key, ifMatch, cancellationToken), cancellationToken);

    public virtual Task DeleteAsync(string key, CancellationToken cancellationToken = default) =>
        DoAsync(async () =>
        {
            await inner.DeleteAsync(key, cancellationToken);
            return true;
        }, cancellationToken);

    public Task<ListPage> ListPageAsync(ListRequest request, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.ListPageAsync(request, cancellationToken), cancellationToken);

    public Task<string> StartUploadAsync(string key, UploadOptions? options = null, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.StartUploadAsync(key, options, cancellationToken), cancellationToken);

    public virtual Task<UploadPart> PutPartAsync(
        string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.PutPartAsync(key, uploadId, number, content, length, cancellationToken), cancellationToken);

    public Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.ListPartsAsync(key, uploadId, cancellationToken), cancellationToken);

    public virtual Task<string> CompleteUploadAsync(
        string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default) =>
        DoAsync(() => inner.CompleteUploadAsync(key, uploadId, parts, cancellationToken), cancellationToken);

    public Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken = default) =>
        DoAsync(async () =>
        {
            await inner.AbortUploadAsync(key, uploadId, cancellationToken);
            return true;
        }, cancellationToken);

    public IAsyncEnumerable<Upload> ListUploadsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        inner.ListUploadsAsync(prefix, cancellationToken);
}
