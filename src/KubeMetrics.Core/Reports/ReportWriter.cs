using System.Collections.Concurrent;
using System.Text;
using KubeMetrics.Charts;
using KubeMetrics.Reports.Page;

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
    /// <summary>Writes the report.</summary>
    /// <param name="report">What to write.</param>
    /// <param name="sink">Where each file goes.</param>
    /// <param name="png">Draws the PNGs; null for SVGs alone. Where it has no font the SVGs stand, and the report says so.</param>
    /// <param name="onPlanned">Told how many files there will be, before the first; null where nobody asks.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <returns>The report as it was written: with a warning where there was no font.</returns>
    public static async Task<Report> WriteAsync(Report report, ReportSink sink, IPngRenderer? png, Action<int>? onPlanned = null, CancellationToken cancellation = default)
    {
        var figures = ReportFigures.Of(report);
        var files = figures.Files.ToList();
        if (png is not null && files.Count > 0)
        {
            // One picture decides: fonts are the machine's, so all of them can be drawn or none.
            try
            {
                png.Render(files[0], scale: 1);
            }
            catch (FontsMissingException e)
            {
                report = report with { Warnings = [.. report.Warnings, e.Message] };
                png = null;
            }
        }

        onPlanned?.Invoke(files.Count * (png is null ? 1 : 2) + 2);

        // The document is as much text as all charts together, and one core's work: it is made beside them.
        var written = report;
        var document = Task.Run(() => ReportJson.Write(written), cancellation);
        var inline = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(files, options, async (figure, stop) =>
        {
            inline[figure.Id] = SvgCanvas.Render(figure, inline: true);
            await sink(ReportFiles.Svg(figure), "image/svg+xml", Encoding.UTF8.GetBytes(SvgCanvas.Render(figure)), stop);
            if (png is not null) await sink(ReportFiles.Png(figure), "image/png", png.Render(figure), stop);
        });
        foreach (var spark in figures.Sparklines) inline[spark.Id] = SvgCanvas.Render(spark, inline: true);

        await sink(ReportFiles.Document, ReportJson.ContentType, await document, cancellation);
        var page = ReportPage.Write(report, figures, inline, png is not null);
        await sink(ReportFiles.Page, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(page), cancellation);
        return report;
    }
}
