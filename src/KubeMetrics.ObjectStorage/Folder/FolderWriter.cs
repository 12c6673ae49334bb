namespace KubeMetrics.ObjectStorage.Folder;

/// <summary>
/// Writes objects so that they appear whole or not at all: into a hidden file first, which is then renamed under the
/// key's lock, where the condition is looked at and the version gets its time of change.
/// </summary>
internal sealed class FolderWriter(FolderLayout layout, bool flushToDisk, TimeProvider time)
{
    // A hidden file this old was left by a process that was killed: nobody writes one object for so long.
    private static readonly TimeSpan LeftOver = TimeSpan.FromDays(2);

    private const int BufferSize = 1 << 20;

    private int _cleaned;

    /// <summary>Writes content into a hidden file and returns its path; leaves none behind where that fails.</summary>
    internal async Task<string> WriteHiddenAsync(string key, Stream content, long? length, CancellationToken cancellationToken, bool mayBeLostWithPower = false)
    {
        layout.CheckBucket();
        if (Interlocked.Exchange(ref _cleaned, 1) == 0) DeleteLeftOvers();
        var hidden = layout.NewTemporary();
        try
        {
            using var file = new FileStream(hidden, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                BufferSize = 0,
                // So that a full disk is seen at once; of a small object it is at once anyway.
                PreallocationSize = length >= BufferSize ? length.Value : 0,
            });
            await CopyAsync(key, content, file, length, cancellationToken);
            if (flushToDisk && !mayBeLostWithPower) file.Flush(flushToDisk: true);
            return hidden;
        }
        catch (Exception e)
        {
            File.Delete(hidden);
            throw Explain(e, key, length ?? 0);
        }
    }

    /// <summary>Makes a hidden file the object of a key if the condition holds, and returns the ETag; deletes the hidden file otherwise.</summary>
    internal async Task<string> CommitAsync(string key, string hidden, PutOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await FolderLock.AcquireAsync(layout, key, time, cancellationToken);
            var path = layout.PathOf(key);
            var current = Current(key, path, options);
            var changed = held.Stamp(hidden, time.GetUtcNow().UtcDateTime, current?.Changed);
            var etag = FolderLayout.ETag(changed, new FileInfo(hidden).Length);
            FolderMetadata.Write(layout, key, etag, options);
            Rename(hidden, path);
            if (current is { } replaced) FolderMetadata.Delete(layout, key, replaced.ETag);
            return etag;
        }
        catch (Exception e)
        {
            File.Delete(hidden);
            throw Explain(e, key);
        }
    }

    /// <summary>Makes another name for an object's file; false where that can't be: the file system has no such names, or the object is another by now.</summary>
    internal async Task<bool> TryLinkAsync(ObjectInfo source, string key, PutOptions options, CancellationToken cancellationToken)
    {
        var hidden = layout.NewTemporary();
        if (!HardLink.TryMake(layout.PathOf(source.Key), hidden)) return false;
        try
        {
            var file = new FileInfo(hidden);
            if (FolderLayout.ETag(file.LastWriteTimeUtc, file.Length) != source.ETag) return false;
            using var held = await FolderLock.AcquireAsync(layout, key, time, cancellationToken);
            var path = layout.PathOf(key);
            var current = Current(key, path, options);
            // Its time stays, and with it the version: to change it would change the source's too.
            FolderMetadata.Write(layout, key, source.ETag, options);
            Rename(hidden, path);
            if (current is { } replaced && replaced.ETag != source.ETag) FolderMetadata.Delete(layout, key, replaced.ETag);
            return true;
        }
        catch (Exception e)
        {
            throw Explain(e, key);
        }
        finally
        {
            File.Delete(hidden); // still there where both were names of one file already, or nothing came of it
        }
    }

    /// <summary>Deletes an object, and the folders that are empty then: a bucket has none.</summary>
    internal async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = layout.PathOf(key);
        layout.CheckBucket();
        if (layout.Probe(key, out _) != PathKind.File) return;
        try
        {
            using var held = await FolderLock.AcquireAsync(layout, key, time, cancellationToken);
            if (layout.Probe(key, out _) != PathKind.File) return;
            var file = new FileInfo(path);
            var etag = FolderLayout.ETag(file.LastWriteTimeUtc, file.Length);
            file.Delete();
            FolderMetadata.Delete(layout, key, etag);
            DeleteEmptyFolders(Path.GetDirectoryName(path)!);
        }
        catch (Exception e)
        {
            throw Explain(e, key);
        }
    }

    private (DateTime Changed, string ETag)? Current(string key, string path, PutOptions options)
    {
        (DateTime Changed, string ETag)? current = null;
        var kind = layout.Probe(key, out var blocker);
        if (blocker is not null)
            throw ObjectKey.Invalid(key, $"'{blocker}' is an object in {layout.Root}, and a file can't be a folder as well; use another key");
        if (kind == PathKind.Folder && HoldsFiles(path))
            throw ObjectKey.Invalid(key, $"'{key}/' holds objects in {layout.Root}, and a folder can't be a file as well; use another key");
        if (kind == PathKind.File)
        {
            var file = new FileInfo(path);
            current = (file.LastWriteTimeUtc, FolderLayout.ETag(file.LastWriteTimeUtc, file.Length));
        }

        if (options.IfAbsent && current is not null)
            throw new ObjectStoreException(ObjectStoreError.PreconditionFailed, $"'{key}' exists already in {layout.Root}.");
        if (options.IfMatch is { } wanted && current?.ETag != wanted)
            throw new ObjectStoreException(ObjectStoreError.PreconditionFailed, current is null
                ? $"'{key}' is not in {layout.Root} any more; its version {wanted} was expected."
                : $"'{key}' in {layout.Root} has changed: version {wanted} was expected, {current.Value.ETag} is there.");
        return current;
    }

    private static void Rename(string hidden, string path)
    {
        // A neighbour that is deleted meanwhile takes the empty folder with it; then it is made again.
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (Directory.Exists(path)) DeleteEmptyTree(path);
                File.Move(hidden, path, overwrite: true);
                return;
            }
            catch (IOException) when (attempt < 1000)
            {
                // Which of its kinds it is depends on where between two looks the folder went; what stays wrong is thrown in the end.
                Thread.Yield();
            }
        }
    }

    private static bool HoldsFiles(string folder) => Directory.EnumerateFileSystemEntries(folder).Any(entry =>
        !File.GetAttributes(entry).HasFlag(FileAttributes.Directory) || File.GetAttributes(entry).HasFlag(FileAttributes.ReparsePoint) || HoldsFiles(entry));

    // Only ever removes folders that are empty by then: Directory.Delete refuses others.
    private static void DeleteEmptyTree(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(folder)) DeleteEmptyTree(inner);
        Directory.Delete(folder);
    }

    private void DeleteEmptyFolders(string folder)
    {
        try
        {
            for (; folder.Length > layout.Root.Length; folder = Path.GetDirectoryName(folder)!) Directory.Delete(folder);
        }
        catch (IOException)
        {
            // not empty, or somebody else was faster
        }
    }

    private void DeleteLeftOvers()
    {
        if (!Directory.Exists(layout.Temporary)) return;
        var limit = time.GetUtcNow().UtcDateTime - LeftOver;
        foreach (var file in Directory.EnumerateFiles(layout.Temporary))
            if (File.GetLastWriteTimeUtc(file) < limit)
                File.Delete(file);
    }

    private static async Task CopyAsync(string key, Stream content, FileStream file, long? length, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length ?? BufferSize, 1, BufferSize));
        try
        {
            var total = 0L;
            while (await content.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                total += read;
                if (total > length) break;
                file.Write(buffer, 0, read);
            }

            if (length is { } expected && total != expected)
                throw new ObjectStoreException(ObjectStoreError.WrongLength,
                    $"'{key}' was not stored: its content {(total > expected ? "goes on after" : $"ended at byte {total} of")} the {expected} bytes that were said.");
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Exception Explain(Exception e, string key, long length = 0) => e switch
    {
        ObjectStoreException or OperationCanceledException => e,
        UnauthorizedAccessException => new ObjectStoreException(ObjectStoreError.AccessDenied,
            $"'{key}' could not be written in {layout.Root}: {e.Message} Give this user the right to write there, or use another folder.", e),
        IOException when DiskSpace.IsWanting(e, layout.Root, length) => new ObjectStoreException(ObjectStoreError.Unavailable,
            $"There is no room left in {layout.Root} for '{key}': free space there, or use another folder.", e),
        IOException => new ObjectStoreException(ObjectStoreError.Unavailable, $"'{key}' could not be written in {layout.Root}: {e.Message}", e),
        _ => e,
    };
}
