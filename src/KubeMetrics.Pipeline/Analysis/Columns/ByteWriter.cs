using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>Bytes that grow, in memory that is used again.</summary>
/// <param name="capacity">How many bytes there is room for at first: memory that is touched for the first time costs more than writing to it.</param>
internal sealed class ByteWriter(int capacity = 1 << 12) : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    internal void Byte(byte value)
    {
        if (Length == _bytes.Length) Grow(1);
        _bytes[Length++] = value;
    }

    /// <summary>Eight bytes, the lowest first.</summary>
    internal void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(GetSpan(8), value);
        Length += 8;
    }

    /// <summary>Seven bits a byte, the lowest first; the last byte has no eighth.</summary>
    internal void Unsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    /// <summary>The same of what is small on either side of 0.</summary>
    internal void Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>A text with its length before it, so that no two lists of texts are the same bytes.</summary>
    internal void Text(string? text)
    {
        if (text is null)
        {
            Byte(0);
            return;
        }

        // As it is in memory: half a surrogate pair, which labels may hold, is lost in UTF-8.
        Unsigned((ulong)text.Length + 1);
        Bytes(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length - Length < Math.Max(1, sizeHint)) Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_bytes.Length - Length < Math.Max(1, sizeHint)) Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Begins anew.</summary>
    internal void Clear() => Length = 0;

    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, Length) = ([], 0);
        if (bytes.Length > 0) ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Grow(int by)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + by), (int)Math.Min(Array.MaxLength, _bytes.Length * 2L)));
        Written.Span.CopyTo(larger);
        var old = _bytes;
        _bytes = larger;
        if (old.Length > 0) ArrayPool<byte>.Shared.Return(old);
    }
}
