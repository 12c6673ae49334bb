namespace KubeMetrics.Cli;

/// <summary>Writes a file that appears whole or not at all.</summary>
internal static class WholeFile
{
    public static async Task<T> WriteAsync<T>(string file, Func<Stream, Task<T>> write)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var unfinished = Path.Combine(folder, $".{Path.GetFileName(file)}.{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder);
            T result;
            await using (var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16)) result = await write(stream);
            File.Move(unfinished, file, overwrite: true);
            return result;
        }
        finally
        {
            if (File.Exists(unfinished)) File.Delete(unfinished);
        }
    }
}
