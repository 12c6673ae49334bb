using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>All of <see cref="CopyTests"/> with a destination that takes objects while they are read; and what is so with such a one only.</summary>
public sealed class PassedCopyTests() : CopyTests(store => new PassingStore(store, store))
{
    private readonly MemoryStore _from = new("source"), _to = new("destination");

    private (IngestProcess Process, MeddledStore Source, PassingStore Destination, MeddledStore Put) With(IngestLimits limits)
    {
        var (source, put) = (new MeddledStore(_from), new MeddledStore(_to));
        var destination = new PassingStore(put, _to);
        return (new IngestProcess(source, destination, new MemoryStore("state"), TimeProvider.System, limits), source, destination, put);
    }

    [Fact]
    public async Task Objects_that_the_destination_can_check_are_passed_and_read_once_and_others_are_not()
    {
        foreach (var size in (int[])[0, 3, 4, 16]) _from.Add($"in/{size}", Contents.Of(size, size));
        _from.Add("in/16-in-parts", Contents.Of(16), partSize: 16); // its ETag is no checksum of it
        var (process, source, destination, put) = With(IngestProcess.Small with { LeastPassed = 4 });

        await process.DoneAsync();

        Assert.Equal(["out/16", "out/4"], destination.Passed.Order(StringComparer.Ordinal));
        Assert.Equal(["out/0", "out/16-in-parts", "out/3"], put.Writes.Select(write => write.Key).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(5, source.Reads.Count);
        Assert.All(_from.Keys, key => Assert.Equal(_from.Content(key), _to.Content("out" + key["in".Length..])));
    }

    [Fact]
    public async Task What_is_not_taken_so_is_read_again_and_put()
    {
        _from.Add("in/a", Contents.Of(10));
        var (process, source, destination, put) = With(IngestProcess.Small with { LeastPassed = 1 });
        destination.Takes = false;

        await process.DoneAsync();

        Assert.Equal(["out/a"], destination.Passed);
        Assert.Equal(("out/a", 0), Assert.Single(put.Writes));
        Assert.Equal(2, source.Reads.Count);
        Assert.Equal(_from.Content("in/a"), _to.Content("out/a"));
    }

    [Fact]
    public async Task A_limit_of_the_bandwidth_holds_for_what_would_be_passed()
    {
        _from.Add("in/a", Contents.Of(10));
        var (process, _, destination, put) = With(IngestProcess.Small with { LeastPassed = 1, Bandwidth = 1 << 20 });
        await process.DoneAsync();
        Assert.Empty(destination.Passed);
        Assert.Single(put.Writes);
    }
}
