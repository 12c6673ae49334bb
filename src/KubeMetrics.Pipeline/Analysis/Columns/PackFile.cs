using System.Buffers;
using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>A pack in the store.</summary>
internal sealed class PackFile(ObjectEntry entry, PackIndex? index)
{
    // With so much of its end nearly every pack's index is there whole.
    private const int End = 256 << 10;

    internal ObjectEntry Entry { get; } = entry;

    /// <summary>What it holds; null where that can't be read.</summary>
    internal PackIndex? Index { get; } = index;

    /// <summary>Those of its inputs that are of use, by what the index says of them.</summary>
    internal HashSet<PackedInput> Live { get; } = new(ReferenceEqualityComparer.Instance);

    internal bool IsDamaged { get; set; } = index is null;

    internal long LiveBytes => Live.Sum(input => (long)input.Length);

    internal long StaleBytes => Index is null ? Entry.Size : Index.Inputs.Sum(input => (long)input.Length) - LiveBytes;

    /// <summary>Reads a pack's index; null where there is no such pack any more.</summary>
    /// <exception cref="IOException">The store does not give it out.</exception>
    internal static async Task<PackFile?> OpenAsync(IObjectStore store, ObjectEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Size <= Pack.FootLength) return new PackFile(entry, null);
        for (var length = (int)Math.Min(entry.Size, End); ;)
        {
            var bytes = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                var end = bytes.AsMemory(0, length);
                if (!await ReadAsync(store, entry, entry.Size - length, end, cancellationToken)) return null;
                if (Pack.IndexLength(end.Span[^Pack.FootLength..]) is not { } index || index > entry.Size - Pack.FootLength) return new PackFile(entry, null);
                if (index + Pack.FootLength <= length) return new PackFile(entry, Pack.ReadIndex(end.Span));
                length = index + Pack.FootLength;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }
    }

    /// <summary>Reads the columns of some of its inputs and hands them to <paramref name="use"/>; what is damaged is left out, and told.</summary>
    /// <exception cref="IOException">The store does not give it out.</exception>
    internal async Task ReadAsync(IObjectStore store, IReadOnlyList<PackedInput> wanted, Action<PackedInput, Prometheus.Series[]> use, CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(wanted.Max(input => (long)input.Offset + input.Length), Entry.Size);
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        try
        {
            var data = bytes.AsMemory(0, length);
            if (length == 0 || !await ReadAsync(store, Entry, 0, data, cancellationToken)) return;
            var labels = Pack.LabelsOf(Index!);
            foreach (var input in wanted)
            {
                cancellationToken.ThrowIfCancellationRequested();
                try
                {
                    use(input, Pack.Read(input, labels, data.Span));
                }
                catch (InvalidDataException)
                {
                    IsDamaged = true;
                }
            }
        }
        catch (InvalidDataException)
        {
            IsDamaged = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static async Task<bool> ReadAsync(IObjectStore store, ObjectEntry entry, long start, Memory<byte> into, CancellationToken cancellationToken)
    {
        await using var stored = await store.GetAsync(entry.Key, new GetOptions { Range = new ByteRange(start, into.Length), IfMatch = entry.ETag }, cancellationToken);
        if (stored is null) return false;
        await stored.Content.ReadExactlyAsync(into, cancellationToken);
        return true;
    }
}
