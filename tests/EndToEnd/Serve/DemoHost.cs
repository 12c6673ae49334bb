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
        _host = await RunningHost.StartAsync(_folder.Path, new Dictionary<string, string> { ["Datasets:broken:Location"] = "broken", ["Datasets:broken:Where"] = "job=nonesuch" }, "--demo");
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
