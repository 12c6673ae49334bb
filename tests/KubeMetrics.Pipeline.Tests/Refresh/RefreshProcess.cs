using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Notifications;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Refresh;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Analysis;
using KubeMetrics.Pipeline.Tests.Ingest;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;
using Microsoft.Extensions.Logging.Abstractions;

namespace KubeMetrics.Pipeline.Tests.Refresh;

/// <summary>What one process has of refreshes: its own view of the stores, its own services, its own executor, its own clock.</summary>
internal sealed class RefreshProcess
{
    public static readonly RefreshOptions Options = new() { Quiet = TimeSpan.FromSeconds(10), MaxWait = TimeSpan.FromMinutes(5), Reconcile = TimeSpan.FromMinutes(15) };

    public RefreshProcess(AnalysisFolder folder, ManualTime time, Func<IObjectStore, IObjectStore>? through = null, Func<Dataset, Dataset>? with = null, WorkOptions? work = null)
    {
        through ??= store => store;
        Time = time;
        Dataset = folder.Dataset with { Watch = true };
        Dataset = with?.Invoke(Dataset) ?? Dataset;
        var datasets = new DatasetCatalog([Dataset]);
        var clock = new StoreClock(time);
        var stores = new StoreAccess(clock) { Through = through };
        State = through(FolderStore.Create(folder.Below("state").Bucket, flushToDisk: false, clock));
        var place = new StorePlace(State, WorkProcess.Prefix);
        Analyses = new AnalysisPlaces(stores, place);
        Markers = new DirtyMarkers(place, time);
        Memory = new RefreshPlaces(place);
        var ingests = new IngestPlaces(stores, new StorageOptions(), datasets, folder.Below("state"), place);
        var limits = new AnalysisLimits();
        RefreshService? service = null;
        var spark = new SparkOptions();
        var jobPlaces = new JobPlaces(stores, new StorageOptions(), folder.Below("state"), place, spark, datasets);
        Work = new WorkProcess(State, time, work ?? WorkProcess.Usual, works =>
        {
            var jobs = new JobService(jobPlaces, works, Feed, spark, time);
            var news = News = new News(Analyses, jobs, stores);
            service = new RefreshService(datasets, Memory, news, jobs, works, Feed, time);
            return
            [
                Analysed = new WatchedKind(new AnalysisWork(datasets, Analyses, works, limits, null, time)),
                new IngestWork(ingests, works, IngestProcess.Small, time),
                new JobWork(jobPlaces, works, spark, limits, time),
                new RefreshWork(datasets, Memory, service, news, Markers, new DeadLetters(place, time),
                    new IngestService(ingests, works, Feed, IngestProcess.Small, time), jobs, new AnalysisService(datasets, Analyses, works, Feed, limits, time), works, limits, time),
            ];
        });
        Service = service!;
        Watch = new RefreshWatch(datasets, Memory, Service, Markers, News!, Work.Works, Options, time, NullLogger<RefreshWatch>.Instance);
        AnalysisService = new AnalysisService(datasets, Analyses, Work.Works, Feed, limits, time);
        IngestService = new IngestService(ingests, Work.Works, Feed, IngestProcess.Small, time);
    }

    private WorkFeed Feed { get; } = new();

    public ManualTime Time { get; }

    public Dataset Dataset { get; }

    public IObjectStore State { get; }

    public AnalysisPlaces Analyses { get; }

    public DirtyMarkers Markers { get; }

    public RefreshPlaces Memory { get; }

    public WorkProcess Work { get; }

    public WatchedKind? Analysed { get; private set; }

    public RefreshService Service { get; }

    public News? News { get; private set; }

    public AnalysisService AnalysisService { get; }

    public IngestService IngestService { get; }

    public RefreshWatch Watch { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>As if a bucket had said that something arrived.</summary>
    public Task ArriveAsync() => Markers.AddAsync(Dataset.Name, [new Arrival("ObjectCreated:Put", "dumps", "a.json", null, null)]);

    /// <summary>Looks once, after so much time.</summary>
    public async Task<IReadOnlyList<WorkRecord>> LookAsync(TimeSpan after = default)
    {
        Time.Advance(after);
        return await Watch.LookAsync(Cancellation);
    }

    /// <summary>Looks once, and does what is due.</summary>
    public async Task<WorkRecord?> RefreshedAsync(TimeSpan after = default)
    {
        var started = await LookAsync(after);
        await Work.RunAsync();
        return started.Count == 0 ? null : (await Work.FindAsync(Assert.Single(started).Id)).Record;
    }

    public async Task<IReadOnlyList<WorkRecord>> RecordsAsync(string kind) =>
        [.. (await Work.Works.ListAsync(Cancellation)).Select(work => work.Record).Where(record => record.Kind == kind)];

    public async Task<int> MarkersAsync() => (await Markers.ListAsync(Cancellation)).Sum(of => of.Count());

    public async Task<string?> LatestAsync() => (await Analyses.Reports(Dataset).LatestAsync(Cancellation))?.RunId;

    public async Task<string> RunIdAsync() => Analyzer.RunIdOf(await Analyses.InputsAsync(Dataset, Cancellation), Dataset.Options);
}
