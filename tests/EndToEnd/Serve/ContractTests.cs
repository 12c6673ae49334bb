using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KubeMetrics.Pipeline.Http;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Every route answers as docs/http.md and the host's own description say.</summary>
[Collection(typeof(ServedDumps))]
public sealed partial class ContractTests(ServedDumps served)
{
    private readonly RunningHost _host = served.Host;

    private async Task<OpenApiDocument> DocumentAsync() => new((await _host.GetAsync("/openapi/v1.json")).Is(200).Text);

    [Fact]
    public async Task The_description_for_machines_is_valid_openapi_and_has_every_route()
    {
        var document = await DocumentAsync();
        var read = Microsoft.OpenApi.OpenApiDocument.Parse(document.Text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(
            KubeMetricsApi.Routes.SelectMany(route => route.Methods, (route, method) => $"{method} {route.Pattern.Replace("{**", "{")}").Order(),
            read.Document!.Paths.SelectMany(path => path.Value.Operations!, (path, operation) => $"{operation.Key} {path.Key}").Order());
    }

    /// <summary>What is asked of each route, and the status that a good answer has.</summary>
    private (string Path, string? Body, int Status) Good(string route) => route switch
    {
        "Health" => ("/api/health", null, 200),
        "Ready" => ("/api/ready", null, 200),
        "ListDatasets" => ("/api/datasets", null, 200),
        "GetDataset" => ("/api/datasets/ops", null, 200),
        "GetDatasetLabels" => ("/api/datasets/ops/labels", null, 200),
        "GetDatasetSchema" => ("/api/datasets/ops/schema", null, 200),
        "GetDatasetPreview" => ("/api/datasets/ops/preview?limit=2&where=op%3Da", null, 200),
        "StartAnalysis" => ("/api/analysis", """{"dataset":"ops"}""", 200),
        "ListAnalyses" => ("/api/analysis?dataset=ops&limit=5", null, 200),
        "GetAnalysis" => ($"/api/analysis/{served.Run.Text("id")}", null, 200),
        "CancelAnalysis" => ($"/api/analysis/{served.Run.Text("id")}", null, 409), // it has ended
        "StartRefresh" => ("/api/refresh", """{"dataset":"ops"}""", 202),
        "ListRefreshes" => ("/api/refresh?limit=5", null, 200),
        "GetRefresh" => ($"/api/refresh/{served.Refresh.Text("id")}", null, 200),
        "CancelRefresh" => ($"/api/refresh/{served.Refresh.Text("id")}", null, 409), // it has ended
        "Notify" => ("/api/notifications", """{"Service":"Amazon S3","Event":"s3:TestEvent"}""", 200),
        "ListNotifications" => ("/api/notifications", null, 200),
        "ListDeadLetters" => ("/api/dead-letters?limit=5", null, 200),
        "RetryDeadLetter" => ($"/api/dead-letters/{served.DeadLetters[0]}/retry", null, 409), // it is as bad as before
        "DeleteDeadLetter" => ($"/api/dead-letters/{served.DeadLetters[1]}", null, 200),
        "TakeEvents" => ("/api/events", """{"specversion":"1.0","id":"1","source":"/x","type":"a.thing","data":{}}""", 403), // nothing is set that tells senders apart
        "AllowEvents" => ("/api/events", null, 403),
        "ListReports" => ("/api/reports/ops", null, 200),
        "GetLatestReport" => ("/api/reports/ops/latest", null, 302),
        "GetLatestReportFile" => ("/api/reports/ops/latest/report.json", null, 302),
        "GetReportFile" => ($"{served.Report}/index.html", null, 200),
        "StartIngest" => ("/api/ingest", """{"source":"ops","destination":"bare/copies","dryRun":true}""", 202),
        "ListIngests" => ("/api/ingest?limit=5", null, 200),
        "GetIngest" => ($"/api/ingest/{served.Ingest.Text("id")}", null, 200),
        "CancelIngest" => ($"/api/ingest/{served.Ingest.Text("id")}", null, 409), // it has ended
        // No cluster runs jobs of this host.
        "SubmitJob" => ("/api/jobs", """{"kind":"probe","engine":"spark"}""", 422),
        "ListJobs" => ("/api/jobs?limit=5", null, 200),
        "GetJob" => ("/api/jobs/none", null, 404),
        "GetJobLog" => ("/api/jobs/none/log", null, 404),
        "CancelJob" => ("/api/jobs/none", null, 404),
        "OpenApi" => ("/openapi/v1.json", null, 200),
        _ => throw new ArgumentException($"There is a new route, {route}: say here how it is asked."),
    };

    // The stream of changes never ends; it has a test of its own.
    public static TheoryData<string, string> Operations =>
        [.. KubeMetricsApi.Routes.Where(route => route.Name != "WatchChanges").SelectMany(route => route.Methods, (route, method) => (route.Name, method))];

    [Theory]
    [MemberData(nameof(Operations))]
    public async Task A_route_answers_with_a_status_and_a_form_that_are_announced(string name, string method)
    {
        var route = KubeMetricsApi.Routes.Single(one => one.Name == name);
        var (path, body, status) = Good(name);
        var answer = await _host.SendAsync(new HttpMethod(method), path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));
        answer.Is(status);
        AssertSecure(answer);
        if (method == "HEAD")
        {
            Assert.Empty(answer.Body);
            Assert.Equal(route.AnswerType == "text/html", answer.Headers.ContainsKey("ETag"));
        }
        else if (status < 400 || route.Statuses.Contains(status)) (await DocumentAsync()).Holds(route.Pattern, method, answer);
        else answer.IsProblem(status);
        if (answer.Type?.Contains("json", StringComparison.Ordinal) == true) Assert.Equal("no-store", answer["Cache-Control"]);
    }

    [Fact]
    public async Task Each_body_has_the_fields_that_the_contract_names()
    {
        var document = await DocumentAsync();
        var dataset = (await _host.GetAsync("/api/datasets/ops")).Json;
        AssertFields(dataset, "name source location where groupBy window unit raw reports schedule nextRun watch job engine latest lastRun running problem");
        AssertFields(dataset.GetProperty("latest"), "runId generated period partial samples groups findings trend page");
        AssertFields(dataset.GetProperty("latest").GetProperty("period"), "from to");
        AssertFields(dataset.GetProperty("latest").GetProperty("trend"), "group dimension toBase perSecond times values");
        AssertFields(dataset.GetProperty("lastRun"), "id dataset runId state created started finished options own force inputs progress attempt cancelling problem partial findings reused replacedBy report reportDeleted");
        AssertFields(served.Run.GetProperty("options"), "where groupBy from to window unit raw");
        AssertFields(served.Run.GetProperty("inputs"), "count bytes");
        AssertFields(served.Ingest, "id dataset source destination include exclude maxBytes mirror dryRun state created started finished plan done progress attempt cancelling problem partial replacedBy");
        AssertFields(served.Ingest.GetProperty("plan"), "copy same delete leftOut objects");
        AssertFields(served.Ingest.GetProperty("done"), "copied same verified unverified gone deleted failed failures");
        AssertFields((await _host.GetAsync("/api/health")).Json, "status version");
        AssertFields((await _host.GetAsync("/api/datasets/nope")).Json, "type title status detail remedy traceId");
        AssertFields((await _host.GetAsync("/api/reports/ops")).Json.GetProperty("reports")[0], "runId written latest page document");
        Assert.Contains("200", document.Statuses("/api/health", "get"));
    }

    [Fact]
    public async Task The_host_is_healthy_and_ready_and_says_which_datasets_place_is_not_there()
    {
        Assert.Equal("healthy", (await _host.GetAsync("/api/health")).Is(200).Json.Text("status"));
        var ready = (await _host.GetAsync("/api/ready")).Is(200).Json;
        var failed = ready.GetProperty("checks").EnumerateArray().Where(check => !check.GetProperty("ok").GetBoolean()).ToList();
        var gone = Assert.Single(failed);
        Assert.Equal("Datasets:gone:Location", gone.Text("name"));
        Assert.Contains("gone", gone.Text("detail"));
        Assert.False(gone.GetProperty("needed").GetBoolean());
    }

    [Fact]
    public async Task Where_the_state_is_lost_the_host_is_not_ready_and_every_answer_says_why()
    {
        using var folder = new TemporaryFolder();
        folder.Write("ops/a.json", ServedDumps.Operations);
        await using var host = await RunningHost.StartAsync(folder.Path, null, "ops");
        Directory.Move(Path.Combine(folder.Path, "state"), Path.Combine(folder.Path, "moved"));
        folder.Write("state", "a file, where nobody can make a folder");

        var ready = (await host.GetAsync("/api/ready")).Is(503);
        (await DocumentAsync()).Holds("/api/ready", "GET", ready);
        Assert.Equal("State", Assert.Single(ready.Json.GetProperty("checks").EnumerateArray(), check => check.GetProperty("needed").GetBoolean()).Text("name"));
        // A stream that had begun could say no more than that it ended.
        foreach (var path in (string[])["/api/changes", "/api/analysis", "/api/datasets"]) (await host.GetAsync(path)).IsProblem(503, "state");
    }

    [Theory]
    [InlineData("/api/changes", "text/event-stream")]
    [InlineData("/session", "application/json")]
    public async Task What_can_be_got_can_be_asked_about(string path, string type)
    {
        var answer = (await _host.SendAsync(HttpMethod.Head, path)).Is(200);
        Assert.Empty(answer.Body);
        Assert.StartsWith(type, answer.Type);
    }

    [Theory]
    [InlineData("/api/nothing")]
    [InlineData("/api")]
    [InlineData("/api/analysis/a/b")]
    [InlineData("/page/nothing.js")]
    [InlineData("/nothing")]
    public async Task What_is_no_route_is_a_problem_that_names_it(string path) => AssertSecure((await _host.GetAsync(path)).IsProblem(404, path));

    [Theory]
    [InlineData("POST", "/api/datasets", "GET, HEAD")]
    [InlineData("PUT", "/api/analysis", "GET, HEAD, POST")]
    [InlineData("PATCH", "/api/analysis/k7w2m0c1x9d3r5t8", "DELETE, GET, HEAD")]
    [InlineData("DELETE", "/api/reports/ops/latest", "GET, HEAD")]
    [InlineData("POST", "/api/health", "GET, HEAD")]
    [InlineData("OPTIONS", "/api/changes", "GET, HEAD")]
    [InlineData("PUT", "/session", "DELETE, GET, HEAD, POST")]
    [InlineData("POST", "/", "GET, HEAD")]
    public async Task A_method_that_a_route_has_not_is_a_problem_that_tells_which_it_has(string method, string path, string allowed)
    {
        var answer = (await _host.SendAsync(new HttpMethod(method), path)).IsProblem(405, method, path);
        Assert.Equal(allowed, string.Join(", ", answer["Allow"].Split(',', StringSplitOptions.TrimEntries).Order()));
        AssertSecure(answer);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/datasets/ops")]
    [InlineData("/runs")]
    [InlineData("/page/main.js")]
    [InlineData("/session")]
    [InlineData("/metrics")]
    [InlineData("/api/changes")]
    public async Task Every_other_kind_of_answer_is_as_secure(string path)
    {
        using var response = await _host.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        AssertSecure(new Answer(200, response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value)), []));
    }

    [Fact]
    public async Task The_page_may_load_and_call_nothing_but_this_host()
    {
        var page = (await _host.GetAsync("/")).Is(200);
        Assert.StartsWith("text/html", page.Type);
        Assert.Contains("default-src 'none'", page["Content-Security-Policy"]);
        Assert.DoesNotContain("unsafe", page["Content-Security-Policy"]);
        Assert.DoesNotContain("http", page["Content-Security-Policy"]);
        Assert.Equal(304, (await _host.GetAsync("/", ("If-None-Match", page["ETag"]))).Status);
        foreach (Match file in Linked().Matches(page.Text)) (await _host.GetAsync(file.Groups[1].Value)).Is(200);
    }

    private static void AssertSecure(Answer answer)
    {
        Assert.Equal("nosniff", answer["X-Content-Type-Options"]);
        Assert.Equal("SAMEORIGIN", answer["X-Frame-Options"]);
        Assert.Equal("no-referrer", answer["Referrer-Policy"]);
        Assert.Equal("same-origin", answer["Cross-Origin-Resource-Policy"]);
        Assert.NotEqual("", answer["Content-Security-Policy"]);
        Assert.NotEqual("", answer["Cache-Control"]);
        Assert.DoesNotContain("Server", answer.Headers.Keys);
        Assert.DoesNotContain("Access-Control-Allow-Origin", answer.Headers.Keys);
    }

    private static void AssertFields(JsonElement element, string names) => Assert.Equal(names.Split(' ').Order(), element.EnumerateObject().Select(property => property.Name).Order());

    [GeneratedRegex("""(?:href|src)="(/page/[^"]+)""")]
    private static partial Regex Linked();
}
