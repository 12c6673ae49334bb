using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Notifications;

/// <summary>Markers that arrivals share, and who may delete them.</summary>
public sealed class DirtyMarkersTests : IDisposable
{
    private static readonly Arrival Some = new("ObjectCreated:Put", "dumps", "kube/a.json", null, null);

    private readonly string _root = Directory.CreateTempSubdirectory("kubemetrics-").FullName;
    private readonly ManualTime _time = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private DirtyMarkers Host(TimeProvider? time = null, Func<IObjectStore, IObjectStore>? through = null)
    {
        IObjectStore store = FolderStore.Create(_root, flushToDisk: false);
        return new DirtyMarkers(new StorePlace(through?.Invoke(store) ?? store, "state"), time ?? _time);
    }

    private Task<IReadOnlyList<string>> KeysAsync() => Host().KeysAsync("kube", 1000, Cancellation);

    [Fact]
    public async Task What_comes_just_after_a_marker_shares_it()
    {
        var host = Host();
        for (var i = 0; i < 100; i++) await host.AddAsync("kube", [Some]);
        // The second is written because nobody had looked for readings before the first.
        Assert.Equal(2, (await KeysAsync()).Count);
    }

    [Fact]
    public async Task What_comes_later_gets_a_marker_of_its_own_so_that_it_can_be_seen_that_the_dataset_is_not_quiet()
    {
        var host = Host();
        for (var i = 0; i < 5; i++, _time.Advance(DirtyMarkers.Shared)) await host.AddAsync("kube", [Some]);
        Assert.Equal(5, (await KeysAsync()).Count);
    }

    [Theory]
    [InlineData("kube")]
    [InlineData("KUBE")] // another host's settings may write it so
    public async Task What_comes_after_a_reading_was_announced_gets_a_marker_that_its_reader_has_not_listed(string announced)
    {
        var (host, reader) = (Host(), Host());
        for (var i = 0; i < 3; i++) await host.AddAsync("kube", [Some]);
        var listed = await reader.KeysAsync("kube", 1000, Cancellation);
        await reader.AnnounceAsync(announced, Cancellation);
        await host.AddAsync("kube", [Some]);

        await reader.DeleteAsync(listed, Cancellation);

        Assert.DoesNotContain(Assert.Single(await KeysAsync()), listed);
    }

    [Fact]
    public async Task Readings_that_cannot_be_seen_cost_markers_and_no_arrival()
    {
        var host = Host(through: inner => new Unreadable(inner));
        for (var i = 0; i < 10; i++) await host.AddAsync("kube", [Some]);
        Assert.Equal(10, (await KeysAsync()).Count);
    }

    /// <summary>
    /// Two hosts mark, two delete what they have listed, all as fast as they can. Whoever was answered is either in the data that
    /// somebody has read, or a marker of his is there. To announce before listing, or not at all, fails within a few rounds.
    /// </summary>
    [Fact]
    public async Task Nothing_is_lost_between_hosts_that_mark_and_hosts_that_read()
    {
        for (var round = 0; round < 100; round++)
        {
            int data = 0, read = 0, open = 8;
            var answered = 0;
            DirtyMarkers[] hosts = [Host(TimeProvider.System), Host(TimeProvider.System)];
            var senders = Enumerable.Range(0, open).Select(i => Task.Run(async () =>
            {
                for (var n = 0; n < 5; n++)
                {
                    var mine = Interlocked.Increment(ref data); // the object is there before the bucket says so
                    await hosts[i % hosts.Length].AddAsync("kube", [Some]);
                    Raise(ref answered, mine);
                }

                Interlocked.Decrement(ref open);
            }, Cancellation));
            var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                var reader = Host(TimeProvider.System);
                while (Volatile.Read(ref open) > 0)
                {
                    var listed = await reader.KeysAsync("kube", 1000, Cancellation);
                    if (listed.Count == 0) continue;
                    await reader.AnnounceAsync("kube", Cancellation);
                    var seen = Volatile.Read(ref data);
                    await reader.DeleteAsync(listed, Cancellation);
                    Raise(ref read, seen);
                }
            }, Cancellation));
            await Task.WhenAll([.. senders, .. readers]);

            var left = await KeysAsync();
            Assert.True(left.Count > 0 || read >= answered, $"Round {round}: {answered} was answered, {read} was read, and no marker is left.");
            await Host().DeleteAsync(left, Cancellation);
        }
    }

    private static void Raise(ref int most, int to)
    {
        for (var before = Volatile.Read(ref most); before < to; before = Volatile.Read(ref most))
            if (Interlocked.CompareExchange(ref most, to, before) == before)
                return;
    }

    private sealed class Unreadable(IObjectStore inner) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override Task<StoredObject?> GetAsync(string key, GetOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new ObjectStoreException(ObjectStoreError.Unavailable, "It can't be read.");
    }
}
