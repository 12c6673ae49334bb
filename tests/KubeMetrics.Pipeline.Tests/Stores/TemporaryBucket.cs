using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A bucket for one test.</summary>
internal sealed class TemporaryBucket : ITestBucket, IDisposable
{
    public TemporaryBucket() => Store = FolderStore.Create(Folder, flushToDisk: false);

    public string Folder { get; } = Directory.CreateTempSubdirectory("kubemetrics-").FullName;

    public IObjectStore Store { get; }

    public static Task<ITestBucket> NewAsync() => Task.FromResult<ITestBucket>(new TemporaryBucket());

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
