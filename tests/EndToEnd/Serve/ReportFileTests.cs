
namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Reports over HTTP: whole, in parts, unchanged, sandboxed.</summary>
[Collection(typeof(ServedDumps))]
public sealed class ReportFileTests(ServedDumps served)
{
    private readonly RunningHost _host = served.Host;

    private string Page => $"{served.Report}/index.html";

    [Fact]
    public async Task Every_file_that_a_report_links_to_is_there_with_its_type_and_can_do_nothing()
    {
        var page = (await _host.GetAsync(Page)).Is(200);
        var files = System.Text.RegularExpressions.Regex.Matches(page.Text, "href=\"((?:charts/|report)[^\"]+)\"").Select(match => match.Groups[1].Value).Distinct().Append("index.html").ToList();
        Assert.Contains("report.json", files);
        Assert.Contains(files, file => file.EndsWith(".svg", StringComparison.Ordinal));
        foreach (var file in files)
        {
            var answer = (await _host.GetAsync($"{served.Report}/{file}")).Is(200);
            Assert.Equal("sandbox allow-scripts", answer["Content-Security-Policy"]);
            Assert.Equal("nosniff", answer["X-Content-Type-Options"]);
            Assert.Equal("private, no-cache", answer["Cache-Control"]);
            Assert.Equal(Path.GetExtension(file) switch { ".html" => "text/html", ".json" => "application/json", ".svg" => "image/svg+xml", _ => "image/png" }, answer.Type!.Split(';')[0]);
            Assert.Equal(answer.Body.Length.ToString(), answer["Content-Length"]);
            Assert.True(DateTimeOffset.TryParse(answer["Last-Modified"], out _));
        }
    }

    [Fact]
    public async Task The_document_has_the_numbers_by_hand()
    {
        var report = (await _host.GetAsync($"{served.Report}/report.json")).Is(200).Json;
        var groups = report.GetProperty("groups").EnumerateArray().ToDictionary(group => group.Text("name"), group => group.GetProperty("values"));
        var b = Assert.Single(groups, group => group.Key.StartsWith('b')).Value;
        Assert.Equal(2, b.GetProperty("count").GetInt32());
        Assert.Equal(6, b.GetProperty("mean").GetDouble());
        Assert.Equal(1, b.GetProperty("variance").GetDouble()); // of 5 and 7, as numpy has it
    }

    [Fact]
    public async Task Who_has_the_file_already_is_told_so_and_gets_nothing()
    {
        var whole = (await _host.GetAsync(Page)).Is(200);
        var tag = whole["ETag"];
        Assert.StartsWith("\"", tag);
        foreach (var (header, value) in ((string, string)[])[("If-None-Match", tag), ("If-None-Match", $"\"other\", {tag}"), ("If-None-Match", "*"), ("If-Modified-Since", whole["Last-Modified"])])
        {
            var same = (await _host.GetAsync(Page, (header, value))).Is(304);
            Assert.Empty(same.Body);
            Assert.Equal(tag, same["ETag"]);
            Assert.Equal("sandbox allow-scripts", same["Content-Security-Policy"]);
        }

        (await _host.GetAsync(Page, ("If-None-Match", "\"other\""))).Is(200);
        Assert.Equal(tag, (await _host.SendAsync(HttpMethod.Head, Page)).Is(200)["ETag"]);
        (await _host.GetAsync(Page, ("If-Match", tag))).Is(200);
    }

    [Fact]
    public async Task A_condition_that_does_not_hold_is_a_problem()
    {
        (await _host.GetAsync(Page, ("If-Match", "\"other\""))).IsProblem(412);
        (await _host.GetAsync(Page, ("If-Unmodified-Since", "Mon, 01 Jan 2018 00:00:00 GMT"))).IsProblem(412);
    }

    [Fact]
    public async Task Any_range_is_that_part_of_the_file()
    {
        var whole = (await _host.GetAsync(Page)).Is(200);
        Assert.Equal("bytes", whole["Accept-Ranges"]);
        var length = whole.Body.Length;
        foreach (var (range, from, to) in ((string, int, int)[])[("bytes=0-0", 0, 1), ("bytes=10-19", 10, 20), ("bytes=100-", 100, length), ("bytes=-7", length - 7, length), ($"bytes={length - 1}-{length + 100}", length - 1, length)])
        {
            var part = (await _host.GetAsync(Page, ("Range", range))).Is(206);
            Assert.Equal(whole.Body[from..to], part.Body);
            Assert.Equal($"bytes {from}-{to - 1}/{length}", part["Content-Range"]);
            Assert.Equal("sandbox allow-scripts", part["Content-Security-Policy"]);
        }

        var none = (await _host.GetAsync(Page, ("Range", $"bytes={length}-"))).IsProblem(416, length.ToString());
        Assert.Equal($"bytes */{length}", none["Content-Range"]);
        // What is no range of bytes is no range here, nor are several at once.
        foreach (var other in (string[])["lines=1-2", "bytes", "bytes=x-y", "bytes=0-1,5-6"]) Assert.Equal(whole.Body, (await _host.GetAsync(Page, ("Range", other))).Is(200).Body);
    }

    [Fact]
    public async Task A_range_of_another_version_is_the_whole_file()
    {
        var whole = (await _host.GetAsync(Page)).Is(200);
        (await _host.GetAsync(Page, ("Range", "bytes=0-9"), ("If-Range", whole["ETag"]))).Is(206);
        Assert.Equal(whole.Body, (await _host.GetAsync(Page, ("Range", "bytes=0-9"), ("If-Range", "\"other\""))).Is(200).Body);
    }

    [Theory]
    [InlineData("latest", "index.html")]
    [InlineData("latest/", "index.html")]
    [InlineData("latest/report.json", "report.json")]
    public async Task Latest_leads_to_the_newest_report(string path, string file)
    {
        var answer = (await _host.GetAsync($"/api/reports/ops/{path}")).Is(302);
        Assert.Equal($"{served.Report}/{file}", answer["Location"]);
        (await _host.GetAsync(answer["Location"])).Is(200);
    }

    [Fact]
    public async Task The_list_has_the_report_and_says_that_it_is_the_latest()
    {
        var first = (await _host.GetAsync("/api/reports/OPS")).Is(200).Json.GetProperty("reports").EnumerateArray().Single(report => report.GetProperty("latest").GetBoolean());
        Assert.Equal(served.RunId, first.Text("runId"));
        (await _host.GetAsync(first.Text("page"))).Is(200);
        (await _host.GetAsync(first.Text("document"))).Is(200);
    }

    [Theory]
    [InlineData("bare/latest", "bare")]
    [InlineData("ops/3y3a7y1knxms5mcge3kq/index.html", "3y3a7y1knxms5mcge3kq")]
    [InlineData("ops/latest.json/index.html", "latest.json")]
    [InlineData("ops/latest/other.html", "other.html")]
    [InlineData("nope/latest", "nope")]
    public async Task A_report_that_is_not_there_is_a_problem_that_names_it(string path, string named) => (await _host.GetAsync($"/api/reports/{path}")).IsProblem(404, named);
}
