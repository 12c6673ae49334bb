using KubeMetrics.Charts;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Analysis;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;
using KubeMetrics.Reports;

namespace KubeMetrics.Pipeline.Tests.Analysis;

/// <summary>What one process has of analyses: its own view of the stores, its own service, its own executor, its own clock.</summary>
internal sealed class AnalysisProcess
{
    public AnalysisProcess(
        AnalysisFolder folder, TimeProvider time, Func<IObjectStore, IObjectStore>? through = null, AnalysisLimits? limits = null, Dataset? dataset = null, WorkOptions? options = null,
        IPngRenderer? png = null)
    {
        through ??= store => store;
        Dataset = dataset ?? folder.Dataset;
        Limits = limits ?? new AnalysisLimits();
        Time = time;
        var clock = new StoreClock(time);
        State = through(FolderStore.Create(folder.Below("state").Bucket, flushToDisk: false, clock));
        Places = new AnalysisPlaces(new StoreAccess(clock) { Through = through }, new StorePlace(State, WorkProcess.Prefix));
        var datasets = new DatasetCatalog([Dataset]);
        WatchedKind? kind = null;
        Work = new WorkProcess(State, time, options ?? WorkProcess.Usual, works => [kind = new WatchedKind(new AnalysisWork(datasets, Places, works, Limits, png, time))]);
        Kind = kind!;
        Service = new AnalysisService(datasets, Places, Work.Works, Work.Feed, Limits, time);
    }

    public Dataset Dataset { get; }

    public AnalysisLimits Limits { get; }

    public TimeProvider Time { get; }

    public IObjectStore State { get; }

    public AnalysisPlaces Places { get; }

    public WorkProcess Work { get; }

    public WatchedKind Kind { get; }

    public AnalysisService Service { get; }

    public ReportFolder Reports => Places.Reports(Dataset);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Asks for an analysis with the dataset's own options, or others.</summary>
    public Task<WorkRecord> AskAsync(Func<AnalysisRequest, AnalysisRequest>? with = null, string? key = null)
    {
        var request = new AnalysisRequest { Dataset = Dataset.Name };
        return Service.StartAsync(with?.Invoke(request) ?? request, key, Cancellation);
    }

    /// <summary>Asks for an analysis and does it.</summary>
    public async Task<WorkRecord> AnalyseAsync(Func<AnalysisRequest, AnalysisRequest>? with = null)
    {
        var asked = await AskAsync(with);
        await Work.RunAsync();
        return await FindAsync(asked.Id);
    }

    public async Task<WorkRecord> FindAsync(string id) => (await Work.FindAsync(id)).Record;

    public async Task<IReadOnlyList<WorkRecord>> RecordsAsync() => [.. (await Work.Works.ListAsync(Cancellation)).Select(work => work.Record)];

    public Task<LatestPointer?> LatestAsync() => Reports.LatestAsync(Cancellation);

    /// <summary>The keys below a folder of the state.</summary>
    public async Task<IReadOnlyList<string>> StateAsync(string folder)
    {
        var keys = new List<string>();
        await foreach (var entry in State.ListAsync($"{WorkProcess.Prefix}/{folder}", Cancellation)) keys.Add(entry.Key);
        return keys;
    }

    /// <summary>The id that a run over what is there now with the dataset's own options has.</summary>
    public async Task<string> RunIdAsync() => Analyzer.RunIdOf(await Places.InputsAsync(Dataset, Cancellation), Dataset.Options);

    /// <summary>There is one report, whole, latest.json points at it, its work is done, and nothing else is left.</summary>
    public async Task AssertDoneOnceAsync(string id)
    {
        var record = Assert.Single(await RecordsAsync());
        Assert.Equal((id, WorkState.Succeeded), (record.Id, record.State));
        var runId = await RunIdAsync();
        Assert.Equal(runId, record.AnalysisOutcome()!.Report.RunId);
        Assert.Equal([runId], await Reports.RunsAsync(Cancellation));
        Assert.Equal(AnalysisFolder.SamplesPerGroup * 2, (await Reports.FindAsync(runId, Cancellation))!.Totals.Samples);
        Assert.Equal(runId, (await LatestAsync())!.RunId);
        Assert.Empty(await StateAsync("documents"));
    }
}
