using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis.Columns;

/// <summary>What is known of a packed series without unpacking it.</summary>
/// <param name="Labels">Which it is.</param>
/// <param name="Dropped">Samples that its input has and that were left out.</param>
/// <param name="Count">Samples.</param>
/// <param name="Times">From the first sample to the last, UTC milliseconds; null where there is none.</param>
/// <param name="Offset">Where in the pack its bytes begin.</param>
/// <param name="Length">How many there are.</param>
/// <param name="Checksum">Their CRC-32C.</param>
internal sealed record PackedHead(Labels Labels, DropCounts Dropped, int Count, TimeSpread? Times, long Offset, int Length, uint Checksum)
{
    // The length is 0 only where there is no sample: a block of them takes some bytes.
    internal static void Write(int labels, DropCounts dropped, SampleColumns samples, ReadOnlySpan<byte> bytes, ByteWriter to)
    {
        to.Unsigned((ulong)labels);
        to.Unsigned((ulong)dropped.NaN);
        to.Unsigned((ulong)dropped.Infinite);
        to.Unsigned((ulong)dropped.Malformed);
        to.Unsigned((ulong)dropped.Duplicate);
        to.Unsigned((ulong)dropped.Conflicting);
        to.Unsigned((ulong)dropped.OutsideWindow);
        to.Unsigned((ulong)samples.Count);
        to.Unsigned((ulong)bytes.Length);
        to.Unsigned(Checksum32.Of(bytes));
        if (TimeSpread.Of(samples) is not { } times) return;
        to.Signed(times.First);
        to.Signed(unchecked(times.Last - times.First));
    }

    /// <exception cref="InvalidDataException">It is damaged.</exception>
    internal static PackedHead Read(ref ByteReader from, Labels[] sets, long offset)
    {
        var labels = from.Count() is var set && set < sets.Length ? sets[set] : throw ByteReader.Damaged();
        var dropped = new DropCounts
        {
            NaN = (long)from.Unsigned(),
            Infinite = (long)from.Unsigned(),
            Malformed = (long)from.Unsigned(),
            Duplicate = (long)from.Unsigned(),
            Conflicting = (long)from.Unsigned(),
            OutsideWindow = (long)from.Unsigned(),
        };
        var (count, length, checksum) = (from.Count(), from.Count(), (uint)from.Unsigned());
        TimeSpread? times = null;
        if (count > 0)
        {
            var first = from.Signed();
            times = new TimeSpread(first, unchecked(first + from.Signed()));
        }

        return new PackedHead(labels, dropped, count, times, offset, length, checksum);
    }
}

/// <summary>From the first sample's time to the last one's, UTC milliseconds.</summary>
internal readonly record struct TimeSpread(long First, long Last)
{
    internal static TimeSpread? Of(SampleColumns samples) => samples.Count == 0 ? null : new TimeSpread(samples.Times[0], samples.Times[^1]);
}
