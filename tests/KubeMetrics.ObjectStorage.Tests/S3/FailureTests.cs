using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>What a person is told of answers that no endpoint of ours gives when it is asked to.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly S3Clients _clients = new();

    public void Dispose() => _clients.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store At(RecordingEndpoint endpoint) => new("dumps", new S3Connection { Endpoint = $"http://127.0.0.1:{endpoint.Port}", AccessKey = "a", SecretKey = "b" }, _clients);

    [Theory]
    [InlineData(400, "<Error><Code>EntityTooLarge</Code></Error>")] // Ceph 16.2, of more than 5 GiB
    [InlineData(413, "<html>413 Request Entity Too Large</html>")] // nginx
    public async Task What_is_too_large_for_one_request_is_told_with_the_limit_that_is_to_be_raised(int status, string body)
    {
        using var endpoint = new RecordingEndpoint(_ => RecordingEndpoint.Answer(status, body), "127.0.0.1");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => At(endpoint).PutBytesAsync("k", "hello"u8.ToArray(), cancellationToken: Cancellation));

        Assert.Contains($"'k' in s3://dumps is more than http://127.0.0.1:{endpoint.Port} takes in one request", refused.Message);
        Assert.Contains("rgw_max_put_size", refused.Message);
    }

    [Fact]
    public async Task An_endpoint_without_TLS_that_is_written_with_https_is_told_as_that()
    {
        var ceph = await Ceph.RunningAsync();
        var store = new S3Store("dumps", ceph.Connection with { Endpoint = $"https://{ceph.Connection.EndpointUri.Authority}" }, _clients);

        var told = (await Assert.ThrowsAsync<ObjectStoreException>(() => store.HeadAsync("k", Cancellation))).Message;

        Assert.Contains("does not take a connection by TLS", told);
        Assert.Contains("write http:// in", told);
    }

    [Theory]
    [InlineData(404, "<html>Not Found</html>")]
    [InlineData(404, "")]
    [InlineData(200, "<html>Welcome</html>")]
    [InlineData(200, "Welcome")]
    [InlineData(405, "<html>Method Not Allowed</html>")]
    [InlineData(501, "<!DOCTYPE HTML>Unsupported method")]
    public async Task A_web_server_that_is_no_S3_is_told_as_that_with_the_setting_to_correct(int status, string body)
    {
        using var endpoint = new RecordingEndpoint(_ => RecordingEndpoint.Answer(status, body, "Content-Type: text/html"), "127.0.0.1");
        var store = At(endpoint);
        Func<Task>[] calls =
        [
            () => store.ListPageAsync(new ListRequest(), Cancellation), () => store.HeadAsync("k", Cancellation), () => store.GetAsync("k", null, Cancellation),
            () => store.PutBytesAsync("k", "hello"u8.ToArray(), cancellationToken: Cancellation), () => store.StartUploadAsync("k", null, Cancellation),
        ];

        foreach (var call in calls)
        {
            var told = (await Assert.ThrowsAsync<ObjectStoreException>(call)).Message;
            Assert.StartsWith($"What answers at http://127.0.0.1:{endpoint.Port} does not look like S3", told);
            Assert.EndsWith("correct Storage:Buckets:dumps:Endpoint.", told);
        }
    }
}
