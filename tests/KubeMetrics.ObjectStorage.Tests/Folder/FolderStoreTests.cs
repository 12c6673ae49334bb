using CsCheck;
using KubeMetrics.ObjectStorage.Folder;

namespace KubeMetrics.ObjectStorage.Tests.Folder;

/// <summary>The same where copies are other names of the same file.</summary>
public sealed class LinkingFolderStoreTests : ObjectStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kubemetrics-").FullName;

    public LinkingFolderStoreTests() => Store = FolderStore.Create(_folder, flushToDisk: false, copiesByLink: true);

    protected override IObjectStore Store { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_copy_is_the_same_file_and_goes_on_by_itself_when_either_is_written_or_deleted()
    {
        await Put("a", "first");
        await Put("c", "other");
        var etag = await Store.CopyAsync("a", "b", null, Cancellation);
        await Store.CopyAsync("a", "c", null, Cancellation); // over what is there
        await Store.CopyAsync("a", "c", null, Cancellation); // and over itself
        Assert.Equal(etag, (await Store.HeadAsync("a", Cancellation))!.ETag);
        Assert.Equal("3", await LinksAsync("a"));

        await Put("a", "second");
        Assert.Equal(("second", "first", "first"), (await Read("a"), await Read("b"), await Read("c")));
        await Put("b", "third");
        Assert.Equal("first", await Read("c"));
        await Store.DeleteAsync("a", Cancellation);
        Assert.Equal(["b", "c"], await Keys(new ListRequest()));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, ".kubemetrics", "tmp")));
    }

    [Fact]
    public void What_lies_on_another_file_system_is_not_linked() => Assert.False(HardLink.TryMake("/proc/self/status", Path.Combine(_folder, "x")));

    private async Task<string> LinksAsync(string key)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%h", Path.Combine(_folder, key)]) { RedirectStandardOutput = true })!;
        return (await stat.StandardOutput.ReadToEndAsync(Cancellation)).Trim();
    }
}

public sealed class FolderStoreTests : ObjectStoreContract, IDisposable
{
    private readonly string _outside = Directory.CreateTempSubdirectory("kubemetrics-").FullName;
    private readonly string _folder;

    public FolderStoreTests()
    {
        _folder = Path.Combine(_outside, "bucket");
        Store = FolderStore.Create(_folder, flushToDisk: false);
    }

    protected override IObjectStore Store { get; }

    public void Dispose() => Directory.Delete(_outside, recursive: true);

    [Fact]
    public async Task An_object_is_a_plain_file_at_its_key()
    {
        await Put("a/b.json", "hello");

        Assert.Equal("hello", File.ReadAllText(Path.Combine(_folder, "a", "b.json")));
    }

    [Fact]
    public async Task A_full_disk_is_told_in_words_with_the_folder_and_the_remedy()
    {
        var full = await Assert.ThrowsAsync<ObjectStoreException>(() => Store.PutAsync("a", new FullDisk(), null, Cancellation));

        Assert.Equal($"There is no room left in {_folder} for 'a': free space there, or use another folder.", full.Message);
        Assert.Equal(ObjectStoreError.Unavailable, full.Error);
    }

    /// <summary>Fails as a write to a full disk does, which no test makes of a disk that others use.</summary>
    private sealed class FullDisk : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            File.WriteAllText("/dev/full", "x");
            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    [Fact]
    public async Task A_file_that_another_program_put_there_is_an_object()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "x"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "x", "y"), "by hand", Cancellation);

        Assert.Equal(["x/y"], await Keys(new ListRequest()));
        Assert.Equal("by hand", await Read("x/y"));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("/etc/passwd", "start or end with '/'")]
    [InlineData("..", "'..'")]
    [InlineData("../outside", "'..'")]
    [InlineData("a/../../outside", "'..'")]
    [InlineData("a/./b", "'.'")]
    [InlineData("a//b", "'//'")]
    [InlineData("a/", "start or end with '/'")]
    [InlineData("a\\b", "'\\'")]
    [InlineData("a\0b", "U+0000")]
    [InlineData(".kubemetrics/tmp/x", "keeps its own files")]
    public async Task A_key_that_can_be_no_file_is_refused_in_a_sentence(string key, string why)
    {
        foreach (var attempt in (Func<Task>[])[
            () => Put(key, "x"),
            () => Store.GetAsync(key, null, Cancellation),
            () => Store.DeleteAsync(key, Cancellation),
            () => Store.StartUploadAsync(key, null, Cancellation)])
        {
            var refused = await Assert.ThrowsAsync<ObjectStoreException>(attempt);
            Assert.Equal(ObjectStoreError.InvalidKey, refused.Error);
            Assert.Contains(why, refused.Message);
            Assert.DoesNotContain('\0', refused.Message);
        }
    }

    [Fact]
    public async Task A_key_that_is_not_unicode_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("half \ud83d", "x"));

        Assert.Contains("surrogate", refused.Message);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused()
    {
        await Put(string.Join('/', Enumerable.Repeat(new string('n', 200), 5)), "x"); // 1004 bytes in names of 200

        var name = await Assert.ThrowsAsync<ObjectStoreException>(() => Put(new string('n', 256), "x"));
        var umlauts = await Assert.ThrowsAsync<ObjectStoreException>(() => Put(new string('ü', 128), "x"));
        var whole = await Assert.ThrowsAsync<ObjectStoreException>(() => Put(string.Join('/', Enumerable.Repeat(new string('n', 200), 6)), "x"));

        Assert.Contains("256 bytes", name.Message);
        Assert.Contains("256 bytes", umlauts.Message);
        Assert.Contains("1205 bytes", whole.Message);
    }

    [Fact]
    public void No_key_leads_out_of_the_folder()
    {
        var layout = new FolderLayout(_folder);
        var piece = Gen.OneOf("..", ".", "", "a", "/", "//", "\\", "\0", "..\\..", "C:", ".kubemetrics", "é", "...", " ", "~");
        var key = Gen.OneOf(piece.Array[1, 6].Select(pieces => string.Join('/', pieces)), piece.Array[1, 6].Select(string.Concat), Gen.String);

        key.Sample(text =>
        {
            try
            {
                var path = layout.PathOf(text);
                return path == Path.GetFullPath(path) && path.StartsWith(_folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) &&
                    !path.StartsWith(Path.Combine(_folder, ".kubemetrics") + Path.DirectorySeparatorChar, StringComparison.Ordinal);
            }
            catch (ObjectStoreException e)
            {
                return e.Error == ObjectStoreError.InvalidKey;
            }
        }, iter: 20_000);
    }

    [Fact]
    public async Task A_prefix_leads_out_of_the_folder_as_little_as_a_key()
    {
        var refused = await Assert.ThrowsAsync<ObjectStoreException>(() => Keys(new ListRequest { Prefix = "../" }));

        Assert.Equal(ObjectStoreError.InvalidKey, refused.Error);
    }

    [Fact]
    public async Task A_symbolic_link_is_listed_but_never_followed()
    {
        await Put("inside", "x");
        var secret = Path.Combine(_outside, "secret");
        await File.WriteAllTextAsync(secret, "secret", Cancellation);
        File.CreateSymbolicLink(Path.Combine(_folder, "file"), secret);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "folder"), _outside);
        File.CreateSymbolicLink(Path.Combine(_folder, "broken"), "nowhere");

        Assert.Equal(["broken", "file", "folder", "inside"], await Keys(new ListRequest()));
        foreach (var attempt in (Func<Task>[])[
            () => Store.GetAsync("file", null, Cancellation),
            () => Store.GetAsync("folder/secret", null, Cancellation),
            () => Store.GetAsync("broken", null, Cancellation),
            () => Put("file", "overwritten"),
            () => Put("folder/new", "x"),
            () => Store.DeleteAsync("folder/secret", Cancellation),
            () => Keys(new ListRequest { Prefix = "folder/" })])
            Assert.Contains("symbolic link", (await Assert.ThrowsAsync<ObjectStoreException>(attempt)).Message);
        Assert.Equal("secret", File.ReadAllText(secret));
        Assert.Equal(["bucket", "secret"], Directory.EnumerateFileSystemEntries(_outside).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_key_cannot_be_file_and_folder()
    {
        await Put("a/b", "x");

        var folder = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("a", "x"));
        var file = await Assert.ThrowsAsync<ObjectStoreException>(() => Put("a/b/c", "x"));

        Assert.Contains("'a/' holds objects", folder.Message);
        Assert.Contains("'a/b' is an object", file.Message);
        Assert.Equal(["a/b"], await Keys(new ListRequest()));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_said_by_every_operation()
    {
        var missing = new FolderStore(Path.Combine(_outside, "missing"));

        foreach (var attempt in (Func<Task>[])[
            () => missing.ListPageAsync(new ListRequest(), Cancellation),
            () => missing.GetAsync("k", null, Cancellation),
            () => missing.DeleteAsync("k", Cancellation),
            () => missing.PutBytesAsync("k", new byte[1], null, Cancellation)])
        {
            var refused = await Assert.ThrowsAsync<ObjectStoreException>(attempt);
            Assert.Equal(ObjectStoreError.BucketNotFound, refused.Error);
            Assert.Contains("does not exist", refused.Message);
        }

        Assert.False(Directory.Exists(missing.Name));
    }

    [Fact]
    public async Task Hidden_files_are_never_listed_and_old_ones_are_cleaned_up()
    {
        await Put("k", "x", new PutOptions { ContentType = "text/plain" });
        var hidden = Path.Combine(_folder, ".kubemetrics", "tmp");
        var (old, recent) = (Path.Combine(hidden, "old"), Path.Combine(hidden, "recent"));
        await File.WriteAllTextAsync(old, "left by a killed process", Cancellation);
        await File.WriteAllTextAsync(recent, "being written", Cancellation);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-3));

        await new FolderStore(_folder).PutBytesAsync("l", new byte[1], null, Cancellation);

        Assert.Equal([recent], Directory.GetFiles(hidden));
        Assert.Equal(["k", "l"], await Keys(new ListRequest()));
        Assert.Empty(await Keys(new ListRequest { Prefix = ".kube" }));
    }

    [Fact]
    public async Task Writes_of_one_size_within_one_tick_have_different_etags()
    {
        var stopped = new StoppedClock();
        var store = new FolderStore(_folder, flushToDisk: false, stopped);
        var etags = new HashSet<string>();

        for (var i = 0; i < 50; i++)
        {
            etags.Add(await store.PutBytesAsync("k", new byte[8], null, Cancellation));
            if (i % 5 == 0) await store.DeleteAsync("k", Cancellation); // not even by way of nothing
        }

        Assert.Equal(50, etags.Count);
    }

    [Fact]
    public async Task Metadata_of_replaced_and_deleted_versions_leaves_no_file()
    {
        var options = new PutOptions { Metadata = new Dictionary<string, string> { ["a"] = "1" } };
        await Put("k", "1", options);
        await Put("k", "22", options);
        await Put("gone", "1", options);
        await Store.DeleteAsync("gone", Cancellation);

        Assert.Single(Directory.EnumerateFiles(Path.Combine(_folder, ".kubemetrics", "meta"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_type_that_the_name_implies_needs_no_record()
    {
        await Put("a.json", "{}", new PutOptions { ContentType = "application/json" });
        await File.WriteAllTextAsync(Path.Combine(_folder, "by-hand.svg"), "<svg/>", Cancellation);

        Assert.Equal("application/json", (await Store.HeadAsync("a.json", Cancellation))!.ContentType);
        Assert.Equal("image/svg+xml", (await Store.HeadAsync("by-hand.svg", Cancellation))!.ContentType);
        Assert.False(Directory.Exists(Path.Combine(_folder, ".kubemetrics", "meta")));
    }

    [Fact]
    public async Task A_type_other_than_the_name_implies_is_kept()
    {
        await Put("a.json", "{}", new PutOptions { ContentType = "text/plain" });
        Assert.Equal("text/plain", (await Store.HeadAsync("a.json", Cancellation))!.ContentType);
    }

    [Fact]
    public async Task A_content_replaced_by_another_program_has_no_metadata()
    {
        await Put("k", "1", new PutOptions { ContentType = "text/plain" });
        await File.WriteAllTextAsync(Path.Combine(_folder, "k"), "by hand", Cancellation);

        Assert.Null((await Store.HeadAsync("k", Cancellation))!.ContentType);
    }

    [Fact]
    public async Task Readers_never_see_half_an_object_or_the_metadata_of_another()
    {
        await PutNumbered(0);
        using var done = new CancellationTokenSource();
        var reader = Task.Run(async () =>
        {
            var reads = 0;
            for (; !done.IsCancellationRequested || reads == 0; reads++)
            {
                var (content, info) = (await Store.GetBytesAsync("k", cancellationToken: Cancellation))!.Value;
                Assert.All(content, b => Assert.Equal(content[0], b));
                Assert.Equal(content.Length, info.Size);
                Assert.Equal($"{content[0]}", info.Metadata["number"]);
            }

            return reads;
        }, Cancellation);
        for (var i = 1; i <= 200; i++) await PutNumbered(i);
        await done.CancelAsync();

        Assert.True(await reader > 0);

        Task PutNumbered(int i) => Store.PutBytesAsync("k", Enumerable.Repeat((byte)i, 1000 + i % 7).ToArray(),
            new PutOptions { Metadata = new Dictionary<string, string> { ["number"] = $"{(byte)i}" } }, Cancellation);
    }

    [Fact]
    public async Task Neighbours_come_and_go_without_taking_each_others_folder()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await Put($"f/g/{writer}", "x");
                await Store.DeleteAsync($"f/g/{writer}", Cancellation);
            }

            await Put($"f/g/{writer}", "last");
        }, Cancellation)));

        Assert.Equal(Enumerable.Range(0, 8).Select(writer => $"f/g/{writer}"), await Keys(new ListRequest()));
    }

    [Fact]
    public async Task Processes_that_race_have_one_winner_each_round()
    {
        using var other = RacingWriter.Start(_folder);
        var mine = await RacingWriter.RaceAsync(_folder, Cancellation);
        await other.StandardOutput.ReadToEndAsync(Cancellation);
        await other.WaitForExitAsync(Cancellation);
        var theirs = (await Read("won"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Empty(mine.Intersect(theirs));
        Assert.Equal(2 * RacingWriter.Rounds, mine.Count + theirs.Length);
        for (var round = 0; round < RacingWriter.Rounds; round++)
            Assert.Equal($"{(mine.Contains($"replace {round}") ? Environment.ProcessId : other.Id)}", await Read($"race/{round}"));
    }

    [Fact]
    public async Task A_folder_of_many_files_is_listed_page_by_page()
    {
        for (var i = 0; i < 3_500; i++) await File.WriteAllBytesAsync(Path.Combine(_folder, $"{i:D5}"), [], Cancellation);

        var listed = new List<string>();
        await foreach (var entry in Store.ListAsync("", Cancellation)) listed.Add(entry.Key);

        Assert.Equal(Enumerable.Range(0, 3_500).Select(i => $"{i:D5}"), listed);
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
