using System.Buffers.Binary;
using System.Text.Json;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>
/// The form of a pack: the inputs' columns one after another, the index as JSON, and a foot of 16 bytes: the index's length and CRC-32C,
/// and what names the form. Of each input: how many series; of each of them its label set, what was dropped, how many samples, how
/// many bytes; then those bytes, series by series. What is damaged is told by a checksum, the index's or an input's own, and then is as
/// if it were not there.
/// </summary>
internal static class Pack
{
    internal const int FootLength = 16;

    private static ReadOnlySpan<byte> Form => "KMCOLS01"u8;

    internal static void WriteFoot(ByteWriter to, int indexLength)
    {
        var checksum = Checksum32.Of(to.Written.Span[^indexLength..]);
        to.Fixed((uint)indexLength | (ulong)checksum << 32);
        to.Bytes(Form);
    }

    /// <summary>How long the index is that stands before a foot; null where this is no foot.</summary>
    internal static int? IndexLength(ReadOnlySpan<byte> foot) =>
        foot.Length == FootLength && foot[8..].SequenceEqual(Form) && BinaryPrimitives.ReadInt32LittleEndian(foot) is > 0 and var length ? length : null;

    /// <summary>The index, out of a pack's end; null where it is damaged.</summary>
    /// <param name="end">The index and the foot, and whatever comes before.</param>
    internal static PackIndex? ReadIndex(ReadOnlySpan<byte> end)
    {
        if (end.Length < FootLength || IndexLength(end[^FootLength..]) is not { } length || length > end.Length - FootLength) return null;
        var text = end[^(FootLength + length)..^FootLength];
        if (Checksum32.Of(text) != BinaryPrimitives.ReadUInt32LittleEndian(end[^(FootLength - 4)..])) return null;
        try
        {
            return JsonSerializer.Deserialize(text, PackJson.Default.PackIndex) is { Texts: not null, Labels: not null, Inputs: not null } index ? index : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The label sets of an index.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal static Labels[] LabelsOf(PackIndex index)
    {
        var texts = index.Texts;
        string Text(int at) => (uint)at < texts.Count ? texts[at] : throw ByteReader.Damaged();
        return [.. index.Labels.Select(set => Labels.Create(Enumerable.Range(0, set.Length / 2).Select(i => KeyValuePair.Create(Text(set[2 * i]), Text(set[2 * i + 1])))))];
    }

    /// <summary>The series of one input.</summary>
    /// <param name="input">What the index says of it.</param>
    /// <param name="labels">The index's label sets.</param>
    /// <param name="data">The pack's bytes before the index.</param>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal static Series[] Read(PackedInput input, Labels[] labels, ReadOnlySpan<byte> data)
    {
        if (input.Offset < 0 || input.Length < 0 || (long)input.Offset + input.Length > data.Length) throw ByteReader.Damaged();
        var bytes = data.Slice(input.Offset, input.Length);
        if (Checksum32.Of(bytes) != input.Checksum) throw ByteReader.Damaged();
        var from = new ByteReader(bytes);
        var count = from.Count();
        if (count > from.Left) throw ByteReader.Damaged();
        var heads = new (Labels Labels, DropCounts Dropped, int Count, int Length)[count];
        for (var i = 0; i < count; i++)
        {
            var set = from.Count();
            if (set >= labels.Length) throw ByteReader.Damaged();
            heads[i] = (labels[set], ReadDropped(ref from), from.Count(), from.Count());
            if (heads[i].Count > PackedColumns.MostSamples(heads[i].Length)) throw ByteReader.Damaged();
        }

        var series = new Series[count];
        for (var i = 0; i < count; i++)
        {
            var columns = new ByteReader(from.Take(heads[i].Length));
            series[i] = new Series(heads[i].Labels, PackedColumns.Read(ref columns, heads[i].Count), heads[i].Dropped);
        }

        return series;
    }

    internal static void WriteDropped(DropCounts dropped, ByteWriter to)
    {
        to.Unsigned((ulong)dropped.NaN);
        to.Unsigned((ulong)dropped.Infinite);
        to.Unsigned((ulong)dropped.Malformed);
        to.Unsigned((ulong)dropped.Duplicate);
        to.Unsigned((ulong)dropped.Conflicting);
        to.Unsigned((ulong)dropped.OutsideWindow);
    }

    private static DropCounts ReadDropped(ref ByteReader from) => new()
    {
        NaN = (long)from.Unsigned(),
        Infinite = (long)from.Unsigned(),
        Malformed = (long)from.Unsigned(),
        Duplicate = (long)from.Unsigned(),
        Conflicting = (long)from.Unsigned(),
        OutsideWindow = (long)from.Unsigned(),
    };
}
