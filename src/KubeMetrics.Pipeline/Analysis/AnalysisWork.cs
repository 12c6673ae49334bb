using System.Text.Json;
using KubeMetrics.Charts;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Telemetry;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Prometheus;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// An analysis in steps: list the inputs and make sure that nobody else does this run; read and compute; write the report;
/// point <c>latest.json</c> at it; delete what is no longer kept. Each can be done again from its start.
/// </summary>
public sealed class AnalysisWork(
    DatasetCatalog datasets, AnalysisPlaces places, WorkStore works, AnalysisLimits limits, IPngRenderer? png, TimeProvider time) : IWorkKind
{
    internal const string KindName = "analysis";

    // How far the whole is when each step ends, by how long they usually take.
    private const double Listed = 0.02, Read = 0.45, Summarised = 0.65, Drawn = 0.97;

    private static readonly int Cores = Environment.ProcessorCount;
    private readonly DatasetCatalog _datasets = datasets;
    private readonly AnalysisPlaces _places = places;
    private readonly WorkStore _works = works;
    private readonly AnalysisLimits _limits = limits;
    private readonly IPngRenderer? _png = png;
    private readonly TimeProvider _time = time;
    private readonly Retention _retention = new(places, works, limits, time);

    /// <inheritdoc/>
    public string Name => KindName;

    /// <inheritdoc/>
    public int Concurrency => _limits.Concurrency;

    /// <inheritdoc/>
    public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken)
    {
        var record = context.Record;
        if (_datasets.Find(record.Dataset) is not { } dataset)
            throw new WorkFailedException($"There is no dataset '{record.Dataset}' any more.", "Add it to the settings again, and start the analysis anew.");
        var checkpoint = record.AnalysisCheckpoint();
        var step = new Step(this, context, dataset, record.AnalysisInput(), checkpoint, cancellationToken);
        return checkpoint?.Stage switch
        {
            null => step.ListAsync(),
            AnalysisStage.Listed => step.AnalyseAsync(),
            AnalysisStage.Analysed => step.WriteAsync(),
            AnalysisStage.Written => step.PointAsync(),
            _ => step.SweepAsync(),
        };
    }

    /// <summary>What the steps leave each other in memory.</summary>
    private sealed record Carried(IReadOnlyList<InputObject>? Inputs = null, Report? Report = null);

    private sealed class Step(AnalysisWork work, WorkContext context, Dataset dataset, AnalysisInput input, AnalysisCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        private readonly AnalysisOptions _options = input.Options.ToAnalysis(dataset.Name);
        private readonly AnalysisPlaces _places = work._places;
        private readonly ReportFolder _reports = work._places.Reports(dataset);

        private string Id => context.Record.Id;

        private string RunId => checkpoint!.RunId;

        private Report? InMemory => (context.Carried as Carried)?.Report;

        internal async Task<StepOutcome> ListAsync()
        {
            context.Report("listing", 0, 0, "files", 0, Listed);
            var inputs = await _places.InputsAsync(dataset, cancellationToken);
            if (inputs.Count == 0) throw new WorkFailedException($"There are no dumps in {dataset.Location} any more.", "Put some there, and start the analysis anew.");
            var totals = InputTotals.Of(inputs);
            // More may have arrived since it was asked for: then it is another run, which somebody else may do already.
            var runId = Analyzer.RunIdOf(inputs, _options);
            if (await OwnerOtherThanThisAsync(runId) is { } other) return new StepOutcome.Replaced(other);
            if (!input.Force && await _reports.FindAsync(runId, cancellationToken) is { } there)
            {
                if (input.Own) await _reports.PointAsync(there, cancellationToken);
                return Done(there, reused: true, totals);
            }

            await RefuseTooMuchAsync(inputs);
            context.Carried = new Carried(Inputs: inputs);
            return Next(new AnalysisCheckpoint(AnalysisStage.Listed, runId, totals));
        }

        internal async Task<StepOutcome> AnalyseAsync()
        {
            var inputs = (context.Carried as Carried)?.Inputs ?? await _places.InputsAsync(dataset, cancellationToken);
            if (Analyzer.RunIdOf(inputs, _options) != RunId) return await ListAsync(); // something arrived while nobody had this work
            AnalysisResult result;
            try
            {
                result = await new Analyzer(work._time, Cores).AnalyzeAsync(inputs, _options, progress =>
                {
                    if (progress.Groups == 0) context.Report("reading", progress.BytesRead, checkpoint!.Inputs.Bytes, "bytes", Listed, Read);
                    else context.Report("summarising", progress.GroupsDone, progress.Groups, "groups", Read, Summarised);
                }, cancellationToken);
            }
            catch (NothingToAnalyzeException e)
            {
                ReadAgain(e.Files);
                throw new WorkFailedException(e.Message, Remedy(e.Files), e);
            }

            ReadAgain(result.Files);
            Instruments.Samples.Add(result.Report.Totals.Samples, new KeyValuePair<string, object?>("dataset", dataset.Name));
            Instruments.BytesRead.Add(checkpoint!.Inputs.Bytes, new KeyValuePair<string, object?>("dataset", dataset.Name));
            await _places.PutDocumentAsync(dataset.Name, Id, result.Report, cancellationToken);
            context.Carried = new Carried(Report: result.Report);
            return Next(checkpoint with { Stage = AnalysisStage.Analysed });
        }

        /// <summary>An input that could not be opened or read to its end may be readable soon: one more try before the report is made without it.</summary>
        private void ReadAgain(IReadOnlyList<FileReport> files)
        {
            if (context.Record.Retries == 0 && files.SelectMany(file => file.Problems).FirstOrDefault(one => one.Kind == ProblemKind.Unreadable) is { } problem)
                throw new IOException(problem.Message);
        }

        internal async Task<StepOutcome> WriteAsync()
        {
            var report = InMemory ?? await _places.FindDocumentAsync(dataset.Name, Id, cancellationToken);
            if (report is null) return Next(checkpoint! with { Stage = AnalysisStage.Listed }); // somebody deleted it: compute again
            context.Report("drawing", 0, 0, "files", Summarised, Drawn);
            await context.EnsureHeldAsync(cancellationToken);
            var written = await _reports.WriteAsync(report, work._png, (done, files) => context.Report("drawing", done, files, "files", Summarised, Drawn), cancellationToken);
            context.Carried = new Carried(Report: written);
            return Next(checkpoint! with { Stage = AnalysisStage.Written });
        }

        internal async Task<StepOutcome> PointAsync()
        {
            context.Report("publishing", 0, 0, "files", Drawn, 1);
            var report = await WrittenAsync();
            // What is analysed with other options than the dataset's own is no news of the dataset.
            if (input.Own) await _reports.PointAsync(report, cancellationToken);
            context.Carried = new Carried(Report: report);
            return Next(checkpoint! with { Stage = AnalysisStage.Pointed });
        }

        internal async Task<StepOutcome> SweepAsync()
        {
            var report = await WrittenAsync();
            try
            {
                await work._retention.SweepAsync(dataset, cancellationToken);
                await _places.DeleteDocumentAsync(dataset.Name, Id, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The report is there, and what could not be deleted is no failure of this run: the next one tries again.
                System.Diagnostics.Activity.Current?.AddException(e);
            }

            context.Carried = null;
            // The samples are gone by now; the memory they took goes back to the machine.
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            return Done(report, reused: false, checkpoint!.Inputs);
        }

        private async Task<Report> WrittenAsync() =>
            InMemory ?? await _reports.FindAsync(RunId, cancellationToken) ??
            throw new WorkFailedException($"The report {RunId} was deleted while it was published.", "Start the analysis anew.");

        /// <summary>
        /// Makes sure that this work is the one that does a run: takes it where it is free; else names who has it. Its own it
        /// takes again: whoever found it without its work, just before that was added, must not take it over any more.
        /// </summary>
        private async Task<string?> OwnerOtherThanThisAsync(string runId)
        {
            var runs = _places.Runs(dataset);
            while (true)
            {
                var claim = await runs.FindAsync(runId, cancellationToken);
                if (claim is { } other && other.Claim.Work != Id && await work._works.FindAsync(other.Claim.Work, cancellationToken) is { Record.IsOpen: true } open) return open.Record.Id;
                if (await runs.TryTakeAsync(runId, new RunOwner(Id), claim?.ETag, cancellationToken)) return null;
            }
        }

        private async Task RefuseTooMuchAsync(IReadOnlyList<InputObject> inputs)
        {
            var limit = work._limits.Memory;
            if (MemoryEstimate.Bound(inputs) <= limit) return;
            var bytes = inputs.Sum(one => one.Length);
            var samples = await MemoryEstimate.CountAsync(inputs, _options, Cores, read => context.Report("measuring", read, bytes, "bytes", 0, Listed), cancellationToken);
            var need = MemoryEstimate.Of(samples);
            if (need <= limit) return;
            var unit = new Unit(Dimension.Bytes);
            throw new WorkFailedException(
                $"It would need about {HumanNumber.Format(need, unit)} of memory for {HumanNumber.Count(samples)} samples, and an analysis may take {HumanNumber.Format(limit, unit)} of this host's.",
                "Take fewer samples (where, from, to), raise Analysis:Memory if the machine has more, or give the dataset an engine that runs on a cluster.");
        }

        // Of dumps that hold no series no condition is to blame.
        private static string Remedy(IReadOnlyList<FileReport> files) => files.Any(file => file.SeriesKept + file.SeriesLeftOut > 0)
            ? "See in the dataset's data which labels there are, then correct the conditions (where) or the label to group by (groupBy)."
            : "See to the dumps: mend those that can't be read or take them away, or put some with series there.";

        private static StepOutcome.Next Next(AnalysisCheckpoint checkpoint) => new(JsonSerializer.SerializeToElement(checkpoint, AnalysisJson.Default.AnalysisCheckpoint));

        private static StepOutcome.Done Done(Report report, bool reused, InputTotals inputs) =>
            new(JsonSerializer.SerializeToElement(new AnalysisOutcome(ReportBrief.Of(report), reused, inputs), AnalysisJson.Default.AnalysisOutcome));
    }
}
