using System.Net;
using KubeMetrics.Functions.Tests.StandIn;

namespace KubeMetrics.Functions.Tests;

/// <summary>A worker whose settings can't be worked with.</summary>
public sealed class SettingsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_missing_is_read_where_one_asks_whether_it_is_ready_and_in_the_log_and_nothing_is_done()
    {
        await using var host = await StandInHost.StartAsync(new Dictionary<string, string> { ["Datasets__made__GroupBy"] = "op" }, Cancellation);

        using var ready = await host.Client.GetAsync("/api/ready", Cancellation);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (ready.StatusCode, ready.Content.Headers.ContentType!.MediaType));
        var detail = (await Answer.OfAsync(ready)).GetProperty("detail").GetString();
        Assert.Contains("State is not set", detail);
        Assert.Contains("Datasets:made:Location is not set", detail);

        using var health = await host.Client.GetAsync("/api/health", Cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);

        await host.TickAsync("RunDue", Cancellation);
        await host.TickAsync("Refresh", Cancellation);
        Assert.Contains(host.Log, line => line.StartsWith("Settings: State is not set", StringComparison.Ordinal));
        Assert.Equal(2, host.Log.Count(line => line.StartsWith("Nothing is done, since settings are wrong", StringComparison.Ordinal)));
    }
}
