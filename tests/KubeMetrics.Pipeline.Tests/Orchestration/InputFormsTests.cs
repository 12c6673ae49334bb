using System.Text;
using KubeMetrics.Pipeline.Orchestration;
using KubeMetrics.Pipeline.Tests.Stores;
using KubeMetrics.Spark.Jobs;

namespace KubeMetrics.Pipeline.Tests.Orchestration;

/// <summary>What a cluster is told of inputs of JSON, by the script of the job.</summary>
public sealed class InputFormsTests
{
    private const string A = """{"metric":{"i":"a"},"values":[["1","2"]]}""", B = """{"metric":{"i":"b"},"values":[["1","3"]]}""";
    private const string Pretty = "{\n  \"metric\": {\"i\": \"p\"},\n  \"values\": [[1, \"4\"]]\n}";

    private static readonly Job Etl = new()
    {
        Kind = JobKind.Etl,
        Inputs = [new JobInput { Location = "s3://data/in", Form = JobForm.Json }],
        Output = new JobOutput { Location = "s3://data/out" },
    };

    private readonly MemoryStore _state = new("s3://state"), _data = new("s3://data");
    private readonly ManualTime _time = new();
    private readonly ModelCluster _cluster;

    public InputFormsTests() => _cluster = new ModelCluster(_state, _data, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private void Input(string name, string text) => _data.Add($"in/{name}", Encoding.UTF8.GetBytes(text));

    private async Task<(JobView View, string Script)> DoAsync(Job? job = null)
    {
        var process = new JobProcess(_state, _data, _time, _cluster);
        var view = await process.DoAsync(job ?? Etl);
        return (view, (await process.Service.LogAsync(view.Id, Cancellation)).Script ?? "");
    }

    [Theory]
    [InlineData(false, A + "\n" + B)]
    [InlineData(false, A + "\n" + B, A)]
    [InlineData(false, A)]
    [InlineData(true, Pretty)]
    [InlineData(true, Pretty, A)]
    [InlineData(true, "[\n" + A + ",\n" + B + "]")]
    public async Task What_Spark_reads_whole_is_read_where_it_lies(bool multiLine, params string[] files)
    {
        for (var i = 0; i < files.Length; i++) Input($"{i}.json", files[i]);
        var (view, script) = await DoAsync();
        Assert.Equal(JobState.Succeeded, view.State);
        Assert.Contains($"path 's3a://data/in', recursiveFileLookup 'true', multiLine '{(multiLine ? "true" : "false")}'", script);
    }

    [Theory]
    [InlineData(2, Pretty + "\n" + Pretty)] // Spark would see the first
    [InlineData(3, Pretty, A + "\n" + B)] // by lines none of the first file, else only the first of the second
    [InlineData(2, A + B)]
    [InlineData(2, """{"status":"success","data":{"resultType":"matrix","result":[""" + A + "," + B + "]}}")]
    public async Task What_Spark_would_read_in_part_is_turned_into_lines_first(int lines, params string[] files)
    {
        for (var i = 0; i < files.Length; i++) Input($"{i}.json", files[i]);
        var turned = new List<string>();
        _cluster.OnRead = () => turned.AddRange(_state.Keys.Where(key => key.Contains("/inputs/input/part-")).SelectMany(key => Encoding.UTF8.GetString(_state.Content(key)).Split('\n', StringSplitOptions.RemoveEmptyEntries)));

        var (view, script) = await DoAsync();

        Assert.Equal(JobState.Succeeded, view.State);
        Assert.Contains($"path 's3a://state/state/jobs/{view.Id}/inputs/input', recursiveFileLookup 'true', multiLine 'false'", script);
        Assert.Equal(lines, turned.Count);
        Assert.All(turned, line => Assert.StartsWith("{\"metric\":{\"i\":\"", line));
        Assert.DoesNotContain(_state.Keys, key => key.Contains("/inputs/")); // nobody reads it any more
    }

    [Fact]
    public async Task What_can_t_be_read_while_it_is_turned_is_counted_with_what_Spark_counts()
    {
        Input("cut.json", Pretty + "\n{\"metric\":{\"i\":\"cut");
        var (view, _) = await DoAsync();
        Assert.Equal((JobState.Succeeded, 1L), (view.State, view.Result!.Corrupt));
        Assert.Contains("s3://data/in/cut.json", Assert.Single(view.Result.Problems!));
    }

    [Fact]
    public async Task What_is_no_series_can_t_be_turned_and_is_named()
    {
        Input("other.json", "{\n\"a\": 1}\n{\n\"a\": 2}\n");
        var (view, _) = await DoAsync();
        Assert.Equal(JobState.Failed, view.State);
        Assert.Contains("s3://data/in/other.json", view.Problem!.Detail);
        Assert.Contains("one object a line", view.Problem.Remedy);
        Assert.Empty(_cluster.Drivers);
    }

    [Fact]
    public async Task Other_JSON_that_lies_on_lines_is_left_to_Spark()
    {
        Input("other.json", "{\"a\": 1}\n{\"a\": 2}\n");
        var (view, script) = await DoAsync();
        Assert.Equal(JobState.Succeeded, view.State);
        Assert.Contains("path 's3a://data/in'", script);
    }

    [Fact]
    public async Task A_file_whose_name_does_not_say_how_it_is_packed_is_turned()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(A));
        _data.Add("in/a.json", packed.ToArray());
        Assert.Contains("/inputs/input'", (await DoAsync()).Script);
    }

    [Fact]
    public async Task A_copy_is_of_lines_whatever_they_mean()
    {
        Input("a.json", Pretty + Pretty);
        var (view, script) = await DoAsync(Etl with { Kind = JobKind.Copy });
        Assert.Equal(JobState.Succeeded, view.State);
        Assert.Contains("USING text\n  OPTIONS (path 's3a://data/in'", script);
    }

    [Fact]
    public async Task Wherever_its_host_is_killed_exactly_one_driver_reads_all_that_was_turned()
    {
        Input("a.json", Pretty + Pretty);
        Input("b.json", A + "\n" + B);
        for (var operations = 0; ; operations += 2)
        {
            var (state, data, time, life) = (new MemoryStore("s3://state"), new MemoryStore("s3://data"), new ManualTime(), new Life(operations, operations % 4 == 0 ? Death.BeforeTheAnswer : Death.BeforeTheOperation));
            foreach (var key in _data.Keys) data.Add(key, _data.Content(key));
            var lines = 0;
            var cluster = new ModelCluster(state, data, time) { OnRead = () => lines = state.Keys.Where(key => key.Contains("/inputs/input/part-")).Sum(key => state.Content(key).Count(b => b == '\n')) };
            var options = JobProcess.Options with { Slice = TimeSpan.Zero };
            var next = new JobProcess(state, data, time, cluster, options);
            var id = (await next.AskAsync(Etl)).Id;
            var first = new JobProcess(new MortalStore(state, life), new MortalStore(data, life), time, new MortalCluster(cluster, life), options, seen: state);

            await Record.ExceptionAsync(first.RunAsync);
            await next.PassAsync(next.Work.TakeOverAsync());

            var view = await next.ViewAsync(id);
            Assert.True(view.State == JobState.Succeeded, $"{operations}: {view.State} {view.Problem}");
            Assert.Equal((1, 4), (cluster.Ran.Count(), lines));
            if (life.HasEnded) continue;
            Assert.True(operations > 30, $"Only {operations} operations were died at.");
            return;
        }
    }
}
