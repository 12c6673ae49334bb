namespace KubeMetrics.Functions.Tests;

/// <summary>Events through the real worker, to and from a stand-in of a topic (<see cref="EventGridStandIn"/>).</summary>
public sealed class EventTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_ended_is_published_by_the_timer_once_the_topic_is_up_and_no_second_time()
    {
        await using var topic = await EventGridStandIn.StartAsync();
        topic.Instead = (http, _) =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (503, "0");
            return Task.FromResult(true);
        };
        using var folder = await MadeFolder.CreateAsync(Cancellation);
        await using var host = await StandIn.StandInHost.StartAsync(new Dictionary<string, string>(folder.Settings) { ["Events__Topic"] = topic.Endpoint, ["Events__TopicKey"] = EventGridStandIn.Key }, Cancellation);
        using var asked = await host.Client.PostAsync("/api/analysis", Answer.Json($$"""{"dataset":"{{MadeFolder.Dataset}}"}"""), Cancellation);
        var id = (await Answer.OfAsync(asked)).GetProperty("id").GetString();
        await host.TickAsync("RunDue", Cancellation);
        await host.TickAsync("PublishEvents", Cancellation);
        Assert.Empty(topic.Taken);

        topic.Instead = null;
        await host.TickAsync("PublishEvents", Cancellation);
        await host.TickAsync("PublishEvents", Cancellation);
        var told = Assert.Single(topic.Taken);
        Assert.Equal(("kubemetrics.report.ready", id), ((string?)told["type"], (string?)told["id"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_subscription_is_agreed_to_and_what_it_delivers_makes_a_dataset_be_refreshed(bool inCloudEvents)
    {
        await using var topic = await EventGridStandIn.StartAsync(copies: 2);
        using var folder = await MadeFolder.CreateAsync(Cancellation);
        await using var host = await StandIn.StandInHost.StartAsync(new Dictionary<string, string>(folder.Settings) { ["Refresh__Quiet"] = "0.1s", ["Refresh__Reconcile"] = "7d" }, Cancellation);
        await host.TickAsync("Refresh", Cancellation); // compares once, at first
        await host.TickAsync("RunDue", Cancellation);
        var address = host.Client.BaseAddress!.ToString().TrimEnd('/') + "/api/events";
        Assert.False((await topic.SubscribeAsync($"{address}?code=another", inCloudEvents)).IsThere);
        Assert.True((await topic.SubscribeAsync($"{address}?code={MadeFolder.EventKey}", inCloudEvents)).IsThere);

        // Somebody else brought a dump, and says so.
        var dumps = folder.Settings[$"Datasets__{MadeFolder.Dataset}__Location"];
        var dump = Directory.EnumerateFiles(dumps, "*.json*", SearchOption.AllDirectories).First(file => !file.Contains("/.kubemetrics/", StringComparison.Ordinal));
        File.Copy(dump, Path.Combine(dumps, "one-more-" + Path.GetFileName(dump)));
        await topic.PublishAsync("kubemetrics.ingest.completed", $$"""{"destination":"{{new Uri(dumps).AbsoluteUri}}"}""");
        await topic.DeliveredAsync();
        Assert.Empty(topic.DeadLetters);
        await host.TickAsync("Refresh", Cancellation);

        using var refreshes = await host.Client.GetAsync("/api/refresh", Cancellation);
        Assert.Equal("arrival", (await Answer.OfAsync(refreshes)).GetProperty("refreshes")[0].GetProperty("reason").GetString());
    }
}
