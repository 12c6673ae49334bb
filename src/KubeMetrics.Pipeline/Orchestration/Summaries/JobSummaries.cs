using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Orchestration.Summaries;

/// <summary>Summaries of datasets that a cluster makes, for analyses.</summary>
/// <param name="jobs">Asks for them.</param>
/// <param name="places">Where they are kept.</param>
public sealed class JobSummaries(JobService jobs, JobPlaces places)
{
    /// <summary>Asks for one; the same key gives the same job.</summary>
    /// <exception cref="RefusedException">It can't be asked for.</exception>
    internal Task<WorkRecord> AskAsync(Dataset dataset, RunOptions options, string key, CancellationToken cancellationToken)
    {
        var job = new Job
        {
            Kind = JobKind.Summary,
            Engine = JobEngine.Spark,
            Inputs = [new JobInput { Location = dataset.Dumps.ToString(), Form = JobForm.Json }],
            Summary = new JobSummary
            {
                Where = options.Where,
                GroupBy = options.GroupBy,
                From = options.From?.ToString("O"),
                To = options.To?.ToString("O"),
                Window = options.Window,
                Unit = options.Unit,
                Raw = options.Raw,
            },
            Resources = dataset.Job?.Resources,
        };
        return jobs.StartAsync(job, key, cancellationToken, anyFolder: false, dataset.Name);
    }

    /// <summary>Gives up the job that an analysis waits for.</summary>
    internal Task CancelAsync(string? job, CancellationToken cancellationToken) => jobs.CancelWithAsync(job, cancellationToken);

    /// <summary>What a job has made; null where it is gone.</summary>
    /// <exception cref="ObjectStoreException">It can't be read.</exception>
    internal Task<KeptSummary?> FindAsync(string job, CancellationToken cancellationToken) => places.FindSummaryAsync(job, cancellationToken);
}
