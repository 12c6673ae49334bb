using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>What one process has of ingests, between stores that tests make: <c>s3://source/in</c> and <c>s3://destination/out</c>, with the state in a third.</summary>
internal sealed class IngestProcess
{
    public const string From = "s3://source/in", To = "s3://destination/out";

    /// <summary>Small parts, so that small objects have many; and no waits.</summary>
    public static readonly IngestLimits Small = new() { Single = 16, Part = 8, LeastPart = 1, Concurrency = 4, Patience = TimeSpan.FromSeconds(5), RetryAfter = TimeSpan.FromMilliseconds(1), Batch = 4 };

    public IngestProcess(IObjectStore source, IObjectStore destination, IObjectStore state, TimeProvider? time = null, IngestLimits? limits = null, WorkOptions? options = null)
    {
        time ??= new ManualTime();
        limits ??= Small;
        var storage = new StorageOptions { Buckets = new[] { "source", "destination", "state" }.ToDictionary(name => name, _ => new KubeMetrics.ObjectStorage.S3.S3Connection()) };
        var stores = new StoreAccess(time, storage) { Through = store => store.Name switch { "s3://source" => source, "s3://destination" => destination, _ => store } };
        Datasets = new DatasetCatalog([new Dataset { Name = "kube", Source = StoreUri.Parse(From), Location = StoreUri.Parse(To), Reports = StoreUri.Parse("s3://state/reports") }]);
        Places = new IngestPlaces(stores, storage, Datasets, StoreUri.Parse("s3://state/state"), new StorePlace(state, WorkProcess.Prefix));
        Work = new WorkProcess(state, time, options ?? WorkProcess.Usual, works => [new IngestWork(Places, works, limits, time)]);
        Service = new IngestService(Places, Work.Works, Work.Feed, limits, time);
    }

    public DatasetCatalog Datasets { get; }

    public IngestPlaces Places { get; }

    public WorkProcess Work { get; }

    public IngestService Service { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public Task<WorkRecord> AskAsync(Func<IngestRequest, IngestRequest>? with = null, string? key = null)
    {
        var request = new IngestRequest { Source = From, Destination = To };
        return Service.StartAsync(with?.Invoke(request) ?? request, key, Cancellation);
    }

    /// <summary>Asks for an ingest and does it.</summary>
    public async Task<WorkRecord> IngestAsync(Func<IngestRequest, IngestRequest>? with = null)
    {
        var asked = await AskAsync(with);
        await Work.RunAsync();
        return (await Work.FindAsync(asked.Id)).Record;
    }

    /// <summary>Does it, and expects it to be done.</summary>
    public async Task<IngestOutcome> DoneAsync(Func<IngestRequest, IngestRequest>? with = null)
    {
        var record = await IngestAsync(with);
        Assert.True(record.State == WorkState.Succeeded, $"{record.State}: {record.Problem}");
        return record.IngestOutcome()!;
    }
}
