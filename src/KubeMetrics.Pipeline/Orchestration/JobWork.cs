using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>Jobs as work: see <see cref="JobSteps"/> for what is done.</summary>
/// <param name="places">Where jobs keep what they need.</param>
/// <param name="works">All work.</param>
/// <param name="options">The cluster.</param>
/// <param name="limits">What a summary in process may take of the machine.</param>
/// <param name="time">The clock.</param>
/// <param name="cluster">The cluster that runs jobs; null where there is none.</param>
/// <param name="engine">What answers queries in process; null where nothing does.</param>
public sealed class JobWork(JobPlaces places, WorkStore works, SparkOptions options, AnalysisLimits limits, TimeProvider time, ISparkCluster? cluster = null, ISeriesEngine? engine = null) : IWorkKind
{
    internal const string KindName = "job";

    /// <inheritdoc/>
    public string Name => KindName;

    /// <summary>Several: a step of one is a question to the cluster.</summary>
    public int Concurrency => 4;

    /// <inheritdoc/>
    public Task<StepOutcome> StepAsync(WorkContext context, CancellationToken cancellationToken) => context.Record.JobInput().Engine == JobEngine.InProcess
        ? new InProcessSteps(places, engine, limits.Memory, options, time, context, cancellationToken).NextAsync()
        : new JobSteps(places, cluster ?? throw NoCluster(), works, options, time, context, cancellationToken).NextAsync();

    /// <summary>Ends the drivers of jobs that were cancelled, deletes old records and what belongs to none.</summary>
    public async Task TidyAsync(IReadOnlySet<string>? only, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var records = (await works.ListAsync(cancellationToken)).Select(work => work.Record).Where(record => record.IsJob()).OrderByDescending(record => record.Id, StringComparer.Ordinal).ToList();
        IOException? failure = null;
        var ended = 0;
        foreach (var record in records.Where(record => !record.IsOpen).ToList())
        {
            var isOld = ended++ >= options.Keep || record.Finished < now - options.KeepFor;
            try
            {
                if (record.State == WorkState.Cancelled && cluster is not null && record.Finished >= now - Claims.LeftBehind) await JobSteps.GiveUpAsync(record, places, cluster, cancellationToken);
                if (!isOld) continue;
                await places.DeleteAsync(record.Id, cancellationToken);
                await works.DeleteAsync(record.Id, cancellationToken);
                records.Remove(record);
            }
            catch (IOException e)
            {
                failure ??= e;
            }
        }

        if (only is null) await places.SweepAsync(now - Claims.LeftBehind, records.Select(record => record.Id).ToHashSet(StringComparer.Ordinal), cancellationToken);
        if (failure is not null) throw failure;
    }

    internal static WorkFailedException NoCluster() => new("No cluster is set that could run it.", "Set Spark:Cluster, then submit it again; or have it done in process (\"engine\": \"in-process\").");
}
