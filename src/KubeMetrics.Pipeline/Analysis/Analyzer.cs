using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Analysis.Groups;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;
using KubeMetrics.Statistics;
using KubeMetrics.Statistics.Trends;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>A finished analysis: the report, and the series it was made of.</summary>
/// <param name="Report">The document.</param>
/// <param name="Series">The series, for whoever wants to export them.</param>
/// <param name="Files">What was found in each input.</param>
public sealed record AnalysisResult(Report Report, IReadOnlyList<Series> Series, IReadOnlyList<FileReport> Files)
{
    /// <summary>What each group is made of, by its name, where that is certain; empty where nothing is kept.</summary>
    internal IReadOnlyDictionary<string, string> Digests { get; init; } = KnownGroups.None.Digests;
}

/// <summary>Told how far an analysis is: from any thread.</summary>
/// <param name="BytesRead">Stored bytes read so far.</param>
/// <param name="GroupsDone">Groups summarised so far.</param>
/// <param name="Groups">Groups there are; 0 while reading.</param>
public readonly record struct AnalysisProgress(long BytesRead, int GroupsDone, int Groups);

/// <summary>There is nothing to analyse: the message says why, and what to ask for instead.</summary>
public sealed class NothingToAnalyzeException(string message, IReadOnlyList<FileReport> files) : Exception(message)
{
    /// <summary>What was found in the inputs.</summary>
    public IReadOnlyList<FileReport> Files { get; } = files;
}

/// <summary>Series in, report out, in this process.</summary>
public sealed class Analyzer(TimeProvider time, int parallelism)
{
    /// <summary>The engine's name in reports.</summary>
    public const string Engine = "in-process";

    /// <summary>The name that a cluster has in reports.</summary>
    public const string Cluster = "spark";

    /// <summary>The version of the algorithms: another one gives another run id, so that old data are analysed anew.</summary>
    public const string Algorithms = "1";

    /// <summary>The id that a run over these inputs with these options has.</summary>
    public static string RunIdOf(IReadOnlyList<InputObject> inputs, AnalysisOptions options) =>
        RunId.Of(inputs.Select(i => (i.Name, (string?)i.ETag)), Options(options), options.Engine, Algorithms);

    /// <summary>Reads, groups and summarises.</summary>
    /// <exception cref="NothingToAnalyzeException">No series is left, or none has the label to group by.</exception>
    public Task<AnalysisResult> AnalyzeAsync(
        IReadOnlyList<InputObject> inputs, AnalysisOptions options, Action<AnalysisProgress>? onProgress, CancellationToken cancellationToken) =>
        AnalyzeAsync(inputs, options, null, null, onProgress, cancellationToken);

    /// <summary>
    /// The same, with what is kept of the inputs and of groups. Only what of the groups has changed is unpacked and summarised; the series of the
    /// result are of those.
    /// </summary>
    internal async Task<AnalysisResult> AnalyzeAsync(
        IReadOnlyList<InputObject> inputs, AnalysisOptions options, KeptColumns? kept, KeptGroups? groups, Action<AnalysisProgress>? onProgress, CancellationToken cancellationToken)
    {
        var read = options.Read;
        Action<long>? onBytes = onProgress is null ? null : bytes => onProgress(new AnalysisProgress(bytes, 0, 0));
        var (loaded, known) = kept is null
            ? (await SeriesLoader.LoadAsync(inputs, read, parallelism, onBytes, cancellationToken), KnownGroups.None)
            : await LoadAsync(kept, groups, read, options, onBytes, cancellationToken);
        if (loaded.Series.Count == 0) throw new NothingToAnalyzeException(WhyNothing(loaded.Files, options), loaded.Files);

        var series = options.Window is { } window ? TimeWindow.Last(window, known.Newest, loaded.Series) : loaded.Series;
        var planned = Group(series, options, loaded.Files);
        var anew = planned.Where(group => !known.Summaries.ContainsKey(group.Name)).ToList();
        var bytes = inputs.Sum(i => i.Length);
        var progress = onProgress is null ? null : new ImmediateProgress<SummaryProgress>(p => onProgress(new AnalysisProgress(bytes, planned.Count - anew.Count + p.Done, planned.Count)));
        var computed = await Task.Run(
            () => options.NumbersOnly
                ? Summarizer.DescribeAll(anew, parallelism, cancellationToken)
                : Summarizer.SummarizeAll(anew, parallelism, progress, cancellationToken),
            cancellationToken);
        var summaries = computed;
        if (known.Summaries.Count > 0)
        {
            var byName = computed.Concat(known.Summaries.Values).ToDictionary(summary => summary.Name, StringComparer.Ordinal);
            summaries = AdjustedTrends.Of([.. planned.Select(group => byName[group.Name])]);
        }

        var report = ReportOf(inputs, options, [.. inputs.Zip(loaded.Files, Input)], summaries);
        return new AnalysisResult(options.NumbersOnly ? report with { Findings = [] } : report, series, loaded.Files) { Digests = known.Digests };
    }

    /// <summary>The report on summaries that somebody has made of the inputs.</summary>
    /// <param name="inputs">What was listed.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="read">What was found in each.</param>
    /// <param name="summaries">One a group.</param>
    internal Report ReportOf(IReadOnlyList<InputObject> inputs, AnalysisOptions options, IReadOnlyList<ReportInput> read, IReadOnlyList<GroupSummary> summaries) => Report.Of(
        new RunFacts
        {
            RunId = RunIdOf(inputs, options),
            Name = options.Name,
            Generated = Now(),
            Engine = options.Engine,
            Algorithms = Algorithms,
            Options = Options(options),
            Inputs = read,
        },
        summaries);

    /// <summary>
    /// Opens what is new, and takes of the rest the series of those groups that are not known. The known ones' series are there without samples:
    /// groups' names, and what they are split by, follow from all of them.
    /// </summary>
    private async Task<(LoadedSeries Loaded, KnownGroups Known)> LoadAsync(
        KeptColumns kept, KeptGroups? groups, ReadOptions read, AnalysisOptions options, Action<long>? onBytes, CancellationToken cancellationToken)
    {
        while (true)
        {
            await kept.OpenMissingAsync(read, parallelism, onBytes, cancellationToken);
            var known = groups is null || options.NumbersOnly ? KnownGroups.None : KnownGroups.Of(kept.Outlines(), options, groups);
            var loaded = await kept.LoadAsync(known.Series.Count == 0 ? null : labels => !known.Series.Contains(labels), parallelism, cancellationToken);
            if (loaded is not null)
                return (loaded with { Series = [.. loaded.Series.Concat(known.Series.Select(GroupPlan.Empty)).OrderBy(series => series.Labels, LabelsOrder.Instance)] }, known);
            groups = null; // something kept was gone or damaged, and whether it is found again as it was nobody knows
        }
    }

    private static IReadOnlyList<SeriesGroup> Group(IReadOnlyList<Series> series, AnalysisOptions options, IReadOnlyList<FileReport> files)
    {
        try
        {
            return Grouping.Group(series, options.Grouping);
        }
        catch (UnknownLabelException e)
        {
            throw new NothingToAnalyzeException(e.Message, files);
        }
    }

    private static string WhyNothing(IReadOnlyList<FileReport> files, AnalysisOptions options)
    {
        if (files.Any(f => f.SeriesLeftOut > 0))
            return $"No series matches {string.Join(", ", options.Where)}.";
        var problems = files.SelectMany(f => f.Problems).ToList();
        return problems.Count switch
        {
            0 => "The inputs hold no series at all.",
            1 => problems[0].Message,
            _ => $"No input could be read. The first: {problems[0].Message}",
        };
    }

    private static ReportOptions Options(AnalysisOptions options) => new()
    {
        Where = [.. options.Where.Select(m => m.ToString())],
        GroupBy = options.GroupBy,
        From = Instant(options.From),
        To = Instant(options.To),
        Window = options.Window is { } window ? TimeWindow.Format(window) : null,
        Unit = options.Unit?.ToString(),
        Raw = options.Raw,
    };

    // As fine as documents write it, so that what was read back is the same instant.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    private static DateTimeOffset? Instant(long? ms) => ms is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    private static ReportInput Input(InputObject input, FileReport file) => new()
    {
        Key = input.Name,
        ETag = input.ETag,
        Bytes = input.Length,
        SeriesKept = file.SeriesKept,
        SeriesLeftOut = file.SeriesLeftOut,
        Samples = file.Samples,
        FirstMalformed = file.FirstMalformed,
        Problems = Problems(file),
    };

    private static IReadOnlyList<string> Problems(FileReport file)
    {
        var more = file.ProblemCount - file.Problems.Count;
        List<string> sentences = [.. file.Problems.Select(p => p.Message)];
        if (more > 0) sentences.Add($"{file.Name} has {more} more problems of the kind.");
        return sentences;
    }
}
