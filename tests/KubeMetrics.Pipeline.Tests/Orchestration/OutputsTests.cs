using System.Text;
using KubeMetrics.ObjectStorage;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Stores;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

/// <summary>Places where results take each other's place.</summary>
public sealed class OutputsTests
{
    private readonly MemoryStore _store = new("s3://data"), _state = new("s3://state");
    private readonly ManualTime _time = new();

    private StorePlace Place => new(_store, "made");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<string> InForceAsync() => (await Outputs.InForceAsync(Place, Cancellation)).Prefix;

    private void Made(string job) => _store.Add($"made/_job-{job}/part-0.json", new byte[1]);

    [Fact]
    public async Task A_place_without_a_pointer_is_read_as_it_lies() => Assert.Equal("made", await InForceAsync());

    [Fact]
    public async Task The_later_job_s_result_is_in_force_in_whatever_order_they_end()
    {
        foreach (var job in (string[])["2", "1", "4", "3"])
        {
            Made(job);
            await Outputs.PutInForceAsync(Place, job, null, Cancellation);
        }

        Assert.Equal("made/_job-4", await InForceAsync());
        // The one before stays for those who read it; what is written at this moment by a later one stays, too.
        Made("5");
        await Outputs.PutInForceAsync(Place, "4", null, Cancellation);
        Assert.Equal(["made/_job-2/part-0.json", "made/_job-3/part-0.json", "made/_job-4/part-0.json", "made/_job-5/part-0.json", "made/_latest.json"], _store.Keys);
        await Outputs.PutInForceAsync(Place, "5", null, Cancellation);
        Assert.Equal(["made/_job-4/part-0.json", "made/_job-5/part-0.json", "made/_latest.json"], _store.Keys);
    }

    [Fact]
    public async Task Of_many_at_once_the_latest_is_in_force()
    {
        await Parallel.ForAsync(0, 50, Cancellation, async (i, token) => await Outputs.PutInForceAsync(Place, $"{i:00}", null, token));
        Assert.Equal("made/_job-49", await InForceAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\":1,\"job\":\"1\",\"folder\":\"../secret\"}")]
    [InlineData("{\"schemaVersion\":1,\"job\":\"1\",\"folder\":\"_job-1/../..\"}")]
    [InlineData("not json")]
    public async Task A_pointer_that_is_none_is_told_with_its_place(string text)
    {
        _store.Add("made/_latest.json", Encoding.UTF8.GetBytes(text));
        Assert.Contains("s3://data/made/_latest.json", (await Assert.ThrowsAsync<InvalidDataException>(InForceAsync)).Message);
    }

    [Fact]
    public async Task A_job_that_replaces_writes_beside_what_is_in_force_and_reads_what_is()
    {
        _store.Add("in/a.json", Encoding.UTF8.GetBytes("""{"metric":{"i":"1"},"values":[]}"""));
        var process = new JobProcess(_state, _store, _time, null);
        var job = new Job { Kind = JobKind.Etl, Inputs = [new JobInput { Location = "s3://data/in", Form = JobForm.Json }], Output = new JobOutput { Location = "s3://data/made", Replace = true } };
        var first = await process.DoHereAsync(job);
        Assert.Equal((JobState.Succeeded, $"made/_job-{first.Id}"), (first.State, await InForceAsync()));
        _store.Add("in/b.json", Encoding.UTF8.GetBytes("""{"metric":{"i":"2"},"values":[]}"""));
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = await process.DoHereAsync(job);
        Assert.Equal((JobState.Succeeded, $"made/_job-{second.Id}"), (second.State, await InForceAsync()));

        // Who reads the place reads the one in force, not both.
        var read = await process.DoHereAsync(new Job { Kind = JobKind.Copy, Inputs = [new JobInput { Location = "s3://data/made", Form = JobForm.Json }], Output = new JobOutput { Location = "s3://data/out" } });
        Assert.Equal((JobState.Succeeded, 2L), (read.State, read.Result!.Records));
    }

    [Fact]
    public async Task A_cluster_is_told_of_the_folders_that_are_meant()
    {
        _store.Add("in/_job-0/a.json", Encoding.UTF8.GetBytes("""{"metric":{"i":"1"},"values":[]}"""));
        await Outputs.PutInForceAsync(new StorePlace(_store, "in"), "0", null, Cancellation);
        var cluster = new ModelCluster(_state, _store, _time) { Writes = false };
        var process = new JobProcess(_state, _store, _time, cluster);
        cluster.OnRead = () => _store.Add($"made/_job-{cluster.Drivers[0].Submission.AppName["kubemetrics-".Length..^2]}/_SUCCESS", []);

        var view = await process.DoAsync(new Job { Kind = JobKind.Etl, Inputs = [new JobInput { Location = "s3://data/in", Form = JobForm.Json }], Output = new JobOutput { Location = "s3://data/made", Replace = true } });

        Assert.True(view.State == JobState.Succeeded, view.Problem?.Detail);
        var script = (await process.Service.LogAsync(view.Id, Cancellation)).Script;
        Assert.Contains("path 's3a://data/in/_job-0'", script);
        Assert.Contains($"INSERT OVERWRITE DIRECTORY 's3a://data/made/_job-{view.Id}'", script);
        Assert.Equal($"made/_job-{view.Id}", await InForceAsync());
    }
}
