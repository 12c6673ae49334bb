using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Work;

// Each contract of work, on a folder.

public sealed class FolderWorkStoreTests : WorkStoreContract, IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    protected override IObjectStore Store => _bucket.Store;

    public void Dispose() => _bucket.Dispose();
}

public sealed class FolderExecutorTests : ExecutorContract, IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    protected override IObjectStore Store => _bucket.Store;

    public void Dispose() => _bucket.Dispose();
}

public sealed class FolderFailureTests : FailureContract, IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    protected override IObjectStore Store => _bucket.Store;

    public void Dispose() => _bucket.Dispose();
}

public sealed class FolderCancelTests : CancelContract, IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    protected override IObjectStore Store => _bucket.Store;

    public void Dispose() => _bucket.Dispose();
}

public sealed class FolderLeaseTests : LeaseContract, IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    protected override IObjectStore Store => _bucket.Store;

    public void Dispose() => _bucket.Dispose();
}

public sealed class FolderManyExecutorsTests : ManyExecutorsContract, IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    protected override IObjectStore Store => _bucket.Store;

    public void Dispose() => _bucket.Dispose();
}

public sealed class FolderDeathTests : DeathContract, IDisposable
{
    private readonly List<TemporaryBucket> _buckets = [];

    protected override Task<IObjectStore> NewStoreAsync()
    {
        _buckets.Add(new TemporaryBucket());
        return Task.FromResult(_buckets[^1].Store);
    }

    public void Dispose() => _buckets.ForEach(bucket => bucket.Dispose());
}
