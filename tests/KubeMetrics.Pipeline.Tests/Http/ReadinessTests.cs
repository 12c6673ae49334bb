using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Events;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>Whether a host can work, tried and said without waiting for what hangs.</summary>
public sealed class ReadinessTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private StoreUri State => _folder.Below("state");

    private PlaceProbe Probe(Func<IObjectStore, IObjectStore>? state = null) =>
        new(new StoreAccess(TimeProvider.System) { Through = store => state is not null && store.Name == State.Bucket ? state(store) : store }, _time);

    private async Task<(int Status, IReadOnlyDictionary<string, JsonElement> Checks)> AskAsync(PlaceProbe probe, Dataset? dataset = null, EventProcess? events = null)
    {
        var publisher = (events ?? new EventProcess(new MemoryStore(), new EventOptions())).Publisher;
        var answer = await Asked.OfAsync(await HealthApi.ReadyAsync(State, new DatasetCatalog([dataset ?? _folder.Dataset]), probe, publisher, TestContext.Current.CancellationToken));
        return (answer.Status, answer.Json.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task A_host_whose_places_can_be_used_is_ready_and_leaves_nothing_behind()
    {
        var (status, checks) = await AskAsync(Probe());

        Assert.Equal(200, status);
        Assert.Equal(["State", $"Datasets:{AnalysisFolder.Name}:Location", $"Datasets:{AnalysisFolder.Name}:Reports"], checks.Keys);
        Assert.All(checks.Values, check => Assert.True(check.GetProperty("ok").GetBoolean()));
        foreach (var place in (StoreUri[])[State, _folder.Dataset.Reports]) Assert.Empty(Directory.EnumerateFiles(place.Bucket));
    }

    [Fact]
    public async Task State_that_can_only_be_read_takes_the_host_out_of_service()
    {
        var (status, checks) = await AskAsync(Probe(store => new ReadOnlyStore(store)));

        Assert.Equal(503, status);
        Assert.False(checks["State"].GetProperty("ok").GetBoolean());
        Assert.Contains("Read-only file system", checks["State"].GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("nowhere", "reports")]
    [InlineData("s3://bucket/dumps", "reports")]
    [InlineData("dumps", "s3://bucket/reports")]
    public async Task What_is_wrong_with_a_dataset_is_told_and_leaves_the_host_in_service(string location, string reports)
    {
        StoreUri Place(string place) => place.StartsWith("s3:", StringComparison.Ordinal) ? StoreUri.Parse(place) : _folder.Below(place);

        var (status, checks) = await AskAsync(Probe(), _folder.Dataset with { Location = Place(location), Reports = Place(reports) });

        Assert.Equal(200, status);
        var wrong = Assert.Single(checks.Values, check => !check.GetProperty("ok").GetBoolean());
        Assert.False(wrong.GetProperty("needed").GetBoolean());
        Assert.Contains((location + reports).Contains("s3:") ? "Storage:Buckets:bucket:Endpoint" : location, wrong.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task State_that_hangs_is_told_when_patience_is_over_and_at_once_to_who_asks_then()
    {
        using var released = new ManualResetEventSlim();
        var tries = 0;
        var probe = Probe(store => new WatchedStore(store, () =>
        {
            Interlocked.Increment(ref tries);
            released.Wait(TestContext.Current.CancellationToken);
        }));

        var first = AskAsync(probe);
        await _time.SomebodyWaitsAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(503, (await first).Status);
        Assert.Contains("has not answered for 5 s", (await first).Checks["State"].GetProperty("detail").GetString());
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Contains("has not answered for 65 s", (await AskAsync(probe)).Checks["State"].GetProperty("detail").GetString());
        Assert.Equal(1, tries);

        released.Set();
        while ((await AskAsync(probe)).Status != 200) _time.Advance(TimeSpan.FromSeconds(1)); // an answer stands for a while
    }

    [Fact]
    public async Task However_often_it_is_asked_no_place_is_written_more_than_every_few_seconds()
    {
        var asked = 0;
        var probe = Probe(store => new WatchedStore(store, () => Interlocked.Increment(ref asked)));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(probe)));
        Assert.Equal(2, asked); // written and deleted
        _time.Advance(TimeSpan.FromSeconds(4.9));
        await AskAsync(probe);
        Assert.Equal(2, asked);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await AskAsync(probe);
        Assert.Equal(4, asked);
    }
}
