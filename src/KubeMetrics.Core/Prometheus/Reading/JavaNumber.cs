using System.Globalization;

namespace KubeMetrics.Prometheus.Reading;

/// <summary>Doubles as Java's <c>Double.toString</c> writes them, which is what stands in a column of texts that Spark read from numbers.</summary>
internal static class JavaNumber
{
    /// <summary>A finite double: plain from 0.001 to below ten million, else with an exponent; always with a point.</summary>
    public static string Text(double value)
    {
        if (value == 0) return double.IsNegative(value) ? "-0.0" : "0.0";
        var digits = Digits(value, out var exponent);
        var sign = value < 0 ? "-" : "";
        if (exponent is >= -3 and < 7)
        {
            if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
            var whole = digits.PadRight(exponent + 1, '0');
            return $"{sign}{whole[..(exponent + 1)]}.{(whole.Length > exponent + 1 ? whole[(exponent + 1)..] : "0")}";
        }

        return $"{sign}{digits[0]}.{(digits.Length > 1 ? digits[1..] : "0")}E{exponent.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>The shortest digits that mean this double, and the power of ten of the first.</summary>
    private static string Digits(double value, out int exponent)
    {
        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E');
        exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var number = e < 0 ? text : text[..e];
        var point = number.IndexOf('.');
        exponent += (point < 0 ? number.Length : point) - 1;
        var digits = point < 0 ? number : number.Remove(point, 1);
        var leading = digits.Length - digits.TrimStart('0').Length;
        exponent -= leading;
        return digits[leading..].TrimEnd('0');
    }
}
