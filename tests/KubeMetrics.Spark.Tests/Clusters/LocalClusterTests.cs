using System.Diagnostics;
using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Local;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>A real spark-submit on this machine.</summary>
public sealed class LocalClusterTests : IDisposable
{
    private readonly Scripts _scripts = new();
    private readonly HttpClient _client = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _scripts.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Scripts_run_whatever_their_paths_and_properties_hold_and_whoever_comes_after_a_crash_finds_them()
    {
        const string Odd = "a 'b' \"c\" $(touch pwned) `touch pwned` ; \\ *";
        var (rows, syntax) = (Submission("rows", "SELECT 1, current_timezone();"), Submission("syntax", "SELEC 2;"));
        rows = rows with { Properties = new Dictionary<string, string> { ["spark.kubemetrics.odd"] = Odd } };
        Assert.Null(await Local().FindAsync(rows.AppName, DateTimeOffset.UtcNow, Cancelled));
        Assert.Equal(new DriverStatus(DriverState.Unknown), await Local().StatusAsync(rows.AppName, rows.AppName, Cancelled));
        var drivers = await Task.WhenAll(Local().SubmitAsync(rows, Cancelled), Local().SubmitAsync(rows, Cancelled), Local().SubmitAsync(syntax, Cancelled));
        Assert.Equal(drivers[0], drivers[1]); // asked twice, run once

        var after = Local();
        Assert.Equal(drivers[0], await after.FindAsync(rows.AppName, DateTimeOffset.UtcNow, Cancelled));
        Assert.Contains(Odd, CommandLines());
        Assert.Equal(new DriverStatus(DriverState.Finished), await after.EndAsync(drivers[0], rows.AppName));
        Assert.Equal(new DriverStatus(DriverState.Failed, "[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 1, pos 0)"), await after.EndAsync(drivers[2], syntax.AppName));
        var log = await after.LogAsync(drivers[0], Cancelled);
        Assert.Equal("1\tUTC\n", log.Output);
        Assert.Contains("Fetched 1 row(s)", log.Errors);
        Assert.Empty(Directory.GetFiles(_scripts.Folder, "pwned", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_driver_that_runs_tells_how_far_it_is_and_can_be_killed()
    {
        var submission = Submission("endless", Scripts.Endless);
        var driver = await Local().SubmitAsync(submission, Cancelled);
        var running = await Local().UntilAsync(driver, submission.AppName, status => status is { Tasks: > 0 });
        Assert.Equal((DriverState.Running, 0, 20), (running.State, running.TasksDone, running.Tasks));

        await Local().KillAsync(driver, Cancelled);
        Assert.Equal(new DriverStatus(DriverState.Killed), await Local().EndAsync(driver, submission.AppName));
        Assert.DoesNotContain(submission.AppName, CommandLines());
        await Local().KillAsync(driver, Cancelled);
    }

    [Fact]
    public async Task A_driver_that_ended_unseen_failed()
    {
        var submission = Submission("unseen", Scripts.Endless);
        var driver = await Local().SubmitAsync(submission, Cancelled);
        foreach (var pid in File.ReadAllText(Path.Combine(_scripts.Folder, "runs", driver, "pids")).Split(' '))
            Process.GetProcessById(int.Parse(pid)).Kill();
        var status = await Local().EndAsync(driver, submission.AppName);
        Assert.Equal(new DriverStatus(DriverState.Failed, "Nobody saw it end: the machine was restarted, or its processes were killed."), status);
    }

    [Fact]
    public async Task Where_there_is_no_Spark_that_is_said()
    {
        var cluster = new LocalCluster(new LocalOptions { SparkHome = "/no/such/spark", Folder = _scripts.Folder }, _client, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<ClusterRefusedException>(() => cluster.SubmitAsync(Submission("none", "SELECT 1;"), Cancelled));
        Assert.Contains("/no/such/spark/bin/spark-submit", refused.Message);
    }

    /// <summary>As a process that has just been started knows it.</summary>
    private LocalCluster Local() => new(
        new LocalOptions
        {
            SparkHome = RealSpark.Home,
            Folder = Path.Combine(_scripts.Folder, "runs"),
            Master = "local[1]",
            Environment = new Dictionary<string, string> { ["JAVA_TOOL_OPTIONS"] = RealSpark.QuickStart, ["SPARK_LOCAL_IP"] = "127.0.0.1" },
        }, _client, TimeProvider.System);

    private SparkSubmission Submission(string what, string script) => new() { AppName = Scripts.NewName(what), Script = _scripts.Of(script) };

    private static string CommandLines() => string.Join('\n', Directory.GetDirectories("/proc").Select(folder =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // not a process, or ended
        }
    }));
}
