using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>How far a listing was gone through.</summary>
/// <param name="Token">What asks for the page that is at hand; null for the first.</param>
/// <param name="After">The last key that was taken; null before the first.</param>
internal sealed record ListedTo(string? Token, string? After);

/// <summary>How far both listings were gone through.</summary>
internal sealed record Position(ListedTo Source, ListedTo Destination)
{
    internal static Position Start { get; } = new(new ListedTo(null, null), new ListedTo(null, null));
}

/// <summary>
/// Two listings at once, key by key, in memory of a page each. Both are in order, so what one has and the other has not is
/// seen at once; a store that lists out of order is refused, since keys would be taken for missing.
/// </summary>
internal sealed class SideBySide(IObjectStore source, string sourcePrefix, IObjectStore destination, string destinationPrefix, Position from)
{
    private readonly Side _source = new(source, sourcePrefix, from.Source), _destination = new(destination, destinationPrefix, from.Destination);

    /// <summary>Where to go on from after what was taken last.</summary>
    internal Position Position => new(_source.Position, _destination.Position);

    /// <summary>The next key; null after the last of both.</summary>
    /// <exception cref="ObjectStoreException">A side can't be listed.</exception>
    internal async Task<Pair?> NextAsync(CancellationToken cancellationToken)
    {
        var here = await _source.PeekAsync(cancellationToken);
        var there = await _destination.PeekAsync(cancellationToken);
        if (here is null && there is null) return null;
        var order = here is null ? 1 : there is null ? -1 : ObjectKey.Compare(here.Value.Key, there.Value.Key);
        if (order <= 0) _source.Take();
        if (order >= 0) _destination.Take();
        return order <= 0 ? new Pair(here!.Value.Key, here.Value.Entry, order == 0 ? there!.Value.Entry : null) : new Pair(there!.Value.Key, null, there.Value.Entry);
    }

    private sealed class Side(IObjectStore store, string prefix, ListedTo from)
    {
        private readonly string _prefix = ObjectKey.AsPrefix(prefix);
        private string? _token = from.Token, _after = from.After;
        private ListPage? _page;
        private int _at;

        internal ListedTo Position => new(_token, _after);

        internal async Task<(string Key, ObjectEntry Entry)?> PeekAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                _page ??= await PageAsync(cancellationToken);
                while (_at < _page.Objects.Count)
                {
                    var entry = _page.Objects[_at];
                    var key = entry.Key[_prefix.Length..];
                    // The folder itself, as some programs mark it; and what was taken before this listing was gone on with.
                    if (key.Length > 0 && (_after is null || ObjectKey.Compare(key, _after) > 0)) return (key, entry);
                    _at++;
                }

                if (_page.Next is null) return null;
                (_token, _page) = (_page.Next, null);
            }
        }

        internal void Take() => _after = _page!.Objects[_at++].Key[_prefix.Length..];

        private async Task<ListPage> PageAsync(CancellationToken cancellationToken)
        {
            _at = 0;
            var page = await store.ListPageAsync(new ListRequest { Prefix = _prefix, ContinuationToken = _token }, cancellationToken);
            for (var i = 1; i < page.Objects.Count; i++)
                if (ObjectKey.Compare(page.Objects[i - 1].Key, page.Objects[i].Key) >= 0)
                    throw new ObjectStoreException(ObjectStoreError.Unavailable, $"{store.Name} lists its keys out of order, so two listings of it can't be held against each other.");
            return page;
        }
    }
}
