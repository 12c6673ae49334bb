using System.Security.Cryptography;
using System.Text;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>A copy's requests without the SDK, to a real Ceph: what it does not take as they are would be asked again through the SDK, and nobody would see.</summary>
public sealed class DirectRequestsTests : IAsyncLifetime
{
    private readonly S3Clients _clients = new();
    private readonly string _bucket = Ceph.NewBucketName();
    private S3Connection _connection = null!;
    private S3Store _store = null!;

    public async ValueTask InitializeAsync()
    {
        _connection = (await Ceph.RunningAsync()).Connection;
        _store = new S3Store(_bucket, _connection, _clients);
        await _store.CreateBucketAsync(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DirectRequests Direct => _clients.DirectFor(_connection) ?? throw new InvalidOperationException("Ceph can't be reached without the SDK.");

    private static string Md5(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));

    [Theory]
    [InlineData("a")]
    [InlineData("kube-metrics/2018/02/01.json")]
    [InlineData("a b+c&d=e?f#g%2Fh%20i~j'k(l)m*n!o@p:q,r;s$t\\u")]
    [InlineData("zeile\nzwei/größe/日本語/😀")]
    public async Task An_object_is_put_and_read_under_whatever_key(string key)
    {
        var content = Encoding.UTF8.GetBytes(key);
        var options = new PutOptions { Md5 = Md5(content), ContentType = "text/x-key; charset=utf-8", Metadata = new Dictionary<string, string> { ["of"] = "a b, c;d=\"e\"" } };
        Assert.Equal(Md5(content), (await Direct.PutAsync(_bucket, key, new MemoryStream(content), content.Length, options, Cancellation))?.Trim('"'));

        Assert.Equal(content, (await _store.GetBytesAsync(key, cancellationToken: Cancellation))!.Value.Content);
        var (info, response, length) = await Direct.GetAsync(_bucket, key, Md5(content), null, Cancellation) ?? throw new InvalidOperationException("It was not read.");
        using (response)
        {
            Assert.Equal(content, await response.Content.ReadAsByteArrayAsync(Cancellation));
            Assert.Equal(content.Length, length);
            Assert.Equivalent(await _store.HeadAsync(key, Cancellation), info, strict: true);
        }
    }

    [Fact]
    public async Task A_range_tells_the_size_of_the_whole()
    {
        var etag = await _store.PutBytesAsync("k", "0123456789"u8.ToArray(), cancellationToken: Cancellation);
        var (info, response, length) = await Direct.GetAsync(_bucket, "k", etag, "bytes=2-4", Cancellation) ?? throw new InvalidOperationException("It was not read.");
        using (response) Assert.Equal(("234", 3, 10), (await response.Content.ReadAsStringAsync(Cancellation), length, info.Size));
    }

    [Fact]
    public async Task Parts_are_put()
    {
        var upload = await _store.StartUploadAsync("k", cancellationToken: Cancellation);
        var etag = await Direct.PutPartAsync(_bucket, "k", upload, 1, new MemoryStream("part"u8.ToArray()), 4, Cancellation);
        Assert.Equal(Md5("part"u8.ToArray()), etag?.Trim('"'));
        await _store.CompleteUploadAsync("k", upload, [new UploadPart(1, etag!.Trim('"'), 4)], Cancellation);
        Assert.Equal("part"u8.ToArray(), (await _store.GetBytesAsync("k", cancellationToken: Cancellation))!.Value.Content);
    }

    [Fact]
    public async Task What_is_refused_is_null()
    {
        var etag = await _store.PutBytesAsync("k", "0"u8.ToArray(), cancellationToken: Cancellation);
        Assert.Null(await Direct.GetAsync(_bucket, "k", Md5("1"u8.ToArray()), null, Cancellation));
        Assert.Null(await Direct.GetAsync(_bucket, "other", etag, null, Cancellation));
        Assert.Null(await Direct.PutAsync(_bucket, "k", new MemoryStream("2"u8.ToArray()), 1, new PutOptions { Md5 = Md5("3"u8.ToArray()) }, Cancellation));
        Assert.Null(await Direct.PutPartAsync(_bucket, "k", "no-upload", 1, new MemoryStream("4"u8.ToArray()), 1, Cancellation));
        Assert.Equal("0"u8.ToArray(), (await _store.GetBytesAsync("k", cancellationToken: Cancellation))!.Value.Content);
    }

    [Fact]
    public async Task Who_is_anonymous_signs_nothing_and_reads_what_everybody_may()
    {
        var etag = await _store.PutBytesAsync("k", "0"u8.ToArray(), cancellationToken: Cancellation);
        var anonymous = _clients.DirectFor(new S3Connection { Endpoint = _connection.Endpoint, Anonymous = true })!;
        Assert.Null(await anonymous.GetAsync(_bucket, "k", etag, null, Cancellation));
        await _store.AllowReadingToAllAsync(Cancellation);
        var (_, response, _) = await anonymous.GetAsync(_bucket, "k", etag, null, Cancellation) ?? throw new InvalidOperationException("It was not read.");
        using (response)
        {
            Assert.False(response.RequestMessage!.Headers.Contains("Authorization"));
            Assert.Equal("0", await response.Content.ReadAsStringAsync(Cancellation));
        }
    }
}
