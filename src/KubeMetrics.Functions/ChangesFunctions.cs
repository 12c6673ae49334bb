using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>What happens, as server-sent events over HTTP.</summary>
public static class ChangesFunctions
{
    /// <summary>What happens, as server-sent events: runs, ingests, refreshes and datasets.</summary>
    [Function(nameof(WatchChanges))]
    public static Task<IResult> WatchChanges([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/changes")] HttpRequest request) => Api.RunAsync(request);
}
