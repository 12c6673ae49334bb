using System.Net;

namespace KubeMetrics.ObjectStorage.S3;

/// <summary>
/// The requests that a copy consists of (get an object, put one, put a part), without the SDK, whose own cost more processor time than all
/// else of a copy and hash, to sign it, what has a checksum already. Only success is understood: whatever else is answered, null is, and
/// who asked asks again through the SDK, which knows what to make of it.
/// </summary>
internal sealed class DirectRequests(S3Connection connection, HttpClient http, TimeProvider time)
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    private readonly RequestSigner? _signer = connection.Anonymous ? null : new RequestSigner(connection.AccessKey!, connection.SecretKey!, connection.SigningRegion);
    private readonly string _start = connection.EndpointUri.GetLeftPart(UriPartial.Authority), _host = connection.EndpointUri.Authority;

    /// <summary>Whether it is known how to: where the endpoint, the way to name a bucket and the keys are all told.</summary>
    internal static bool CanReach(S3Connection connection) => connection is { Endpoint: not null, IsAws: false, UsesPathStyle: true } and ({ Anonymous: true } or { AccessKey: not null, SecretKey: not null });

    /// <summary>An object, or a range of it, if it has this ETag.</summary>
    internal async Task<(ObjectInfo Info, HttpResponseMessage Response, long Length)?> GetAsync(string bucket, string key, string etag, string? range, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, (Uri?)null);
        var headers = new SortedList<string, string>(StringComparer.Ordinal) { ["if-match"] = etag }; // as it is: Ceph does not know it in quotes
        if (range is not null) headers["range"] = range;
        var response = await SendAsync(request, Path(bucket, key), "", headers, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response is null) return null;
        if (response.Content.Headers.ContentLength is { } length && InfoOf(key, response, length) is { } info) return (info, response, length);
        response.Dispose();
        return null;
    }

    /// <summary>Puts an object whose MD5 is known: the endpoint holds against it what arrives.</summary>
    /// <returns>Its ETag.</returns>
    internal Task<string?> PutAsync(string bucket, string key, Stream content, long length, PutOptions options, CancellationToken cancellationToken)
    {
        var headers = new SortedList<string, string>(StringComparer.Ordinal) { ["content-md5"] = Convert.ToBase64String(Convert.FromHexString(options.Md5!)) };
        if (options.ContentType is { } type) headers["content-type"] = type;
        foreach (var (name, value) in options.Metadata) headers[S3Store.Metadata + name] = value;
        // What is signed has one blank where several are sent; not every endpoint goes by that.
        return headers.Values.Any(value => value.Contains("  ", StringComparison.Ordinal)) ? Task.FromResult<string?>(null) : PutAsync(Path(bucket, key), "", content, length, headers, cancellationToken);
    }

    /// <summary>Puts a part. What arrived is told by its ETag.</summary>
    /// <returns>The ETag.</returns>
    internal Task<string?> PutPartAsync(string bucket, string key, string upload, int number, Stream content, long length, CancellationToken cancellationToken) =>
        PutAsync(Path(bucket, key), $"partNumber={number}&uploadId={Uri.EscapeDataString(upload)}", content, length, new SortedList<string, string>(StringComparer.Ordinal), cancellationToken);

    private async Task<string?> PutAsync(string path, string query, Stream content, long length, SortedList<string, string> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, (Uri?)null) { Content = new SentContent(content, length) };
        using var response = await SendAsync(request, path, query, headers, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return response is not null && response.Headers.NonValidated.TryGetValues("ETag", out var etag) ? S3Answers.Bare(etag.ToString()) : null;
    }

    private async Task<HttpResponseMessage?> SendAsync(HttpRequestMessage request, string path, string query, SortedList<string, string> headers, HttpCompletionOption until, CancellationToken cancellationToken)
    {
        request.RequestUri = new Uri(_start + path + (query.Length > 0 ? "?" + query : ""), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        if (_signer is not null)
        {
            headers["host"] = _host;
            headers["x-amz-content-sha256"] = Unsigned;
            headers["x-amz-date"] = RequestSigner.Time(time.GetUtcNow());
            if (connection.SessionToken is { } token) headers["x-amz-security-token"] = token;
            request.Headers.TryAddWithoutValidation("Authorization", _signer.Authorization(request.Method.Method, path, query, headers));
            headers.Remove("host"); // which the client says by itself
        }

        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content!.Headers.TryAddWithoutValidation(name, value);
        var response = await http.SendAsync(request, until, cancellationToken);
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent) return response;
        response.Dispose();
        return null;
    }

    private static string Path(string bucket, string key) => $"/{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";

    private static ObjectInfo? InfoOf(string key, HttpResponseMessage response, long length)
    {
        var (headers, content) = (response.Headers.NonValidated, response.Content.Headers);
        if (!headers.TryGetValues("ETag", out var etag)) return null;
        Dictionary<string, string>? metadata = null;
        foreach (var (name, value) in headers)
            if (name.StartsWith(S3Store.Metadata, StringComparison.OrdinalIgnoreCase))
                (metadata ??= [])[name[S3Store.Metadata.Length..].ToLowerInvariant()] = value.ToString();
        return new ObjectInfo(key, content.ContentRange?.Length ?? length, S3Answers.Bare(etag.ToString()), content.LastModified ?? DateTimeOffset.MinValue)
        {
            ContentType = content.NonValidated.TryGetValues("Content-Type", out var type) && type.ToString() is { Length: > 0 } said ? said : null,
            Metadata = metadata ?? ObjectMetadata.None,
        };
    }

    /// <summary>Content of known length.</summary>
    private sealed class SentContent : HttpContent
    {
        private readonly Stream _content;
        private readonly long _length;

        internal SentContent(Stream content, long length)
        {
            (_content, _length) = (content, length);
            Headers.ContentLength = length;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => _content.CopyToAsync(stream, SendingStream.Piece, cancellationToken);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }
    }
}
