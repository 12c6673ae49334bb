using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>What is changed on its way to a destination that takes it as it comes: an S3 that heeds no Content-MD5, or a part, which has none.</summary>
public sealed class ArrivalTests
{
    private readonly MemoryStore _from = new("source"), _to = new("destination");

    private IngestProcess With(OnItsWay destination) => new(_from, destination, new MemoryStore("state"), TimeProvider.System, IngestProcess.Small);

    private static OnItsWay Once(IObjectStore inner)
    {
        var seen = new ConcurrentDictionary<string, bool>();
        return new OnItsWay(inner, what => seen.TryAdd(what, true));
    }

    // Whole; in parts, held against the MD5 of the whole; in the parts that the source was made of, whose checksums the destination tells.
    [Theory]
    [InlineData(10, null)]
    [InlineData(100, null)]
    [InlineData(50, 8)]
    [InlineData(50, 10)]
    [InlineData(30, 6)]
    public async Task What_is_changed_on_its_way_once_is_sent_again(int size, int? partSize)
    {
        _from.Add("in/a", Contents.Of(size), partSize: partSize);
        var outcome = await With(Once(_to)).DoneAsync();
        Assert.Equal(_from.Content("in/a"), _to.Content("out/a"));
        Assert.Equal((1, 0), (outcome.Done.Verified, outcome.Done.Unverified));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    public async Task What_is_changed_each_time_has_failed_where_others_arrive(int size)
    {
        foreach (var key in (string[])["a", "b", "c"]) _from.Add("in/" + key, Contents.Of(size));
        var destination = new OnItsWay(_to, what => what.Contains("/b", StringComparison.Ordinal) && _to.Keys.Contains("out/a"));
        var record = await new IngestProcess(_from, destination, new MemoryStore("state"), TimeProvider.System, IngestProcess.Small with { Concurrency = 1 }).IngestAsync();

        var outcome = record.IngestOutcome()!;
        Assert.Equal((2, 1), (outcome.Done.Verified, outcome.Done.Failed));
        Assert.Contains("arrives changed at destination", Assert.Single(outcome.Done.Failures).Reason);
    }

    [Fact]
    public async Task A_destination_that_never_tells_the_checksum_tells_none_and_the_copy_is_unverified()
    {
        foreach (var key in (string[])["a", "b", "c"]) _from.Add("in/" + key, Contents.Of(10));
        var destination = new OnItsWay(_to, _ => false) { Tells = "00000000000000000000000000000000" };
        var outcome = await With(destination).DoneAsync();
        Assert.Equal((0, 3), (outcome.Done.Verified, outcome.Done.Unverified));
        Assert.All(_from.Keys, key => Assert.Equal(_from.Content(key), _to.Content("out" + key["in".Length..])));
    }

    [Fact]
    public async Task A_source_whose_ETags_are_no_checksums_is_not_taken_for_a_way_that_changes_contents()
    {
        _from.Add("in/a", Contents.Of(10)); // one that shows that the destination tells MD5s
        foreach (var key in (string[])["b", "c"]) _from.Add("in/" + key, Contents.Of(10, 2), etag: new string('b', 32));
        var destination = new OnItsWay(_to, _ => false);
        var outcome = await new IngestProcess(_from, destination, new MemoryStore("state"), TimeProvider.System, IngestProcess.Small with { Concurrency = 1 }).DoneAsync();
        Assert.Equal((1, 2, 0), (outcome.Done.Verified, outcome.Done.Unverified, outcome.Done.Failed));
        Assert.All(_from.Keys, key => Assert.Equal(_from.Content(key), _to.Content("out" + key["in".Length..])));
    }

    [Fact]
    public async Task A_destination_without_room_fails_the_ingest_at_once()
    {
        _from.Add("in/a", Contents.Of(10));
        var record = await With(new OnItsWay(_to, _ => throw new ObjectStoreException(ObjectStoreError.Unavailable, "The quota is used up; raise it.") { IsFull = true })).IngestAsync();
        Assert.Equal(WorkState.Failed, record.State);
        Assert.Contains("The quota is used up", record.Problem!.Detail);
    }

    /// <summary>Changes the first byte of what is sent, and stores it under its own honest ETag.</summary>
    private sealed class OnItsWay(IObjectStore inner, Func<string, bool> changes) : StoreDecorator(inner)
    {
        public string? Tells { get; init; }

        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();

        public override async Task<string> PutAsync(string key, Stream content, PutOptions? options = null, CancellationToken cancellationToken = default)
        {
            var etag = await base.PutAsync(key, await ComeAsync(key, content, cancellationToken), options! with { Md5 = null }, cancellationToken);
            return Tells ?? etag;
        }

        public override async Task<UploadPart> PutPartAsync(string key, string uploadId, int number, Stream content, long? length = null, CancellationToken cancellationToken = default) =>
            await base.PutPartAsync(key, uploadId, number, await ComeAsync($"{key} {number}", content, cancellationToken), length, cancellationToken);

        private async Task<Stream> ComeAsync(string what, Stream content, CancellationToken cancellationToken)
        {
            var came = new MemoryStream();
            await content.CopyToAsync(came, cancellationToken);
            if (changes(what)) came.GetBuffer()[0] ^= 1;
            came.Position = 0;
            return came;
        }
    }
}
