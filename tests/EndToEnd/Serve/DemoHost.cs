namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary><c>kubemetrics serve --demo</c>, as a person tries it first, for the tests that look at its page.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningHost? _host;

    internal RunningHost Host => _host!;

    internal string Url(string path) => new Uri(Host.Client.BaseAddress!, path).AbsoluteUri;

    public async ValueTask InitializeAsync()
    {
        // One that can be analysed, one that can't: the page has to say why.
        _folder.Write("broken/dump.json", """{"metric":{"__name__":"up","job":"a"},"values":[[1517443200,"1"]]}""");
        // One that is cut in the middle, one without dumps, one whose folder is not there.
        _folder.Write("cut/cut.json", ServedDumps.Operations[..200]);
        _folder.Write("cut/whole.json", ServedDumps.Operations);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bare"));
        _host = await RunningHost.StartAsync(_folder.Path, new Dictionary<string, string>
        {
            ["Datasets:broken:Location"] = "broken",
            ["Datasets:broken:Where"] = "job=nonesuch",
            ["Datasets:cut:Location"] = "cut",
            ["Datasets:cut:GroupBy"] = "op",
            ["Datasets:bare:Location"] = "bare",
            ["Datasets:gone:Location"] = "gone",
        }, "--demo");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
