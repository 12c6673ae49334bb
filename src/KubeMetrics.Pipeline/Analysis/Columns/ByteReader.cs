using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>Reads what a <see cref="ByteWriter"/> wrote. Whatever the bytes are, it reads none that are not there.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _left = bytes;

    internal readonly int Left => _left.Length;

    internal static InvalidDataException Damaged() => new("Kept columns are damaged.");

    internal byte Byte() => Take(1)[0];

    internal ulong Fixed() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    internal ulong Unsigned()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Damaged();
    }

    internal long Signed()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal int Count() => Unsigned() is var count and <= int.MaxValue ? (int)count : throw Damaged();

    /// <summary>A text; null where null was written.</summary>
    internal string? Text()
    {
        var length = Count();
        return length == 0 ? null : new string(MemoryMarshal.Cast<byte, char>(Take(length > int.MaxValue / sizeof(char) ? throw Damaged() : (length - 1) * sizeof(char))));
    }

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > _left.Length) throw Damaged();
        var taken = _left[..count];
        _left = _left[count..];
        return taken;
    }
}
