using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.Tokens;

namespace KubeMetrics.Testing;

/// <summary>
/// Stands in for Microsoft Entra, which can't be had on a machine of one's own: tells its keys as OpenID Connect Discovery has it, and
/// makes tokens. They are put together by hand (RFC 7515, RFC 7519), so that what reads them is not what wrote them.
/// </summary>
internal sealed class IssuerStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private RSA _key = RSA.Create(2048);
    private int _keys = 1;

    private IssuerStandIn(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single() + "/tenant/v2.0";

    /// <summary>What it calls itself; null for its address.</summary>
    public string? Name { get; set; }

    public bool IsDown { get; set; }

    /// <summary>How often something was asked of it.</summary>
    public int Requests { get; private set; }

    public static async Task<IssuerStandIn> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new IssuerStandIn(app);
        app.Run(issuer.AnswerAsync);
        await app.StartAsync(CancellationToken.None);
        return issuer;
    }

    /// <summary>From now on it signs with another key, and knows the old one no more.</summary>
    public void ChangeKey() => (_key, _keys) = (RSA.Create(2048), _keys + 1);

    /// <summary>A token that is right, but for what is said.</summary>
    public string Token(DateTimeOffset now, Action<JsonObject>? with = null, string algorithm = "RS256", Func<byte[], byte[]>? sign = null)
    {
        var payload = new JsonObject
        {
            ["iss"] = Name ?? Address,
            ["aud"] = "api://kubemetrics",
            ["azp"] = "4962773b-9cdb-44cf-a8bf-237846a00ab7",
            ["nbf"] = now.AddMinutes(-1).ToUnixTimeSeconds(),
            ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
        with?.Invoke(payload);
        var head = new JsonObject { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = $"key-{_keys}" };
        var text = $"{Encoded(head)}.{Encoded(payload)}";
        sign ??= bytes => _key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{text}.{Base64UrlEncoder.Encode(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    /// <summary>What everybody knows of its key.</summary>
    public byte[] PublicKey => Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem());

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }

    private static string Encoded(JsonObject json) => Base64UrlEncoder.Encode(json.ToJsonString());

    private Task AnswerAsync(HttpContext http)
    {
        Requests++;
        http.Response.StatusCode = IsDown ? 503 : 200;
        var key = _key.ExportParameters(false);
        return IsDown ? Task.CompletedTask : http.Response.WriteAsync(http.Request.Path.Value switch
        {
            "/tenant/v2.0/.well-known/openid-configuration" => JsonSerializer.Serialize(new { issuer = Name ?? Address, jwks_uri = _app.Urls.Single() + "/keys" }),
            "/keys" => JsonSerializer.Serialize(new { keys = new[] { new { kty = "RSA", use = "sig", kid = $"key-{_keys}", n = Base64UrlEncoder.Encode(key.Modulus), e = Base64UrlEncoder.Encode(key.Exponent) } } }),
            _ => throw new InvalidOperationException($"Nobody asks an issuer for {http.Request.Path}."),
        });
    }
}
