using System.Text.Json.Nodes;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary><c>kubemetrics serve --demo</c>, as a person tries it first, for the tests that look at its page.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningHost? _host;

    internal RunningHost Host => _host!;

    internal string Url(string path) => new Uri(Host.Client.BaseAddress!, path).AbsoluteUri;

    /// <summary>Puts a run like one that has ended into the host's state, as one that waits and is not due for an hour.</summary>
    /// <returns>Its id.</returns>
    internal string AddWaiting(string ended)
    {
        var work = Path.Combine(_folder.Path, "state", "work");
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(work, $"{ended}.json")))!.AsObject();
        var id = WorkId.New(TimeProvider.System.GetUtcNow());
        (record["id"], record["state"], record["due"]) = (id, "queued", TimeProvider.System.GetUtcNow().AddHours(1));
        foreach (var become in (string[])["checkpoint", "result", "problem", "started", "finished", "progress", "lease"]) record.Remove(become);
        File.WriteAllText(Path.Combine(_folder.Path, id), record.ToJsonString());
        File.Move(Path.Combine(_folder.Path, id), Path.Combine(work, $"{id}.json")); // there whole, or not at all
        return id;
    }

    /// <summary>Sets a record of a notification aside, as the host does with one that it can't read.</summary>
    /// <returns>The dead letter's id.</returns>
    internal string AddDeadLetter(string reason, string record)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = WorkId.New(now);
        _folder.Write($"state/dead-letter/notifications/{id}.json", new JsonObject { ["id"] = id, ["received"] = now, ["reason"] = reason, ["record"] = record }.ToJsonString());
        return id;
    }

    public async ValueTask InitializeAsync()
    {
        // One that can be analysed, one that can't: the page has to say why.
        _folder.Write("broken/dump.json", """{"metric":{"__name__":"up","job":"a"},"values":[[1517443200,"1"]]}""");
        // One that is cut in the middle, one without dumps, one whose folder is not there.
        _folder.Write("cut/cut.json", ServedDumps.Operations[..200]);
        _folder.Write("cut/whole.json", ServedDumps.Operations);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bare"));
        // One that is copied from a source, at once, and one whose copy takes long enough to be looked at.
        _folder.Write("source/dump.json", ServedDumps.Operations);
        _folder.Write("large/dump.json", new byte[64 << 20]);
        foreach (var folder in (string[])["fresh", "slow"]) Directory.CreateDirectory(Path.Combine(_folder.Path, folder));
        _host = await RunningHost.StartAsync(_folder.Path, new Dictionary<string, string>
        {
            ["Datasets:broken:Location"] = "broken",
            ["Datasets:broken:Where"] = "job=nonesuch",
            ["Datasets:cut:Location"] = "cut",
            ["Datasets:cut:GroupBy"] = "op",
            ["Datasets:hasty:Location"] = "cut",
            ["Datasets:hasty:GroupBy"] = "op",
            ["Datasets:bare:Location"] = "bare",
            ["Datasets:gone:Location"] = "gone",
            ["Datasets:fresh:Source"] = "source",
            ["Datasets:fresh:Location"] = "fresh",
            ["Datasets:fresh:GroupBy"] = "op",
            ["Datasets:fresh:Schedule"] = "0 0 6 * * *",
            ["Datasets:slow:Source"] = "large",
            ["Datasets:slow:Location"] = "slow",
            ["Ingest:Bandwidth"] = "2MiB",
            ["Notifications:Open"] = "true",
        }, "--demo");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
