using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KubeMetrics.Charts;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports;

/// <summary>The charts of one group.</summary>
/// <param name="Time">The group over time.</param>
/// <param name="Series">Its series, a panel each; null where there are not 2 to 12.</param>
/// <param name="Histogram">Histogram and density.</param>
/// <param name="LogHistogram">The same on a log axis, with the fitted log-normal; null where no value is positive.</param>
/// <param name="Quantiles">Quantiles against the fitted log-normal; null where none was fitted.</param>
/// <param name="Sparkline">The group over time, as small as a word.</param>
internal sealed record GroupFigures(Figure Time, Figure? Series, Figure Histogram, Figure? LogHistogram, Figure? Quantiles, Figure Sparkline)
{
    /// <summary>Those that are files of their own: all but the sparkline.</summary>
    public IEnumerable<Figure> Files => new[] { Time, Series, Histogram, LogHistogram, Quantiles }.OfType<Figure>();

    /// <summary>All of them, drawn.</summary>
    public GroupCharts Drawn(Func<Figure, DrawnChart> draw)
    {
        return new GroupCharts(draw(Time), Optional(Series), draw(Histogram), Optional(LogHistogram), Optional(Quantiles), draw(Sparkline));

        DrawnChart? Optional(Figure? figure) => figure is null ? null : draw(figure);
    }
}

/// <summary>Which charts a report has, and on which axes; a group's are made when they are asked for.</summary>
internal sealed class ReportFigures
{
    // Groups side by side compare best on one axis, unless it squeezes them into a corner of it.
    private const double LargestSqueeze = 3;

    /// <summary>Of more groups than this the others are a row of the table: nobody reads a thousand charts, and they take minutes to draw.</summary>
    internal const int MostGroups = 100;

    private readonly Interval? _period;
    private readonly Interval? _range;
    private readonly Interval? _logs;

    private ReportFigures(Report report)
    {
        Shown = MostTelling(report);
        Drawn = [.. Shown.Where(group => group.Values is not null)];
        _period = report.Period is { } span && span.To > span.From ? new Interval(span.From.ToUnixTimeMilliseconds(), span.To.ToUnixTimeMilliseconds()) : null;
        _range = Common(Drawn, group => new Interval(group.Values!.Min, group.Values.P99), group => group.Values!.P99);
        _logs = Common(Drawn, LogRange, group => LogRange(group) is { } own ? Math.Log(own.High / own.Low) : null, span => Math.Log(span.High / span.Low));
        Overviews =
        [
            .. report.Groups.Where(group => group.LogBox is not null)
                .GroupBy(group => (group.Unit.Dimension, group.Unit.PerSecond))
                .Select((kind, i) => Named(Figures.Boxes([.. kind]), i == 0 ? "overview" : $"overview-{i + 1}")),
        ];
    }

    /// <summary>Box-and-whisker of all groups: one for each kind of quantity, since seconds and bytes share no axis.</summary>
    public IReadOnlyList<Figure> Overviews { get; }

    /// <summary>The groups that have a section of their own, in the report's order: all, or the most telling of very many.</summary>
    public IReadOnlyList<GroupSummary> Shown { get; }

    /// <summary>Those of them that have a sample to draw.</summary>
    public IReadOnlyList<GroupSummary> Drawn { get; }

    /// <summary>True where all histograms have one x axis.</summary>
    public bool CommonRange => _range is not null;

    /// <summary>True where all histograms of logs have one x axis.</summary>
    public bool CommonLogRange => _logs is not null;

    /// <summary>Finds out what the figures of a report will be; nothing is drawn yet.</summary>
    public static ReportFigures Of(Report report) => new(report);

    /// <summary>Makes a group's charts. Densities are reckoned here: as much work as drawing.</summary>
    public GroupFigures Of(GroupSummary group)
    {
        group = Certain(group);
        return new GroupFigures(
            Figures.TimeSeries(group, _period),
            Figures.SmallMultiples(group, _period),
            Figures.Histogram(group, _range),
            group.LogGrid is null ? null : Figures.LogHistogram(group, _logs),
            group.LogNormal is null ? null : Figures.QuantileQuantile(group),
            Figures.Sparkline(group, _period));
    }

    /// <summary>
    /// Names all that a group's charts are drawn of: <paramref name="digest"/> its numbers, then what depends on the other groups, which is the axes
    /// and which trends are significant (<see cref="Certain"/>), and what draws pictures. Null where pictures have characters that this can't be
    /// told for: which font those are written with is not known before.
    /// </summary>
    public string? KeyOf(GroupSummary group, string digest, string pictures)
    {
        if (pictures.Length > 0 && !group.Series.Select(series => series.Name).Append(group.Name).Append(group.Metric).All(text => Ascii.IsValid(text))) return null;
        var tests = group.Trend.Segments.Append(group.Trend.Whole).Concat(group.Series.Select(series => series.Trend));
        var text = string.Create(CultureInfo.InvariantCulture, $"{digest} {pictures} {Ends(_period)} {Ends(_range)} {Ends(_logs)} {string.Concat(tests.Select(test => test is null ? '-' : test.AdjustedP < TrendTest.Significance ? '1' : '0'))}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..20]);

        static string Ends(Interval? interval) => interval is { } ends ? string.Create(CultureInfo.InvariantCulture, $"{ends.Low:R}:{ends.High:R}") : "-";
    }

    /// <summary>
    /// The group as charts are to see it: of the p-values that are adjusted over all groups only whether they are significant, so that a chart does
    /// not depend on the other groups' trends by more than that.
    /// </summary>
    private static GroupSummary Certain(GroupSummary group)
    {
        return group with
        {
            Trend = group.Trend with { Whole = Of(group.Trend.Whole), Segments = [.. group.Trend.Segments.Select(test => Of(test)!)] },
            Series = [.. group.Series.Select(series => series with { Trend = Of(series.Trend) })],
        };

        static TrendTest? Of(TrendTest? test) => test is null ? null : test with { AdjustedP = test.AdjustedP < TrendTest.Significance ? 0 : 1 };
    }

    /// <summary>Those with the weightiest findings, and of those without any the ones with the largest medians.</summary>
    private static IReadOnlyList<GroupSummary> MostTelling(Report report)
    {
        if (report.Groups.Count <= MostGroups) return report.Groups;
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var finding in report.Findings)
            foreach (var name in finding.Groups)
                weights[name] = Math.Max(finding.Weight, weights.GetValueOrDefault(name));

        // The sort is stable: among equals the report's own order stays.
        var chosen = report.Groups.OrderByDescending(group => weights.GetValueOrDefault(group.Name)).Take(MostGroups).ToHashSet();
        return [.. report.Groups.Where(chosen.Contains)];
    }

    private static Interval? LogRange(GroupSummary group) =>
        group.Logs is { } logs && logs.Max > logs.Min ? new Interval(Math.Exp(logs.Min), Math.Exp(logs.Max)) : null;

    /// <summary>The axis that all groups fit on, or null where it would squeeze the typical one too much.</summary>
    private static Interval? Common(
        IReadOnlyList<GroupSummary> groups, Func<GroupSummary, Interval?> own, Func<GroupSummary, double?> extent, Func<Interval, double>? whole = null)
    {
        if (groups.Count < 2 || groups.Select(group => group.Unit).Distinct().Count() > 1) return null;
        var ranges = groups.Select(own).OfType<Interval>().ToList();
        if (ranges.Count < groups.Count) return null;
        var union = ranges.Aggregate((a, b) => a.Union(b));
        var extents = groups.Select(extent).OfType<double>().Order().ToList();
        var fits = union.High > union.Low && double.IsFinite(union.High - union.Low) && (whole?.Invoke(union) ?? union.High) <= LargestSqueeze * extents[extents.Count / 2];
        return fits ? union : null;
    }

    private static Figure Named(Figure figure, string id) => new()
    {
        Id = id,
        Title = figure.Title,
        Description = figure.Description,
        Width = figure.Width,
        Height = figure.Height,
        Hover = figure.Hover,
        Draw = figure.Draw,
    };
}
