using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>An ingest whose process dies at any operation on any of its stores: another does the rest.</summary>
public sealed class IngestDeathTests : IDisposable
{
    private static readonly (string Key, int Size)[] Objects = [("a", 0), ("b", 5), ("c/d", 50), ("e", 17), ("ä ö+ü", 16)];

    private readonly string _root = Directory.CreateTempSubdirectory("kubemetrics-").FullName;
    private int _folders;

    // One thing at a time: then it dies at the same operation each time.
    private static readonly IngestLimits Limits = IngestProcess.Small with { Concurrency = 1, Patience = TimeSpan.Zero, Batch = 2 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private IObjectStore New(bool folder) => folder ? FolderStore.Create(Path.Combine(_root, $"{_folders++}"), flushToDisk: false) : new MemoryStore();

    [Theory]
    [InlineData(true, Death.BeforeTheOperation)]
    [InlineData(true, Death.BeforeTheAnswer)]
    [InlineData(false, Death.BeforeTheOperation)]
    [InlineData(false, Death.BeforeTheAnswer)]
    public async Task An_ingest_goes_on_wherever_its_process_is_killed(bool folders, Death death)
    {
        for (var operations = 0; ; operations++)
        {
            var (source, destination, state) = (New(folders), New(folders), New(folders));
            foreach (var (key, size) in Objects) await source.PutBytesAsync("in/" + key, Contents.Of(size, size), cancellationToken: Cancellation);
            await destination.PutBytesAsync("out/old", new byte[1], cancellationToken: Cancellation);
            var life = new Life(operations, death);
            var first = new IngestProcess(new MortalStore(source, life), new MortalStore(destination, life), new MortalStore(state, life), limits: Limits);
            var watched = new MeddledStore(destination);
            var next = new IngestProcess(source, watched, state, limits: Limits);
            var id = (await next.AskAsync(request => request with { Mirror = true })).Id;

            await Record.ExceptionAsync(() => first.Work.RunAsync());
            foreach (var (key, size) in Objects) // whatever is there is there whole
                if (await destination.GetBytesAsync("out/" + key, cancellationToken: Cancellation) is { } there)
                    Assert.Equal(Contents.Of(size, size), there.Content);
            await next.Work.TakeOverAsync();

            var record = Assert.Single(await next.Work.Works.ListAsync(Cancellation)).Record;
            Assert.True((id, WorkState.Succeeded) == (record.Id, record.State), $"{operations}: {record.State} {record.Problem}");
            var keys = new List<string>();
            await foreach (var entry in destination.ListAsync("out", Cancellation)) keys.Add(entry.Key);
            Assert.Equal(Objects.Select(one => "out/" + one.Key), keys);
            foreach (var (key, size) in Objects) Assert.Equal(Contents.Of(size, size), (await destination.GetBytesAsync("out/" + key, cancellationToken: Cancellation))!.Value.Content);
            await foreach (var upload in destination.ListUploadsAsync("", Cancellation)) Assert.Fail($"{operations}: an upload of {upload.Key} was left behind.");
            await foreach (var entry in state.ListAsync("state/ingest", Cancellation)) Assert.Contains("/objects/", entry.Key);
            if (life.HasEnded) continue;
            TestContext.Current.TestOutputHelper?.WriteLine($"{operations} operations");
            Assert.True(operations > 50, $"Only {operations} operations were died at.");
            return;
        }
    }

    [Fact]
    public async Task What_one_process_copied_of_an_object_the_next_does_not_read_again()
    {
        for (var parts = 1; parts < 10; parts++)
        {
            var (from, to, state) = (new MemoryStore(), new MemoryStore(), new MemoryStore());
            from.Add("in/a", Contents.Of(80)); // its ETag is of the whole: the checksum has to be gone on with, too
            var (source, destination) = (new MeddledStore(from), new MeddledStore(to));
            var first = new IngestProcess(source, destination, state, limits: Limits);
            var id = (await first.AskAsync()).Id;
            using var stop = new CancellationTokenSource();
            destination.OnWrite = _ =>
            {
                if (destination.Writes.Count == parts) stop.Cancel();
                stop.Token.ThrowIfCancellationRequested();
            };
            await first.Work.RunAsync(stop.Token);
            destination.OnWrite = _ => { };

            var next = new IngestProcess(source, destination, state, limits: Limits);
            await next.Work.RunAsync();

            var record = (await next.Work.FindAsync(id)).Record;
            Assert.Equal((WorkState.Succeeded, 1), (record.State, record.IngestOutcome()!.Done.Verified));
            Assert.Equal(Contents.Of(80), to.Content("out/a"));
            Assert.Equal(10, destination.Writes.Count);
            Assert.True(source.Reads.Count <= 11, $"{source.Reads.Count} parts were read of 10, one of them on its way when it was stopped.");
        }
    }

    [Fact]
    public async Task Parts_that_were_written_down_before_a_kill_are_not_read_again()
    {
        var most = 0;
        for (var operations = 10; ; operations += 2)
        {
            var (from, to, state, time) = (new MemoryStore(), new MemoryStore(), new MemoryStore(), new ManualTime());
            from.Add("in/a", Contents.Of(80), partSize: 8);
            var life = new Life(operations, Death.BeforeTheOperation);
            var slow = new UnhurriedStore(new MortalStore(to, life), async number =>
            {
                // Parts take longer than it takes to write down the one before.
                time.Advance(TimeSpan.FromMilliseconds(60));
                while (!life.HasEnded && !IsWrittenDown(state, number)) await Task.Yield();
            });
            var first = new IngestProcess(new MortalStore(from, life), slow, new MortalStore(state, life), time, Limits);
            var source = new MeddledStore(from);
            var next = new IngestProcess(source, to, state, limits: Limits);
            await next.AskAsync();
            await Record.ExceptionAsync(() => first.Work.RunAsync());
            var stored = 0;
            await foreach (var upload in ((IObjectStore)to).ListUploadsAsync("", Cancellation)) stored += (await to.ListPartsAsync(upload.Key, upload.Id, Cancellation)).Count;

            await next.Work.TakeOverAsync();

            Assert.Equal(Contents.Of(80), to.Content("out/a"));
            // The last was on its way: stored, and not written down.
            if (stored > 0) Assert.InRange(source.Reads.Count, 10 - stored, 10 - stored + 1);
            most = Math.Max(most, stored);
            if (life.HasEnded) continue;
            Assert.InRange(most, 5, 10); // it did die with many stored
            return;
        }
    }

    private static bool IsWrittenDown(MemoryStore state, int number) =>
        state.Keys.Any(key => key.Contains("/journal/") && System.Text.Encoding.UTF8.GetString(state.Content(key)).Contains($"\"number\":{number},"));

    [Fact]
    public async Task A_cancelled_ingest_gives_its_uploads_up_and_keeps_what_is_whole()
    {
        var (from, to, state) = (new MemoryStore(), new MemoryStore(), new MemoryStore());
        from.Add("in/a", Contents.Of(5));
        from.Add("in/b", Contents.Of(80));
        var destination = new MeddledStore(to);
        // What waits for the request to be seen is tried again until it is.
        var often = new WorkOptions { Poll = TimeSpan.FromMilliseconds(20), RetryAfter = TimeSpan.FromMilliseconds(20), Attempts = 1000 };
        var process = new IngestProcess(from, destination, state, TimeProvider.System, Limits, often);
        var id = (await process.AskAsync()).Id;
        var asked = false;
        destination.OnWrite = key =>
        {
            if (key != "out/b" || destination.Writes.Count < 4) return;
            if (!asked) process.Service.CancelAsync(id, Cancellation).GetAwaiter().GetResult();
            asked = true;
            throw new ObjectStoreException(ObjectStoreError.Unavailable, "It waits for the request to cancel to be seen.");
        };

        await process.Work.RunAsync();

        Assert.Equal(WorkState.Cancelled, (await process.Work.FindAsync(id)).Record.State);
        Assert.Equal(["out/a"], to.Keys);
        Assert.Equal(0, to.OpenUploads);
        Assert.DoesNotContain(state.Keys, key => key.Contains("/journal/"));
    }

    [Fact]
    public async Task Two_hosts_on_one_store_copy_everything_once()
    {
        var (from, to, state) = (new MemoryStore(), new MemoryStore(), new MemoryStore());
        for (var i = 0; i < 40; i++) from.Add($"in/{i}", Contents.Of(i * 3, i));
        var destination = new MeddledStore(to);
        var options = new WorkOptions { Poll = TimeSpan.FromMilliseconds(20) };
        IngestProcess Host() => new(from, destination, state, TimeProvider.System, IngestProcess.Small with { Slice = TimeSpan.FromMilliseconds(1) }, options);
        var hosts = (IngestProcess[])[Host(), Host()];

        var asked = await Task.WhenAll(hosts.Select(host => host.AskAsync()));
        await Task.WhenAll(hosts.Select(host => host.Work.Executor.RunDueAsync(TimeSpan.FromSeconds(30), Cancellation)));

        var states = (await hosts[0].Work.Works.ListAsync(Cancellation)).Select(work => work.Record.State).ToList();
        Assert.Contains(WorkState.Succeeded, states);
        Assert.DoesNotContain(WorkState.Failed, states);
        Assert.Equal(40, to.Keys.Count);
        Assert.Equal(destination.Writes.Count, destination.Writes.Distinct().Count());
        Assert.Equal(2, asked.Length);
    }

    /// <summary>Does something before each part but the first.</summary>
    private sealed class UnhurriedStore(IObjectStore inner, Func<int, Task> before) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override async Task<UploadPart> PutPartAsync(string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default)
        {
            if (number > 1) await before(number - 1);
            return await base.PutPartAsync(key, uploadId, number, content, length, cancellationToken);
        }
    }
}
