using System.Globalization;
using CsCheck;

namespace KubeMetrics.Sql;

/// <summary>Expected values: what Spark 3.5.3 answered to CAST and round of the same.</summary>
public sealed class SparkValuesTests
{
    [Theory]
    [InlineData("1.7", 1L)]
    [InlineData(".5", 0L)]
    [InlineData(".", 0L)]
    [InlineData("+5", 5L)]
    [InlineData("-1.9", -1L)]
    [InlineData(" 7 ", 7L)]
    [InlineData("1e3", null)]
    [InlineData("1.x", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    [InlineData("99999999999999999999", null)]
    public void Texts_become_whole_numbers(string text, long? expected) => Assert.Equal(expected, SparkValues.BigInt(text));

    [Theory]
    [InlineData("1e400", double.PositiveInfinity)]
    [InlineData("1.5D", 1.5)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("nan", double.NaN)]
    [InlineData("+nan", null)]
    [InlineData("1_0", null)]
    [InlineData("1e", null)]
    [InlineData(".", null)]
    [InlineData("1 f", null)]
    [InlineData("\t1\n", 1.0)]
    [InlineData("1e+06", 1e6)]
    public void Texts_become_doubles(string text, double? expected) => Assert.Equal(expected, SparkValues.Double(text));

    [Theory]
    [InlineData(2.5, 0, 3.0)]
    [InlineData(-2.5, 0, -3.0)]
    [InlineData(1.005, 2, 1.01)]
    [InlineData(1234.5, -2, 1200.0)]
    [InlineData(1e300, 2, 1e300)]
    [InlineData(0.125, 2, 0.13)]
    public void Rounding_is_half_away_from_zero_of_what_is_written(double value, int digits, double expected) => Assert.Equal(expected, SparkValues.Round(value, digits));

    [Fact]
    public void A_double_is_read_back_from_its_text() => Gen.Double.Sample(d => SparkValues.Double(d.ToString("R", CultureInfo.InvariantCulture).Replace("Infinity", "Inf", StringComparison.Ordinal)).Equals(d));

    // decimal.Round is an implementation of its own.
    [Fact]
    public void Rounding_agrees_with_decimals() =>
        Gen.Select(Gen.Decimal[-100000m, 100000m].Select(d => Math.Round(d, 6)), Gen.Int[0, 4]).Sample((number, digits) =>
            SparkValues.Round((double)number, digits) == (double)Math.Round(number, digits, MidpointRounding.AwayFromZero));
}
