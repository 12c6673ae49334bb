using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>A host that has nothing on its own disk: dumps in a public bucket, read unsigned, reports and state in a private one, on a real Ceph.</summary>
public sealed class CephTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();
    private readonly string _public = Ceph.NewBucketName(), _private = Ceph.NewBucketName();
    private Ceph? _ceph;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Dictionary<string, string> Settings => new()
    {
        ["Storage:Default:Endpoint"] = _ceph!.Endpoint,
        ["Storage:Default:AccessKey"] = _ceph.AccessKey,
        ["Storage:Default:SecretKey"] = _ceph.SecretKey,
        [$"Storage:Buckets:{_public}:Endpoint"] = _ceph.Endpoint,
        [$"Storage:Buckets:{_public}:Anonymous"] = "true",
        ["Datasets:kube:Location"] = $"s3://{_public}/kube-metrics",
        ["Datasets:kube:Where"] = "quantile=0.9",
        ["Datasets:kube:Reports"] = $"s3://{_private}/reports/kube",
        ["Work:LeaseTerm"] = "1s",
        ["Work:Poll"] = "0.1s",
    };

    public async ValueTask InitializeAsync()
    {
        _ceph = await Ceph.RunningAsync();
        await Bucket(_private).CreateBucketAsync(Cancellation);
        await Bucket(_public).CreateBucketAsync(Cancellation);
        await DemoDataset.WriteAsync(Bucket(_public), new DemoOptions { Days = 2 }, cancellationToken: Cancellation);
        await Bucket(_public).AllowReadingToAllAsync(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private S3Store Bucket(string name) => new(name, _ceph!.Connection, _clients);

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(_folder.Path, Settings, "--state", $"s3://{_private}/state");

    [Fact]
    public async Task A_dataset_in_a_public_bucket_is_analysed_into_a_private_one_with_the_numbers_of_its_files()
    {
        await using var host = await StartAsync();
        var asked = (await host.PostAsync("/api/analysis", """{"dataset":"kube"}""")).Is(202).Json;
        var run = await host.EndOfAsync(asked.Text("id"));
        Assert.Equal("succeeded", run.Text("state"));
        var report = (await host.GetAsync(run.Text("report").Replace("index.html", "report.json"))).Is(200).Json;
        (await host.GetAsync(run.Text("report"))).Is(200);

        // The same dumps as files on disk, analysed by the command.
        await foreach (var entry in Bucket(_public).ListAsync(cancellationToken: Cancellation))
            _folder.Write(entry.Key, (await Bucket(_public).GetBytesAsync(entry.Key, cancellationToken: Cancellation))!.Value.Content);
        var command = await CommandRun.OfAsync(_folder.Path, "analyze", "kube-metrics", "--where", "quantile=0.9", "--json", "--no-report");
        var expected = Runs.Descriptions(JsonDocument.Parse(command.Output).RootElement);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Runs.Descriptions(report));
        Assert.Empty(Directory.GetDirectories(_folder.Path, "*state*"));

        var ready = (await host.GetAsync("/api/ready")).Is(200).Json;
        Assert.All(ready.GetProperty("checks").EnumerateArray(), check => Assert.True(check.GetProperty("ok").GetBoolean(), check.ToString()));
    }

    [Fact]
    public async Task A_host_that_is_killed_leaves_nothing_behind_and_the_next_goes_on_from_the_bucket()
    {
        string id;
        await using (var host = await StartAsync())
        {
            id = (await host.PostAsync("/api/analysis", """{"dataset":"kube"}""")).Is(202).Json.Text("id");
            await host.KillAsync();
        }

        await using var next = await StartAsync();
        Assert.Equal("succeeded", (await next.EndOfAsync(id)).Text("state"));
        Assert.Single((await next.GetAsync("/api/analysis")).Is(200).Json.GetProperty("runs").EnumerateArray());
        Assert.Single((await next.GetAsync("/api/reports/kube")).Is(200).Json.GetProperty("reports").EnumerateArray());
    }
}
