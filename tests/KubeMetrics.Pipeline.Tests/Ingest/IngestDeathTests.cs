using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>The real ingest, whose process dies at any operation on any of its stores; another goes on.</summary>
public sealed class IngestDeathTests
{
    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task An_ingest_goes_on_wherever_its_process_is_killed(Death death)
    {
        for (var operations = 0; ; operations++)
        {
            using var folder = new IngestFolder();
            await folder.PutAsync("empty", []);
            await folder.PutAsync("a/small.json", IngestFolder.Bytes(1, 50), "application/json");
            await folder.PutAsync("a/parts.bin", IngestFolder.Bytes(2, 300), "x/y"); // five parts of 64
            await folder.PutAsync("z.tsv", IngestFolder.Bytes(3, 99));
            await folder.PutAsync("ä ö+ü", IngestFolder.Bytes(4, 128));
            var life = new Life(operations, death);
            var first = new IngestProcess(folder, new ManualTime(), store => new MortalStore(store, life));
            var next = new IngestProcess(folder, new ManualTime());
            var id = (await next.AskAsync()).Id;

            await Record.ExceptionAsync(() => first.Work.RunAsync());
            foreach (var key in await IngestFolder.KeysAsync(folder.Destination)) // whatever is there is there whole
                Assert.Equal((await folder.Source.GetBytesAsync(key, cancellationToken: TestContext.Current.CancellationToken))!.Value.Content, await folder.ReadAsync(key));
            await next.Work.TakeOverAsync();

            var record = Assert.Single(await next.Work.Works.ListAsync(TestContext.Current.CancellationToken)).Record;
            Assert.Equal((id, WorkState.Succeeded), (record.Id, record.State));
            await folder.AssertIdenticalAsync();
            var done = record.IngestOutcome()!.Done;
            Assert.Equal((5, 50 + 300 + 99 + 128, 0), (done.Copied.Objects + done.Same.Objects, done.Copied.Bytes + done.Same.Bytes, done.Failed));
            if (life.HasEnded) continue;
            Assert.True(operations > 30, $"Only {operations} operations were died at.");
            return;
        }
    }

    [Fact]
    public async Task Parts_that_were_stored_before_the_kill_are_not_read_again()
    {
        var most = 0;
        for (var operations = 10; ; operations += 2)
        {
            using var folder = new IngestFolder();
            await folder.PutAsync("parts.bin", IngestFolder.Bytes(2, 640)); // ten parts
            var (life, read, time) = (new Life(operations, Death.BeforeTheOperation), new ReadRanges(), new ManualTime());
            var limits = IngestProcess.Small with { Concurrency = 1 };
            var state = FolderStore.Create(folder.Below("state").Bucket, flushToDisk: false);
            var first = new IngestProcess(folder, time, store => new UnhurriedStore(new MortalStore(store, life), async number =>
            {
                // Parts take longer than it takes to write down the one before.
                time.Advance(TimeSpan.FromMilliseconds(60));
                while (!life.HasEnded && !await IsWrittenDownAsync(state, number)) await Task.Yield();
            }), limits);
            var next = new IngestProcess(folder, new ManualTime(), store => new ReadRangesStore(store, read), limits);
            await next.AskAsync();
            await Record.ExceptionAsync(() => first.Work.RunAsync());
            var stored = 0;
            await foreach (var upload in folder.Destination.ListUploadsAsync("", TestContext.Current.CancellationToken))
                stored += (await folder.Destination.ListPartsAsync(upload.Key, upload.Id, TestContext.Current.CancellationToken)).Count;

            await next.Work.TakeOverAsync();

            await folder.AssertIdenticalAsync();
            // The last was on its way: stored, and not written down.
            if (stored > 0) Assert.InRange(read.Count, 10 - stored, 10 - stored + 1);
            most = Math.Max(most, stored);
            if (life.HasEnded) continue;
            Assert.InRange(most, 5, 10); // it did die with many stored
            return;
        }
    }

    private static async Task<bool> IsWrittenDownAsync(IObjectStore state, int number)
    {
        await foreach (var entry in state.ListAsync("", TestContext.Current.CancellationToken))
            if (entry.Key.Contains("/journal/") && await state.GetBytesAsync(entry.Key, cancellationToken: TestContext.Current.CancellationToken) is { } found &&
                System.Text.Encoding.UTF8.GetString(found.Content).Contains($"\"number\":{number},"))
                return true;
        return false;
    }

    /// <summary>Does something before each part but the first.</summary>
    private sealed class UnhurriedStore(IObjectStore inner, Func<int, Task> before) : StoreDecorator(inner), IObjectStore
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        async Task<UploadPart> IObjectStore.PutPartAsync(string key, string uploadId, int number, Stream content, long? length, CancellationToken cancellationToken)
        {
            if (number > 1) await before(number - 1);
            return await PutPartAsync(key, uploadId, number, content, length, cancellationToken);
        }
    }

    private sealed class ReadRanges
    {
        private int _count;

        public int Count => _count;

        public void Add() => Interlocked.Increment(ref _count);
    }

    private sealed class ReadRangesStore(IObjectStore inner, ReadRanges read) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default)
        {
            if (options?.Range is not null) read.Add();
            return base.GetAsync(key, options, cancellationToken);
        }
    }
}
