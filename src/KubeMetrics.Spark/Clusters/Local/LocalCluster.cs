using System.ComponentModel;

namespace KubeMetrics.Spark.Clusters.Local;

/// <summary>
/// Spark as processes of this machine, by <c>spark-submit</c>: each driver is one, that outlives this process and is found again by
/// the folder that is named like its application. For Linux and macOS.
/// </summary>
/// <param name="options">Where Spark is, and where runs are kept.</param>
/// <param name="client">Asks drivers how far they are.</param>
/// <param name="time">What waiting is measured by.</param>
public sealed class LocalCluster(LocalOptions options, HttpClient client, TimeProvider time) : ISparkCluster
{
    private const int HeadBytes = 64 << 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50), StartTimeout = TimeSpan.FromSeconds(10);
    private readonly ClusterHttp _progress = new(client, TimeSpan.FromSeconds(2), time);

    /// <inheritdoc/>
    public string Name => $"spark-submit to {options.Master}";

    /// <inheritdoc/>
    public async Task<string> SubmitAsync(SparkSubmission submission, CancellationToken cancellationToken)
    {
        var properties = SafeProperties.Of(submission);
        var submit = Path.Combine(options.SparkHome, "bin", "spark-submit");
        if (!File.Exists(submit)) throw new ClusterRefusedException($"There is no {submit}. Say where Spark is.");
        var run = Run(submission.AppName);
        try
        {
            run.Start(
                [
                    submit, "--master", options.Master, "--deploy-mode", "client",
                    .. properties.SelectMany(property => new[] { "--conf", $"{property.Key}={property.Value}" }),
                    "--class", options.Runner.MainClass,
                    options.Runner.Jar ?? "spark-internal", // stands for a jar, where the class is Spark's own
                    .. options.Runner.Arguments(submission),
                ],
                new Dictionary<string, string>(options.Environment) { ["SPARK_HOME"] = options.SparkHome });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new ClusterRefusedException($"spark-submit could not be started: {e.Message}. See that bash is there, and that {options.Folder} can be written.", e);
        }

        if (!await UntilAsync(() => run.WasStarted, StartTimeout, cancellationToken))
            throw new ClusterUnreachableException($"spark-submit did not start within {StartTimeout.TotalSeconds:0} s.");
        return submission.AppName;
    }

    /// <inheritdoc/>
    public Task<string?> FindAsync(string appName, DateTimeOffset since, CancellationToken cancellationToken) =>
        Task.FromResult(Run(appName).WasStarted ? appName : null);

    /// <inheritdoc/>
    public async Task<DriverStatus> StatusAsync(string driver, string appName, CancellationToken cancellationToken)
    {
        var run = Run(driver);
        if (!run.WasStarted) return new DriverStatus(DriverState.Unknown);
        if (run.ExitCode is null && run.IsAlive)
        {
            if ((DriverUi.Of(run.Head("stderr", HeadBytes)) ?? DriverUi.Of(run.Head("stdout", HeadBytes))) is not { } ui) return new DriverStatus(DriverState.Running);
            var progress = await ui.ProgressAsync("127.0.0.1", _progress, cancellationToken);
            return new DriverStatus(DriverState.Running, null, progress?.Done, progress?.All);
        }

        // Asked for again: it may have been written down in between.
        return run.ExitCode switch
        {
            0 => new DriverStatus(DriverState.Finished),
            _ when run.WasKilled => new DriverStatus(DriverState.Killed),
            null => new DriverStatus(DriverState.Failed, "Nobody saw it end: the machine was restarted, or its processes were killed."),
            _ => new DriverStatus(DriverState.Failed, SparkReasons.OfLog(Log(run)) ?? SparkReasons.Wordless),
        };
    }

    /// <inheritdoc/>
    public async Task KillAsync(string driver, CancellationToken cancellationToken)
    {
        var run = Run(driver);
        if (run.ExitCode is not null || !run.IsAlive) return;
        run.MarkKilled();
        await run.SignalAsync("TERM", cancellationToken);
        if (await UntilAsync(() => !run.IsAlive, options.Grace, cancellationToken)) return;
        await run.SignalAsync("KILL", cancellationToken);
        await UntilAsync(() => !run.IsAlive, options.Grace, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<DriverLog> LogAsync(string driver, CancellationToken cancellationToken) => Task.FromResult(Log(Run(driver)));

    private DriverLog Log(RunFolder run) => new(run.Tail("stdout", options.LogBytes), run.Tail("stderr", options.LogBytes));

    private RunFolder Run(string appName) => new(Path.Combine(Path.GetFullPath(options.Folder), AppNames.Checked(appName)));

    private async Task<bool> UntilAsync(Func<bool> condition, TimeSpan most, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (!condition())
        {
            if (time.GetElapsedTime(started) > most) return false;
            await Task.Delay(Pause, time, cancellationToken);
        }

        return true;
    }
}
