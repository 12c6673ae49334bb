using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>A public bucket, unsigned, and a private one in one process: neither sees anything of the other.</summary>
[Collection("S3")]
public sealed class HybridTests : IDisposable
{
    private const string Key = "PRIVATEKEYNAME", Secret = "private+secret/value", Token = "privateSessionToken";
    private const string Empty = """<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated></ListBucketResult>""";

    private readonly S3Clients _clients = new();

    public void Dispose() => _clients.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Answer(Recorded request) => request.Target.Contains("list-type") ? RecordingEndpoint.Answer(200, Empty)
        : RecordingEndpoint.Answer(200, "hello", "ETag: \"5d41402abc4b2a76b9719d911017c592\"", "Last-Modified: Sun, 11 Feb 2018 06:00:00 GMT");

    private S3Store Private(RecordingEndpoint endpoint) => new("ceph-bucket", new S3Connection
    {
        Endpoint = $"http://127.0.0.1:{endpoint.Port}",
        AccessKey = Key,
        SecretKey = Secret,
        SessionToken = Token,
    }, _clients);

    private S3Store Public(RecordingEndpoint endpoint, string? region = null) => new("bd-dist", new S3Connection
    {
        Endpoint = $"http://127.0.0.{{region}}:{endpoint.Port}", // regions that are addresses, so that a test can be both
        Region = region ?? "11",
        Anonymous = true,
    }, _clients);

    private static async Task UseAsync(S3Store store)
    {
        await store.ListPageAsync(new ListRequest { Prefix = "kube-metrics/" }, Cancellation);
        await store.HeadAsync("kube-metrics/a b+c.json", Cancellation);
        await store.GetBytesAsync("kube-metrics/a b+c.json", cancellationToken: Cancellation);
    }

    [Fact]
    public async Task The_public_side_sees_no_key_no_signature_and_nothing_of_the_private_one()
    {
        using var priv = new RecordingEndpoint(Answer, "127.0.0.1");
        using var pub = new RecordingEndpoint(Answer, "127.0.0.11");

        await UseAsync(Private(priv));
        await UseAsync(Public(pub));
        await UseAsync(Private(priv));

        Assert.Equal((3, 6), (pub.Seen.Count, priv.Seen.Count));
        Assert.All(pub.Seen, request =>
        {
            Assert.DoesNotContain("authorization", request.Headers.Keys);
            Assert.DoesNotContain("x-amz-security-token", request.Headers.Keys);
            foreach (var secret in (string[])[Key, Secret, Token, "signature", "credential", "ceph-bucket", $"{priv.Port}", "default"])
                Assert.DoesNotContain(secret, request.Text, StringComparison.OrdinalIgnoreCase);
            Assert.StartsWith("/bd-dist", request.Target);
        });
        Assert.All(priv.Seen, request =>
        {
            Assert.Contains($"Credential={Key}/", request.Headers["authorization"]);
            Assert.Contains("/default/s3/aws4_request", request.Headers["authorization"]);
            Assert.Equal(Token, request.Headers["x-amz-security-token"]);
            Assert.DoesNotContain(Secret, request.Text);
            Assert.DoesNotContain("bd-dist", request.Text);
        });
    }

    [Fact]
    public async Task A_public_bucket_in_another_region_is_followed_there_once_and_still_unsigned()
    {
        using var pub = new RecordingEndpoint(
            request => request.Address == "127.0.0.11" ? RecordingEndpoint.Answer(301, Moved, "x-amz-bucket-region: 12") : Answer(request), "127.0.0.11", "127.0.0.12");
        var store = Public(pub);

        await UseAsync(store);

        Assert.Equal(["127.0.0.11", "127.0.0.12", "127.0.0.12", "127.0.0.12"], pub.Seen.Select(request => request.Address));
        Assert.All(pub.Seen, request => Assert.DoesNotContain("authorization", request.Headers.Keys));
    }

    [Fact]
    public async Task Head_of_a_bucket_in_another_region_follows_too()
    {
        using var pub = new RecordingEndpoint(
            request => request.Address == "127.0.0.11" ? RecordingEndpoint.Answer(301, "", "x-amz-bucket-region: 12") : Answer(request), "127.0.0.11", "127.0.0.12");

        Assert.NotNull(await Public(pub).HeadAsync("k", Cancellation));
    }

    private const string Moved = "<?xml version=\"1.0\"?><Error><Code>PermanentRedirect</Code><Message>elsewhere</Message><Endpoint>evil.example.com</Endpoint></Error>";

    [Theory]
    [InlineData("evil.example.com/")]
    [InlineData("1@evil")]
    [InlineData("")]
    public async Task A_region_that_is_none_is_not_followed(string region)
    {
        using var pub = new RecordingEndpoint(_ => RecordingEndpoint.Answer(301, Moved, $"x-amz-bucket-region: {region}"), "127.0.0.11");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Public(pub).ListPageAsync(new ListRequest(), Cancellation));

        Assert.Contains("Storage:Buckets:bd-dist:Region", refused.Message);
        Assert.Single(pub.Seen);
    }

    [Fact]
    public async Task An_endpoint_of_ones_own_is_never_left_for_another()
    {
        using var other = new RecordingEndpoint(Answer, "127.0.0.12");
        using var priv = new RecordingEndpoint(_ => RecordingEndpoint.Answer(307, Moved, "x-amz-bucket-region: 12", $"Location: http://127.0.0.12:{other.Port}/"), "127.0.0.1");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Private(priv).ListPageAsync(new ListRequest(), Cancellation));

        Assert.Contains("Storage:Buckets:ceph-bucket:Region", refused.Message);
        Assert.Single(priv.Seen);
        Assert.Empty(other.Seen);
    }

    [Fact]
    public void What_is_printed_of_a_connection_holds_no_secret()
    {
        var printed = new S3Connection { Endpoint = "http://ceph:7480", AccessKey = Key, SecretKey = Secret, SessionToken = Token }.ToString();

        Assert.Contains("http://ceph:7480", printed);
        foreach (var secret in (string[])[Key, Secret, Token]) Assert.DoesNotContain(secret, printed);
    }
}
