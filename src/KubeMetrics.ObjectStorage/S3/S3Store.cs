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
public sealed class S3Store : IObjectStore, IPassingStore
{
    internal const string Metadata = "x-amz-meta-";
    private const int CopiedTogether = 4;
    private static readonly TimeSpan GivingUp = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection is waited for while the content holds another: where all are held so, none would ever become free.</summary>
    private static readonly TimeSpan Connecting = TimeSpan.FromSeconds(5);

    private readonly string _bucket;
    private readonly S3Calls _calls;
    private readonly TimeProvider _time;
    private volatile bool _isThere;

    /// <summary>Uses a bucket. That it is not there, or can't be reached, is said by the first operation.</summary>
    /// <param name="bucket">The bucket's name.</param>
    /// <param name="connection">How it is reached.</param>
    /// <param name="clients">The clients of this process.</param>
    /// <param name="time">The clock; the system's if not given.</param>
    public S3Store(string bucket, S3Connection connection, S3Clients clients, TimeProvider? time = null)
    {
        (_bucket, _time) = (bucket, time ?? TimeProvider.System);
        _calls = new S3Calls(bucket, connection, clients, _time);
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
    public string Name => $"s3://{_bucket}";

    // Over https the transport keeps the content from being changed; over http the SDK makes its hash part of the signature.
    internal bool IsSecure => _calls.Connection.Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>Lets everybody list the bucket and read its objects, without a signature.</summary>
    /// <exception cref="ObjectStoreException">It can't be set.</exception>
    public Task AllowReadingToAllAsync(CancellationToken cancellationToken = default)
    {
        // Without the right to list, what is not there would be answered as forbidden.
        var policy = $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],
             "Resource":["arn:aws:s3:::{{_bucket}}","arn:aws:s3:::{{_bucket}}/*"]}]}
            """;
        return DoAsync(null, s3 => s3.PutBucketPolicyAsync(new PutBucketPolicyRequest { BucketName = _bucket, Policy = policy }, cancellationToken), cancellationToken);
    }

    /// <summary>Makes the bucket. That it is there and ours already is no error.</summary>
    /// <exception cref="ObjectStoreException">It can't be made, or belongs to somebody else.</exception>
    public async Task CreateBucketAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await DoAsync(null, s3 => s3.PutBucketAsync(new PutBucketRequest { BucketName = _bucket, UseClientRegion = false }, cancellationToken), cancellationToken);
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
        var head = await _calls.DoAsync<GetObjectMetadataResponse?>(key, async s3 =>
        {
            try
            {
                return await s3.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = _bucket, Key = key }, cancellationToken);
            }
            catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
        }, cancellationToken);
        if (head is not null)
        {
            var info = Info(key, head.ContentLength, head.ETag, head.LastModified, head.Headers, head.Metadata);
            _isThere = true;
            return info;
        }

        // The answer to HEAD has no body that would say what is not there: the object or the bucket; or who answers is no S3.
        if (!_isThere) await ListPageAsync(new ListRequest { Prefix = key, PageSize = 1 }, cancellationToken);
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

            var response = await DoAsync(key, s3 => s3.GetObjectAsync(request, cancellationToken), cancellationToken);
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
        new LargePut(this, PutAtOnce, PutPart).PutAsync(key, content, cancellationToken);

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
                DisablePayloadSigning = IsSecure ? true : null,
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

        return await StoringAsync(key, options, () => DoAsync(key, SendAsync, cancellationToken, isConditional ? MineAsync : null));
    }

    /// <inheritdoc/>
    public async Task<string> CopyAsync(string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(sourceKey);
        ObjectKey.Check(key);
        var source = await HeadAsync(sourceKey, cancellationToken) ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{sourceKey}' in {Name} is not there.");
        if (ifMatch is not null && source.ETag != ifMatch) throw Changed(sourceKey);
        if (source.Size > CopiedAtOnce) return await CopyInPartsAsync(source, key, cancellationToken);
        var request = new CopyObjectRequest { SourceBucket = _bucket, SourceKey = sourceKey, DestinationBucket = _bucket, DestinationKey = key, ETagToMatch = ifMatch };
        // Ceph ignores S3's header for this and has one of its own.
        if (ifMatch is not null) ((IAmazonWebServiceRequest)request).AddBeforeRequestHandler((_, e) => ((WebServiceRequestEventArgs)e).Headers["x-amz-copy-if-match"] = ifMatch);
        return Bare((await DoAsync(sourceKey, s3 => s3.CopyObjectAsync(request, cancellationToken), cancellationToken)).ETag);
    }

    private async Task<string> CopyInPartsAsync(ObjectInfo source, string key, CancellationToken cancellationToken)
    {
        var upload = await StartUploadAsync(key, new UploadOptions { ContentType = source.ContentType, Metadata = source.Metadata }, cancellationToken);
        return await OrGiveUpAsync(key, upload, async () =>
        {
            var ranges = CopyRanges.Of(source.Size, CopiedPart);
            var parts = new UploadPart[ranges.Count];
            await Parallel.ForEachAsync(Enumerable.Range(0, ranges.Count), new ParallelOptions { MaxDegreeOfParallelism = CopiedTogether, CancellationToken = cancellationToken }, async (i, token) =>
            {
                var request = new CopyPartRequest
                {
                    SourceBucket = _bucket,
                    SourceKey = source.Key,
                    DestinationBucket = _bucket,
                    DestinationKey = key,
                    UploadId = upload,
                    PartNumber = i + 1,
                    FirstByte = ranges[i].First,
                    LastByte = ranges[i].Last,
                    ETagToMatch = [source.ETag],
                };
                var response = await DoAsync(source.Key, s3 => s3.CopyPartAsync(request, token), token);
                parts[i] = new UploadPart(i + 1, Bare(response.ETag), ranges[i].Last - ranges[i].First + 1);
            });
            // Ceph ignores the condition: before the parts become an object it is seen whether all are of one version.
            var now = await HeadAsync(source.Key, cancellationToken);
            if (now?.ETag != source.ETag || now.LastModified != source.LastModified) throw Changed(source.Key);
            return await CompleteUploadAsync(key, upload, parts, cancellationToken);
        });
    }

    /// <summary>Does something with an upload that nobody else knows of: where it fails, the parts would stay, and cost, for ever.</summary>
    internal async Task<string> OrGiveUpAsync(string key, string upload, Func<Task<string>> complete)
    {
        try
        {
            return await complete();
        }
        catch
        {
            using var patience = new CancellationTokenSource(GivingUp);
            try
            {
                await AbortUploadAsync(key, upload, patience.Token);
            }
            catch (Exception e) when (e is ObjectStoreException or OperationCanceledException)
            {
                // the first failure tells more
            }

            throw;
        }
    }

    private ObjectStoreException Changed(string key) => new(ObjectStoreError.PreconditionFailed, $"'{key}' in {Name} has changed: it is not in the state that was expected.");

    /// <inheritdoc/>
    public async Task DeleteAsync(string key, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        try
        {
            await DoAsync(key, s3 => s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = _bucket, Key = key }, cancellationToken), cancellationToken);
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
        var page = await DoAsync(null, s3 => s3.ListObjectsV2Async(new ListObjectsV2Request
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
            [.. (page.S3Objects ?? []).Select(one => new ObjectEntry(Decoded(one.Key), one.Size ?? 0, Bare(one.ETag), Utc(one.LastModified)))],
            [.. (page.CommonPrefixes ?? []).Select(Decoded)],
            page.IsTruncated == true ? page.NextContinuationToken : null);
    }

    /// <inheritdoc/>
    public async Task<string> StartUploadAsync(string key, UploadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectKey.Check(key);
        options ??= new UploadOptions();
        ObjectMetadata.Check(key, options);
        var request = new InitiateMultipartUploadRequest { BucketName = _bucket, Key = key, ContentType = options.ContentType };
        foreach (var (name, value) in options.Metadata) request.Metadata.Add(name, value);
        return _calls.Always((await StoringAsync(key, options, () => DoAsync(key, s3 => s3.InitiateMultipartUploadAsync(request, cancellationToken), cancellationToken))).UploadId);
    }

    /// <inheritdoc/>
    public async Task<UploadPart> PutPartAsync(
        string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, UploadPart.MaxNumber);
        return await PutBody.StoreAsync(key, content, length, async body =>
        {
            if (await _calls.DirectlyAsync(direct => body.SendAsync(sent => direct.PutPartAsync(_bucket, key, uploadId, number, sent, body.Length, cancellationToken), cancellationToken), cancellationToken) is { } etag)
                return new UploadPart(number, etag, body.Length);

            var response = await DoAsync(key, s3 => body.SendAsync(sent => s3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = _bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                InputStream = sent,
                PartSize = body.Length,
                UseChunkEncoding = false,
                DisablePayloadSigning = IsSecure ? true : null,
            }, cancellationToken), cancellationToken), cancellationToken);
            return new UploadPart(number, _calls.ETag(response.ETag), body.Length);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken = default)
    {
        var parts = new List<UploadPart>();
        string? after = null;
        while (true)
        {
            var page = await DoAsync(key, s3 => s3.ListPartsAsync(new ListPartsRequest { BucketName = _bucket, Key = key, UploadId = uploadId, PartNumberMarker = after }, cancellationToken), cancellationToken);
            parts.AddRange((page.Parts ?? []).Select(part => new UploadPart(part.PartNumber ?? 0, Bare(part.ETag), part.Size ?? 0)));
            if (page.IsTruncated != true) return parts;
            after = parts[^1].Number.ToString();
        }
    }

    /// <inheritdoc/>
    public async Task<string> CompleteUploadAsync(
        string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default)
    {
        // The SDK puts parts into order by itself, which would hide a mistake.
        if (parts.Zip(parts.Skip(1)).Any(pair => pair.First.Number >= pair.Second.Number) || parts.Count == 0)
            throw new ObjectStoreException(ObjectStoreError.InvalidPart, $"The upload of '{key}' in {Name} can't be completed: its parts are out of order, or there are none.");
        try
        {
            await DoAsync(key, s3 => s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
            {
                BucketName = _bucket,
                Key = key,
                UploadId = uploadId,
                PartETags = [.. parts.Select(part => new PartETag(part.Number, part.ETag))],
            }, cancellationToken), cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.UploadNotFound)
        {
            // Where the object is there all the same, the first try completed it, and its answer was lost.
            if (!await IsOfAsync(key, parts, cancellationToken)) throw;
        }

        // Ceph's answer has no ETag.
        return (await HeadAsync(key, cancellationToken))?.ETag ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{key}' was deleted from {Name} just after it was written.");
    }

    /// <inheritdoc/>
    public async Task AbortUploadAsync(string key, string uploadId, CancellationToken cancellationToken = default)
    {
        try
        {
            await DoAsync(key, s3 => s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _bucket, Key = key, UploadId = uploadId }, cancellationToken), cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.UploadNotFound or ObjectStoreError.NotFound)
        {
            // gone already
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Upload> ListUploadsAsync(string prefix = "", [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListMultipartUploadsRequest { BucketName = _bucket, Prefix = prefix, Encoding = EncodingType.Url };
        while (true)
        {
            var page = await DoAsync(null, s3 => s3.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken);
            foreach (var upload in page.MultipartUploads ?? []) yield return new Upload(Decoded(upload.Key), upload.UploadId, Utc(upload.Initiated));
            if (page.IsTruncated != true) yield break;
            (request.KeyMarker, request.UploadIdMarker) = (Decoded(page.NextKeyMarker), page.NextUploadIdMarker);
        }
    }

    /// <summary>Not every endpoint signs other text than ASCII as we do: that is this object's mistake then, and not the key's.</summary>
    private async Task<T> StoringAsync<T>(string key, UploadOptions options, Func<Task<T>> store)
    {
        try
        {
            return await store();
        }
        catch (ObjectStoreException e) when (e.InnerException is AmazonS3Exception { ErrorCode: "SignatureDoesNotMatch" or "InvalidArgument" or "InvalidRequest" } && ObjectMetadata.IsBeyondAscii(options))
        {
            throw ObjectMetadata.Invalid(key, $"{Name} takes no other text than ASCII; encode it first");
        }
    }

    private async Task<T> DoAsync<T>(string? key, Func<IAmazonS3, Task<T>> call, CancellationToken cancellationToken, Func<Task<T?>>? isDone = null)
    {
        var answer = await _calls.DoAsync(key, call, cancellationToken, isDone);
        _isThere = true;
        return answer;
    }

    /// <summary>Whether an object is made of these parts; it can be told where their ETags are MD5s.</summary>
    private async Task<bool> IsOfAsync(string key, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken) =>
        parts.All(part => part.ETag.Length == 32) && (await HeadAsync(key, cancellationToken))?.ETag == UploadPart.ETagOfAll([.. parts.Select(part => part.ETag)]);

    private ObjectInfo Info(string key, long size, string etag, DateTime? modified, HeadersCollection headers, MetadataCollection metadata) => new(key, size, _calls.ETag(etag), Utc(modified))
    {
        ContentType = string.IsNullOrEmpty(headers.ContentType) ? null : headers.ContentType,
        Metadata = metadata.Count == 0 ? ObjectMetadata.None : metadata.Keys.ToDictionary(name => name.StartsWith(Metadata, StringComparison.Ordinal) ? name[Metadata.Length..] : name, name => metadata[name]),
    };

    private static long Last(long start, long length) => length > long.MaxValue - start ? long.MaxValue : start + length - 1;

    // The SDK leaves keys as they were encoded for the answer.
    private static string Decoded(string key) => WebUtility.UrlDecode(key);

    internal static string Bare(string? etag) => etag?.Trim('"') ?? "";

    private static DateTimeOffset Utc(DateTime? time) => time is { } at ? new DateTimeOffset(at.ToUniversalTime()) : DateTimeOffset.MinValue;
}
