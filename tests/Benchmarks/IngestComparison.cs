using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.Benchmarks;

/// <summary>
/// <c>kubemetrics ingest</c> beside <c>rclone copy</c>: the same objects of the same real Ceph, from one bucket to another, with the same
/// number at once, both checking what they copy. Both as processes from start to end, by turns.
/// </summary>
/// <param name="Command">The published command.</param>
/// <param name="Rounds">How many rounds medians are of.</param>
/// <param name="Concurrency">How many at once.</param>
/// <param name="Markdown">Whether the table is printed as Markdown.</param>
internal sealed record IngestComparison(string Command, int Rounds, int Concurrency, bool Markdown)
{
    private const string From = "ingest-from", To = "ingest-to";
    private const double LeastThroughput = 1, MostCpu = 1;
    private const long MostMemory = 200L << 20;
    private static readonly (string Name, int Count, int Size, int PartSize)[] Sets = [("100 × 10 MB", 100, 10_000_000, 0), ("5,000 × 50 KB", 5000, 50_000, 0), ("1 × 2 GB, in parts", 1, 2_000_000_000, 16 << 20)];

    private readonly record struct Taken(double Seconds, double Cpu, long Peak);

    internal async Task RunAsync()
    {
        var rclone = Programs.Find("rclone") ?? throw new BenchmarkException("rclone is not installed; install it with: infra/dev/install.sh bench");
        var scratch = Directory.CreateTempSubdirectory("kubemetrics-ingest-").FullName;
        Environment.SetEnvironmentVariable("RCLONE_CONFIG", Path.Combine(scratch, "rclone.conf"));
        try
        {
            using var ceph = new BenchCeph(scratch, size: 12L << 30); // wiped before its folder goes
            File.WriteAllText(Path.Combine(scratch, "rclone.conf"), $"[ceph]\ntype = s3\nprovider = Ceph\nregion = default\nendpoint = {ceph.Endpoint}\naccess_key_id = {BenchCeph.Access}\nsecret_access_key = {BenchCeph.Secret}\n");
            // By another name of the machine, or the gateway would copy by itself, which is no ingest from elsewhere.
            string At(string endpoint) => $$"""{"Endpoint":"{{endpoint}}","AccessKey":"{{BenchCeph.Access}}","SecretKey":"{{BenchCeph.Secret}}"}""";
            File.WriteAllText(Path.Combine(scratch, "settings.json"), $$"""{"Storage":{"Default":{{At(ceph.Endpoint)}},"Buckets":{"{{From}}":{{At(ceph.Endpoint.Replace("127.0.0.1", "localhost"))}} } } }""");
            await ceph.Bucket(From).CreateBucketAsync();
            await ceph.Bucket(To).CreateBucketAsync();
            var table = new Table("copied", "rclone s", "ours s", "ours is faster by", "rclone CPU s", "ours CPU s", "of it", "rclone MiB", "ours MiB");
            var missed = new List<string>();
            for (var set = 0; set < Sets.Length; set++)
            {
                var (name, count, size, partSize) = Sets[set];
                await MakeAsync(ceph.Bucket(From), $"{set}", count, size, partSize);
                var (theirs, ours) = (new List<Taken>(), new List<Taken>());
                for (var round = 0; round <= Rounds; round++)
                {
                    var number = $"{Concurrency}";
                    Taken Taking(string program, params string[] arguments)
                    {
                        var taken = Take(program, arguments);
                        // Each finds the gateway as the other did: empty, and with nothing left to delete.
                        Processes.Run(rclone, "purge", $"ceph:{To}/{set}", "-q");
                        ceph.Collect();
                        return taken;
                    }

                    // Without --disable Copy rclone would let the gateway copy by itself, too.
                    Taken Theirs() => Taking(rclone, "copy", $"ceph:{From}/{set}", $"ceph:{To}/{set}/r{round}", "--transfers", number, "--checkers", number, "--disable", "Copy", "--s3-upload-concurrency", number, "-q");
                    Taken Ours() => Taking(Command, "ingest", $"s3://{From}/{set}", $"s3://{To}/{set}/o{round}", "--concurrency", number, "--settings", Path.Combine(scratch, "settings.json"), "--state", Path.Combine(scratch, $"state-{set}-{round}"));
                    Taken one, other;
                    if (round % 2 == 0) (one, other) = (Theirs(), Ours()); // evaluated from left to right
                    else (other, one) = (Ours(), Theirs());
                    Console.Error.WriteLine($"{name}, round {round}: rclone {one.Seconds:0.0} s, {one.Cpu:0.0} s of CPU; ours {other.Seconds:0.0} s, {other.Cpu:0.0} s, {Table.MiB(other.Peak)} MiB");
                    if (round == 0) continue; // the first of each warms up
                    theirs.Add(one);
                    ours.Add(other);
                }

                double Median(List<Taken> taken, Func<Taken, double> of) => Timing.Median([.. taken.Select(of)]);
                var (faster, cpu, peak) = (Median(theirs, one => one.Seconds) / Median(ours, one => one.Seconds), Median(ours, one => one.Cpu) / Median(theirs, one => one.Cpu), ours.Max(one => one.Peak));
                table.Add(name, Table.Seconds(Median(theirs, one => one.Seconds)), Table.Seconds(Median(ours, one => one.Seconds)), Table.Ratio(faster), Table.Seconds(Median(theirs, one => one.Cpu)), Table.Seconds(Median(ours, one => one.Cpu)), Table.Ratio(cpu),
                    Table.MiB(theirs.Max(one => one.Peak)), Table.MiB(peak));
                if (faster < LeastThroughput) missed.Add($"{name}: {Table.Ratio(faster)} of rclone's throughput; at least {Table.Ratio(LeastThroughput)} was wanted.");
                if (cpu > MostCpu) missed.Add($"{name}: {Table.Ratio(cpu)} of rclone's CPU seconds; at most {Table.Ratio(MostCpu)} was wanted.");
                if (peak > MostMemory) missed.Add($"{name}: {Table.MiB(peak)} MiB at the peak; at most {Table.MiB(MostMemory)} were wanted.");
            }

            table.Write(Console.Out, Markdown);
            foreach (var one in missed) Console.WriteLine($"MISSED: {one}");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task MakeAsync(S3Store store, string prefix, int count, int size, int partSize)
    {
        Console.Error.WriteLine($"Making {count} of {size} bytes …");
        var content = new byte[Math.Min(size, 64 << 20)];
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            random.NextBytes(content);
            if (partSize == 0)
            {
                await store.PutBytesAsync($"{prefix}/{i:00000}.json", content);
                continue;
            }

            var key = $"{prefix}/{i:00000}.json";
            var upload = await store.StartUploadAsync(key);
            var parts = new List<UploadPart>();
            for (long start = 0; start < size; start += partSize)
            {
                random.NextBytes(content.AsSpan(0, partSize));
                parts.Add(await store.PutPartAsync(key, upload, parts.Count + 1, new MemoryStream(content, 0, (int)Math.Min(partSize, size - start))));
            }

            await store.CompleteUploadAsync(key, upload, parts);
        }
    }

    private static Taken Take(string program, params string[] arguments)
    {
        var before = ChildrenCpu();
        var finished = Processes.Run(program, arguments);
        return new Taken(finished.Seconds, ChildrenCpu() - before, finished.PeakBytes);
    }

    /// <summary>CPU seconds of all processes that this one has started and that have ended.</summary>
    private static double ChildrenCpu()
    {
        var usage = new long[18];
        return GetUsage(-1, usage) == 0 ? usage[0] + usage[2] + (usage[1] + usage[3]) / 1e6 : throw new BenchmarkException("The CPU time of processes can't be told here; this runs on Linux.");
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    private static extern int GetUsage(int who, [Out] long[] usage);
}
