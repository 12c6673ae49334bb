using System.Text;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>Whatever is wrong with a request is told by its place, with what to do, and with nothing of the program's insides.</summary>
[Collection(typeof(ServedDumps))]
public sealed class BadRequestTests(ServedDumps served)
{
    private readonly RunningHost _host = served.Host;

    public static TheoryData<string, int, string> Bodies => new()
    {
        { "", 400, "empty" },
        { " \r\n\t", 400, "empty" },
        { "null", 400, "null" },
        { "[]", 400, "no object" },
        { "[{\"dataset\":\"ops\"}]", 400, "no object" },
        { "7", 400, "no object" },
        { "\"ops\"", 400, "no object" },
        { "{\"dataset\":\"ops\"", 400, "line 1, byte" },
        { "{\n \"dataset\": ops\n}", 400, "line 2, byte 13" },
        { "{\"dataset\":\"ops\",}", 400, "line 1, byte" },
        { "{\"dataset\":\"ops\"} {}", 400, "line 1, byte" },
        { "{'dataset':'ops'}", 400, "line 1, byte 2" },
        { "{\"dataset\":\"\\ud800\"}", 400, "dataset" },
        { "{}", 400, "'dataset'" },
        { "{\"dataset\":null}", 400, "'dataset'" },
        { "{\"dataset\":7}", 400, "'dataset'" },
        { "{\"dataset\":[\"ops\"]}", 400, "'dataset'" },
        { "{\"dataset\":\"ops\",\"where\":\"op=a\"}", 400, "'where'" },
        { "{\"dataset\":\"ops\",\"where\":[7]}", 400, "'where[0]'" },
        { "{\"dataset\":\"ops\",\"where\":[null]}", 400, "'where'" },
        { "{\"dataset\":\"ops\",\"where\":{}}", 400, "'where'" },
        { "{\"dataset\":\"ops\",\"raw\":\"yes\"}", 400, "'raw'" },
        { "{\"dataset\":\"ops\",\"force\":1}", 400, "'force'" },
        { "{\"dataset\":\"ops\",\"force\":null}", 400, "'force'" },
        { "{\"dataset\":\"ops\",\"groupby\":\"op\"}", 400, "Is 'groupBy' meant?" },
        { "{\"dataset\":\"ops\",\"__proto__\":{}}", 400, "__proto__" },
        { "{\"dataset\":\"ops\",\"dataset\":\"cut\"}", 400, "'dataset'" },
        { "{\"dataset\":\"ops\",\"where\":[\"op\"]}", 400, "'where'" },
        { "{\"dataset\":\"ops\",\"where\":[\"op=~(\"]}", 400, "'where'" },
        { "{\"dataset\":\"ops\",\"groupBy\":\" \"}", 400, "'groupBy'" },
        { "{\"dataset\":\"ops\",\"unit\":\"furlong\"}", 400, "furlong" },
        { "{\"dataset\":\"ops\",\"window\":\"soon\"}", 400, "soon" },
        { "{\"dataset\":\"ops\",\"window\":\"\"}", 400, "'window'" },
        { "{\"dataset\":\"ops\",\"from\":\"yesterday\"}", 400, "yesterday" },
        { "{\"dataset\":\"ops\",\"from\":\"2018-02-02\",\"to\":\"2018-02-01\"}", 400, "'from'" },
        { "{\"dataset\":\"ops\",\"from\":\"2018-02-02\",\"to\":\"2018-02-02\"}", 400, "'from'" },
        { "{\"dataset\":\"opz\"}", 404, "Is 'ops' meant?" },
        { "{\"dataset\":\"\"}", 404, "ops" },
        { "{\"dataset\":\"../ops\"}", 404, "../ops" },
        { "{\"dataset\":\"ops\\u0000\"}", 404, "ops" },
        { "{\"dataset\":\"bare\"}", 422, "bare" },
        { "{\"dataset\":\"gone\"}", 503, "gone" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_can_not_be_taken_is_told_by_its_place(string body, int status, string named) => (await _host.PostAsync("/api/analysis", body)).IsProblem(status, named);

    [Fact]
    public async Task Nesting_without_end_is_refused()
    {
        (await _host.PostAsync("/api/analysis", $$"""{"dataset":"ops","where":{{new string('[', 30_000)}}""")).IsProblem(400);
        (await _host.PostAsync("/api/analysis", new string('[', 60_000))).IsProblem(400);
        (await _host.PostAsync("/api/analysis", string.Concat(Enumerable.Repeat("{\"a\":", 10_000)))).IsProblem(400);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        var content = new ByteArrayContent([.. "{\"dataset\":\""u8, 0xff, 0xfe, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        (await _host.SendAsync(HttpMethod.Post, "/api/analysis", content)).IsProblem(400);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data")]
    [InlineData("application/jsonp")]
    [InlineData(null)]
    public async Task A_body_that_is_not_said_to_be_json_is_refused(string? type)
    {
        var content = new ByteArrayContent("{\"dataset\":\"ops\"}"u8.ToArray());
        if (type is not null) content.Headers.ContentType = new(type);
        (await _host.SendAsync(HttpMethod.Post, "/api/analysis", content)).IsProblem(415, type ?? "");
    }

    [Theory]
    [InlineData(0, "empty", "leave the header out")]
    [InlineData(256, "256", "shorter")]
    public async Task A_key_of_the_wrong_length_is_refused(int length, string named, string remedy)
    {
        var answer = (await _host.PostAsync("/api/analysis", """{"dataset":"ops"}""", ("Idempotency-Key", new string('k', length)))).IsProblem(400, "Idempotency-Key", named);
        Assert.Contains(remedy, answer.Json.GetProperty("remedy").GetString());
    }

    [Fact]
    public async Task A_body_of_a_type_that_is_json_is_taken()
    {
        var content = new ByteArrayContent("""{"dataset":"ops"}"""u8.ToArray());
        content.Headers.ContentType = new("application/vnd.example+json");
        (await _host.SendAsync(HttpMethod.Post, "/api/analysis", content)).Is(200);
    }

    [Fact]
    public async Task A_hundred_megabytes_are_refused_by_their_announcement()
    {
        // The answer comes though only the head was sent.
        var answer = await RawRequest.SendAsync(_host, $"POST /api/analysis HTTP/1.1\r\nHost: localhost:{_host.Port}\r\nContent-Type: application/json\r\nContent-Length: {100 << 20}\r\n\r\n{{");
        answer.IsProblem(413, "64 KiB");
    }

    [Fact]
    public async Task A_hundred_megabytes_of_unannounced_length_are_refused_as_soon_as_they_are_too_many()
    {
        // One chunk of all of it, of which no more than the limit and a byte is sent.
        var answer = await RawRequest.SendAsync(_host,
            $"POST /api/analysis HTTP/1.1\r\nHost: localhost:{_host.Port}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{100 << 20:x}\r\n{new string(' ', (64 << 10) + 1)}");
        answer.IsProblem(413, "64 KiB");
    }

    [Fact]
    public async Task A_body_of_the_most_that_is_taken_is_read_and_one_byte_more_is_not()
    {
        var body = """{"dataset":"nope"}""";
        (await _host.PostAsync("/api/analysis", body.PadRight(64 << 10))).IsProblem(404, "nope");
        (await _host.PostAsync("/api/analysis", body.PadRight((64 << 10) + 1))).IsProblem(413);
        (await _host.SendAsync(HttpMethod.Post, "/session", new StringContent("{\"key\":\"".PadRight(1 << 20), Encoding.UTF8, "application/json"))).IsProblem(413);
    }

    public static TheoryData<string> Tricks =>
    [
        "/api/reports/ops/{run}/..%2f..%2fsettings.json",
        "/api/reports/ops/{run}/..%2F..%2F..%2F..%2F..%2F..%2F..%2Fetc%2Fpasswd",
        "/api/reports/ops/{run}/%2e%2e/latest.json",
        "/api/reports/ops/{run}/%2e%2e/%2e%2e/settings.json",
        "/api/reports/ops/{run}/../latest.json",
        "/api/reports/ops/{run}/..\\..\\settings.json",
        "/api/reports/ops/{run}/..%5c..%5csettings.json",
        "/api/reports/ops/{run}//etc/passwd",
        "/api/reports/ops/{run}/%2fetc%2fpasswd",
        "/api/reports/ops/{run}/charts/%2e%2e/report.json%20",
        "/api/reports/ops/{run}/charts/..%2freport.json",
        "/api/reports/ops/{run}/charts/",
        "/api/reports/ops/{run}/charts",
        "/api/reports/ops/{run}/report.json%0a",
        "/api/reports/ops/{run}/INDEX.HTML",
        "/api/reports/ops/{run}/.index.html",
        "/api/reports/ops/{run}/index.html/",
        "/api/reports/ops/..%2f..%2fsettings/index.html",
        "/api/reports/ops/%2e%2e/index.html",
        "/api/reports/..%2f..%2fops/latest",
        "/api/reports/%2fetc/latest",
        "/api/reports/ops/latest/..%2f..%2flatest.json",
        "/api/datasets/..%2fops",
        "/api/datasets/ops%2flabels",
        "/api/datasets/ops%20",
        "/api/analysis/..%2f..%2fkeys",
        "/api/analysis/K7W2M0C1X9D3R5T8",
        "/api/analysis/k7w2m0c1x9d3r5t",
        "/api/analysis/k7w2m0c1x9d3r5t8",
        "/page/..%2fappsettings.json",
        "/page/%2e%2e%2fsettings.json",
    ];

    [Theory]
    [MemberData(nameof(Tricks))]
    public async Task No_path_leads_out_of_what_is_served(string path) => (await RawRequest.GetAsync(_host, path.Replace("{run}", served.RunId))).IsProblem(404);

    [Fact]
    public async Task A_name_without_end_is_refused_in_a_short_answer()
    {
        var name = new string('x', 6000);
        foreach (var path in (string[])[$"/api/datasets/{name}", $"/api/reports/{name}/latest", $"/api/reports/ops/{name}/index.html", $"/api/reports/ops/{served.RunId}/charts/{name}.svg", $"/api/analysis/{name}", $"/{name}"])
            Assert.True((await RawRequest.GetAsync(_host, path)).IsProblem(404).Body.Length < 2000, path[..20]);
        Assert.True((await _host.PostAsync("/api/analysis", $$"""{"dataset":"{{name}}"}""")).IsProblem(404).Body.Length < 2000);
    }

    // What is no HTTP at all never gets as far as a route: the server refuses it with a bare status.
    [Theory]
    [InlineData("GET /api/reports/ops/%00/index.html HTTP/1.1\r\nHost: localhost\r\n\r\n", 400)]
    [InlineData("GET /api/health HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET /api/health HTTP/9.9\r\nHost: localhost\r\n\r\n", 505)]
    [InlineData("\u0016\u0003\u0001 this is TLS\r\n\r\n", 400)]
    public async Task What_is_no_request_is_refused_without_a_word_of_the_programs_insides(string request, int status) =>
        Assert.DoesNotContain("   at ", (await RawRequest.SendAsync(_host, request)).Is(status).Text);

    [Fact]
    public async Task A_line_without_end_is_refused()
    {
        (await RawRequest.GetAsync(_host, "/api/datasets/" + new string('x', 20_000))).Is(414);
        (await RawRequest.SendAsync(_host, $"GET /api/health HTTP/1.1\r\nHost: localhost\r\nX-Long: {new string('x', 100_000)}\r\n\r\n")).Is(431);
    }

    [Theory]
    [InlineData("kubemetrics.example", null, null, 403, "kubemetrics.example")]
    [InlineData("localhost.example", null, null, 403, "localhost.example")]
    [InlineData("192.168.1.7", null, null, 403, "192.168.1.7")]
    [InlineData("localhost", "X-Forwarded-For", "192.168.1.7", 403, "proxy")]
    [InlineData("localhost", "X-Forwarded-Host", "x", 403, "proxy")]
    [InlineData("localhost", "X-Forwarded-Proto", "https", 403, "proxy")]
    [InlineData("localhost", "Forwarded", "for=192.168.1.7", 403, "proxy")]
    [InlineData("localhost", "Via", "1.1 proxy.example", 403, "proxy")]
    [InlineData("localhost", "X-Real-IP", "192.168.1.7", 403, "proxy")]
    [InlineData("localhost", "Sec-Fetch-Site", "cross-site", 403, "another origin")]
    [InlineData("localhost", "Sec-Fetch-Site", "same-site", 403, "another origin")]
    [InlineData("localhost", "Origin", "http://kubemetrics.example", 403, "another origin")]
    [InlineData("localhost", "Origin", "null", 403, "another origin")]
    [InlineData("localhost", "Sec-Fetch-Site", "same-origin", 200, "")]
    [InlineData("LOCALHOST", null, null, 200, "")]
    [InlineData("[::1]", null, null, 200, "")]
    [InlineData("127.0.0.1", null, null, 200, "")]
    public async Task Without_a_key_only_this_machines_own_programs_are_answered(string host, string? header, string? value, int status, string named)
    {
        (string, string)[] headers = [("Host", $"{host}:{_host.Port}"), .. header is null ? [] : ((string, string)[])[(header, value!)]];
        var answer = await _host.PostAsync("/api/analysis", """{"dataset":"ops"}""", headers);
        if (status == 200) answer.Is(200);
        else answer.IsProblem(status, named);
        // What only reads may come from another page, which can't see the answer.
        if (header is "Origin" or "Sec-Fetch-Site") (await _host.GetAsync("/api/datasets", headers)).Is(200);
        else (await _host.GetAsync("/api/datasets", headers)).Is(status);
    }
}
