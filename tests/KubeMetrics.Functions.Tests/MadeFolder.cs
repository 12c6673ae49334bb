using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.Functions.Tests;

/// <summary>A small made dataset in a folder, a state beside it, and the settings that name both.</summary>
internal sealed class MadeFolder : IDisposable
{
    public const string Dataset = "made", Key = "a key that buckets show", EventKey = "a-key-of-deliveries";

    public string Path { get; } = Directory.CreateTempSubdirectory("kubemetrics-functions-").FullName;

    public Dictionary<string, string> Settings => new()
    {
        ["State"] = System.IO.Path.Combine(Path, "state"),
        [$"Datasets__{Dataset}__Location"] = System.IO.Path.Combine(Path, "dumps"),
        [$"Datasets__{Dataset}__Where"] = "quantile=0.9",
        [$"Datasets__{Dataset}__Watch"] = "true",
        ["Notifications__Key"] = Key,
        ["Events__Key"] = EventKey,
        ["Work__LeaseTerm"] = "2s",
        ["Work__Poll"] = "0.1s",
    };

    public static async Task<MadeFolder> CreateAsync(CancellationToken cancellationToken)
    {
        var folder = new MadeFolder();
        var options = new DemoOptions { Days = 1, Step = TimeSpan.FromMinutes(10), Operations = [.. DemoOperation.Kubelet.Take(3)], Folder = "", CompressedDays = 0 };
        await DemoDataset.WriteAsync(FolderStore.Create(System.IO.Path.Combine(folder.Path, "dumps"), flushToDisk: false), options, cancellationToken: cancellationToken);
        return folder;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
