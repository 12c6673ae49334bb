using System.Text.Json;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>
/// The form of a pack: the packed columns of the inputs' series one after another, the index as JSON, and a <see cref="Foot"/>. The index says
/// of each input which series it has (<see cref="PackedHead"/>), so that a few can be read without the others. What is damaged is told by a
/// checksum, the index's or a series' own, and then is as if it were not there.
/// </summary>
internal static class Pack
{
    internal static ReadOnlySpan<byte> Form => "KMCOLS02"u8;

    /// <summary>The index, out of a pack's end; null where it is damaged.</summary>
    /// <param name="end">The index and the foot, and whatever comes before.</param>
    internal static PackIndex? ReadIndex(ReadOnlySpan<byte> end)
    {
        var text = Foot.Find(end, Form);
        if (text.IsEmpty) return null;
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

    /// <summary>What an index says of an input's series.</summary>
    /// <param name="input">The input.</param>
    /// <param name="labels">The index's label sets.</param>
    /// <param name="size">How long the pack is.</param>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal static PackedHead[] HeadsOf(PackedInput input, Labels[] labels, long size)
    {
        var from = new ByteReader(input.Heads);
        var heads = new List<PackedHead>();
        var offset = (long)input.Offset;
        for (; from.Left > 0; offset += heads[^1].Length) heads.Add(PackedHead.Read(ref from, labels, offset));
        return input.Offset >= 0 && offset == (long)input.Offset + input.Length && offset <= size ? [.. heads] : throw ByteReader.Damaged();
    }

    /// <summary>The series that a head is of.</summary>
    /// <param name="head">What the index says of it.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal static Series Read(PackedHead head, ReadOnlySpan<byte> bytes)
    {
        if (Checksum32.Of(bytes) != head.Checksum || head.Count > PackedColumns.MostSamples(head.Length)) throw ByteReader.Damaged();
        var columns = new ByteReader(bytes);
        return new Series(head.Labels, PackedColumns.Read(ref columns, head.Count), head.Dropped);
    }
}
