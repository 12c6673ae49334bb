using System.Buffers.Binary;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>The last 16 bytes of what is kept: the length and CRC-32C of what stands before them and is read first, and what names the form.</summary>
internal static class Foot
{
    internal const int Length = 16;

    /// <summary>Writes the foot of the last so many bytes.</summary>
    internal static void Write(ByteWriter to, int length, ReadOnlySpan<byte> form)
    {
        var checksum = Checksum32.Of(to.Written.Span[^length..]);
        to.Fixed((uint)length | (ulong)checksum << 32);
        to.Bytes(form);
    }

    /// <summary>How many bytes a foot is of; null where this is no foot of the form.</summary>
    internal static int? LengthOf(ReadOnlySpan<byte> foot, ReadOnlySpan<byte> form) =>
        foot.Length == Length && foot[8..].SequenceEqual(form) && BinaryPrimitives.ReadInt32LittleEndian(foot) is > 0 and var length ? length : null;

    /// <summary>Those bytes, out of an end that holds them and the foot; nothing where they are damaged.</summary>
    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> end, ReadOnlySpan<byte> form)
    {
        if (end.Length < Length || LengthOf(end[^Length..], form) is not { } length || length > end.Length - Length) return [];
        var text = end[^(Length + length)..^Length];
        return Checksum32.Of(text) == BinaryPrimitives.ReadUInt32LittleEndian(end[^(Length - 4)..]) ? text : [];
    }
}
