using System.Globalization;

namespace KubeMetrics;

/// <summary>How a person writes points in time and lengths of time. Everything is UTC.</summary>
public static class TimeArguments
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.FFF",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFK",
        "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss",
    ];

    /// <summary>Reads <c>2018-02-03</c>, <c>2018-02-03T04:00</c>, with seconds, <c>Z</c> or an offset; or Unix seconds.</summary>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static long PointInTime(string text)
    {
        if (DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
            return time.ToUnixTimeMilliseconds();
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 100_000_000 and < 100_000_000_000)
            return (long)(seconds * 1000);
        throw new FormatException($"'{text}' is not a point in time; write 2018-02-03, 2018-02-03T04:00 (UTC), 2018-02-03T04:00+01:00 or Unix seconds.");
    }

    /// <summary>Reads a length of time as Prometheus writes it: <c>90s</c>, <c>30m</c>, <c>12h</c>, <c>30d</c>, <c>2w</c>, <c>1d12h</c>.</summary>
    /// <exception cref="FormatException">It is none of these, or not longer than nothing.</exception>
    public static TimeSpan Length(string text)
    {
        double total = 0;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            if (at == start || !double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) break;
            var unit = at < text.Length ? text[at++] : '\0';
            var seconds = unit switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, 'w' => 604800, 'y' => 31536000, _ => double.NaN };
            total += number * seconds;
        }

        if (at == text.Length && total > 0 && total < 1e10) return TimeSpan.FromSeconds(total);
        if ((at == text.Length && at > 0 && total == 0) || text.StartsWith('-')) throw new FormatException($"'{text}' is not more than nothing; write a length of time such as 12h, 30d or 1d12h.");
        throw new FormatException($"'{text}' is not a length of time; write a number with s, m, h, d, w or y: 12h, 30d, 1d12h.");
    }
}
