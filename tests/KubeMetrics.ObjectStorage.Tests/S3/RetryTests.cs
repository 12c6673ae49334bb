using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>What is tried again, and what is made of an answer that was lost.</summary>
public sealed class RetryTests : IDisposable
{
    // md5sum of "hello"
    private const string Hello = "5d41402abc4b2a76b9719d911017c592";

    private readonly S3Clients _clients = new();
    private int _asked;

    public void Dispose() => _clients.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store Store(RecordingEndpoint endpoint) =>
        new("ceph-bucket", new S3Connection { Endpoint = $"http://127.0.0.1:{endpoint.Port}", AccessKey = "key", SecretKey = "secret" }, _clients);

    private static string There(string etag = Hello) => RecordingEndpoint.Answer(200, "hello", $"ETag: \"{etag}\"", "Last-Modified: Sun, 11 Feb 2018 06:00:00 GMT");

    private static Task<string> PutAsync(S3Store store, PutOptions? options = null) => store.PutAsync("k", new MemoryStream("hello"u8.ToArray()), options, Cancellation);

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(null)] // no answer at all
    public async Task What_may_pass_is_tried_again_with_the_whole_content(int? status)
    {
        using var endpoint = new RecordingEndpoint(_ => Interlocked.Increment(ref _asked) > 2 ? There() : status is { } failing ? RecordingEndpoint.Answer(failing) : null, "127.0.0.1");

        Assert.Equal(Hello, await PutAsync(Store(endpoint)));

        Assert.Equal(3, endpoint.Seen.Count);
        Assert.All(endpoint.Seen, request => Assert.Equal("hello"u8.ToArray(), request.Body));
    }

    [Theory]
    [InlineData(400, "MalformedXML")]
    [InlineData(400, "XAmzContentSHA256Mismatch")]
    [InlineData(403, "AccessDenied")]
    [InlineData(403, "SignatureDoesNotMatch")]
    [InlineData(404, "NoSuchBucket")]
    public async Task What_will_not_pass_is_asked_once(int status, string code)
    {
        using var endpoint = new RecordingEndpoint(_ => RecordingEndpoint.Answer(status, $"<Error><Code>{code}</Code></Error>"), "127.0.0.1");

        await Assert.ThrowsAsync<ObjectStoreException>(() => PutAsync(Store(endpoint)));

        Assert.Single(endpoint.Seen);
    }

    [Theory]
    [InlineData(HttpStatusCode.PreconditionFailed, typeof(ObjectStoreException))] // it was answered: the other writer won
    [InlineData(HttpStatusCode.ServiceUnavailable, typeof(OperationCanceledException))] // nobody waits for another try
    [InlineData((HttpStatusCode)0, typeof(OperationCanceledException))] // no answer
    public async Task Who_gives_up_while_the_answer_comes_in_is_told_it_or_that_he_did(HttpStatusCode status, Type told)
    {
        using var stop = new CancellationTokenSource();
        var calls = new S3Calls("ceph-bucket", new S3Connection { Endpoint = "http://127.0.0.1:1", AccessKey = "key", SecretKey = "secret" }, _clients, TimeProvider.System);

        var thrown = await Record.ExceptionAsync(() => calls.DoAsync<string>("k", _ =>
        {
            _asked++;
            stop.Cancel();
            throw new AmazonS3Exception("", ErrorType.Unknown, "", "", status);
        }, stop.Token));

        Assert.IsType(told, thrown, exactMatch: false);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task What_does_not_pass_fails_after_a_few_tries_with_what_was_answered()
    {
        using var endpoint = new RecordingEndpoint(_ => RecordingEndpoint.Answer(503, "<Error><Code>SlowDown</Code></Error>"), "127.0.0.1");

        var failed = await Assert.ThrowsAsync<ObjectStoreException>(() => PutAsync(Store(endpoint)));

        Assert.Equal(ObjectStoreError.Unavailable, failed.Error);
        Assert.Contains("503 SlowDown", failed.Message);
        Assert.Equal(4, endpoint.Seen.Count);
    }

    [Theory]
    [InlineData(Hello, true)]
    [InlineData("0cc175b9c0f1b6a831c399e269772661", false)] // md5sum of "a": another writer's
    public async Task A_write_under_a_condition_whose_answer_was_lost_is_known_again_by_its_content(string there, bool isOurs)
    {
        // The first try is carried out and its answer lost; the second meets its own work, or another's.
        using var endpoint = new RecordingEndpoint(request => request.Method == "HEAD" ? There(there)
            : Interlocked.Increment(ref _asked) == 1 ? null : RecordingEndpoint.Answer(412, "<Error><Code>PreconditionFailed</Code></Error>"), "127.0.0.1");

        var put = PutAsync(Store(endpoint), new PutOptions { IfAbsent = true });

        if (isOurs) Assert.Equal(Hello, await put);
        else Assert.Equal(ObjectStoreError.PreconditionFailed, (await Assert.ThrowsAsync<ObjectStoreException>(() => put)).Error);
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_at_the_first_try_does_not_hold_though_the_content_is_the_same()
    {
        using var endpoint = new RecordingEndpoint(request => request.Method == "HEAD" ? There() : RecordingEndpoint.Answer(412, "<Error><Code>PreconditionFailed</Code></Error>"), "127.0.0.1");

        var failed = await Assert.ThrowsAsync<ObjectStoreException>(() => PutAsync(Store(endpoint), new PutOptions { IfAbsent = true }));

        Assert.Equal(ObjectStoreError.PreconditionFailed, failed.Error);
    }

    [Fact]
    public async Task An_object_that_breaks_off_is_an_error_and_never_a_short_one()
    {
        using var endpoint = new RecordingEndpoint(_ => $"HTTP/1.1 200 OK\r\nETag: \"{Hello}\"\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhel", "127.0.0.1");
        var store = Store(endpoint);
        await using var read = await store.GetAsync("k", null, Cancellation);

        endpoint.Dispose();
        var failed = await Assert.ThrowsAsync<ObjectStoreException>(() => new StreamReader(read!.Content).ReadToEndAsync(Cancellation));

        Assert.Equal(ObjectStoreError.Unavailable, failed.Error);
        Assert.Contains("'k' in s3://ceph-bucket", failed.Message);
    }

    [Fact]
    public async Task An_endpoint_where_nobody_listens_is_named_with_what_to_correct()
    {
        var endpoint = new RecordingEndpoint(_ => null, "127.0.0.1");
        endpoint.Dispose();

        var failed = await Assert.ThrowsAsync<ObjectStoreException>(() => Store(endpoint).HeadAsync("k", Cancellation));

        Assert.StartsWith($"http://127.0.0.1:{endpoint.Port} can't be reached (Connection refused)", failed.Message);
        Assert.Contains("Storage:Buckets:ceph-bucket:Endpoint", failed.Message);
    }
}
