using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using KubeMetrics.Charts;
using KubeMetrics.Reports.Page;
using KubeMetrics.Statistics;

namespace KubeMetrics.Reports;

/// <summary>Takes one file of a report. May be called from several threads at once.</summary>
/// <param name="name">The file's name relative to the report's folder, with forward slashes (<c>charts/overview.svg</c>).</param>
/// <param name="contentType">Its media type.</param>
/// <param name="content">Its bytes; theirs is the time of the call.</param>
/// <param name="cancellation">Stops the writing.</param>
public delegate Task ReportSink(string name, string contentType, ReadOnlyMemory<byte> content, CancellationToken cancellation);

/// <summary>
/// Writes a report's files: charts first, on all cores, then report.json, and the page last, so that whoever sees the page
/// can follow its links. Does no I/O of its own.
/// </summary>
public static class ReportWriter
{
    // Copies are requests that mostly wait.
    private const int CopiesAtOnce = 16;

    /// <summary>Writes the report.</summary>
    /// <param name="report">What to write.</param>
    /// <param name="sink">Where each file goes.</param>
    /// <param name="png">Draws the PNGs; null for SVGs alone. Where it has no font the SVGs stand, and the report says so.</param>
    /// <param name="onPlanned">Told how many files there will be, before the first; null where nobody asks.</param>
    /// <param name="document">The report as JSON, where somebody has made that already.</param>
    /// <param name="before">What an earlier report has of the same charts; null for none.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <returns>The report as it was written: with a warning where there was no font.</returns>
    public static async Task<Report> WriteAsync(
        Report report, ReportSink sink, IPngRenderer? png, Action<int>? onPlanned = null, ReadOnlyMemory<byte>? document = null, IDrawnCharts? before = null,
        CancellationToken cancellation = default)
    {
        var figures = ReportFigures.Of(report);
        var pictures = "";
        if (png is not null && figures.Overviews.Count + figures.Drawn.Count > 0)
        {
            // One picture decides: fonts are the machine's, so all of them can be drawn or none. And by it one machine's pictures are told from another's.
            try
            {
                pictures = $"{png.GetType().Module.ModuleVersionId} {Convert.ToHexStringLower(SHA256.HashData(png.Render(FontProbe.Figure, scale: 1)))}";
            }
            catch (FontsMissingException e)
            {
                report = report with { Warnings = [.. report.Warnings, e.Message] };
                (png, document) = (null, null);
            }
        }

        // The document is as much text as all charts together, and one core's work: it is made beside them.
        var written = report;
        var json = document is { } made ? Task.FromResult(made) : Task.Run(() => (ReadOnlyMemory<byte>)ReportJson.Write(written), cancellation);

        var keys = figures.Drawn.Where(group => before?.DigestOf(group.Name) is not null)
            .ToDictionary(group => group.Name, group => figures.KeyOf(group, before!.DigestOf(group.Name)!, pictures), StringComparer.Ordinal);
        GroupCharts? Before(GroupSummary group) => keys.GetValueOrDefault(group.Name) is { } key ? before!.Find(key) : null;
        var same = figures.Drawn.Select(group => (Group: group, Charts: Before(group))).Where(one => one.Charts is not null).ToList();
        var others = figures.Drawn.Where(group => Before(group) is null).ToList();
        var figuresOf = Make(others);
        onPlanned?.Invoke((figures.Overviews.Count + figuresOf.Sum(one => one.Files.Count()) + same.Sum(one => one.Charts!.Files.Count())) * (png is null ? 1 : 2) + 2);

        var charts = new ConcurrentDictionary<string, GroupCharts>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(same, new ParallelOptions { MaxDegreeOfParallelism = CopiesAtOnce, CancellationToken = cancellation }, async (one, stop) =>
        {
            foreach (var chart in one.Charts!.Files)
                if (!await before!.CopyAsync(ReportFiles.Svg(chart.Id), stop) || (png is not null && !await before.CopyAsync(ReportFiles.Png(chart.Id), stop)))
                    return;
            charts[one.Group.Name] = one.Charts;
        });

        var gone = same.Where(one => !charts.ContainsKey(one.Group.Name)).Select(one => one.Group).ToList();
        others.AddRange(gone);
        figuresOf.AddRange(Make(gone));
        var drawn = new ConcurrentDictionary<Figure, DrawnChart>(ReferenceEqualityComparer.Instance);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(figures.Overviews.Concat(figuresOf.SelectMany(one => one.Files)), options, async (figure, stop) =>
        {
            var (alone, inline) = SvgCanvas.RenderBoth(figure);
            drawn[figure] = DrawnChart.Of(figure, inline);
            await sink(ReportFiles.Svg(figure.Id), "image/svg+xml", alone, stop);
            if (png is not null) await sink(ReportFiles.Png(figure.Id), "image/png", png.Render(figure), stop);
        });
        foreach (var (group, one) in others.Zip(figuresOf)) charts[group.Name] = one.Drawn(figure => drawn.GetValueOrDefault(figure) ?? DrawnChart.Of(figure, Encoding.UTF8.GetBytes(SvgCanvas.Render(figure, inline: true))));

        await sink(ReportFiles.Document, ReportJson.ContentType, await json, cancellation);
        var page = ReportPage.Write(report, figures, [.. figures.Overviews.Select(figure => drawn[figure])], charts, png is not null);
        await sink(ReportFiles.Page, "text/html; charset=utf-8", page, cancellation);
        foreach (var (group, key) in keys)
            if (key is not null) before!.Keep(key, charts[group]);
        return report;

        List<GroupFigures> Make(IEnumerable<GroupSummary> groups) => [.. groups.AsParallel().AsOrdered().WithCancellation(cancellation).Select(figures.Of)];
    }
}
