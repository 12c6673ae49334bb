using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>
/// One host for all tests that only ask: dumps made by hand, small enough to be counted by eye, one of them analysed. It is
/// its own collection, so those tests share it one after another.
/// </summary>
[CollectionDefinition]
public sealed class ServedDumps : ICollectionFixture<ServedDumps>, IAsyncLifetime
{
    /// <summary>Two series of one operation on two hosts, and one of another that was idle once.</summary>
    internal const string Operations = """
        {"metric":{"__name__":"op_seconds","op":"a","host":"h1"},"values":[[1517443200,"1"],[1517443260,"2"],[1517443320,"3"]]}
        {"metric":{"__name__":"op_seconds","op":"a","host":"h2"},"values":[[1517443200,"10"],[1517443260,"20"],[1517443320,"30"]]}
        {"metric":{"__name__":"op_seconds","op":"b","host":"h1"},"values":[[1517443200,"5"],[1517443260,"NaN"],[1517443320,"7"]]}

        """;

    /// <summary>A counter, in a file that is newer.</summary>
    internal const string Requests = """{"metric":{"__name__":"requests_total","op":"a"},"values":[[1517443200,"100"],[1517443230,"160"]]}""" + "\n";

    private readonly TemporaryFolder _folder = new();
    private RunningHost? _host;

    internal RunningHost Host => _host!;

    /// <summary>The analysis of the dataset <c>ops</c>, done.</summary>
    internal JsonElement Run { get; private set; }

    /// <summary>A refresh of the dataset <c>ops</c>, done.</summary>
    internal JsonElement Refresh { get; private set; }

    /// <summary>Two dead letters: one to be tried again, one to be deleted.</summary>
    internal IReadOnlyList<string> DeadLetters { get; private set; } = [];

    internal string RunId => Run.Text("runId");

    /// <summary>A dry run of an ingest, done.</summary>
    internal JsonElement Ingest { get; private set; }

    /// <summary>Where the report's files are.</summary>
    internal string Report => $"/api/reports/ops/{RunId}";

    public async ValueTask InitializeAsync()
    {
        File.SetLastWriteTimeUtc(_folder.Write("ops/a.json", Operations), new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_folder.Write("ops/b.json", Requests), new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        _folder.Write("cut/cut.json", Operations[..200]);
        _folder.Write("cut/whole.json", Requests);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bare"));
        _folder.Write("settings.json", """
            {
              "Notifications": { "Open": true },
              "Datasets": {
                "ops": { "Location": "ops", "GroupBy": "op", "Window": "1y", "Unit": "s" },
                "cut": { "Location": "cut", "GroupBy": "op" },
                "bare": { "Location": "bare" },
                "gone": { "Location": "gone" }
              }
            }
            """);
        _host = await RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json");
        Run = await _host.AnalysedAsync("""{"dataset":"ops"}""");
        Refresh = await _host.EndOfRefreshAsync((await _host.PostAsync("/api/refresh", """{"dataset":"ops"}""")).Is(202).Json.Text("id"));
        Assert.Equal(2, (await _host.PostAsync("/api/notifications", """{"Records":[{},{}]}""")).Is(200).Json.GetProperty("setAside").GetInt32());
        DeadLetters = [.. (await _host.GetAsync("/api/dead-letters")).Is(200).Json.GetProperty("deadLetters").EnumerateArray().Select(one => one.Text("id"))];
        Ingest = await _host.IngestedAsync("""{"source":"ops","destination":"bare/copies","dryRun":true}""");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _folder.Dispose();
    }
}
