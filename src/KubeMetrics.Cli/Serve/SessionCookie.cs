using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Cli.Serve;

/// <summary>
/// What a browser shows instead of the key: a time of expiry and its signature under a secret made of the key. It can't be
/// read by scripts, goes along with no request that another site starts (but with links that are followed), and ends when
/// the key changes.
/// </summary>
internal sealed class SessionCookie(string key)
{
    private const string Name = "kubemetrics";
    private static readonly TimeSpan Lasts = TimeSpan.FromHours(12);
    private readonly byte[] _secret = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key), 32, info: "kubemetrics session"u8.ToArray());

    public void Set(HttpContext http)
    {
        var expires = DateTimeOffset.UtcNow + Lasts;
        var text = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        http.Response.Cookies.Append(Name, $"{text}.{Sign(text)}", Options(http, expires));
    }

    public static void Delete(HttpContext http) => http.Response.Cookies.Delete(Name, Options(http, null));

    public bool IsOn(HttpRequest request)
    {
        if (request.Cookies[Name] is not { } cookie || cookie.IndexOf('.') is not (> 0 and var dot)) return false;
        var text = cookie[..dot];
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie[(dot + 1)..]), Encoding.UTF8.GetBytes(Sign(text)))
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var expires) && expires > DateTimeOffset.UtcNow.ToUnixTimeSeconds();
    }

    private static CookieOptions Options(HttpContext http, DateTimeOffset? expires) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = IsEncrypted(http.Request), Path = "/", Expires = expires, IsEssential = true };

    // As far as the browser is concerned: a proxy may have taken TLS off. Whoever says so without one harms his own sign-in alone.
    private static bool IsEncrypted(HttpRequest request) =>
        request.IsHttps || request.Headers["X-Forwarded-Proto"] is [{ } scheme, ..] && scheme.Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);

    private string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)));
}
