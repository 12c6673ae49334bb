using System.Security.Cryptography;
using KubeMetrics.ObjectStorage.S3;
using Microsoft.Extensions.Time.Testing;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>Content that a real Ceph takes while it is read: all of it with the checksum that was said, or nothing.</summary>
public sealed class PassingTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly S3Clients _clients;
    private readonly string _bucket = Ceph.NewBucketName();
    private readonly byte[] _content = new byte[3_000_000];
    private S3Connection _connection = null!;
    private S3Store _store = null!;

    public PassingTests()
    {
        _clients = new S3Clients(_time);
        new Random(1).NextBytes(_content);
    }

    public async ValueTask InitializeAsync()
    {
        _connection = (await Ceph.RunningAsync()).Connection;
        _store = new S3Store(_bucket, _connection, _clients, _time);
        await _store.CreateBucketAsync(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PutOptions Said => new() { Length = _content.Length, Md5 = Convert.ToHexStringLower(MD5.HashData(_content)), ContentType = "text/x-numbers", Metadata = new Dictionary<string, string> { ["from"] = "a lab" } };

    [Fact]
    public async Task It_is_stored_with_all_that_is_said_of_it()
    {
        Assert.True(_store.CanPass);
        Assert.Equal(Said.Md5, await _store.TryPassAsync("k", new Forward(_content), Said, Cancellation));

        var (content, info) = (await _store.GetBytesAsync("k", cancellationToken: Cancellation))!.Value;
        Assert.Equal(_content, content);
        Assert.Equal(("text/x-numbers", "a lab", Said.Md5), (info.ContentType, info.Metadata["from"], info.ETag));
    }

    [Fact]
    public async Task Of_what_comes_with_another_checksum_or_length_or_breaks_off_nothing_is_stored_and_what_was_there_stays()
    {
        await _store.PutBytesAsync("k", "before"u8.ToArray(), cancellationToken: Cancellation);
        var other = (byte[])_content.Clone();
        other[1_000_000] ^= 1;

        Assert.Null(await _store.TryPassAsync("k", new Forward(other), Said, Cancellation));
        Assert.Null(await _store.TryPassAsync("k", new Forward(_content[..^1]), Said, Cancellation));
        Assert.Null(await _store.TryPassAsync("k", new Forward([.. _content, 0]), Said, Cancellation));
        Assert.Null(await _store.TryPassAsync("k", new Forward(_content, breaksOffAfter: 2_000_000), Said, Cancellation));
        Assert.Null(await new S3Store(_bucket, _connection with { SecretKey = "another" }, _clients, _time).TryPassAsync("k", new Forward(_content), Said, Cancellation));

        Assert.Equal("before"u8.ToArray(), (await _store.GetBytesAsync("k", cancellationToken: Cancellation))!.Value.Content);
    }

    [Fact]
    public async Task Where_the_content_holds_the_only_connection_it_is_given_up_after_a_while()
    {
        await _store.PutBytesAsync("from", _content, cancellationToken: Cancellation);
        var narrow = new S3Store(_bucket, _connection with { Connections = 1 }, _clients, _time);
        await using var read = await narrow.GetAsync("from", new GetOptions { IfMatch = Said.Md5 }, Cancellation);

        var passing = narrow.TryPassAsync("to", read!.Content, Said, Cancellation);
        while (!passing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Null(await passing);
        Assert.Null(await _store.HeadAsync("to", Cancellation));
    }

    [Fact]
    public async Task Whoever_gives_it_up_is_told_so()
    {
        using var enough = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _store.TryPassAsync("k", new Forward(_content, onRead: enough.Cancel), Said, enough.Token));
        Assert.Null(await _store.HeadAsync("k", Cancellation));
    }

    [Fact]
    public void What_is_reached_through_the_SDK_alone_does_not_pass() =>
        Assert.False(new S3Store("public", new S3Connection { Anonymous = true, Region = "us-east-1" }, _clients).CanPass);

    /// <summary>What comes in from elsewhere, once.</summary>
    private sealed class Forward(byte[] content, int breaksOffAfter = int.MaxValue, Action? onRead = null) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            onRead?.Invoke();
            if (Position >= breaksOffAfter) throw new IOException("The connection was reset.");
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
