using KubeMetrics.Spark.Clusters;
using KubeMetrics.Spark.Clusters.Standalone;

namespace KubeMetrics.Spark.Tests.Clusters;

/// <summary>What is said of drivers when something of a real Spark is killed.</summary>
public sealed class StandaloneFaultTests : IAsyncDisposable
{
    private readonly Scripts _scripts = new();
    private readonly HttpClient _client = new();
    private RealSpark? _spark;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_spark is not null) await _spark.WipeAsync();
        _scripts.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Two_that_starve_each_other_are_seen_to_wait_until_one_is_killed_and_killed_processes_are_failures()
    {
        var spark = _spark = await RealSpark.OwnAsync(cores: 2);
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

        var (third, thirdName) = await SubmitAsync(cluster, "third");
        await cluster.UntilAsync(third, thirdName, status => status.State == DriverState.Running);
        await spark.KillWorkerAsync();
        var lost = await cluster.EndAsync(third, thirdName);
        Assert.Equal(DriverState.Failed, lost.State);
        Assert.Contains("worker", lost.Reason);
        Assert.Equal(new DriverLog("", ""), await cluster.LogAsync(third, Cancelled));
    }

    [Fact]
    public async Task A_master_that_is_killed_is_unreachable_and_knows_its_drivers_when_it_is_back()
    {
        var spark = _spark = await RealSpark.OwnAsync(cores: 2);
        var cluster = Of(spark);
        var (driver, name) = await SubmitAsync(cluster, "recovered");
        await cluster.UntilAsync(driver, name, status => status.State == DriverState.Running);
        await spark.KillMasterAsync();
        var unreachable = await Assert.ThrowsAsync<ClusterUnreachableException>(() => cluster.StatusAsync(driver, name, Cancelled));
        Assert.Contains(spark.Rest.Authority, unreachable.Message);

        await spark.UpAsync();
        var status = await cluster.UntilAsync(driver, name, _ => true);
        // Mostly it runs on. But a worker that registers again before the master has read which drivers are the worker's own is told
        // to end them.
        Assert.Contains(status.State, new[] { DriverState.Running, DriverState.Killed });
        Assert.Equal(driver, await cluster.FoundAsync(name, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task A_master_that_is_killed_and_does_not_recover_knows_nothing_of_its_drivers_when_it_is_back()
    {
        var spark = _spark = await RealSpark.OwnAsync(cores: 2, recovery: false);
        var cluster = Of(spark);
        var (driver, name) = await SubmitAsync(cluster, "forgotten");
        await cluster.UntilAsync(driver, name, status => status.State == DriverState.Running);
        await spark.KillMasterAsync();
        await spark.UpAsync();

        Assert.Equal(new DriverStatus(DriverState.Unknown), await cluster.EndAsync(driver, name));
        // Its application may register with the new master before its worker does, which then ends it: until then nobody can tell.
        Assert.Null(await cluster.FoundAsync(name, DateTimeOffset.UtcNow));
        Assert.Equal(new DriverLog("", ""), await cluster.LogAsync(driver, Cancelled));
    }

    private StandaloneCluster Of(RealSpark spark) => new(new StandaloneOptions { Master = spark.Master, Rest = spark.Rest, Ui = spark.Ui }, _client, TimeProvider.System);

    private async Task<(string Driver, string AppName)> SubmitAsync(StandaloneCluster cluster, string what)
    {
        var submission = new SparkSubmission { AppName = Scripts.NewName(what), Script = _scripts.Of(Scripts.Endless) };
        return (await cluster.SubmitAsync(submission, Cancelled), submission.AppName);
    }
}
