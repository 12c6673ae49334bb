using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Work;

// Each contract of work, on a folder.

public sealed class FolderWorkStoreTests() : WorkStoreContract(TemporaryBucket.NewAsync);

public sealed class FolderExecutorTests() : ExecutorContract(TemporaryBucket.NewAsync);

public sealed class FolderLaterTests() : LaterContract(TemporaryBucket.NewAsync);

public sealed class FolderFailureTests() : FailureContract(TemporaryBucket.NewAsync);

public sealed class FolderCancelTests() : CancelContract(TemporaryBucket.NewAsync);

public sealed class FolderLeaseTests() : LeaseContract(TemporaryBucket.NewAsync);

public sealed class FolderManyExecutorsTests() : ManyExecutorsContract(TemporaryBucket.NewAsync);

public sealed class FolderDeathTests() : DeathContract(TemporaryBucket.NewAsync);

public sealed class FolderOwnerTests() : OwnerContract(TemporaryBucket.NewAsync);
