using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Stores;

namespace KubeMetrics.Pipeline.Tests.Datasets;

/// <summary>How datasets stand, and what is wrong with their places.</summary>
public sealed class DatasetServiceTests : IDisposable
{
    private readonly AnalysisFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DatasetService Service(IReadOnlyList<Dataset> datasets, Func<IObjectStore, IObjectStore>? through = null)
    {
        var process = new AnalysisProcess(_folder, _time);
        var probe = new PlaceProbe(new StoreAccess(TimeProvider.System) { Through = through ?? (store => store) }, _time);
        return new DatasetService(new DatasetCatalog(datasets), process.Places, probe, process.Work.Works, process.Work.Feed, _time);
    }

    [Fact]
    public async Task A_dataset_whose_folder_is_gone_says_so_until_it_is_back()
    {
        var service = Service([_folder.Dataset]);
        Assert.Null((await service.GetAsync(AnalysisFolder.Name, Cancellation)).Problem);

        Directory.Delete(_folder.Dataset.Location.Bucket);
        _time.Advance(TimeSpan.FromSeconds(6));
        var problem = (await service.GetAsync(AnalysisFolder.Name, Cancellation)).Problem;
        Assert.Contains($"{_folder.Dataset.Location.Bucket}' does not exist", problem?.Detail);
        Assert.Contains($"Datasets:{AnalysisFolder.Name}:Location", problem?.Remedy);

        Directory.CreateDirectory(_folder.Dataset.Location.Bucket);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Null((await service.GetAsync(AnalysisFolder.Name, Cancellation)).Problem);
    }

    [Fact]
    public async Task A_dataset_whose_reports_can_not_be_reached_says_so() =>
        Assert.Contains("Datasets:KubeMetrics:Reports", (await Service([_folder.Dataset with { Reports = StoreUri.Parse("s3://bucket/reports") }]).GetAsync(AnalysisFolder.Name, Cancellation)).Problem?.Remedy);

    [Fact]
    public async Task A_folder_that_hangs_does_not_hold_the_list()
    {
        using var released = new ManualResetEventSlim();
        var slow = _folder.Dataset with { Name = "slow", Location = _folder.Below("slow"), Reports = _folder.Below("slow-reports") };
        var service = Service([_folder.Dataset, slow], store => store.Name == slow.Location.Bucket ? new WatchedStore(store, () => released.Wait(Cancellation)) : store);

        var first = service.ListAsync(Cancellation);
        await _time.PassesUntilAsync(first, TimeSpan.FromSeconds(3), Cancellation);

        // Who asks then does not wait at all.
        var now = _time.GetUtcNow();
        var list = (await service.ListAsync(Cancellation)).ToDictionary(one => one.Name);
        Assert.Equal(now, _time.GetUtcNow());
        Assert.Null(list[AnalysisFolder.Name].Problem);
        Assert.Contains("has not answered for", list["slow"].Problem?.Detail);
        released.Set();
    }
}
