using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>An empty bucket for one test; it goes with it.</summary>
public interface ITestBucket : IAsyncDisposable
{
    IObjectStore Store { get; }
}
