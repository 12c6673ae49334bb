using System.IO.Pipelines;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Refresh;
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

    private static Task<IResult> WatchAsync(AnalysisProcess process, TimeSpan? longest = null)
    {
        var datasets = new DatasetService(new DatasetCatalog([process.Dataset]), process.Places, new PlaceProbe(new StoreAccess(process.Time), process.Time), process.Work.Works, process.Work.Feed, process.Time);
        return ChangesApi.WatchAsync(process.Work.Works, datasets, process.Work.Feed, process.Time, longest, CancellationToken.None, Cancellation);
    }

    private static async Task<WorkRecord> AddAsync(AnalysisProcess process, string kind, string input, WorkState state = WorkState.Queued)
    {
        var now = process.Time.GetUtcNow();
        var record = new WorkRecord { Id = WorkId.New(now), Kind = kind, Dataset = process.Dataset.Name, Created = now, Input = JsonDocument.Parse(input).RootElement, State = state };
        return (await process.Work.Works.AddAsync(record, Cancellation)).Record;
    }

    /// <summary>What a listener is told, up to what it waits for.</summary>
    private static async Task<IReadOnlyList<(string Type, JsonElement Data)>> ToldUntilAsync(IResult events, Func<(string Type, JsonElement Data), bool> wanted)
    {
        var pipe = new Pipe();
        var http = new DefaultHttpContext();
        http.Response.Body = pipe.Writer.AsStream();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        http.RequestAborted = gone.Token;
        var telling = events.ExecuteAsync(http);
        var lines = new StreamReader(pipe.Reader.AsStream());
        var told = new List<(string Type, JsonElement Data)>();
        var type = "";
        while ((told.Count == 0 || !wanted(told[^1])) && await lines.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) type = line["event: ".Length..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) told.Add((type, JsonDocument.Parse(line["data: ".Length..]).RootElement));
        }

        await gone.CancelAsync();
        await telling;
        return told;
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

        var told = await ToldUntilAsync(events, one => FractionOf(one) == 0.3);

        Assert.Equal([0.2, 0.3], told.Select(FractionOf));
        static double? FractionOf((string Type, JsonElement Data) one) => one.Data.GetProperty("progress").GetProperty("fraction").GetDouble();
    }

    [Fact]
    public async Task Runs_ingests_and_refreshes_that_are_open_are_told_at_the_start_and_what_becomes_of_them_after()
    {
        var (process, run) = await WithRunAsync();
        var ingest = await AddAsync(process, IngestWork.KindName, """{"source":"s3://a/x","destination":"s3://b/y","include":[],"exclude":[],"maxBytes":null,"mirror":false,"dryRun":false}""");
        var refresh = await AddAsync(process, RefreshWork.KindName, """{"reason":"arrival"}""");
        var ended = await AddAsync(process, RefreshWork.KindName, """{"reason":"asked"}""", WorkState.Cancelled);

        var events = await WatchAsync(process);
        foreach (var id in (string[])[ingest.Id, refresh.Id]) await process.Work.Works.ChangeAsync(id, record => record with { State = WorkState.Running }, Cancellation);
        var told = await ToldUntilAsync(events, one => one.Type == "refresh" && one.Data.GetProperty("state").GetString() == "running");

        // Made in one millisecond, they come in no order.
        Assert.Equal(new HashSet<string>([$"run {run.Id} running", $"ingest {ingest.Id} queued", $"refresh {refresh.Id} queued"]), told.Take(3).Select(Words).ToHashSet());
        Assert.Equal([$"ingest {ingest.Id} running", $"refresh {refresh.Id} running"], told.Skip(3).Select(Words));
        Assert.DoesNotContain(told, one => one.Data.GetProperty("id").GetString() == ended.Id);
        static string Words((string Type, JsonElement Data) one) => $"{one.Type} {one.Data.GetProperty("id").GetString()} {one.Data.GetProperty("state").GetString()}";
    }

    [Fact]
    public async Task A_stream_that_may_last_only_so_long_ends_by_itself_then_and_not_before()
    {
        var (process, _) = await WithRunAsync();
        var (time, longest) = ((ManualTime)process.Time, TimeSpan.FromMinutes(3));
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();

        var telling = (await WatchAsync(process, longest)).ExecuteAsync(http);
        await time.SomebodyWaitsAsync(longest, Cancellation);
        time.Advance(longest - TimeSpan.FromMilliseconds(1));
        Assert.False(telling.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        await telling.WaitAsync(Cancellation);
        Assert.False(http.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task Where_the_runs_can_not_be_listed_nothing_is_sent()
    {
        var (process, _) = await WithRunAsync();
        _asked = () => throw new ObjectStoreException(ObjectStoreError.Unavailable, "The store does not answer.");

        await Assert.ThrowsAsync<ObjectStoreException>(() => WatchAsync(process));
    }
}
