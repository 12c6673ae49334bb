using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Pipeline.Work;

namespace KubeMetrics.Pipeline.Tests.Work;

public sealed class SecondProcessTests : IDisposable
{
    private readonly TemporaryBucket _bucket = new();

    public void Dispose() => _bucket.Dispose();

    [Fact]
    public async Task Two_processes_on_one_folder_do_each_piece_of_work_once()
    {
        const int pieces = 50;
        var cancellation = TestContext.Current.CancellationToken;
        var process = new WorkProcess(_bucket.Store, TimeProvider.System);
        for (var i = 0; i < pieces; i++) await process.AddAsync(SharedWork.Kind);

        using var other = SecondProcess.Start(nameof(SharedWork), _bucket.Folder);
        await SharedWork.RunAsync(_bucket.Folder, cancellation);
        await other.WaitForExitAsync(cancellation);

        Assert.Equal(0, other.ExitCode);
        var works = (await process.Works.ListAsync(cancellation)).Select(work => work.Record).ToList();
        Assert.Equal(pieces, works.Count);
        Assert.All(works, record => Assert.Equal((WorkState.Succeeded, 1), (record.State, record.Attempts)));
        var done = new List<string>();
        await foreach (var entry in _bucket.Store.ListAsync("done", cancellation)) done.Add(entry.Key[..entry.Key.LastIndexOf('/')]);
        Assert.Equal(works.SelectMany(work => new[] { $"done/{work.Id}/1", $"done/{work.Id}/2" }), done);
    }
}
