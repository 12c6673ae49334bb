using System.Globalization;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Reports;

namespace KubeMetrics.Cli;

/// <summary>Finds what a person named on the command line: files as they are, folders with all the dumps beneath them.</summary>
internal static class Inputs
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    /// <summary>
    /// The files behind <paramref name="paths"/>, in a stable order, each once. In folders only names that end like a dump
    /// count, and none below a name that starts with <c>_</c> or <c>.</c> (what other programs keep for themselves). What is
    /// not there stays among them as an input that can't be read, so that it is named and the others are read all the same.
    /// </summary>
    /// <param name="paths">What was named.</param>
    /// <param name="leftOut">How many files in the folders had another kind of name.</param>
    /// <exception cref="Failure">What was named can't be a path of this machine.</exception>
    public static IReadOnlyList<InputObject> Find(IReadOnlyList<string> paths, out int leftOut)
    {
        var found = new SortedDictionary<string, InputObject>(StringComparer.Ordinal);
        leftOut = 0;
        foreach (var path in paths)
        {
            if (path.Length == 0) throw new Failure("A path is empty; name a file or a folder.", ExitCode.Usage);
            if (path.StartsWith("s3://", StringComparison.OrdinalIgnoreCase))
                throw new Failure($"'{path}' is in object storage, which this version does not read yet; copy it to a folder first (rclone copy, aws s3 cp).");
            foreach (var input in Behind(path, ref leftOut)) found[Path.GetFullPath(input.Name)] = input;
        }

        return [.. found.Values];
    }

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
