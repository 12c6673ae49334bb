using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Notifications;

/// <summary>What is in the store when a notification has been taken.</summary>
public sealed class NotificationServiceTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kubemetrics-").FullName;
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static IReadOnlyList<NotificationItem> Read(string body) => NotificationReader.Read(Encoding.UTF8.GetBytes(body));

    private (NotificationService Service, DirtyMarkers Markers, DeadLetters Letters) Process(Func<IObjectStore, IObjectStore>? through = null)
    {
        IObjectStore store = FolderStore.Create(_root, flushToDisk: false);
        var state = new StorePlace(through?.Invoke(store) ?? store, "state");
        var (markers, letters) = (new DirtyMarkers(state, _time), new DeadLetters(state, _time));
        Dataset[] datasets = [.. ((string[])["kube", "other"]).Select(name => new Dataset { Name = name, Location = StoreUri.Parse($"s3://dumps/{name}"), Reports = StoreUri.Parse("s3://reports"), Watch = true })];
        var key = new NotificationKey(new NotificationOptions { Key = "0123456789abcdef" }, new ApiOptions());
        return (new NotificationService(new DatasetCatalog(datasets), markers, letters, key, _time, NullLogger<NotificationService>.Instance), markers, letters);
    }

    [Fact]
    public async Task Each_record_is_judged_by_itself()
    {
        var (service, markers, letters) = Process();
        var receipt = await service.AcceptAsync(Read(Notified.Body(
            Notified.Record("kube/a.json"), "{}", Notified.Record("kube/b.json"), Notified.Record("nobody/a.json"), Notified.Record("other/a.json"))));

        Assert.Equal(new NotificationReceipt(3, 1, 1), receipt);
        var dirty = await markers.ListAsync(Cancellation);
        Assert.Equal(["kube", "other"], dirty.Select(one => one.Key).Order());
        Assert.All(dirty, one => Assert.Single(one));
        Assert.Contains("eventName", Assert.Single(await letters.ListAsync(10, Cancellation)).Reason);
        Assert.Equal(["accepted", "set-aside", "accepted", "ignored", "accepted"], service.Recent.Reverse().Select(one => one.Outcome));
    }

    [Fact]
    public async Task A_thousand_that_come_at_once_share_markers_and_none_is_answered_before_its_own_is_written()
    {
        var store = new Counting();
        var (service, markers, _) = Process(store.Over);
        var body = Read(Notified.Body(Notified.Record("kube/a.json")));
        var answers = Enumerable.Range(0, 1000).Select(_ => Task.Run(() => service.AcceptAsync(body), Cancellation)).ToList();
        await store.FirstPut; // and no other, as long as this one is held
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);

        store.Release();
        await Task.WhenAll(answers);

        var written = (await markers.ListAsync(Cancellation))["kube"].Count();
        Assert.InRange(store.Puts, 1, 999);
        Assert.InRange(written, 1, store.Puts);
    }

    [Fact]
    public async Task However_many_come_few_markers_stay_and_the_first_and_the_last_are_among_them()
    {
        var written = new List<string>();
        var (service, markers, _) = Process(inner => new Noting(inner, written));
        var body = Read(Notified.Body(Notified.Record("kube/a.json")));
        for (var i = 0; i < 10 * DirtyMarkers.Kept; i++, _time.Advance(DirtyMarkers.Shared)) await service.AcceptAsync(body);

        await markers.FoldedAsync("kube");
        var left = (await markers.ListAsync(Cancellation))["kube"].Select(entry => entry.Key).ToList();

        Assert.InRange(left.Count, 2, 2 * DirtyMarkers.Kept);
        Assert.Equal(10 * DirtyMarkers.Kept, written.Count); // one long after the other: none shares
        Assert.Contains(written[0], left);
        Assert.Contains(written[^1], left);
    }

    [Fact]
    public async Task A_store_that_fails_for_a_moment_is_tried_again_and_one_that_stays_away_is_told()
    {
        var fails = 3;
        var (service, markers, _) = Process(inner => new Failing(inner, () => fails-- > 0));
        var accepting = service.AcceptAsync(Read(Notified.Body(Notified.Record("kube/a.json"))));
        await TicksUntilAsync(accepting);
        await accepting;
        Assert.Single((await markers.ListAsync(Cancellation))["kube"]);

        var (away, _, _) = Process(inner => new Failing(inner, () => true));
        var told = away.AcceptAsync(Read(Notified.Body(Notified.Record("kube/a.json"))));
        await TicksUntilAsync(told);
        var e = await Assert.ThrowsAsync<ObjectStoreException>(() => told);
        Assert.Contains("2 s", e.Message);
        Assert.Equal(ObjectStoreError.Unavailable, e.Error);
    }

    [Fact]
    public async Task A_marker_that_comes_after_the_listing_is_not_deleted()
    {
        var (service, markers, _) = Process();
        var body = Read(Notified.Body(Notified.Record("kube/a.json")));
        await service.AcceptAsync(body);
        var listed = await markers.KeysAsync("kube", 1000, Cancellation);
        await markers.AnnounceAsync("kube", Cancellation);
        await service.AcceptAsync(body);

        await markers.DeleteAsync(listed, Cancellation);

        Assert.DoesNotContain(Assert.Single((await markers.ListAsync(Cancellation))["kube"]).Key, listed);
    }

    [Fact]
    public async Task A_dead_letter_is_served_once_what_was_wrong_is_mended_and_stays_until_then()
    {
        var (service, markers, letters) = Process();
        await letters.AddAsync("It was bad.", Notified.Body(Notified.Record("kube/a.json")));
        await letters.AddAsync("It is bad.", "{}");
        var (bad, good) = (await letters.ListAsync(10, Cancellation)) switch { var all => (all.Single(one => one.Record == "{}"), all.Single(one => one.Record != "{}")) };

        Assert.Equal(1, (await service.RetryAsync(good.Id, Cancellation)).Accepted);
        var refused = await Assert.ThrowsAsync<RefusedException>(() => service.RetryAsync(bad.Id, Cancellation));

        Assert.Contains("holds no \"Records\"", refused.Message);
        Assert.Single((await markers.ListAsync(Cancellation))["kube"]);
        Assert.Equal(bad.Id, Assert.Single(await letters.ListAsync(10, Cancellation)).Id);
        Assert.Equal(Refusal.UnknownDeadLetter, (await Assert.ThrowsAsync<RefusedException>(() => service.RetryAsync(good.Id, Cancellation))).Reason);
    }

    [Fact]
    public async Task A_dead_letter_does_not_hold_the_key()
    {
        var (service, _, letters) = Process();
        await service.AcceptAsync(Read("""{"opaqueData": 0123456789abcdef"""));
        Assert.DoesNotContain("0123456789abcdef", Assert.Single(await letters.ListAsync(10, Cancellation)).Record);
    }

    [Fact]
    public void What_is_refused_is_told_once_a_minute()
    {
        var (service, _, _) = Process();
        for (var i = 0; i < 1000; i++) service.Refused("No key.");
        Assert.Single(service.Recent);

        _time.Advance(TimeSpan.FromMinutes(1));
        service.Refused("No key.");
        Assert.Equal(["refused", "refused"], service.Recent.Select(one => one.Outcome));
    }

    /// <summary>Lets the time go on until something is done: each time somebody waits for the next try.</summary>
    private Task TicksUntilAsync(Task done) => _time.PassesUntilAsync(done, Enduring.Pause, Cancellation);

    /// <summary>Counts puts, and holds the first until the test lets it go.</summary>
    private sealed class Counting
    {
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously), _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _puts;

        public Task FirstPut => _first.Task;

        public int Puts => _puts;

        public void Release() => _released.SetResult();

        public IObjectStore Over(IObjectStore inner) => new Store(inner, this);

        private sealed class Store(IObjectStore inner, Counting counts) : StoreDecorator(inner)
        {
            protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

            public override async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
            {
                Interlocked.Increment(ref counts._puts);
                counts._first.TrySetResult();
                await counts._released.Task.WaitAsync(cancellationToken);
                return await base.PutAsync(key, content, options, cancellationToken);
            }
        }
    }

    /// <summary>Notes what is put.</summary>
    private sealed class Noting(IObjectStore inner, List<string> written) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
        {
            written.Add(key);
            return await base.PutAsync(key, content, options, cancellationToken);
        }
    }

    private sealed class Failing(IObjectStore inner, Func<bool> fails) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) =>
            fails() ? Task.FromException<T>(new ObjectStoreException(ObjectStoreError.Unavailable, "It does not answer.")) : operation();
    }
}
