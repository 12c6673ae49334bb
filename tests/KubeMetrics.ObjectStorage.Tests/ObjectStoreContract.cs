using System.Text;
using CsCheck;

namespace KubeMetrics.ObjectStorage.Tests;

/// <summary>
/// What every store must do. A store's tests derive from this and give an empty bucket for each test.
/// </summary>
public abstract class ObjectStoreContract
{
    protected abstract IObjectStore Store { get; }

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_returns_what_was_put()
    {
        var etag = await Put("a/b.json", "hello", new PutOptions { ContentType = "application/json" });

        await using var read = await Store.GetAsync("a/b.json", null, Cancellation);

        Assert.NotNull(read);
        Assert.Equal("hello", await Text(read.Content));
        Assert.Equal(5, read.Length);
        Assert.Equal(("a/b.json", 5L, etag, "application/json"), (read.Info.Key, read.Info.Size, read.Info.ETag, read.Info.ContentType));
        Assert.DoesNotContain('"', etag);
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await Put("_SUCCESS", "");

        var found = await Store.GetBytesAsync("_SUCCESS", cancellationToken: Cancellation);

        Assert.Equal(0, found!.Value.Info.Size);
        Assert.Empty(found.Value.Content);
    }

    [Fact]
    public async Task What_is_not_there_is_null()
    {
        await Put("a/b", "x");

        foreach (var key in (string[])["nothing", "a", "a/c", "a/b/c"])
        {
            Assert.Null(await Store.HeadAsync(key, Cancellation));
            Assert.Null(await Store.GetAsync(key, null, Cancellation));
        }
    }

    [Fact]
    public async Task Metadata_comes_back_and_belongs_to_its_version()
    {
        await Put("k", "1", new PutOptions { Metadata = new Dictionary<string, string> { ["sha256"] = "ab=", ["source"] = "s3://x/y z" } });
        var first = await Store.HeadAsync("k", Cancellation);
        await Put("k", "2");
        var second = await Store.HeadAsync("k", Cancellation);

        Assert.Equal(["sha256=ab=", "source=s3://x/y z"], first!.Metadata.Select(pair => $"{pair.Key}={pair.Value}").Order());
        Assert.Empty(second!.Metadata);
    }

    [Theory]
    [InlineData("ünï")]
    [InlineData("日本語 😀, and two  blanks")]
    public async Task Metadata_in_any_script_come_back_through_every_way_of_storing(string value)
    {
        var metadata = new Dictionary<string, string> { ["name"] = value };
        // md5sum of "1"
        await Put("put", "1", new PutOptions { Metadata = metadata });
        await Put("checked", "1", new PutOptions { Metadata = metadata, Md5 = "c4ca4238a0b923820dcc509a6f75849b" });
        await Put("absent", "1", new PutOptions { Metadata = metadata, IfAbsent = true });
        await Store.CopyAsync("put", "copied", cancellationToken: Cancellation);
        var upload = await Store.StartUploadAsync("parts", new UploadOptions { Metadata = metadata }, Cancellation);
        var part = await Store.PutPartAsync("parts", upload, 1, new MemoryStream("1"u8.ToArray()), null, Cancellation);
        await Store.CompleteUploadAsync("parts", upload, [part], Cancellation);

        foreach (var key in (string[])["put", "checked", "absent", "copied", "parts"])
        {
            var head = (await Store.HeadAsync(key, Cancellation))!;
            await using var read = await Store.GetAsync(key, new GetOptions { IfMatch = head.ETag }, Cancellation);
            Assert.Equal(value, head.Metadata["name"]);
            Assert.Equal(value, read!.Info.Metadata["name"]);
        }
    }

    [Theory]
    [InlineData("Upper", "x")]
    [InlineData("", "x")]
    [InlineData("a b", "x")]
    [InlineData("a", "line\nbreak")]
    [InlineData("a", "a\u0085b")]
    [InlineData("a", "what is no UTF-8: \uFFFD")]
    [InlineData("a", " blank")]
    public async Task Metadata_that_headers_do_not_carry_is_refused(string name, string value)
    {
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            Put("k", "1", new PutOptions { Metadata = new Dictionary<string, string> { [name] = value } }));

        Assert.Equal(ObjectStoreError.InvalidMetadata, refused.Error);
        Assert.Null(await Store.HeadAsync("k", Cancellation));
    }

    [Theory]
    [InlineData(0, 3L, "012")]
    [InlineData(3, 4L, "3456")]
    [InlineData(7, null, "789")]
    [InlineData(8, 100L, "89")]
    [InlineData(9, 1L, "9")]
    public async Task A_range_is_read_and_cut_at_the_end(long start, long? length, string expected)
    {
        await Put("k", "0123456789");

        await using var read = await Store.GetAsync("k", new GetOptions { Range = new ByteRange(start, length) }, Cancellation);

        Assert.Equal(expected, await Text(read!.Content));
        Assert.Equal(expected.Length, read.Length);
        Assert.Equal(10, read.Info.Size);
    }

    [Theory]
    [InlineData(10, null)]
    [InlineData(11, 1L)]
    public async Task A_range_beyond_the_end_is_an_error(long start, long? length)
    {
        await Put("k", "0123456789");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() =>
            Store.GetAsync("k", new GetOptions { Range = new ByteRange(start, length) }, Cancellation));

        Assert.Equal(ObjectStoreError.InvalidRange, refused.Error);
        Assert.Contains("10 bytes", refused.Message);
    }

    [Fact]
    public async Task A_get_with_an_old_etag_fails()
    {
        var old = await Put("k", "1");
        await Put("k", "2");

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.GetAsync("k", new GetOptions { IfMatch = old }, Cancellation));

        Assert.Equal(ObjectStoreError.PreconditionFailed, refused.Error);
    }

    [Fact]
    public async Task A_reader_keeps_its_version_while_another_is_written()
    {
        await Put("k", "old");
        await using var read = await Store.GetAsync("k", null, Cancellation);
        await Put("k", "new!");

        Assert.Equal("old", await Text(read!.Content));
        Assert.Equal("new!", await Read("k"));
    }

    [Fact]
    public async Task If_absent_stores_only_the_first()
    {
        await Put("k", "1", new PutOptions { IfAbsent = true });

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("k", "2", new PutOptions { IfAbsent = true }));

        Assert.Equal(ObjectStoreError.PreconditionFailed, refused.Error);
        Assert.Equal("1", await Read("k"));
    }

    [Fact]
    public async Task If_match_replaces_only_the_version_it_names()
    {
        var first = await Put("k", "1");
        var second = await Put("k", "2", new PutOptions { IfMatch = first });

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("k", "3", new PutOptions { IfMatch = first }));
        await Put("k", "4", new PutOptions { IfMatch = second });

        Assert.Equal(ObjectStoreError.PreconditionFailed, refused.Error);
        Assert.Equal("4", await Read("k"));
    }

    [Fact]
    public async Task If_match_fails_where_there_is_nothing()
    {
        var first = await Put("k", "1");
        await Store.DeleteAsync("k", Cancellation);

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("k", "2", new PutOptions { IfMatch = first }));

        Assert.True(refused.Error is ObjectStoreError.PreconditionFailed or ObjectStoreError.NotFound);
        Assert.Null(await Store.HeadAsync("k", Cancellation));
    }

    [Fact]
    public async Task Sixteen_writers_that_race_to_create_have_one_winner_each_round()
    {
        for (var round = 0; round < 40; round++)
        {
            var key = $"lease/{round}";
            var wins = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer =>
                Task.Run(() => Tried(() => Put(key, $"writer {writer}", new PutOptions { IfAbsent = true })), Cancellation)));

            var winner = Assert.Single(Enumerable.Range(0, 16), writer => wins[writer]);
            Assert.Equal($"writer {winner}", await Read(key));
        }
    }

    [Fact]
    public async Task Sixteen_writers_that_race_to_replace_have_one_winner_each_round()
    {
        var etag = await Put("pointer", "start");
        for (var round = 0; round < 40; round++)
        {
            var wins = await Task.WhenAll(Enumerable.Range(0, 16).Select(writer =>
                Task.Run(() => Tried(() => Put("pointer", $"{round:D2} {writer:D2}", new PutOptions { IfMatch = etag })), Cancellation)));

            var winner = Assert.Single(Enumerable.Range(0, 16), writer => wins[writer]);
            Assert.Equal($"{round:D2} {winner:D2}", await Read("pointer"));
            etag = (await Store.HeadAsync("pointer", Cancellation))!.ETag;
        }
    }

    [Fact]
    public async Task A_source_that_ends_early_leaves_nothing_behind()
    {
        await Put("k", "before");

        var tooShort = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("k", "1234", new PutOptions { Length = 5 }));
        var tooLong = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("k", "123456", new PutOptions { Length = 5 }));

        Assert.Equal((ObjectStoreError.WrongLength, ObjectStoreError.WrongLength), (tooShort.Error, tooLong.Error));
        Assert.Equal("before", await Read("k"));
    }

    [Fact]
    public async Task Content_of_another_checksum_than_was_said_is_refused_and_the_object_stays_as_it_was()
    {
        await Store.PutBytesAsync("a", "hello"u8.ToArray(), new PutOptions { Md5 = "5d41402abc4b2a76b9719d911017c592" }, Cancellation);

        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutBytesAsync("a", "hullo"u8.ToArray(), new PutOptions { Md5 = "5d41402abc4b2a76b9719d911017c592" }, Cancellation));

        Assert.Equal(ObjectStoreError.WrongContent, refused.Error);
        Assert.Equal("hello"u8.ToArray(), (await Store.GetBytesAsync("a", cancellationToken: Cancellation))!.Value.Content);
    }

    [Fact]
    public async Task A_source_that_fails_leaves_nothing_behind()
    {
        await Assert.ThrowsAnyAsync<IOException>(() => Store.PutAsync("k", new FailingStream(100_000), null, Cancellation));

        Assert.Empty(await Keys(new ListRequest()));
    }

    [Fact]
    public async Task Copy_takes_content_type_and_metadata_along()
    {
        await Put("a", "text", new PutOptions { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["x"] = "1" } });

        var etag = await Store.CopyAsync("a", "b/c", null, Cancellation);

        var copy = await Store.HeadAsync("b/c", Cancellation);
        Assert.Equal((etag, "text/plain", "1"), (copy!.ETag, copy.ContentType, copy.Metadata["x"]));
        Assert.Equal("text", await Read("b/c"));
    }

    [Fact]
    public async Task Copy_of_another_version_or_of_nothing_fails()
    {
        var old = await Put("a", "1");
        await Put("a", "2");

        var changed = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.CopyAsync("a", "b", old, Cancellation));
        var missing = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.CopyAsync("nothing", "b", null, Cancellation));

        Assert.Equal((ObjectStoreError.PreconditionFailed, ObjectStoreError.NotFound), (changed.Error, missing.Error));
        Assert.Null(await Store.HeadAsync("b", Cancellation));
    }

    [Fact]
    public async Task Delete_removes_one_object_and_twice_is_no_error()
    {
        await Put("a/b", "1");
        await Put("a/c", "2");

        await Store.DeleteAsync("a/b", Cancellation);
        await Store.DeleteAsync("a/b", Cancellation);
        await Store.DeleteAsync("a", Cancellation);

        Assert.Equal(["a/c"], await Keys(new ListRequest()));
    }

    [Fact]
    public async Task A_key_is_free_again_once_all_below_it_is_deleted()
    {
        await Put("a/b/c", "1");
        await Store.DeleteAsync("a/b/c", Cancellation);

        await Put("a", "2");

        Assert.Equal(["a"], await Keys(new ListRequest()));
    }

    [Fact]
    public async Task Listing_is_in_order_of_utf8_bytes()
    {
        // '-' < '.' < '/' < '0', and U+1F600 (a surrogate pair in UTF-16) after U+FF5E.
        string[] keys = ["a-b", "a.b", "a/b", "a/b-", "a0", "b/c/d", "b/c.d", "B", "é", "～", "😀"];
        foreach (var key in keys) await Put(key, key);

        var listed = await Keys(new ListRequest());

        Assert.Equal(keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal), listed);
    }

    [Fact]
    public async Task Listing_tells_size_etag_and_time()
    {
        var etag = await Put("a/b", "12345");
        var head = await Store.HeadAsync("a/b", Cancellation);

        var page = await Store.ListPageAsync(new ListRequest(), Cancellation);

        var entry = Assert.Single(page.Objects);
        Assert.Equal(("a/b", 5L, etag), (entry.Key, entry.Size, entry.ETag));
        Assert.InRange(entry.LastModified - head!.LastModified, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_prefix_is_plain_text_and_a_folder_ends_at_its_slash()
    {
        foreach (var key in (string[])["kube-metrics", "kube-metrics-old/a", "kube-metrics/a", "kube-metrics/b/c"]) await Put2(key);

        Assert.Equal(4, (await Keys(new ListRequest { Prefix = "kube-m" })).Count);
        Assert.Equal(["kube-metrics/b/c"], await Keys(new ListRequest { Prefix = "kube-metrics/b" }));
        Assert.Equal(["kube-metrics/a", "kube-metrics/b/c"], await Keys(new ListRequest { Prefix = ObjectKey.AsPrefix("kube-metrics") }));
        Assert.Empty(await Keys(new ListRequest { Prefix = "nothing/here" }));

        // A folder store can't hold 'kube-metrics' beside 'kube-metrics/…'; that is its own test.
        Task Put2(string key) => Put(key == "kube-metrics" ? "kube-metrics.txt" : key, "x");
    }

    [Fact]
    public async Task By_folder_keys_below_the_next_slash_are_one_entry()
    {
        foreach (var key in (string[])["d/a", "d/b/1", "d/b/2", "d/c", "d/e/f/g", "x"]) await Put(key, "x");

        var page = await Store.ListPageAsync(new ListRequest { Prefix = "d/", ByFolder = true }, Cancellation);
        var top = await Store.ListPageAsync(new ListRequest { ByFolder = true }, Cancellation);

        Assert.Equal(["d/a", "d/c"], page.Objects.Select(entry => entry.Key));
        Assert.Equal(["d/b/", "d/e/"], page.Folders);
        Assert.Equal(["x"], top.Objects.Select(entry => entry.Key));
        Assert.Equal(["d/"], top.Folders);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(1, true)]
    [InlineData(1000, false)]
    public async Task Pages_put_together_are_the_whole_listing(int pageSize, bool byFolder)
    {
        foreach (var key in (string[])["a", "b.txt", "b/1", "b/2", "b/c/1", "b/c/2", "b0", "c/d/e/f", "c/d/g", "z"]) await Put(key, "x");
        string[] expected = byFolder ? ["a", "b.txt", "b/", "b0", "c/", "z"] : ["a", "b.txt", "b/1", "b/2", "b/c/1", "b/c/2", "b0", "c/d/e/f", "c/d/g", "z"];

        Assert.Equal(expected, await Keys(new ListRequest { PageSize = pageSize, ByFolder = byFolder }));
    }

    [Fact]
    public async Task The_last_page_names_no_next()
    {
        foreach (var key in (string[])["a", "b", "c", "d"]) await Put(key, "x");

        var first = await Store.ListPageAsync(new ListRequest { PageSize = 2 }, Cancellation);
        var second = await Store.ListPageAsync(new ListRequest { PageSize = 2, ContinuationToken = first.Next }, Cancellation);

        Assert.NotNull(first.Next);
        Assert.Null(second.Next);
    }

    [Fact]
    public async Task Keys_with_blanks_signs_and_any_script_round_trip()
    {
        string[] keys = ["with blank", "p%20q", "h#a?b&c=d+e", "emoji 😀/ü", "e\u0301 and é", "ABC", "quote'\"", "~tilde", "-dash", "_SUCCESS", ".hidden", "..two", "line\nbreak"];
        foreach (var key in keys) await Put(key, key);

        foreach (var key in keys) Assert.Equal(key, await Read(key));
        Assert.Equal(keys.Order(ObjectKey.Order), await Keys(new ListRequest()));
    }

    [Fact]
    public async Task Random_keys_are_listed_as_a_sorted_set_by_pages_of_any_size()
    {
        var key = Gen.OneOf("a", "a.", "a-", "b", "B", "é", "😀", "～").Array[1, 3].Select(parts => string.Join('/', parts) + ".x");
        var n = 0;
        await Gen.Select(key.Array[1, 12], Gen.Int[1, 5], Gen.Bool).SampleAsync(async (keys, pageSize, byFolder) =>
        {
            var folder = $"{Interlocked.Increment(ref n)}/";
            foreach (var one in keys) await Put(folder + one, "x");
            var sorted = keys.Distinct().Select(one => folder + one)
                .Select(one => byFolder ? one[..(one.IndexOf('/', folder.Length) + 1)] is { Length: > 0 } common ? common : one : one)
                .Distinct().OrderBy(one => Convert.ToHexString(Encoding.UTF8.GetBytes(one)), StringComparer.Ordinal);

            Assert.Equal(sorted, await Keys(new ListRequest { Prefix = folder, PageSize = pageSize, ByFolder = byFolder }));
        }, iter: 60);
    }

    [Fact]
    public async Task An_upload_in_parts_appears_at_once_when_completed()
    {
        var id = await Store.StartUploadAsync("big", new UploadOptions { ContentType = "application/json", Metadata = new Dictionary<string, string> { ["a"] = "1" } }, Cancellation);
        var first = new byte[UploadPart.MinSize];
        new Random(1).NextBytes(first);
        var two = await Store.PutPartAsync("big", id, 2, new MemoryStream("end"u8.ToArray()), 3, Cancellation);
        var one = await Store.PutPartAsync("big", id, 1, new MemoryStream(first), null, Cancellation);
        Assert.Empty(await Keys(new ListRequest()));

        var etag = await Store.CompleteUploadAsync("big", id, [one, two], Cancellation);

        var found = await Store.GetBytesAsync("big", cancellationToken: Cancellation);
        Assert.Equal([.. first, .. "end"u8], found!.Value.Content);
        Assert.Equal((etag, "application/json", "1"), (found.Value.Info.ETag, found.Value.Info.ContentType, found.Value.Info.Metadata["a"]));
        Assert.Empty(await Store.ListUploadsAsync(cancellationToken: Cancellation).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task An_interrupted_upload_goes_on_from_its_parts()
    {
        var id = await Store.StartUploadAsync("big", null, Cancellation);
        var body = new byte[UploadPart.MinSize];
        var one = await Store.PutPartAsync("big", id, 1, new MemoryStream(body), null, Cancellation);
        await Store.PutPartAsync("big", id, 2, new MemoryStream("wrong"u8.ToArray()), null, Cancellation);

        var upload = Assert.Single(await Store.ListUploadsAsync("bi", Cancellation).ToListAsync(Cancellation));
        var again = await Store.PutPartAsync("big", upload.Id, 2, new MemoryStream("right"u8.ToArray()), null, Cancellation);
        var parts = await Store.ListPartsAsync("big", upload.Id, Cancellation);
        await Store.CompleteUploadAsync("big", upload.Id, parts, Cancellation);

        Assert.Equal([one, again], parts);
        Assert.Equal(body.Length + 5, (await Store.HeadAsync("big", Cancellation))!.Size);
    }

    [Fact]
    public async Task An_upload_with_a_missing_changed_or_misplaced_part_is_refused()
    {
        var id = await Store.StartUploadAsync("big", null, Cancellation);
        var one = await Store.PutPartAsync("big", id, 1, new MemoryStream(new byte[UploadPart.MinSize]), null, Cancellation);
        var two = await Store.PutPartAsync("big", id, 2, new MemoryStream([2]), null, Cancellation);

        foreach (var parts in (UploadPart[][])[[two, one], [one, two with { ETag = "0" }], [one, two with { Number = 3 }]])
        {
            var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.CompleteUploadAsync("big", id, parts, Cancellation));
            Assert.Equal(ObjectStoreError.InvalidPart, refused.Error);
        }

        Assert.Null(await Store.HeadAsync("big", Cancellation));
    }

    [Fact]
    public async Task An_aborted_upload_is_gone()
    {
        var id = await Store.StartUploadAsync("big", null, Cancellation);
        await Store.PutPartAsync("big", id, 1, new MemoryStream([1]), null, Cancellation);

        await Store.AbortUploadAsync("big", id, Cancellation);
        await Store.AbortUploadAsync("big", id, Cancellation);

        Assert.Empty(await Store.ListUploadsAsync(cancellationToken: Cancellation).ToListAsync(Cancellation));
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutPartAsync("big", id, 2, new MemoryStream([1]), null, Cancellation));
        Assert.Equal(ObjectStoreError.UploadNotFound, refused.Error);
    }

    [Fact]
    public async Task A_cancelled_put_stores_nothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.PutAsync("k", new MemoryStream([1]), null, source.Token));

        Assert.Null(await Store.HeadAsync("k", Cancellation));
    }

    protected Task<string> Put(string key, string text, PutOptions? options = null) =>
        Store.PutAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(text)), options, Cancellation);

    protected async Task<string?> Read(string key) =>
        await Store.GetBytesAsync(key, cancellationToken: Cancellation) is { } found ? Encoding.UTF8.GetString(found.Content) : null;

    /// <summary>All keys and folders over all pages, merged in the listing's order.</summary>
    protected async Task<List<string>> Keys(ListRequest request)
    {
        var keys = new List<string>();
        while (true)
        {
            var page = await Store.ListPageAsync(request, Cancellation);
            Assert.InRange(page.Objects.Count + page.Folders.Count, page.Next is null ? 0 : 1, request.PageSize);
            keys.AddRange(page.Objects.Select(entry => entry.Key).Concat(page.Folders).Order(ObjectKey.Order));
            if (page.Next is null) return keys;
            request = request with { ContinuationToken = page.Next };
        }
    }

    private static async Task<bool> Tried(Func<Task> write)
    {
        try
        {
            await write();
            return true;
        }
        catch (ObjectStoreException e) when (e.Error == ObjectStoreError.PreconditionFailed)
        {
            return false;
        }
    }

    private static async Task<string> Text(Stream stream) => await new StreamReader(stream).ReadToEndAsync(Cancellation);
}
