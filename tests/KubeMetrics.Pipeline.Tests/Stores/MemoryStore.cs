using System.Collections.Concurrent;
using System.Security.Cryptography;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Tests.Stores;

/// <summary>A bucket in memory whose ETags are checksums as S3's are, of parts too.</summary>
internal sealed class MemoryStore(string name = "memory") : IObjectStore
{
    private readonly ConcurrentDictionary<string, Kept> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Parts> _uploads = new(StringComparer.Ordinal);

    public string Name => name;

    /// <summary>How many uploads are neither completed nor aborted.</summary>
    public int OpenUploads => _uploads.Count;

    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(ObjectKey.Order)];

    /// <summary>Puts an object as a program does that takes parts of some size, or none.</summary>
    public void Add(string key, byte[] content, int? partSize = null, string? etag = null, UploadOptions? options = null)
    {
        if (etag is null && partSize is { } size)
        {
            var digests = content.Chunk(size).Select(MD5.HashData).ToList();
            etag = $"{Hex(MD5.HashData(digests.SelectMany(one => one).ToArray()))}-{digests.Count}";
        }

        _objects[key] = new Kept(content, etag ?? Hex(MD5.HashData(content)), options ?? new UploadOptions());
    }

    public byte[] Content(string key) => _objects[key].Content;

    public ObjectInfo Info(string key) => _objects[key].Info(key);

    public Task<ObjectInfo?> HeadAsync(string key, CancellationToken cancellationToken = default) => Task.FromResult(_objects.GetValueOrDefault(key)?.Info(key));

    public Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (!_objects.TryGetValue(key, out var kept)) return Task.FromResult<StoredObject?>(null);
        if (options?.IfMatch is { } wanted && wanted != kept.ETag) throw new ObjectStoreException(ObjectStoreError.PreconditionFailed, $"'{key}' has changed.");
        var (start, length) = options?.Range is { } range ? ((int)range.Start, (int)range.LengthWithin(key, kept.Content.Length)) : (0, kept.Content.Length);
        return Task.FromResult<StoredObject?>(new StoredObject(kept.Info(key), new MemoryStream(kept.Content, start, length, writable: false), length));
    }

    public async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PutOptions();
        var bytes = await ReadAsync(content, cancellationToken);
        if (options.Md5 is { } md5 && md5 != Hex(MD5.HashData(bytes))) throw new ObjectStoreException(ObjectStoreError.WrongContent, $"'{key}' has another checksum than was said.");
        lock (_objects)
        {
            var there = _objects.GetValueOrDefault(key);
            if ((options.IfAbsent && there is not null) || (options.IfMatch is { } wanted && there?.ETag != wanted))
                throw new ObjectStoreException(ObjectStoreError.PreconditionFailed, $"'{key}' is not as expected.");
            Add(key, bytes, options: options);
        }

        return _objects[key].ETag;
    }

    public Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        if (!_objects.TryGetValue(sourceKey, out var kept)) throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{sourceKey}' is not there.");
        if (ifMatch is not null && ifMatch != kept.ETag) throw new ObjectStoreException(ObjectStoreError.PreconditionFailed, $"'{sourceKey}' has changed.");
        _objects[key] = kept;
        return Task.FromResult(kept.ETag);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        _objects.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    public Task<ListPage> ListPageAsync(ListRequest request, CancellationToken cancellationToken = default)
    {
        var keys = Keys.Where(key => key.StartsWith(request.Prefix, StringComparison.Ordinal) && (request.ContinuationToken is null || ObjectKey.Compare(key, request.ContinuationToken) > 0)).ToList();
        var page = keys.Take(request.PageSize).ToList();
        return Task.FromResult(new ListPage([.. page.Select(key => new ObjectEntry(key, Info(key).Size, Info(key).ETag, ManualTime.Begin))], [], keys.Count > page.Count ? page[^1] : null));
    }

    public Task<string> StartUploadAsync(string key, UploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        var id = Guid.NewGuid().ToString("N");
        _uploads[id] = new Parts(key, options ?? new UploadOptions());
        return Task.FromResult(id);
    }

    public async Task<UploadPart> PutPartAsync(string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default)
    {
        var upload = Upload(key, uploadId);
        var bytes = await ReadAsync(content, cancellationToken);
        upload.Stored[number] = bytes;
        return new UploadPart(number, Hex(MD5.HashData(bytes)), bytes.Length);
    }

    public Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<UploadPart>>([.. Upload(key, uploadId).Stored.OrderBy(part => part.Key).Select(part => new UploadPart(part.Key, Hex(MD5.HashData(part.Value)), part.Value.Length))]);

    public Task<string> CompleteUploadAsync(string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default)
    {
        var upload = Upload(key, uploadId);
        if (parts.Any(part => !upload.Stored.TryGetValue(part.Number, out var bytes) || Hex(MD5.HashData(bytes)) != part.ETag))
            throw new ObjectStoreException(ObjectStoreError.InvalidPart, $"A part of '{key}' is not as it was.");
        var contents = parts.Select(part => upload.Stored[part.Number]).ToList();
        Add(key, [.. contents.SelectMany(one => one)], etag: $"{Hex(MD5.HashData(contents.SelectMany(MD5.HashData).ToArray()))}-{parts.Count}", options: upload.Options);
        _uploads.TryRemove(uploadId, out _);
        return Task.FromResult(_objects[key].ETag);
    }

    public Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken = default)
    {
        _uploads.TryRemove(uploadId, out _);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<Upload> ListUploadsAsync(string prefix = "", [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var (id, upload) in _uploads)
            if (upload.Key.StartsWith(prefix, StringComparison.Ordinal))
                yield return new Upload(upload.Key, id, DateTimeOffset.MaxValue);
    }

    private Parts Upload(string key, string id) =>
        _uploads.TryGetValue(id, out var upload) && upload.Key == key ? upload : throw new ObjectStoreException(ObjectStoreError.UploadNotFound, $"There is no such upload of '{key}'.");

    private static async Task<byte[]> ReadAsync(Stream content, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }

    private static string Hex(byte[] digest) => Convert.ToHexStringLower(digest);

    private sealed record Kept(byte[] Content, string ETag, UploadOptions Options)
    {
        public ObjectInfo Info(string key) => new(key, Content.Length, ETag, ManualTime.Begin) { ContentType = Options.ContentType, Metadata = Options.Metadata };
    }

    private sealed record Parts(string Key, UploadOptions Options)
    {
        public ConcurrentDictionary<int, byte[]> Stored { get; } = [];
    }
}
