using System.Runtime.InteropServices;
using System.Text.Json;
using KubeMetrics.EndToEnd.Tests.Serve;
using KubeMetrics.ObjectStorage;
using KubeMetrics.ObjectStorage.S3;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary><c>kubemetrics ingest</c>, on folders and on a real Ceph.</summary>
public sealed class IngestCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Task<CommandRun> Ingest(params string[] arguments) => CommandRun.OfAsync(_folder.Path, ["ingest", .. arguments]);

    private static CommandRun Is(int exitCode, CommandRun run)
    {
        Assert.True(exitCode == run.ExitCode, $"{run.ExitCode}: {run.Output} {run.Error}");
        Assert.DoesNotContain("   at ", run.Error);
        return run;
    }

    [Fact]
    public async Task A_folder_goes_to_Ceph_and_back_as_it_was()
    {
        var ceph = await Ceph.RunningAsync();
        var bucket = Ceph.NewBucketName();
        _folder.Write("appsettings.json", $$"""{"Storage":{"Default":{"Endpoint":"{{ceph.Endpoint}}","AccessKey":"{{ceph.AccessKey}}","SecretKey":"{{ceph.SecretKey}}"} } }""");
        Is(0, await CommandRun.OfAsync(_folder.Path, "store", "mb", $"s3://{bucket}"));
        var large = new byte[20_000_000];
        new Random(1).NextBytes(large);
        _folder.Write("in/large.bin", large);
        _folder.Write("in/deep/a b+ü.tsv", "a\tb\n");
        _folder.Write("in/empty.csv", "");

        var dry = Is(0, await Ingest("in", $"s3://{bucket}/x", "--dry-run"));
        Assert.Contains("deep/a b+ü.tsv", dry.Output);
        Assert.Contains("Would copy 3 objects", dry.Output);
        Assert.Contains("Copied 3 objects", Is(0, await Ingest("in", $"s3://{bucket}/x")).Output);
        Assert.Contains("3 objects (19.1 MiB) were there already", Is(0, await Ingest("in", $"s3://{bucket}/x")).Output);
        var report = JsonDocument.Parse(Is(0, await Ingest($"s3://{bucket}/x", "back", "--json", "--exclude", "*.csv")).Output).RootElement;

        Assert.Equal((2, 2, 1), (report.GetProperty("done").GetProperty("copied").GetProperty("objects").GetInt32(), report.GetProperty("done").GetProperty("verified").GetInt32(), report.GetProperty("plan").GetProperty("leftOut").GetProperty("objects").GetInt32()));
        Assert.Equal("a\tb\n", await File.ReadAllTextAsync(Path.Combine(_folder.Path, "back", "deep", "a b+ü.tsv"), TestContext.Current.CancellationToken));
        Assert.Equal(large, await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "back", "large.bin"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "back", "empty.csv")));
    }

    [Fact]
    public async Task One_place_without_another_is_told_as_that()
    {
        Assert.Contains("a copy takes two: from where, and to where", Is(2, await Ingest("s3://bucket/x")).Error);
        Assert.Contains("a copy takes two: from where, and to where", Is(2, await Ingest("./in")).Error);
    }

    [Fact]
    public async Task Less_memory_than_an_object_needs_is_refused_as_the_setting_it_is()
    {
        _folder.Write("in/a", "x");

        var error = Is(2, await CommandRun.OfAsync(_folder.Path, new Dictionary<string, string> { ["Ingest__Memory"] = "1MiB" }, "ingest", "in", "out")).Error;

        Assert.Contains("Ingest:Memory", error);
        Assert.Contains("Ingest__Memory", error);
        Assert.Contains("'1MiB' is too little; it takes at least 16MiB.", error);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "out")));
    }

    // With one key for both buckets the gateway copies by itself; from one that anybody may read everything goes through here.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Metadata_in_any_script_and_keys_that_begin_with_a_slash_go_from_Ceph_to_Ceph(bool oneKey)
    {
        var ceph = await Ceph.RunningAsync();
        var (from, to) = (Ceph.NewBucketName(), Ceph.NewBucketName());
        var others = oneKey ? "" : $$""", "Buckets":{"{{from}}":{"Endpoint":"{{ceph.Endpoint}}","Anonymous":true} }""";
        _folder.Write("appsettings.json", $$"""{"Storage":{"Default":{"Endpoint":"{{ceph.Endpoint}}","AccessKey":"{{ceph.AccessKey}}","SecretKey":"{{ceph.SecretKey}}"}{{others}} } }""");
        using var clients = new S3Clients();
        var (source, destination) = (new S3Store(from, ceph.Connection, clients), new S3Store(to, ceph.Connection, clients));
        var cancellation = TestContext.Current.CancellationToken;
        await source.CreateBucketAsync(cancellation);
        await destination.CreateBucketAsync(cancellation);
        await source.AllowReadingToAllAsync(cancellation);
        var metadata = new Dictionary<string, string> { ["name"] = "ünï 日本" };
        await source.PutAsync("small", new MemoryStream(new byte[10]), new PutOptions { Metadata = metadata }, cancellation);
        await source.PutAsync("/large", new MemoryStream(new byte[20_000_000]), new PutOptions { Metadata = metadata }, cancellation); // in parts

        Is(0, await Ingest($"s3://{from}", $"s3://{to}"));

        foreach (var key in (string[])["small", "/large"])
            Assert.Equal((await source.GetBytesAsync(key, int.MaxValue, cancellation))!.Value.Content, (await destination.GetBytesAsync(key, int.MaxValue, cancellation))!.Value.Content);
        foreach (var key in (string[])["small", "/large"]) Assert.Equal("ünï 日本", (await destination.HeadAsync(key, cancellation))!.Metadata["name"]);
        Assert.Contains("ünï 日本", Is(0, await CommandRun.OfAsync(_folder.Path, "store", "stat", $"s3://{to}/small")).Output);
        Assert.Contains("were there already", Is(0, await Ingest($"s3://{from}", $"s3://{to}")).Output);
    }

    [Fact]
    public async Task A_dry_run_makes_no_folder()
    {
        _folder.Write("in/a", "x");

        Assert.Contains("Would copy 1 object", Is(0, await Ingest("in", "new/folder", "--dry-run")).Output);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "new")));
    }

    [Fact]
    public async Task Ctrl_C_leaves_nothing_half_written_and_the_next_run_goes_on()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Sends SIGINT, which only Unix has.");
        for (var i = 0; i < 20; i++) _folder.Write($"in/{i:00}", new byte[1_000_000]);
        var output = Path.Combine(_folder.Path, "out");

        var first = await CommandRun.OfAsync(_folder.Path, async process =>
        {
            while (!process.HasExited && !(Directory.Exists(output) && Directory.GetFiles(output).Length > 2)) await Task.Yield();
            Assert.Equal(0, Kill(process.Id, 2));
        }, "ingest", "in", "out", "--bandwidth", "4MiB");

        Is(130, first);
        Assert.Contains("interrupted; nothing half-written was left. The same command, run again, goes on where it was.", first.Error);
        Assert.All(Directory.GetFiles(output), file => Assert.Equal(1_000_000, new FileInfo(file).Length));
        Assert.Empty(Directory.GetFiles(Path.Combine(output, ".kubemetrics", "tmp")));
        var there = Directory.GetFiles(output).Length;
        var report = JsonDocument.Parse(Is(0, await Ingest("in", "out", "--json")).Output).RootElement;
        Assert.Equal(20, Directory.GetFiles(output).Length);
        Assert.InRange(there, 1, 19);
        Assert.Equal("succeeded", report.Text("state"));
    }

    [Theory]
    [InlineData(2, "no setting names", "Storage:Buckets:nowhere:Endpoint", "in", "s3://nowhere/x")]
    [InlineData(2, "lies in the source", "outside of it", "in", "in/below")]
    [InlineData(2, "lies in it", "", "in/below", "in")]
    [InlineData(2, "The destination, the second PLACE: It is the source", "name another place. Correct it and run the command again.", "in", "in")]
    [InlineData(2, "The source, the first PLACE:", "run the command again", "ftp://x/y", "out")]
    [InlineData(2, "--max-bytes: 'much' is no amount", "run the command again", "in", "out", "--max-bytes", "much")]
    [InlineData(2, "--include: A pattern has 0 characters", "run the command again", "in", "out", "--include", "", "--exclude", "*.x")]
    [InlineData(2, "--exclude: A pattern has 0 characters", "run the command again", "in", "out", "--include", "*.x", "--exclude", "")]
    [InlineData(2, "There is no dataset 'nope'", "", "nope")]
    [InlineData(1, "does not exist", "correct the path", "gone", "out")]
    [InlineData(1, "There is nothing in", "Correct the source", "bare", "out")]
    [InlineData(1, "at most 2 B are wanted", "--max-bytes", "in", "out", "--max-bytes", "2")]
    [InlineData(2, "no amount of bytes", "512MiB", "in", "out", "--bandwidth", "fast")]
    [InlineData(2, "Unrecognized command or argument '--force'", "--help", "in", "out", "--force")]
    public async Task What_cannot_be_done_is_told_with_its_remedy(int exitCode, string what, string remedy, params string[] arguments)
    {
        _folder.Write("in/a", "hello");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bare"));

        var error = Is(exitCode, await Ingest(arguments)).Error;

        Assert.Contains(what, error);
        Assert.Contains(remedy, error);
        Assert.DoesNotContain("The field", error);
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);
}
