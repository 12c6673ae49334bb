using System.Text.Json;
using KubeMetrics.Pipeline.Http;

namespace KubeMetrics.EndToEnd.Tests.Serve;

/// <summary>A host that other machines can reach, with a key.</summary>
public sealed class KeyedHost : IAsyncLifetime
{
    internal const string Key = "a key of thirty-two characters ü";
    private readonly TemporaryFolder _folder = new();
    private RunningHost? _host;

    internal RunningHost Host => _host!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write("ops/a.json", ServedDumps.Operations);
        _host = await RunningHost.StartAsync(_folder.Path, new Dictionary<string, string> { ["Api:Key"] = Key }, "ops", "--listen", "http://0.0.0.0:0");
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Who has the key gets in, and nobody else.</summary>
public sealed class KeyTests(KeyedHost keyed) : IClassFixture<KeyedHost>
{
    private static readonly string InUrl = Uri.EscapeDataString(KeyedHost.Key);
    private readonly RunningHost _host = keyed.Host;

    public static TheoryData<string, string> Guarded =>
    [
        .. KubeMetricsApi.Routes.Where(route => route.Access == Access.Key).SelectMany(route => route.Methods, (route, method) =>
            (method, route.Pattern.Replace("{name}", "ops").Replace("{id}", "k7w2m0c1x9d3r5t8").Replace("{run}", "3y3a7y1knxms5mcge3kq").Replace("{**file}", "index.html"))),
        ("GET", "/metrics"),
        ("GET", "/api/nothing"),
        ("PUT", "/api/datasets"),
    ];

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Everything_else_needs_the_key(string method, string path)
    {
        var wrong = KeyedHost.Key[..^1] + "u";
        List<((string Name, string Value)[] Headers, string Query)> shown =
        [
            ([], ""),
            ([], "?code="),
            ([], "?code=" + Uri.EscapeDataString(wrong)),
            ([("x-functions-key", "ab")], ""),
            ([("x-functions-key", KeyedHost.Key + "0")], ""),
            ([("Cookie", "kubemetrics=9999999999.00")], ""),
        ];
        foreach (var (headers, query) in shown)
        {
            var answer = await _host.SendAsync(new HttpMethod(method), path + query, null, headers);
            if (method == "HEAD") answer.Is(401);
            else Assert.DoesNotContain(KeyedHost.Key, answer.IsProblem(401, path).Text);
            Assert.Equal("x-functions-key", answer["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task Health_and_the_pages_shell_need_no_key()
    {
        foreach (var path in (string[])["/api/health", "/", "/datasets/ops", "/runs", "/page/main.js", "/page/page.css", "/favicon.ico", "/session"]) (await _host.GetAsync(path)).Is(200);
    }

    [Fact]
    public async Task The_key_is_taken_where_azure_functions_takes_its_own()
    {
        (await _host.GetAsync("/api/datasets?code=" + InUrl)).Is(200);
        (await RawRequest.SendAsync(_host, $"GET /api/datasets HTTP/1.1\r\nHost: kubemetrics.example\r\nX-Functions-Key: {Utf8(KeyedHost.Key)}\r\nConnection: close\r\n\r\n")).Is(200);
        await using var changes = await Changes.OfAsync(_host, "?code=" + InUrl);
        // By any name, and through a proxy.
        (await _host.GetAsync("/api/datasets?code=" + InUrl, ("Host", "kubemetrics.example"), ("X-Forwarded-For", "192.168.1.7"))).Is(200);
    }

    [Fact]
    public async Task The_page_keeps_a_cookie_that_scripts_can_not_read_instead_of_the_key()
    {
        Assert.Equal((true, false), Session((await _host.GetAsync("/session")).Json));
        var signedIn = (await _host.PostAsync("/session", JsonSerializer.Serialize(new { key = KeyedHost.Key }))).Is(204);
        var cookie = signedIn["Set-Cookie"];
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; expires=", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("key", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("; secure", cookie, StringComparison.OrdinalIgnoreCase); // over plain HTTP a browser would drop it
        var pair = cookie.Split(';')[0];
        (await _host.GetAsync("/api/datasets", ("Cookie", pair))).Is(200);
        Assert.Equal((true, true), Session((await _host.GetAsync("/session", ("Cookie", pair))).Json));

        // Nobody can lengthen it, or make another page's request with it.
        (await _host.GetAsync("/api/datasets", ("Cookie", pair.Replace("kubemetrics=", "kubemetrics=9")))).IsProblem(401);
        (await _host.GetAsync("/api/datasets", ("Cookie", pair[..^1]))).IsProblem(401);
        (await _host.PostAsync("/api/analysis", """{"dataset":"ops"}""", ("Cookie", pair), ("Origin", "http://elsewhere.example"))).IsProblem(403);
        (await _host.PostAsync("/api/analysis", """{"dataset":"ops"}""", ("Cookie", pair), ("Sec-Fetch-Site", "cross-site"))).IsProblem(403);

        var signedOut = (await _host.SendAsync(HttpMethod.Delete, "/session", null, ("Cookie", pair))).Is(204);
        Assert.Contains("kubemetrics=;", signedOut["Set-Cookie"]);
        Assert.Contains("expires=Thu, 01 Jan 1970", signedOut["Set-Cookie"], StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https")]
    [InlineData("HTTPS, http")]
    public async Task Behind_a_proxy_with_tls_the_cookie_goes_over_nothing_else(string scheme)
    {
        var signedIn = await _host.PostAsync("/session", JsonSerializer.Serialize(new { key = KeyedHost.Key }), ("X-Forwarded-Proto", scheme));
        Assert.Contains("; secure", signedIn.Is(204)["Set-Cookie"], StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""{"key":"another"}""", 401)]
    [InlineData("""{"key":""}""", 401)]
    [InlineData("""{"key":null}""", 400)]
    [InlineData("""{"code":"another"}""", 400)]
    [InlineData("{}", 400)]
    public async Task Signing_in_without_the_key_is_refused_and_sets_no_cookie(string body, int status) =>
        Assert.DoesNotContain("Set-Cookie", (await _host.PostAsync("/session", body)).IsProblem(status).Headers.Keys);

    private static (bool, bool) Session(JsonElement session) => (session.GetProperty("needed").GetBoolean(), session.GetProperty("signedIn").GetBoolean());

    private static string Utf8(string text) => System.Text.Encoding.Latin1.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
