using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Datasets;
using KubeMetrics.Pipeline.Ingest;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Work;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Ingest;

/// <summary>Two folders and a state for one test.</summary>
internal sealed class IngestFolder : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("kubemetrics-").FullName;

    public IngestFolder()
    {
        Directory.CreateDirectory(Path.Combine(_root, "from"));
        Source = FolderStore.Create(Path.Combine(_root, "from"), flushToDisk: false);
        Destination = FolderStore.Create(Path.Combine(_root, "to"), flushToDisk: false);
    }

    public IObjectStore Source { get; }

    public IObjectStore Destination { get; }

    public StoreUri Below(string folder) => StoreUri.Parse(Path.Combine(_root, folder));

    public static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public async Task PutAsync(string key, byte[] content, string? type = null) =>
        await Source.PutBytesAsync(key, content, new PutOptions { ContentType = type, Metadata = type is null ? ObjectMetadata.None : new Dictionary<string, string> { ["host"] = key } }, TestContext.Current.CancellationToken);

    public async Task<byte[]?> ReadAsync(string key) => (await Destination.GetBytesAsync(key, int.MaxValue, TestContext.Current.CancellationToken))?.Content;

    public static async Task<IReadOnlyList<string>> KeysAsync(IObjectStore store)
    {
        var keys = new List<string>();
        await foreach (var entry in store.ListAsync("", TestContext.Current.CancellationToken)) keys.Add(entry.Key);
        return keys;
    }

    /// <summary>Both sides have the same keys with the same bytes, types and metadata, and no upload is left open.</summary>
    public async Task AssertIdenticalAsync()
    {
        var keys = await KeysAsync(Source);
        Assert.Equal(keys, await KeysAsync(Destination));
        foreach (var key in keys)
        {
            var (from, at) = (await Source.GetBytesAsync(key, int.MaxValue, TestContext.Current.CancellationToken), await Destination.GetBytesAsync(key, int.MaxValue, TestContext.Current.CancellationToken));
            Assert.True(from!.Value.Content.AsSpan().SequenceEqual(at!.Value.Content), key);
            Assert.Equal(from.Value.Info.ContentType, at.Value.Info.ContentType);
            Assert.Equal(from.Value.Info.Metadata, at.Value.Info.Metadata);
        }

        await foreach (var upload in Destination.ListUploadsAsync("", TestContext.Current.CancellationToken)) Assert.Fail($"An upload of {upload.Key} is left.");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

/// <summary>What one process has of ingests: its own view of the stores, its own service, its own executor.</summary>
internal sealed class IngestProcess
{
    /// <summary>Small enough that small objects go through everything that large ones do; and no failure is waited out.</summary>
    public static readonly IngestLimits Small = new() { Concurrency = 4, Memory = 1 << 20, Single = 100, Part = 64, LeastPart = 16, Batch = 3, Patience = TimeSpan.Zero };

    private readonly IngestFolder _folder;

    public IngestProcess(IngestFolder folder, TimeProvider time, Func<IObjectStore, IObjectStore>? through = null, IngestLimits? limits = null)
    {
        through ??= store => store;
        _folder = folder;
        var clock = new StoreClock(time);
        State = through(FolderStore.Create(folder.Below("state").Bucket, flushToDisk: false, clock));
        var places = new IngestPlaces(new StoreAccess(clock) { Through = through }, new StorageOptions(), new DatasetCatalog([]), folder.Below("state"), new StorePlace(State, WorkProcess.Prefix));
        limits ??= Small;
        Work = new WorkProcess(State, time, WorkProcess.Usual, works => [new IngestWork(places, works, limits, time)]);
        Service = new IngestService(places, Work.Works, Work.Feed, limits, time);
    }

    public IObjectStore State { get; }

    public WorkProcess Work { get; }

    public IngestService Service { get; }

    public Task<WorkRecord> AskAsync(Func<IngestRequest, IngestRequest>? with = null, string? key = null)
    {
        var request = new IngestRequest { Source = _folder.Below("from").ToString(), Destination = _folder.Below("to").ToString() };
        return Service.StartAsync(with?.Invoke(request) ?? request, key, TestContext.Current.CancellationToken, anyFolder: true);
    }

    /// <summary>Asks for an ingest and does it.</summary>
    public async Task<WorkRecord> IngestAsync(Func<IngestRequest, IngestRequest>? with = null)
    {
        var asked = await AskAsync(with);
        await Work.RunAsync();
        return (await Work.FindAsync(asked.Id)).Record;
    }
}
