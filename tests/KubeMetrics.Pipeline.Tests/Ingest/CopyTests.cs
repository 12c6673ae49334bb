using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>What is copied, and what becomes of it when a store does otherwise than it should.</summary>
public class CopyTests
{
    private readonly MemoryStore _from = new("source"), _to = new("destination"), _state = new("state");
    private readonly MeddledStore _source, _destination;
    private readonly IngestProcess _process;

    public CopyTests()
        : this(null)
    {
    }

    /// <param name="through">What the destination is seen through.</param>
    private protected CopyTests(Func<IObjectStore, IObjectStore>? through)
    {
        (_source, _destination) = (new MeddledStore(_from), new MeddledStore(_to));
        _process = new IngestProcess(_source, through?.Invoke(_destination) ?? _destination, _state, TimeProvider.System, IngestProcess.Small with { LeastPassed = 1 });
    }

    private void AssertCopied(params string[] keys)
    {
        Assert.Equal(keys.Order(ObjectKey.Order).Select(key => "out/" + key), _to.Keys);
        foreach (var key in keys)
        {
            Assert.Equal(_from.Content("in/" + key), _to.Content("out/" + key));
            Assert.Equal(_from.Info("in/" + key).ContentType, _to.Info("out/" + key).ContentType);
            Assert.Equal(_from.Info("in/" + key).Metadata, _to.Info("out/" + key).Metadata);
        }

        Assert.Equal(0, _to.OpenUploads);
        Assert.DoesNotContain(_state.Keys, key => key.Contains("/journal/"));
    }

    [Fact]
    public async Task Objects_of_all_sizes_are_copied_with_what_they_are_stored_with_and_the_second_time_none()
    {
        var kept = new UploadOptions { ContentType = "text/tab-separated-values", Metadata = new Dictionary<string, string> { ["origin"] = "a lab" } };
        foreach (var size in (int[])[0, 1, 15, 16, 17, 24, 25, 100]) _from.Add($"in/{size}", Contents.Of(size, size), options: kept);
        _from.Add("in/parts", Contents.Of(50), partSize: 7, options: kept);

        var outcome = await _process.DoneAsync();

        AssertCopied("0", "1", "15", "16", "17", "24", "25", "100", "parts");
        Assert.Equal((9, 9, 0), (outcome.Done.Copied.Objects, outcome.Done.Verified, outcome.Done.Unverified));
        Assert.Equal(_from.Info("in/parts").ETag, _to.Info("out/parts").ETag);
        _source.Reads.Clear();
        outcome = await _process.DoneAsync();
        Assert.Equal((0, 9), (outcome.Done.Copied.Objects, outcome.Done.Same.Objects));
        Assert.Empty(_source.Reads);
    }

    [Fact]
    public async Task The_second_ingest_copies_what_is_new_or_changed_or_was_written_over_and_nothing_else()
    {
        foreach (var key in (string[])["changed", "stays", "written-over"]) _from.Add("in/" + key, Contents.Of(10));
        await _process.DoneAsync();
        _from.Add("in/changed", Contents.Of(10, 2)); // of the same size
        _from.Add("in/new", Contents.Of(7));
        _to.Add("out/written-over", Contents.Of(10, 3));

        var done = (await _process.DoneAsync()).Done;

        Assert.Equal((new ObjectCount(3, 27), new ObjectCount(1, 10)), (done.Copied, done.Same));
        AssertCopied("changed", "new", "stays", "written-over");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public async Task An_object_that_changes_while_it_is_read_is_copied_as_it_is_then_and_never_mixed(int size)
    {
        _from.Add("in/a", Contents.Of(size, 1));
        var changes = 2;
        _source.OnRead = (_, start) =>
        {
            if (start >= size - 10 && changes-- > 0) _from.Add("in/a", Contents.Of(size, 10 + changes));
            return null;
        };

        var outcome = await _process.DoneAsync();

        AssertCopied("a");
        Assert.Equal(1, outcome.Done.Verified);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public async Task An_object_that_never_stops_changing_is_told_and_the_others_are_copied(int size)
    {
        _from.Add("in/a", Contents.Of(size));
        _from.Add("in/b", Contents.Of(5));
        var seed = 100;
        _source.OnRead = (key, _) =>
        {
            if (key == "in/a") _from.Add("in/a", Contents.Of(size, seed++));
            return null;
        };

        var outcome = await _process.DoneAsync();

        var failure = Assert.Single(outcome.Done.Failures);
        Assert.Equal("a", failure.Key);
        Assert.Contains("was changed", failure.Reason);
        AssertCopied("b");
    }

    [Theory]
    [InlineData(10, null)]
    [InlineData(50, null)]
    [InlineData(50, 7)]
    public async Task Bytes_that_come_in_wrong_once_are_read_again_and_never_visible(int size, int? partSize)
    {
        _from.Add("in/a", Contents.Of(size), partSize);
        var wrong = 1;
        _source.OnRead = (_, _) => Interlocked.Decrement(ref wrong) < 0 ? null : bytes => [(byte)(bytes[0] ^ 1), .. bytes[1..]];
        var limits = IngestProcess.Small with { LeastPart = 7 }; // so that the part size is sure
        var outcome = await new IngestProcess(_source, _destination, _state, TimeProvider.System, limits).DoneAsync();

        AssertCopied("a");
        Assert.True(outcome.Done.Verified + outcome.Done.Unverified == 1);
    }

    // Of three parts of 8 MiB: parts of 7 and of 9 would be three as well. Of parts of no one size, whose ETag nobody can make again.
    [Theory]
    [InlineData(20 << 20, true)]
    [InlineData(50, false)]
    public async Task Bytes_that_come_in_wrong_once_are_read_again_where_nobody_can_tell_how_large_the_sources_parts_are(int size, bool even)
    {
        _from.Add("in/a", Contents.Of(size), even ? 8 << 20 : null, even ? null : "0123456789abcdef0123456789abcdef-4");
        var wrong = 1;
        _source.OnRead = (_, _) => Interlocked.Decrement(ref wrong) < 0 ? null : bytes => [(byte)(bytes[0] ^ 1), .. bytes[1..]];
        var limits = even ? new IngestLimits { RetryAfter = TimeSpan.FromMilliseconds(1) } : IngestProcess.Small;
        var outcome = await new IngestProcess(_source, _destination, _state, TimeProvider.System, limits).DoneAsync();

        AssertCopied("a");
        Assert.Equal(even ? (1, 0) : (0, 1), (outcome.Done.Verified, outcome.Done.Unverified));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public async Task An_ETag_that_is_no_checksum_is_found_out_and_the_copy_marked_unverified_with_our_own_hash(int size)
    {
        _from.Add("in/a", Contents.Of(size), etag: "0123456789abcdef0123456789abcdef");

        var outcome = await _process.DoneAsync();

        AssertCopied("a");
        Assert.Equal((0, 1), (outcome.Done.Verified, outcome.Done.Unverified));
        Assert.Contains("\"sha256\":\"", System.Text.Encoding.UTF8.GetString(_state.Content(Assert.Single(_state.Keys, key => key.Contains("/objects/")))));
        Assert.Equal(1, (await _process.DoneAsync()).Done.Same.Objects);
    }

    [Fact]
    public async Task A_stream_that_breaks_off_is_read_again()
    {
        _from.Add("in/a", Contents.Of(50));
        var breaks = 5;
        _source.OnRead = (_, _) => Interlocked.Decrement(ref breaks) < 0 ? null : bytes => bytes[..(bytes.Length / 2)];

        await _process.DoneAsync();

        AssertCopied("a");
    }

    [Fact]
    public async Task A_destination_that_does_not_answer_for_a_while_is_tried_until_it_does()
    {
        foreach (var size in (int[])[0, 5, 50]) _from.Add($"in/{size}", Contents.Of(size));
        var refuses = 20;
        _destination.OnWrite = _ =>
        {
            if (Interlocked.Decrement(ref refuses) >= 0) throw new ObjectStoreException(ObjectStoreError.Unavailable, "503");
        };

        await _process.DoneAsync();

        AssertCopied("0", "5", "50");
    }

    // However short the slices are that the copy is done in.
    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public async Task A_destination_that_answers_nothing_for_long_fails_the_ingest_with_what_it_says(int size)
    {
        _from.Add("in/a", Contents.Of(size));
        var isGone = false;
        _destination.OnWrite = _ =>
        {
            isGone = true; // what else it is asked it does not answer from here on either
            throw new ObjectStoreException(ObjectStoreError.Unavailable, "The destination answers 503.");
        };
        var limits = IngestProcess.Small with { Slice = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromMilliseconds(200), LeastPassed = 100 };

        var patient = new WorkOptions { Attempts = 3, RetryAfter = TimeSpan.FromMilliseconds(1), Poll = TimeSpan.FromMilliseconds(10) };
        var record = await new IngestProcess(_source, new CutListing(_destination, () => isGone), _state, TimeProvider.System, limits, patient).IngestAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains(record.Problem!.Detail, (string[])["The destination answers 503.", "The listing was cut short."]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task That_the_destination_has_not_what_was_just_stored_is_no_word_of_the_source(int times)
    {
        _from.Add("in/a", Contents.Of(50));
        _to.Add("out/old", [1]);
        _destination.OnComplete = _ =>
        {
            if (times-- > 0) throw new ObjectStoreException(ObjectStoreError.NotFound, "'out/a' was deleted just after it was written.");
        };

        var outcome = await _process.DoneAsync(request => request with { Mirror = true });

        Assert.Equal(0, outcome.Done.Gone);
        if (times <= 0) AssertCopied("a");
        else
        {
            Assert.Equal(new FailedObject("a", "'out/a' was deleted just after it was written."), Assert.Single(outcome.Done.Failures));
            AssertStored("out/old");
        }
    }

    // As of many keys each is tried a few times only, before it is the next ones' turn.
    [Fact]
    public async Task A_destination_that_takes_nothing_fails_the_ingest_however_many_wait()
    {
        for (var i = 0; i < 300; i++) _from.Add($"in/{i:000}", Contents.Of(5));
        _destination.OnWrite = _ => throw new ObjectStoreException(ObjectStoreError.Unavailable, "The destination answers 503.");
        var limits = IngestProcess.Small with { Slice = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromMilliseconds(200), RetryAfter = TimeSpan.FromMilliseconds(5), LeastPassed = 100, Batch = 1000 };
        var patient = new WorkOptions { Attempts = 3, RetryAfter = TimeSpan.FromMilliseconds(1), Poll = TimeSpan.FromMilliseconds(10) };

        var record = await new IngestProcess(_source, _destination, _state, TimeProvider.System, limits, patient).IngestAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("The destination answers 503.", record.Problem!.Detail);
        Assert.InRange(_destination.Failed.Distinct().Count(), 1, 299); // it did not take a try at each to see that
    }

    // Alone in the end, and again in the next ingest, where nothing else is left to be copied.
    [Theory]
    [InlineData(10)]
    [InlineData(50)]
    public async Task One_object_that_the_destination_never_takes_is_told_and_keeps_no_other_from_being_copied(int size)
    {
        for (var i = 0; i < 30; i++) _from.Add($"in/{i:00}", Contents.Of(5));
        _from.Add("in/00", Contents.Of(size));
        _destination.OnWrite = key =>
        {
            if (key == "out/00") throw new ObjectStoreException(ObjectStoreError.Unavailable, "500 for this one.");
        };
        var limits = IngestProcess.Small with { Slice = TimeSpan.FromMilliseconds(20), LeastPassed = 100 };
        var process = new IngestProcess(_source, _destination, _state, TimeProvider.System, limits);

        foreach (var copied in (int[])[29, 1])
        {
            var outcome = await process.DoneAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
            Assert.Equal(new FailedObject("00", "500 for this one."), Assert.Single(outcome.Done.Failures));
            Assert.Equal(copied, outcome.Done.Copied.Objects);
            _from.Add("in/99", Contents.Of(5)); // behind it
        }

        Assert.Equal(0, _to.OpenUploads);
    }

    // An upload whose completion does nothing, at a place where another object lies.
    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public async Task What_lies_there_after_an_upload_and_is_another_object_is_no_copy(int times)
    {
        _from.Add("in/a", Contents.Of(50));
        _to.Add("out/a", Contents.Of(50, 2), partSize: 8);
        _to.Add("out/old", [1]);
        var process = new IngestProcess(_source, new NotCompleted(_to, () => times-- > 0), _state, TimeProvider.System);

        var outcome = await process.DoneAsync(request => request with { Mirror = true });

        if (times <= 0)
        {
            Assert.Equal((1, 1), (outcome.Done.Verified, outcome.Done.Deleted));
            AssertCopied("a");
            return;
        }

        Assert.Contains("another object is there", Assert.Single(outcome.Done.Failures).Reason);
        AssertStored("out/a", "out/old");
    }

    // A process that goes on knows that the source's checksums are none, and does not read all of it once more.
    [Fact]
    public async Task That_the_source_tells_no_checksum_is_known_to_who_goes_on()
    {
        _from.Add("in/a", Contents.Of(50), etag: "0123456789abcdef0123456789abcdef-4");
        _destination.OnComplete = _ => throw new ObjectStoreException(ObjectStoreError.Unavailable, "500");
        var limits = IngestProcess.Small with { Patience = TimeSpan.FromMilliseconds(100) };
        var patient = new WorkOptions { Attempts = 3, RetryAfter = TimeSpan.FromMilliseconds(1), Poll = TimeSpan.FromMilliseconds(10) };

        var record = await new IngestProcess(_source, _destination, _state, TimeProvider.System, limits, patient).IngestAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.True(record.State == WorkState.Failed || record.IngestOutcome()!.Done.Failed == 1);
        Assert.Equal(8, _source.Reads.Count); // four parts, twice
    }

    [Fact]
    public async Task A_listing_that_fails_for_a_while_is_waited_for()
    {
        _from.Add("in/a", [1]);
        var fails = 5;
        var process = new IngestProcess(new CutListing(_source, () => fails-- > 0), _destination, _state, TimeProvider.System);

        await process.DoneAsync();

        AssertCopied("a");
    }

    [Fact]
    public async Task A_key_that_can_t_be_stored_is_told_and_keeps_no_other_from_being_copied()
    {
        foreach (var key in (string[])["a", "b", "c"]) _from.Add("in/" + key, Contents.Of(20));
        _destination.OnWrite = key =>
        {
            if (key == "out/b") throw new ObjectStoreException(ObjectStoreError.InvalidKey, "The key 'b' can't be used here.");
        };
        _to.Add("out/old", [1]);

        var outcome = await _process.DoneAsync(request => request with { Mirror = true });

        Assert.Equal(new FailedObject("b", "The key 'b' can't be used here."), Assert.Single(outcome.Done.Failures));
        Assert.Equal(0, outcome.Done.Deleted); // not everything was copied
        AssertStored("out/a", "out/c", "out/old");
    }

    [Fact]
    public async Task A_destination_that_may_not_be_written_to_fails_the_ingest_with_its_reason()
    {
        _from.Add("in/a", [1]);
        _destination.OnWrite = _ => throw new ObjectStoreException(ObjectStoreError.AccessDenied, "Not with this key.");

        var record = await _process.IngestAsync();

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("Not with this key.", record.Problem!.Detail);
        Assert.Contains("goes on where it was", record.Problem.Remedy);
    }

    [Fact]
    public async Task What_was_copied_by_an_ingest_that_failed_is_not_copied_again_by_the_next()
    {
        for (var i = 0; i < 10; i++) _from.Add($"in/{i}", Contents.Of(50, i), etag: $"no-checksum-{i}");
        var left = 25;
        _destination.OnWrite = _ =>
        {
            if (Interlocked.Decrement(ref left) < 0) throw new ObjectStoreException(ObjectStoreError.AccessDenied, "Not any more.");
        };
        Assert.Equal(WorkState.Failed, (await _process.IngestAsync()).State);
        var before = _destination.Writes.ToHashSet();
        _destination.OnWrite = _ => { };
        _destination.Writes.Clear();

        await _process.DoneAsync();

        AssertCopied([.. Enumerable.Range(0, 10).Select(i => $"{i}")]);
        Assert.Equal(70, before.Union(_destination.Writes).Count());
        Assert.True(before.Intersect(_destination.Writes).Count() <= IngestProcess.Small.Concurrency, "More was copied twice than was on its way.");
    }

    [Fact]
    public async Task A_mirror_deletes_what_the_source_has_not_and_nothing_that_was_left_out()
    {
        foreach (var key in (string[])["a.json", "b.json"]) _from.Add("in/" + key, [1]);
        for (var i = 0; i < 10; i++) _to.Add($"out/old{i}.json", [1]);
        _to.Add("out/notes.txt", [1]);
        _to.Add("out-other/x.json", [1]);

        var outcome = await _process.DoneAsync(request => request with { Mirror = true, Include = ["*.json"] });

        Assert.Equal(10, outcome.Done.Deleted);
        AssertStored("out-other/x.json", "out/a.json", "out/b.json", "out/notes.txt");
        Assert.DoesNotContain(_state.Keys, key => key.Contains("/doomed/"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_mirror_deletes_nothing_after_a_listing_that_was_cut_short(int listing)
    {
        _from.Add("in/a", [1]);
        _to.Add("out/old", [1]);
        var lists = 0;
        var cut = new CutListing(_source, () => ++lists >= listing);

        var limits = IngestProcess.Small with { Patience = TimeSpan.FromMilliseconds(20) };
        var record = await new IngestProcess(cut, _destination, _state, TimeProvider.System, limits, Impatient).IngestAsync(request => request with { Mirror = true });

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("out/old", _to.Keys);
    }

    [Fact]
    public async Task A_mirror_of_nothing_is_refused()
    {
        _from.Add("in/a", [1]);
        _to.Add("out/old", [1]);

        var record = await _process.IngestAsync(request => request with { Mirror = true, Exclude = ["a"] });

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("would lose all 1 objects", record.Problem!.Detail);
        AssertStored("out/old");
    }

    [Fact]
    public async Task A_dry_run_tells_what_would_be_done_and_does_nothing()
    {
        _from.Add("in/a", [1, 2]);
        _from.Add("in/b", [1]);
        _to.Add("out/b", [1]);
        _to.Add("out/old", [1]);

        var outcome = await _process.DoneAsync(request => request with { Mirror = true, DryRun = true });

        Assert.Equal([new PlannedObject("a", "copy", 2), new PlannedObject("old", "delete", 1)], outcome.Plan.Objects);
        Assert.Equal((1, 1, 1), (outcome.Plan.Copy.Objects, outcome.Plan.Same.Objects, outcome.Plan.Delete.Objects));
        Assert.Empty(_destination.Writes);
        AssertStored("out/b", "out/old");
    }

    [Fact]
    public async Task More_than_may_be_copied_is_not_begun_with()
    {
        _from.Add("in/a", Contents.Of(3000));

        var record = await _process.IngestAsync(request => request with { MaxBytes = "2KiB" });

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("at most 2 KiB", record.Problem!.Detail);
        Assert.Empty(_to.Keys);
    }

    [Fact]
    public async Task A_source_of_nothing_is_told() => Assert.Contains("There is nothing in s3://source/in", (await _process.IngestAsync()).Problem!.Detail);

    [Fact]
    public async Task What_is_deleted_from_the_source_meanwhile_is_no_failure()
    {
        _from.Add("in/a", Contents.Of(50));
        _from.Add("in/b", [1]);
        _source.OnRead = (key, _) =>
        {
            if (key == "in/a") _from.DeleteAsync("in/a");
            return null;
        };

        var outcome = await _process.DoneAsync();

        Assert.Equal((1, 1, 0), (outcome.Done.Copied.Objects, outcome.Done.Gone, outcome.Done.Failed));
        AssertCopied("b");
    }

    private static readonly WorkOptions Impatient = new() { Attempts = 1 };

    private void AssertStored(params string[] keys) => Assert.Equal(keys, _to.Keys);

    /// <summary>A store that answers to the completion of an upload as if it had done it.</summary>
    private sealed class NotCompleted(MemoryStore inner, Func<bool> isMissed) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override Task<string> CompleteUploadAsync(string key, string uploadId, IReadOnlyList<UploadPart> parts, CancellationToken cancellationToken = default) =>
            isMissed() ? Task.FromResult(inner.Info(key).ETag) : base.CompleteUploadAsync(key, uploadId, parts, cancellationToken);
    }

    /// <summary>A store whose listings fail from some moment on.</summary>
    private sealed class CutListing(IObjectStore inner, Func<bool> isCut) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) =>
            typeof(T) == typeof(ListPage) && isCut() ? throw new ObjectStoreException(ObjectStoreError.Unavailable, "The listing was cut short.") : operation();
    }
}
