using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Standalone;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>Scripts that were handed to a real Spark one after the other, and run at the same time: each takes Spark ten seconds and more.</summary>
public sealed class SubmittedScripts : IAsyncLifetime
{
    // What fails before it needs an executor waits for none: the worker has not that much, and starts none.
    private const string NoExecutors = "1000g";
    private readonly Scripts _scripts = new();
    private readonly HttpClient _client = new();
    private readonly Dictionary<string, (string Driver, string AppName)> _submitted = [];

    internal StandaloneCluster Cluster { get; private set; } = null!;

    internal DateTimeOffset Since { get; } = DateTimeOffset.UtcNow;

    // Why there is no Spark: told by each test, since what a fixture throws is a failure, a skip too.
    private System.Runtime.ExceptionServices.ExceptionDispatchInfo? _absent;

    internal void EnsureThere() => _absent?.Throw();

    public async ValueTask InitializeAsync()
    {
        try
        {
            await SubmitAllAsync();
        }
        catch (Exception e)
        {
            _absent = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e);
        }
    }

    private async Task SubmitAllAsync()
    {
        var spark = await RealSpark.RunningAsync();
        Cluster = new StandaloneCluster(new StandaloneOptions { Master = spark.Master, Rest = spark.Rest, Ui = spark.Ui }, _client, TimeProvider.System);
        await SubmitAsync("rows", _scripts.Of("SELECT 1, 'x';\nSELECT java_method('java.util.TimeZone', 'getDefault') IS NOT NULL, current_timezone(), '${env:PATH}';\n"));
        await SubmitAsync("syntax", _scripts.Of("SET spark.x = 1;\nSELEC 2;\n"), NoExecutors);
        await SubmitAsync("table", _scripts.Of("SELECT * FROM no_such_table_xyz;\n"), NoExecutors);
        await SubmitAsync("script", Path.Combine(_scripts.Folder, "no-such-script.sql"), NoExecutors);
    }

    public ValueTask DisposeAsync()
    {
        _scripts.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    internal (string Driver, string AppName) Of(string script) => _submitted[script];

    internal Task<DriverStatus> EndOfAsync(string script) => Cluster.EndAsync(_submitted[script].Driver, _submitted[script].AppName);

    private async Task SubmitAsync(string name, string script, string executorMemory = "1g")
    {
        var submission = new SparkSubmission
        {
            AppName = Scripts.NewName(name),
            Script = script,
            Properties = new Dictionary<string, string> { ["spark.sql.variable.substitute"] = "true" },
            Resources = new SparkResources { ExecutorMemory = executorMemory },
        };
        var driver = await Cluster.SubmitAsync(submission, TestContext.Current.CancellationToken);
        _submitted[name] = (driver, submission.AppName);
    }
}

public sealed class StandaloneClusterTests : IClassFixture<SubmittedScripts>
{
    private readonly SubmittedScripts _submitted;

    public StandaloneClusterTests(SubmittedScripts submitted)
    {
        submitted.EnsureThere();
        _submitted = submitted;
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_script_that_runs_to_its_end_is_finished_and_its_rows_are_in_the_log()
    {
        var status = await _submitted.EndOfAsync("rows");
        Assert.Equal(DriverState.Finished, status.State);
        Assert.Null(status.Reason);

        var log = await _submitted.Cluster.LogAsync(_submitted.Of("rows").Driver, Cancelled);
        // UTC, and what looks like a variable stays as it is, though who submitted it asked for the contrary.
        Assert.Equal("1\tx\ntrue\tUTC\t${env:PATH}\n", log.Output);
        Assert.Contains("Fetched 1 row(s)", log.Errors);
        Assert.DoesNotContain("Launch Command", log.Errors);
        Assert.DoesNotContain("-Dspark.", log.Errors);
        Assert.DoesNotContain("====", log.Errors);
    }

    [Fact]
    public async Task A_statement_that_does_not_parse_fails_with_Sparks_own_sentence()
    {
        var status = await _submitted.EndOfAsync("syntax");
        Assert.Equal(DriverState.Failed, status.State);
        Assert.Equal("[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'.(line 2, pos 0)", status.Reason);
    }

    [Fact]
    public async Task A_missing_table_fails_with_Sparks_own_sentence()
    {
        var status = await _submitted.EndOfAsync("table");
        Assert.Equal(DriverState.Failed, status.State);
        Assert.Equal("[TABLE_OR_VIEW_NOT_FOUND] The table or view `no_such_table_xyz` cannot be found. Verify the spelling and correctness of the schema and catalog.", status.Reason);
    }

    [Fact]
    public async Task A_missing_script_fails_and_is_named()
    {
        var status = await _submitted.EndOfAsync("script");
        Assert.Equal(DriverState.Failed, status.State);
        Assert.StartsWith("Could not open input file for reading.", status.Reason);
        Assert.Contains("no-such-script.sql", status.Reason);
    }

    [Fact]
    public async Task A_driver_whose_answer_was_lost_is_found_by_its_applications_name()
    {
        foreach (var name in new[] { "rows", "table" })
        {
            var (driver, appName) = _submitted.Of(name);
            await _submitted.Cluster.UntilAsync(driver, appName, status => status.State != DriverState.Submitted);
            Assert.Equal(driver, await _submitted.Cluster.FindAsync(appName, _submitted.Since, Cancelled));
        }

        Assert.Null(await _submitted.Cluster.FindAsync(Scripts.NewName("nobody"), _submitted.Since, Cancelled));
        // Another's name that begins like it, and a time after which nothing was submitted.
        Assert.Null(await _submitted.Cluster.FindAsync(_submitted.Of("rows").AppName[..^1], _submitted.Since, Cancelled));
        Assert.Null(await _submitted.Cluster.FindAsync(_submitted.Of("rows").AppName, DateTimeOffset.UtcNow.AddHours(1), Cancelled));
    }

    [Fact]
    public async Task A_driver_that_the_cluster_does_not_know_is_unknown_has_no_log_and_can_be_killed_without_harm()
    {
        foreach (var driver in new[] { "driver-20200101000000-0000", "no such/driver?x=y" })
        {
            Assert.Equal(new DriverStatus(DriverState.Unknown), await _submitted.Cluster.StatusAsync(driver, "kubemetrics-x", Cancelled));
            Assert.Equal(new DriverLog("", ""), await _submitted.Cluster.LogAsync(driver, Cancelled));
            await _submitted.Cluster.KillAsync(driver, Cancelled);
        }
    }
}
