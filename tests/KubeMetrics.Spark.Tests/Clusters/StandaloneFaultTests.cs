using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Standalone;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>What is said of drivers when something of a real Spark is killed.</summary>
public sealed class StandaloneFaultTests : IDisposable
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
    public async Task Two_that_starve_each_other_are_seen_to_wait_until_one_is_killed_and_a_killed_process_is_a_failure()
    {
        var spark = await RealSpark.OwnAsync(cores: 2);
        var cluster = Of(spark);
        var (first, firstName) = await SubmitAsync(cluster, "first");
        var (second, secondName) = await SubmitAsync(cluster, "second");
        await cluster.UntilAsync(first, firstName, status => status.WaitsForCores);
        var waiting = await cluster.UntilAsync(second, secondName, status => status.WaitsForCores);
        Assert.Equal(DriverState.Running, waiting.State);

        await cluster.KillAsync(first, Cancelled);
        Assert.Equal(new DriverStatus(DriverState.Killed), await cluster.EndAsync(first, firstName));
        var running = await cluster.UntilAsync(second, secondName, status => status is { WaitsForCores: false, Tasks: > 0 });
        Assert.Equal((0, 20), (running.TasksDone, running.Tasks));

        spark.KillDriver(second);
        Assert.Equal(new DriverStatus(DriverState.Failed, "Its process ended without a word: it was killed, or ran out of memory."), await cluster.EndAsync(second, secondName));
        await spark.WipeAsync();
    }

    [Fact]
    public async Task A_master_that_is_killed_knows_its_drivers_afterwards_where_it_recovers_and_a_worker_that_is_killed_fails_them()
    {
        var spark = await RealSpark.OwnAsync(cores: 2);
        var cluster = Of(spark);
        var (driver, name) = await SubmitAsync(cluster, "recovered");
        await cluster.UntilAsync(driver, name, status => status is { Tasks: > 0 });
        await spark.KillMasterAsync();
        var unreachable = await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.StatusAsync(driver, name, Cancelled));
        Assert.Contains(spark.Rest.Authority, unreachable.Message);

        await spark.UpAsync();
        var status = await cluster.UntilAsync(driver, name, status => true);
        Assert.Equal(DriverState.Running, status.State);
        Assert.Equal(driver, await cluster.FindAsync(name, DateTimeOffset.UtcNow, Cancelled));

        await spark.KillWorkerAsync();
        status = await cluster.EndAsync(driver, name);
        Assert.Equal(DriverState.Failed, status.State);
        Assert.Contains("worker", status.Reason);
        Assert.Equal(new DriverLog("", ""), await cluster.LogAsync(driver, Cancelled));
        await spark.WipeAsync();
    }

    [Fact]
    public async Task A_master_that_is_killed_and_does_not_recover_knows_nothing_of_its_drivers_afterwards()
    {
        var spark = await RealSpark.OwnAsync(recovery: false);
        var cluster = Of(spark);
        var (driver, name) = await SubmitAsync(cluster, "forgotten");
        await cluster.UntilAsync(driver, name, status => status.State == DriverState.Running);
        await spark.KillMasterAsync();
        await spark.UpAsync();

        Assert.Equal(new DriverStatus(DriverState.Unknown), await cluster.EndAsync(driver, name));
        Assert.Null(await cluster.FindAsync(name, DateTimeOffset.UtcNow, Cancelled));
        Assert.Equal(new DriverLog("", ""), await cluster.LogAsync(driver, Cancelled));
        await spark.WipeAsync();
    }

    private StandaloneCluster Of(RealSpark spark) => new(new StandaloneOptions { Master = spark.Master, Rest = spark.Rest, Ui = spark.Ui }, _client, TimeProvider.System);

    private async Task<(string Driver, string AppName)> SubmitAsync(StandaloneCluster cluster, string what)
    {
        var submission = new SparkSubmission { AppName = Scripts.NewName(what), Script = _scripts.Of(Scripts.Endless) };
        return (await cluster.SubmitAsync(submission, Cancelled), submission.AppName);
    }
}
