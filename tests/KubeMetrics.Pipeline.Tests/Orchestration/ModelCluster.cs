using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Spark.Clusters;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

/// <summary>
/// A cluster of rules instead of a real one, for what can't be timed on a real one: a driver starts after a while, reads its script then, and
/// writes its output some time after. The rules are those that a real standalone cluster was seen to have.
/// </summary>
internal sealed class ModelCluster(IObjectStore state, IObjectStore output, ManualTime time) : ISparkCluster
{
    private readonly List<Driver> _drivers = [];

    public TimeSpan StartsAfter { get; set; } = TimeSpan.FromSeconds(2);

    public TimeSpan RunsFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What the next submission comes to: null for all is well, else whether it is taken although there is no answer.</summary>
    public Queue<(bool Taken, Exception Answer)> Answers { get; } = [];

    /// <summary>How drivers end, in turn; those that are not named end well.</summary>
    public Queue<DriverStatus> Ends { get; } = [];

    /// <summary>Does not answer at all.</summary>
    public bool IsDown { get; set; }

    /// <summary>Has forgotten all drivers.</summary>
    public bool HasForgotten { get; set; }

    /// <summary>Whether its jobs have an output.</summary>
    public bool Writes { get; set; } = true;

    public bool WaitsForCores { get; set; }

    /// <summary>What a driver does when it reads what its script names.</summary>
    public Action? OnRead { get; set; }

    public IReadOnlyList<Driver> Drivers => _drivers;

    /// <summary>Drivers that got to read their script.</summary>
    public IEnumerable<Driver> Ran => _drivers.Where(driver => driver.HasScript);

    public int MostAtOnce { get; private set; }

    public string Name => "a model";

    internal sealed class Driver(string id, SparkSubmission submission, DateTimeOffset submitted)
    {
        public string Id { get; } = id;

        public SparkSubmission Submission { get; } = submission;

        public DateTimeOffset Submitted { get; } = submitted;

        public DriverStatus Status { get; set; } = new(DriverState.Submitted);

        public bool HasScript { get; set; }

        public DateTimeOffset Read { get; set; }

        public bool IsOver => Status.State is not (DriverState.Submitted or DriverState.Running);
    }

    public async Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken)
    {
        await GoOnAsync();
        if (IsDown) throw Down();
        (bool Taken, Exception Answer)? answer = Answers.TryDequeue(out var next) ? next : null;
        if (answer is { Taken: false } refused) throw refused.Answer;
        var driver = new Driver($"driver-{_drivers.Count}", submission, time.GetUtcNow());
        _drivers.Add(driver);
        MostAtOnce = Math.Max(MostAtOnce, _drivers.Count(one => !one.IsOver));
        return answer is { } lost ? throw lost.Answer : driver.Id;
    }

    public async Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await GoOnAsync();
        if (IsDown) throw Down();
        // Before it has begun nothing joins an application's name to a driver.
        return _drivers.Find(driver => driver.Submission.AppName == appName && driver.Status.State != DriverState.Submitted)?.Id;
    }

    public async Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken)
    {
        await GoOnAsync();
        if (IsDown) throw Down();
        return HasForgotten ? new DriverStatus(DriverState.Unknown) : Get(driver).Status with { WaitsForCores = WaitsForCores };
    }

    public async Task KillAsync(string driver, CancellationToken cancellationToken)
    {
        await GoOnAsync();
        if (IsDown) throw Down();
        if (!Get(driver).IsOver) Get(driver).Status = new DriverStatus(DriverState.Killed);
    }

    public Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken) => Task.FromResult(new DriverLog("kubemetrics\tcolumns\nn\tbigint\t\nkubemetrics\trows\n", "all is well"));

    private static ClusterUnreachableException Down() => new("The model does not answer.");

    private Driver Get(string id) => _drivers.Single(driver => driver.Id == id);

    private async Task GoOnAsync()
    {
        foreach (var driver in _drivers.Where(driver => !driver.IsOver).ToList())
        {
            if (driver.Status.State == DriverState.Submitted && time.GetUtcNow() >= driver.Submitted + StartsAfter)
            {
                driver.Status = new DriverStatus(DriverState.Running, TasksDone: 1, Tasks: 4);
                driver.HasScript = await state.HeadAsync(driver.Submission.Script["s3a://state/".Length..]) is not null;
                driver.Read = time.GetUtcNow();
                if (driver.HasScript) OnRead?.Invoke();
                else driver.Status = new DriverStatus(DriverState.Failed, $"Could not open input file for reading. (No such file or directory: {driver.Submission.Script})");
            }

            if (driver.Status.State != DriverState.Running || time.GetUtcNow() < driver.Read + RunsFor) continue;
            driver.Status = Ends.TryDequeue(out var end) ? end : new DriverStatus(DriverState.Finished);
            if (!Writes) continue;
            if (await output.HeadAsync("out/part-0") is not null) throw new InvalidOperationException($"{driver.Id} found what another had written.");
            await output.PutBytesAsync("out/part-0", new byte[7]);
            if (driver.Status.State == DriverState.Finished) await output.PutBytesAsync("out/_SUCCESS", default);
        }
    }
}

/// <summary>A cluster as a process speaks to it that is killed on the way.</summary>
internal sealed class MortalCluster(ISparkCluster inner, Life life) : ISparkCluster
{
    public string Name => inner.Name;

    public Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken) => life.DoAsync(() => inner.SubmitAsync(submission, cancellationToken));

    public Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken) => life.DoAsync(() => inner.FindAsync(appName, since, cancellationToken));

    public Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken) => life.DoAsync(() => inner.StatusAsync(driver, appName, cancellationToken));

    public Task KillAsync(string driver, CancellationToken cancellationToken) => life.DoAsync(async () =>
    {
        await inner.KillAsync(driver, cancellationToken);
        return true;
    });

    public Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken) => life.DoAsync(() => inner.LogAsync(driver, cancellationToken));
}
