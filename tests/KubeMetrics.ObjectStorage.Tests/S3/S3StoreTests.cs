using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>The contract, on a real Ceph.</summary>
public sealed class S3StoreTests : ObjectStoreContract, IAsyncLifetime
{
    private readonly S3Store _store = Ceph.Bucket();

    protected override IObjectStore Store => _store;

    public async ValueTask InitializeAsync() => await _store.CreateBucketAsync(Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal static class Ceph
{
    private static readonly S3Clients Clients = new();

    public static S3Store Bucket() => new($"test-{Guid.NewGuid():N}", new S3Connection { Endpoint = "http://127.0.0.1:18000", AccessKey = "devaccess", SecretKey = "devsecret" }, Clients);
}
