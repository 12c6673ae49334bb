namespace KubeMetrics.Spark.Clusters.Standalone;

/// <summary>
/// A standalone cluster: drivers are submitted by the master's REST API and read there; its pages tell which applications wait, and
/// the workers' pages what drivers wrote. No field of any of them joins a driver to its application's name, but a driver's launch
/// command holds the name, and is the first line it leaves on its worker.
/// </summary>
public sealed class StandaloneCluster : ISparkCluster
{
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(2);
    private readonly StandaloneOptions _options;
    private readonly ClusterHttp _http, _progress;
    private readonly Submissions _submissions;
    private readonly WorkerLogs _logs;

    /// <summary>A cluster that is asked by a client.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="client">Sends the requests; best one that follows no redirects.</param>
    /// <param name="time">What timeouts are measured by.</param>
    public StandaloneCluster(StandaloneOptions options, HttpClient client, TimeProvider time)
    {
        _options = options;
        _http = new ClusterHttp(client, options.Timeout, time);
        _progress = new ClusterHttp(client, options.Timeout < ProgressTimeout ? options.Timeout : ProgressTimeout, time);
        _submissions = new Submissions(options.RestAddress, _http);
        _logs = new WorkerLogs(_http);
    }

    /// <inheritdoc/>
    public string Name => $"standalone at {_options.RestAddress.GetLeftPart(UriPartial.Authority)}";

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken)
    {
        var properties = SafeProperties.Of(submission);
        properties["spark.master"] = _options.Master;
        properties["spark.submit.deployMode"] = "cluster";
        var answer = await _submissions.CreateAsync(new CreateSubmission(
            "CreateSubmissionRequest",
            ClientSparkVersion: "3.5.3",
            _options.Runner.Jar ?? "",
            _options.Runner.MainClass,
            _options.Runner.Arguments(submission),
            new Dictionary<string, string> { ["SPARK_ENV_LOADED"] = "1" },
            properties), cancellationToken);
        return answer.SubmissionId!;
    }

    /// <inheritdoc/>
    public async Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken)
    {
        AppNames.Checked(appName);
        var master = await MasterPage.ReadAsync(_options.UiAddress, _http, cancellationToken);
        var earliest = (since - ClocksDiffer).ToUnixTimeMilliseconds();
        foreach (var driver in master.Drivers.TakeWhile(driver => driver.StartTime >= earliest))
            if (driver.Id is { } id && PagesOf(master, driver.Worker) is { } worker && WorkerLogs.IsOf(await _logs.HeadAsync(worker, id, cancellationToken), appName))
                return id;
        // The application is there, so its driver is: on a worker whose pages could not be asked, or whose log is not written yet.
        return master.ActiveApps?.Any(app => app.Name == appName) is true
            ? throw new ClusterUnreachableException($"{_options.UiAddress} shows the application {appName}, and no worker tells which driver is its own.")
            : null;
    }

    /// <inheritdoc/>
    public async Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken)
    {
        var answer = await _submissions.StatusAsync(driver, cancellationToken);
        return answer switch
        {
            { Success: not true } => new DriverStatus(DriverState.Unknown),
            { DriverState: "SUBMITTED" or "RELAUNCHING" } => new DriverStatus(DriverState.Submitted),
            { DriverState: "RUNNING" } => await RunningAsync(driver, appName, answer.WorkerId, cancellationToken),
            { DriverState: "FINISHED" } => new DriverStatus(DriverState.Finished),
            { DriverState: "KILLED" } => new DriverStatus(DriverState.Killed),
            { DriverState: "FAILED" } => new DriverStatus(DriverState.Failed, await ReasonAsync(driver, answer.WorkerId, cancellationToken)),
            { DriverState: "ERROR" } => new DriverStatus(DriverState.Failed, SparkReasons.OfMessage(answer.Message) ?? "Spark says ERROR and no more, as it does where the worker that ran the driver is lost."),
            // UNKNOWN: a master that was restarted has not heard of it from its workers yet.
            _ => throw new ClusterUnreachableException($"The master at {_options.RestAddress} does not tell what has become of {driver}: {answer.DriverState ?? "no state"}."),
        };
    }

    /// <inheritdoc/>
    public Task KillAsync(string driver, CancellationToken cancellationToken) => _submissions.KillAsync(driver, cancellationToken);

    /// <inheritdoc/>
    public async Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken)
    {
        var master = await MasterPage.ReadAsync(_options.UiAddress, _http, cancellationToken);
        return PagesOf(master, master.Drivers.FirstOrDefault(known => known.Id == driver)?.Worker) is { } worker ? await LogAsync(worker, driver, cancellationToken) : new DriverLog("", "");
    }

    private async Task<DriverLog> LogAsync(Uri worker, string driver, CancellationToken cancellationToken) => new(
        await _logs.TailAsync(worker, driver, "stdout", _options.LogBytes, cancellationToken),
        await _logs.TailAsync(worker, driver, "stderr", _options.LogBytes, cancellationToken));

    // The SQL driver tells it on one of its outputs, DotnetRunner on the other.
    private async Task<DriverUi?> UiAsync(Uri worker, string driver, CancellationToken cancellationToken) =>
        DriverUi.Of(await _logs.HeadAsync(worker, driver, cancellationToken)) ?? DriverUi.Of(await _logs.HeadAsync(worker, driver, cancellationToken, "stdout"));

    private async Task<DriverStatus> RunningAsync(string driver, string appName, string? workerId, CancellationToken cancellationToken)
    {
        var running = new DriverStatus(DriverState.Running);
        try
        {
            var master = await MasterPage.ReadAsync(_options.UiAddress, _http, cancellationToken);
            running = running with { WaitsForCores = master.ActiveApps?.Any(app => app.Name == appName && app.State == "WAITING") is true };
            if (PagesOf(master, workerId) is not { } worker || await UiAsync(worker, driver, cancellationToken) is not { } ui) return running;
            var progress = await ui.ProgressAsync(worker.Host, _progress, cancellationToken);
            return running with { TasksDone = progress?.Done, Tasks = progress?.All };
        }
        catch (ClusterUnreachableException)
        {
            return running; // that it runs is known; how far it is, is shown where it can be seen
        }
    }

    private async Task<string?> ReasonAsync(string driver, string? workerId, CancellationToken cancellationToken)
    {
        try
        {
            var master = await MasterPage.ReadAsync(_options.UiAddress, _http, cancellationToken);
            if (PagesOf(master, workerId) is not { } worker) return null;
            return SparkReasons.OfLog(await LogAsync(worker, driver, cancellationToken)) ?? SparkReasons.Wordless;
        }
        catch (ClusterUnreachableException)
        {
            return null; // that it failed is known
        }
    }

    private static Uri? PagesOf(MasterPage master, string? workerId) =>
        Uri.TryCreate(master.Worker(workerId)?.WebUiAddress, UriKind.Absolute, out var pages) && pages.Scheme is "http" or "https" ? pages : null;
}
