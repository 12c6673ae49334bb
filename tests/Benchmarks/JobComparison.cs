using KubeMetrics.ObjectStorage;

namespace KubeMetrics.Benchmarks;

/// <summary>
/// Jobs in process beside the same jobs on Spark <c>local[2]</c>: the same dumps of the same real Ceph, the same output; both by
/// <c>kubemetrics job submit</c>, as processes from start to end, by turns. Spark's start is part of it, as it is of every job.
/// </summary>
/// <param name="Folder">The reference dataset.</param>
/// <param name="Command">The published command.</param>
/// <param name="Rounds">How many rounds medians are of.</param>
/// <param name="Markdown">Whether the table is printed as Markdown.</param>
internal sealed record JobComparison(string Folder, string Command, int Rounds, bool Markdown)
{
    private const string Bucket = "jobs";

    private static readonly (string Name, string Job)[] Jobs =
    [
        ("etl: JSON to 76 files of bzip2", $$"""{"kind":"etl","inputs":[{"location":"s3://{{Bucket}}/dumps","form":"json"}],"output":{"location":"OUTPUT","compression":"bzip2","files":76},"resources":{"cores":2}ENGINE}"""),
        ("etl: JSON to Parquet", $$"""{"kind":"etl","inputs":[{"location":"s3://{{Bucket}}/dumps","form":"json"}],"output":{"location":"OUTPUT","form":"parquet"},"resources":{"cores":2}ENGINE}"""),
        ("summary of the 0.9 quantiles", $$"""{"kind":"summary","inputs":[{"location":"s3://{{Bucket}}/dumps","form":"json"}],"summary":{"where":["quantile=0.9"]},"resources":{"cores":2}ENGINE}"""),
    ];

    internal async Task RunAsync()
    {
        var home = Environment.GetEnvironmentVariable("SPARK_HOME") is { Length: > 0 } set && Directory.Exists(set) ? set : throw new BenchmarkException("SPARK_HOME is not set; set it to a Spark 3.5 that can open s3a:// (infra/spark/spark-dev.sh up downloads one).");
        var files = ReferenceDataset.Files(Path.Combine(Folder, ReferenceDataset.PlainFolder));
        if (files.Length == 0) throw new BenchmarkException($"There is no reference dataset in {Folder}; make it with: generate {Folder}");
        var scratch = Directory.CreateTempSubdirectory("kubemetrics-jobs-").FullName;
        try
        {
            using var ceph = new BenchCeph(scratch, size: 6L << 30);
            var bucket = ceph.Bucket(Bucket);
            await bucket.CreateBucketAsync();
            Console.Error.WriteLine($"Putting {files.Length} files into it …");
            foreach (var file in files)
            {
                await using var content = File.OpenRead(file);
                await bucket.PutAsync($"dumps/{Path.GetFileName(file)}", content);
            }

            var settings = Path.Combine(scratch, "settings.json");
            File.WriteAllText(settings, $$"""{"State":"s3://{{Bucket}}/state","Storage":{{ceph.Storage}},"Spark":{"Cluster":"local","Master":"local[2]","Home":"{{home}}","Folder":"{{scratch}}/spark"},"Work":{"Poll":"0.2s"} }""");
            var table = new Table("job", "Spark s", "in process s", "in process is faster by");
            foreach (var (name, job) in Jobs)
            {
                var (theirs, ours) = (new List<double>(), new List<double>());
                for (var round = 0; round < Rounds; round++)
                {
                    double Take(string engine)
                    {
                        var output = $"s3://{Bucket}/{engine}-{round}";
                        var file = Path.Combine(scratch, "job.json");
                        File.WriteAllText(file, job.Replace("OUTPUT", output, StringComparison.Ordinal).Replace("ENGINE", $",\"engine\":\"{engine}\"", StringComparison.Ordinal));
                        return Processes.Run(Command, "job", "submit", file, "--settings", settings).Seconds;
                    }

                    double one, other;
                    if (round % 2 == 0) (one, other) = (Take("spark"), Take("in-process")); // evaluated from left to right
                    else (other, one) = (Take("in-process"), Take("spark"));
                    Console.Error.WriteLine($"{name}, round {round}: Spark {one:0.0} s; in process {other:0.0} s");
                    theirs.Add(one);
                    ours.Add(other);
                    foreach (var engine in (string[])["spark", "in-process"]) await bucket.DeleteAllAsync($"{engine}-{round}", _ => true);
                }

                table.Add(name, Table.Seconds(Timing.Median([.. theirs])), Table.Seconds(Timing.Median([.. ours])), Table.Ratio(Timing.Median([.. theirs]) / Timing.Median([.. ours])));
            }

            table.Write(Console.Out, Markdown);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
