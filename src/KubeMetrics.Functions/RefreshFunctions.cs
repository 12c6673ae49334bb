using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace KubeMetrics.Functions;

/// <summary>Refreshes over HTTP.</summary>
public static class RefreshFunctions
{
    /// <summary>Copy a dataset's source, if it has one, then analyse it.</summary>
    [Function(nameof(StartRefresh))]
    public static Task<IResult> StartRefresh([HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/refresh")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Refreshes, newest first.</summary>
    [Function(nameof(ListRefreshes))]
    public static Task<IResult> ListRefreshes([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/refresh")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>One refresh, as it is this moment.</summary>
    [Function(nameof(GetRefresh))]
    public static Task<IResult> GetRefresh([HttpTrigger(AuthorizationLevel.Function, "get", "head", Route = "api/refresh/{id}")] HttpRequest request) => Api.RunAsync(request);

    /// <summary>Cancel a refresh, and the ingest or run that it waits for.</summary>
    [Function(nameof(CancelRefresh))]
    public static Task<IResult> CancelRefresh([HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/refresh/{id}")] HttpRequest request) => Api.RunAsync(request);
}
