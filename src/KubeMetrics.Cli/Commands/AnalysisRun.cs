using KubeMetrics.Charts.Skia;
using KubeMetrics.Cli.Terminal;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;
using KubeMetrics.Statistics;

namespace KubeMetrics.Cli.Commands;

/// <summary>An analysis as a person sees it: progress, the report's place, the numbers.</summary>
internal sealed class AnalysisRun(Screen screen)
{
    private static readonly int Cores = Environment.ProcessorCount;

    /// <summary>Where reports are kept; null for none.</summary>
    public required string? Folder { get; init; }

    /// <summary>Where reports are kept instead, where that is a bucket; null for the folder.</summary>
    public StorePlace? Bucket { get; init; }

    /// <summary>A file for the samples; null for none.</summary>
    public string? Export { get; init; }

    /// <summary>Analyse even what has been analysed.</summary>
    public bool Force { get; init; }

    /// <summary>Print JSON.</summary>
    public bool Json { get; init; }

    public async Task<int> RunAsync(IReadOnlyList<InputObject> inputs, AnalysisOptions options, CancellationToken cancellationToken)
    {
        var asOf = TimeProvider.System.GetUtcNow();
        if (await EarlierAsync(inputs, asOf, options, cancellationToken) is { } earlier)
        {
            screen.Note($"The same inputs were analysed the same way on {earlier.Run.Generated:yyyy-MM-dd HH:mm} UTC; --force does it again.");
            return Show(earlier);
        }

        var result = await AnalyzeAsync(inputs, options, cancellationToken);
        if (Export is { } file)
            await Writing.ToAsync(file, "name another file with --export.", async () =>
            {
                await SampleExport.WriteAsync(file, result.Series, cancellationToken);
                return file;
            });
        var report = result.Report;
        if (Bucket is not null)
        {
            report = await new ReportFolder(Bucket.Store, Bucket.Prefix).PublishAsync(report, asOf, new SkiaPngRenderer(), cancellationToken);
        }
        else if (Folder is not null)
        {
            // A report can be made again: it need not outlive a power failure, and not waiting for the disk is several times faster.
            report = await Writing.ToAsync(Folder, "name another folder with --out.", () =>
                new ReportFolder(FolderStore.Create(Folder, flushToDisk: false)).PublishAsync(report, asOf, new SkiaPngRenderer(), cancellationToken));
        }

        if (Bucket is not null || Folder is not null)
            foreach (var warning in report.Warnings) screen.Note(warning);

        return Show(report);
    }

    /// <summary>The report of the same run where it is there whole, as it is asked for now, and every picture could be drawn.</summary>
    private async Task<Report?> EarlierAsync(IReadOnlyList<InputObject> inputs, DateTimeOffset asOf, AnalysisOptions options, CancellationToken cancellationToken)
    {
        if (Force || Export is not null || (Bucket is null && !Directory.Exists(Folder))) return null;
        var reports = Bucket is not null ? new ReportFolder(Bucket.Store, Bucket.Prefix) : new ReportFolder(new FolderStore(Folder!));
        var earlier = await reports.FindAsync(Analyzer.RunIdOf(inputs, options), cancellationToken);
        if (earlier is null || earlier.Warnings.Count > 0 || earlier.Run.Name != options.Name) return null;
        // It shows the inputs as they are now; and whoever wrote it may have been killed before it pointed at it.
        await reports.PointAsync(earlier, asOf, cancellationToken);
        return earlier;
    }

    private async Task<AnalysisResult> AnalyzeAsync(IReadOnlyList<InputObject> inputs, AnalysisOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await screen.WithProgress("Analysing", inputs.Sum(i => i.Length), bytes: true, report =>
                new Analyzer(TimeProvider.System, Cores).AnalyzeAsync(inputs, options, p => report(p.BytesRead), cancellationToken));
        }
        catch (NothingToAnalyzeException e)
        {
            foreach (var problem in e.Files.SelectMany(f => f.Problems))
                if (problem.Message != e.Message) screen.Note(problem.Message);
            throw new Failure(e.Files.Any(file => file.SeriesLeftOut > 0) ? $"{e.Message} See which labels and values there are with: kubemetrics labels PATH" : e.Message);
        }
    }

    private int Show(Report report)
    {
        var page = Folder is null ? null : Path.GetFullPath(Path.Combine(Folder, report.Run.RunId, ReportFiles.Page));
        if (Json)
        {
            screen.Output.WriteLine(System.Text.Encoding.UTF8.GetString(ReportJson.Write(WithoutChartData(report))));
            if (page is not null) screen.Note($"The report: {page}");
        }
        else
        {
            Summary.Write(screen, report);
            if (Bucket is not null) screen.Output.WriteLine($"\nThe report, with charts, is in {Bucket.Store.Name}/{Bucket.Prefix}/{report.Run.RunId}/{ReportFiles.Page}");
            else if (page is not null) screen.Output.WriteLine($"\nThe report, with charts: open {new Uri(page).AbsoluteUri}");
        }

        foreach (var reason in report.PartialReasons) screen.Note(reason);
        return report.Partial ? ExitCode.Partial : ExitCode.Done;
    }

    // What only charts need is many times larger than the numbers; it stands in report.json.
    private static Report WithoutChartData(Report report) => report with
    {
        Groups = [.. report.Groups.Select(g => g with
        {
            Grid = null,
            LogGrid = null,
            Time = TimeBuckets.Empty,
            LogBox = g.LogBox is { } box ? box with { Drawn = [] } : null,
            Series = [.. g.Series.Select(s => s with { Time = TimeBuckets.Empty })],
        })],
    };
}
