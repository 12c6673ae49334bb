using System.Text.Json;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>What a host tells of datasets, counted by hand in dumps made by hand.</summary>
[Collection(typeof(ServedDumps))]
public sealed class DatasetTests(ServedDumps served)
{
    private readonly RunningHost _host = served.Host;

    private async Task<JsonElement> GetAsync(string path) => (await _host.GetAsync(path)).Is(200).Json;

    [Fact]
    public async Task A_dataset_tells_what_it_was_told_and_its_newest_finding()
    {
        var all = (await GetAsync("/api/datasets")).GetProperty("datasets").EnumerateArray().ToList();
        Assert.Equal(["bare", "cut", "gone", "ops"], all.Select(one => one.Text("name")));
        var ops = await GetAsync("/api/datasets/OPS");
        Assert.Equal("ops", ops.Text("name"));
        Assert.Equal("op", ops.Text("groupBy"));
        Assert.Equal("365d", ops.Text("window"));
        Assert.StartsWith("file:///", ops.Text("location"));
        var latest = ops.GetProperty("latest");
        Assert.Equal(served.RunId, latest.Text("runId"));
        Assert.Equal($"{served.Report}/index.html", latest.Text("page"));
        Assert.Equal(JsonValueKind.Null, all[0].GetProperty("latest").ValueKind);
        Assert.Equal(["gone"], all.Where(one => one.GetProperty("problem").ValueKind == JsonValueKind.Object).Select(one => one.Text("name")));
        Assert.Contains("does not exist", all[2].GetProperty("problem").Text("detail"));
    }

    [Fact]
    public async Task Labels_are_counted()
    {
        var labels = await GetAsync("/api/datasets/ops/labels");
        Assert.Equal(4, labels.GetProperty("series").GetInt32());
        Assert.Equal((2, 2), (labels.GetProperty("inputs").GetProperty("read").GetInt32(), labels.GetProperty("inputs").GetProperty("count").GetInt32()));
        var metrics = labels.GetProperty("metrics").EnumerateArray().ToDictionary(metric => metric.Text("name"));
        Assert.Equal(("gauge", 3, 8), (metrics["op_seconds"].Text("kind"), metrics["op_seconds"].GetProperty("series").GetInt32(), metrics["op_seconds"].GetProperty("samples").GetInt32()));
        Assert.Equal(("counter", 1, 2), (metrics["requests_total"].Text("kind"), metrics["requests_total"].GetProperty("series").GetInt32(), metrics["requests_total"].GetProperty("samples").GetInt32()));
        Assert.Equal(30, metrics["requests_total"].GetProperty("intervalSeconds").GetDouble());
        Assert.Equal(new DateTimeOffset(2018, 2, 1, 0, 2, 0, TimeSpan.Zero), metrics["op_seconds"].GetProperty("to").GetDateTimeOffset());
        var op = labels.GetProperty("labels").EnumerateArray().Single(label => label.Text("name") == "op");
        Assert.Equal(4, op.GetProperty("series").GetInt32());
        Assert.Equal([("a", 3), ("b", 1)], op.GetProperty("values").EnumerateArray().Select(value => (value.Text("value"), value.GetProperty("series").GetInt32())).Order());
    }

    [Fact]
    public async Task The_schema_is_as_spark_writes_it()
    {
        var schema = (await GetAsync("/api/datasets/ops/schema")).GetProperty("schema");
        Assert.Equal("struct", schema.Text("type"));
        var fields = schema.GetProperty("fields").EnumerateArray().ToDictionary(field => field.Text("name"));
        Assert.Equal(["metric", "values"], fields.Keys.Order());
        Assert.Equal(["__name__", "host", "op"], fields["metric"].GetProperty("type").GetProperty("fields").EnumerateArray().Select(field => field.Text("name")).Order());
    }

    [Theory]
    [InlineData("", 10)]
    [InlineData("?where=op%3Da", 8)]
    [InlineData("?where=op=a&where=host%3D~h.", 6)]
    [InlineData("?where=op!%3Da", 2)]
    [InlineData("?where=host%3D", 2)]
    [InlineData("?where=op%3Dnone", 0)]
    [InlineData("?limit=1", 1)]
    [InlineData("?limit=1000", 10)]
    public async Task A_preview_has_the_samples_that_all_matchers_want(string query, int rows) =>
        Assert.Equal(rows, (await GetAsync("/api/datasets/ops/preview" + query)).GetProperty("rows").GetArrayLength());

    [Fact]
    public async Task A_preview_begins_with_the_newest_dump()
    {
        var preview = await GetAsync("/api/datasets/ops/preview?limit=3");
        var rows = preview.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal([100, 160, 1], rows.Select(row => row.GetProperty("value").GetDouble()));
        Assert.Equal(new DateTimeOffset(2018, 2, 1, 0, 0, 30, TimeSpan.Zero), rows[1].GetProperty("time").GetDateTimeOffset());
        Assert.Equal("h1", rows[2].GetProperty("labels").Text("host"));
        Assert.Equal(["__name__", "host", "op"], preview.GetProperty("labels").EnumerateArray().Select(label => label.GetString()));
    }

    [Theory]
    [InlineData("labels")]
    [InlineData("schema")]
    [InlineData("preview")]
    public async Task A_dump_that_is_cut_is_named_and_the_one_beside_it_is_read(string look)
    {
        var answer = await GetAsync($"/api/datasets/cut/{look}");
        Assert.Contains(answer.GetProperty("problems").EnumerateArray(), problem => problem.GetString()!.Contains("cut.json"));
        Assert.Contains("requests_total", look == "schema" ? "requests_total" : answer.ToString());
    }

    [Theory]
    [InlineData("bare/labels", 422, "bare")]
    [InlineData("bare/schema", 422, "bare")]
    [InlineData("bare/preview", 422, "bare")]
    [InlineData("gone/labels", 503, "gone")]
    [InlineData("gone/preview", 503, "gone")]
    public async Task A_dataset_that_has_no_dumps_is_a_problem_that_names_the_place(string path, int status, string named)
    {
        var answer = (await _host.GetAsync($"/api/datasets/{path}")).IsProblem(status, named);
        Assert.Equal(status == 503, answer.Headers.ContainsKey("Retry-After"));
    }

    [Theory]
    [InlineData("ops/preview?limit=0", 400, "'0'")]
    [InlineData("ops/preview?limit=1001", 400, "1001")]
    [InlineData("ops/preview?limit=-1", 400, "-1")]
    [InlineData("ops/preview?limit=many", 400, "many")]
    [InlineData("ops/preview?limit=99999999999999999999", 400, "limit")]
    [InlineData("ops/preview?where=op", 400, "where")]
    [InlineData("ops/preview?where=op%3D~(", 400, "where")]
    [InlineData("opps", 404, "Is 'ops' meant?")]
    [InlineData("quite-another/labels", 404, "bare, cut, gone, ops")]
    public async Task A_question_that_can_not_be_understood_is_a_problem_that_names_it(string path, int status, string named) =>
        (await _host.GetAsync($"/api/datasets/{path}")).IsProblem(status, named);
}
