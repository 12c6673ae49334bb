using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>Uploads in parts to a bucket, which become an object when they are completed.</summary>
internal sealed class S3Uploads(S3Store store, S3Calls calls)
{
    private static readonly TimeSpan GivingUp = TimeSpan.FromSeconds(5);

    /// <inheritdoc cref="IObjectStore.StartUploadAsync"/>
    internal async Task<string> StartAsync(string key, UploadOptions options, CancellationToken cancellationToken)
    {
        ObjectKey.Check(key);
        ObjectMetadata.Check(key, options);
        var request = new InitiateMultipartUploadRequest { BucketName = calls.Bucket, Key = key, ContentType = options.ContentType };
        foreach (var (name, value) in options.Metadata) request.Metadata.Add(name, value);
        return calls.Always((await calls.StoringAsync(key, options, s3 => s3.InitiateMultipartUploadAsync(request, cancellationToken), cancellationToken)).UploadId);
    }

    /// <inheritdoc cref="IObjectStore.PutPartAsync"/>
    internal async Task<UploadPart> PutPartAsync(
        string key, string uploadId, int number, Stream content, long? length, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, UploadPart.MaxNumber);
        return await PutBody.StoreAsync(key, content, length, async body =>
        {
            if (await calls.DirectlyAsync(direct => body.SendAsync(sent => direct.PutPartAsync(calls.Bucket, key, uploadId, number, sent, body.Length, cancellationToken), cancellationToken), cancellationToken) is { } etag)
                return new UploadPart(number, etag, body.Length);

            var response = await calls.DoAsync(key, s3 => body.SendAsync(sent => s3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = calls.Bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                InputStream = sent,
                PartSize = body.Length,
                UseChunkEncoding = false,
                DisablePayloadSigning = calls.IsSecure ? true : null,
            }, cancellationToken), cancellationToken), cancellationToken);
            return new UploadPart(number, calls.ETag(response.ETag), body.Length);
        }, cancellationToken);
    }

    /// <inheritdoc cref="IObjectStore.ListPartsAsync"/>
    internal async Task<IReadOnlyList<UploadPart>> ListPartsAsync(string key, string uploadId, CancellationToken cancellationToken)
    {
        var parts = new List<UploadPart>();
        string? after = null;
        while (true)
        {
            var page = await calls.DoAsync(key, s3 => s3.ListPartsAsync(new ListPartsRequest { BucketName = calls.Bucket, Key = key, UploadId = uploadId, PartNumberMarker = after }, cancellationToken), cancellationToken);
            parts.AddRange((page.Parts ?? []).Select(part => new UploadPart(part.PartNumber ?? 0, S3Answers.Bare(part.ETag), part.Size ?? 0)));
            if (page.IsTruncated != true) return parts;
            after = parts[^1].Number.ToString();
        }
    }

    /// <inheritdoc cref="IObjectStore.CompleteUploadAsync"/>
    internal async Task<string> CompleteAsync(
        string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken)
    {
        // The SDK puts parts into order by itself, which would hide a mistake.
        if (parts.Zip(parts.Skip(1)).Any(pair => pair.First.Number >= pair.Second.Number) || parts.Count == 0)
            throw new ObjectStoreException(ObjectStoreError.InvalidPart, $"The upload of '{key}' in {calls.Name} can't be completed: its parts are out of order, or there are none.");
        try
        {
            await calls.DoAsync(key, s3 => s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
            {
                BucketName = calls.Bucket,
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
        return (await store.HeadAsync(key, cancellationToken))?.ETag ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{key}' was deleted from {calls.Name} just after it was written.");
    }

    /// <inheritdoc cref="IObjectStore.AbortUploadAsync"/>
    internal async Task AbortAsync(string key, string uploadId, CancellationToken cancellationToken)
    {
        try
        {
            await calls.DoAsync(key, s3 => s3.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = calls.Bucket, Key = key, UploadId = uploadId }, cancellationToken), cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.UploadNotFound or ObjectStoreError.NotFound)
        {
            // gone already
        }
    }

    /// <inheritdoc cref="IObjectStore.ListUploadsAsync"/>
    internal async IAsyncEnumerable<Upload> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = calls.Bucket, Prefix = prefix, Encoding = EncodingType.Url };
        while (true)
        {
            var page = await calls.DoAsync(null, s3 => s3.ListMultipartUploadsAsync(request, cancellationToken), cancellationToken);
            foreach (var upload in page.MultipartUploads ?? []) yield return new Upload(S3Answers.Decoded(upload.Key), upload.UploadId, S3Answers.Utc(upload.Initiated));
            if (page.IsTruncated != true) yield break;
            (request.KeyMarker, request.UploadIdMarker) = (S3Answers.Decoded(page.NextKeyMarker), page.NextUploadIdMarker);
        }
    }

    /// <summary>Whether an object is made of these parts; it can be told where their ETags are MD5s.</summary>
    private async Task<bool> IsOfAsync(string key, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken) =>
        parts.All(part => part.ETag.Length == 32) && (await store.HeadAsync(key, cancellationToken))?.ETag == UploadPart.ETagOfAll([.. parts.Select(part => part.ETag)]);

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
                await AbortAsync(key, upload, patience.Token);
            }
            catch (Exception e) when (e is ObjectStoreException or OperationCanceledException)
            {
                // the first failure tells more
            }

            throw;
        }
    }
}
