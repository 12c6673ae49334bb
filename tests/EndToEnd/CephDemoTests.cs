using System.Text.Json;
using KubeMetrics.EndToEnd.Tests.Serve;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary><c>kubemetrics demo --ceph</c>.</summary>
public sealed class CephDemoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_demo_in_a_Ceph_leaves_settings_that_serve_its_report_and_copy_its_dumps()
    {
        var ceph = await Ceph.OwnAsync("memstore");
        try
        {
            var run = await CommandRun.OfAsync(_folder.Path, ceph.Variables, "demo", "--ceph", "--days", "2");
            Assert.True(run.ExitCode == 0, run.Error);
            Assert.Contains("list_images", run.Output);
            Assert.Contains("kubemetrics serve --settings kubemetrics-demo/ceph.json", run.Output);
            Assert.Contains($"CEPH_DEV_DIR={ceph.Variables["CEPH_DEV_DIR"]} bash ", run.Output);
            Assert.Equal(["ceph.json"], Directory.EnumerateFileSystemEntries(Path.Combine(_folder.Path, "kubemetrics-demo")).Select(Path.GetFileName));

            // Again: what is there stays.
            var again = await CommandRun.OfAsync(_folder.Path, ceph.Variables, "demo", "--ceph", "--days", "2", "--json");
            Assert.Contains("--force", again.Error);
            var runId = JsonDocument.Parse(again.Output).RootElement.GetProperty("run").GetProperty("runId").GetString();

            await using var host = await RunningHost.StartAsync(_folder.Path, null, "--settings", "kubemetrics-demo/ceph.json", "--state", "s3://kubemetrics-private/state");
            var demo = await ReadableAsync(host);
            Assert.Equal(runId, demo.GetProperty("latest").Text("runId"));
            (await host.GetAsync(demo.GetProperty("latest").Text("page"))).Is(200);

            var refresh = await host.EndOfRefreshAsync((await host.PostAsync("/api/refresh", """{"dataset":"copy"}""")).Is(202).Json.Text("id"));
            Assert.True(refresh.Text("state") == "succeeded", refresh.ToString());
            var copied = (await host.GetAsync($"/api/ingest/{refresh.Text("ingest")}")).Is(200).Json.GetProperty("done").GetProperty("copied");
            // 11 operations, 2 days: a file each.
            Assert.Equal(22, copied.GetProperty("objects").GetInt32());
        }
        finally
        {
            await ceph.WipeAsync();
        }
    }

    /// <summary>The dataset, once it is told without a problem: on a busy machine the first look at a bucket may take longer than the host waits for one.</summary>
    private static async Task<JsonElement> ReadableAsync(RunningHost host)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(RunningHost.Patience);
        while (true)
        {
            var demo = (await host.GetAsync("/api/datasets/demo")).Is(200).Json;
            if (demo.GetProperty("problem").ValueKind == JsonValueKind.Null) return demo;
            Assert.False(patience.IsCancellationRequested, demo.ToString());
        }
    }

    [Theory]
    [InlineData("CEPH_DEV_PORT")]
    [InlineData("CEPH_DEV_MON_PORT")]
    public async Task Where_a_port_is_taken_it_names_the_variable_for_another_and_leaves_nothing(string variable)
    {
        var ceph = await Ceph.RunningAsync(); // so that it is known to be installed
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var data = Path.Combine(_folder.Path, "ceph");
        var variables = new Dictionary<string, string>(ceph.Variables) { ["CEPH_DEV_DIR"] = data };
        foreach (var other in (string[])["CEPH_DEV_PORT", "CEPH_DEV_MON_PORT"]) variables[other] = Free();
        variables[variable] = port.ToString();

        var run = await CommandRun.OfAsync(_folder.Path, variables, "demo", "--ceph");

        Assert.Equal(1, run.ExitCode);
        Assert.Matches($@"Ceph did not start: port {port} of 127\.0\.0\.1 is taken by something else; end that, or set another, as {variable}=\d+\.\n$", run.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        static string Free()
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
            listener.Start();
            return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString();
        }
    }

    [Fact]
    public async Task Where_Ceph_is_not_installed_it_says_how_it_is_and_nothing_is_written()
    {
        // A PATH with what the script needs up to there, and no Ceph.
        foreach (var program in (string[])["bash", "dotnet", "realpath", "id", "uname"])
        {
            var found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
            Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
            File.CreateSymbolicLink(Path.Combine(_folder.Path, "bin", program), Path.GetFullPath(File.ResolveLinkTarget(found, returnFinalTarget: true)?.FullName ?? found));
        }

        var run = await CommandRun.OfAsync(_folder.Path, new Dictionary<string, string> { ["PATH"] = Path.Combine(_folder.Path, "bin") }, "demo", "--ceph");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Ceph is not installed.", run.Error);
        Assert.Contains("ceph-dev.sh install", run.Error);
        Assert.Equal([Path.Combine(_folder.Path, "bin")], Directory.EnumerateFileSystemEntries(_folder.Path));
    }
}
