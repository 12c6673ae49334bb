using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace KubeMetrics.Cli.Serve;

/// <summary>The web page: files of this program, served as they are. Its places (a dataset, a run) are all the same file.</summary>
internal static class PageFiles
{
    private const string Folder = "page/", Shell = "index.html", Icon = "icon.svg";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static readonly string[] Places = ["/", "/datasets/{name}", "/datasets/{name}/data", "/datasets/{name}/analyze", "/runs", "/runs/{id}", "/activity"];

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary();

    private static readonly Lazy<FrozenDictionary<string, PageFile>> Files = new(Load);

    public static bool IsPage(PathString path) =>
        path == "/" || path.StartsWithSegments("/page") || path.StartsWithSegments("/datasets") || path.StartsWithSegments("/runs") || path.StartsWithSegments("/activity") || path == "/favicon.ico";

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var place in Places) app.MapMethods(place, ApiRoute.Get, http => SendAsync(http, Shell));
        app.MapMethods("/page/{file}", ApiRoute.Get, http => SendAsync(http, http.Request.RouteValues["file"] as string ?? ""));
        app.MapMethods("/favicon.ico", ApiRoute.Get, http => SendAsync(http, Icon));
    }

    /// <summary>The page, with whatever status is set: what it shows depends on the address.</summary>
    public static Task SendShellAsync(HttpContext http) => SendAsync(http, Shell);

    private static Task SendAsync(HttpContext http, string name)
    {
        if (!Files.Value.TryGetValue(name, out var file))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.CacheControl = "no-cache";
        // A report is of no origin in its sandbox, and its tab shows the icon too.
        if (name == Icon) http.Response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
        return TypedResults.Bytes(file.Content, file.Type, entityTag: file.ETag).ExecuteAsync(http);
    }

    private static FrozenDictionary<string, PageFile> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToFrozenDictionary(name => name[Folder.Length..], name =>
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new PageFile(content, Types.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream"),
                new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\""));
        });
    }

    private sealed record PageFile(byte[] Content, string Type, EntityTagHeaderValue ETag);
}
