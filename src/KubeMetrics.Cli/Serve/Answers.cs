using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Cli.Serve;

/// <summary>Answers that nobody gave: a route that is not there, a method that it has not, a mistake before it. None is empty.</summary>
internal static class Answers
{
    public static async Task WithoutHoles(HttpContext http, RequestDelegate next)
    {
        SecurityHeaders.Set(http.Response.Headers);
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to read it
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            http.Response.Clear();
            SecurityHeaders.Set(http.Response.Headers);
            await Problem.Of(e, http).ExecuteAsync(http);
            return;
        }

        if (http.Response.HasStarted || http.Response.ContentLength is not null || http.Response.ContentType is not null) return;
        switch (http.Response.StatusCode)
        {
            // A person who mistyped an address gets the page, which says so and leads on.
            case StatusCodes.Status404NotFound when HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
                && !http.Request.Path.StartsWithSegments("/api"):
                await PageFiles.SendShellAsync(http);
                break;
            case StatusCodes.Status404NotFound:
                await Problem.Is(http, 404, "unknown-route", "There is no such route", $"There is nothing at {http.Request.Path}.", "See /openapi/v1.json for what there is.").ExecuteAsync(http);
                break;
            case StatusCodes.Status405MethodNotAllowed:
                await Problem.Is(http, 405, "wrong-method", "The route has other methods", $"{http.Request.Path} does not take {http.Request.Method}.",
                    $"Use {http.Response.Headers.Allow}.").ExecuteAsync(http);
                break;
        }
    }
}
