using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using KubeMetrics.Functions.Tests.StandIn;

namespace KubeMetrics.Functions.Tests;

/// <summary>Work is data: what is asked for in one process is done in another, in calls that are short.</summary>
public sealed class WorkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static async Task<string> AskAsync(StandInHost host)
    {
        using var asked = await host.Client.PostAsync("/api/analysis", Answer.Json($$"""{"dataset":"{{MadeFolder.Dataset}}"}"""), Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        return asked.Headers.Location!.ToString();
    }

    private static async Task<JsonElement> GetAsync(StandInHost host, string path)
    {
        using var answer = await host.Client.GetAsync(path, Cancellation);
        Assert.True(answer.StatusCode < HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode}: {string.Join('\n', host.Log)}\n{host.Worker.Output}");
        return await Answer.OfAsync(answer);
    }

    [Fact]
    public async Task What_was_answered_202_by_a_process_that_is_killed_then_is_done_by_the_next_in_calls_that_keep_their_budget()
    {
        using var folder = await MadeFolder.CreateAsync(Cancellation);
        string run;
        await using (var first = await StandInHost.StartAsync(folder.Settings, Cancellation))
        {
            run = await AskAsync(first);
            first.Worker.Kill();
            await first.Worker.EndedAsync(Cancellation);
        }

        // So little that no call does more than one step: the first steps of a process take longer by themselves.
        await using var second = await StandInHost.StartAsync(new Dictionary<string, string>(folder.Settings) { ["Work__Budget"] = "0.1s" }, Cancellation);
        Assert.Equal("queued", (await GetAsync(second, run)).GetProperty("state").GetString());
        var calls = 0;
        while ((await GetAsync(second, run)).GetProperty("state").GetString() is "queued" or "running")
        {
            Assert.True(calls++ < 100, "The run does not come to an end.");
            await second.TickAsync("RunDue", Cancellation);
        }

        var done = await GetAsync(second, run);
        Assert.True(done.GetProperty("state").GetString() == "succeeded", done.GetRawText());
        Assert.True(calls > 1, "All was done in one call, however short it was to be.");
        Assert.Contains(second.Log, line => line.EndsWith("given back, to be gone on with from its last checkpoint", StringComparison.Ordinal));
        using var report = await second.Client.GetAsync(done.GetProperty("report").GetString(), Cancellation);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (report.StatusCode, report.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task A_worker_that_the_host_tells_to_end_ends_by_itself_with_its_streams_ended()
    {
        using var folder = await MadeFolder.CreateAsync(Cancellation);
        await using var host = await StandInHost.StartAsync(folder.Settings, Cancellation);
        using var changes = await host.Client.GetAsync("/api/changes", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var events = new StreamReader(await changes.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("retry: 2000", await events.ReadLineAsync(Cancellation));
        await AskAsync(host);
        while (await events.ReadLineAsync(Cancellation) is { } line && line != "event: run")
        {
            // comments, and what parts events
        }

        host.Terminate();

        await events.ReadToEndAsync(Cancellation); // it would throw where the connection breaks
        Assert.Equal(0, await host.Worker.EndedAsync(Cancellation));
    }

    [Fact]
    public async Task A_worker_that_is_told_to_end_by_a_signal_ends_by_itself()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such signals.");
        await using var host = await StandInHost.StartAsync(new Dictionary<string, string>(), Cancellation);
        using var health = await host.Client.GetAsync("/api/health", Cancellation); // it is there whole

        using var told = Process.Start("kill", ["-TERM", host.Worker.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);

        // 128 + 15 where the runtime ended it, 0 where the host did.
        var code = await host.Worker.EndedAsync(Cancellation);
        Assert.True(code is 0 or 128 + 15, $"{code}: {host.Worker.Output}");
    }
}
