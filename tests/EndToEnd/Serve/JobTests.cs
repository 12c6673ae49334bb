using System.Text;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>The notebook's jobs, all real: a public bucket on one Ceph, a private one on another, a standalone Spark, and the host between them.</summary>
public sealed class JobTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();
    private readonly string _public = Ceph.NewBucketName(), _private = Ceph.NewBucketName();
    private Ceph? _publicCeph, _privateCeph;
    private RealSpark? _spark;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private S3Store Public => new(_public, _publicCeph!.Connection, _clients);

    private S3Store Private => new(_private, _privateCeph!.Connection, _clients);

    public async ValueTask InitializeAsync()
    {
        _privateCeph = await Ceph.RunningAsync();
        _spark = await RealSpark.OwnAsync(environment: new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = _privateCeph.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = _privateCeph.SecretKey });
        _publicCeph = await Ceph.OwnAsync("memstore");
        await Private.CreateBucketAsync(Cancellation);
        await Public.CreateBucketAsync(Cancellation);
        await DemoDataset.WriteAsync(Public, new DemoOptions { Days = 2 }, cancellationToken: Cancellation);
        await Public.PutBytesAsync("tsv/hosts.tsv", Encoding.UTF8.GetBytes("host\tregion\nm1\teu\nm2\tus\n"), cancellationToken: Cancellation);
        await Public.AllowReadingToAllAsync(Cancellation);
        _folder.Write("settings.json", JsonSerializer.Serialize(new
        {
            Storage = new
            {
                Default = new { _privateCeph.Endpoint, _privateCeph.AccessKey, _privateCeph.SecretKey },
                Buckets = new Dictionary<string, object> { [_public] = new { _publicCeph.Endpoint, Anonymous = true } },
            },
            State = $"s3://{_private}/state",
            Datasets = new { spark = new { Location = $"s3://{_private}/kube", Where = "quantile=0.9" } },
            Spark = new { Cluster = "standalone", _spark.Master, Endpoint = _spark.Rest, _spark.Ui },
            Work = new { Poll = "0.2s", LeaseTerm = "2s" },
        }));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _folder.Dispose();
        if (_publicCeph is not null) await _publicCeph.WipeAsync();
        if (_spark is not null) await _spark.WipeAsync();
    }

    private Task<RunningHost> HostAsync() => RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json", "--state", $"s3://{_private}/state");

    [Fact]
    public async Task The_notebooks_jobs_run_on_a_cluster_and_what_it_wrote_has_the_numbers_of_the_source()
    {
        var host = await HostAsync();
        try
        {
            // TSV, public to private.
            var copy = await SubmitAsync(host, $$"""{"kind":"copy","inputs":[{"location":"s3://{{_public}}/tsv","form":"tsv"}],"output":{"location":"s3://{{_private}}/tsv"} }""");
            // JSON into 7 files of bzip2 in the private bucket; meanwhile the host is killed, when the cluster has the job.
            var etl = await SubmitAsync(host, $$"""{"kind":"etl","inputs":[{"location":"s3://{{_public}}/kube-metrics","form":"json"}],"output":{"location":"s3://{{_private}}/kube","compression":"bzip2","files":7},"resources":{"cores":2} }""");
            await using (var changes = await Changes.OfAsync(host))
                if ((await host.GetAsync($"/api/jobs/{etl}")).Is(200).Json.Text("state") is not ("submitted" or "running"))
                    await changes.UntilAsync(etl, job => job.Text("state") is "submitted" or "running", "job");
            await host.KillAsync();
            await host.DisposeAsync();
            host = await HostAsync();

            var copied = await host.EndOfJobAsync(copy);
            Assert.Equal(("succeeded", 3), (copied.Text("state"), copied.GetProperty("result").GetProperty("records").GetInt32()));
            Assert.Equal("host\tregion\nm1\teu\nm2\tus\n", await TextAsync("tsv"));
            var written = await host.EndOfJobAsync(etl);
            Assert.True(written.Text("state") == "succeeded", written.ToString());
            Assert.Equal((7, 0), (written.GetProperty("result").GetProperty("files").GetInt32(), written.GetProperty("result").GetProperty("corrupt").GetInt32()));
            // One driver each, whatever happened to the host.
            Assert.Equal(2, Directory.GetDirectories(Path.Combine(_spark!.Folder, "work"), "driver-*").Length);

            // The notebook's question.
            var query = await SubmitAsync(host, $$"""
                {"kind":"query","inputs":[{"name":"kubelet","location":"s3://{{_private}}/kube","form":"json"}],
                 "sql":"SELECT values, metric.operation_type FROM kubelet WHERE metric.quantile='0.9' AND metric.operation_type='create_container'"}
                """);
            // What Spark wrote is analysed, and gives what the source gives.
            var run = await host.AnalysedAsync("""{"dataset":"spark"}""");
            var expected = Runs.Descriptions(JsonDocument.Parse((await CommandAsync("analyze", $"s3://{_public}/kube-metrics", "--where", "quantile=0.9", "--json", "--no-report")).Output).RootElement);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, Runs.Descriptions((await host.GetAsync(run.Text("report").Replace("index.html", "report.json"))).Is(200).Json));

            var asked = await host.EndOfJobAsync(query);
            Assert.True(asked.Text("state") == "succeeded", asked.ToString());
            Assert.Equal([("values", "array<array<string>>"), ("operation_type", "string")], asked.GetProperty("result").GetProperty("columns").EnumerateArray().Select(column => (column.Text("name"), column.Text("type"))));
            Assert.All(asked.GetProperty("result").GetProperty("rows").EnumerateArray(), row => Assert.Equal("create_container", row.Text("operation_type")));
            Assert.NotEmpty(asked.GetProperty("result").GetProperty("rows").EnumerateArray());

            // The command sees the same jobs, and a reason in Spark's own words.
            Assert.Contains(etl, (await CommandAsync("job", "list")).Output);
            _folder.Write("wrong.json", $$"""{"kind":"query","inputs":[{"name":"kubelet","location":"s3://{{_private}}/nothing","form":"json"}],"sql":"SELECT 1 FROM kubelet"}""");
            var wrong = await CommandRun.OfAsync(_folder.Path, "job", "submit", "wrong.json", "--settings", "settings.json");
            Assert.Equal(1, wrong.ExitCode);
            Assert.Contains("[PATH_NOT_FOUND]", wrong.Error);
            Assert.DoesNotContain("\tat ", wrong.Error);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    private static async Task<string> SubmitAsync(RunningHost host, string job) => (await host.PostAsync("/api/jobs", job)).Is(202).Json.Text("id");

    private async Task<string> TextAsync(string prefix)
    {
        var text = new StringBuilder();
        await foreach (var entry in Private.ListAsync(prefix, Cancellation)) text.Append(Encoding.UTF8.GetString((await Private.GetBytesAsync(entry.Key, cancellationToken: Cancellation))!.Value.Content));
        return text.ToString();
    }

    private async Task<CommandRun> CommandAsync(params string[] arguments)
    {
        var run = await CommandRun.OfAsync(_folder.Path, [.. arguments, "--settings", "settings.json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return run;
    }
}
