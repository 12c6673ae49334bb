using System.IO.Pipelines;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>How a stream of changes begins.</summary>
public sealed class ChangesTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private Action _asked = () => { };

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<(AnalysisProcess Process, WorkRecord Run)> WithRunAsync()
    {
        await _folder.AddDumpAsync(1);
        var process = new AnalysisProcess(_folder, new ManualTime(), store => new WatchedStore(store, () => _asked()));
        var asked = await process.AskAsync();
        var running = await process.Work.Works.ChangeAsync(asked.Id, record => record with { State = WorkState.Running }, Cancellation);
        return (process, running!.Record);
    }

    private static Task<IResult> WatchAsync(AnalysisProcess process)
    {
        var datasets = new DatasetService(new DatasetCatalog([process.Dataset]), process.Places, new PlaceProbe(new StoreAccess(process.Time), process.Time), process.Work.Works, process.Work.Feed, process.Time);
        return ChangesApi.WatchAsync(process.Service, datasets, process.Work.Feed, process.Time, CancellationToken.None, Cancellation);
    }

    private static WorkProgress At(double fraction) => new("reading", 0, 0, "bytes", fraction, null);

    [Fact]
    public async Task A_state_that_is_older_than_the_one_at_the_start_does_not_come_after_it()
    {
        var (process, run) = await WithRunAsync();
        _asked = () =>
        {
            _asked = () => { };
            foreach (var fraction in (double[])[0.1, 0.2]) process.Work.Feed.Progress(run, At(fraction)); // while the runs are listed
        };

        var events = await WatchAsync(process);
        process.Work.Feed.Progress(run, At(0.3));

        var pipe = new Pipe();
        var http = new DefaultHttpContext();
        http.Response.Body = pipe.Writer.AsStream();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        http.RequestAborted = gone.Token;
        var told = events.ExecuteAsync(http);
        var lines = new StreamReader(pipe.Reader.AsStream());
        var fractions = new List<double>();
        while (fractions.LastOrDefault() != 0.3 && await lines.ReadLineAsync(Cancellation) is { } line)
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                fractions.Add(JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("progress").GetProperty("fraction").GetDouble());
        await gone.CancelAsync();
        await told;

        Assert.Equal([0.2, 0.3], fractions);
    }

    [Fact]
    public async Task Where_the_runs_can_not_be_listed_nothing_is_sent()
    {
        var (process, _) = await WithRunAsync();
        _asked = () => throw new ObjectStoreException(ObjectStoreError.Unavailable, "The store does not answer.");

        await Assert.ThrowsAsync<ObjectStoreException>(() => WatchAsync(process));
    }
}
