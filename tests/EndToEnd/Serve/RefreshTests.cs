using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>
/// The whole of it, all real: a public bucket on one Ceph, read unsigned; a private one on another, which notifies the host as
/// the command told it to; the host copies, is told, refreshes, and writes its report into the private one.
/// </summary>
public sealed class RefreshTests : IAsyncLifetime
{
    private const string Key = "a-key-of-notifications";
    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();
    private readonly string _public = Ceph.NewBucketName(), _private = Ceph.NewBucketName();
    private Ceph? _publicCeph, _privateCeph;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store Public => new(_public, _publicCeph!.Connection, _clients);

    private S3Store Private => new(_private, _privateCeph!.Connection, _clients);

    public async ValueTask InitializeAsync()
    {
        _privateCeph = await Ceph.RunningAsync();
        _publicCeph = await Ceph.OwnAsync("memstore");
        await Private.CreateBucketAsync(Cancellation);
        await Public.CreateBucketAsync(Cancellation);
        await DemoDataset.WriteAsync(Public, new DemoOptions { Days = 2 }, cancellationToken: Cancellation);
        await Public.AllowReadingToAllAsync(Cancellation);
        _folder.Write("settings.json", JsonSerializer.Serialize(new
        {
            Storage = new
            {
                Default = new { _privateCeph.Endpoint, _privateCeph.AccessKey, _privateCeph.SecretKey },
                Buckets = new Dictionary<string, object> { [_public] = new { _publicCeph.Endpoint, Anonymous = true } },
            },
            Datasets = new { kube = new { Source = $"s3://{_public}/kube-metrics", Location = $"s3://{_private}/kube", Where = "quantile=0.9" } },
            Notifications = new { Key },
            Refresh = new { Quiet = "1s", Reconcile = "7d" }, // a listing finds nothing for it
            Work = new { Poll = "0.2s" },
        }));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _folder.Dispose();
        if (_publicCeph is not null) await _publicCeph.WipeAsync();
    }

    [Fact]
    public async Task What_is_copied_from_a_public_bucket_is_notified_refreshed_once_and_reported_with_the_numbers_of_its_source()
    {
        await using var host = await RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json", "--state", $"s3://{_private}/state");
        var set = await CommandAsync("notifications", "set", "kube", "--url", $"http://127.0.0.1:{host.Port}");
        Assert.DoesNotContain(Key, set.Output + set.Error);
        Assert.Contains("tells already", (await CommandAsync("notifications", "set", "kube", "--url", $"http://127.0.0.1:{host.Port}")).Output);
        Assert.DoesNotContain(Key, (await CommandAsync("notifications", "show", "kube")).Output);

        var ingest = await host.IngestedAsync("""{"dataset":"kube"}""");
        var copied = ingest.GetProperty("done").GetProperty("copied").GetProperty("objects").GetInt32();
        Assert.Equal(copied, ingest.GetProperty("done").GetProperty("verified").GetInt32());
        var first = Assert.Single(await RefreshesAsync(host, found => found.Count > 0 && found[0].HasEnded()));
        Assert.True(first.Text("state") == "succeeded", first.ToString());

        // The same numbers as those of the source, analysed by the command where it lies.
        var expected = Runs.Descriptions(JsonDocument.Parse((await CommandAsync("analyze", $"s3://{_public}/kube-metrics", "--where", "quantile=0.9", "--json", "--no-report")).Output).RootElement);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Runs.Descriptions((await host.GetAsync(first.Text("report").Replace("index.html", "report.json"))).Is(200).Json));

        // Ceph tells of each copy, maybe late; that brings nothing new.
        await UntilAsync(async () => (await NotifiedAsync(host)).Distinct().Count() >= copied);
        await UntilAsync(async () => await CountAsync("state/dirty") == 0);
        Assert.Single(await RefreshesAsync(host, _ => true));

        // One more, put there by somebody else: nothing but the notification tells of it.
        var extra = await Public.GetBytesAsync(await FirstKeyAsync(Public), int.MaxValue, Cancellation);
        await Private.PutBytesAsync("kube/one-more.json.gz", extra!.Value.Content, cancellationToken: Cancellation);
        var second = (await RefreshesAsync(host, found => found.Count == 2 && found[0].HasEnded()))[0];
        Assert.Equal(("arrival", "succeeded"), (second.Text("reason"), second.Text("state")));
        var report = (await host.GetAsync("/api/reports/kube/latest/report.json")).Is(302);
        Assert.Equal(copied + 1, (await host.GetAsync(report["Location"])).Is(200).Json.GetProperty("run").GetProperty("inputs").GetArrayLength());

        await CommandAsync("notifications", "remove", "kube");
        Assert.Equal(1, (await CommandRun.OfAsync(_folder.Path, "notifications", "show", "kube", "--settings", "settings.json")).ExitCode);
    }

    private async Task<CommandRun> CommandAsync(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_folder.Path, [.. arguments, "--settings", "settings.json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }

    private static async Task<IReadOnlyList<JsonElement>> RefreshesAsync(RunningHost host, Func<IReadOnlyList<JsonElement>, bool> wanted)
    {
        IReadOnlyList<JsonElement> found = [];
        await UntilAsync(async () => wanted(found = [.. (await host.GetAsync("/api/refresh")).Is(200).Json.GetProperty("refreshes").EnumerateArray()]));
        return found;
    }

    private static async Task<IReadOnlyList<string>> NotifiedAsync(RunningHost host) =>
        [.. (await host.GetAsync("/api/notifications")).Is(200).Json.GetProperty("notifications").EnumerateArray().Where(one => one.Text("outcome") == "accepted").Select(one => one.Text("object"))];

    private async Task<int> CountAsync(string folder)
    {
        var count = 0;
        await foreach (var _ in Private.ListAsync(folder, Cancellation)) count++;
        return count;
    }

    private static async Task<string> FirstKeyAsync(S3Store store)
    {
        await foreach (var entry in store.ListAsync("kube-metrics", Cancellation)) return entry.Key;
        throw new InvalidOperationException("The demo made nothing.");
    }

    /// <summary>Asks until it is so.</summary>
    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(RunningHost.Patience * 2); // Ceph's first notification of a topic may take 30 s, after a start 90
        while (!await isSo()) await Task.Delay(50, patience.Token); // to ask takes time that the host needs
    }
}
