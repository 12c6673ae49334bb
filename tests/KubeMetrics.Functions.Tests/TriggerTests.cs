namespace KubeMetrics.Functions.Tests;

/// <summary>The function that Event Grid delivers to, where the package feed has its trigger.</summary>
public sealed class TriggerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_that_is_delivered_to_the_function_is_taken_and_one_that_can_not_be_read_is_a_dead_letter()
    {
        using var folder = await MadeFolder.CreateAsync(Cancellation);
        await using var host = await StandIn.StandInHost.StartAsync(folder.Settings, Cancellation);
        var place = new Uri(folder.Settings[$"Datasets__{MadeFolder.Dataset}__Location"]).AbsoluteUri;
        await host.DeliverAsync("TakeEvent", $$"""{ "specversion": "1.0", "id": "1", "source": "/x", "type": "kubemetrics.ingest.completed", "data": { "destination": "{{place}}" } }""", Cancellation);
        await host.DeliverAsync("TakeEvent", """{"specversion":"2.0","id":"2","source":"/x","type":"kubemetrics.ingest.completed","data":{}}""", Cancellation);

        using var came = await host.Client.GetAsync("/api/notifications", Cancellation);
        Assert.Equal(["set-aside", "accepted"], (await Answer.OfAsync(came)).GetProperty("notifications").EnumerateArray().Select(one => one.GetProperty("outcome").GetString()));
        using var letters = await host.Client.GetAsync("/api/dead-letters", Cancellation);
        Assert.Single((await Answer.OfAsync(letters)).GetProperty("deadLetters").EnumerateArray());
    }

    [Fact]
    public async Task Where_settings_are_wrong_an_event_is_not_taken_so_that_it_is_delivered_again()
    {
        await using var host = await StandIn.StandInHost.StartAsync(new Dictionary<string, string>(), Cancellation);
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => host.DeliverAsync("TakeEvent", "{}", Cancellation));
        Assert.Contains("settings are wrong", failed.Message);
    }
}
