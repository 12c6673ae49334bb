using CsCheck;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Ingest;

public sealed class SideBySideTests
{
    private static readonly string[] Names = ["a", "a/b", "a-b", "a/", "ä", "\ud83d\ude00", "\uff21", "z/y/x", "%", "b c", "a//b", "m"];

    private static readonly Gen<string> Key = Gen.Int[0, Names.Length - 1].Select(i => Names[i]);

    [Fact]
    public async Task Both_listings_come_key_by_key_and_can_be_gone_on_with_anywhere() =>
        await Gen.Select(Key.HashSet[0, 10], Key.HashSet[0, 10], Gen.Int[0, 20]).SampleAsync(async (here, there, stopAfter) =>
        {
            var (source, destination) = (new MemoryStore(), new MemoryStore());
            foreach (var key in here) source.Add("in/" + key, [1]);
            foreach (var key in there) destination.Add("out/" + key, [1]);
            source.Add("in-other/x", [1]); // a prefix ends at a slash
            var seen = new List<(string, bool, bool)>();
            var sides = new SideBySide(source, "in", destination, "out", Position.Start);
            while (await sides.NextAsync(TestContext.Current.CancellationToken) is { } pair)
            {
                seen.Add((pair.Key, pair.Source is not null, pair.Destination is not null));
                if (seen.Count == stopAfter) sides = new SideBySide(source, "in", destination, "out", sides.Position);
            }

            Assert.Equal(here.Union(there).Order(ObjectKey.Order).Select(key => (key, here.Contains(key), there.Contains(key))), seen);
        }, iter: 300);

    [Fact]
    public async Task A_store_that_lists_out_of_order_is_refused()
    {
        var sides = new SideBySide(new Unordered(), "", new MemoryStore(), "", Position.Start);

        Assert.Contains("out of order", (await Assert.ThrowsAsync<ObjectStoreException>(() => sides.NextAsync(TestContext.Current.CancellationToken))).Message);
    }

    private sealed class Unordered() : StoreDecorator(new MemoryStore())
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) =>
            Task.FromResult((T)(object)new ListPage([new ObjectEntry("b", 1, "x", default), new ObjectEntry("a", 1, "x", default)], [], null));
    }
}
