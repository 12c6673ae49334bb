using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

/// <summary>What one process has of jobs: its view of the state (<c>s3://state</c>) and of where jobs write (<c>s3://data/out</c>).</summary>
internal sealed class JobProcess
{
    public static readonly SparkOptions Options = new() { Poll = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)) };

    public static readonly Job Copy = new()
    {
        Kind = JobKind.Copy,
        Inputs = [new JobInput { Location = "s3://public/in", Form = JobForm.Tsv }],
        Output = new JobOutput { Location = "s3://data/out" },
    };

    private static readonly MemoryStore Empty = new("s3://public");

    private static readonly S3Connection Private = new() { Endpoint = "http://ceph", AccessKey = "key", SecretKey = "secret" };

    private readonly ManualTime _time;
    private readonly WorkStore _records;

    public JobProcess(IObjectStore state, IObjectStore data, ManualTime time, ISparkCluster? cluster, SparkOptions? options = null, IObjectStore? seen = null)
    {
        (_time, options) = (time, options ?? Options);
        var storage = new StorageOptions { Buckets = new Dictionary<string, S3Connection> { ["state"] = Private, ["data"] = Private, ["public"] = new() { Anonymous = true } } };
        var stores = new StoreAccess(time, storage) { Through = store => store.Name == "s3://data" ? data : store.Name == "s3://public" ? Empty : store };
        var places = new JobPlaces(stores, storage, StoreUri.Parse("s3://state/state"), new StorePlace(state, WorkProcess.Prefix), options, new DatasetCatalog([]));
        Work = new WorkProcess(state, time, WorkProcess.Usual, works => [new JobWork(places, works, options, new AnalysisLimits(), time, cluster)]);
        _records = new WorkStore(seen ?? state, WorkProcess.Prefix, new WorkFeed(), NullLogger<WorkStore>.Instance);
        Service = new JobService(places, Work.Works, Work.Feed, options, time, cluster);
    }

    public WorkProcess Work { get; }

    public JobService Service { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<WorkRecord> AskAsync(Job? job = null, string? key = null) => Service.StartAsync(job ?? Copy, key, Cancellation);

    public async Task<JobView> ViewAsync(string id) => JobView.Of((await Work.FindAsync(id)).Record);

    /// <summary>Does what is due until nothing is left, while the time goes on.</summary>
    public Task RunAsync() => PassAsync(Work.RunAsync());

    /// <summary>
    /// Lets the time go on until something is done, and not while a step is under way: else leases would run out within a moment. (That of a
    /// process that is dead stays, and is waited for a moment only.)
    /// </summary>
    public async Task PassAsync(Task done)
    {
        const int Moment = 20;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        while (true)
        {
            await Task.WhenAny(done, _time.SomebodyWaitsAsync(WorkProcess.Usual.Poll, enough.Token));
            for (var i = 0; i < Moment && !done.IsCompleted && (await _records.ListAsync(Cancellation)).Any(work => work.Record.Lease is not null); i++) await Task.Delay(1, Cancellation);
            if (done.IsCompleted) break;
            _time.Advance(WorkProcess.Usual.Poll);
        }

        await enough.CancelAsync();
        await done;
    }

    /// <summary>Submits a job that nothing has to be waited for, and does it.</summary>
    public async Task<JobView> DoHereAsync(Job job)
    {
        var id = (await AskAsync(job)).Id;
        await Work.RunAsync();
        return await ViewAsync(id);
    }

    /// <summary>Submits a job, and does it.</summary>
    public async Task<JobView> DoAsync(Job? job = null)
    {
        var id = (await AskAsync(job)).Id;
        await RunAsync();
        return await ViewAsync(id);
    }
}
