using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>
/// The samples of one series as few bytes that are fast to unpack, bit for bit as they were. In blocks: times as what they
/// differ by, values as the decimals that they were read from (whole numbers and where the point stands), and of either only
/// what they are above the block's least, in steps that all share, with as many bits as the largest takes. Samples a minute apart take next
/// to nothing for their times. Values that are no short decimals stand as they are.
/// </summary>
internal static class PackedColumns
{
    private const int Block = 1024;
    private const byte NoDecimals = 0xFF;

    // A whole number below this and a power of ten up to this are both exact, so their quotient is the decimal's nearest double.
    private const double LargestWhole = 1L << 53;
    private const int MostDigits = 15;

    // What is read eight bytes at a time, from whatever bit on, may be so wide; wider ones take all 64.
    private const int WidestPacked = 56;

    private static readonly double[] Powers = [.. Enumerable.Range(0, MostDigits + 1).Select(i => (double)BigInteger.Pow(10, i))];

    /// <summary>The most samples that so many bytes can hold: a block takes at least this.</summary>
    internal static long MostSamples(int bytes) => (bytes / 4 + 1L) * Block;

    internal static void Write(SampleColumns samples, ByteWriter to)
    {
        Span<long> whole = stackalloc long[Block];
        var before = 0L;
        for (var start = 0; start < samples.Count; start += Block)
        {
            var times = samples.Times.Slice(start, Math.Min(Block, samples.Count - start));
            var values = samples.Values.Slice(start, times.Length);
            to.Signed(unchecked(times[0] - before));
            for (var i = 1; i < times.Length; i++) whole[i - 1] = unchecked(times[i] - times[i - 1]);
            before = times[^1];
            Pack(whole[..(times.Length - 1)], to);

            if (Decimals(values, whole) is { } digits)
            {
                to.Byte((byte)digits);
                Pack(whole[..values.Length], to);
                continue;
            }

            to.Byte(NoDecimals);
            foreach (var value in values) to.Fixed(BitConverter.DoubleToUInt64Bits(value));
        }
    }

    /// <exception cref="InvalidDataException">They are damaged.</exception>
    internal static SampleColumns Read(ref ByteReader from, int count)
    {
        var samples = new SampleColumns(count);
        Span<long> times = stackalloc long[Block];
        Span<long> whole = stackalloc long[Block];
        Span<double> values = stackalloc double[Block];
        var time = 0L;
        for (var left = count; left > 0; left -= Block)
        {
            var length = Math.Min(Block, left);
            times[0] = time = unchecked(time + from.Signed());
            Unpack(whole[..(length - 1)], ref from);
            for (var i = 1; i < length; i++) times[i] = time = unchecked(time + whole[i - 1]);

            var digits = from.Byte();
            if (digits == NoDecimals)
            {
                for (var i = 0; i < length; i++) values[i] = BitConverter.UInt64BitsToDouble(from.Fixed());
            }
            else
            {
                if (digits > MostDigits) throw ByteReader.Damaged();
                Unpack(whole[..length], ref from);
                var power = Powers[digits];
                for (var i = 0; i < length; i++) values[i] = whole[i] / power;
            }

            samples.AddRange(times[..length], values[..length]);
        }

        return samples;
    }

    /// <summary>The values as whole numbers, all with so many digits behind the point; null where some is no such decimal.</summary>
    private static int? Decimals(ReadOnlySpan<double> values, Span<long> whole)
    {
        var digits = 0;
        for (var i = 0; i < values.Length; i++)
        {
            while (!IsDecimal(values[i], digits, out whole[i]))
            {
                if (++digits > MostDigits) return null;
                i = 0; // from the start: what fitted with fewer digits stands for another number now
            }
        }

        return digits;
    }

    private static bool IsDecimal(double value, int digits, out long whole)
    {
        var shifted = Math.Round(value * Powers[digits]);
        whole = 0;
        if (!(Math.Abs(shifted) < LargestWhole)) return false;
        whole = (long)shifted;
        // As bits: -0 is not 0.
        return BitConverter.DoubleToInt64Bits(whole / Powers[digits]) == BitConverter.DoubleToInt64Bits(value);
    }

    private static void Pack(ReadOnlySpan<long> numbers, ByteWriter to)
    {
        if (numbers.IsEmpty) return;
        var (least, most) = (numbers[0], numbers[0]);
        foreach (var number in numbers) (least, most) = (Math.Min(least, number), Math.Max(most, number));
        ulong step = 0;
        foreach (var number in numbers)
        {
            step = Divisor(step, unchecked((ulong)(number - least)));
            if (step == 1) break;
        }

        to.Signed(least);
        to.Unsigned(step);
        if (step == 0) return; // all are the same
        var bits = 64 - BitOperations.LeadingZeroCount(unchecked((ulong)(most - least)) / step);
        if (bits > WidestPacked) bits = 64;
        to.Byte((byte)bits);
        var (held, filled) = (0UL, 0);
        foreach (var number in numbers)
        {
            var above = unchecked((ulong)(number - least)) / step;
            held |= above << filled;
            filled += bits;
            if (filled < 64) continue;
            to.Fixed(held);
            filled -= 64;
            held = filled == 0 ? 0 : above >> (bits - filled);
        }

        for (; filled > 0; filled -= 8, held >>= 8) to.Byte((byte)held);
    }

    private static void Unpack(scoped Span<long> numbers, ref ByteReader from)
    {
        if (numbers.IsEmpty) return;
        var least = from.Signed();
        var step = from.Unsigned();
        if (step == 0)
        {
            numbers.Fill(least);
            return;
        }

        int bits = from.Byte();
        if (bits is 0 or > 64 or (> WidestPacked and < 64)) throw ByteReader.Damaged();
        var packed = from.Take((int)(((long)numbers.Length * bits + 7) / 8));
        if (bits == 64)
        {
            for (var i = 0; i < numbers.Length; i++)
                numbers[i] = unchecked(least + (long)(BinaryPrimitives.ReadUInt64LittleEndian(packed[(i * 8)..]) * step));
            return;
        }

        var mask = (1UL << bits) - 1;
        // Eight bytes at once as long as there are so many; the last few from a copy with room behind it.
        var whole = packed.Length < 8 ? 0 : Math.Min(numbers.Length, (packed.Length - 8) * 8 / bits + 1);
        for (var i = 0; i < whole; i++) numbers[i] = Number(packed, i, 0);
        Span<byte> end = stackalloc byte[24];
        end.Clear();
        var skipped = Math.Max(0, packed.Length - 15);
        packed[skipped..].CopyTo(end);
        for (var i = whole; i < numbers.Length; i++) numbers[i] = Number(end, i, skipped);

        long Number(ReadOnlySpan<byte> bytes, int index, int skippedBytes)
        {
            var bit = index * bits - skippedBytes * 8;
            return unchecked(least + (long)(((BinaryPrimitives.ReadUInt64LittleEndian(bytes[(bit >> 3)..]) >> (bit & 7)) & mask) * step));
        }
    }

    private static ulong Divisor(ulong a, ulong b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }
}
