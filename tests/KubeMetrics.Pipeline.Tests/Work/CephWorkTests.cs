using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Work;

// Each contract of work, on a real Ceph.

public sealed class CephWorkStoreTests : WorkStoreContract, IAsyncLifetime
{
    private CephBucket? _bucket;

    protected override IObjectStore Store => _bucket!.Store;

    public async ValueTask InitializeAsync() => _bucket = await CephBucket.NewAsync();

    public ValueTask DisposeAsync() => _bucket?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class CephExecutorTests : ExecutorContract, IAsyncLifetime
{
    private CephBucket? _bucket;

    protected override IObjectStore Store => _bucket!.Store;

    public async ValueTask InitializeAsync() => _bucket = await CephBucket.NewAsync();

    public ValueTask DisposeAsync() => _bucket?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class CephFailureTests : FailureContract, IAsyncLifetime
{
    private CephBucket? _bucket;

    protected override IObjectStore Store => _bucket!.Store;

    public async ValueTask InitializeAsync() => _bucket = await CephBucket.NewAsync();

    public ValueTask DisposeAsync() => _bucket?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class CephCancelTests : CancelContract, IAsyncLifetime
{
    private CephBucket? _bucket;

    protected override IObjectStore Store => _bucket!.Store;

    public async ValueTask InitializeAsync() => _bucket = await CephBucket.NewAsync();

    public ValueTask DisposeAsync() => _bucket?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class CephLeaseTests : LeaseContract, IAsyncLifetime
{
    private CephBucket? _bucket;

    protected override IObjectStore Store => _bucket!.Store;

    public async ValueTask InitializeAsync() => _bucket = await CephBucket.NewAsync();

    public ValueTask DisposeAsync() => _bucket?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class CephManyExecutorsTests : ManyExecutorsContract, IAsyncLifetime
{
    private CephBucket? _bucket;

    protected override IObjectStore Store => _bucket!.Store;

    public async ValueTask InitializeAsync() => _bucket = await CephBucket.NewAsync();

    public ValueTask DisposeAsync() => _bucket?.DisposeAsync() ?? ValueTask.CompletedTask;
}

public sealed class CephDeathTests : DeathContract, IAsyncDisposable
{
    private readonly List<CephBucket> _buckets = [];

    protected override async Task<IObjectStore> NewStoreAsync()
    {
        _buckets.Add(await CephBucket.NewAsync());
        return _buckets[^1].Store;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var bucket in _buckets) await bucket.DisposeAsync();
    }
}
