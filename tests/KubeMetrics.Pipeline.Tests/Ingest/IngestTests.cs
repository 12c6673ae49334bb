using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>What an ingest does between two folders.</summary>
public sealed class IngestTests : IDisposable
{
    private readonly IngestFolder _folder = new();
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private async Task ThreeAsync()
    {
        await _folder.PutAsync("a.json", IngestFolder.Bytes(1, 10));
        await _folder.PutAsync("b/b.tsv", IngestFolder.Bytes(2, 20));
        await _folder.PutAsync("c.bin", IngestFolder.Bytes(3, 400), "application/x-c");
    }

    private static IngestOutcome Outcome(WorkRecord record)
    {
        Assert.True(record.State == WorkState.Succeeded, record.Problem?.Detail);
        return record.IngestOutcome()!;
    }

    [Fact]
    public async Task The_second_ingest_copies_only_what_is_new_or_changed()
    {
        await ThreeAsync();
        var process = new IngestProcess(_folder, _time);
        Assert.Equal(new ObjectCount(3, 430), Outcome(await process.IngestAsync()).Done.Copied);
        await _folder.PutAsync("a.json", IngestFolder.Bytes(4, 10)); // of the same size
        await _folder.PutAsync("d.json", IngestFolder.Bytes(5, 7));

        var second = Outcome(await process.IngestAsync());

        Assert.Equal((new ObjectCount(2, 17), new ObjectCount(2, 420)), (second.Done.Copied, second.Done.Same));
        await _folder.AssertIdenticalAsync();
    }

    [Fact]
    public async Task A_copy_that_somebody_wrote_over_is_copied_again()
    {
        await ThreeAsync();
        var process = new IngestProcess(_folder, _time);
        await process.IngestAsync();
        await _folder.Destination.PutBytesAsync("a.json", IngestFolder.Bytes(9, 10), cancellationToken: Cancellation);

        Assert.Equal(1, Outcome(await process.IngestAsync()).Done.Copied.Objects);
        await _folder.AssertIdenticalAsync();
    }

    [Fact]
    public async Task A_dry_run_tells_and_does_nothing()
    {
        await ThreeAsync();
        var outcome = Outcome(await new IngestProcess(_folder, _time).IngestAsync(request => request with { DryRun = true }));

        Assert.Equal(new ObjectCount(3, 430), outcome.Plan.Copy);
        Assert.Equal(["a.json", "b/b.tsv", "c.bin"], outcome.Plan.Objects.Select(one => one.Key));
        Assert.Empty(await IngestFolder.KeysAsync(_folder.Destination));
    }

    [Fact]
    public async Task What_the_destination_alone_has_stays_unless_a_mirror_is_asked_for()
    {
        await ThreeAsync();
        await _folder.Destination.PutBytesAsync("old.json", "old"u8.ToArray(), cancellationToken: Cancellation);
        var process = new IngestProcess(_folder, _time);
        await process.IngestAsync();
        Assert.Contains("old.json", await IngestFolder.KeysAsync(_folder.Destination));

        var mirrored = Outcome(await process.IngestAsync(request => request with { Mirror = true }));

        Assert.Equal(1, mirrored.Done.Deleted);
        await _folder.AssertIdenticalAsync();
    }

    [Fact]
    public async Task A_mirror_of_nothing_deletes_nothing()
    {
        await _folder.Destination.PutBytesAsync("old.tsv", "old"u8.ToArray(), cancellationToken: Cancellation);
        await _folder.PutAsync("a.json", IngestFolder.Bytes(1, 10));

        var record = await new IngestProcess(_folder, _time).IngestAsync(request => request with { Mirror = true, Include = ["*.tsv"] });

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("nothing was deleted", record.Problem!.Detail);
        Assert.Equal(["old.tsv"], await IngestFolder.KeysAsync(_folder.Destination));
    }

    [Fact]
    public async Task A_mirror_whose_source_stops_listing_in_the_middle_deletes_nothing()
    {
        await ThreeAsync();
        await _folder.Destination.PutBytesAsync("zz.json", "old"u8.ToArray(), cancellationToken: Cancellation);
        // The first listing is whole; of the second, for what is to be deleted, the source's fails.
        var process = new IngestProcess(_folder, _time, store => new ForgetfulStore(store, fails: 2));

        var asked = await process.AskAsync(request => request with { Mirror = true });
        await process.Work.RunUntilAsync(record => record.Retries > 0 || !record.IsOpen);

        Assert.Contains("zz.json", await IngestFolder.KeysAsync(_folder.Destination));
        Assert.NotEqual(WorkState.Succeeded, (await process.Work.FindAsync(asked.Id)).Record.State);
    }

    [Fact]
    public async Task More_bytes_than_are_wanted_are_refused_before_the_first()
    {
        await ThreeAsync();
        var record = await new IngestProcess(_folder, _time).IngestAsync(request => request with { MaxBytes = "0.0001MiB" }); // 104 bytes

        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("nothing was copied", record.Problem!.Detail);
        Assert.Contains("maxBytes", record.Problem.Remedy);
        Assert.Empty(await IngestFolder.KeysAsync(_folder.Destination));
    }

    [Fact]
    public async Task An_object_that_changes_between_its_parts_is_begun_anew_and_never_mixed()
    {
        var after = IngestFolder.Bytes(2, 400);
        await _folder.PutAsync("k", IngestFolder.Bytes(1, 400));
        var read = 0;
        var process = new IngestProcess(_folder, _time, store => store.Name == _folder.Source.Name
            ? new ChangingStore(store, async () =>
            {
                if (++read == 2) await _folder.PutAsync("k", after); // of seven parts
            })
            : store, IngestProcess.Small with { Concurrency = 1 });

        var done = Outcome(await process.IngestAsync()).Done;

        Assert.Equal((1, 0), (done.Copied.Objects, done.Failed));
        Assert.True((await _folder.ReadAsync("k"))!.AsSpan().SequenceEqual(after));
        Assert.True(read >= 2 + 7, $"{read} parts were read");
    }

    [Fact]
    public async Task An_object_that_changes_all_the_time_is_told_after_a_few_tries_and_the_others_are_copied()
    {
        await ThreeAsync();
        var version = 10;
        var process = new IngestProcess(_folder, _time, store => store.Name == _folder.Source.Name
            ? new ChangingStore(store, () => _folder.PutAsync("c.bin", IngestFolder.Bytes(version++, 400)))
            : store, IngestProcess.Small with { Concurrency = 1 });

        var done = Outcome(await process.IngestAsync()).Done;

        Assert.Equal((2, 1), (done.Copied.Objects, done.Failed));
        Assert.Equal("c.bin", Assert.Single(done.Failures).Key);
        Assert.Equal(["a.json", "b/b.tsv"], await IngestFolder.KeysAsync(_folder.Destination));
    }

    [Fact]
    public async Task An_object_that_is_deleted_before_its_turn_is_told_and_the_others_are_copied()
    {
        await ThreeAsync();
        var process = new IngestProcess(_folder, _time, store => store.Name == _folder.Source.Name
            ? new ChangingStore(store, () => _folder.Source.DeleteAsync("c.bin", Cancellation))
            : store, IngestProcess.Small with { Concurrency = 1 });

        var done = Outcome(await process.IngestAsync()).Done;

        Assert.Equal((2, 1), (done.Copied.Objects, done.Gone));
        Assert.Equal(["a.json", "b/b.tsv"], await IngestFolder.KeysAsync(_folder.Destination));
    }

    [Fact]
    public async Task What_is_cancelled_leaves_whole_objects_alone()
    {
        await ThreeAsync();
        var process = new IngestProcess(_folder, _time);
        var asked = await process.AskAsync();

        await process.Service.CancelAsync(asked.Id, Cancellation);
        await process.Work.RunAsync();

        Assert.Equal(WorkState.Cancelled, (await process.Work.FindAsync(asked.Id)).Record.State);
        Assert.Empty(await IngestFolder.KeysAsync(_folder.Destination));
    }

    [Fact]
    public async Task Between_two_places_one_ingest_is_enough_and_the_same_key_is_the_same_ingest()
    {
        await ThreeAsync();
        var process = new IngestProcess(_folder, _time);
        var first = await process.AskAsync(key: "once");

        Assert.Equal(first.Id, (await process.AskAsync()).Id);
        Assert.Equal(first.Id, (await process.AskAsync(key: "once")).Id);
    }

    [Theory]
    [InlineData("from", "from/below", "lies in the source")]
    [InlineData("from/below", "from", "lies in it")]
    [InlineData("from", "from", "It is the source")]
    [InlineData("from", "state/x", "lies in the state")]
    public async Task Places_that_overlap_are_refused(string source, string destination, string why)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => new IngestProcess(_folder, _time).AskAsync(
            request => request with { Source = _folder.Below(source).ToString(), Destination = _folder.Below(destination).ToString() }));
        Assert.Contains(why, refused.Message);
    }

    [Theory]
    [InlineData("s3://nobody/x", "that no setting names")]
    [InlineData("s3://bucket/../x", "'..'")]
    public async Task A_bucket_that_nothing_is_said_of_is_refused_before_anybody_is_spoken_to(string source, string why)
    {
        var refused = await Assert.ThrowsAsync<RefusedException>(() => new IngestProcess(_folder, _time).AskAsync(request => request with { Source = source }));
        Assert.Contains(why, refused.Message);
    }

    [Fact]
    public async Task An_empty_source_is_told()
    {
        var record = await new IngestProcess(_folder, _time).IngestAsync();
        Assert.Contains("There is nothing in", record.Problem!.Detail);
    }

    /// <summary>Does something after each answer to a GET.</summary>
    private sealed class ChangingStore(IObjectStore inner, Func<Task> change) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override async Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
        {
            var read = await base.GetAsync(key, options, cancellationToken);
            await change();
            return read;
        }
    }

    /// <summary>Fails from its n-th listing on.</summary>
    private sealed class ForgetfulStore(IObjectStore inner, int fails) : StoreDecorator(inner), IObjectStore
    {
        private int _listings;

        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        Task<ListPage> IObjectStore.ListPageAsync(ListRequest request, CancellationToken cancellationToken) =>
            Name.EndsWith("from", StringComparison.Ordinal) && Interlocked.Increment(ref _listings) > fails
                ? throw new ObjectStoreException(ObjectStoreError.Unavailable, "The source does not answer.")
                : ListPageAsync(request, cancellationToken);
    }
}
