using System.Diagnostics;
using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis.Columns;
using KubeMetrics.Pipeline.Analysis.Groups;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Telemetry;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// An analysis in steps: list the inputs and make sure that nobody else does this run; read and compute; write the report;
/// point <c>latest.json</c> at it. Each can be done again from its start.
/// </summary>
internal sealed class AnalysisSteps(
    AnalysisPlaces places, WorkStore works, AnalysisLimits limits, IPngRenderer? png, TimeProvider time, ILogger? log, JobSummaries? summaries, WorkContext context, Dataset dataset, CancellationToken cancellationToken)
{
    // How far the whole is when each step ends, by how long they usually take.
    private const double Listed = 0.02, Read = 0.45, Summarised = 0.65, Drawn = 0.97;

    // 64 MiB of columns.
    private const long FewSamples = 4 << 20;

    private static readonly int Cores = Environment.ProcessorCount;
    private readonly AnalysisInput _input = context.Record.AnalysisInput();
    private readonly AnalysisCheckpoint? _checkpoint = context.Record.AnalysisCheckpoint();

    private AnalysisOptions Options => field ??= _input.Options.ToAnalysis(dataset);

    private string Id => context.Record.Id;

    private string RunId => _checkpoint!.RunId;

    private ColumnPlace Columns => field ??= places.Columns(dataset.Name, limits.Columns, time, log);

    private ReportFolder Reports => places.Reports(dataset);

    private Report? InMemory => (context.Carried as Carried)?.Report;

    internal Task<StepOutcome> NextAsync() => _checkpoint?.Stage switch
    {
        null => ListAsync(),
        AnalysisStage.Listed when dataset.Engine == Analyzer.Cluster => SummariseElsewhereAsync(),
        AnalysisStage.Listed => AnalyseAsync(),
        AnalysisStage.Analysed => WriteAsync(),
        _ => PointAsync(),
    };

    /// <summary>What the steps leave each other in memory.</summary>
    private sealed record Carried(
        IReadOnlyList<InputObject>? Inputs = null, KeptColumns? Kept = null, Report? Report = null, ByteWriter? Document = null, IReadOnlyDictionary<string, string>? Digests = null, long Unpacked = 0);

    private async Task<StepOutcome> ListAsync()
    {
        context.Report("listing", 0, 0, "files", 0, Listed);
        var asOf = time.GetUtcNow();
        var inputs = await places.InputsAsync(dataset, cancellationToken);
        if (inputs.Count == 0) throw new WorkFailedException($"There are no dumps in {dataset.Dumps} any more.", "Put some there, and start the analysis anew.");
        var totals = InputTotals.Of(inputs);
        // More may have arrived since it was asked for: then it is another run, which somebody else may do already.
        var runId = Analyzer.RunIdOf(inputs, Options);
        if (await places.Runs(dataset.Name).OwnerOtherThanAsync(runId, Id, works, cancellationToken) is { } other) return new StepOutcome.Replaced(other);
        if (!_input.Force && await Reports.FindAsync(runId, cancellationToken) is { } there)
        {
            if (_input.Own) await WritingAsync(() => Reports.PointAsync(there, asOf, cancellationToken));
            return Done(there, reused: true, totals);
        }

        var kept = dataset.Engine == Analyzer.Cluster ? null : await FindKeptAsync(inputs);
        if (dataset.Engine != Analyzer.Cluster) await RefuseTooMuchAsync(inputs, kept);
        await WritingAsync(() => Reports.EnsureWritableAsync(cancellationToken)); // before all the computing, not after it
        context.Carried = new Carried(inputs, kept);
        return Next(new AnalysisCheckpoint(AnalysisStage.Listed, runId, totals, asOf));
    }

    private async Task<StepOutcome> AnalyseAsync()
    {
        context.Report("reading", 0, _checkpoint!.Inputs.Bytes, "bytes", Listed, Read);
        var carried = context.Carried as Carried;
        var inputs = carried?.Inputs ?? await places.InputsAsync(dataset, cancellationToken);
        if (Analyzer.RunIdOf(inputs, Options) != RunId) return await ListAsync(); // something arrived while nobody had this work
        var kept = carried?.Kept ?? await FindKeptAsync(inputs);
        // Who forces wants it made anew, to the last chart.
        var groups = kept is null || _input.Force ? null : await KeptGroups.OpenAsync(Columns, Options, cancellationToken);
        AnalysisResult result;
        try
        {
            result = await new Analyzer(time, Cores).AnalyzeAsync(inputs, Options, kept, groups, progress =>
            {
                if (progress.Groups == 0) context.Report("reading", progress.BytesRead, _checkpoint.Inputs.Bytes, "bytes", Listed, Read);
                else context.Report("summarising", progress.GroupsDone, progress.Groups, "groups", Read, Summarised);
            }, cancellationToken);
        }
        catch (NothingToAnalyzeException e)
        {
            ReadAgain(e.Files);
            throw new WorkFailedException(e.Message, RemedyFor(e), e);
        }

        ReadAgain(result.Files);
        RefuseNothing(result.Report);

        Instruments.Samples.Add(result.Report.Totals.Samples, new KeyValuePair<string, object?>("dataset", dataset.Name));
        var opened = InputTotals.Of(kept?.Opened ?? inputs);
        Instruments.BytesRead.Add(opened.Bytes, new KeyValuePair<string, object?>("dataset", dataset.Name));
        Instruments.Opened.Add(opened.Count, new KeyValuePair<string, object?>("dataset", dataset.Name));
        var document = new ByteWriter(ReportJson.LengthOf(result.Report));
        ReportJson.Write(result.Report, document);
        await Task.WhenAll(
            places.PutDocumentAsync(dataset.Name, Id, document.Written, cancellationToken),
            groups is null ? Task.CompletedTask : Task.Run(() => groups.KeepAsync(result.Report.Groups, result.Digests, cancellationToken), cancellationToken));
        if (kept is not null) await kept.SettleAsync(cancellationToken);
        context.Carried = new Carried(Report: result.Report, Document: document, Digests: groups is null ? null : result.Digests, Unpacked: result.Series.Sum(series => (long)series.Samples.Count));
        return Next(_checkpoint with { Stage = AnalysisStage.Analysed });
    }

    /// <summary>A cluster summarises; what is drawn and said of that is the same.</summary>
    private async Task<StepOutcome> SummariseElsewhereAsync()
    {
        var elsewhere = summaries ?? throw new WorkFailedException("This host has no cluster.", "Set Spark:Cluster, or leave out Engine.");
        context.Report("reading", 0, 0, "bytes", Listed, Summarised);
        if (_checkpoint!.Job is not { } id)
        {
            try
            {
                var asked = await elsewhere.AskAsync(dataset, _input.Options, $"analysis-{Id}-{RunId}", cancellationToken);
                return new StepOutcome.Later(JsonSerializer.SerializeToElement(_checkpoint with { Job = asked.Id }, AnalysisJson.Default.AnalysisCheckpoint), For: asked.Id);
            }
            catch (RefusedException e) when (e.Reason is Refusal.QueueFull)
            {
                return new StepOutcome.Later(null, After: TimeSpan.FromSeconds(5), Why: new WorkProblem(e.Message, e.Remedy));
            }
            catch (RefusedException e)
            {
                throw new WorkFailedException(e.Message, e.Remedy, e);
            }
        }

        switch ((await works.FindAsync(id, cancellationToken))?.Record)
        {
            case { IsOpen: true }:
                return new StepOutcome.Later(null, For: id);
            case { State: WorkState.Failed, Problem: { } problem }:
                throw new WorkFailedException($"The job {id}, which summarises on the cluster, failed: {problem.Detail}", problem.Remedy);
            case { State: not WorkState.Succeeded }:
                throw new WorkFailedException($"The job {id}, which was to summarise on the cluster, was cancelled.", "Start the analysis anew.");
        }

        var inputs = await places.InputsAsync(dataset, cancellationToken);
        // Something came while the cluster read, which may have seen it or not.
        if (Analyzer.RunIdOf(inputs, Options) != RunId) return await ListAsync();
        var summary = await elsewhere.FindAsync(id, cancellationToken) ?? throw new WorkFailedException($"What the job {id} has made is gone.", "Start the analysis anew.");
        var files = summary.Files.ToDictionary(file => file.Name, StringComparer.Ordinal);
        var report = new Analyzer(time, Cores).ReportOf(inputs, Options, [.. inputs.Select(input => Input(input, files.GetValueOrDefault(input.Name)))], summary.Groups);
        RefuseNothing(report);
        var document = new ByteWriter(ReportJson.LengthOf(report));
        ReportJson.Write(report, document);
        await places.PutDocumentAsync(dataset.Name, Id, document.Written, cancellationToken);
        context.Carried = new Carried(Report: report, Document: document);
        return Next(_checkpoint with { Stage = AnalysisStage.Analysed });
    }

    private static ReportInput Input(InputObject input, SummarisedFile? file) => new()
    {
        Key = input.Name,
        ETag = input.ETag,
        Bytes = input.Length,
        SeriesKept = file?.SeriesKept ?? 0,
        SeriesLeftOut = file?.SeriesLeftOut ?? 0,
        Samples = file?.Samples ?? 0,
        Problems = file?.Problems ?? [],
    };

    /// <summary>A report of nothing would stand as the dataset's latest.</summary>
    private static void RefuseNothing(Report report)
    {
        if (report.Totals.Samples > 0) return;
        throw new WorkFailedException(
            report.Findings.FirstOrDefault()?.Text ?? "There is nothing to analyse.",
            "See in the dataset's data from when to when it reaches, then take another time (from, to, window); samples that are no number (idle operations) never count.");
    }

    private async Task<StepOutcome> WriteAsync()
    {
        var report = InMemory ?? await places.FindDocumentAsync(dataset.Name, Id, cancellationToken);
        if (report is null) return Next(_checkpoint! with { Stage = AnalysisStage.Listed }); // somebody deleted or damaged it: compute again
        context.Report("drawing", 0, 0, "files", Summarised, Drawn);
        await context.EnsureHeldAsync(cancellationToken);
        var written = report;
        var carried = context.Carried as Carried;
        var charts = carried?.Digests is { } digests ? await KeptCharts.OpenAsync(Columns, Options, digests, cancellationToken) : null;
        await WritingAsync(async () => written = await Reports.WriteAsync(report, carried?.Document?.Written, png, charts, (done, files) => context.Report("drawing", done, files, "files", Summarised, Drawn), cancellationToken));
        carried?.Document?.Dispose();
        context.Carried = new Carried(Report: written, Unpacked: carried?.Unpacked ?? 0);
        return Next(_checkpoint! with { Stage = AnalysisStage.Written });
    }

    private async Task<StepOutcome> PointAsync()
    {
        context.Report("publishing", 0, 0, "files", Drawn, 1);
        var report = InMemory ?? await Reports.FindAsync(RunId, cancellationToken) ??
            throw new WorkFailedException($"The report {RunId} was deleted while it was published.", "Start the analysis anew.");
        await context.EnsureHeldAsync(cancellationToken);
        // What is analysed with other options than the dataset's own is no news of the dataset.
        if (_input.Own) await WritingAsync(() => Reports.PointAsync(report, _checkpoint!.AsOf ?? context.Record.Created, cancellationToken));
        try
        {
            await places.DeleteDocumentAsync(dataset.Name, Id, cancellationToken);
        }
        catch (IOException e)
        {
            Activity.Current?.AddException(e); // the report is there, and the next sweep deletes what is left
        }

        var unpacked = (context.Carried as Carried)?.Unpacked ?? 0;
        context.Carried = null;
        // The samples are gone by now; the memory they took goes back to the machine. Of few samples that is not worth the pause.
        if (unpacked > FewSamples) GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Done(report, reused: false, _checkpoint!.Inputs);
    }

    /// <summary>What is kept of the inputs; null where nothing is to be kept, or it would not tell what was asked for.</summary>
    private async Task<KeptColumns?> FindKeptAsync(IReadOnlyList<InputObject> inputs) =>
        limits.Columns > 0 && Options is { From: null, To: null }
            ? await KeptColumns.OpenAsync(Columns, Options.Where, inputs, cancellationToken)
            : null;

    /// <summary>An input that could not be opened or read to its end may be readable soon: one more try before the report is made without it.</summary>
    private void ReadAgain(IReadOnlyList<FileReport> files)
    {
        if (context.Record.Retries == 0 && files.SelectMany(file => file.Problems).FirstOrDefault(one => one.Kind == ProblemKind.Unreadable) is { } problem)
            throw new IOException(problem.Message);
    }

    // Of dumps that hold no series no condition is to blame.
    private static string RemedyFor(NothingToAnalyzeException nothing) => nothing.Files.Any(file => file.SeriesKept + file.SeriesLeftOut > 0)
        ? "See in the dataset's data which labels there are, then correct the conditions (where) or the label to group by (groupBy)."
        : "See to the dumps: mend those that can't be read or take them away, or put some with series there.";

    private async Task WritingAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (ObjectStoreException e) when (e.Error is ObjectStoreError.AccessDenied or ObjectStoreError.BucketNotFound)
        {
            throw new WorkFailedException(
                $"The reports of {dataset.Name} can't be written to {dataset.Reports}: {e.Message}",
                $"Give this user the right to write there, or name another place as Datasets:{dataset.Name}:Reports; then start the analysis anew.", e);
        }
    }

    private async Task RefuseTooMuchAsync(IReadOnlyList<InputObject> inputs, KeptColumns? kept)
    {
        var unknown = kept?.Missing ?? inputs;
        var bytes = unknown.Sum(one => one.Length);
        await MemoryEstimate.EnsureFitsAsync(unknown, kept?.Samples ?? 0, Options.Read, limits.Memory, Cores, read => context.Report("measuring", read, bytes, "bytes", 0, Listed), cancellationToken);
    }

    private static StepOutcome.Next Next(AnalysisCheckpoint checkpoint) => new(JsonSerializer.SerializeToElement(checkpoint, AnalysisJson.Default.AnalysisCheckpoint));

    private static StepOutcome.Done Done(Report report, bool reused, InputTotals inputs) =>
        new(JsonSerializer.SerializeToElement(new AnalysisOutcome(ReportBrief.Of(report), reused, inputs), AnalysisJson.Default.AnalysisOutcome));
}
