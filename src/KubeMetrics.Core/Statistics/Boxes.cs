namespace KubeMetrics.Statistics;

/// <summary>Box-and-whisker numbers after Tukey, <i>Exploratory Data Analysis</i> (1977), with quartiles of type 7.</summary>
public static class Boxes
{
    /// <summary>At most this many outliers are kept for drawing; all are counted.</summary>
    public const int MostDrawn = 600;

    /// <summary>The box of ascending values; at least one.</summary>
    public static Box OfSorted(ReadOnlySpan<double> sorted)
    {
        var q1 = Quantiles.OfSorted(sorted, 0.25);
        var q3 = Quantiles.OfSorted(sorted, 0.75);
        var (fenceLow, fenceHigh) = Fences(q1, q3);
        var low = SortedSearch.Below(sorted, fenceLow);
        var high = SortedSearch.NotAbove(sorted, fenceHigh, low);
        return Of(
            q1,
            Quantiles.MedianOfSorted(sorted),
            q3,
            low < sorted.Length ? sorted[low] : null,
            high > 0 ? sorted[high - 1] : null,
            (long)low + (sorted.Length - high),
            Drawn(sorted[..low], sorted[high..]));
    }

    /// <summary>How far from the quartiles a datum may lie, both ends included, and be no outlier.</summary>
    public static (double Low, double High) Fences(double q1, double q3)
    {
        var reach = 1.5 * (q3 - q1);
        return (q1 - reach, q3 + reach);
    }

    /// <summary>The box of values that are not at hand.</summary>
    /// <param name="q1">Lower quartile (type 7).</param>
    /// <param name="median">Median.</param>
    /// <param name="q3">Upper quartile (type 7).</param>
    /// <param name="lowest">The smallest datum not below the lower fence; null where there is none.</param>
    /// <param name="highest">The largest datum not above the upper fence; null where there is none.</param>
    /// <param name="outliers">How many data lie beyond the fences.</param>
    /// <param name="drawn">Those of them that are drawn, ascending: all, or <see cref="MostDrawn"/> chosen as <see cref="OfSorted"/> chooses them.</param>
    public static Box Of(double q1, double median, double q3, double? lowest, double? highest, long outliers, double[] drawn) =>
        // The whiskers end at data; a quartile between two data can lie beyond every datum within its fence.
        new(q1, median, q3, Math.Min(lowest ?? q1, q1), Math.Max(highest ?? q3, q3), outliers, drawn);

    /// <summary>All outliers where they are few; else as many from each side as it has of them, evenly spread, its extremes among them.</summary>
    private static double[] Drawn(ReadOnlySpan<double> below, ReadOnlySpan<double> above)
    {
        var all = (long)below.Length + above.Length;
        if (all <= MostDrawn) return [.. below, .. above];
        var left = below.IsEmpty ? 0 : (int)Math.Clamp(MostDrawn * (long)below.Length / all, 2, MostDrawn - 2);
        left = Math.Min(left, below.Length);
        var right = Math.Min(MostDrawn - left, above.Length);
        return [.. Thinned(below, left), .. Thinned(above, right)];
    }

    private static double[] Thinned(ReadOnlySpan<double> sorted, int count)
    {
        var thinned = new double[count];
        for (var i = 0; i < count; i++) thinned[i] = sorted[count == 1 ? 0 : (int)((long)i * (sorted.Length - 1) / (count - 1))];
        return thinned;
    }
}
