namespace KubeMetrics.ObjectStorage.Folder;

/// <summary>
/// A folder as a bucket: each object a file at its key, readable by any program. What files have not (content types,
/// metadata, uploads under way, locks) lies in <c>.kubemetrics/</c> and is never listed.
/// <list type="bullet">
/// <item>Writes go to a hidden file that is renamed, so readers see the old object or the new one.</item>
/// <item>ETags are made of size and time of change, so files that other programs put there have one too. The store gives
/// each of its own writes to a key a time of its own; two writes of one size by other programs within one tick of the file
/// system's clock can't be told apart.</item>
/// <item>Conditions hold between processes on one machine, by file locks (on network file systems: where those work).</item>
/// <item>A key can't be both a file and a folder, and has no empty names between slashes. Upper and lower case and Unicode
/// forms are as the file system has them.</item>
/// <item>Symbolic links below the folder are not followed: they are listed, and refused when opened.</item>
/// </list>
/// </summary>
public sealed class FolderStore : IObjectStore
{
    /// <summary>The folder, hidden from listings, in which a store keeps its own records: where it is, its parent is a store.</summary>
    public const string RecordsFolder = ".kubemetrics";

    private readonly FolderLayout _layout;
    private readonly FolderWriter _writer;
    private readonly FolderUploads _uploads;
    private readonly bool _copiesByLink;

    /// <summary>Uses a folder. That it is not there is said by the first operation; see <see cref="Create"/>.</summary>
    /// <param name="folder">The folder's path.</param>
    /// <param name="flushToDisk">
    /// Whether a write returns only when its content has reached the disk, so that it outlives a power failure. A killed
    /// process loses nothing either way; without it many small writes are several times faster.
    /// </param>
    /// <param name="time">The clock; the system's if not given.</param>
    /// <param name="copiesByLink">
    /// Whether a copy is another name of the same file, where the file system has that: it costs no reading, no writing and no room. The store never
    /// changes a file in place, so the two go on as two; only a program that writes into one changes the other.
    /// </param>
    public FolderStore(string folder, bool flushToDisk = true, TimeProvider? time = null, bool copiesByLink = false)
    {
        _copiesByLink = copiesByLink;
        time ??= TimeProvider.System;
        _layout = new FolderLayout(folder);
        _writer = new FolderWriter(_layout, flushToDisk, time);
        _uploads = new FolderUploads(_layout, _writer, time);
    }

    /// <summary>Uses a folder and makes it first if it is not there.</summary>
    public static FolderStore Create(string folder, bool flushToDisk = true, TimeProvider? time = null, bool copiesByLink = false)
    {
        Directory.CreateDirectory(folder);
        return new FolderStore(folder, flushToDisk, time, copiesByLink);
    }

    /// <inheritdoc/>
    public string Name => _layout.Root;

    /// <inheritdoc/>
    public async Task<ObjectInfo?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        await using var found = await GetAsync(key, null, cancellationToken);
        return found?.Info;
    }

    /// <inheritdoc/>
    public Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        options ??= new GetOptions();
        var path = _layout.PathOf(key);
        if (Open(key, path) is not var (file, info)) return Task.FromResult<StoredObject?>(null);
        try
        {
            if (options.IfMatch is { } wanted && wanted != info.ETag)
                throw new ObjectStoreException(ObjectStoreError.PreconditionFailed,
                    $"'{key}' in {Name} has changed: version {wanted} was expected, {info.ETag} is there.");
            if (options.Range is not { } range) return Task.FromResult<StoredObject?>(new StoredObject(info, file, info.Size));
            var length = range.LengthWithin(key, info.Size);
            file.Position = range.Start;
            return Task.FromResult<StoredObject?>(new StoredObject(info, new RangeStream(file, length), length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PutOptions();
        _layout.PathOf(key);
        ObjectMetadata.Check(key, options);
        using var hashed = options.Md5 is null ? null : new HashedStream(content);
        var hidden = await _writer.WriteHiddenAsync(key, hashed ?? content, options.Length, cancellationToken, options.MayBeLostWithPower);
        if (hashed is not null && hashed.Md5() != options.Md5)
        {
            File.Delete(hidden);
            throw new ObjectStoreException(ObjectStoreError.WrongContent, $"'{key}' came to {Name} with another checksum than was said; nothing was written.");
        }

        return await _writer.CommitAsync(key, hidden, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        await using var source = await GetAsync(sourceKey, new GetOptions { IfMatch = ifMatch }, cancellationToken)
            ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{sourceKey}' is not in {Name}, so it can't be copied to '{key}'.");
        var options = new PutOptions { ContentType = source.Info.ContentType, Metadata = source.Info.Metadata, Length = source.Length };
        if (_copiesByLink && sourceKey != key && await _writer.TryLinkAsync(source.Info, key, options, cancellationToken)) return source.Info.ETag;
        return await PutAsync(key, source.Content, options, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken = default) => _writer.DeleteAsync(key, cancellationToken);

    /// <inheritdoc/>
    public Task<ListPage> ListPageAsync(ListRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.PageSize, ListRequest.MaxPageSize);
        return Task.Run(() =>
        {
            try
            {
                return new FolderListing(_layout, request, cancellationToken).List();
            }
            catch (UnauthorizedAccessException e)
            {
                throw new ObjectStoreException(ObjectStoreError.AccessDenied, $"'{request.Prefix}' in {Name} can't be listed: {e.Message}", e);
            }
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<string> StartUploadAsync(string key, UploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new UploadOptions();
        _layout.PathOf(key);
        ObjectMetadata.Check(key, options);
        return _uploads.StartAsync(key, options, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<UploadPart> PutPartAsync(
        string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default) =>
        _uploads.PutPartAsync(key, uploadId, number, content, length, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken = default) =>
        Task.FromResult(_uploads.ListParts(key, uploadId));

    /// <inheritdoc/>
    public Task<string> CompleteUploadAsync(
        string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default) =>
        _uploads.CompleteAsync(key, uploadId, parts, cancellationToken);

    /// <inheritdoc/>
    public Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken = default)
    {
        _uploads.Abort(key, uploadId);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Upload> ListUploadsAsync(string prefix = "", CancellationToken cancellationToken = default) =>
        _uploads.ListAsync(prefix, cancellationToken);

    private (FileStream File, ObjectInfo Info)? Open(string key, string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (_layout.Probe(key, out _) != PathKind.File)
            {
                _layout.CheckBucket();
                return null;
            }

            FileStream file;
            try
            {
                file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            }
            catch (Exception e) when (attempt < 100 && e is FileNotFoundException or DirectoryNotFoundException)
            {
                continue; // deleted since: look again
            }
            catch (UnauthorizedAccessException e)
            {
                throw new ObjectStoreException(ObjectStoreError.AccessDenied, $"'{key}' in {Name} can't be read: {e.Message}", e);
            }

            // From the open file, so that what is said and what is read are the same version.
            var changed = File.GetLastWriteTimeUtc(file.SafeFileHandle);
            var etag = FolderLayout.ETag(changed, file.Length);
            var metadata = FolderMetadata.Read(_layout, key, etag);
            if (metadata is null && attempt < 100 && WasReplaced(path, etag))
            {
                file.Dispose();
                continue; // replaced since, and its metadata deleted: take the new version
            }

            var info = new ObjectInfo(key, file.Length, etag, new DateTimeOffset(changed))
            {
                ContentType = metadata?.ContentType ?? ContentTypes.Of(key),
                Metadata = metadata?.Metadata ?? ObjectMetadata.None,
            };
            return (file, info);
        }
    }

    private static bool WasReplaced(string path, string etag)
    {
        var now = new FileInfo(path);
        return !now.Exists || FolderLayout.ETag(now.LastWriteTimeUtc, now.Length) != etag;
    }
}
