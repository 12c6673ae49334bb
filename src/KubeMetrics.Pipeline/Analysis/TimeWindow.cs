using System.Globalization;
using KubeMetrics.Prometheus;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>The last so much time before the newest sample of all series.</summary>
public static class TimeWindow
{
    /// <summary>Leaves out what is older, and counts it.</summary>
    public static IReadOnlyList<Series> Last(TimeSpan window, IReadOnlyList<Series> series) => Last(window, null, series);

    /// <summary>The same where the newest sample is known, which need not be among these.</summary>
    internal static IReadOnlyList<Series> Last(TimeSpan window, long? newest, IReadOnlyList<Series> series)
    {
        newest ??= series.Where(s => s.Samples.Count > 0).Max(s => (long?)s.Samples.Times[^1]);
        if (newest is not { } last) return series;
        var start = StartOf(window, last);
        return [.. series.Select(s => From(start, s))];
    }

    /// <summary>The first instant within. A sample exactly one window old lies outside: a window of 1d holds 1440 samples a minute apart, not 1441.</summary>
    internal static long StartOf(TimeSpan window, long newest) => newest - (long)window.TotalMilliseconds + 1;

    /// <summary>The notation people write: <c>30d</c>, <c>36h</c>, <c>90s</c>.</summary>
    public static string Format(TimeSpan window)
    {
        var (length, unit) = window switch
        {
            { TotalDays: var d } when d >= 1 && d == Math.Floor(d) => (d, "d"),
            { TotalHours: var h } when h >= 1 && h == Math.Floor(h) => (h, "h"),
            { TotalMinutes: var m } when m >= 1 && m == Math.Floor(m) => (m, "m"),
            var any => (any.TotalSeconds, "s"),
        };
        return length.ToString(CultureInfo.InvariantCulture) + unit;
    }

    private static Series From(long start, Series series)
    {
        var times = series.Samples.Times;
        var first = times.BinarySearch(start);
        if (first < 0) first = ~first;
        while (first > 0 && times[first - 1] == start) first--; // an input may repeat a sample
        if (first == 0) return series;
        var repeated = series.Repeated;
        for (var i = 1; i < first; i++)
            if (times[i] == times[i - 1])
                repeated--;
        var kept = new SampleColumns(times.Length - first);
        kept.AddRange(times[first..], series.Samples.Values[first..]);
        return series with { Samples = kept, Repeated = repeated, Dropped = series.Dropped + new DropCounts { OutsideWindow = first } };
    }
}
