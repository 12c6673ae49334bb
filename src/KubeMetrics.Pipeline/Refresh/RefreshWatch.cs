using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>
/// Looks which datasets have to be refreshed, and starts that: for what notifications said arrived, for what the clock says,
/// and for what nobody said but a listing shows. Any number of processes may look at one state.
/// </summary>
public sealed partial class RefreshWatch(
    DatasetCatalog datasets, RefreshPlaces places, RefreshService refreshes, DirtyMarkers markers, News news, WorkStore works, RefreshOptions options,
    TimeProvider time, ILogger<RefreshWatch> log)
{
    // A place that can't be listed, or holds what could not be analysed, is not listed again at every look.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    private readonly MarkerWatch _watch = new(time);
    private readonly Dictionary<string, RefreshMemory> _memories = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, long> _pausedSince = new(StringComparer.OrdinalIgnoreCase);
    private bool _settling;

    /// <summary>Looks once. What is wrong with one dataset keeps no other from being looked at.</summary>
    /// <returns>The refreshes that were started.</returns>
    /// <exception cref="IOException">The state can't be looked through.</exception>
    public async Task<IReadOnlyList<WorkRecord>> LookAsync(CancellationToken cancellationToken)
    {
        _settling = false;
        var started = new List<WorkRecord>();
        var looked = datasets.All.Where(dataset => dataset.Watch || dataset.Schedule is not null).ToList();
        if (looked.Count == 0) return started;
        var dirty = await markers.ListAsync(cancellationToken);
        var all = (await works.ListAsync(cancellationToken)).Select(work => work.Record).ToList();
        var open = all.Where(record => record.IsOpen).ToList();
        // One that ended longer ago than datasets are compared anyway tells nothing more, and need not be read at each look.
        var recent = time.GetUtcNow() - options.Reconcile;
        var ingests = all.Where(record => (record.IsOpen || record.Finished >= recent) && record.IsIngest()).Select(record => new Filling(record)).ToList();
        foreach (var dataset in looked)
        {
            try
            {
                if (await LookAsync(dataset, [.. dirty[dataset.Name]], open, ingests, cancellationToken) is { } record) started.Add(record);
            }
            catch (IOException e)
            {
                LogNotLooked(dataset.Name, e.Message, Pause);
                _pausedSince[dataset.Name] = time.GetTimestamp();
            }
        }

        return started;
    }

    /// <summary>
    /// Looks, and goes on looking while something that arrived has not settled: for a host that looks seldom, and may be
    /// another process each time.
    /// </summary>
    /// <param name="budget">How long at most.</param>
    /// <param name="every">How often.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The refreshes that were started.</returns>
    /// <exception cref="IOException">The state can't be looked through.</exception>
    public async Task<IReadOnlyList<WorkRecord>> LookAsync(TimeSpan budget, TimeSpan every, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        List<WorkRecord> started = [.. await LookAsync(cancellationToken)];
        while (_settling && time.GetElapsedTime(begun) + every <= budget)
        {
            await Task.Delay(every, time, cancellationToken);
            started.AddRange(await LookAsync(cancellationToken));
        }

        return started;
    }

    private async Task<WorkRecord?> LookAsync(Dataset dataset, IReadOnlyList<ObjectEntry> dirty, List<WorkRecord> open, List<Filling> ingests, CancellationToken cancellationToken)
    {
        var name = dataset.Name;
        var (quiet, waited) = _watch.Look(name, dirty);
        var fills = ingests.Where(ingest => ingest.Into(dataset.Location)).ToList();
        if (_pausedSince.TryGetValue(name, out var since) && time.GetElapsedTime(since) < Pause) return null;
        if (!_memories.TryGetValue(name, out var memory)) memory = _memories[name] = await FirstAsync(dataset, cancellationToken);
        // Another process may have acted since: what was remembered here is looked up before it is acted on.
        if (IsScheduled(dataset, memory) || IsReconciling(dataset, memory, fills)) memory = _memories[name] = await places.RecallAsync(name, cancellationToken);
        var facts = new RefreshFacts(
            IsBusy: open.Any(record => record.Kind == RefreshWork.KindName && string.Equals(record.Dataset, name, StringComparison.OrdinalIgnoreCase)),
            IsFilling: fills.Any(ingest => ingest.Finished is null), IsScheduled(dataset, memory), dirty.Count > 0, quiet, waited, IsReconciling(dataset, memory, fills));
        switch (RefreshDecision.Of(facts, options))
        {
            case RefreshAction.Refresh:
                var now = time.GetUtcNow();
                var record = await refreshes.TryStartAsync(dataset, RefreshReason.Schedule,
                    async () => IsScheduled(dataset, await places.RecallAsync(name, cancellationToken)), cancellationToken);
                // After it is in the store: who is killed in between has it started once more, and finds nothing new.
                if (record is not null) _memories[name] = await places.RememberAsync(name, before => before with { ScheduledUpTo = now }, cancellationToken);
                return record;
            case RefreshAction.Compare:
                return await CompareAsync(dataset, dirty, facts, cancellationToken);
            default:
                // Not while another refresh or an ingest is waited for, which may take long: the next look sees what came meanwhile.
                _settling |= facts is { IsDirty: true, IsBusy: false, IsFilling: false };
                return null;
        }
    }

    private async Task<WorkRecord?> CompareAsync(Dataset dataset, IReadOnlyList<ObjectEntry> dirty, RefreshFacts facts, CancellationToken cancellationToken)
    {
        var (name, now) = (dataset.Name, time.GetUtcNow());
        if (dirty.Count > 0) await markers.AnnounceAsync(name, cancellationToken);
        var runId = await news.NameAsync(dataset, cancellationToken);
        WorkRecord? record = null;
        async Task<bool> IsNewsAsync() => !await news.IsToldAsync(dataset, runId, cancellationToken);
        if (runId is null || !await IsNewsAsync()) await markers.DeleteAsync([.. dirty.Select(entry => entry.Key)], cancellationToken);
        else
        {
            var memory = await places.RecallAsync(name, cancellationToken);
            if (memory.FailedRunId == runId && memory.NotBefore > time.GetUtcNow()) _pausedSince[name] = time.GetTimestamp();
            else record = await refreshes.TryStartAsync(dataset, facts.IsDirty ? RefreshReason.Arrival : RefreshReason.Reconciliation, IsNewsAsync, cancellationToken);
        }

        _watch.Forget(name);
        if (facts.IsReconciling) _memories[name] = await places.RememberAsync(name, before => before with { ReconciledAt = now }, cancellationToken);
        return record;
    }

    /// <summary>A schedule that is seen for the first time counts from now on.</summary>
    private Task<RefreshMemory> FirstAsync(Dataset dataset, CancellationToken cancellationToken) =>
        dataset.Schedule is null
            ? places.RecallAsync(dataset.Name, cancellationToken)
            : places.RememberAsync(dataset.Name, memory => memory with { ScheduledUpTo = memory.ScheduledUpTo ?? time.GetUtcNow() }, cancellationToken);

    private bool IsScheduled(Dataset dataset, RefreshMemory memory) =>
        dataset.Schedule is { } schedule && memory.ScheduledUpTo is { } upTo && schedule.After(upTo) <= time.GetUtcNow();

    /// <summary>It was last compared long ago, or an ingest into it has ended since: what that brought is looked for, whether or not the bucket notifies.</summary>
    private bool IsReconciling(Dataset dataset, RefreshMemory memory, List<Filling> fills)
    {
        // Times that are remembered may be another machine's, or of before this one's clock was set.
        var now = time.GetUtcNow();
        return dataset.Watch && (memory.ReconciledAt is not { } at || (now - at).Duration() >= options.Reconcile || fills.Any(ingest => ingest.Finished >= at && ingest.Finished <= now));
    }

    /// <summary>An ingest, as what it fills.</summary>
    private sealed class Filling(WorkRecord record)
    {
        private readonly StoreUri? _destination = record.IngestInput() is { DryRun: false } input ? StoreUri.Parse(input.Destination) : null;

        /// <summary>When it ended, whatever became of it; null where it has not.</summary>
        internal DateTimeOffset? Finished => record.IsOpen ? null : record.Finished;

        internal bool Into(StoreUri location) => _destination is { } destination && (location.Contains(destination) || destination.Contains(location));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether {Dataset} has news can't be seen: {Reason} Looking again in {Pause}.")]
    private partial void LogNotLooked(string dataset, string reason, TimeSpan pause);
}
