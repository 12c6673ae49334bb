using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Orchestration.InProcess;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Queries;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Storage;

namespace KubeMetrics.Pipeline.Orchestration;

/// <summary>Jobs as work: asked for here, followed by an executor, here or elsewhere.</summary>
/// <param name="places">Where jobs keep what they need.</param>
/// <param name="works">All work.</param>
/// <param name="feed">Its progress of this moment.</param>
/// <param name="options">The cluster.</param>
/// <param name="time">The clock.</param>
/// <param name="cluster">The cluster that runs jobs; null where there is none: then they are done in process.</param>
/// <param name="engine">What answers queries in process; null where nothing does.</param>
public sealed class JobService(JobPlaces places, WorkStore works, WorkFeed feed, SparkOptions options, TimeProvider time, ISparkCluster? cluster = null, ISeriesEngine? engine = null)
{
    private readonly RepeatedRequests _requests = new(places.Keys, works, time);
    private readonly WorkOf _jobs = new(works, feed, time, record => record.IsJob(), "job", "jobs");

    /// <summary>Asks for a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="key">The same key with the same job gives the same record again; null for none.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <param name="anyFolder">Whether folders of this machine may be named that no dataset has: by who sits at it, not over HTTP.</param>
    /// <exception cref="RefusedException">It can't be done.</exception>
    /// <param name="dataset">The dataset whose job it is; empty for nobody's.</param>
    public async Task<WorkRecord> StartAsync(Job job, string? key, CancellationToken cancellationToken, bool anyFolder = false, string dataset = "")
    {
        job = Decided(job);
        if (job.Engine == JobEngine.Spark)
        {
            if (cluster is null)
                throw new RefusedException(Refusal.NoCluster, "No cluster is set that could run jobs.", "Set Spark:Cluster (standalone, livy or local), and start the host again; or leave out the engine, to have it done in process.");
            if (places.WhyNotShared is { } why) throw new RefusedException(Refusal.NoCluster, why, "Set State to s3://bucket/prefix, and start the host again; or have the job done in process (\"engine\": \"in-process\").");
        }

        try
        {
            JobRules.Check(job);
            if (job.Engine == JobEngine.InProcess) InProcessRules.Check(job, engine is not null);
            Checked(job);
            places.Check(job, anyFolder);
        }
        catch (JobInvalidException e)
        {
            throw new RefusedException(Refusal.Invalid, $"'{e.Field}': {e.Message}", "Correct it, then submit the job again.", e);
        }
        catch (Exception e) when (e is BucketKeysException or ObjectStoreException { Error: ObjectStoreError.AccessDenied })
        {
            throw new RefusedException(Refusal.Invalid, e.Message, "Then submit the job again.", e);
        }

        var input = JsonSerializer.SerializeToElement(job, JobJson.Default.Job);
        return await _requests.OnceAsync(key, "job " + input.GetRawText(), () => PlanAsync(input, dataset, cancellationToken), cancellationToken);
    }

    /// <summary>Names what a job that replaces others would read now, and how; null where there is nothing.</summary>
    internal async Task<string?> ReadsAsync(Job job, CancellationToken cancellationToken)
    {
        try
        {
            return await places.ReadsAsync(Decided(job), cancellationToken);
        }
        catch (WorkFailedException)
        {
            return null;
        }
    }

    /// <summary>A job with what does it.</summary>
    private Job Decided(Job job) => job with { Engine = job.Engine ?? (cluster is null ? JobEngine.InProcess : JobEngine.Spark) };

    /// <summary>Jobs, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public Task<IReadOnlyList<WorkRecord>> ListAsync(int limit, CancellationToken cancellationToken) => _jobs.ListAsync(limit, cancellationToken);

    /// <summary>One job, as it is this moment.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public Task<WorkRecord> GetAsync(string id, CancellationToken cancellationToken) => _jobs.GetAsync(id, cancellationToken);

    /// <summary>Gives a job up, and ends its driver. What it wrote stays, and is not complete.</summary>
    /// <exception cref="RefusedException">There is none, or it has ended.</exception>
    public async Task<WorkRecord> CancelAsync(string id, CancellationToken cancellationToken)
    {
        // First the record, so that nobody goes on with it; a driver that can't be ended now is ended when the host next tidies up.
        var record = await _jobs.CancelAsync(id, cancellationToken);
        if (record.State != WorkState.Cancelled || cluster is null) return record;
        try
        {
            await JobSteps.GiveUpAsync(record, places, cluster, cancellationToken);
        }
        catch (IOException e)
        {
            System.Diagnostics.Activity.Current?.AddException(e);
        }

        return record;
    }

    /// <summary>Gives up a job that other work waits for; that there is none, or that it has ended, is no matter.</summary>
    internal async Task CancelWithAsync(string? id, CancellationToken cancellationToken)
    {
        if (id is null) return;
        try
        {
            await CancelAsync(id, cancellationToken);
        }
        catch (RefusedException)
        {
            // it has ended meanwhile
        }
    }

    /// <summary>The script of a job's last attempt, and the end of what its driver wrote.</summary>
    /// <exception cref="RefusedException">There is no such job.</exception>
    public async Task<JobLog> LogAsync(string id, CancellationToken cancellationToken)
    {
        var checkpoint = (await GetAsync(id, cancellationToken)).JobCheckpoint();
        var script = checkpoint is null ? null : await places.FindScriptAsync(id, checkpoint.Attempt, cancellationToken);
        if (checkpoint?.Driver is null || cluster is null) return new JobLog(script, "", "");
        try
        {
            var log = await cluster.LogAsync(checkpoint.Driver, cancellationToken);
            return new JobLog(script, log.Output, log.Errors);
        }
        catch (ClusterUnreachableException e)
        {
            return new JobLog(script, "", e.Message);
        }
    }

    private void Checked(Job job)
    {
        if (job.Kind != JobKind.Query) return;
        if (!options.Queries) throw new RefusedException(Refusal.Invalid, "Queries are switched off on this host.", "Have its operator set Spark:Queries to true, or make it an etl.");
        try
        {
            options.Checked(job);
        }
        catch (QueryRefusedException e)
        {
            throw new JobInvalidException("sql", e.Message);
        }
    }

    private async Task<(WorkRecord Record, bool IsNew)> PlanAsync(JsonElement input, string dataset, CancellationToken cancellationToken)
    {
        var waiting = (await works.ListAsync(cancellationToken)).Count(work => work.Record is { IsOpen: true, Kind: JobWork.KindName });
        if (waiting >= options.Queue) throw new RefusedException(Refusal.QueueFull, $"{waiting} jobs wait or run already; {options.Queue} are the most.", "Try again when some are done, cancel some, or raise Spark:Queue.");
        var now = time.GetUtcNow();
        return (new WorkRecord { Id = WorkId.New(now), Kind = JobWork.KindName, Dataset = dataset, Created = now, Input = input }, true);
    }
}

/// <summary>What there is to read of a job.</summary>
/// <param name="Script">The script of its last attempt; null where it was taken away.</param>
/// <param name="Output">The end of what its driver printed.</param>
/// <param name="Errors">The end of what Spark said.</param>
public sealed record JobLog(string? Script, string Output, string Errors);
