using System.Buffers;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>A pack in the store.</summary>
internal sealed class PackFile
{
    // With so much of its end nearly every pack's index is there whole.
    private const int End = 256 << 10;

    // So many bytes are read sooner than a second request is made.
    private const int Near = 256 << 10;

    private readonly Dictionary<PackedInput, PackedHead[]> _heads = new(ReferenceEqualityComparer.Instance);

    internal PackFile(ObjectEntry entry, PackIndex? index)
    {
        Entry = entry;
        try
        {
            var labels = index is null ? [] : Pack.LabelsOf(index);
            foreach (var input in index?.Inputs ?? []) _heads[input] = Pack.HeadsOf(input, labels, entry.Size);
            Index = index;
        }
        catch (InvalidDataException)
        {
            // as one that can't be read
        }

        IsDamaged = Index is null;
    }

    internal ObjectEntry Entry { get; }

    /// <summary>What it holds; null where that can't be read.</summary>
    internal PackIndex? Index { get; }

    /// <summary>Those of its inputs that are of use, by what the index says of them.</summary>
    internal HashSet<PackedInput> Live { get; } = new(ReferenceEqualityComparer.Instance);

    internal bool IsDamaged { get; private set; }

    internal long LiveBytes => Live.Sum(input => (long)input.Length);

    internal long StaleBytes => Index is null ? Entry.Size : Index.Inputs.Sum(input => (long)input.Length) - LiveBytes;

    /// <summary>Reads a pack's index; null where there is no such pack any more.</summary>
    /// <exception cref="IOException">The store does not give it out.</exception>
    internal static async Task<PackFile?> OpenAsync(IObjectStore store, ObjectEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Size <= Foot.Length) return new PackFile(entry, null);
        for (var length = (int)Math.Min(entry.Size, End); ;)
        {
            var bytes = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                var end = bytes.AsMemory(0, length);
                if (!await ReadAsync(store, entry, entry.Size - length, end, cancellationToken)) return null;
                if (Foot.LengthOf(end.Span[^Foot.Length..], Pack.Form) is not { } index || index > entry.Size - Foot.Length) return new PackFile(entry, null);
                if (index + Foot.Length <= length) return new PackFile(entry, Pack.ReadIndex(end.Span));
                length = index + Foot.Length;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    /// <summary>
    /// Reads the series of some of its inputs, those that are wanted, and hands each input's to <paramref name="use"/>; inputs with anything damaged
    /// are left out, and told.
    /// </summary>
    /// <exception cref="IOException">The store does not give it out.</exception>
    internal async Task ReadAsync(
        IObjectStore store, IReadOnlyList<PackedInput> inputs, Func<Labels, bool>? wanted, Action<PackedInput, Series[]> use, CancellationToken cancellationToken)
    {
        var all = inputs.Select(input => (Input: input, Heads: _heads[input].Where(head => wanted?.Invoke(head.Labels) != false).ToArray())).ToLookup(one => one.Heads.Length > 0);
        foreach (var (input, _) in all[false]) use(input, []);
        foreach (var stretch in Stretches(all[true].OrderBy(one => one.Input.Offset)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (start, end) = (stretch[0].Heads[0].Offset, stretch.Max(one => EndOf(one.Heads)));
            var bytes = ArrayPool<byte>.Shared.Rent((int)Math.Max(1, end - start));
            try
            {
                var data = bytes.AsMemory(0, (int)(end - start));
                if (data.Length > 0 && !await ReadAsync(store, Entry, start, data, cancellationToken)) return;
                foreach (var (input, heads) in stretch)
                {
                    try
                    {
                        use(input, [.. heads.Select(head => Pack.Read(head, data.Span.Slice((int)(head.Offset - start), head.Length)))]);
                    }
                    catch (InvalidDataException)
                    {
                        IsDamaged = true;
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    /// <summary>What is known of an input's series.</summary>
    internal IReadOnlyList<PackedHead> HeadsOf(PackedInput input) => _heads[input];

    /// <summary>Inputs whose bytes lie so near to each other that one reading of all costs less than one of each.</summary>
    private static IEnumerable<List<(PackedInput Input, PackedHead[] Heads)>> Stretches(IEnumerable<(PackedInput Input, PackedHead[] Heads)> inputs)
    {
        var stretch = new List<(PackedInput, PackedHead[])>();
        var end = long.MaxValue;
        foreach (var one in inputs)
        {
            if (one.Heads[0].Offset - Near > end)
            {
                yield return stretch;
                stretch = [];
            }

            stretch.Add(one);
            end = EndOf(one.Heads);
        }

        if (stretch.Count > 0) yield return stretch;
    }

    private static long EndOf(PackedHead[] heads) => heads[^1].Offset + heads[^1].Length;

    private static async Task<bool> ReadAsync(IObjectStore store, ObjectEntry entry, long start, Memory<byte> into, CancellationToken cancellationToken)
    {
        await using var stored = await store.GetAsync(entry.Key, new GetOptions { Range = new ByteRange(start, into.Length), IfMatch = entry.ETag }, cancellationToken);
        if (stored is null) return false;
        await stored.Content.ReadExactlyAsync(into, cancellationToken);
        return true;
    }
}
