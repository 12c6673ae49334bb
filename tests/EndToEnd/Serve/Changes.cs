using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>A listener to what a host tells of its runs and datasets.</summary>
internal sealed class Changes : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _lines;
    private readonly CancellationTokenSource _patience;

    private Changes(HttpResponseMessage response, Stream body, CancellationTokenSource patience) => (_response, _lines, _patience) = (response, new StreamReader(body), patience);

    /// <summary>Listens from now on: nothing that happens after this returns is missed.</summary>
    public static async Task<Changes> OfAsync(RunningHost host, string query = "", TimeSpan? patience = null)
    {
        var ends = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ends.CancelAfter(patience ?? RunningHost.Patience);
        var response = await host.Client.GetAsync("/api/changes" + query, HttpCompletionOption.ResponseHeadersRead, ends.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new Changes(response, await response.Content.ReadAsStreamAsync(ends.Token), ends);
    }

    /// <summary>The next event; null where the host ends the stream.</summary>
    public async Task<(string Type, JsonElement Data)?> NextAsync()
    {
        var type = "";
        while (await _lines.ReadLineAsync(_patience.Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) return (type, JsonDocument.Parse(line["data: ".Length..]).RootElement);
        }

        return null;
    }

    /// <summary>Reads on until a run (or an ingest) is as wanted.</summary>
    public async Task<JsonElement> UntilAsync(string id, Func<JsonElement, bool> wanted, string what = "run")
    {
        while (await NextAsync() is var (type, data))
            if (type == what && data.GetProperty("id").GetString() == id && wanted(data))
                return data;
        throw new InvalidOperationException($"The stream ended before the {what} {id} was as wanted.");
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _response.Dispose();
        _patience.Dispose();
        return ValueTask.CompletedTask;
    }
}
