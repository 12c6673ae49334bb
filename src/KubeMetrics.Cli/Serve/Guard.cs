using System.Net;
using KubeMetrics.Pipeline.Events;
using KubeMetrics.Pipeline.Http;
using KubeMetrics.Pipeline.Notifications;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Cli.Serve;

/// <summary>
/// Lets in who may. With a key: who shows it, or the cookie that it was exchanged for. Without one (only ever on loopback):
/// this machine's own programs, but no web page that tries to reach through its reader's browser, by another name for this
/// machine or by a form, and nothing that a proxy passes on which says so.
/// </summary>
internal sealed class Guard(ApiOptions options)
{
    // What proxies add to say that they are one. One that adds nothing can't be told from a program of this machine.
    private static readonly string[] OfProxies = ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"];

    private readonly ApiKey? _key = options.Key is null ? null : new ApiKey(options.Key);
    private readonly SessionCookie? _cookie = options.Key is null ? null : new SessionCookie(options.Key);

    public bool NeedsKey => _key is not null;

    public bool IsSignedIn(HttpRequest request) => _cookie is null || _cookie.IsOn(request);

    public bool IsKey(string? text) => _key?.Is(text) == true;

    public void SignIn(HttpContext http) => _cookie?.Set(http);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (Refusal(http) is { } refusal) await refusal.ExecuteAsync(http);
        else await next(http);
    }

    private IResult? Refusal(HttpContext http)
    {
        var request = http.Request;
        if (IsFromElsewhere(request))
            return Problem.Is(http, 403, "other-page", "Asked by another web page", "The request comes from a web page of another origin.", "Open this host's own page, or call it from a program.");
        if (_key is null)
        {
            if (!IsLoopbackName(request.Host.Host))
                return Problem.Is(http, 403, "other-host", "Asked by another name",
                    $"Without a key this host answers only to localhost, 127.0.0.1 and [::1], not to '{request.Host.Host}'.", "Set Api:Key to reach it by other names.");
            if (OfProxies.Any(request.Headers.ContainsKey))
                return Problem.Is(http, 403, "proxied", "Passed on by a proxy", "Without a key this host answers nothing that a proxy passes on.", "Set Api:Key, so that only who has it gets through the proxy.");
            return null;
        }

        // The page itself holds no data: it asks for the key.
        if (PageFiles.IsPage(request.Path) || Session.IsSession(request.Path)) return null;
        // Notifications and events show keys of their own, which their handlers look at.
        if (request.Path == NotificationApi.Path && HttpMethods.IsPost(request.Method)) return null;
        if (request.Path == EventApi.Path && (HttpMethods.IsPost(request.Method) || HttpMethods.IsOptions(request.Method))) return null;
        if (request.Path == "/api/health" || _key.IsShownBy(request) || _cookie!.IsOn(request)) return null;
        http.Response.Headers.WWWAuthenticate = ApiKey.Header;
        return Problem.Is(http, 401, "no-key", "The key is missing or wrong",
            $"{request.Path} needs the key (Api:Key), and the request shows none or another.", $"Send it in the header {ApiKey.Header}, or as ?{ApiKey.Query}=….");
    }

    // Browsers say where a request comes from. What changes nothing may come from anywhere: its answer can't be read there.
    private static bool IsFromElsewhere(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return false;
        if (request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none")) return true;
        return request.Headers.Origin is [{ } origin, ..] && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)
            && !origin.Equals($"https://{request.Host}", StringComparison.OrdinalIgnoreCase); // TLS that a proxy took off
    }

    private static bool IsLoopbackName(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
