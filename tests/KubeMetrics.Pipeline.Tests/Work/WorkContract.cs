using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>What holds for work whatever the store: a store's tests derive from each contract and give an empty bucket for each test.</summary>
public abstract class WorkContract
{
    protected abstract IObjectStore Store { get; }

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
