using System.Text.Json;
using KubeMetrics.EndToEnd.Tests.Serve;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary><c>kubemetrics demo --spark</c>.</summary>
public sealed class SparkDemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_has_Spark_write_what_is_analysed_and_leaves_settings_that_do_so_again_when_something_is_new()
    {
        var ceph = await Ceph.OwnAsync("memstore");
        var spark = RealSpark.NotStarted();
        var variables = new Dictionary<string, string>([.. ceph.Variables, .. spark.Variables]);
        try
        {
            var run = await CommandRun.OfAsync(_folder.Path, variables, "demo", "--spark", "--days", "2", "--json");
            Assert.True(run.ExitCode == 0, run.Error);
            var report = JsonDocument.Parse(run.Output).RootElement;
            Assert.Equal(11, report.GetProperty("groups").GetArrayLength());
            Assert.Equal(8, report.GetProperty("run").GetProperty("inputs").GetArrayLength()); // as many files as Spark was told to write

            // The host knows what was made, and that nothing is new.
            await using var host = await RunningHost.StartAsync(_folder.Path, null, "--settings", "kubemetrics-demo/spark.json", "--state", "s3://kubemetrics-private/state");
            var refresh = await host.EndOfRefreshAsync((await host.PostAsync("/api/refresh", """{"dataset":"demo"}""")).Is(202).Json.Text("id"));
            Assert.True(refresh.Text("state") == "succeeded", refresh.ToString());
            Assert.Equal((JsonValueKind.Null, report.GetProperty("run").Text("runId")), (refresh.GetProperty("job").ValueKind, refresh.Text("report").Split('/')[^2]));
            Assert.Equal("succeeded", Assert.Single((await host.GetAsync("/api/jobs")).Is(200).Json.GetProperty("jobs").EnumerateArray()).Text("state"));
        }
        finally
        {
            await Task.WhenAll(ceph.WipeAsync(), spark.WipeAsync());
        }
    }
}
