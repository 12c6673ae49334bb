using System.Globalization;
using KubeMetrics.Cli.Commands;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Reports;

namespace KubeMetrics.Cli;

/// <summary>What a person named, found; it is read while this is not disposed of.</summary>
/// <param name="all">The inputs.</param>
/// <param name="leftOut">How many files in the folders had another kind of name.</param>
/// <param name="stores">The buckets that some are in.</param>
internal sealed class FoundInputs(IReadOnlyList<InputObject> all, int leftOut, Lazy<StoreAccess> stores) : IDisposable
{
    public IReadOnlyList<InputObject> All { get; } = all;

    public int LeftOut { get; } = leftOut;

    public void Dispose()
    {
        if (stores.IsValueCreated) stores.Value.Dispose();
    }
}

/// <summary>Finds what a person named on the command line: files as they are, folders with all the dumps beneath them.</summary>
internal static class Inputs
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>
    /// The files behind <paramref name="paths"/>, in a stable order, each once. In folders only names that end like a dump
    /// count, and none below a name that starts with <c>_</c> or <c>.</c> (what other programs keep for themselves). What is
    /// not there stays among them as an input that can't be read, so that it is named and the others are read all the same.
    /// </summary>
    /// <param name="screen">Takes the warnings of settings.</param>
    /// <param name="paths">What was named: paths, and <c>s3://bucket/prefix</c>.</param>
    /// <param name="settings">The settings file that says how buckets are reached; null for those in the current folder.</param>
    /// <param name="cancellationToken">Ends the listing of buckets.</param>
    /// <exception cref="Failure">What was named can't be a path of this machine, or a bucket's.</exception>
    /// <exception cref="ObjectStoreException">A bucket can't be listed.</exception>
    public static async Task<FoundInputs> FindAsync(Screen screen, IReadOnlyList<string> paths, string? settings, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<string, InputObject>(StringComparer.Ordinal);
        var leftOut = 0;
        var stores = new Lazy<StoreAccess>(() => new StoreAccess(TimeProvider.System, HostArguments.Read(screen, settings).Storage));
        foreach (var path in paths)
        {
            if (path.Length == 0) throw new Failure("A path is empty; name a file or a folder.", ExitCode.Usage);
            if (path.StartsWith("s3://", StringComparison.OrdinalIgnoreCase))
            {
                foreach (var input in await InBucketAsync(stores, path, cancellationToken)) found[input.Name] = input;
                continue;
            }

            foreach (var input in Behind(await InForceAsync(path, cancellationToken), ref leftOut)) found[Path.GetFullPath(input.Name)] = input;
        }

        return new FoundInputs([.. found.Values], leftOut, stores);
    }

    private static async Task<IReadOnlyList<InputObject>> InBucketAsync(Lazy<StoreAccess> stores, string path, CancellationToken cancellationToken)
    {
        StoreUri place;
        try
        {
            place = StoreUri.Parse(path);
        }
        catch (FormatException e)
        {
            throw new Failure(e.Message, ExitCode.Usage);
        }

        var bucket = stores.Value.Bucket(place);
        // An object is read whatever its name; else it is a folder.
        if (place.Key.Length > 0 && !place.Key.EndsWith('/') && await bucket.HeadAsync(place.Key, cancellationToken) is { } entry) return [StoreInputs.Of(bucket, entry)];
        var read = await Outputs.InForceAsync(new StorePlace(bucket, place.Key), cancellationToken);
        var below = await StoreInputs.ListAsync(bucket, read.Prefix, cancellationToken);
        return below.Count > 0 ? below : [Missing(path, $"nothing there ends in .json, .jsonl or .ndjson, with or without .gz or .bz2; see what there is: kubemetrics store ls s3://{place.Bucket}")];
    }

    /// <summary>Where results of jobs take each other's place, the one in force.</summary>
    private static async Task<string> InForceAsync(string path, CancellationToken cancellationToken) =>
        File.Exists(Path.Combine(path, Outputs.Latest)) && (await Outputs.InForceAsync(new StorePlace(new FolderStore(Path.GetFullPath(path)), ""), cancellationToken)).Prefix is { Length: > 0 } folder ? Path.Combine(path, folder) : path;

    private static List<InputObject> Behind(string path, ref int leftOut)
    {
        if (File.Exists(path)) return [Local(path)];
        if (!Directory.Exists(path)) return [Missing(path, $"there is no such file or folder; check the path (now in {Directory.GetCurrentDirectory()}).")];
        var below = Below(path, ref leftOut);
        return below.Count > 0
            ? below
            : [Missing(path, "no file in this folder ends in .json, .jsonl or .ndjson, with or without .gz or .bz2; name files themselves if theirs end otherwise.")];
    }

    private static InputObject Missing(string path, string why) => new(path, 0, "missing", _ => throw new FileNotFoundException(why));

    /// <summary>A file on this machine as an input.</summary>
    public static InputObject Local(string path)
    {
        var file = new FileInfo(path);
        var etag = string.Create(CultureInfo.InvariantCulture, $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}");
        return new InputObject(path, file.Length, etag,
            _ => ValueTask.FromResult<Stream>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan)));
    }

    // A folder that may not be listed stays among the inputs as one that can't be read, so that it is named.
    private static List<InputObject> Below(string folder, ref int leftOut)
    {
        var found = new List<InputObject>();
        var folders = new Stack<string>([folder]);
        while (folders.TryPop(out var next))
        {
            FileSystemInfo[] entries;
            try
            {
                entries = new DirectoryInfo(next).GetFileSystemInfos("*", Everything);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                found.Add(Missing(next, e.Message));
                continue;
            }

            // Reports of earlier runs lie about where people work; they are JSON, but no dumps.
            var names = entries.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
            if (names.Contains(ReportFiles.Document) && names.Contains(ReportFiles.Page)) continue;
            foreach (var entry in entries)
            {
                var path = Path.Combine(next, entry.Name);
                if (DumpNames.IsHidden(entry.Name) || (entry.Name == ReportFiles.Latest && names.Contains(FolderStore.RecordsFolder))) continue;
                if (entry is DirectoryInfo)
                {
                    // A link to a folder may lead back up: it is not followed.
                    if (entry.LinkTarget is null) folders.Push(path);
                }
                else if (!DumpNames.IsDump(entry.Name)) leftOut++;
                else found.Add(HasBytes((FileInfo)entry) ? Local(path) : new InputObject(path, 0, "empty", _ => ValueTask.FromResult(Stream.Null)));
            }
        }

        return found;
    }

    // A pipe or a device lying about in a folder has no bytes either, and opening it could wait for ever: it is taken as empty.
    private static bool HasBytes(FileInfo file) => file.LinkTarget is not null || file.Length > 0;
}
