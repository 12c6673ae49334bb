using KubeMetrics.Reports;
using KubeMetrics.Statistics;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>A report in a few lines: what lists show of it.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Generated">When it was made (UTC).</param>
/// <param name="Period">From the first to the last sample; null where there is none.</param>
/// <param name="Partial">Whether it is not of everything that was asked for.</param>
/// <param name="Samples">Samples that the statistics are of.</param>
/// <param name="Groups">Groups.</param>
/// <param name="Findings">What was found, most important first, as sentences.</param>
/// <param name="Trend">The group that the first sentence is about, over time; null where there is none.</param>
public sealed record ReportBrief(
    string RunId, DateTimeOffset Generated, Period? Period, bool Partial, long Samples, int Groups, IReadOnlyList<string> Findings, BriefTrend? Trend)
{
    /// <summary>Of a report.</summary>
    public static ReportBrief Of(Report report)
    {
        var findings = Finding.Headline(report.Findings);
        var about = report.Groups.FirstOrDefault(group => group.Name == findings.FirstOrDefault(f => f.Group is not null)?.Group) ?? report.Groups.FirstOrDefault();
        return new ReportBrief(
            report.Run.RunId, report.Run.Generated, report.Period, report.Partial, report.Totals.Samples, report.Totals.Groups,
            [.. findings.Select(finding => finding.Text)], about is { Values: not null } ? BriefTrend.Of(about) : null);
    }
}

/// <summary>A group over time, as small as a word.</summary>
/// <param name="Group">The group.</param>
/// <param name="Dimension">What is measured: none, time, bytes, ratio.</param>
/// <param name="ToBase">What a value is worth in seconds, bytes or 1.</param>
/// <param name="PerSecond">Whether values are rates.</param>
/// <param name="Times">UTC milliseconds, evenly apart.</param>
/// <param name="Values">The median around each time; null where there is no sample.</param>
public sealed record BriefTrend(
    string Group, string Dimension, double ToBase, bool PerSecond, IReadOnlyList<long> Times, IReadOnlyList<double?> Values)
{
    /// <summary>The most points.</summary>
    public const int MostPoints = 60;

    /// <summary>Of a group: the medians of its time buckets' medians, in at most <see cref="MostPoints"/> equal stretches.</summary>
    internal static BriefTrend Of(GroupSummary group)
    {
        var time = group.Time;
        var points = Math.Min(MostPoints, time.Times.Length);
        var first = time.Times.Length > 0 ? time.Times[0] : 0;
        // Each stretch a whole number of buckets, so that the last one is not half empty.
        var span = time.Times.Length > 0 ? time.Times[^1] - first + Math.Max(1, time.StepMs) : 1;
        var width = Math.Max(1, (span + points - 1) / Math.Max(1, points));
        var stretches = time.Times.Select((at, i) => (Stretch: (at - first) / width, Median: time.Median[i]))
            .GroupBy(one => one.Stretch).ToDictionary(one => one.Key, one => one.Select(p => p.Median).Order().ToArray());
        var times = new List<long>();
        var values = new List<double?>();
        for (var i = 0; i < points; i++)
        {
            times.Add(first + i * width);
            values.Add(stretches.TryGetValue(i, out var medians) ? Quantiles.OfSorted(medians, 0.5) : null);
        }

        return new BriefTrend(group.Name, group.Unit.Dimension.ToString().ToLowerInvariant(), group.Unit.ToBase, group.Unit.PerSecond, times, values);
    }
}
