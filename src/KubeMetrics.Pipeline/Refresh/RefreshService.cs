using System.Text.Json;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>
/// Refreshes as work: a dataset's source is copied, then it is analysed. Of one dataset one at a time, whichever process it
/// is that does it.
/// </summary>
public sealed class RefreshService(DatasetCatalog datasets, RefreshPlaces places, News news, JobService jobs, WorkStore works, WorkFeed feed, TimeProvider time)
{
    private readonly RepeatedRequests _requests = new(places.Keys, works, time);
    private readonly WorkOf _refreshes = new(works, feed, time, record => record.IsRefresh(), "refresh", "refreshes");

    // Between taking the dataset and the work being in the store, who comes second would take it for abandoned.
    private readonly SemaphoreSlim _starting = new(1);

    /// <summary>Asks for a refresh. When this returns, it is in the store.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="key">The same key with the same request means the same refresh; null where the caller gave none.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <returns>The work: new, or that which refreshes the dataset already.</returns>
    /// <exception cref="RefusedException">There is no such dataset.</exception>
    public async Task<WorkRecord> StartAsync(RefreshRequest request, string? key, CancellationToken cancellationToken)
    {
        var dataset = datasets.Get(request.Dataset);
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return await _requests.OnceAsync(key, "refresh " + JsonSerializer.Serialize(request, RefreshJson.Default.RefreshRequest), async () =>
            {
                while (true)
                {
                    var (open, claim) = await OwnerAsync(dataset, cancellationToken);
                    if (open is not null) return (open, false);
                    if (await TryTakeAsync(dataset, RefreshReason.Asked, claim, cancellationToken) is { } record) return (record, true);
                }
            }, cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Starts one by itself.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isStillWanted">Looks again, once it is known that nobody else refreshes: who did may have ended just before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The new work; null where somebody else refreshes the dataset, or it is not wanted any more.</returns>
    internal async Task<WorkRecord?> TryStartAsync(Dataset dataset, RefreshReason reason, Func<Task<bool>> isStillWanted, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            var (open, claim) = await OwnerAsync(dataset, cancellationToken);
            if (open is not null || !await isStillWanted()) return null;
            return await TryTakeAsync(dataset, reason, claim, cancellationToken) is { } record ? (await works.AddAsync(record, cancellationToken)).Record : null;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Refreshes, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public Task<IReadOnlyList<WorkRecord>> ListAsync(int limit, CancellationToken cancellationToken) => _refreshes.ListAsync(limit, cancellationToken);

    /// <summary>One refresh, as it is this moment.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Task<WorkRecord> GetAsync(string id, CancellationToken cancellationToken) => _refreshes.GetAsync(id, cancellationToken);

    /// <summary>Asks for a refresh to be given up, and with it what it waits for. It does not start by itself again until something else arrives, or an hour has passed.</summary>
    /// <exception cref="RefusedException">There is none, or it has ended.</exception>
    public async Task<WorkRecord> CancelAsync(string id, CancellationToken cancellationToken)
    {
        var refresh = await GetAsync(id, cancellationToken);
        var cancelled = await _refreshes.CancelAsync(id, cancellationToken);
        if (refresh.WaitsFor is { } child)
        {
            try
            {
                // What a cluster does for it ends with it: its job, and the one that its run waits for.
                if (child == refresh.RefreshCheckpoint()?.Job) await jobs.CancelWithAsync(child, cancellationToken);
                else if (await works.CancelAsync(child, "work", time.GetUtcNow(), cancellationToken) is { } work && work.IsAnalysis()) await jobs.CancelWithAsync(work.AnalysisCheckpoint()?.Job, cancellationToken);
            }
            catch (RefusedException)
            {
                // it has ended meanwhile
            }
        }

        if (datasets.Find(refresh.Dataset) is { } dataset) await RememberFailureAsync(dataset, Setbacks.Longest, cancellationToken);
        return cancelled;
    }

    /// <summary>Remembers that a dataset, as it is now, is not to be refreshed by itself for a while.</summary>
    internal async Task RememberFailureAsync(Dataset dataset, TimeSpan? pause, CancellationToken cancellationToken)
    {
        var runId = await news.NameAsync(dataset, cancellationToken);
        var now = time.GetUtcNow();
        await places.RememberAsync(dataset.Name, memory => memory with
        {
            FailedRunId = runId,
            Failures = memory.Failures + 1,
            NotBefore = now + (pause ?? Setbacks.After(memory.Failures)),
        }, cancellationToken);
    }

    private async Task<(WorkRecord? Open, Claim<RunOwner>? Claim)> OwnerAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var claim = await places.Owners.FindAsync(dataset.Name, cancellationToken);
        var owner = claim?.Is is { } maker ? await works.FindAsync(maker.Work, cancellationToken) : null;
        return (owner?.Record is { IsOpen: true } open ? open : null, claim);
    }

    private async Task<WorkRecord?> TryTakeAsync(Dataset dataset, RefreshReason reason, Claim<RunOwner>? claim, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var record = new WorkRecord
        {
            Id = WorkId.New(now),
            Kind = RefreshWork.KindName,
            Dataset = dataset.Name,
            Created = now,
            Input = JsonSerializer.SerializeToElement(new RefreshInput(reason), RefreshJson.Default.RefreshInput),
        };
        return await places.Owners.TryTakeAsync(dataset.Name, RunOwner.Now(record.Id), claim?.ETag, cancellationToken) ? record : null;
    }
}

/// <summary>How long a dataset that could not be refreshed is left alone, while nothing in it changes.</summary>
internal static class Setbacks
{
    internal static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(30);

    /// <summary>The pause after the next failure in a row; each is twice as long, up to an hour.</summary>
    internal static TimeSpan After(int failures)
    {
        var pause = Shortest * Math.Pow(2, Math.Min(failures, 16));
        return pause < Longest ? pause : Longest;
    }
}
