using System.Security.Cryptography;
using System.Text.Json;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>
/// Ingests on real Cephs, from a bucket that is read unsigned into a private one, by hosts that are killed. Short as it runs with the
/// others; KUBEMETRICS_INGEST_KILLS=30 KUBEMETRICS_INGEST_MIB=300 is the whole of it.
/// </summary>
public sealed class IngestTests : IDisposable
{
    private static readonly int Kills = Number("KUBEMETRICS_INGEST_KILLS", 5), LargestMiB = Number("KUBEMETRICS_INGEST_MIB", 40);

    // Two parts of 8 MiB, and all their copies on the way: no more can be lost by a kill.
    private const int Memory = 16 << 20;

    private readonly TemporaryFolder _folder = new();
    private readonly S3Clients _clients = new();
    private readonly string _public = Ceph.NewBucketName(), _private = Ceph.NewBucketName();
    private readonly Random _random = new(20180201);
    private Ceph? _from, _to;
    private long _bytes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static int Number(string variable, int fallback) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : fallback;

    public void Dispose()
    {
        _clients.Dispose();
        _folder.Dispose();
    }

    private S3Store Source => new(_public, _from!.Connection, _clients);

    private S3Store Destination => new(_private, _to!.Connection, _clients);

    private Dictionary<string, string> Settings(string from, string to, string bandwidth) => new()
    {
        ["Storage:Default:Endpoint"] = to,
        ["Storage:Default:AccessKey"] = _to!.AccessKey,
        ["Storage:Default:SecretKey"] = _to.SecretKey,
        [$"Storage:Buckets:{_public}:Endpoint"] = from,
        [$"Storage:Buckets:{_public}:Anonymous"] = "true",
        ["Datasets:kube:Source"] = $"s3://{_public}/kube-metrics",
        ["Datasets:kube:Location"] = $"s3://{_private}/kube-metrics",
        ["Ingest:Memory"] = $"{Memory >> 20}MiB",
        ["Ingest:Bandwidth"] = bandwidth, // so that it takes long enough to be killed in its middle
        ["Work:LeaseTerm"] = "1s",
        ["Work:Poll"] = "0.1s",
        ["Work:Attempts"] = "100", // killed on purpose; the standard number would take it for its own fault
    };

    private Task<RunningHost> StartAsync(Dictionary<string, string> settings) => RunningHost.StartAsync(_folder.Path, settings, "--state", $"s3://{_private}/state");

    /// <summary>Objects in a bucket that anybody may read, and another for their copies and all else.</summary>
    private async Task MakeAsync(Ceph from, Ceph to, params (string Key, int Size)[] objects)
    {
        (_from, _to) = (from, to);
        await Destination.CreateBucketAsync(Cancellation);
        var store = Source;
        await store.CreateBucketAsync(Cancellation);
        await store.AllowReadingToAllAsync(Cancellation);
        _bytes = objects.Sum(one => (long)one.Size);
        foreach (var (key, size) in objects)
        {
            var content = new byte[size];
            _random.NextBytes(content);
            if (size % 2 == 0 || size < 12 << 20)
            {
                await store.PutBytesAsync("kube-metrics/" + key, content, new PutOptions { ContentType = "application/json", Metadata = new Dictionary<string, string> { ["of"] = "a test" } }, Cancellation);
                continue;
            }

            var upload = await store.StartUploadAsync("kube-metrics/" + key, null, Cancellation);
            var parts = new List<UploadPart>();
            for (var start = 0; start < size; start += 5 << 20)
                parts.Add(await store.PutPartAsync("kube-metrics/" + key, upload, parts.Count + 1, new MemoryStream(content, start, Math.Min(5 << 20, size - start)), null, Cancellation));
            await store.CompleteUploadAsync("kube-metrics/" + key, upload, parts, Cancellation);
        }
    }

    /// <summary>Everything is there, whole, with the same content type and metadata, and no upload is left open.</summary>
    private async Task AssertCopiedAsync()
    {
        var (from, to) = (Source, Destination);
        var keys = new List<string>();
        await foreach (var entry in from.ListAsync("kube-metrics", Cancellation)) keys.Add(entry.Key);
        var there = new List<string>();
        await foreach (var entry in to.ListAsync("kube-metrics", Cancellation)) there.Add(entry.Key);
        Assert.Equal(keys, there);
        foreach (var key in keys)
        {
            await using var expected = await from.GetAsync(key, null, Cancellation);
            await using var copied = await to.GetAsync(key, null, Cancellation);
            Assert.Equal((expected!.Info.Size, expected.Info.ContentType), (copied!.Info.Size, copied.Info.ContentType));
            Assert.Equal(expected.Info.Metadata, copied.Info.Metadata);
            Assert.Equal(await SHA256.HashDataAsync(expected.Content, Cancellation), await SHA256.HashDataAsync(copied.Content, Cancellation));
        }

        await foreach (var upload in to.ListUploadsAsync("", Cancellation)) Assert.Fail($"An upload of {upload.Key} was left open.");
    }

    private void AssertNoneCopiedTwice(Wire to, int kills)
    {
        // What a kill loses is what was on its way then. Leases, records and the journal go the same way: a few KB each.
        TestContext.Current.TestOutputHelper?.WriteLine($"{_bytes} bytes to copy, {to.Sent} sent, {kills} kills");
        Assert.InRange(to.Sent, _bytes, _bytes + _bytes / 50 + (kills + 1) * (1 << 20) + (long)kills * Memory);
    }

    private static bool IsCopying(JsonElement ingest, double share) =>
        ingest.HasEnded() || (ingest.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress && progress.Text("step") == "copying" && progress.GetProperty("fraction").GetDouble() >= share);

    private static async Task<JsonElement> UntilAsync(RunningHost host, Changes changes, string id, double share)
    {
        var seen = (await host.GetAsync($"/api/ingest/{id}")).Is(200).Json;
        return IsCopying(seen, share) ? seen : await changes.UntilAsync(id, one => IsCopying(one, share), "ingest");
    }

    [Fact]
    public async Task An_ingest_is_finished_once_however_often_its_host_is_killed()
    {
        var ceph = await Ceph.RunningAsync();
        var large = LargestMiB << 20;
        await MakeAsync(ceph, ceph, ("empty", 0), ("one", 1), ("a file+1 #%.json", 1000), ("two\nlines", 10), ("deep/down/ä", 100_000), ("10MB", 10_000_000), ("15MiB+1, in parts", (15 << 20) + 1),
            ("large", large), ("large, in parts", large + 1), ($"{new string('n', 200)}/{new string('m', 200)}", 5_000_000));
        using var wire = new Wire(ceph.Endpoint);
        var settings = Settings(ceph.Endpoint, wire.Endpoint, "20MiB");
        string id;
        await using (var host = await StartAsync(settings))
        {
            id = (await host.PostAsync("/api/ingest", """{"dataset":"kube"}""", ("Idempotency-Key", "once"))).Is(202).Json.Text("id");
            await host.KillAsync();
        }

        var killedAt = new List<string>();
        for (var kill = 1; kill < Kills; kill++)
        {
            await using var host = await StartAsync(settings);
            await using var changes = await Changes.OfAsync(host);
            // A little further than the one before came, by chance.
            var seen = await UntilAsync(host, changes, id, _random.NextDouble() * kill / Kills);
            await host.KillAsync();
            killedAt.Add(seen.HasEnded() ? "the end" : seen.GetProperty("progress").GetProperty("done").ToString());
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"killed at {string.Join(", ", killedAt)}");
        settings.Remove("Ingest:Bandwidth");
        await using var last = await StartAsync(settings);
        await using var follow = await Changes.OfAsync(last);
        Assert.Equal(id, (await last.PostAsync("/api/ingest", """{"dataset":"kube"}""", ("Idempotency-Key", "once"))).Json.Text("id"));
        var done = await last.EndOfIngestAsync(id, follow);
        Assert.True(done.Text("state") == "succeeded", done.ToString());
        Assert.Equal(0, done.GetProperty("done").GetProperty("unverified").GetInt32());
        Assert.Single((await last.GetAsync("/api/ingest")).Json.GetProperty("ingests").EnumerateArray());
        await AssertCopiedAsync();
        AssertNoneCopiedTwice(wire, Kills);
        await foreach (var entry in Destination.ListAsync("state/ingest", Cancellation)) Assert.Contains("/objects/", entry.Key);
    }

    [Fact]
    public async Task Of_two_hosts_on_one_store_one_copies_and_when_it_is_killed_the_other_does_the_rest()
    {
        var ceph = await Ceph.RunningAsync();
        await MakeAsync(ceph, ceph, ("a", 20 << 20), ("b", (20 << 20) + 1), ("c", 1000), ("d", 10 << 20));
        using var wire = new Wire(ceph.Endpoint);
        var settings = Settings(ceph.Endpoint, wire.Endpoint, "20MiB");
        await using var first = await StartAsync(settings);
        await using var second = await StartAsync(settings);
        await using var changes = await Changes.OfAsync(first);
        await using var others = await Changes.OfAsync(second);

        var id = (await first.PostAsync("/api/ingest", """{"dataset":"kube"}""")).Is(202).Json.Text("id");
        Assert.Equal(id, (await second.PostAsync("/api/ingest", """{"dataset":"kube"}""")).Json.Text("id"));
        await Task.WhenAny(UntilAsync(first, changes, id, 0.5), UntilAsync(second, others, id, 0.5));
        await first.KillAsync(); // which of the two does it nobody knows: then it goes on as if nothing were, or begins where the other was

        await using var rest = await Changes.OfAsync(second);
        var done = await second.EndOfIngestAsync(id, rest);
        Assert.True(done.Text("state") == "succeeded", done.ToString());
        await AssertCopiedAsync();
        AssertNoneCopiedTwice(wire, kills: 1);
    }

    [Fact]
    public async Task Out_of_a_public_bucket_of_one_Ceph_into_another_that_is_killed_in_mid_copy_and_started_again()
    {
        var ceph = await Ceph.OwnAsync();
        try
        {
            await MakeAsync(await Ceph.RunningAsync(), ceph, ("a", 20 << 20), ("b", (20 << 20) + 1), ("c", 1000), ("d", 10 << 20));
            await using var host = await StartAsync(Settings(_from!.Endpoint, ceph.Endpoint, "10MiB"));
            await using var changes = await Changes.OfAsync(host);
            var id = (await host.PostAsync("/api/ingest", """{"dataset":"kube"}""")).Is(202).Json.Text("id");
            await UntilAsync(host, changes, id, 0.2);

            await ceph.KillAsync();
            var (exitCode, output) = await ceph.UpAsync();

            Assert.True(exitCode == 0, output);
            var done = await host.EndOfIngestAsync(id, changes);
            Assert.True(done.Text("state") == "succeeded", done.ToString());
            await AssertCopiedAsync();
        }
        finally
        {
            await ceph.WipeAsync();
        }
    }
}
