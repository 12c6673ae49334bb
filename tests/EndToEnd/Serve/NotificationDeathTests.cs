using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>
/// Thousands of notifications, with duplicates, out of order and with garbage among them, to hosts that are killed and started
/// again. The test sends as Ceph does (again until it is answered with 200), because only so it knows what was accepted; the
/// objects, the state and the reports are on a real Ceph, and no listing of its own tells a host of them.
/// </summary>
public sealed class NotificationDeathTests : IDisposable
{
    private const int Events = 10_000, Kills = 6, Senders = 32;
    private const string Key = "a-key-of-notifications";
    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _clients.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task No_arrival_is_lost_whenever_hosts_are_killed(int hosts)
    {
        var ceph = await Ceph.RunningAsync();
        var bucket = new S3Store(Ceph.NewBucketName(), ceph.Connection, _clients);
        await bucket.CreateBucketAsync(Cancellation);
        string[] datasets = ["a", "b", "c", "d", "e"];
        var place = bucket.Name;
        _folder.Write("settings.json", JsonSerializer.Serialize(new
        {
            State = $"{place}/state",
            Storage = new { Default = new { ceph.Endpoint, ceph.AccessKey, ceph.SecretKey } },
            Datasets = datasets.ToDictionary(name => name, name => new { Location = $"{place}/{name}", GroupBy = "op" }),
            Notifications = new { Key },
            Refresh = new { Quiet = "2s", MaxWait = "10s", Reconcile = "7d" },
            Work = new { LeaseTerm = "2s", Poll = "0.2s", Attempts = 100 }, // killed on purpose
        }));
        var running = new RunningHost[hosts];
        for (var i = 0; i < hosts; i++) running[i] = await StartAsync(0, place);
        var ports = running.Select(host => host.Port).ToArray();

        var random = new Random(61);
        var (accepted, garbage) = (0, 0);
        // What is sent: every object once at least, some several times, much later than its neighbours; and what is no notification.
        var objects = Enumerable.Range(0, 60).Select(i => $"{datasets[i % datasets.Length]}/{i:00}.json").ToArray();
        var queue = new ConcurrentQueue<(string? Key, string Body)>(Enumerable.Range(0, Events).Select(i =>
        {
            var key = i < objects.Length ? objects[i] : random.Next(10) > 0 ? objects[random.Next(objects.Length)] : null;
            return (key, Body(key, place["s3://".Length..], random));
        }).OrderBy(_ => random.Next()).ToArray());
        var written = new ConcurrentDictionary<string, Lazy<Task>>();
        var kills = Enumerable.Range(0, Kills).Select(_ => random.Next(Events)).Order().ToArray();
        var reached = kills.Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var up = running.Select(_ => Up()).ToArray(); // of each host: done while it listens
        foreach (var one in up) one.SetResult();
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Senders });

        async Task SendAsync()
        {
            while (queue.TryDequeue(out var one))
            {
                // The object is there before anything is said of it.
                if (one.Key is { } key) await written.GetOrAdd(key, _ => new Lazy<Task>(() => bucket.PutBytesAsync(key, Dump(key), cancellationToken: Cancellation))).Value;
                while (true)
                {
                    var to = Random.Shared.Next(hosts);
                    try
                    {
                        using var answer = await client.PostAsync($"http://127.0.0.1:{ports[to]}/api/notifications?code={Key}", new StringContent(one.Body, Encoding.UTF8, "application/json"), Cancellation);
                        if (answer.StatusCode == HttpStatusCode.OK) break;
                        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                    }
                    catch (HttpRequestException)
                    {
                        await Volatile.Read(ref up[to]).Task.WaitAsync(RunningHost.Patience, Cancellation); // nobody listens just now
                    }
                }

                var count = Interlocked.Increment(ref accepted);
                for (var kill = 0; kill < Kills; kill++)
                    if (kills[kill] <= count)
                        reached[kill].TrySetResult();
                if (one.Key is null) Interlocked.Increment(ref garbage);
            }
        }

        async Task KillAsync()
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                await reached[kill].Task;
                var one = kill % hosts;
                Volatile.Write(ref up[one], Up());
                await running[one].KillAsync();
                await running[one].DisposeAsync();
                running[one] = await StartAsync(ports[one], place);
                up[one].SetResult();
            }
        }

        try
        {
            await Task.WhenAll([KillAsync(), .. Enumerable.Range(0, Senders).Select(_ => Task.Run(SendAsync, Cancellation))]);
            Assert.Equal(Events, accepted);

            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(RunningHost.Patience * 2);
            foreach (var name in datasets)
            {
                var expected = objects.Where(key => key.StartsWith(name + "/", StringComparison.Ordinal)).Select(key => $"{place}/{key}").Order().ToArray();
                while (!expected.SequenceEqual(await InputsOfLatestAsync(running[0], name))) patience.Token.ThrowIfCancellationRequested();
            }

            // Nothing is left to be done, and all garbage is kept with its reason.
            while (await CountAsync(bucket, "state/dirty") > 0) patience.Token.ThrowIfCancellationRequested();
            Assert.True(garbage > 500, $"{garbage} were garbage");
            Assert.True(await CountAsync(bucket, "state/dead-letter/notifications") >= garbage);
            foreach (var refresh in (await running[0].GetAsync("/api/refresh?limit=1000")).Is(200).Json.GetProperty("refreshes").EnumerateArray())
                Assert.True(refresh.Text("state") is "succeeded" or "replaced", refresh.ToString());
        }
        finally
        {
            foreach (var host in running) await host.DisposeAsync();
        }
    }

    private static TaskCompletionSource Up() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Task<RunningHost> StartAsync(int port, string place) =>
        RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json", "--state", $"{place}/state", "--listen", $"http://127.0.0.1:{port}");

    private static string Body(string? key, string bucket, Random random) => key is not null
        ? JsonSerializer.Serialize(new { Records = new[] { new { eventSource = "ceph:s3", eventName = "ObjectCreated:Put", s3 = new { bucket = new { name = bucket }, @object = new { key } } } } })
        : random.Next(4) switch { 0 => "", 1 => "{\"Records\":[{}]}", 2 => new string('[', random.Next(1, 100)), _ => "{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{}}}]}" };

    /// <summary>A dump of its own for each key: one series of twenty samples.</summary>
    private static byte[] Dump(string key)
    {
        var start = 1_517_443_200 + 3600 * int.Parse(key[2..4]);
        return Encoding.UTF8.GetBytes($$"""{"metric":{"__name__":"op_seconds","op":"x"},"values":[{{string.Join(',', Enumerable.Range(0, 20).Select(i => $"[{start + 60 * i},\"{1 + i % 3}\"]"))}}]}""");
    }

    private static async Task<IReadOnlyList<string>> InputsOfLatestAsync(RunningHost host, string dataset)
    {
        var latest = await host.GetAsync($"/api/reports/{dataset}/latest/report.json");
        if (latest.Status != 302) return [];
        var report = await host.GetAsync(latest["Location"]);
        return report.Status == 200 ? [.. report.Json.GetProperty("run").GetProperty("inputs").EnumerateArray().Select(input => input.Text("key")).Order()] : [];
    }

    private static async Task<int> CountAsync(S3Store bucket, string folder)
    {
        var count = 0;
        await foreach (var _ in bucket.ListAsync(folder, Cancellation)) count++;
        return count;
    }
}
