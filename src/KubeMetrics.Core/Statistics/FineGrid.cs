namespace KubeMetrics.Statistics;

/// <summary>
/// The fine grids of a group summary. Their edges follow from a description alone (n, min, max, quantiles), so that an
/// engine that can't hold the data, such as Spark SQL, counts over the same bins. They hold the edges of the histogram
/// that charts draw, some two thousand more across the body of the data, however long its tail, and a few hundred in
/// each tail.
/// <para>
/// A grid of logs is counted among the values themselves, over <see cref="ValueEdges"/>: the logarithms of two engines
/// may differ in the last digit, the comparison of a value with an edge can't.
/// </para>
/// </summary>
public static class FineGrid
{
    private const int BodyBins = 2048;
    private const int TailBins = 256;

    /// <summary>Few data need few bins: thousands of small groups must not cost more than their samples do.</summary>
    private const int BinsPerDatum = 8;

    /// <summary>The edges for data so described, ascending.</summary>
    public static double[] Edges(Description d)
    {
        var display = Histograms.DistplotEdges(d);
        if (d.Min == d.Max) return display;

        // The body: what lies between the outer quantiles, and half as much again to either side.
        var half = d.P95 / 2 - d.P05 / 2;
        var (low, high) = half > 0 ? (Math.Max(d.Min, d.P05 - half), Math.Min(d.Max, d.P95 + half)) : (d.Min, d.Max);
        var (body, tail) = ((int)Math.Min(BodyBins, BinsPerDatum * d.Count), (int)Math.Min(TailBins, d.Count));
        var edges = new List<double>(display);
        edges.AddRange(Histograms.Edges(low, high, body));
        if (d.Min < low) edges.AddRange(Histograms.Edges(d.Min, low, tail));
        if (high < d.Max) edges.AddRange(Histograms.Edges(high, d.Max, tail));
        edges.Sort();

        var distinct = edges.Where((edge, i) => i == 0 || edge > edges[i - 1]).ToArray();
        return distinct;
    }

    /// <summary>
    /// The edges of a grid of logs among the values: for each edge e the smallest number whose natural log is at least e.
    /// </summary>
    /// <param name="logEdges">Edges for the logs, ascending.</param>
    /// <param name="min">The smallest positive value.</param>
    /// <param name="max">The largest value.</param>
    public static double[] ValueEdges(ReadOnlySpan<double> logEdges, double min, double max)
    {
        var edges = new double[logEdges.Length];
        for (var i = 0; i < edges.Length; i++) edges[i] = ValueEdge(logEdges[i]);

        // Rounding must not push the extremes off the grid.
        edges[0] = Math.Min(edges[0], min);
        edges[^1] = Math.Max(edges[^1], max);
        return edges;
    }

    /// <summary>
    /// The smallest number whose natural log is at least <paramref name="logEdge"/>: what values are compared with where their logs are meant. Bisects
    /// the bits: positive numbers are ordered as their bits are, and the exponential is right to a few of them.
    /// </summary>
    public static double ValueEdge(double logEdge)
    {
        var guess = BitConverter.DoubleToInt64Bits(Math.Clamp(Math.Exp(logEdge), double.Epsilon, double.MaxValue));
        var (least, most) = (1L, BitConverter.DoubleToInt64Bits(double.MaxValue));
        var (low, high) = (guess, guess);
        for (long step = 1; low > least && LogOfBits(low) >= logEdge; step *= 2) low = Math.Max(least, low - step);
        for (long step = 1; high < most && LogOfBits(high) < logEdge; step *= 2) high = Math.Min(most, high + step);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (LogOfBits(middle) < logEdge) low = middle + 1;
            else high = middle;
        }

        return BitConverter.Int64BitsToDouble(low);

        static double LogOfBits(long bits) => Math.Log(BitConverter.Int64BitsToDouble(bits));
    }

    /// <summary>Counts ascending values between ascending edges; values outside the first and the last edge are in no bin.</summary>
    public static long[] Count(ReadOnlySpan<double> sorted, ReadOnlySpan<double> edges)
    {
        var counts = new long[edges.Length - 1];
        var from = SortedSearch.Below(sorted, edges[0], 0);
        for (var i = 0; i < counts.Length; i++)
        {
            var to = i == counts.Length - 1 ? SortedSearch.NotAbove(sorted, edges[^1], from) : SortedSearch.Below(sorted, edges[i + 1], from);
            counts[i] = to - from;
            from = to;
        }

        return counts;
    }
}
