namespace KubeMetrics.Statistics;

/// <summary>Makes <see cref="Description"/>s.</summary>
public static class Descriptions
{
    /// <summary>The quantiles that are told besides the median.</summary>
    public static IReadOnlyList<double> Shares { get; } = [0.05, 0.25, 0.75, 0.90, 0.95, 0.99];

    /// <summary>Describes finite values in any order; they are copied, not changed. Null where there are none.</summary>
    public static Description? Of(ReadOnlySpan<double> values)
    {
        if (values.IsEmpty) return null;
        var sorted = values.ToArray();
        RadixSort.Sort(sorted, new double[sorted.Length]);
        return OfSorted(sorted);
    }

    /// <summary>Describes finite values that ascend; at least one.</summary>
    public static Description OfSorted(ReadOnlySpan<double> sorted)
    {
        var median = Quantiles.MedianOfSorted(sorted);
        var quantiles = new double[Shares.Count];
        for (var i = 0; i < quantiles.Length; i++) quantiles[i] = Quantiles.OfSorted(sorted, Shares[i]);
        return Of(sorted.Length, Moments.Of(sorted, sorted[0], sorted[^1]), sorted[0], sorted[^1], median, quantiles, Quantiles.MedianAbsoluteDeviation(sorted, median));
    }

    /// <summary>Describes finite values that are not at hand.</summary>
    /// <param name="count">How many there are, at least one.</param>
    /// <param name="orderStatistic">The value of a rank, from 0: of the smallest, the largest, and of those that medians and quantiles lie between.</param>
    /// <param name="moments">Their moments.</param>
    /// <param name="medianAbsoluteDeviation">Their median absolute deviation from the median.</param>
    public static Description Of(long count, Func<long, double> orderStatistic, Moments moments, double medianAbsoluteDeviation) => Of(
        count, moments, orderStatistic(0), orderStatistic(count - 1), Quantiles.Median(count, orderStatistic),
        [.. Shares.Select(share => Quantiles.Of(count, share, orderStatistic))], medianAbsoluteDeviation);

    private static Description Of(long n, Moments moments, double min, double max, double median, ReadOnlySpan<double> quantiles, double medianAbsoluteDeviation) => new()
    {
        Count = n,
        Mean = moments.Mean,
        Variance = moments.Variance,
        StandardDeviation = moments.StandardDeviation,
        SampleVariance = n > 1 ? Math.Min(moments.Variance / (n - 1) * n, double.MaxValue) : null,
        SampleStandardDeviation = n > 1 ? moments.StandardDeviation * Math.Sqrt(n / (n - 1.0)) : null,
        Min = min,
        Max = max,
        P05 = quantiles[0],
        P25 = quantiles[1],
        Median = median,
        P75 = quantiles[2],
        P90 = quantiles[3],
        P95 = quantiles[4],
        P99 = quantiles[5],
        Skewness = moments.Skewness,
        ExcessKurtosis = moments.ExcessKurtosis,
        MedianAbsoluteDeviation = medianAbsoluteDeviation,
        CoefficientOfVariation = Ratio(moments.StandardDeviation, moments.Mean),
    };

    /// <summary>A quotient, or null where it does not exist as a finite number.</summary>
    private static double? Ratio(double a, double b) => double.IsFinite(a / b) ? a / b : null;
}
