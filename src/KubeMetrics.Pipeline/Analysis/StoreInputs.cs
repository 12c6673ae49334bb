using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>The dumps below a prefix of a store, as inputs.</summary>
public static class StoreInputs
{
    /// <summary>
    /// Lists them: what ends like a dump (<see cref="DumpNames"/>). Keys that have, below the prefix, a segment that starts with
    /// <c>_</c> or <c>.</c> are none: other programs keep their own there (Spark's <c>_SUCCESS</c> and <c>_temporary/</c>).
    /// </summary>
    public static Task<IReadOnlyList<InputObject>> ListAsync(IObjectStore store, string folder, CancellationToken cancellationToken) => ListAsync(store, folder, null, cancellationToken);

    /// <summary>The same, and tells of everything that is listed.</summary>
    internal static async Task<IReadOnlyList<InputObject>> ListAsync(IObjectStore store, string folder, Action<ObjectEntry>? listed, CancellationToken cancellationToken)
    {
        var inputs = new List<InputObject>();
        var prefix = ObjectKey.AsPrefix(folder).Length;
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
        {
            listed?.Invoke(entry);
            if (DumpNames.IsDump(entry.Key) && !entry.Key[prefix..].Split('/').Any(segment => DumpNames.IsHidden(segment)))
                inputs.Add(Of(store, entry));
        }

        return inputs;
    }

    /// <summary>One object as an input, whatever its name.</summary>
    public static InputObject Of(IObjectStore store, ObjectEntry entry) =>
        new($"{store.Name}/{entry.Key}", entry.Size, entry.ETag, token => OpenAsync(store, entry, token)) { Modified = entry.LastModified };

    private static async ValueTask<Stream> OpenAsync(IObjectStore store, ObjectEntry entry, CancellationToken cancellationToken)
    {
        // What was listed is what is read: an object that changed meanwhile is told, not mixed.
        var stored = await store.GetAsync(entry.Key, new GetOptions { IfMatch = entry.ETag }, cancellationToken);
        return stored?.Content ?? throw new FileNotFoundException($"'{entry.Key}' was listed in {store.Name} but is gone; analyse again.");
    }
}
