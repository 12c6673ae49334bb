using System.Text;
using System.Text.Json;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Orchestration.Summaries;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

/// <summary>
/// The two scripts of a summary, in order, wherever the host dies. The model computes nothing: it leaves the lines of one series without a
/// value, to which no number belongs. (What real scripts compute: SummaryTests of Spark, and end to end.)
/// </summary>
public sealed class SummaryJobTests
{
    private static readonly Job Summary = new() { Kind = JobKind.Summary, Inputs = [new JobInput { Location = "s3://data/in", Form = JobForm.Json }] };

    private static void Leave(MemoryStore state, ModelCluster cluster, int unreadable)
    {
        var folder = cluster.Drivers[^1].Submission.Script["s3a://state/".Length..].Split("/attempt-")[0] + "/summary";
        var labels = JsonSerializer.Serialize(new[] { new { key = "operation_type", value = "idle" } });
        void Line(string name, object line) => state.Add($"{folder}/{name}/part-0.json", JsonSerializer.SerializeToUtf8Bytes(line));
        Line("series", new { series = 5, grp = 4, labels, other = labels, nan = 7, infinite = 0, malformed = 0, outside = 0, duplicate = 0, conflicting = 0, old = 0, repeated = 0, resets = 0, first = (long?)null, last = (long?)null });
        Line("files", new { file = "s3a://data/in/a.json", kept = 1, leftOut = 0, samples = 7, nan = 7, infinite = 0, malformed = 0, outside = 0, unreadable, noSeries = 0, corruptRecords = 0, failedQueries = 0 });
    }

    [Theory]
    [InlineData(Death.BeforeTheOperation)]
    [InlineData(Death.BeforeTheAnswer)]
    public async Task Wherever_its_host_is_killed_each_script_has_one_driver_and_the_summary_is_kept(Death death)
    {
        for (var operations = 0; ; operations += 2)
        {
            var (state, data, time, life) = (new MemoryStore("s3://state"), new MemoryStore("s3://data"), new ManualTime(), new Life(operations, death));
            data.Add("in/a.json", Encoding.UTF8.GetBytes("""{"metric":{"operation_type":"idle"},"values":[[1,"NaN"]]}"""));
            var cluster = new ModelCluster(state, data, time) { Writes = false };
            cluster.OnRead = () => Leave(state, cluster, unreadable: 0);
            var next = new JobProcess(state, data, time, cluster);
            var id = (await next.AskAsync(Summary)).Id;
            var first = new JobProcess(new MortalStore(state, life), new MortalStore(data, life), time, new MortalCluster(cluster, life), seen: state);

            await Record.ExceptionAsync(first.RunAsync);
            await next.PassAsync(next.Work.TakeOverAsync());

            var view = await next.ViewAsync(id);
            Assert.True(view.State == JobState.Succeeded, $"{operations}: {view.State} {view.Problem}");
            Assert.Equal(2, cluster.Ran.Count());
            var kept = KeptSummary.Read(state.Content($"state/jobs/{id}/summary.json"));
            Assert.Equal(("idle", 7), (Assert.Single(kept.Groups).Name, kept.Groups[0].Counts.Dropped.NaN));
            Assert.DoesNotContain(state.Keys, key => key.Contains("/summary/"));
            if (life.HasEnded) continue;
            Assert.True(operations > 40, $"Only {operations} operations were died at.");
            return;
        }
    }

    [Fact]
    public async Task Where_a_file_is_broken_its_input_is_turned_into_lines_and_read_again()
    {
        // A line that breaks off is no line of its own, so it is turned before the first script; see InputFormsTests for what is looked at.
        var (view, scripts) = await SummarisedAsync("""{"metric":{"operation_type":"idle"},"values":[[1,"NaN"],[2,"3"]""");
        Assert.Contains($"s3a://state/state/jobs/{view.Id}/inputs/input", scripts[0]);
    }

    [Fact]
    public async Task What_only_Spark_sees_to_be_broken_is_turned_after_the_first_script()
    {
        // Its brackets are whole, so that it passes for a line.
        var (view, scripts) = await SummarisedAsync("""{"metric":{"operation_type":"idle"},"values":[[1,"NaN"] [2,"3"]]}""");
        Assert.Equal(3, scripts.Count);
        Assert.Contains("'s3a://data/in'", scripts[0]);
        Assert.Contains($"'s3a://state/state/jobs/{view.Id}/inputs/input'", scripts[1]);
        Assert.Contains("the second of two scripts", scripts[2]);
    }

    /// <summary>Summarises a broken file, in which the first script, too, finds something that can't be read.</summary>
    private static async Task<(JobView View, IReadOnlyList<string> Scripts)> SummarisedAsync(string broken)
    {
        var (state, data, time, scripts) = (new MemoryStore("s3://state"), new MemoryStore("s3://data"), new ManualTime(), new List<string>());
        data.Add("in/a.json", Encoding.UTF8.GetBytes(broken + "\n"));
        var cluster = new ModelCluster(state, data, time) { Writes = false };
        cluster.OnRead = () =>
        {
            scripts.Add(Encoding.UTF8.GetString(state.Content(cluster.Drivers[^1].Submission.Script["s3a://state/".Length..])));
            Leave(state, cluster, unreadable: scripts.Count == 1 ? 1 : 0);
        };

        var view = await new JobProcess(state, data, time, cluster).DoAsync(Summary);

        Assert.True(view.State == JobState.Succeeded, view.Problem?.ToString());
        Assert.Contains("s3://data/in/a.json", Assert.Single(view.Result!.Problems!));
        return (view, scripts);
    }
}
