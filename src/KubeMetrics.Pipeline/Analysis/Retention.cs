using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>
/// Deletes what is no longer kept: a dataset's oldest reports, records of ended runs, claims, what killed processes left
/// behind. The report that <c>latest.json</c> points at always stays, and nothing that is under way is touched.
/// </summary>
internal sealed class Retention(DatasetCatalog datasets, AnalysisPlaces places, WorkStore works, AnalysisLimits limits, TimeProvider time)
{
    /// <summary>Sweeps some datasets, or all and what belongs to none.</summary>
    /// <exception cref="IOException">Of some dataset it could not: of all others it did.</exception>
    internal async Task SweepAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var runs = (await works.ListAsync(cancellationToken)).Select(work => work.Record)
            .Where(record => record.Kind == AnalysisWork.KindName).ToLookup(record => record.Dataset, StringComparer.OrdinalIgnoreCase);
        IOException? failure = null;
        foreach (var name in datasets.All.Select(dataset => dataset.Name).Union(runs.Select(of => of.Key), StringComparer.OrdinalIgnoreCase))
        {
            if (only?.Contains(name) == false) continue;
            try
            {
                await SweepAsync(name, [.. runs[name].OrderByDescending(run => run.Id, StringComparer.Ordinal)], now, cancellationToken);
            }
            catch (IOException e)
            {
                failure ??= e;
            }
        }

        if (only is null)
        {
            await places.Keys.SweepAsync(now - limits.KeepFor, keep: new HashSet<string>(), cancellationToken);
            await places.SweepColumnsAsync((dataset, pack) => limits.Columns == 0 || (datasets.Find(dataset) is null && pack.LastModified < now - limits.KeepFor), cancellationToken);
            await works.SweepAsideAsync(now - limits.KeepFor, cancellationToken);
        }

        if (failure is not null) throw failure;
    }

    private async Task SweepAsync(string name, List<WorkRecord> runs, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = 0;
        foreach (var run in runs.Where(run => !run.IsOpen).ToList())
        {
            if (ended++ < limits.Keep && run.Finished >= now - limits.KeepFor) continue;
            await works.DeleteAsync(run.Id, cancellationToken);
            runs.Remove(run);
        }

        runs.RemoveAll(run => !run.IsAnalysis());
        // Whoever has a claim has a record, but for the moment between the two.
        await places.Runs(name).SweepAsync(now - Claims.LeftBehind, runs.SelectMany(RunIds).ToHashSet(), cancellationToken);
        await places.SweepDocumentsAsync(name, now - Claims.LeftBehind, runs.Where(run => run.IsOpen).Select(run => run.Id).ToHashSet(), cancellationToken);
        if (datasets.Find(name) is not { } dataset) return;
        var reports = await SweepReportsAsync(dataset, runs.Where(run => run.IsOpen).SelectMany(RunIds).ToHashSet(), now, cancellationToken);
        foreach (var run in runs) await TellAsync(run, reports, cancellationToken);
    }

    private static IEnumerable<string> RunIds(WorkRecord run) =>
        ((string?[])[run.AnalysisInput().RunId, run.AnalysisCheckpoint()?.RunId, run.AnalysisOutcome()?.Report.RunId]).OfType<string>();

    /// <returns>The reports that are there whole afterwards.</returns>
    private async Task<HashSet<string>> SweepReportsAsync(Dataset dataset, HashSet<string> underWay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (store, _) = places.ReportPlace(dataset);
        var reports = places.Reports(dataset);
        var latest = (await reports.LatestAsync(cancellationToken))?.RunId;
        var whole = new List<(string RunId, DateTimeOffset Made)>();
        foreach (var runId in await reports.RunsAsync(cancellationToken))
        {
            if (await store.HeadAsync(reports.KeyOf(runId, ReportFiles.Page), cancellationToken) is { } page) whole.Add((runId, page.LastModified));
            else if (!underWay.Contains(runId) && await NewestAsync(store, reports.KeyOf(runId, ""), cancellationToken) < now - Claims.LeftBehind) await reports.DeleteAsync(runId, cancellationToken);
        }

        var kept = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (runId, made) in whole.OrderByDescending(one => one.RunId == latest).ThenByDescending(one => one.Made))
        {
            if (runId == latest || underWay.Contains(runId) || (kept.Count < dataset.Keep && made >= now - dataset.KeepFor)) kept.Add(runId);
            else await reports.DeleteAsync(runId, cancellationToken);
        }

        return kept;
    }

    /// <summary>A run's record tells whether its report is still there, whoever deleted it.</summary>
    private async Task TellAsync(WorkRecord run, HashSet<string> reports, CancellationToken cancellationToken)
    {
        if (run.AnalysisOutcome() is not { } outcome || outcome.ReportDeleted != reports.Contains(outcome.Report.RunId)) return;
        var result = JsonSerializer.SerializeToElement(outcome with { ReportDeleted = !outcome.ReportDeleted }, AnalysisJson.Default.AnalysisOutcome);
        await works.ChangeAsync(run.Id, record => record with { Result = result }, cancellationToken);
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
