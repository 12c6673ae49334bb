using System.Collections.Concurrent;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>What is copied between two places that one endpoint has.</summary>
public sealed class ServerCopyTests
{
    private readonly MemoryStore _from = new("source"), _to = new("destination");

    [Fact]
    public async Task Nothing_is_read_and_what_is_gone_or_changed_meanwhile_is_told_or_begun_anew()
    {
        foreach (var key in (string[])["a", "b", "changed", "gone"]) _from.Add("in/" + key, Contents.Of(50));
        var source = new MeddledStore(_from);
        var destination = new CopyingStore(_to, _from);
        destination.OnCopy = key =>
        {
            if (key == "in/gone") _from.DeleteAsync(key);
            if (key == "in/changed" && destination.Copied.Count(one => one == key) == 1) _from.Add(key, Contents.Of(60, 2));
        };

        var outcome = await new IngestProcess(source, destination, new MemoryStore("state"), TimeProvider.System).DoneAsync();

        Assert.Empty(source.Reads);
        Assert.Equal((3, 3, 1, 0), (outcome.Done.Copied.Objects, outcome.Done.Verified, outcome.Done.Gone, outcome.Done.Failed));
        foreach (var key in (string[])["a", "b", "changed"]) Assert.Equal(_from.Content("in/" + key), _to.Content("out/" + key));
        Assert.Equal(["in/a", "in/b", "in/changed", "in/changed", "in/gone"], destination.Copied.Order(StringComparer.Ordinal));
    }

    /// <summary>A store that has another's objects at hand.</summary>
    private sealed class CopyingStore(MemoryStore inner, MemoryStore from) : StoreDecorator(inner), ICopyingStore
    {
        public ConcurrentQueue<string> Copied { get; } = [];

        public Action<string> OnCopy { get; set; } = _ => { };

        public bool CanCopyFrom(IObjectStore source) => true;

        public async Task<string> CopyFromAsync(IObjectStore source, string sourceKey, string key, string? ifMatch = null, CancellationToken cancellationToken = default)
        {
            Copied.Enqueue(sourceKey);
            OnCopy(sourceKey);
            var read = await from.GetAsync(sourceKey, new GetOptions { IfMatch = ifMatch }, cancellationToken)
                ?? throw new ObjectStoreException(ObjectStoreError.NotFound, $"'{sourceKey}' is not there.");
            return await inner.PutAsync(key, read.Content, null, cancellationToken);
        }

        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => operation();
    }
}
