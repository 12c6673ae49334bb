using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3.Model;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>A copy within a bucket, or from another of the same endpoint, that this makes itself: nothing of the object comes here.</summary>
/// <param name="source">What is copied from.</param>
/// <param name="bucket">Its bucket.</param>
/// <param name="calls">Calls to the bucket that is copied to.</param>
/// <param name="uploads">Its uploads.</param>
/// <param name="atOnce">Larger objects are copied part by part.</param>
/// <param name="part">How large these are, unless there would be too many.</param>
internal sealed class ServerCopy(IObjectStore source, string bucket, S3Calls calls, S3Uploads uploads, long atOnce, long part)
{
    private const int Together = 4;

    /// <summary>Copies it.</summary>
    /// <returns>The copy's ETag.</returns>
    internal async Task<string> CopyAsync(string sourceKey, string key, string? ifMatch, CancellationToken cancellationToken)
    {
        var from = await source.HeadAsync(sourceKey, cancellationToken) ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{sourceKey}' in {source.Name} is not there.");
        if (ifMatch is not null && from.ETag != ifMatch) throw Changed(sourceKey);
        if (from.Size > atOnce) return await CopyInPartsAsync(from, key, cancellationToken);
        var request = new CopyObjectRequest { SourceBucket = bucket, SourceKey = sourceKey, DestinationBucket = calls.Bucket, DestinationKey = key, ETagToMatch = ifMatch };
        // Ceph ignores S3's header for this and has one of its own.
        if (ifMatch is not null) ((IAmazonWebServiceRequest)request).AddBeforeRequestHandler((_, e) => ((WebServiceRequestEventArgs)e).Headers["x-amz-copy-if-match"] = ifMatch);
        return S3Answers.Bare((await calls.DoAsync(sourceKey, s3 => s3.CopyObjectAsync(request, cancellationToken), cancellationToken)).ETag);
    }

    private async Task<string> CopyInPartsAsync(ObjectInfo from, string key, CancellationToken cancellationToken)
    {
        var upload = await uploads.StartAsync(key, new UploadOptions { ContentType = from.ContentType, Metadata = from.Metadata }, cancellationToken);
        return await uploads.OrGiveUpAsync(key, upload, async () =>
        {
            var ranges = CopyRanges.Of(from.Size, part);
            var parts = new UploadPart[ranges.Count];
            await Parallel.ForEachAsync(Enumerable.Range(0, ranges.Count), new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellationToken }, async (i, token) =>
            {
                var request = new CopyPartRequest
                {
                    SourceBucket = bucket,
                    SourceKey = from.Key,
                    DestinationBucket = calls.Bucket,
                    DestinationKey = key,
                    UploadId = upload,
                    PartNumber = i + 1,
                    FirstByte = ranges[i].First,
                    LastByte = ranges[i].Last,
                    ETagToMatch = [from.ETag],
                };
                var response = await calls.DoAsync(from.Key, s3 => s3.CopyPartAsync(request, token), token);
                parts[i] = new UploadPart(i + 1, S3Answers.Bare(response.ETag), ranges[i].Last - ranges[i].First + 1);
            });
            // Ceph ignores the condition: before the parts become an object it is seen whether all are of one version.
            var now = await source.HeadAsync(from.Key, cancellationToken);
            if (now?.ETag != from.ETag || now.LastModified != from.LastModified) throw Changed(from.Key);
            return await uploads.CompleteAsync(key, upload, parts, cancellationToken);
        });
    }

    private ObjectStoreException Changed(string key) => new(ObjectStoreError.PreconditionFailed, $"'{key}' in {source.Name} has changed: it is not in the state that was expected.");
}
