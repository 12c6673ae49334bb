using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>What refreshes keep in the state.</summary>
public sealed class RefreshPlaces(StorePlace state)
{
    /// <summary>Which work refreshes which dataset.</summary>
    internal Claims<RunOwner> Owners { get; } = Claims.Owners(state, "refresh-owners");

    /// <summary>What a repeated request's key stands for.</summary>
    internal Claims<KeyUse> Keys { get; } = Claims.Keys(state);

    private Claims<RefreshMemory> Memories { get; } = new(state.Store, ObjectKey.AsPrefix(state.Prefix) + "refresh", RefreshJson.Default.RefreshMemory);

    /// <summary>What is remembered of a dataset.</summary>
    internal async Task<RefreshMemory> RecallAsync(string dataset, CancellationToken cancellationToken) =>
        (await Memories.FindAsync(dataset, cancellationToken))?.Is ?? new RefreshMemory();

    /// <summary>Changes what is remembered of a dataset, whoever else does at the same time.</summary>
    internal async Task<RefreshMemory> RememberAsync(string dataset, Func<RefreshMemory, RefreshMemory> change, CancellationToken cancellationToken)
    {
        while (true)
        {
            var claim = await Memories.FindAsync(dataset, cancellationToken);
            var before = claim?.Is ?? new RefreshMemory();
            var after = change(before);
            if (claim?.Is is not null && after == before) return before;
            if (await Memories.TryTakeAsync(dataset, after, claim?.ETag, cancellationToken)) return after;
        }
    }
}
