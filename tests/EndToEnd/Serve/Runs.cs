using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Following runs, as any program would.</summary>
internal static class Runs
{
    public static readonly string[] Steps = ["listing", "measuring", "reading", "summarising", "drawing", "publishing"];

    /// <summary>The numbers of each group of a report, or of what <c>analyze --json</c> prints.</summary>
    public static IReadOnlyList<string> Descriptions(JsonElement report) =>
        [.. report.GetProperty("groups").EnumerateArray().Select(group => $"{group.GetProperty("name")} {group.GetProperty("values")}").Order(StringComparer.Ordinal)];

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static bool HasEnded(this JsonElement run) => run.Text("state") is not ("queued" or "running");

    /// <summary>Whether a run is at a step, past it, or at its end.</summary>
    public static bool HasReached(this JsonElement run, string step) => run.HasEnded()
        || run.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress && Array.IndexOf(Steps, progress.Text("step")) >= Array.IndexOf(Steps, step);

    /// <summary>The run at its end.</summary>
    public static async Task<JsonElement> EndOfAsync(this RunningHost host, string id)
    {
        await using var changes = await Changes.OfAsync(host);
        var run = (await host.GetAsync($"/api/analysis/{id}")).Is(200).Json;
        return run.HasEnded() ? run : await changes.UntilAsync(id, one => one.HasEnded());
    }

    /// <summary>Asks for an analysis and follows it to its good end.</summary>
    public static async Task<JsonElement> AnalysedAsync(this RunningHost host, string body)
    {
        var asked = await host.PostAsync("/api/analysis", body);
        Assert.True(asked.Status is 200 or 202, asked.Text);
        var run = await host.EndOfAsync(asked.Json.Text("id"));
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
