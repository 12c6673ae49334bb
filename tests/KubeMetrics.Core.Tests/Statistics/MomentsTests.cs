using CsCheck;

namespace KubeMetrics.Statistics;

public sealed class MomentsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1e12, 1)]
    [InlineData(-5e6, 1e-3)]
    [InlineData(0, 1e300)]
    [InlineData(0, 1e-300)]
    [InlineData(1, double.MaxValue / 4)]
    public void Sums_about_the_median_have_the_moments_of_the_values(double offset, double width) =>
        Gen.Double[0, 1].Array[2, 200].Sample(shares =>
        {
            double[] sorted = [.. shares.Select(share => offset + width * Math.Pow(share, 8)).Order()];
            var (min, max, median) = (sorted[0], sorted[^1], Quantiles.MedianOfSorted(sorted));
            var scale = Moments.Scale(min, max);
            double[] distances = [.. sorted.Select(value => value * scale - median * scale)];
            var sums = (distances.Sum(), distances.Sum(d => d * d), distances.Sum(d => d * d * d), distances.Sum(d => d * d * d * d));
            var (expected, actual) = (Moments.Of(sorted, min, max), Moments.OfSums(sorted.Length, min, max, median, sums));
            Close(expected.Mean, actual.Mean, 1e-12 * expected.StandardDeviation);
            Close(expected.Variance, actual.Variance, 0);
            Close(expected.StandardDeviation, actual.StandardDeviation, 0);
            Close(expected.Skewness, actual.Skewness, 1e-9);
            Close(expected.ExcessKurtosis, actual.ExcessKurtosis, 1e-9);
        });

    [Fact]
    public void Quantiles_and_descriptions_need_no_more_than_order_statistics() =>
        Gen.Double[-1e3, 1e3].Array[1, 100].Sample(values =>
        {
            double[] sorted = [.. values.Order()];
            var expected = Descriptions.OfSorted(sorted);
            var moments = Moments.Of(sorted, sorted[0], sorted[^1]);
            Assert.Equal(expected, Descriptions.Of(sorted.Length, rank => sorted[rank], moments, expected.MedianAbsoluteDeviation));
        });

    private static void Close(double? expected, double? actual, double floor)
    {
        Assert.Equal(expected is null, actual is null);
        if (expected is { } a && actual is { } b) Assert.True(a == b || Math.Abs(a - b) <= 1e-9 * Math.Abs(a) + floor, $"{a} and {b}");
    }
}
