using System.Text.Json;

namespace KubeMetrics.Benchmarks;

/// <summary>Bucket notifications accepted a second: the published <c>kubemetrics serve</c>, which reads them and has them in its state before it answers, beside a bare Kestrel endpoint that only appends them to a file.</summary>
/// <param name="Command">The published command.</param>
/// <param name="Rounds">How many rounds medians are of.</param>
/// <param name="Seconds">How long one run of wrk takes.</param>
/// <param name="Connections">Over how many connections they come at once: so many can share a marker.</param>
/// <param name="Markdown">Whether the table is printed as Markdown.</param>
internal sealed record NotificationComparison(string Command, int Rounds, int Seconds, int Connections, bool Markdown)
{
    private const double LeastShare = 0.5;

    // What Ceph 16.2 sends of one object, but for its ids.
    private const string Body = """
        {"Records":[{"eventVersion":"2.2","eventSource":"ceph:s3","awsRegion":"","eventTime":"2026-11-22T07:29:55.990405Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"dev"},"requestParameters":{"sourceIPAddress":""},"responseElements":{"x-amz-request-id":"1122f6d9-e006-4a40-b928-8f873e124de4.24101.16879387000343441980","x-amz-id-2":"5e25-default-default"},"s3":{"s3SchemaVersion":"1.0","configurationId":"kubemetrics-kube","bucket":{"name":"dumps","ownerIdentity":{"principalId":"dev"},"arn":"arn:aws:s3:::dumps","id":"1122f6d9-e006-4a40-b928-8f873e124de4.24103.1"},"object":{"key":"kube/2018-02-01.json","size":16,"eTag":"6a15c1c8ca323a57c097ec18e11cdb4b","versionId":"","sequencer":"F399026B19F42A3B","metadata":[{"key":"x-amz-date","val":"20261122T072955Z"}],"tags":[]}},"eventId":"1795332595.992670.6a15c1c8ca323a57c097ec18e11cdb4b","opaqueData":""}]}
        """;

    internal void Run()
    {
        var scratch = Directory.CreateTempSubdirectory("kubemetrics-notify-").FullName;
        try
        {
            // The dataset's bucket need not be there: only that something arrived is taken down here.
            var settings = Path.Combine(scratch, "settings.json");
            File.WriteAllText(settings, JsonSerializer.Serialize(new
            {
                Storage = new { Default = new { Endpoint = "http://127.0.0.1:9", AccessKey = "none", SecretKey = "none" } },
                Datasets = new { kube = new { Location = "s3://dumps/kube" } },
                Notifications = new { Open = true },
                Refresh = new { Quiet = "1h", MaxWait = "1d", Reconcile = "7d" },
                Log = new { Level = "error" },
            }));
            var script = Path.Combine(scratch, "post.lua");
            File.WriteAllText(script, $"wrk.method = 'POST'\nwrk.body = [[{Body}]]\nwrk.headers['Content-Type'] = 'application/json'\n");
            using var ours = RunningServer.Start(Command, "serve", "--settings", settings, "--state", Path.Combine(scratch, "state"), "--listen", "http://127.0.0.1:0");
            using var bare = RunningServer.Start(Environment.ProcessPath!, "bare", Directory.CreateDirectory(Path.Combine(scratch, "bare")).FullName);
            var (ourUri, bareUri) = (new Uri(ours.Address, "/api/notifications"), new Uri(bare.Address, "/notify"));
            Wrk.Load Load(Uri uri) => Wrk.Run(uri, Seconds, null, script, Connections);
            Load(ourUri);
            Load(bareUri);
            var rounds = Enumerable.Range(0, Rounds).Select(_ => (Ours: Load(ourUri), Bare: Load(bareUri))).ToList();
            double Median(Func<(Wrk.Load Ours, Wrk.Load Bare), double> number) => Timing.Median([.. rounds.Select(number)]);
            var share = Median(round => round.Ours.PerSecond / round.Bare.PerSecond);
            var table = new Table("notifications", "accepted/s", "bare", "share", "p99 ms", "bare", "peak MiB");
            table.Add($"{Body.Length} bytes each", $"{Median(round => round.Ours.PerSecond):N0}", $"{Median(round => round.Bare.PerSecond):N0}", Table.Ratio(share),
                $"{Median(round => round.Ours.P99) * 1000:N1}", $"{Median(round => round.Bare.P99) * 1000:N1}", Table.MiB(ours.PeakBytes));
            table.Write(Console.Out, Markdown);
            Console.WriteLine();
            Console.WriteLine($"wrk -t2 -c{Connections} -d{Seconds}s, by turns, medians of {Rounds} rounds.");
            if (share < LeastShare) Console.WriteLine($"MISSED: {Table.Ratio(share)} of the bare endpoint's; {Table.Ratio(LeastShare)} is the least.");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
