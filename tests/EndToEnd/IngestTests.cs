using System.Security.Cryptography;
using System.Text.Json;
using KubeMetrics.EndToEnd.Tests.Serve;
using KubeMetrics.Testing;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary>Ingests by the real command and the real host, from one bucket of a real Ceph into another.</summary>
public sealed class IngestTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Folders_are_copied_byte_for_byte_and_the_second_time_nothing_is()
    {
        _folder.Write("from/a b+c.tsv", "a\tb\n");
        _folder.Write("from/deep/empty.json", []);
        var first = await CommandRun.OfAsync(_folder.Path, "ingest", "from", "to", "--json");
        var second = await CommandRun.OfAsync(_folder.Path, "ingest", "from", "to", "--json");

        Assert.Equal((0, 2, 0), Outcome(first));
        Assert.Equal((0, 0, 2), Outcome(second));
        Assert.Equal("a\tb\n", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "to", "a b+c.tsv"), TestContext.Current.CancellationToken));
        Assert.Equal(0, new FileInfo(Path.Combine(_folder.Path, "to", "deep", "empty.json")).Length);
    }

    [Fact]
    public async Task A_host_that_is_killed_in_the_middle_goes_on_and_every_object_is_identical()
    {
        var ceph = await Ceph.RunningAsync();
        var (from, to) = (Ceph.NewBucketName(), Ceph.NewBucketName());
        _folder.Write("settings.json", JsonSerializer.Serialize(new
        {
            Storage = new { Default = new { ceph.Endpoint, ceph.AccessKey, ceph.SecretKey } },
            Datasets = new { kube = new { Source = $"s3://{from}/dumps", Location = $"s3://{to}/kube" } },
            Work = new { LeaseTerm = "1s", Poll = "0.1s", Attempts = 100 }, // killed on purpose
        }));
        foreach (var bucket in (string[])[from, to]) Assert.Equal(0, (await CommandRun.OfAsync(_folder.Path, "store", "mb", $"s3://{bucket}", "--settings", "settings.json")).ExitCode);
        var random = new Random(6);
        foreach (var size in (int[])[0, 1, 100_000, 5 << 20, 17 << 20, 40 << 20])
        {
            var content = new byte[size];
            random.NextBytes(content);
            _folder.Write($"dumps/{size} +ü.bin", content);
        }

        var up = await CommandRun.OfAsync(_folder.Path, "ingest", "dumps", $"s3://{from}/dumps", "--settings", "settings.json");
        Assert.True(up.ExitCode == 0, up.Error);

        string id;
        await using (var host = await RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json"))
        {
            id = (await host.PostAsync("/api/ingest", """{"dataset":"kube"}""")).Is(202).Json.Text("id");
            await host.KillAsync();
        }

        for (var kill = 0; kill < 4; kill++)
        {
            await using var host = await RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json");
            // Somewhere in the copying, at a share of it that the seed chooses.
            var share = random.NextDouble();
            await host.IngestUntilAsync(id, seen => seen.GetProperty("progress") is { ValueKind: JsonValueKind.Object } progress
                && progress.Text("step") == "copying" && progress.GetProperty("fraction").GetDouble() >= share);
            await host.KillAsync();
        }

        await using var last = await RunningHost.StartAsync(_folder.Path, null, "--settings", "settings.json");
        await last.EndOfIngestAsync(id);
        var down = await CommandRun.OfAsync(_folder.Path, "ingest", $"s3://{to}/kube", "back", "--settings", "settings.json");
        Assert.True(down.ExitCode == 0, down.Error);
        var files = Directory.GetFiles(Path.Combine(_folder.Path, "dumps"));
        Assert.Equal(6, files.Length);
        foreach (var file in files)
            Assert.Equal(SHA256.HashData(File.ReadAllBytes(file)), SHA256.HashData(File.ReadAllBytes(Path.Combine(_folder.Path, "back", Path.GetFileName(file)))));
    }

    private static (int ExitCode, long Copied, long Same) Outcome(CommandRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        var done = JsonDocument.Parse(run.Output).RootElement.GetProperty("done");
        return (run.ExitCode, done.GetProperty("copied").GetProperty("objects").GetInt64(), done.GetProperty("same").GetProperty("objects").GetInt64());
    }
}
