using System.Net.Http.Json;
using System.Text.Json;

namespace KubeMetrics.Benchmarks;

/// <summary>The published <c>kubemetrics serve</c> beside a bare Kestrel endpoint with the same bytes, both as processes of their own.</summary>
/// <param name="Command">The published command.</param>
/// <param name="Rounds">How many rounds medians are of.</param>
/// <param name="Seconds">How long one run of wrk takes.</param>
/// <param name="Markdown">Whether tables are printed as Markdown.</param>
internal sealed record ServeComparison(string Command, int Rounds, int Seconds, bool Markdown)
{
    // What the numbers are held to.
    private const double LeastShare = 0.5, MostDelay = 2, FirstAnswerLimit = 0.5;
    private const int Starts = 10, Unfinished = 2000, Unread = 500, Tries = 20;
    private const string Health = "/api/health";

    private readonly List<string> _missed = [];

    internal async Task RunAsync()
    {
        var scratch = Directory.CreateTempSubdirectory("kubemetrics-serve-").FullName;
        try
        {
            var demo = Path.Combine(scratch, "demo");
            Processes.Run(Command, "demo", "--dir", demo);
            string[] serve = ["serve", Path.Combine(demo, "public", "kube-metrics"), "--state", Path.Combine(scratch, "state")];
            var bareFolder = Directory.CreateDirectory(Path.Combine(scratch, "bare")).FullName;
            using (var ours = RunningServer.Start(Command, [.. serve, "--listen", "http://127.0.0.1:0"]))
            {
                var report = await AnalyseAsync(ours.Address);
                await LoadAsync(ours, report, bareFolder);
                await SlowAsync(ours.Address, report);
                Console.WriteLine($"Peak memory of the server, with an analysis, all of this load and the slow clients: {Table.MiB(ours.PeakBytes)} MiB.");
            }

            await StartsAsync(serve, bareFolder);
            foreach (var missed in _missed) Console.WriteLine($"MISSED: {missed}");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task<string> AnalyseAsync(Uri server)
    {
        using var client = new HttpClient { BaseAddress = server };
        using var asked = await client.PostAsJsonAsync("/api/analysis", new { dataset = "kube-metrics", where = (string[])["quantile=0.9"] });
        while (true)
        {
            var run = await client.GetFromJsonAsync<JsonElement>(asked.Headers.Location);
            switch (run.GetProperty("state").GetString())
            {
                case "succeeded": return run.GetProperty("report").GetString()!;
                case "queued" or "running": await Task.Delay(100); break;
                default: throw new BenchmarkException($"The analysis did not succeed: {run}");
            }
        }
    }

    private async Task LoadAsync(RunningServer ours, string report, string folder)
    {
        var picture = report.Replace("index.html", "charts/overview.png");
        using var client = new HttpClient { BaseAddress = ours.Address };
        using var page = await client.GetAsync(report);
        var condition = $"If-None-Match: {page.Headers.ETag}";
        (string Name, string Path, string File, string? Header)[] requests =
        [
            ("health", Health, "health.json", null),
            ("a report's page", report, "index.html", null),
            ("the same, 304", report, "index.html", condition),
            ("a chart, PNG", picture, "chart.png", null),
        ];
        foreach (var (_, path, file, _) in requests) await File.WriteAllBytesAsync(Path.Combine(folder, file), await client.GetByteArrayAsync(path));

        using var bare = RunningServer.Start(Environment.ProcessPath!, "bare", folder);
        var table = new Table("under load", "bytes", "requests/s", "bare", "share", "p99 ms", "bare", "of it");
        foreach (var (name, path, file, header) in requests)
        {
            var (ourUri, bareUri) = (new Uri(ours.Address, path), new Uri(bare.Address, file));
            // One of each that does not count, and then by turns, so that whatever else the machine does meets both alike.
            Wrk.Run(ourUri, Seconds, header);
            Wrk.Run(bareUri, Seconds, header);
            var rounds = Enumerable.Range(0, Rounds).Select(_ => (Ours: Wrk.Run(ourUri, Seconds, header), Bare: Wrk.Run(bareUri, Seconds, header))).ToList();
            var (perSecond, p99) = (Median(round => round.Ours.PerSecond), Median(round => round.Ours.P99));
            var (barePerSecond, bareP99) = (Median(round => round.Bare.PerSecond), Median(round => round.Bare.P99));
            // Of each round by itself, since rounds differ more than the two in one.
            var (share, delay) = (Median(round => round.Ours.PerSecond / round.Bare.PerSecond), Median(round => round.Ours.P99 / round.Bare.P99));
            var size = header is null ? new FileInfo(Path.Combine(folder, file)).Length : 0;
            table.Add(name, size.ToString("N0"), perSecond.ToString("N0"), barePerSecond.ToString("N0"), Table.Ratio(share), Milliseconds(p99), Milliseconds(bareP99), Table.Ratio(delay));
            if (share < LeastShare) _missed.Add($"{name}: {Table.Ratio(share)} of the bare endpoint's requests/s; {Table.Ratio(LeastShare)} is the least.");
            if (delay > MostDelay) _missed.Add($"{name}: p99 is {Table.Ratio(delay)} the bare endpoint's; {Table.Ratio(MostDelay)} is the most.");

            double Median(Func<(Wrk.Load Ours, Wrk.Load Bare), double> number) => Timing.Median([.. rounds.Select(number)]);
        }

        table.Write(Console.Out, Markdown);
        Console.WriteLine();
        Console.WriteLine($"wrk -t2 -c64 -d{Seconds}s, by turns, medians of {Rounds} rounds.");
    }

    private async Task SlowAsync(Uri server, string report)
    {
        var table = new Table("slow clients", "health, median ms", "most", "report, median ms", "most");
        await RowAsync("none");
        using (await SlowClients.ConnectAsync(server, Unfinished, Unread, report))
            await RowAsync($"{Unfinished:N0} that never finish asking, {Unread} that never read");
        Console.WriteLine();
        table.Write(Console.Out, Markdown);
        Console.WriteLine();

        async Task RowAsync(string name)
        {
            var health = await SlowClients.LatenciesAsync(server, Health, Tries);
            var page = await SlowClients.LatenciesAsync(server, report, Tries);
            table.Add(name, Milliseconds(health[Tries / 2]), Milliseconds(health[^1]), Milliseconds(page[Tries / 2]), Milliseconds(page[^1]));
        }
    }

    private async Task StartsAsync(string[] serve, string bareFolder)
    {
        string[] Ours(int port) => [.. serve, "--listen", $"http://127.0.0.1:{port}"];
        string[] Bare(int port) => ["bare", bareFolder, $"{port}"];
        var (ours, bare) = (new double[Starts], new double[Starts]);
        await RunningServer.FirstAnswerAsync(Command, Ours, Health);
        for (var i = 0; i < Starts; i++)
        {
            ours[i] = await RunningServer.FirstAnswerAsync(Command, Ours, Health);
            bare[i] = await RunningServer.FirstAnswerAsync(Environment.ProcessPath!, Bare, "/health.json");
        }

        var median = Timing.Median(ours);
        Console.WriteLine($"First answer after start, of {Starts}: {Told(ours)}; the bare endpoint's: {Told(bare)}.");
        if (median > FirstAnswerLimit) _missed.Add($"first answer after {Table.Seconds(median)} s; {FirstAnswerLimit} s is the limit.");

        static string Told(double[] seconds) => $"{Table.Seconds(Timing.Median(seconds))} s (median; {Table.Seconds(seconds[0])} to {Table.Seconds(seconds[^1])})";
    }

    private static string Milliseconds(double seconds) => (seconds * 1000).ToString("N1");
}
