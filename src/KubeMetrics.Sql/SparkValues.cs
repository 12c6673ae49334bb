using System.Globalization;
using System.Numerics;

namespace KubeMetrics.Sql;

/// <summary>What Spark makes of values where DuckDB makes something else; checked against Spark 3.5.3 (see the tests).</summary>
internal static class SparkValues
{
    /// <summary>CAST(text AS DOUBLE): as Java reads numbers, and the words for what is infinite or no number. Null where it is none.</summary>
    public static double? Double(string text)
    {
        var span = text.AsSpan().Trim(Blanks);
        if (span.Length == 0) return null;
        if (char.IsAsciiLetter(span[^1]))
        {
            var word = span.ToString().ToLowerInvariant();
            if (word is "nan") return double.NaN;
            if (word is "inf" or "+inf" or "infinity" or "+infinity") return double.PositiveInfinity;
            if (word is "-inf" or "-infinity") return double.NegativeInfinity;
            if (word[^1] is not ('d' or 'f') || word.Length == 1 || !(char.IsAsciiDigit(word[^2]) || word[^2] == '.')) return null;
            span = span[..^1];
        }

        return double.TryParse(span, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value)
            && !char.IsAsciiLetter(span[^1]) ? value : null;
    }

    /// <summary>CAST(text AS BIGINT): what stands behind a point is cut off; null where it is no number or too large.</summary>
    public static long? BigInt(string text)
    {
        var span = text.AsSpan().Trim(Blanks);
        var point = span.IndexOf('.');
        var whole = point < 0 ? span : span[..point];
        if (span.Length == 0 || (point >= 0 && span[(point + 1)..].ContainsAnyExceptInRange('0', '9'))) return null;
        if (whole.Length == 0) return 0; // ".5", and "." too
        return long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    /// <summary>CAST(double AS BIGINT): towards zero, at most the largest; 0 for NaN.</summary>
    public static long BigInt(double value) =>
        double.IsNaN(value) ? 0 : value >= long.MaxValue ? long.MaxValue : value <= long.MinValue ? long.MinValue : (long)value;

    /// <summary>round(value, digits): half away from zero, of the number as it is written (1.005 is 1.01).</summary>
    public static double Round(double value, int digits)
    {
        if (!double.IsFinite(value)) return value;
        var (mantissa, exponent) = Parts(value.ToString("R", CultureInfo.InvariantCulture));
        // value = mantissa × 10^exponent; digits behind the point beyond -exponent change nothing.
        if (-exponent <= digits) return value;
        var drop = -exponent - digits;
        if (drop > 400) return 0;
        var unit = BigInteger.Pow(10, drop);
        var kept = (BigInteger.Abs(mantissa) + (unit / 2)) / unit;
        var sign = mantissa.Sign < 0 && !kept.IsZero ? "-" : ""; // Java's decimals know no negative zero
        return double.Parse($"{sign}{kept}E{-digits}", CultureInfo.InvariantCulture);
    }

    private const string Blanks = " \t\n\r\f\v\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f";

    private static (BigInteger Mantissa, int Exponent) Parts(string number)
    {
        var e = number.IndexOf('E');
        var exponent = e < 0 ? 0 : int.Parse(number.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var digits = e < 0 ? number : number[..e];
        var point = digits.IndexOf('.');
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        return (BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent);
    }
}
