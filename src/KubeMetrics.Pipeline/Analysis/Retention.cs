using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// Deletes what is no longer kept: a dataset's oldest reports, records of ended runs, claims. The newest report always
/// stays, and nothing that is under way is touched.
/// </summary>
internal sealed class Retention(AnalysisPlaces places, WorkStore works, AnalysisLimits limits, TimeProvider time)
{
    // What has no page after so long was left behind by a process that was killed.
    private static readonly TimeSpan HalfWritten = TimeSpan.FromHours(1);

    // Documents on their way from one step to the next.
    private static readonly TimeSpan LeftOver = TimeSpan.FromDays(1);

    internal async Task SweepAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        var runs = (await works.ListAsync(cancellationToken)).Select(work => work.Record)
            .Where(record => record.IsAnalysis() && record.Dataset == dataset.Name).ToList();
        await SweepReportsAsync(dataset, [.. runs.Where(run => run.IsOpen).Select(run => run.AnalysisCheckpoint()?.RunId ?? run.AnalysisInput().RunId)], cancellationToken);

        var now = time.GetUtcNow();
        var ended = runs.Where(run => !run.IsOpen).OrderByDescending(run => run.Id, StringComparer.Ordinal).ToList();
        for (var i = 0; i < ended.Count; i++)
            if (i >= limits.Keep || ended[i].Finished < now - limits.KeepFor)
                await works.DeleteAsync(ended[i].Id, cancellationToken);

        await places.Runs(dataset).SweepAsync(now - limits.KeepFor, cancellationToken);
        await places.Keys.SweepAsync(now - limits.KeepFor, cancellationToken);
        await places.SweepDocumentsAsync(dataset, now - LeftOver, cancellationToken);
    }

    private async Task SweepReportsAsync(Dataset dataset, HashSet<string> underWay, CancellationToken cancellationToken)
    {
        var (store, prefix) = places.ReportPlace(dataset);
        var reports = new ReportFolder(store, prefix);
        var latest = await reports.LatestAsync(cancellationToken);
        var now = time.GetUtcNow();
        var whole = new List<(string RunId, DateTimeOffset Made)>();
        foreach (var runId in await reports.RunsAsync(cancellationToken))
        {
            if (runId == latest?.RunId || underWay.Contains(runId)) continue;
            if (await store.HeadAsync(reports.KeyOf(runId, ReportFiles.Page), cancellationToken) is { } page) whole.Add((runId, page.LastModified));
            else if (await NewestAsync(store, reports.KeyOf(runId, ""), cancellationToken) < now - HalfWritten) await reports.DeleteAsync(runId, cancellationToken);
        }

        // The newest counts among those that are kept.
        var kept = latest is null ? 0 : 1;
        foreach (var (runId, made) in whole.OrderByDescending(one => one.Made))
            if (kept++ >= dataset.Keep || made < now - dataset.KeepFor)
                await reports.DeleteAsync(runId, cancellationToken);
    }

    private static async Task<DateTimeOffset> NewestAsync(IObjectStore store, string folder, CancellationToken cancellationToken)
    {
        var newest = DateTimeOffset.MinValue;
        await foreach (var entry in store.ListAsync(folder, cancellationToken))
            if (entry.LastModified > newest)
                newest = entry.LastModified;
        return newest;
    }
}
