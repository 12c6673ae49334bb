using System.Text.RegularExpressions;
using System.Xml;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// Calls to one bucket's endpoint: tried again where that may help, followed to another region where the bucket says that it
/// is there, and told in a sentence where they fail.
/// </summary>
internal sealed partial class S3Calls(string bucket, S3Connection connection, S3Clients clients, TimeProvider time)
{
    private const int Attempts = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);

    private S3Connection _connection = connection;

    private volatile bool _isThere;

    internal S3Connection Connection => Volatile.Read(ref _connection);

    internal string Bucket => bucket;

    internal string Name => $"s3://{bucket}";

    /// <summary>Whether the bucket has ever answered.</summary>
    internal bool IsThere => _isThere;

    /// <summary>Over https the transport keeps the content from being changed; over http the SDK makes its hash part of the signature.</summary>
    internal bool IsSecure => Connection.EndpointUri.Scheme == Uri.UriSchemeHttps;

    /// <summary>Makes a call, again where that may help.</summary>
    /// <param name="key">The object that it is about; null for none.</param>
    /// <param name="call">The call: what it does twice comes out as if done once. Null from it where the endpoint says no more than that something is not there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="isDone">
    /// Of a call under a condition, which its own first try may have made untrue: after an answer was lost, what tells whether it was
    /// carried out all the same; null from it where it was not.
    /// </param>
    /// <exception cref="ObjectStoreException">It failed.</exception>
    internal async Task<T> DoAsync<T>(string? key, Func<IAmazonS3, Task<T>> call, CancellationToken cancellationToken, Func<Task<T?>>? isDone = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await OnceAsync(call, cancellationToken);
                if (answer is not null) _isThere = true;
                return answer;
            }
            catch (Exception e) when (IsOurs(e))
            {
                // An answer is told even to who has given up since: it says what became of the call. Anything else may be his own doing.
                if (e is not AmazonServiceException { StatusCode: not 0 }) cancellationToken.ThrowIfCancellationRequested();
                var failure = Told(e, key);
                if (attempt > 1 && isDone is not null && failure.Error is ObjectStoreError.PreconditionFailed or ObjectStoreError.NotFound && await isDone() is { } done) return done;
                if (attempt == Attempts || !S3Failures.MayPass(e)) throw failure;
                await WaitAsync(attempt, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Makes a call that stores something with text of its own: not every endpoint signs other text than ASCII as we do, and that is
    /// this object's mistake then, and not the key's.
    /// </summary>
    internal async Task<T> StoringAsync<T>(string key, UploadOptions options, Func<IAmazonS3, Task<T>> call, CancellationToken cancellationToken, Func<Task<T?>>? isDone = null)
    {
        try
        {
            return await DoAsync(key, call, cancellationToken, isDone);
        }
        catch (ObjectStoreException e) when (e.InnerException is AmazonS3Exception { ErrorCode: "SignatureDoesNotMatch" or "InvalidArgument" or "InvalidRequest" } && ObjectMetadata.IsBeyondAscii(options))
        {
            throw ObjectMetadata.Invalid(key, $"{Name} takes no other text than ASCII; encode it first");
        }
    }

    /// <summary>Makes a call without the SDK; null where that can't be done, or brings nothing, whatever it fails of: who asked makes it through the SDK then.</summary>
    internal async Task<T?> DirectlyAsync<T>(Func<DirectRequests, Task<T?>> call, CancellationToken cancellationToken)
    {
        if (clients.DirectFor(Connection) is not { } direct) return default;
        try
        {
            return await call(direct);
        }
        catch (Exception e) when (IsOurs(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return default;
        }
    }

    /// <summary>An ETag without quotes, which S3 tells of whatever it stores or has.</summary>
    /// <exception cref="ObjectStoreException">There is none: this is no S3.</exception>
    internal string ETag(string? etag) => S3Answers.Bare(etag) is { Length: > 0 } bare ? bare : throw S3Failures.NoS3("it tells no ETag", bucket, Connection);

    /// <summary>What S3 always tells.</summary>
    /// <exception cref="ObjectStoreException">There is none: this is no S3.</exception>
    internal string Always(string? value) => string.IsNullOrEmpty(value) ? throw S3Failures.NoS3("its answer is none of S3's", bucket, Connection) : value;

    internal ObjectStoreException Told(Exception e, string? key) => S3Failures.Of(e, bucket, key, Connection);

    // Twice as long each time, and never two at once: of many that failed together each comes at a moment of its own.
    private Task WaitAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(FirstWait * Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);

    private async Task<T> OnceAsync<T>(Func<IAmazonS3, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(clients.For(Connection));
        }
        catch (AmazonS3Exception e) when (Elsewhere(e) is { } region)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Volatile.Write(ref _connection, Connection with { Region = region });
            return await call(clients.For(Connection));
        }
    }

    /// <summary>The region that an answer says the bucket is in, where we can go there.</summary>
    private string? Elsewhere(AmazonS3Exception e) =>
        Connection.IsAws && (e.InnerException as HttpErrorResponseException)?.Response.GetHeaderValue("x-amz-bucket-region") is { } region && region != Connection.SigningRegion && RegionName().IsMatch(region) ? region : null;

    private static bool IsOurs(Exception e) =>
        e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException and not ObjectStoreException or TimeoutException or TaskCanceledException or XmlException;

    [GeneratedRegex(@"^[a-z0-9-]{2,32}\z")]
    private static partial Regex RegionName();
}
