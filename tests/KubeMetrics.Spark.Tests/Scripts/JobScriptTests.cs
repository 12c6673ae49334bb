using System.Diagnostics;
using System.Text;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;
using KubeMetrics.Spark.Jobs;
using KubeMetrics.Spark.Scripts;
using KubeMetrics.Spark.Storage;

namespace KubeMetrics.Spark.Tests.Scripts;

/// <summary>Scripts, run by a real Spark over S3A on a real Ceph: all of them by one driver, since each start takes ten seconds.</summary>
public sealed class JobScriptTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scripts").FullName;
    private readonly S3Clients _clients = new(TimeProvider.System);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _clients.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Each_kind_of_job_does_what_it_says()
    {
        var home = Environment.GetEnvironmentVariable("SPARK_HOME");
        if (home is null) Assert.Skip("SPARK_HOME is not set; set it to a Spark 3.5 with hadoop-aws.");
        var ceph = await Ceph.RunningAsync();
        var bucket = Ceph.NewBucketName();
        var store = new S3Store(bucket, ceph.Connection, _clients, TimeProvider.System);
        await store.CreateBucketAsync(Cancellation);

        // A tab in quotes, spaces, an empty value and a carriage return: what a reader of CSV would change.
        const string Lines = "name\tvalue\n\"a\tb\"\t 1 \n'q'\t\nlast\tline\r\n";
        await PutAsync("in/tsv/a.tsv", Lines);
        await PutAsync("in/tsv/deep er/b.tsv", "x\ty\n");
        await PutAsync("in/json/a.json", """{"metric":{"op":"read","quantile":"0.9"},"values":[[1517443200,"1"],[1517443260,"2"]]}""" + "\n{broken\n" + """{"metric":{"op":"write","quantile":"0.5"},"values":[[1517443200,"3"]]}""" + "\n");
        await PutAsync("in/multi/a.json", "[\n {\"n\": 1,\n  \"s\": \"it's \\\"one\\\"\"},\n {\"n\": 2, \"s\": null}\n]\n");
        await PutAsync("in/csv/a.csv", "1,one\n2,two,too many\n3\n4,\"fo\"\"ur\"\n");

        var jobs = new (string Id, Job Job, string? Query)[]
        {
            ("copy", new Job { Kind = JobKind.Copy, Inputs = [Input("tsv", "in/tsv", JobForm.Tsv)], Output = Output("out/tsv") }, null),
            ("etl", new Job { Kind = JobKind.Etl, Inputs = [Input("lines", "in/json", JobForm.Json)], Output = Output("out/json") with { Compression = JobCompression.Bzip2, Files = 1 } }, null),
            ("parquet", new Job { Kind = JobKind.Etl, Inputs = [Input("multi", "in/multi", JobForm.Json) with { MultiLine = true }], Output = Output("out/parquet") with { Form = JobForm.Parquet, Compression = JobCompression.Zstd }, Columns = ["s"] }, null),
            ("csv", new Job { Kind = JobKind.Etl, Inputs = [Input("csv", "in/csv", JobForm.Csv)], Output = Output("out/csv") with { Form = JobForm.Tsv } }, null),
            ("again", new Job { Kind = JobKind.Copy, Inputs = [Input("parquet", "out/parquet", JobForm.Parquet)], Output = Output("out/again") }, null),
            ("query", new Job { Kind = JobKind.Query, Inputs = [Input("kubelet", "in/json", JobForm.Json)], Output = Output("out/query") with { Form = JobForm.Csv, Header = true } },
                "SELECT metric.op AS op, size(values) AS n FROM kubelet WHERE metric.quantile = '0.9' -- the slow ones"),
            ("preview", new Job { Kind = JobKind.Query, Inputs = [Input("again", "out/again", JobForm.Parquet)] }, "SELECT count(*) AS n, CAST(NULL AS STRING) AS nothing FROM again"),
            ("probe", new Job { Kind = JobKind.Probe }, null),
        };
        foreach (var (_, job, query) in jobs) JobRules.Check(job with { Sql = query });
        var script = string.Concat(jobs.Select(one => JobScript.Write(one.Job, one.Query, one.Id, Places(one.Id))));
        // Inputs' names differ, so that all can be one session's; what the program itself calls views may be there from the job before.
        script = script.Replace("CREATE TEMPORARY VIEW `all records`", "CREATE OR REPLACE TEMPORARY VIEW `all records`").Replace("CREATE TEMPORARY VIEW `the result`", "CREATE OR REPLACE TEMPORARY VIEW `the result`");

        var (exitCode, output, errors) = await RunAsync(home, script, S3ASettings.For(new Dictionary<string, S3Connection> { [bucket] = ceph.Connection }, new ClusterKeys(ceph.Connection)), ceph);

        Assert.True(exitCode == 0, errors);
        Assert.Equal(8, output.Split('\n').Count(line => line == "kubemetrics\tend"));
        // Byte for byte, but that Spark ends lines with a line feed.
        Assert.Equal(Lines.Replace("\r\n", "\n") + "x\ty\n", string.Concat((await TextsAsync("out/tsv")).OrderByDescending(text => text.Length)));
        Assert.Equal((5, null), await FactsAsync("copy"));

        var json = string.Concat((await ObjectsAsync("out/json")).Select(one => Unpacked(one.Content)));
        Assert.EndsWith(".json.bz2", Assert.Single(await ObjectsAsync("out/json")).Key);
        Assert.Equal(["""{"metric":{"op":"read","quantile":"0.9"},"values":[["1517443200","1"],["1517443260","2"]]}""", """{"metric":{"op":"write","quantile":"0.5"},"values":[["1517443200","3"]]}"""],
            json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal((2, 1), await FactsAsync("etl"));
        Assert.Equal((2, 0), await FactsAsync("parquet"));
        Assert.Equal(["1\tone", "4\t\"fo\"\"ur\""], string.Concat(await TextsAsync("out/csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal((2, 2), await FactsAsync("csv"));
        Assert.Equal((2, null), await FactsAsync("again"));

        Assert.Equal("op,n\nread,2\n", string.Concat(await TextsAsync("out/query")));
        Assert.Equal(["""{"op":"read","n":"2"}"""], await LinesAsync(Places("query").Preview.Key));
        Assert.Matches("kubemetrics\tcolumns\nop +\tstring +\t *\nn +\tint +\t *\nkubemetrics\trows\n", output);
        Assert.Equal(["""{"n":2,"nothing":null}"""], await LinesAsync(Places("preview").Preview.Key));
        Assert.Equal(100, (await LinesAsync(Places("probe").Facts.Key)).Select(line => JsonDocument.Parse(line).RootElement).Where(fact => fact.GetProperty("name").GetString()!.StartsWith("host ")).Sum(fact => fact.GetProperty("value").GetInt64()));
        Assert.Contains(await LinesAsync(Places("probe").Facts.Key), line => line.Contains("Spark 3.5"));

        Task<string> PutAsync(string key, string content) => store.PutBytesAsync(key, Encoding.UTF8.GetBytes(content), new PutOptions(), Cancellation);
        JobInput Input(string name, string key, JobForm form) => new() { Name = name, Location = $"s3://{bucket}/{key}", Form = form };
        JobOutput Output(string key) => new() { Location = $"s3://{bucket}/{key}" };
        ScriptPlaces Places(string id) => new(new StoreUri(StoreKind.S3, bucket, $"state/{id}/facts"), new StoreUri(StoreKind.S3, bucket, $"state/{id}/preview"));

        async Task<IReadOnlyList<(string Key, byte[] Content)>> ObjectsAsync(string prefix)
        {
            var objects = new List<(string, byte[])>();
            await foreach (var entry in store.ListAsync(prefix, Cancellation))
                if (!entry.Key.EndsWith("_SUCCESS", StringComparison.Ordinal))
                    objects.Add((entry.Key, (await store.GetBytesAsync(entry.Key, cancellationToken: Cancellation))!.Value.Content));
            return objects;
        }

        async Task<IReadOnlyList<string>> TextsAsync(string prefix) => [.. (await ObjectsAsync(prefix)).Select(one => Encoding.UTF8.GetString(one.Content))];
        async Task<IReadOnlyList<string>> LinesAsync(string prefix) => [.. (await TextsAsync(prefix)).SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

        async Task<(long? Records, long? Corrupt)> FactsAsync(string id)
        {
            var facts = (await LinesAsync(Places(id).Facts.Key)).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(fact => fact.GetProperty("name").GetString()!, fact => fact.GetProperty("value").GetInt64());
            return (facts.TryGetValue("records", out var records) ? records : null, facts.TryGetValue("corrupt", out var corrupt) ? corrupt : null);
        }
    }

    private static string Unpacked(byte[] bzip2)
    {
        using var process = Process.Start(new ProcessStartInfo("bzip2", "-dc") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.BaseStream.Write(bzip2);
        process.StandardInput.Close();
        return process.StandardOutput.ReadToEnd();
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string home, string script, IReadOnlyDictionary<string, string> properties, Ceph ceph)
    {
        var file = Path.Combine(_folder, "job.sql");
        await File.WriteAllTextAsync(file, script, Cancellation);
        var start = new ProcessStartInfo(Path.Combine(home, "bin", "spark-submit")) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        foreach (var argument in (string[])["--master", "local[2]", "--class", "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver", "--conf", "spark.sql.catalogImplementation=in-memory", "--conf", "spark.sql.variable.substitute=false", "--conf", "spark.ui.enabled=false", "--conf", "spark.driver.bindAddress=127.0.0.1", "--conf", "spark.driver.host=127.0.0.1",
            .. properties.SelectMany(property => (string[])["--conf", $"{property.Key}={property.Value}"]), "spark-internal", "-f", file]) start.ArgumentList.Add(argument);
        (start.Environment["AWS_ACCESS_KEY_ID"], start.Environment["AWS_SECRET_ACCESS_KEY"]) = (ceph.AccessKey, ceph.SecretKey);
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output, await errors);
    }
}
