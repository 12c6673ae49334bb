using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>
/// A refresh in steps: make sure that nobody else does it; copy the dataset's source; list the markers, so that all they stand
/// for is there when the dataset is read; do its job, unless what that made last was of the same; analyse it; delete those markers, and no others. What takes long is other work, which
/// it waits for without holding anything.
/// </summary>
internal sealed class RefreshSteps(
    RefreshPlaces places, RefreshService refreshes, News news, DirtyMarkers markers, IngestService ingests, JobService jobs, AnalysisService analyses, WorkStore works,
    WorkContext context, Dataset dataset, CancellationToken cancellationToken)
{
    // Markers are small, but the record that names them is written often. Those beyond are found to bring nothing new.
    private const int MarkersNamed = 1000;

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(5);
    private readonly RefreshCheckpoint? _checkpoint = context.Record.RefreshCheckpoint();

    private string KeyOf(string part) => $"refresh-{context.Record.Id}-{part}";

    internal Task<StepOutcome> NextAsync() => _checkpoint?.Stage switch
    {
        null => BeginAsync(),
        RefreshStage.Ingesting => AfterIngestAsync(),
        RefreshStage.Listed when dataset.Job is { } job && _checkpoint.Job is null => WorkAsync(job),
        RefreshStage.Listed => AnalyseAsync(),
        RefreshStage.Working => AfterJobAsync(),
        _ => AfterAnalysisAsync(),
    };

    private async Task<StepOutcome> BeginAsync()
    {
        if (await places.Owners.OwnerOtherThanAsync(dataset.Name, context.Record.Id, works, cancellationToken) is { } other) return new StepOutcome.Replaced(other);
        if (dataset.Source is null) return await ListAsync(null);
        try
        {
            var ingest = await ingests.StartAsync(new IngestRequest { Dataset = dataset.Name }, KeyOf("ingest"), cancellationToken);
            return WaitFor(ingest.Id, new RefreshCheckpoint(RefreshStage.Ingesting, Ingest: ingest.Id));
        }
        catch (RefusedException e)
        {
            return AskLater(e);
        }
    }

    private async Task<StepOutcome> AfterIngestAsync()
    {
        var ingest = await works.FindAsync(_checkpoint!.Ingest!, cancellationToken);
        return ingest?.Record switch
        {
            { IsOpen: true } open => WaitFor(open.Id, _checkpoint),
            { State: WorkState.Replaced, ReplacedBy: { } other } => WaitFor(other, _checkpoint with { Ingest = other }),
            // What is in the dataset's place is worth a report, whatever became of the copying: that is told at the end.
            _ => await ListAsync(_checkpoint.Ingest),
        };
    }

    private async Task<StepOutcome> ListAsync(string? ingest)
    {
        var keys = await markers.KeysAsync(dataset.Name, MarkersNamed, cancellationToken);
        if (keys.Count > 0) await markers.AnnounceAsync(dataset.Name, cancellationToken);
        return Next(new RefreshCheckpoint(RefreshStage.Listed, ingest, Markers: keys));
    }

    private async Task<StepOutcome> WorkAsync(Job job)
    {
        try
        {
            if (await news.IsMadeAsync(dataset, cancellationToken)) return await AnalyseAsync();
            var work = await jobs.StartAsync(job, KeyOf("job"), cancellationToken, anyFolder: true, dataset.Name);
            return WaitFor(work.Id, _checkpoint! with { Stage = RefreshStage.Working, Job = work.Id });
        }
        catch (RefusedException e) when (e.Reason == Refusal.Nothing)
        {
            return await EndAsync(null);
        }
        catch (RefusedException e)
        {
            return AskLater(e);
        }
    }

    private async Task<StepOutcome> AfterJobAsync() => (await works.FindAsync(_checkpoint!.Job!, cancellationToken))?.Record switch
    {
        { IsOpen: true } open => WaitFor(open.Id, _checkpoint),
        { State: WorkState.Succeeded } => Next(_checkpoint with { Stage = RefreshStage.Listed }),
        { State: WorkState.Failed, Problem: { } problem } => throw await FailedAsync($"Its job {_checkpoint.Job} failed: {problem.Detail}", problem.Remedy),
        { State: WorkState.Cancelled } => throw await FailedAsync($"Its job {_checkpoint.Job} was cancelled.", "Refresh the dataset when it is wanted; something new that arrives does so by itself."),
        _ => throw await FailedAsync($"The record of its job {_checkpoint.Job} is gone.", "Refresh the dataset again."),
    };

    private async Task<StepOutcome> AnalyseAsync()
    {
        try
        {
            var run = await analyses.StartAsync(new AnalysisRequest { Dataset = dataset.Name }, KeyOf("analysis"), cancellationToken);
            return WaitFor(run.Id, _checkpoint! with { Stage = RefreshStage.Analysing, Analysis = run.Id });
        }
        catch (RefusedException e) when (e.Reason == Refusal.Nothing)
        {
            return await EndAsync(null);
        }
        catch (RefusedException e)
        {
            return AskLater(e);
        }
    }

    private async Task<StepOutcome> AfterAnalysisAsync()
    {
        var run = await works.FindAsync(_checkpoint!.Analysis!, cancellationToken);
        switch (run?.Record)
        {
            case { IsOpen: true } open:
                return WaitFor(open.Id, _checkpoint);
            case { State: WorkState.Replaced, ReplacedBy: { } other }:
                return WaitFor(other, _checkpoint with { Analysis = other });
            case { State: WorkState.Succeeded } done:
                return await EndAsync(done);
            case { State: WorkState.Failed, Problem: { } problem }:
                throw await FailedAsync(problem.Detail, problem.Remedy);
            case { State: WorkState.Cancelled } cancelled:
                throw await FailedAsync($"Its run {cancelled.Id} was cancelled.", "Refresh the dataset when it is wanted; something new that arrives does so by itself.");
            default:
                throw await FailedAsync($"The record of its run {_checkpoint.Analysis} is gone.", "Refresh the dataset again.");
        }
    }

    private async Task<StepOutcome> EndAsync(WorkRecord? run)
    {
        await markers.DeleteAsync(_checkpoint!.Markers ?? [], cancellationToken);
        await places.RememberAsync(dataset.Name, memory => memory with { FailedRunId = null, Failures = 0, NotBefore = null }, cancellationToken);
        if (_checkpoint.Ingest is { } id && await works.FindAsync(id, cancellationToken) is { Record: { State: not WorkState.Succeeded } ingest })
        {
            throw new WorkFailedException(
                $"What is there was analysed, but the copying from {dataset.Source} {(ingest.State == WorkState.Cancelled ? "was cancelled" : $"failed: {ingest.Problem?.Detail}")}",
                ingest.Problem?.Remedy ?? "Refresh the dataset again to copy the rest.");
        }

        var outcome = run?.AnalysisOutcome();
        return new StepOutcome.Done(JsonSerializer.SerializeToElement(
            new RefreshOutcome(_checkpoint.Ingest, run?.Id, outcome?.Report.RunId, outcome is not null && (outcome.Reused || run!.Created < context.Record.Created), _checkpoint.Job), RefreshJson.Default.RefreshOutcome));
    }

    /// <summary>The markers stay: the dataset is looked at again, but not at once and not for ever.</summary>
    private async Task<WorkFailedException> FailedAsync(string detail, string remedy)
    {
        try
        {
            await refreshes.RememberFailureAsync(dataset, null, cancellationToken);
        }
        catch (ObjectStoreException e) when (e.Error is not ObjectStoreError.Unavailable)
        {
            // the dataset's place can't be listed, which is what it failed by
        }

        return new WorkFailedException(detail, remedy);
    }

    private static StepOutcome.Later WaitFor(string work, RefreshCheckpoint checkpoint) => new(Json(checkpoint), For: work);

    private static StepOutcome.Later AskLater(RefusedException refused) =>
        refused.Reason is Refusal.WrongState or Refusal.QueueFull ? new StepOutcome.Later(null, After: AskAgain, Why: new WorkProblem(refused.Message, refused.Remedy)) : throw new WorkFailedException(refused.Message, refused.Remedy, refused);

    private static StepOutcome.Next Next(RefreshCheckpoint checkpoint) => new(Json(checkpoint));

    private static JsonElement Json(RefreshCheckpoint checkpoint) => JsonSerializer.SerializeToElement(checkpoint, RefreshJson.Default.RefreshCheckpoint);
}
