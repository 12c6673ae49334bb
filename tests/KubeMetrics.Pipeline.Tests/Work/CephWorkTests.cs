using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Work;

// Each contract of work, on a real Ceph.

public sealed class CephWorkStoreTests() : WorkStoreContract(CephBucket.NewAsync);

public sealed class CephExecutorTests() : ExecutorContract(CephBucket.NewAsync);

public sealed class CephLaterTests() : LaterContract(CephBucket.NewAsync);

public sealed class CephFailureTests() : FailureContract(CephBucket.NewAsync);

public sealed class CephCancelTests() : CancelContract(CephBucket.NewAsync);

public sealed class CephLeaseTests() : LeaseContract(CephBucket.NewAsync);

public sealed class CephManyExecutorsTests() : ManyExecutorsContract(CephBucket.NewAsync);

public sealed class CephDeathTests() : DeathContract(CephBucket.NewAsync);

public sealed class CephOwnerTests() : OwnerContract(CephBucket.NewAsync);
