using System.Numerics;
using System.Runtime.CompilerServices;

namespace KubeMetrics.Statistics;

/// <summary>
/// Mean and central moments in two passes. The sums run over differences from a value inside the data, in short
/// vectorised blocks whose results are added with compensation (Neumaier 1974), so neither a large offset (a clock, a
/// byte counter) nor a hundred million samples cost digits, as the textbook's E[x²] − E[x]² does.
/// </summary>
/// <param name="Mean">Arithmetic mean.</param>
/// <param name="Variance">Population variance (ddof 0); the largest double where it is larger than that.</param>
/// <param name="StandardDeviation">Its root.</param>
/// <param name="Skewness">g1 = m3 / m2^1.5; null where the variance is 0.</param>
/// <param name="ExcessKurtosis">g2 = m4 / m2² − 3; null where the variance is 0.</param>
public readonly record struct Moments(double Mean, double Variance, double StandardDeviation, double? Skewness, double? ExcessKurtosis)
{
    /// <summary>Values in a block: few enough that plain sums in it lose nothing that counts.</summary>
    private const int Block = 512;

    /// <summary>The moments of finite values in any order.</summary>
    /// <param name="values">At least one value, all finite.</param>
    /// <param name="min">The smallest.</param>
    /// <param name="max">The largest.</param>
    public static Moments Of(ReadOnlySpan<double> values, double min, double max)
    {
        if (min == max) return new Moments(min, 0, 0, null, null);
        var scale = Scale(min, max);
        var shift = values[values.Length / 2];
        var mean = Math.Clamp(shift + Sum(values, shift, scale) / values.Length / scale, min, max);

        var (m2, m3, m4) = Powers(values, mean, scale);
        return OfCentral(mean, m2 / values.Length, m3 / values.Length, m4 / values.Length, scale);
    }

    /// <summary>The moments of finite values that are not at hand, from the sums of powers of (value − median) · <see cref="Scale"/>.</summary>
    /// <remarks>
    /// The mean lies within a standard deviation of the median (Hotelling &amp; Solomons 1932), so that what it takes to move the sums from the one
    /// to the other costs no digits, as moving them from 0 would. As above they are moved to the mean as a double has it.
    /// </remarks>
    /// <param name="count">How many values there are, at least one.</param>
    /// <param name="min">The smallest.</param>
    /// <param name="max">The largest.</param>
    /// <param name="median">The median.</param>
    /// <param name="sums">The sums of the first, second, third and fourth powers.</param>
    public static Moments OfSums(long count, double min, double max, double median, (double S1, double S2, double S3, double S4) sums)
    {
        if (min == max) return new Moments(min, 0, 0, null, null);
        var scale = Scale(min, max);
        var (d1, d2, d3, d4) = (sums.S1 / count, sums.S2 / count, sums.S3 / count, sums.S4 / count);
        var mean = Math.Clamp(median + d1 / scale, min, max);
        var e = mean * scale - median * scale;
        return OfCentral(
            mean,
            Math.Max(0, d2 - e * (2 * d1 - e)),
            d3 - e * (3 * d2 - e * (3 * d1 - e)),
            d4 - e * (4 * d3 - e * (6 * d2 - e * (4 * d1 - e))),
            scale);
    }

    /// <summary>
    /// What values are multiplied by before they are raised to powers: a power of two, 1 unless fourth powers of differences would overflow or vanish.
    /// </summary>
    public static double Scale(double min, double max)
    {
        var exponent = Math.ILogB(Math.Max(Math.Abs(max / 2 - min / 2), double.Epsilon));
        return Math.Abs(exponent) < 200 ? 1 : Math.ScaleB(1, -Math.Clamp(exponent, -900, 1000));
    }

    private static Moments OfCentral(double mean, double m2, double m3, double m4, double scale)
    {
        if (m2 == 0) return new Moments(mean, 0, 0, null, null);
        var deviation = scale == 1 ? Math.Sqrt(m2) : Math.Sqrt(m2) / scale;
        return new Moments(
            mean, scale == 1 ? m2 : Math.Min(deviation * deviation, double.MaxValue), deviation, m3 / (m2 * Math.Sqrt(m2)), m4 / (m2 * m2) - 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> values, double shift, double scale)
    {
        var total = default(CompensatedSum);
        var (shifts, scales) = (new Vector<double>(shift * scale), new Vector<double>(scale));
        while (!values.IsEmpty)
        {
            var block = values[..Math.Min(Block, values.Length)];
            values = values[block.Length..];
            var sums = Vector<double>.Zero;
            var i = 0;
            for (; i <= block.Length - Vector<double>.Count; i += Vector<double>.Count)
                sums += new Vector<double>(block[i..]) * scales - shifts;
            var sum = Vector.Sum(sums);
            for (; i < block.Length; i++) sum += block[i] * scale - shift * scale;
            total.Add(sum);
        }

        return total.Value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double M2, double M3, double M4) Powers(ReadOnlySpan<double> values, double mean, double scale)
    {
        CompensatedSum m2 = default, m3 = default, m4 = default;
        var (means, scales) = (new Vector<double>(mean * scale), new Vector<double>(scale));
        while (!values.IsEmpty)
        {
            var block = values[..Math.Min(Block, values.Length)];
            values = values[block.Length..];
            var (sums2, sums3, sums4) = (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
            var i = 0;
            for (; i <= block.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                var d = new Vector<double>(block[i..]) * scales - means;
                var squares = d * d;
                sums2 += squares;
                sums3 += squares * d;
                sums4 += squares * squares;
            }

            var (sum2, sum3, sum4) = (Vector.Sum(sums2), Vector.Sum(sums3), Vector.Sum(sums4));
            for (; i < block.Length; i++)
            {
                var d = block[i] * scale - mean * scale;
                sum2 += d * d;
                sum3 += d * d * d;
                sum4 += d * d * d * d;
            }

            m2.Add(sum2);
            m3.Add(sum3);
            m4.Add(sum4);
        }

        return (m2.Value, m3.Value, m4.Value);
    }

    /// <summary>A sum that carries along what rounding would lose (Neumaier).</summary>
    private struct CompensatedSum
    {
        private double _sum;
        private double _lost;

        public readonly double Value => _sum + _lost;

        public void Add(double term)
        {
            var sum = _sum + term;
            _lost += Math.Abs(_sum) >= Math.Abs(term) ? _sum - sum + term : term - sum + _sum;
            _sum = sum;
        }
    }
}
