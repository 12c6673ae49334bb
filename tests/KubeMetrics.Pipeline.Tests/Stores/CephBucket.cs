using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A bucket for one test in a real Ceph.</summary>
internal sealed class CephBucket(S3Store store, S3Clients clients) : ITestBucket
{
    public IObjectStore Store => store;

    public static async Task<ITestBucket> NewAsync()
    {
        var clients = new S3Clients();
        var store = new S3Store(Ceph.NewBucketName(), (await Ceph.RunningAsync()).Connection, clients);
        await store.CreateBucketAsync(TestContext.Current.CancellationToken);
        return new CephBucket(store, clients);
    }

    public ValueTask DisposeAsync()
    {
        clients.Dispose();
        return ValueTask.CompletedTask;
    }
}
