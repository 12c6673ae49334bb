using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Following runs, as any program would.</summary>
internal static class Runs
{
    public static readonly string[] Steps = ["listing", "measuring", "reading", "summarising", "drawing", "publishing"];

    /// <summary>The numbers of each group of a report, or of what <c>analyze --json</c> prints.</summary>
    public static IReadOnlyList<string> Descriptions(JsonElement report) =>
        [.. report.GetProperty("groups").EnumerateArray().Select(group => $"{group.GetProperty("name")} {group.GetProperty("values")}").Order(StringComparer.Ordinal)];

    /// <summary>That two engines have said the same: numbers to 1e-9 of their size, all else to the letter.</summary>
    public static void AssertSame(JsonElement expected, JsonElement actual, string at = "")
    {
        Assert.True(expected.ValueKind == actual.ValueKind, $"{at}: {expected} and {actual}");
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(one => one.Name), actual.EnumerateObject().Select(one => one.Name));
                foreach (var one in expected.EnumerateObject()) AssertSame(one.Value, actual.GetProperty(one.Name), $"{at}.{one.Name}");
                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"{at}: {expected.GetArrayLength()} and {actual.GetArrayLength()}");
                foreach (var (one, other, i) in expected.EnumerateArray().Zip(actual.EnumerateArray()).Select((pair, i) => (pair.First, pair.Second, i))) AssertSame(one, other, $"{at}[{i}]");
                break;
            case JsonValueKind.Number:
                var (x, y) = (expected.GetDouble(), actual.GetDouble());
                // Where terms cancel (skewness, correlations near 0) the rounding of what they are made of is left.
                Assert.True(Math.Abs(x - y) <= 1e-9 * Math.Max(1, Math.Max(Math.Abs(x), Math.Abs(y))), $"{at}: {x:R} and {y:R}");
                break;
            default:
                Assert.True(expected.ToString() == actual.ToString(), $"{at}: {expected} and {actual}");
                break;
        }
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static bool HasEnded(this JsonElement run) => run.Text("state") is not ("queued" or "running");

    /// <summary>Whether a run is at a step, past it, or at its end.</summary>
    public static bool HasReached(this JsonElement run, string step) => run.HasEnded()
        || run.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress && Array.IndexOf(Steps, progress.Text("step")) >= Array.IndexOf(Steps, step);

    /// <summary>The run at its end.</summary>
    public static async Task<JsonElement> EndOfAsync(this RunningHost host, string id, TimeSpan? patience = null)
    {
        await using var changes = await Changes.OfAsync(host, patience: patience);
        var run = (await host.GetAsync($"/api/analysis/{id}")).Is(200).Json;
        return run.HasEnded() ? run : await changes.UntilAsync(id, one => one.HasEnded());
    }

    /// <summary>Asks for an analysis and follows it to its good end.</summary>
    public static async Task<JsonElement> AnalysedAsync(this RunningHost host, string body, TimeSpan? patience = null)
    {
        var asked = await host.PostAsync("/api/analysis", body);
        Assert.True(asked.Status is 200 or 202, asked.Text);
        var run = await host.EndOfAsync(asked.Json.Text("id"), patience);
        Assert.True(run.Text("state") == "succeeded", run.ToString());
        return run;
    }

    /// <summary>Asks for an ingest and follows it to its end.</summary>
    public static async Task<JsonElement> IngestedAsync(this RunningHost host, string body)
    {
        await using var changes = await Changes.OfAsync(host);
        return await host.EndOfIngestAsync((await host.PostAsync("/api/ingest", body)).Is(202).Json.Text("id"), changes);
    }

    /// <summary>An ingest at its end.</summary>
    public static async Task<JsonElement> EndOfIngestAsync(this RunningHost host, string id, Changes changes)
    {
        var ingest = (await host.GetAsync($"/api/ingest/{id}")).Is(200).Json;
        return ingest.HasEnded() ? ingest : await changes.UntilAsync(id, one => one.HasEnded(), "ingest");
    }

    /// <summary>A job at its end, its rows too.</summary>
    public static async Task<JsonElement> EndOfJobAsync(this RunningHost host, string id)
    {
        await using var changes = await Changes.OfAsync(host, patience: RunningHost.Patience * 4); // two drivers on two cores
        if ((await host.GetAsync($"/api/jobs/{id}")).Is(200).Json is var job && job.HasFinished()) return job;
        await changes.UntilAsync(id, HasFinished, "job");
        return (await host.GetAsync($"/api/jobs/{id}")).Is(200).Json;
    }

    private static bool HasFinished(this JsonElement work) => work.GetProperty("finished").ValueKind != JsonValueKind.Null;

    /// <summary>A refresh as soon as it has ended.</summary>
    public static async Task<JsonElement> EndOfRefreshAsync(this RunningHost host, string id)
    {
        using var patience = new CancellationTokenSource(RunningHost.Patience);
        while (true)
        {
            patience.Token.ThrowIfCancellationRequested();
            var refresh = (await host.GetAsync($"/api/refresh/{id}")).Is(200).Json;
            if (refresh.HasEnded()) return refresh;
            await Task.Delay(50, patience.Token); // to ask takes time that the host needs
        }
    }
}
