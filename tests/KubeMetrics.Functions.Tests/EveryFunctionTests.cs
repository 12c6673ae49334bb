using System.Net;
using KubeMetrics.Pipeline.Http;

namespace KubeMetrics.Functions.Tests;

/// <summary>Every function, called in the real worker.</summary>
public sealed class EveryFunctionTests(RunningHost running) : IClassFixture<RunningHost>
{
    private const string Made = MadeFolder.Dataset;

    /// <summary>How each is called, and what docs/http.md says that it answers then: its own answer, or its own problem.</summary>
    private static readonly IReadOnlyDictionary<string, (string Path, string? Body, int Status)> Calls = new Dictionary<string, (string, string?, int)>
    {
        ["Health"] = ("/api/health", null, 200),
        ["Ready"] = ("/api/ready", null, 200),
        ["ListDatasets"] = ("/api/datasets", null, 200),
        ["GetDataset"] = ($"/api/datasets/{Made}", null, 200),
        ["GetDatasetLabels"] = ($"/api/datasets/{Made}/labels", null, 200),
        ["GetDatasetSchema"] = ($"/api/datasets/{Made}/schema", null, 200),
        ["GetDatasetPreview"] = ($"/api/datasets/{Made}/preview?limit=3", null, 200),
        ["StartAnalysis"] = ("/api/analysis", $$"""{"dataset":"{{Made}}","force":true}""", 202),
        ["ListAnalyses"] = ("/api/analysis?limit=1", null, 200),
        ["GetAnalysis"] = ("/api/analysis/none", null, 404),
        ["CancelAnalysis"] = ("/api/analysis/none", null, 404),
        ["ListReports"] = ($"/api/reports/{Made}", null, 200),
        ["GetLatestReport"] = ($"/api/reports/{Made}/latest", null, 302),
        ["GetLatestReportFile"] = ($"/api/reports/{Made}/latest/report.json", null, 302),
        ["GetReportFile"] = ($"/api/reports/{Made}/{{report}}/index.html", null, 200),
        ["StartIngest"] = ("/api/ingest", $$"""{"dataset":"{{Made}}"}""", 400),
        ["ListIngests"] = ("/api/ingest", null, 200),
        ["GetIngest"] = ("/api/ingest/none", null, 404),
        ["CancelIngest"] = ("/api/ingest/none", null, 404),
        ["SubmitJob"] = ("/api/jobs", """{"kind":"no such kind"}""", 400),
        ["ListJobs"] = ("/api/jobs", null, 200),
        ["GetJob"] = ("/api/jobs/none", null, 404),
        ["GetJobLog"] = ("/api/jobs/none/log", null, 404),
        ["CancelJob"] = ("/api/jobs/none", null, 404),
        ["StartRefresh"] = ("/api/refresh", $$"""{"dataset":"{{Made}}"}""", 202),
        ["ListRefreshes"] = ("/api/refresh", null, 200),
        ["GetRefresh"] = ("/api/refresh/none", null, 404),
        ["CancelRefresh"] = ("/api/refresh/none", null, 404),
        ["Notify"] = ("/api/notifications", """{"Records":[]}""", 401),
        ["TakeEvents"] = ("/api/events", """{"specversion":"1.0","id":"1","source":"/x","type":"a.thing","data":{}}""", 401),
        ["AllowEvents"] = ("/api/events", null, 401),
        ["ListNotifications"] = ("/api/notifications", null, 200),
        ["ListDeadLetters"] = ("/api/dead-letters", null, 200),
        ["RetryDeadLetter"] = ("/api/dead-letters/none/retry", null, 404),
        ["DeleteDeadLetter"] = ("/api/dead-letters/none", null, 404),
        ["WatchChanges"] = ("/api/changes", null, 200),
        ["OpenApi"] = ("/openapi/v1.json", null, 200),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Routes => [.. KubeMetricsApi.Routes.Select(route => route.Name)];

    private async Task<HttpResponseMessage> CallAsync(string name, string? method = null)
    {
        Assert.True(Calls.TryGetValue(name, out var call), $"no test calls {name}");
        var route = KubeMetricsApi.Routes.Single(one => one.Name == name);
        var request = new HttpRequestMessage(new HttpMethod(method ?? route.Methods[0]), call.Path.Replace("{report}", running.Report)) { Content = call.Body is null ? null : Answer.Json(call.Body) };
        return await running.Host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_function_answers_as_its_route_does(string name)
    {
        using var answer = await CallAsync(name);

        Assert.Equal(Calls[name].Status, (int)answer.StatusCode);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Empty(running.Host.Failed);
        if (answer.StatusCode < HttpStatusCode.BadRequest) return;
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("urn:kubemetrics:problem:", (await Answer.OfAsync(answer)).GetProperty("type").GetString());
    }

    public static TheoryData<string> Read => [.. KubeMetricsApi.Routes.Where(route => route.Methods.Contains("HEAD")).Select(route => route.Name)];

    [Theory]
    [MemberData(nameof(Read))]
    public async Task Whatever_can_be_got_can_be_asked_about_without_a_body(string name)
    {
        using var answer = await CallAsync(name, "HEAD");

        Assert.Equal(Calls[name].Status, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_notification_that_shows_its_key_is_taken()
    {
        using var answer = await running.Host.Client.PostAsync($"/api/notifications?code={Uri.EscapeDataString(MadeFolder.Key)}", Answer.Json("""{"Records":[]}"""), Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("RunDue")]
    [InlineData("Refresh")]
    [InlineData("PublishEvents")]
    public async Task A_timer_runs(string name) => await running.Host.TickAsync(name, Cancellation);

    [Theory]
    [InlineData("index.html", "text/html")]
    [InlineData("report.json", "application/json")]
    public async Task A_file_of_a_report_comes_as_it_lies_in_the_store_and_in_parts_where_parts_are_asked_for(string file, string type)
    {
        var stored = await File.ReadAllBytesAsync(Path.Combine(running.Folder.Settings["State"], "reports", MadeFolder.Dataset, running.Report, file), Cancellation);

        using var whole = await running.Host.Client.GetAsync($"/api/reports/{MadeFolder.Dataset}/{running.Report}/{file}", Cancellation);
        Assert.Equal((type, stored.Length), (whole.Content.Headers.ContentType!.MediaType, (int)whole.Content.Headers.ContentLength!));
        Assert.Equal(stored, await whole.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal("sandbox allow-scripts", Assert.Single(whole.Headers.GetValues("Content-Security-Policy")));

        using var part = await running.Host.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/api/reports/{MadeFolder.Dataset}/{running.Report}/{file}") { Headers = { { "Range", "bytes=10-19" } } }, Cancellation);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(stored[10..20], await part.Content.ReadAsByteArrayAsync(Cancellation));
    }

    [Fact]
    public async Task A_path_with_several_names_arrives_whole()
    {
        var chart = Directory.EnumerateFiles(Path.Combine(running.Folder.Settings["State"], "reports", MadeFolder.Dataset, running.Report, "charts"), "*.svg").First();
        using var answer = await running.Host.Client.GetAsync($"/api/reports/{MadeFolder.Dataset}/{running.Report}/charts/{Path.GetFileName(chart)}", Cancellation);
        Assert.Equal(await File.ReadAllBytesAsync(chart, Cancellation), await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
