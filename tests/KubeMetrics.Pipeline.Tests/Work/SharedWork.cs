using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

/// <summary>An executor in each of two processes, on one folder: both have begun before either ends its first work.</summary>
internal static class SharedWork
{
    public const string Kind = "shared";

    public static async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        var store = new FolderStore(folder, flushToDisk: false);
        var options = new WorkOptions { LeaseTerm = TimeSpan.FromMinutes(10), Poll = TimeSpan.FromMilliseconds(20) };
        var kind = new StepsKind(2, async (step, context, token) =>
        {
            // Each doing of a step has a name of its own: one that is done twice is seen.
            await store.PutBytesAsync($"done/{context.Record.Id}/{step}/{Guid.NewGuid():N}", Array.Empty<byte>(), null, token);
            await store.PutBytesAsync($"here/{Environment.ProcessId}", Array.Empty<byte>(), null, token);
            while ((await store.ListPageAsync(new ListRequest { Prefix = "here/" }, token)).Objects.Count < 2) await Task.Yield();
        }, Kind, concurrency: 2);
        await new WorkProcess(store, TimeProvider.System, options, kind).RunAsync(cancellationToken);
    }
}
