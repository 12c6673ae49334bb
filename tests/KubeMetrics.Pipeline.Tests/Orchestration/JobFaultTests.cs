using System.Text;
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
using KubeMetrics.Spark.Clusters.Standalone;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

/// <summary>
/// Jobs on a real Spark over a real Ceph, with a host killed between a job's intent and its submission, another between submission and answer,
/// and a driver killed. (What is said of drivers whose worker or master is killed, or that starve each other: the tests of the standalone cluster.)
/// </summary>
[Collection(Alone.Name)]
public sealed class JobFaultTests : IAsyncLifetime
{
    private static readonly WorkOptions Quick = new() { LeaseTerm = TimeSpan.FromSeconds(3), Poll = TimeSpan.FromMilliseconds(300), RetryAfter = TimeSpan.FromSeconds(1), Attempts = 10 };
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly S3Clients _clients = new();
    private readonly HttpClient _http = new();
    private readonly string _bucket = Ceph.NewBucketName();
    private Ceph? _ceph;
    private RealSpark? _spark;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store Store => new(_bucket, _ceph!.Connection, _clients);

    public async ValueTask InitializeAsync()
    {
        _ceph = await Ceph.RunningAsync();
        _spark = await RealSpark.OwnAsync(cores: 8, environment: new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = _ceph.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = _ceph.SecretKey });
        await Store.CreateBucketAsync(Cancellation);
        await Store.PutBytesAsync("in/a.tsv", "1\t2\n3\t4\n"u8.ToArray(), cancellationToken: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _http.Dispose();
        if (_spark is not null) await _spark.WipeAsync();
    }

    [Fact]
    public async Task Whatever_is_killed_a_job_is_done_by_one_driver_at_a_time_and_what_it_wrote_is_whole()
    {
        // Hosts that die as they submit.
        var before = await AskAsync("before");
        await DieAsync(afterwards: false);
        var after = await AskAsync("after");
        await DieAsync(afterwards: true);
        var killed = await AskAsync("killed");

        // Another host, which goes on with all of them; meanwhile the driver of one is killed.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        stop.CancelAfter(Patience);
        var host = Host(new Fate());
        var run = host.Work.RunAsync(stop.Token);
        await KillDriverAsync(host, killed, stop.Token);
        await run;
        stop.Token.ThrowIfCancellationRequested();

        var views = new[] { before, after, killed }.Select(async id => JobView.Of((await host.Work.FindAsync(id)).Record)).Select(one => one.Result).ToList();
        Assert.All(views, view => Assert.True(view.State == JobState.Succeeded, $"{view.Problem}"));
        // The one that nobody saw submitted, and was not; the one that was, and is adopted; the one whose driver vanished, and is run again.
        Assert.Equal([((int?)2, 2, 0), (1, 1, 0), (2, 2, 1)], views.Select(view => (view.Attempt, view.Submissions, view.Vanished)));
        Assert.Equal(4, Directory.GetDirectories(Path.Combine(_spark!.Folder, "work"), "driver-*").Length);
        foreach (var name in (string[])["before", "after", "killed"]) Assert.Equal("1\t2\n3\t4\n", await TextAsync($"out-{name}"));
    }

    private (WorkProcess Work, JobService Service) Host(Fate fate)
    {
        var storage = new StorageOptions { Default = _ceph!.Connection };
        var stores = new StoreAccess(TimeProvider.System, storage) { Through = store => new FatedStore(store, fate) };
        var state = StoreUri.Parse($"s3://{_bucket}/{WorkProcess.Prefix}");
        var options = new SparkOptions { Poll = (TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1)) };
        var places = new JobPlaces(stores, storage, state, new StorePlace(new FatedStore(Store, fate), WorkProcess.Prefix), options, new DatasetCatalog([]));
        var cluster = new FatedCluster(new StandaloneCluster(new StandaloneOptions { Master = _spark!.Master, Rest = _spark.Rest, Ui = _spark.Ui }, _http, TimeProvider.System), fate);
        var work = new WorkProcess(new FatedStore(Store, fate), TimeProvider.System, Quick, works => [new JobWork(places, works, options, new AnalysisLimits(), TimeProvider.System, cluster)]);
        return (work, new JobService(places, work.Works, work.Feed, options, TimeProvider.System, cluster));
    }

    private async Task<string> AskAsync(string name) => (await Host(new Fate()).Service.StartAsync(
        new Job { Kind = JobKind.Copy, Inputs = [new JobInput { Location = $"s3://{_bucket}/in", Form = JobForm.Tsv }], Output = new JobOutput { Location = $"s3://{_bucket}/out-{name}" } }, null, Cancellation)).Id;

    /// <summary>A host does what is due until it submits, and dies there.</summary>
    private async Task DieAsync(bool afterwards)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var fate = new Fate { DiesAfterSubmitting = afterwards, DiesSubmitting = true, Stop = stop };
        await Record.ExceptionAsync(() => Host(fate).Work.RunAsync(stop.Token));
        Assert.True(fate.IsDead);
    }

    private async Task KillDriverAsync((WorkProcess Work, JobService Service) host, string id, CancellationToken cancellation)
    {
        using var listener = host.Work.Feed.Listen();
        await foreach (var record in listener.Records.ReadAllAsync(cancellation))
        {
            if (record.Id != id || record.JobCheckpoint() is not { State: DriverState.Running, Driver: { } driver, Attempt: 1 }) continue;
            _spark!.KillDriver(driver);
            return;
        }
    }

    private async Task<string> TextAsync(string prefix)
    {
        var text = new StringBuilder();
        await foreach (var entry in Store.ListAsync(prefix, Cancellation)) text.Append(Encoding.UTF8.GetString((await Store.GetBytesAsync(entry.Key, cancellationToken: Cancellation))!.Value.Content));
        return text.ToString();
    }

    /// <summary>What becomes of a process: once it is dead, nothing that it does has an effect.</summary>
    private sealed class Fate
    {
        public bool DiesSubmitting { get; init; }

        public bool DiesAfterSubmitting { get; init; }

        public CancellationTokenSource? Stop { get; init; }

        public bool IsDead { get; private set; }

        public Exception Die()
        {
            IsDead = true;
            Stop?.Cancel();
            return Dead();
        }

        public static Exception Dead() => new ObjectStoreException(ObjectStoreError.Unavailable, "This process is dead.");
    }

    private sealed class FatedStore(IObjectStore inner, Fate fate) : StoreDecorator(inner)
    {
        protected override Task<T> DoAsync<T>(Func<Task<T>> operation, CancellationToken cancellationToken) => fate.IsDead ? throw Fate.Dead() : operation();
    }

    private sealed class FatedCluster(ISparkCluster inner, Fate fate) : ISparkCluster
    {
        public string Name => inner.Name;

        public async Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken)
        {
            if (!fate.DiesSubmitting) return await inner.SubmitAsync(submission, cancellationToken);
            if (fate.DiesAfterSubmitting) await inner.SubmitAsync(submission, cancellationToken);
            throw fate.Die();
        }

        public Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken) => fate.IsDead ? throw Fate.Dead() : inner.FindAsync(appName, since, cancellationToken);

        public Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken) => fate.IsDead ? throw Fate.Dead() : inner.StatusAsync(driver, appName, cancellationToken);

        public Task KillAsync(string driver, CancellationToken cancellationToken) => inner.KillAsync(driver, cancellationToken);

        public Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken) => inner.LogAsync(driver, cancellationToken);
    }
}
