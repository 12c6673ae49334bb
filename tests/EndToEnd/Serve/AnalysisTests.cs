using System.Text.Json;
using KubeMetrics.ObjectStorage.Folder;
using KubeMetrics.Pipeline.Demo;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>A host whose runs are asked for, followed and cancelled; one at a time, so that the others wait.</summary>
public sealed class BusyHost : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningHost? _host;

    internal RunningHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("small/a.json", ServedDumps.Operations);
        await DemoDataset.WriteAsync(FolderStore.Create(Path.Combine(_folder.Path, "large"), flushToDisk: false), new DemoOptions { Days = 1 });
        var settings = new Dictionary<string, string>
        {
            ["Datasets:small:Location"] = "small",
            ["Datasets:small:GroupBy"] = "op",
            ["Datasets:small:Window"] = "90s",
            ["Datasets:large:Location"] = "large",
            ["Analysis:Concurrency"] = "1",
            ["Analysis:Queue"] = "4",
        };
        _host = await RunningHost.StartAsync(_folder.Path, settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>An analysis from being asked for to its report.</summary>
public sealed class AnalysisTests(BusyHost busy) : IClassFixture<BusyHost>
{
    private const string Start = "/api/analysis";
    private readonly RunningHost _host = busy.Host;

    [Fact]
    public async Task What_is_asked_for_is_accepted_followed_and_found()
    {
        var asked = (await _host.PostAsync(Start, """{"dataset":"small","where":["op=a"]}""")).Is(202);
        Assert.Equal($"{Start}/{asked.Json.Text("id")}", asked["Location"]);
        Assert.Equal("queued", asked.Json.Text("state"));
        var run = await _host.EndOfAsync(asked.Json.Text("id"));
        Assert.Equal("succeeded", run.Text("state"));
        (await _host.GetAsync(run.Text("report"))).Is(200);
        Assert.True(run.GetProperty("created").GetDateTimeOffset() <= run.GetProperty("started").GetDateTimeOffset());
        Assert.True(run.GetProperty("started").GetDateTimeOffset() <= run.GetProperty("finished").GetDateTimeOffset());

        // The same again is that run, in whatever case and order it is written.
        var again = (await _host.PostAsync(Start, """{"where":[" op=a "],"dataset":"SMALL"}""")).Is(200);
        Assert.Equal(run.Text("id"), again.Json.Text("id"));
        Assert.Equal(asked["Location"], again["Location"]);

        // By force it is another run, of the same name.
        var forced = await _host.AnalysedAsync("""{"dataset":"small","where":["op=a"],"force":true}""");
        Assert.NotEqual(run.Text("id"), forced.Text("id"));
        Assert.Equal(run.Text("runId"), forced.Text("runId"));
    }

    [Fact]
    public async Task A_run_with_other_options_has_a_report_but_is_not_the_datasets_latest()
    {
        var own = await _host.AnalysedAsync("""{"dataset":"small"}""");
        var other = await _host.AnalysedAsync("""{"dataset":"small","where":["host=h1"],"groupBy":"host","from":"2018-02-01T00:00","to":"2018-02-01T00:02","window":null,"unit":"s","raw":true}""");
        Assert.True(own.GetProperty("own").GetBoolean());
        Assert.False(other.GetProperty("own").GetBoolean());
        var options = other.GetProperty("options");
        Assert.Equal("host", options.Text("groupBy"));
        Assert.Equal(JsonValueKind.Null, options.GetProperty("window").ValueKind);
        Assert.Equal("90s", own.GetProperty("options").Text("window"));
        // Of h1, two of a's three samples and one of b's lie before the end; the other of b's two was NaN.
        Assert.Equal(3, (await _host.GetAsync($"/api/reports/small/{other.Text("runId")}/report.json")).Is(200).Json.GetProperty("totals").GetProperty("samples").GetInt32());
        Assert.Equal(own.Text("runId"), (await _host.GetAsync("/api/datasets/small")).Json.GetProperty("latest").Text("runId"));
        Assert.EndsWith(own.Text("runId") + "/index.html", (await _host.GetAsync("/api/reports/small/latest")).Is(302)["Location"]);
        var reports = (await _host.GetAsync("/api/reports/small")).Json.GetProperty("reports").EnumerateArray().ToDictionary(report => report.Text("runId"), report => report.GetProperty("latest").GetBoolean());
        Assert.True(reports[own.Text("runId")]);
        Assert.False(reports[other.Text("runId")]);
        var runs = (await _host.GetAsync("/api/analysis?dataset=small")).Json.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal(runs.Select(one => one.Text("id")).OrderDescending(StringComparer.Ordinal), runs.Select(one => one.Text("id")));
    }

    [Fact]
    public async Task A_key_stands_for_one_request()
    {
        const string Body = """{"dataset":"small","groupBy":"host"}""";
        var first = await _host.PostAsync(Start, Body, ("Idempotency-Key", "ein Schlüssel"));
        Assert.Equal(202, first.Status);
        var run = await _host.EndOfAsync(first.Json.Text("id"));
        // The same work by force would be a new run; the key says it is the one that was.
        Assert.Equal(run.Text("id"), (await _host.PostAsync(Start, Body, ("Idempotency-Key", "ein Schlüssel"))).Is(200).Json.Text("id"));
        (await _host.PostAsync(Start, """{"dataset":"small"}""", ("Idempotency-Key", "ein Schlüssel"))).IsProblem(422, "Idempotency-Key");

        const string Forced = """{"dataset":"small","groupBy":"host","force":true}""";
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.PostAsync(Start, Forced, ("Idempotency-Key", "many at once"))));
        Assert.Single(asked.Select(answer => answer.Json.Text("id")).Distinct());
        await _host.EndOfAsync(asked[0].Json.Text("id"));
    }

    [Fact]
    public async Task The_same_asked_by_many_at_once_is_one_run()
    {
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _host.PostAsync(Start, """{"dataset":"small","where":["op=b"]}""")));
        Assert.Single(asked.Select(answer => answer.Json.Text("id")).Distinct());
        Assert.Equal("succeeded", (await _host.EndOfAsync(asked[0].Json.Text("id"))).Text("state"));
    }

    [Fact]
    public async Task What_runs_and_what_waits_can_be_cancelled_and_too_much_is_refused()
    {
        await using var changes = await Changes.OfAsync(_host);
        var running = (await _host.PostAsync(Start, """{"dataset":"large"}""")).Is(202).Json.Text("id");
        var waiting = (await _host.PostAsync(Start, """{"dataset":"large","groupBy":"hostname"}""")).Is(202).Json.Text("id");
        var third = (await _host.PostAsync(Start, """{"dataset":"large","groupBy":"type"}""")).Is(202).Json.Text("id");
        var fourth = (await _host.PostAsync(Start, """{"dataset":"large","groupBy":"job"}""")).Is(202).Json.Text("id");
        var full = (await _host.PostAsync(Start, """{"dataset":"large","groupBy":"instance"}""")).IsProblem(429, "4");
        Assert.NotEqual("", full["Retry-After"]);

        // One that waits is cancelled at once; asked again, it stays so.
        foreach (var id in (string[])[waiting, third, fourth])
        {
            Assert.Equal("cancelled", (await _host.SendAsync(HttpMethod.Delete, $"{Start}/{id}")).Is(200).Json.Text("state"));
            Assert.Equal("cancelled", (await _host.SendAsync(HttpMethod.Delete, $"{Start}/{id}")).Is(200).Json.Text("state"));
        }

        await changes.UntilAsync(running, run => run.HasReached("reading"));
        Assert.True((await _host.SendAsync(HttpMethod.Delete, $"{Start}/{running}")).Is(202).Json.GetProperty("cancelling").GetBoolean());
        Assert.Equal("cancelled", (await changes.UntilAsync(running, run => run.HasEnded())).Text("state"));
        (await _host.GetAsync("/api/reports/large")).Is(200).DoesNotName((await _host.GetAsync($"{Start}/{running}")).Json.Text("runId"));
        (await _host.SendAsync(HttpMethod.Delete, $"{Start}/k7w2m0c1x9d3r5t8")).IsProblem(404, "k7w2m0c1x9d3r5t8");
    }

    [Fact]
    public async Task Whoever_listens_is_told_of_a_run_from_its_beginning_to_its_report()
    {
        await using var changes = await Changes.OfAsync(_host);
        // Its report is only there when it is whole: asked at every change, it is there from the last on.
        var id = (await _host.PostAsync(Start, """{"dataset":"small","force":true}""")).Is(202).Json.Text("id");
        var (states, steps, fractions) = (new List<string>(), new List<string>(), new List<double>());
        while (await changes.NextAsync() is var (type, data))
        {
            if (type == "dataset")
            {
                Assert.Equal("small", data.Text("name"));
                Assert.Equal(id, data.GetProperty("lastRun").Text("id"));
                break;
            }

            if (data.Text("id") != id) continue;
            states.Add(data.Text("state"));
            if (data.GetProperty("progress") is not { ValueKind: JsonValueKind.Object } progress) continue;
            steps.Add(progress.Text("step"));
            fractions.Add(progress.GetProperty("fraction").GetDouble());
        }

        // Of what follows on each other faster than it is sent, the newest is told: some may be left out, the end never. (That a run goes
        // through all of them, Pipeline's RunsTests sees at their source.)
        string[] allStates = ["queued", "running", "succeeded"], allSteps = ["listing", "reading", "summarising", "drawing", "publishing"];
        Assert.Equal(allStates.Intersect(states), states.Distinct());
        Assert.Equal("succeeded", states[^1]);
        Assert.Equal(allSteps.Intersect(steps), steps.Distinct());
        Assert.Contains(steps, step => step is "reading" or "summarising" or "drawing");
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.True(Array.IndexOf(Runs.Steps, pair.First) <= Array.IndexOf(Runs.Steps, pair.Second)));
        Assert.All(fractions, fraction => Assert.InRange(fraction, 0, 1));
        Assert.Equal(fractions.Order(), fractions);
    }

    [Fact]
    public async Task A_report_is_there_only_when_it_is_whole()
    {
        await using var changes = await Changes.OfAsync(_host);
        var asked = (await _host.PostAsync(Start, """{"dataset":"large","where":["quantile=0.99"],"to":"2018-02-02"}""")).Is(202).Json;
        var file = $"/api/reports/large/{asked.Text("runId")}/";
        await changes.UntilAsync(asked.Text("id"), run => run.HasReached("drawing"));
        Answer[] early = [await _host.GetAsync(file + "report.json"), await _host.GetAsync(file + "index.html")];
        var now = (await _host.GetAsync($"{Start}/{asked.Text("id")}")).Json.GetProperty("progress");
        // Some of its files were there already, but not the page, which is the last: then none was served.
        if (now.ValueKind == JsonValueKind.Object && now.Text("step") == "drawing" && now.GetProperty("done").GetInt32() < now.GetProperty("total").GetInt32() - 1)
            foreach (var answer in early) answer.IsProblem(404, asked.Text("runId"));

        Assert.Equal("succeeded", (await changes.UntilAsync(asked.Text("id"), run => run.HasEnded())).Text("state"));
        (await _host.GetAsync(file + "report.json")).Is(200);
        (await _host.GetAsync(file + "index.html")).Is(200);
    }

    [Fact]
    public async Task Matchers_that_leave_nothing_end_in_a_failure_that_says_what_to_do()
    {
        var asked = (await _host.PostAsync(Start, """{"dataset":"small","where":["op=none"]}""")).Is(202);
        var run = await _host.EndOfAsync(asked.Json.Text("id"));
        Assert.Equal("failed", run.Text("state"));
        Assert.Contains("op=none", run.GetProperty("problem").Text("detail"));
        Assert.Contains("which labels there are", run.GetProperty("problem").Text("remedy"));
        Assert.Equal(JsonValueKind.Null, run.GetProperty("report").ValueKind);
        (await _host.SendAsync(HttpMethod.Delete, asked["Location"])).IsProblem(409, "failed");
    }
}
