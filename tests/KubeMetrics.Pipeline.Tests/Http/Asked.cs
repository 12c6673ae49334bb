using System.Text.Json;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace KubeMetrics.Pipeline.Tests.Http;

/// <summary>What a handler answers, whole, without a host around it.</summary>
internal sealed record Asked(int Status, string? Type, JsonElement Json)
{
    /// <summary>An answer that a handler gave.</summary>
    public static async Task<Asked> OfAsync(IResult result, HttpContext? http = null)
    {
        http ??= new DefaultHttpContext { RequestServices = Services() };
        var body = new MemoryStream();
        http.Response.Body = body;
        await result.ExecuteAsync(http);
        return new Asked(http.Response.StatusCode, http.Response.ContentType, body.Length == 0 ? default : JsonDocument.Parse(body.ToArray()).RootElement);
    }

    /// <summary>What a route answers, as both hosts run it.</summary>
    public static async Task<Asked> OfAsync(string route, IServiceProvider services, params (string Name, string Value)[] values)
    {
        var http = new DefaultHttpContext { RequestServices = services };
        foreach (var (name, value) in values) http.Request.RouteValues[name] = value;
        return await OfAsync(await KubeMetricsApi.Routes.Single(one => one.Name == route).RunAsync(http), http);
    }

    /// <summary>Services that routes take, and the log.</summary>
    public static IServiceProvider Services(params object[] services)
    {
        var all = new ServiceCollection().AddLogging();
        foreach (var service in services) all.AddSingleton(service.GetType(), service);
        return all.BuildServiceProvider();
    }
}
