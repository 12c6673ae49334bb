using CsCheck;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Tests.Analysis.Columns;

/// <summary>Packed columns give back every bit; CsCheck prints the seed of what fails.</summary>
public sealed class PackedColumnsTests
{
    // Around what the form tells apart: blocks of 1,024, decimals and what is none, -0, steps, jitter, times that go back, extremes.
    private static readonly Gen<int> Counts = Gen.OneOf(Gen.Int[0, 40], Gen.Int[1020, 1030], Gen.Int[2040, 2060]);

    private static readonly Gen<long> Steps = Gen.OneOf(
        Gen.Const(60_000L), OneOf(60_000L, 60_000L, 120_000L), Gen.Long[59_990, 60_010], Gen.Long[-3, 3], Gen.Const(0L), Gen.Long[-(1L << 40), 1L << 40], Gen.Long);

    private static readonly Gen<double> Values = Gen.OneOf(
        Gen.Int[0, 1_000_000].Select(i => i / 1000.0),
        Gen.Int[-100, 100].Select(i => (double)i),
        Gen.Long[-(1L << 53), 1L << 53].Select(i => (double)i),
        OneOf(0.0, -0.0, 0.1, 1e300, 5e-324, 1.0 / 3, 1e15, 1e22, double.MaxValue, double.MinValue, 9007199254740993, 0.1 + 0.2),
        Gen.Double.Where(double.IsFinite));

    private static Gen<SampleColumns> Columns(Gen<long> steps, Gen<double> values) =>
        Counts.SelectMany(count => Gen.Select(Gen.Long[0, 1L << 42], steps.Array[count], values.Array[count])).Select((start, by, of) =>
        {
            var samples = new SampleColumns();
            for (var i = 0; i < of.Length; i++) samples.Add(start = unchecked(start + by[i]), of[i]);
            return samples;
        });

    // Each alone and all mixed: a block of one kind is packed otherwise than one where a single value is of another.
    private static readonly Gen<SampleColumns> Any = Gen.OneOf(
        Columns(Gen.Const(60_000L), Gen.Int[0, 1_000_000].Select(i => i / 1000.0)),
        Columns(Gen.Const(60_000L), Gen.Const(1.5)),
        Columns(Gen.Long, Gen.Long[-(1L << 53), 1L << 53].Select(i => (double)i)),
        Columns(Steps, Values));

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void What_was_packed_comes_back_bit_for_bit() => Any.Sample(samples =>
    {
        using var to = new ByteWriter();
        PackedColumns.Write(samples, to);
        Assert.True(samples.Count <= PackedColumns.MostSamples(to.Length));

        var from = new ByteReader(to.Written.Span);
        var read = PackedColumns.Read(ref from, samples.Count);

        Assert.Equal(0, from.Left);
        Assert.Equal(samples.Times, read.Times);
        Assert.Equal(Bits(samples), Bits(read));
    });

    [Fact]
    public void Whatever_bytes_are_read_nothing_but_damage_is_told() => Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 3000]).Sample((bytes, count) =>
    {
        try
        {
            var from = new ByteReader(bytes);
            Assert.Equal(count, PackedColumns.Read(ref from, count).Count);
        }
        catch (InvalidDataException)
        {
        }
    });

    [Fact]
    public void Decimals_a_minute_apart_take_a_quarter_of_what_they_are()
    {
        // By hand: 20 bits hold 1,000,000 values, 2.5 bytes of 16; times take a few bytes a block.
        var samples = new SampleColumns();
        var random = new Random(1);
        for (var i = 0; i < 100_000; i++) samples.Add(1_517_443_200_000 + 60_000L * i, random.Next(1_000_000) / 10.0);
        using var to = new ByteWriter();

        PackedColumns.Write(samples, to);

        Assert.InRange(to.Length, 250_000, 255_000);
    }

    private static long[] Bits(SampleColumns samples) => [.. samples.Values.ToArray().Select(BitConverter.DoubleToInt64Bits)];
}
