using System.Globalization;
using System.Text;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.Cli.Commands;

/// <summary>The made dataset in a folder that plays the public bucket.</summary>
internal static class DemoFolder
{
    /// <summary>Where the demo goes unless another place is named; deleting it undoes the demo.</summary>
    public const string Default = "kubemetrics-demo";

    private const string Bucket = "public", Ours = "_demo", Made = "_dataset";

    /// <summary>Makes the dataset where it is not there yet, and returns its bucket.</summary>
    public static Task<FolderStore> MakeAsync(Screen screen, string folder, DemoOptions options, bool force, CancellationToken cancellationToken) =>
        Writing.ToAsync(folder, "name another folder with --dir.", async () =>
        {
            var made = FolderStore.Create(Path.Combine(folder, Bucket), flushToDisk: false);
            await MakeAsync(screen, made, options, force, "name another folder with --dir.", cancellationToken);
            return made;
        });

    /// <summary>Makes the dataset in a bucket where it is not there yet.</summary>
    /// <param name="screen">Where its progress is shown.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="options">Which dataset.</param>
    /// <param name="force">Make it again.</param>
    /// <param name="elsewhere">What to do where the bucket holds somebody else's, as the end of a sentence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    // One marker says that the bucket is the demo's, so that it may be emptied; the other, written last, that the data are whole.
    public static async Task MakeAsync(Screen screen, IObjectStore bucket, DemoOptions options, bool force, string elsewhere, CancellationToken cancellationToken)
    {
        var recipe = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"days {options.Days}, seed {options.Seed}\n"));
        var made = await bucket.GetBytesAsync(Made, cancellationToken: cancellationToken);
        if (!force && made is { } whole && whole.Content.AsSpan().SequenceEqual(recipe)) return;
        var old = new List<string>();
        await foreach (var entry in bucket.ListAsync(options.Folder, cancellationToken)) old.Add(entry.Key);
        if (old.Count > 0 && await bucket.HeadAsync(Ours, cancellationToken) is null)
            throw new Failure($"{bucket.Name}/{options.Folder} holds {old.Count} files that the demo did not make, such as '{old[0]}'; {elsewhere}");
        await bucket.PutBytesAsync(Ours, recipe, cancellationToken: cancellationToken);
        await bucket.DeleteAsync(Made, cancellationToken);
        foreach (var key in old) await bucket.DeleteAsync(key, cancellationToken);
        await screen.WithProgress("Making data", options.FileCount, bytes: false, async report =>
            await DemoDataset.WriteAsync(bucket, options, new ImmediateProgress<DemoProgress>(p => report(p.Files)), cancellationToken));
        await bucket.PutBytesAsync(Made, recipe, cancellationToken: cancellationToken);
    }
}
