using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>The contract, on a real Ceph, each test in a bucket of its own.</summary>
public sealed class S3StoreTests : ObjectStoreContract, IAsyncLifetime
{
    private readonly S3Clients _clients = new();
    private S3Store? _store;

    protected override IObjectStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        var ceph = await Ceph.RunningAsync();
        _store = new S3Store(Ceph.NewBucketName(), ceph.Connection, _clients);
        await _store.CreateBucketAsync(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Making_a_bucket_again_changes_nothing()
    {
        await Put("a", "1");

        await _store!.CreateBucketAsync(Cancellation);

        Assert.Equal("1", await Read("a"));
    }

    [Fact]
    public async Task Content_that_cannot_seek_is_stored_whole_however_large()
    {
        var content = new byte[(20 << 20) + 17];
        new Random(1).NextBytes(content);

        await Store.PutAsync("k", new Forward(content), new PutOptions { Length = content.Length }, Cancellation);
        var tooShort = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutAsync("s", new Forward(content), new PutOptions { Length = content.Length + 1 }, Cancellation));
        var tooLong = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutAsync("l", new Forward(content), new PutOptions { Length = content.Length - 1 }, Cancellation));

        Assert.Equal(content, (await Store.GetBytesAsync("k", int.MaxValue, Cancellation))!.Value.Content);
        Assert.Equal((ObjectStoreError.WrongLength, ObjectStoreError.WrongLength), (tooShort.Error, tooLong.Error));
        Assert.Equal(["k"], await Keys(new ListRequest()));
    }

    [Fact]
    public async Task Sources_that_fail_spoil_no_request_beside_them()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async n =>
        {
            await Assert.ThrowsAnyAsync<IOException>(() => Store.PutAsync("broken", new FailingStream(10_000), null, Cancellation));
            await Put($"k{n % 8}", $"{n}");
            await _store!.CreateBucketAsync(Cancellation);
        }));

        Assert.Equal(8, (await Keys(new ListRequest())).Count);
    }

    [Fact]
    public async Task An_etag_is_the_contents_md5_and_nothing_is_stored_beside_it()
    {
        // md5sum of "hello"
        Assert.Equal("5d41402abc4b2a76b9719d911017c592", await Put("k", "hello"));
        Assert.Null((await Store.HeadAsync("k", Cancellation))!.Metadata.Keys.FirstOrDefault());
    }

    private sealed class Forward(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
