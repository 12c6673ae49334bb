using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KubeMetrics.ObjectStorage;

/// <summary>What every store can do by what <see cref="IObjectStore"/> offers.</summary>
public static class ObjectStoreExtensions
{
    /// <summary>Every object in a folder (<see cref="ObjectKey.AsPrefix"/>; empty means the whole bucket), page by page.</summary>
    public static async IAsyncEnumerable<ObjectEntry> ListAsync(
        this IObjectStore store, string folder = "", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListRequest { Prefix = ObjectKey.AsPrefix(folder) };
        while (true)
        {
            var page = await store.ListPageAsync(request, cancellationToken);
            foreach (var entry in page.Objects) yield return entry;
            if (page.Next is null) yield break;
            request = request with { ContinuationToken = page.Next };
        }
    }

    /// <summary>Deletes every object in a folder that a condition holds for. What is there already when it begins is all that is looked at.</summary>
    public static async Task DeleteAllAsync(this IObjectStore store, string folder, Func<ObjectEntry, bool> condition, CancellationToken cancellationToken = default)
    {
        var keys = new List<string>();
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
            if (condition(entry))
                keys.Add(entry.Key);
        foreach (var key in keys) await store.DeleteAsync(key, cancellationToken);
    }

    /// <summary>Stores bytes, which stay as they are until this is done; see <see cref="IObjectStore.PutAsync"/>.</summary>
    public static Task<string> PutBytesAsync(
        this IObjectStore store, string key, ReadOnlyMemory<byte> content, PutOptions? options = null, CancellationToken cancellationToken = default)
    {
        var stream = MemoryMarshal.TryGetArray(content, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(content.ToArray(), writable: false);
        return store.PutAsync(key, stream, (options ?? new PutOptions()) with { Length = content.Length }, cancellationToken);
    }

    /// <summary>Finds out whether a place can be written, by the only way that tells: something is written there, and deleted again.</summary>
    /// <exception cref="ObjectStoreException">It can't be written.</exception>
    public static async Task TryWritingAsync(this IObjectStore store, string key, CancellationToken cancellationToken = default)
    {
        await store.PutBytesAsync(key, "written to see whether it can be, and deleted again"u8.ToArray(), cancellationToken: cancellationToken);
        await store.DeleteAsync(key, cancellationToken);
    }

    /// <summary>Reads a small object whole; null where there is none. One larger than <paramref name="limit"/> bytes is refused.</summary>
    /// <exception cref="ObjectStoreException"><see cref="ObjectStoreError.WrongLength"/>: larger than the limit.</exception>
    public static async Task<(byte[] Content, ObjectInfo Info)?> GetBytesAsync(
        this IObjectStore store, string key, int limit = 16 << 20, CancellationToken cancellationToken = default)
    {
        await using var read = await store.GetAsync(key, null, cancellationToken);
        if (read is null) return null;
        if (read.Length > limit)
            throw new ObjectStoreException(ObjectStoreError.WrongLength, $"'{key}' in {store.Name} has {read.Length} bytes; at most {limit} were expected.");
        var content = new byte[read.Length];
        await read.Content.ReadExactlyAsync(content, cancellationToken);
        return (content, read.Info);
    }
}
