using System.Security.Cryptography;
using System.Text.Json.Nodes;
using KubeMetrics.Pipeline.Events;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Pipeline.Tests.Events;

/// <summary>Who may deliver events.</summary>
public sealed class EventKeyTests : IAsyncLifetime
{
    private const string Key = "0123456789abcdef";
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddYears(60); // far from this machine's time, which must not count
    private IssuerStandIn? _issuer;

    private IssuerStandIn Issuer => _issuer!;

    public async ValueTask InitializeAsync() => _issuer = await IssuerStandIn.StartAsync();

    public ValueTask DisposeAsync() => Issuer.DisposeAsync();

    private EventKey OfTokens(string? key = null, ManualTime? time = null) =>
        new(new EventOptions { Key = key, Issuer = new Uri(Issuer.Address), Audience = "api://kubemetrics" }, time ?? new ManualTime(Now));

    private static Task<string?> WhyNotAsync(EventKey key, string? token = null, string query = "", string? header = null)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        if (token is not null) http.Request.Headers.Authorization = $"Bearer {token}";
        if (header is not null) http.Request.Headers["x-functions-key"] = header;
        return key.WhyNotAsync(http.Request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_key_is_taken_in_the_query_and_in_the_header_and_nothing_else_is()
    {
        var key = new EventKey(new EventOptions { Key = Key }, TimeProvider.System);
        Assert.Null(await WhyNotAsync(key, query: $"?code={Key}"));
        Assert.Null(await WhyNotAsync(key, header: Key));
        foreach (var query in (string[])["", "?code=", "?code=0123456789abcdeg", $"?key={Key}"]) Assert.Contains("Events:Key", await WhyNotAsync(key, query: query));
        Assert.NotNull(await WhyNotAsync(key, token: Issuer.Token(Now)));
    }

    [Fact]
    public async Task A_token_of_event_grid_is_taken_beside_the_key_or_instead_of_it()
    {
        Assert.Null(await WhyNotAsync(OfTokens(), Issuer.Token(Now)));
        Assert.Null(await WhyNotAsync(OfTokens(Key), Issuer.Token(Now)));
        Assert.Null(await WhyNotAsync(OfTokens(Key), query: $"?code={Key}"));
        // Tokens of version 1 name the caller otherwise.
        Assert.Null(await WhyNotAsync(OfTokens(), Issuer.Token(Now, token => (token["azp"], token["appid"]) = (null, "4962773b-9cdb-44cf-a8bf-237846a00ab7"))));
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "another audience", "Events:Audience" },
        { "another issuer", "Events:Issuer" },
        { "another caller", "Events:Callers" },
        { "no caller", "Events:Callers" },
        { "over", "time" },
        { "not yet", "time" },
        { "for ever", "time" },
        { "not signed", "signed" },
        { "signed with what everybody knows", "signed" },
        { "signed by another", "signed" },
        { "changed", "signed" },
        { "no token", "none" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_is_wrong_with_a_token_is_told(string what, string told)
    {
        using var another = RSA.Create(2048);
        var token = what switch
        {
            "another audience" => Issuer.Token(Now, one => one["aud"] = "api://another"),
            "another issuer" => Issuer.Token(Now, one => one["iss"] = "https://sts.windows.net/another/"),
            "another caller" => Issuer.Token(Now, one => one["azp"] = "00000000-0000-0000-0000-000000000000"),
            "no caller" => Issuer.Token(Now, one => one.Remove("azp")),
            "over" => Issuer.Token(Now, one => one["exp"] = Now.AddMinutes(-6).ToUnixTimeSeconds()),
            "not yet" => Issuer.Token(Now, one => one["nbf"] = Now.AddMinutes(6).ToUnixTimeSeconds()),
            "for ever" => Issuer.Token(Now, one => one.Remove("exp")),
            "not signed" => Issuer.Token(Now, algorithm: "none", sign: _ => []),
            "signed with what everybody knows" => Issuer.Token(Now, algorithm: "HS256", sign: bytes => HMACSHA256.HashData(Issuer.PublicKey, bytes)),
            "signed by another" => Issuer.Token(Now, sign: bytes => another.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            "changed" => Changed(Issuer.Token(Now)),
            _ => "a.b",
        };
        var why = await WhyNotAsync(OfTokens(), token);
        Assert.Contains(told, why);
        Assert.DoesNotContain(token, why);
    }

    [Fact]
    public async Task Clocks_may_differ_a_little()
    {
        Assert.Null(await WhyNotAsync(OfTokens(), Issuer.Token(Now, one => one["exp"] = Now.AddMinutes(-4).ToUnixTimeSeconds())));
        Assert.Null(await WhyNotAsync(OfTokens(), Issuer.Token(Now, one => one["nbf"] = Now.AddMinutes(4).ToUnixTimeSeconds())));
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_is_no_refusal()
    {
        // After 401 Event Grid never sends it again.
        Issuer.IsDown = true;
        var key = OfTokens();
        Assert.Contains(Issuer.Address, (await Assert.ThrowsAsync<IOException>(() => WhyNotAsync(key, Issuer.Token(Now)))).Message);
        Issuer.IsDown = false;
        Assert.Null(await WhyNotAsync(key, Issuer.Token(Now)));
    }

    [Fact]
    public async Task What_calls_itself_otherwise_is_not_the_issuer()
    {
        Issuer.Name = "https://login.example/another";
        Assert.Contains("https://login.example/another", (await Assert.ThrowsAsync<IOException>(() => WhyNotAsync(OfTokens(), Issuer.Token(Now)))).Message);
    }

    [Fact]
    public async Task A_key_that_the_issuer_has_changed_is_asked_for_once_a_minute_at_most()
    {
        var time = new ManualTime(Now);
        var key = OfTokens(time: time);
        Assert.Null(await WhyNotAsync(key, Issuer.Token(Now)));
        Issuer.ChangeKey();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await WhyNotAsync(key, Issuer.Token(Now)));

        var asked = Issuer.Requests;
        Issuer.ChangeKey();
        for (var i = 0; i < 10; i++) Assert.NotNull(await WhyNotAsync(key, Issuer.Token(Now)));
        Assert.Equal(asked, Issuer.Requests);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await WhyNotAsync(key, Issuer.Token(Now)));
    }

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var payload = JsonNode.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(parts[1]))!;
        payload["exp"] = Now.AddYears(1).ToUnixTimeSeconds();
        return $"{parts[0]}.{Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Encode(payload.ToJsonString())}.{parts[2]}";
    }
}
