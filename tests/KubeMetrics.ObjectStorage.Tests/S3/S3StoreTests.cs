using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.ObjectStorage.Tests.S3;

/// <summary>The contract, on a real Ceph, each test in a bucket of its own.</summary>
public sealed class S3StoreTests : ObjectStoreContract, IAsyncLifetime
{
    private readonly S3Clients _clients = new();
    private readonly string _bucket = Ceph.NewBucketName();
    private S3Store? _store;

    protected override IObjectStore Store => _store!;

    public async ValueTask InitializeAsync()
    {
        var ceph = await Ceph.RunningAsync();
        _store = new S3Store(_bucket, ceph.Connection, _clients);
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

    [Fact]
    public async Task What_is_too_large_to_be_copied_at_once_is_copied_in_parts_with_all_that_it_is_stored_with()
    {
        var content = new byte[(12 << 20) + 17];
        new Random(1).NextBytes(content);
        var store = new S3Store(_bucket, (await Ceph.RunningAsync()).Connection, _clients) { CopiedAtOnce = 12 << 20, CopiedPart = 5 << 20 };
        var etag = await store.PutAsync("from", new MemoryStream(content), new PutOptions { ContentType = "text/csv", Metadata = new Dictionary<string, string> { ["host"] = "a" } }, Cancellation);

        var copied = await store.CopyAsync("from", "to", etag, Cancellation);
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => store.CopyAsync("from", "other", "5d41402abc4b2a76b9719d911017c592", Cancellation));

        var there = (await store.GetBytesAsync("to", int.MaxValue, Cancellation))!.Value;
        Assert.Equal(content, there.Content);
        Assert.EndsWith("-3", copied); // 5 + 5 + 2 MiB and a little
        Assert.Equal(("text/csv", "a"), (there.Info.ContentType, there.Info.Metadata["host"]));
        Assert.Equal(ObjectStoreError.PreconditionFailed, refused.Error);
        Assert.Equal(["from", "to"], await Keys(new ListRequest()));
        await foreach (var upload in store.ListUploadsAsync("", Cancellation)) Assert.Fail($"An upload of {upload.Key} was left open.");
    }

    [Fact]
    public async Task What_another_bucket_of_the_endpoint_has_is_copied_by_it_and_of_the_version_that_is_wanted()
    {
        var ceph = await Ceph.RunningAsync();
        var from = new S3Store(Ceph.NewBucketName(), ceph.Connection, _clients);
        await from.CreateBucketAsync(Cancellation);
        var to = new S3Store(_bucket, ceph.Connection, _clients) { CopiedAtOnce = 6 << 20, CopiedPart = 5 << 20 };
        var large = new byte[(6 << 20) + 17];
        new Random(1).NextBytes(large);
        var options = new PutOptions { ContentType = "text/csv", Metadata = new Dictionary<string, string> { ["host"] = "a" } };
        var etag = await from.PutAsync("a b/small", new MemoryStream([1, 2, 3]), options, Cancellation);
        await from.PutAsync("large", new MemoryStream(large), options, Cancellation);

        Assert.True(to.CanCopyFrom(from));
        Assert.Equal(etag, await to.CopyFromAsync(from, "a b/small", "x/ü", etag, Cancellation));
        Assert.EndsWith("-2", await to.CopyFromAsync(from, "large", "large", null, Cancellation));

        Assert.Equal(["large", "x/ü"], await Keys(new ListRequest()));
        Assert.Equal(large, (await to.GetBytesAsync("large", int.MaxValue, Cancellation))!.Value.Content);
        var small = (await to.GetBytesAsync("x/ü", int.MaxValue, Cancellation))!.Value;
        Assert.Equal([1, 2, 3], small.Content);
        Assert.Equal(("text/csv", "a"), (small.Info.ContentType, small.Info.Metadata["host"]));
        Assert.Equal(ObjectStoreError.PreconditionFailed, (await Assert.ThrowsAsync<ObjectStoreException>(() => to.CopyFromAsync(from, "a b/small", "other", "5d41402abc4b2a76b9719d911017c592", Cancellation))).Error);
        var gone = await Assert.ThrowsAsync<ObjectStoreException>(() => to.CopyFromAsync(from, "gone", "other", null, Cancellation));
        Assert.Equal((ObjectStoreError.NotFound, $"'gone' in {from.Name} is not there."), (gone.Error, gone.Message));
    }

    [Fact]
    public void A_bucket_copies_from_those_that_are_reached_alike_and_as_the_same_user_and_from_no_other()
    {
        var own = new S3Connection { Endpoint = "http://rgw:7480", AccessKey = "a", SecretKey = "b" };
        bool Can(S3Connection to, S3Connection from) => new S3Store("to", to, _clients).CanCopyFrom(new S3Store("from", from, _clients));

        Assert.True(Can(own, own with { Stall = TimeSpan.FromSeconds(1) }));
        Assert.False(Can(own, own with { Anonymous = true }));
        Assert.False(Can(own with { Anonymous = true }, own));
        Assert.False(Can(own, own with { AccessKey = "c" }));
        Assert.False(Can(own, own with { SessionToken = "t" }));
        Assert.False(Can(own, own with { Endpoint = "http://other:7480" }));
        Assert.False(Can(own, new S3Connection { AccessKey = "a", SecretKey = "b" }));
    }

    [Theory]
    [InlineData("/big.bin")]
    [InlineData("//two/first")]
    [InlineData("a//b")]
    [InlineData("a///b//")]
    [InlineData("/ #?//ü")]
    public async Task A_slash_at_the_start_of_a_key_or_behind_another_is_part_of_it(string key)
    {
        var store = new S3Store(_bucket, (await Ceph.RunningAsync()).Connection, _clients) { CopiedAtOnce = 5 << 20, CopiedPart = 5 << 20 };
        var large = new byte[(5 << 20) + 17];
        new Random(1).NextBytes(large);

        var etag = await Put(key, "put");
        Assert.Equal("put", await Read(key));
        Assert.Equal((key, etag), ((await store.HeadAsync(key, Cancellation))!.Key, (await store.HeadAsync(key, Cancellation))!.ETag));
        Assert.Equal([key], await Keys(new ListRequest { Prefix = key }));
        Assert.Equal(etag, await store.CopyAsync(key, key + "-copy", etag, Cancellation));
        Assert.Equal("put", await Read(key + "-copy"));

        var upload = await store.StartUploadAsync(key, cancellationToken: Cancellation);
        await foreach (var one in store.ListUploadsAsync(key, Cancellation)) Assert.Equal((key, upload), (one.Key, one.Id));
        var part = await store.PutPartAsync(key, upload, 1, new MemoryStream(large), large.Length, Cancellation);
        Assert.Equal([part], await store.ListPartsAsync(key, upload, Cancellation));
        await store.CompleteUploadAsync(key, upload, [part], Cancellation);
        Assert.Equal(large, (await store.GetBytesAsync(key, int.MaxValue, Cancellation))!.Value.Content);
        await store.CopyAsync(key, key + "-large", cancellationToken: Cancellation);
        Assert.Equal(large, (await store.GetBytesAsync(key + "-large", int.MaxValue, Cancellation))!.Value.Content);
        await store.AbortUploadAsync(key, await store.StartUploadAsync(key, cancellationToken: Cancellation), Cancellation);
        await foreach (var one in store.ListUploadsAsync("", Cancellation)) Assert.Fail($"An upload of {one.Key} was left open.");

        foreach (var one in await Keys(new ListRequest())) await store.DeleteAsync(one, Cancellation);
        Assert.Empty(await Keys(new ListRequest()));
    }

    [Fact]
    public async Task Who_signs_nothing_reads_the_object_whose_key_begins_with_a_slash_and_not_the_one_without()
    {
        await Put("/k", "with");
        await Put("k", "without, and longer");
        await _store!.AllowReadingToAllAsync(Cancellation);
        var anonymous = new S3Store(_bucket, new S3Connection { Endpoint = (await Ceph.RunningAsync()).Endpoint, Anonymous = true }, _clients);

        Assert.Equal(4, (await anonymous.HeadAsync("/k", Cancellation))!.Size);
        Assert.Equal("with"u8.ToArray(), (await anonymous.GetBytesAsync("/k", cancellationToken: Cancellation))!.Value.Content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Large_content_is_put_in_parts_and_read_as_it_was(bool canSeek)
    {
        var content = new byte[(12 << 20) + 17];
        new Random(1).NextBytes(content);
        var store = new S3Store(_bucket, (await Ceph.RunningAsync()).Connection, _clients) { PutAtOnce = 12 << 20, PutPart = 5 << 20 };

        var etag = await store.PutLargeAsync("k", canSeek ? new MemoryStream(content) : new Forward(content), Cancellation);

        Assert.EndsWith("-3", etag); // 5 + 5 + 2 MiB and a little
        Assert.Equal(content, (await store.GetBytesAsync("k", int.MaxValue, Cancellation))!.Value.Content);
        Assert.Equal(etag, (await store.HeadAsync("k", Cancellation))!.ETag);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_that_is_not_large_is_put_at_once(bool canSeek)
    {
        var store = new S3Store(_bucket, (await Ceph.RunningAsync()).Connection, _clients) { PutAtOnce = 5, PutPart = 6 };

        // md5sum of "hello"
        Assert.Equal("5d41402abc4b2a76b9719d911017c592", await store.PutLargeAsync("k", canSeek ? new MemoryStream("hello"u8.ToArray()) : new Forward("hello"u8.ToArray()), Cancellation));
    }

    [Fact]
    public async Task Of_large_content_that_fails_or_is_given_up_nothing_stays_and_what_was_there_before_does()
    {
        await Put("k", "before");
        var store = new S3Store(_bucket, (await Ceph.RunningAsync()).Connection, _clients) { PutAtOnce = 5 << 20, PutPart = 5 << 20 };
        using var given = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<IOException>(() => store.PutLargeAsync("k", new FailingStream(12 << 20), Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.PutLargeAsync("k", new Forward(new byte[20 << 20]) { Read = read => { if (read > 12 << 20) given.Cancel(); } }, given.Token));

        Assert.Equal("before", await Read("k"));
        await foreach (var upload in store.ListUploadsAsync("", Cancellation)) Assert.Fail($"An upload of {upload.Key} was left open.");
    }

    private sealed class Forward(byte[] content) : MemoryStream(content)
    {
        public new Action<long> Read { get; init; } = _ => { };

        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Read(Position);
            return base.ReadAsync(buffer.Length > 1 << 20 ? buffer[..(1 << 20)] : buffer, cancellationToken);
        }
    }
}
