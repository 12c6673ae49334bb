using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// A bucket behind an S3 endpoint: Ceph's RADOS gateway, AWS, or another. What these do differently is hidden here; how
/// Ceph 16.2 behaves was measured.
/// </summary>
public sealed class S3Store : IObjectStore, IPassingStore, ICopyingStore
{
    internal const string Metadata = "x-amz-meta-";

    /// <summary>How long a connection is waited for while the content holds another: where all are held so, none would ever become free.</summary>
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(5);

    private readonly string _bucket;
    private readonly S3Calls _calls;
    private readonly TimeProvider _time;
    private readonly S3Uploads _uploads;

    /// <summary>Uses a bucket. That it is not there, or can't be reached, is said by the first operation.</summary>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="connection">How it is reached.</param>
    /// <param name="clients">The clients of this process.</param>
    /// <param name="time">The clock; the system's if not given.</param>
    public S3Store(string bucket, S3Connection connection, S3Clients clients, TimeProvider? time = null)
    {
        (_bucket, _time) = (bucket, time ?? TimeProvider.System);
        _calls = new S3Calls(bucket, connection, clients, _time);
        _uploads = new S3Uploads(this, _calls);
    }

    /// <summary>Larger objects the store copies part by part.</summary>
    internal long CopiedAtOnce { get; init; } = CopyRanges.AtOnce;

    /// <summary>How large these parts are, unless there would be too many.</summary>
    internal long CopiedPart { get; init; } = 512 << 20;

    /// <summary>Larger content <see cref="PutLargeAsync"/> puts part by part.</summary>
    internal long PutAtOnce { get; init; } = 1 << 30;

    /// <summary>How large these parts are, unless there would be too many.</summary>
    internal int PutPart { get; init; } = 32 << 20;

    /// <inheritdoc/>
    public string Name => _calls.Name;

    /// <summary>Lets everybody list the bucket and read its objects, without a signature.</summary>
    /// <exception cref="ObjectStoreException">It can't be set.</exception>
    public Task AllowReadingToAllAsync(CancellationToken cancellationToken = default)
    {
        // Without the right to list, what is not there would be answered as forbidden.
        var policy = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],
             "Resource":["arn:aws:s3:::{{_bucket}}","arn:aws:s3:::{{_bucket}}/*"]}]}
            """;
        return _calls.DoAsync(null, s3 => s3.PutBucketPolicyAsync(new PutBucketPolicyRequest { BucketName = _bucket, Policy = policy }, cancellationToken), cancellationToken);
    }

    /// <summary>Makes the bucket. That it is there and ours already is no error.</summary>
    /// <exception cref="ObjectStoreException">It can't be made, or belongs to somebody else.</exception>
    public async Task CreateBucketAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _calls.DoAsync(null, s3 => s3.PutBucketAsync(new PutBucketRequest { BucketName = _bucket, UseClientRegion = false }, cancellationToken), cancellationToken);
        }
        catch (ObjectStoreException e) when (e.InnerException is AmazonS3Exception { ErrorCode: "BucketAlreadyOwnedByYou" })
        {
            // as wanted
        }
        catch (ObjectStoreException e) when (e.InnerException is AmazonS3Exception { ErrorCode: "BucketAlreadyExists" })
        {
            throw new ObjectStoreException(ObjectStoreError.AccessDenied, $"The bucket '{_bucket}' belongs to somebody else; choose another name.", e);
        }
    }

    /// <inheritdoc/>
    public async Task<ObjectInfo?> HeadAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        var info = await _calls.DoAsync<ObjectInfo?>(key, async s3 =>
        {
            try
            {
                var head = await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _bucket, Key = key }, cancellationToken);
                return Info(key, head.ContentLength, head.ETag, head.LastModified, head.Headers, head.Metadata);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        }, cancellationToken);
        if (info is not null) return info;
        // The answer to HEAD has no body that would say what is not there: the object or the bucket; or who answers is no S3.
        if (!_calls.IsThere) await ListPageAsync(new ListRequest { Prefix = key, PageSize = 1 }, cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public async Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        options ??= new GetOptions();
        var request = new GetObjectRequest { BucketName = _bucket, Key = key, EtagToMatch = options.IfMatch };
        if (options.Range is { } range)
        {
            if (range.Start < 0 || range.Length <= 0) range.LengthWithin(key, long.MaxValue);
            request.ByteRange = range.Length is { } length ? new Amazon.S3.Model.ByteRange(range.Start, Last(range.Start, length)) : new Amazon.S3.Model.ByteRange($"bytes={range.Start}-");
        }

        try
        {
            // Read under a condition is what is copied: without the SDK as long as all is well.
            if (options.IfMatch is { } etag
                && await _calls.DirectlyAsync(direct => direct.GetAsync(_bucket, key, etag, request.ByteRange?.FormattedByteRange, cancellationToken), cancellationToken) is var (read, answer, length))
                return new StoredObject(read, new ReceivedStream(await answer.Content.ReadAsStreamAsync(cancellationToken), length, answer, e => _calls.Told(e, key)), length);

            var response = await _calls.DoAsync(key, s3 => s3.GetObjectAsync(request, cancellationToken), cancellationToken);
            var size = response.ContentRange is { } of ? long.Parse(of.AsSpan(of.IndexOf('/') + 1)) : response.ContentLength;
            var info = Info(key, size, response.ETag, response.LastModified, response.Headers, response.Metadata);
            return new StoredObject(info, new ReceivedStream(response.ResponseStream, response.ContentLength, response, e => _calls.Told(e, key)), response.ContentLength);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.NotFound)
        {
            return null;
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.InvalidRange)
        {
            if (await HeadAsync(key, cancellationToken) is { } there) options.Range!.Value.LengthWithin(key, there.Size); // says so, with the object's size
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        options ??= new PutOptions();
        ObjectMetadata.Check(key, options);
        cancellationToken.ThrowIfCancellationRequested();
        return await PutBody.StoreAsync(key, content, options.Length, body => PutAsync(key, body, options, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public bool CanPass => DirectRequests.CanReach(_calls.Connection);

    /// <inheritdoc/>
    public async Task<string?> TryPassAsync(string key, Stream content, PutOptions options, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        ObjectMetadata.Check(key, options);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var soon = _time.CreateTimer(_ => enough.Cancel(), null, Connecting, Timeout.InfiniteTimeSpan);
        var sent = new OnceSent(content, () => soon.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        try
        {
            return await _calls.DirectlyAsync(direct => direct.PutAsync(_bucket, key, sent, options.Length!.Value, options, enough.Token), enough.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>
    /// Stores an object of any size, replacing one of the same key, and returns its ETag: a large one in parts, so that its ETag is not its
    /// MD5. It is seen only when it is whole; where this fails, or is given up, nothing of it stays.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="content">What is read from where it stands to its end, once.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="ObjectStoreException">It can't be stored.</exception>
    public Task<string> PutLargeAsync(string key, Stream content, CancellationToken cancellationToken = default) =>
        new LargePut(this, _calls, _uploads, PutAtOnce, PutPart).PutAsync(key, content, cancellationToken);

    private async Task<string> PutAsync(string key, PutBody body, PutOptions options, CancellationToken cancellationToken)
    {
        PutObjectRequest Request(Stream content)
        {
            var request = new PutObjectRequest
            {
                BucketName = _bucket,
                Key = key,
                InputStream = content,
                AutoCloseStream = false,
                AutoResetStreamPosition = false,
                UseChunkEncoding = false, // else Ceph stores it as encoded in chunks
                DisablePayloadSigning = _calls.IsSecure ? true : null,
                ContentType = options.ContentType,
                IfMatch = options.IfMatch, // as it is: Ceph does not know it in quotes
                IfNoneMatch = options.IfAbsent ? "*" : null,
            };
            request.Headers.ContentLength = body.Length;
            if (options.Md5 is { } md5) request.MD5Digest = Convert.ToBase64String(Convert.FromHexString(md5));
            foreach (var (name, value) in options.Metadata) request.Metadata.Add(name, value);
            return request;
        }

        var isConditional = options is not { IfMatch: null, IfAbsent: false };
        if (options.Md5 is not null && !isConditional
            && await _calls.DirectlyAsync(direct => body.SendAsync(content => direct.PutAsync(_bucket, key, content, body.Length, options, cancellationToken), cancellationToken), cancellationToken) is { } stored)
            return stored;

        async Task<string> SendAsync(IAmazonS3 s3) => _calls.ETag((await body.SendAsync(content => s3.PutObjectAsync(Request(content), cancellationToken), cancellationToken)).ETag);
        async Task<string?> MineAsync()
        {
            // Of equal content two writers might both think that they won: what is put under a condition names its writer.
            var mine = Convert.ToHexStringLower(await MD5.HashDataAsync(body.Rewound(), cancellationToken));
            return (await HeadAsync(key, cancellationToken))?.ETag == mine ? mine : null;
        }

        return await _calls.StoringAsync(key, options, SendAsync, cancellationToken, isConditional ? MineAsync : null);
    }

    /// <inheritdoc/>
    public Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default) => CopyFromAsync(this, sourceKey, key, ifMatch, cancellationToken);

    /// <inheritdoc/>
    public bool CanCopyFrom(IObjectStore source) => source is S3Store other && !_calls.Connection.Anonymous && _calls.Connection.HasKeysOf(other._calls.Connection);

    /// <inheritdoc/>
    public Task<string> CopyFromAsync(IObjectStore source, string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(sourceKey);
        ObjectKey.Check(key);
        return new ServerCopy(source, ((S3Store)source)._bucket, _calls, _uploads, CopiedAtOnce, CopiedPart).CopyAsync(sourceKey, key, ifMatch, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        try
        {
            await _calls.DoAsync(key, s3 => s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = key }, cancellationToken), cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.NotFound)
        {
            // gone already
        }
    }

    /// <inheritdoc/>
    public async Task<ListPage> ListPageAsync(ListRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.PageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.PageSize, ListRequest.MaxPageSize);
        var page = await _calls.DoAsync(null, s3 => s3.ListObjectsV2Async(new ListObjectsV2Request
        {
            BucketName = _bucket,
            Prefix = request.Prefix,
            Delimiter = request.ByFolder ? "/" : null,
            MaxKeys = request.PageSize,
            ContinuationToken = request.ContinuationToken,
            Encoding = EncodingType.Url, // a key may hold what XML can't
        }, cancellationToken), cancellationToken);
        _calls.Always(page.Name);
        return new ListPage(
            [.. (page.S3Objects ?? []).Select(one => new ObjectEntry(S3Answers.Decoded(one.Key), one.Size ?? 0, S3Answers.Bare(one.ETag), S3Answers.Utc(one.LastModified)))],
            [.. (page.CommonPrefixes ?? []).Select(S3Answers.Decoded)],
            page.IsTruncated == true ? page.NextContinuationToken : null);
    }

    /// <inheritdoc/>
    public Task<string> StartUploadAsync(string key, UploadOptions? options = null, CancellationToken cancellationToken = default) => _uploads.StartAsync(key, options ?? new UploadOptions(), cancellationToken);

    /// <inheritdoc/>
    public Task<UploadPart> PutPartAsync(string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default) =>
        _uploads.PutPartAsync(key, uploadId, number, content, length, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken = default) => _uploads.ListPartsAsync(key, uploadId, cancellationToken);

    /// <inheritdoc/>
    public Task<string> CompleteUploadAsync(string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default) =>
        _uploads.CompleteAsync(key, uploadId, parts, cancellationToken);

    /// <inheritdoc/>
    public Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken = default) => _uploads.AbortAsync(key, uploadId, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<Upload> ListUploadsAsync(string prefix = "", CancellationToken cancellationToken = default) => _uploads.ListAsync(prefix, cancellationToken);

    private ObjectInfo Info(string key, long size, string etag, DateTime? modified, HeadersCollection headers, MetadataCollection metadata) => new(key, size, _calls.ETag(etag), S3Answers.Utc(modified))
    {
        ContentType = string.IsNullOrEmpty(headers.ContentType) ? null : headers.ContentType,
        Metadata = metadata.Count == 0 ? ObjectMetadata.None : metadata.Keys.ToDictionary(name => name.StartsWith(Metadata, StringComparison.Ordinal) ? name[Metadata.Length..] : name, name => metadata[name]),
    };

    private static long Last(long start, long length) => length > long.MaxValue - start ? long.MaxValue : start + length - 1;
}
