using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// MD5 (RFC 1321) whose state can be written down and gone on with by another process, which the platform's can't: so a copy
/// that was interrupted half-way need not read the first half again to know the checksum of the whole.
/// </summary>
internal sealed class Md5State
{
    private const int Block = 64;

    private static readonly uint[] Sines = [.. Enumerable.Range(1, Block).Select(i => (uint)(long)Math.Floor(Math.Abs(Math.Sin(i)) * 4294967296.0))];

    private readonly byte[] _rest = new byte[Block];
    private uint _a = 0x67452301, _b = 0xefcdab89, _c = 0x98badcfe, _d = 0x10325476;
    private long _length;

    /// <summary>How many bytes were taken in.</summary>
    internal long Length => _length;

    /// <summary>Takes bytes in.</summary>
    internal void Append(ReadOnlySpan<byte> bytes)
    {
        var filled = (int)(_length % Block);
        _length += bytes.Length;
        if (filled > 0)
        {
            var some = Math.Min(Block - filled, bytes.Length);
            bytes[..some].CopyTo(_rest.AsSpan(filled));
            bytes = bytes[some..];
            if (filled + some < Block) return;
            Take(_rest);
        }

        for (; bytes.Length >= Block; bytes = bytes[Block..]) Take(bytes);
        bytes.CopyTo(_rest);
    }

    /// <summary>The digest of everything; nothing more can be taken in afterwards.</summary>
    internal byte[] Finish()
    {
        var bits = (ulong)_length * 8;
        Span<byte> end = stackalloc byte[2 * Block];
        end.Clear();
        end[0] = 0x80;
        var padding = (int)((Block + 55 - _length % Block) % Block) + 1;
        BinaryPrimitives.WriteUInt64LittleEndian(end[padding..], bits);
        Append(end[..(padding + 8)]);
        var digest = new byte[16];
        WriteState(digest);
        return digest;
    }

    /// <summary>The state, written down.</summary>
    internal byte[] Export()
    {
        var rest = (int)(_length % Block);
        var state = new byte[24 + rest];
        WriteState(state);
        BinaryPrimitives.WriteInt64LittleEndian(state.AsSpan(16), _length);
        _rest.AsSpan(0, rest).CopyTo(state.AsSpan(24));
        return state;
    }

    /// <summary>Goes on from a state that was written down.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static Md5State Import(ReadOnlySpan<byte> state)
    {
        if (state.Length < 24) throw new FormatException("A state of MD5 is cut short.");
        var md5 = new Md5State
        {
            _a = BinaryPrimitives.ReadUInt32LittleEndian(state),
            _b = BinaryPrimitives.ReadUInt32LittleEndian(state[4..]),
            _c = BinaryPrimitives.ReadUInt32LittleEndian(state[8..]),
            _d = BinaryPrimitives.ReadUInt32LittleEndian(state[12..]),
            _length = BinaryPrimitives.ReadInt64LittleEndian(state[16..]),
        };
        if (md5._length < 0 || state.Length != 24 + md5._length % Block) throw new FormatException("A state of MD5 has another length than it says.");
        state[24..].CopyTo(md5._rest);
        return md5;
    }

    private void WriteState(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, _a);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], _b);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], _c);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], _d);
    }

    private void Take(ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        if (BitConverter.IsLittleEndian) MemoryMarshal.Cast<byte, uint>(block[..Block]).CopyTo(words);
        else for (var i = 0; i < 16; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        var sines = Sines.AsSpan();
        var (a, b, c, d) = (_a, _b, _c, _d);
        for (var i = 0; i < 16; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (d ^ (b & (c ^ d))) + sines[i] + words[i], 7);
            d = a + BitOperations.RotateLeft(d + (c ^ (a & (b ^ c))) + sines[i + 1] + words[i + 1], 12);
            c = d + BitOperations.RotateLeft(c + (b ^ (d & (a ^ b))) + sines[i + 2] + words[i + 2], 17);
            b = c + BitOperations.RotateLeft(b + (a ^ (c & (d ^ a))) + sines[i + 3] + words[i + 3], 22);
        }

        for (var i = 16; i < 32; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (c ^ (d & (b ^ c))) + sines[i] + words[(5 * i + 1) & 15], 5);
            d = a + BitOperations.RotateLeft(d + (b ^ (c & (a ^ b))) + sines[i + 1] + words[(5 * i + 6) & 15], 9);
            c = d + BitOperations.RotateLeft(c + (a ^ (b & (d ^ a))) + sines[i + 2] + words[(5 * i + 11) & 15], 14);
            b = c + BitOperations.RotateLeft(b + (d ^ (a & (c ^ d))) + sines[i + 3] + words[(5 * i + 16) & 15], 20);
        }

        for (var i = 32; i < 48; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (b ^ c ^ d) + sines[i] + words[(3 * i + 5) & 15], 4);
            d = a + BitOperations.RotateLeft(d + (a ^ b ^ c) + sines[i + 1] + words[(3 * i + 8) & 15], 11);
            c = d + BitOperations.RotateLeft(c + (d ^ a ^ b) + sines[i + 2] + words[(3 * i + 11) & 15], 16);
            b = c + BitOperations.RotateLeft(b + (c ^ d ^ a) + sines[i + 3] + words[(3 * i + 14) & 15], 23);
        }

        for (var i = 48; i < 64; i += 4)
        {
            a = b + BitOperations.RotateLeft(a + (c ^ (b | ~d)) + sines[i] + words[(7 * i) & 15], 6);
            d = a + BitOperations.RotateLeft(d + (b ^ (a | ~c)) + sines[i + 1] + words[(7 * i + 7) & 15], 10);
            c = d + BitOperations.RotateLeft(c + (a ^ (d | ~b)) + sines[i + 2] + words[(7 * i + 14) & 15], 15);
            b = c + BitOperations.RotateLeft(b + (d ^ (c | ~a)) + sines[i + 3] + words[(7 * i + 21) & 15], 21);
        }

        (_a, _b, _c, _d) = (_a + a, _b + b, _c + c, _d + d);
    }
}
