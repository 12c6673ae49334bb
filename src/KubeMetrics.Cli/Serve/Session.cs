using System.Text.Json.Serialization;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace KubeMetrics.Cli.Serve;

/// <summary>The page's sign-in: the key for a cookie, so that links to reports work without the key in them.</summary>
internal static class Session
{
    private const string Path = "/session";

    public static bool IsSession(PathString path) => path == Path;

    public static void Map(IEndpointRouteBuilder app, Guard guard)
    {
        app.MapMethods(Path, ApiRoute.Get, http => JsonAnswer.Of(
            new SessionView(guard.NeedsKey, guard.IsSignedIn(http.Request)), SessionJson.Default.SessionView).ExecuteAsync(http));
        app.MapMethods(Path, ["POST"], async http => await (await SignInAsync(http, guard)).ExecuteAsync(http));
        app.MapMethods(Path, ["DELETE"], http =>
        {
            SessionCookie.Delete(http);
            return TypedResults.NoContent().ExecuteAsync(http);
        });
    }

    private static async Task<IResult> SignInAsync(HttpContext http, Guard guard)
    {
        var request = await RequestBody.ReadAsync(http.Request, SessionJson.Default.SignIn, http.RequestAborted);
        if (guard.NeedsKey && !guard.IsKey(request.Key))
            return Problem.Is(http, 401, "no-key", "The key is wrong", "This is not the key of this host.", "See Api:Key in the host's settings, or ask who runs it.");
        guard.SignIn(http);
        return TypedResults.NoContent();
    }
}

/// <summary>How the page stands: whether it needs a key, and has shown it.</summary>
internal sealed record SessionView(bool Needed, bool SignedIn);

/// <summary>The key that a person typed.</summary>
internal sealed record SignIn
{
    public required string Key { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SignIn))]
internal sealed partial class SessionJson : JsonSerializerContext;
