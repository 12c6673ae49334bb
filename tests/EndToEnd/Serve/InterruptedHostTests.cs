using System.Text.Json;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Hosts that are killed or ended in the middle of an analysis, and what the next start makes of it.</summary>
public sealed class InterruptedHostTests : IAsyncLifetime
{
    private const string Ask = """{"dataset":"kube"}""";
    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync() =>
        await DemoDataset.WriteAsync(FolderStore.Create(Path.Combine(_folder.Path, "dumps"), flushToDisk: false), new DemoOptions { Days = 2 });

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<RunningHost> StartAsync(string leaseTerm) => RunningHost.StartAsync(_folder.Path, new Dictionary<string, string>
    {
        ["Datasets:kube:Location"] = "dumps",
        ["Datasets:kube:Where"] = "quantile=0.9",
        ["Work:LeaseTerm"] = leaseTerm,
        ["Work:Poll"] = "0.1s",
        // Killed on purpose; the standard number would take it for its own fault.
        ["Work:Attempts"] = "100",
    });

    [Fact]
    public async Task A_run_is_completed_once_however_often_its_host_is_killed()
    {
        string id, runId;
        await using (var host = await StartAsync("1s"))
        {
            var asked = (await host.PostAsync("/api/analysis", Ask, ("Idempotency-Key", "once"))).Is(202).Json;
            await host.KillAsync();
            (id, runId) = (asked.Text("id"), asked.Text("runId"));
        }

        var killedAt = new List<string>();
        foreach (var step in (string[])["reading", "summarising", "drawing", "publishing"])
        {
            await using var host = await StartAsync("1s");
            await using var changes = await Changes.OfAsync(host);
            var seen = (await host.GetAsync($"/api/analysis/{id}")).Is(200).Json;
            if (!seen.HasReached(step)) seen = await changes.UntilAsync(id, run => run.HasReached(step));
            await host.KillAsync();
            // Later ones may find it at its end, if it was quick: it is in its middle that it has to be killed at least once.
            killedAt.Add(seen.HasEnded() ? "the end" : seen.GetProperty("progress").Text("step"));
        }

        Assert.Contains(killedAt, step => step != "the end");
        TestContext.Current.TestOutputHelper?.WriteLine($"killed at {string.Join(", ", killedAt)}");
        await using var last = await StartAsync("1s");
        // Whoever asked and never saw the answer asks again, and gets the same run.
        Assert.Equal(id, (await last.PostAsync("/api/analysis", Ask, ("Idempotency-Key", "once"))).Json.Text("id"));
        var done = await last.EndOfAsync(id);
        Assert.Equal("succeeded", done.Text("state"));
        Assert.Equal(runId, done.Text("runId"));
        Assert.Equal(id, Assert.Single((await last.GetAsync("/api/analysis")).Json.GetProperty("runs").EnumerateArray()).Text("id"));
        var report = Assert.Single((await last.GetAsync("/api/reports/kube")).Json.GetProperty("reports").EnumerateArray());
        Assert.True(report.GetProperty("latest").GetBoolean());
        Assert.Equal(runId, report.Text("runId"));
        Assert.Equal(runId, (await last.GetAsync("/api/datasets/kube")).Json.GetProperty("latest").Text("runId"));
        foreach (var file in (string[])[report.Text("page"), report.Text("document")]) (await last.GetAsync(file)).Is(200);
        AssertLeft(id, runId);
    }

    [Fact]
    public async Task A_host_that_is_ended_gives_its_work_back_and_the_next_goes_on_at_once()
    {
        string id;
        await using (var host = await StartAsync("10m"))
        {
            await using var changes = await Changes.OfAsync(host);
            id = (await host.PostAsync("/api/analysis", Ask)).Is(202).Json.Text("id");
            await changes.UntilAsync(id, run => run.HasReached("reading"));
            var (exitCode, error) = await host.EndAsync();
            Assert.Equal(0, exitCode);
            Assert.DoesNotContain("   at ", error);
            Assert.Contains("Stopping: SIGTERM was received", error);
            Assert.Contains("go on with: 1", error);
            while (await changes.NextAsync() is not null)
            {
                // who listens is let go, not cut off
            }
        }

        Assert.Equal("queued", JsonDocument.Parse(File.ReadAllText(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "state", "work"), "*.json")))).RootElement.Text("state"));
        // A lease that were still held would keep it for ten minutes, which is longer than this test waits.
        await using var next = await StartAsync("10m");
        Assert.Equal("succeeded", (await next.EndOfAsync(id)).Text("state"));
        AssertLeft(id, Assert.Single((await next.GetAsync("/api/reports/kube")).Json.GetProperty("reports").EnumerateArray()).Text("runId"));
    }

    /// <summary>One record and one report, and nothing of the way there.</summary>
    private void AssertLeft(string id, string runId)
    {
        var state = Path.Combine(_folder.Path, "state");
        Assert.Equal([$"{id}.json"], Names(Path.Combine(state, "work")));
        Assert.Equal([runId], Directory.GetDirectories(Path.Combine(state, "reports", "kube")).Select(Path.GetFileName).Where(name => !name!.StartsWith('.')));
        Assert.Empty(Names(Path.Combine(state, "documents")));
        Assert.Empty(Names(Path.Combine(state, "dead-letter")));
    }

    private static IEnumerable<string?> Names(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Select(Path.GetFileName) : [];
}
