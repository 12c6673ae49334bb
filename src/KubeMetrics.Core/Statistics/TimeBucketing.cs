using System.Numerics;
using System.Runtime.CompilerServices;

namespace KubeMetrics.Statistics;

/// <summary>Gathers samples of several series into calendar buckets (UTC).</summary>
public static class TimeBucketing
{
    /// <summary>The most points that a series over time may have.</summary>
    public const int MostPoints = 2000;

    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private const long Day = 24 * Hour;

    private static readonly long[] Widths =
        [Minute, 5 * Minute, 10 * Minute, 15 * Minute, 30 * Minute, Hour, 2 * Hour, 3 * Hour, 6 * Hour, 12 * Hour, Day];

    /// <summary>
    /// The series together: in the smallest buckets that give at most <paramref name="mostPoints"/> points; the samples
    /// themselves where there is one series and it has no more than that.
    /// </summary>
    /// <param name="series">Each by time.</param>
    /// <param name="scratch">Room for all samples; its content is lost.</param>
    /// <param name="mostPoints">At most so many points.</param>
    /// <param name="leastWidth">The narrowest bucket that is wanted.</param>
    internal static TimeBuckets Of(ReadOnlySpan<SeriesValues> series, Span<double> scratch, int mostPoints = MostPoints, long leastWidth = 0)
    {
        var (first, last, count, filled) = (long.MaxValue, long.MinValue, 0L, 0);
        foreach (var one in series)
        {
            if (one.Count == 0) continue;
            first = Math.Min(first, one.Times[0]);
            last = Math.Max(last, one.Times[^1]);
            count += one.Count;
            filled++;
        }

        if (count == 0) return TimeBuckets.Empty;
        var width = Width(first, last, count, filled, mostPoints, leastWidth);
        if (width == 0) return Samples(series);
        return Buckets(series, width, (int)Math.Min(Bucket(last, width) - Bucket(first, width) + 1, count), scratch);
    }

    /// <summary>The width of the buckets that samples are gathered in; 0 where they stand for themselves.</summary>
    /// <param name="first">The first sample's time, UTC milliseconds.</param>
    /// <param name="last">The last sample's time.</param>
    /// <param name="count">How many samples there are, at least one.</param>
    /// <param name="filled">How many series have any.</param>
    /// <param name="mostPoints">At most so many points.</param>
    /// <param name="leastWidth">The narrowest bucket that is wanted.</param>
    public static long Width(long first, long last, long count, int filled, int mostPoints = MostPoints, long leastWidth = 0) =>
        filled == 1 && count <= mostPoints ? 0 : Width(first, last, mostPoints, leastWidth);

    /// <summary>Points that were gathered elsewhere.</summary>
    /// <param name="width">Width of a bucket in milliseconds; 0 where these are the samples themselves.</param>
    /// <param name="times">Each bucket's start, or the sample's time, ascending.</param>
    /// <param name="min">Smallest value in each bucket.</param>
    /// <param name="median">Median of each bucket.</param>
    /// <param name="max">Largest value in each bucket.</param>
    /// <param name="counts">Samples in each bucket.</param>
    public static TimeBuckets Points(long width, long[] times, double[] min, double[] median, double[] max, int[] counts) =>
        times.Length == 0 ? TimeBuckets.Empty : new TimeBuckets(width, Step(times), times, min, median, max, counts);

    /// <summary>The smallest width that gives few enough buckets; doubled days where even days are too many.</summary>
    private static long Width(long first, long last, int mostPoints, long leastWidth)
    {
        foreach (var width in Widths)
            if (width >= leastWidth && Bucket(last, width) - Bucket(first, width) < mostPoints)
                return width;
        var days = Math.Max(Day, leastWidth);
        while (Bucket(last, days) - Bucket(first, days) >= mostPoints) days *= 2;
        return days;
    }

    private static long Bucket(long time, long width) => (time >= 0 ? time : time - width + 1) / width;

    private static TimeBuckets Samples(ReadOnlySpan<SeriesValues> series)
    {
        foreach (var one in series)
        {
            if (one.Count == 0) continue;
            var (times, values, counts) = (new List<long>(one.Count), new List<double>(one.Count), new List<int>(one.Count));
            for (var i = 0; i < one.Count; i++)
            {
                // What an input repeats is one point in time.
                if (times.Count > 0 && times[^1] == one.Times[i])
                {
                    counts[^1]++;
                    continue;
                }

                times.Add(one.Times[i]);
                values.Add(one.Values[i]);
                counts.Add(1);
            }

            double[] points = [.. values];
            return new TimeBuckets(0, Step([.. times]), [.. times], points, points, points, [.. counts]);
        }

        return TimeBuckets.Empty;
    }

    private static TimeBuckets Buckets(ReadOnlySpan<SeriesValues> series, long width, int most, Span<double> scratch)
    {
        var (starts, min, median, max, counts) = (new long[most], new double[most], new double[most], new double[most], new int[most]);
        var next = new int[series.Length];
        var points = 0;
        while (true)
        {
            var earliest = long.MaxValue;
            for (var s = 0; s < series.Length; s++)
                if (next[s] < series[s].Count)
                    earliest = Math.Min(earliest, series[s].Times[next[s]]);
            if (earliest == long.MaxValue) break;

            var start = Bucket(earliest, width) * width;
            var held = 0;
            for (var s = 0; s < series.Length; s++)
            {
                var times = series[s].Times;
                var from = next[s];
                var to = from;
                while (to < times.Length && times[to] - start < width) to++;
                series[s].Values[from..to].CopyTo(scratch[held..]);
                held += to - from;
                next[s] = to;
            }

            starts[points] = start;
            counts[points] = held;
            (min[points], median[points], max[points]) = Spread(scratch[..held]);
            points++;
        }

        return points == most
            ? new TimeBuckets(width, Step(starts), starts, min, median, max, counts)
            : new TimeBuckets(width, Step(starts.AsSpan(0, points)), starts[..points], min[..points], median[..points], max[..points], counts[..points]);
    }

    /// <summary>The median distance between neighbours.</summary>
    private static long Step(ReadOnlySpan<long> times)
    {
        if (times.Length < 2) return 0;
        var steps = new long[times.Length - 1];
        for (var i = 0; i < steps.Length; i++) steps[i] = times[i + 1] - times[i];
        Array.Sort(steps);
        return steps[steps.Length / 2];
    }

    private static (double Min, double Median, double Max) Spread(Span<double> values)
    {
        var (min, max) = Extremes(values);
        if (min == max) return (min, min, max);
        var median = Selection.Median(values);
        return (min, median, max);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Min, double Max) Extremes(ReadOnlySpan<double> values)
    {
        var (min, max) = (values[0], values[0]);
        var i = 0;
        if (values.Length >= Vector<double>.Count)
        {
            var (low, high) = (new Vector<double>(values), new Vector<double>(values));
            for (; i <= values.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                var some = new Vector<double>(values[i..]);
                (low, high) = (Vector.Min(low, some), Vector.Max(high, some));
            }

            for (var lane = 0; lane < Vector<double>.Count; lane++) (min, max) = (Math.Min(min, low[lane]), Math.Max(max, high[lane]));
        }

        for (; i < values.Length; i++) (min, max) = (Math.Min(min, values[i]), Math.Max(max, values[i]));
        return (min, max);
    }
}
