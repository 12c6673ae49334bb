using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests;

/// <summary><c>analyze</c>, <c>labels</c>, <c>schema</c> and <c>show</c> of dumps in a bucket of a real Ceph.</summary>
public sealed class DumpsInBucketsTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bucket = Ceph.NewBucketName();

    public async ValueTask InitializeAsync()
    {
        var ceph = await Ceph.RunningAsync();
        _folder.Write("appsettings.json", $$"""{"Storage":{"Default":{"Endpoint":"{{ceph.Endpoint}}","AccessKey":"{{ceph.AccessKey}}","SecretKey":"{{ceph.SecretKey}}"} } }""");
        Is(0, await RunAsync("store", "mb", $"s3://{_bucket}"));
        foreach (var day in (int[])[1, 2])
        {
            var values = string.Join(',', Enumerable.Range(0, 100).Select(i => $"[{1517443200 + 86400 * day + 60 * i},\"{i * day % 17}\"]"));
            _folder.Write($"day-{day}.json", $$"""{"metric":{"__name__":"op_seconds","op":"read"},"values":[{{values}}]}""");
            Is(0, await RunAsync("store", "put", $"day-{day}.json", $"s3://{_bucket}/in/"));
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string Below(string key) => $"s3://{_bucket}/{key}";

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(_folder.Path, arguments);

    private static CommandRun Is(int exitCode, CommandRun run)
    {
        Assert.True(exitCode == run.ExitCode, $"{run.ExitCode}: {run.Output} {run.Error}");
        Assert.DoesNotContain("   at ", run.Error);
        return run;
    }

    [Theory]
    [InlineData("in")]
    [InlineData("in/")]
    [InlineData("")]
    public async Task What_is_analysed_in_a_bucket_gives_what_the_same_files_give(string prefix)
    {
        var there = Groups(Is(0, await RunAsync("analyze", Below(prefix), "-g", "op", "--json", "--no-report")));

        Assert.Equal(Groups(Is(0, await RunAsync("analyze", "day-1.json", "day-2.json", "-g", "op", "--json", "--no-report"))), there);
        Assert.Contains("\"kept\":200", there); // by hand: two dumps of 100 samples
    }

    [Fact]
    public async Task A_report_is_made_and_the_next_time_it_is_there_already_until_something_arrives()
    {
        Is(0, await RunAsync("analyze", Below("in"), "-g", "op"));
        Assert.Contains("--force", Is(0, await RunAsync("analyze", Below("in"), "-g", "op")).Error);
        Is(0, await RunAsync("store", "put", "day-1.json", Below("in/day-3.json")));
        Assert.DoesNotContain("--force", Is(0, await RunAsync("analyze", Below("in"), "-g", "op")).Error);
    }

    [Fact]
    public async Task One_object_is_read_whatever_its_name_and_files_beside_it()
    {
        Is(0, await RunAsync("store", "put", "day-1.json", Below("odd/name")));

        var both = Groups(Is(0, await RunAsync("analyze", Below("odd/name"), "day-2.json", "-g", "op", "--json", "--no-report")));

        Assert.Contains("\"kept\":200", both);
    }

    [Fact]
    public async Task Labels_schema_and_the_first_samples_are_shown()
    {
        Assert.Contains("op_seconds", Is(0, await RunAsync("labels", Below("in"))).Output);
        Assert.Contains(" |-- metric", Is(0, await RunAsync("schema", Below("in"))).Output);
        Assert.Contains("2018-02-02", Is(0, await RunAsync("show", Below("in/day-1.json"), "-n", "1")).Output);
    }

    [Fact]
    public async Task What_is_not_there_is_told_with_its_remedy()
    {
        Assert.Contains($"kubemetrics store ls s3://{_bucket}", Is(1, await RunAsync("analyze", Below("nothing"))).Error);
        Assert.Contains("store mb s3://no-such-bucket", Is(1, await RunAsync("analyze", "s3://no-such-bucket/x")).Error);
        Assert.Contains("must not hold credentials", Is(2, await RunAsync("labels", "s3://key:secret@bucket/x")).Error);
        _folder.Write("none.json", "{}");
        Assert.Contains("Storage:Buckets:other:Endpoint", Is(1, await RunAsync("analyze", "s3://other/x", "--settings", "none.json")).Error);
    }

    private static string Groups(CommandRun run) => JsonDocument.Parse(run.Output).RootElement.GetProperty("groups").GetRawText();
}
