using KubeMetrics.Charts;

namespace KubeMetrics.Reports;

/// <summary>A chart, drawn, as the page holds it.</summary>
/// <param name="Id">The figure's id.</param>
/// <param name="Title">What it is a chart of.</param>
/// <param name="Wide">Whether it takes the page's width.</param>
/// <param name="Svg">The drawing, as an element, in UTF-8.</param>
/// <param name="Hover">The places where the page shows values, as the page's script has them, in UTF-8; empty for none.</param>
public sealed record DrawnChart(string Id, string Title, bool Wide, ReadOnlyMemory<byte> Svg, ReadOnlyMemory<byte> Hover)
{
    private const double HalfWidth = 600;

    internal static DrawnChart Of(Figure figure, ReadOnlyMemory<byte> svg) => new(figure.Id, figure.Title, figure.Width > HalfWidth, svg, Page.HoverJson.Of(figure));
}

/// <summary>The charts of one group.</summary>
/// <param name="Time">The group over time.</param>
/// <param name="Series">Its series, a panel each; null where there are not 2 to 12.</param>
/// <param name="Histogram">Histogram and density.</param>
/// <param name="LogHistogram">The same on a log axis, with the fitted log-normal; null where no value is positive.</param>
/// <param name="Quantiles">Quantiles against the fitted log-normal; null where none was fitted.</param>
/// <param name="Sparkline">The group over time, as small as a word.</param>
public sealed record GroupCharts(DrawnChart Time, DrawnChart? Series, DrawnChart Histogram, DrawnChart? LogHistogram, DrawnChart? Quantiles, DrawnChart Sparkline)
{
    /// <summary>How many a group has at most.</summary>
    public const int Most = 6;

    /// <summary>Those that are files of their own: all but the sparkline.</summary>
    public IEnumerable<DrawnChart> Files => All.Take(Most - 1).OfType<DrawnChart>();

    /// <summary>All of them in the order of the parameters, null where there is none.</summary>
    public IReadOnlyList<DrawnChart?> All => [Time, Series, Histogram, LogHistogram, Quantiles, Sparkline];

    /// <summary>The charts in that order; null where one is wanting that every group has.</summary>
    public static GroupCharts? Of(IReadOnlyList<DrawnChart?> all) =>
        all is [{ } time, var series, { } histogram, var logs, var quantiles, { } sparkline] ? new GroupCharts(time, series, histogram, logs, quantiles, sparkline) : null;
}

/// <summary>
/// What an earlier report has of charts, for a report that shows the same. A chart's key covers all that it is drawn of, so that of an equal key
/// the files are equal, to the byte.
/// </summary>
public interface IDrawnCharts
{
    /// <summary>Names what a group is made of: groups of one name and digest have the same numbers. Null where that is not known: then it is drawn.</summary>
    string? DigestOf(string group);

    /// <summary>The charts that were drawn under a key; null where there are none.</summary>
    GroupCharts? Find(string key);

    /// <summary>Puts a file of that report into this one, under the same name. False where it is not there any more as it was written: then it is drawn. From any thread.</summary>
    Task<bool> CopyAsync(string file, CancellationToken cancellation);

    /// <summary>Told of the charts that this report has under a key. From any thread.</summary>
    void Keep(string key, GroupCharts charts);
}
