using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using KubeMetrics.Pipeline.Http;
using Microsoft.AspNetCore.Http;

namespace KubeMetrics.Functions;

/// <summary>The routes by name, which is the function's.</summary>
internal static class Api
{
    private static readonly FrozenDictionary<string, ApiRoute> Routes = KubeMetricsApi.Routes.ToFrozenDictionary(route => route.Name, StringComparer.Ordinal);

    /// <summary>Runs the route that is called as the function is. The worker executes what it answers.</summary>
    public static Task<IResult> RunAsync(HttpRequest request, [CallerMemberName] string name = "") => Routes[name].RunAsync(request.HttpContext);
}
