using System.Text;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Pipeline.Demo;
using KubeMetrics.Prometheus.Compression;

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
            Datasets = new
            {
                spark = new { Location = $"s3://{_private}/kube", Where = "quantile=0.9" },
                summarised = new { Location = $"s3://{_private}/kube", Where = "quantile=0.9", Engine = "spark", Watch = false },
            },
            Notifications = new { Key = "a-key-of-notifications" },
            Refresh = new { Quiet = "3s", Reconcile = "7d" }, // a listing finds nothing for it
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

    private Task<RunningHost> HostAsync(string listen = "http://127.0.0.1:0") => RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json", "--state", $"s3://{_private}/state", "--listen", listen);

    [Fact]
    public async Task The_notebooks_jobs_run_on_a_cluster_and_what_it_wrote_has_the_numbers_of_the_source()
    {
        var host = await HostAsync();
        try
        {
            await CommandAsync("notifications", "set", "spark", "--url", $"http://127.0.0.1:{host.Port}");
            // TSV, public to private.
            var copy = await SubmitAsync(host, $$"""{"kind":"copy","inputs":[{"location":"s3://{{_public}}/tsv","form":"tsv"}],"output":{"location":"s3://{{_private}}/tsv"} }""");
            // JSON into 76 files of bzip2 in the private bucket; meanwhile the host is killed, when the cluster has the job.
            var etl = await SubmitAsync(host, $$"""{"kind":"etl","inputs":[{"location":"s3://{{_public}}/kube-metrics","form":"json"}],"output":{"location":"s3://{{_private}}/kube","compression":"bzip2","files":76},"resources":{"cores":2} }""");
            await using (var changes = await Changes.OfAsync(host))
                if ((await host.GetAsync($"/api/jobs/{etl}")).Is(200).Json.Text("state") is not ("submitted" or "running"))
                    await changes.UntilAsync(etl, job => job.Text("state") is "submitted" or "running", "job");
            var port = host.Port;
            await host.KillAsync();
            await host.DisposeAsync();
            host = await HostAsync($"http://127.0.0.1:{port}"); // where Ceph was told that it is

            var copied = await host.EndOfJobAsync(copy);
            Assert.Equal(("succeeded", 3), (copied.Text("state"), copied.GetProperty("result").GetProperty("records").GetInt32()));
            Assert.Equal("host\tregion\nm1\teu\nm2\tus\n", await TextAsync("tsv"));
            var written = await host.EndOfJobAsync(etl);
            Assert.True(written.Text("state") == "succeeded", written.ToString());
            Assert.Equal((76, 0), (written.GetProperty("result").GetProperty("files").GetInt32(), written.GetProperty("result").GetProperty("corrupt").GetInt32()));
            // One driver each, whatever happened to the host.
            Assert.Equal(2, Directory.GetDirectories(Path.Combine(_spark!.Folder, "work"), "driver-*").Length);

            // The notebook's question.
            var query = await SubmitAsync(host, $$"""
                {"kind":"query","inputs":[{"name":"kubelet","location":"s3://{{_private}}/kube","form":"json"}],
                 "sql":"SELECT values, metric.operation_type FROM kubelet WHERE metric.quantile='0.9' AND metric.operation_type='create_container'"}
                """);
            // Row for row what the program itself makes of the source: as lines, and as Parquet that Spark reads.
            var here = await host.EndOfJobAsync(await SubmitAsync(host, $$"""{"kind":"etl","engine":"in-process","inputs":[{"location":"s3://{{_public}}/kube-metrics","form":"json"}],"output":{"location":"s3://{{_private}}/here","compression":"gzip","files":3} }"""));
            Assert.True(here.Text("state") == "succeeded", here.ToString());
            var rows = await LinesAsync("here");
            Assert.NotEmpty(rows);
            Assert.Equal(rows, await LinesAsync("kube"));
            var table = await host.EndOfJobAsync(await SubmitAsync(host, $$"""{"kind":"etl","engine":"in-process","inputs":[{"location":"s3://{{_public}}/kube-metrics","form":"json"}],"output":{"location":"s3://{{_private}}/table","form":"parquet","compression":"zstd"} }"""));
            Assert.True(table.Text("state") == "succeeded", table.ToString());
            var back = await SubmitAsync(host, $$"""{"kind":"etl","inputs":[{"location":"s3://{{_private}}/table","form":"parquet"}],"output":{"location":"s3://{{_private}}/back","form":"json"} }""");

            // The 76 parts are one refresh, whose numbers are those of the source.
            var refresh = await host.EndOfRefreshAsync((await RefreshesAsync(host))[0].Text("id"));
            Assert.True(refresh.Text("state") == "succeeded", refresh.ToString());
            var expected = Runs.Descriptions(JsonDocument.Parse((await CommandAsync("analyze", $"s3://{_public}/kube-metrics", "--where", "quantile=0.9", "--json", "--no-report")).Output).RootElement);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, Runs.Descriptions((await host.GetAsync(refresh.Text("report").Replace("index.html", "report.json"))).Is(200).Json));

            var asked = await host.EndOfJobAsync(query);
            Assert.True(asked.Text("state") == "succeeded", asked.ToString());
            Assert.Equal([("values", "array<array<string>>"), ("operation_type", "string")], asked.GetProperty("result").GetProperty("columns").EnumerateArray().Select(column => (column.Text("name"), column.Text("type"))));
            Assert.All(asked.GetProperty("result").GetProperty("rows").EnumerateArray(), row => Assert.Equal("create_container", row.Text("operation_type")));
            Assert.NotEmpty(asked.GetProperty("result").GetProperty("rows").EnumerateArray());
            var answered = await host.EndOfJobAsync(await SubmitAsync(host, $$"""
                {"kind":"query","engine":"in-process","inputs":[{"name":"kubelet","location":"s3://{{_private}}/kube","form":"json"}],"output":{"location":"s3://{{_private}}/answer"},
                 "sql":"SELECT values, metric.operation_type FROM kubelet WHERE metric.quantile='0.9' AND metric.operation_type='create_container'"}
                """));
            Assert.True(answered.Text("state") == "succeeded", answered.ToString());
            Assert.Equal(asked.GetProperty("result").GetProperty("columns").ToString(), answered.GetProperty("result").GetProperty("columns").ToString());
            // Spark's are as many as a preview has room for.
            Assert.Subset((await LinesAsync("answer")).ToHashSet(), asked.GetProperty("result").GetProperty("rows").EnumerateArray().Select(row => row.GetRawText()).ToHashSet());

            var read = await host.EndOfJobAsync(back);
            Assert.True(read.Text("state") == "succeeded", read.ToString());
            Assert.Equal(rows, await LinesAsync("back"));
            Assert.Single(await RefreshesAsync(host)); // and none after it

            // Summarised on the cluster, the same report: its numbers, its counts on the grid, its findings.
            var ours = (await host.GetAsync(refresh.Text("report").Replace("index.html", "report.json"))).Is(200).Json;
            var theirs = (await host.GetAsync((await host.AnalysedAsync("""{"dataset":"summarised"}""", patience: RunningHost.Patience * 4)).Text("report").Replace("index.html", "report.json"))).Is(200).Json;
            Assert.Equal(("in-process", "spark"), (ours.GetProperty("run").Text("engine"), theirs.GetProperty("run").Text("engine")));
            Runs.AssertSame(ours.GetProperty("groups"), theirs.GetProperty("groups"));
            Assert.Equal(ours.GetProperty("findings").ToString(), theirs.GetProperty("findings").ToString());
            Assert.Equal(ours.GetProperty("run").GetProperty("inputs").ToString(), theirs.GetProperty("run").GetProperty("inputs").ToString());

            // The command sees the same jobs, and a reason in Spark's own words.
            Assert.Contains(etl, (await CommandAsync("job", "list")).Output);
            _folder.Write("wrong.json", $$"""{"kind":"query","inputs":[{"name":"kubelet","location":"s3://{{_private}}/nothing","form":"csv"}],"sql":"SELECT 1 FROM kubelet"}""");
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

    private static async Task<IReadOnlyList<JsonElement>> RefreshesAsync(RunningHost host)
    {
        await using var changes = await Changes.OfAsync(host, patience: RunningHost.Patience * 2); // Ceph's first notification of a topic may take 30 s
        while (true)
        {
            var refreshes = (await host.GetAsync("/api/refresh")).Is(200).Json.GetProperty("refreshes").EnumerateArray().ToList();
            if (refreshes.Count > 0) return refreshes;
            await changes.NextAsync();
        }
    }

    /// <summary>The lines of all objects below a prefix, sorted.</summary>
    private async Task<IReadOnlyList<string>> LinesAsync(string prefix)
    {
        var lines = new List<string>();
        await foreach (var entry in Private.ListAsync(prefix, Cancellation))
        {
            if (entry.Key.EndsWith("_SUCCESS", StringComparison.Ordinal)) continue;
            await using var stored = await Private.GetAsync(entry.Key, cancellationToken: Cancellation);
            using var text = new StreamReader(Decompression.Open(stored!.Content, entry.Key, 1, Cancellation));
            while (await text.ReadLineAsync(Cancellation) is { } line) lines.Add(line);
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

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
