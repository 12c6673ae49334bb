namespace KubeMetrics.Statistics;

/// <summary>
/// Histograms over equal bins from the smallest value to the largest (half a unit to either side where all are equal, as
/// numpy has it). Bin i holds edge[i] ≤ x &lt; edge[i+1], the last bin its upper edge too.
/// </summary>
public static class Histograms
{
    /// <summary>The most bins that a histogram for people gets.</summary>
    public const int MostBins = 50;

    /// <summary>
    /// What seaborn's <c>distplot</c> drew: as many bins as Freedman &amp; Diaconis (1981) ask for, but at most
    /// <see cref="MostBins"/>; ⌊√n⌋ where the interquartile range is 0.
    /// </summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public static Histogram Distplot(ReadOnlySpan<double> sorted)
    {
        var iqr = Quantiles.OfSorted(sorted, 0.75) - Quantiles.OfSorted(sorted, 0.25);
        return OverEdges(sorted, DistplotEdges(sorted.Length, sorted[0], sorted[^1], iqr));
    }

    /// <summary>
    /// numpy's <c>auto</c>: the finer of Sturges and Freedman–Diaconis, the latter with at most 2√n bins (numpy ≥ 2,
    /// which thereby also answers where the interquartile range is 0); a single bin where all values are equal.
    /// </summary>
    /// <param name="sorted">Ascending, at least one.</param>
    public static Histogram Auto(ReadOnlySpan<double> sorted)
    {
        double n = sorted.Length;
        var range = sorted[^1] - sorted[0];
        var iqr = Quantiles.OfSorted(sorted, 0.75) - Quantiles.OfSorted(sorted, 0.25);
        var width = Math.Min(
            Math.Max(2 * iqr * Math.Pow(n, -1.0 / 3), range / Math.Sqrt(n) / 2),
            range / (Math.Log2(n) + 1));
        var bins = width > 0 ? (int)Math.Ceiling(range / width) : 1;
        return OverEdges(sorted, Edges(sorted[0], sorted[^1], bins));
    }

    /// <summary>
    /// The histogram that charts draw: the bins of <see cref="Distplot"/>, added up from the counts on a fine grid. The
    /// grid's edges hold the histogram's own, so the counts are exact.
    /// </summary>
    /// <param name="fine">From <see cref="FineGrid"/>, of the same data.</param>
    /// <param name="description">Of the same data.</param>
    public static Histogram FromGrid(Grid fine, Description description)
    {
        var edges = DistplotEdges(description);
        var counts = new long[edges.Length - 1];
        var bin = 0;
        for (var i = 0; i < fine.Counts.Length; i++)
        {
            while (bin < counts.Length - 1 && fine.Edges[i] >= edges[bin + 1]) bin++;
            counts[bin] += fine.Counts[i];
        }

        return WithDensities(edges, counts);
    }

    /// <summary>The edges of the histogram that charts draw.</summary>
    internal static double[] DistplotEdges(Description d) => DistplotEdges(d.Count, d.Min, d.Max, d.P75 - d.P25);

    private static double[] DistplotEdges(long n, double min, double max, double iqr)
    {
        var width = 2 * iqr / Math.Pow(n, 1.0 / 3);
        var bins = n < 2 ? 1 : width == 0 ? Math.Floor(Math.Sqrt(n)) : Math.Ceiling((max - min) / width);
        return Edges(min, max, bins < MostBins ? (int)Math.Max(bins, 1) : MostBins);
    }

    /// <summary>Edges of equal bins, made as numpy's <c>linspace</c> makes them, so that counts agree to the last sample.</summary>
    internal static double[] Edges(double min, double max, int bins)
    {
        if (min == max) (min, max) = Around(min);
        var step = (max - min) / bins;
        var edges = new double[bins + 1];
        // Where the distance of two numbers is none, that of the shares of them is.
        for (var i = 0; i < bins; i++) edges[i] = double.IsFinite(step) ? i * step + min : max * ((double)i / bins) + min * ((double)(bins - i) / bins);
        edges[bins] = max;
        return edges;
    }

    /// <summary>Half a unit to either side; where that is less than rounding, the next numbers that there are.</summary>
    private static (double, double) Around(double value)
    {
        var (low, high) = (value - 0.5, value + 0.5);
        return low < value && value < high ? (low, high) : (Math.Max(Math.BitDecrement(value), double.MinValue), Math.Min(Math.BitIncrement(value), double.MaxValue));
    }

    private static Histogram OverEdges(ReadOnlySpan<double> sorted, double[] edges) =>
        WithDensities(edges, FineGrid.Count(sorted, edges));

    private static Histogram WithDensities(double[] edges, long[] counts)
    {
        double n = 0;
        foreach (var count in counts) n += count;
        var densities = new double[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            var width = edges[i + 1] - edges[i];
            densities[i] = counts[i] == 0 ? 0 : Math.Min(counts[i] / n / width, double.MaxValue);
        }

        return new Histogram(edges, counts, densities);
    }
}
