using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Refresh;

/// <summary>Refreshes as work: see <see cref="RefreshSteps"/> for what is done.</summary>
public sealed class RefreshWork(
    DatasetCatalog datasets, RefreshPlaces places, RefreshService refreshes, News news, DirtyMarkers markers, DeadLetters letters, IngestService ingests, JobService jobs, AnalysisService analyses,
    WorkStore works, AnalysisLimits limits, TimeProvider time) : IWorkKind
{
    internal const string KindName = "refresh";

    /// <inheritdoc/>
    public string Name => KindName;

    /// <summary>Several: what takes long is other work, which has limits of its own.</summary>
    public int Concurrency => 8;

    /// <inheritdoc/>
    public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken)
    {
        var record = context.Record;
        if (datasets.Find(record.Dataset) is not { } dataset)
            throw new WorkFailedException($"There is no dataset '{record.Dataset}' any more.", "Add it to the settings again.");
        return new RefreshSteps(places, refreshes, news, markers, ingests, jobs, analyses, works, context, dataset, cancellationToken).NextAsync();
    }

    /// <summary>Deletes old records; and, now and then, old dead letters and the markers of datasets that nobody knows any more.</summary>
    public async Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - limits.KeepFor;
        var ended = (await works.ListAsync(cancellationToken)).Select(work => work.Record).Where(record => record is { Kind: KindName, IsOpen: false });
        foreach (var of in ended.GroupBy(record => record.Dataset, StringComparer.OrdinalIgnoreCase))
        {
            var newest = of.OrderByDescending(record => record.Id, StringComparer.Ordinal).ToList();
            foreach (var record in newest.Where((record, i) => i >= limits.Keep || record.Finished < before)) await works.DeleteAsync(record.Id, cancellationToken);
        }

        if (only is not null) return;
        await letters.SweepAsync(before, cancellationToken);
        foreach (var of in await markers.ListAsync(cancellationToken))
            if (datasets.Find(of.Key) is null)
                await markers.DeleteAsync([.. of.Where(entry => entry.LastModified < before).Select(entry => entry.Key)], cancellationToken);
    }
}
