namespace KubeMetrics.Statistics;

/// <summary>
/// Quantiles by linear interpolation between order statistics: type 7 of Hyndman &amp; Fan, <i>Sample quantiles in
/// statistical packages</i>, The American Statistician 50 (1996), which is numpy's and R's default.
/// </summary>
public static class Quantiles
{
    /// <summary>The <paramref name="p"/>-quantile of ascending values.</summary>
    /// <param name="sorted">Ascending, at least one.</param>
    /// <param name="p">From 0 (the smallest) to 1 (the largest).</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double p)
    {
        var (low, fraction) = Position(sorted.Length, p);
        return Interpolate(sorted[(int)low], sorted[(int)Math.Min(low + 1, sorted.Length - 1)], fraction);
    }

    /// <summary>The same where values are not at hand, and order statistics can be asked for.</summary>
    /// <param name="count">How many values there are, at least one.</param>
    /// <param name="p">From 0 (the smallest) to 1 (the largest).</param>
    /// <param name="orderStatistic">The value of a rank, from 0: the smallest.</param>
    public static double Of(long count, double p, Func<long, double> orderStatistic)
    {
        var (low, fraction) = Position(count, p);
        return Interpolate(orderStatistic(low), orderStatistic(Math.Min(low + 1, count - 1)), fraction);
    }

    /// <summary>The order statistic (from 0) that lies at or below the quantile, and how far it is on to the next, 0 to 1.</summary>
    public static (long Low, double Fraction) Position(long count, double p)
    {
        var at = p * (count - 1);
        var low = Math.Floor(at);
        return ((long)low, at - low);
    }

    /// <summary>
    /// Between two neighbours, from the nearer one: so that the result is exact at both ends and never leaves them
    /// (numpy does the same).
    /// </summary>
    public static double Interpolate(double low, double high, double fraction)
    {
        if (low == high) return low;
        var distance = high - low;
        if (double.IsInfinity(distance)) return low * (1 - fraction) + high * fraction;
        return fraction >= 0.5 ? high - distance * (1 - fraction) : low + distance * fraction;
    }

    /// <summary>Median of ascending values.</summary>
    public static double MedianOfSorted(ReadOnlySpan<double> sorted)
    {
        var middle = sorted.Length / 2;
        return (sorted.Length & 1) == 1 ? sorted[middle] : Interpolate(sorted[middle - 1], sorted[middle], 0.5);
    }

    /// <summary>Median where values are not at hand, and order statistics can be asked for.</summary>
    /// <param name="count">How many values there are, at least one.</param>
    /// <param name="orderStatistic">The value of a rank, from 0: the smallest.</param>
    public static double Median(long count, Func<long, double> orderStatistic) =>
        Interpolate(orderStatistic((count - 1) / 2), orderStatistic(count / 2), 0.5);

    /// <summary>
    /// The median of |x − <paramref name="center"/>| over ascending values, by bisection: the deviations to the left and
    /// to the right of the center are two ascending sequences, so none has to be stored or sorted.
    /// </summary>
    public static double MedianAbsoluteDeviation(ReadOnlySpan<double> sorted, double center)
    {
        var middle = sorted.Length / 2;
        var upper = Deviation(sorted, center, middle);
        return (sorted.Length & 1) == 1 ? upper : Interpolate(Deviation(sorted, center, middle - 1), upper, 0.5);
    }

    /// <summary>The k-th smallest deviation (from 0).</summary>
    private static double Deviation(ReadOnlySpan<double> sorted, double center, int k)
    {
        // The k + 1 nearest values are a window [first, first + k]; it is the one that can't gain by moving right.
        var (low, high) = (0, sorted.Length - 1 - k);
        while (low < high)
        {
            var first = low + (high - low) / 2;
            if (center - sorted[first] > sorted[first + k + 1] - center) low = first + 1;
            else high = first;
        }

        return Math.Max(center - sorted[low], sorted[low + k] - center);
    }
}
