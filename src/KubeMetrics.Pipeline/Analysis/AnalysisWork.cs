using KubeMetrics.Charts;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Logging;

namespace KubeMetrics.Pipeline.Analysis;

/// <summary>Analyses as work: see <see cref="AnalysisSteps"/> for what is done, <see cref="Retention"/> for what is deleted afterwards.</summary>
public sealed class AnalysisWork(
    DatasetCatalog datasets, AnalysisPlaces places, WorkStore works, AnalysisLimits limits, IPngRenderer? png, TimeProvider time, ILogger<AnalysisWork>? log = null, JobSummaries? summaries = null) : IWorkKind
{
    internal const string KindName = "analysis";

    private readonly Retention _retention = new(datasets, places, works, limits, time);

    /// <inheritdoc/>
    public string Name => KindName;

    /// <inheritdoc/>
    public int Concurrency => limits.Concurrency;

    /// <inheritdoc/>
    public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken)
    {
        var record = context.Record;
        if (datasets.Find(record.Dataset) is not { } dataset)
            throw new WorkFailedException($"There is no dataset '{record.Dataset}' any more.", "Add it to the settings again, and start the analysis anew.");
        return new AnalysisSteps(places, works, limits, png, time, log, summaries, context, dataset, cancellationToken).NextAsync();
    }

    /// <inheritdoc/>
    public Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken) => _retention.SweepAsync(only, cancellationToken);
}
