using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A bucket for one test in a real Ceph.</summary>
internal sealed class CephBucket : IAsyncDisposable
{
    private readonly S3Clients _clients = new();

    private CephBucket(Ceph ceph) =>
        Store = new S3Store(Ceph.NewBucketName(), new S3Connection { Endpoint = ceph.Endpoint, AccessKey = ceph.AccessKey, SecretKey = ceph.SecretKey }, _clients);

    public S3Store Store { get; }

    public static async Task<CephBucket> NewAsync()
    {
        var bucket = new CephBucket(await Ceph.RunningAsync());
        await bucket.Store.CreateBucketAsync(TestContext.Current.CancellationToken);
        return bucket;
    }

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        return ValueTask.CompletedTask;
    }
}
