using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>What holds for work whatever the store: a store's tests derive from each contract and say how an empty bucket is made.</summary>
public abstract class WorkContract(Func<Task<ITestBucket>> newBucket) : IAsyncLifetime
{
    private readonly List<ITestBucket> _buckets = [];

    /// <summary>The test's bucket.</summary>
    protected IObjectStore Store => _buckets[0].Store;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One more, for a test that begins again and again.</summary>
    protected async Task<IObjectStore> NewStoreAsync()
    {
        _buckets.Add(await newBucket());
        return _buckets[^1].Store;
    }

    public async ValueTask InitializeAsync() => await NewStoreAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var bucket in _buckets) await bucket.DisposeAsync();
    }
}
