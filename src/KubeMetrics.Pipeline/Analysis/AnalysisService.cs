using System.Collections.Concurrent;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// Analyses as work: asked for here, done by an executor, here or elsewhere. A run is known by its inputs and options, so that
/// the same work is not done twice, whoever asks how often.
/// </summary>
public sealed class AnalysisService(DatasetCatalog datasets, AnalysisPlaces places, WorkStore works, WorkFeed feed, AnalysisLimits limits, TimeProvider time, JobSummaries? summaries = null)
{
    private readonly RepeatedRequests _requests = new(places.Keys, works, time);
    private readonly WorkOf _runs = new(works, feed, time, record => record.IsAnalysis(), "run", "runs");

    // Between taking a run (or a key) and its work being in the store, who comes second would take it for abandoned. Other
    // processes may all the same: then one of the two works is replaced by the other.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _starting = new(StringComparer.Ordinal);

    /// <summary>Asks for an analysis. When this returns, it is in the store.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="key">The same key with the same request means the same analysis; null where the caller gave none.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>The work: new, or that which does or did the same.</returns>
    /// <exception cref="RefusedException">It can't be asked for.</exception>
    /// <exception cref="ObjectStoreException">A store does not do what it has to.</exception>
    public async Task<WorkRecord> StartAsync(AnalysisRequest request, string? key, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(request.Dataset);
        var options = request.Over(dataset);
        var asked = JsonSerializer.Serialize(request, AnalysisJson.Default.AnalysisRequest);
        var one = _starting.GetOrAdd(dataset.Name, _ => new SemaphoreSlim(1));
        await one.WaitAsync(cancellationToken);
        try
        {
            return await _requests.OnceAsync(key, asked, () => PlanAsync(dataset, options, request.Force, cancellationToken), cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Runs, newest first.</summary>
    /// <param name="dataset">Only this dataset's; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async Task<IReadOnlyList<WorkRecord>> ListAsync(string? dataset, int limit, CancellationToken cancellationToken)
    {
        var name = dataset is null ? null : datasets.Get(dataset).Name;
        return await _runs.ListAsync(limit, cancellationToken, record => name is null || string.Equals(record.Dataset, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>One run, as it is this moment.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Task<WorkRecord> GetAsync(string id, CancellationToken cancellationToken) => _runs.GetAsync(id, cancellationToken);

    /// <summary>Asks for a run to be given up: one that waits is cancelled at once, one that is under way soon.</summary>
    /// <exception cref="RefusedException">There is none, or it has ended.</exception>
    public async Task<WorkRecord> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var cancelled = await _runs.CancelAsync(id, cancellationToken);
        // What the cluster does for it ends with it.
        if (summaries is not null) await summaries.CancelAsync(cancelled.AnalysisCheckpoint()?.Job, cancellationToken);
        return cancelled;
    }

    /// <summary>Finds the work that does or did the same; where there is none makes a new record, and takes the run for it.</summary>
    private async Task<(WorkRecord Record, bool IsNew)> PlanAsync(Dataset dataset, RunOptions options, bool force, CancellationToken cancellationToken)
    {
        var asOf = time.GetUtcNow();
        var inputs = await places.InputsAsync(dataset, cancellationToken);
        if (inputs.Count == 0)
            throw new RefusedException(Refusal.Nothing, dataset.Nothing.Detail, dataset.Nothing.Remedy);
        var runId = Analyzer.RunIdOf(inputs, options.ToAnalysis(dataset));
        var own = options.IsSameAs(RunOptions.Of(dataset));
        var runs = places.Runs(dataset.Name);
        var reports = places.Reports(dataset);
        while (true)
        {
            var claim = await runs.FindAsync(runId, cancellationToken);
            var owner = claim?.Is is { } maker ? await works.FindAsync(maker.Work, cancellationToken) : null;
            if (owner?.Record.IsOpen == true) return (owner.Record, false);
            // What was asked for with the dataset's own options shows its state of now, whenever it was made.
            if (!force && owner?.Record.State == WorkState.Succeeded && await reports.IsThereAsync(runId, cancellationToken) &&
                (!own || await reports.PointAgainAsync(runId, asOf, cancellationToken))) return (owner.Record, false);
            var report = force ? null : await reports.FindAsync(runId, cancellationToken);

            var now = time.GetUtcNow();
            var totals = InputTotals.Of(inputs);
            var record = new WorkRecord
            {
                Id = WorkId.New(now),
                Kind = AnalysisWork.KindName,
                Dataset = dataset.Name,
                Created = now,
                Input = JsonSerializer.SerializeToElement(new AnalysisInput(options, own, force, runId, totals), AnalysisJson.Default.AnalysisInput),
            };
            if (report is null) await RefuseIfFullAsync(cancellationToken);
            if (!await runs.TryTakeAsync(runId, RunOwner.Now(record.Id), claim?.ETag, cancellationToken)) continue;
            if (report is null) return (record, true);

            // Somebody else made the report (the command, or a run whose record is gone): it is there, and stands in the list.
            if (own) await reports.PointAsync(report, asOf, cancellationToken);
            var outcome = new AnalysisOutcome(ReportBrief.Of(report), Reused: true, totals);
            return (record with { State = WorkState.Succeeded, Started = now, Finished = now, Result = JsonSerializer.SerializeToElement(outcome, AnalysisJson.Default.AnalysisOutcome) }, true);
        }
    }

    private async Task RefuseIfFullAsync(CancellationToken cancellationToken)
    {
        var open = (await works.ListAsync(cancellationToken)).Count(work => work.Record is { IsOpen: true, Kind: AnalysisWork.KindName });
        if (open >= limits.Queue)
            throw new RefusedException(Refusal.QueueFull, $"{open} analyses wait or run already; {limits.Queue} are the most.", "Ask again when some are done, cancel some, or raise Analysis:Queue.");
    }
}
