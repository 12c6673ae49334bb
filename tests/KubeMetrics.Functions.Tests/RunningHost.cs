using KubeMetrics.Functions.Tests.StandIn;

namespace KubeMetrics.Functions.Tests;

/// <summary>One worker over a made dataset that was analysed once, for all tests of a class.</summary>
public sealed class RunningHost : IAsyncLifetime
{
    private MadeFolder? _folder;
    private StandInHost? _host;

    internal StandInHost Host => _host!;

    internal MadeFolder Folder => _folder!;

    /// <summary>The id of the report that is there.</summary>
    public string Report { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        _folder = await MadeFolder.CreateAsync(CancellationToken.None);
        _host = await StandInHost.StartAsync(_folder.Settings, CancellationToken.None);
        using var asked = await _host.Client.PostAsync("/api/analysis", Answer.Json($$"""{"dataset":"{{MadeFolder.Dataset}}"}"""));
        await _host.TickAsync("RunDue", CancellationToken.None);
        using var reports = await _host.Client.GetAsync($"/api/reports/{MadeFolder.Dataset}");
        Report = (await Answer.OfAsync(reports)).GetProperty("reports")[0].GetProperty("runId").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _folder?.Dispose();
    }
}
